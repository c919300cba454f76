"""Bring the mirror up to date from a folder of CSV files: stage, then land all of it in one transaction, or nothing."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from arctl.connectors.csv_file import BadCell, CsvFile, Fingerprint, RowReader, check_header, fingerprint
from arctl.core.mirror import TABLES, MirrorTable
from arctl.core.sync_report import SyncReport, TableCounts
from arctl.errors import BadInput, Refused, UsageError
from arctl.store import derive, merge, staging, sync_log
from arctl.store.landing import LANDINGS
from arctl.store.ledger import Ledger
from arctl.store.merge import Landed
from arctl.store.resolve import Books
from arctl.store.staging import Part, Reject
from arctl.store.sync_log import SyncRun

READER = "1"
"""Raised whenever cells are read differently, so that a file read by an earlier arctl is read again."""

LOST_TOO_MUCH = 20
"""Per cent of a table's rows that a file taken as the whole truth may lose before a person must agree."""

_CACHE_KB = 96_000


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
class _File:
    """One file of the folder on its way: `part` is None while unread and where the same bytes landed before."""

    table: MirrorTable
    path: Path
    print: Fingerprint
    reading: str
    part: Part | None = None
    read: int = 0
    bad: int = 0


class _NothingLands(Exception):
    """Carries the report out of a transaction that must not commit."""

    def __init__(self, report: SyncReport) -> None:
        super().__init__()
        self.report = report


def sync_folder(ledger: Ledger, request: SyncRequest, clock: Callable[[], datetime], progress: Progress) -> SyncReport:
    """Sync one folder into the ledger.

    Raises BadInput (a file cannot be read as what it is), Refused (a file lost too much under `full`), UsageError. Rows that
    cannot land are in the report, not raised.
    """
    tables = _wanted(request)
    found = [table for table in tables if (request.folder / table.file).is_file()]
    if not found:
        raise BadInput(
            f"{request.folder} holds none of the files arctl reads" if request.folder.is_dir() else f"{request.folder} is no folder",
            f"expected: {', '.join(table.file for table in tables)}",
        )
    run = SyncRun(
        str(request.folder), "full" if request.full else "changes", request.sync_type, request.tier, request.actor,
        _stamp(clock()), request.accept,
    )  # fmt: skip
    connection = ledger.connection
    staging.prepare(connection)
    sync_log.prepare_retries(connection)
    files = [_look(ledger, request, table) for table in found]
    notices = _notices(request, tables, files)
    for file in files:
        if file.part is None and not _same_as_before(ledger, file):
            notices += _stage(connection, file, request.row_id, progress)
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    try:
        with ledger.transaction():
            report = _land(ledger, request, run, tables, files, notices, clock, progress)
            if request.dry_run or (request.strict and report.rejects):
                raise _NothingLands(replace(report, batch=None, status="dry_run" if request.dry_run else "refused"))
    except _NothingLands as stopped:
        return stopped.report
    _checkpoint(connection)
    return report


def _wanted(request: SyncRequest) -> tuple[MirrorTable, ...]:
    known = {table.name for table in TABLES}
    unknown = [name for name in request.tables if name not in known]
    if unknown:
        raise UsageError(f"there is no table {unknown[0]}", f"tables: {', '.join(table.name for table in TABLES)}")
    if request.row_id is not None and len(request.tables) != 1:
        raise UsageError("--id needs the --table it belongs to")
    if request.row_id is not None and request.full:
        raise UsageError("--full takes the files as the whole truth and --id only one row of them", "use one of the two")
    return tuple(
        table
        for table in TABLES
        if (not request.tables or table.name in request.tables) and request.tier in ("all", table.tier)
    )


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _look(ledger: Ledger, request: SyncRequest, table: MirrorTable) -> _File:
    path = request.folder / table.file
    reading = f"{READER} {'full' if request.full else 'changes'} {request.company} {request.row_id or ''}".strip()
    return _File(table, path, fingerprint(path), reading)


