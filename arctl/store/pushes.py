"""What waits to be written to the ERP: staging it once, and what is staged already."""

import json
import sqlite3
from collections.abc import Sequence

from arctl.core.acting import Acting


def created(connection: sqlite3.Connection, tenant: int, record_type: str, record_id: str) -> tuple[int | None, int]:
    """The push that creates a record and was not given up, and how many there ever were."""
    rows = connection.execute(
        "SELECT push_id, status FROM ns_pending_pushes WHERE tenant_id = ? AND record_type = ? AND record_id = ?"
        " AND operation = 'create' ORDER BY push_id",
        (tenant, record_type, record_id),
    ).fetchall()
    live = [push for push, status in rows if status not in ("dead", "cancelled")]
    return (live[-1] if live else None), len(rows)


def add(
    connection: sqlite3.Connection, tenant: int, run_id: int, row: tuple[str, str, str, str, str], acting: Acting
) -> int:
    """Stage (record type, record id, operation, body as JSON, idempotency key) under a run; its number."""
    (last,) = connection.execute("SELECT max(push_id) FROM ns_pending_pushes WHERE tenant_id = ?", (tenant,)).fetchone()
    number = int(last or 0) + 1
    connection.execute(
        "INSERT INTO ns_pending_pushes (tenant_id, push_id, run_id, record_type, record_id, operation, payload_json,"
        " idempotency_key, status, attempts, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?)",
        (tenant, number, run_id, *row, acting.at, acting.actor),
    )
    return number


def made_for(connection: sqlite3.Connection, tenant: int, order: str, lines: Sequence[object]) -> list[str]:
    """The work and purchase orders that are there for some lines of a sales order."""
    rows = connection.execute(
        "SELECT DISTINCT made_id FROM order_lines WHERE tenant_id = ? AND sales_order_id = ? AND made_id IS NOT NULL"
        " AND line IN (SELECT value FROM json_each(?)) ORDER BY made_id",
        (tenant, order, json.dumps(list(lines))),
    )
    return [id for (id,) in rows]
