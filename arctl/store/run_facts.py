"""What a run looks up by itself, beside its contract's queries: customers by id, the latest sync."""

import json
import sqlite3
from collections.abc import Iterable

from arctl.core.planning import Named


def customers(connection: sqlite3.Connection, tenant: int, ids: Iterable[str]) -> dict[str, Named]:
    """Those of the named customers that the ledger knows, by id, in one statement."""
    rows = connection.execute(
        "SELECT c.id, c.customer_key, c.name FROM json_each(?) AS wanted"
        " CROSS JOIN erp_customers AS c ON c.tenant_id = ? AND c.id = wanted.value",
        (json.dumps(sorted(ids)), tenant),
    )
    return {id: Named(key, name) for id, key, name in rows}


def last_batch(connection: sqlite3.Connection, tenant: int) -> int | None:
    """The tenant's latest sync; None before the first one."""
    (batch,) = connection.execute("SELECT max(batch) FROM sync_batches WHERE tenant_id = ?", (tenant,)).fetchone()
    return None if batch is None else int(batch)


def contract_text(connection: sqlite3.Connection, tenant: int, contract_hash: str) -> str:
    """The text of a contract that a run followed."""
    (text,) = connection.execute(
        "SELECT text FROM workflow_contracts WHERE tenant_id = ? AND contract_hash = ?", (tenant, contract_hash)
    ).fetchone()
    return str(text)


def decided(connection: sqlite3.Connection, tenant: int, run_id: int) -> dict[tuple[str, str], int]:
    """How many of a run's own proposals (its envelope is none) there are by (action_type, status)."""
    rows = connection.execute(
        "SELECT action_type, status, count(*) FROM proposed_actions WHERE tenant_id = ? AND envelope_id = ?"
        " GROUP BY action_type, status",
        (tenant, envelope_of(connection, tenant, run_id)),
    )
    return {(action_type, status): count for action_type, status, count in rows}


def envelope_of(connection: sqlite3.Connection, tenant: int, run_id: int) -> int | None:
    """The number of a run's envelope; None where it has none."""
    found = connection.execute(
        "SELECT id FROM proposed_actions WHERE tenant_id = ? AND idempotency_key = ?", (tenant, f"run/{run_id}")
    ).fetchone()
    return None if found is None else int(found[0])


def failures(connection: sqlite3.Connection, tenant: int, run_id: int) -> dict[int, int]:
    """How often each effect of a run failed, by its number; those that never did are left out."""
    rows = connection.execute(
        "SELECT effect_seq, count(*) FROM workflow_step_log WHERE tenant_id = ? AND run_id = ? AND effect_seq IS NOT NULL"
        " AND status = 'failed' GROUP BY effect_seq",
        (tenant, run_id),
    )
    return dict(rows)


def is_done(connection: sqlite3.Connection, tenant: int, run_id: int, seq: int) -> bool:
    """Whether an effect of a run is done."""
    found = connection.execute(
        "SELECT 1 FROM workflow_step_log WHERE tenant_id = ? AND run_id = ? AND effect_seq = ? AND status = 'completed'",
        (tenant, run_id, seq),
    ).fetchone()
    return found is not None


def effects_by_type(connection: sqlite3.Connection, tenant: int, run_id: int) -> dict[str | None, int]:
    """How many effects a run froze by action_type; those that its own approval covers under None."""
    rows = connection.execute(
        "SELECT action_type, count(*) FROM workflow_effects WHERE tenant_id = ? AND run_id = ? GROUP BY action_type",
        (tenant, run_id),
    )
    return dict(rows)
