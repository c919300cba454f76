"""A customer's order as it came in, whatever it came in as: its values, its exact numbers, why one is refused. Pure."""

import re
from functools import lru_cache
from typing import NamedTuple

MICRO = 1_000_000
"""Quantities and rates are kept in millionths."""

_NUMBER = re.compile(r"([0-9]{0,12})(?:\.([0-9]{0,6})0*)?")
_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Problem(NamedTuple):
    """Why something of a file is refused, and where: `place` names the interchange and set, or nothing; `segment` counts from
    the ISA (or is the line of a keyed order), `element` is such as BEG03 or a field's name."""

    place: str
    segment: int | None
    element: str
    reason: str

    @property
    def words(self) -> str:
        """All of it on one line."""
        parts = (self.place, f"segment {self.segment}" if self.segment and self.place else "", self.element)
        where = ", ".join(part for part in parts if part)
        line = f"line {self.segment}" if self.segment and not self.place else ""
        return f"{', '.join(filter(None, (line, where)))}: {self.reason}".removeprefix(": ")


class Party(NamedTuple):
    """Somebody whom an order names. `role` is the code of N101: BY buyer, BT bill to, ST ship to; `qualifier` that of N103."""

    role: str
    name: str
    qualifier: str
    id: str
    address: tuple[str, ...] = ()


class OrderLine(NamedTuple):
    """One line. `items` are its codes with their qualifiers, ours before the buyer's; quantity and rate are in millionths.

    `at` is the number of its segment, or its line in the file.
    """

    number: int
    items: tuple[tuple[str, str], ...]
    quantity_micro: int
    uom: str
    rate_micro: int | None
    ship_on: str | None
    at: int


class Order(NamedTuple):
    """One order. Dates are ISO, `stated_cents` the total that the document gives itself (in its currency, or None).

    `customer_id` is set where the document names our own id; `remarks` is what a reviewer should know of how it was read.
    """

    place: str
    po: str
    release: str
    ordered_on: str
    lines: tuple[OrderLine, ...]
    parties: tuple[Party, ...] = ()
    customer_id: str = ""
    currency: str = ""
    terms: str = ""
    ship_on: str | None = None
    stated: str = ""
    shipping: str = ""
    instructions: str = ""
    email_thread_id: str = ""
    remarks: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def read_number(text: str) -> int | None:
    """A number of X12's type R without a sign (`48`, `3.`, `.5`, `41.08`) in millionths; None for anything else."""
    if text.isdigit() and text.isascii() and len(text) <= 12:
        return int(text) * MICRO
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return None
    return int(match[1] or "0") * MICRO + int((match[2] or "").ljust(6, "0"))


@lru_cache(maxsize=65_536)
def number_text(micro: int) -> str:
    """Millionths as text, without spare zeros."""
    whole, part = divmod(micro, MICRO)
    return f"{whole}.{part:06d}".rstrip("0") if part else str(whole)


@lru_cache(maxsize=65_536)
def rate_text(micro: int) -> str:
    """A rate as people write it: with two decimals, or as many more as it has."""
    whole, part = divmod(micro, MICRO)
    decimals = f"{part:06d}"
    return f"{whole:,}.{decimals[:2]}{decimals[2:].rstrip('0')}"


@lru_cache(maxsize=4_096)
def read_date(text: str) -> str | None:
    """CCYYMMDD as an ISO date; None where there is no such day, or the year is no plausible one."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if not (1970 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= _MONTHS[month - 1]):
        return None
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return None
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def line_cents(quantity_micro: int, rate_micro: int, digits: int) -> int:
    """Quantity times rate in minor units of so many decimals, rounded half up once."""
    unit = MICRO * MICRO
    scale: int = 10**digits
    return (2 * quantity_micro * rate_micro * scale + unit) // (2 * unit)
