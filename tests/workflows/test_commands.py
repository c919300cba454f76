"""arctl run, runs and events dispatch, as an operator types them."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from arctl.resources import contracts_dir
from tests.aging.conftest import Here, Lay
from tests.workflows.scene import contract_text

CUSTOMERS = (
    "id,name,email,sales_rep,sales_rep_email,isinactive\n"
    "C1,Acme,ap@acme.example.com,Rep North,north@example.com,F\nC2,Bolt & Sons,,,,F\n"
)
INVOICES = (
    "id,customer_id,invoice_date,due_date,amount,currency\n"
    "I1,C1,2026-05-01,2026-06-10,30000.00,USD\nI2,C2,2026-04-01,2026-05-01,70.00,USD\n"
)
DAY = "2026-06-30"
FLAGS = """
- {step: mark, kind: flag, over: late, when: days > 30, customer_id: "{customer_id}", flag: watched}
- {step: ring, kind: task, over: late, title: "Ring {customer_name}"}
"""
POST = """
- {step: figures, kind: log}
- {step: told_later, kind: reflexion, tags: [trial, slow payers]}
"""


@pytest.fixture
def office(here: Here, lay: Lay, tmp_path: Path) -> Here:
    """Two late customers, and a contract of the operator's own."""
    lay(customers=CUSTOMERS, customer_invoices=INVOICES)
    own = tmp_path / "own"
    own.mkdir()
    (own / "trial.yaml").write_text(
        contract_text(FLAGS, post=POST, triggers="[{manual: true}, {event: invoice.posted}]")
    )
    for key, value in (("contracts.folder", str(own)), ("mail.from", "ar@example.com")):
        assert here("config", "set", key, value).code == 0
    return here


def rows(here: Here, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(here.db)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_a_run_by_hand_says_what_became_of_it(office: Here) -> None:
    ran = office("run", "trial", "--as-of", DAY, "--input", "least_days=5")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "run 1 of trial for default, 2026-06-30: completed\nproposed 2, each to be decided by itself: arctl proposals\n"
    )
    assert rows(office, "SELECT inputs_json, as_of, actor IS NOT NULL FROM workflow_runs") == [
        ('{"least_days":5}', DAY, 1)
    ]


def test_a_run_as_json(office: Here) -> None:
    ran = office("run", "trial", "--as-of", DAY, "--json")

    assert ran.json == {
        "run_id": 1, "workflow_type": "trial", "company": "default", "as_of": DAY, "status": "completed", "envelope": 1,
        "expires_on": "2026-07-01", "done": 5, "proposed": 2, "warnings": [], "blocked": [], "errors": [], "stopped": None,
    }  # fmt: skip


def test_runs_are_listed_shown_and_found_by_words(office: Here) -> None:
    office("run", "trial", "--as-of", DAY)
    office("run", "trial", "--as-of", "2026-07-01")

    listed = office("runs", "list", "--json").json
    assert [(each["run_id"], each["status"], each["as_of"]) for each in listed] == [
        (1, "completed", DAY), (2, "completed", "2026-07-01"),
    ]  # fmt: skip
    assert [each["run_id"] for each in office("runs", "list", "--limit", "1", "--json").json] == [2]
    assert office("runs", "list", "--status", "failed", "--json").json == []
    assert office("runs", "list", "--workflow", "other").err == "no such run\n"

    shown = office("runs", "show", "1", "--json").json
    assert [(each["step"], each["status"]) for each in shown["log"] if each["phase"] == "fan_out"] == [
        ("mark", "completed"), ("ring", "completed"), ("ring", "completed"),
    ]  # fmt: skip
    assert shown["proposals"] == [{"action_type": "task", "status": "pending", "count": 2}]
    assert "told later runs: Run 1 of trial for default" in office("runs", "show", "1").out

    found = office("runs", "search", "SLOW", "payers", "--json").json
    assert [(each["run_id"], each["tags"]) for each in found] == [
        (1, ["trial", "slow payers"]), (2, ["trial", "slow payers"]),
    ]  # fmt: skip
    assert [each["run_id"] for each in office("runs", "search", "as of 2026-07-01", "--json").json] == [2]
    assert office("runs", "search", "nobody").err == "no run told of that\n"


