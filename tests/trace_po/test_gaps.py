"""What is missing or contradicts itself: each named by its code, on its document, in words."""

from collections.abc import Callable

import pytest

from tests.aging.conftest import Here, Lay
from tests.trace_po.chain import Files, added, as_csv, chain, changed, without

Change = Callable[[Files], Files]


def _on_the_way(files: Files) -> Files:
    """The order taken, nothing made yet."""
    for id in ("AB-1", "IR-1", "VB-1", "IF-1", "IF-2", "INV-1"):
        without(files, id)
    changed(files, "SO-1", status="Pending Fulfillment")
    changed(files, "WO-1", status="Released")
    changed(files, "WO-1", "1", quantity_fulfilled="0")
    return files


def changed_application(files: Files, amount: str) -> Files:
    files["payment_applications"][0]["amount"] = amount
    return files


def twice(files: Files) -> Files:
    """The same order once more, of stock alone, with nothing after it."""
    for line in (row for row in files["transaction_lines"] if row["transaction_id"] == "SO-1"):
        line |= {"item_type": "inventory", "link_tranid": ""}
    again = [row | {"transaction_id": "SO-2"} for row in files["transaction_lines"] if row["transaction_id"] == "SO-1"]
    order = next(row for row in files["transactions"] if row["id"] == "SO-1")
    files["transactions"].append(order | {"id": "SO-2", "tranid": "SO2", "trandate": "2026-05-06"})
    files["transaction_lines"] += again
    return files


