"""Cron expressions: whether one is sound. Pure; when one is due next is the crontab's business."""

import re
from calendar import monthrange

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, start=1)}),
    ("day of the week", 0, 7, dict(zip(_DAYS, range(7), strict=True))),
)
_PART = re.compile(r"(?:(?P<all>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<every>[0-9]{1,3}))?", re.ASCII)


def cron_fault(text: str) -> str:
    """What is wrong with an expression of five fields (`0 6 * * *`), in words; empty where it is sound.

    Numbers, names of months and days, `*`, lists, ranges and steps, as crontab(5) has them. One that no date fulfils (30
    February) is unsound too.
    """
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"has {len(fields)} fields, not five: minute, hour, day of the month, month, day of the week"
    chosen = []
    for field, (name, least, most, words) in zip(fields, _FIELDS, strict=True):
        try:
            chosen.append(_values(field, least, most, words))
        except ValueError as unreadable:
            return f"has {field!r} as {name}: {unreadable}"
    days, months = chosen[2], chosen[3]
    if fields[4].startswith("*") and not any(min(days) <= monthrange(2024, month)[1] for month in months):
        return "is never due: the months it names have no such day"
    return ""


def _values(field: str, least: int, most: int, words: dict[str, int]) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError("not a number, a range, a step or *")
        first = least if match["all"] else _number(match["first"], least, most, words)
        last = most if match["all"] else _number(match["last"] or match["first"], least, most, words)
        if match["every"] and not match["all"] and not match["last"]:
            raise ValueError("a step needs a range or *")
        if last < first:
            raise ValueError("a range runs backwards")
        step = int(match["every"] or 1)
        if step == 0:
            raise ValueError("a step of 0")
        found |= set(range(first, last + 1, step))
    return found


def _number(text: str, least: int, most: int, words: dict[str, int]) -> int:
    number = words.get(text.lower(), -1)
    if text.isdigit():
        number = int(text)
    if not least <= number <= most:
        raise ValueError(f"not within {least} to {most}")
    return number
