"""What a sync made happen, recorded in the sync's own transaction: both land, or neither."""

from collections.abc import Iterable, Sequence

from arctl.core.mirror import INVOICES, PAYMENTS, TRANSACTIONS, MirrorTable
from arctl.core.sync_events import Arrival, Loaded, happened, loaded
from arctl.core.sync_report import TableCounts
from arctl.store import books, events
from arctl.store import sync_events as store
from arctl.store.ledger import Ledger
from arctl.store.sync_log import SyncRun

_ARRIVALS = {INVOICES.name: store.invoices, PAYMENTS.name: store.payments, TRANSACTIONS.name: store.orders}


def never_held(ledger: Ledger, tables: Iterable[MirrorTable]) -> set[str]:
    """The tables whose opening load this sync would be: to be asked before anything lands."""
    return store.never_held(ledger.connection, ledger.tenant_id, tables)


def record(
    ledger: Ledger,
    batch: int,
    run: SyncRun,
    company: int,
    blank: set[str],
    logged: Sequence[tuple[TableCounts, str | None, str | None, str]],
    completed_at: str,
) -> None:
    """Append the batch's events: of each `blank` table one that it was loaded, of the others what is news, by document.

    `logged` holds for each table its counts, file, SHA-256 and reading; a load bears the date of `company`. The time is UTC.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    opened = [Loaded(c.table, c.inserted, sha256) for c, _, sha256, _ in logged if c.table in blank and c.inserted]
    day = books.date_at(connection, tenant, company, completed_at)
    arrivals: list[Arrival] = []
    for counts, *_ in logged:
        if counts.table in _ARRIVALS and counts.table not in blank and counts.inserted + counts.updated:
            arrivals += _ARRIVALS[counts.table](connection, tenant, batch)
    found = [*loaded(opened, batch, run.source, day), *happened(arrivals, batch)]
    events.append(connection, tenant, found, completed_at, run.actor)
