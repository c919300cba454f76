"""Whether a customer hears from us today, how firmly and about what: one account and a day in, one verdict out. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from arctl.core.buckets import FIVE
from arctl.core.dunning import PLACED
from arctl.core.dunning_facts import OLDEST_FIRST, Account, Covered, DunningItem, changes, facts, facts_now, is_paid
from arctl.core.effects import hash_of
from arctl.core.letter import TIERS, LetterLine
from arctl.core.mail import can_be_mailed
from arctl.core.money import format_amount

__all__ = [
    "Chased", "Outcome", "Reason", "Verdict", "changes", "check_tiers", "decide", "facts", "facts_now", "is_paid", "letter_lines",
]  # fmt: skip

TIER_BUCKETS: Mapping[str, str] = {
    "courtesy": "days_30",
    "firm": "days_60",
    "urgent": "days_90",
    "final": "days_90_plus",
}
"""From which bucket on the oldest item makes a letter this firm."""

FIRST_LETTER, TIER_RAISED, CHANGED_ADDRESS = "first letter", "tier raised", "changed address"
PART_DISPUTE, UNAPPLIED_CREDIT, BROKEN_PROMISE = "part dispute", "unapplied credit", "broken promise"
UNUSABLE_ADDRESS = "unusable e-mail address"
LARGEST_AMOUNT, EDITED_TEMPLATE = "largest amount", "edited template"
FLAGS = (
    FIRST_LETTER, TIER_RAISED, LARGEST_AMOUNT, CHANGED_ADDRESS, UNUSABLE_ADDRESS, PART_DISPUTE, UNAPPLIED_CREDIT,
    EDITED_TEMPLATE, BROKEN_PROMISE,
)  # fmt: skip
"""What a reviewer should look at first. The largest amounts and the templates are for whoever sees the whole plan."""


class Outcome(StrEnum):
    """What is to be done about an account."""

    LETTER = "letter"
    CALL = "call"
    APPLY_CASH = "apply_cash"
    NONE = "none"


class Reason(StrEnum):
    """Why an account is left out, for programs. NOT_OVERDUE needs no word; LIVE_DRAFT is the plan's to find."""

    NOT_OVERDUE = "not_overdue"
    NOTHING_NEW = "nothing_new"
    TOO_SOON = "too_soon"
    DISPUTED = "disputed"
    PROMISE = "promise"
    INACTIVE = "inactive_config"
    BELOW_MINIMUM = "below_minimum"
    NOTHING_LEFT = "nothing_left"
    LIVE_DRAFT = "live_draft"
    REJECTED = "rejected"
    SNOOZED = "snoozed"
    PLACED = "placed"


class Chased(NamedTuple):
    """Where a chaseable item stands: days overdue, threshold (0 to 3), bucket (0 to 4)."""

    days_overdue: int
    step: int
    bucket: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is due on one account today.

    `items` are the chaseable ones (overdue, undisputed), oldest first, and `steps` where each stands. asked = total less unapplied,
    not below 0; cents. A letter or call has a `tier`; without one, `code` and `reason` tell why (an apply_cash too). `placement`
    asks a person, besides, to place the customer with an agency.
    """

    outcome: Outcome
    items: tuple[DunningItem, ...]
    steps: tuple[Chased, ...]
    total_cents: int
    unapplied_cents: int
    asked_cents: int
    code: Reason | None = None
    reason: str = ""
    tier: str | None = None
    placement: bool = False
    flags: tuple[str, ...] = ()

    @property
    def max_overdue(self) -> int:
        """Days overdue of the oldest chaseable item; 0 without any."""
        return self.steps[0].days_overdue if self.steps else 0


@dataclass(frozen=True, slots=True)
class _Weighed:
    """An account on a day: what of it is overdue, chaseable and asked."""

    account: Account
    on: date
    items: tuple[DunningItem, ...]
    steps: tuple[Chased, ...]
    disputed: int
    total: int
    asked: int


_Left = tuple[Outcome, Reason, str]
"""An outcome without a contact, and why."""


def decide(account: Account, on: date, threshold_days: int = 1, tiers: Mapping[str, str] = TIER_BUCKETS) -> Verdict:
    """What is due on the account on a day; items count from `threshold_days` overdue, `tiers` is a tier's lowest bucket.

    What a person has not yet decided plays no part: the same facts give the same verdict however often it is asked. Raises
    ValueError for tiers or buckets that do not exist.
    """
    case = _weigh(account, on, threshold_days)
    barred = _barred(case)
    left = barred or _quiet(case) or _money(case) or _too_soon(case)
    outcome, code, reason, tier = Outcome.NONE, None, "", None
    if left:
        outcome, code, reason = left
    else:
        outcome = Outcome.LETTER if account.terms.send_email and can_be_mailed(account.email) else Outcome.CALL
        tier = _tier(case, tiers)
    return Verdict(
        outcome,
        case.items,
        case.steps,
        case.total,
        account.unapplied_cents,
        case.asked,
        code,
        reason,
        tier,
        barred is None and _places(case),
        () if left else tuple(_flags(case, tier)),
    )


def letter_lines(verdict: Verdict) -> tuple[LetterLine, ...]:
    """The verdict's items as a letter lists them."""
    return tuple(
        LetterLine(
            item.invoice_id, item.installment, item.number, item.po, item.invoice_date, item.due_date, step.days_overdue,
            item.outstanding_cents,
        )
        for item, step in zip(verdict.items, verdict.steps, strict=True)
    )  # fmt: skip


