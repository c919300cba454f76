"""The published JSON Schema: it is the one that the tables give, and it agrees with the reader on what form a contract has."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from arctl import resources
from arctl.core.contract_reading import read_contract
from arctl.core.contract_schema import schema, schema_text
from arctl.core.step_kinds import KINDS, Shape
from docs import contracts_reference
from tests.conftest import ROOT

HERE = Path(__file__).parent
VALIDATOR = Draft202012Validator(schema())
SOUND = (resources.contracts_dir() / "service_hold_trigger.yaml").read_text(encoding="utf-8")
PLAN = (resources.contracts_dir() / "ar_aging_action_plan.yaml").read_text(encoding="utf-8")


def _fits(text: str) -> bool:
    return bool(VALIDATOR.is_valid(yaml.safe_load(text)))


def test_the_file_is_what_the_tables_give() -> None:
    """Write it anew with `arctl contracts schema > contracts/contract.schema.json`."""
    published = (resources.contracts_dir() / "contract.schema.json").read_text(encoding="utf-8")

    assert published == schema_text()
    Draft202012Validator.check_schema(json.loads(published))


@pytest.mark.parametrize("path", sorted(resources.contracts_dir().glob("*.yaml")), ids=lambda path: path.stem)
def test_what_ships_fits(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        (SOUND, "version: 1", "versoin: 1"),
        (SOUND, "version: 1", "version: one"),
        (SOUND, "risk_level: 4", "risk_level: 6"),
        (SOUND, "owner: accounts receivable", "owner: no"),
        (SOUND, "reflexion_enabled: true", "reflexion_enabled: 'true'"),
        (SOUND, "tags: [service_hold]", "tags: service_hold"),
        (SOUND, "event: ar_aging_tick_threshold", "event: Bad Event"),
        (SOUND, "  - manual: true", "  - manual: true\n    event: x"),
        (SOUND, "type: amount", "type: money"),
        (SOUND, "severity: block", "severity: stop"),
        (SOUND, "expires_after: 24h", "expires_after: 1 day"),
        (SOUND, "kind: d1_write", "kind: d2_write"),
        (SOUND, "table: customers", "table: invoices"),
        (SOUND, "entitystatus: hold", "credit_limit: 5"),
        (SOUND, "entitystatus: hold", "entitystatus: 0.5"),
        (SOUND, "operation: update", "operation: delete"),
        (SOUND, "approval: run", "approval: nobody"),
        (SOUND, "window: 24h", "window: 86400"),
        (SOUND, "max_attempts: 3", "max_attempts: 0"),
        (SOUND, "backoff: exponential", "backoff: random"),
        (SOUND, "kind: log", "kind: d1_write"),
        (PLAN, "default: 1\n", "default: one\n"),
        (PLAN, "rule: dunning", "rule: something"),
        (PLAN, '        tiers: "{tier_definitions}"\n', ""),
        (PLAN, '        tiers: "{tier_definitions}"', "        tiers: {courtsy: days_30}"),
        (PLAN, "    over: aging\n    do:", "    do:"),
        (PLAN, "        risk_level: 4", "        risk_level: high"),
        (PLAN, '        amount_cents: "{total_open_cents}"', '        amount_cents: "12.50"'),
    ],
)
def test_schema_and_reader_refuse_the_same(text: str, before: str, after: str) -> None:
    assert text.count(before) >= 1
    broken = text.replace(before, after, 1)

    assert read_contract(broken, "x")[1]
    assert not _fits(broken)


def test_the_worst_contract_does_not_fit() -> None:
    text = (HERE / "form.yaml").read_text(encoding="utf-8")
    text = text.replace(", [x]: y", "").replace("2026-02-30", "2026-02-28")  # what safe_load stumbles over
    found: list[Any] = list(VALIDATOR.iter_errors(yaml.safe_load(text)))

    assert len(found) > 20


_EXAMPLES: dict[Shape, object] = {
    Shape.TEXT: "some text", Shape.WORD: "word", Shape.EVENT: "some.event", Shape.INTEGER: 5, Shape.RISK: 5, Shape.MAPPING: {},
    Shape.TEXTS: ["a"],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_step_with_every_setting_is_sound_to_both(kind: Any) -> None:
    """Whoever adds a kind or a setting adds it once."""
    for rule, settings in [(None, kind.settings), *kind.ruled.items()]:
        step: dict[str, object] = {"step": "one", "kind": kind.name, "over": "rows", "when": "1"}
        if kind.needs_over:
            step["do"] = [{"step": "two", "kind": "flag", "customer_id": "C", "flag": "x"}]
        for each in settings:
            step[each.name] = each.choices[0] if each.shape is Shape.CHOICE else _EXAMPLES[each.shape]
            if each.shape is Shape.MAPPING and each.choices:
                step[each.name] = {each.choices[0]: "days_30"}
        if rule is not None:
            step["rule"] = rule
        if "action_type" in step:
            step["action_type"] = "legal_action"
        contract: dict[str, object] = {
            "workflow_type": "x", "version": 1, "category": "c", "owner": "o", "description": "d", "risk_level": 5,
            "triggers": [{"manual": True}], "context": [{"name": "rows", "sql": "SELECT 1 AS word"}],
            "fan_out": [{"step": "zero", "kind": "summary", "table": "ar_aging_summary"}],
        }  # fmt: skip
        if "fan_out" in kind.phases:
            contract["fan_out"] = [step]
        else:
            contract["post_actions"] = [step]
        text = json.dumps(contract)

        assert read_contract(text, "x")[1] == []
        assert _fits(text)


def test_the_reference_says_what_the_tables_say() -> None:
    """Write it anew with `cog -r -I . contracts/README.md`."""
    text = (ROOT / "contracts" / "README.md").read_text(encoding="utf-8")

    for part in (
        contracts_reference.inputs,
        contracts_reference.facts,
        contracts_reference.common,
        contracts_reference.kinds,
    ):
        assert part() in text


def test_the_example_of_the_reference_is_sound(tmp_path: Path) -> None:
    from arctl.services.contract_lint import lint

    text = (ROOT / "contracts" / "README.md").read_text(encoding="utf-8")
    example = tmp_path / "example.yaml"
    example.write_text(text.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")

    assert lint(None, [example])[0].faults == ()
    assert _fits(example.read_text(encoding="utf-8"))
