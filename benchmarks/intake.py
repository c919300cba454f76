"""What taking in orders costs: 10,000 X12 850 orders read, checked and staged, against a bare pass that splits the same files into
segments and inserts the same rows."""

import gc
import sqlite3
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from shutil import copyfile

from benchmarks.measure import Command, run

ROOT = Path(__file__).resolve().parent.parent
ORDERS, FILES, LINES = 10_000, 100, 5
CUSTOMERS, ITEMS = 1_000, 500
DAY = date(2026, 6, 30)
WRITTEN = ("workflow_run_log", "workflow_effects", "workflow_step_log", "proposed_actions", "events")
"""What staging writes rows into."""


def write_books(folder: Path) -> None:
    """Customers who bought before: two orders of five lines each."""
    folder.mkdir(parents=True, exist_ok=True)
    customers = [f"C{each},Sample Bistro {each},Net 30,500000" for each in range(CUSTOMERS)]
    orders, lines = [], []
    for number in range(2 * CUSTOMERS):
        orders.append(f"SO-{number},SalesOrd,C{number % CUSTOMERS},2026-0{1 + number % 6}-15,{100_000 + number}")
        items = ((number * 7 + at) % ITEMS for at in range(LINES))
        lines += [f"SO-{number},{at},ITEM-{each:04d},3,{_price(each)}" for at, each in enumerate(items, start=1)]
    for name, header, rows in (
        ("customers", "id,name,terms,credit_limit", customers),
        ("transactions", "id,type,entity,trandate,otherrefnum", orders),
        ("transaction_lines", "transaction_id,line,item_code,quantity,rate", lines),
    ):
        (folder / f"{name}.csv").write_text("\n".join((header, *rows, "")), encoding="utf-8")


def _price(item: int) -> str:
    return f"{10 + item % 50}.50"


def write_orders(folder: Path) -> None:
    """As many interchanges as FILES, of as many orders each; one price in fifty is another than the last."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(850)
    each = ORDERS // FILES
    for file in range(FILES):
        control = f"{file + 1:09d}"
        sets = [_order(random, 500_000 + file * each + at, f"{at + 1:04d}") for at in range(each)]
        text = "".join(
            (
                f"ISA*00*{'':10}*00*{'':10}*ZZ*{'SENDER':15}*ZZ*{'RECEIVER':15}*260629*1200*U*00401*{control}*0*P*>~\n",
                "GS*PO*SENDER*RECEIVER*20260629*1200*1*X*004010~\n", *sets,
                f"GE*{each}*1~\nIEA*1*{control}~\n",
            )
        )  # fmt: skip
        (folder / f"orders-{file:03d}.edi").write_text(text, encoding="utf-8")


def _order(random: Random, po: int, control: str) -> str:
    customer = random.randrange(CUSTOMERS)
    segments = [
        f"ST*850*{control}", f"BEG*00*NE*{po}**20260629", "CUR*BY*USD", "DTM*010*20260706", "ITD*05*3*****30",
        f"N1*BY*Sample Bistro {customer}*91*C{customer}",
    ]  # fmt: skip
    for line in range(1, LINES + 1):
        item = random.randrange(ITEMS)
        price = "9.99" if random.random() < 0.02 else _price(item)
        segments.append(f"PO1*{line}*{random.randrange(1, 40)}*CA*{price}*PE*VN*ITEM-{item:04d}")
    segments.append(f"CTT*{LINES}")
    return "".join(f"{each}~\n" for each in (*segments, f"SE*{len(segments) + 1}*{control}"))


def intake_figure(folder: Path, rounds: int = 5) -> tuple[float, float]:
    """Seconds of taking the orders in, from the files to the commit, and of the bare pass: the least of the rounds, run in turn,
    for whatever else the machine does only adds."""
    original = folder / "books.db"
    if not original.exists():
        write_books(folder / "books")
        write_orders(folder / "orders")
        arguments = ("--quiet", "--db", original, "sync", "--from", folder / "books")
        run(Command([sys.executable, "-m", "arctl", *arguments], ROOT), folder / "out")
    ours, theirs = [], []
    ledger = folder / "taken.db"
    for _ in range(rounds):
        for path in (ledger, folder / "bare.db"):
            path.unlink(missing_ok=True)
            copyfile(original, path)
        ours.append(_taken(ledger, folder / "orders"))
        theirs.append(_bare(ledger, folder / "bare.db", folder / "orders"))
    return min(ours), min(theirs)


def _taken(path: Path, orders: Path) -> float:
    from arctl.core.acting import Acting
    from arctl.render.intake import order_text
    from arctl.render.letters import writer
    from arctl.services import books
    from arctl.services.intake import IntakeRequest, Writers, take_edi
    from arctl.store.ledger import open_ledger

    acting = Acting("benchmark", "benchmark", f"{DAY} 12:00:00", DAY.isoformat())
    with closing(open_ledger(path, "default")) as ledger:
        request = IntakeRequest(books.the_company(ledger, None, ""), orders, DAY, acting)
        writers = Writers(order_text, writer(None, ""))
        gc.collect()
        started = time.perf_counter()
        report = take_edi(ledger, request, writers)
        seconds = time.perf_counter() - started
    if (len(report.staged), len(report.refused)) != (ORDERS, 0):
        raise ValueError(f"{len(report.staged)} orders were staged and {len(report.refused)} refused")
    return seconds


def _bare(ledger: Path, bare: Path, orders: Path) -> float:
    """Seconds of splitting the files into segments and writing, in one transaction without rules, the rows that staging added."""
    with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(bare, isolation_level=None)) as target:
        added = {}
        for table in WRITTEN:
            known = set(target.execute(f"SELECT * FROM {table}").fetchall())
            added[table] = [row for row in source.execute(f"SELECT * FROM {table}") if row not in known]
            for (trigger,) in target.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", (table,)
            ).fetchall():
                target.execute(f"DROP TRIGGER {trigger}")
        target.execute("PRAGMA synchronous = FULL")
        started = time.perf_counter()
        count = 0
        for path in sorted(orders.iterdir()):
            segments = [segment.split("*") for segment in path.read_text(encoding="utf-8").replace("\n", "").split("~")]
            count += len(segments)
        target.execute("BEGIN IMMEDIATE")
        for table, rows in added.items():
            for row in rows:
                target.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        target.execute("COMMIT")
        return time.perf_counter() - started


def main() -> None:
    """`python -m benchmarks.intake FOLDER`."""
    gc.set_threshold(500_000)  # as the console command does
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs = intake_figure(folder)
    print(f"{ORDERS:,} EDI orders / bare pass  {ours / theirs:.2f}  ({ours:.2f} s : {theirs:.2f} s, target 5)")


if __name__ == "__main__":
    main()