def check_tiers(tiers: Mapping[str, str]) -> None:
    """Raises ValueError, naming it, where a tier or its bucket does not exist, or where there is no tier at all."""
    _ladder(tuple(sorted(tiers.items())))


def _weigh(account: Account, on: date, threshold_days: int) -> _Weighed:
    today, terms = on.toordinal(), account.terms
    items: list[DunningItem] = []
    steps: list[Chased] = []
    disputed = total = 0
    for item in sorted(account.items, key=OLDEST_FIRST):
        days = today - date.fromisoformat(item.due_date).toordinal()
        if days < threshold_days:
            break
        if item.disputed:
            disputed += 1
        else:
            items.append(item)
            steps.append(Chased(days, terms.step(days), bisect_left(FIVE.edges, days)))
            total += item.outstanding_cents
    asked = max(total - account.unapplied_cents, 0)
    return _Weighed(account, on, tuple(items), tuple(steps), disputed, total, asked)


def _barred(case: _Weighed) -> _Left | None:
    """What keeps a customer out altogether."""
    code, reason = next(_bars(case), (None, ""))
    return None if code is None else (Outcome.NONE, code, reason)


def _bars(case: _Weighed) -> Iterator[tuple[Reason, str]]:
    account = case.account
    if not case.items and not case.disputed:
        yield Reason.NOT_OVERDUE, "nothing overdue"
    if account.placed:
        yield Reason.PLACED, PLACED.get(account.placed, account.placed)
    if not account.terms.is_active:
        yield Reason.INACTIVE, "dunning is switched off in the config"
    if not case.items:
        items = "the only overdue item is" if case.disputed == 1 else f"all {case.disputed} overdue items are"
        yield Reason.DISPUTED, f"{items} disputed"
    if account.promised_until:
        yield Reason.PROMISE, f"promised to pay by {account.promised_until}"
    if account.snoozed_until and case.on.isoformat() < account.snoozed_until:
        yield Reason.SNOOZED, f"snoozed until {account.snoozed_until}"


def _quiet(case: _Weighed) -> _Left | None:
    """Whether no item has gone further than where it was last dealt with."""
    if any(_is_due(case, step, _covered(case, item)) for item, step in zip(case.items, case.steps, strict=True)):
        return None
    covers = (case.account.covered.get(item.key) for item in case.items)
    last = max((cover for cover in covers if cover), key=lambda cover: cover.on or "", default=None)
    if last and last.refused:
        return Outcome.NONE, Reason.REJECTED, f"rejected on {last.on}, and nothing new since"
    if case.account.last_contact_here:
        return (
            Outcome.NONE,
            Reason.NOTHING_NEW,
            f"nothing new since the last contact on {case.account.last_contact_here}",
        )
    oldest = case.steps[0].days_overdue
    first = case.account.terms.first_reminder_days
    days = f"{oldest} day{'' if oldest == 1 else 's'} overdue"
    return Outcome.NONE, Reason.NOTHING_NEW, f"{days}, the first reminder is due at {first}"


def _covered(case: _Weighed, item: DunningItem) -> Covered | None:
    """How far an item was taken, by its due date and the terms of now: where a due date was moved later since, what was said by
    the old one does not stand for what is due by the new one."""
    cover = case.account.covered.get(item.key)
    if cover is None or cover.on is None:
        return cover
    days = date.fromisoformat(cover.on).toordinal() - date.fromisoformat(item.due_date).toordinal()
    return Covered(
        min(cover.step, case.account.terms.step(days)),
        min(cover.bucket, bisect_left(FIVE.edges, days)),
        cover.on,
        cover.refused,
    )


