"""arctl plan through the command line: one envelope, the same for the same day and facts, and nothing else before a yes."""

import sqlite3
from datetime import date
from typing import Any

import pytest

from arctl.store.contract_sql import ContractLedger
from tests.aging.conftest import Here, Lay

CUSTOMERS = "id,name,email,sales_rep,sales_rep_email\nC1,Acme,ap@acme.example.com,Rep North,north@example.com\n"
BOTH = CUSTOMERS + "C2,Bolt & Sons,ap@bolt.example.com,Rep North,north@example.com\n"
HEAD = "id,customer_id,invoice_date,due_date,amount,currency\n"
INVOICES = HEAD + "I1,C1,2026-05-01,2026-06-10,100.00,USD\nI2,C2,2026-04-01,2026-05-01,70.00,USD\n"
DAY, NEXT = "2026-06-30", "2026-07-01"


@pytest.fixture
def books(here: Here, lay: Lay) -> Here:
    """C1 twenty, C2 sixty days late on the day."""
    lay(customers=BOTH, customer_invoices=INVOICES)
    return here


def plan(here: Here, day: str = DAY, *more: str) -> Any:
    ran = here("plan", "--as-of", day, "--json", *more)
    assert ran.code == 0, ran.err
    return ran.json


def staged(report: Any) -> list[tuple[str, str, str | None, int]]:
    return [
        (each["action_type"], each["customer_id"], each["tier"], each["amount_cents"])
        for each in report["would_stage"]
        if each["customer_id"]
    ]


def rows(here: Here, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(here.db)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def dump(here: Here) -> list[str]:
    connection = sqlite3.connect(here.db)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_one_envelope_and_nothing_else_before_a_yes(books: Here) -> None:
    report = plan(books)

    assert (report["run_id"], report["envelope"], report["status"]) == (1, 1, "awaiting_approval")
    assert report["workflow_type"] == "ar_aging_action_plan"
    assert sorted(staged(report)[:3], key=str) == [
        ("agency_placement", "C2", None, 7000),
        ("collection_action", "C1", "courtesy", 10000),
        ("collection_action", "C2", "firm", 7000),
    ]
    assert rows(books, "SELECT id, action_type, status, risk_level, proposed_on FROM proposed_actions") == [
        (1, "workflow_ar_aging_action_plan", "pending", 3, DAY)
    ]
    for table in ("collection_cases", "collection_actions", "outbox", "customer_holds", "ns_pending_pushes"):
        assert rows(books, f"SELECT count(*) FROM {table}") == [(0,)]


def test_the_letters_are_frozen_with_the_envelope(books: Here) -> None:
    plan(books)

    found = rows(
        books, "SELECT title, body, body_html, flags_json FROM workflow_effects WHERE action_type = 'collection_action'"
    )
    assert sorted(title for title, *_ in found) == ["Courtesy letter to Acme", "Firm letter to Bolt & Sons"]
    for _, body, html, flags in found:
        assert "Amount due" in body
        assert html.startswith("<!DOCTYPE html>")
        assert "first letter" in flags


def test_the_same_day_and_facts_give_the_same_envelope(books: Here) -> None:
    first, before = plan(books), dump(books)
    again = plan(books)

    assert (again["envelope"], again["run_id"], staged(again)) == (1, 1, staged(first))
    assert dump(books) == before


def test_other_facts_supersede_what_nobody_decided_on(books: Here, lay: Lay) -> None:
    plan(books)
    lay(
        customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-06-29,40.00\n",
        payment_applications="source_type,source_id,invoice_id,amount,applied_on\npayment,P1,I1,40.00,2026-06-29\n",
    )
    report = plan(books)

    assert (report["envelope"], report["replaced"]) == (2, 1)
    assert ("collection_action", "C1", "courtesy", 6000) in staged(report)
    assert report["changes"] == {
        "since_run": 1, "since_day": DAY, "new": 0, "firmer": 0, "other_amount": 1, "gone": 0,
    }  # fmt: skip
    assert rows(books, "SELECT id, status, reason FROM proposed_actions ORDER BY id") == [
        (1, "superseded", "another plan came to other facts"),
        (2, "pending", None),
    ]
    assert rows(books, "SELECT run_id, status FROM workflow_runs") == [(1, "expired"), (2, "awaiting_approval")]


def test_the_next_day_dates_its_letters_anew(books: Here) -> None:
    plan(books)
    report = plan(books, NEXT)

    assert (report["envelope"], report["replaced"]) == (2, 1)
    (body,) = rows(books, "SELECT body FROM workflow_effects WHERE run_id = 2 AND title LIKE '%Acme'")[0]
    assert body.startswith("July 1, 2026")


def test_what_nobody_decides_by_the_end_of_the_next_business_day_expires(books: Here) -> None:
    assert plan(books, "2026-07-03")["expires_on"] == "2026-07-06"  # a Friday, and the Monday after it
    plan(books, "2026-07-07")

    assert rows(books, "SELECT id, status, reason FROM proposed_actions ORDER BY id") == [
        (1, "expired", "nobody decided in time"),
        (2, "pending", None),
    ]
    assert rows(books, "SELECT status FROM workflow_runs WHERE run_id = 1") == [("expired",)]


def test_an_earlier_day_is_refused_and_shown(books: Here) -> None:
    plan(books)
    before = dump(books)
    ran = books("plan", "--as-of", "2026-06-29")

    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        "error: ar_aging_action_plan was planned up to 2026-06-30 already; 2026-06-29 lies before\n"
        "hint: --dry-run shows any day's plan\n"
    )
    shown = plan(books, "2026-06-29", "--dry-run")
    assert (shown["dry_run"], shown["envelope"], shown["run_id"]) == (True, None, None)
    assert ("collection_action", "C1", "courtesy", 10000) in staged(shown)
    assert dump(books) == before


