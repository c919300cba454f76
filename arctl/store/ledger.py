"""Opening, creating and locking the one SQLite file. Every connection of the house is made here."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from arctl import resources
from arctl.errors import LedgerError, UnknownId
from arctl.store import books, migrate
from arctl.store.books import Company, Made

APPLICATION_ID = 0x61726374
BUSY_MS = 10_000
"""How long to wait for another program that writes to the ledger."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger and the tenant whose books are asked for."""

    path: Path
    connection: sqlite3.Connection
    tenant_id: int

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: all of it commits, or none."""
        with committed(self.connection, "BEGIN IMMEDIATE"):
            yield self.connection

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


@contextmanager
def committed(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    """All of what is done inside commits, or none; `begin` is the statement that opens the transaction."""
    connection.execute(begin)
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _connect(path: Path, query: str = "mode=rw", busy_ms: int | None = None) -> sqlite3.Connection:
    wait = BUSY_MS if busy_ms is None else busy_ms
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}", uri=True, isolation_level=None, timeout=wait / 1000
    )
    # A REPLACE deletes rows without firing their triggers unless this is on, on this very connection.
    for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "trusted_schema = OFF", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def create(
    path: Path, tenant: str = "default", company: Company = books.FIRST_COMPANY, made: Made | None = None
) -> bool:
    """Make a ledger with its first tenant and company, all in one transaction; False where there is one already.

    A file without a byte, which a killed or a careless program leaves, counts as none. Raises LedgerError.
    """
    if not is_missing(path):
        return False
    try:
        connection = _connect(path, "mode=rwc")
    except sqlite3.OperationalError:
        raise LedgerError(f"{path} cannot be created", "check that its folder exists and can be written to") from None
    try:
        connection.execute("PRAGMA temp_store = MEMORY")
        with committed(connection, "BEGIN IMMEDIATE"):
            if connection.execute("SELECT EXISTS (SELECT 1 FROM sqlite_schema)").fetchone()[0]:
                return False  # another program was faster
            migrate.run_script(connection, resources.schema_sql())
            books.add_company(connection, books.add_tenant(connection, tenant), company, made)
        keep_wal(connection)
    finally:
        connection.close()
    return True


def keep_wal(connection: sqlite3.Connection) -> None:
    """Let readers and one writer work side by side; a restored copy or a killed creation may have left that out."""
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        with suppress(sqlite3.OperationalError):  # somebody reads it just now: the next sync asks again
            connection.execute("PRAGMA main.journal_mode = WAL")  # not the temporary tables'


def fold_log(ledger: Ledger) -> None:
    """Fold the write-ahead log into the ledger's file. Where a reader holds it, a later sync does; nothing is lost."""
    (wait,) = ledger.connection.execute("PRAGMA busy_timeout").fetchone()
    ledger.connection.execute("PRAGMA busy_timeout = 0")
    ledger.connection.execute("PRAGMA main.wal_checkpoint(TRUNCATE)").fetchone()
    ledger.connection.execute(f"PRAGMA busy_timeout = {wait}")


