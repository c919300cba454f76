"""Bring the mirror up to date from a folder of CSV files: stage, then land all of it in one transaction, or nothing."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from arctl.core.mirror import CUSTOMERS, INVOICES, PAYMENTS, MirrorTable
from arctl.core.sync_report import SyncReport, TableCounts
from arctl.errors import Refused
from arctl.services import sync_events, sync_files
from arctl.services.sync_files import Progress, SourceFile, SyncRequest
from arctl.store import derive, merge, order_references, staging, sync_log
from arctl.store.landing import LANDINGS
from arctl.store.ledger import Ledger, fold_log, written_once
from arctl.store.merge import Landed
from arctl.store.resolve import Books
from arctl.store.staging import Part
from arctl.store.sync_log import SyncRun

__all__ = ["Progress", "SyncRequest", "check", "holdings", "sync_folder"]

LARGE = 50_000_000
"""Bytes of files that make more pages than SQLite holds in memory: only then does it matter how often a page is written."""

LOST_TOO_MUCH = 20
"""Per cent of a table's rows that a file taken as the whole truth may lose before a person must agree."""


class _NothingLands(Exception):
    """Carries the report out of a transaction that must not commit."""

    def __init__(self, report: SyncReport) -> None:
        super().__init__()
        self.report = report


class _Overtaken(Exception):
    """Another sync landed while this one read: a file taken for the one that landed last no longer is."""


def check(request: SyncRequest) -> None:
    """Raises UsageError or BadInput where the request or its folder cannot be: before a ledger is made for it."""
    sync_files.present(request, sync_files.wanted(request))


def sync_folder(ledger: Ledger, request: SyncRequest, clock: Callable[[], datetime], progress: Progress) -> SyncReport:
    """Sync one folder into the ledger.

    Raises BadInput (a file cannot be read as what it is), Refused (a file lost too much under `full`), UsageError. Rows
    that cannot land are in the report, not raised.
    """
    tables = sync_files.wanted(request)
    files = sync_files.find(request, tables)
    run = SyncRun(
        str(request.folder), "full" if request.full else "changes", request.sync_type, request.tier, request.actor,
        _stamp(clock()), request.accept,
    )  # fmt: skip
    staging.prepare(ledger.connection)
    sync_log.prepare_retries(ledger.connection)
    notices = sync_files.folder_notices(request, tables, files)
    while True:
        for file in files:
            if file.part is None and not sync_files.same_as_before(ledger, file):
                notices += sync_files.stage(ledger, file, request, progress)
        try:
            with _mode(ledger, files), ledger.transaction():
                report = _land(ledger, request, run, tables, files, clock, progress)
                report = replace(report, notices=[*notices, *report.notices])
                if request.dry_run or (request.strict and report.rejects):
                    status = "dry_run" if request.dry_run else "refused"
                    raise _NothingLands(replace(report, batch=None, status=status))
            break
        except _Overtaken:
            continue
        except _NothingLands as stopped:
            return stopped.report
    fold_log(ledger)
    return report


def _mode(ledger: Ledger, files: Sequence[SourceFile]) -> AbstractContextManager[None]:
    large = sum(file.print.size for file in files) > LARGE
    return written_once(ledger) if large and sync_log.never_synced(ledger.connection) else nullcontext()


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _land(
    ledger: Ledger,
    request: SyncRequest,
    run: SyncRun,
    tables: Sequence[MirrorTable],
    files: Sequence[SourceFile],
    clock: Callable[[], datetime],
    progress: Progress,
) -> SyncReport:
    """Land everything inside the caller's transaction, and log it."""
    if any(file.part is None and not sync_files.same_as_before(ledger, file) for file in files):
        raise _Overtaken
    connection, tenant = ledger.connection, ledger.tenant_id
    opening = sync_log.is_empty(connection, tenant)
    blank = sync_events.never_held(ledger, tables)
    batch = sync_log.open_batch(connection, tenant, run)
    books = Books(connection, tenant, batch, request.company)
    by_table = {file.table.name: file for file in files}
    parts = [file.part for file in files if file.part]
    companies_before = staging.company_names(connection, tenant)
    logged: list[tuple[TableCounts, str | None, str | None, str]] = []
    notices: list[str] = []
    for number, table in enumerate(tables):
        progress.step("landing", number, len(tables) + 2)
        file = by_table.get(table.name)
        known = _known(books, file) if request.full else 0
        counts = _land_table(ledger, books, table, file, parts, request, opening)
        if request.full and file:
            _guard(file, known, counts.closed, request.accept)
        if (request.full or table.set_of) and not opening and merge.nameless_rejects(books, LANDINGS[table.name]):
            notices.append(f"{table.file}: a rejected row might be any, so no row gone from it was closed")
        if file:
            logged.append((counts, table.file, file.print.sha256, file.reading))
        elif counts.retried:
            logged.append((counts, None, None, ""))
    sync_log.settle_rejects(connection, tenant, batch, [table.name for table in tables])
    progress.step("landing", len(tables), len(tables) + 2)
    _derive(ledger, opening, [counts for counts, *_ in logged])
    completed = _stamp(clock())
    sync_events.record(ledger, batch, run, request.company, blank, logged, completed)
    sync_log.close_batch(connection, tenant, batch, run, logged, completed)
    added = [name for name in staging.company_names(connection, tenant) if name not in companies_before]
    if added:
        notices.append(f"new companies: {', '.join(added)}; `arctl config list` shows their currency and time zone")
    progress.step("landing", len(tables) + 1, len(tables) + 2)
    rejects = list(sync_log.fresh_rejects(connection))
    status = "completed_with_rejects" if rejects else "completed"
    return SyncReport(status, batch, run.source, [counts for counts, *_ in logged], rejects, notices)


