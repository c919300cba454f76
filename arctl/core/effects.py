"""Decisions as values: what a run wants done, frozen and hashed before anybody approves it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
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
        return content_hash(self, canonical(self.payload), self.body, self.body_html)


def content_hash(effect: Effect, payload_json: str, body: str | None, body_html: str | None) -> str:
    """SHA-256 of what is done under an approval of the effect with this payload (canonical JSON) and these bodies, edited or not.

    Of the length and the text of each part, so that nothing can move from one into the next.
    """
    named = canonical(
        [
            effect.kind,
            effect.action_type,
            effect.customer_id,
            effect.currency,
            effect.amount_cents,
            effect.tier,
            effect.title,
        ]
    )
    hashed = sha256()
    for part in (named, payload_json, body, body_html):
        encoded = b"" if part is None else part.encode("utf-8", "surrogatepass")
        hashed.update(b"%d:" % (-1 if part is None else len(encoded)))
        hashed.update(encoded)
    return hashed.hexdigest()


@dataclass(frozen=True, slots=True)
class Frozen:
    """An effect as the ledger holds it: its number in the run, the hashes it was frozen with, payload and facts as JSON."""

    seq: int
    effect: Effect
    content_hash: str
    facts_hash: str | None
    payload_json: str
    facts_json: str | None


def frozen(seq: int, effect: Effect) -> Frozen:
    """The effect under a number, with its hashes; each part is written as JSON once, because letters come by the thousand."""
    payload = canonical(effect.payload)
    facts = None if effect.facts is None else canonical(effect.facts)
    facts_hash = None if facts is None else sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()
    return Frozen(seq, effect, content_hash(effect, payload, effect.body, effect.body_html), facts_hash, payload, facts)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A customer (in one currency) left out of a plan, and why; `code` names the reason for programs."""

    customer_id: str
    customer_name: str
    currency: str
    code: str
    reason: str


@dataclass(frozen=True)
class Decided:
    """All that a contract, the facts and a day give."""

    effects: tuple[Effect, ...]
    suppressed: tuple[Suppressed, ...] = field(default=())

    @cached_property
    def frozen(self) -> tuple[Frozen, ...]:
        """The effects, numbered from 1 in their order, with their hashes; worked out once, for there may be thousands."""
        return tuple(frozen(seq, each) for seq, each in enumerate(self.effects, start=1))
