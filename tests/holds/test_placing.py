"""A hold is proposed, approved by name, placed, told, pushed and verified; a sync does not undo it."""

from datetime import date

import pytest

from tests.aging.conftest import Here, Lay
from tests.holds.conftest import CUSTOMERS, NAME, ON, Desk, Late

HOLD = "propose_customer_program"
RUN = ("run", "service_hold_trigger", "--customer", "C1", "--input", "reason=late")


@pytest.mark.parametrize(
    ("days", "amount", "more", "proposed"),
    [
        (91, "25000.01", {}, True),
        (90, "25000.01", {}, False),
        (91, "25000.00", {}, False),
        (91, "25000.01", {"credit": "0.01"}, False),
        (91, "25000.02", {"credit": "0.01"}, True),
        (91, "25000.01", {"disputed": "T"}, False),
    ],
)
def test_when_a_hold_is_proposed(late: Late, days: int, amount: str, more: dict[str, str], proposed: bool) -> None:
    assert (HOLD in late(days, amount, **more).plan()) is proposed


def test_a_hold_from_its_proposal_to_its_verification(late: Late) -> None:
    desk = late(91, "25000.01")
    number = desk.hold()

    assert desk.rows("SELECT entitystatus, erp_entitystatus FROM customers") == [("hold", "active")]
    assert desk.rows("SELECT reason, placed_on, run_id FROM customer_holds") == [
        ("91 days overdue with 25,000.01 USD open", ON.isoformat(), 2)
    ]
    assert desk.rows("SELECT status, trigger_kind, trigger_ref FROM workflow_runs WHERE run_id = 2") == [
        ("completed", "proposal", str(number))
    ]
    assert desk.rows("SELECT recipients, subject FROM outbox WHERE run_id = 2 ORDER BY outbox_id") == [
        ('["east@example.com"]', f"On hold: {NAME} (account C1)"),
        ('["ap@northwind.example.com"]', "Your account C1 is on hold: 25,000.01 USD past due"),
    ]
    assert desk.rows("SELECT record_type, record_id, payload_json, status FROM ns_pending_pushes") == [
        ("customer", "C1", '{"credit_hold":true}', "pending")
    ]
    assert desk.rows("SELECT entity_type, entity_id, decision_type, decided_on FROM auto_decisions") == [
        ("customer", "C1", "service_hold", ON.isoformat())
    ]
    assert desk.rows("SELECT tags_json FROM reflexion_log WHERE run_id = 2") == [('["service_hold","customer:C1"]',)]
    told = desk.rows(
        "SELECT event_type FROM events WHERE event_type IN ('ar_aging_tick_threshold', 'customer.hold_placed')"
    )
    assert sorted(told) == [("ar_aging_tick_threshold",), ("customer.hold_placed",)]

    night = desk("verify", "--run", "2", "--json", day=1)
    assert (night.code, [(each["name"], each["status"], each["value"]) for each in night.json]) == (
        0,
        [("hold_applied_d1", "pass", "hold"), ("hold_applied_ns", "pending", None)],
    )
    later = desk("verify", day=2)
    assert later.code == 1
    assert "TIMEOUT" in later.out
    assert "no push could be read back within 48h" in later.out


def test_the_event_of_a_hold_starts_no_second_run(late: Late) -> None:
    desk = late(91, "25000.01")
    desk.hold()

    assert desk.here("events", "dispatch").code == 0

    assert desk.rows("SELECT count(*) FROM workflow_runs WHERE workflow_type = 'service_hold_trigger'") == [(1,)]


def test_another_name_changes_nothing(late: Late) -> None:
    desk = late(91, "25000.01")
    desk.plan()
    number = str(desk.proposed(HOLD))

    for typed in ((), ("--confirm", "Southwind")):
        ran = desk("approve", number, "--yes", *typed)
        assert ran.code == 4
    assert desk.rows("SELECT entitystatus FROM customers") == [("active",)]
    assert desk.rows("SELECT (SELECT count(*) FROM customer_holds), (SELECT count(*) FROM ns_pending_pushes)") == [
        (0, 0)
    ]
    assert desk.proposed(HOLD) == int(number)


