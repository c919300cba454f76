"""The files of a folder on their way into stage tables: found, fingerprinted, read, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from arctl.connectors.csv_file import BadCell, CsvFile, Fingerprint, RowReader, check_header, fingerprint
from arctl.core.cells import Value
from arctl.core.mirror import TABLES, MirrorTable
from arctl.errors import BadInput, Refused, UnknownId, UsageError
from arctl.store import staging, sync_log
from arctl.store.ledger import Ledger
from arctl.store.staging import Part, Reject
from arctl.store.sync_log import Waiting

READER = "2"
"""Raised whenever cells are read differently, so that a file read by an earlier arctl is read again."""


class Progress(Protocol):
    """Where a long act tells how far it is."""

    def step(self, label: str, done: int, total: int) -> None:
        """`done` of `total` of what `label` names."""


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What the operator asks of one sync. `tables` empty means all; `row_id` narrows to one document of one table."""

    folder: Path
    full: bool = False
    strict: bool = False
    dry_run: bool = False
    accept: str | None = None
    sync_type: str = "manual"
    tier: str = "all"
    tables: tuple[str, ...] = ()
    row_id: str | None = None
    actor: str = ""
    company: int = 1


@dataclass(slots=True)
class SourceFile:
    """One file of the folder on its way: `part` is None while unread and where the same bytes landed before."""

    table: MirrorTable
    path: Path
    print: Fingerprint
    reading: str
    part: Part | None = None
    read: int = 0
    bad: int = 0


def wanted(request: SyncRequest) -> tuple[MirrorTable, ...]:
    """The tables that the request narrows the sync to. Raises UsageError where it contradicts itself."""
    known = {table.name for table in TABLES}
    unknown = [name for name in request.tables if name not in known]
    if unknown:
        raise UsageError(f"there is no table {unknown[0]}", f"tables: {', '.join(table.name for table in TABLES)}")
    if request.row_id is not None and len(request.tables) != 1:
        raise UsageError("--id needs the one --table it belongs to")
    if request.row_id is not None and request.full:
        raise UsageError("--full takes whole files and --id only one row of them", "use one of the two")
    tables = tuple(
        table
        for table in TABLES
        if (not request.tables or table.name in request.tables) and request.tier in ("all", table.tier)
    )
    if not tables:
        raise UsageError(f"no table asked for is of the {request.tier} tier", "leave out --tier or --table")
    return tables


def present(request: SyncRequest, tables: Sequence[MirrorTable]) -> list[MirrorTable]:
    """The tables whose file is in the folder. Raises BadInput where there is none, or something else in its place."""
    folder = request.folder
    if not folder.is_dir():
        said = f"{folder} is not a folder" if folder.exists() else f"there is no folder {folder}"
        raise BadInput(said, "name the folder that holds the CSV files with --from")
    found = [table for table in tables if (folder / table.file).exists() or (folder / table.file).is_symlink()]
    if not found:
        raise BadInput(
            f"{folder} holds none of the files that arctl reads",
            f"expected: {', '.join(table.file for table in tables)}",
        )
    for table in found:
        if not (folder / table.file).is_file():
            raise BadInput(f"{folder / table.file} is not a file", "put the export in its place, or nothing")
    return found


def find(request: SyncRequest, tables: Sequence[MirrorTable]) -> list[SourceFile]:
    """The files of the folder, fingerprinted. Raises BadInput where one cannot be read."""
    mode = "full" if request.full else "changes"
    reading = f"{READER} {mode} {request.company} {request.row_id or ''}".strip()
    return [
        SourceFile(table, request.folder / table.file, fingerprint(request.folder / table.file), reading)
        for table in present(request, tables)
    ]


def folder_notices(request: SyncRequest, tables: Sequence[MirrorTable], files: Sequence[SourceFile]) -> list[str]:
    """What is to be known of the folder: files that arctl does not read, and under `full` those that are absent."""
    notices = []
    known = {table.file for table in TABLES}
    names = [path.name for path in request.folder.iterdir() if path.suffix.lower() == ".csv"]
    others = sorted(name for name in names if name not in known)
    if others:
        notices.append(f"not read, because arctl knows no such file: {', '.join(others)}")
    if request.full:
        present = {file.table.name for file in files}
        absent = [table.file for table in tables if table.name not in present]
        if absent:
            notices.append(f"absent, so its table was left alone: {', '.join(absent)}")
    return notices


