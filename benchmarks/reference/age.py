"""The reference for `age --json`: one hand-written query by plan, sqlite3 and json only; imports nothing of arctl."""

# Importing pathlib would cost this bare process milliseconds.
# ruff: noqa: PTH118, PTH120, PTH123

import json
import sqlite3
import sys
from datetime import date
from os.path import dirname, join

HERE = dirname(__file__)
BUCKETS = ("current_cents", "days_30_cents", "days_60_cents", "days_90_cents", "days_90_plus_cents")
KEYS = (
    "customer_id", "customer_name", *BUCKETS, "total_outstanding_cents", "unapplied_cents",
    "max_days_overdue", "open_invoices",
)  # fmt: skip


def text(*names: str) -> str:
    """An SQL file of this folder."""
    with open(join(HERE, *names), encoding="utf-8") as file:
        return file.read()


def connect(path: str) -> sqlite3.Connection:
    """The reference ledger, read only, mapped into memory."""
    ledger = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    ledger.execute("PRAGMA mmap_size = 1073741824")
    ledger.execute("PRAGMA temp_store = MEMORY")
    return ledger


def report(path: str, as_of: str, plan: str) -> dict[str, object]:
    """The object of `age --json` for a day, in cents."""
    ledger = connect(path)
    given = {"d": date.fromisoformat(as_of).toordinal()}
    common = "WITH " + text("plans", f"{plan}.sql")
    rows = ledger.execute(common + text("by_customer.sql"), given).fetchall()
    expected = ledger.execute(common + "SELECT cents FROM right_side", given).fetchone()[0]
    columns = list(zip(*rows, strict=True)) or [()] * len(KEYS)
    totals = {key: sum(column) for key, column in zip(KEYS[2:9], columns[2:9], strict=True)}
    net = totals["total_outstanding_cents"] - totals["unapplied_cents"]
    return {
        "as_of": as_of, "basis": "due-date", "credits": "separate", "company": "default", "currency": "USD",
        "totals": {**totals, "net_cents": net, "open_invoices": sum(columns[10]), "customers": len(rows)},
        "tie_out": {"expected_net_cents": expected, "difference_cents": net - expected, "ok": net == expected},
        "customers": [dict(zip(KEYS, row, strict=True)) for row in rows],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(report(*sys.argv[1:])))
