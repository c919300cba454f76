"""Runs that nobody has to approve first: done at once, step by step; blocked, warned, tried again, failed, stopped, gone on with."""

import json
from dataclasses import replace

import pytest

from arctl.core.contract import Retry
from arctl.core.effects import Decided
from arctl.core.run import Started
from arctl.errors import BadInput, Refused, UnknownId
from arctl.services import kill
from arctl.services.staging import open_run
from tests.workflows.scene import DAY, LATE, Scene, contract

FLAGS = """
- step: mark
  kind: flag
  over: late
  customer_id: "{customer_id}"
  flag: watched
  note: "{days} days late"
- step: told
  kind: event
  event_type: customer.health_changed
  entity_type: company
  entity_id: "{company}"
"""
LOG = """
- step: figures
  kind: log
- step: told_later
  kind: reflexion
  tags: [trial]
"""
BREAKS = """
CREATE TRIGGER breaks BEFORE INSERT ON customer_flags
WHEN (SELECT id FROM erp_customers WHERE customer_key = NEW.customer_key) = 'C2'
BEGIN SELECT RAISE(ABORT, 'the disk is full of flags'); END
"""
THREE = "{max_attempts: 3, backoff: exponential, base_ms: 2000, max_ms: 30000, alert_on_final_failure: true}"


def flagged(stage: Scene) -> list[str]:
    sql = "SELECT c.id FROM customer_flags JOIN erp_customers AS c USING (tenant_id, customer_key) ORDER BY c.id"
    return [id for (id,) in stage.rows(sql)]


def test_below_risk_3_everything_is_done_at_once(stage: Scene) -> None:
    result = stage.run(contract(FLAGS, post=LOG))

    assert (result.status, result.done, result.proposed, result.envelope) == ("completed", 6, 0, None)
    assert flagged(stage) == ["C1", "C2", "C3"]
    assert stage.rows("SELECT count(*) FROM proposed_actions") == [(0,)]


@pytest.mark.parametrize(("risk", "status"), [(1, "completed"), (2, "completed"), (3, "awaiting_approval")])
def test_from_risk_3_on_a_person_is_asked(stage: Scene, risk: int, status: str) -> None:
    assert stage.run(contract(FLAGS, risk=risk)).status == status
    assert flagged(stage) == ([] if risk == 3 else ["C1", "C2", "C3"])


def test_what_it_proposes_waits_one_by_one(stage: Scene) -> None:
    result = stage.run(contract('- {step: ring, kind: task, over: late, title: "Ring {customer_name}"}'))

    assert (result.status, result.proposed) == ("completed", 3)
    assert stage.rows("SELECT action_type, envelope_id, seq, title, status, idempotency_key FROM proposed_actions") == [
        ("workflow_trial", None, None, "trial of 2026-06-30: 3 task", "approved", "run/1"),
        ("task", 1, 1, "Ring Acme", "pending", "run/1/1"),
        ("task", 1, 2, "Ring Bolt & Sons", "pending", "run/1/2"),
        ("task", 1, 3, "Ring Corner Deli", "pending", "run/1/3"),
    ]


def test_a_blocking_precondition_stops_and_a_warning_is_recorded(stage: Scene) -> None:
    checks = """
    - {check: many, rule: "(SELECT count(*) FROM late) > :least_days", severity: SEVERITY, message: too few are late}
    - {check: some, rule: "EXISTS (SELECT 1 FROM late)", severity: block, message: nobody is late}
    """
    warned = stage.run(contract(FLAGS, preconditions=checks.replace("SEVERITY", "warn")), least_days=5)
    blocked = stage.run(contract(FLAGS, preconditions=checks.replace("SEVERITY", "block")), least_days=5)

    assert (warned.status, warned.warned) == ("completed", (("many", "too few are late"),))
    assert (blocked.status, blocked.blocked) == ("blocked", (("many", "too few are late"),))
    assert len(flagged(stage)) == 3
    assert stage.rows("SELECT run_id, step, status, detail FROM workflow_step_log WHERE phase = 'precondition'") == [
        (1, "many", "warned", "too few are late"), (1, "some", "completed", "holds"),
        (2, "many", "blocked", "too few are late"), (2, "some", "completed", "holds"),
    ]  # fmt: skip
    assert stage.rows("SELECT event_type FROM events WHERE event_type LIKE 'workflow.%' ORDER BY seq") == [
        ("workflow.completed",), ("workflow.blocked",),
    ]  # fmt: skip


