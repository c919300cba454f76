"""Reading cells: one column of text into typed values, and why a cell cannot be one."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arctl.core.dates import parse_iso
from arctl.core.mirror import Field, Kind
from arctl.core.money import is_currency, parse_amount, parse_rate

LONGEST = 32_767
"""Characters a cell may have: what a spreadsheet cell can hold. Longer ones are damage, such as a missing quote."""

_MEMO_LIMIT = 50_000
_LONGEST_AMOUNT = 60
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_TWO_DECIMALS = re.compile(r"(?:[0-9]{1,12}\.[0-9]{2}0\n)*+")
_QUANTITY = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})?(?:\.([0-9]{1,6})0*)?")

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell cannot be read."""

    reason: str


Cell = Value | Problem

_BELOW_ZERO = Problem("below zero: a negative invoice is a credit memo, a negative receipt a refund")


class _Memo(dict[str, Cell]):
    """Remembers what a text was read as: dates, states and currencies repeat by the hundred thousand."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> Cell:
        value: Cell
        try:
            value = self.read(text)
        except ValueError as error:
            value = Problem(str(error))
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        self[text] = value
        return value


def _one_of(choices: Sequence[str]) -> Callable[[str], Value]:
    known = {choice.lower(): choice for choice in choices}

    def read(text: str) -> Value:
        try:
            return known[text.lower()]
        except KeyError:
            raise ValueError(f"not one of {', '.join(choices)}") from None

    return read


def _flag(text: str) -> Value:
    try:
        return {"t": "T", "true": "T", "f": "F", "false": "F"}[text.lower()]
    except KeyError:
        raise ValueError("not T or F") from None


def _currency(text: str) -> Value:
    if not is_currency(text):
        raise ValueError("not a currency code such as USD")
    return text


def _number(text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a whole number")
    return int(text)


def _quantity(text: str) -> Value:
    """Millionths."""
    match = _QUANTITY.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise ValueError("not a quantity of at most 6 decimals")
    micro = int((match[2] or "0").replace(",", "") + (match[3] or "").ljust(6, "0"))
    return -micro if match[1] else micro


def mills(text: str) -> int:
    """An amount in thousandths of a unit, the finest minor unit; which decimals a currency allows is checked later."""
    if text[-3:-2] == "." and text.isascii():
        digits = text[:-3] + text[-2:]
        if digits.isdigit() and len(digits) < 15:
            return int(digits) * 10
    if len(text) > _LONGEST_AMOUNT:
        raise ValueError("not an amount")
    return parse_amount(text, 3)


def _two_decimals(texts: Sequence[str]) -> list[int] | None:
    """What `mills` reads, for a run of amounts that are all plain like 1234.50 (as exports write them); else None.

    One match and one split for all of them: cell by cell, amounts would take as long as the rest of the row.
    """
    joined = "0\n".join(texts) + "0\n"  # the third decimal
    if not _TWO_DECIMALS.fullmatch(joined):
        return None
    amounts = list(map(int, joined.replace(".", "").split("\n")[:-1]))
    return amounts if len(amounts) == len(texts) else None  # a cell may hold a line break


def _amount(text: str) -> Cell:
    try:
        value = mills(text)
    except ValueError as error:
        return Problem(str(error))
    return value if value >= 0 else _BELOW_ZERO


def _signed(text: str) -> Cell:
    try:
        return mills(text)
    except ValueError as error:
        return Problem(str(error))


def _text(text: str) -> Cell:
    return Problem(f"longer than {LONGEST} characters") if len(text) > LONGEST else text


_PLAIN: dict[Kind, Callable[[str], Cell]] = {Kind.AMOUNT: _amount, Kind.SIGNED: _signed}
_REMEMBERED: dict[Kind, Callable[[str], Value]] = {
    Kind.DATE: lambda text: parse_iso(text).isoformat(),
    Kind.FLAG: _flag,
    Kind.CURRENCY: _currency,
    Kind.RATE: parse_rate,
    Kind.NUMBER: _number,
    Kind.QUANTITY: _quantity,
}


def _reader(field: Field) -> Callable[[str], Cell]:
    if field.choices:
        return _Memo(_one_of(field.choices)).__getitem__
    if field.kind in _REMEMBERED:
        return _Memo(_REMEMBERED[field.kind]).__getitem__
    return _PLAIN.get(field.kind, _text)


class ColumnReader:
    """Reads one column of a file, many cells at a time.

    An empty cell is None where the column may be empty, else a Problem. Amounts come as thousandths of a unit,
    quantities as millionths, dates as ISO text.
    """

    def __init__(self, field: Field) -> None:
        self.field = field
        self._read = _reader(field)
        # A required column with a default (a location, an entity) may be empty and is part of what tells rows apart.
        self._empty: Cell = (Problem("empty") if field.default is None else field.default) if field.required else None
        self._plain = field.kind in (Kind.ID, Kind.TEXT, Kind.COMPANY)

    def read(self, text: str) -> Cell:
        """One cell."""
        return self._read(text) if text else self._empty

    def read_all(self, texts: Sequence[str]) -> tuple[Sequence[Cell], bool]:
        """A run of cells, and whether any of them is a Problem."""
        if not any(texts):
            return [self._empty] * len(texts), self._empty is not None
        holes = "" in texts
        if self._plain and len(max(texts, key=len)) <= LONGEST:
            if not holes:
                return texts, False
            return [text or self._empty for text in texts], self._empty is not None
        if self.field.kind in (Kind.AMOUNT, Kind.SIGNED) and not holes:
            amounts = _two_decimals(texts)
            if amounts:
                return amounts, False
        read = self._read
        cells = [read(text) if text else self._empty for text in texts] if holes else list(map(read, texts))
        return cells, Problem in set(map(type, cells))


def unreadable(text: str) -> Problem | None:
    """Why a text cannot be kept at all: bytes that are not UTF-8, or a NUL."""
    if "\0" in text:
        return Problem("holds a NUL byte")
    if not text.isascii() and any("\udc80" <= char <= "\udcff" for char in text):
        return Problem("is not UTF-8")
    return None
