"""The record of syncs: batches, the log, how a file was read last, and the rejects that wait."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from arctl.core.mirror import MirrorTable
from arctl.core.sync_report import RejectedRow, TableCounts
from arctl.store import staging
from arctl.store.staging import Part


@dataclass(frozen=True, slots=True)
class SyncRun:
    """Who syncs what, and how; times are UTC as `YYYY-MM-DD HH:MM:SS`."""

    source: str
    mode: str
    sync_type: str
    tier: str
    actor: str
    started_at: str
    accepted: str | None


@dataclass(frozen=True, slots=True)
class LastReading:
    """How a table's file was read at the latest sync that had one."""

    sha256: str
    reading: str
    rows_read: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A rejected row that is tried again."""

    reject_id: int
    file: str
    line: int
    row_json: str


def last_reading(connection: sqlite3.Connection, tenant: int, table: MirrorTable) -> LastReading | None:
    """How the table's file was read last, None where it never was."""
    row = connection.execute(
        "SELECT sha256, reading, rows_read FROM sync_log WHERE tenant_id = ? AND table_name = ? ORDER BY sync_id DESC LIMIT 1",
        (tenant, table.name),
    ).fetchone()
    return LastReading(*row) if row and row[0] else None


def open_batch(connection: sqlite3.Connection, tenant: int, run: SyncRun) -> int:
    """Begin the next batch inside the caller's transaction."""
    (batch,) = connection.execute("SELECT coalesce(max(batch), 0) + 1 FROM sync_batches").fetchone()
    connection.execute(
        "INSERT INTO sync_batches (batch, tenant_id, committed_at, actor, source, mode, accepted) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (batch, tenant, run.started_at, run.actor, run.source, run.mode, run.accepted),
    )
    return int(batch)


def close_batch(
    connection: sqlite3.Connection,
    tenant: int,
    batch: int,
    run: SyncRun,
    tables: list[tuple[TableCounts, str | None, str | None, str]],
    completed_at: str,
) -> None:
    """Write the log: a row per table (counts, file, hash, how it was read) and one for the whole."""
    connection.execute("UPDATE sync_batches SET committed_at = ? WHERE batch = ?", (completed_at, batch))
    whole = TableCounts("*", *(sum(getattr(counts, name) for counts, *_ in tables) for name in _COUNTS))
    for counts, file, sha256, reading in [*tables, (whole, None, None, "")]:
        connection.execute(
            "INSERT INTO sync_log (tenant_id, batch, table_name, sync_type, tier, status, started_at, completed_at, created_at,"
            " source, file, sha256, rows_read, inserted, updated, unchanged, closed, rejected, reading)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                tenant, batch, counts.table, run.sync_type, run.tier,
                "completed_with_rejects" if counts.rejected else "completed",
                run.started_at, completed_at, completed_at, run.source, file, sha256,
                *(getattr(counts, name) for name in _COUNTS), reading,
            ),
        )  # fmt: skip


_COUNTS = ("read", "inserted", "updated", "unchanged", "closed", "rejected")


def prepare_retries(connection: sqlite3.Connection) -> None:
    """Make the temporary list of waiting rejects that a newer row replaces."""
    connection.execute("CREATE TEMP TABLE superseded (reject_id INTEGER PRIMARY KEY)")


def supersede(connection: sqlite3.Connection, tenant: int, table: MirrorTable, part: Part | None, whole: bool) -> None:
    """List the waiting rejects of a table that its staged file replaces; with `whole` the file replaces all of them."""
    waiting = "SELECT reject_id FROM sync_rejects WHERE tenant_id = :tenant AND table_name = :table AND status = 'pending'"
    values = {"tenant": tenant, "table": table.name}
    if part is None or not connection.execute(f"SELECT EXISTS ({waiting})", values).fetchone()[0]:
        return
    if whole:
        connection.execute(f"INSERT OR IGNORE INTO superseded {waiting}", values)
        return
    column, key = ("set_key", staging.set_key_sql(table, "s.")) if table.set_of else (
        "row_key", staging.row_key_sql(table, part.names, "s."))  # fmt: skip
    connection.execute(
        f"INSERT OR IGNORE INTO superseded {waiting} AND ({column} IN (SELECT {key} FROM {part.stage} AS s)"
        f" OR {column} IN (SELECT {column} FROM fresh_rejects WHERE table_name = :table)"
        " OR row_json IN (SELECT row_json FROM fresh_rejects WHERE table_name = :table))",
        values,
    )


