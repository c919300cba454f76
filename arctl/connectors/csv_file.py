"""One pinned CSV file: its bytes, its header and its rows as typed values. No references, no ledger."""

import codecs
import csv
import hashlib
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from arctl.core.cells import Cell, ColumnReader, Problem, Value, unreadable
from arctl.core.mirror import MirrorTable
from arctl.errors import BadInput

CHUNK = 5_000
_BLOCK = 1 << 20
_CELL_LIMIT = 1 << 22
"""Characters after which an open quote is given up on; a cell is too long far below that."""

csv.field_size_limit(_CELL_LIMIT)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What one pass over the bytes tells: size, SHA-256, whether it is UTF-8 without NUL bytes, when last modified."""

    size: int
    sha256: str
    clean: bool
    modified: int
    """Nanoseconds, by the file system's clock."""


@dataclass(frozen=True, slots=True)
class BadCell:
    """A row that cannot be read, with the cell to blame (column "" where the row itself is).

    A `torn` row is no CSV: its cells are what can be made out, to name it by and never to land it.
    """

    line: int
    column: str
    value: str
    reason: str
    cells: Sequence[str]
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Torn:
    """A line that is not CSV, and why."""

    text: str
    reason: str


class _Lines:
    """Lines of which the latest can be taken back: a quote never closed costs its own line, not those after it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        return line

    def keep_first(self) -> str:
        """The first of the lines taken since `taken` was emptied; the others come again."""
        first, *others = self.taken
        self._back.extendleft(reversed(others))
        self.taken.clear()
        return first


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to CHUNK records: readable ones as (line, value, ...) in the order of `Header.names`, others as BadCells."""

    read: int
    rows: Sequence[tuple[Value, ...]]
    bad: Sequence[BadCell]
    bytes_done: int


@dataclass(frozen=True, slots=True)
class Header:
    """Column names in file order; `known` tells which belong to the table, `unknown` lists the rest."""

    cells: tuple[str, ...]
    names: tuple[str, ...]
    unknown: tuple[str, ...]


