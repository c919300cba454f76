"""Every planted situation is there, found by what it is and not by its id, and the README names its documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.sample_data.totals import SAMPLE_DATA, ZERO, Row, balances, money, read

YEAR_END = date(2026, 6, 30)
LIVE = ("posted", "approved")

Found = set[str]


def table(name: str) -> dict[str, Row]:
    return {row["id"]: row for row in read(SAMPLE_DATA, name)}


def having(name: str, **wanted: str) -> Found:
    """Ids of the rows of a file whose fields have those values."""
    return {key for key, row in table(name).items() if all(row[field] == value for field, value in wanted.items())}


def lines_of(transaction: str) -> list[Row]:
    return [row for row in read(SAMPLE_DATA, "transaction_lines") if row["transaction_id"] == transaction]


def bounced_and_paid_again() -> Found:
    payments = table("customer_payments")
    paid = {
        (row["invoice_id"], row["source_id"])
        for row in read(SAMPLE_DATA, "payment_applications")
        if row["source_type"] == "payment"
    }
    return {
        source
        for invoice, source in paid
        if payments[source]["status"] == "voided" and any(one == invoice and other != source for one, other in paid)
    }


def unapplied_receipts() -> Found:
    receipts = table("customer_payments")
    return {key for currency in ("USD", "CAD") for key in balances(currency, YEAR_END).left if key in receipts}


def over_applied() -> Found:
    return set(balances("USD", YEAR_END).excess)


def credits_not_used_up() -> Found:
    memos = table("credit_memos")
    return {key for currency in ("USD", "CAD") for key in balances(currency, YEAR_END).left if key in memos}


def credits_only_customers() -> Found:
    buyers = {row["customer_id"] for row in table("customer_invoices").values()}
    return {row["customer_id"] for row in table("credit_memos").values()} - buyers


def parent_payments() -> Found:
    invoices, payments, customers = table("customer_invoices"), table("customer_payments"), table("customers")
    return {
        row["source_id"]
        for row in read(SAMPLE_DATA, "payment_applications")
        if row["source_type"] == "payment"
        and customers[invoices[row["invoice_id"]]["customer_id"]]["parent_id"]
        == payments[row["source_id"]]["customer_id"]
    }


def receipts_of_unapplications() -> Found:
    return {row["source_id"] for row in read(SAMPLE_DATA, "payment_applications") if money(row["amount"]) < 0}


def instalment_invoices() -> Found:
    return {row["invoice_id"] for row in read(SAMPLE_DATA, "invoice_installments")}


def due_before_dated() -> Found:
    return {
        key
        for key, row in table("customer_invoices").items()
        if row["due_date"] and row["due_date"] < row["invoice_date"]
    }


def unapproved_receipts() -> Found:
    return having("customer_payments", status="pending_approval")


def other_period() -> Found:
    return {
        key
        for name, field in (("customer_invoices", "invoice_date"), ("customer_payments", "receipt_date"))
        for key, row in table(name).items()
        if row["posting_period"] != row[field][:7]
    }


def recoveries() -> Found:
    return {key for key, row in table("write_offs").items() if row["recovered_on"] and row["recovered_amount"]}


def fit_for_hold() -> Found:
    overdue: dict[str, list[int]] = defaultdict(list)
    total: dict[str, int] = defaultdict(int)
    disputed = having("customer_invoices", disputed="T")
    for item in balances("USD", YEAR_END).items:
        if item.days > 0 and item.invoice not in disputed:
            overdue[item.customer].append(item.days)
            total[item.customer] += int(item.outstanding * 100)
    return {customer for customer, days in overdue.items() if max(days) > 90 and total[customer] > 2_500_000}


def builds_without_order() -> Found:
    documents = table("transactions")
    return {
        key
        for key, row in documents.items()
        if row["type"] == "Build" and not documents[row["createdfrom"]]["parent_so_id"]
    }


def overdue_purchase_orders() -> Found:
    documents = table("transactions")
    received = {row["createdfrom"] for row in documents.values() if row["type"] == "ItemRcpt"}
    return {
        key
        for key, row in documents.items()
        if row["type"] == "PurchOrd" and row["expected_date"] <= YEAR_END.isoformat() and key not in received
    }


def early_vendor_bills() -> Found:
    documents = table("transactions")
    first: dict[str, str] = {}
    for row in documents.values():
        if row["type"] == "ItemRcpt":
            first[row["createdfrom"]] = min(row["trandate"], first.get(row["createdfrom"], "9999"))
    return {
        key
        for key, row in documents.items()
        if row["type"] == "VendBill" and row["createdfrom"] and row["trandate"] < first.get(row["createdfrom"], "9999")
    }


def short_ships() -> Found:
    documents = table("transactions")
    shipped = {row["createdfrom"] for row in documents.values() if row["type"] == "ItemShip"}
    return {
        row["transaction_id"]
        for row in read(SAMPLE_DATA, "transaction_lines")
        if row["transaction_id"] in shipped and int(row["quantity_fulfilled"]) < int(row["quantity"])
    }


def keyed_twice() -> Found:
    same: dict[tuple[object, ...], Found] = defaultdict(set)
    for key, row in table("transactions").items():
        if row["type"] == "SalesOrd" and row["otherrefnum"]:
            lines = tuple((line["item_code"], line["quantity"], line["rate"]) for line in lines_of(key))
            same[row["entity"], row["otherrefnum"], lines].add(key)
    return {key for keys in same.values() if len(keys) > 1 for key in keys}


def fulfilled_not_invoiced() -> Found:
    invoiced = {row["createdfrom"] for row in table("customer_invoices").values()}
    return {
        key
        for key, row in table("transactions").items()
        if row["type"] == "ItemShip" and row["createdfrom"] not in invoiced
    }


def short_of_stock() -> Found:
    stock = {
        (row["item_code"], row["location"]): int(row["quantityavailable"])
        for row in read(SAMPLE_DATA, "inventory_balance")
    }
    waiting = having("transactions", type="SalesOrd", status="Pending Fulfillment")
    return {
        row["transaction_id"]
        for row in read(SAMPLE_DATA, "transaction_lines")
        if row["transaction_id"] in waiting
        and row["item_type"] == "inventory"
        and int(row["quantity"]) > stock[row["item_code"], row["location"]]
    }


def looks_like_72622() -> Found:
    return {
        key
        for name in ("transactions", "customer_invoices")
        for key, row in table(name).items()
        if row["otherrefnum"] in ("172622", "726221", "72622-A") and row.get("type") != "ItemShip"
    }


SITUATIONS: list[tuple[str, int, Callable[[], Found]]] = [
    ("no due date", 5, lambda: having("customer_invoices", due_date="")),
    ("due before dated", 1, due_before_dated),
    ("disputed", 5, lambda: having("customer_invoices", disputed="T")),
    ("voided", 4, lambda: having("customer_invoices", status="voided")),
    ("draft", 2, lambda: having("customer_invoices", status="draft")),
    ("pending approval", 2, lambda: having("customer_invoices", status="pending_approval")),
    ("rejected", 1, lambda: having("customer_invoices", status="rejected")),
    ("unapproved receipt", 1, unapproved_receipts),
    ("finance charge", 5, lambda: having("customer_invoices", kind="finance_charge")),
    ("zero", 1, lambda: having("customer_invoices", amount="0.00")),
    ("other period", 2, other_period),
    ("instalments", 4, instalment_invoices),
    ("deposit", 3, lambda: having("customer_payments", kind="deposit")),
    ("bounced", 2, lambda: having("customer_payments", status="voided")),
    ("bounced, paid again", 1, bounced_and_paid_again),
    ("remainder", 8, unapplied_receipts),
    ("over-applied", 1, over_applied),
    ("cheque 72622", 1, lambda: having("customer_payments", otherrefnum="72622")),
    ("unapplication", 1, receipts_of_unapplications),
    ("parent pays", 2, parent_payments),
    ("credit left", 5, credits_not_used_up),
    ("write-off as credit memo", 1, lambda: having("credit_memos", kind="write_off")),
    ("refund of receipt", 2, lambda: having("customer_refunds", source_type="payment")),
    ("refund of credit memo", 1, lambda: having("customer_refunds", source_type="credit_memo")),
    ("write-off", 5, lambda: having("write_offs")),
    ("write-off voided", 1, lambda: having("write_offs", status="voided")),
    ("recovery", 1, recoveries),
    ("credits only", 1, credits_only_customers),
    ("inactive", 1, lambda: having("customers", isinactive="T")),
    ("no e-mail", 1, lambda: having("customers", email="")),
    ("no terms", 1, lambda: having("customers", terms="")),
    ("children", 2, lambda: {key for key, row in table("customers").items() if row["parent_id"]}),
    ("in CAD", 4, lambda: having("customers", currency="CAD")),
    ("fit for a hold", 1, fit_for_hold),
    ("similar PO#", 5, looks_like_72622),
    ("build without order", 1, builds_without_order),
    ("overdue purchase order", 1, overdue_purchase_orders),
    ("early vendor bill", 1, early_vendor_bills),
    ("short ship", 1, short_ships),
    ("keyed twice", 2, keyed_twice),
    ("not invoiced", 1, fulfilled_not_invoiced),
    ("short of stock", 1, short_of_stock),
]


@pytest.mark.parametrize(("name", "number", "find"), SITUATIONS, ids=[name for name, _, _ in SITUATIONS])
def test_planted_as_often_as_meant(name: str, number: int, find: Callable[[], Found]) -> None:
    assert len(find()) == number, sorted(find())


@pytest.mark.parametrize("find", [find for name, _, find in SITUATIONS if name != "in CAD"])
def test_the_readme_names_them(find: Callable[[], Found]) -> None:
    readme = (SAMPLE_DATA / "README.md").read_text(encoding="utf-8")
    assert {key for key in find() if key not in readme} == set()


def test_discounts_are_taken_within_their_ten_days() -> None:
    invoices, payments = table("customer_invoices"), table("customer_payments")
    taken = [row for row in read(SAMPLE_DATA, "payment_applications") if money(row["discount"]) > ZERO]
    assert len(taken) >= 10
    for row in taken:
        dated = date.fromisoformat(invoices[row["invoice_id"]]["invoice_date"])
        paid = date.fromisoformat(payments[row["source_id"]]["receipt_date"])
        assert paid <= dated + timedelta(days=10)


def test_some_applications_come_later_and_some_do_not_say_when() -> None:
    payments = table("customer_payments")
    applied = [row for row in read(SAMPLE_DATA, "payment_applications") if row["source_type"] == "payment"]
    dates = [(row["applied_on"], payments[row["source_id"]]["receipt_date"]) for row in applied]
    assert sum(not on for on, _ in dates) >= 30
    assert sum(on > received for on, received in dates) >= 60
    assert sum(on[:7] > received[:7] for on, received in dates) >= 2


def test_part_payments_and_every_kind_of_terms_occur() -> None:
    counting = {key for key, row in table("customer_payments").items() if row["status"] in LIVE}
    payers: dict[str, Found] = defaultdict(set)
    for row in read(SAMPLE_DATA, "payment_applications"):
        if row["source_id"] in counting:
            payers[row["invoice_id"]].add(row["source_id"])
    assert sum(len(found) > 1 for found in payers.values()) >= 20
    terms = {row["terms"] for row in read(SAMPLE_DATA, "customers")}
    assert terms == {"", "Net 15", "Net 30", "Net 45", "2% 10 Net 30", "Due on receipt", "EOM"}


def test_orders_take_all_three_paths_and_several_are_open() -> None:
    documents = table("transactions")
    kinds = Counter(row["type"] for row in documents.values())
    assert set(kinds) == {"SalesOrd", "WorkOrd", "Build", "PurchOrd", "ItemShip", "ItemRcpt", "VendBill"}
    assert min(kinds.values()) >= 15
    assert len(having("transactions", type="SalesOrd", status="Pending Fulfillment")) >= 8
    paths = {row["item_type"] for row in read(SAMPLE_DATA, "transaction_lines") if row["transaction_id"] in documents}
    assert {"inventory", "assembly", "drop_ship"} <= paths


def test_a_po_number_belongs_to_one_customer() -> None:
    owners: dict[str, Found] = defaultdict(set)
    for row in table("customer_invoices").values():
        owners[row["otherrefnum"]].add(row["customer_id"])
    for row in table("transactions").values():
        if row["type"] == "SalesOrd":
            owners[row["otherrefnum"]].add(row["entity"])
    assert {po: found for po, found in owners.items() if po and len(found) > 1} == {}


def test_a_po_number_is_on_one_invoice_unless_it_is_a_standing_one() -> None:
    invoices = [row for row in table("customer_invoices").values() if row["status"] in LIVE]
    numbers = Counter(row["otherrefnum"] for row in invoices if row["otherrefnum"])
    assert {po for po, times in numbers.items() if times > 1} == {"PPK-STANDING-26"}
