"""`arctl snapshot verify`: re-performance of month-end evidence."""

import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date as date_type
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_date, resolve_format
from arctl.core.evidence import Verdict
from arctl.errors import CheckFailed, UsageError
from arctl.services.books import local_date
from arctl.services.snapshot import one_company
from arctl.store.ledger import open_ledger


def verify(
    ctx: typer.Context,
    date: Annotated[
        str | None, typer.Argument(metavar="D", help="The day of the evidence.", show_default="with --all, every one")
    ] = None,
    revision: Annotated[
        int | None,
        typer.Option("--revision", metavar="N", min=1, help="An earlier revision.", show_default="the highest"),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every set there is, superseded revisions too.")] = False,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Rebuild evidence from row history as known at its batch, and list by document what was learnt since.

    Neither stored lines nor stored balances are read. Exit 1 where the same bytes are not reached, or where the documents listed
    do not explain the whole difference to today's knowledge.
    """
    from arctl.render import snapshot_verify as render
    from arctl.services import snapshot_verify as service

    if every == (date is not None):
        raise UsageError("name one day, or all of them with --all", "write arctl snapshot verify 2026-06-30")
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        if date is None:
            wanted = [
                (row.company, row.company_id, date_type.fromisoformat(row.snapshot_date), row.revision)
                for row in service.every_set(ledger, options.company)
            ]
        else:
            company = one_company(ledger, options.company)
            day = resolve_date(date, local_date(company.time_zone, options.now()), "D")
            wanted = [(company.name, company.company_id, day, revision or 0)]
        verdicts = [service.verify(ledger, name, number, day, which or None) for name, number, day, which in wanted]
    if shape is OutputFormat.JSON:
        render.write_verdicts_json(verdicts, every, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_verdicts_csv(verdicts, sys.stdout)
    else:
        render.write_verdicts(verdicts, shape is OutputFormat.MD, sys.stdout)
    _judge(verdicts)


def _judge(verdicts: Sequence[Verdict]) -> None:
    """Raises CheckFailed where evidence is not reached again, or a difference stays unexplained."""
    failed = [each for each in verdicts if not each.reperformed]
    if failed:
        days = ", ".join(f"{each.set.snapshot_date} revision {each.set.revision}" for each in failed)
        raise CheckFailed(
            f"the row history does not give the evidence of {days}",
            "rows of the mirror or of its history were changed by hand, or the evidence was: `arctl integrity` looks at both",
        )
    open_ended = [each.set.snapshot_date for each in verdicts if not each.explained]
    if open_ended:
        raise CheckFailed(
            f"the documents listed do not explain the difference of {', '.join(open_ended)} to today's knowledge",
            "run `arctl integrity`: a balance kept in the ledger may not be what its documents give",
        )
