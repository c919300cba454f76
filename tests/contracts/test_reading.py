"""Contracts read from YAML: every defect is told with its place, all at once, and what is sound is read as it is meant."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl import resources
from arctl.core.contract import Severity, Trigger
from arctl.core.contract_reading import duration, read_contract
from arctl.core.cron import cron_fault
from arctl.services import contracts
from arctl.services.contract_lint import lint

HERE = Path(__file__).parent
SHIPPED = sorted(resources.contracts_dir().glob("*.yaml"))

SMALL = """
workflow_type: small
version: 3
category: collections
owner: accounts receivable
description: As little as there can be.
risk_level: 1
triggers:
  - manual: true
fan_out:
  - step: mark
    kind: flag
    customer_id: "0042"
    flag: late
"""


def _told(text: str) -> list[str]:
    return [f"{fault.place.line}:{fault.place.column}: {fault.message}" for fault in read_contract(text, "x")[1]]


@pytest.mark.parametrize("name", ["form", "meaning"])
def test_a_contract_with_every_defect_gives_every_message(name: str) -> None:
    (linted,) = lint(None, [HERE / f"{name}.yaml"])

    told = [f"{fault.place.line}:{fault.place.column}: {fault.message}" for fault in linted.faults]
    assert told == (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert {fault.place.file for fault in linted.faults} == {str(HERE / f"{name}.yaml")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1:1: the file is empty"),
        ("# nothing\n", "1:1: the file is empty"),
        ("- a\n- b", "1:1: the contract is a list, not a mapping"),
        ("a: 'x", "1:6: not YAML: found unexpected end of stream"),
        ("a:\n\t- b", "2:1: not YAML: found character '\\t' that cannot start any token"),
        ("a: \x01", "1:4: a character that YAML does not allow"),
        ("---\na: 1\n---\nb: 2", "3:1: not YAML: but found another document"),
        ("[" * 100_000, "1:51: nested too deeply"),
    ],
)
def test_what_is_no_yaml_is_one_fault(text: str, told: str) -> None:
    assert _told(text) == [told]


def test_anchors_aliases_and_types_are_told_with_all_the_rest() -> None:
    told = _told("owner: &x !!str me\ndescription: *x\nversion: 1\nversion: !!python/name:os.system 2\n")

    assert "1:8: &x is an anchor: contracts have none" in told
    assert "2:14: *x repeats what stands elsewhere: write it out in both places" in told
    assert any(line.startswith("4:10: a value of type tag:yaml.org,2002:python/name:os.system") for line in told)
    assert "4:1: version stands twice in the contract; first in line 3" in told


@pytest.mark.parametrize(
    ("written", "guess"),
    [
        ("no", "false"), ("Yes", "true"), ("ON", "true"), ("off", "false"), ("n", "true, false or nothing"), ("True", "true"),
        ("1:30", "a number of base 60"), ("0.05", "a binary fraction"), (".5", "a binary fraction"), ("1e3", "a number"),
        ("1_000", "a number"), ("0x1F", "a number"), ("010", "a number"), ("12", "a number"), ("2026-06-30", "a date"),
        ("~", "nothing"), ("null", "nothing"), (".inf", "a binary fraction"), ("1,5", "a number"),
    ],
)  # fmt: skip
def test_text_that_other_programs_take_for_something_else_must_stand_in_quotes(written: str, guess: str) -> None:
    wrong = SMALL.replace("accounts receivable", written)
    right = SMALL.replace("accounts receivable", f"'{written}'")

    assert _told(wrong) == [
        f"5:8: owner is text, and {written} without quotes is read as {guess}: write '{written}'",
    ]
    contract, faults = read_contract(right, "x")
    assert contract is not None
    assert not faults
    assert contract.owner == written


def test_what_is_sound_is_read_as_it_is_meant() -> None:
    contract, faults = read_contract(SMALL, "small.yaml")

    assert contract is not None
    assert not faults
    assert (contract.version, contract.risk_level, contract.needs_approval) == (3, 1, False)
    assert contract.triggers == (Trigger(manual=True),)
    assert contract.fan_out[0].settings == {"customer_id": "0042", "flag": "late"}
    assert str(contract.fan_out[0].place_of("flag")) == "small.yaml:14:11"
    assert contract.retry.max_attempts == 1


def test_the_hash_is_of_the_text_and_nothing_else() -> None:
    one, _ = read_contract(SMALL, "a")
    same, _ = read_contract(SMALL, "b")
    other, _ = read_contract(SMALL + "# a comment\n", "a")

    assert one is not None
    assert same is not None
    assert other is not None
    assert one.contract_hash == same.contract_hash != other.contract_hash


def test_the_action_plan_says_what_the_specification_says() -> None:
    plan = contracts.find(None, "ar_aging_action_plan")
    hold = contracts.find(None, "service_hold_trigger")

    assert plan.risk_level == 3
    assert plan.triggers[0] == Trigger(cron="0 6 * * *", time_zone="America/New_York")
    assert [(each.name, each.severity) for each in plan.preconditions] == [("aging_data_fresh", Severity.WARN)]
    assert (plan.retry.max_attempts, plan.retry.wait_ms(1), plan.retry.alert_on_final_failure) == (2, 5000, True)
    assert [hold.retry.wait_ms(failed) for failed in (1, 2, 3, 9)] == [2000, 4000, 8000, 30_000]
    assert {each.name: each.severity for each in hold.preconditions}["customer_active"] is Severity.BLOCK


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_is_sound_and_bears_the_name_of_its_file(path: Path) -> None:
    (linted,) = lint(None, [path])

    assert not linted.faults
    assert linted.workflow_type == path.stem


@given(st.sampled_from(SHIPPED), st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_broken_is_told_within_the_file_and_never_raises(path: Path, data: st.DataObject) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["drop", "twice", "cut", "junk", "indent"]))
    cut = len(lines[at]) // 2
    lines[at : at + 1] = {
        "drop": [],
        "twice": [lines[at], lines[at]],
        "cut": [lines[at][:cut]],
        "junk": [data.draw(st.text(max_size=20))],
        "indent": [f" {lines[at]}"],
    }[how]

    contract, faults = read_contract("\n".join(lines), "x")

    assert (contract is None) == bool(faults)
    height = len("\n".join(lines).splitlines()) + 1
    assert all(1 <= fault.place.line <= height and fault.place.column >= 1 for fault in faults)
    assert len(set(faults)) == len(faults)


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_text_whatever_raises(text: str) -> None:
    contract, faults = read_contract(text, "x")

    assert contract is None
    assert faults


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("0 6 * * *", ""), ("*/15 0-5,22-23 1,15 jan-mar mon", ""), ("0 0 29 2 *", ""), ("0 0 * * 7", ""), ("0 0 31 2 fri", ""),
        ("* * * *", "fields"), ("60 * * * *", "within 0 to 59"), ("0 24 * * *", "within 0 to 23"), ("0 0 0 * *", "within 1 to 31"),
        ("0 0 * 13 *", "within 1 to 12"), ("0 0 * * 8", "within 0 to 7"), ("5-1 * * * *", "backwards"), ("*/0 * * * *", "step of 0"),
        ("5/2 * * * *", "needs a range"), ("1,,2 * * * *", "not a number"), ("@daily", "fields"), ("0 0 * * ٣", "not a number"),
        ("0 0 31 4,6 *", "never due"), ("a * * * *", "within 0 to 59"), ("-1 * * * *", "not a number"),
    ],
)  # fmt: skip
def test_cron_expressions_are_looked_at_field_by_field(expression: str, why: str) -> None:
    told = cron_fault(expression)

    assert why in told
    assert bool(why) == bool(told)


def test_durations() -> None:
    assert [duration(text) for text in ("10s", "5m", "24h", "2d")] == [10, 300, 86_400, 172_800]
    for text in ("", "10", "1w", "1.5h", "-1h", "1 h", "٣s", "24H"):
        with pytest.raises(ValueError, match="not a duration"):
            duration(text)