CASES: dict[str, tuple[Change, str, list[str]]] = {
    "on the way, in time": (
        _on_the_way, "2026-05-07",
        [
            "not_built WO-1 waiting: work order WO-1 has no build",
            "not_received PO-1 waiting: purchase order PO-1 has no receipt, expected 2026-05-09",
            "no_fulfillment SO-1 waiting: sales order SO-1 has no fulfillment, wanted 2026-05-12",
        ],
    ),
    "on the way, late": (
        _on_the_way, "2026-05-13",
        [
            "not_built WO-1 missing: work order WO-1 has no build",
            "not_received PO-1 missing: purchase order PO-1 has no receipt, expected 2026-05-09, 4 days late",
            "no_fulfillment SO-1 missing: sales order SO-1 has no fulfillment, wanted 2026-05-12, 1 day late",
        ],
    ),
    "short shipped, and invoiced as shipped": (
        lambda files: changed(
            changed(changed(changed_application(files, "500.00"), "IF-2", "2", quantity="12"), "INV-1", amount="500.00"),
            "INV-1", "3", quantity="12", amount="120.00",
        ),
        "2026-06-30", ["short_shipped SO-1 missing: sales order SO-1: 20 ICE ordered, 12 shipped"],
    ),
    "short shipped, and invoiced as ordered": (
        lambda files: changed(files, "IF-2", "2", quantity="12"),
        "2026-06-30",
        [
            "short_shipped SO-1 missing: sales order SO-1: 20 ICE ordered, 12 shipped",
            "invoice_differs INV-1 contradiction: INV-1: 580.00 USD invoiced, 500.00 USD shipped (20 ICE invoiced, 12 shipped)",
        ],
    ),
    "more shipped than ordered": (
        lambda files: changed(files, "IF-1", "1", quantity="25"),
        "2026-06-30", ["over_shipped SO-1 contradiction: 25 OIL shipped, 24 ordered"],
    ),
    "the invoice's amount is not its lines'": (
        lambda files: changed(files, "INV-1", amount="590.00"),
        "2026-06-30",
        [
            "invoice_differs INV-1 contradiction: INV-1: 590.00 USD invoiced, 580.00 USD shipped",
            "unpaid INV-1 missing: 10.00 USD of invoice INV-1 unpaid, due 2026-06-12, 18 days overdue",
        ],
    ),
    "freight beside what was ordered is no difference": (
        lambda files: changed(added(files, "invoice_lines", "INV-1|4|FREIGHT|1|25.00|25.00"), "INV-1", amount="605.00"),
        "2026-06-30", ["unpaid INV-1 missing: 25.00 USD of invoice INV-1 unpaid, due 2026-06-12, 18 days overdue"],
    ),
    "the vendor's bill is ahead of the receipt": (
        lambda files: changed(files, "VB-1", trandate="2026-05-07"),
        "2026-06-30",
        [
            (
                "bill_before_receipt VB-1 contradiction: vendor bill VB-1 of 2026-05-07 is ahead of purchase order PO-1:"
                " its receipt is of 2026-05-08"
            )
        ],
    ),
    "less received than ordered": (
        lambda files: changed(files, "IR-1", "1", quantity="12.5"),
        "2026-06-30", ["short_received PO-1 missing: purchase order PO-1: 20 ICE ordered, 12.5 received"],
    ),
    "billed before it was shipped": (
        lambda files: changed(files, "INV-1", invoice_date="2026-05-10"),
        "2026-06-30",
        ["invoice_before_fulfillment INV-1 contradiction: invoice INV-1 of 2026-05-10 is ahead of the first fulfillment, 2026-05-11"],
    ),
    "unpaid, not yet due": (
        lambda files: files, "2026-06-01", ["unpaid INV-1 waiting: 580.00 USD of invoice INV-1 unpaid, due 2026-06-12"],
    ),
    "paid in part": (
        lambda files: changed_application(files, "80.00"),
        "2026-06-30", ["unpaid INV-1 missing: 500.00 USD of invoice INV-1 unpaid, due 2026-06-12, 18 days overdue"],
    ),
    "paid too much": (
        lambda files: changed_application(files, "600.00"),
        "2026-06-30",
        ["over_applied INV-1 contradiction: invoice INV-1 is over-applied by 20.00 USD: that is credit of the customer"],
    ),
    "an invoice that is voided is none": (
        lambda files: changed(files, "INV-1", status="voided", voided_on="2026-06-01"),
        "2026-06-30",
        ["not_invoiced SO-1 missing: sales order SO-1, shipped 2026-05-12 with IF-1, IF-2, is not invoiced"],
    ),
    "a draft is none": (
        lambda files: changed(files, "INV-1", status="draft"),
        "2026-06-30",
        ["not_invoiced SO-1 missing: sales order SO-1, shipped 2026-05-12 with IF-1, IF-2, is not invoiced"],
    ),
    "packed is not shipped": (
        lambda files: changed(changed(without(files, "INV-1"), "IF-1", status="Packed"), "IF-2", status="ItemShip:A"),
        "2026-06-30",
        [
            (
                "no_fulfillment SO-1 missing: sales order SO-1 has no fulfillment, wanted 2026-05-12, 49 days late;"
                " IF-1, IF-2 have not left the house"
            ),
            "not_invoiced SO-1 missing: sales order SO-1, Billed, is not invoiced",
        ],
    ),
    "cancelled, and yet shipped": (
        lambda files: changed(without(files, "INV-1"), "SO-1", status="Cancelled"),
        "2026-06-30",
        [
            "cancelled_but_done IF-1 contradiction: fulfillment IF-1 stands, although SO-1 is Cancelled",
            "cancelled_but_done IF-2 contradiction: fulfillment IF-2 stands, although SO-1 is Cancelled",
        ],
    ),
    "the invoice is another customer's": (
        lambda files: changed(files, "INV-1", customer_id="C2"),
        "2026-06-30", ["other_customer INV-1 contradiction: invoice INV-1 is on C2, the order on C1"],
    ),
    "a fulfillment bears another PO#": (
        lambda files: changed(files, "IF-2", otherrefnum="81044"),
        "2026-06-30", ["other_po IF-2 contradiction: fulfillment IF-2 of SO-1 bears another PO#, 81044"],
    ),
    "keyed twice": (
        twice, "2026-06-30",
        [
            "no_fulfillment SO-2 missing: sales order SO-2 has no fulfillment, wanted 2026-05-12, 49 days late",
            "not_invoiced SO-2 missing: sales order SO-2, Billed, is not invoiced",
            "keyed_twice SO-2 contradiction: sales order SO-2 has the customer, PO# and lines of SO-1: keyed twice?",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_gap_is_named(here: Here, lay: Lay, case: str) -> None:
    change, as_of, expected = CASES[case]
    lay(**as_csv(change(chain())))

    found = here("trace-po", "72622", "--as-of", as_of, "--json").json["gaps"]

    assert [f"{gap['code']} {gap['document']} {gap['kind']}: {gap['message']}" for gap in found] == expected


def test_a_cheque_number_is_no_po(here: Here, lay: Lay) -> None:
    """PMT-2 of another customer bears 72622: it is not of this PO#, and alone it is nothing."""
    lay(**as_csv(chain()))
    told = {each["id"] for each in here("trace-po", "72622", "--as-of", "2026-06-30", "--json").json["records"]}
    assert "PMT-1" in told
    assert "PMT-2" not in told
    lay(**as_csv(changed(chain(), "PMT-2", otherrefnum="90001")))
    assert here("trace-po", "90001", "--as-of", "2026-06-30").code == 2


def test_a_payment_that_bounced_settles_nothing(here: Here, lay: Lay) -> None:
    lay(**as_csv(changed(chain(), "PMT-1", status="voided", voided_on="2026-06-15")))
    before, after = (here("trace-po", "72622", "--as-of", day, "--json").json for day in ("2026-06-14", "2026-06-15"))
    assert [gap["code"] for gap in before["gaps"]] == []
    assert [gap["code"] for gap in after["gaps"]] == ["unpaid"]
    assert [each["id"] for each in after["records"] if each["type"] == "payment"] == []


def test_the_balance_is_that_of_the_aging(here: Here, lay: Lay) -> None:
    lay(**as_csv(changed_application(chain(), "123.45")))
    invoice = next(
        each
        for each in here("trace-po", "72622", "--as-of", "2026-06-20", "--json").json["records"]
        if each["id"] == "INV-1"
    )
    told = here("explain", "INV-1", "--as-of", "2026-06-20", "--json").json
    assert (invoice["outstanding_cents"], invoice["days_overdue"]) == (told["outstanding_cents"], told["days_overdue"])
    assert invoice["outstanding_cents"] == 45655


def test_an_order_is_in_the_currency_it_is_invoiced_in(here: Here, lay: Lay) -> None:
    """Order documents name no currency; 580 yen were read as 580.00 in the company's."""
    files = without(chain(), "PMT-1")
    for row in files["customer_invoices"]:
        row |= {"currency": "JPY", "amount": "580"}
    for row in files["invoice_lines"]:
        row["amount"] = row["amount"].removesuffix(".00")
    files["payment_applications"] = []
    lay(**as_csv(files))
    answer = here("trace-po", "72622", "--as-of", "2026-06-30", "--json").json
    (order,) = answer["orders"]
    assert (order["currency"], order["ordered_cents"], order["invoiced_cents"]) == ("JPY", 580, 580)
    assert [gap["code"] for gap in answer["gaps"]] == ["unpaid"]
    assert {each["currency"] for each in answer["records"] if each["type"] in ("PurchOrd", "VendBill")} == {"USD"}
