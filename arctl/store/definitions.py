"""Which workflows the ledger knows: whether each may run, who said so, and how it last ran."""

import sqlite3

from arctl.core.definition import LastRun, Switched


def switched(connection: sqlite3.Connection, tenant: int) -> dict[str, Switched]:
    """Every workflow that ever ran or was switched, by type."""
    rows = connection.execute(
        "SELECT workflow_type, enabled, changed_at, changed_by, coalesce(reason, '') FROM workflow_definitions"
        " WHERE tenant_id = ? ORDER BY workflow_type",
        (tenant,),
    )
    return {name: Switched(enabled == "T", at, by, reason) for name, enabled, at, by, reason in rows}


def switch(
    connection: sqlite3.Connection, tenant: int, workflow_type: str, enabled: bool, at: str, by: str, reason: str
) -> None:
    """Let a workflow run, or stop it; its definition must be there."""
    connection.execute(
        "UPDATE workflow_definitions SET enabled = ?, changed_at = ?, changed_by = ?, reason = ?"
        " WHERE tenant_id = ? AND workflow_type = ?",
        ("T" if enabled else "F", at, by, reason, tenant, workflow_type),
    )


def last_runs(connection: sqlite3.Connection, tenant: int) -> dict[str, LastRun]:
    """The latest run of each workflow, by type."""
    rows = connection.execute(
        "SELECT workflow_type, run_id, as_of, status FROM workflow_run_log AS r WHERE tenant_id = ? AND run_id ="
        " (SELECT max(o.run_id) FROM workflow_run_log AS o WHERE o.tenant_id = r.tenant_id AND o.workflow_type = r.workflow_type)",
        (tenant,),
    )
    return {name: LastRun(run_id, as_of, status) for name, run_id, as_of, status in rows}
