"""`arctl events` as an operator runs it: list, tail, verify, export, tick."""

import csv
import io
import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import Arctl
from tests.events.chains import happening, plain, record, verdict

GENESIS = "0" * 64


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A ledger in the command's folder with twelve events: eleven invoices posted, the third late, and a bucket entered."""
    path = tmp_path / "arctl.db"
    record(path, [happening(number, occurred_on=f"2026-06-{number + 10}") for number in range(11)])
    moved = {"from": "current", "to": "days_30", "outstanding_cents": 123456, "currency": "USD", "invoice_id": "INV-1"}
    record(path, [happening(1, event_type="ar.bucket_moved", key="moved", payload=moved, occurred_on="2026-06-22")])
    return path


def test_list_for_people(books: Path, arctl: Arctl) -> None:
    ran = arctl("events", "list", "--type", "ar.bucket_moved")

    assert (ran.returncode, ran.stderr) == (0, "")
    title, _, row = ran.stdout.splitlines()
    assert title.split() == ["Seq", "Recorded", "(UTC)", "Date", "Event", "Of", "Company", "By", "What"]
    assert row.split(None, 8) == [
        "12", "2026-07-01", "12:00:00", "2026-06-22", "ar.bucket_moved", "INV-1", "default", "tester",
        "currency USD, from current, invoice_id INV-1, outstanding 1,234.56, to days_30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "seqs"),
    [
        (["list"], list(range(1, 13))),
        (["list", "--limit", "2"], [1, 2]),
        (["list", "--entity", "INV-1"], [2, 12]),
        (["list", "--entity", "INV-1", "--type", "invoice.posted"], [2]),
        (["list", "--since", "2026-06-19", "--until", "2026-06-20"], [10, 11]),
        (["list", "--until", "2026-06-11", "--limit", "5"], [1, 2]),
        (["list", "--type", "no.such"], []),
        (["tail"], list(range(3, 13))),
        (["tail", "2"], [11, 12]),
        (["tail", "-n", "3"], [10, 11, 12]),
        (["tail", "2", "--type", "invoice.posted"], [10, 11]),
        (["tail", "50"], list(range(1, 13))),
    ],
)
def test_what_list_and_tail_choose(books: Path, arctl: Arctl, asked: list[str], seqs: list[int]) -> None:
    ran = arctl("events", *asked, "--json")

    assert ran.returncode == 0
    assert [event["seq"] for event in json.loads(ran.stdout)] == seqs
    assert ran.stderr == ("" if seqs else "no such event\n")


def test_every_format(books: Path, arctl: Arctl) -> None:
    (event,) = json.loads(arctl("events", "tail", "1", "--json").stdout)
    assert list(event) == [
        "seq", "event_type", "entity_type", "entity_id", "occurred_on", "recorded_at", "actor", "idempotency_key",
        "prev_hash", "hash", "company", "payload",
    ]  # fmt: skip
    assert (event["company"], event["payload"]["outstanding_cents"]) == ("default", 123456)

    (row,) = csv.DictReader(io.StringIO(arctl("events", "tail", "1", "--format", "csv").stdout))
    assert (row["seq"], row["company"], row["hash"]) == ("12", "default", event["hash"])
    assert json.loads(row["payload_json"]) == event["payload"]

    assert arctl("events", "tail", "1", "--format", "md").stdout.splitlines()[2].startswith("|    12 |")


def test_a_company_of_its_own(books: Path, arctl: Arctl) -> None:
    assert arctl("--company", "default", "events", "list", "--limit", "1").returncode == 0
    assert arctl("--company", "north", "events", "tail").returncode == 2


def test_verify_says_that_it_stands_and_prints_the_head(books: Path, arctl: Arctl) -> None:
    head = verdict(books).head
    ran = arctl("events", "verify")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"12 events, each as it was recorded\nhead {head}\n", "")

    ran = arctl("events", "verify", "--expect-head", head, "--expect-head", f"0:{GENESIS}", "--json")
    assert json.loads(ran.stdout) == {
        "events": 12, "head_seq": 12, "head_hash": head.partition(":")[2], "ok": True, "findings": [],
    }  # fmt: skip
    assert ran.returncode == 0


