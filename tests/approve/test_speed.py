"""A thousand letters approved at once: the transaction against a bare one that inserts the same rows."""

import sqlite3
from pathlib import Path
from shutil import copyfile
from statistics import median
from time import perf_counter

import pytest

from arctl.core.review_values import Mark
from arctl.services import approve, finishing
from tests.approve.staged import DANA, DAY, Morning, at_desk, morning
from tests.folders import Row

LETTERS, MOST = 1000, 5.0
TABLES = (
    "proposed_actions", "collection_cases", "collection_actions", "dunning_steps", "outbox", "workflow_step_log", "events",
)  # fmt: skip


def _rows() -> tuple[list[Row], list[Row]]:
    customers: list[Row] = [
        {"id": f"C{n:04}", "name": f"Customer {n}", "email": f"c{n}@example.com"} for n in range(LETTERS)
    ]
    invoices: list[Row] = [
        {
            "id": f"I{n}",
            "customer_id": f"C{n % LETTERS:04}",
            "invoice_date": "2026-05-01",
            "due_date": "2026-06-01",
            "amount": "100.00",
        }
        for n in range(LETTERS * 3)
    ]
    return customers, invoices


def _finish(desk: Morning, copy: Path) -> float:
    with at_desk(copy.parent) as ledger:
        items = approve.review(ledger, 1).items
        marks = {each.seq: Mark("tick") for each in items}
        shown = {each.seq: each.content_hash for each in items}
        began = perf_counter()
        finished = finishing.finish(ledger, 1, marks, shown, DANA, DAY, desk.writer)
        took = perf_counter() - began
        assert len(finished.applied) == LETTERS
        assert finished.mails == LETTERS
    return took


def _bare(before: Path, after: Path) -> float:
    """The rows that the approval left behind, inserted one by one under the same triggers, keys and durability."""
    rows: dict[str, list[tuple[object, ...]]] = {}
    with sqlite3.connect(after) as source, sqlite3.connect(before) as old:
        for table in TABLES:
            known = set(old.execute(f"SELECT * FROM {table}"))
            rows[table] = [row for row in source.execute(f"SELECT * FROM {table}") if row not in known]
    rows["proposed_actions"] = [row for row in rows["proposed_actions"] if row[4] is not None]
    ledger = sqlite3.connect(before, isolation_level=None)
    for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "synchronous = FULL"):
        ledger.execute(f"PRAGMA {pragma}")
    ledger.execute("DROP TRIGGER proposed_actions_insert")  # a proposal begins pending; these are applied
    began = perf_counter()
    ledger.execute("BEGIN IMMEDIATE")
    for table in TABLES:
        marks = ", ".join("?" * len(rows[table][0]))
        ledger.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
    ledger.commit()
    took = perf_counter() - began
    ledger.close()
    return took


@pytest.mark.slow
def test_a_thousand_at_once(tmp_path: Path) -> None:
    ratios = []
    with morning(*_rows()) as desk:
        desk.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for turn in range(3):
            mine, bare = tmp_path / f"mine-{turn}", tmp_path / f"bare-{turn}"
            for folder in (mine, bare):
                folder.mkdir()
                copyfile(desk.books.place / "arctl.db", folder / "arctl.db")
            took = _finish(desk, mine / "arctl.db")
            inserted = _bare(bare / "arctl.db", mine / "arctl.db")
            ratios.append(took / inserted)
            print(f"finish {took:.3f} s, bare {inserted:.3f} s: {ratios[-1]:.2f}")
    assert median(ratios) <= MOST
