"""One row of each workflow table for each of two tenants, written by plain SQL."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from arctl.services.books import ensure_ledger, found
from arctl.store.books import Company, Made

AT = "2026-06-30 12:00:00"
DAY = "2026-06-30"
HASH = "a" * 64
Values = dict[str, object]

_KEPT = TemporaryDirectory(prefix="arctl-workflows-schema-")  # it goes when the interpreter does

RUN: Values = {
    "run_id": 1, "company_id": 1, "workflow_type": "w", "contract_hash": HASH, "status": "running", "trigger_kind": "event",
    "trigger_ref": "7", "as_of": DAY, "inputs_json": "{}", "actor": "amy", "os_user": "amy", "started_at": AT, "created_at": AT,
    "summary_json": "{}",
}  # fmt: skip
PROPOSAL: Values = {
    "id": 1, "company_id": 1, "run_id": 1, "action_type": "workflow_w", "entity_ref": "workflow:w:run_1", "risk_level": 3,
    "title": "t", "payload_json": "{}", "status": "pending", "proposed_on": DAY, "proposed_at": AT, "proposed_by": "amy",
    "expires_on": "2026-07-01", "idempotency_key": "run/1", "content_hash": HASH,
}  # fmt: skip
CHILD: Values = PROPOSAL | {
    "id": 2, "envelope_id": 1, "seq": 1, "action_type": "collection_action", "customer_key": 1, "idempotency_key": "run/1/1",
    "currency": "USD", "amount_cents": 100,
}  # fmt: skip
ROWS: dict[str, Values] = {
    "workflow_contracts": {
        "contract_hash": HASH, "workflow_type": "w", "version": 1, "text": "x", "first_seen_at": AT,
    },
    "workflow_run_log": RUN,
    "workflow_effects": {
        "run_id": 1, "seq": 1, "phase": "fan_out", "step": "s", "kind": "proposal", "entity_ref": "customer:C1", "customer_key": 1,
        "title": "t", "payload_json": "{}", "content_hash": HASH, "flags_json": "[]",
    },
    "workflow_step_log": {
        "run_id": 1, "entry": 1, "phase": "fan_out", "step": "s", "kind": "proposal", "effect_seq": 1, "attempt": 1,
        "status": "completed", "started_at": AT, "completed_at": AT, "detail": "d",
    },
    "workflow_verify_results": {
        "verify_id": 1, "run_id": 1, "name": "n", "sql": "SELECT 1", "params_json": "{}", "expectation": "value = 1", "due_at": AT,
        "times_out_at": AT, "status": "pending",
    },
    "reflexion_log": {
        "reflexion_id": 1, "run_id": 1, "workflow_type": "w", "narrative": "n", "tags_json": "[]", "created_at": AT,
    },
    "proposed_actions": PROPOSAL,
    "auto_decisions": {
        "decision_id": 1, "run_id": 1, "entity_type": "customer", "entity_id": "C1", "decision_type": "service_hold",
        "detail_json": "{}", "decided_on": DAY, "created_at": AT, "actor": "amy",
    },
    "dunning_config": {"config_id": 1, "customer_key": 1, "changed_by": "amy", "changed_at": AT, "repeat_days": 14},
    "collection_cases": {
        "case_id": 1, "case_number": "CASE-2026-0001", "company_id": 1, "customer_key": 1, "currency": "USD", "status": "open",
        "total_overdue_cents": 100, "opened_on": DAY, "version": 1, "changed_by": "amy", "changed_at": AT,
    },
    "collection_actions": {
        "action_id": 1, "case_id": 1, "customer_key": 1, "proposal_id": 2, "action_type": "reminder_email", "tier": "firm",
        "action_date": DAY, "currency": "USD", "due_amount_cents": 100, "execution_status": "in_progress", "changed_by": "amy",
        "changed_at": AT,
    },
    "dunning_steps": {
        "invoice_key": 1, "installment": 0, "proposal_id": 2, "action_id": 1, "step": 1, "bucket": 1, "on_day": DAY,
    },
    "dunning_snoozes": {
        "customer_key": 1, "currency": "USD", "proposal_id": 2, "until_day": "2026-07-14", "snoozed_by": "amy", "snoozed_at": AT,
    },
    "customer_flags": {
        "customer_key": 1, "flag": "f", "note": "n", "run_id": 1, "flagged_on": DAY, "created_at": AT,
    },
    "collection_notes": {
        "note_id": 1, "customer_key": 1, "note": "n", "noted_on": DAY, "noted_by": "amy", "created_at": AT,
    },
    "outbox": {
        "outbox_id": 1, "run_id": 1, "proposal_id": 2, "action_id": 1, "customer_key": 1, "kind": "letter",
        "sender": "ar@example.com", "recipients": "[]", "subject": "s", "body": "b", "content_hash": HASH, "message_id": "m",
        "dated_at": AT, "status": "queued", "changed_by": "amy", "changed_at": AT,
    },
    "customer_holds": {
        "hold_id": 1, "customer_key": 1, "reason": "late", "run_id": 1, "placed_on": DAY, "placed_at": AT, "placed_by": "amy",
    },
    "ns_pending_pushes": {
        "push_id": 1, "run_id": 1, "record_type": "customer", "record_id": "C1", "operation": "update", "payload_json": "{}",
        "idempotency_key": "run/1/1", "status": "pending", "attempts": 0, "created_at": AT, "created_by": "amy",
    },
}  # fmt: skip
"""Table -> its row of a tenant, while everything is still open; without the tenant."""

SWITCH: Values = {
    "name": "ns_writes", "step": 1, "is_on": "T", "reason": "r", "changed_by": "amy", "os_user": "amy", "changed_at": AT,
}  # fmt: skip

OVER: dict[str, Values] = {
    "workflow_run_log": {"status": "completed", "completed_at": AT},
    "workflow_verify_results": {"status": "pass", "value": "1", "message": "m", "checked_at": AT, "checked_by": "amy"},
    "collection_actions": {"execution_status": "executed", "executed_at": AT, "outcome": "sent", "outcome_date": DAY},
    "outbox": {"status": "sent"},
    "customer_holds": {"released_at": AT, "released_by": "ben", "released_run": 1, "release_reason": "paid"},
    "ns_pending_pushes": {"status": "verified", "sent_at": AT, "verified_at": AT},
}
"""Table -> what a row becomes when it is over."""
DECIDED: Values = {"decided_on": DAY, "decided_at": AT, "decided_by": "ben", "decided_os_user": "ben"}


def insert(connection: sqlite3.Connection, table: str, values: Values, verb: str = "INSERT") -> None:
    """One row."""
    marks = ", ".join("?" * len(values))
    connection.execute(f"{verb} INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def change(connection: sqlite3.Connection, table: str, values: Values, where: str = "tenant_id = 1") -> None:
    """An update."""
    assigned = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE {table} SET {assigned} WHERE {where}", tuple(values.values()))


def _tenant(connection: sqlite3.Connection, tenant: int) -> None:
    """Customers, an invoice, and a row of each workflow table. Tenant 2 has key 1 too, and nothing of tenant 1's key 2."""
    connection.execute(
        "INSERT INTO sync_batches (batch, tenant_id, committed_at, actor, source, mode) VALUES (?, ?, ?, 'amy', 's', 'changes')",
        (tenant, tenant, AT),
    )
    for key in (1, 2) if tenant == 1 else (1,):
        customer: Values = {
            "tenant_id": tenant, "customer_key": key, "id": f"C{key}", "name": "Northwind Tool Co", "isinactive": "F",
            "company_id": 1, "batch": tenant, "closed": 0,
        }  # fmt: skip
        insert(connection, "erp_customers", customer)
        invoice: Values = {
            "tenant_id": tenant, "invoice_key": key, "id": f"I{key}", "customer_key": key, "company_id": 1, "invoice_date": DAY,
            "amount_cents": 100, "currency": "USD", "status": "posted", "disputed": "F", "kind": "invoice", "batch": tenant,
            "closed": 0,
        }  # fmt: skip
        insert(connection, "erp_invoices", invoice)
    for table, values in ROWS.items():
        row = {"tenant_id": tenant, **values}
        if table == "dunning_config":
            row["config_id"] = tenant
        insert(connection, table, row)
        if table == "proposed_actions":
            change(connection, table, {"status": "approved", **DECIDED}, f"tenant_id = {tenant} AND id = 1")
            insert(connection, table, {"tenant_id": tenant, **CHILD})
    if tenant == 1:
        for number in (2, 3):  # of runs and proposals that only this tenant has
            insert(
                connection, "workflow_run_log", {"tenant_id": 1, **RUN, "run_id": number, "trigger_ref": f"{number}"}
            )
        insert(connection, "kill_switch_log", SWITCH)