@contextmanager
def written_once(ledger: Ledger) -> Iterator[None]:
    """Write each page to its place at once, not to the log first: for the first load of a large ledger, it saves a tenth.

    Others who open the ledger meanwhile may have to wait; where somebody has it open already, nothing is gained or lost. A
    program killed in between leaves a journal, by which the next one to open the ledger takes everything back.
    """
    connection = ledger.connection
    (wait,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA main.journal_mode = DELETE")
    connection.execute(f"PRAGMA busy_timeout = {wait}")
    try:
        yield
    finally:
        keep_wal(connection)


def is_missing(path: Path) -> bool:
    """Whether there is no ledger at the path: no file, or one without content."""
    if not _exists(path):
        return True
    if path.is_dir():
        return False
    if path.stat().st_size and not path.with_name(path.name + "-journal").exists():
        return False
    try:
        connection = _connect(path)  # SQLite takes back what a program killed in the middle of a creation left
        with closing(connection):
            return bool(connection.execute("PRAGMA page_count").fetchone() == (0,))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            return False
        raise


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise LedgerError(f"{path} cannot be reached ({error.strerror})", "check the rights on its folder") from None


def open_ledger(path: Path, tenant: str, busy_ms: int | None = None) -> Ledger:
    """Open an existing ledger, upgrading an older one after a verified backup; `busy_ms` is how long a lock may take.

    Raises LedgerError (not there, not a ledger, too new, not upgraded) or UnknownId (no such tenant).
    """
    connection = _open(path, busy_ms)
    found = connection.execute("SELECT tenant_id FROM tenants WHERE name = ?", (tenant,)).fetchone()
    if found is None:
        known = ", ".join(books.tenant_names(connection))
        connection.close()
        raise UnknownId(f"{path} holds no tenant {tenant}", f"it holds: {known}")
    return Ledger(path, connection, int(found[0]))


def open_whole(path: Path) -> Ledger:
    """Open an existing ledger for questions about the whole file, whichever tenants it holds, as far as it can be read.

    The ledger's tenant is the first; 0, which is none, where the file is too damaged to tell. Raises LedgerError.
    """
    connection = _open(path, None)
    with suppress(sqlite3.DatabaseError):
        (first,) = connection.execute("SELECT min(tenant_id) FROM tenants").fetchone()
        return Ledger(path, connection, int(first or 0))
    return Ledger(path, connection, 0)


def add_tenant(path: Path, tenant: str, company: Company, made: Made) -> bool:
    """Add a tenant with its first company to an existing ledger; False where it holds that tenant already."""
    connection = _open(path, None)
    try:
        with committed(connection, "BEGIN IMMEDIATE"):
            if tenant in books.tenant_names(connection):
                return False
            books.add_company(connection, books.add_tenant(connection, tenant), company, made)
    finally:
        connection.close()
    return True


def _open(path: Path, busy_ms: int | None) -> sqlite3.Connection:
    if is_missing(path):
        raise LedgerError(
            f"there is no ledger at {path}",
            "create one with `arctl init` or `arctl sync --from FOLDER`, or name another with --db",
        )

    def connect(at: Path) -> sqlite3.Connection:
        return _connect(at, busy_ms=busy_ms)

    connection, version = _checked(path, connect)
    if version < migrate.CURRENT:
        connection.close()
        migrate.upgrade(path, connect, books.wind_clocks)
        connection, _ = _checked(path, connect)
    return connection


def _checked(path: Path, connect: Callable[[Path], sqlite3.Connection]) -> tuple[sqlite3.Connection, int]:
    """A connection and the file's schema version; where the folder cannot be written, a connection that only reads."""
    connection = None
    try:
        connection = connect(path)
        return connection, _version(path, connection)
    except sqlite3.OperationalError as error:
        if connection is not None:
            connection.close()
        # a WAL ledger needs files beside it even to be read; where those cannot be made, either code comes
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
    except sqlite3.DatabaseError as error:
        if connection is not None:
            connection.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise
        raise LedgerError(f"{path} is not a ledger: not an SQLite file", "check --db and ARCTL_DB") from None
    connection = _read_only(path)
    version = _version(path, connection)
    if version < migrate.CURRENT:
        connection.close()
        raise LedgerError(
            f"{path} is of an older arctl (schema {version}) and cannot be upgraded in its folder, which is read-only",
            "copy it to a folder that can be written to",
        )
    return connection, version


def _version(path: Path, connection: sqlite3.Connection) -> int:
    """The file's schema version; LedgerError where it is no ledger that this arctl can read."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise LedgerError(f"{path} is an SQLite file, but not an arctl ledger", "check --db and ARCTL_DB")
    if version > migrate.CURRENT:
        raise LedgerError(
            f"{path} was written by a newer arctl (schema {version}, this one knows {migrate.CURRENT})", "upgrade arctl"
        )
    return int(version)


def _read_only(path: Path) -> sqlite3.Connection:
    """A ledger in a folder that cannot be written: readable as long as no other process left changes beside it."""
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size:
        raise LedgerError(
            f"{path} cannot be opened for writing and has changes beside it ({wal.name})", "copy both elsewhere"
        )
    try:
        return _connect(path, "immutable=1")
    except sqlite3.OperationalError as error:
        raise LedgerError(f"{path} cannot be opened ({error})", "check its permissions") from None
