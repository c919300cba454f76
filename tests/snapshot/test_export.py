"""`arctl snapshot export`: what an auditor gets, and that it can be held against the hash without arctl."""

import csv
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.aging.conftest import Here
from tests.conftest import ROOT, Arctl
from tests.snapshot.books import Evidence

LONG = "Long " * 59 + "name."
HOSTILE = {
    "H1": "[red]",
    "H2": '=cmd|"/c calc"!A1',
    "H3": '"quoted", and\nbroken',
    "H4": LONG,
    "H5": "+1 [/PO-1] çé مرحبا",
}


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Evidence]:
    """Customers with names that formats trip over, each owing 1.00; the third overpaid one invoice by 0.50."""
    customers = "".join('\n{},"{}"'.format(number, name.replace('"', '""')) for number, name in HOSTILE.items())
    invoices = "".join(f"\n=I{number},{number},2015-01-10,2015-02-09,1.00,@tran" for number in HOSTILE)
    books = Evidence(tmp_path / "arctl.db")
    books.sync(
        "2015-04-01",
        {
            "customers": f"id,name{customers}\n",
            "customer_invoices": f"id,customer_id,invoice_date,due_date,amount,tranid{invoices}\n",
            "customer_payments": "id,customer_id,receipt_date,amount\n-P,H3,2015-03-01,0.50\n",
        },
    )
    books.policy()
    books.attest("2015-03-31", "2015-04-01")
    yield books
    books.ledger.close()


def content_hash(here: Here) -> str:
    return str(here("snapshot", "show", "2015-03-31", "--json").json["content_hash"])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_of_csv_files(books: Evidence, arctl: Arctl, tmp_path: Path) -> None:
    ran = arctl("snapshot", "export", "2015-03-31", "--to", "pack")

    assert (ran.returncode, ran.stdout) == (0, "pack\n")
    assert ran.stderr.startswith("evidence of 2015-03-31, revision 1: 3 open items, content ")
    pack = tmp_path / "pack"
    names = ["content.jsonl", "credits.csv", "customers.csv", "lines.csv", "set.csv", "terms.csv"]
    assert sorted(each.name for each in pack.iterdir()) == names
    facts = {row["field"]: row["value"] for row in rows_of(pack / "set.csv")}
    assert hashlib.sha256((pack / "content.jsonl").read_bytes()).hexdigest() == facts["content_hash"]
    assert (facts["allowance.approved_by"], facts["allowance.days_90_plus_bp"]) == ("ben", "5000")
    assert facts["logic.statements.ar_open_items"].startswith("CREATE VIEW ar_open_items AS")
    assert facts["logic.bucket_edges.4"] == "90"
    assert len(facts["event_hash"]) == 64
    lines = rows_of(pack / "lines.csv")
    assert [(row["invoice_id"], row["outstanding"], row["outstanding_cents"]) for row in lines] == [
        ("1", "100.00", "10000"),
        ("2", "50.25", "5025"),
        ("3", "20.00", "2000"),
    ]
    assert sum(int(row["total_outstanding_cents"]) for row in rows_of(pack / "customers.csv")) == 17025
    assert [row["left"] for row in rows_of(pack / "credits.csv")] == ["5.00"]
    assert {row["heading"]: row["amount"] for row in rows_of(pack / "terms.csv")}["difference"] == "0.00"
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".")) == []


@pytest.mark.parametrize("revision", [1, 2])
def test_the_hashed_text_gives_the_hash(revision: int, books: Evidence, here: Here, tmp_path: Path) -> None:
    books.attest("2015-03-31", "2015-05-02", anew="again")
    target = tmp_path / "content.jsonl"
    assert here("snapshot", "export", "2015-03-31", "--revision", str(revision), "--to", str(target)).code == 0

    assert hashlib.sha256(target.read_bytes()).hexdigest() == content_hash(here)
    first, *customers = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert first == {"arctl_snapshot": 1, "company": "default", "date": "2015-03-31"}
    assert [each[0][:3] for each in customers] == [["USD", "C1", "Acme"], ["USD", "C2", "Bolt"]]


def test_one_json_document(books: Evidence, here: Here, tmp_path: Path) -> None:
    target = tmp_path / "pack.json"
    assert here("snapshot", "export", "2015-03-31", "--to", str(target)).code == 0

    pack = json.loads(target.read_text(encoding="utf-8"))
    assert pack["allowance"]["approved_by"] == "ben"
    assert pack["logic"]["bucket_edges"] == [0, 30, 60, 90]
    assert sum(each["outstanding_cents"] for each in pack["open_items"]) == pack["total_outstanding_cents"] == 17025
    assert hashlib.sha256(canonical_bytes(pack["logic"])).hexdigest() == pack["logic_hash"]
    assert {"headers", "credits", "terms", "head", "event_hash", "content_hash"} <= pack.keys()


