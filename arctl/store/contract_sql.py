"""The SQL of contracts: asked of the ledger by a connection that cannot write, and of the loaded context in memory."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arctl.core.contract import Place
from arctl.core.events import canonical
from arctl.errors import BadInput, LedgerError

MOST_STEPS = 1_000_000_000
"""How many of SQLite's own instructions one query may take, some ten seconds; a plan for 10,000 customers needs a hundredth."""

MOST_ROWS = 2_000_000
"""How many rows one query may give: they are kept in memory."""

_EVERY = 100_000
_ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE))
_REACHING_OUT = frozenset({"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"})
"""Functions that reach beyond the ledger; most builds of SQLite have few of them."""

_OF_THE_FILE = frozenset(
    (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL)
)
"""What is the ledger's trouble and not the contract's."""

_BYTES = 100_000_000
_BEGINNING = re.compile(r"(?:\s+|--[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)

Row = dict[str, object]
Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class _Meter:
    """Counts SQLite's steps during one statement, and stops it where there is no end."""

    most: int
    left: int = 0

    def start(self) -> None:
        self.left = self.most

    def tick(self) -> int:
        self.left -= _EVERY
        return int(self.left <= 0)


class Questions:
    """A connection on which only a contract's questions are asked from now on: guarded, and never without end.

    `tables` are those that statements read, noted when one is first met.
    """

    def __init__(self, connection: sqlite3.Connection, most_steps: int) -> None:
        self.connection = connection
        self.meter = _Meter(most_steps)
        self.tables: set[str] = set()
        # these read what is bound, such as a mapping; SQLite sets them up once, by a statement the authorizer would refuse
        connection.execute("SELECT 1 FROM json_each('[]'), json_tree('[]')").fetchall()
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0)
        connection.set_progress_handler(self.meter.tick, min(_EVERY, most_steps))
        connection.set_authorizer(self.may)

    def may(self, action: int, first: str | None, second: str | None, _base: str | None, _trigger: str | None) -> int:
        """SQLite's question, part by part, whether a statement may do what it says."""
        if action not in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and str(second).lower() in _REACHING_OUT):
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_READ and first:
            self.tables.add(first)
        return sqlite3.SQLITE_OK

    def ask(self, sql: str, params: Mapping[str, object], place: Place | None = None) -> "Answer":
        """The answer to a whole statement of a contract. Raises BadInput."""
        try:
            return self.all(reads_only(sql), params, place)
        except ValueError as wrong:
            raise _bad(wrong, sql, place) from None

    def all(self, sql: str, params: Mapping[str, object], place: Place | None, said: str | None = None) -> "Answer":
        """The columns and rows of one statement. `said` is the SQL as the contract has it. Raises BadInput."""
        self.meter.start()
        bound = _Bound(params)
        try:
            cursor = self.connection.execute(sql, bound)
            rows = cursor.fetchmany(MOST_ROWS + 1)
            if len(rows) > MOST_ROWS:
                raise ValueError(f"it gives more than {MOST_ROWS:,} rows")
        except (sqlite3.Error, sqlite3.Warning, _Unbound, OverflowError, ValueError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_FILE:
                raise
            raise _bad(error, said or sql, place) from None
        return Answer([column[0] for column in cursor.description or ()], rows, frozenset(bound.asked))

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: the names of its columns, and its rows; and which :names it bound."""

    columns: list[str]
    rows: Rows
    bound: frozenset[str] = frozenset()


class _Unbound(Exception):
    """A :name that nobody gave a value."""


class _Bound(dict[str, object]):
    """The values of :names, in the form SQLite takes; only those that occur are looked at, and noted in `asked`."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> object:
        self.asked.add(name)
        value = super().__getitem__(name)
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, (dict, list, tuple)):
            return canonical(value)
        return value.isoformat() if isinstance(value, date) else value

    def __missing__(self, name: str) -> object:
        raise _Unbound(f":{name} has no value: it is no input and nothing a run has")


def _bad(error: Exception, sql: str, place: Place | None) -> BadInput:
    cause = str(error)
    if isinstance(error, sqlite3.DatabaseError) and cause == "not authorized":
        cause = "it does more than read: a contract's SQL only selects"
    elif cause == "interrupted":
        cause = "it takes too long, or has no end"
    elif cause.startswith("You can only execute one statement"):
        cause = "it is more than one statement"
    where = f"{place}: " if place else ""
    line = " ".join(sql.split())
    shown = line if len(line) <= 200 else f"{line[:199]}…"
    return BadInput(f"{where}{cause}", f"the SQL is: {shown}")


def reads_only(sql: str) -> str:
    """The statement, where it begins as a question does. Raises ValueError: EXPLAIN, PRAGMA and all else are none."""
    match = _BEGINNING.match(sql)
    if match is None or match[1].upper() not in ("SELECT", "WITH", "VALUES"):
        raise ValueError("it does more than read: a contract's SQL only selects")
    return sql


