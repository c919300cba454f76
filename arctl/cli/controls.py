"""`arctl controls`: the control matrix as of a date."""

import sys
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import AsOf, Format, JsonFlag, OutputFormat, resolve_format
from arctl.cli.reading import reading
from arctl.core.integrity import Status
from arctl.errors import CheckFailed
from arctl.render import controls as render
from arctl.services.controls import controls


def command(
    ctx: typer.Context,
    as_of: AsOf = None,
    queries: Annotated[
        bool, typer.Option("--queries", help="Also each control's evidence query, to be typed into sqlite3.")
    ] = False,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The control matrix: what each control asserts, whether it holds, and the evidence with its query.

    Exit 1 on a finding. JSON always holds the queries.
    """
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found = controls(ledger, day, options.company)
    if shape is OutputFormat.JSON:
        render.write_json_controls(found, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_csv_controls(found, queries, sys.stdout)
    else:
        render.write_screen(found, day.isoformat(), queries, shape is OutputFormat.MD, sys.stdout)
    failed = dict.fromkeys(each.assertion.name for each in found if each.status is Status.FINDING)
    if failed:
        raise CheckFailed(
            f"{len(failed)} controls have findings as of {day}: {', '.join(failed)}"
            if len(failed) > 1
            else f"1 control has findings as of {day}: {', '.join(failed)}",
            "each finding names what deviates; --queries prints the statement that shows it",
        )