def test_a_day_to_come_is_refused_and_shown(books: Here) -> None:
    ran = books("plan", "--as-of", "2099-01-05")

    assert ran.code == 4
    assert ran.err.startswith("error: 2099-01-05 has not come yet for company default, where today is ")
    assert staged(plan(books, "2099-01-05", "--dry-run"))
    assert rows(books, "SELECT count(*) FROM workflow_runs") == [(0,)]


def test_a_disabled_workflow_plans_nothing(books: Here) -> None:
    assert books("workflows", "disable", "ar_aging_action_plan", "--reason", "a test").code == 0
    ran = books("plan", "--as-of", DAY)

    assert ran.code == 4
    assert ran.err.startswith("error: ar_aging_action_plan is disabled")


def test_nothing_due_stages_nothing(books: Here, lay: Lay) -> None:
    lay(
        customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-06-01,100.00\nP2,C2,2026-06-01,70.00\n",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P1,I1,100.00\npayment,P2,I2,70.00\n",
    )
    report = plan(books)

    assert (report["status"], report["envelope"], report["would_stage"], report["suppressed"]) == (
        "completed", None, [], [],
    )  # fmt: skip


def test_why_names_each_customer_left_out(books: Here, lay: Lay) -> None:
    lay(
        customers="id,name\nC3,Small\nC4,Disputed\nC5,Soon\n",
        customer_invoices="id,customer_id,invoice_date,due_date,amount,disputed\n"
        "I3,C3,2026-05-01,2026-06-10,0.10,F\nI4,C4,2026-05-01,2026-06-10,50.00,T\nI5,C5,2026-06-01,2026-06-25,50.00,F\n",
    )
    ran = books("plan", "--as-of", DAY, "--dry-run", "--why", "--format", "csv")

    assert ran.code == 0
    assert ran.out == (
        "customer_id,customer_name,currency,reason\n"
        "C3,Small,USD,0.10 USD is below the minimum of 1.00\n"
        "C4,Disputed,USD,the only overdue item is disputed\n"
        'C5,Soon,USD,"5 days overdue, the first reminder is due at 7"\n'
    )


def test_one_letter_for_each_currency(books: Here, lay: Lay) -> None:
    lay(customer_invoices=HEAD + "I9,C1,2026-05-01,2026-06-10,50.00,EUR\n")

    letters = [
        (each["customer_id"], each["currency"], each["amount_cents"])
        for each in plan(books)["would_stage"]
        if each["action_type"] == "collection_action" and each["customer_id"] == "C1"
    ]
    assert sorted(letters) == [("C1", "EUR", 5000), ("C1", "USD", 10000)]


def test_a_customer_without_an_address_is_called(books: Here, lay: Lay) -> None:
    lay(customers="id,name,email\nC1,Acme,\n")
    plan(books)

    (title, payload) = rows(books, "SELECT title, payload_json FROM workflow_effects WHERE title LIKE '%Acme%'")[0]
    assert title == "Call Acme"
    assert '"channel":"call"' in payload
    assert '"recipients":[]' in payload


