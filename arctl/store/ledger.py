"""Opening, creating and locking the one SQLite file. Every connection of the house is made here."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arctl import resources
from arctl.errors import LedgerError, UnknownId
from arctl.store import migrate

APPLICATION_ID = 0x61726374
BUSY_MS = 10_000


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger and the tenant whose books are asked for."""

    path: Path
    connection: sqlite3.Connection
    tenant_id: int

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: all of it commits, or none."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _connect(path: Path, uri: str = "") -> sqlite3.Connection:
    target = uri or path.absolute().as_uri() + "?mode=rw"
    connection = sqlite3.connect(target, uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
    # A REPLACE deletes rows without firing their triggers unless this is on, on this very connection.
    for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "trusted_schema = OFF", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def create(path: Path) -> None:
    """Make an empty ledger with the tenant and company `default`; LedgerError where that cannot be."""
    if path.exists() and path.stat().st_size:
        raise LedgerError(f"{path} exists already", "name another file with --db")
    try:
        connection = _connect(path, path.absolute().as_uri() + "?mode=rwc")
    except sqlite3.OperationalError:
        raise LedgerError(f"{path} cannot be created", "check that its folder exists and can be written to") from None
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN IMMEDIATE;\n{resources.schema_sql()}\nCOMMIT;")
        connection.execute("INSERT INTO tenants (tenant_id, name) VALUES (1, 'default')")
    finally:
        connection.close()


def _check(path: Path, connection: sqlite3.Connection) -> int:
    """The file's schema version; LedgerError where it is no ledger that this arctl can read."""
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise
        raise LedgerError(f"{path} is not a ledger ({error})", "name the ledger with --db, or restore a backup") from None
    if application != APPLICATION_ID:
        raise LedgerError(f"{path} is a SQLite file, but not an arctl ledger", "name the ledger with --db")
    if version > migrate.CURRENT:
        raise LedgerError(
            f"{path} was written by a newer arctl (schema {version}, this one knows {migrate.CURRENT})", "upgrade arctl"
        )
    return int(version)


def open_ledger(path: Path, tenant: str) -> Ledger:
    """Open an existing ledger, upgrading an older one after a verified backup.

    Raises LedgerError (not there, not a ledger, too new) or UnknownId (no such tenant).
    """
    if not path.exists():
        raise LedgerError(
            f"there is no ledger at {path}",
            "create one with `arctl init` or `arctl sync --from FOLDER`, or name another with --db",
        )
    try:
        connection = _connect(path)
        version = _check(path, connection)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        connection = _read_only(path)
        version = _check(path, connection)
    if version < migrate.CURRENT:
        connection.close()
        migrate.upgrade(path, version, _connect)
        connection = _connect(path)
    found = connection.execute("SELECT tenant_id FROM tenants WHERE name = ?", (tenant,)).fetchone()
    if found is None:
        known = ", ".join(name for (name,) in connection.execute("SELECT name FROM tenants ORDER BY name"))
        raise UnknownId(f"{path} holds no tenant {tenant}", f"it holds: {known}")
    return Ledger(path, connection, int(found[0]))


def _read_only(path: Path) -> sqlite3.Connection:
    """A ledger in a folder that cannot be written: readable as long as no other process left changes beside it."""
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size:
        raise LedgerError(f"{path} cannot be opened for writing and has changes beside it ({wal.name})", "copy both elsewhere")
    try:
        return _connect(path, path.absolute().as_uri() + "?immutable=1")
    except sqlite3.OperationalError as error:
        raise LedgerError(f"{path} cannot be opened ({error})", "check its permissions") from None