def _is_due(case: _Weighed, stands: Chased, cover: Covered | None) -> bool:
    if stands.step == 0:
        return False
    if cover is None or stands.step > cover.step or stands.bucket > cover.bucket:
        return True
    return stands.step == 3 and cover.on is not None and _days_since(case, cover.on) >= case.account.terms.repeat_days


def _money(case: _Weighed) -> _Left | None:
    currency = case.account.currency
    if case.asked == 0:
        credit = format_amount(case.account.unapplied_cents, currency)
        reason = f"nothing left to ask after {credit} {currency} of unapplied credit"
        if case.account.cash_task_facts == hash_of(facts(case.account, case.items)):
            return Outcome.NONE, Reason.NOTHING_LEFT, f"{reason}; a task to apply it was decided already"
        return Outcome.APPLY_CASH, Reason.NOTHING_LEFT, reason
    minimum = case.account.terms.minimum(currency)
    if case.asked < minimum:
        asked = f"{format_amount(case.asked, currency)} {currency}"
        return Outcome.NONE, Reason.BELOW_MINIMUM, f"{asked} is below the minimum of {format_amount(minimum, currency)}"
    return None


def _too_soon(case: _Weighed) -> _Left | None:
    """A customer is spoken to in one breath: a letter in another currency on this very day is no reason to wait."""
    account, last = case.account, case.account.last_contact
    gap = account.terms.min_gap_days
    if last is None or _days_since(case, last) >= gap:
        return None
    if last == case.on.isoformat() and not _within(case, account.last_contact_here, gap):
        return None
    again = date.fromisoformat(last) + timedelta(days=gap)
    return Outcome.NONE, Reason.TOO_SOON, f"too soon after the last contact on {last}; again from {again} on"


def _within(case: _Weighed, day: str | None, gap: int) -> bool:
    return day is not None and _days_since(case, day) < gap


def _days_since(case: _Weighed, day: str) -> int:
    return (case.on - date.fromisoformat(day)).days


def _places(case: _Weighed) -> bool:
    """Whether an item crossed the agency threshold that no decided placement proposal named, with enough left to ask."""
    account, terms = case.account, case.account.terms
    if not case.asked or case.asked < terms.minimum(account.currency):
        return False
    return any(
        step.days_overdue >= terms.agency_days and (item.invoice_id, item.installment) not in account.placement_decided
        for item, step in zip(case.items, case.steps, strict=True)
    )


def _tier(case: _Weighed, tiers: Mapping[str, str]) -> str:
    """By the oldest item; at least firm where one crossed the final-notice threshold; one firmer after a broken promise."""
    place = TIERS.index(_ladder(tuple(sorted(tiers.items())))[case.steps[0].bucket])
    if case.steps[0].step == 3:
        place = max(place, TIERS.index("firm"))
    return TIERS[min(place + case.account.promise_broken, len(TIERS) - 1)]


@lru_cache(maxsize=32)
def _ladder(tiers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The tier for each bucket, current to the last: the firmest that begins there or below, else the mildest there is."""
    for tier, bucket in tiers:
        if tier not in TIERS:
            raise ValueError(f"there is no tier {tier}: they are {', '.join(TIERS)}")
        if bucket not in FIVE.keys:
            raise ValueError(f"tier {tier} names no bucket ({bucket}): they are {', '.join(FIVE.keys)}")
    if not tiers:
        raise ValueError("no tier is defined")
    begins = {tier: FIVE.keys.index(bucket) for tier, bucket in tiers}
    known = [tier for tier in TIERS if tier in begins]
    return tuple(
        max((tier for tier in known if begins[tier] <= bucket), key=TIERS.index, default=known[0])
        for bucket in range(len(FIVE.keys))
    )


def _flags(case: _Weighed, tier: str | None) -> Iterator[str]:
    account = case.account
    if account.contacts == 0:
        yield FIRST_LETTER
    if tier and account.last_tier and TIERS.index(tier) > TIERS.index(account.last_tier):
        yield TIER_RAISED
    if account.last_email and account.email and account.email != account.last_email:
        yield CHANGED_ADDRESS
    if account.email and not can_be_mailed(account.email):
        yield UNUSABLE_ADDRESS
    if case.disputed:
        yield PART_DISPUTE
    if account.unapplied_cents:
        yield UNAPPLIED_CREDIT
    if account.promise_broken:
        yield BROKEN_PROMISE
