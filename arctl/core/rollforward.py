"""From one aging to the next: net receivables by heading, gross outstanding from bucket to bucket. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from arctl.core.aging import SIGNS, GroupKey, ItemRow
from arctl.core.buckets import Buckets

NEW, SETTLED = "new", "settled"
Matrix = dict[str, dict[str, int]]
Moved = tuple[dict[str, int], dict[str, int]]
"""Cents of documents that started, and that stopped, to count, by heading."""


@dataclass(frozen=True, slots=True)
class MovedItem:
    """One open item at both dates, cents; a bucket is None where nothing was open."""

    invoice_id: str
    installment: int
    customer_id: str
    from_bucket: str | None
    to_bucket: str | None
    opening_cents: int
    closing_cents: int


@dataclass(frozen=True, slots=True)
class RollForward:
    """One company and currency between the ends of two days, in cents.

    `started` is what began to count after the first day up to the second, by heading, unsigned; `voids` is what
    documents that stopped counting had added to net receivables (below zero where mostly receipts were voided).
    """

    company: str
    currency: str
    opening: int
    started: Mapping[str, int]
    voids: int
    closing: int
    matrix: Matrix
    items: Sequence[MovedItem]

    @property
    def expected_closing(self) -> int:
        """Opening and what happened in between; equals `closing` where the roll-forward holds."""
        return self.opening + sum(SIGNS[heading] * cents for heading, cents in self.started.items()) - self.voids

    @property
    def ok(self) -> bool:
        """Whether opening plus movements is closing."""
        return self.expected_closing == self.closing


def voids_of(stopped: Mapping[str, int]) -> int:
    """What net receivables lose by documents that stop counting; `stopped` by heading, cents."""
    return sum(SIGNS[heading] * cents for heading, cents in stopped.items())


def moved_items(
    opening: Iterable[tuple[str, ItemRow]], closing: Iterable[tuple[str, ItemRow]], buckets: Buckets
) -> list[MovedItem]:
    """Items open at either date, by invoice and instalment; each comes with its customer's id."""
    before = {(item.invoice_id, item.installment): (customer, item) for customer, item in opening}
    after = {(item.invoice_id, item.installment): (customer, item) for customer, item in closing}
    moved = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        customer = now[0] if now else was[0] if was else ""
        moved.append(
            MovedItem(
                *key,
                customer,
                buckets.name(was[1].days_overdue) if was else None,
                buckets.name(now[1].days_overdue) if now else None,
                was[1].outstanding_cents if was else 0,
                now[1].outstanding_cents if now else 0,
            )
        )
    return moved


def movement_matrix(items: Iterable[MovedItem], buckets: Buckets) -> Matrix:
    """Cents from bucket (rows, and `new`) to bucket (columns, and `settled`).

    What an item keeps moves from its bucket to its later one, what it loses is settled, what it gains is new: so each
    row foots to the opening aging and each column to the closing one.
    """
    columns = (*buckets.keys, SETTLED)
    matrix = {row: dict.fromkeys(columns, 0) for row in (*buckets.keys, NEW)}
    for item in items:
        kept = min(item.opening_cents, item.closing_cents)
        if item.from_bucket is not None:
            if item.to_bucket is not None:
                matrix[item.from_bucket][item.to_bucket] += kept
            matrix[item.from_bucket][SETTLED] += item.opening_cents - kept
        if item.to_bucket is not None:
            matrix[NEW][item.to_bucket] += item.closing_cents - kept
    del matrix[NEW][SETTLED]
    return matrix


def nothing_moved() -> Moved:
    """Every heading at zero."""
    return dict.fromkeys(SIGNS, 0), dict.fromkeys(SIGNS, 0)


def by_group(rows: Iterable[tuple[str, str, str, int, int]]) -> dict[GroupKey, Moved]:
    """(company, currency, heading, started, stopped) rows by group."""
    groups: dict[GroupKey, Moved] = {}
    for company, currency, heading, started, stopped in rows:
        begun, ended = groups.setdefault((company, currency), nothing_moved())
        begun[heading] += started
        ended[heading] += stopped
    return groups
