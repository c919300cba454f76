"""A hold program: its yes starts the run of service_hold_trigger, already approved, and nothing starts it again."""

import json

import pytest

from arctl.core.review_values import Consequences
from arctl.errors import Refused
from arctl.services import approve
from tests.approve.staged import CUSTOMERS, DANA, DAY, Morning

HOLD = "propose_customer_program C4"


def _look(desk: Morning, id: int) -> Consequences:
    return approve.consequences(desk.ledger, id, DANA, DAY, desk.writer)


def test_the_screen_shows_all_that_the_yes_does(desk: Morning) -> None:
    id = desk.fan_out()[HOLD]
    before = desk.rows("SELECT total_changes()")
    seen = _look(desk, id)
    assert desk.rows("SELECT total_changes()") == before
    assert [each.kind for each in seen.effects if each.phase == "fan_out"] == [
        "d1_write",
        "email_draft",
        "email_draft",
        "ns_push",
    ]
    assert "open sos: orders 0, total 0.00 USD" in seen.background
    assert "prior holds: holds 0" in seen.background
    assert (seen.blocked, seen.warnings) == ("", ())


def test_its_yes_does_exactly_that_once(desk: Morning) -> None:
    id = desk.fan_out()[HOLD]
    shown = _look(desk, id).shown_hash
    approve.approve_ids(desk.ledger, [id], DANA, DAY, confirm="Dune Big", shown=shown, writer=desk.writer)
    assert desk.rows("SELECT entitystatus FROM customers WHERE id = 'C4'") == [("hold",)]
    assert desk.rows("SELECT kind, status FROM outbox ORDER BY outbox_id") == [("notice", "written")] * 2
    assert desk.rows("SELECT record_id, payload_json, status FROM ns_pending_pushes") == [
        ("C4", '{"credit_hold":true}', "pending")
    ]
    assert desk.rows("SELECT entity_id, decision_type, actor FROM auto_decisions") == [("C4", "service_hold", "dana")]
    run = "SELECT workflow_type, status, trigger_kind, trigger_ref FROM workflow_run_log WHERE run_id = 2"
    assert desk.rows(run) == [("service_hold_trigger", "completed", "proposal", str(id))]
    told = desk.rows("SELECT payload_json FROM events WHERE event_type = 'ar_aging_tick_threshold'")
    assert json.loads(told[0][0])["proposal_id"] == id
    assert {name for (name,) in desk.rows("SELECT name FROM workflow_verify_results WHERE run_id = 2")} == {
        "hold_applied_d1", "hold_applied_ns",
    }  # fmt: skip
    assert desk.approve(id, confirm="Dune Big")[0].refused
    assert desk.rows("SELECT count(*) FROM workflow_run_log") == [(2,)]


def test_another_time_of_day_shows_the_same(desk: Morning) -> None:
    from dataclasses import replace

    id = desk.fan_out()[HOLD]
    later = approve.consequences(desk.ledger, id, replace(DANA, at="2026-07-08 14:30:59"), DAY, desk.writer)
    assert later.shown_hash == _look(desk, id).shown_hash


def test_what_would_do_something_else_than_shown_is_refused(desk: Morning) -> None:
    id = desk.fan_out()[HOLD]
    shown = _look(desk, id).shown_hash
    desk.sync({"customers.csv": [{**row, "sales_rep_email": "r9@example.com"} for row in CUSTOMERS]})
    assert _look(desk, id).shown_hash != shown
    with pytest.raises(Refused, match="it would do something else than what was shown; nothing was changed"):
        approve.approve_ids(desk.ledger, [id], DANA, DAY, confirm="Dune Big", shown=shown, writer=desk.writer)
    assert desk.statuses()[HOLD] == "pending"
    assert desk.rows("SELECT count(*) FROM customer_holds") == [(0,)]


def test_an_inactive_customer_is_not_put_on_hold(desk: Morning) -> None:
    id = desk.fan_out()[HOLD]
    desk.sync({"customers.csv": [{**row, "isinactive": "T"} for row in CUSTOMERS]})
    assert _look(desk, id).blocked == "the customer is inactive or not known"
    with pytest.raises(Refused, match="the customer is inactive or not known; nothing was changed"):
        desk.approve(id, confirm="Dune Big")
    assert desk.statuses()[HOLD] == "pending"


def test_where_a_step_fails_nothing_is_done(desk: Morning) -> None:
    from arctl.services import settings
    from arctl.store.books import Made

    id = desk.fan_out()[HOLD]
    settings.change_setting(desk.ledger, None, "mail.from", None, Made("2026-07-08 12:00:00", "dana"))
    with pytest.raises(Refused, match="nobody set the address that letters come from"):
        desk.approve(id, confirm="Dune Big")
    assert desk.statuses()[HOLD] == "pending"
    for table in ("customer_holds", "outbox", "ns_pending_pushes", "auto_decisions"):
        assert desk.rows(f"SELECT count(*) FROM {table}") == [(0,)]
