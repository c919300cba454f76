"""`arctl integrity`: whether the ledger can be trusted."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_format
from arctl.core.integrity import Status
from arctl.errors import CheckFailed
from arctl.render import integrity as render
from arctl.services.integrity import Asked, inspect
from arctl.store.ledger import open_whole


def command(
    ctx: typer.Context,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what reads every row: derived balances, row history, indexes.")
    ] = False,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Check the whole file, every tenant of it: SQLite's own checks, references, schema, balances, row history, tie-out.

    Changes nothing. Exit 1 on any finding.
    """
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    with closing(open_whole(options.db)) as ledger:
        results = inspect(ledger, Asked(options.now(), quick))
    if shape is OutputFormat.JSON:
        render.write_json_checks(results, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_csv_checks(results, sys.stdout)
    else:
        render.write_screen(results, shape is OutputFormat.MD, sys.stdout)
    failed = [result.check for result in results if result.status is Status.FINDING]
    made = sum(result.status is not Status.SKIPPED for result in results)
    if failed:
        raise CheckFailed(
            f"the ledger {options.db} fails {len(failed)} of {made} checks: {', '.join(failed)}",
            "each finding says what to do; keep a copy of the file as it is for whoever looks into it",
        )
