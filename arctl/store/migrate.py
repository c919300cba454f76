"""Upgrading an older ledger: a verified backup first, then every step in one transaction, or nothing."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from arctl.errors import LedgerError

CURRENT = 1
"""The schema version this arctl writes; schema.sql sets the same."""

STEPS: dict[int, str] = {}
"""SQL that leads from version n to n + 1."""

Connect = Callable[[Path], sqlite3.Connection]


def backup_path(path: Path, version: int) -> Path:
    """Where the copy of a ledger is kept that an upgrade from `version` makes."""
    return path.with_name(f"{path.name}.v{version}.backup")


def back_up(path: Path, target: Path, connect: Connect) -> None:
    """Copy the ledger with SQLite's online backup and prove the copy whole; LedgerError where it is not."""
    target.unlink(missing_ok=True)
    source = connect(path)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    finally:
        copy.close()
        source.close()
    if verdict != "ok":
        raise LedgerError(f"the backup {target} is not whole ({verdict}); {path} was not upgraded", "run SQLite's integrity check")


def upgrade(path: Path, version: int, connect: Connect) -> None:
    """Lead the ledger from `version` to CURRENT. On any failure it is as it was, and LedgerError names the backup."""
    backup = backup_path(path, version)
    back_up(path, backup, connect)
    connection = connect(path)
    try:
        # Foreign keys cannot be switched inside a transaction; the check before the commit stands in for them.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN IMMEDIATE")
        for step in range(version, CURRENT):
            _run(connection, STEPS[step])
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise sqlite3.IntegrityError(f"table {broken[0]} would lose a reference")
        connection.execute(f"PRAGMA user_version = {CURRENT}")
        connection.commit()
    except sqlite3.Error as error:
        connection.rollback()
        raise LedgerError(
            f"{path} could not be upgraded from schema {version} to {CURRENT} ({error}); it is unchanged",
            f"a copy from before is {backup}",
        ) from error
    finally:
        connection.close()


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run a script statement by statement, because executescript would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
