"""The daily tick: each item in each bucket it enters, once; days missed; what comes late; what came with the opening load."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.documents import Receivables
from arctl.core.tick import EMPTY, TICKED, TOLD, CompanyTick, Ticked, span
from arctl.errors import Refused
from arctl.services.books import found
from arctl.services.tick import tick
from arctl.store.books import Company, Made
from tests.aging.books import Books, empty_books
from tests.conftest import process_environment
from tests.ledgers import receivables
from tests.sync.desk import CUSTOMERS, Desk

NOW = datetime(2027, 12, 31, 12, tzinfo=UTC)
OPENED = date(2026, 7, 1)
"""The day of a desk's first syncs."""
HEAD = "id,customer_id,invoice_date,amount,due_date\n"


def run(desk: Desk | Books, day: date | str, company: str | None = None) -> CompanyTick:
    (done,) = tick(desk.ledger, date.fromisoformat(str(day)), company, NOW, "nightly")
    return done


def moves(desk: Desk | Books) -> list[tuple[str, str, int, str]]:
    """(day, invoice, instalment, bucket entered) in the order of the chain."""
    return desk.rows(
        "SELECT occurred_on, entity_id, json_extract(payload_json, '$.installment'), json_extract(payload_json, '$.to')"
        " FROM events WHERE event_type = 'ar.bucket_moved' ORDER BY seq"
    )


def facts(desk: Desk, number: int = -1) -> dict[str, object]:
    rows = desk.rows("SELECT payload_json FROM events WHERE event_type = 'ar.bucket_moved' ORDER BY seq")
    return dict(json.loads(rows[number][0]))


def due(desk: Desk, **invoices: str) -> Desk:
    """Sync invoices of 100.00 of C1, dated 2026-05-01, each due when it says."""
    rows = "".join(f"{id},C1,2026-05-01,100.00,{day}\n" for id, day in invoices.items())
    assert not desk.clear().write(customers=CUSTOMERS, customer_invoices=HEAD + rows).sync().rejects
    return desk


def pay(desk: Desk, invoice: str, day: str, amount: str = "100.00", voided: str = "") -> None:
    status = "voided" if voided else "posted"
    desk.clear().write(
        customer_payments="id,customer_id,receipt_date,amount,status,voided_on\n"
        f"P-{invoice},C1,{day},{amount},{status},{voided}\n",
        payment_applications=f"source_type,source_id,invoice_id,amount\npayment,P-{invoice},{invoice},{amount}\n",
    )
    assert not desk.sync().rejects


def test_an_item_enters_each_bucket_on_its_day(desk: Desk) -> None:
    due(desk, A="2026-07-10")
    day = OPENED
    while day <= date(2026, 11, 1):
        run(desk, day)
        day += timedelta(days=1)

    assert moves(desk) == [
        ("2026-07-11", "A", 0, "days_30"),
        ("2026-08-10", "A", 0, "days_60"),
        ("2026-09-09", "A", 0, "days_90"),
        ("2026-10-09", "A", 0, "days_90_plus"),
    ]
    assert facts(desk, 1) == {
        "invoice_id": "A", "installment": 0, "customer_id": "C1", "currency": "USD", "outstanding_cents": 10000,
        "due_date": "2026-07-10", "days_overdue": 31, "entered_on": "2026-08-10", "from": "days_30", "to": "days_60",
    }  # fmt: skip


def test_a_fortnight_with_missed_days(desk: Desk) -> None:
    """Ticks on some days only, a payment and a late invoice in between: every day is told, in order, by its own balance."""
    due(desk, A="2026-07-01", B="2026-07-03", C="2026-07-05", D="2026-06-01")
    assert run(desk, "2026-07-02") == CompanyTick("default", TICKED, OPENED, date(2026, 7, 2), 2)
    assert moves(desk) == [("2026-07-02", "A", 0, "days_30"), ("2026-07-02", "D", 0, "days_60")]

    pay(desk, "B", "2026-07-02", "40.00")
    pay(desk, "C", "2026-07-06")
    assert run(desk, "2026-07-02").status == TOLD
    assert run(desk, "2026-07-09").moved == 2
    assert moves(desk)[2:] == [("2026-07-04", "B", 0, "days_30"), ("2026-07-06", "C", 0, "days_30")][:1] + []
    assert facts(desk)["outstanding_cents"] == 6000
