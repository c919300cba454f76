"""Kill switches: reading how they stand, appending to their log, and counting what waits behind them."""

import sqlite3

from arctl.core.acting import Acting
from arctl.core.kill import STOPS, Switch


def switches(connection: sqlite3.Connection) -> list[Switch]:
    """Every switch as it stands, ledger-wide, in the order in which they are known."""
    rows = connection.execute("SELECT name, is_on, reason, changed_by, changed_at FROM kill_switches")
    known = {name: Switch(name, is_on == "T", reason, by, at) for name, is_on, reason, by, at in rows}
    return [known.get(name) or Switch(name, is_on=False) for name in STOPS]


def on(connection: sqlite3.Connection) -> dict[str, Switch]:
    """Those that are on, by name: ask inside the transaction that would act."""
    return {each.name: each for each in switches(connection) if each.is_on}


def turn(connection: sqlite3.Connection, name: str, is_on: bool, reason: str, acting: Acting) -> int:
    """Append to a switch's log; the number of the entry."""
    (last,) = connection.execute("SELECT max(step) FROM kill_switch_log WHERE name = ?", (name,)).fetchone()
    step = int(last or 0) + 1
    connection.execute(
        "INSERT INTO kill_switch_log (name, step, is_on, reason, changed_by, os_user, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (name, step, "T" if is_on else "F", reason, acting.actor, acting.os_user, acting.at),
    )
    return step


_WAITING = {
    "proposed_apply": """
        SELECT (SELECT count(*) FROM proposed_actions WHERE status = 'approved' AND envelope_id IS NOT NULL)
             + (SELECT count(*) FROM proposed_actions AS p
                  JOIN workflow_run_log AS r ON r.tenant_id = p.tenant_id AND r.run_id = p.run_id
                 WHERE p.status = 'approved' AND p.envelope_id IS NULL AND r.status = 'awaiting_approval')
        """,
    "high_risk_ops": """
        SELECT count(*) FROM proposed_actions AS p
          JOIN workflow_run_log AS r ON r.tenant_id = p.tenant_id AND r.run_id = p.run_id
         WHERE p.status = 'approved' AND p.risk_level >= 4 AND (p.envelope_id IS NOT NULL OR r.status = 'awaiting_approval')
        """,
    "ns_writes": "SELECT count(*) FROM ns_pending_pushes WHERE status = 'pending'",
}


def waiting(connection: sqlite3.Connection, name: str) -> int:
    """How many decisions (of ns_writes: pushes), of all tenants, wait behind the switch."""
    (count,) = connection.execute(_WAITING[name]).fetchone()
    return int(count)