def test_a_step_that_recovers_is_tried_as_often_as_it_takes(stage: Scene) -> None:
    stage.ledger.connection.execute(BREAKS)

    def sleep(seconds: float) -> None:
        stage.slept.append(seconds)
        if len(stage.slept) == 2:
            stage.ledger.connection.execute("DROP TRIGGER breaks")

    hands = replace(stage.hands, sleep=sleep)
    made = contract(FLAGS, retry=THREE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scene, "hands", property(lambda _: hands))
        result = stage.run(made)

    assert (result.status, result.errors, stage.slept) == ("completed", (), [2.0, 4.0])
    assert flagged(stage) == ["C1", "C2", "C3"]
    assert stage.rows("SELECT attempt, status, detail FROM workflow_step_log WHERE effect_seq = 2 ORDER BY entry") == [
        (1, "failed", "the disk is full of flags"),
        (2, "failed", "the disk is full of flags"),
        (3, "completed", "customer C2 flagged watched"),
    ]
    assert stage.rows("SELECT count(*) FROM events WHERE event_type = 'workflow.step_failed'") == [(0,)]


def test_a_step_that_fails_for_good_leaves_the_rest_done_and_alerts(stage: Scene) -> None:
    stage.set("alert.operator", "ops@example.com")
    stage.ledger.connection.execute(BREAKS)

    result = stage.run(contract(FLAGS, post=LOG, retry=THREE))

    assert (result.status, result.errors) == ("partial", ("mark: the disk is full of flags",))
    assert stage.slept == [2.0, 4.0]
    assert flagged(stage) == ["C1", "C3"]
    assert stage.rows("SELECT event_type, entity_id FROM events WHERE event_type LIKE 'workflow.%' ORDER BY seq") == [
        ("workflow.step_failed", "1"), ("workflow.partial", "1"),
    ]  # fmt: skip
    ((kind, to, subject, status),) = stage.rows("SELECT kind, recipients, subject, status FROM outbox")
    assert (kind, to, status) == ("alert", '["ops@example.com"]', "written")
    assert subject == "arctl: trial, run 1: step mark failed"
    (narrative,) = stage.rows("SELECT narrative FROM reflexion_log")[0]
    assert "Failed: mark: the disk is full of flags." in narrative


def test_without_an_address_for_alerts_the_event_is_all_there_is(stage: Scene) -> None:
    stage.ledger.connection.execute(BREAKS)
    stage.run(contract(FLAGS))

    assert stage.rows("SELECT count(*) FROM outbox") == [(0,)]
    assert stage.rows("SELECT count(*) FROM events WHERE event_type = 'workflow.step_failed'") == [(1,)]


def test_nothing_done_is_a_failed_run_which_promises_nothing(stage: Scene) -> None:
    stage.ledger.connection.execute(BREAKS.replace("= 'C2'", "> ''"))
    check = "- {name: never, after: 0s, window: 1h, sql: SELECT 1, expect: value = 1}"
    result = stage.run(contract(FLAGS.partition("- step: told")[0], verify=check))

    assert result.status == "failed"
    assert stage.rows("SELECT count(*) FROM workflow_verify_results") == [(0,)]


def test_a_contract_that_fails_to_look_leaves_a_failed_run(stage: Scene) -> None:
    made = contract(FLAGS, context="- {name: late, sql: SELECT gone FROM open_items}", retry=THREE)
    with pytest.raises(BadInput, match=r"trial\.yaml:\d+:\d+: no such column: gone"):
        stage.run(made)

    assert stage.slept == [2.0, 4.0]
    assert stage.rows("SELECT status, completed_at IS NOT NULL FROM workflow_runs") == [("failed", 1)]
    assert stage.rows("SELECT attempt, status FROM workflow_step_log") == [(1, "failed"), (2, "failed"), (3, "failed")]