def fingerprint(path: Path) -> Fingerprint:
    """Read the file once for its hash; raises BadInput where it cannot be read."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    size, clean = 0, True
    try:
        modified = path.stat().st_mtime_ns
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                size += len(block)
                digest.update(block)
                if clean:
                    try:
                        clean = b"\0" not in block and decoder.decode(block) is not None
                    except UnicodeDecodeError:
                        clean = False
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror})", "check the path and its permissions") from None
    return Fingerprint(size, digest.hexdigest(), clean, modified)


def check_header(cells: Sequence[str], table: MirrorTable, where: str) -> Header:
    """Hold a header row against the table; raises BadInput for a missing, repeated or unreadable column."""
    stripped = tuple(cell.strip() for cell in cells)
    known = [field.name for field in table.fields]
    repeated = sorted({name for name in stripped if name and stripped.count(name) > 1})
    if repeated:
        raise BadInput(f"{where}:1: column {repeated[0]} stands twice in the header", "remove one of the two")
    missing = [field.name for field in table.fields if field.required and field.name not in stripped]
    if missing:
        raise BadInput(
            f"{where}:1: column {', '.join(missing)} is missing",
            f"the first line must name the columns; required: {', '.join(f.name for f in table.fields if f.required)}",
        )
    return Header(
        stripped,
        tuple(name for name in stripped if name in known),
        tuple(name for name in stripped if name not in known),
    )


class RowReader:
    """Turns records (lists of text) into typed rows, column by column."""

    def __init__(self, table: MirrorTable, header: Header, clean: bool) -> None:
        self._width = len(header.cells)
        self._header = header
        self._clean = clean
        self._columns = [(header.cells.index(name), ColumnReader(table.field(name))) for name in header.names]

    def read(
        self, lines: Sequence[int], records: Sequence[Sequence[str]]
    ) -> tuple[list[tuple[Value, ...]], list[BadCell]]:
        """Typed rows of the readable records, and the cell to blame for each other one."""
        bad: list[BadCell] = []
        if any(len(record) != self._width for record in records) or not self._clean:
            lines, records = self._sift(lines, records, bad)
        if not records:
            return [], bad
        texts = list(zip(*records, strict=True))
        columns: list[Sequence[Cell]] = []
        troubled = False
        for place, reader in self._columns:
            cells, trouble = reader.read_all(texts[place])
            columns.append(cells)
            troubled = troubled or trouble
        rows = zip(lines, *columns, strict=True)
        if not troubled:
            return list(rows), bad
        return self._part(lines, list(rows), records, bad), bad

    def _sift(
        self, lines: Sequence[int], records: Sequence[Sequence[str]], bad: list[BadCell]
    ) -> tuple[list[int], list[Sequence[str]]]:
        """Keep the records of the right width whose cells are text."""
        kept: list[tuple[int, Sequence[str]]] = []
        for line, record in zip(lines, records, strict=True):
            if len(record) != self._width:
                reason = f"{len(record)} cells, the header has {self._width}"
                bad.append(BadCell(line, "", ",".join(record), reason, record))
                continue
            blamed = None if self._clean else self._unreadable(line, record)
            if blamed:
                bad.append(blamed)
            else:
                kept.append((line, record))
        return [line for line, _ in kept], [record for _, record in kept]

    def _unreadable(self, line: int, record: Sequence[str]) -> BadCell | None:
        for name, text in zip(self._header.cells, record, strict=True):
            problem = unreadable(text)
            if problem:
                return BadCell(line, name, text, problem.reason, record)
        return None

    def _part(
        self,
        lines: Sequence[int],
        rows: Sequence[tuple[Cell, ...]],
        records: Sequence[Sequence[str]],
        bad: list[BadCell],
    ) -> list[tuple[Value, ...]]:
        """Part the rows that hold a Problem from those that do not."""
        good: list[tuple[Value, ...]] = []
        for line, row, record in zip(lines, rows, records, strict=True):
            place = next((place for place, cell in enumerate(row) if isinstance(cell, Problem)), None)
            if place is None:
                good.append(row)  # type: ignore[arg-type]  # no Problem in it
                continue
            column, _ = self._columns[place - 1]
            reason = getattr(row[place], "reason", "")
            bad.append(BadCell(line, self._header.cells[column], record[column], reason, record))
        return good


class CsvFile:
    """A CSV file of a folder source, read in chunks so that a file of any size fits in memory."""

    def __init__(self, path: Path, table: MirrorTable, clean: bool) -> None:
        self.path = path
        self.table = table
        self.clean = clean
        with path.open("rb") as raw:
            self.header = self._read_header(raw)

    def chunks(self) -> Iterator[Chunk]:
        """The records after the header, CHUNK at a time."""
        reader = RowReader(self.table, self.header, self.clean)
        lines: list[int] = []
        records: list[list[str]] = []
        broken: list[BadCell] = []
        with self.path.open("rb") as raw:
            source = self._records(raw)
            next(source)
            for line, record in source:
                if isinstance(record, Torn):
                    broken.append(_torn_row(line, record))
                    continue
                lines.append(line)
                records.append(record)
                if len(records) == CHUNK:
                    rows, bad = reader.read(lines, records)
                    yield Chunk(len(records) + len(broken), rows, [*broken, *bad], raw.tell())
                    lines, records, broken = [], [], []
            rows, bad = reader.read(lines, records)
            yield Chunk(len(records) + len(broken), rows, [*broken, *bad], raw.tell())

    def _records(self, raw: BinaryIO) -> Iterator[tuple[int, list[str] | Torn]]:
        """(first line, cells) of each record, the header included; blank lines are passed over."""
        text = self._text(raw)
        reader = csv.reader(text, strict=True)
        last = 0
        try:
            for record in reader:
                if record:
                    yield last + 1, record
                last = reader.line_num
            text.detach()
            return
        except csv.Error:
            text.detach()
        raw.seek(0)
        text = self._text(raw)
        yield from _carefully(islice(text, last, None), last)
        text.detach()

    @staticmethod
    def _text(raw: BinaryIO) -> io.TextIOWrapper:
        return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")

    def _read_header(self, raw: BinaryIO) -> Header:
        for _, record in self._records(raw):
            if isinstance(record, Torn):
                raise BadInput(f"{self.path.name}:1: the header is no CSV: {record.reason}", "export the file again")
            if not self.clean and record[0].startswith(("\udcff\udcfe", "\udcfe\udcff")):
                raise BadInput(f"{self.path.name} is UTF-16", "save it as CSV UTF-8 and sync again")
            return check_header(record, self.table, self.path.name)
        raise BadInput(f"{self.path.name} is empty: it has no header", "export it again, or take it out of the folder")


def _torn_row(line: int, torn: Torn) -> BadCell:
    text = torn.text.rstrip("\r\n")
    made_out = next(csv.reader([text[:_CELL_LIMIT]]), [])
    return BadCell(line, "", text, torn.reason, made_out, torn=True)


def _carefully(source: Iterator[str], passed: int) -> Iterator[tuple[int, list[str] | Torn]]:
    """Records of lines after the first `passed`; a line that is no CSV comes as Torn, and those after it are read."""
    lines = _Lines(source)
    reader = csv.reader(lines, strict=True)
    before = 0
    while True:
        try:
            for record in reader:
                if record:
                    yield passed + 1, record
                passed += len(lines.taken)
                lines.taken.clear()
                before = reader.line_num
            return
        except csv.Error as error:
            reason = _tear(str(error), reader.line_num - before)
            yield passed + 1, Torn(lines.keep_first(), reason)
            passed += 1
            reader = csv.reader(lines, strict=True)
            before = 0


def _tear(error: str, lines: int) -> str:
    if lines > 1 or "unexpected end" in error:
        return "a quote is opened in this row and not closed where a cell ends"
    if "field larger" in error:
        return f"a cell is longer than {_CELL_LIMIT} characters"
    return 'text follows a closing quote; a quote within a cell is written twice ("")'
