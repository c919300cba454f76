"""`arctl sync` as the operator meets it: exit codes, screens, formats, and what it leaves behind."""

import json
import os
import pty
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path

import pytest

from tests.conftest import Arctl, process_environment
from tests.sync.desk import BOOKS, CUSTOMERS, INVOICES, content_of

SCREEN = """\
Synced export (batch 1)

table                   read    new    changed    unchanged    gone    rejected
--------------------  ------  -----  ---------  -----------  ------  ----------
customers                  2      2          0            0       0           0
customer_invoices          7      3          0            0       0           4
customer_payments          2      2          0            0       0           0
payment_applications       3      2          0            0       0           1

Rejected: 5 rows
  4 rows: not an amount
    customer_invoices.csv:3  amount  5O.00
    customer_invoices.csv:5  amount  x0
    customer_invoices.csv:6  amount  x1
    and 1 more
  1 row: its invoice INV-2 was rejected, customer_invoices.csv line 3
    payment_applications.csv:3  invoice_id  INV-2
All of them: arctl sync --json, or SQL on sync_rejects.
Correct them in the ERP or the export and sync again: they are tried again at every sync.

Note: customers.csv: columns not read: colour

arctl.db holds 2 customers, 3 invoices and 2 payments now.
Next: arctl age
"""
DAMAGED = {
    **BOOKS,
    "customers": "id,name,colour\nC1,Acme,red\nC2,[red]Birch[/],green\n",
    "customer_invoices": INVOICES.replace("50.00", "5O.00")
    + "".join(f"X{n},C1,2026-01-01,x{n},\n" for n in range(3))
    + "G1,C1,2026-01-01,1,\n",
}


def write(folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def on_a_terminal(width: int, cwd: Path, *args: str, **env: str) -> tuple[int, str]:
    """The command on a terminal of that width: exit code and everything shown."""
    parent, child = pty.openpty()
    ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "arctl", *args],
        cwd=cwd,
        env=process_environment({"TERM": "xterm-256color", **env}),
        stdin=child,
        stdout=child,
        stderr=subprocess.PIPE,
    )
    os.close(child)
    shown = b""
    while True:
        try:
            read = os.read(parent, 65536)
        except OSError:  # Linux tells the end so
            break
        if not read:
            break
        shown += read
    os.close(parent)
    assert process.stderr is not None
    assert process.stderr.read() == b""
    return process.wait(), shown.decode().replace("\r\n", "\n")


def test_the_first_sync_founds_the_ledger(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **BOOKS)
    ran = arctl("sync", "--from", "export")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("\narctl.db holds 2 customers, 3 invoices and 2 payments now.\nNext: arctl age\n")
    assert "Rejected" not in ran.stdout
    assert (tmp_path / "arctl.db").exists()


def test_what_was_rejected_is_shown_by_reason(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **DAMAGED)
    ran = arctl("sync", "--from", "export")
    assert (ran.returncode, ran.stderr) == (3, "")
    assert ran.stdout == SCREEN


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_fits_its_width(tmp_path: Path, width: int) -> None:
    write(tmp_path / "export", **DAMAGED)
    code, shown = on_a_terminal(width, tmp_path, "sync", "--from", "export", NO_COLOR="1")
    assert code == 3
    assert max(map(len, shown.replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines())) <= width
    for line in SCREEN.split("Rejected: ")[1].splitlines():
        for word in line.split():
            assert word in shown


def test_no_colour_where_none_is_wanted(tmp_path: Path) -> None:
    write(tmp_path / "export", **DAMAGED)
    _, shown = on_a_terminal(80, tmp_path, "sync", "--from", "export", NO_COLOR="1")
    assert "\x1b[3" not in shown
    assert "\x1b[9" not in shown


