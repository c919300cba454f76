"""The record of what was decided and done against plain sqlite3 connections: the schema itself refuses, by name."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.workflows_schema.rows import (
    AT,
    CHILD,
    DECIDED,
    PROPOSAL,
    ROWS,
    RUN,
    SWITCH,
    Values,
    all_over,
    change,
    insert,
)
from tests.workflows_schema.rows import still_open as opened

TARGETS: dict[str, tuple[str, str]] = {
    "workflow_contracts": ("text", "append-only"),
    "workflow_run_log": ("summary_json", "a run that is over never changes"),
    "workflow_effects": ("payload_json", "append-only"),
    "workflow_step_log": ("detail", "append-only"),
    "workflow_verify_results": ("message", "keeps its verdict"),
    "reflexion_log": ("narrative", "append-only"),
    "proposed_actions": ("reason", "a decided proposal never changes"),
    "auto_decisions": ("detail_json", "append-only"),
    "kill_switch_log": ("reason", "append-only"),
    "dunning_config_history": ("changed_by", "append-only"),
    "collection_cases_history": ("changed_by", "append-only"),
    "collection_actions": ("failure_reason", "of an action that is over only"),
    "dunning_steps": ("on_day", "append-only"),
    "dunning_snoozes": ("reason", "append-only"),
    "customer_flags": ("note", "append-only"),
    "collection_notes": ("note", "append-only"),
    "outbox": ("failure", "a mail that is sent, or was cancelled, never changes"),
    "customer_holds": ("release_reason", "a hold is released once"),
    "ns_pending_pushes": ("failure", "a push that is over never changes"),
}
"""Table -> a column somebody would like to change once it is over, and what refuses that."""
KEPT = ("dunning_config", "collection_cases")
"""Tables whose rows change for ever, each version of them kept."""

UPDATES = {
    "update": "UPDATE {table} SET {column} = 'x' WHERE {mine}",
    "update or replace": "UPDATE OR REPLACE {table} SET {column} = 'x' WHERE {mine}",
    "update or ignore": "UPDATE OR IGNORE {table} SET {column} = 'x' WHERE {mine}",
    "update in a join": "UPDATE {table} SET {column} = 'x' FROM tenants WHERE {mine}",
}
VERBS = {
    "delete": "DELETE FROM {table} WHERE {mine}",
    "delete everything": "DELETE FROM {table}",
    "replace": "REPLACE INTO {table} SELECT * FROM {table} WHERE {mine}",
    "insert or replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {mine}",
    "insert or ignore": "INSERT OR IGNORE INTO {table} SELECT * FROM {table} WHERE {mine}",
    "insert or rollback": "INSERT OR ROLLBACK INTO {table} SELECT * FROM {table} WHERE {mine}",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} WHERE {mine} ON CONFLICT DO UPDATE SET {column} = 'x'",
    "upsert that does nothing": "INSERT INTO {table} SELECT * FROM {table} WHERE {mine} ON CONFLICT DO NOTHING",
}
REFUSED = (
    "append-only|never deleted|numbered|appended|already|frozen|begins pending|begins queued|begins active|one dunning config"
    "|never changes|keeps its verdict|released once|comes into being"
)
WITHOUT = {
    "no pragma": (),
    "keys and recursion off": ("PRAGMA foreign_keys = OFF", "PRAGMA recursive_triggers = OFF"),
    "checks ignored": ("PRAGMA ignore_check_constraints = ON",),
}


@pytest.fixture
def over(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection as any program opens it, to a ledger in which everything is over."""
    with closing(sqlite3.connect(all_over(tmp_path / "over.db"))) as connection:
        yield connection


