"""Dates: ISO text, the names an operator types, and the day numbers derived tables count in."""

import re
from calendar import monthrange
from datetime import date, timedelta

EPOCH = date(1970, 1, 1).toordinal()
NEVER = 100_000
"""A day number after every date the ledger accepts (it is in the year 2243)."""
EARLIEST, LATEST = date(1970, 1, 1), date(2099, 12, 31)
"""Dates outside these are typing slips (0202-05-01, 2202-05-01), not documents."""

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


def parse_iso(text: str) -> date:
    """Read `2026-06-30`; ValueError says why not."""
    if not _ISO.fullmatch(text):
        raise ValueError("not a date in the form YYYY-MM-DD")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("no such day in the calendar") from None
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"outside {EARLIEST.year} to {LATEST.year}")
    return day


def named_date(text: str, today: date) -> date:
    """Read an ISO date, `today`, `yesterday`, `month-end` (the last one before today) or `2026-06` (its last day).

    Raises ValueError.
    """
    if text == "today":
        return today
    if text == "yesterday":
        return today - timedelta(days=1)
    if text == "month-end":
        return today.replace(day=1) - timedelta(days=1)
    if _MONTH.fullmatch(text):
        return month_end(parse_iso(f"{text}-01"))
    return parse_iso(text)


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def day_number(day: date) -> int:
    """Days since 1970-01-01: how derived tables hold dates."""
    return day.toordinal() - EPOCH


def from_day_number(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + EPOCH)
