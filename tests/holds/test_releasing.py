"""A release is proposed once the cause of the hold is paid, and carried out while that is so."""

from datetime import date

from tests.holds.conftest import NAME, Desk, Late

RELEASE = "service_hold_release"
PAID = date(2026, 7, 1)


def held(late: Late) -> Desk:
    """C1 is on hold since ON for 25,000.01, 91 days late."""
    desk = late(91, "25000.01")
    desk.hold()
    return desk


def test_a_release_from_its_proposal_to_its_verification(late: Late) -> None:
    desk = held(late)
    desk.pay("25000.01", PAID)

    assert RELEASE in desk.plan(1)
    number = desk.proposed(RELEASE)
    assert desk("approve", str(number), "--yes", day=1).code == 4, "risk 4 is approved by name"
    assert desk("approve", str(number), "--yes", "--confirm", NAME, day=1).code == 0

    assert desk.rows("SELECT entitystatus FROM customers") == [("active",)]
    ((reason, run, decided),) = desk.rows("SELECT release_reason, released_run, released_by <> '' FROM customer_holds")
    assert (reason, decided) == ("what was overdue when the hold was placed on 2026-06-30 is paid", 1)
    assert desk.rows(f"SELECT subject FROM outbox WHERE run_id = {run} ORDER BY outbox_id") == [
        (f"Hold lifted: {NAME} (account C1)",),
        ("The hold on your account C1 is lifted",),
    ]
    assert desk.rows(f"SELECT payload_json FROM ns_pending_pushes WHERE run_id = {run}") == [('{"credit_hold":false}',)]
    assert desk.rows("SELECT decision_type FROM auto_decisions ORDER BY decision_id") == [
        ("service_hold",),
        ("service_hold_release",),
    ]
    found = {each["name"]: each["status"] for each in desk("verify", "--run", str(run), "--json", day=2).json}
    assert found == {"hold_released_d1": "pass", "hold_released_ns": "pending"}
    assert RELEASE not in desk.plan(2)
    assert desk("holds", "list", "--all", "--json", day=2).json[0]["status"] == "released"


def test_what_is_paid_in_part_is_not_paid(late: Late) -> None:
    desk = held(late)
    desk.pay("25000.00", PAID)

    assert RELEASE not in desk.plan(1)


def test_unapplied_credit_counts_as_paid(late: Late) -> None:
    desk = held(late)
    desk.lay(customer_payments=f"id,customer_id,receipt_date,amount\nP1,C1,{PAID},25000.01\n")

    assert RELEASE in desk.plan(1)


def test_what_came_due_since_does_not_keep_a_hold(late: Late) -> None:
    desk = held(late)
    desk.pay("25000.01", PAID)
    desk.lay(customer_invoices="id,customer_id,invoice_date,due_date,amount\nI2,C1,2026-06-01,2026-06-30,900.00\n")

    assert RELEASE in desk.plan(1)


def test_a_payment_that_bounced_since(late: Late) -> None:
    desk = held(late)
    desk.pay("25000.01", PAID)
    desk.plan(1)
    number = str(desk.proposed(RELEASE))
    desk.pay("25000.01", PAID, void=True)

    ran = desk("approve", number, "--yes", "--confirm", NAME, day=2)

    assert (ran.code, "what the customer was put on hold for is open again" in ran.out + ran.err) == (4, True)
    assert desk.rows("SELECT entitystatus FROM customers") == [("hold",)]
    desk.plan(2)
    assert desk.rows(f"SELECT status FROM proposed_actions WHERE id = {number}") == [("superseded",)]


def test_a_release_that_waits_or_was_rejected_is_not_proposed_again(late: Late) -> None:
    desk = held(late)
    desk.pay("25000.01", PAID)
    desk.plan(1)
    number = str(desk.proposed(RELEASE))
    assert RELEASE not in desk.plan(1)

    assert desk("reject", number, "--reason", "they asked to stay on prepayment", day=1).code == 0

    assert RELEASE not in desk.plan(2)


def test_by_hand_an_unpaid_cause_warns(late: Late) -> None:
    desk = held(late)

    ran = desk("run", "service_hold_release", "--customer", "C1", "--input", "reason=agreed by phone", day=1)

    assert ran.code == 0
    assert "what the customer was put on hold for is not paid" in ran.out


def test_nobody_is_released_who_is_not_on_hold(late: Late) -> None:
    desk = late(91, "25000.01")

    ran = desk("run", "service_hold_release", "--customer", "C1", "--input", "reason=x")

    assert (ran.code, "no hold that arctl placed is on for this customer" in ran.err) == (4, True)


def test_a_hold_that_was_released_before_the_night_was_applied_all_the_same(late: Late) -> None:
    desk = held(late)
    desk("run", "service_hold_release", "--customer", "C1", "--input", "reason=agreed by phone")
    envelope = desk.rows("SELECT max(id) FROM proposed_actions")[0][0]
    assert desk("approve", str(envelope), "--yes", "--confirm", NAME).code == 0

    found = {each["name"]: (each["status"], each["value"]) for each in desk("verify", "--json", day=1).json}
    assert found["hold_applied_d1"] == ("pass", "released")
    assert found["hold_released_d1"] == ("pass", 1)


def test_every_currency_of_the_cause_must_be_paid(late: Late) -> None:
    desk = late(91, "25000.01")
    desk.lay(
        customer_invoices="id,customer_id,invoice_date,due_date,amount,currency\nE1,C1,2026-03-01,2026-03-31,70.00,EUR\n"
    )
    desk.hold()
    desk.pay("25000.01", PAID)

    assert desk("holds", "list", "--json", day=1).json[0]["cause"] == [{"currency": "EUR", "open_cents": 7000}]
    assert RELEASE not in desk.plan(1)

    desk.lay(customer_payments=f"id,customer_id,receipt_date,amount,currency\nP2,C1,{PAID},70.00,EUR\n")
    assert RELEASE in desk.plan(2)
