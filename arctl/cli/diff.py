"""`arctl diff`: receivables rolled forward from one date to another."""

import sys
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import (
    Format,
    JsonFlag,
    KnownAt,
    OneCurrency,
    OutputFormat,
    resolve_currency,
    resolve_format,
)
from arctl.cli.reading import reading_between
from arctl.errors import CheckFailed
from arctl.render import diff as render
from arctl.services.diff import diff


def command(
    ctx: typer.Context,
    first: Annotated[str, typer.Argument(metavar="D1", help="The earlier date.")],
    second: Annotated[str, typer.Argument(metavar="D2", help="The later date.")],
    items: Annotated[bool, typer.Option("--items", help="Item by item too.")] = False,
    currency: OneCurrency = None,
    known_at: KnownAt = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Roll receivables forward: opening, what happened, closing, and the movement between buckets.

    Exit 1 where opening plus movements is not closing.
    """
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    with reading_between(options, first, second, known_at) as (ledger, begin, end):
        rolls = diff(ledger, begin, end, options.company, resolve_currency(currency))
    if shape is OutputFormat.JSON:
        render.write_json_diff(rolls, begin.isoformat(), end.isoformat(), items, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_csv_diff(rolls, items, sys.stdout)
    else:
        render.write_screen(rolls, begin.isoformat(), end.isoformat(), items, shape is OutputFormat.MD, sys.stdout)
    broken = [f"{roll.company} {roll.currency}" for roll in rolls if not roll.ok]
    if broken:
        raise CheckFailed(
            f"the roll-forward does not hold for {', '.join(broken)}",
            "run `arctl age` for both dates: do they tie out?",
        )
