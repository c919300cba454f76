"""Whether a proposal may be decided, how it became one, and what an edit makes of it. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from arctl.core.dunning_facts import Account, changes, facts_now, is_paid
from arctl.core.effects import Frozen, content_hash
from arctl.core.effects import frozen as freeze
from arctl.core.money import format_amount
from arctl.core.proposal import AGENCY, STARTING, Proposal

Item = Mapping[str, Any]
"""An open item among the facts, by invoice_id and installment."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What changed since a proposal was planned, in words; `paid` tells that nothing of it is left to decide."""

    changes: tuple[str, ...]
    paid: bool = False

    @property
    def words(self) -> str:
        """All of it on one line."""
        return "; ".join(self.changes)


HOLD, PLACED = "on_hold", "placed"


def moved(before: Mapping[str, Any], account: Account | None, own: Collection[str] = ()) -> Moved | None:
    """What changed since these facts were frozen, by the account as it stands now; None where nothing did.

    Without an account nothing is open any more. A decision rests on the facts that it names and on no others; `own` are those
    (HOLD, PLACED) that another proposal of the same envelope changed: the reviewer had both before them.
    """
    items = before.get("items") or []
    if account is None:
        return Moved(tuple(f"{_number(each)} paid" for each in items), paid=True) if items else None
    now = _but_for(own, before, facts_now(account, items))
    known = {**now, **before, "items": [_whole(each, fresh) for each, fresh in _paired(items, now["items"])]}
    found = changes(known, now)
    if "unapplied" not in before and before.get("unapplied_cents", account.unapplied_cents) != account.unapplied_cents:
        was, is_ = (
            format_amount(cents, account.currency) for cents in (before["unapplied_cents"], account.unapplied_cents)
        )
        found.append(f"unapplied credit {was} -> {is_}")
    return Moved(tuple(found), is_paid(known, now)) if found else None


def _but_for(own: Collection[str], before: Mapping[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    if HOLD in own and HOLD in before:
        now = {**now, HOLD: before[HOLD]}
    if PLACED in own and "config" in before:
        now = {**now, "config": {**now["config"], PLACED: before["config"].get(PLACED)}}
    return now


def own_changes(proposal: Proposal, decided: Iterable[Proposal]) -> frozenset[str]:
    """Which facts others of its envelope changed that leave it as right as it was: a hold stops no letter and no placement, and
    a placement no hold. A letter to a customer who was placed is another matter."""
    mine = [each for each in decided if each.customer_key == proposal.customer_key and each.status == "applied"]
    kinds = {each.action_type for each in mine if each.envelope_id == proposal.envelope_id}
    starts = proposal.action_type in STARTING
    found = {HOLD} if kinds.intersection(STARTING) and not starts else set()
    if AGENCY in kinds and starts:
        found.add(PLACED)
    return frozenset(found)


def _paired(before: Iterable[Item], now: Iterable[Item]) -> list[tuple[Item, Item]]:
    fresh = {(each["invoice_id"], each["installment"]): each for each in now}
    return [(each, fresh[each["invoice_id"], each["installment"]]) for each in before]


def _whole(before: Item, now: Item) -> Item:
    return {**now, "outstanding_cents": 0, **before}


def _number(item: Item) -> object:
    return item.get("number") or item["invoice_id"]


def told(proposal: Proposal) -> str:
    """What became of it, by whom and when."""
    if proposal.status == "pending":
        return "waits for a decision"
    who = f"{proposal.status} by {proposal.decided_by} on {proposal.decided_at} (UTC)"
    return f"{who}: {proposal.reason}" if proposal.reason else who


def is_late(proposal: Proposal, day: date) -> bool:
    """Whether the last day on which it could be approved is over."""
    return day.isoformat() > proposal.expires_on


def refusal(proposal: Proposal, day: date) -> str:
    """Why it cannot be approved on a day; empty where it can, as far as its own row tells."""
    if proposal.status != "pending":
        return told(proposal)
    if day.isoformat() < proposal.proposed_on:
        return too_early(proposal, day)
    if is_late(proposal, day):
        return f"it expired: the last day to approve it was {proposal.expires_on}"
    return ""


def too_early(proposal: Proposal, day: date) -> str:
    """Why nothing of it can be decided on a day before its own; empty from that day on."""
    if day.isoformat() >= proposal.proposed_on:
        return ""
    return f"it was proposed on {proposal.proposed_on}: it cannot be approved as of {day}"


def edited(frozen: Frozen, text: str) -> Frozen:
    """The letter with another text and its own content hash.

    What was written first is kept in the payload; the HTML part, which said that, goes.
    """
    effect = frozen.effect
    original = {"body": effect.body, "body_html": effect.body_html, "content_hash": frozen.content_hash}
    new = replace(effect, body=text, body_html=None, payload={**effect.payload, "original": original})
    return freeze(frozen.seq, new)


def is_sound(frozen: Frozen) -> bool:
    """Whether the effect is still the one that was frozen, by its hash."""
    effect = frozen.effect
    return content_hash(effect, frozen.payload_json, effect.body, effect.body_html) == frozen.content_hash