def _notices(request: SyncRequest, tables: Sequence[MirrorTable], files: Sequence[_File]) -> list[str]:
    notices = []
    known = {table.file for table in TABLES}
    others = sorted(path.name for path in request.folder.glob("*.csv") if path.name not in known)
    if others:
        notices.append(f"not read, because arctl knows no such file: {', '.join(others)}")
    if request.full:
        present = {file.table.name for file in files}
        absent = [table.file for table in tables if table.name not in present]
        if absent:
            notices.append(f"absent, so its table was left alone: {', '.join(absent)}")
    return notices


def _same_as_before(ledger: Ledger, file: _File) -> bool:
    """The very bytes that this table was last read from, read the same way: every row stands as it was."""
    last = sync_log.last_reading(ledger.connection, ledger.tenant_id, file.table)
    if last is None or last.sha256 != file.print.sha256 or last.reading != file.reading:
        return False
    file.read = last.rows_read
    return True


def _stage(connection: sqlite3.Connection, file: _File, row_id: str | None, progress: Progress) -> list[str]:
    """Read a file into its stage table; returns notices about its columns."""
    source = CsvFile(file.path, file.table, file.print.clean)
    part = staging.create_part(connection, file.table, source.header.names, file.table.file, 0, retry=False)
    file.part = part
    place = 1 + part.names.index(file.table.fields[0].name) if row_id is not None else 0
    connection.execute("BEGIN")
    for chunk in source.chunks():
        rows, bad = chunk.rows, chunk.bad
        if row_id is not None:
            rows = [row for row in rows if row[place] == row_id]
            bad = []
        staging.add_rows(connection, part, rows)
        if bad:
            staging.add_rejects(connection, (_reject(file.table, file.table.file, source.header.cells, cell) for cell in bad))
        file.read += chunk.read if row_id is None else len(rows)
        file.bad += len(bad)
        progress.step(f"reading {file.table.file}", chunk.bytes_done, file.print.size)
    connection.execute("COMMIT")
    if source.header.unknown:
        return [f"{file.table.file}: columns not read: {', '.join(source.header.unknown)}"]
    return []


def _reject(table: MirrorTable, file: str, header: Sequence[str], bad: BadCell, reject_id: int | None = None) -> Reject:
    cells = dict(zip(header, bad.cells, strict=False)) if len(header) == len(bad.cells) else {}
    row_key, set_key = staging.key_of(table, cells)
    dated = staging.date_field(table)
    printable = bad.value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")[:200]
    return Reject(
        table.name, file, bad.line, bad.column, printable, bad.reason,
        _storable(row_key), _storable(set_key), _storable(cells.get(dated)) if dated else None,
        staging.row_json(header, bad.cells), reject_id,
    )  # fmt: skip


def _storable(text: str | None) -> str | None:
    return text.encode("utf-8", "backslashreplace").decode("utf-8") if text else None


def _land(
    ledger: Ledger,
    request: SyncRequest,
    run: SyncRun,
    tables: Sequence[MirrorTable],
    files: Sequence[_File],
    notices: list[str],
    clock: Callable[[], datetime],
    progress: Progress,
) -> SyncReport:
    connection, tenant = ledger.connection, ledger.tenant_id
    opening = not any(sync_log.open_rows(connection, tenant, table.base, "1") for table in TABLES)
    batch = sync_log.open_batch(connection, tenant, run)
    books = Books(connection, tenant, batch, request.company)
    by_table = {file.table.name: file for file in files}
    parts = [file.part for file in files if file.part]
    companies_before = books.value("SELECT count(*) FROM companies WHERE tenant_id = :tenant")
    if request.full:
        _guard(ledger, files, request.accept)
    logged = []
    for number, table in enumerate(tables):
        progress.step("landing", number, len(tables) + 2)
        counts = _land_table(books, table, by_table.get(table.name), parts, request, opening)
        file = by_table.get(table.name)
        if file:
            logged.append((counts, table.file, file.print.sha256, file.reading))
        elif counts.inserted or counts.updated or counts.rejected:
            logged.append((counts, None, None, ""))
    sync_log.settle_rejects(connection, tenant, batch, [table.name for table in tables])
    progress.step("working out balances", len(tables), len(tables) + 2)
    if not opening:
        derive.relink(connection, tenant)
    if opening or any(counts.inserted or counts.updated or counts.closed for counts, *_ in logged):
        derive.derive(connection, tenant, everything=opening)
    sync_log.close_batch(connection, tenant, batch, run, logged, _stamp(clock()))
    added = books.value("SELECT count(*) FROM companies WHERE tenant_id = :tenant") - companies_before
    if added:
        notices.append(f"companies new in this sync: {added}; see `arctl config list` for their currency and time zone")
    progress.step("committing", len(tables) + 2, len(tables) + 2)
    rejects = list(sync_log.fresh_rejects(connection))
    status = "completed_with_rejects" if rejects else "completed"
    return SyncReport(status, batch, run.source, [counts for counts, *_ in logged], rejects, notices)


