"""Upgrading an older ledger: a verified backup first, then every step in one transaction, or nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from arctl import resources
from arctl.errors import LedgerError

CURRENT = 5
"""The schema version this arctl writes; schema.sql sets the same."""

STEPS = Path(__file__).with_name("migrations")
"""A file `NNNN_what.sql` leads from version NNNN - 1 to NNNN. Steps change tables and indexes and never touch evidence;
views, triggers and derived tables hold no facts of their own, and are all made anew from schema.sql after the last step."""

DERIVED = ("ar_items", "ar_credits", "ar_day_totals", "ar_horizon", "order_references")
"""Tables worked out from the mirror. ar_accounts is not among them: its ids are kept."""

Connect = Callable[[Path], sqlite3.Connection]


def backup_path(path: Path, version: int) -> Path:
    """Where the copy of a ledger is kept that an upgrade from `version` makes."""
    return path.with_name(f"{path.name}.v{version}.backup")


def upgrade(path: Path, connect: Connect, settle: Callable[[sqlite3.Connection], None]) -> None:
    """Lead the ledger to CURRENT; `settle` fills what no SQL can, in the same transaction.

    Of two upgrades at once one waits for the other and finds nothing left to do. On any failure the ledger is as it
    was, and LedgerError names the backup. Raises sqlite3.OperationalError where another program holds it for too long.
    """
    connection = connect(path)
    try:
        # Foreign keys cannot be switched inside a transaction; the check before the commit stands in for them.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)
        if version >= CURRENT:
            return
        backup = backup_path(path, version)
        _back_up(path, backup, version, connect)
        try:
            _lead(connection, version, settle)
            connection.commit()
        except (sqlite3.Error, LedgerError) as error:
            raise LedgerError(
                f"{path} could not be upgraded from schema {version} to {CURRENT} ({error}); it is unchanged",
                f"a copy from before is {backup}",
            ) from error
    finally:
        connection.rollback()
        connection.close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _back_up(path: Path, target: Path, version: int, connect: Connect) -> None:
    """Copy the ledger with SQLite's online backup and prove the copy whole; LedgerError where it is not.

    The caller's lock keeps the ledger at `version`. The copy gets its name only once it is proven.
    """
    draft = target.with_name(f"{target.name}.partial")
    try:
        draft.unlink(missing_ok=True)
        source, copy = connect(path), sqlite3.connect(draft)
        try:
            source.backup(copy)
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
            whole = verdict == "ok" and _version(copy) == version
        finally:
            copy.close()
            source.close()
        if whole:
            draft.replace(target)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            draft.unlink()
        raise LedgerError(
            f"{path} needs an upgrade from schema {version} to {CURRENT}, and the backup before it failed ({error});"
            " it is unchanged",
            f"make room for {target.name} beside it",
        ) from error
    if not whole:
        raise LedgerError(
            f"{path} needs an upgrade from schema {version} to {CURRENT}, but is damaged ({verdict}); it is unchanged",
            f"restore the last backup; the damaged copy is {draft}",
        )


def _lead(connection: sqlite3.Connection, version: int, settle: Callable[[sqlite3.Connection], None]) -> None:
    """Run the steps between dropping and making anew what holds no facts, and check that nothing lost what it refers to."""
    from arctl.store import order_references
    from arctl.store.derive import derive  # with all it needs half as much again as opening a ledger of today

    made = _made_anew()
    # views and triggers go before the tables they read; a step can then rebuild a table without minding them
    for kind, name, _ in sorted(made, key=lambda each: each[0], reverse=True):
        connection.execute(f'DROP {kind} IF EXISTS "{name}"')
    for step in range(version + 1, CURRENT + 1):
        (script,) = STEPS.glob(f"{step:04d}_*.sql")
        run_script(connection, script.read_text(encoding="utf-8"))
    for _, _, sql in made:
        connection.execute(sql)
    for (tenant,) in connection.execute("SELECT tenant_id FROM tenants").fetchall():
        derive(connection, tenant, everything=True)
        order_references.fill(connection, tenant, everything=True)
    settle(connection)
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if broken:
        raise sqlite3.IntegrityError(f"table {broken[0]} would lose a reference")
    connection.execute(f"PRAGMA user_version = {CURRENT}")


def _made_anew() -> list[tuple[str, str, str]]:
    """(kind, name, SQL) of what schema.sql makes that holds no facts of its own: views, triggers and the derived tables, which
    are filled again from the mirror. What a user added under another name is not among them and stays."""
    fresh = sqlite3.connect(":memory:")
    try:
        run_script(fresh, resources.schema_sql())
        return fresh.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger')"
            f" OR (tbl_name IN ({', '.join('?' * len(DERIVED))}) AND sql IS NOT NULL) ORDER BY rowid",
            DERIVED,
        ).fetchall()
    finally:
        fresh.close()


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run a script statement by statement, because executescript would commit the caller's transaction."""
    for statement in _statements(script):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if ";" in line and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
