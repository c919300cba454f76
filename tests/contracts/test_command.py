"""`arctl contracts` and `arctl workflows` as an operator runs them."""

import json
import shutil
from pathlib import Path

import pytest

from arctl import resources
from arctl.core.contract_graph import lanes
from arctl.core.contract_reading import OPTIONAL, REQUIRED
from arctl.core.side_effects import side_effects
from arctl.services import contracts
from tests.conftest import Arctl


def _line(text: str, part: str) -> int:
    """Where a part stands; the shipped contracts may grow."""
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


HOLD = resources.contracts_dir() / "service_hold_trigger.yaml"
ALL = "ar_aging_action_plan", "service_hold_release", "service_hold_trigger"


@pytest.fixture
def own(tmp_path: Path, arctl: Arctl) -> Path:
    """The operator's folder beside a ledger, with a contract that stands in for a shipped one."""
    folder = tmp_path / "mine"
    folder.mkdir()
    text = HOLD.read_text(encoding="utf-8").replace("version: 1", "version: 2").replace(">= 1000000", ">= 500")
    (folder / "hold.yaml").write_text(text, encoding="utf-8")
    assert arctl("init").returncode == 0
    assert arctl("config", "set", "contracts.folder", "mine").returncode == 0
    return folder


def test_without_a_ledger_the_shipped_contracts_are_looked_at(arctl: Arctl, tmp_path: Path) -> None:
    ran = arctl("contracts", "lint")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"{len(list(HOLD.parent.glob('*.yaml')))} contracts are sound: ")
    assert all(name in ran.stdout for name in ALL)
    assert not list(tmp_path.iterdir())


def test_every_fault_is_told_on_stdout_and_the_count_on_stderr(arctl: Arctl, tmp_path: Path) -> None:
    text = HOLD.read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text.replace("isinactive = 'F'", "inactive = 'F'"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text.replace("owner: accounts", "onwer: accounts"), encoding="utf-8")

    ran = arctl("contracts", "lint", "a.yaml", "b.yaml")

    rule, first, owner = _line(text, "isinactive = 'F'"), _line(text, "workflow_type:"), _line(text, "owner:")
    assert ran.returncode == 3
    assert ran.stdout.splitlines() == [
        f"a.yaml:{rule}:11: precondition customer_active: no such column: inactive",
        f"b.yaml:{first}:1: the contract lacks owner",
        f"b.yaml:{owner}:1: the contract knows no onwer: did you mean owner?",
    ]
    assert ran.stderr.splitlines() == [
        "error: 3 faults in 2 of 2 contracts",
        "hint: contracts/README.md says what a contract may hold",
    ]
    as_json = json.loads(arctl("contracts", "lint", "a.yaml", "b.yaml", "--json").stdout)
    assert as_json[0] == {
        "file": "a.yaml",
        "line": rule,
        "column": 11,
        "fault": "precondition customer_active: no such column: inactive",
    }
    assert arctl("contracts", "lint", "a.yaml", "--format", "csv").stdout.splitlines() == [
        "file,line,column,fault",
        f"a.yaml,{rule},11,precondition customer_active: no such column: inactive",
    ]


def test_show_prints_the_parts_and_the_side_effects(arctl: Arctl) -> None:
    ran = arctl("contracts", "show", "service_hold_trigger")

    assert (ran.returncode, ran.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in ran.stdout.splitlines()]
    assert "risk level 4" in lines
    assert "check customer_active, else block: the customer is inactive or not known" in lines
    written = "fan-out flag_customer d1_write customers: entitystatus = hold, last_modified = {now} once"
    assert f"{written} customers.entitystatus, by a row of customer_holds the run's, risk 4" in lines
    assert any(line.startswith("fan-out ns_order_block ns_push customer: credit_hold = true once") for line in lines)


def test_show_as_json_and_csv(arctl: Arctl) -> None:
    told = json.loads(arctl("contracts", "show", "ar_aging_action_plan", "--json").stdout)
    rows = arctl("contracts", "show", "ar_aging_action_plan", "--format", "csv").stdout.splitlines()

    assert told["triggers"][0] == {"cron": "0 6 * * *", "time_zone": "America/New_York"}
    assert told["fan_out"][0]["do"][0]["rule"] == "dunning"
    assert [each["approval"] for each in told["side_effects"][:2]] == [
        "its own, risk 2 to 3 by tier",
        "its own, risk 4",
    ]
    assert rows[0] == "phase,step,kind,what,rows,effect,approval"
    assert len(rows) == 1 + len(told["side_effects"])


def test_every_step_that_does_something_is_among_the_side_effects() -> None:
    for contract in contracts.load(None).contracts.values():
        steps = [
            step.name for outer in (*contract.fan_out, *contract.post_actions) for step in outer.walk() if not step.do
        ]

        assert [each.step for each in side_effects(contract)] == steps


def test_the_graph_has_six_lanes(arctl: Arctl) -> None:
    text = arctl("contracts", "graph", "service_hold_trigger").stdout
    drawn = arctl("contracts", "graph", "service_hold_trigger", "--mermaid").stdout

    heads = [line.split("  ")[0] for line in text.splitlines() if line[:1].strip()]
    assert heads == ["trigger", "context", "HITL", "fan-out", "post", "verify"]
    assert "? block unless customer_active" in text
    assert "- ns_order_block: ns_push customer: credit_hold = true" in text
    assert drawn.startswith("---\ntitle: service_hold_trigger\n---\nflowchart TB\n")
    assert drawn.count("  subgraph lane") == drawn.count("\n  end\n") == 6
    assert '    n3_1{"ar_operator approves within 24h (risk 4)"}' in drawn
    assert "  lane5 --> lane6\n" in drawn


