"""`arctl metrics`: how well receivables are collected, each figure with its definition on request."""

import sys
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.options import (
    AsOf,
    Format,
    JsonFlag,
    KnownAt,
    OneCurrency,
    OutputFormat,
    resolve_currency,
    resolve_format,
)
from arctl.cli.reading import reading
from arctl.core.metric_definitions import DEFINITIONS
from arctl.errors import CheckFailed, UsageError
from arctl.render import metrics as render
from arctl.services.metrics import MetricsRequest, metrics

_ALL = "all"
_MOST_DAYS, _MOST_MONTHS = 3660, 120

Days = Annotated[int, typer.Option(metavar="N", min=1, max=_MOST_DAYS, help="Over how many days sales are counted.")]
Months = Annotated[
    int, typer.Option(metavar="N", min=1, max=_MOST_MONTHS, help="Over how many calendar months CEI looks.")
]
Explain = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=f"Show how one came about: {', '.join((*DEFINITIONS, _ALL))}."),
]


def command(
    ctx: typer.Context,
    as_of: AsOf = None,
    days: Days = 90,
    months: Months = 1,
    explain: Explain = None,
    currency: OneCurrency = None,
    known_at: KnownAt = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """DSO and its kin, CEI, turnover, bad debt, roll rates and concentration; n/a with the reason where there is no number.

    Each company and currency stands on its own. Exit 1 where the ledger does not tie out.
    """
    options = globals_of(ctx)
    shape = resolve_format(format, json)
    named = _explained(explain)
    with reading(options, as_of, known_at) as (ledger, day):
        report = metrics(ledger, MetricsRequest(day, days, months, options.company, resolve_currency(currency)))
    if shape is OutputFormat.JSON:
        render.write_json_metrics(report, named, sys.stdout)
    elif shape is OutputFormat.CSV:
        render.write_csv_metrics(report, named, sys.stdout)
    else:
        render.write_screen(report, named, shape is OutputFormat.MD, sys.stdout)
    if report.failing:
        raise CheckFailed(
            f"the ledger does not tie out: {', '.join(report.failing)}",
            "do not rely on these figures until `arctl age` ties out",
        )


def _explained(name: str | None) -> list[str]:
    """The metrics to explain; none where the figures alone are asked for."""
    if name is None:
        return []
    if name == _ALL:
        return list(DEFINITIONS)
    wanted = name.lower().replace("-", "_")
    if wanted in DEFINITIONS:
        return [wanted]
    raise UsageError(f"--explain {name} is not a metric", f"name one of {', '.join((*DEFINITIONS, _ALL))}")
