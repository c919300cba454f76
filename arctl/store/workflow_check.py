"""What of the record of workflows contradicts itself: holds, approvals, actions, mails and runs that do not bear each other out."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple


class Contradiction(NamedTuple):
    """Where, and what is wrong with it."""

    where: str
    message: str


_ASKED = (
    (
        "that no step of its run placed",
        """
        SELECT 'hold ' || h.hold_id || ' of customer ' || coalesce(c.id, h.customer_key)
          FROM customer_holds AS h LEFT JOIN erp_customers AS c ON c.tenant_id = h.tenant_id AND c.customer_key = h.customer_key
         WHERE h.tenant_id = :tenant
           AND NOT EXISTS (SELECT 1 FROM workflow_step_log AS l WHERE l.tenant_id = h.tenant_id AND l.run_id = h.run_id
                              AND l.kind = 'd1_write' AND l.status = 'completed')
        """,
    ),
    (
        "that was released, but by no step of a run",
        """
        SELECT 'hold ' || h.hold_id || ' of customer ' || coalesce(c.id, h.customer_key)
          FROM customer_holds AS h LEFT JOIN erp_customers AS c ON c.tenant_id = h.tenant_id AND c.customer_key = h.customer_key
         WHERE h.tenant_id = :tenant AND h.released_at IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM workflow_step_log AS l WHERE l.tenant_id = h.tenant_id AND l.run_id = h.released_run
                              AND l.kind = 'd1_write' AND l.status = 'completed')
        """,
    ),
    (
        "that no event tells of",
        """
        SELECT 'hold ' || h.hold_id || ', ' || w.what
          FROM customer_holds AS h
          JOIN (SELECT 'placed' AS what UNION ALL SELECT 'released') AS w ON w.what = 'placed' OR h.released_at IS NOT NULL
         WHERE h.tenant_id = :tenant
           AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.tenant_id = h.tenant_id
                              AND e.idempotency_key = 'hold/' || h.hold_id || '/' || w.what)
        """,
    ),
    (
        "that is applied, but no collection action was recorded for it",
        """
        SELECT 'proposal ' || p.id FROM proposed_actions AS p
         WHERE p.tenant_id = :tenant AND p.status = 'applied' AND p.action_type IN ('collection_action', 'agency_placement')
           AND NOT EXISTS (SELECT 1 FROM collection_actions AS a WHERE a.tenant_id = p.tenant_id AND a.proposal_id = p.id)
        """,
    ),
    (
        "that is applied, but the workflow it starts was not run",
        """
        SELECT 'proposal ' || p.id FROM proposed_actions AS p
         WHERE p.tenant_id = :tenant AND p.status = 'applied'
           AND p.action_type IN ('propose_customer_program', 'service_hold_release')
           AND NOT EXISTS (SELECT 1 FROM workflow_run_log AS r WHERE r.tenant_id = p.tenant_id AND r.trigger_kind = 'proposal'
                              AND r.trigger_ref = CAST(p.id AS TEXT))
        """,
    ),
    (
        "that is executed under an approval, but no mail of it is out",
        """
        SELECT 'action ' || a.action_id FROM collection_actions AS a
         WHERE a.tenant_id = :tenant AND a.execution_status = 'executed' AND a.proposal_id IS NOT NULL
           AND a.action_type IN ('reminder_email', 'final_notice')
           AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.tenant_id = a.tenant_id AND o.action_id = a.action_id
                              AND o.status IN ('written', 'sending', 'sent', 'doubtful'))
        """,
    ),
    (
        "that is under a proposal which nobody approved",
        """
        SELECT 'action ' || a.action_id
          FROM collection_actions AS a
          JOIN proposed_actions AS p ON p.tenant_id = a.tenant_id AND p.id = a.proposal_id
         WHERE a.tenant_id = :tenant AND p.status IN ('pending', 'rejected', 'expired')
        UNION ALL
        SELECT 'mail ' || o.outbox_id
          FROM outbox AS o
          JOIN proposed_actions AS p ON p.tenant_id = o.tenant_id AND p.id = o.proposal_id
         WHERE o.tenant_id = :tenant AND p.status IN ('pending', 'rejected', 'expired')
        """,
    ),
    (
        "that is completed, but what its approval covers was not all done",
        """
        SELECT 'run ' || r.run_id || ' of ' || r.workflow_type FROM workflow_run_log AS r
         WHERE r.tenant_id = :tenant AND r.status = 'completed'
           AND EXISTS (SELECT 1 FROM workflow_effects AS e
                        WHERE e.tenant_id = r.tenant_id AND e.run_id = r.run_id AND e.action_type IS NULL
                          AND NOT EXISTS (SELECT 1 FROM workflow_step_log AS l
                                           WHERE l.tenant_id = e.tenant_id AND l.run_id = e.run_id AND l.effect_seq = e.seq
                                             AND l.status = 'completed'))
        """,
    ),
    (
        "that was staged by a run in which no step did so",
        """
        SELECT 'push ' || n.push_id FROM ns_pending_pushes AS n
         WHERE n.tenant_id = :tenant
           AND NOT EXISTS (SELECT 1 FROM workflow_step_log AS l WHERE l.tenant_id = n.tenant_id AND l.run_id = n.run_id
                              AND l.kind = 'ns_push' AND l.status = 'completed')
           AND NOT EXISTS (SELECT 1 FROM proposed_actions AS e
                             JOIN proposed_actions AS p ON p.tenant_id = e.tenant_id AND p.envelope_id = e.id
                            WHERE e.tenant_id = n.tenant_id AND e.idempotency_key = 'run/' || n.run_id AND p.status = 'applied'
                              AND (p.action_type = 'ns_push'
                                   OR (p.action_type = 'order_intake' AND n.record_id = 'eid:' || p.entity_ref)))
        """,
    ),
    (
        "that is applied, and its order is not among the pushes",
        """
        SELECT 'proposal ' || p.id FROM proposed_actions AS p
         WHERE p.tenant_id = :tenant AND p.action_type = 'order_intake' AND p.status = 'applied'
           AND NOT EXISTS (SELECT 1 FROM ns_pending_pushes AS n
                            WHERE n.tenant_id = p.tenant_id AND n.idempotency_key = p.entity_ref)
        """,
    ),
)


def contradictions(connection: sqlite3.Connection, tenant: int) -> Iterator[Contradiction]:
    """Every one, kind by kind."""
    for message, sql in _ASKED:
        for (where,) in connection.execute(sql, {"tenant": tenant}):
            yield Contradiction(where, message)


def counted(connection: sqlite3.Connection, tenant: int) -> tuple[int, int, int]:
    """How many runs, proposals and mails there are."""
    row = connection.execute(
        """
        SELECT (SELECT count(*) FROM workflow_run_log WHERE tenant_id = :tenant),
               (SELECT count(*) FROM proposed_actions WHERE tenant_id = :tenant),
               (SELECT count(*) FROM outbox WHERE tenant_id = :tenant)
        """,
        {"tenant": tenant},
    ).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def run_numbers(connection: sqlite3.Connection, tenant: int) -> list[int]:
    """Every run that froze anything."""
    rows = connection.execute("SELECT DISTINCT run_id FROM workflow_effects WHERE tenant_id = ? ORDER BY 1", (tenant,))
    return [number for (number,) in rows]


def contracts(connection: sqlite3.Connection, tenant: int) -> list[tuple[str, str, str]]:
    """(workflow, hash, text) of every contract that a run followed."""
    return connection.execute(
        "SELECT workflow_type, contract_hash, text FROM workflow_contracts WHERE tenant_id = ?", (tenant,)
    ).fetchall()