@pytest.fixture
def still_open(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The same, to a ledger in which everything waits."""
    with closing(sqlite3.connect(opened(tmp_path / "open.db"))) as connection:
        yield connection


def everything(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """All there is to attack."""
    return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in (*TARGETS, *KEPT)}


def mine(table: str) -> str:
    """The rows that are over."""
    if table == "workflow_run_log":
        return "workflow_run_log.run_id = 1 AND workflow_run_log.tenant_id = 1"
    return "true" if table == "kill_switch_log" else f"{table}.tenant_id = 1"


@pytest.mark.parametrize("table", [*TARGETS, *KEPT])
def test_nothing_that_is_over_goes_or_is_replaced(over: sqlite3.Connection, table: str) -> None:
    held = everything(over)
    assert held[table], "a table without a row proves nothing"
    for name, pragmas in WITHOUT.items():
        for pragma in pragmas:
            over.execute(pragma)
        for verb, statement in VERBS.items():
            column = TARGETS[table][0] if table in TARGETS else "changed_by"
            with pytest.raises(sqlite3.IntegrityError, match=REFUSED):
                over.execute(statement.format(table=table, column=column, mine=mine(table)))
            over.commit()
            assert everything(over) == held, (name, verb)


@pytest.mark.parametrize("table", TARGETS)
def test_nothing_that_is_over_changes(over: sqlite3.Connection, table: str) -> None:
    held = everything(over)
    column, message = TARGETS[table]
    for pragma in (
        "PRAGMA foreign_keys = OFF",
        "PRAGMA recursive_triggers = OFF",
        "PRAGMA ignore_check_constraints = ON",
    ):
        over.execute(pragma)
        for verb, statement in UPDATES.items():
            with pytest.raises(sqlite3.IntegrityError, match=message):
                over.execute(statement.format(table=table, column=column, mine=mine(table)))
            over.commit()
            assert everything(over) == held, verb


FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "workflow_run_log": (
        "of a run only its status",
        ("tenant_id", "run_id", "company_id", "workflow_type", "contract_hash", "trigger_kind", "trigger_ref", "as_of",
         "inputs_json", "batch", "actor", "os_user", "started_at", "created_at"),
    ),
    "workflow_verify_results": (
        "never changes what it asks",
        ("tenant_id", "verify_id", "run_id", "name", "sql", "params_json", "expectation", "due_at", "times_out_at"),
    ),
    "collection_actions": (
        "an action stays what it was",
        ("tenant_id", "action_id", "case_id", "customer_key", "invoice_key", "proposal_id", "action_type", "tier", "currency",
         "due_amount_cents"),
    ),
    "outbox": (
        "a mail goes out as it was approved",
        ("tenant_id", "outbox_id", "run_id", "proposal_id", "action_id", "customer_key", "kind", "sender", "recipients", "subject",
         "body", "body_html", "content_hash", "message_id", "dated_at"),
    ),
    "customer_holds": (
        "a hold is released once; nothing else of it changes",
        ("tenant_id", "hold_id", "customer_key", "reason", "run_id", "placed_on", "placed_at", "placed_by"),
    ),
    "ns_pending_pushes": (
        "a push says what was approved",
        ("tenant_id", "push_id", "run_id", "record_type", "record_id", "operation", "payload_json", "idempotency_key", "created_at",
         "created_by"),
    ),
    "collection_cases": (
        "a case stays its customer's",
        ("tenant_id", "case_id", "case_number", "company_id", "customer_key", "currency", "opened_on"),
    ),
    "dunning_config": ("a dunning config stays its customer's", ("tenant_id", "config_id", "customer_key")),
}  # fmt: skip
"""Table -> what refuses, and the columns that never change, not even while a row is open."""
PROPOSED = (
    "tenant_id", "id", "company_id", "run_id", "envelope_id", "seq", "action_type", "entity_ref", "customer_key", "customer_name",
    "risk_level", "title", "payload_json", "body", "body_html", "currency", "amount_cents", "tier", "proposed_on", "proposed_at",
    "proposed_by", "expires_on", "idempotency_key", "content_hash", "facts_json", "facts_hash",
)  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column"), [(table, each) for table, (_, columns) in FIXED.items() for each in columns]
)
def test_what_was_written_down_stays(still_open: sqlite3.Connection, table: str, column: str) -> None:
    still_open.execute("PRAGMA ignore_check_constraints = ON")
    released: Values = {"released_at": AT, "released_by": "eve"} if table == "customer_holds" else {}
    version: Values = {"version": 2} if table == "collection_cases" else {}
    with pytest.raises(sqlite3.IntegrityError, match=FIXED[table][0]):
        change(still_open, table, {column: _other(still_open, table, column), **released, **version})


@pytest.mark.parametrize("column", PROPOSED)
def test_what_is_proposed_stays_whatever_is_decided(still_open: sqlite3.Connection, column: str) -> None:
    still_open.execute("PRAGMA ignore_check_constraints = ON")
    changed = {column: _other(still_open, "proposed_actions", column)}
    with pytest.raises(sqlite3.IntegrityError, match="what is proposed never changes"):
        change(still_open, "proposed_actions", {"status": "approved", **DECIDED, **changed}, "tenant_id = 1 AND id = 2")


def _other(connection: sqlite3.Connection, table: str, column: str) -> object:
    """A value of the column's type that it does not have."""
    (kind,) = connection.execute("SELECT type FROM pragma_table_info(?) WHERE name = ?", (table, column)).fetchone()
    return 9 if kind == "INTEGER" else "other"


def test_who_approved_stays(still_open: sqlite3.Connection) -> None:
    for column in DECIDED:
        changed: Values = {
            "status": "applied",
            "applied_at": AT,
            column: "2026-07-01" if column == "decided_on" else "eve",
        }
        still_open.execute("PRAGMA ignore_check_constraints = ON")
        with pytest.raises(sqlite3.IntegrityError, match="who decided stays"):
            change(still_open, "proposed_actions", changed, "tenant_id = 1 AND id = 1")


def test_a_plan_keeps_its_hash(still_open: sqlite3.Connection) -> None:
    change(still_open, "workflow_run_log", {"plan_hash": "b" * 64}, "tenant_id = 1 AND run_id = 1")
    with pytest.raises(sqlite3.IntegrityError, match="of a run only"):
        change(still_open, "workflow_run_log", {"plan_hash": "c" * 64}, "tenant_id = 1 AND run_id = 1")


NEXT: dict[str, tuple[str, Values, int, str]] = {
    "a pending proposal to applied": ("proposed_actions", {"status": "applied"}, 2, "goes from pending to"),
    "a pending proposal to failed": ("proposed_actions", {"status": "failed"}, 2, "goes from pending to"),
    "an approved proposal to pending": ("proposed_actions", {"status": "pending"}, 1, "goes from pending to"),
    "an approved proposal to rejected": ("proposed_actions", {"status": "rejected"}, 1, "goes from pending to"),
    "an approved proposal to expired": ("proposed_actions", {"status": "expired"}, 1, "goes from pending to"),
    "an action in progress to planned": (
        "collection_actions",
        {"execution_status": "planned"},
        1,
        "goes from planned to",
    ),
    "an active hold that stays": ("customer_holds", {"release_reason": "x"}, 1, "a hold is released once"),
    "a case of the same version": ("collection_cases", {"notes": "x"}, 1, "its version goes up by one"),
    "a case two versions on": ("collection_cases", {"notes": "x", "version": 3}, 1, "its version goes up by one"),
}


@pytest.mark.parametrize("name", NEXT)
def test_no_status_is_left_out_or_taken_back(still_open: sqlite3.Connection, name: str) -> None:
    table, changed, number, message = NEXT[name]
    key = {"proposed_actions": "id", "collection_actions": "action_id", "customer_holds": "hold_id"}.get(
        table, "case_id"
    )
    still_open.execute("PRAGMA ignore_check_constraints = ON")
    with pytest.raises(sqlite3.IntegrityError, match=message):
        change(still_open, table, changed, f"tenant_id = 1 AND {key} = {number}")


TWICE: dict[str, tuple[str, Values, str]] = {
    "the same event starts a run again": (
        "workflow_run_log", {**RUN, "run_id": 4}, "this event, or proposal, has started the workflow already",
    ),
    "an effect is done again": (
        "workflow_step_log", {**ROWS["workflow_step_log"], "entry": 2}, "this effect was done already",
    ),
    "a proposal is made again": ("proposed_actions", {**PROPOSAL, "id": 3}, "this is proposed already"),
    "a push is staged again": ("ns_pending_pushes", {**ROWS["ns_pending_pushes"], "push_id": 2}, "this push is staged already"),
    "a second hold": ("customer_holds", {**ROWS["customer_holds"], "hold_id": 2}, "on hold already"),
    "a second dunning config": ("dunning_config", {**ROWS["dunning_config"], "config_id": 9}, "one dunning config per customer"),
    "a step of dunning": ("dunning_steps", ROWS["dunning_steps"], "recorded already"),
    "a snooze": ("dunning_snoozes", ROWS["dunning_snoozes"], "snoozed already"),
    "a flag": ("customer_flags", ROWS["customer_flags"], "set the flag already"),
    "a number left out": ("outbox", {**ROWS["outbox"], "outbox_id": 3}, "mails are numbered"),
    "a child of a pending envelope": (
        "proposed_actions", {**CHILD, "id": 3, "envelope_id": 2, "idempotency_key": "x"}, "with the approval of its envelope",
    ),
    "a proposal that is approved": (
        "proposed_actions", {**PROPOSAL, "id": 3, "idempotency_key": "x", "status": "approved", **DECIDED}, "begins pending",
    ),
    "a check that has passed": (
        "workflow_verify_results", {**ROWS["workflow_verify_results"], "verify_id": 2, "status": "pass"}, "begins pending",
    ),
    "a mail that is out": ("outbox", {**ROWS["outbox"], "outbox_id": 2, "status": "sent"}, "begins queued"),
    "a push that is verified": (
        "ns_pending_pushes", {**ROWS["ns_pending_pushes"], "push_id": 2, "idempotency_key": "x", "status": "verified"},
        "begins pending",
    ),
    "a hold that is released": (
        "customer_holds", {**ROWS["customer_holds"], "hold_id": 2, "customer_key": 2, "released_at": AT, "released_by": "eve"},
        "begins active",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TWICE)
def test_nothing_happens_twice_or_begins_at_its_end(still_open: sqlite3.Connection, name: str) -> None:
    table, values, message = TWICE[name]
    held = everything(still_open)
    for verb in ("INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"):
        with pytest.raises(sqlite3.IntegrityError, match=message):
            insert(still_open, table, {"tenant_id": 1, **values}, verb)
    assert everything(still_open) == held


def test_a_second_default_dunning_config(still_open: sqlite3.Connection) -> None:
    default = {"tenant_id": 1, **ROWS["dunning_config"], "customer_key": None}
    insert(still_open, "dunning_config", {**default, "config_id": 8})
    with pytest.raises(sqlite3.IntegrityError, match="one dunning config per customer, and one default"):
        insert(still_open, "dunning_config", {**default, "config_id": 9})


def test_an_effect_of_a_run_that_waits(over: sqlite3.Connection) -> None:
    change(over, "workflow_run_log", {"status": "awaiting_approval"}, "tenant_id = 1 AND run_id = 2")
    for run in (1, 2):
        effect = {"tenant_id": 1, **ROWS["workflow_effects"], "run_id": run, "seq": 2 if run == 1 else 1}
        with pytest.raises(sqlite3.IntegrityError, match="effects are frozen"):
            insert(over, "workflow_effects", effect)


ACROSS: dict[str, tuple[str, Values, str]] = {
    "an effect of another's customer": ("workflow_effects", {"seq": 2, "customer_key": 2}, "a customer of its tenant"),
    "an effect of another's run": ("workflow_effects", {"run_id": 3, "seq": 1}, "effects are frozen"),
    "a step of another's run": ("workflow_step_log", {"run_id": 3, "entry": 1}, "a step log hangs on a run"),
    "a check of another's run": ("workflow_verify_results", {"verify_id": 2, "run_id": 3}, "a check hangs on a run"),
    "a reflexion of another's run": ("reflexion_log", {"reflexion_id": 2, "run_id": 3}, "a reflexion hangs on a run"),
    "a proposal of another's run": (
        "proposed_actions", {"id": 3, "run_id": 3, "idempotency_key": "x"}, "a proposal hangs on a run",
    ),
    "a proposal for another's customer": (
        "proposed_actions", {"id": 3, "customer_key": 2, "idempotency_key": "x"}, "a proposal hangs on a run and a customer",
    ),
    "a decision of another's run": ("auto_decisions", {"decision_id": 2, "run_id": 3}, "a decision hangs on a run"),
    "a dunning config of another's customer": (
        "dunning_config", {"config_id": 9, "customer_key": 2}, "a dunning config hangs on a customer of its tenant",
    ),
    "a case of another's customer": ("collection_cases", {"case_id": 2, "customer_key": 2}, "a case hangs on a company and a"),
    "an action of another's case": ("collection_actions", {"action_id": 2, "case_id": 2}, "an action hangs on a case"),
    "an action of a case's other customer": (
        "collection_actions", {"action_id": 2, "customer_key": 2}, "an action hangs on a case of its tenant and customer",
    ),
    "a step of dunning of another's invoice": ("dunning_steps", {"invoice_key": 2}, "hangs on an invoice and a proposal"),
    "a snooze of another's customer": ("dunning_snoozes", {"customer_key": 2}, "a snooze hangs on a customer and a proposal"),
    "a snooze of another's proposal": ("dunning_snoozes", {"proposal_id": 3}, "a snooze hangs on a customer and a proposal"),
    "a flag on another's customer": ("customer_flags", {"customer_key": 2}, "a flag hangs on a customer and a run"),
    "a flag of another's run": ("customer_flags", {"run_id": 3}, "a flag hangs on a customer and a run"),
    "a note on another's customer": ("collection_notes", {"note_id": 2, "customer_key": 2}, "a note hangs on a customer"),
    "a mail of another's run": ("outbox", {"outbox_id": 2, "run_id": 3}, "a mail hangs on a run and a customer"),
    "a mail to another's customer": ("outbox", {"outbox_id": 2, "customer_key": 2}, "a mail hangs on a run and a customer"),
    "a hold of another's customer": ("customer_holds", {"hold_id": 2, "customer_key": 2}, "a hold hangs on a run and a customer"),
    "a hold of another's run": ("customer_holds", {"hold_id": 2, "run_id": 3}, "on hold already|a hold hangs on"),
    "a push of another's run": (
        "ns_pending_pushes", {"push_id": 2, "run_id": 3, "idempotency_key": "x"}, "a push hangs on a run of its tenant",
    ),
    "a run of another's company": ("workflow_run_log", {"run_id": 2, "trigger_ref": "9", "company_id": 7}, "a run hangs on"),
    "a run of another's contract": (
        "workflow_run_log", {"run_id": 2, "trigger_ref": "9", "contract_hash": "c" * 64}, "a run hangs on a company and a contract",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACROSS)
def test_no_row_hangs_on_another_tenants(still_open: sqlite3.Connection, name: str) -> None:
    """Foreign keys are off, as on any connection that does not ask for them."""
    table, changed, message = ACROSS[name]
    held = everything(still_open)
    with pytest.raises(sqlite3.IntegrityError, match=message):
        insert(still_open, table, {"tenant_id": 2, **ROWS[table], **changed})
    assert everything(still_open) == held


def test_a_kill_switch_is_turned_step_by_step(still_open: sqlite3.Connection) -> None:
    for step in (1, 3):
        with pytest.raises(sqlite3.IntegrityError, match="the log of a kill switch is appended"):
            insert(still_open, "kill_switch_log", {**SWITCH, "step": step, "is_on": "F"})
    insert(still_open, "kill_switch_log", {**SWITCH, "step": 2, "is_on": "F"})
    assert still_open.execute("SELECT name, is_on FROM kill_switches").fetchall() == [("ns_writes", "F")]


def test_every_version_of_a_config_and_of_a_case_is_kept(over: sqlite3.Connection) -> None:
    assert over.execute("SELECT version, changed_by, repeat_days FROM dunning_config_history").fetchall() == [
        (1, "amy", 14)
    ]
    assert over.execute("SELECT version, changed_by, status FROM collection_cases_history").fetchall() == [
        (1, "amy", "open")
    ]


def test_what_is_open_goes_its_way(still_open: sqlite3.Connection) -> None:
    """The refusals above are for their own reason: the same rows go the way they should."""
    change(still_open, "proposed_actions", {"status": "approved", **DECIDED}, "tenant_id = 1 AND id = 2")
    change(still_open, "proposed_actions", {"status": "applied", "applied_at": AT}, "tenant_id = 1 AND id = 2")
    change(still_open, "collection_actions", {"execution_status": "executed", "executed_at": AT})
    change(still_open, "collection_actions", {"outcome": "sent", "outcome_date": "2026-07-01", "notes": "answered"})
    for status in ("written", "sending", "sent"):
        change(still_open, "outbox", {"status": status})
    change(still_open, "ns_pending_pushes", {"status": "sending", "attempts": 1})
    change(still_open, "workflow_verify_results", {"status": "fail", "value": "0"})
    change(still_open, "customer_holds", {"released_at": AT, "released_by": "ben"})
    insert(still_open, "customer_holds", {"tenant_id": 1, **ROWS["customer_holds"], "hold_id": 2})
    step = {"tenant_id": 1, **ROWS["workflow_step_log"], "entry": 2, "effect_seq": 2, "status": "failed"}
    insert(still_open, "workflow_step_log", step)
    insert(still_open, "workflow_step_log", {**step, "entry": 3, "attempt": 2, "status": "completed"})