def test_a_sync_does_not_undo_a_hold_and_nobody_is_held_twice(late: Late) -> None:
    desk = late(91, "25000.01")
    desk.hold()

    desk.lay(customers=CUSTOMERS.format(inactive="F").replace("active,F", "open,F"))

    assert desk.rows("SELECT entitystatus, erp_entitystatus FROM customers") == [("hold", "open")]
    assert HOLD not in desk.plan(1)
    ran = desk(*RUN, "--input", "ar_balance=25000.01", "--input", "days_overdue=92", day=1)
    assert (ran.code, "the customer is on hold already" in ran.err) == (4, True)


def test_an_inactive_customer_is_not_put_on_hold(late: Late) -> None:
    desk = late(91, "25000.01", inactive="T")

    ran = desk(*RUN, "--input", "ar_balance=25000.01", "--input", "days_overdue=91")

    assert (ran.code, "the customer is inactive or not known" in ran.err) == (4, True)
    assert desk.rows("SELECT status FROM workflow_runs") == [("blocked",)]
    assert desk.rows("SELECT count(*) FROM proposed_actions") == [(0,)]


@pytest.mark.parametrize(
    ("balance", "days", "warned"),
    [("10000.00", 60, False), ("9999.99", 60, True), ("10000.00", 59, True), ("9999.99", 59, True)],
)
def test_a_small_or_young_debt_warns_and_blocks_nothing(late: Late, balance: str, days: int, warned: bool) -> None:
    desk = late(days, balance)

    ran = desk(*RUN, "--input", f"ar_balance={balance}", "--input", f"days_overdue={days}")

    assert ran.code == 0
    assert ("less than 60 days overdue, or less than 10,000.00 open" in ran.out) is warned
    assert desk.rows("SELECT status FROM workflow_runs") == [("awaiting_approval",)]


def test_both_notices_of_a_hold_by_hand_leave_with_its_approval(late: Late) -> None:
    desk = late(91, "25000.01")
    assert desk(*RUN, "--input", "ar_balance=25000.01", "--input", "days_overdue=91").code == 0

    ran = desk("approve", "1", "--yes", "--confirm", NAME)

    assert ran.code == 0, ran.err
    assert desk.rows("SELECT kind, status FROM outbox") == [("notice", "written"), ("notice", "written")]


def test_a_hold_of_the_same_envelope_is_no_news_to_a_placement(late: Late) -> None:
    desk = late(91, "25000.01")
    desk.hold()
    placement = desk.proposed("agency_placement")

    assert desk.plan() == []
    assert desk("approve", str(placement), "--yes", "--confirm", NAME).code == 0


def test_after_a_hold_by_hand_a_placement_is_planned_anew(late: Late) -> None:
    """What an approval would refuse as out of date must not be kept as a draft that says the same."""
    desk = late(91, "25000.01")
    desk.plan()
    placement = desk.proposed("agency_placement")
    assert desk(*RUN, "--input", "ar_balance=25000.01", "--input", "days_overdue=91").code == 0
    (envelope,) = desk.rows("SELECT max(id) FROM proposed_actions WHERE envelope_id IS NULL")[0]
    assert desk("approve", str(envelope), "--yes", "--confirm", NAME).code == 0
    refused = desk("approve", str(placement), "--yes", "--confirm", NAME)
    assert (refused.code, "put on hold" in refused.err + refused.out) == (4, True)

    assert "agency_placement" in desk.plan()
    assert desk.rows(f"SELECT status FROM proposed_actions WHERE id = {placement}") == [("superseded",)]