def _guard(ledger: Ledger, files: Sequence[_File], accept: str | None) -> None:
    """A file taken as the whole truth that is empty or lost much of its table stops the sync: an export gone wrong looks so."""
    for file in files:
        landing = LANDINGS[file.table.name]
        known = sync_log.open_rows(ledger.connection, ledger.tenant_id, landing.table.base, landing.scope)
        lost = known - file.read
        if known and (file.read == 0 or lost * 100 > known * LOST_TOO_MUCH) and not accept:
            raise Refused(
                f"{file.table.file} holds {file.read} rows, the ledger {known}: taking it as the whole truth would close {lost} or more",
                'export it again, or say why it is right with --accept "reason"; nothing was changed',
            )


def _land_table(
    books: Books, table: MirrorTable, file: _File | None, parts: Sequence[Part], request: SyncRequest, opening: bool
) -> TableCounts:
    """Land a table's file and its waiting rejects."""
    landing = LANDINGS[table.name]
    part = file.part if file else None
    sync_log.supersede(books.connection, books.tenant, table, part, whole=request.full)
    landed = merge.land(books, landing, part, parts, request.full, opening) if part else Landed()
    unchanged = landed.unchanged if part else (file.read if file else 0)
    rejected = landed.rejected + (file.bad if file else 0)
    retried = Landed()
    failed = 0
    for retry, bad in _retries(books, table):
        failed += bad
        if retry:
            again = merge.land(books, landing, retry, parts, False, opening)
            retried = Landed(
                retried.inserted + again.inserted, retried.updated + again.updated, 0, 0, retried.rejected + again.rejected
            )
    if file and not part:  # the same bytes as before: the rows that wait are among those counted as read
        unchanged -= retried.inserted + retried.updated + retried.rejected + failed
    return TableCounts(
        table.name,
        file.read if file else 0,
        landed.inserted + retried.inserted,
        landed.updated + retried.updated,
        max(unchanged, 0),
        landed.closed,
        rejected + retried.rejected + failed,
        "same file as before" if file and not part else "",
    )


def _retries(books: Books, table: MirrorTable) -> Iterator[tuple[Part | None, int]]:
    """The table's waiting rejects staged again, by the header they were read under, and how many still cannot be read."""
    waiting = sync_log.waiting(books.connection, books.tenant, table)
    headers: dict[tuple[str, ...], list[tuple[int, str, int, list[str]]]] = {}
    for row in waiting:
        kept = json.loads(row.row_json)
        headers.setdefault(tuple(kept["header"]), []).append((row.reject_id, row.file, row.line, kept["cells"]))
    for number, (cells, rows) in enumerate(headers.items(), start=1):
        header = check_header(cells, table, table.file)
        part = staging.create_part(books.connection, table, header.names, table.file, number, retry=True)
        reader = RowReader(table, header, clean=False)
        bad_count = 0
        for reject_id, file, line, record in rows:
            good, bad = reader.read([line], [record])
            bad_count += len(bad)
            staging.add_rejects(books.connection, (_reject(table, file, cells, cell, reject_id) for cell in bad))
            staging.add_rows(books.connection, part, good)
            if good:
                books.connection.execute(
                    f"UPDATE {part.stage} SET retries = ? WHERE n = (SELECT max(n) FROM {part.stage})", (reject_id,)
                )
        yield part, bad_count


def _checkpoint(connection: sqlite3.Connection) -> None:
    """Fold the write-ahead log into the ledger. A reader may hold it open: then a later sync does, and nothing is lost."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