def holdings(ledger: Ledger) -> dict[str, int]:
    """How many rows of customers, invoices and payments the mirror holds now, by table."""
    return {
        table.name: sync_log.open_rows(ledger.connection, ledger.tenant_id, table.base, LANDINGS[table.name].scope)
        for table in (CUSTOMERS, INVOICES, PAYMENTS)
    }


def _derive(ledger: Ledger, opening: bool, counts: Sequence[TableCounts]) -> None:
    if not opening:
        derive.relink(ledger.connection, ledger.tenant_id)
    if opening or any(each.inserted or each.updated or each.closed for each in counts):
        derive.derive(ledger.connection, ledger.tenant_id, everything=opening)
        order_references.fill(ledger.connection, ledger.tenant_id, everything=opening)


def _known(books: Books, file: SourceFile | None) -> int:
    if file is None:
        return 0
    landing = LANDINGS[file.table.name]
    return sync_log.open_rows(books.connection, books.tenant, landing.table.base, landing.scope)


def _guard(file: SourceFile, known: int, closed: int, accept: str | None) -> None:
    """A file taken as the whole truth that lost much of its table stops the sync: so does an export gone wrong look."""
    lost = max(known - file.read, closed)
    if known and (file.read == 0 or lost * 100 > known * LOST_TOO_MUCH) and accept is None:
        raise Refused(
            f"{file.table.file} holds {file.read} rows and lacks {lost} of the {known} that the ledger has",
            'export it again, or say why it is right with --accept "reason"; nothing was changed',
        )


def _land_table(
    ledger: Ledger,
    books: Books,
    table: MirrorTable,
    file: SourceFile | None,
    parts: Sequence[Part],
    request: SyncRequest,
    opening: bool,
) -> TableCounts:
    """Land a table's file, then the rows that wait from earlier syncs."""
    landing = LANDINGS[table.name]
    part = file.part if file else None
    sync_log.supersede(books.connection, books.tenant, table, part, request.full, request.row_id is not None)
    landed = merge.land(books, landing, part, parts, request.full, opening) if part else Landed()
    inserted, updated, unchanged, rejected = landed.inserted, landed.updated, landed.unchanged, landed.rejected
    if file:
        rejected += file.bad
        unchanged += 0 if part else file.read
    closed = landed.closed
    waiting = sync_log.waiting(books.connection, books.tenant, table)
    by_header = groupby(sorted(waiting, key=lambda row: row.header), key=lambda row: row.header)
    # All are read before any lands: a set of which one row cannot be read speaks for nothing.
    staged = [
        sync_files.stage_again(ledger, table, number, header, list(rows))
        for number, (header, rows) in enumerate(by_header, start=1)
    ]
    for retry, failed in staged:
        again = merge.land(books, landing, retry, parts, False, opening)
        inserted, updated, unchanged = inserted + again.inserted, updated + again.updated, unchanged + again.unchanged
        rejected, closed = rejected + again.rejected + failed, closed + again.closed
    return TableCounts(
        table.name,
        file.read if file else 0,
        inserted,
        updated,
        unchanged,
        closed,
        rejected,
        len(waiting),
        "same file as before" if file and not part else "",
    )