def test_the_list_of_holds(late: Late) -> None:
    desk = late(91, "25000.01")
    assert (desk("holds", "list").out, desk("holds", "list").err) != ("", "")
    desk.hold()
    desk.pay("5000.00", date(2026, 7, 1))

    (hold,) = desk("holds", "list", "--json", day=1).json
    assert (hold["status"], hold["customer_id"], hold["push"], hold["cause"]) == (
        "active", "C1", "pending", [{"currency": "USD", "open_cents": 2000001}],
    )  # fmt: skip
    table = desk("holds", "list", day=1).out
    assert "20,000.01 USD" in table
    assert "push pending" in table
    assert desk("holds", "show", "C1", "--format", "csv").out.splitlines()[1].startswith(f"1,C1,{NAME},default,active,")
    assert desk("holds", "show", "C9").err.startswith("error: the ledger holds no customer C9")


def test_a_hold_that_was_rejected_comes_back_with_new_facts_only(late: Late) -> None:
    desk = late(91, "25000.01")
    desk.plan()
    assert desk("reject", str(desk.proposed(HOLD)), "--reason", "they pay on Friday").code == 0

    assert HOLD not in desk.plan(1)
    why = desk("plan", "--why", "--json", day=2).json["suppressed"]
    assert "service hold rejected on 2026-06-30, and nothing new since: they pay on Friday" in [
        each["reason"] for each in why
    ]

    desk.lay(customer_invoices="id,customer_id,invoice_date,due_date,amount\nI2,C1,2026-06-01,2026-06-30,900.00\n")
    assert HOLD in desk.plan(3)


def test_a_hold_of_whom_nobody_can_be_told_says_so(here: Here, lay: Lay) -> None:
    lay(
        customers=f"id,name,email,sales_rep,sales_rep_email\nC1,{NAME},no address,East Desk,none either\n",
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nI1,C1,2026-03-01,2026-03-31,25000.01\n",
    )
    desk = Desk(here, lay)
    desk.here("config", "set", "mail.from", "ar@example.com")
    desk.hold()

    assert desk.rows("SELECT flag, note LIKE '%cannot be written to%' FROM customer_flags ORDER BY flag") == [
        ("not_told_by_draft_customer_notice", 1),
        ("not_told_by_notify_sales_rep", 1),
    ]
    assert desk.rows("SELECT entitystatus FROM customers") == [("hold",)]


@pytest.mark.parametrize("by_hand", [False, True])
def test_without_a_sender_no_hold_is_placed(here: Here, late: Late, by_hand: bool) -> None:
    desk = late(91, "25000.01")
    if by_hand:
        desk(*RUN, "--input", "ar_balance=25000.01", "--input", "days_overdue=91")
        number = "1"
    else:
        desk.plan()
        number = str(desk.proposed(HOLD))
    assert here("config", "unset", "mail.from").code == 0

    ran = desk("approve", number, "--yes", "--confirm", NAME)

    assert (ran.code, "arctl config set mail.from" in ran.err) == (4, True), ran.err
    assert desk.rows("SELECT (SELECT count(*) FROM customer_holds), (SELECT count(*) FROM ns_pending_pushes)") == [
        (0, 0)
    ]
    assert desk.rows(f"SELECT status FROM proposed_actions WHERE id = {number}") == [("pending",)]


def test_a_kill_switch_keeps_a_hold_back_until_it_is_off(here: Here, late: Late) -> None:
    desk = late(91, "25000.01")
    desk.plan()
    number = str(desk.proposed(HOLD))
    assert here("kill", "on", "high_risk_ops", "--reason", "audit").code == 0

    ran = desk("approve", number, "--yes", "--confirm", NAME)
    assert (ran.code, "kill:high_risk_ops" in ran.out + ran.err) == (4, True)
    assert desk.rows(
        "SELECT status, (SELECT count(*) FROM customer_holds) FROM proposed_actions WHERE id = " + number
    ) == [("approved", 0)]

    assert here("kill", "off", "high_risk_ops", "--reason", "done").code == 0
    for _ in range(2):
        desk("approve", "--resume")
    assert desk.rows("SELECT count(*), max(released_at) FROM customer_holds") == [(1, None)]
    assert desk.rows("SELECT count(*) FROM ns_pending_pushes") == [(1,)]
