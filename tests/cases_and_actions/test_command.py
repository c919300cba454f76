"""`arctl cases` as a collector uses it."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile
from subprocess import CompletedProcess

import pytest

from tests.aging.books import empty_books
from tests.approve.staged import CUSTOMERS, INVOICES, paid
from tests.conftest import Arctl
from tests.folders import COLUMNS, Row

Run = Callable[..., CompletedProcess[str]]


def _folder(place: Path, files: dict[str, list[Row]]) -> str:
    place.mkdir()
    for name, rows in files.items():
        with (place / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name].split(), restval="")
            writer.writeheader()
            writer.writerows(rows)
    return str(place)


@pytest.fixture(scope="module")
def synced() -> Iterator[Path]:
    """A ledger with a few overdue customers, to be copied."""
    with empty_books() as books:
        books.sync_rows({"customers.csv": CUSTOMERS, "customer_invoices.csv": INVOICES})
        books.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield books.place / "arctl.db"


@pytest.fixture
def run(arctl: Arctl, synced: Path, tmp_path: Path) -> Run:
    """The command in a folder with that ledger, on 8 July 2026 unless told otherwise."""
    copyfile(synced, tmp_path / "arctl.db")

    def there(*args: str, code: int = 0, day: str | None = "2026-07-08") -> CompletedProcess[str]:
        done = arctl("--actor", "dana", "cases", *args, *(["--as-of", day] if day else []))
        assert done.returncode == code, (done.stdout, done.stderr)
        return done

    return there


def _json(run: Run, *args: str, day: str | None = None) -> object:
    return json.loads(run(*args, "--json", day=day).stdout)


def test_a_case_from_its_opening_to_its_end(run: Run, arctl: Arctl, tmp_path: Path) -> None:
    opened = run("new", "C1", "--note", "asked for copies")
    assert opened.stdout == "CASE-2026-0001 of Acme Tools (C1) is open; 1,000.00 USD overdue\n"
    called = run("add", "case-2026-0001", "--type", "reminder_call", "--done", "--note", "pays on Friday")
    assert called.stdout == "CASE-2026-0001 of Acme Tools (C1) is in_progress; 1,000.00 USD overdue\n"
    run("add", "1", "--type", "final_notice", "--on", "2026-07-20", "--amount", "999.50", "--invoice", "I1")
    early = run("resolve", "1", "--type", "paid", code=4)
    assert early.stderr.startswith("error: CASE-2026-0001: 1,000.00 USD is still overdue as of 2026-07-08\n")
    arctl("sync", "--from", _folder(tmp_path / "second", paid("I1", "C1", "1000.00", on="2026-07-10")))
    ended = run("resolve", "1", "--type", "paid", "--note", "by wire", day="2026-07-10")
    assert ended.stdout == "CASE-2026-0001 of Acme Tools (C1) is resolved (paid); 0.00 USD overdue\n"
    shown = _json(run, "show", "1")
    assert isinstance(shown, dict)
    assert [(each["action_type"], each["execution_status"], each["due_amount_cents"]) for each in shown["actions"]] == [
        ("reminder_call", "executed", 100_000),
        ("final_notice", "cancelled", 99_950),
    ]
    assert [each["status"] for each in shown["versions"]] == ["open", "in_progress"]
    assert [each["note"] for each in shown["case_notes"]] == ["asked for copies"]
    assert (shown["status"], shown["resolution_type"], shown["resolved_on"], shown["notes"]) == (
        "resolved", "paid", "2026-07-10", "by wire",
    )  # fmt: skip
    told = json.loads(arctl("events", "list", "--json").stdout)
    assert [each["event_type"] for each in told if each["event_type"].startswith("case.")] == [
        "case.opened", "case.action_added", "case.action_added", "case.resolved",
    ]  # fmt: skip


def test_one_open_case_per_currency(run: Run) -> None:
    run("new", "C1")
    second = run("new", "C1", code=4)
    assert second.stderr == (
        "error: customer C1 has CASE-2026-0001 in USD already, open\nhint: `arctl cases show CASE-2026-0001`\n"
    )
    assert run("new", "C1", "--currency", "EUR").stdout.startswith(
        "CASE-2026-0002 of Acme Tools (C1) is open; 0.00 EUR"
    )


def test_nothing_is_done_in_a_case_that_is_over(run: Run) -> None:
    run("new", "C1")
    run("resolve", "1", "--type", "write_off")
    late = run("add", "1", "--type", "reminder_call", code=4)
    assert late.stderr == (
        "error: CASE-2026-0001 is written_off: nothing more is done in it\nhint: open a new one: `arctl cases new`\n"
    )
    again = run("resolve", "1", "--type", "paid", code=4)
    assert again.stderr == "error: CASE-2026-0001 is written_off since 2026-07-08, by dana\n"
    assert run("new", "C1").stdout.startswith("CASE-2026-0002 of Acme Tools (C1) is open")


def test_unknown_names(run: Run) -> None:
    assert run("show", "7", code=2, day=None).stderr.startswith("error: there is no case 7\n")
    assert run("new", "C9", code=2).stderr.startswith("error: the ledger holds no customer C9\n")
    run("new", "C1")
    foreign = run("add", "1", "--type", "reminder_call", "--invoice", "I2", code=2)
    assert foreign.stderr == "error: the customer of CASE-2026-0001 has no invoice I2\n"
    wrong = run("add", "1", "--type", "reminder_call", "--amount", "1,23", code=2)
    assert wrong.stderr.startswith("error: --amount 1,23: ")
    ahead = run("add", "1", "--type", "reminder_call", "--done", "--on", "2026-07-09", code=2)
    assert ahead.stderr == "error: an action that is executed was not done on a day to come (2026-07-09)\n"


def test_listings(run: Run) -> None:
    assert run("list", day=None).stderr == "no such case\n"
    run("new", "C1")
    run("new", "C2")
    run("resolve", "2", "--type", "dispute_resolved")
    listed = _json(run, "list")
    assert isinstance(listed, list)
    assert [(each["id"], each["status"], each["total_overdue_cents"]) for each in listed] == [(1, "open", 100_000)]
    rows = list(csv.DictReader(io.StringIO(run("list", "--all", "--format", "csv", day=None).stdout)))
    assert [(row["case_number"], row["resolution_type"]) for row in rows] == [
        ("CASE-2026-0001", ""), ("CASE-2026-0002", "dispute_resolved"),
    ]  # fmt: skip
    assert "| CASE-2026-0002 | resolved" in run("list", "--all", "--customer", "C2", "--format", "md", day=None).stdout
