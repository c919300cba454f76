"""Whether evidence stands as it was written: the chain of events, and the sums and hashes of every snapshot. No SQL."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from arctl.core.evidence import SetRow
from arctl.core.integrity import Examined, Finding
from arctl.core.snapshot import Content, Credit, Header, Line, canonical, written
from arctl.store import events, snapshot_export, snapshot_sets
from arctl.store import evidence_check as store_check
from arctl.store import integrity as store
from arctl.store.ledger import Ledger

_RESTORE = "keep this file as it is for whoever looks into it; the last backup holds what was written"


def event_chain(ledger: Ledger) -> Examined:
    """Every tenant's chain, each hash worked out anew."""
    found, count, heads = [], 0, []
    for tenant, name in store.tenants(ledger.connection):
        verdict = events.verify_chain(ledger.connection, tenant, {})
        count += verdict.events
        found += [Finding(f"{name}, event {flaw.seq}", flaw.message, _RESTORE) for flaw in verdict.findings]
        heads.append(f"{name} ends with {verdict.head}")
    return Examined(f"{count:,} events", found, heads if count else (), applies=count > 0)


def snapshots(ledger: Ledger) -> Examined:
    """Every set of every tenant: its hashes, its sums, and its event; and every event's set."""
    found: list[Finding] = []
    sets = lines = 0
    for tenant, _ in store.tenants(ledger.connection):
        mine = replace(ledger, tenant_id=tenant)
        rows = snapshot_sets.sets(ledger.connection, tenant)
        for row in rows:
            sets += 1
            lines += row.lines
            found += [Finding(_named(row), message, _RESTORE) for message in _flaws(mine, row)]
        found += _lost(mine, rows)
    strays = store_check.strays(ledger.connection)
    found += [Finding(table, f"{count:,} rows of no snapshot", _RESTORE) for table, count in strays]
    return Examined(f"{sets:,} sets, {lines:,} lines", found, applies=bool(sets or found))


def _named(row: SetRow) -> str:
    return f"snapshot {row.snapshot_date} of {row.company}, revision {row.revision}"


def _flaws(ledger: Ledger, row: SetRow) -> Iterator[str]:
    """What is wrong with one set, in words."""
    connection = ledger.connection
    content = Content(
        snapshot_export.headers(connection, row.key),
        snapshot_export.lines(connection, row.key),
        snapshot_export.credits(connection, row.key),
        row.content_hash,
    )
    whole = sha256()
    for part in written(row.company, row.snapshot_date, content):
        whole.update(part)
    if whole.hexdigest() != row.content_hash:
        yield "its lines, credits and headers do not have the hash that was noted"
        yield from _torn(content)
    counted = (len(content.headers), len(content.lines), len(content.credits))
    if counted != (row.customers, row.lines, row.credit_lines):
        yield f"it holds {counted} customers, lines and credits, and was sealed with {row.customers, row.lines, row.credit_lines}"
    if sha256(row.logic_json.encode()).hexdigest() != row.logic_hash:
        yield "what decided its figures does not have the hash that was noted"
    noted = json.loads(store_check.attested(connection, ledger.tenant_id, row.event_seq))
    if (noted.get("content_hash"), noted.get("logic_hash")) != (row.content_hash, row.logic_hash):
        yield f"event {row.event_seq} does not attest its hashes"


def _torn(content: Content) -> Iterator[str]:
    """Which customers' parts do not sum to their header, or do not have its hash."""
    own: dict[tuple[str, int], list[Line]] = {}
    free: dict[tuple[str, int], list[Credit]] = {}
    for line in content.lines:
        own.setdefault((line.currency, line.customer_key), []).append(line)
    for credit in content.credits:
        free.setdefault((credit.currency, credit.customer_key), []).append(credit)
    for header in content.headers:
        lines, credits = own.get(header[:2], []), free.get(header[:2], [])
        whose = f"customer {header.customer_id} in {header.currency}"
        if sum(line.outstanding_cents for line in lines) != header.outstanding:
            yield f"the lines of {whose} do not sum to its header"
        elif sum(credit.left_cents for credit in credits) != header.unapplied:
            yield f"the credits of {whose} do not sum to its header"
        elif not (lines or credits) or _part(header, lines, credits) != header.hash:
            yield f"the part of {whose} does not have its hash"


def _part(header: Header, lines: list[Line], credits: list[Credit]) -> str:
    part = canonical(header.customer_name, header.buckets, header.unapplied, header.estimate, lines, credits)
    return sha256(part).hexdigest()


def _lost(ledger: Ledger, rows: list[SetRow]) -> Iterator[Finding]:
    """Sets that an event attests and that are neither there nor purged."""
    known = {(row.company_id, row.snapshot_date, row.revision) for row in rows}
    known |= set(store_check.purged(ledger.connection, ledger.tenant_id))
    wanted = events.Wanted(event_type="aging.snapshot_generated")
    for event in events.select(ledger.connection, ledger.tenant_id, wanted):
        revision = json.loads(event.payload_json).get("revision")
        if (event.company_id, event.entity_id, revision) not in known:
            yield Finding(
                f"snapshot {event.entity_id}, revision {revision}",
                f"is missing: event {event.seq} attests it",
                _RESTORE,
            )