def test_verify_names_what_is_wrong_and_exits_1(books: Path, arctl: Arctl) -> None:
    with plain(books, triggers=False) as connection:
        connection.execute("UPDATE events SET payload_json = '{}' WHERE seq = 4")
        connection.execute("DELETE FROM events WHERE seq IN (7, 12)")
    ran = arctl("events", "verify", "--expect-head", "12:" + "a" * 64)

    assert ran.returncode == 1
    lines = ran.stdout.splitlines()
    assert [line.split(None, 2) for line in lines[2:5]] == [
        ["4", "edited", "event 4 was edited: its hash is not that of its content"],
        ["7", "missing", "event 7 is missing"],
        ["12", "missing", "event 12, noted as head, is missing: the chain ends with event 11"],
    ]
    assert lines[6] == "10 events"
    assert ran.stderr.startswith("error: the chain of events is broken: event 4 was edited")

    found = json.loads(arctl("events", "verify", "--json").stdout)
    assert (found["ok"], [(each["seq"], each["kind"]) for each in found["findings"]]) == (
        False,
        [(4, "edited"), (7, "missing")],
    )
    assert arctl("events", "verify", "--format", "csv").stdout.splitlines()[0] == "seq,kind,message"
    assert arctl("events", "list", "--entity", "INV-3").returncode == 0


def test_an_event_made_unreadable_is_listed_still(books: Path, arctl: Arctl) -> None:
    with plain(books, triggers=False) as connection:
        connection.execute("UPDATE events SET payload_json = 'not JSON', company_id = 9 WHERE seq = 12")

    assert arctl("events", "tail", "1").stdout.splitlines()[-1].endswith("? 9        tester  not JSON")


def test_the_export_can_be_followed_by_another_program(books: Path, arctl: Arctl, tmp_path: Path) -> None:
    ran = arctl("events", "export", "--out", "chain.jsonl")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "written to chain.jsonl; prove it with `arctl events verify`\n"
    text = (tmp_path / "chain.jsonl").read_text(encoding="utf-8")
    assert arctl("events", "export").stdout == text

    last, order = GENESIS, (
        "seq", "event_type", "company_id", "entity_type", "entity_id", "occurred_on", "recorded_at", "actor",
        "idempotency_key", "payload_json", "prev_hash",
    )  # fmt: skip
    for seq, event in enumerate(map(json.loads, text.splitlines()), start=1):
        assert (event["seq"], event["prev_hash"]) == (seq, last)
        array = json.dumps([event[name] for name in order], ensure_ascii=False, separators=(",", ":"))
        last = sha256(array.encode()).hexdigest()
        assert event["hash"] == last
    assert seq == 12
    assert not list(tmp_path.glob("*.part"))


def test_tick_in_every_format(arctl: Arctl, tmp_path: Path) -> None:
    assert arctl("init").returncode == 0
    assert json.loads(arctl("events", "tick", "--json").stdout) == [
        {"company": "default", "from": None, "to": None, "moved": 0, "status": "no invoice yet"}
    ]
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "customers.csv").write_text("id,name\nC1,Acme\n")
    (tmp_path / "export" / "customer_invoices.csv").write_text(
        "id,customer_id,invoice_date,amount,due_date\nA,C1,2026-01-01,10,2026-01-31\n"
    )
    assert arctl("sync", "--from", "export").returncode == 0
    assert arctl("events", "tick", "--as-of", "2026-02-01", "--format", "csv").stdout == (
        "company,from,to,moved,status\ndefault,2026-02-01,2026-02-01,1,ticked\n"
    )
    ran = arctl("events", "tick", "--as-of", "2026-02")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[2].split() == ["default", "2026-02-02", "2026-02-28", "0", "ticked"]
    ran = arctl("--actor", "night", "events", "tick", "--as-of", "2026-02-10")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[2].split() == ["default", "2026-02-28", "0", "told", "already"]
