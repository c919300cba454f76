"""The record of syncs: batches, the log, how a file was read last, and the rejects that wait."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from arctl.core.mirror import TABLES, MirrorTable
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
    value: str
    header: tuple[str, ...]
    cells: tuple[str, ...]
    torn: str
    """Why the row is no CSV and can never be read; empty for one that may land."""


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


def has_waiting(connection: sqlite3.Connection, tenant: int, table: MirrorTable) -> bool:
    """Whether any row of the table waits to be tried again."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM sync_rejects WHERE tenant_id = ? AND table_name = ? AND status = 'pending')",
        (tenant, table.name),
    ).fetchone()
    return bool(row[0])


def supersede(
    connection: sqlite3.Connection, tenant: int, table: MirrorTable, part: Part | None, whole: bool, narrowed: bool
) -> None:
    """List the waiting rejects of a table that its staged file replaces.

    With `whole` the file replaces all of them; `narrowed` to one document it replaces none that nothing identifies.
    """
    waiting = (
        "SELECT reject_id FROM sync_rejects WHERE tenant_id = :tenant AND table_name = :table AND status = 'pending'"
    )
    values = {"tenant": tenant, "table": table.name}
    if part is None or not connection.execute(f"SELECT EXISTS ({waiting})", values).fetchone()[0]:
        return
    if whole:
        connection.execute(f"INSERT OR IGNORE INTO superseded {waiting}", values)
        return
    row, group = staging.row_key_sql(table, part.names, "s."), staging.set_key_sql(table, "s.")
    # A row that nothing identifies for sure, being torn or without a key, is replaced by a newer reading of its file.
    connection.execute(
        f"""
        INSERT OR IGNORE INTO superseded {waiting} AND CASE
          WHEN column_name = '' THEN {0 if narrowed else 1}
          WHEN set_key IS NOT NULL THEN set_key IN (SELECT {group} FROM {part.stage} AS s)
                                     OR set_key IN (SELECT set_key FROM fresh_rejects WHERE table_name = :table)
          WHEN row_key IS NOT NULL THEN row_key IN (SELECT {row} FROM {part.stage} AS s)
                                     OR row_key IN (SELECT row_key FROM fresh_rejects WHERE table_name = :table)
          ELSE {0 if narrowed else 1} END
        """,
        values,
    )


def waiting(connection: sqlite3.Connection, tenant: int, table: MirrorTable) -> list[Waiting]:
    """The table's rejects that are to be tried again."""
    rows = connection.execute(
        "SELECT reject_id, file, line, value, row_json FROM sync_rejects WHERE tenant_id = ? AND table_name = ? AND status = 'pending'"
        " AND reject_id NOT IN (SELECT reject_id FROM superseded) ORDER BY reject_id",
        (tenant, table.name),
    )
    return [_waiting(*row) for row in rows]


def _waiting(reject_id: int, file: str, line: int, value: str, row_json: str) -> Waiting:
    kept = json.loads(row_json)
    return Waiting(reject_id, file, line, value, tuple(kept["header"]), tuple(kept["cells"]), kept.get("torn", ""))


def settle_rejects(connection: sqlite3.Connection, tenant: int, batch: int, tables: list[str]) -> None:
    """Record this sync's rejects: still waiting, landed, superseded or new. A row that fails again keeps its first batch."""
    marks = ", ".join("?" * len(tables))
    # Rows that share a key (a repeated id) are each matched with a reject of their own, in order.
    for key in ("row_key", "row_json"):
        connection.execute(
            f"""
            UPDATE fresh_rejects SET reject_id = m.reject_id
              FROM (SELECT f.seq, p.reject_id
                      FROM (SELECT seq, table_name, {key} AS name,
                                   row_number() OVER (PARTITION BY table_name, {key} ORDER BY seq) AS number
                              FROM fresh_rejects WHERE reject_id IS NULL AND {key} IS NOT NULL) AS f
                      JOIN (SELECT r.reject_id, r.table_name, r.{key} AS name,
                                   row_number() OVER (PARTITION BY r.table_name, r.{key} ORDER BY r.reject_id) AS number
                              FROM superseded AS d JOIN sync_rejects AS r ON r.reject_id = d.reject_id
                             WHERE r.reject_id NOT IN (SELECT reject_id FROM fresh_rejects WHERE reject_id IS NOT NULL)) AS p
                        ON p.table_name = f.table_name AND p.name = f.name AND p.number = f.number) AS m
             WHERE m.seq = fresh_rejects.seq
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


def never_synced(connection: sqlite3.Connection) -> bool:
    """Whether no sync ever landed, of any tenant."""
    return bool(connection.execute("SELECT NOT EXISTS (SELECT 1 FROM sync_batches)").fetchone()[0])


def is_empty(connection: sqlite3.Connection, tenant: int) -> bool:
    """Whether the tenant's mirror never held a row, known or gone."""
    return not any(
        connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table.base} WHERE tenant_id = ?)", (tenant,)).fetchone()[0]
        for table in TABLES
    )


def open_rows(connection: sqlite3.Connection, tenant: int, base: str, scope: str) -> int:
    """How many rows of a base table (within a scope, SQL over x) are known now."""
    row = connection.execute(
        f"SELECT count(*) FROM {base} AS x WHERE x.tenant_id = ? AND x.closed = 0 AND {scope}", (tenant,)
    ).fetchone()
    return int(row[0])
