"""Kill switches: approved is recorded, nothing is done, and `resume` does it once, after another look."""

import pytest

from arctl.core.review_values import Mark
from arctl.errors import Refused, UnknownId, UsageError
from arctl.services import approve, kill
from tests.approve.staged import DANA, DAY, Morning, paid

LETTER, HOLD = "collection_action C1", "propose_customer_program C4"
TOLD = "kill:proposed_apply is on since 2026-07-08 14:00:00 (UTC), by dana: a test"


def _resume(desk: Morning) -> list[tuple[int, str, bool]]:
    return [(each.id, each.status, each.refused) for each in approve.resume(desk.ledger, DANA, DAY, desk.writer)]


def test_d15_approved_not_applied_applied_once_on_resume(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.switch("proposed_apply", True)
    (outcome,) = desk.approve(ids[LETTER])
    assert (outcome.status, outcome.refused, outcome.reason) == ("approved", True, f"not applied: {TOLD}")
    assert desk.actions() == []
    assert kill.status(desk.ledger, "kill:proposed_apply")[0].waiting == 1
    assert _resume(desk) == [(ids[LETTER], "approved", True)]
    desk.switch("proposed_apply", False)
    assert _resume(desk) == [(ids[LETTER], "applied", False)]
    assert _resume(desk) == []
    assert desk.actions() == [("C1", "reminder_email", "executed", "sent")]
    assert len(desk.mails()) == 1


def test_a_whole_finish_waits_and_is_carried_out_once(desk: Morning) -> None:
    desk.switch("proposed_apply", True)
    finished = desk.finish(
        {LETTER: Mark("tick"), "collection_action C2": Mark("reject", reason="no"), "email_draft": Mark("tick")}
    )
    assert finished.applied == ()
    assert len(finished.stopped) == 3
    assert finished.stopped_by == (TOLD,)
    assert desk.rows("SELECT status FROM workflow_run_log") == [("awaiting_approval",)]
    assert desk.statuses()["collection_action C2"] == "rejected"
    assert kill.status(desk.ledger, "proposed_apply")[0].waiting == 3
    assert desk.rows("SELECT status, detail FROM workflow_step_log WHERE kind = 'kill'") == [("stopped", TOLD)]
    desk.switch("proposed_apply", False)
    assert sorted(status for _, status, _ in _resume(desk)) == ["applied", "applied", "applied"]
    assert desk.rows("SELECT status FROM workflow_run_log") == [("completed",)]
    assert (len(desk.actions()), len(desk.mails())) == (1, 2)
    assert _resume(desk) == []


def test_what_moved_meanwhile_is_not_applied(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.switch("proposed_apply", True)
    desk.approve(ids[LETTER], ids["collection_action C2"])
    desk.sync(paid("I1", "C1", "400.00"))
    desk.switch("proposed_apply", False)
    outcomes = {each.id: (each.status, each.reason) for each in approve.resume(desk.ledger, DANA, DAY, desk.writer)}
    assert outcomes[ids[LETTER]] == ("superseded", "I1 part-paid: 1,000.00 -> 600.00")
    assert outcomes[ids["collection_action C2"]] == ("applied", "")


def test_high_risk_ops_stops_a_hold_and_no_letter(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.switch("high_risk_ops", True)
    assert desk.approve(ids[LETTER])[0].status == "applied"
    (held,) = desk.approve(ids[HOLD], confirm="Dune Big")
    assert (held.status, held.refused) == ("approved", True)
    assert desk.rows("SELECT count(*) FROM customer_holds") == [(0,)]
    desk.switch("high_risk_ops", False)
    assert _resume(desk) == [(ids[HOLD], "applied", False)]
    assert desk.rows("SELECT count(*) FROM customer_holds") == [(1,)]


def test_ns_writes_stops_no_approval(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.switch("ns_writes", True)
    assert desk.approve(ids[HOLD], confirm="Dune Big")[0].status == "applied"
    assert kill.status(desk.ledger, "ns_writes")[0].waiting == 1


def test_what_is_held_back_can_be_withdrawn(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.switch("proposed_apply", True)
    desk.approve(ids[LETTER])
    (outcome,) = approve.reject(desk.ledger, [ids[LETTER]], "wrong customer", DANA, DAY)
    assert (outcome.status, outcome.reason) == ("superseded", "withdrawn: wrong customer")
    desk.switch("proposed_apply", False)
    assert _resume(desk) == []


def test_a_held_back_program_that_cannot_start_any_more_fails(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.switch("high_risk_ops", True)
    desk.approve(ids[HOLD], confirm="Dune Big")
    desk.sync({"customers.csv": [{"id": "C4", "name": "Dune Big", "email": "ap@dune.example.com", "isinactive": "T"}]})
    desk.switch("high_risk_ops", False)
    assert _resume(desk) == [(ids[HOLD], "failed", True)]
    assert "the customer is inactive or not known" in (desk.reason(HOLD) or "")
    assert _resume(desk) == []


def test_a_switch_stands_as_it_stands(desk: Morning) -> None:
    with pytest.raises(UnknownId, match="there is no kill switch mail"):
        kill.turn(desk.ledger, "mail", True, "why", DANA)
    with pytest.raises(UsageError, match="--reason takes 1 to 500"):
        kill.turn(desk.ledger, "ns_writes", True, " ", DANA)
    with pytest.raises(Refused, match="nobody ever turned it on"):
        kill.turn(desk.ledger, "kill:ns_writes", False, "why", DANA)
    desk.switch("ns_writes", True)
    with pytest.raises(Refused, match=r"kill:ns_writes is on since 2026-07-08 14:00:00 \(UTC\), by dana: a test"):
        desk.switch("ns_writes", True)
    assert desk.rows("SELECT event_type, entity_id, actor FROM events WHERE event_type LIKE 'workflow.kill%'") == [
        ("workflow.kill_on", "ns_writes", "dana")
    ]
