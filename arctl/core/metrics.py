"""The formulas of receivables metrics over cents and days, exact until they are rounded once; no ledger, no words for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from arctl.core.dates import month_end

DAYS_IN_YEAR = 365
LARGEST_INDEX = 10_000
"""The Herfindahl index of a single customer who owes everything."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's exact value, or the reason why there is none."""

    value: Fraction | None
    reason: str = ""


def rounded(value: Fraction, decimals: int) -> str:
    """Decimal text, half up (away from zero); never `-0.0`."""
    scaled = abs(value) * 10**decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    whole, part = divmod(units, 10**decimals)
    sign = "-" if value < 0 and units else ""
    return f"{sign}{whole}.{part:0{decimals}d}" if decimals else f"{sign}{whole}"


def _quotient(numerator: Fraction | int, denominator: Fraction | int, named: str) -> Figure:
    """`named` says what the denominator is, with its verb: where it is not above zero there is no number."""
    if denominator > 0:
        return Figure(Fraction(numerator, denominator))
    return Figure(None, f"{named} {'negative' if denominator < 0 else 'zero'}")


def days_sales_outstanding(outstanding: int, sales: int, days: int) -> Figure:
    """Days of sales that are outstanding (cents, over so many days); of what is not yet due: the best possible DSO."""
    return _quotient(outstanding * days, sales, "credit sales are")


def average_days_delinquent(dso: Figure, best_possible: Figure) -> Figure:
    """DSO less best possible DSO, of values not yet rounded."""
    if dso.value is None or best_possible.value is None:
        return Figure(None, dso.reason or best_possible.reason)
    return Figure(dso.value - best_possible.value)


def count_back(outstanding: int, periods: Sequence[tuple[int, int]]) -> tuple[Figure, int]:
    """Days of the latest sales that make up what is outstanding, and how many periods it took.

    `periods` are (sales in cents, days), newest first. A period of more credit memos than invoices takes away from what
    was counted so far, so that more earlier sales are needed.
    """
    if not periods:
        return Figure(None, "no credit sales are known"), 0
    left, days = outstanding, 0
    for used, (sales, length) in enumerate(periods, start=1):
        if left <= 0:
            return Figure(Fraction(days)), used - 1
        if sales >= left:
            return Figure(days + Fraction(left * length, sales)), used
        left, days = left - sales, days + length
    return Figure(None, "all credit sales known do not cover what is outstanding"), len(periods)


def collection_effectiveness(opening: int, sales: int, months: int, closing: int, closing_current: int) -> Figure:
    """Percent of what could be collected that was (cents; sales of so many months, taken as their monthly mean)."""
    collectable = opening + Fraction(sales, months)
    return _quotient(
        100 * (collectable - closing), collectable - closing_current, "opening + sales − closing not yet due is"
    )


def turnover(sales: int, days: int, opening: int, closing: int) -> Figure:
    """How often a year the mean of opening and closing AR is sold anew; sales of so many days, annualised."""
    mean = Fraction(opening + closing, 2)
    return _quotient(sales * DAYS_IN_YEAR, mean * days, "the mean of opening and closing outstanding is")


def bad_debt_to_sales(net_write_offs: int, sales: int) -> Figure:
    """Percent of credit sales that was written off, less recoveries; below zero where more was recovered."""
    return _quotient(100 * net_write_offs, sales, "credit sales are")


def roll_rate(opening: int, rolled: int) -> Figure:
    """Percent of a bucket's opening cents that rolled on."""
    return _quotient(100 * rolled, opening, "the bucket's opening is")


def share_of_largest(owed: Sequence[int], many: int) -> Figure:
    """Percent of all that is outstanding owed by the first `many` customers; `owed` is largest first."""
    return _quotient(100 * sum(owed[:many]), sum(owed), "what is outstanding is")


def herfindahl(owed: Sequence[int]) -> Figure:
    """Sum of the squared percentages of all customers: towards 0 where many owe alike, 10,000 where one owes all."""
    total = sum(owed)
    return _quotient(LARGEST_INDEX * sum(cents * cents for cents in owed), total * total, "what is outstanding is")


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the month's last where it is shorter; from a month-end to a month-end."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    end = month_end(date(year, month + 1, 1))
    return end if day == month_end(day) else end.replace(day=min(day.day, end.day))


def month_spells(first: date, last: date) -> list[tuple[date, date]]:
    """The calendar months from `first` to `last` as (from, to), newest first; the outer ones as far as they belong."""
    spells = []
    while last >= first:
        begin = max(last.replace(day=1), first)
        spells.append((begin, last))
        last = begin - timedelta(days=1)
    return spells