def test_an_unknown_customer_is_named_with_the_contracts_line(stage: Scene) -> None:
    with pytest.raises(BadInput, match=r"trial\.yaml:\d+:\d+: step mark: the ledger holds no customer C9"):
        stage.run(contract("- {step: mark, kind: flag, customer_id: C9, flag: watched}"))
    assert stage.rows("SELECT status FROM workflow_runs") == [("failed",)]


def test_what_only_events_start_nobody_starts_by_hand(stage: Scene) -> None:
    with pytest.raises(Refused, match="trial is not started by hand"):
        stage.run(contract(FLAGS, triggers="[{event: invoice.posted}]"))
    assert stage.rows("SELECT count(*) FROM workflow_runs") == [(0,)]


def test_a_disabled_workflow_and_a_day_to_come_are_refused_and_leave_nothing(stage: Scene) -> None:
    with pytest.raises(Refused, match="2026-07-01 has not come yet"):
        stage.run(contract(FLAGS), on=DAY.replace(month=7, day=1))
    stage.run(contract(FLAGS))
    with stage.ledger.transaction() as connection:
        connection.execute("UPDATE workflow_definitions SET enabled = 'F'")
    with pytest.raises(Refused, match="trial is disabled"):
        stage.run(contract(FLAGS))
    assert stage.rows("SELECT count(*) FROM workflow_runs") == [(1,)]


def test_a_run_tells_later_ones_also_without_a_step_that_does(stage: Scene) -> None:
    stage.run(contract(FLAGS))
    stage.run(
        contract(FLAGS, post="- {step: told_later, kind: reflexion, tags: [slow, trial], narrative: Mind the gap.}")
    )
    never = "- {check: never, rule: '0', severity: block, message: not today}"
    stage.run(contract(FLAGS, preconditions=never))

    first, second, third = stage.rows("SELECT run_id, narrative, tags_json FROM reflexion_log ORDER BY reflexion_id")
    assert first[1] == (
        "Run 1 of trial for default, as of 2026-06-30, by ann. Done: customer C1 flagged watched; customer C2 flagged watched;"
        f" customer C3 flagged watched; recorded as event {event_of(stage, 1)}. It is completed."
    )
    assert (first[0], first[2]) == (1, '["trial"]')
    assert (second[0], second[1].endswith(" Mind the gap."), second[2]) == (2, True, '["trial","slow"]')
    assert third[1].endswith("It is blocked: never: not today.")


def event_of(stage: Scene, run: int) -> int:
    sql = "SELECT seq FROM events WHERE event_type = 'customer.health_changed' AND idempotency_key = ?"
    return int(stage.rows(sql, f"run/{run}/4")[0][0])


def test_nothing_starts_a_disabled_workflow_not_even_an_approval(stage: Scene) -> None:
    made = contract(FLAGS)
    stage.run(made)
    with stage.ledger.transaction() as connection:
        connection.execute("UPDATE workflow_definitions SET enabled = 'F'")
    acting = stage.hands.acting
    with pytest.raises(Refused, match="trial is disabled"), stage.ledger.transaction():
        open_run(stage.ledger, stage.company, made, Decided(()), {}, DAY, acting, Started("proposal", "1"), ())
    assert stage.rows("SELECT count(*) FROM workflow_runs") == [(1,)]


def test_the_contract_a_run_followed_is_kept_by_its_hash(stage: Scene) -> None:
    first, second = contract(FLAGS), contract(FLAGS, risk=1)
    for made in (first, second, first):
        stage.run(made)

    assert stage.rows("SELECT contract_hash FROM workflow_runs ORDER BY run_id") == [
        (each.contract_hash,) for each in (first, second, first)
    ]
    assert dict(stage.rows("SELECT contract_hash, text FROM workflow_contracts")) == {
        each.contract_hash: each.text for each in (first, second)
    }


class Killed(BaseException):
    """The program ends here."""


