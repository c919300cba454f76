"""The close gate, and everything else for which no evidence is written: refused, and nothing is."""

import json
from datetime import date
from pathlib import Path

import pytest

from arctl.errors import Refused
from arctl.services.snapshot import SnapshotRequest, take
from tests.aging.conftest import Here
from tests.snapshot.books import Evidence, acting

WRITTEN = ("events", "aging_snapshot_sets", "aging_snapshots", "aging_snapshot_lines", "aging_snapshot_terms")
DAY = date(2015, 3, 31)


def _counts(books: Evidence) -> list[int]:
    return [books.ledger.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in WRITTEN]


def _refused(books: Evidence, request: SnapshotRequest) -> str:
    """Why the evidence was refused; nothing may have been written."""
    held = _counts(books)
    with pytest.raises(Refused) as refusal:
        take(books.ledger, request)
    assert _counts(books) == held
    return str(refusal.value)


@pytest.fixture
def open_books(tmp_path: Path) -> Evidence:
    """Synced after the day, with a policy, and no evidence yet."""
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2015-04-01")
    books.policy()
    return books


def test_a_day_that_has_not_ended(open_books: Evidence) -> None:
    for at in ("2015-03-31", "2015-03-30"):
        assert "is not over yet" in _refused(open_books, SnapshotRequest(DAY, None, acting(at)))


def test_no_policy_in_force(open_books: Evidence) -> None:
    _refused(open_books, SnapshotRequest(date(2014, 12, 31), None, acting("2015-04-01")))


def test_evidence_that_exists_is_not_written_again(books: Evidence) -> None:
    said = _refused(books, SnapshotRequest(DAY, None, acting("2015-04-02")))
    assert said.startswith("the evidence of 2015-03-31 exists already: revision 1, by amy")


def test_nothing_to_write_anew(open_books: Evidence) -> None:
    request = SnapshotRequest(DAY, None, acting("2015-04-02"), None, "why")
    assert "there is no evidence of 2015-03-31 to write anew" in _refused(open_books, request)


def test_no_sync_after_the_end_of_the_day(tmp_path: Path) -> None:
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2015-03-31")
    books.policy()
    said = _refused(books, SnapshotRequest(DAY, None, acting("2015-04-01")))
    assert "no sync of invoices and payments completed after the end of 2015-03-31" in said
    taken = take(books.ledger, SnapshotRequest(DAY, None, acting("2015-04-01"), "the ERP is down"))
    assert [each["code"] for each in json.loads(taken.set.exceptions_json)] == ["stale"]
    assert taken.set.accepted == "the ERP is down"


def test_a_tie_out_difference(open_books: Evidence) -> None:
    connection = open_books.ledger.connection
    changed = connection.execute(
        "UPDATE ar_day_totals SET started_cents = started_cents + 1"
        " WHERE day = (SELECT min(day) FROM ar_day_totals WHERE started_cents > 0)"
    )
    assert changed.rowcount == 1
    connection.commit()
    said = _refused(open_books, SnapshotRequest(DAY, None, acting("2015-04-01")))
    assert "default USD does not tie out" in said
    taken = take(open_books.ledger, SnapshotRequest(DAY, None, acting("2015-04-01"), "known"))
    assert [each["code"] for each in json.loads(taken.set.exceptions_json)] == ["tie_out"]


def test_what_is_accepted_without_need_is_not_recorded(open_books: Evidence) -> None:
    taken = take(open_books.ledger, SnapshotRequest(DAY, None, acting("2015-04-01"), "in any case"))
    assert (taken.set.exceptions_json, taken.set.accepted) == ("[]", None)


def test_a_next_revision_tells_what_changed_in_cents(books: Evidence) -> None:
    books.sync("2015-04-02", {"customer_payments": "id,customer_id,receipt_date,amount\nP2,C1,2015-03-20,40.00\n"})
    taken = books.attest("2015-03-31", "2015-04-03", anew="a late payment")
    assert (taken.set.revision, taken.set.reason) == (2, "a late payment")
    assert json.loads(taken.set.changes_json or "") == {
        "USD": {"estimate_cents": 0, "outstanding_cents": 0, "unapplied_cents": 4000}
    }


REJECTS = {
    "dated up to the day": ("2015-03-31", True),
    "undated": ("soon", True),
    "dated after it": ("2015-04-01", False),
}


@pytest.mark.parametrize("reject", REJECTS)
def test_rejected_rows_that_wait(here: Here, tmp_path: Path, reject: str) -> None:
    day, objects = REJECTS[reject]
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2015-04-01")
    books.policy()
    books.ledger.close()
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "customer_payments.csv").write_text(f"id,customer_id,receipt_date,amount\nP8,C9,{day},1.00\n")
    assert here("--quiet", "sync", "--from", str(folder)).code == 3
    ran = here("snapshot", "--date", "2015-03-31")
    assert ran.code == (4 if objects else 0), ran.err
    if objects:
        assert "1 rejected row waits, dated up to 2015-03-31 or undated" in ran.err
        accepted = here("snapshot", "--date", "2015-03-31", "--accept", "a test", "--json")
        assert [each["code"] for each in accepted.json["exceptions"]] == ["rejects"]


def test_regenerate_needs_its_reason(here: Here, books: Evidence) -> None:
    ran = here("snapshot", "--date", "2015-03-31", "--regenerate")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: --regenerate and --reason go together")
