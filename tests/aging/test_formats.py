"""How the aging report leaves: for a terminal, a pipe, a spreadsheet, a wiki; with names that nobody should be given."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.aging.conftest import Here, Lay
from tests.conftest import process_environment

LONG = "Long " * 60
NAMES = {
    "C1": "[red]Acme[/red] [/PO-1]",
    "C2": '=cmd|"/c calc"!A1',
    "C3": "Two\nlines, and a comma",
    "C4": LONG.strip(),
    "C5": "\x1b[2J\x9bErased\u202e",
    "C6": "+1 555 | *bold* `code` <b>",
}


@pytest.fixture
def books(here: Here, lay: Lay) -> Here:
    """A customer with each of the names, each with one invoice of its own."""
    customers, invoices = io.StringIO(), io.StringIO()
    csv.writer(customers).writerows([("id", "name"), *NAMES.items()])
    csv.writer(invoices).writerows(
        [
            ("id", "customer_id", "invoice_date", "due_date", "amount"),
            *((f"INV-{id}", id, "2026-05-01", "2026-05-31", "1234567.89") for id in NAMES),
        ]
    )
    lay(customers=customers.getvalue(), customer_invoices=invoices.getvalue())
    return here


AGE = ("age", "--as-of", "2026-06-30")
each_report = pytest.mark.parametrize("by", ["customer", "invoice"])


def _control_free(text: str) -> bool:
    return not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


@each_report
def test_a_pipe_gets_no_colour_and_nothing_is_cut(books: Here, by: str) -> None:
    out = books(*AGE, "--by", by).out
    assert _control_free(out)
    assert LONG.strip() in out
    assert "[red]Acme[/red] [/PO-1]" in out
    assert "Two lines, and a comma" in out
    assert out.count("1,234,567.89") >= 6
    lines = [line for line in out.splitlines() if "1,234,567.89" in line and "Total" not in line]
    assert len(lines) == 6


@each_report
def test_a_csv_holds_nothing_but_its_table(books: Here, by: str) -> None:
    out = books(*AGE, "--by", by, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 6
    names = {row["customer_id"]: row["customer_name"] for row in rows}
    # What a spreadsheet would run as a formula is text; everything else arrives as the ERP has it.
    assert names == {**NAMES, "C2": "'" + NAMES["C2"], "C6": "'" + NAMES["C6"]}
    assert {row["outstanding"] for row in rows} == {"1234567.89"}
    assert {row["currency"] for row in rows} == {"USD"}


def test_the_columns_of_a_csv(books: Here) -> None:
    header = books(*AGE, "--format", "csv").out.splitlines()[0]
    assert header == (
        "customer_id,customer_name,company,currency,current,days_30,days_60,days_90,days_90_plus,outstanding,unapplied,net,"
        "max_days_overdue,open_invoices"
    )
    header = books(*AGE, "--by", "invoice", "--format", "csv").out.splitlines()[0]
    assert header == (
        "invoice_id,installment,tranid,customer_id,customer_name,invoice_date,due_date,days_overdue,bucket,currency,amount,"
        "outstanding,disputed,company"
    )
    header = books(*AGE, "--buckets", "10,20", "--format", "csv").out.splitlines()[0]
    assert ",currency,b0,b1,b2,b3,outstanding," in header


@each_report
def test_markdown_shows_names_as_they_are(books: Here, by: str) -> None:
    out = books(*AGE, "--by", by, "--format", "md").out
    assert _control_free(out)
    lines = [line for line in out.splitlines() if re.match(r"\| (INV-)?C\d", line)]
    assert len(lines) == 6
    assert r"+1 555 \| \*bold\* \`code\` \<b\>" in out
    assert r"\[red\]Acme" in out
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
    assert len(bars) == 1


def test_json_keeps_names_to_the_letter(books: Here) -> None:
    ran = books(*AGE, "--json")
    assert {row["customer_id"]: row["customer_name"] for row in ran.json["customers"]} == NAMES
    assert ran.out.count("\n") == 1
    assert books(*AGE, "--format", "json").out == ran.out


def _on_a_terminal(db: Path, columns: int, *args: str, **env: str) -> str:
    """What stands on a real terminal of that width."""
    ours, theirs = pty.openpty()
    environment = process_environment({"TERM": "xterm-256color", "COLUMNS": str(columns), **env})
    with subprocess.Popen(
        [sys.executable, "-m", "arctl", "--db", str(db), *args],
        stdout=theirs,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=environment,
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other end is closed: that is how a terminal says the end
            pass
        assert process.stderr is not None
        assert process.stderr.read() == b""
    os.close(ours)
    assert process.returncode == 0
    return shown.decode().replace("\r\n", "\n")


def _bare(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@each_report
def test_a_terminal_is_never_told_what_to_do_by_a_name(books: Here, by: str) -> None:
    for columns in (200, 80, 40):
        shown = _on_a_terminal(books.db, columns, *AGE, "--by", by)
        bare = _bare(shown)
        assert "\x1b" in shown
        assert _control_free(bare)
        assert "[red]" in bare
        assert bare.count("1,234,567.89") >= 6  # an amount is never cut
        if columns == 200:
            table = [line for line in bare.splitlines() if "1,234,567.89" in line]
            assert max(map(len, table)) <= columns


def test_no_color_is_honoured(books: Here) -> None:
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", _on_a_terminal(books.db, 120, *AGE, NO_COLOR="1"))


def test_ids_cannot_do_it_either(here: Here, lay: Lay) -> None:
    lay(
        customers="id,name\n[C]\x1b[31m,Acme",
        customer_invoices="id,customer_id,invoice_date,due_date,amount,currency\n"
        "\x1b[2JINV,[C]\x1b[31m,2026-05-01,,10,EUR\n=1+1,[C]\x1b[31m,2026-05-01,,20,USD",
    )
    for args in ((), ("--by", "invoice"), ("--format", "md"), ("--by", "invoice", "--format", "md")):
        out = here(*AGE, *args).out
        assert _control_free(out), args
        assert "␛" in out
    out = here(*AGE, "--by", "invoice", "--format", "csv").out
    assert [row[0] for row in csv.reader(io.StringIO(out))][1:] == ["'=1+1", "\x1b[2JINV"]
    assert json.loads(here(*AGE, "--json").out)["totals"] is None


def test_the_plain_screen(here: Here, lay: Lay) -> None:
    lay(
        customers="id,name\nC1,Acme Foods\nC2,Birch Bakery",
        customer_invoices="""
        id,customer_id,invoice_date,due_date,amount,disputed
        INV-1,C1,2026-05-01,2026-05-31,1100.00,F
        INV-2,C2,2026-06-01,,20.50,T
        """,
        customer_payments="id,customer_id,receipt_date,amount\nP-1,C1,2026-06-02,30\nP-2,C1,2026-07-02,1",
    )
    assert here(*AGE).out == (
        "Receivables as of 2026-06-30, in USD\n"
        "\n"
        "Customer    Name            Current      1-30    31-60    61-90    91+    Outstanding    Unapplied    Days\n"
        "----------  ------------  ---------  --------  -------  -------  -----  -------------  -----------  ------\n"
        "C1          Acme Foods         0.00  1,100.00     0.00     0.00   0.00       1,100.00        30.00      30\n"
        "C2          Birch Bakery       0.00     20.50     0.00     0.00   0.00          20.50         0.00      29\n"
        "----------  ------------  ---------  --------  -------  -------  -----  -------------  -----------  ------\n"
        "Total                          0.00  1,120.50     0.00     0.00   0.00       1,120.50        30.00\n"
        "\n"
        "Net 1,090.50 USD = outstanding 1,120.50 − unapplied 30.00; 2 open invoices, 2 customers\n"
        "Ties out: the documents give 1,090.50 too\n"
        "Note: 1 open item, without a due date, due by the customer's terms or at once: INV-2\n"
        "Note: 1 document, dated after 2026-06-30, not in it\n"
    )
    assert here(*AGE, "--by", "invoice", "--customer", "C2").out == (
        "Open items as of 2026-06-30, in USD\n"
        "\n"
        "Invoice    Customer    Name          Dated       Due            Days  Bucket      Outstanding\n"
        "---------  ----------  ------------  ----------  -----------  ------  --------  -------------  --------\n"
        "INV-2      C2          Birch Bakery  2026-06-01  2026-06-01*      29  1-30              20.50  disputed\n"
        "---------  ----------  ------------  ----------  -----------  ------  --------  -------------  --------\n"
        "Total                                                                                   20.50\n"
        "\n"
        "* no due date in the ERP: due by the customer's terms\n"
        "Shown: 1 customer, 1 open invoice, 20.50 of 1,120.50 USD outstanding\n"
        "Net 1,090.50 USD = outstanding 1,120.50 − unapplied 30.00; 2 open invoices, 2 customers\n"
        "Ties out: the documents give 1,090.50 too\n"
    )
