"""Options that many commands share, spelled once, and how their values are settled."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from arctl.core.money import is_currency
from arctl.errors import UsageError


class OutputFormat(StrEnum):
    """How a listing leaves on stdout."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MD = "md"


AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="End of this day: ISO, today, yesterday, month-end, or 2026-06 for its last day.",
        show_default="today",
    ),
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="BATCH|TIME",
        help="Only what the mirror held then: a sync batch, a day (its end) or a time.",
        show_default="now",
    ),
]
OneCurrency = Annotated[str | None, typer.Option("--currency", metavar="CODE", help="Only this currency.")]
Format = Annotated[
    OutputFormat | None,
    typer.Option("--format", help="How to write the answer.", show_default="table"),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Short for --format json.")]


def resolve_format(format: OutputFormat | None, json_flag: bool) -> OutputFormat:
    """The one format asked for by --format and --json. Raises UsageError where they disagree."""
    if json_flag and format not in (None, OutputFormat.JSON):
        raise UsageError(f"--json and --format {format} ask for two formats", "keep one of them")
    if json_flag:
        return OutputFormat.JSON
    return format or OutputFormat.TABLE


def resolve_date(text: str | None, today: date, option: str = "--as-of") -> date:
    """The day that an option names; `today`, the company's own date, where it is absent. Raises UsageError."""
    if text is None:
        return today
    from arctl.core.dates import named_date

    try:
        return named_date(text, today)
    except ValueError as unreadable:
        raise UsageError(
            f"{option} {text!r} is not a date",
            "write 2026-06-30, 2026-06 (its last day), today, yesterday or month-end",
        ) from unreadable


def resolve_currency(code: str | None) -> str | None:
    """The currency code in capitals; None where all are asked for. Raises UsageError where it is none."""
    if code is None or is_currency(code.upper()):
        return code and code.upper()
    raise UsageError(f"--currency {code} is not a currency code", "write three letters, such as USD")
