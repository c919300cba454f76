"""`arctl snapshot`: month-end evidence, written once, shown, verified and handed out."""

import sys
from contextlib import closing
from datetime import date as date_type
from typing import Annotated

import typer

from arctl.cli import snapshot_shelf, snapshot_verify
from arctl.cli.acting import acting
from arctl.cli.context import Globals, globals_of
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_date, resolve_format
from arctl.errors import UsageError
from arctl.services import snapshot as service
from arctl.services.books import books_from_check, local_date
from arctl.store.books import Company
from arctl.store.ledger import Ledger, open_ledger

app = typer.Typer(add_completion=False, rich_markup_mode=None)
app.command("list")(snapshot_shelf.list_)
app.command()(snapshot_shelf.show)
app.command()(snapshot_verify.verify)
app.command()(snapshot_shelf.diff)
app.command()(snapshot_shelf.export)

DateOption = Annotated[
    str | None,
    typer.Option("--date", metavar="DATE", help="The day whose end is attested; before today.", show_default=False),
]
Accept = Annotated[
    str | None,
    typer.Option(
        "--accept", metavar="REASON", help="Let what the close gate objects to stand, recorded with this reason."
    ),
]


def day_of(ledger: Ledger, options: Globals, text: str, option: str) -> tuple[Company, date_type]:
    """The company and the day that an option or argument names. Raises UsageError, Refused (before the books begin)."""
    company = service.one_company(ledger, options.company)
    day = resolve_date(text, local_date(company.time_zone, options.now()), option)
    books_from_check([company], day)
    return company, day


@app.callback(invoke_without_command=True)
def snapshot(
    ctx: typer.Context,
    date: DateOption = None,
    accept: Accept = None,
    regenerate: Annotated[
        bool, typer.Option("--regenerate", help="Write the next revision of evidence that exists; needs --reason.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why a next revision is written.", show_default=False)
    ] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Freeze what was owed at the end of a day, and what of it will not be collected, as evidence.

    Refused (exit 4) without an allowance policy in force on that day, where evidence exists already, and by the close gate: a
    tie-out difference, rejected rows that wait, no sync after the end of the day.
    """
    if ctx.invoked_subcommand is not None:
        if date is not None:
            raise UsageError("--date writes evidence and takes no command after it", "see `arctl snapshot --help`")
        return
    if date is None:
        raise UsageError("missing option '--date'", "write the day to attest: arctl snapshot --date month-end")
    if regenerate != (reason is not None):
        raise UsageError("--regenerate and --reason go together", 'write --regenerate --reason "why"')
    from arctl.render import snapshot as render

    options = globals_of(ctx)
    shape = resolve_format(format, json)
    if shape is OutputFormat.CSV:
        raise UsageError("a new set of evidence has no CSV form", "`arctl snapshot export` writes its lines as CSV")
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company, day = day_of(ledger, options, date, "--date")
        taken = service.take(
            ledger,
            service.SnapshotRequest(
                day, company.name, acting(options, company), _said(accept, "--accept"), _said(reason, "--reason")
            ),
        )
    if shape is OutputFormat.JSON:
        render.write_set_json(taken, sys.stdout)
    else:
        render.write_set(taken, shape is OutputFormat.MD, sys.stdout)


def _said(text: str | None, option: str) -> str | None:
    """A reason that says something. Raises UsageError."""
    if text is None:
        return None
    said = " ".join(text.split())
    if not said or not said.isprintable() or len(said) > 500:
        raise UsageError(f"{option} takes a reason of 1 to 500 printable characters", f'write {option} "why"')
    return said
