"""`arctl doctor`: what goes wrong at 2 a.m., check by check, with the next command; and answering for a finding."""

import sys
from typing import Annotated

import typer

from arctl.cli.acting import acting_on
from arctl.cli.context import Globals, globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, OutputFormat, resolve_date, resolve_format
from arctl.cli.reading import reading
from arctl.errors import CheckFailed, UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Check = Annotated[
    list[str] | None,
    typer.Option("--check", metavar="CODE", help="Only this check; may be given more than once, or with commas."),
]


@app.callback(invoke_without_command=True)
def doctor(
    ctx: typer.Context,
    check: Check = None,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help="The runbook page of a check; finds nothing.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Acknowledged findings too.")] = False,
    limit: Annotated[
        int,
        typer.Option("--limit", metavar="N", min=0, help="List so many findings of a check, count the rest; 0: all."),
    ] = 100,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Find what goes wrong between order and cash before the customer does; silent, and exit 0, when all is well.

    Each finding has its check (CODE), how grave it is, the document, the evidence and the next command. Exit 1 where one is an
    error; warnings and infos are told and exit 0. `--explain CODE` is what to do about it, step by step.
    """
    if ctx.invoked_subcommand is not None:
        if check or explain or everything:
            raise UsageError("`arctl doctor` takes either options of its own or a command", "see `arctl doctor --help`")
        return
    options, form = globals_of(ctx), resolve_format(format, json)
    if explain is not None:
        _explain(explain, form)
    else:
        _examine(options, _codes(check), everything, limit, as_of, form)


def _explain(code: str, form: OutputFormat) -> None:
    from arctl.core.doctor import PAGES
    from arctl.render import doctor as render
    from arctl.services.doctor import check_code

    if form is OutputFormat.CSV:
        raise UsageError("a runbook page has no CSV form", "leave --format csv out, or take md")
    render.write_page(code, PAGES[check_code(code)], form, sys.stdout)


def _codes(given: list[str] | None) -> list[str]:
    return [code.strip() for text in given or () for code in text.split(",")]


def _examine(
    options: Globals, codes: list[str], everything: bool, limit: int, as_of: str | None, form: OutputFormat
) -> None:
    from arctl.core.doctor import Severity
    from arctl.render import doctor as render
    from arctl.services.doctor import Asked, examine

    with reading(options, as_of) as (ledger, day):
        asked = Asked(day, options.now(), codes, limit, everything, options.company)
        told = examine(ledger, asked)
    render.write_findings(told.findings, told.acknowledged, form, sys.stdout, shorten=not codes)
    live = [each for each in told.findings if (each.code, each.document) not in told.acknowledged]
    errors = [each for each in live if each.severity is Severity.ERROR]
    if errors:
        failing = list(dict.fromkeys(each.code for each in errors))
        raise CheckFailed(
            f"{render.counted(live)} as of {day}: {', '.join(failing)}",
            f"`arctl doctor --explain {failing[0]}` tells what to do",
        )
    if live:
        notify(options, f"{render.counted(live)} as of {day}")


@app.command()
def ack(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The check.", show_default=False)],
    document: Annotated[
        str, typer.Argument(metavar="DOCUMENT", help="The document, as the finding names it.", show_default=False)
    ],
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="The last day on which it stays quiet.", show_default=False)
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept.", show_default=False)],
    as_of: AsOf = None,
    json: JsonFlag = False,
) -> None:
    """Answer for a finding: the doctor is silent about it up to the end of a day, and speaks again after it.

    The finding must be there. Nothing is changed but what is told; who, when and why is kept for good.
    """
    from arctl.render import doctor as render
    from arctl.services.doctor import Asked, acknowledge

    options = globals_of(ctx)
    why = " ".join(reason.split())
    if not why or not why.isprintable() or len(why) > 500:
        raise UsageError("--reason takes 1 to 500 printable characters")
    with reading(options, as_of) as (ledger, day):
        acts = acting_on(options, ledger)
        last = resolve_date(until, day, "--until")
        asked = Asked(day, options.now(), (code,), company=options.company)
        made = acknowledge(ledger, asked, document, last, why, acts)
    render.write_acknowledged(made, json, sys.stdout)


@app.command()
def acks(ctx: typer.Context, format: Format = None, json: JsonFlag = False) -> None:
    """Every acknowledgement that was made: of what, until when, by whom, why."""
    from arctl.render import doctor as render
    from arctl.services.doctor import acknowledgements

    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, None) as (ledger, _):
        found = acknowledgements(ledger)
    render.write_acknowledgements(found, form, sys.stdout)
    if not found:
        notify(options, "nothing was ever acknowledged")
