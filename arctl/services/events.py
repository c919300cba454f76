"""The record of what happened: reading it, proving that nobody changed it, and handing it out."""

from collections.abc import Iterator, Mapping

from arctl.core.events import ChainVerdict, Listing, canonical
from arctl.store import books
from arctl.store import events as store
from arctl.store.events import Wanted
from arctl.store.ledger import Ledger

__all__ = ["Wanted", "export", "listing", "verify"]


def listing(ledger: Ledger, wanted: Wanted) -> Listing:
    """The events asked for."""
    named = {each.company_id: each.name for each in books.companies(ledger.connection, ledger.tenant_id)}
    return Listing(list(store.select(ledger.connection, ledger.tenant_id, wanted)), named)


def verify(ledger: Ledger, noted: Mapping[int, str] | None = None) -> ChainVerdict:
    """Follow the tenant's chain from its first event on; `noted` holds heads that were noted outside, number -> hash."""
    return store.verify_chain(ledger.connection, ledger.tenant_id, noted or {})


def export(ledger: Ledger) -> Iterator[str]:
    """The whole chain, one event at a time: canonical JSON with every field, on a line of its own.

    Whoever has the lines can follow the chain without arctl. An event's `hash` is the SHA-256, in hexadecimal, of the UTF-8
    text of a JSON array without blanks, nothing but controls, quotes and backslashes escaped: seq, event_type, company_id,
    entity_type, entity_id, occurred_on, recorded_at, actor, idempotency_key, payload_json (a string) and prev_hash, which is the
    `hash` of the event before it and 64 zeros in the first. `seq` counts from 1 without a gap.
    """
    for event in store.select(ledger.connection, ledger.tenant_id, Wanted()):
        yield f"{canonical(event._asdict())}\n"
