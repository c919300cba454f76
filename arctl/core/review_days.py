"""Days as a reviewer types them when something shall rest for a while. Pure."""

import re
from datetime import date, timedelta

from arctl.core.dates import parse_iso

LONGEST = 366
"""Days; whoever wants longer rejects, or changes how the customer is dunned."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AHEAD = re.compile(r"\+?([0-9]{1,3}) ?(d|days?|w|weeks?)?")


def snooze_day(text: str, on: date) -> date:
    """The day named by `2026-07-15`, `10` or `10d` (days ahead), `2w`, `tomorrow`, or a weekday (`fri`): the next one.

    Raises ValueError, saying why, for anything else and for a day that is not after `on` or more than LONGEST days away.
    """
    day = _named(" ".join(text.lower().split()), on)
    if day <= on:
        raise ValueError(f"not after {on}")
    if day > on + timedelta(days=LONGEST):
        raise ValueError("more than a year away")
    return day


def _named(text: str, on: date) -> date:
    if text == "tomorrow":
        return on + timedelta(days=1)
    ahead = _AHEAD.fullmatch(text)
    if ahead:
        weeks = (ahead[2] or "d").startswith("w")
        return on + timedelta(days=int(ahead[1]) * (7 if weeks else 1))
    weekday = [number for number, name in enumerate(_WEEKDAYS) if len(text) >= 2 and name.startswith(text)]
    if weekday:
        return on + timedelta(days=(weekday[0] - on.weekday() - 1) % 7 + 1)
    if not text[:1].isdigit():
        raise ValueError("write a date, 10d, 2w, tomorrow or friday")
    return parse_iso(text)


def spoken(day: date) -> str:
    """The day with its weekday: `Wednesday 2026-07-15`."""
    return f"{_WEEKDAYS[day.weekday()].capitalize()} {day}"