def _opened(path: Path, query: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{query}", uri=True, isolation_level=None)
    try:
        for statement in (
            "PRAGMA query_only = ON",
            "PRAGMA trusted_schema = OFF",
            "PRAGMA temp_store = MEMORY",
            "BEGIN",
        ):
            connection.execute(statement)
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # from here on it sees one moment
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class ContractLedger:
    """A second connection to a ledger's file, for a contract's queries: it can only select.

    All its questions see the ledger as it was committed when it was opened. Close it, or use it in a `with`.
    """

    def __init__(self, path: Path, most_steps: int = MOST_STEPS) -> None:
        """Raises LedgerError where the file cannot be opened to be read."""
        try:
            connection = _opened(path, "mode=ro")
        except sqlite3.OperationalError as error:
            # a ledger in a folder that cannot be written opens only as one that nobody else changes
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
            try:
                connection = _opened(path, "mode=ro&immutable=1")
            except sqlite3.OperationalError as refused:
                raise LedgerError(f"{path} cannot be opened to be read ({refused})", "check its permissions") from None
        self._asked = Questions(connection, most_steps)

    def query(self, sql: str, params: Mapping[str, object], place: Place | None = None) -> tuple[list[str], Rows]:
        """The columns and rows of one SELECT; of `params` only those that it names are bound.

        Raises BadInput, with the place, the cause and the SQL, for anything that does more than read, that SQLite cannot
        read, that takes too long, and for a :name without a value.
        """
        answer = self._asked.ask(sql, params, place)
        return answer.columns, answer.rows

    def close(self) -> None:
        """Close the file."""
        self._asked.close()

    def __enter__(self) -> "ContractLedger":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()


class ContextBase:
    """The loaded context in memory: a table for each query, with its rows in their order. Conditions are asked here."""

    def __init__(self, most_steps: int = MOST_STEPS) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.execute("PRAGMA temp_store = MEMORY")
        self._asked = Questions(connection, most_steps)
        self._columns: dict[str, list[str]] = {}

    def load(
        self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]], place: Place | None = None
    ) -> None:
        """Make a table of a query's rows. Raises BadInput where two columns have one name, or one has none to call it by."""
        wrong = unusable(columns)
        if wrong:
            raise BadInput(f"{place}: {wrong}" if place else wrong, f"the query is {name}: name its columns with AS")
        self._columns[name] = list(columns)
        with self._unguarded() as connection:
            connection.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(map(_quoted, columns))})")
            marks = ", ".join("?" * len(columns))
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO {_quoted(name)} VALUES ({marks})", rows)
            connection.execute("COMMIT")

    def columns(self, name: str) -> list[str]:
        """The columns of a table, as its query named them."""
        return list(self._columns[name])

    def holds(
        self,
        condition: str,
        params: Mapping[str, object],
        row: Mapping[str, object] | None = None,
        place: Place | None = None,
    ) -> bool:
        """Whether a condition is true; what SQL leaves unknown (NULL) is not. A `row`'s columns can be named like a table's.

        Raises BadInput, with the place, the cause and the condition.
        """
        return bool(self.value(condition, params, row, place))

    def value(
        self,
        expression: str,
        params: Mapping[str, object],
        row: Mapping[str, object] | None = None,
        place: Place | None = None,
    ) -> object:
        """The value of an expression. Raises BadInput as `holds`."""
        source, given = _one_row(row)
        answer = self._asked.all(f"SELECT ({expression}\n){source}", {**params, **given}, place, expression)
        return answer.rows[0][0]

    def select(
        self,
        table: str | None,
        condition: str | None,
        params: Mapping[str, object],
        row: Mapping[str, object] | None = None,
        place: Place | None = None,
    ) -> list[Row]:
        """The rows of a table for which a condition holds, in their order; without a table, one empty row.

        `row` is that of the loop around: the condition can name those of its columns that the table does not have.
        Raises BadInput as `holds`.
        """
        if table is None:
            return [{}] if condition is None or self.holds(condition, params, row, place) else []
        own = self._columns[table]
        outer = {
            name: value for name, value in (row or {}).items() if name.lower() not in {each.lower() for each in own}
        }
        source, given = _one_row(outer)
        listed = ", ".join(f"t.{_quoted(name)}" for name in own)
        beside = source.replace(" FROM", ",", 1)
        where = f" WHERE ({condition}\n)" if condition is not None else ""
        sql = f"SELECT {listed} FROM {_quoted(table)} AS t{beside}{where} ORDER BY t.rowid"
        answer = self._asked.all(sql, {**params, **given}, place, condition)
        return [dict(zip(own, each, strict=True)) for each in answer.rows]

    def close(self) -> None:
        """Forget everything."""
        self._asked.close()

    @contextmanager
    def _unguarded(self) -> Iterator[sqlite3.Connection]:
        connection = self._asked.connection
        connection.set_authorizer(None)
        connection.set_progress_handler(None, 1)
        try:
            yield connection
        finally:
            connection.set_progress_handler(self._asked.meter.tick, min(_EVERY, self._asked.meter.most))
            connection.set_authorizer(self._asked.may)


def unusable(columns: Sequence[str]) -> str:
    """Why a query's columns cannot be named by conditions; empty where they can."""
    seen: set[str] = set()
    for number, name in enumerate(columns, start=1):
        if not (name.isascii() and name.isidentifier()):
            return f"column {number} ({name}) has no name of its own"
        if name.lower() in seen:
            return f"two columns have the name {name}"
        seen.add(name.lower())
    return ""


def _one_row(row: Mapping[str, object] | None) -> tuple[str, dict[str, object]]:
    """A row as a source of a SELECT, with the values it binds; their names cannot be written in a contract by accident."""
    if not row:
        return "", {}
    given = {f"__row_{number}": value for number, value in enumerate(row.values())}
    columns = ", ".join(f":__row_{number} AS {_quoted(name)}" for number, name in enumerate(row))
    return f" FROM (SELECT {columns})", given


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
