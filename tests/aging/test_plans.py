"""How SQLite reads for each screen: today's aging touches today's open items, never the history behind them."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from arctl.core.buckets import custom_buckets
from arctl.services.age import AgeRequest, age
from arctl.services.known import recall
from arctl.store.ledger import Ledger, open_ledger
from tests.aging.conftest import Here
from tests.conftest import ROOT

TODAY = date(2026, 7, 8)
FORBIDDEN = {
    *("erp_invoices", "erp_applications", "erp_sources", "erp_refunds", "erp_write_offs", "erp_installments"),
    *("ar_items", "ar_credits"),
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The sample data: two currencies, and every kind of document."""
    from arctl.cli.app import main

    path: Path = tmp_path_factory.mktemp("plans") / "arctl.db"
    assert main(["--db", str(path), "--quiet", "sync", "--from", str(ROOT / "sample_data")]) == 0
    opened = open_ledger(path, "default")
    with closing(opened.connection):
        yield opened


def _statements(ledger: Ledger, act: Callable[[], object]) -> list[str]:
    """Every query that runs while `act` does, its values filled in."""
    run: list[str] = []
    ledger.connection.set_trace_callback(run.append)
    try:
        act()
    finally:
        ledger.connection.set_trace_callback(None)
    # What was realised in other currencies is a sum over all that was ever applied in them, and has to read it.
    return [sql for sql in run if re.match(r"\s*(SELECT|WITH)", sql) and "i.exchange_rate, s.exchange_rate" not in sql]


def _plan(connection: sqlite3.Connection, sql: str) -> list[str]:
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


def _aliases(connection: sqlite3.Connection, sql: str) -> dict[str, set[str]]:
    """Alias -> the tables it stands for, in the statement and in the views it reads; a plan names tables by alias."""
    views = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view'"))
    read, waiting = [sql], [sql]
    while waiting:
        text = waiting.pop()
        for name, made in views.items():
            if made not in read and re.search(rf"\b{name}\b", text):
                read.append(made)
                waiting.append(made)
    found: dict[str, set[str]] = {}
    for text in read:
        for table, alias in re.findall(r"(?:FROM|JOIN)\s+(\w+)\s+AS\s+(\w+)", text):
            found.setdefault(alias, set()).add(table)
    return found


def _scanned(ledger: Ledger, sql: str) -> set[str]:
    """The tables that a statement reads from end to end."""
    steps = _plan(ledger.connection, sql)
    assert not [step for step in steps if "AUTOMATIC" in step], (sql, steps)
    # All rows of a tenant are, in most ledgers, all rows.
    whole = re.compile(r"SCAN |SEARCH .*\(tenant_id=\?\)$")
    aliases = _aliases(ledger.connection, sql)
    scans = [step.split()[1] for step in steps if whole.match(step)]
    return {table for name in scans for table in aliases.get(name, {name})}


def _asked(**asked: object) -> AgeRequest:
    return AgeRequest(TODAY, **asked)  # type: ignore[arg-type]  # each test names its own


SCREENS = {
    "by customer": _asked(currency="USD"),
    "by invoice": _asked(currency="USD", by="invoice"),
    "one customer": _asked(currency="USD", by="invoice", customer="C1006"),
    "by invoice date": _asked(currency="USD", basis="invoice-date"),
    "other buckets": _asked(currency="USD", buckets=custom_buckets((15, 45, 120))),
    "credits netted": _asked(currency="USD", credits="net"),
    "credits aged": _asked(currency="USD", credits="age"),
    "long ago": AgeRequest(date(2025, 12, 31), currency="USD", by="invoice", credits="age"),
    "all currencies": _asked(),
}


@pytest.mark.parametrize("screen", SCREENS)
def test_no_screen_reads_the_history_from_end_to_end(ledger: Ledger, screen: str) -> None:
    statements = _statements(ledger, lambda: age(ledger, SCREENS[screen]))
    assert len(statements) >= 5
    scanned = set().union(*(_scanned(ledger, sql) for sql in statements))
    assert not scanned & FORBIDDEN, scanned


