"""The complete chain has no gap; take one piece out, and exactly that gap is named."""

import sqlite3
from contextlib import closing

import pytest

from tests.aging.conftest import Here, Lay
from tests.trace_po.chain import as_csv, chain, changed, without

ASKED = ("trace-po", "72622", "--as-of", "2026-06-30", "--json")


def gaps(here: Here) -> list[tuple[str, str]]:
    """(code, document) of each gap."""
    return [(gap["code"], gap["document"]) for gap in here(*ASKED).json["gaps"]]


def test_the_whole_chain_has_no_gap(here: Here, lay: Lay) -> None:
    lay(**as_csv(chain()))
    answer = here(*ASKED).json

    assert answer["gaps"] == []
    assert [(each["id"], each["matched_on"], each["via"], each["parent"]) for each in answer["records"]] == [
        ("SO-1", "otherrefnum", "text", None),
        ("WO-1", "memo", "link", "SO-1"),
        ("AB-1", "createdfrom", "link", "WO-1"),
        ("PO-1", "memo", "link", "SO-1"),
        ("IR-1", "createdfrom", "link", "PO-1"),
        ("VB-1", "initialtranid", "link", "PO-1"),
        ("IF-1", "otherrefnum", "link", "SO-1"),
        ("IF-2", "otherrefnum", "link", "SO-1"),
        ("INV-1", "otherrefnum", "link", "SO-1"),
        ("PMT-1", "application", "link", "INV-1"),
    ]


DOCUMENTS = {
    "SO-1": [("order_missing", "SO-1")],
    "WO-1": [("no_work_order", "SO-1")],
    "AB-1": [("not_built", "WO-1")],
    "PO-1": [("no_purchase_order", "SO-1"), ("unlinked", "VB-1")],
    "IR-1": [("not_received", "PO-1"), ("bill_before_receipt", "VB-1")],
    "VB-1": [("no_vendor_bill", "PO-1")],
    "IF-1": [("short_shipped", "SO-1"), ("invoice_differs", "INV-1")],
    "IF-2": [("short_shipped", "SO-1"), ("invoice_differs", "INV-1")],
    "INV-1": [("not_invoiced", "SO-1")],
}


@pytest.mark.parametrize("id", DOCUMENTS)
def test_each_document_removed(here: Here, lay: Lay, id: str) -> None:
    lay(**as_csv(without(chain(), id)))
    assert gaps(here) == DOCUMENTS[id]


LINKS = {
    "WO-1": ("parent_so_id", [("link_lost", "WO-1")]),
    "AB-1": ("createdfrom", [("link_lost", "AB-1")]),
    "PO-1": ("parent_so_id", [("link_lost", "PO-1")]),
    "IR-1": ("createdfrom", [("link_lost", "IR-1")]),
    "VB-1": ("createdfrom", [("link_lost", "VB-1")]),
    "IF-1": ("createdfrom", [("link_lost", "IF-1")]),
    "IF-2": ("createdfrom", [("link_lost", "IF-2")]),
    "INV-1": ("createdfrom", [("not_invoiced", "SO-1"), ("unlinked", "INV-1")]),
    "SO-1": ("otherrefnum", [("no_po_on_order", "SO-1")]),
}


@pytest.mark.parametrize("id", LINKS)
@pytest.mark.parametrize("value", ["", "GONE-9"])
def test_each_link_removed_or_wrong(here: Here, lay: Lay, id: str, value: str) -> None:
    """A line still names the other end, so that nothing is lost but the link; the order's own PO# is told by its records."""
    field, expected = LINKS[id]
    if id == "SO-1":
        value = ""
    if id == "INV-1" and value:
        expected = [("not_invoiced", "SO-1"), ("order_missing", value)]
    lay(**as_csv(changed(chain(), id, **{field: value})))

    answer = here(*ASKED).json

    assert [(gap["code"], gap["document"]) for gap in answer["gaps"]] == expected
    assert len(answer["records"]) == 10, "every record is still there"
    assert {each["order"] for each in answer["records"]} <= {"SO-1", None, "GONE-9"}


BOTH = {
    "WO-1": ("parent_so_id", ["unlinked"], ["WO-1", "AB-1"]),
    "PO-1": ("parent_so_id", ["no_purchase_order", "unlinked"], ["PO-1", "IR-1", "VB-1"]),
    "IF-2": ("createdfrom", ["short_shipped", "invoice_differs", "unlinked"], ["IF-2"]),
    "VB-1": ("createdfrom", ["no_vendor_bill"], ["VB-1"]),
}