def killed_after(stage: Scene, steps: int) -> None:
    """Run a workflow whose program ends before its transaction number `steps`."""
    left = [steps]

    def clock() -> str:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return stage.hands.acting.at

    hands = replace(stage.hands, clock=clock)
    made = contract(FLAGS + '- {step: ring, kind: task, over: late, title: "Ring {customer_name}"}\n', post=LOG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scene, "hands", property(lambda _: hands))
        stage.run(made)


@pytest.mark.parametrize("steps", range(12))
def test_killed_anywhere_and_gone_on_with_each_effect_is_done_once(stage: Scene, steps: int) -> None:
    with pytest.raises(Killed):
        killed_after(stage, steps)
    assert stage.rows("SELECT status FROM workflow_runs") == [("running",)]

    (result,) = stage.resume()

    assert (result.run_id, result.status) == (1, "completed")
    assert flagged(stage) == ["C1", "C2", "C3"]
    assert stage.rows("SELECT count(*) FROM proposed_actions WHERE action_type = 'task'") == [(3,)]
    assert stage.rows("SELECT count(*) FROM events WHERE event_type = 'customer.health_changed'") == [(1,)]
    assert stage.rows("SELECT count(*) FROM reflexion_log") == [(1,)]
    assert stage.rows(
        "SELECT effect_seq, count(*) FROM workflow_step_log WHERE effect_seq IS NOT NULL GROUP BY 1 ORDER BY 1"
    ) == [(seq, 1) for seq in range(1, 10)]
    assert stage.resume() == []


def test_all_of_a_run_fits_into_as_many_transactions(stage: Scene) -> None:
    killed_after(stage, 12)  # one less, and the test above would miss the last
    assert stage.rows("SELECT status FROM workflow_runs") == [("completed",)]


def test_one_run_that_cannot_go_on_keeps_nobody_from_the_others(stage: Scene) -> None:
    for made in (contract(FLAGS, risk=3), contract(FLAGS)):
        stage.run(made)
    stage.ledger.connection.execute("UPDATE workflow_run_log SET status = 'running' WHERE run_id = 1")
    with pytest.raises(Killed):
        killed_after(stage, 4)

    first, second = stage.resume()

    assert (first.run_id, first.status, first.errors) == (1, "running", ("run 1 was never approved",))
    assert (second.run_id, second.status) == (3, "completed")


def test_only_a_killed_run_is_resumed(stage: Scene) -> None:
    stage.run(contract(FLAGS))
    stage.run(contract(FLAGS, risk=3))

    with pytest.raises(Refused, match="run 1 is completed: there is nothing to resume"):
        stage.resume(1)
    with pytest.raises(Refused, match="run 2 awaits approval"):
        stage.resume(2)
    with pytest.raises(UnknownId, match="there is no run 3"):
        stage.resume(3)
    assert stage.resume() == []


def test_a_run_that_was_never_approved_does_not_run_whatever_its_status_says(stage: Scene) -> None:
    stage.run(contract(FLAGS, risk=3))
    stage.ledger.connection.execute("UPDATE workflow_run_log SET status = 'running'")

    with pytest.raises(Refused, match="run 1 was never approved"):
        stage.resume(1)
    assert flagged(stage) == []


def test_a_kill_switch_stops_a_risky_run_in_the_middle(stage: Scene) -> None:
    made = contract(FLAGS, risk=4)
    stage.run(made)
    acting = stage.hands.acting
    with stage.ledger.transaction() as connection:
        connection.execute(
            "UPDATE proposed_actions SET status = 'approved', decided_at = ?, decided_by = 'ann', decided_on = ?",
            (acting.at, acting.on),
        )
        connection.execute("UPDATE workflow_run_log SET status = 'running'")
    kill.turn(stage.ledger, "high_risk_ops", True, "an audit", acting)

    (stopped,) = stage.resume()

    assert stopped.status == "running"
    assert stopped.stopped == f"kill:high_risk_ops is on since {acting.at} (UTC), by ann: an audit"
    assert flagged(stage) == []
    assert stage.rows("SELECT status, detail FROM workflow_step_log WHERE kind = 'kill'") == [
        ("stopped", stopped.stopped)
    ]

    kill.turn(stage.ledger, "high_risk_ops", False, "over", acting)
    (done,) = stage.resume()
    assert (done.status, flagged(stage)) == ("completed", ["C1", "C2", "C3"])


