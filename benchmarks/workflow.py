"""What the operator's morning costs: planning 10,000 letters against a bare loop that renders the same templates, and approving
1,000 of them against a bare transaction that inserts the same rows."""

import sqlite3
import sys
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile, rmtree
from statistics import median
from typing import Any

from benchmarks.measure import Command, run

ROOT = Path(__file__).resolve().parent.parent
CUSTOMERS, INVOICES = 10_000, 10
DAY = date(2026, 6, 30)
WRITTEN = (
    "proposed_actions", "collection_cases", "collection_actions", "dunning_steps", "outbox", "workflow_step_log", "events",
)  # fmt: skip
"""What an approval writes rows into."""


def write_books(folder: Path, customers: int, invoices: int) -> None:
    """Customers who all are due a letter on DAY: each with that many invoices, 8 to 57 days overdue."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "customers.csv").open("w", encoding="utf-8") as out:
        out.write("id,name,email,terms,sales_rep,sales_rep_email\n")
        for number in range(customers):
            rep = number % 40
            out.write(
                f"C{number},Sample Bistro {number},ap-{number}@example.com,Net 30,Rep {rep},rep-{rep}@example.com\n"
            )
    with (folder / "customer_invoices.csv").open("w", encoding="utf-8") as out:
        out.write("id,customer_id,invoice_date,amount,tranid,due_date,otherrefnum\n")
        for number in range(customers * invoices):
            due = DAY - timedelta(days=8 + (number * 7919) % 50)
            cents = 1000 + (number * 104_729) % 150_000
            amount = f"{cents // 100}.{cents % 100:02d}"
            issued = due - timedelta(days=30)
            out.write(f"{number},C{number // invoices},{issued},{amount},INV-{number},{due},PO {70_000 + number}\n")


def ledger_of(folder: Path, customers: int) -> Path:
    """The ledger of those books, made now where it is not there yet."""
    path = folder / f"morning-{customers}.db"
    if not path.exists():
        write_books(folder / f"books-{customers}", customers, INVOICES)
        for arguments in (
            ("sync", "--from", folder / f"books-{customers}"),
            ("config", "set", "mail.from", "ar@example.com"),
        ):
            _arctl(path, folder, *arguments)
    return path


def _arctl(ledger: Path, folder: Path, *arguments: str | Path) -> float:
    """Wall seconds of a cold process."""
    return run(Command([sys.executable, "-m", "arctl", "--db", ledger, *arguments], ROOT), folder / "out").seconds


def plan_figure(folder: Path, rounds: int = 3) -> tuple[float, float]:
    """Seconds of `arctl plan` (a cold process that stages 10,000 letters) and of the bare loop over the same letters: medians."""
    original = ledger_of(folder, CUSTOMERS)
    ours, theirs = [], []
    copy = folder / "planned.db"
    for _ in range(rounds):
        copy.unlink(missing_ok=True)
        copyfile(original, copy)
        ours.append(_arctl(copy, folder, "plan", "--as-of", DAY.isoformat()))
        theirs.append(
            run(Command([sys.executable, "-m", "benchmarks.reference.letters", copy], ROOT), folder / "loop").seconds
        )
    loops = [float((folder / "loop").read_text(encoding="utf-8").split()[0])]
    return median(ours), min(loops)


def approve_figure(folder: Path, letters: int = 1_000, rounds: int = 3) -> tuple[float, float, float]:
    """Seconds of the transaction that approves as many letters at once, of a bare one that inserts the same rows under the same keys
    and triggers, and of writing the .eml files after it: medians."""
    staged = folder / "staged.db"
    staged.unlink(missing_ok=True)
    copyfile(ledger_of(folder, letters), staged)
    _arctl(staged, folder, "plan", "--as-of", DAY.isoformat())
    taken = [_approve_once(folder, staged, letters) for _ in range(rounds)]
    ours, bare, files = (median(column) for column in zip(*taken, strict=True))
    return ours, bare, files


def _approve_once(folder: Path, staged: Path, letters: int) -> tuple[float, float, float]:
    from arctl.cli.writing import writer_of
    from arctl.core.acting import Acting
    from arctl.core.review_values import Mark
    from arctl.services import approve, finishing, outbox
    from arctl.store.ledger import open_ledger

    approved, bare = folder / "approved.db", folder / "bare.db"
    for path in (approved, bare):
        path.unlink(missing_ok=True)
        copyfile(staged, path)
    rmtree(folder / "outbox", ignore_errors=True)
    acting = Acting("benchmark", "benchmark", f"{DAY} 12:00:00", DAY.isoformat())
    with closing(open_ledger(approved, "default")) as ledger:
        items = approve.review(ledger, 1).items
        marks = {each.seq: Mark("tick") for each in items}
        shown = {each.seq: each.content_hash for each in items}
        started = time.perf_counter()
        finished = finishing.finish(ledger, 1, marks, shown, acting, DAY, writer_of(ledger))
        ours = time.perf_counter() - started
        inserted = _bare_insert(approved, bare)
        started = time.perf_counter()
        outbox.write_out(ledger, folder / "outbox", acting)
        files = time.perf_counter() - started
    if len(finished.applied) < letters:
        raise ValueError(f"{len(finished.applied)} were applied, not {letters}")
    return ours, inserted, files


def _bare_insert(approved: Path, bare: Path) -> float:
    """Seconds of one transaction that writes the rows that an approval added, as they stand after it."""
    with closing(sqlite3.connect(approved)) as source, closing(sqlite3.connect(bare, isolation_level=None)) as target:
        added: dict[str, list[Any]] = {}
        for table in WRITTEN:
            known = set(target.execute(f"SELECT * FROM {table}"))
            added[table] = [row for row in source.execute(f"SELECT * FROM {table}") if row not in known]
        added["proposed_actions"] = [row for row in added["proposed_actions"] if row[4] is not None]  # not the envelope
        for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "synchronous = FULL"):
            target.execute(f"PRAGMA {pragma}")
        target.execute("DROP TRIGGER proposed_actions_insert")  # a proposal begins pending; these are applied
        started = time.perf_counter()
        target.execute("BEGIN IMMEDIATE")
        for table, rows in added.items():
            if rows:
                target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        target.execute("COMMIT")
        return time.perf_counter() - started


def main() -> None:
    """`python -m benchmarks.workflow FOLDER`."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs = plan_figure(folder)
    print(f"plan / bare loop of the templates  {ours / theirs:.2f}  ({ours:.2f} s : {theirs:.2f} s, target 2.5)")
    print(f"a proposal staged with its letter  {ours / CUSTOMERS * 1000:.2f} ms  (target 0.5)")
    approved, bare, files = approve_figure(folder)
    print(f"approve 1,000 / bare transaction   {approved / bare:.2f}  ({approved:.2f} s : {bare:.2f} s, target 5)")
    print(f"1,000 .eml files, after it         {files:.2f} s")


if __name__ == "__main__":
    main()
