"""SQLite's own checks and references, asked of the whole ledger, damaged or not. Changes nothing."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from arctl.errors import ArctlError

Answer = TypeVar("Answer")

LISTED = 100
"""How many findings of one check are listed; the rest is counted."""

# Not the ledger's damage but this moment's: the command fails as any other would.
_NOT_DAMAGE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM)


def attempt(question: Callable[[], Answer]) -> Answer | str:
    """The question's answer; where the ledger is too damaged to be asked, why, as text.

    A damaged ledger may also answer with what Python cannot read: an impossible date, text that is none, a company that
    is gone. Raises sqlite3.OperationalError where the ledger is locked or the disk full.
    """
    try:
        return question()
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_DAMAGE:
            raise
        return str(error)
    except ArctlError as error:
        return error.message
    except LookupError as error:
        return f"a row that others refer to is not there ({error})"
    except (ValueError, ArithmeticError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


@contextmanager
def one_reading(connection: sqlite3.Connection) -> Iterator[None]:
    """One state of the ledger, whatever a sync commits meanwhile; what is made inside, temporary tables too, is taken back."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


def tenants(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Every tenant: key and name."""
    return connection.execute("SELECT tenant_id, name FROM tenants ORDER BY tenant_id").fetchall()


def count_rows(connection: sqlite3.Connection, table: str) -> int:
    """How many rows a table holds."""
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def has_synced(connection: sqlite3.Connection) -> bool:
    """Whether any sync ever committed."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM sync_batches)").fetchone()[0])


def sqlite_check(connection: sqlite3.Connection, quick: bool) -> tuple[int, list[str]]:
    """Pages of the file, and what SQLite says is wrong with it; `quick` leaves out whether indexes agree with their tables."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    name = "quick_check" if quick else "integrity_check"
    said = [text for (text,) in connection.execute(f"PRAGMA main.{name}({LISTED})")]
    return int(pages), [] if said == ["ok"] else said


class BrokenReference(NamedTuple):
    """Rows of a table that refer to one parent which is not there: how many, the first of them, and the parent, each in
    words. `row` and `named` are empty where the rows could not be found again, because the parent's whole table is gone."""

    table: str
    rows: int
    row: str
    parent: str
    named: str


class References(NamedTuple):
    """How many tables refer to others, how many rows refer to nothing, and the first of them by parent."""

    tables: int
    broken: int
    listed: list[BrokenReference]


def references(connection: sqlite3.Connection) -> References:
    """Every row whose parent is missing."""
    counted = Counter((row[0], row[2], row[3]) for row in connection.execute("PRAGMA main.foreign_key_check"))
    (tables,) = connection.execute(
        "SELECT count(DISTINCT m.name) FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) WHERE m.type = 'table'"
    ).fetchone()
    listed: list[BrokenReference] = []
    for (table, parent, number), count in counted.items():
        found = _orphans(connection, table, parent, number)
        listed += found or [BrokenReference(table, count, "", parent, "")]
    return References(tables, counted.total(), listed[:LISTED])


def _orphans(connection: sqlite3.Connection, table: str, parent: str, number: int) -> list[BrokenReference]:
    """The rows behind one broken reference by the parent they miss; none where the parent's table is gone itself."""
    pairs = connection.execute(
        'SELECT "from", "to" FROM pragma_foreign_key_list(?) WHERE id = ? ORDER BY seq', (table, number)
    ).fetchall()
    shown = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM pragma_table_info(?) WHERE pk > 0 OR name = 'id' ORDER BY name = 'id' DESC, pk", (table,)
        )
    ]
    here = ", ".join(f'c."{name}"' for name, _ in pairs)
    first = ", ".join(f'c."{name}"' for name in shown)
    joined = " AND ".join(f'p."{there}" = c."{name}"' for name, there in pairs)
    given = " AND ".join(f'c."{name}" IS NOT NULL' for name, _ in pairs)
    try:
        rows = connection.execute(
            f'SELECT count(*), min(c."{shown[-1]}"), {here}, {first} FROM "{table}" AS c'
            f' WHERE {given} AND NOT EXISTS (SELECT 1 FROM "{parent}" AS p WHERE {joined}) GROUP BY {here} LIMIT {LISTED}'
        ).fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
            raise
        return []
    parents = [there for _, there in pairs]
    return [
        BrokenReference(table, count, named(shown, row[len(pairs) :]), parent, named(parents, row))
        for count, _, *row in rows
    ]


def named(columns: Sequence[str], values: Sequence[object]) -> str:
    """Columns and values for a reader; further columns or values than pairs are left out."""
    return ", ".join(f"{column} {value}" for column, value in zip(columns, values, strict=False))


def last_movement(connection: sqlite3.Connection, tenant: int) -> int | None:
    """The last day (number) on which a document of the tenant moves a balance or starts to count; None without any."""
    (day,) = connection.execute(
        """
        SELECT max(day) FROM (
          SELECT max(day) AS day FROM ar_day_totals WHERE tenant_id = :tenant
          UNION ALL
          SELECT max(i.last_day) FROM ar_items AS i
           WHERE i.account_id IN (SELECT account_id FROM ar_accounts WHERE tenant_id = :tenant)
          UNION ALL
          SELECT max(c.last_day) FROM ar_credits AS c
           WHERE c.account_id IN (SELECT account_id FROM ar_accounts WHERE tenant_id = :tenant))
         WHERE day <= (SELECT max(day) FROM days)
        """,
        {"tenant": tenant},
    ).fetchone()
    return None if day is None else int(day)


def count_groups(connection: sqlite3.Connection, tenant: int) -> int:
    """How many pairs of company and currency the tenant has documents in."""
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT DISTINCT company_id, currency FROM ar_accounts WHERE tenant_id = ?)", (tenant,)
    ).fetchone()
    return int(count)
