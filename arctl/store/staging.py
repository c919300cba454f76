"""Where a sync lays out what it read before it touches the mirror: temporary tables, outside the ledger's own file."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from arctl.core.mirror import Kind, MirrorTable
from arctl.store import day_totals
from arctl.store.ledger import committed

_CACHE_KB = 48_000
_LEDGER_CACHE_KB = 96_000


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table staged from one place: a file of the source, or earlier rejects that are tried again."""

    table: MirrorTable
    stage: str
    names: tuple[str, ...]
    file: str
    retry: bool


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that could not land. `cells` pairs each header name with the text that stood there."""

    table: str
    file: str
    line: int
    column: str
    value: str
    reason: str
    row_key: str | None
    set_key: str | None
    document_date: str | None
    row_json: str
    reject_id: int | None = None


def filling(connection: sqlite3.Connection) -> AbstractContextManager[None]:
    """One transaction over the stage tables alone: it takes no lock on the ledger."""
    return committed(connection, "BEGIN")


def company_names(connection: sqlite3.Connection, tenant: int) -> list[str]:
    """The tenant's companies, in the order they joined."""
    return [
        name
        for (name,) in connection.execute(
            "SELECT name FROM companies WHERE tenant_id = ? ORDER BY company_id", (tenant,)
        )
    ]


def prepare(connection: sqlite3.Connection) -> None:
    """Make the temporary tables of one sync, in place of those that an earlier one left on this connection."""
    connection.execute(f"PRAGMA temp.cache_size = -{_CACHE_KB}")
    connection.execute(f"PRAGMA cache_size = -{_LEDGER_CACHE_KB}")
    for (name,) in connection.execute("SELECT name FROM sqlite_temp_master WHERE type = 'table'").fetchall():
        connection.execute(f"DROP TABLE temp.{name}")
    connection.executescript(
        """
        CREATE TEMP TABLE fresh_rejects (
          seq INTEGER PRIMARY KEY, table_name TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,
          column_name TEXT NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL, row_key TEXT, set_key TEXT,
          document_date TEXT, row_json TEXT NOT NULL, reject_id INTEGER);
        CREATE INDEX temp.fresh_rejects_row ON fresh_rejects (table_name, row_key);
        CREATE INDEX temp.fresh_rejects_set ON fresh_rejects (table_name, set_key);
        CREATE TEMP TABLE touched_invoices (invoice_key INTEGER PRIMARY KEY);
        CREATE TEMP TABLE touched_sources (source_key INTEGER PRIMARY KEY);
        CREATE TEMP TABLE touched_transactions (transaction_key INTEGER PRIMARY KEY);
        """
    )
    day_totals.prepare(connection)


def create_part(
    connection: sqlite3.Connection, table: MirrorTable, names: tuple[str, ...], file: str, number: int, retry: bool
) -> Part:
    """Make the empty stage table of a part; its columns are n, at_line, retries (the reject) and the named fields."""
    stage = f"stage_{table.name}_{number}"
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(f"CREATE TEMP TABLE {stage} (n INTEGER PRIMARY KEY, at_line, retries, {columns})")
    return Part(table, stage, names, file, retry)


def add_rows(connection: sqlite3.Connection, part: Part, rows: Iterable[Sequence[str | int | None]]) -> None:
    """Stage typed rows (line, value ...) in the order of the part's names."""
    names = ", ".join(f'"{name}"' for name in part.names)
    marks = ", ".join("?" * (len(part.names) + 1))
    connection.executemany(f"INSERT INTO {part.stage} (at_line, {names}) VALUES ({marks})", rows)


def mark_retried(connection: sqlite3.Connection, part: Part, reject_id: int) -> None:
    """Say of the row staged last which earlier reject it is."""
    connection.execute(f"UPDATE {part.stage} SET retries = ? WHERE n = (SELECT max(n) FROM {part.stage})", (reject_id,))


def add_rejects(connection: sqlite3.Connection, rejects: Iterable[Reject]) -> None:
    """Note rows that could not even be read."""
    connection.executemany(
        "INSERT INTO fresh_rejects (table_name, file, line, column_name, value, reason, row_key, set_key, document_date,"
        " row_json, reject_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                reject.table, reject.file, reject.line, reject.column, reject.value, reject.reason, reject.row_key,
                reject.set_key, reject.document_date, reject.row_json, reject.reject_id,
            )
            for reject in rejects
        ),
    )  # fmt: skip


def identity_sql(columns: Sequence[str], prefix: str) -> str:
    """SQL for the text that names a row by its identity columns, NULL where one of them is empty."""
    return " || '/' || ".join(f'{prefix}"{column}"' for column in columns)


def row_key_sql(table: MirrorTable, names: Sequence[str], prefix: str) -> str:
    """SQL for the key of a staged row in sync_rejects; an application without id is named by its pair and date."""
    if table.name == "payment_applications":
        date = f"coalesce({prefix}applied_on, '')" if "applied_on" in names else "''"
        plain = f"{prefix}source_type || '/' || {prefix}source_id || '/' || {prefix}invoice_id || '/' || {date}"
        return f"coalesce({prefix}id, {plain})" if "id" in names else plain
    return identity_sql(table.identity, prefix)


def set_key_sql(table: MirrorTable, prefix: str) -> str:
    """SQL for the key of the document whose rows come together; NULL for rows that stand alone."""
    return identity_sql(table.set_of, prefix) if table.set_of else "NULL"


def reject_set_key_sql(table: MirrorTable, names: Sequence[str], prefix: str) -> str:
    """SQL for a rejected row's set_key in sync_rejects: an application with an id of its own stands alone."""
    plain = set_key_sql(table, prefix)
    if table.name == "payment_applications" and "id" in names:
        return f"iif({prefix}id IS NULL, {plain}, NULL)"
    return plain


def key_of(table: MirrorTable, cells: dict[str, str]) -> tuple[str | None, str | None]:
    """Row key and set key of an unreadable row, as far as its readable cells give them."""

    def joined(columns: Sequence[str]) -> str | None:
        texts = [cells.get(column, "") for column in columns]
        return "/".join(texts) if texts and all(texts) else None

    if table.name == "payment_applications":
        if cells.get("id"):
            return cells["id"], None
        pair = joined(("source_type", "source_id", "invoice_id"))
        return f"{pair}/{cells.get('applied_on', '')}" if pair else None, joined(table.set_of)
    return joined(table.identity), joined(table.set_of)


def date_field(table: MirrorTable) -> str | None:
    """The field that dates a document of the table: the first required date."""
    return next((field.name for field in table.fields if field.kind is Kind.DATE and field.required), None)


def row_json(header: Sequence[str], cells: Sequence[str], torn: str = "") -> str:
    """A rejected row as it is kept, so that it can be read again exactly; `torn` says why it never can be."""
    kept: dict[str, object] = {"header": list(header), "cells": list(cells)}
    return json.dumps(kept | {"torn": torn} if torn else kept)
