"""Invoices that nobody asked for: which of the causes it is, and that dunning settles it."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from arctl.core.doctor import Finding
from arctl.core.documents import Receivables
from arctl.services.age import AgeRequest, age
from arctl.services.doctor import Asked, examine
from tests.aging.books import FIRST_SYNC, books_of
from tests.aging.conftest import Here, Lay
from tests.ledgers import asked_ledgers

CHECK = ("--check", "overdue_not_dunned", "--json")
DAY = "2026-06-30"


@pytest.fixture
def owed(here: Here, lay: Lay) -> Here:
    """One invoice 60 days overdue on DAY, and one 59."""
    lay(
        customers="id,name,email\nC1,Harbor Bakery,ap@example.com\nC2,Quay Deli,ap2@example.com\n",
        customer_invoices="""
            id,customer_id,invoice_date,amount,due_date,disputed
            I1,C1,2026-04-01,90.00,2026-05-01,F
            I2,C2,2026-04-01,80.00,2026-05-02,F
            """,
    )
    assert here("config", "set", "mail.from", "ar@example.com").code == 0
    return here


def told(here: Here, day: str = DAY) -> list[tuple[str, str, str, str]]:
    """(document, severity, why, remedy) of each finding."""
    found = here("doctor", *CHECK, "--as-of", day).json
    return [(each["document"], each["severity"], each["message"].split("; ")[-1], each["remedy"]) for each in found]


def test_run_missing(owed: Here) -> None:
    assert told(owed) == [("I1", "error", "run missing: nothing was ever planned", f"arctl plan --as-of {DAY}")]
    assert told(owed, "2026-06-29") == []


def test_the_plan_that_stopped_running(owed: Here, lay: Lay) -> None:
    assert owed("plan", "--as-of", "2026-06-20").code == 0
    assert owed("reject", "1", "--reason", "not today", "--as-of", "2026-06-20").code == 0
    lay(customer_invoices="id,customer_id,invoice_date,amount,due_date\nI3,C2,2026-04-01,80.00,2026-04-30\n")

    found = {each[0]: each for each in told(owed)}

    assert found["I3"][1:3] == ("error", "run missing: the last plan was made for 2026-06-20")


def test_contract_disabled(owed: Here) -> None:
    owed("plan", "--as-of", "2026-05-03")
    assert owed("workflows", "disable", "ar_aging_action_plan", "--reason", "quiet week").code == 0

    assert told(owed) == [
        (
            "I1",
            "error",
            "contract disabled: ar_aging_action_plan is switched off",
            'arctl workflows enable ar_aging_action_plan --reason "overdue invoices without dunning"',
        )
    ]


def test_a_draft_waits(owed: Here) -> None:
    owed("plan", "--as-of", DAY)

    assert told(owed) == [("I1", "info", "a draft waits for approval in proposal 1", "arctl approve 1")]
    assert owed("doctor", *CHECK, "--as-of", DAY).code == 0, "an info is no failure"


def test_dunned(owed: Here) -> None:
    owed("plan", "--as-of", DAY)
    assert owed("approve", "1", "--yes", "--with-drafts", "--as-of", DAY).code == 0

    assert told(owed) == []


def test_a_disputed_invoice(owed: Here, lay: Lay) -> None:
    lay(customer_invoices="id,customer_id,invoice_date,amount,due_date,disputed\nI1,C1,2026-04-01,90.00,2026-05-01,T\n")

    assert told(owed) == [("I1", "info", "the invoice is disputed", "arctl explain I1")]


def test_a_customer_placed_with_an_agency(owed: Here) -> None:
    assert owed("dunning", "place", "C1", "agency", "--reason", "handed over").code == 0

    assert told(owed) == [("I1", "info", "left alone: placed with an agency", "arctl dunning show C1")]


def test_an_amount_below_the_minimum(owed: Here, lay: Lay) -> None:
    lay(customer_invoices="id,customer_id,invoice_date,amount,due_date\nI1,C1,2026-04-01,0.50,2026-05-01\n")

    assert told(owed) == [("I1", "info", "left alone: 0.50 USD is below the minimum of 1.00", "arctl dunning show C1")]


def test_the_rules_leave_a_customer_alone(owed: Here) -> None:
    assert owed("dunning", "set", "C1", "is_active=no", "--reason", "the owner's cousin").code == 0

    assert told(owed) == [
        ("I1", "warning", "left alone: dunning is switched off in the config", "arctl dunning show C1")
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(asked_ledgers())
def test_of_a_ledger_that_was_never_planned_every_old_item_is_told(asked: tuple[Receivables, date]) -> None:
    receivables, day = asked
    with books_of(receivables) as books:
        told = _told(examine(books.ledger, Asked(day, FIRST_SYNC, ["overdue_not_dunned"], limit=0)).findings)
        report = age(books.ledger, AgeRequest(day, by="invoice"))
        overdue = {item.invoice_id for group in report.groups for item in group.items or () if item.days_overdue >= 60}
        some = examine(books.ledger, Asked(day, FIRST_SYNC, ["overdue_not_dunned"], limit=1)).findings

    assert told == overdue
    assert len(some) <= 2
    assert bool(some) == bool(overdue)


def _told(findings: Sequence[Finding]) -> set[str]:
    return {each.document for each in findings}
