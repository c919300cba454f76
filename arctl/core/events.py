"""Events as values: what is recorded of one, its canonical form, and the hash that chains it to the one before. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

GENESIS = "0" * 64
"""What the first event of a chain takes for the hash before it."""

_canonical = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to be recorded once. `key` tells it from every other one of the tenant: a second one with it is none.

    `occurred_on` is the business date (ISO); amounts in the payload are cents and say so by name.
    """

    event_type: str
    key: str
    entity_type: str
    entity_id: str
    occurred_on: str
    company_id: int | None = None
    payload: Mapping[str, object] = field(default_factory=dict)


class Event(NamedTuple):
    """One recorded event, its fields in the order in which they are hashed; `hash` covers all of them."""

    seq: int
    event_type: str
    company_id: int | None
    entity_type: str
    entity_id: str
    occurred_on: str
    recorded_at: str
    actor: str
    idempotency_key: str
    payload_json: str
    prev_hash: str
    hash: str


HASHED = Event._fields[:-1]


def canonical(payload: object) -> str:
    """JSON with sorted keys and no blanks: the same value is always the same text. Raises TypeError, ValueError (a NaN)."""
    return _canonical(payload)


def chained(fields: tuple[int | str | None, ...]) -> str:
    """The hash of an event: SHA-256 of the JSON array of its fields in the order of HASHED, the hash before it among them."""
    return sha256(_canonical(fields).encode("utf-8", "surrogatepass")).hexdigest()
