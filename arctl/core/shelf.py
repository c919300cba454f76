"""Month-end evidence once it stands: listed, shown, compared, purged. What two sets differ by, and whether it adds up. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arctl.core.buckets import FIVE
from arctl.core.evidence import ChangedLine, CurrencyTotals, SetRow, Taken
from arctl.core.snapshot import Content, Header


@dataclass(frozen=True, slots=True)
class Shelved:
    """A set with its sums by currency; `live` is the highest revision of its day."""

    set: SetRow
    totals: Sequence[CurrencyTotals]
    live: bool


class Purged(NamedTuple):
    """What stays of a set that was removed after its retention. Moments are UTC, days ISO."""

    company: str
    snapshot_date: str
    revision: int
    content_hash: str
    retain_until: str
    reason: str
    purged_by: str
    os_user: str
    purged_at: str
    event_seq: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """What evidence there is; `hidden` counts the superseded and purged sets that were not asked for."""

    sets: Sequence[Shelved]
    purged: Sequence[Purged]
    hidden: int


class Term(NamedTuple):
    """One line of the tie-out (`section` tie_out) or one reconciling item; cents where it has an amount."""

    currency: str
    section: str
    heading: str
    cents: int | None
    documents: int | None
    examples_json: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A set as it stands. `content` has the rows that were asked for, in the order of the content; `event_hash` is that of
    the event which recorded it."""

    taken: Taken
    live: bool
    content: Content
    terms: Sequence[Term]
    event_hash: str


class Moved(NamedTuple):
    """One sum of two sets, cents."""

    currency: str
    heading: str
    before: int
    after: int

    @property
    def delta(self) -> int:
        """By how much it moved."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sets of a company: each sum in both, and the items and credits that they do not have alike."""

    before: SetRow
    after: SetRow
    sums: Sequence[Moved]
    items: Sequence[ChangedLine]

    @property
    def unexplained(self) -> list[Moved]:
        """Sums whose movement the items do not make up: none, unless rows were changed by hand."""
        return missed(self.sums, self.items)


@dataclass(frozen=True, slots=True)
class PurgeOutcome:
    """What a purge removed, or would remove, and what retention keeps. `event` is its number; None where nothing went."""

    before: str
    removed: Sequence[SetRow]
    kept: Sequence[SetRow]
    dry_run: bool
    event: int | None
    head: tuple[int, str]


SUMS = (*FIVE.keys, "outstanding", "unapplied", "estimate")
"""The sums of a set, by the names that CurrencyTotals gives them."""


def moved(before: Sequence[CurrencyTotals], after: Sequence[CurrencyTotals]) -> list[Moved]:
    """Every sum of two sets, by currency; 0 where one lacks the currency."""
    old, new = ({total.currency: total._asdict() for total in side} for side in (before, after))
    return [
        Moved(currency, name, old.get(currency, {}).get(name, 0), new.get(currency, {}).get(name, 0))
        for currency in sorted(old.keys() | new.keys())
        for name in SUMS
    ]


def missed(sums: Sequence[Moved], items: Sequence[ChangedLine]) -> list[Moved]:
    """The sums that changed items and credits (credits below zero) do not lead from before to after."""
    change: Counter[tuple[str, str]] = Counter()
    for item in items:
        for bucket, cents in ((item.before_bucket, -item.before_cents), (item.after_bucket, item.after_cents)):
            if bucket is None:
                continue
            if bucket == "unapplied":
                change[item.currency, bucket] -= cents
            else:
                change[item.currency, bucket] += cents
                change[item.currency, "outstanding"] += cents
    # the estimate follows from the policy, not from single items
    return [each for each in sums if each.heading != "estimate" and change[each.currency, each.heading] != each.delta]


def most_overdue_first(headers: Sequence[Header]) -> list[Header]:
    """Headers by currency, then by what is overdue, then by what is outstanding, the most first."""
    return sorted(
        headers, key=lambda each: (each.currency, -sum(each.buckets[1:]), -each.outstanding, each.customer_id)
    )
