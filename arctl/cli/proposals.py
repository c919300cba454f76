"""`arctl proposals`: what waits for a decision, and what was decided."""

import sys
from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer

from arctl.cli.acting import acting
from arctl.cli.context import globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_date, resolve_format
from arctl.render import proposals as render
from arctl.services import books
from arctl.services import proposals as service
from arctl.store.ledger import open_ledger

app = typer.Typer(
    help="What waits for a decision, and what was decided. An envelope holds all that one run proposes; its approval makes each"
    " of them a proposal of its own.",
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
)


class Status(StrEnum):
    """How far a proposal got."""

    PENDING = "pending"
    APPROVED = "approved"
    APPLIED = "applied"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ALL = "all"


@app.callback()
def listing(
    ctx: typer.Context,
    status: Annotated[
        Status, typer.Option("--status", help="Only those that got this far.", show_default=True)
    ] = Status.ALL,
    type: Annotated[
        str | None, typer.Option("--type", metavar="T", help="Only this action type, such as collection_action.")
    ] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Every proposal, by number, or those of one status."""
    if ctx.invoked_subcommand is not None:
        return
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        found = service.listed(ledger, options.company, None if status is Status.ALL else status.value)
    found = [each for each in found if type in (None, each.action_type)]
    render.write_proposals(found, form, sys.stdout)
    if not found:
        notify(options, "no such proposal; `arctl plan` makes them")


@app.command()
def show(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", min=1, help="The proposal's number.", show_default=False)],
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """One proposal: its letter, its items, what moved since it was planned, and all that approving it does."""
    from arctl.cli.writing import writer_of

    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.companies_of(ledger, options.company)[0]
        day = resolve_date(as_of, books.local_date(company.time_zone, options.now()))
        shown = service.shown(ledger, number, acting(options, company), day, writer_of(ledger))
    render.write_proposal(shown, form, sys.stdout)