def test_after_a_failure_an_approved_run_makes_nothing_more_of_it(stage: Scene) -> None:
    stage.run(contract(FLAGS, risk=4, post=LOG + DECISION))
    stage.ledger.connection.execute(BREAKS)
    with stage.ledger.transaction() as connection:
        connection.execute(
            "UPDATE proposed_actions SET status = 'approved', decided_at = '2026-06-30 12:00:00', decided_by = 'ann',"
            " decided_on = '2026-06-30'"
        )
        connection.execute("UPDATE workflow_run_log SET status = 'running'")

    (result,) = stage.resume()

    assert (result.status, flagged(stage)) == ("partial", ["C1"])
    assert stage.rows("SELECT count(*) FROM auto_decisions") == [(0,)]
    assert stage.rows("SELECT count(*) FROM reflexion_log") == [(1,)]


DECISION = """
- {step: decided, kind: decision, entity_type: workflow, entity_id: trial, decision_type: looked}
"""


def test_where_there_is_nothing_to_ask_about_the_run_is_over_and_nothing_is_made_of_it(stage: Scene) -> None:
    result = stage.run(contract(FLAGS.partition("- step: told")[0], risk=4, post=LOG + DECISION), least_days=999)

    assert (result.status, result.envelope) == ("completed", None)
    assert stage.rows("SELECT count(*) FROM auto_decisions") == [(0,)]
    assert stage.rows("SELECT count(*) FROM reflexion_log") == [(1,)]


def test_what_was_tampered_with_is_not_done(stage: Scene) -> None:
    with pytest.raises(Killed):
        killed_after(stage, 3)
    stage.ledger.connection.executescript(
        "DROP TRIGGER workflow_effects_update; UPDATE workflow_effects SET payload_json = replace(payload_json, 'watched', 'safe')"
    )
    (result,) = stage.resume()

    assert result.status in ("partial", "failed")
    assert "is not what was frozen" in result.errors[0]
    assert stage.rows("SELECT count(*) FROM customer_flags WHERE flag = 'safe'") == [(0,)]


def test_the_waits_grow_as_declared() -> None:
    linear = Retry(4, "linear", 5000, 12_000)
    doubling = Retry(5, "exponential", 2000, 30_000)
    assert [linear.wait_ms(failed) for failed in (1, 2, 3)] == [5000, 10_000, 12_000]
    assert [doubling.wait_ms(failed) for failed in (1, 2, 3, 4, 5)] == [2000, 4000, 8000, 16_000, 30_000]


def test_the_summary_tells_what_came_of_it(stage: Scene) -> None:
    stage.run(contract(FLAGS + '- {step: ring, kind: task, over: late, title: "Ring {customer_name}"}\n'))

    told = json.loads(stage.rows("SELECT summary_json FROM workflow_runs")[0][0])
    assert (told["effects"], told["done"], told["undone"]) == (7, 4, 0)
    assert told["proposals"] == {"task": {"pending": 3}}
    assert told["steps"] == {"completed": 8}


@pytest.mark.parametrize("ends", ["completed", "blocked", "failed"])
def test_whatever_became_of_it_its_figures_stand_in_the_summary(stage: Scene, ends: str) -> None:
    never = "- {check: never, rule: '0', severity: block, message: not today}" if ends == "blocked" else ""
    gone = "- {name: late, sql: SELECT gone FROM open_items}"
    made = contract(FLAGS, preconditions=never, context=gone if ends == "failed" else LATE)
    if ends == "failed":
        with pytest.raises(BadInput):
            stage.run(made)
    else:
        stage.run(made)

    ((status, text),) = stage.rows("SELECT status, summary_json FROM workflow_runs")
    told = json.loads(text)
    assert status == ends
    assert told["duration_seconds"] == 0
    assert told["errors"] == (["context: trial.yaml:16:23: no such column: gone"] if ends == "failed" else [])
    assert sum(told["steps"].values()) == len(stage.rows("SELECT 1 FROM workflow_step_log"))
    assert told.get("blocked") == (["never: not today"] if ends == "blocked" else None)