def waiting(connection: sqlite3.Connection, tenant: int, table: MirrorTable) -> list[Waiting]:
    """The table's rejects that are to be tried again."""
    rows = connection.execute(
        "SELECT reject_id, file, line, row_json FROM sync_rejects WHERE tenant_id = ? AND table_name = ? AND status = 'pending'"
        " AND reject_id NOT IN (SELECT reject_id FROM superseded) ORDER BY reject_id",
        (tenant, table.name),
    )
    return [Waiting(*row) for row in rows]


def settle_rejects(connection: sqlite3.Connection, tenant: int, batch: int, tables: list[str]) -> None:
    """Record this sync's rejects: still waiting, landed, superseded or new. A row that fails again keeps its first batch."""
    marks = ", ".join("?" * len(tables))
    connection.execute(
        """
        UPDATE fresh_rejects SET reject_id = (
          SELECT p.reject_id FROM sync_rejects AS p JOIN superseded AS d ON d.reject_id = p.reject_id
           WHERE p.table_name = fresh_rejects.table_name
             AND (p.row_key = fresh_rejects.row_key OR p.row_json = fresh_rejects.row_json) LIMIT 1)
         WHERE reject_id IS NULL AND EXISTS (SELECT 1 FROM superseded)
        """
    )
    connection.execute(
        f"""
        UPDATE sync_rejects SET last_batch = ?,
               status = CASE WHEN reject_id IN (SELECT reject_id FROM fresh_rejects WHERE reject_id IS NOT NULL) THEN 'pending'
                             WHEN reject_id IN (SELECT reject_id FROM superseded) THEN 'superseded' ELSE 'landed' END
         WHERE tenant_id = ? AND status = 'pending' AND table_name IN ({marks})
        """,
        (batch, tenant, *tables),
    )
    connection.execute(
        """
        UPDATE sync_rejects SET file = f.file, line = f.line, column_name = f.column_name, value = f.value, reason = f.reason,
               row_json = f.row_json
          FROM fresh_rejects AS f WHERE f.reject_id = sync_rejects.reject_id
        """
    )
    connection.execute(
        """
        INSERT INTO sync_rejects (tenant_id, table_name, file, line, column_name, value, reason, row_key, document_date, row_json,
                                  set_key, status, first_batch, last_batch)
        SELECT ?, table_name, file, line, column_name, value, reason, row_key, document_date, row_json, set_key, 'pending', ?, ?
          FROM fresh_rejects WHERE reject_id IS NULL ORDER BY seq
        """,
        (tenant, batch, batch),
    )


def fresh_rejects(connection: sqlite3.Connection) -> Iterator[RejectedRow]:
    """This sync's rejects, by table in the order they were found."""
    for row in connection.execute(
        "SELECT table_name, file, line, column_name, value, reason FROM fresh_rejects ORDER BY table_name, file, line, seq"
    ):
        yield RejectedRow(*row)


def open_rows(connection: sqlite3.Connection, tenant: int, base: str, scope: str) -> int:
    """How many rows of a base table (within a scope, SQL over x) are known now."""
    row = connection.execute(
        f"SELECT count(*) FROM {base} AS x WHERE x.tenant_id = ? AND x.closed = 0 AND {scope}", (tenant,)
    ).fetchone()
    return int(row[0])
