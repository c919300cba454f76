"""Each link of a healthy chain taken out or bent in turn: the doctor names that fault and nothing else."""

import sqlite3
from contextlib import closing

import pytest

from arctl.core.events import Happening
from arctl.store import events
from tests.aging.conftest import Here, Lay
from tests.doctor.chain import DAY, DOCUMENTS, Bent, examined, laid


def test_a_healthy_chain_is_silent(here: Here, lay: Lay) -> None:
    laid(lay)

    ran = here("doctor", "--as-of", DAY)

    assert (ran.code, ran.out, ran.err) == (0, "", "")


UNSHIPPED: Bent = {"IF1": None, "SO1": DOCUMENTS["SO1"].replace("Billed", "Pending Fulfillment")}
"""The order is open and nothing of it was shipped."""
OPEN_LINES: Bent = {
    "SO1/1": "SO1,1,KIT,assembly,10,0,,2026-06-12,Main",
    "SO1/2": "SO1,2,FLOUR,inventory,20,0,,2026-06-12,Main",
    "SO1/3": "SO1,3,ICE,drop_ship,5,0,N4,2026-06-12,Main",
    "IF1/1": None, "IF1/2": None, "IF1/3": None,
}  # fmt: skip
NOT_INVOICED: dict[str, Bent] = {
    "customer_invoices": {"I1": None},
    "invoice_lines": dict.fromkeys(("I1/1", "I1/2", "I1/3")),
}
LOST: Bent = {"WO1": "WO1,WorkOrd,C1,2026-06-02,N2,Closed,,,,,,"}
NO_LINK: Bent = {"WO1/1": "WO1,1,KIT,assembly,10,10,,,Main"}

