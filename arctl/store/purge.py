"""Purging month-end evidence: what was purged, and removing what is past its retention. SQL only."""

import sqlite3
from collections.abc import Iterable

from arctl.core.evidence import SetRow
from arctl.core.shelf import Purged
from arctl.store.snapshot_rows import KEY

_TABLES = (
    "aging_snapshot_lines",
    "aging_snapshot_credits",
    "aging_snapshot_terms",
    "aging_snapshots",
    "aging_snapshot_sets",
)
"""From the bottom up, the set last."""


def purges(connection: sqlite3.Connection, tenant: int, company: int | None = None) -> list[Purged]:
    """What stays of the sets of a company, or of all, by day, company and revision."""
    columns = ", ".join("k.name" if name == "company" else f"p.{name}" for name in Purged._fields)
    rows = connection.execute(
        f"""
        SELECT {columns} FROM aging_snapshot_purges AS p
          JOIN companies AS k ON k.tenant_id = p.tenant_id AND k.company_id = p.company_id
         WHERE p.tenant_id = ? AND (? IS NULL OR p.company_id = ?)
         ORDER BY p.snapshot_date, p.company_id, p.revision
        """,
        (tenant, company, company),
    )
    return [Purged(*row) for row in rows]


def remove(
    connection: sqlite3.Connection, sets: Iterable[SetRow], reason: str, made: tuple[str, str, str, int]
) -> None:
    """Record that sets are purged, then delete them, in the caller's transaction.

    `made`: by whom, under which system account, when (UTC), in which event. The triggers refuse what is not past its
    retention by the machine's own clock.
    """
    for each in sets:
        connection.execute(
            "INSERT INTO aging_snapshot_purges (tenant_id, company_id, snapshot_date, revision, content_hash, retain_until,"
            " reason, purged_by, os_user, purged_at, event_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*each.key, each.content_hash, each.retain_until, reason, *made),
        )
        for table in _TABLES:
            connection.execute(f"DELETE FROM {table} WHERE {KEY}", each.key)
