"""What stands between a day and its evidence: rejects that wait, and whether anything was synced after the day was over."""

import json
import sqlite3

RECEIVABLES = (
    "customers",
    "customer_invoices",
    "invoice_lines",
    "invoice_installments",
    "credit_memos",
    "customer_payments",
    "payment_applications",
    "customer_refunds",
    "write_offs",
)
"""Tables whose rejected rows can hide something from the aging; a rejected stock level cannot."""


def waiting_rejects(connection: sqlite3.Connection, tenant: int, day: str) -> list[tuple[str, int, str]]:
    """(file, line, reason) of rejected rows that wait and are dated up to the day (ISO), or bear no date."""
    return connection.execute(
        """
        SELECT file, line, reason FROM sync_rejects
         WHERE tenant_id = ? AND status = 'pending' AND (document_date IS NULL OR document_date <= ?)
           AND table_name IN (SELECT value FROM json_each(?))
         ORDER BY file, line
        """,
        (tenant, day, json.dumps(RECEIVABLES)),
    ).fetchall()


def last_batch(connection: sqlite3.Connection, tenant: int) -> tuple[int, str] | None:
    """The latest sync's batch and when it was committed (UTC); None before the first."""
    row = connection.execute(
        "SELECT batch, committed_at FROM sync_batches WHERE tenant_id = ? ORDER BY batch DESC LIMIT 1", (tenant,)
    ).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))


def last_hot_sync(connection: sqlite3.Connection, tenant: int) -> str | None:
    """When the latest sync of invoices, payments and applications completed (UTC)."""
    (found,) = connection.execute(
        "SELECT max(completed_at) FROM sync_log WHERE tenant_id = ? AND table_name = '*' AND tier IN ('hot', 'all')",
        (tenant,),
    ).fetchone()
    return None if found is None else str(found)
