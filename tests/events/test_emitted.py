"""What a sync says happened: once per document, nothing at the opening load, nothing of what did not land."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.conftest import Arctl

CUSTOMERS = "id,name\nC1,Harbour Cafe\n"
Sync = Callable[..., CompletedProcess[str]]


@pytest.fixture
def sync(arctl: Arctl, tmp_path: Path) -> Sync:
    """Write these files, alone, and sync them."""
    number = 0

    def run(*options: str, **files: str) -> CompletedProcess[str]:
        nonlocal number
        number += 1
        folder = tmp_path / f"export{number}"
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return arctl("sync", "--from", folder.name, *options)

    return run


def told(arctl: Arctl) -> list[tuple[str, str]]:
    ran = arctl("events", "list", "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    events: list[dict[str, Any]] = json.loads(ran.stdout)
    return [(event["event_type"], event["entity_id"]) for event in events]


def invoices(*rows: str) -> str:
    return "\n".join(["id,customer_id,invoice_date,amount,status,voided_on", *rows, ""])


def test_the_opening_load_is_one_event_per_table(sync: Sync, arctl: Arctl) -> None:
    sync(customers=CUSTOMERS, customer_invoices=invoices("I1,C1,2026-01-05,10.00,,", "I2,C1,2026-01-06,20.00,draft,"))

    assert [kind for kind, _ in told(arctl)] == ["sync.loaded", "sync.loaded"]


def test_after_it_each_document_is_told_once(sync: Sync, arctl: Arctl) -> None:
    sync(customers=CUSTOMERS, customer_invoices=invoices("I1,C1,2026-01-05,10.00,,", "I2,C1,2026-01-06,20.00,draft,"))
    before = len(told(arctl))
    sync(
        customer_invoices=invoices(
            "I1,C1,2026-01-05,11.00,,", "I2,C1,2026-01-06,20.00,posted,", "I3,C1,2026-01-07,5.00,,"
        )
    )
    sync(customer_invoices=invoices("I2,C1,2026-01-06,20.00,draft,"))
    sync(customer_invoices=invoices("I2,C1,2026-01-06,21.00,posted,", "I4,C1,2026-01-08,1.00,voided,2026-01-08"))

    assert told(arctl)[before:] == [("invoice.posted", "I2"), ("invoice.posted", "I3")]


def test_receipts_and_order_documents(sync: Sync, arctl: Arctl) -> None:
    head = "id,type,entity,trandate,status"
    receipts = "id,customer_id,receipt_date,amount"
    sync(
        customers=CUSTOMERS,
        customer_payments=f"{receipts}\nP1,C1,2026-01-05,10.00\n",
        transactions=f"{head}\nSO1,SalesOrd,C1,2026-01-02,Pending Fulfillment\n",
    )
    before = len(told(arctl))
    sync(
        customer_payments=f"{receipts}\nP1,C1,2026-01-05,10.00\nP2,C1,2026-01-06,4.00\n",
        transactions=f"{head}\nSO1,SalesOrd,C1,2026-01-02,Closed\nSO2,SalesOrd,C1,2026-01-03,Pending Fulfillment\n"
        "WO1,WorkOrd,C1,2026-01-03,Released\nPO1,PurchOrd,V1,2026-01-03,Pending Receipt\nIF1,ItemShip,C1,2026-01-04,Picked\n",
    )
    sync(transactions=f"{head}\nIF1,ItemShip,C1,2026-01-04,Shipped\nSO1,SalesOrd,C1,2026-01-02,Closed\n")

    assert sorted(told(arctl)[before:]) == [
        ("itemfulfillment.completed", "IF1"),
        ("order.closed", "SO1"),
        ("payment.received", "P2"),
        ("purchaseorder.created", "PO1"),
        ("so.created", "SO2"),
        ("workorder.created", "WO1"),
    ]


@pytest.mark.parametrize("option", ["--dry-run", "--strict"])
def test_what_does_not_land_is_not_told(sync: Sync, arctl: Arctl, option: str) -> None:
    sync(customers=CUSTOMERS, customer_invoices=invoices("I1,C1,2026-01-05,10.00,,"))
    before = told(arctl)
    sync(option, customer_invoices=invoices("I2,C1,2026-01-05,10.00,,", "I3,C9,2026-01-05,10.00,,"))

    assert told(arctl) == before


def test_a_table_that_comes_later_has_an_opening_load_of_its_own(sync: Sync, arctl: Arctl) -> None:
    sync(customers=CUSTOMERS)
    sync(customer_invoices=invoices("I1,C1,2026-01-05,10.00,,"))

    assert [kind for kind, _ in told(arctl)] == ["sync.loaded", "sync.loaded"]


def test_the_tick_tells_each_bucket_once_and_missed_days_too(sync: Sync, arctl: Arctl) -> None:
    head = "id,customer_id,invoice_date,due_date,amount"
    sync(
        customers=CUSTOMERS,
        customer_invoices=f"{head}\nI1,C1,2026-01-01,2026-01-10,10.00\nI2,C1,2026-01-01,2025-12-01,7.00\n",
    )
    before = len(told(arctl))
    for day in ("2026-01-10", "2026-01-11", "2026-01-11", "2026-03-20"):
        assert arctl("events", "tick", "--as-of", day).returncode == 0
    ran = arctl("events", "list", "--type", "ar.bucket_moved", "--json")
    moved = [(event["occurred_on"], event["payload"]["to"], event["entity_id"]) for event in json.loads(ran.stdout)]

    assert len(told(arctl)) == before + len(moved)
    assert [each for each in moved if "I1" in each[2]] == [
        ("2026-01-11", "days_30", moved[0][2]),
        ("2026-02-10", "days_60", moved[0][2]),
        ("2026-03-12", "days_90", moved[0][2]),
    ]
    assert len(set(moved)) == len(moved)


def test_a_late_invoice_is_told_by_the_next_tick(sync: Sync, arctl: Arctl) -> None:
    head = "id,customer_id,invoice_date,due_date,amount"
    sync(customers=CUSTOMERS, customer_invoices=f"{head}\nI1,C1,2026-01-01,2025-12-01,10.00\n")
    arctl("events", "tick", "--as-of", "2026-03-01")
    sync(customer_invoices=f"{head}\nI2,C1,2026-01-01,2026-01-31,5.00\n")
    for day in ("2026-03-02", "2026-03-03"):
        arctl("events", "tick", "--as-of", day)
    late = [
        event["payload"]["to"]
        for event in json.loads(arctl("events", "list", "--type", "ar.bucket_moved", "--json").stdout)
        if event["payload"]["invoice_id"] == "I2"
    ]

    assert late == ["days_30", "days_60"]