FAULTS: dict[str, tuple[dict[str, Bent], list[tuple[str, str, str]]]] = {
    "shipped, not invoiced, Finance not alerted": (
        {**NOT_INVOICED, "transactions": {"SO1": DOCUMENTS["SO1"].replace("Billed", "Pending Billing")}},
        [("fulfillment_not_alerted", "error", "IF1")],
    ),
    "the invoice covers the first of two shipments only": (
        {
            "transactions": {
                "SO1": DOCUMENTS["SO1"].replace("Billed", "Pending Billing"),
                "IF2": "IF2,ItemShip,C1,2026-06-20,N7,Shipped,,PO 4711,,,SO1,",
            },
            "transaction_lines": {
                "SO1/2": "SO1,2,FLOUR,inventory,30,30,,2026-06-25,Main",
                "IF2/1": "IF2,1,FLOUR,inventory,10,,N1,,Main",
            },
        },
        [("fulfillment_not_alerted", "error", "IF2")],
    ),
    "a fulfillment of no order": (
        {
            "transactions": {"IF9": "IF9,ItemShip,C1,2026-06-20,N9,Shipped,,,,,SO-GONE,"},
            "transaction_lines": {"IF9/1": "IF9,1,FLOUR,inventory,1,,,,Main"},
        },
        [("fulfillment_not_alerted", "error", "IF9")],
    ),
    "a fulfillment that is only packed": ({"transactions": {"IF9": "IF9,ItemShip,C1,2026-06-20,N9,Packed,,,,,SO-GONE,"}}, []),
    "the ERP calls it billed, the invoice does not say of what": (
        {"customer_invoices": {"I1": "I1,C1,2026-06-15,250.00,2026-08-14,PO 4711,"}},
        [],
    ),
    "built, the work order lost its order": (
        {**NOT_INVOICED, "transactions": {**UNSHIPPED, **LOST}, "transaction_lines": {**OPEN_LINES, **NO_LINK}},
        [("build_not_fulfilled", "error", "WO1")],
    ),
    "built, the work order names an order that is not there": (
        {
            **NOT_INVOICED,
            "transactions": {**UNSHIPPED, "WO1": DOCUMENTS["WO1"].replace("SO1", "SO-GONE")},
            "transaction_lines": {**OPEN_LINES, **NO_LINK},
        },
        [("build_not_fulfilled", "error", "WO1")],
    ),
    "built beyond what the customer's order has a work order for": (
        {
            **NOT_INVOICED,
            "transactions": {
                **UNSHIPPED,
                "AB1": None,
                "WO5": "WO5,WorkOrd,C1,2026-06-02,N5A,Closed,,,,,,",
                "AB5": "AB5,Build,C1,2026-06-05,N5B,Complete,,,,,WO5,",
            },
            "transaction_lines": {**OPEN_LINES, "AB1/1": None, "WO5/1": "WO5,1,KIT,assembly,10,10,,,Main"},
        },
        [],
    ),
    "built for stock": (
        {"transactions": {
            "WO5": "WO5,WorkOrd,C2,2026-06-02,N5A,Closed,,,,,,", "AB5": "AB5,Build,C2,2026-06-05,N5B,Complete,,,,,WO5,",
         },
         "transaction_lines": {"WO5/1": "WO5,1,KIT,assembly,10,10,,,Main"}},
        [],
    ),
    "built, the link is there, and the order is late": (
        {**NOT_INVOICED, "transactions": UNSHIPPED, "transaction_lines": OPEN_LINES},
        [("build_not_fulfilled", "warning", "SO1")],
    ),
    "nothing received after the expected day": (
        {
            **NOT_INVOICED,
            "transactions": {
                **UNSHIPPED, "IR1": None, "VB1": None, "AB1": None,
                "PO1": DOCUMENTS["PO1"].replace("Fully Billed", "Pending Receipt"),
            },
            "transaction_lines": {**OPEN_LINES, "IR1/1": None, "VB1/1": None, "AB1/1": None},
        },
        [("po_not_received", "warning", "PO1")],
    ),
    "nothing received after the lead time": (
        {
            "transactions": {"PO7": "PO7,PurchOrd,V1,2026-06-15,N8,Pending Receipt,30.00,,,,,"},
            "transaction_lines": {"PO7/1": "PO7,1,ICE,drop_ship,5,0,,,"},
        },
        [("po_not_received", "warning", "PO7")],
    ),
    "within the lead time": (
        {
            "transactions": {"PO7": "PO7,PurchOrd,V1,2026-06-16,N8,Pending Receipt,30.00,,,,,"},
            "transaction_lines": {"PO7/1": "PO7,1,ICE,drop_ship,5,0,,,"},
        },
        [],
    ),
    "a purchase order for stock": (
        {
            "transactions": {"PO7": "PO7,PurchOrd,V1,2026-05-01,N8,Pending Receipt,30.00,,,,,2026-05-20"},
            "transaction_lines": {"PO7/1": "PO7,1,FLOUR,inventory,5,0,,,"},
        },
        [],
    ),
    "received in part": (
        {
            "transactions": {"PO1": DOCUMENTS["PO1"].replace("Fully Billed", "Partially Received"), "VB1": None},
            "transaction_lines": {"IR1/1": "IR1,1,ICE,drop_ship,3,,N4,,", "VB1/1": None},
        },
        [("po_not_received", "warning", "PO1")],
    ),
    "billed by the vendor, not received": (
        {
            "transactions": {"IR1": None, "PO1": "PO1,PurchOrd,V1,2026-06-02,N4,Pending Receipt,30.00,,4711,SO1,,2026-07-10"},
            "transaction_lines": {"IR1/1": None},
        },
        [("bill_before_receipt", "warning", "VB1")],
    ),
    "billed more than received": (
        {
            "transactions": {"PO1": DOCUMENTS["PO1"].replace("Fully Billed", "Pending Bill")},
            "transaction_lines": {"IR1/1": "IR1,1,ICE,drop_ship,3,,N4,,"},
        },
        [("bill_before_receipt", "warning", "VB1")],
    ),
    "shipped short": (
        {
            "transaction_lines": {
                "SO1/2": "SO1,2,FLOUR,inventory,25,20,,2026-06-12,Main",
            },
            "transactions": {"SO1": DOCUMENTS["SO1"].replace("Billed", "Partially Fulfilled")},
        },
        [("short_ship", "warning", "SO1")],
    ),
    "shipped in part, the rest is wanted later": (
        {
            "transaction_lines": {"SO1/2": "SO1,2,FLOUR,inventory,25,20,,2026-07-12,Main"},
            "transactions": {"SO1": DOCUMENTS["SO1"].replace("Billed", "Partially Fulfilled")},
        },
        [],
    ),
    "shipped short, and closed": (
        {
            "transaction_lines": {"SO1/2": "SO1,2,FLOUR,inventory,25,20,,2026-06-12,Main"},
            "transactions": {"SO1": DOCUMENTS["SO1"].replace("Billed", "Closed")},
        },
        [],
    ),
    "keyed twice": (
        {
            "transactions": {"SO2": "SO2,SalesOrd,C1,2026-06-10,N10,Pending Fulfillment,250.00,4711,,,,"},
            "transaction_lines": {
                "SO2/1": "SO2,1,FLOUR,inventory,20,0,,2026-07-12,Main", "SO2/2": "SO2,2,KIT,assembly,10,0,,2026-07-12,Main",
                "SO2/3": "SO2,3,ICE,drop_ship,5,0,,2026-07-12,Main",
            },
        },
        [("order_keyed_twice", "error", "SO2")],
    ),
    "one PO#, other quantities": (
        {
            "transactions": {"SO2": "SO2,SalesOrd,C1,2026-06-10,N10,Pending Fulfillment,250.00,4711,,,,"},
            "transaction_lines": {"SO2/1": "SO2,1,FLOUR,inventory,19,0,,2026-07-12,Main"},
        },
        [],
    ),
    "the same order a month later": (
        {
            "transactions": {"SO2": "SO2,SalesOrd,C1,2026-06-29,N10,Pending Fulfillment,250.00,4711,,,,"},
            "transaction_lines": {
                "SO2/1": "SO2,1,FLOUR,inventory,20,0,,2026-07-12,Main", "SO2/2": "SO2,2,KIT,assembly,10,0,,2026-07-12,Main",
                "SO2/3": "SO2,3,ICE,drop_ship,5,0,,2026-07-12,Main",
            },
        },
        [],
    ),
    "the same PO# of another customer": (
        {
            "transactions": {"SO2": "SO2,SalesOrd,C2,2026-06-10,N10,Pending Fulfillment,250.00,4711,,,,"},
            "transaction_lines": {
                "SO2/1": "SO2,1,FLOUR,inventory,20,0,,2026-07-12,Main", "SO2/2": "SO2,2,KIT,assembly,10,0,,2026-07-12,Main",
                "SO2/3": "SO2,3,ICE,drop_ship,5,0,,2026-07-12,Main",
            },
        },
        [],
    ),
    "more than is in stock": (
        {
            "transactions": {"SO3": "SO3,SalesOrd,C2,2026-06-28,N11,Pending Fulfillment,250.00,,,,,"},
            "transaction_lines": {"SO3/1": "SO3,1,FLOUR,inventory,101,0,,2026-07-12,Main"},
        },
        [("stock_short", "warning", "SO3")],
    ),
    "in stock at another place only": (
        {
            "transactions": {"SO3": "SO3,SalesOrd,C2,2026-06-28,N11,Pending Fulfillment,250.00,,,,,"},
            "transaction_lines": {"SO3/1": "SO3,1,FLOUR,inventory,1,0,,2026-07-12,Annex"},
        },
        [("stock_short", "warning", "SO3")],
    ),
    "all that is in stock": (
        {
            "transactions": {"SO3": "SO3,SalesOrd,C2,2026-06-28,N11,Pending Fulfillment,250.00,,,,,"},
            "transaction_lines": {"SO3/1": "SO3,1,FLOUR,inventory,100,0,,2026-07-12,Main"},
        },
        [],
    ),
    "an item without any balance": (
        {
            "transactions": {"SO3": "SO3,SalesOrd,C2,2026-06-28,N11,Pending Fulfillment,250.00,,,,,"},
            "transaction_lines": {"SO3/1": "SO3,1,SUGAR,inventory,100,0,,2026-07-12,Main"},
        },
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_nothing_else(name: str, here: Here, lay: Lay) -> None:
    bent, expected = FAULTS[name]
    laid(lay, **bent)

    assert examined(here) == expected
    for code, severity, document in expected:
        assert examined(here, "--check", code) == [(code, severity, document)]


def test_an_alert_settles_its_own_fulfillment(here: Here, lay: Lay) -> None:
    bent = FAULTS["shipped, not invoiced, Finance not alerted"][0]
    second = {"IF2": "IF2,ItemShip,C1,2026-06-13,N7,Shipped,,PO 4711,,,SO1,"}
    laid(lay, **{**bent, "transactions": {**bent["transactions"], **second}})
    assert examined(here) == [
        ("fulfillment_not_alerted", "error", "IF1"),
        ("fulfillment_not_alerted", "error", "IF2"),
    ]
    with closing(sqlite3.connect(here.db)) as connection:
        alert = Happening("finance.alerted", "finance.alerted:IF1", "item_fulfillment", "IF1", DAY, 1, {})
        events.append(connection, 1, [alert], "2026-06-30 12:00:00", "amy")
        connection.commit()

    assert examined(here) == [("fulfillment_not_alerted", "error", "IF2")]


def test_a_link_repaired_here_counts(here: Here, lay: Lay) -> None:
    bent = FAULTS["built, the work order lost its order"][0]
    laid(lay, **bent)
    with closing(sqlite3.connect(here.db)) as connection:
        keys = dict(connection.execute("SELECT id, transaction_key FROM erp_transactions"))
        connection.execute(
            "INSERT INTO order_links VALUES (1, 1, ?, ?, 'lost', '2026-06-30', '2026-06-30 12:00:00', 'amy', 'amy')",
            (keys["WO1"], keys["SO1"]),
        )
        connection.commit()

    assert examined(here) == [("build_not_fulfilled", "warning", "SO1")], "the order is known again, and late"


def test_nothing_is_wrong_before_it_went_wrong(here: Here, lay: Lay) -> None:
    laid(lay, **FAULTS["nothing received after the expected day"][0])

    assert examined(here, day="2026-06-10") == []
    assert examined(here, day="2026-06-11") == [("po_not_received", "warning", "PO1")]
    assert examined(here, day="2026-06-01") == []


def test_what_to_type_next_is_told(here: Here, lay: Lay) -> None:
    laid(lay, **FAULTS["built, the work order lost its order"][0])

    ran = here("doctor", "--as-of", DAY, "--json")

    assert ran.code == 1
    (finding,) = ran.json
    assert list(finding) == ["code", "severity", "document", "message", "remedy"]
    assert finding["remedy"] == 'arctl orders link WO1 SO1 --reason "parent_so_id lost"'
    assert finding["message"] == (
        "AB1 built KIT on 2026-06-05, but work order WO1 names no sales order; SO1 of C1 waits for 10"
    )
