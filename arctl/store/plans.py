"""What a plan must know of the plans before it: how far they went, what of them still waits, what they said."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from arctl.core.planned import Draft, Key, Told
from arctl.core.proposal import PROGRAM, STARTING


class Fingerprint(NamedTuple):
    """What the facts of a plan rest on: whoever finds another one must look again."""

    batch: int
    event: int
    proposal: int
    config: str


def fingerprint(connection: sqlite3.Connection, tenant: int) -> Fingerprint:
    """The latest sync, event, proposal and change of a dunning config."""
    row = connection.execute(
        """
        SELECT coalesce((SELECT max(batch) FROM sync_batches WHERE tenant_id = :tenant), 0),
               coalesce((SELECT max(seq) FROM events WHERE tenant_id = :tenant), 0),
               coalesce((SELECT max(id) FROM proposed_actions WHERE tenant_id = :tenant), 0),
               coalesce((SELECT max(changed_at) || count(*) FROM dunning_config WHERE tenant_id = :tenant), '')
        """,
        {"tenant": tenant},
    ).fetchone()
    return Fingerprint(*row)


def latest_day(connection: sqlite3.Connection, tenant: int, company: int, workflow: str) -> str | None:
    """The latest day for which the workflow staged anything, or found nothing to stage; ISO."""
    (day,) = connection.execute(
        "SELECT max(as_of) FROM workflow_run_log WHERE tenant_id = ? AND company_id = ? AND workflow_type = ? AND status <> 'blocked'",
        (tenant, company, workflow),
    ).fetchone()
    return None if day is None else str(day)


class Waiting(NamedTuple):
    """An envelope that nobody decided on."""

    id: int
    run_id: int
    plan_hash: str | None
    proposed_on: str
    expires_on: str


def waiting(connection: sqlite3.Connection, tenant: int, company: int, workflow: str) -> list[Waiting]:
    """The undecided envelopes of the company's runs of a workflow."""
    rows = connection.execute(
        """
        SELECT p.id, p.run_id, r.plan_hash, p.proposed_on, p.expires_on
          FROM proposed_actions AS p
          JOIN workflow_run_log AS r ON r.tenant_id = p.tenant_id AND r.run_id = p.run_id
         WHERE p.tenant_id = ? AND p.company_id = ? AND p.status = 'pending' AND p.envelope_id IS NULL AND r.workflow_type = ?
         ORDER BY p.id
        """,
        (tenant, company, workflow),
    )
    return [Waiting(*row) for row in rows]


def drafts(connection: sqlite3.Connection, tenant: int, company: int, workflow: str) -> dict[Key, Draft]:
    """The live drafts of a company's runs of a workflow, by what they are about; the latest of each."""
    rows = connection.execute(
        """
        SELECT p.action_type, coalesce(c.id, p.title), coalesce(p.currency, ''), p.id, p.status, p.tier, p.facts_hash,
               p.customer_key IS NOT NULL, p.expires_on,
               EXISTS (SELECT 1 FROM proposed_actions AS h
                        WHERE h.tenant_id = p.tenant_id AND h.envelope_id = p.envelope_id AND h.customer_key = p.customer_key
                          AND h.status = 'applied' AND h.action_type IN (?, ?))
          FROM proposed_actions AS p
          JOIN workflow_run_log AS r ON r.tenant_id = p.tenant_id AND r.run_id = p.run_id
          LEFT JOIN erp_customers AS c ON c.tenant_id = p.tenant_id AND c.customer_key = p.customer_key
         WHERE p.tenant_id = ? AND p.company_id = ? AND p.status IN ('pending', 'approved') AND p.envelope_id IS NOT NULL
           AND r.workflow_type = ?
         ORDER BY p.id
        """,
        (*STARTING, tenant, company, workflow),
    )
    return {
        (kind, about, currency): Draft(id, status, tier, facts, bool(customer), expires, bool(beside))
        for kind, about, currency, id, status, tier, facts, customer, expires, beside in rows
    }


def refused(
    connection: sqlite3.Connection, tenant: int, company: int, day: str
) -> dict[tuple[Key, str], tuple[str, str]]:
    """The programs that were rejected up to a day, by what they were about and the hash of their facts: on which day (ISO), and
    why; the latest of each."""
    rows = connection.execute(
        """
        SELECT p.action_type, coalesce(c.id, ''), coalesce(p.currency, ''), p.facts_hash, p.decided_on, coalesce(p.reason, '')
          FROM proposed_actions AS p
          LEFT JOIN erp_customers AS c ON c.tenant_id = p.tenant_id AND c.customer_key = p.customer_key
         WHERE p.tenant_id = ? AND p.company_id = ? AND p.action_type = ? AND p.status = 'rejected' AND p.decided_on <= ?
           AND p.facts_hash IS NOT NULL
         ORDER BY p.id
        """,
        (tenant, company, PROGRAM, day),
    )
    return {((kind, customer, currency), facts): (on, why) for kind, customer, currency, facts, on, why in rows}


def overdue_proposals(
    connection: sqlite3.Connection, tenant: int, company: int, day: str
) -> list[tuple[int, int, int | None]]:
    """(id, run_id, envelope_id) of the pending proposals whose last day lies before `day`."""
    return connection.execute(
        "SELECT id, run_id, envelope_id FROM proposed_actions"
        " WHERE tenant_id = ? AND company_id = ? AND status = 'pending' AND expires_on < ? ORDER BY id",
        (tenant, company, day),
    ).fetchall()


def told_by(connection: sqlite3.Connection, tenant: int, run_id: int) -> dict[Key, Told]:
    """What a run proposed, as far as the next plan is compared with it."""
    rows = connection.execute(
        """
        SELECT e.action_type, c.id, coalesce(e.currency, ''), e.tier, e.amount_cents
          FROM workflow_effects AS e
          JOIN erp_customers AS c ON c.tenant_id = e.tenant_id AND c.customer_key = e.customer_key
         WHERE e.tenant_id = ? AND e.run_id = ? AND e.action_type IS NOT NULL
        """,
        (tenant, run_id),
    )
    return {(kind, customer, currency): Told(tier, amount) for kind, customer, currency, tier, amount in rows}


def previous(
    connection: sqlite3.Connection, tenant: int, company: int, workflow: str, before: Iterable[int]
) -> tuple[int, str] | None:
    """(run_id, day) of the workflow's last run for the company that staged anything, except those in `before`."""
    excluded = list(before)
    marks = ", ".join("?" * len(excluded))
    row = connection.execute(
        f"""
        SELECT r.run_id, r.as_of FROM workflow_run_log AS r
         WHERE r.tenant_id = ? AND r.company_id = ? AND r.workflow_type = ? AND r.plan_hash IS NOT NULL AND r.run_id NOT IN ({marks})
         ORDER BY r.run_id DESC LIMIT 1
        """,
        (tenant, company, workflow, *excluded),
    ).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))
