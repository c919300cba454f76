"""`arctl proposals`, `approve`, `reject` and `kill` as an operator, or a program, runs them."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile
from subprocess import CompletedProcess

import pytest

from tests.approve.staged import morning, paid
from tests.conftest import Arctl
from tests.folders import COLUMNS, Row

Run = Callable[..., CompletedProcess[str]]
KEYS = ("id", "action_type", "entity_ref", "customer_id", "risk_level", "status", "currency", "amount_cents", "tier")


def _folder(place: Path, files: dict[str, list[Row]]) -> Path:
    place.mkdir()
    for name, rows in files.items():
        with (place / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name].split(), restval="")
            writer.writeheader()
            writer.writerows(rows)
    return place


@pytest.fixture(scope="module")
def planned() -> Iterator[Path]:
    """The ledger of a planned morning, to be copied."""
    with morning() as desk:
        desk.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield desk.books.place / "arctl.db"


@pytest.fixture
def run(arctl: Arctl, planned: Path, tmp_path: Path) -> Run:
    """The command in a folder whose ledger has a planned morning."""
    copyfile(planned, tmp_path / "arctl.db")

    def there(*args: str, code: int = 0) -> CompletedProcess[str]:
        done = arctl("--actor", "dana", *args)
        assert done.returncode == code, (done.stdout, done.stderr)
        return done

    return there


def _listed(run: Run, *args: str) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(run("proposals", *args, "--json").stdout)
    return listed


def _id(run: Run, action_type: str, customer: str | None) -> str:
    return next(
        str(each["id"])
        for each in _listed(run, "--status", "pending")
        if (each["action_type"], each["customer_id"]) == (action_type, customer)
    )


def test_without_a_terminal_and_a_yes_nothing_changes(run: Run) -> None:
    for args in ((), ("1",), ("1", "--with-drafts"), ("--all",)):
        done = run("approve", *args, "--as-of", "2026-07-08", code=0 if args == ("--all",) else 4)
        if args == ("--all",):
            assert done.stderr == "nothing waits but envelope 1: `arctl approve 1`\n"
        else:
            assert done.stderr == (
                "error: nobody can be asked here (no terminal) and --yes was not given; nothing was changed\n"
                "hint: `arctl approve ID… --yes` approves without asking; `arctl proposals` shows what waits\n"
            )
    assert [each["status"] for each in _listed(run)] == ["pending"]


def test_the_story_of_a_morning_without_a_screen(run: Run) -> None:
    (envelope,) = _listed(run)
    assert set(KEYS) <= set(envelope)
    assert (envelope["action_type"], envelope["entity_ref"]) == (
        "workflow_ar_aging_action_plan", "workflow:ar_aging_action_plan:run_1",
    )  # fmt: skip
    done = run("approve", "1", "--yes", "--as-of", "2026-07-08")
    assert done.stdout.startswith("Envelope 1 is approved: 5 still pending\n")
    assert done.stdout.endswith("Tonight's `arctl verify` checks: actions_staged\n")
    letter = _id(run, "collection_action", "C1")
    assert json.loads(run("approve", letter, "--yes", "--as-of", "2026-07-08", "--json").stdout) == [
        {"id": int(letter), "status": "applied", "reason": None}
    ]
    again = run("approve", letter, "--yes", "--as-of", "2026-07-08", code=4)
    assert again.stderr.startswith(f"error: {letter} (Acme Tools) was not approved: applied by dana on ")
    rest = run("approve", "--all", "--type", "collection_action", "--yes", "--as-of", "2026-07-08", "--json")
    assert {each["status"] for each in json.loads(rest.stdout)} == {"applied"}
    digest = _id(run, "email_draft", None)
    refused = run("reject", digest, "--reason", "told them", "--as-of", "2026-07-08", "--json")
    assert json.loads(refused.stdout) == [{"id": int(digest), "status": "rejected", "reason": "told them"}]
    assert [each["risk_level"] for each in _listed(run, "--status", "pending")] == [5, 4]


def test_a_hold_wants_its_name_typed(run: Run) -> None:
    run("approve", "1", "--yes", "--as-of", "2026-07-08")
    hold = _id(run, "propose_customer_program", "C4")
    shown = run("proposals", "show", hold, "--as-of", "2026-07-08").stdout
    assert "Does: ns_order_block: ERP: update customer C4: credit_hold = true\n" in shown
    assert "Background: open sos: orders 0, total 0.00 USD\n" in shown
    assert "we have placed your account on hold" in shown
    bare = run("approve", hold, "--yes", "--as-of", "2026-07-08", code=4)
    assert bare.stderr == (
        f"error: {hold} is of risk 4: Service hold for Dune Big; its name was not typed, nothing was changed\n"
        f'hint: read what it will do with `arctl proposals show {hold}`, then add --confirm "Dune Big"\n'
    )
    done = run("approve", hold, "--yes", "--confirm", "Dune Big", "--as-of", "2026-07-08")
    assert done.stdout.endswith("\nTonight's `arctl verify` checks: hold_applied_d1, hold_applied_ns\n")
    assert json.loads(run("holds", "list", "--json").stdout)[0]["customer_id"] == "C4"


def test_paid_meanwhile(run: Run, tmp_path: Path) -> None:
    run("approve", "1", "--yes", "--as-of", "2026-07-08")
    letter, other = _id(run, "collection_action", "C1"), _id(run, "collection_action", "C2")
    run("sync", "--from", str(_folder(tmp_path / "second", paid("I1", "C1", "1000.00"))))
    done = run("approve", letter, other, "--yes", "--as-of", "2026-07-08", "--json", code=4)
    assert json.loads(done.stdout) == [
        {"id": int(letter), "status": "superseded", "reason": "I1 paid"},
        {"id": int(other), "status": "applied", "reason": None},
    ]
    assert done.stderr == (
        f"error: {letter} (Acme Tools) was not approved: I1 paid\nhint: `arctl plan` proposes anew what is due now\n"
    )


def test_with_drafts_tells_what_fell_out(run: Run, tmp_path: Path) -> None:
    run("sync", "--from", str(_folder(tmp_path / "second", paid("I1", "C1", "400.00"))))
    done = run("approve", "1", "--with-drafts", "--yes", "--as-of", "2026-07-08", code=4)
    assert "  fell out: Acme Tools: I1 part-paid: 1,000.00 -> 600.00\n" in done.stdout
    assert done.stderr.startswith("error: 4 (Acme Tools) was not approved: I1 part-paid: 1,000.00 -> 600.00\n")


def test_a_kill_switch_holds_back_and_resume_goes_on(run: Run) -> None:
    run("approve", "1", "--yes", "--as-of", "2026-07-08")
    letter = _id(run, "collection_action", "C1")
    told = run("kill", "on", "kill:proposed_apply", "--reason", "month-end")
    assert (
        told.stdout == "kill:proposed_apply is on: it stops approvals from being executed; 0 approved decisions wait\n"
    )
    held = run("approve", letter, "--yes", "--as-of", "2026-07-08", code=4)
    assert held.stderr.startswith(
        f"error: {letter} (Acme Tools) is approved and not applied: kill:proposed_apply is on since "
    )
    assert ", by dana: month-end\n" in held.stderr
    (switch,) = json.loads(run("kill", "status", "proposed_apply", "--json").stdout)
    assert (switch["on"], switch["waiting"], switch["reason"]) == (True, 1, "month-end")
    off = run("kill", "off", "proposed_apply", "--reason", "over")
    assert off.stdout == (
        "kill:proposed_apply is off; 1 approved decision waits\n"
        "apply them with `arctl approve --resume`, which looks at the facts again first\n"
    )
    resumed = json.loads(run("approve", "--resume", "--as-of", "2026-07-08", "--json").stdout)
    assert resumed == [{"id": int(letter), "status": "applied", "reason": None}]
    assert json.loads(run("approve", "--resume", "--as-of", "2026-07-08", "--json").stdout) == []


def test_every_format_of_the_listing(run: Run) -> None:
    run("approve", "1", "--with-drafts", "--yes", "--as-of", "2026-07-08")
    rows = list(csv.DictReader(io.StringIO(run("proposals", "--format", "csv").stdout)))
    assert [row["id"] for row in rows] == [str(number) for number in range(1, 9)]
    table = run("proposals", "--status", "applied").stdout
    assert table.endswith("5 proposals: 5 applied\n")
    assert "Firm letter to Acme Tools" in table
    markdown = run("proposals", "--type", "collection_action", "--format", "md").stdout
    assert markdown.count("| collection") == 4
    shown = json.loads(run("proposals", "show", "1", "--json").stdout)
    assert (len(shown["children"]), shown["status"]) == (7, "approved")


def test_rejecting_all_that_waits(run: Run) -> None:
    done = json.loads(run("reject", "--all", "--reason", "strike", "--as-of", "2026-07-08", "--json").stdout)
    assert done == [{"id": 1, "status": "rejected", "reason": "strike"}]
    again = run("reject", "--all", "--reason", "strike", "--json")
    assert (again.stdout, again.stderr) == ("[]\n", "nothing waits\n")
    late = run("reject", "1", "--reason", "strike", "--as-of", "2026-07-08", code=4)
    assert late.stderr.startswith("error: 1 of 1 not rejected; 1: rejected by dana on ")


def test_a_folder_that_cannot_be_written_leaves_the_mails_queued(run: Run, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in the way")
    done = run("approve", "1", "--with-drafts", "--yes", "--as-of", "2026-07-08", code=6)
    assert done.stderr.startswith("error: what was approved stands, but ")
    (tmp_path / "outbox").unlink()
    assert run("outbox", "write").stdout.startswith("4 mails written to ")
    assert [each["status"] for each in _listed(run, "--type", "collection_action")] == ["applied"] * 4


def test_a_hold_asked_for_by_hand_is_approved_by_its_envelope(run: Run) -> None:
    inputs = ("customer_id=C2", "ar_balance=500.00", "days_overdue=7", "reason=cheque bounced")
    asked = [part for each in inputs for part in ("--input", each)]
    run("run", "service_hold_trigger", *asked, "--as-of", "2026-07-08")
    envelope = next(each for each in _listed(run) if each["action_type"] == "workflow_service_hold_trigger")
    id = str(envelope["id"])
    bare = run("approve", id, "--yes", "--as-of", "2026-07-08", code=4)
    assert bare.stderr.startswith(f"error: {id} is of risk 4: ")
    assert bare.stderr.endswith('then add --confirm "Birch Ltd"\n')
    run("approve", id, "--yes", "--confirm", "Birch Ltd", "--as-of", "2026-07-08")
    assert json.loads(run("holds", "list", "--json").stdout)[0]["customer_id"] == "C2"
    assert [each["status"] for each in _listed(run, "--type", "workflow_service_hold_trigger")] == ["applied"]
