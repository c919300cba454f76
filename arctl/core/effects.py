"""Decisions as values: what a run wants done, frozen and hashed before anybody approves it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from arctl.core.events import canonical


def hash_of(value: object) -> str:
    """SHA-256 of a value's canonical JSON."""
    return sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to be done. `kind` is the step kind that does it.

    `action_type` and `risk_level` are set where it becomes a proposal of its own, which a person decides by itself; where they
    are None the run's own approval covers it. Amounts are cents in `currency`. `payload` and `facts` must be JSON;
    `facts` is what the decision rests on, without the mere passing of days.
    """

    phase: str
    step: str
    kind: str
    entity_ref: str
    title: str
    payload: Mapping[str, object]
    action_type: str | None = None
    risk_level: int | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    customer_key: int | None = None
    currency: str | None = None
    amount_cents: int | None = None
    tier: str | None = None
    body: str | None = None
    body_html: str | None = None
    facts: Mapping[str, object] | None = None
    flags: tuple[str, ...] = ()

    @property
    def facts_hash(self) -> str | None:
        """Of the facts; None without any."""
        return None if self.facts is None else hash_of(self.facts)

    @property
    def content_hash(self) -> str:
        """Of everything a reviewer is shown and everything that will be done."""
        return content_hash(
            self.kind, self.action_type, self.customer_id, self.currency, self.amount_cents, self.tier, self.title,
            self.payload, self.body, self.body_html,
        )  # fmt: skip


def content_hash(
    kind: str,
    action_type: str | None,
    customer_id: str | None,
    currency: str | None,
    amount_cents: int | None,
    tier: str | None,
    title: str,
    payload: Mapping[str, object],
    body: str | None,
    body_html: str | None,
) -> str:
    """SHA-256 of what is done under an approval: the same for an effect and for the proposal made of it, unless edited."""
    return hash_of([kind, action_type, customer_id, currency, amount_cents, tier, title, payload, body, body_html])


@dataclass(frozen=True, slots=True)
class Frozen:
    """An effect as the ledger holds it: its number in the run, and the hashes it was frozen with."""

    seq: int
    effect: Effect
    content_hash: str
    facts_hash: str | None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A customer (in one currency) left out of a plan, and why; `code` names the reason for programs."""

    customer_id: str
    customer_name: str
    currency: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decided:
    """All that a contract, the facts and a day give."""

    effects: tuple[Effect, ...]
    suppressed: tuple[Suppressed, ...] = field(default=())

    @property
    def plan_hash(self) -> str:
        """Of what the effects are about and rest on. Two plans with the same hash say the same, whatever the day."""
        return hash_of(
            [
                [
                    each.kind,
                    each.action_type,
                    each.entity_ref,
                    each.customer_id,
                    each.currency,
                    each.facts_hash or each.content_hash,
                ]
                for each in self.effects
            ]
        )