def test_open_items_are_found_by_account_and_day(ledger: Ledger) -> None:
    plans = [
        step
        for sql in _statements(ledger, lambda: age(ledger, SCREENS["by invoice"]))
        for step in _plan(ledger.connection, sql)
    ]
    assert [
        step
        for step in plans
        if re.fullmatch(r"SEARCH \w+ USING PRIMARY KEY \(account_id=\? AND settled_day>\?\)", step)
    ]
    assert [
        step for step in plans if re.search(r"SEARCH i USING PRIMARY KEY \(tenant_id=\? AND invoice_key=\?\)", step)
    ]


def test_one_customer_costs_one_customer(ledger: Ledger) -> None:
    (items,) = [sql for sql in _statements(ledger, lambda: age(ledger, SCREENS["one customer"])) if "i.tranid" in sql]
    accounts = {
        account
        for (account,) in ledger.connection.execute(
            "SELECT account_id FROM ar_accounts JOIN erp_customers USING (tenant_id, customer_key) WHERE id = 'C1006'"
        )
    }
    # Not all items are read and most thrown away: accounts are looked up by the very ids that are asked for.
    assert re.search(r"account_id IN \(([^)]*)\)", items)[1] == ", ".join(map(str, sorted(accounts)))  # type: ignore[index]
    assert "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)" in _plan(ledger.connection, items)


@pytest.mark.parametrize("screen", SCREENS)
def test_nor_does_what_was_known_then(ledger: Ledger, screen: str) -> None:
    recalled = open_ledger(ledger.path, "default")
    with closing(recalled.connection):
        recall(recalled, "1", "UTC")
        statements = _statements(recalled, lambda: age(recalled, SCREENS[screen]))
        scanned = set().union(*(_scanned(recalled, sql) for sql in statements))
    assert not scanned & FORBIDDEN, scanned


@pytest.mark.parametrize("view", ["v_ar_aging", "v_customer_ar_aging"])
def test_the_views_do_not_read_the_history_either(ledger: Ledger, view: str) -> None:
    scanned = _scanned(ledger, f"SELECT * FROM {view}")
    assert not scanned & FORBIDDEN, scanned


def test_the_cost_follows_the_answer(here: Here, tmp_path: Path) -> None:
    """Ten times the settled history costs today's aging nothing: counted in steps of SQLite's machine, not in time."""

    def steps(settled: int) -> int:
        folder = tmp_path / str(settled)
        folder.mkdir()
        numbers = range(settled)
        (folder / "customers.csv").write_text("id,name\n" + "".join(f"C{at},Customer {at}\n" for at in range(20)))
        (folder / "customer_invoices.csv").write_text(
            "id,customer_id,invoice_date,due_date,amount\n"
            + "".join(f"S{at},C{at % 20},2020-01-01,2020-01-31,10\n" for at in numbers)
            + "".join(f"O{at},C{at % 20},2026-06-01,2026-06-30,10\n" for at in range(50))
        )
        (folder / "customer_payments.csv").write_text(
            "id,customer_id,receipt_date,amount\n" + "".join(f"P{at},C{at % 20},2020-02-01,10\n" for at in numbers)
        )
        (folder / "payment_applications.csv").write_text(
            "source_type,source_id,invoice_id,amount,applied_on\n"
            + "".join(f"payment,P{at},S{at},10,2020-02-01\n" for at in numbers)
        )
        here.db = tmp_path / f"{settled}.db"
        assert here("--quiet", "sync", "--from", str(folder)).code == 0
        opened = open_ledger(here.db, "default")
        with closing(opened.connection) as connection:
            count = 0

            def step() -> int:
                nonlocal count
                count += 1
                return 0

            connection.set_progress_handler(step, 10)
            report = age(opened, AgeRequest(TODAY, by="invoice"))
            connection.set_progress_handler(None, 0)
            assert report.groups[0].totals.open_invoices == 50
            return count

    few, many = steps(200), steps(2000)
    assert many <= few * 1.05