@pytest.mark.parametrize("form", ["table", "csv", "md"])
def test_every_listing_in_every_format(office: Here, form: str) -> None:
    office("run", "trial", "--as-of", DAY)
    for command in (["list"], ["show", "1"], ["search", "trial"]):
        ran = office("runs", *command, "--format", form)
        assert (ran.code, ran.err) == (0, "")
        assert "trial" in ran.out or "mark" in ran.out


def test_the_typed_hold_waits_and_is_done_once_it_is_approved(office: Here) -> None:
    ran = office(
        "run", "service_hold_trigger", "--customer", "C1", "--input", "ar_balance=30,000.00", "--input", "days_overdue=95",
        "--input", "reason=95 days overdue", "--as-of", DAY,
    )  # fmt: skip
    assert ran.code == 0
    assert ran.out == (
        "run 1 of service_hold_trigger for default, 2026-06-30: awaiting approval\n"
        "staged as envelope 1, to be decided by 2026-07-01\n"
        "next: arctl approve 1\n"
    )
    assert rows(office, "SELECT count(*) FROM customer_holds") == [(0,)]

    assert office("approve", "1", "--yes", "--confirm", "Acme", "--as-of", DAY).code == 0

    assert rows(office, "SELECT entitystatus FROM customers WHERE id = 'C1'") == [("hold",)]
    assert rows(office, "SELECT status FROM workflow_runs") == [("completed",)]
    assert rows(office, "SELECT json_extract(detail_json, '$.ar_balance') FROM auto_decisions") == [(3000000,)]


def test_a_failed_step_is_exit_1_and_says_where_to_look(office: Here) -> None:
    connection = sqlite3.connect(office.db)
    connection.execute(
        "CREATE TRIGGER b BEFORE INSERT ON customer_flags BEGIN SELECT RAISE(ABORT, 'no more flags'); END"
    )
    connection.close()
    ran = office("run", "trial", "--as-of", DAY)

    assert ran.code == 1
    assert ran.out.startswith("run 1 of trial for default, 2026-06-30: partial\nfailed, mark: no more flags\n")
    assert ran.err == (
        "error: run 1 of trial is partial: mark: no more flags\nhint: `arctl runs show 1` shows every attempt\n"
    )


def test_events_start_what_listens_for_them_once(office: Here, lay: Lay) -> None:
    office("events", "dispatch")
    lay(customer_invoices="id,customer_id,invoice_date,amount\nI8,C1,2026-06-29,10.00\nI9,C2,2026-06-29,20.00\n")

    first = office("events", "dispatch", "--json")
    assert (first.code, [(each["workflow_type"], each["events"], each["status"]) for each in first.json]) == (
        0,
        [("trial", 1, "completed"), ("trial", 1, "completed")],
    )
    again = office("events", "dispatch")
    assert (again.code, again.err) == (0, "no new event that a workflow waits for\n")
    seqs = [each["event"] for each in first.json]
    replayed = office("events", "replay", "--since", str(seqs[0]), "--workflow", "trial")
    assert replayed.err == "every such event started a run before, or there was none\n"
    assert [each["trigger_ref"] for each in office("runs", "list", "--json").json] == [str(seq) for seq in seqs]


def test_nothing_to_resume_is_said(office: Here) -> None:
    ran = office("runs", "resume")
    assert (ran.code, ran.out, ran.err) == (0, "", "no run was left in the middle\n")
    assert json.loads(office("runs", "resume", "--json").out) == []


def test_what_fails_under_an_approval_is_tried_again_and_told(office: Here, tmp_path: Path) -> None:
    text = contract_text(
        FLAGS, risk=3, post=POST, retry="{max_attempts: 3, base_ms: 10, max_ms: 10, alert_on_final_failure: true}"
    )
    (tmp_path / "own" / "trial.yaml").write_text(text)
    office("config", "set", "alert.operator", "ops@example.com")
    office("run", "trial", "--as-of", DAY)
    connection = sqlite3.connect(office.db)
    connection.execute(
        "CREATE TRIGGER b BEFORE INSERT ON customer_flags BEGIN SELECT RAISE(ABORT, 'no more flags'); END"
    )
    connection.close()

    ran = office("approve", "1", "--yes", "--with-drafts", "--as-of", DAY)

    assert ran.code == 0
    assert ran.err == ("run 1 of trial for default, 2026-06-30: partial\nfailed, mark: no more flags\n")
    assert rows(office, "SELECT attempt, status FROM workflow_step_log WHERE step = 'mark'") == [
        (1, "failed"), (2, "failed"), (3, "failed"),
    ]  # fmt: skip
    assert rows(office, "SELECT count(*) FROM proposed_actions WHERE action_type = 'task' AND status = 'applied'") == [
        (2,)
    ]
    assert rows(office, "SELECT kind, status FROM outbox") == [("alert", "written")]


