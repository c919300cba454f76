"""The sample data keeps every rule a sync checks: none of its rows may be rejected."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from tests.sample_data.totals import SAMPLE_DATA, Row, money, read

COLUMNS = {
    "customers": "id name email terms credit_limit currency entitystatus isinactive sales_rep sales_rep_email "
    "parent_id company",
    "customer_invoices": "id customer_id invoice_date amount tranid due_date currency exchange_rate status voided_on "
    "otherrefnum createdfrom disputed kind posting_period memo company",
    "invoice_lines": "invoice_id line amount item_code quantity rate",
    "invoice_installments": "invoice_id installment due_date amount",
    "credit_memos": "id customer_id credit_date amount tranid currency exchange_rate status voided_on kind "
    "posting_period createdfrom memo company",
    "customer_payments": "id customer_id receipt_date amount tranid otherrefnum currency exchange_rate status "
    "voided_on kind posting_period memo company",
    "payment_applications": "source_type source_id invoice_id amount applied_on id discount",
    "customer_refunds": "id customer_id refund_date amount source_type source_id status voided_on",
    "write_offs": "id invoice_id written_off_on amount reason status voided_on recovered_on recovered_amount",
    "transactions": "id type entity trandate tranid initialtranid status foreigntotal otherrefnum memo parent_so_id "
    "createdfrom expected_date company",
    "transaction_lines": "transaction_id line item_code item_type quantity quantity_fulfilled rate amount link_tranid "
    "requested_ship_date location",
    "inventory_balance": "item_code location quantityavailable",
}
STATUSES = {"draft", "pending_approval", "approved", "posted", "voided", "rejected"}
KEYS = {
    "invoice_lines": ("invoice_id", "line"),
    "invoice_installments": ("invoice_id", "installment"),
    "transaction_lines": ("transaction_id", "line"),
    "inventory_balance": ("item_code", "location"),
}


def by_id(name: str) -> dict[str, Row]:
    return {row["id"]: row for row in read(SAMPLE_DATA, name)}


def sources() -> dict[tuple[str, str], Row]:
    receipts = {("payment", key): row for key, row in by_id("customer_payments").items()}
    return receipts | {("credit_memo", key): row for key, row in by_id("credit_memos").items()}


@pytest.mark.parametrize("name", COLUMNS)
def test_headers_are_the_pinned_ones(name: str) -> None:
    header = (SAMPLE_DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert sorted(header) == sorted(COLUMNS[name].split())


@pytest.mark.parametrize("name", COLUMNS)
def test_no_key_repeats(name: str) -> None:
    fields = KEYS.get(name, ("id",))
    keys = Counter(tuple(row[field] for field in fields) for row in read(SAMPLE_DATA, name))
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_every_value_is_well_formed(name: str) -> None:
    for row in read(SAMPLE_DATA, name):
        for column, value in row.items():
            if column.endswith(("_date", "_on")) or column == "trandate":
                assert not value or date(2025, 7, 1) <= date.fromisoformat(value) <= date(2026, 8, 31)
            elif column in ("amount", "rate", "discount", "credit_limit", "foreigntotal", "recovered_amount"):
                assert re.fullmatch(r"|-?\d+\.\d\d", value), (name, row)
            elif column in ("disputed", "isinactive"):
                assert value in ("T", "F")
            elif column == "exchange_rate":
                assert re.fullmatch(r"0\.7\d{3}", value) if row["currency"] == "CAD" else value == ""
            elif column == "company":
                assert value == "default"


def test_amounts_are_not_negative_but_for_one_unapplication() -> None:
    for name in ("customer_invoices", "credit_memos", "customer_payments", "customer_refunds", "write_offs"):
        assert all(money(row["amount"]) >= 0 for row in read(SAMPLE_DATA, name))
    negative = [row for row in read(SAMPLE_DATA, "payment_applications") if money(row["amount"]) < 0]
    assert len(negative) == 1
    assert negative[0]["applied_on"]


def test_statuses_are_known_and_a_voided_document_says_when() -> None:
    for name in ("customer_invoices", "credit_memos", "customer_payments", "customer_refunds", "write_offs"):
        for row in read(SAMPLE_DATA, name):
            assert row["status"] in STATUSES
            assert (row["status"] == "voided") == bool(row["voided_on"]), row


def test_no_document_is_dated_after_the_year() -> None:
    for name, field in (
        ("customer_invoices", "invoice_date"),
        ("credit_memos", "credit_date"),
        ("customer_payments", "receipt_date"),
        ("customer_refunds", "refund_date"),
        ("write_offs", "written_off_on"),
        ("transactions", "trandate"),
        ("payment_applications", "applied_on"),
    ):
        assert max(row[field] for row in read(SAMPLE_DATA, name)) <= "2026-06-30", name


def test_references_exist_and_keep_customer_company_and_currency() -> None:
    customers, invoices, paying = by_id("customers"), by_id("customer_invoices"), sources()
    for row in (*invoices.values(), *paying.values()):
        assert row["currency"] == customers[row["customer_id"]]["currency"]
    for row in customers.values():
        assert not row["parent_id"] or row["parent_id"] in customers
    for row in read(SAMPLE_DATA, "payment_applications"):
        source, invoice = paying[row["source_type"], row["source_id"]], invoices[row["invoice_id"]]
        assert (source["currency"], source["company"]) == (invoice["currency"], invoice["company"])
    for row in read(SAMPLE_DATA, "customer_refunds"):
        assert paying[row["source_type"], row["source_id"]]["customer_id"] == row["customer_id"]
    for row in read(SAMPLE_DATA, "write_offs"):
        assert row["invoice_id"] in invoices
        assert money(row["recovered_amount"]) <= money(row["amount"])
        assert not row["recovered_on"] or row["recovered_on"] >= row["written_off_on"]


def test_lines_and_instalments_sum_to_their_invoice() -> None:
    invoices = by_id("customer_invoices")
    lines: dict[str, Decimal] = defaultdict(Decimal)
    for row in read(SAMPLE_DATA, "invoice_lines"):
        assert money(row["amount"]) == money(row["rate"]) * int(row["quantity"])
        lines[row["invoice_id"]] += money(row["amount"])
    assert lines == {key: money(row["amount"]) for key, row in invoices.items()}
    parts: dict[str, Decimal] = defaultdict(Decimal)
    for row in read(SAMPLE_DATA, "invoice_installments"):
        parts[row["invoice_id"]] += money(row["amount"])
    assert parts == {key: money(invoices[key]["amount"]) for key in parts}


def test_nothing_is_applied_beyond_its_source() -> None:
    left = {key: money(row["amount"]) for key, row in sources().items()}
    for row in read(SAMPLE_DATA, "payment_applications"):
        left[row["source_type"], row["source_id"]] -= money(row["amount"])
    for row in read(SAMPLE_DATA, "customer_refunds"):
        if row["status"] == "posted":
            left[row["source_type"], row["source_id"]] -= money(row["amount"])
    assert {key: amount for key, amount in left.items() if amount < 0} == {}


def test_order_documents_link_to_documents_of_the_right_kind() -> None:
    documents, customers = by_id("transactions"), by_id("customers")
    made_from = {"ItemShip": "SalesOrd", "ItemRcpt": "PurchOrd", "VendBill": "PurchOrd", "Build": "WorkOrd"}
    for row in documents.values():
        if row["createdfrom"]:
            source = documents[row["createdfrom"]]
            assert source["type"] == made_from[row["type"]]
            assert source["trandate"] <= row["trandate"], row
        if row["parent_so_id"]:
            assert row["type"] in ("WorkOrd", "PurchOrd")
            assert documents[row["parent_so_id"]]["type"] == "SalesOrd"
        if row["type"] in ("SalesOrd", "WorkOrd", "Build", "ItemShip"):
            assert row["entity"] in customers
    for row in by_id("customer_invoices").values():
        if row["createdfrom"]:
            order = documents[row["createdfrom"]]
            assert (order["type"], order["entity"]) == ("SalesOrd", row["customer_id"])
            assert order["otherrefnum"] == row["otherrefnum"]
            assert order["trandate"] <= row["invoice_date"]


def test_lines_belong_to_documents_and_total_them() -> None:
    documents = by_id("transactions")
    numbers = {row["tranid"] for row in documents.values()}
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in read(SAMPLE_DATA, "transaction_lines"):
        assert not row["link_tranid"] or row["link_tranid"] in numbers
        totals[row["transaction_id"]] += money(row["amount"])
    assert set(totals) == set(documents)
    for key, row in documents.items():
        if row["foreigntotal"]:
            assert totals[key] == money(row["foreigntotal"])
