"""The ledger's tables, views, triggers and indexes, and the rows schema.sql fills, held against schema.sql. Changes nothing."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from arctl import resources
from arctl.store import migrate

_TOKEN = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[\w$]+|.""", re.DOTALL
)
_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"

What = Literal["missing", "altered", "trigger added", "unique index added", "index added", "rows", "pragma"]


class Deviation(NamedTuple):
    """One difference from schema.sql: of which kind of object, its name, the table it belongs to, and a detail to show."""

    what: What
    kind: str
    name: str
    table: str
    detail: str = ""


class Comparison(NamedTuple):
    """How many objects and rows of schema.sql were looked for, and every deviation."""

    objects: int
    rows: int
    deviations: list[Deviation]


class _Made(NamedTuple):
    kind: str
    name: str
    table: str
    sql: str


def normal_form(sql: str) -> str:
    """A definition without comments and with one blank between any two tokens; what is quoted stays as it is."""
    return " ".join(match.group() for match in _TOKEN.finditer(sql) if match["skip"] is None)


@contextmanager
def fresh() -> Iterator[sqlite3.Connection]:
    """A ledger in memory, just laid from schema.sql."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate.run_script(connection, resources.schema_sql())
        yield connection
    finally:
        connection.close()


def compare(connection: sqlite3.Connection) -> Comparison:
    """Look for everything schema.sql makes. What a user added under names of their own is left alone, unless it is a trigger
    or an index on one of the ledger's own tables or views."""
    with fresh() as model:
        wanted, held = _objects(model), _objects(connection)
        deviations = [*_pragmas(connection, model), *_missing_or_altered(wanted, held), *_added(wanted, held)]
        rows = 0
        for name in [made.name for made in wanted.values() if made.kind == "table"]:
            count, found = _constants(connection, model, name)
            rows += count
            deviations += found
    return Comparison(len(wanted), rows, deviations)


def _objects(connection: sqlite3.Connection) -> dict[str, _Made]:
    """By the name in small letters: SQLite's names know no case."""
    return {row[1].lower(): _Made(*row) for row in connection.execute(_OBJECTS)}


def _pragmas(connection: sqlite3.Connection, model: sqlite3.Connection) -> Iterator[Deviation]:
    for name in ("application_id", "user_version"):
        ((held,), (wanted,)) = (each.execute(f"PRAGMA {name}").fetchone() for each in (connection, model))
        if held != wanted:
            yield Deviation("pragma", "", name, "", f"{held}, schema.sql says {wanted}")


def _missing_or_altered(wanted: dict[str, _Made], held: dict[str, _Made]) -> Iterator[Deviation]:
    for name, made in wanted.items():
        if name not in held:
            yield Deviation("missing", made.kind, made.name, made.table)
        elif normal_form(held[name].sql) != normal_form(made.sql):
            yield Deviation("altered", made.kind, made.name, made.table)


def _added(wanted: dict[str, _Made], held: dict[str, _Made]) -> Iterator[Deviation]:
    own = {name for name, made in wanted.items() if made.kind in ("table", "view")}
    for name, made in held.items():
        if name in wanted or made.table.lower() not in own:
            continue
        if made.kind == "trigger":
            yield Deviation("trigger added", made.kind, made.name, made.table)
        elif made.kind == "index":
            # A unique index lets INSERT OR IGNORE drop a row, and REPLACE delete one, that the schema would have kept.
            unique = normal_form(made.sql).upper().startswith("CREATE UNIQUE")
            yield Deviation("unique index added" if unique else "index added", made.kind, made.name, made.table)


def _constants(
    connection: sqlite3.Connection, model: sqlite3.Connection, table: str
) -> tuple[int, Iterator[Deviation]]:
    """How many rows schema.sql puts into a table, and whether the ledger holds the same; tables it leaves empty are no matter."""
    columns = ", ".join(f'"{name}"' for (name,) in model.execute("SELECT name FROM pragma_table_info(?)", (table,)))
    asked = f'SELECT {columns} FROM "{table}"'
    wanted = set(model.execute(asked))
    if not wanted:
        return 0, iter(())
    try:
        held = set(connection.execute(asked))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
            raise
        return len(wanted), iter(())  # the table or a column of it is gone, which is said already
    return len(wanted), _row_deviations(table, wanted, held)


def _row_deviations(table: str, wanted: set[tuple[object, ...]], held: set[tuple[object, ...]]) -> Iterator[Deviation]:
    for verb, rows in (("lacks", wanted - held), ("holds besides", held - wanted)):
        if rows:
            first = " ".join(map(str, min(rows, key=repr)))
            more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
            yield Deviation("rows", "table", table, table, f"{verb} {first}{more}")
