"""`arctl allowance`: policies made, decided and shown. Its reports stand in allowance_reports."""

import sys
from collections.abc import Callable
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli import allowance_reports
from arctl.cli.acting import acting_on
from arctl.cli.allowance_options import percent
from arctl.cli.context import globals_of
from arctl.cli.options import Format, JsonFlag, resolve_date, resolve_format
from arctl.cli.shell import new_app
from arctl.core.acting import Acting
from arctl.core.allowance import Base, Method, Terms, chosen_terms
from arctl.core.allowance_policy import Decided
from arctl.core.buckets import FIVE
from arctl.errors import UsageError
from arctl.render import allowance as render
from arctl.render.tables import write_json
from arctl.render.text import visible
from arctl.services import allowance as service
from arctl.services import books
from arctl.store.ledger import Ledger, open_ledger

app = new_app("The allowance for doubtful accounts: policies under four eyes, and what they ask for.")

Version = Annotated[int, typer.Argument(metavar="V", help="The version's number, as `new` and `list` show it.")]
BaseOption = Annotated[
    Base, typer.Option(help="Work on gross buckets, or let unapplied credit reduce a customer's oldest ones first.")
]


@app.command()
def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="What the policy is called.", show_default=False)],
    method: Annotated[Method, typer.Option(help="How the expected loss is worked out.", show_default=False)],
    effective: Annotated[str, typer.Option(metavar="DATE", help="The first day it is in force.", show_default=False)],
    pct: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BUCKET=PCT",
            help="aging_method: one bucket's percentage, such as days_30=5; repeat it.",
            show_default="1, 5, 10, 25, 50",
        ),
    ] = None,
    flat: Annotated[str | None, typer.Option(metavar="PCT", help="percentage_of_ar: its percentage.")] = None,
    rate: Annotated[str | None, typer.Option(metavar="PCT", help="historical_method: its write-off rate.")] = None,
    base: BaseOption = Base.GROSS,
    expires: Annotated[
        str | None, typer.Option(metavar="DATE", help="The first day it is out of force.", show_default="never")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Draft a new version.

    It counts for nothing until it is submitted and approved.
    """
    options = globals_of(ctx)
    terms = _terms(method, base, pct or [], flat, rate)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = service.one_company(ledger, options.company)
        today = books.local_date(company.time_zone, options.now())
        first = resolve_date(effective, today, "--effective")
        last = None if expires is None else resolve_date(expires, today, "--expires")
        policy = service.draft(ledger, company, name, terms, first, last, acting_on(options, ledger))
    _tell(Decided(policy, company.name, "draft"), json)


@app.command()
def submit(ctx: typer.Context, version: Version, json: JsonFlag = False) -> None:
    """Hand a draft in for approval."""
    _decide(ctx, json, lambda ledger, company, who: service.submit(ledger, company, version, who))


@app.command()
def approve(
    ctx: typer.Context,
    version: Version,
    self_approve: Annotated[
        bool, typer.Option("--self-approve", help="Approve one's own, which every report that uses it will show.")
    ] = False,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; --self-approve needs it.")] = None,
    json: JsonFlag = False,
) -> None:
    """Approve what was submitted.

    Who made it does not approve it, by name or by system account, unless --self-approve records that with a reason.
    """
    _decide(
        ctx, json, lambda ledger, company, who: service.approve(ledger, company, version, who, self_approve, reason)
    )


@app.command()
def reject(
    ctx: typer.Context,
    version: Version,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.", show_default=False)],
    json: JsonFlag = False,
) -> None:
    """Turn down what was submitted."""
    _decide(ctx, json, lambda ledger, company, who: service.reject(ledger, company, version, who, reason))


@app.command("list")
def list_(ctx: typer.Context, format: Format = None, json: JsonFlag = False) -> None:
    """Every version and how it stands."""
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        listed = service.listed(ledger, options.company)
    render.write_list(listed, form, sys.stdout)


@app.command()
def show(ctx: typer.Context, version: Version, format: Format = None, json: JsonFlag = False) -> None:
    """One version with all that was decided of it.

    Its terms, when it is in force, who decided what, and the snapshots made with it.
    """
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        shown = service.shown(ledger, options.company, version)
    render.write_policy(shown, form, sys.stdout)


def _terms(method: Method, base: Base, pct: list[str], flat: str | None, rate: str | None) -> Terms:
    buckets: dict[str, int] = {}
    for text in pct:
        bucket, sign, share = text.partition("=")
        if not sign or bucket not in FIVE.keys:
            raise UsageError(f"--pct {text} names no bucket", f"write BUCKET=PCT with one of {', '.join(FIVE.keys)}")
        if bucket in buckets:
            raise UsageError(f"--pct names {bucket} twice", "keep one of them")
        buckets[bucket] = percent("--pct", share) or 0
    try:
        return chosen_terms(method, base, buckets, percent("--flat", flat), percent("--rate", rate))
    except ValueError as error:
        raise UsageError(str(error), "run `arctl allowance new --help` for what each method takes") from None


def _decide(ctx: typer.Context, json: bool, step: Callable[[Ledger, str | None, Acting], Decided]) -> None:
    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        decided = step(ledger, options.company, acting_on(options, ledger))
    _tell(decided, json)


def _tell(decided: Decided, json: bool) -> None:
    if json:
        write_json(render.decided_form(decided), sys.stdout)
        return
    for line in render.decided_lines(decided):
        print(visible(line))


for _name, _report in (
    ("estimate", allowance_reports.estimate),
    ("compare", allowance_reports.compare),
    ("derive-rate", allowance_reports.derive_rate),
    ("rollforward", allowance_reports.rollforward),
    ("lookback", allowance_reports.lookback),
):
    app.command(_name)(_report)