def same_as_before(ledger: Ledger, file: SourceFile) -> bool:
    """The very bytes that this table was last read from, the same way, and all of it landed: every row stands."""
    last = sync_log.last_reading(ledger.connection, ledger.tenant_id, file.table)
    if last is None or last.sha256 != file.print.sha256 or last.reading != file.reading:
        return False
    if sync_log.has_waiting(ledger.connection, ledger.tenant_id, file.table):
        return False
    file.read = last.rows_read
    return True


def stage(ledger: Ledger, file: SourceFile, request: SyncRequest, progress: Progress) -> list[str]:
    """Read a file into its stage table; returns notices about its columns. Raises BadInput, Refused, UnknownId."""
    connection, name, row_id = ledger.connection, file.table.file, request.row_id
    if request.full and not file.print.size and request.accept is None:
        raise Refused(f"{name} has no content, not even a header", "export it again; nothing was changed")
    source = CsvFile(file.path, file.table, file.print.clean)
    file.read = file.bad = 0
    with staging.filling(connection):
        part = staging.create_part(connection, file.table, source.header.names, name, 0, retry=False)
        for chunk in source.chunks():
            rows, bad = chunk.rows, chunk.bad
            if row_id is not None:
                rows = [row for row in rows if _is(row_id, file.table, part.names, row[1:])]
                bad = [cell for cell in bad if _is(row_id, file.table, source.header.cells, cell.cells)]
            staging.add_rows(connection, part, rows)
            staging.add_rejects(connection, (reject_of(file.table, name, source.header.cells, cell) for cell in bad))
            file.read += chunk.read if row_id is None else len(rows) + len(bad)
            file.bad += len(bad)
            progress.step(f"reading {name}", chunk.bytes_done, file.print.size)
    if file.path.stat().st_mtime_ns != file.print.modified:
        raise BadInput(
            f"{name} changed while it was read", "sync again once the export has finished; nothing was changed"
        )
    if row_id is not None and not file.read:
        raise UnknownId(f"{name} holds no row with the id {row_id}")
    file.part = part
    if source.header.unknown:
        return [f"{name}: columns not read: {', '.join(source.header.unknown)}"]
    return []


def _is(row_id: str, table: MirrorTable, names: Sequence[str], cells: Sequence[object]) -> bool:
    """Whether a row is, or belongs to, the document of that id. An application is also named by its payer."""
    naming = {"id", "source_id"} if table.name == "payment_applications" else {table.identity[0]}
    return any(cell == row_id for name, cell in zip(names, cells, strict=False) if name in naming)


def reject_of(
    table: MirrorTable, file: str, header: Sequence[str], bad: BadCell, reject_id: int | None = None
) -> Reject:
    """An unreadable row as it is kept. Its keys are made of its other cells: those that could be read."""
    cells = dict(zip(header, bad.cells, strict=False))
    row_key, set_key = (None, None) if bad.column == "id" else staging.key_of(table, {**cells, bad.column: ""})
    dated = staging.date_field(table)
    whole = len(header) == len(bad.cells) and not bad.torn
    day = cells.get(dated) if dated and dated != bad.column and whole else None
    return Reject(
        table.name, file, bad.line, bad.column, _storable(bad.value)[:200], bad.reason,
        _storable(row_key) or None, _storable(set_key) or None, _storable(day) or None,
        staging.row_json(header, bad.cells, bad.reason if bad.torn else ""), reject_id,
    )  # fmt: skip


def _storable(text: str | None) -> str:
    return (text or "").encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def stage_again(
    ledger: Ledger, table: MirrorTable, number: int, header_cells: Sequence[str], rows: Sequence[Waiting]
) -> tuple[Part, int]:
    """Rejected rows of one header staged again, and how many of them still cannot be read."""
    good: Sequence[Sequence[Value]]
    connection = ledger.connection
    header = check_header(header_cells, table, table.file)
    part = staging.create_part(connection, table, header.names, table.file, number, retry=True)
    reader = RowReader(table, header, clean=False)
    failed = 0
    for row in rows:
        if row.torn:
            good, bad = [], [BadCell(row.line, "", row.value, row.torn, row.cells, torn=True)]
        else:
            good, bad = reader.read([row.line], [row.cells])
        failed += len(bad)
        staging.add_rejects(connection, (reject_of(table, row.file, header_cells, cell, row.reject_id) for cell in bad))
        staging.add_rows(connection, part, good)
        if good:
            staging.mark_retried(connection, part, row.reject_id)
    return part, failed
