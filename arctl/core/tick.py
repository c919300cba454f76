"""The daily tick as values: which days it tells of, what it leaves to silence, and the events of items that moved. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from arctl.core.buckets import FIVE
from arctl.core.events import Happening

MOVED = "ar.bucket_moved"

ENTRIES = tuple((edge + 1, name) for edge, name in zip(FIVE.edges, FIVE.keys[1:], strict=True))
"""(days overdue on which an item enters it, bucket): the day after the due date, 31 days after it, and so on."""


class Moved(NamedTuple):
    """An open item in the bucket it entered: cents outstanding at the end of `day`; dates ISO.

    `before` is the bucket it was told to be in last, None where nothing was told of it or it entered on this very day.
    """

    day: str
    invoice_id: str
    installment: int
    customer_id: str
    currency: str
    due_date: str
    days_overdue: int
    outstanding_cents: int
    before: str | None


class Ticked(NamedTuple):
    """An earlier tick: up to which day it told, and the latest sync batch it knew."""

    day: date
    batch: int


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a tick tells of, first to last, and what it says nothing of.

    An item that was known at `silent_batch` and was in its bucket at the end of `silent_day` already is not told: it came
    with the opening load, which alerts nobody.
    """

    first: date
    last: date
    silent_day: date
    silent_batch: int


def span(last: date, opened: Ticked, ticks: Iterable[Ticked]) -> Span | None:
    """The days up to `last` that no tick has told of; None where one has told of `last`.

    `opened` is the opening load: its day by the company's clock, and its batch. The first tick begins with that day; one for
    an earlier day tells of this day alone, because what came before is nothing that the ledger ever announced.
    """
    told = sorted(ticks)
    if not told:
        first = min(opened.day, last)
        return Span(first, last, first - timedelta(days=1), opened.batch)
    if last <= told[-1].day:
        return None
    # After the first tick every item it knew was either told, or silent for good: what is open and untold came later.
    return Span(told[-1].day + timedelta(days=1), last, told[0].day, told[0].batch)


def entered(moved: Moved) -> tuple[str, date, str]:
    """The bucket that the item is in, the day it entered it by its due date, and the bucket before that."""
    place = FIVE.index(moved.days_overdue)
    days, bucket = ENTRIES[place - 1]
    return bucket, date.fromisoformat(moved.due_date) + timedelta(days=days), FIVE.keys[place - 1]


def happening(moved: Moved, company_id: int) -> Happening:
    """The event of an item that moved.

    Its key names the item, the bucket and the day of entry by the due date: a due date moved later lets an item enter a
    bucket again, a payment that bounces does not.
    """
    bucket, entry, neighbour = entered(moved)
    on_the_day = entry.isoformat() == moved.day
    return Happening(
        MOVED,
        f"{told_before(moved.invoice_id, moved.installment)}{bucket}:{entry}",
        "invoice",
        moved.invoice_id,
        moved.day,
        company_id,
        {
            "invoice_id": moved.invoice_id,
            "installment": moved.installment,
            "customer_id": moved.customer_id,
            "currency": moved.currency,
            "outstanding_cents": moved.outstanding_cents,
            "due_date": moved.due_date,
            "days_overdue": moved.days_overdue,
            "entered_on": entry.isoformat(),
            "from": neighbour if on_the_day else moved.before,
            "to": bucket,
        },
    )


def told_before(invoice_id: str, installment: int) -> str:
    """What the keys of all events of one item begin with."""
    return f"{MOVED}:{invoice_id}/{installment}:"


TICKED, TOLD, EMPTY = "ticked", "told already", "no invoice yet"


@dataclass(frozen=True, slots=True)
class CompanyTick:
    """What the tick of one company did: `status` is ticked, told already (up to `until`) or no invoice yet."""

    company: str
    status: str
    since: date | None = None
    until: date | None = None
    moved: int = 0
