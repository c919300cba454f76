"""What the doctor looks at at the desk: old invoices, receipts, syncs, proposals, checks; and what was acknowledged."""

import json
import sqlite3
from collections.abc import Iterator

from arctl.core.doctor import Acknowledgement
from arctl.core.doctor_desk import Promised, Waiting
from arctl.core.reconcile import Remainder
from arctl.store.doctor_orders import Scope

_DAY = "CAST(unixepoch(:day) / 86400 AS INTEGER)"


def undunned(scope: Scope, company: int, overdue_days: int, quiet_days: int) -> list[tuple[int, int, int]]:
    """(customer's key, invoice's key, instalment) of the company's open items so many days overdue that no standing action named
    in the last so many days; the longest overdue first."""
    rows = scope.rows(
        f"""
        SELECT o.customer_key, o.invoice_key, o.installment, o.due_day
          FROM ar_open_items AS o
         WHERE o.day = {_DAY} AND o.tenant_id = :tenant AND o.company_id = :company AND o.due_day <= o.day - :overdue
           AND o.raw_cents > o.after_cents AND o.cap_cents > 0
        """,
        company=company,
        overdue=overdue_days,
    ).fetchall()
    dunned = set(
        scope.rows(
            """
            SELECT s.invoice_key, s.installment FROM dunning_steps AS s
              CROSS JOIN collection_actions AS a ON a.tenant_id = s.tenant_id AND a.action_id = s.action_id
             WHERE s.tenant_id = :tenant AND s.on_day > date(:day, :quiet) AND s.on_day <= :day
               AND a.execution_status NOT IN ('failed', 'cancelled')
            """,
            quiet=f"-{quiet_days} days",
        )
    )
    rows.sort(key=lambda row: row[3])
    return [(customer, invoice, part) for customer, invoice, part, _ in rows if (invoice, part) not in dunned]


def drafted(scope: Scope, company: int, workflow: str) -> dict[tuple[int, str], tuple[int, str]]:
    """By customer's key and currency, the proposal that waits to be decided or applied, and its status: a draft, or the undecided
    envelope that holds it."""
    rows = scope.rows(
        """
        SELECT p.customer_key, p.currency, p.id, p.status
          FROM proposed_actions AS p
          JOIN workflow_run_log AS r ON r.tenant_id = p.tenant_id AND r.run_id = p.run_id
         WHERE p.tenant_id = :tenant AND p.company_id = :company AND p.status IN ('pending', 'approved') AND p.proposed_on <= :day
           AND p.envelope_id IS NOT NULL AND p.customer_key IS NOT NULL AND p.currency IS NOT NULL AND r.workflow_type = :workflow
        UNION ALL
        SELECT f.customer_key, f.currency, p.id, p.status
          FROM proposed_actions AS p
          JOIN workflow_run_log AS r ON r.tenant_id = p.tenant_id AND r.run_id = p.run_id
          JOIN workflow_effects AS f ON f.tenant_id = p.tenant_id AND f.run_id = p.run_id
         WHERE p.tenant_id = :tenant AND p.company_id = :company AND p.proposed_on <= :day
           AND (p.status = 'pending' OR (p.status = 'approved' AND r.status = 'awaiting_approval'))
           AND p.envelope_id IS NULL AND f.customer_key IS NOT NULL AND f.currency IS NOT NULL AND r.workflow_type = :workflow
        """,
        company=company,
        workflow=workflow,
    )
    return {(customer, currency): (number, status) for customer, currency, number, status in rows}


def receipts(scope: Scope, company: int) -> list[Remainder]:
    """The company's payments, no deposits, of which nothing is applied or refunded by the day; the oldest first."""
    rows = scope.rows(
        f"""
        SELECT s.id, s.tranid, c.id, c.name, o.currency, s.source_date, s.amount_cents, o.left_cents, s.memo,
               (SELECT json_group_array(r.id) FROM erp_customers AS r
                 WHERE r.tenant_id = c.tenant_id AND r.id <> c.id AND r.closed = 0
                   AND (r.id = c.parent_id OR r.parent_id = coalesce(c.parent_id, c.id)))
          FROM ar_open_credits AS o
          CROSS JOIN erp_sources AS s ON s.tenant_id = o.tenant_id AND s.source_key = o.source_key
          CROSS JOIN erp_customers AS c ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key
         WHERE o.day = {_DAY} AND o.tenant_id = :tenant AND o.company_id = :company
           AND s.source_type = 'payment' AND s.kind <> 'deposit' AND s.amount_cents > 0 AND o.left_cents = s.amount_cents
         ORDER BY s.source_date, s.id
        """,
        company=company,
    )
    return [Remainder._make((*rest, tuple(json.loads(relatives)))) for *rest, relatives in rows]


