"""Planning is a function: (contract, facts) -> effects. What each kind makes of a row, of a group, of what cannot be filled."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from arctl.core.effects import Decided, Effect, Suppressed
from arctl.core.letter import Letter
from arctl.core.planning import Facts, Found, Named, Picked, Row, decide
from arctl.core.staged import plan_hash
from arctl.errors import BadInput
from tests.workflows.scene import contract

RUN = {
    "tenant_id": 1, "company_id": 1, "company": "default", "currency": "USD", "as_of": "2026-06-30",
    "now": "2026-06-30 12:00:00", "replaying": 0, "workflow_type": "trial",
}  # fmt: skip
ROWS: list[Row] = [
    {"customer_id": "C1", "customer_name": "Acme", "currency": "EUR", "rep": "n@example.com", "open_cents": 1050, "days": 20},
    {"customer_id": "C2", "customer_name": "Bolt", "currency": "USD", "rep": "n@example.com", "open_cents": 700, "days": 60},
    {"customer_id": "C3", "customer_name": "Corner", "currency": "USD", "rep": "s@example.com", "open_cents": 9, "days": 145},
]  # fmt: skip
KNOWN = {"C1": Named(11, "Acme"), "C2": Named(12, "Bolt"), "C3": Named(13, "Corner")}


class Said:
    """A writer that keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[Mapping[str, Any]] = []

    def letter(self, request: object) -> Letter:
        raise AssertionError(request)

    def message(self, template: str, language: str, facts: Mapping[str, object]) -> Letter:
        self.given.append({**facts, "language": language})
        return Letter(f"{template}, {len(self.given)}", "text\n", "<p>text</p>")


def planned(
    fan_out: str,
    rows: Sequence[Row] = ROWS,
    *,
    inside: str | None = None,
    post: str = "",
    said: Said | None = None,
    rules: Mapping[str, Any] | None = None,
    **inputs: object,
) -> Decided:
    """What the steps make of the rows; `inside` names the one step of a loop."""
    made = contract(fan_out, post=post, risk=4)
    picked = [Picked(row, {inside: (Picked(row),)} if inside else {}) for row in rows]
    found: dict[str, Sequence[Picked]] = {step.name: picked for step in made.fan_out}
    found |= {step.name: [Picked({})] for step in made.post_actions}
    return decide(made, Facts(RUN, {"least_days": 1, **inputs}, found, KNOWN), rules or {}, said or Said())


def only(decided: Decided) -> Effect:
    (effect,) = decided.effects
    return effect


def test_a_proposal_is_what_the_contract_says_of_the_row() -> None:
    effect = only(
        planned(
            '- {step: ask, kind: proposal, over: late, action_type: write_off, title: "{open_cents:money} of {customer_name}",'
            ' currency: "{currency}", amount_cents: "{open_cents}", flags: [look twice], payload: {days: "{days}"}}',
            ROWS[:1],
        )
    )

    assert (effect.phase, effect.step, effect.kind, effect.action_type) == ("fan_out", "ask", "proposal", "write_off")
    assert (effect.customer_id, effect.customer_name, effect.customer_key) == ("C1", "Acme", 11)
    assert (effect.entity_ref, effect.title) == ("customer:C1", "10.50 of Acme")
    assert (effect.currency, effect.amount_cents, effect.flags) == ("EUR", 1050, ("look twice",))
    assert effect.payload == {"payload": {"days": 20}}


@pytest.mark.parametrize(("asked", "given"), [(None, 4), (4, 4), (5, 5)])
def test_a_contract_makes_a_proposal_riskier_never_milder(asked: int | None, given: int) -> None:
    risk = "" if asked is None else f", risk_level: {asked}"
    step = f"- {{step: ask, kind: proposal, over: late, action_type: write_off, title: x{risk}}}"
    assert {each.risk_level for each in planned(step).effects} == {given}


def test_rows_come_in_their_order_and_a_loop_takes_them_one_by_one() -> None:
    loop = """
    - step: each
      kind: loop
      over: late
      do: [{step: mark, kind: flag, customer_id: "{customer_id}", flag: watched}]
    """
    assert [each.customer_id for each in planned(loop, inside="mark").effects] == ["C1", "C2", "C3"]
    assert [each.customer_id for each in planned(loop, ROWS[::-1], inside="mark").effects] == ["C3", "C2", "C1"]


def test_rows_that_agree_make_one_mail() -> None:
    said = Said()
    digest = "- {step: digest, kind: email_draft, over: late, group_by: rep, template: rep_digest, to: '{rep}', language: de}"
    found = planned(digest, said=said).effects

    assert [each.payload["to"] for each in found] == [["n@example.com"], ["s@example.com"]]
    assert [[row["customer_id"] for row in given["rows"]] for given in said.given] == [["C1", "C2"], ["C3"]]
    assert {(given["on"], given["company_name"], given["language"]) for given in said.given} == {
        ("2026-06-30", "default", "de")
    }
    assert [(each.customer_id, each.entity_ref, each.risk_level) for each in found] == [
        (None, "workflow:trial", 1), (None, "workflow:trial", 1),
    ]  # fmt: skip
    assert (found[0].body, found[0].body_html, found[0].payload["mail"]) == ("text\n", "<p>text</p>", "rep_digest")