def test_credit_that_covers_all_is_a_task_and_no_letter(books: Here, lay: Lay) -> None:
    lay(customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-06-29,100.00\n")
    report = plan(books)

    assert ("apply_cash_first", "C1", None, 10000) in staged(report)
    assert [each["code"] for each in report["suppressed"]] == ["nothing_left"]
    assert not [each for each in staged(report) if each[:2] == ("collection_action", "C1")]


def test_one_digest_for_a_rep_naming_who_is_written_to(books: Here, lay: Lay) -> None:
    lay(
        customers="id,name,sales_rep_email\nC3,Small,north@example.com\n",
        customer_invoices=HEAD + "I3,C3,2026-05-01,2026-06-10,0.10,USD\n",
    )
    plan(books)

    ((body, risk),) = rows(books, "SELECT body, risk_level FROM workflow_effects WHERE kind = 'email_draft'")
    assert risk == 1
    assert "Acme" in body
    assert "Bolt & Sons" in body
    assert "Small" not in body


def test_several_companies_are_planned_one_by_one(here: Here, lay: Lay) -> None:
    assert here("--quiet", "init").code == 0
    assert here("--quiet", "--company", "north", "init").code == 0
    lay(
        customers=CUSTOMERS,
        customer_invoices=HEAD.replace("\n", ",company\n") + "I1,C1,2026-05-01,2026-06-10,5.00,USD,north\n",
    )

    refused = here("plan", "--as-of", DAY)
    assert (refused.code, refused.err.split("\n")[0]) == (
        2, "error: a plan is made for one company, and there are several: default, north",
    )  # fmt: skip
    assert here("--company", "default", "plan", "--as-of", DAY, "--json").json["would_stage"] == []
    assert staged(here("--company", "north", "plan", "--as-of", DAY, "--json").json) == [
        ("collection_action", "C1", "courtesy", 500)
    ]


def test_what_arrives_while_a_plan_is_made_is_planned(books: Here, lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    """A payment lands between the look and the writing: the plan looks again."""
    ask, times = ContractLedger.query, 0

    def slow(self: ContractLedger, *asked: Any) -> Any:
        nonlocal times
        times += 1
        if times == 1:
            lay(
                customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-06-29,100.00\n",
                payment_applications="source_type,source_id,invoice_id,amount\npayment,P1,I1,100.00\n",
            )
        return ask(self, *asked)

    # the first query is asked after the ledger's state was noted
    monkeypatch.setattr(ContractLedger, "query", slow)
    ran = books("plan", "--as-of", DAY, "--json")

    assert ran.code == 0, ran.err
    assert [customer for _, customer, _, _ in staged(ran.json) if customer == "C1"] == []


def test_a_ledger_that_never_rests_is_refused(books: Here, lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    ask, day = ContractLedger.query, date(2026, 6, 1).toordinal()

    def busy(self: ContractLedger, *asked: Any) -> Any:
        nonlocal day
        day += 1
        lay(customer_payments=f"id,customer_id,receipt_date,amount\nP{day},C1,{date.fromordinal(day)},1.00\n")
        return ask(self, *asked)

    monkeypatch.setattr(ContractLedger, "query", busy)
    ran = books("plan", "--as-of", DAY)

    assert ran.code == 4
    assert "others kept changing the ledger while the plan was made; nothing was staged" in ran.err
    assert rows(books, "SELECT count(*) FROM workflow_runs") == [(0,)]


def test_an_unknown_input_is_named(books: Here) -> None:
    ran = books("plan", "--as-of", DAY, "--input", "threshold=3")

    assert ran.code == 2
    assert "threshold" in ran.err


def test_an_input_narrows_the_plan(books: Here) -> None:
    assert {
        customer for _, customer, _, _ in staged(plan(books, DAY, "--dry-run", "--input", "threshold_days=30"))
    } == {"C2"}


def test_the_table_says_what_comes_next(books: Here) -> None:
    ran = books("plan", "--as-of", DAY)

    assert ran.code == 0
    assert ran.out.startswith("Plan of ar_aging_action_plan for default, 2026-06-30\n")
    assert "staged as envelope 1 of run 1, to be decided by 2026-07-01" in ran.out
    assert ran.out.endswith("next: arctl approve 1\n")
