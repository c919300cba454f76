"""The record of workflows against whoever holds the file: what was changed, forged or taken away is found, and named."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest

from arctl.cli.app import main
from tests.aging.books import laid_out
from tests.aging.conftest import Here
from tests.holds.conftest import CUSTOMERS, NAME, ON

FILES = {
    "customers": CUSTOMERS.format(inactive="F"),
    "customer_invoices": "id,customer_id,invoice_date,due_date,amount\nI1,C1,2026-03-01,2026-03-31,25000.01\n",
}
DAY = ("--as-of", ON.isoformat())


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A letter is out and a hold is placed: proposals 2 and 4 of envelope 1; the hold, its push, and four mails."""
    place = tmp_path_factory.mktemp("morning")
    db = place / "arctl.db"

    def done(*args: str) -> None:
        assert main(["--db", str(db), "--quiet", *args]) == 0, args

    done("sync", "--from", str(laid_out(place / "export", FILES)))
    done("config", "set", "mail.from", "ar@example.com")
    done("plan", *DAY)
    done("approve", "1", "--yes", "--with-drafts", *DAY)
    with closing(sqlite3.connect(db)) as connection:
        ((hold,),) = connection.execute(
            "SELECT id FROM proposed_actions WHERE action_type = 'propose_customer_program'"
        )
    done("approve", str(hold), "--yes", "--confirm", NAME, *DAY)
    return db


def found(here: Here, morning: Path, *statements: str) -> list[tuple[str, str]]:
    """(where, what) of the findings of the check after these statements."""
    copyfile(morning, here.db)
    with closing(sqlite3.connect(here.db)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
    (check,) = (each for each in here("integrity", "--json").json if each["check"] == "workflows")
    return [(each["where"].removeprefix("tenant default, "), each["message"]) for each in check["findings"]]


def test_a_sound_morning(here: Here, morning: Path) -> None:
    copyfile(morning, here.db)
    ran = here("integrity", "--json")
    (check,) = (each for each in json.loads(ran.out) if each["check"] == "workflows")
    assert (ran.code, check["status"], check["findings"]) == (0, "ok", [])
    assert check["looked_at"] == "2 runs, 5 proposals, 4 mails"


LETTER = "(SELECT id FROM proposed_actions WHERE action_type = 'collection_action')"
HOLD = "(SELECT id FROM proposed_actions WHERE action_type = 'propose_customer_program')"
ATTACKS: dict[str, tuple[str, str, str]] = {
    "a hold under another run": (
        "UPDATE customer_holds SET run_id = 1", "hold 1 of customer C1", "that no step of its run placed",
    ),
    "a hold that no event tells of": (
        "UPDATE events SET idempotency_key = 'x' WHERE idempotency_key = 'hold/1/placed'", "hold 1, placed",
        "that no event tells of",
    ),
    "a hold released by hand": (
        "UPDATE customer_holds SET released_at = placed_at, released_by = 'eve', released_run = 1", "hold 1 of customer C1",
        "that was released, but by no step of a run",
    ),
    "an approved letter without its action": (
        "UPDATE collection_actions SET proposal_id = NULL", "proposal", "that is applied, but no collection action",
    ),
    "an approved hold without its run": (
        "UPDATE workflow_run_log SET trigger_ref = '99' WHERE run_id = 2", "proposal", "but the workflow it starts was not run",
    ),
    "an executed letter whose mail is gone": (
        "DELETE FROM outbox WHERE action_id = 1", "action 1", "that is executed under an approval, but no mail of it is out",
    ),
    "an executed letter whose mail was cancelled": (
        "UPDATE outbox SET status = 'cancelled' WHERE action_id = 1", "action 1", "no mail of it is out",
    ),
    "a letter that nobody approved": (
        f"UPDATE proposed_actions SET status = 'rejected', applied_at = NULL WHERE id = {LETTER}", "action 1",
        "that is under a proposal which nobody approved",
    ),
    "a step of a completed run undone": (
        "DELETE FROM workflow_step_log WHERE run_id = 2 AND kind = 'ns_push'", "run 2 of service_hold_trigger",
        "that is completed, but what its approval covers was not all done",
    ),
    "a push that no step staged": (
        "UPDATE ns_pending_pushes SET run_id = 1", "push 1", "that was staged by a run in which no step did so",
    ),
    "another text of a contract": (
        "UPDATE workflow_contracts SET text = text || ' ' WHERE workflow_type = 'service_hold_trigger'",
        "contract of service_hold_trigger", "its text is not that of its hash",
    ),
    "another amount frozen": (
        "UPDATE workflow_effects SET amount_cents = 1 WHERE run_id = 1 AND action_type = 'collection_action'", "run 1, effect",
        "it is not what was frozen",
    ),
    "another push frozen": (
        "UPDATE workflow_effects SET payload_json = '{}' WHERE kind = 'ns_push'", "run 2, effect", "it is not what was frozen",
    ),
    "another letter approved": (
        f"UPDATE proposed_actions SET body = 'pay me' WHERE id = {LETTER}", "proposal", "it is not what was shown",
    ),
    "another title approved": (
        f"UPDATE proposed_actions SET title = 'x' WHERE id = {HOLD}", "proposal", "it is not what was shown",
    ),
    "other facts": (
        f"UPDATE proposed_actions SET facts_json = '{{}}' WHERE id = {LETTER}", "proposal", "the facts it rests on are not those",
    ),
    "another recipient": (
        "UPDATE outbox SET recipients = '[\"eve@example.com\"]' WHERE outbox_id = 1", "mail 1", "it is not what was approved",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found(here: Here, morning: Path, attack: str) -> None:
    statement, where, message = ATTACKS[attack]

    findings = found(here, morning, statement)

    assert any(place.startswith(where) and message in said for place, said in findings), findings


def test_what_is_read_as_no_json_is_a_finding_too(here: Here, morning: Path) -> None:
    assert found(here, morning, "UPDATE proposed_actions SET facts_json = '{' WHERE facts_json IS NOT NULL")
