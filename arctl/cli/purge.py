"""`arctl purge`: remove month-end evidence that is past its retention."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.context import globals_of, system_user
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_date, resolve_format
from arctl.errors import UsageError
from arctl.render import purge as render
from arctl.services.books import company_of, today
from arctl.services.purge import PurgeRequest, purge
from arctl.store.ledger import open_ledger


def command(
    ctx: typer.Context,
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="Evidence of earlier days only.", show_default=False)
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the ledger.", show_default=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Remove month-end evidence of days before a date, and of it only what is past its retention, in one logged act.

    Of each set stays that it was there, its content hash, who removed it, when and why.
    """
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    said = " ".join(reason.split())
    if not said or not said.isprintable() or len(said) > 500:
        raise UsageError("--reason takes 1 to 500 printable characters", 'write --reason "why"')
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        day = resolve_date(before, today(ledger, company_of(ledger, options.company), options.now()), "--before")
        outcome = purge(
            ledger, PurgeRequest(day, options.company, said, options.actor, system_user(), options.now(), dry_run)
        )
    if shape is OutputFormat.JSON:
        render.write_outcome_json(outcome, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_outcome_csv(outcome, sys.stdout)
    else:
        render.write_outcome(outcome, shape is OutputFormat.MD, sys.stdout)
