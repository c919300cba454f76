"""Where a sync lays out what it read before it touches the mirror: temporary tables, outside the ledger's own file."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arctl.core.mirror import Kind, MirrorTable

_CACHE_KB = 48_000


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


def prepare(connection: sqlite3.Connection) -> None:
    """Make the temporary tables of one sync."""
    connection.execute(f"PRAGMA temp.cache_size = -{_CACHE_KB}")
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
        """
    )


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


def key_of(table: MirrorTable, cells: dict[str, str]) -> tuple[str | None, str | None]:
    """Row key and set key of an unreadable row, as far as its cells give them."""

    def joined(columns: Sequence[str]) -> str | None:
        texts = [cells.get(column, "") for column in columns]
        return "/".join(texts) if texts and all(texts) else None

    if table.name == "payment_applications":
        pair = joined(("source_type", "source_id", "invoice_id"))
        row = cells.get("id") or (f"{pair}/{cells.get('applied_on', '')}" if pair else None)
        return row, joined(table.set_of)
    return joined(table.identity), joined(table.set_of)


def date_field(table: MirrorTable) -> str | None:
    """The field that dates a document of the table: the first required date."""
    return next((field.name for field in table.fields if field.kind is Kind.DATE and field.required), None)


def row_json(header: Sequence[str], cells: Sequence[str]) -> str:
    """A rejected row as it is kept, so that it can be read again exactly."""
    return json.dumps({"header": list(header), "cells": list(cells)})
