"""The names people type into SQL: the aging views say what `age` says today, and every query they have keeps running."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from arctl.core.documents import Receivables
from arctl.core.money import minor_digits
from tests.aging.books import Books, books_of
from tests.aging.conftest import Here, Lay
from tests.conftest import ROOT
from tests.ledgers import ledgers

FIVE = ("current", "days_30", "days_60", "days_90", "days_90_plus")
_UNITS = """
    SELECT company, currency, invoice_id, installment, customer_id, customer_name, amount_cents, amount, days_overdue, bucket
      FROM v_ar_aging ORDER BY 1, 2, 3, 4
    """


def _by_view(books: Books) -> list[tuple[Any, ...]]:
    return books.rows(_UNITS)


def _by_report(books: Books) -> list[tuple[Any, ...]]:
    from datetime import date

    ((today,),) = books.rows("SELECT DISTINCT today FROM company_today")
    report = books.ask(date.fromisoformat(today), by="invoice")
    names = report.names
    return sorted(
        (
            group.company,
            group.currency,
            item.invoice_id,
            item.installment,
            names[item.account].customer_id,
            names[item.account].customer_name,
            item.outstanding_cents,
            item.outstanding_cents / 10 ** minor_digits(group.currency),
            item.days_overdue,
            report.buckets.name(item.days_overdue),
        )
        for group in report.groups
        for item in group.items or ()
    )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers())
def test_the_views_are_the_report_of_today(receivables: Receivables) -> None:
    with books_of(receivables) as books:
        lines = _by_report(books)
        assert _by_view(books) == lines
        customers: dict[tuple[str, str, str], dict[str, int]] = {}
        for company, currency, _, _, customer, _, cents, _, _, bucket in lines:
            row = customers.setdefault((company, currency, customer), dict.fromkeys(FIVE, 0))
            row[bucket] += cents
        viewed = books.rows(
            "SELECT company, currency, customer_id, current_cents, days_30_cents, days_60_cents, days_90_cents,"
            " days_90_plus_cents, total_outstanding_cents FROM v_customer_ar_aging"
        )
        assert {row[:3]: row[3:8] for row in viewed} == {key: tuple(row.values()) for key, row in customers.items()}
        assert all(sum(row[3:8]) == row[8] for row in viewed)


@pytest.fixture
def sample(here: Here) -> Here:
    """The sample data, synced."""
    assert here("--quiet", "sync", "--from", str(ROOT / "sample_data")).code == 0
    return here


def _rows(here: Here, sql: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(here.db)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def test_the_views_of_the_sample_data_are_the_report_of_today(sample: Here) -> None:
    groups = sample("age", "--json", "--as-of", "today").json["groups"]
    viewed = {
        (row["company"], row["currency"], row["customer_id"]): row
        for row in _rows(sample, "SELECT * FROM v_customer_ar_aging")
    }
    told = {
        (group["company"], group["currency"], row["customer_id"]): row
        for group in groups
        for row in group["customers"]
        if row["total_outstanding_cents"]
    }
    assert told.keys() == viewed.keys()
    columns = [*(f"{name}_cents" for name in FIVE), "total_outstanding_cents", "open_invoices", "customer_name"]
    for key, row in told.items():
        assert {name: row[name] for name in columns} == {name: viewed[key][name] for name in columns}
        assert row["max_days_overdue"] == max(viewed[key]["max_days_overdue"], 0)


TYPED = {
    "SELECT customer_id, customer_name, amount, amount_cents, days_overdue, bucket FROM v_ar_aging": True,
    "SELECT customer_name, sum(amount) FROM v_ar_aging WHERE days_overdue > 30 GROUP BY customer_id": True,
    "SELECT bucket, count(*), sum(amount) FROM v_ar_aging GROUP BY bucket": True,
    "SELECT * FROM v_customer_ar_aging ORDER BY days_90_plus_cents DESC LIMIT 5": True,
    "SELECT table_name, sync_type, completed_at, created_at FROM sync_log ORDER BY created_at DESC LIMIT 1": True,
    "SELECT max(completed_at) FROM sync_log WHERE sync_type = 'manual'": True,
    "SELECT po_id FROM vendor_bills WHERE po_id IS NOT NULL": True,
    "SELECT parent_so_id, entity, type, status, foreigntotal FROM transactions WHERE type = 'WorkOrd'": True,
    "SELECT entitystatus, last_modified, isinactive FROM customers WHERE isinactive = 'F'": True,
    "SELECT id, customer_id, amount FROM customer_invoices WHERE status = 'posted'": True,
    "SELECT * FROM invoice_lines": True,
    "SELECT * FROM invoice_installments": True,
    "SELECT * FROM credit_memos": True,
    "SELECT * FROM customer_payments": True,
    "SELECT * FROM customer_refunds": True,
    "SELECT * FROM payment_applications": True,
    "SELECT * FROM write_offs": True,
    "SELECT * FROM transaction_lines": True,
    "SELECT * FROM inventory_balance": True,
    "SELECT * FROM sales_orders": True,
    "SELECT * FROM work_orders": True,
    "SELECT * FROM assembly_builds": True,
    "SELECT * FROM purchase_orders": True,
    "SELECT * FROM item_fulfillments": True,
    "SELECT * FROM item_receipts": True,
    "SELECT * FROM so_lines": True,
    "SELECT file, line, column_name, value, reason FROM sync_rejects": False,
}


@pytest.mark.parametrize("sql", TYPED)
def test_a_query_that_people_type_runs(sql: str, typed_on: Here) -> None:
    rows = _rows(typed_on, sql)
    assert bool(rows) is TYPED[sql]


@pytest.fixture(scope="module")
def typed_on(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sample data once, for queries that change nothing."""
    from arctl.cli.app import main

    class _Once:
        db = tmp_path_factory.mktemp("typed") / "arctl.db"

    assert main(["--db", str(_Once.db), "--quiet", "sync", "--from", str(ROOT / "sample_data")]) == 0
    return _Once()


def test_an_instalment_without_an_amount_is_no_open_item(here: Here, lay: Lay) -> None:
    lay(
        customers="id,name\nC1,Acme",
        customer_invoices="id,customer_id,invoice_date,amount\nINV-1,C1,2026-01-01,30",
        invoice_installments="""
        invoice_id,installment,due_date,amount
        INV-1,1,2026-01-31,10
        INV-1,2,2026-02-28,0
        INV-1,3,2026-03-31,20
        """,
    )
    assert [row["installment"] for row in _rows(here, "SELECT installment FROM v_ar_aging ORDER BY 1")] == [1, 3]
    answer = here("age", "--by", "invoice", "--json").json
    assert [item["installment"] for item in answer["invoices"]] == [1, 3]


def test_amounts_are_in_units_of_their_currency(here: Here, lay: Lay) -> None:
    lay(
        customers="id,name\nC1,Acme",
        customer_invoices="id,customer_id,invoice_date,amount,currency\n1,C1,2026-01-01,1000,JPY\n2,C1,2026-01-01,1.005,KWD",
    )
    rows = _rows(here, "SELECT amount, amount_cents FROM v_ar_aging ORDER BY currency")
    assert rows == [{"amount": 1000.0, "amount_cents": 1000}, {"amount": 1.005, "amount_cents": 1005}]
