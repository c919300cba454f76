"""Proposals: writing them, reading them, and giving them their next status."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any

from arctl.core.proposal import Proposal

_FIELDS = (
    "p.id, p.company_id, p.run_id, p.envelope_id, p.seq, p.action_type, p.entity_ref, c.id, p.customer_key, p.customer_name,"
    " p.risk_level, p.title, p.payload_json, p.body, p.body_html, p.status, p.currency, p.amount_cents, p.tier, p.proposed_on,"
    " p.proposed_at, p.proposed_by, p.expires_on, p.decided_on, p.decided_at, p.decided_by, p.reason, p.applied_at,"
    " p.content_hash, p.facts_json, p.facts_hash"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided of a proposal: by whom, on which day (ISO, the company's) and when (UTC)."""

    status: str
    on: str
    at: str
    by: str
    os_user: str
    reason: str | None = None


def next_id(connection: sqlite3.Connection, tenant: int) -> int:
    """The number of the tenant's next proposal."""
    (last,) = connection.execute("SELECT max(id) FROM proposed_actions WHERE tenant_id = ?", (tenant,)).fetchone()
    return int(last or 0) + 1


def add(connection: sqlite3.Connection, tenant: int, proposals: Iterable[tuple[Proposal, str]]) -> None:
    """Write proposals, each with its idempotency key; they begin pending, and an envelope comes before its children."""
    connection.executemany(
        "INSERT INTO proposed_actions (tenant_id, id, company_id, run_id, envelope_id, seq, action_type, entity_ref, customer_key,"
        " customer_name, risk_level, title, payload_json, body, body_html, status, currency, amount_cents, tier, proposed_on,"
        " proposed_at, proposed_by, expires_on, idempotency_key, content_hash, facts_json, facts_hash)"
        f" VALUES (?{', ?' * 26})",
        (
            (
                tenant, p.id, p.company_id, p.run_id, p.envelope_id, p.seq, p.action_type, p.entity_ref, p.customer_key,
                p.customer_name, p.risk_level, p.title, p.payload_json, p.body, p.body_html, p.status, p.currency,
                p.amount_cents, p.tier, p.proposed_on, p.proposed_at, p.proposed_by, p.expires_on, key, p.content_hash,
                p.facts_json, p.facts_hash,
            )
            for p, key in proposals
        ),
    )  # fmt: skip


def decide(connection: sqlite3.Connection, tenant: int, ids: Iterable[int], verdict: Verdict) -> None:
    """Move pending proposals to approved, rejected, expired or superseded (an approved one too, to superseded)."""
    connection.executemany(
        "UPDATE proposed_actions SET status = ?, decided_on = ?, decided_at = ?, decided_by = ?, decided_os_user = ?, reason = ?"
        " WHERE tenant_id = ? AND id = ?",
        (
            (verdict.status, verdict.on, verdict.at, verdict.by, verdict.os_user, verdict.reason, tenant, id)
            for id in ids
        ),
    )


def applied(connection: sqlite3.Connection, tenant: int, ids: Iterable[int], at: str) -> None:
    """Move approved proposals to applied."""
    connection.executemany(
        "UPDATE proposed_actions SET status = 'applied', applied_at = ? WHERE tenant_id = ? AND id = ?",
        ((at, tenant, id) for id in ids),
    )


def failed(connection: sqlite3.Connection, tenant: int, id: int, reason: str) -> None:
    """Move an approved proposal to failed, with what went wrong."""
    connection.execute(
        "UPDATE proposed_actions SET status = 'failed', reason = ? WHERE tenant_id = ? AND id = ?", (reason, tenant, id)
    )


def get(connection: sqlite3.Connection, tenant: int, id: int) -> Proposal | None:
    """One proposal; None where there is none of that number."""
    return next(select(connection, tenant, "p.id = ?", (id,)), None)


def select(
    connection: sqlite3.Connection, tenant: int, where: str = "1", values: Sequence[Any] = ()
) -> Iterator[Proposal]:
    """The tenant's proposals (`p`) for which a condition of the store's own holds, by number."""
    rows = connection.execute(
        f"""
        SELECT {_FIELDS} FROM proposed_actions AS p
          LEFT JOIN erp_customers AS c ON c.tenant_id = p.tenant_id AND c.customer_key = p.customer_key
         WHERE p.tenant_id = ? AND ({where}) ORDER BY p.id
        """,
        (tenant, *values),
    )
    return (Proposal(*row) for row in rows)


def numbered(connection: sqlite3.Connection, tenant: int, ids: Sequence[int]) -> Iterator[Proposal]:
    """The proposals of these numbers, those that exist."""
    return select(connection, tenant, "p.id IN (SELECT value FROM json_each(?))", (dumps(list(ids)),))


def of_envelope(connection: sqlite3.Connection, tenant: int, envelope_id: int) -> Iterator[Proposal]:
    """What came out of an approved envelope."""
    return select(connection, tenant, "p.envelope_id = ?", (envelope_id,))


def waiting_of(connection: sqlite3.Connection, tenant: int, envelope_id: int) -> Iterator[Proposal]:
    """What came out of an approved envelope and is still pending."""
    return select(connection, tenant, "p.envelope_id = ? AND p.status = 'pending'", (envelope_id,))


def applied_of(
    connection: sqlite3.Connection, tenant: int, envelopes: Sequence[int], types: Sequence[str]
) -> list[Proposal]:
    """What came out of these envelopes, is of these types and was applied."""
    where = (
        "p.envelope_id IN (SELECT value FROM json_each(?)) AND p.action_type IN (SELECT value FROM json_each(?))"
        " AND p.status = 'applied'"
    )
    return list(select(connection, tenant, where, (dumps(list(envelopes)), dumps(list(types)))))


def waiting(
    connection: sqlite3.Connection, tenant: int, company_id: int | None, status: str = "pending"
) -> Iterator[Proposal]:
    """Every proposal, envelopes too, of the company (None: of any) that is pending, or of another status."""
    return select(
        connection, tenant, "p.status = ? AND (? IS NULL OR p.company_id = ?)", (status, company_id, company_id)
    )


def close_envelopes(connection: sqlite3.Connection, tenant: int, at: str) -> None:
    """An approved envelope is applied once its run is over and none of its children waits any more."""
    connection.execute(
        """
        UPDATE proposed_actions AS e SET status = 'applied', applied_at = ?
         WHERE e.tenant_id = ? AND e.status = 'approved' AND e.envelope_id IS NULL
           AND EXISTS (SELECT 1 FROM workflow_run_log AS r
                        WHERE r.tenant_id = e.tenant_id AND r.run_id = e.run_id AND r.completed_at IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM proposed_actions AS c
                            WHERE c.tenant_id = e.tenant_id AND c.envelope_id = e.id AND c.status IN ('pending', 'approved'))
        """,
        (at, tenant),
    )
