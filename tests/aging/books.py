"""Ledgers for the tests of aging: receivables synced into a file of their own, and the report as plain values."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from shutil import copyfile
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any

from arctl.core.aging import AgingReport
from arctl.core.documents import Receivables
from arctl.core.sync_report import SyncReport
from arctl.services.age import AgeRequest, age
from arctl.services.books import ensure_ledger
from arctl.services.sync import SyncRequest, sync_folder
from arctl.store.ledger import Ledger, open_ledger
from tests.folders import COLUMNS, Row, folder_rows

FIRST_SYNC = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
Key = tuple[str, str]
"""(company, currency)."""
Files = Mapping[str, Sequence[Row]]
"""File name -> its rows; a file without rows is there, an absent one is not."""
Item = tuple[str, int, int, date]
"""(invoice id, instalment, outstanding in cents, due date)."""


class Silent:
    """Progress that nobody watches."""

    def step(self, label: str, done: int, total: int) -> None:
        """Say nothing."""


_KEPT = TemporaryDirectory(prefix="arctl-aging-")  # it goes when the interpreter does


@cache
def _empty() -> Path:
    """An empty ledger to copy: laying the schema costs more than a small sync."""
    path = Path(_KEPT.name) / "empty.db"
    ensure_ledger(path, "default").close()
    return path


@contextmanager
def empty_books() -> Iterator["Books"]:
    """An empty ledger in a temporary folder."""
    with TemporaryDirectory(prefix="arctl-aging-", ignore_cleanup_errors=True) as place:
        copyfile(_empty(), Path(place) / "arctl.db")
        books = Books(Path(place), open_ledger(Path(place) / "arctl.db", "default"))
        # What these tests are about is not whether a disk keeps what it was given.
        books.ledger.connection.execute("PRAGMA synchronous = OFF")
        try:
            yield books
        finally:
            books.ledger.close()


@contextmanager
def books_of(receivables: Receivables, shuffle: Random | None = None) -> Iterator["Books"]:
    """A ledger into which these receivables were synced once."""
    with empty_books() as books:
        books.sync(receivables, shuffle)
        yield books


@dataclass
class Books:
    """A ledger with the folder that is synced into it; syncs are a day apart."""

    place: Path
    ledger: Ledger
    syncs: int = 0

    def sync(self, receivables: Receivables, shuffle: Random | None = None, full: bool = False) -> SyncReport:
        """Sync every file, also those without a row; every row must land."""
        rows = folder_rows(receivables)
        if shuffle is not None:
            for each in rows.values():
                shuffle.shuffle(each)
        return self.sync_rows(rows, full)

    def sync_rows(self, rows: Files, full: bool = False, rejects: bool = False) -> SyncReport:
        """Sync files of these rows; every row must land unless `rejects` are expected."""
        self.syncs += 1
        folder = self.place / f"sync-{self.syncs}"
        folder.mkdir()
        for name, lines in rows.items():
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS[name].split(), restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(lines)
        moment = FIRST_SYNC + timedelta(days=self.syncs)
        request = SyncRequest(folder, full=full, accept="a test" if full else None, actor="tester")
        report = sync_folder(self.ledger, request, lambda: moment, Silent())
        assert rejects or not report.rejects, report.rejects
        return report

    def ask(self, as_of: date, **asked: Any) -> AgingReport:
        """The report of the service."""
        return age(self.ledger, AgeRequest(as_of, **asked))

    def again(self) -> "Books":
        """The same ledger by a connection of its own: what is recalled on one lasts as long as the connection."""
        return Books(self.place, open_ledger(self.place / "arctl.db", "default"), self.syncs)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query answers."""
        return self.ledger.connection.execute(sql, values).fetchall()


def laid_out(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder of CSV files, name without .csv -> text; the text is dedented, and its first line break dropped."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


def items_of(report: AgingReport) -> dict[Key, list[Item]]:
    """Every open item of a report by invoice."""
    return {
        (group.company, group.currency): sorted(
            (item.invoice_id, item.installment, item.outstanding_cents, date.fromisoformat(item.due_date))
            for item in group.items or ()
        )
        for group in report.groups
        if group.items
    }


def unapplied_of(report: AgingReport) -> dict[tuple[str, str, str], int]:
    """(company, currency, customer) -> unapplied cents; customers without are left out."""
    return {
        (group.company, group.currency, row.customer_id): row.unapplied
        for group in report.groups
        for row in group.customers
        if row.unapplied
    }


def nets_of(report: AgingReport) -> dict[Key, tuple[int, int]]:
    """(expected, aged) net cents of every group in which one of them is not 0."""
    return {
        (group.company, group.currency): (group.tie_out.expected_net, group.tie_out.aged_net)
        for group in report.groups
        if group.tie_out.expected_net or group.tie_out.aged_net
    }


def answer(report: AgingReport) -> dict[Key, Any]:
    """All that a report says of its groups, without the order of its rows and without what is dated after."""
    return {
        (group.company, group.currency): (
            group.totals,
            group.tie_out,
            sorted(group.customers),
            sorted(item._replace(account=0) for item in group.items or ()),
            [remark for remark in group.exceptions if remark.code != "dated after"],
        )
        for group in report.groups
        if group.customers or group.tie_out.expected_net
    }


# Not middle_cents: it is noted where it comes for nothing, and a balance without it is worked out.
ITEMS = (
    "SELECT i.id, x.installment, x.settled_day, x.invoice_day, x.due_day, x.opens_day, x.opening_cents, x.next_day,"
    " x.last_day, x.final_cents, x.cap_cents, x.after_cents, x.flags, c.id, k.name, a.currency"
    " FROM ar_items AS x JOIN ar_accounts AS a USING (account_id) JOIN erp_invoices AS i ON i.invoice_key = x.invoice_key"
    " JOIN erp_customers AS c ON c.customer_key = a.customer_key JOIN companies AS k ON k.company_id = a.company_id"
    " ORDER BY 1, 2"
)
CREDITS = (
    "SELECT s.source_type, s.id, x.settled_day, x.source_day, x.opens_day, x.opening_cents, x.next_day, x.last_day,"
    " x.final_cents, c.id, k.name, a.currency"
    " FROM ar_credits AS x JOIN ar_accounts AS a USING (account_id) JOIN erp_sources AS s ON s.source_key = x.source_key"
    " JOIN erp_customers AS c ON c.customer_key = a.customer_key JOIN companies AS k ON k.company_id = a.company_id"
    " ORDER BY 1, 2"
)
DAY_TOTALS = (
    "SELECT k.name, t.currency, t.heading, t.day, t.started_cents, t.stopped_cents, t.started, t.stopped"
    " FROM ar_day_totals AS t JOIN companies AS k ON k.company_id = t.company_id ORDER BY 1, 2, 3, 4"
)


def derived(books: Books) -> list[list[tuple[Any, ...]]]:
    """The derived tables by ids of documents instead of keys."""
    return [books.rows(ITEMS), books.rows(CREDITS), books.rows(DAY_TOTALS)]
