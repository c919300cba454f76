"""What a day's plan came to, for whoever shows it: effects by kind, who was left out, what changed since the plan before. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from arctl.core.effects import Effect, Suppressed
from arctl.core.letter import TIERS
from arctl.core.proposal import AGENCY, APPLY_CASH, COLLECTION_ACTION, EMAIL_DRAFT, PROGRAM, TASK

ORDER = (APPLY_CASH, TASK, COLLECTION_ACTION, EMAIL_DRAFT, PROGRAM, "service_hold_release", AGENCY)
"""In which order the kinds of proposals are shown; others follow."""


@dataclass(frozen=True, slots=True)
class Told:
    """One effect of the plan before, as far as it is compared: by its Key."""

    tier: str | None
    amount_cents: int | None


Key = tuple[str, str, str]
"""(action_type, customer id or, without a customer, the title, currency or empty)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal that came out of an approved envelope and is not done: pending, or approved and stopped.

    `beside_a_hold` tells that a hold of the same envelope, or its release, was applied to its customer: the reviewer had both.
    """

    id: int
    status: str
    tier: str | None
    facts_hash: str | None
    about_customer: bool
    expires_on: str
    beside_a_hold: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """This plan against the one before, of `day` (ISO), by customer: how many are new in it, firmer, asked for another
    amount, gone."""

    run_id: int
    day: str
    new: int
    firmer: int
    other_amount: int
    gone: int


@dataclass(frozen=True, slots=True)
class PlanReport:
    """One plan. `run_id` and `envelope` are None where nothing was written; `waiting` tells that the envelope stood already.

    `effects` are those that somebody has to decide on, one by one or with the run; `replaced` is the envelope that this one
    supersedes. `expires_on` is the last day on which it can be approved (ISO).
    """

    workflow_type: str
    company: str
    as_of: str
    status: str
    run_id: int | None
    envelope: int | None
    expires_on: str | None
    effects: tuple[Effect, ...]
    suppressed: tuple[Suppressed, ...]
    warnings: tuple[tuple[str, str], ...]
    changes: Changes | None
    replaced: int | None
    waiting: bool
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Line:
    """How many effects of one kind, tier and currency, and what they ask for (cents); None where they ask for nothing."""

    action_type: str
    tier: str | None
    channel: str
    currency: str | None
    count: int
    amount_cents: int | None


def lines(effects: Iterable[Effect]) -> list[Line]:
    """The effects added up, in the order in which a reviewer meets them."""
    groups: dict[tuple[str, str | None, str, str | None], list[Effect]] = {}
    for each in effects:
        groups.setdefault((each.action_type or each.kind, each.tier, _channel(each), each.currency), []).append(each)
    found = [
        Line(kind, tier, channel, currency, len(group), _amount(group))
        for (kind, tier, channel, currency), group in groups.items()
    ]
    return sorted(
        found, key=lambda line: (_place(line.action_type), _rank(line.tier), line.channel, line.currency or "")
    )


def _channel(effect: Effect) -> str:
    return str(effect.payload.get("channel", "")) if effect.action_type == COLLECTION_ACTION else ""


def _amount(group: Sequence[Effect]) -> int | None:
    amounts = [each.amount_cents for each in group if each.amount_cents is not None]
    return sum(amounts) if amounts else None


def _place(action_type: str) -> int:
    return ORDER.index(action_type) if action_type in ORDER else len(ORDER)


def _rank(tier: str | None) -> int:
    return TIERS.index(tier) if tier in TIERS else len(TIERS)


def key_of(effect: Effect) -> Key:
    """What makes two effects of different plans the same question."""
    return (effect.action_type or effect.kind, effect.customer_id or effect.title, effect.currency or "")


def changes(before: Mapping[Key, Told], effects: Iterable[Effect], run_id: int, day: str) -> Changes:
    """A plan held against the one before."""
    now = {key_of(each): Told(each.tier, each.amount_cents) for each in effects if each.customer_id}
    firmer = other = 0
    for key, told in now.items():
        earlier = before.get(key)
        if earlier is None:
            continue
        if _rank(told.tier) > _rank(earlier.tier) and told.tier in TIERS and earlier.tier in TIERS:
            firmer += 1
        elif told.amount_cents != earlier.amount_cents:
            other += 1
    return Changes(run_id, day, len(now.keys() - before.keys()), firmer, other, len(before.keys() - now.keys()))


IN_SHORT = {
    "not_overdue": "not overdue",
    "nothing_new": "nothing new",
    "too_soon": "too soon after the last contact",
    "disputed": "disputed",
    "promise": "a promise to pay is running",
    "inactive_config": "dunning switched off",
    "below_minimum": "below the minimum",
    "nothing_left": "nothing left after unapplied credit",
    "live_draft": "a live draft says the same",
    "rejected": "rejected",
    "snoozed": "snoozed",
    "placed": "placed, in legal action or insolvent",
}
"""The reasons for leaving somebody out, by their code."""


def reasons(suppressed: Iterable[Suppressed]) -> list[tuple[str, int]]:
    """How often each reason left somebody out, the most frequent first."""
    counted = Counter(IN_SHORT.get(each.code, each.code) for each in suppressed)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