def test_a_label_cannot_break_out_of_its_box(tmp_path: Path, arctl: Arctl) -> None:
    text = HOLD.read_text(encoding="utf-8").replace(
        "flag_customer\n", 'flag_customer\n    when: "1 < 2 OR \\"a\\" = `b`"\n'
    )
    assert text != HOLD.read_text(encoding="utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "hold.yaml").write_text(text, encoding="utf-8")
    arctl("init")
    arctl("config", "set", "contracts.folder", "mine")

    drawn = arctl("contracts", "graph", "service_hold_trigger", "--mermaid").stdout

    assert "where 1 #lt; 2 OR #quot;a#quot; = #96;b#96;" in drawn


def test_lanes_without_anything_say_so() -> None:
    contract = contracts.find(None, "service_hold_trigger")

    assert [lane.name for lane in lanes(contract)] == ["trigger", "context", "HITL", "fan-out", "post", "verify"]


def test_ones_own_contract_takes_the_place_of_the_shipped(arctl: Arctl, own: Path) -> None:
    shown = arctl("contracts", "show", "service_hold_trigger").stdout
    listed = {each["workflow_type"]: each for each in json.loads(arctl("workflows", "list", "--json").stdout)}

    assert shown.startswith("service_hold_trigger, version 2: ")
    assert "mine/hold.yaml" in shown
    assert (listed["service_hold_trigger"]["own"], listed["service_hold_trigger"]["version"]) == (True, 2)
    assert (listed["ar_aging_action_plan"]["own"], listed["ar_aging_action_plan"]["version"]) == (False, 1)


def test_a_contract_with_faults_is_refused_with_all_of_them_and_the_others_still_work(arctl: Arctl, own: Path) -> None:
    broken = (own / "hold.yaml").read_text(encoding="utf-8").replace("risk_level: 4", "risk_level: four\nbackup: no")
    (own / "hold.yaml").write_text(broken, encoding="utf-8")

    ran = arctl("contracts", "show", "service_hold_trigger")

    at = _line(broken, "risk_level:")
    known = ", ".join((*REQUIRED, *OPTIONAL))
    assert ran.returncode == 3
    assert ran.stderr.splitlines() == [
        f"error: mine/hold.yaml:{at}:13: risk_level is four: write a whole number in plain digits",
        f"  mine/hold.yaml:{at + 1}:1: the contract knows no backup: it takes {known}",
        "hint: contracts/README.md says what a contract may hold; `arctl contracts lint` checks it",
    ]
    assert arctl("contracts", "show", "ar_aging_action_plan").returncode == 0
    listed = {each["workflow_type"]: each for each in json.loads(arctl("workflows", "list", "--json").stdout)}
    assert (listed["service_hold_trigger"]["faults"], listed["service_hold_trigger"]["version"]) == (2, None)


def test_two_files_of_one_type_are_a_fault_of_the_second(arctl: Arctl, own: Path) -> None:
    shutil.copy(own / "hold.yaml", own / "hold2.yaml")

    ran = arctl("contracts", "lint")

    assert ran.returncode == 3
    assert ran.stdout == "mine/hold2.yaml:1:1: hold.yaml is a contract of the type service_hold_trigger already\n"
    assert arctl("contracts", "show", "service_hold_trigger").returncode == 3
    assert (
        "service_hold_trigger" not in contracts.load(None, own).contracts
    )  # nobody knows which is meant: neither runs
    assert "ar_aging_action_plan" in contracts.load(None, own).contracts


def test_a_folder_that_cannot_be_read_is_told_with_its_setting(arctl: Arctl, own: Path) -> None:
    shutil.rmtree(own)

    ran = arctl("workflows", "list")

    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        "error: the folder of contracts mine cannot be read (No such file or directory)",
        "hint: `arctl config set contracts.folder DIR` names another, `config unset contracts.folder` none",
    ]


def test_a_workflow_is_disabled_and_enabled_with_reason_and_event(arctl: Arctl) -> None:
    arctl("init")

    off = arctl("--actor", "controller", "workflows", "disable", "service_hold_trigger", "--reason", "year-end freeze")
    again = arctl("workflows", "disable", "service_hold_trigger", "--reason", "still")
    listed = {each["workflow_type"]: each for each in json.loads(arctl("workflows", "list", "--json").stdout)}
    on = arctl("workflows", "enable", "service_hold_trigger", "--reason", "thawed")
    events = json.loads(arctl("events", "list", "--entity", "service_hold_trigger", "--json").stdout)

    assert off.stdout == "service_hold_trigger is disabled: year-end freeze\n"
    assert again.returncode == 4
    assert "is disabled already, since" in again.stderr
    assert "by controller" in again.stderr
    held = listed["service_hold_trigger"]
    assert (held["enabled"], held["changed_by"], held["reason"]) == (False, "controller", "year-end freeze")
    assert listed["ar_aging_action_plan"]["enabled"]
    assert on.returncode == 0
    assert [each["event_type"] for each in events] == ["workflow.disabled", "workflow.enabled"]


def test_the_list_of_workflows_for_people(arctl: Arctl) -> None:
    arctl("init")

    lines = arctl("workflows", "list").stdout.splitlines()

    assert lines[0].split("  ")[0] == "Workflow"
    assert any("0 6 * * * America/New_York, ar.bucket_moved (together), by hand" in line for line in lines)


def test_the_schema_is_printed(arctl: Arctl) -> None:
    printed = arctl("contracts", "schema").stdout

    assert printed == (HOLD.parent / "contract.schema.json").read_text(encoding="utf-8")