def canonical_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def test_hostile_names_come_through_and_run_nowhere(hostile: Evidence, here: Here, tmp_path: Path) -> None:
    for target in ("pack", "pack.json", "pack.xlsx"):
        ran = here("snapshot", "export", "2015-03-31", "--to", str(tmp_path / target))
        assert ran.code == 0, ran.err

    names = {row["customer_id"]: row["customer_name"] for row in rows_of(tmp_path / "pack" / "customers.csv")}
    assert names == {number: f"'{name}" if name[0] in "=+" else name for number, name in HOSTILE.items()}
    lines = rows_of(tmp_path / "pack" / "lines.csv")
    assert {row["invoice_id"] for row in lines} == {f"'=I{number}" for number in HOSTILE}
    assert {row["tranid"] for row in lines} == {"'@tran"}
    assert [row["source_id"] for row in rows_of(tmp_path / "pack" / "credits.csv")] == ["'-P"]
    pack = json.loads((tmp_path / "pack.json").read_text(encoding="utf-8"))
    assert {each["customer_id"]: each["customer_name"] for each in pack["headers"]} == HOSTILE
    content = (tmp_path / "pack" / "content.jsonl").read_bytes()
    assert hashlib.sha256(content).hexdigest() == pack["content_hash"]
    with ZipFile(tmp_path / "pack.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 5
    assert all("<f>" not in sheet and "hyperlink" not in sheet for sheet in sheets)
    assert any("=cmd|" in sheet for sheet in sheets)
    assert any(LONG in sheet for sheet in sheets)


def test_the_workbook_has_numbers_and_their_cents_and_the_same_bytes_each_time(
    books: Evidence, here: Here, tmp_path: Path
) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        assert here("snapshot", "export", "2015-03-31", "--to", str(tmp_path / name)).code == 0

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    with ZipFile(tmp_path / "one.xlsx") as book:
        lines = book.read("xl/worksheets/sheet3.xml").decode()
        titles = book.read("xl/workbook.xml").decode()
    assert [
        title for title in ("Summary", "Customers", "Lines", "Credits", "Tie-out") if f'name="{title}"' in titles
    ] == [
        "Summary",
        "Customers",
        "Lines",
        "Credits",
        "Tie-out",
    ]
    assert "<v>50.25</v>" in lines
    assert "<v>5025</v>" in lines


def test_without_xlsxwriter_the_extra_is_named(books: Evidence, arctl: Arctl, tmp_path: Path) -> None:
    (tmp_path / "blind").mkdir()
    (tmp_path / "blind" / "sitecustomize.py").write_text(
        "import sys\n"
        "class Blind:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'xlsxwriter':\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Blind())\n"
    )
    ran = arctl(
        *("snapshot", "export", "2015-03-31", "--to", "pack.xlsx"),
        env={"PYTHONPATH": f"{tmp_path / 'blind'}{os.pathsep}{ROOT}"},
    )

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "error: an Excel workbook takes xlsxwriter, which is not installed\nhint: run: pip install 'arctl[xlsx]'\n"
    )
    assert not (tmp_path / "pack.xlsx").exists()


@pytest.mark.parametrize("form", ["csv", "json", "xlsx", "content"])
@pytest.mark.parametrize("what", ["file", "folder", "link"])
def test_what_exists_is_never_overwritten(form: str, what: str, books: Evidence, here: Here, tmp_path: Path) -> None:
    target = tmp_path / "pack"
    if what == "file":
        target.write_text("mine")
    elif what == "folder":
        target.mkdir()
    else:
        target.symlink_to(tmp_path / "nowhere")
    ran = here("snapshot", "export", "2015-03-31", "--to", str(target), "--format", form)

    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        f"error: {target} exists already, and what was handed out is never overwritten\n"
        "hint: name another with --to, or move it away\n"
    )
    if what == "file":
        assert target.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("form", ["csv", "json", "xlsx", "content"])
@pytest.mark.parametrize("place", ["missing/pack", "arctl.db/pack"])
def test_a_place_that_cannot_be_written(form: str, place: str, books: Evidence, here: Here, tmp_path: Path) -> None:
    ran = here("snapshot", "export", "2015-03-31", "--to", str(tmp_path / place), "--format", form)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {tmp_path / place} cannot be written (")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write(books: Evidence, here: Here, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    ran = here("snapshot", "export", "2015-03-31", "--to", str(tmp_path / "locked" / "pack"))

    assert ran.code == 2
    assert "cannot be written (Permission denied)" in ran.err


@pytest.mark.parametrize(
    ("trigger", "change"),
    [
        ("aging_snapshot_lines_update", "UPDATE aging_snapshot_lines SET outstanding_cents = 1 WHERE invoice_id = '1'"),
        ("aging_snapshot_lines_delete", "DELETE FROM aging_snapshot_lines WHERE invoice_id = '1'"),
        ("aging_snapshots_update", "UPDATE aging_snapshots SET customer_name = 'Other' WHERE customer_id = 'C1'"),
        ("aging_snapshot_credits_update", "UPDATE aging_snapshot_credits SET source_date = '2015-03-16'"),
        ("aging_snapshots_delete", "DELETE FROM aging_snapshots WHERE customer_id = 'C2'"),
        (
            "aging_snapshot_lines_delete",
            "DELETE FROM aging_snapshot_lines WHERE customer_key = (SELECT customer_key FROM erp_customers WHERE id = 'C1')",
        ),
        ("aging_snapshot_sets_update", "UPDATE aging_snapshot_sets SET content_hash = replace(content_hash, 'a', 'b')"),
    ],
)
def test_rows_changed_by_hand_are_not_handed_out(
    trigger: str, change: str, books: Evidence, here: Here, tmp_path: Path
) -> None:
    connection = books.ledger.connection
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(f"DROP TRIGGER {trigger}")
    assert connection.execute(change).rowcount
    ran = here("snapshot", "export", "2015-03-31", "--to", str(tmp_path / "pack"))

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(
        "error: the rows of the evidence of 2015-03-31, revision 1, do not give its content hash\n"
    )
    assert not (tmp_path / "pack").exists()
