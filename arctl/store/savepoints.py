"""Trying something inside a transaction that is taken back alone where it fails."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """All of what is done inside stays in the transaction around it, or none of it."""
    connection.execute("SAVEPOINT tried")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK TO tried")
        connection.execute("RELEASE tried")
        raise
    connection.execute("RELEASE tried")
