"""One contract with every kind of step: nothing is there before a yes, everything after it, and its YAML alone decides what."""

import json

import pytest

from arctl.core.contract import Contract
from arctl.core.planning import KINDS as DECIDED
from arctl.core.step_kinds import KINDS
from arctl.services.approve import approve_envelope
from arctl.services.interpreter import DO
from tests.workflows.scene import AT, DAY, Scene, contract

FAN_OUT = """
- step: late_ones
  kind: loop
  over: late
  when: days > 30
  do:
    - step: note
      kind: flag
      customer_id: "{customer_id}"
      flag: watched
      note: "{days} days late"
    - step: big
      kind: proposal
      when: open_cents > 100000
      action_type: write_off
      title: "Write off {open_cents:money} {currency} of {customer_name}"
      customer_id: "{customer_id}"
      currency: "{currency}"
      amount_cents: "{open_cents}"
    - step: told
      kind: event
      event_type: customer.health_changed
      entity_type: customer
      entity_id: "{customer_id}"
      payload: {open_cents: "{open_cents}"}
- step: digest
  kind: email_draft
  over: late
  when: sales_rep_email IS NOT NULL
  group_by: sales_rep_email
  template: mine
  to: "{sales_rep_email}"
- step: notice
  kind: email_draft
  over: late
  when: customer_id = 'C3'
  template: mine
  to: ap@corner.example.com
  approval: run
- step: ring
  kind: task
  over: late
  when: days > 100
  title: "Ring {customer_name}"
- step: hold
  kind: d1_write
  over: late
  when: days > 100
  table: customers
  key: "{customer_id}"
  set: {entitystatus: hold, last_modified: "{now}"}
  reason: "{days} days late"
- step: tell_erp
  kind: ns_push
  over: late
  when: days > 100
  record_type: customer
  record_id: "{customer_id}"
  operation: update
  body: {credit_hold: true}
"""
POST = """
- step: figures
  kind: log
  message: run {run_id} is over
- step: told_later
  kind: reflexion
  tags: [trial, "run:{run_id}"]
- step: summary
  kind: summary
  table: ar_aging_summary
- step: decided
  kind: decision
  entity_type: workflow
  entity_id: trial
  decision_type: looked
"""
VERIFY = """
- name: flagged
  after: 0s
  window: 1h
  sql: SELECT count(*) FROM customer_flags WHERE tenant_id = :tenant_id AND run_id = :run_id
  expect: value = 2
- name: proposed
  after: 0s
  window: 1h
  sql: SELECT count(*) FROM proposed_actions WHERE tenant_id = :tenant_id AND run_id = :run_id AND action_type = 'task'
  expect: value >= :staged_task
"""
EVERYTHING = (
    "customer_flags", "ns_pending_pushes", "customer_holds", "auto_decisions", "reflexion_log", "ar_aging_summary", "outbox",
    "workflow_verify_results",
)  # fmt: skip


class Mine:
    """A writer of one template: it lists whom it is about."""

    def letter(self, request: object) -> object:
        raise AssertionError("no dunning letter is asked for")

    def message(self, template: str, language: str, facts: dict[str, object]) -> object:
        from arctl.core.letter import Letter

        names = ", ".join(row["customer_name"] for row in facts["rows"])  # type: ignore[attr-defined]
        return Letter(f"{template} of {facts['on']}", f"{names}\n", None)


@pytest.fixture
def here_now(stage: Scene) -> Scene:
    stage.writer = Mine()  # type: ignore[assignment]
    return stage


def whole(fan_out: str = FAN_OUT) -> Contract:
    return contract(fan_out, risk=4, post=POST, verify=VERIFY)


def kinds_of(made: Contract) -> set[str]:
    return {step.kind for step in (*made.steps(), *made.post_actions)}


def test_every_kind_stands_in_the_contract_and_has_its_functions() -> None:
    assert kinds_of(whole()) == set(KINDS)
    assert set(DECIDED) == set(KINDS) - {"loop"}
    assert set(DO) == set(KINDS) - {"loop", "proposal", "task"}


def test_nothing_exists_before_a_yes(here_now: Scene) -> None:
    result = here_now.run(whole())

    assert (result.status, result.run_id, result.envelope) == ("awaiting_approval", 1, 1)
    assert result.expires_on == "2026-07-01"
    for table in EVERYTHING:
        assert here_now.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert here_now.rows("SELECT action_type, status, risk_level FROM proposed_actions") == [
        ("workflow_trial", "pending", 4)
    ]
    assert here_now.rows("SELECT erp_entitystatus, entitystatus FROM customers WHERE id = 'C3'") == [(None, None)]


