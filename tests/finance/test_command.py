"""The queue and the review as an operator sees them, in every format."""

import pytest

from tests.finance.test_handoff import INVOICE, INVOICE_LINES, ship
from tests.orders.depot import Depot, money


def test_the_queue_holds_what_no_invoice_covers(depot: Depot) -> None:
    assert depot("finance", "queue").err == "nothing waits to be invoiced\n"
    ship(depot, flour=7)
    (waiting,) = depot("finance", "queue", "--json").json

    assert {name: waiting[name] for name in ("fulfillment_id", "sales_order_id", "po", "days", "alerted_at", "draft")} == {
        "fulfillment_id": "IF9", "sales_order_id": "SO9", "po": "4712", "days": 1, "alerted_at": None, "draft": None,
    }  # fmt: skip
    assert (waiting["to_invoice_cents"], waiting["currency"]) == (51000, "USD")
    assert [(each["item_code"], each["short"]) for each in waiting["short"]] == [("FLR", "3")]
    assert depot("finance", "queue", "--as-of", "2026-06-08", "--json").json == []
    assert depot("finance", "queue", "--customer", "C2", "--json").json == []

    depot.sync(**money(INVOICE, INVOICE_LINES))
    assert depot("finance", "queue", "--json").json == []


def test_a_draft_is_no_invoice_yet(depot: Depot) -> None:
    ship(depot)
    files = money(INVOICE, INVOICE_LINES)
    head, *rows = files["customer_invoices"].splitlines()
    files["customer_invoices"] = "\n".join([f"{head},status", f"{rows[0]},posted", f"{rows[1]},draft"])
    depot.sync(**files)

    assert [each["draft"] for each in depot("finance", "queue", "--json").json] == ["INV9"]


def test_the_review_names_every_point(depot: Depot) -> None:
    ship(depot, flour=7)
    found = depot("finance", "review", "IF9", "--json").json

    assert [(each["name"], each["verdict"]) for each in found["checks"]] == [
        ("quantity", "ok"), ("price", "ok"), ("terms", "ok"), ("tax", "look"), ("short ship", "look"),
    ]  # fmt: skip
    assert found["checks"][-1]["text"] == "FLR: 7 of 10, 3 missing; invoice 7"
    assert "IF-9 of SO-9, Acme Diner (C1), PO# 4712, shipped 2026-06-09" in depot("finance", "review", "IF9").out


@pytest.mark.parametrize("form", ["table", "csv", "md"])
def test_every_format(depot: Depot, form: str) -> None:
    ship(depot)
    assert "IF9" in depot("finance", "queue", "--format", form).out
    assert "short ship" in depot("finance", "review", "IF9", "--format", form).out


def test_what_is_refused(depot: Depot) -> None:
    assert depot.here("finance", "review", "IF7").err == (
        "error: the ledger holds no fulfillment IF7\nhint: `arctl finance queue` lists those to invoice\n"
    )
    assert depot.here("finance", "alert").code == 2
    assert depot.here("finance", "alert", "IF9", "--all").code == 2
