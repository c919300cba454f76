"""`arctl integrity` as an operator runs it: a line per check, forms, exit codes, damaged files, every tenant."""

import csv
import io
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from shutil import copyfile

import pytest

from tests.aging.books import laid_out
from tests.aging.conftest import Here, Lay
from tests.conftest import Arctl
from tests.integrity.conftest import FIRST, Attacked, attacker

CHECKS = ["file", "references", "schema", "derived balances", "row history", "tie-out"]


def test_a_sound_ledger_through_the_real_command(arctl: Arctl, sound: Path) -> None:
    ran = arctl("--db", str(sound), "integrity", "--json")

    assert (ran.returncode, ran.stderr) == (0, "")
    csv_form = arctl("--db", str(sound), "integrity", "--format", "csv")
    lines = list(csv.reader(io.StringIO(csv_form.stdout)))
    assert lines[0] == ["check", "status", "looked_at", "where", "message", "remedy"]
    assert [line[:2] for line in lines[1:]][: len(CHECKS)] == [[name, "ok"] for name in CHECKS]
    assert [line[3:] for line in lines[1:]][: len(CHECKS)] == [["", "", ""]] * len(CHECKS)


def test_each_check_says_what_it_looked_at(attacked: Attacked) -> None:
    ran = attacked()("integrity", "--json")

    assert ran.code == 0, ran.out
    looked_at = {result["check"]: result["looked_at"] for result in ran.json}
    assert list(looked_at)[: len(CHECKS)] == CHECKS
    assert looked_at["derived balances"] == "2 applications, 4 items, 2 credits, 7 day totals"
    assert looked_at["row history"] == "11 mirror tables, 3 replaced versions"
    assert looked_at["tie-out"] == "2 companies and currencies, today and the last day of any movement"
    assert all(result["findings"] == [] for result in ran.json)


def test_on_a_screen(attacked: Attacked) -> None:
    ran = attacked("DROP VIEW customers")("integrity")

    assert ran.code == 1
    assert [line.split("  ")[0] for line in ran.out.splitlines()[4:10]] == CHECKS
    rows = [line for line in ran.out.splitlines() if line.startswith("schema ")]
    assert len(rows) == 2, "its own line, and the finding"
    assert "FINDING" in rows[0]
    assert rows[1].split("  ", 1)[1].strip().startswith("view customers  is missing  restore the last backup")
    assert ran.err == (
        f"error: the ledger {attacked().db} fails 1 of {len(ran_checks(ran.out))} checks: schema\n"
        "hint: each finding says what to do; keep a copy of the file as it is for whoever looks into it\n"
    )


def ran_checks(out: str) -> list[str]:
    """The lines of the first table."""
    lines = out.splitlines()
    return lines[4 : lines.index("", 4)]


def test_as_markdown(attacked: Attacked) -> None:
    ran = attacked("DROP VIEW customers")("integrity", "--format", "md")

    assert ran.out.startswith("## Integrity of the ledger\n\n| Check ")
    assert "\n## Findings\n\n| Check " in ran.out
    assert "| schema  | view customers | is missing |" in ran.out