def test_a_mail_about_what_is_proposed_leaves_out_the_rest() -> None:
    said = Said()
    steps = """
    - {step: ring, kind: task, over: late, title: "Ring {customer_name}", currency: "{currency}"}
    - {step: digest, kind: email_draft, over: late, group_by: rep, template: rep_digest, to: '{rep}', about: proposed}
    """
    made = contract(steps, risk=4)
    picked = {"ring": [Picked(ROWS[1])], "digest": list(map(Picked, ROWS))}
    found = decide(made, Facts(RUN, {"least_days": 1}, picked, KNOWN), {}, said).effects

    assert [(each.kind, each.customer_id) for each in found] == [("task", "C2"), ("email_draft", None)]
    (given,) = said.given
    assert [(row["customer_id"], row["title"]) for row in given["customers"]] == [("C2", "Ring Bolt")]


@pytest.mark.parametrize("to", ["", "nobody", "a@example.com\nBcc: x@example.com", "a@example.com, b@example.com"])
def test_a_mail_without_a_usable_address_becomes_a_task(to: str) -> None:
    rows = [{**ROWS[0], "rep": to}]
    effect = only(planned("- {step: tell, kind: email_draft, over: late, template: note, to: '{rep}'}", rows))

    assert (effect.kind, effect.action_type, effect.title) == ("task", "task", "Tell by hand: note, 1")
    assert "cannot be written to" in (effect.body or "")


def test_under_the_runs_approval_it_leaves_a_mark_on_the_customer() -> None:
    rows = [{**ROWS[0], "rep": "nobody"}]
    step = "- {step: tell, kind: email_draft, over: late, template: note, to: '{rep}', approval: run}"
    effect = only(planned(step, rows))

    assert (effect.kind, effect.action_type, effect.payload["flag"]) == ("flag", None, "not_told_by_tell")


def test_a_rule_decides_in_the_contracts_place() -> None:
    asked: list[tuple[Row, Row]] = []

    def rule(row: Row, settings: Row) -> Sequence[Found]:
        asked.append((row, settings))
        return [Suppressed(str(row["customer_id"]), "", "USD", "code", "because")]

    tiers = "{courtesy: days_30, firm: days_60, urgent: days_90, final: days_90_plus}"
    step = (
        "- {step: letter, kind: proposal, over: late, action_type: collection_action, rule: dunning,"
        f" tiers: {tiers}, threshold_days: '{{least_days}}'}}"
    )
    found = planned(step, rules={"dunning": rule}, least_days=9)

    assert [each.customer_id for each in found.suppressed] == ["C1", "C2", "C3"]
    assert [row for row, _ in asked] == ROWS
    assert (asked[0][1]["threshold_days"], asked[0][1]["step"], asked[0][1]["phase"]) == (9, "letter", "fan_out")
    with pytest.raises(BadInput, match="step letter: there is no rule dunning"):
        planned(step)


def test_a_post_action_can_name_the_run_before_anybody_knows_its_number() -> None:
    made = planned(
        "- {step: mark, kind: flag, over: late, customer_id: '{customer_id}', flag: watched}",
        post="- {step: told, kind: reflexion, tags: [trial, 'run:{run_id}']}",
    )
    assert made.effects[-1].payload["tags"] == ["trial", "run:{run_id}"]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("- {step: x, kind: flag, over: late, customer_id: '{nobody}', flag: f}", "step x: there is no {nobody} here"),
        ("- {step: x, kind: flag, over: late, customer_id: C9, flag: f}", "step x: the ledger holds no customer C9"),
        ("- {step: x, kind: flag, over: late, customer_id: '{empty}', flag: f}", "step x: customer_id is empty"),
        (
            "- {step: x, kind: d1_write, over: late, table: customers, key: C1, set: {entitystatus: gold}}",
            "step x: set: entitystatus takes hold or release",
        ),
        (
            "- {step: x, kind: task, over: late, title: t, amount_cents: '{customer_name}'}",
            "step x: amount_cents is no whole number of cents",
        ),
        (
            "- {step: x, kind: email_draft, over: late, group_by: region, template: t, to: a@example.com}",
            "step x: group_by names region, and the rows have no such column",
        ),
    ],
)
def test_what_cannot_be_filled_is_named_with_its_line(step: str, said: str) -> None:
    with pytest.raises(BadInput) as raised:
        planned(step, [{**ROWS[0], "empty": None}])
    assert raised.value.message.startswith("trial.yaml:")
    assert raised.value.message.endswith(said)


def test_the_hash_of_a_plan_is_that_of_what_it_says() -> None:
    step = "- {step: ask, kind: task, over: late, title: 'Ring {customer_name}'}"

    def hashed(step: str, rows: Sequence[Row] = ROWS) -> str:
        return plan_hash(planned(step, rows).frozen)

    assert hashed(step) == hashed(step)
    assert hashed(step) != hashed(step, ROWS[:2])
    assert hashed(step) != hashed(step.replace("Ring", "Call"))
