"""What a run leaves behind beside proposals and mails: flags, pushes, decisions, reflexions, the day's figures."""

import sqlite3
from collections.abc import Iterable, Sequence

from arctl.core.acting import Acting
from arctl.core.effects import Frozen
from arctl.core.events import canonical
from arctl.core.run import Run

FAILURES = (sqlite3.Error,)
"""What a statement of an effect can fail with."""


def flag(connection: sqlite3.Connection, tenant: int, run: Run, frozen: Frozen, acting: Acting) -> None:
    """Mark the effect's customer."""
    payload = frozen.effect.payload
    connection.execute(
        "INSERT INTO customer_flags (tenant_id, customer_key, flag, note, run_id, flagged_on, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            tenant, frozen.effect.customer_key, payload["flag"], payload["note"], run.run_id, run.as_of, acting.at,
        ),
    )  # fmt: skip


def push(connection: sqlite3.Connection, tenant: int, run: Run, frozen: Frozen, acting: Acting) -> int:
    """Stage a change of an ERP record; its number."""
    payload = frozen.effect.payload
    number = _next(connection, tenant, "ns_pending_pushes", "push_id")
    connection.execute(
        "INSERT INTO ns_pending_pushes (tenant_id, push_id, run_id, record_type, record_id, operation, payload_json,"
        " idempotency_key, status, attempts, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, ?)",
        (
            tenant, number, run.run_id, payload["record_type"], payload["record_id"], payload["operation"],
            canonical(payload["body"]), f"run/{run.run_id}/{frozen.seq}", acting.at, acting.actor,
        ),
    )  # fmt: skip
    return number


def decision(connection: sqlite3.Connection, tenant: int, run: Run, frozen: Frozen, acting: Acting) -> int:
    """Record what was decided about a thing; its number."""
    payload = frozen.effect.payload
    number = _next(connection, tenant, "auto_decisions", "decision_id")
    connection.execute(
        "INSERT INTO auto_decisions (tenant_id, decision_id, run_id, entity_type, entity_id, decision_type, detail_json,"
        " decided_on, created_at, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            tenant, number, run.run_id, payload["entity_type"], payload["entity_id"], payload["decision_type"],
            canonical(payload["detail"]), run.as_of, acting.at, acting.actor,
        ),
    )  # fmt: skip
    return number


def reflexion(
    connection: sqlite3.Connection, tenant: int, run: Run, narrative: str, tags: Sequence[str], acting: Acting
) -> int:
    """Tell later runs what this one came to; its number."""
    number = _next(connection, tenant, "reflexion_log", "reflexion_id")
    connection.execute(
        "INSERT INTO reflexion_log (tenant_id, reflexion_id, run_id, workflow_type, narrative, tags_json, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (tenant, number, run.run_id, run.workflow_type, narrative, canonical(list(tags)), acting.at),
    )
    return number


def summary(
    connection: sqlite3.Connection,
    tenant: int,
    company_id: int,
    day: str,
    rows: Iterable[tuple[str, Sequence[int]]],
    run_id: int | None,
    at: str,
) -> int:
    """Write the company's figures of a day, in place of earlier ones: (currency, the five buckets, total, unapplied, open
    invoices, customers) each; how many currencies."""
    written = list(rows)
    connection.execute(
        "DELETE FROM ar_aging_summary WHERE tenant_id = ? AND company_id = ? AND summary_date = ?",
        (tenant, company_id, day),
    )
    connection.executemany(
        f"INSERT INTO ar_aging_summary VALUES (?, ?, ?, ?{', ?' * 11})",
        ((tenant, company_id, day, currency, *figures, run_id, at) for currency, figures in written),
    )
    return len(written)


def _next(connection: sqlite3.Connection, tenant: int, table: str, column: str) -> int:
    (last,) = connection.execute(f"SELECT max({column}) FROM {table} WHERE tenant_id = ?", (tenant,)).fetchone()
    return int(last or 0) + 1
