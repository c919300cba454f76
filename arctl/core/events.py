"""Events as values: what is recorded of one, its canonical form, and the hash that chains it to the one before. Pure."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Listing:
    """Events in the order of the chain, and the names of the companies they concern, by company_id."""

    events: Sequence[Event]
    companies: Mapping[int, str]


def canonical(payload: object) -> str:
    """JSON with sorted keys and no blanks: the same value is always the same text. Raises TypeError, ValueError (a NaN)."""
    return _canonical(payload)


def chained(fields: tuple[int | str | None, ...]) -> str:
    """The hash of an event: SHA-256 of the JSON array of its fields in the order of HASHED, the hash before it among them."""
    return sha256(_canonical(fields).encode("utf-8", "surrogatepass")).hexdigest()


Link = tuple[int, bytes, bytes, bytes]
"""What following the chain needs of an event: its number, the hash before it, its hash, and the text (UTF-8) that this is
taken of. Bytes, because what somebody wrote into the file need not be text."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Where the chain is broken, and how: `kind` is edited, missing, reordered or rewritten."""

    seq: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """How many events there are, where they end (0 and GENESIS without any), and what is wrong, the first flaws first."""

    events: int
    head_seq: int
    head_hash: str
    findings: tuple[Flaw, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every event stands as it was recorded."""
        return not self.findings

    @property
    def head(self) -> str:
        """The end of the chain as one notes it outside: `SEQ:HASH`."""
        return f"{self.head_seq}:{self.head_hash}"


MOST_FLAWS = 100
"""A chain written anew breaks at every event; this many tell."""


def follow(links: Iterable[Link], sound: Callable[[int], bool], noted: Mapping[int, str]) -> ChainVerdict:
    """Go through a chain in the order of its numbers, from the first event on.

    `noted` holds heads that were noted outside, number -> hash: events cut off at the end, or all of them written anew,
    show in nothing else. `sound(seq)` has the last word where an event's hash is not that of its content as it was read.
    """
    flaws: list[Flaw] = []
    seq, last, count = 0, GENESIS.encode(), 0
    found: dict[int, bytes] = {}
    for place, (number, prev_hash, hashed, content) in enumerate(links, start=1):
        if len(flaws) == MOST_FLAWS:
            pass
        elif number != seq + 1:
            flaws.append(_gap(seq + 1, number - 1))
        elif prev_hash != last:
            flaws.append(Flaw(number, "reordered", _reordered(number)))
        elif sha256(content).hexdigest().encode() != hashed and not sound(number):
            flaws.append(Flaw(number, "edited", f"event {number} was edited: its hash is not that of its content"))
        seq, last, count = number, hashed, place
        if number in noted:
            found[number] = hashed
    flaws += [flaw for number, text in sorted(noted.items()) if (flaw := _unlike(number, text, found, seq))]
    return ChainVerdict(count, seq, last.decode(errors="replace"), tuple(sorted(flaws, key=lambda flaw: flaw.seq)))


def _gap(first: int, last: int) -> Flaw:
    which = f"event {first} is" if first >= last else f"events {first} to {last} are"
    return Flaw(first, "missing", f"{which} missing")


def _reordered(number: int) -> str:
    before = f"event {number - 1}" if number > 1 else "the beginning"
    return f"event {number} does not continue {before}: the order was changed, or one was put in another's place"


def _unlike(number: int, text: str, found: Mapping[int, bytes], end: int) -> Flaw | None:
    """What is wrong with a head that was noted outside."""
    if number == 0:
        return None if text == GENESIS else Flaw(0, "rewritten", "a chain begins with a hash of zeros")
    if number not in found:
        where = f": the chain ends with event {end}" if number > end else ""
        return Flaw(number, "missing", f"event {number}, noted as head, is missing{where}")
    if found[number] != text.encode():
        return Flaw(
            number, "rewritten", f"event {number} is not the one whose hash was noted: the chain was written anew"
        )
    return None


def parse_head(text: str) -> tuple[int, str]:
    """Read `SEQ:HASH`; ValueError where it is none."""
    number, _, hashed = text.strip().partition(":")
    if not re.fullmatch("[0-9]{1,18}", number) or not re.fullmatch("[0-9a-f]{64}", hashed):
        raise ValueError("not of the form SEQ:HASH, the hash 64 digits and letters a to f")
    return int(number), hashed
