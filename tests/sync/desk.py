"""A ledger and a folder on one desk: write files, sync them, look at what the mirror holds."""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

from arctl.core.sync_report import RejectedRow, SyncReport, TableCounts
from arctl.services.books import ensure_ledger
from arctl.services.sync import SyncRequest, sync_folder
from arctl.store.ledger import Ledger

START = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

# What the mirror says, by the names people type: without keys, batches and times, which depend on the way there.
_CONTENT = {
    "customers": "id, name, email, terms, credit_limit_cents, currency, entitystatus, isinactive, sales_rep,"
    " sales_rep_email, parent_id, company",
    "customer_invoices": "*",
    "invoice_lines": "*",
    "invoice_installments": "*",
    "credit_memos": "*",
    "customer_payments": "*",
    "payment_applications": "*",
    "customer_refunds": "*",
    "write_offs": "*",
    "transactions": "*",
    "transaction_lines": "*",
    "inventory_balance": "*",
}
_ITEMS = """
    SELECT i.id, x.settled_day, x.installment, x.invoice_day, x.due_day, x.opens_day, x.opening_cents, x.next_day,
           x.last_day, x.final_cents, x.cap_cents, x.after_cents, x.flags, c.id, a.company_id, a.currency
      FROM ar_items AS x
      JOIN ar_accounts AS a USING (account_id)
      JOIN erp_invoices AS i ON i.invoice_key = x.invoice_key
      JOIN erp_customers AS c ON c.customer_key = a.customer_key
    """
_CREDITS = """
    SELECT s.source_type, s.id, x.settled_day, x.source_day, x.opens_day, x.opening_cents, x.next_day, x.last_day,
           x.final_cents, c.id, a.company_id, a.currency
      FROM ar_credits AS x
      JOIN ar_accounts AS a USING (account_id)
      JOIN erp_sources AS s ON s.source_key = x.source_key
      JOIN erp_customers AS c ON c.customer_key = a.customer_key
    """
_DERIVED = (_ITEMS, _CREDITS, "SELECT * FROM ar_day_totals")
HISTORIES = (
    *("customers", "invoices", "invoice_lines", "installments", "sources", "applications", "refunds", "write_offs"),
    *("transactions", "transaction_lines", "inventory"),
)


class Silent:
    """Progress that nobody watches."""

    def step(self, label: str, done: int, total: int) -> None:
        """Say nothing."""


@dataclass
class Desk:
    """`folder` is synced into the ledger at `db`; the clock goes on by a minute with every look at it."""

    folder: Path
    db: Path
    ledger: Ledger = field(init=False)
    _minutes: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.ledger = ensure_ledger(self.db, "default")

    def now(self) -> datetime:
        self._minutes += 1
        return START + timedelta(minutes=self._minutes)

    def write(self, **files: str | bytes) -> "Desk":
        """Write `customers="..."` as customers.csv; text is dedented, and its first line break dropped."""
        for name, text in files.items():
            content = text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode()
            (self.folder / f"{name}.csv").write_bytes(content)
        return self

    def clear(self) -> "Desk":
        for path in self.folder.iterdir():
            path.unlink()
        return self

    def sync(self, **asked: Any) -> SyncReport:
        """One sync; every row must be accounted for."""
        report = sync_folder(self.ledger, SyncRequest(self.folder, actor="tester", **asked), self.now, Silent())
        adds_up(report)
        return report

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.ledger.connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> Any:
        ((value,),) = self.rows(sql, *values)
        return value

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything the mirror says and what is derived from it, in an order of its own."""
        found = {name: sorted(self.rows(f"SELECT {what} FROM {name}"), key=repr) for name, what in _CONTENT.items()}
        return found | {sql: sorted(self.rows(sql), key=repr) for sql in _DERIVED}

    def history(self) -> int:
        """Versions that were replaced, of all tables."""
        return sum(self.one(f"SELECT count(*) FROM erp_{name}_history") for name in HISTORIES)

    def dump(self) -> list[str]:
        """The whole database as SQL."""
        return list(self.ledger.connection.iterdump())


def adds_up(report: SyncReport) -> None:
    for counts in report.tables:
        accounted = counts.inserted + counts.updated + counts.unchanged + counts.rejected
        assert counts.read + counts.retried == accounted, counts
    assert sum(counts.rejected for counts in report.tables) == len(report.rejects)


def counts_of(report: SyncReport, table: str) -> TableCounts:
    return next(counts for counts in report.tables if counts.table == table)


def told(report: SyncReport) -> list[tuple[int, str, str, str]]:
    """(line, column, value, reason) of each reject."""
    return [(row.line, row.column, row.value, row.reason) for row in report.rejects]


def only(report: SyncReport) -> RejectedRow:
    (row,) = report.rejects
    return row


def content_of(db: Path) -> list[str]:
    """A ledger's whole content, read by a connection of its own."""
    connection = sqlite3.connect(db)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return list(connection.iterdump())
    finally:
        connection.close()


CUSTOMERS = """\
id,name
C1,Acme
C2,Birch
"""
INVOICES = """\
id,customer_id,invoice_date,amount,due_date
INV-1,C1,2026-01-05,100.00,2026-02-04
INV-2,C1,2026-01-10,50.00,2026-02-09
INV-3,C2,2026-01-12,70.00,2026-02-11
"""
PAYMENTS = """\
id,customer_id,receipt_date,amount
P1,C1,2026-02-01,120.00
P2,C2,2026-02-02,70.00
"""
APPLICATIONS = """\
source_type,source_id,invoice_id,amount,applied_on
payment,P1,INV-1,100.00,2026-02-01
payment,P1,INV-2,20.00,2026-02-03
payment,P2,INV-3,70.00,
"""
BOOKS = {
    "customers": CUSTOMERS,
    "customer_invoices": INVOICES,
    "customer_payments": PAYMENTS,
    "payment_applications": APPLICATIONS,
}