def test_a_csv_has_a_line_per_finding(attacked: Attacked) -> None:
    ran = attacked("DROP VIEW customers", "DROP INDEX ar_items_by_invoice")("integrity", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [(row["status"], row["where"]) for row in rows if row["check"] == "schema"] == [
        ("finding", "index ar_items_by_invoice"),
        ("finding", "view customers"),
    ]


def test_quick_leaves_out_what_reads_every_row(attacked: Attacked) -> None:
    here = attacked("UPDATE ar_items SET after_cents = 7 WHERE installment = 2", "DELETE FROM erp_customers_history")

    assert here("integrity").code == 1
    quick = here("integrity", "--quick", "--json")
    assert quick.code == 0
    assert {result["check"] for result in quick.json if result["status"] == "skipped"} == {
        "derived balances",
        "row history",
        "snapshots",
        "workflows",
    }
    assert {result["looked_at"] for result in quick.json if result["status"] == "skipped"} == {"left out by --quick"}


def test_an_empty_ledger_is_sound(here: Here) -> None:
    assert here("init").code == 0
    ran = here("integrity", "--json")

    assert ran.code == 0
    status = {result["check"]: result["status"] for result in ran.json}
    assert status["tie-out"] == "not applicable"
    assert status["file"] == status["schema"] == "ok"


def test_nothing_is_written(attacked: Attacked) -> None:
    here = attacked("UPDATE ar_items SET final_cents = 1")
    before = sha256(here.db.read_bytes()).digest()

    assert here("integrity").code == 1

    assert sha256(here.db.read_bytes()).digest() == before


def test_it_is_about_every_tenant(here: Here, tmp_path: Path) -> None:
    for tenant in ("east", "west"):
        folder = laid_out(tmp_path / tenant, FIRST)
        assert here("--tenant", tenant, "init").code == 0
        assert here("--tenant", tenant, "--quiet", "sync", "--from", str(folder)).code == 0
    assert here("integrity").code == 0, "there is no tenant of the default name"

    with attacker(here.db) as connection:
        connection.execute(
            "UPDATE ar_items SET final_cents = 1 WHERE invoice_key ="
            " (SELECT invoice_key FROM erp_invoices WHERE tenant_id = 2 AND id = 'INV-2')"
        )

    ran = here("--tenant", "east", "integrity", "--json")
    assert ran.code == 1
    where = {result["check"]: [each["where"] for each in result["findings"]] for result in ran.json}
    assert where["derived balances"] == ["tenant west, invoice INV-2"]
    assert {text.partition(" as of")[0] for text in where["tie-out"]} == {"tenant west, default USD"}


def test_rejects_and_their_retries_agree_with_the_log(here: Here, lay: Lay, tmp_path: Path) -> None:
    lay(customers="id,name\nC1,Acme\n")
    broken = laid_out(
        tmp_path / "broken",
        {"customer_invoices": "id,customer_id,invoice_date,amount\nI1,C1,2026-01-02,10\nI2,C2,2026-01-02,20\n"},
    )
    assert here("sync", "--from", str(broken)).code == 3
    lay(customers="id,name\nC2,Bolt\n")
    with closing(sqlite3.connect(here.db)) as connection:
        assert connection.execute("SELECT count(*) FROM erp_invoices").fetchone() == (2,)

    assert here("integrity").code == 0


def _overwrite(path: Path, page: int, size: int = 4096) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize("name", ["erp_invoices", "erp_customers", "ar_items", "tenants", "sync_batches", "companies"])
def test_a_page_overwritten_in_the_middle(here: Here, sound: Path, name: str) -> None:
    copyfile(sound, here.db)
    with closing(sqlite3.connect(here.db)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
        assert connection.execute("PRAGMA page_size").fetchone() == (4096,)
    _overwrite(here.db, page)

    ran = here("integrity", "--json")

    assert ran.code == 1
    by_check = {result["check"]: result for result in ran.json}
    assert by_check["file"]["findings"], "SQLite's own check"
    assert by_check["schema"]["status"] == "ok", "the others go on"
    told = [each["message"] for result in ran.json for each in result["findings"]]
    assert "the check could not be completed: database disk image is malformed" in told


@pytest.mark.parametrize("share", range(1, 10))
def test_no_page_overwritten_ends_in_a_traceback(here: Here, sound: Path, share: int) -> None:
    copyfile(sound, here.db)
    pages = here.db.stat().st_size // 4096
    _overwrite(here.db, max(2, pages * share // 10))

    assert here("integrity").code in (1, 5)


def test_a_file_without_its_first_page_is_no_ledger(here: Here, sound: Path) -> None:
    copyfile(sound, here.db)
    _overwrite(here.db, 1)

    ran = here("integrity")

    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith(f"error: {here.db} is not a ledger")