def test_a_days_bucket_moves_start_one_plan_which_waits(office: Here) -> None:
    office("workflows", "disable", "trial", "--reason", "not today")
    office("events", "tick", "--as-of", "2026-06-30")
    office("events", "dispatch")
    office("events", "tick", "--as-of", "2026-07-20")  # Acme reaches days_60, Bolt days_90

    told = office("events", "dispatch", "--json")

    assert told.code == 0, told.err
    assert [(each["workflow_type"], each["events"] > 1, each["status"]) for each in told.json] == [
        ("ar_aging_action_plan", True, "awaiting_approval")
    ]
    assert rows(office, "SELECT trigger_kind, trigger_ref, status FROM workflow_runs WHERE trigger_kind = 'event'") == [
        ("event", str(told.json[0]["event"]), "awaiting_approval")
    ]
    assert office("events", "dispatch").err == "no new event that a workflow waits for\n"


def test_the_days_plan_run_by_hand_is_the_plan(office: Here) -> None:
    first = office("run", "ar_aging_action_plan", "--as-of", DAY)
    again = office("run", "ar_aging_action_plan", "--as-of", DAY)

    assert first.out.splitlines()[:1] == ["run 1 of ar_aging_action_plan for default, 2026-06-30: awaiting approval"]
    assert "staged as envelope 1, to be decided by 2026-07-01" in first.out
    assert "this waits already as envelope 1, to be decided by 2026-07-01" in again.out
    assert rows(office, "SELECT count(*) FROM workflow_runs") == [(1,)]


def test_what_runs_leave_behind_passes_the_integrity_check(office: Here) -> None:
    office("run", "trial", "--as-of", DAY)
    office(
        "run", "service_hold_trigger", "--customer", "C1", "--input", "ar_balance=30000", "--input", "days_overdue=95",
        "--input", "reason=95 days overdue", "--as-of", DAY,
    )  # fmt: skip
    assert office("integrity").code == 0
    waiting = [str(each["id"]) for each in office("proposals", "--json").json if each["action_type"] == "task"]
    assert office("approve", *waiting, "--yes", "--as-of", DAY).code == 0
    envelope = office("runs", "show", "2", "--json").json["envelope"]
    assert office("approve", str(envelope), "--yes", "--confirm", "Acme", "--as-of", DAY).code == 0

    checked = office("integrity")
    assert checked.code == 0, checked.out + checked.err
    assert office("events", "verify").code == 0
    assert rows(office, "SELECT DISTINCT status FROM proposed_actions") == [("applied",)]


@pytest.mark.parametrize(
    ("old", "new", "held"),
    [
        ("max_overdue > 90", "max_overdue > 90", []),
        ("max_overdue > 90", "max_overdue > 19", ["C1"]),
        ("max_overdue > 90", "max_overdue > 20", []),
        ("max_overdue > 90 AND total_open_cents > 2500000", "total_open_cents >= 7000", ["C1", "C2"]),
        ("max_overdue > 90 AND total_open_cents > 2500000", "total_open_cents > 3000000", []),
    ],
)
def test_the_shipped_plans_thresholds_are_its_yamls(
    office: Here, tmp_path: Path, old: str, new: str, held: list[str]
) -> None:
    shipped = (contracts_dir() / "ar_aging_action_plan.yaml").read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / "own" / "plan.yaml").write_text(shipped.replace(old, new), encoding="utf-8")

    planned = office("plan", "--as-of", DAY, "--dry-run", "--json").json

    assert [
        each["customer_id"] for each in planned["would_stage"] if each["action_type"] == "propose_customer_program"
    ] == held