def test_everything_is_there_after_it(here_now: Scene) -> None:
    here_now.run(whole())
    approve_envelope(here_now.ledger, 1, here_now.hands.acting, DAY, confirm=title(here_now), writer=here_now.writer)

    rows = here_now.rows
    assert rows("SELECT c.id, flag, note, run_id FROM customer_flags JOIN erp_customers AS c USING (customer_key)") == [
        ("C2", "watched", "60 days late", 1), ("C3", "watched", "145 days late", 1),
    ]  # fmt: skip
    assert rows("SELECT id, entitystatus FROM customers WHERE entitystatus = 'hold'") == [("C3", "hold")]
    assert rows(
        "SELECT record_type, record_id, operation, payload_json, idempotency_key, status FROM ns_pending_pushes"
    ) == [("customer", "C3", "update", '{"credit_hold":true}', "run/1/10", "pending")]
    assert rows("SELECT entity_id, payload_json FROM events WHERE event_type = 'customer.health_changed'") == [
        ("C2", '{"open_cents":7000,"run_id":1}'), ("C3", '{"open_cents":300000,"run_id":1}'),
    ]  # fmt: skip
    assert rows("SELECT kind, recipients, subject, body FROM outbox") == [
        ("notice", '["ap@corner.example.com"]', "mine of 2026-06-30", "Corner Deli\n")
    ]
    assert rows("SELECT action_type, risk_level, title, amount_cents, status FROM proposed_actions ORDER BY id") == [
        ("workflow_trial", 4, title(here_now), None, "approved"),
        ("write_off", 4, "Write off 3,000.00 USD of Corner Deli", 300000, "pending"),
        ("email_draft", 1, "mine of 2026-06-30", None, "pending"),
        ("task", 1, "Ring Corner Deli", None, "pending"),
    ]
    assert rows("SELECT entity_id, decision_type, detail_json FROM auto_decisions") == [
        ("trial", "looked", '{"least_days":1}')
    ]
    assert rows("SELECT tags_json FROM reflexion_log") == [('["trial","run:1"]',)]
    assert rows("SELECT summary_date, currency, total_outstanding_cents, customers, run_id FROM ar_aging_summary") == [
        ("2026-06-30", "USD", 317000, 3, 1)
    ]
    assert rows("SELECT name, status, due_at FROM workflow_verify_results") == [
        ("flagged", "pending", AT), ("proposed", "pending", AT),
    ]  # fmt: skip


def title(scene: Scene) -> str:
    return str(scene.rows("SELECT title FROM proposed_actions WHERE id = 1")[0][0])


def test_the_run_is_over_with_its_figures_its_log_and_its_event(here_now: Scene) -> None:
    here_now.run(whole())
    approve_envelope(here_now.ledger, 1, here_now.hands.acting, DAY, confirm=title(here_now), writer=here_now.writer)

    ((status, ended, summary),) = here_now.rows("SELECT status, completed_at, summary_json FROM workflow_runs")
    told = json.loads(summary)
    assert (status, ended) == ("completed", AT)
    assert (told["effects"], told["undone"], told["errors"], told["checks"]) == (14, 0, [], 2)
    log = here_now.rows(
        "SELECT l.phase, l.step, l.status FROM workflow_step_log AS l JOIN workflow_effects AS e"
        " ON e.run_id = l.run_id AND e.seq = l.effect_seq WHERE e.action_type IS NULL ORDER BY l.entry"
    )
    assert [step for _, step, _ in log] == [
        "note", "told", "note", "told", "notice", "hold", "tell_erp", "figures", "told_later", "summary", "decided",
    ]  # fmt: skip
    assert {status for *_, status in log} == {"completed"}
    (detail,) = here_now.rows("SELECT detail FROM workflow_step_log WHERE step = 'figures'")[0]
    assert detail.endswith("run 1 is over")
    assert here_now.rows("SELECT entity_id, idempotency_key FROM events WHERE event_type = 'workflow.completed'") == [
        ("1", "run/1/ended")
    ]


@pytest.mark.parametrize(
    ("old", "new", "flagged", "written_off"),
    [
        ("when: days > 30", "when: days > 10", ["C1", "C2", "C3"], ["C3"]),
        ("when: days > 30", "when: days > 145", [], []),
        ("when: open_cents > 100000", "when: open_cents >= 7000", ["C2", "C3"], ["C2", "C3"]),
        ("when: open_cents > 100000", "when: open_cents > 300000", ["C2", "C3"], []),
        ("kind: flag", "kind: task\n      title: Look", [], ["C3"]),
    ],
)
def test_the_yaml_alone_changes_what_is_done(
    here_now: Scene, old: str, new: str, flagged: list[str], written_off: list[str]
) -> None:
    assert old in FAN_OUT
    fan_out = FAN_OUT.replace(old, new, 1)
    if "kind: task\n      title: Look" in fan_out:
        fan_out = fan_out.replace('      flag: watched\n      note: "{days} days late"\n', "", 1)
    here_now.run(whole(fan_out))

    def staged(column: str, what: str) -> list[str]:
        sql = (
            "SELECT c.id FROM workflow_effects AS e JOIN erp_customers AS c USING (tenant_id, customer_key)"
            f" WHERE e.{column} = ? ORDER BY c.id"
        )
        return [id for (id,) in here_now.rows(sql, what)]

    assert staged("kind", "flag") == flagged
    assert staged("action_type", "write_off") == written_off


def test_a_step_less_in_the_yaml_is_a_step_less_in_the_run(here_now: Scene) -> None:
    here_now.run(whole(FAN_OUT.partition("- step: tell_erp")[0]))

    assert here_now.rows("SELECT count(*) FROM workflow_effects WHERE kind = 'ns_push'") == [(0,)]