def alike(scope: Scope, receipt: Remainder) -> str | None:
    """An invoice of the payer for that very amount, whatever became of it; the latest."""
    row = scope.rows(
        """
        SELECT i.id
          FROM erp_customers AS c
          CROSS JOIN ar_accounts AS a ON a.tenant_id = c.tenant_id AND a.customer_key = c.customer_key AND a.currency = :currency
          CROSS JOIN ar_items AS x ON x.account_id = a.account_id
          CROSS JOIN erp_invoices AS i ON i.tenant_id = c.tenant_id AND i.invoice_key = x.invoice_key
         WHERE c.tenant_id = :tenant AND c.id = :customer AND i.amount_cents = :cents AND i.invoice_date <= :day
         ORDER BY i.invoice_date DESC, i.id LIMIT 1
        """,
        customer=receipt.customer_id,
        currency=receipt.currency,
        cents=receipt.amount_cents,
    ).fetchone()
    return None if row is None else str(row[0])


def last_sync(connection: sqlite3.Connection, tenant: int, moment: str) -> tuple[str | None, str | None]:
    """When (UTC) the last sync that was over by a moment was completed, and from which source."""
    row = connection.execute(
        "SELECT completed_at, source FROM sync_log WHERE tenant_id = ? AND table_name = '*' AND completed_at <= ?"
        " ORDER BY completed_at DESC LIMIT 1",
        (tenant, moment),
    ).fetchone()
    return (None, None) if row is None else (row[0], row[1])


def waiting(scope: Scope) -> Iterator[Waiting]:
    """Proposals undecided by the day, and approved and not applied; the drafts of one envelope together. An envelope whose letters
    are out is approved for good; one that a kill switch stopped leaves its run awaiting."""
    rows = scope.rows(
        """
        SELECT min(p.id), p.envelope_id, iif(p.status = 'approved' AND p.decided_on <= :day, 'approved', 'pending') AS state,
               p.title, min(p.proposed_on), min(p.expires_on), min(p.decided_on), count(*)
          FROM proposed_actions AS p
          JOIN workflow_run_log AS r ON r.tenant_id = p.tenant_id AND r.run_id = p.run_id
         WHERE p.tenant_id = :tenant AND p.company_id IN (SELECT value FROM json_each(:companies)) AND p.proposed_on <= :day
           AND (p.status = 'pending' OR (p.status = 'approved' AND (p.envelope_id IS NOT NULL OR r.status = 'awaiting_approval')))
         GROUP BY coalesce(p.envelope_id, -p.id), state
         ORDER BY 1
        """
    )
    return map(Waiting._make, rows)


def unverified(scope: Scope, moment: str) -> Iterator[Promised]:
    """Checks not passed by a moment (UTC) that no later check of the same name, workflow, company and inputs passed."""
    rows = scope.rows(
        """
        SELECT v.verify_id, v.run_id, r.workflow_type, v.name, iif(v.checked_at <= :moment, v.status, 'pending'), v.message,
               v.times_out_at, r.as_of
          FROM workflow_verify_results AS v
          JOIN workflow_run_log AS r ON r.tenant_id = v.tenant_id AND r.run_id = v.run_id
         WHERE v.tenant_id = :tenant AND r.company_id IN (SELECT value FROM json_each(:companies))
           AND (v.status IN ('fail', 'timeout') OR (v.status = 'pending' AND v.times_out_at < :moment))
           AND v.times_out_at <= :moment
           AND NOT EXISTS (SELECT 1 FROM workflow_verify_results AS later
                             JOIN workflow_run_log AS s ON s.tenant_id = later.tenant_id AND s.run_id = later.run_id
                            WHERE later.tenant_id = v.tenant_id AND later.verify_id > v.verify_id AND later.name = v.name
                              AND later.status = 'pass' AND later.checked_at <= :moment
                              AND s.workflow_type = r.workflow_type AND s.company_id = r.company_id
                              AND s.inputs_json = r.inputs_json)
         ORDER BY v.verify_id
        """,
        moment=moment,
    )
    return map(Promised._make, rows)


_ACK = "ack_id, code, document, until_day, reason, message, acked_on, acked_at, acked_by, os_user"


def acknowledged(connection: sqlite3.Connection, tenant: int) -> dict[tuple[str, str], Acknowledgement]:
    """The last acknowledgement of each finding, by code and document."""
    return {(each.code, each.document): each for each in acknowledgements(connection, tenant)}


def acknowledgements(connection: sqlite3.Connection, tenant: int) -> list[Acknowledgement]:
    """All of them, in the order in which they were made."""
    rows = connection.execute(
        f"SELECT {_ACK} FROM doctor_acknowledgements WHERE tenant_id = ? ORDER BY ack_id", (tenant,)
    )
    return list(map(Acknowledgement._make, rows))


def next_ack(connection: sqlite3.Connection, tenant: int) -> int:
    """The number of the tenant's next acknowledgement."""
    (last,) = connection.execute(
        "SELECT max(ack_id) FROM doctor_acknowledgements WHERE tenant_id = ?", (tenant,)
    ).fetchone()
    return int(last or 0) + 1


def acknowledge(connection: sqlite3.Connection, tenant: int, ack: Acknowledgement) -> None:
    """Write one; its number comes from `next_ack` in the same transaction."""
    connection.execute(
        f"INSERT INTO doctor_acknowledgements (tenant_id, {_ACK}) VALUES (?{', ?' * 10})", (tenant, *ack)
    )
