"""`arctl events`: read the record of what happened, prove it, hand it out; and the daily tick, which adds to it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from arctl.cli import dispatch
from arctl.cli.context import Globals, globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, OutputFormat, resolve_date, resolve_format
from arctl.cli.shell import new_app
from arctl.core.events import Listing, parse_head
from arctl.errors import CheckFailed, UsageError
from arctl.render import events as render
from arctl.services import books
from arctl.services import events as service
from arctl.services.events import Wanted
from arctl.store.ledger import Ledger, open_ledger

app = new_app(
    "The record of what happened: append-only, each event once, chained by hashes so that a change shows. Where several"
    " companies share it, the global --company narrows list, tail and tick to one."
)

Type = Annotated[str | None, typer.Option("--type", metavar="T", help="Only this type, such as invoice.posted.")]
Entity = Annotated[str | None, typer.Option("--entity", metavar="ID", help="Only what concerns this document.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    type: Type = None,
    entity: Entity = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="D", help="From this business date on, which an event bears.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="D", help="Up to this business date.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most N, the oldest.")] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The events, oldest first."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with _opened(options) as ledger:
        company = books.company_of(ledger, options.company)
        first, last = (
            _date(ledger, options, text, option) for text, option in ((since, "--since"), (until, "--until"))
        )
        number = company.company_id if company else None
        _write(service.listing(ledger, Wanted(type, entity, number, first, last, oldest=limit)), options, form)


@app.command()
def tail(
    ctx: typer.Context,
    number: Annotated[int | None, typer.Argument(metavar="[N]", min=1, help="How many.", show_default="10")] = None,
    lines: Annotated[int | None, typer.Option("-n", metavar="N", min=1, help="The same.")] = None,
    type: Type = None,
    entity: Entity = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The latest events, newest last."""
    options, form = globals_of(ctx), resolve_format(format, json)
    if number is not None and lines is not None:
        raise UsageError("N is given twice", "write `events tail 20` or `events tail -n 20`")
    with _opened(options) as ledger:
        company = books.company_of(ledger, options.company)
        wanted = Wanted(type, entity, company.company_id if company else None, newest=number or lines or 10)
        _write(service.listing(ledger, wanted), options, form)


@app.command()
def verify(
    ctx: typer.Context,
    expect_head: Annotated[
        list[str] | None,
        typer.Option("--expect-head", metavar="SEQ:HASH", help="A head noted earlier, outside; may be repeated."),
    ] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Work out every hash from the first event on: one that was edited, deleted or put elsewhere shows.

    What no chain can show by itself is that its end was cut off, or that all of it was written anew: note the head that this
    command and each snapshot print, outside of the ledger, and hand it to --expect-head. Exit 1 on a finding.
    """
    options, form = globals_of(ctx), resolve_format(format, json)
    noted = _heads(expect_head or [])
    with _opened(options) as ledger:
        verdict = service.verify(ledger, noted)
    if form is OutputFormat.JSON:
        render.write_json_verdict(verdict, sys.stdout)
    elif form is OutputFormat.CSV:
        render.write_csv_verdict(verdict, sys.stdout)
    else:
        render.write_verdict(verdict, form is OutputFormat.MD, sys.stdout)
    if not verdict.ok:
        raise CheckFailed(
            f"the chain of events is broken: {verdict.findings[0].message}",
            "keep this file as it is, and compare it with a backup: `arctl events export` of both",
        )


@app.command()
def export(
    ctx: typer.Context,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to this file.", show_default="standard output")
    ] = None,
) -> None:
    """All events as JSON lines, for a program that follows the chain without arctl.

    `hash` is the SHA-256 of the UTF-8 text of a JSON array without blanks, in which only controls, quotes and backslashes are
    escaped: seq, event_type, company_id, entity_type, entity_id, occurred_on, recorded_at, actor, idempotency_key, payload_json
    (a string) and prev_hash, which is the hash of the event before, and 64 zeros in event 1.
    """
    options = globals_of(ctx)
    with _opened(options) as ledger:
        if out is None:
            render.write_lines(service.export(ledger), sys.stdout)
            return
        _write_file(out.expanduser(), lambda: service.export(ledger))
        notify(options, f"written to {out}; prove it with `arctl events verify`")


@app.command()
def tick(ctx: typer.Context, as_of: AsOf = None, format: Format = None, json: JsonFlag = False) -> None:
    """Tell which open items entered a bucket, once each, of every day since the last tick; the nightly run does this.

    Each company goes by its own date. A day that was told already is told no more.
    """
    from arctl.services.tick import tick as run

    options, form = globals_of(ctx), resolve_format(format, json)
    now = options.now()
    with _opened(options) as ledger:
        day = None
        if as_of is not None:
            owner = books.companies_of(ledger, options.company)[0]
            day = resolve_date(as_of, books.local_date(owner.time_zone, now))
        ticks = run(ledger, day, options.company, now, options.actor)
    if form is OutputFormat.JSON:
        render.write_json_ticks(ticks, sys.stdout)
    elif form is OutputFormat.CSV:
        render.write_csv_ticks(ticks, sys.stdout)
    else:
        render.write_ticks(ticks, form is OutputFormat.MD, sys.stdout)


app.command("dispatch")(dispatch.dispatch)
app.command("replay")(dispatch.replay)


@contextmanager
def _opened(options: Globals) -> Iterator[Ledger]:
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        yield ledger


def _date(ledger: Ledger, options: Globals, text: str | None, option: str) -> str | None:
    if text is None:
        return None
    owner = books.companies_of(ledger, options.company)[0]
    return resolve_date(text, books.local_date(owner.time_zone, options.now()), option).isoformat()


def _write(listing: Listing, options: Globals, form: OutputFormat) -> None:
    if form is OutputFormat.JSON:
        render.write_json_listing(listing, sys.stdout)
    elif form is OutputFormat.CSV:
        render.write_csv_listing(listing, sys.stdout)
    else:
        render.write_listing(listing, form is OutputFormat.MD, sys.stdout)
    if not listing.events:
        notify(options, "no such event")


def _heads(texts: list[str]) -> dict[int, str]:
    heads: dict[int, str] = {}
    for text in texts:
        try:
            number, hashed = parse_head(text)
        except ValueError as unreadable:
            raise UsageError(
                f"--expect-head {text}: {unreadable}", "write what `arctl events verify` printed as head"
            ) from None
        if heads.setdefault(number, hashed) != hashed:
            raise UsageError(
                f"--expect-head names two hashes of event {number}", "they cannot both hold: ask one by one"
            )
    return heads


def _write_file(path: Path, lines: Callable[[], Iterator[str]]) -> None:
    """A file that is there afterwards whole, or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            render.write_lines(lines(), file)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written ({error.strerror})", "name another file with --out") from None