def test_a_wide_value_is_cut_on_the_screen(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", customers=f"id,name\nC1,{'y' * 1_000_000}\n")
    ran = arctl("sync", "--from", "export")
    assert f"    customers.csv:2  name  {'y' * 39}…\n" in ran.stdout


def test_the_answer_as_json(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **DAMAGED)
    ran = arctl("sync", "--from", "export", "--json")
    answer = json.loads(ran.stdout)

    assert (ran.returncode, ran.stderr) == (3, "")
    assert (answer["status"], answer["batch"], answer["source"]) == ("completed_with_rejects", 1, "export")
    assert answer["tables"][1] == {
        "table": "customer_invoices",
        "read": 7,
        "inserted": 3,
        "updated": 0,
        "unchanged": 0,
        "closed": 0,
        "rejected": 4,
        "retried": 0,
        "note": "",
    }
    assert answer["rejects"][0] == {
        "file": "customer_invoices.csv",
        "line": 3,
        "column": "amount",
        "value": "5O.00",
        "reason": "not an amount",
    }
    assert len(answer["rejects"]) == 5
    assert answer["notices"] == ["customers.csv: columns not read: colour"]


def test_the_answer_as_csv_and_markdown(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **DAMAGED)
    ran = arctl("sync", "--from", "export", "--format", "csv")
    assert ran.stdout.splitlines()[:2] == [
        "table,read,inserted,updated,unchanged,closed,rejected",
        "customers,2,2,0,0,0,0",
    ]
    assert ran.stderr == "note: customers.csv: columns not read: colour\nnote: 5 rows rejected; --json lists them\n"
    ran = arctl("sync", "--from", "export", "--format", "md")
    assert ran.stdout.startswith("## Synced export (batch 2)\n")
    assert "- 5 rows rejected." in ran.stdout


def test_quiet_says_nothing_beside_the_answer(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **DAMAGED)
    assert arctl("--quiet", "sync", "--from", "export", "--format", "csv").stderr == ""


def test_a_dry_run_leaves_nothing_behind(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **DAMAGED)
    ran = arctl("sync", "--from", "export", "--dry-run")
    assert ran.returncode == 3
    assert ran.stdout.startswith("Dry run of export: what a sync would do; nothing landed\n")
    assert ran.stdout.endswith("\nNext: the same command without --dry-run.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["export"]

    assert arctl("sync", "--from", "export").returncode == 3
    before = content_of(tmp_path / "arctl.db")
    write(tmp_path / "export", **BOOKS)
    ran = arctl("sync", "--from", "export", "--dry-run")
    assert ran.returncode == 3  # three rows that no file holds any more still wait
    assert "Rows of earlier syncs tried again: 3. If the ERP no longer has them, --full lets them go.\n" in ran.stdout
    assert content_of(tmp_path / "arctl.db") == before


def test_strict_says_that_nothing_landed(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **DAMAGED)
    ran = arctl("sync", "--from", "export", "--strict")
    assert ran.returncode == 3
    assert ran.stdout.startswith(
        "Nothing of export landed: it holds rows that cannot, and --strict takes all or nothing\n"
    )
    assert ran.stdout.endswith("\nNext: correct the rows, or leave out --strict to land the others.\n")
    assert json.loads(arctl("sync", "--from", "export", "--strict", "--json").stdout)["status"] == "refused"
    assert json.loads(arctl("sync", "--from", "export", "--json").stdout)["batch"] == 1


def test_an_accepted_loss_is_signed_for(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", customers=CUSTOMERS)
    assert arctl("sync", "--from", "export").returncode == 0
    write(tmp_path / "export", customers="id,name\nC1,Acme\n")
    assert arctl("sync", "--from", "export", "--full").returncode == 4
    ran = arctl(
        "--actor", "jane", "sync", "--from", "export", "--full", "--accept", "Birch merged", "--type", "month_end"
    )
    assert ran.returncode == 0
    dump = "\n".join(content_of(tmp_path / "arctl.db"))
    assert "'jane','export','full','Birch merged'" in dump
    assert "'month_end'" in dump


def test_a_new_ledger_takes_the_company_named(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **BOOKS)
    assert arctl("--company", "North", "sync", "--from", "export").returncode == 0
    assert "'North'" in "\n".join(content_of(tmp_path / "arctl.db"))


def test_rows_go_to_the_company_named(arctl: Arctl, tmp_path: Path) -> None:
    write(tmp_path / "export", **BOOKS)
    assert arctl("init").returncode == 0
    assert arctl("init", "--company", "North").returncode == 0
    assert arctl("--company", "North", "sync", "--from", "export").returncode == 0
    rows = [
        line for line in content_of(tmp_path / "arctl.db") if line.startswith('INSERT INTO "erp_invoices" VALUES(1,1,')
    ]
    assert "'INV-1',1,2," in rows[0]