@cache
def _open() -> Path:
    path = Path(_KEPT.name) / "open.db"
    ensure_ledger(path, "default").close()
    found(path, "other", Company(1, "default", "USD", "UTC", None), False, Made(AT, "amy"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        _tenant(connection, 1)
        _tenant(connection, 2)
        connection.commit()
    return path


@cache
def _over() -> Path:
    path = Path(_KEPT.name) / "over.db"
    with closing(sqlite3.connect(_open())) as source, closing(sqlite3.connect(path)) as connection:
        source.backup(connection)
        for table, values in OVER.items():
            change(
                connection, table, values, "tenant_id = 1" + (" AND run_id = 1" if table == "workflow_run_log" else "")
            )
        change(connection, "proposed_actions", {"status": "applied", "applied_at": AT}, "tenant_id = 1 AND id = 1")
        change(connection, "proposed_actions", {"status": "rejected", **DECIDED}, "tenant_id = 1 AND id = 2")
        change(connection, "dunning_config", {"repeat_days": 7, "changed_by": "ben"})
        change(connection, "collection_cases", {"status": "in_progress", "version": 2, "changed_by": "ben"})
        connection.commit()
    return path


def still_open(path: Path) -> Path:
    """A copy in which nothing is decided yet, but the envelopes."""
    return _copy(_open(), path)


def all_over(path: Path) -> Path:
    """A copy in which everything of tenant 1 is over: run 1, its proposals, check, action, mail, hold and push."""
    return _copy(_over(), path)


def _copy(source: Path, path: Path) -> Path:
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(path)) as copied:
        opened.backup(copied)
    return path
