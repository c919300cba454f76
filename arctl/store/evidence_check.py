"""What no set of evidence accounts for: purged sets, rows without a set, and the event that attests one. SQL only."""

import sqlite3

from arctl.core.evidence import SetKey


def purged(connection: sqlite3.Connection, tenant: int) -> list[tuple[int, str, int]]:
    """(company, day, revision) of every set that was purged."""
    return connection.execute(
        "SELECT company_id, snapshot_date, revision FROM aging_snapshot_purges WHERE tenant_id = ?", (tenant,)
    ).fetchall()


def strays(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Tables of snapshots with rows that no set seals, and how many; foreign keys do not hold where a program left them off."""
    found = []
    for table in ("aging_snapshots", "aging_snapshot_lines", "aging_snapshot_credits", "aging_snapshot_terms"):
        sealed = " AND ".join(f"s.{name} = r.{name}" for name in SetKey._fields)
        (count,) = connection.execute(
            f"SELECT count(*) FROM {table} AS r WHERE NOT EXISTS (SELECT 1 FROM aging_snapshot_sets AS s WHERE {sealed})"
        ).fetchone()
        if count:
            found.append((table, int(count)))
    return found


def attested(connection: sqlite3.Connection, tenant: int, seq: int) -> str:
    """What the event of a set says, as JSON; an empty object where there is no such event."""
    row = connection.execute(
        "SELECT payload_json FROM events WHERE tenant_id = ? AND seq = ? AND event_type = 'aging.snapshot_generated'",
        (tenant, seq),
    ).fetchone()
    return str(row[0]) if row else "{}"