@pytest.mark.parametrize("id", BOTH)
def test_a_record_without_any_link_is_matched_by_text_alone(here: Here, lay: Lay, id: str) -> None:
    field, codes, alone = BOTH[id]
    files = changed(chain(), id, **{field: ""})
    for row in files["transaction_lines"]:
        if row["transaction_id"] == id or row["link_tranid"] == id.replace("-", ""):
            row["link_tranid"] = ""
    lay(**as_csv(files))

    answer = here(*ASKED).json

    assert [gap["code"] for gap in answer["gaps"]] == codes
    loose = [each for each in answer["records"] if each["order"] is None]
    assert [each["id"] for each in loose] == alone
    assert {each["via"] for each in loose} == {"text"}


def test_an_order_is_found_from_any_record_that_bears_the_po(here: Here, lay: Lay) -> None:
    files = chain()
    for row in files["transactions"]:
        if row["id"] != "IF-2":
            row["otherrefnum"] = row["memo"] = row["initialtranid"] = ""
    for row in files["customer_invoices"]:
        row["otherrefnum"] = ""
    lay(**as_csv(files))

    answer = here(*ASKED).json

    assert [each["id"] for each in answer["orders"]] == ["SO-1"]
    assert len(answer["records"]) == 10
    assert [gap["code"] for gap in answer["gaps"]] == ["no_po_on_order"]


def test_what_a_vendor_types_ties_no_order(here: Here, lay: Lay) -> None:
    """The order bears no PO# and only the vendor's bill names one: the bill is told, the order is not."""
    files = chain()
    for row in files["transactions"]:
        row["otherrefnum"] = row["memo"] = ""
    files["customer_invoices"][0]["otherrefnum"] = ""
    lay(**as_csv(files))

    answer = here(*ASKED).json

    assert [each["id"] for each in answer["records"]] == ["VB-1"]
    assert [(gap["code"], gap["message"]) for gap in answer["gaps"]] == [
        ("other_order", "carries the PO# in initialtranid, but belongs to SO-1, which bears no PO#")
    ]


def test_a_record_of_an_order_with_another_po_is_a_contradiction(here: Here, lay: Lay) -> None:
    lay(**as_csv(changed(chain(), "SO-1", otherrefnum="81044")))

    answer = here(*ASKED).json

    assert answer["orders"] == []
    assert {gap["code"] for gap in answer["gaps"]} == {"other_order"}
    assert {each["id"] for each in answer["records"]} == {"WO-1", "PO-1", "VB-1", "IF-1", "IF-2", "INV-1"}
    assert here("trace-po", "81044", "--as-of", "2026-06-30", "--json").json["orders"][0]["id"] == "SO-1"


def test_a_link_repaired_here_holds(here: Here, lay: Lay) -> None:
    files = changed(chain(), "WO-1", parent_so_id="", memo="")
    for row in files["transaction_lines"]:
        row["link_tranid"] = ""
    lay(**as_csv(files))
    assert len(here(*ASKED).json["records"]) == 8, "neither the work order nor its build is found"

    with closing(sqlite3.connect(here.db)) as connection, connection:
        connection.execute(
            "INSERT INTO order_links SELECT 1, 1, w.transaction_key, s.transaction_key, 'the planner says so', '2026-06-01',"
            " '2026-06-01 10:00:00', 'me', 'me' FROM erp_transactions AS w, erp_transactions AS s"
            " WHERE w.id = 'WO-1' AND s.id = 'SO-1'"
        )

    answer = here(*ASKED).json
    assert [each["id"] for each in answer["records"]][:3] == ["SO-1", "WO-1", "AB-1"]
    assert answer["gaps"] == []


def test_a_number_that_two_orders_bear_ties_nothing(here: Here, lay: Lay) -> None:
    """The work order's only link is a line that names SO1, and SO1 is two orders: of which it is, nobody can say."""
    files = changed(changed(chain(), "WO-1", parent_so_id=""), "SO-1", "2", link_tranid="")
    files["transactions"].append(files["transactions"][0] | {"id": "SO-2", "otherrefnum": "81044"})
    lay(**as_csv(files))

    answer = here(*ASKED).json

    assert [gap["code"] for gap in answer["gaps"]] == ["unlinked"]
    assert [each["order"] for each in answer["records"] if each["id"] in ("WO-1", "AB-1")] == [None, None]
    assert "WO-1" not in [
        each["id"] for each in here("trace-po", "81044", "--as-of", "2026-06-30", "--json").json["records"]
    ]
