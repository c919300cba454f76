"""`arctl purge`: only what is past its retention goes, in one logged act; what stays says until when."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from sqlite3 import IntegrityError

import pytest

from arctl.services.purge import PurgeRequest, purge
from arctl.store import purge as store
from tests.aging.conftest import Here
from tests.conftest import Arctl
from tests.snapshot.books import SMALL, Evidence
from tests.snapshot.test_shelf import TWO_OF_EACH


def counts(books: Evidence, only: str = "1") -> list[int]:
    """Rows of sets, headers, lines, credits and terms."""
    tables = ["aging_snapshot_sets", "aging_snapshots", *(f"aging_snapshot_{n}" for n in ("lines", "credits", "terms"))]
    rows = (
        books.ledger.connection.execute(f"SELECT count(*) FROM {table} WHERE {only}").fetchone() for table in tables
    )
    return [int(found) for (found,) in rows]


def test_what_is_past_its_retention_goes_and_its_hash_stays(books: Evidence, arctl: Arctl) -> None:
    content = books.attest("2015-03-31", "2026-01-05", anew="a late look").set.content_hash  # kept until 2033
    before = counts(books, "revision = 2")
    ran = arctl("--actor", "ben", "purge", "--before", "2020-01-01", "--reason", "seven years are over")

    assert (ran.returncode, ran.stderr) == (0, "")
    table, notes = ran.stdout.split("\n\n")[1:]
    assert [(line.split()[0], line.split()[2], line.split()[6]) for line in table.splitlines()[2:]] == [
        ("2015-03-31", "1", "removed"),
        ("2015-03-31", "2", "kept"),
    ]
    assert "1 set removed in one act, event " in notes
    assert "1 kept because of retention, the first until 2033-01-05" in notes
    assert counts(books, "revision = 1") == [0, 0, 0, 0, 0]
    assert counts(books, "revision = 2") == before
    (gone,) = store.purges(books.ledger.connection, books.ledger.tenant_id)
    assert (gone.snapshot_date, gone.revision, gone.purged_by, gone.reason, gone.retain_until) == (
        *("2015-03-31", 1, "ben", "seven years are over", "2022-04-01"),
    )
    assert gone.content_hash == content  # nothing had changed in between
    ((kind, payload),) = books.ledger.connection.execute(
        "SELECT event_type, payload_json FROM events WHERE seq = ?", (gone.event_seq,)
    ).fetchall()
    (told,) = json.loads(payload)["sets"]
    assert (kind, told["content_hash"], told["revision"]) == ("aging.snapshots_purged", gone.content_hash, 1)
    assert books.ledger.connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_purged_set_is_marked_in_the_list_and_its_number_not_given_again(books: Evidence, here: Here) -> None:
    assert here("purge", "--before", "2020-01-01", "--reason", "over").code == 0

    assert here("snapshot", "list", "--json").json == []
    (gone,) = here("snapshot", "list", "--all", "--json").json
    assert (gone["status"], gone["snapshot_date"], gone["reason"]) == ("purged", "2015-03-31", "over")
    assert "2015-03-31 revision 1 purged because: over" in here("snapshot", "list", "--all").out
    assert ",purged," in here("snapshot", "list", "--all", "--format", "csv").out
    shown = here("snapshot", "show", "2015-03-31")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith("error: the evidence of 2015-03-31, revision 1, was purged by ")
    assert "its retention ended on 2022-04-01" in shown.err
    assert books.attest("2015-03-31", "2026-01-05", anew="asked for again").set.revision == 2


def test_a_dry_run_changes_nothing(books: Evidence, here: Here) -> None:
    before, events = counts(books), books.ledger.connection.execute("SELECT max(seq) FROM events").fetchone()
    ran = here("purge", "--before", "2020-01-01", "--reason", "over", "--dry-run", "--json")

    assert (ran.code, [row["revision"] for row in ran.json["removed"]], ran.json["event_seq"]) == (0, [1], None)
    assert counts(books) == before
    assert books.ledger.connection.execute("SELECT max(seq) FROM events").fetchone() == events


@pytest.mark.parametrize("day", ["2015-03-31", "2014-01-01"])
def test_nothing_before_that_day(day: str, books: Evidence, here: Here) -> None:
    ran = here("purge", "--before", day, "--reason", "over")

    assert (ran.code, ran.err) == (0, "")
    assert f"Nothing to purge: there is no evidence of a day before {day}\n" in ran.out
    assert counts(books)[0] == 1


def test_retention_keeps(tmp_path: Path, here: Here) -> None:
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2025-04-01")
    books.policy()
    books.attest("2015-03-31", "2025-04-01")
    ran = here("purge", "--before", "2026-01-01", "--reason", "over")

    assert ran.code == 0
    assert "Nothing to purge\n1 kept because of retention, the first until 2032-04-01\n" in ran.out
    assert counts(books)[0] == 1
    books.ledger.close()


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        (datetime(2022, 4, 1, 12, tzinfo=UTC), False),  # the last day of the retention
        (datetime(2022, 4, 2, 12, tzinfo=UTC), True),
    ],
)
def test_the_last_day_of_the_retention_counts(at: datetime, goes: bool, books: Evidence) -> None:
    request = PurgeRequest(date(2020, 1, 1), None, "over", "ben", "u-ben", at, dry_run=True)

    assert bool(purge(books.ledger, request).removed) is goes


def test_the_retention_ends_later_where_the_day_does(tmp_path: Path, here: Here) -> None:
    assert here("init", "--time-zone", "America/Los_Angeles").code == 0
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2015-04-02", SMALL)
    books.policy()
    until = books.attest("2015-03-31", "2015-04-02").set.retain_until
    assert until == "2022-04-02"
    for hour, goes in ((6, False), (8, True)):  # it is 2022-04-02 in Los Angeles until 7 o'clock UTC of the day after
        at = datetime(2022, 4, 3, hour, tzinfo=UTC)
        request = PurgeRequest(date(2020, 1, 1), None, "over", "ben", "u-ben", at, dry_run=True)
        assert bool(purge(books.ledger, request).removed) is goes
    books.ledger.close()


def test_a_failure_in_the_middle_leaves_everything(books: Evidence) -> None:
    before = counts(books)
    books.ledger.connection.execute(
        "CREATE TRIGGER stop BEFORE DELETE ON aging_snapshot_sets BEGIN SELECT RAISE(ABORT, 'stopped'); END"
    )
    request = PurgeRequest(date(2020, 1, 1), None, "over", "ben", "u-ben", datetime.now(UTC))
    with pytest.raises(IntegrityError, match="stopped"):
        purge(books.ledger, request)

    assert counts(books) == before
    assert store.purges(books.ledger.connection, books.ledger.tenant_id) == []
    found = books.ledger.connection.execute("SELECT count(*) FROM events WHERE event_type = 'aging.snapshots_purged'")
    assert found.fetchone() == (0,)


def test_the_schema_keeps_what_retention_keeps_whatever_the_code_says(tmp_path: Path) -> None:
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2025-04-01")
    books.policy()
    row = books.attest("2015-03-31", "2025-04-01").set
    with pytest.raises(IntegrityError, match="only a snapshot whose retention is over can be purged"):
        store.remove(
            books.ledger.connection, [row], "I want to", ("ben", "u-ben", "2025-04-02 12:00:00", row.event_seq)
        )
    with pytest.raises(IntegrityError, match="past its retention goes by arctl purge"):
        books.ledger.connection.execute("DELETE FROM aging_snapshot_lines")
    # a clock put forward lets the service try; the machine's own decides
    late = PurgeRequest(date(2020, 1, 1), None, "over", "ben", "u-ben", datetime(2099, 1, 1, tzinfo=UTC))
    with pytest.raises(IntegrityError, match="only a snapshot whose retention is over can be purged"):
        purge(books.ledger, late)
    books.ledger.close()


def test_one_company_or_all_in_one_act(tmp_path: Path, here: Here) -> None:
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2015-04-01", TWO_OF_EACH)
    for company in ("default", "west"):
        books.policy(company=company)
        books.attest("2015-02-28", "2015-04-01", company)
        books.attest("2015-03-31", "2015-04-01", company)

    west = here("--company", "west", "purge", "--before", "2015-03-01", "--reason", "over", "--json").json
    assert [(row["company"], row["snapshot_date"]) for row in west["removed"]] == [("west", "2015-02-28")]
    rest = here("purge", "--before", "2020-01-01", "--reason", "over", "--json").json
    assert [(row["company"], row["snapshot_date"]) for row in rest["removed"]] == [
        ("default", "2015-02-28"),
        ("default", "2015-03-31"),
        ("west", "2015-03-31"),
    ]
    assert rest["event_seq"] == west["event_seq"] + 1
    assert counts(books) == [0, 0, 0, 0, 0]
    books.ledger.close()
