"""What evidence costs: following the chain of events, against a bare loop that reads and hashes the same rows."""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile
from statistics import median

from arctl.core.events import Happening
from arctl.store import events
from arctl.store.ledger import create, open_ledger
from benchmarks.measure import Command, interleave, run

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = Path(__file__).parent / "reference" / "events.py"
EVENTS = 300_000


def posted(count: int) -> Iterator[Happening]:
    """As many invoices posted as asked for, as a sync would tell of them."""
    for number in range(count):
        payload = {
            "amount_cents": 100 + number, "batch": 2 + number // 500, "currency": "USD", "customer_id": f"C{number % 9973}",
            "due_date": "2026-07-05", "kind": "invoice", "otherrefnum": f"PO {number}", "tranid": f"INV-{number}",
        }  # fmt: skip
        yield Happening("invoice.posted", f"invoice.posted:{number}", "invoice", str(number), "2026-06-05", 1, payload)


def events_ledger(path: Path, count: int = EVENTS) -> Path:
    """A ledger with that many events, made now where it is not there yet."""
    if create(path):
        ledger = open_ledger(path, "default")
        with ledger.transaction() as connection:
            events.append(connection, ledger.tenant_id, posted(count), "2026-06-05 10:00:00", "benchmark")
        ledger.close()
    return path


def events_figure(folder: Path, rounds: int = 7) -> tuple[float, float]:
    """Seconds of `events verify` and of the bare loop over the same 300,000 rows: medians of cold processes, in turn.

    ValueError where they did not go through the same events.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ledger = events_ledger(folder / "events.db")
    ours = Command([sys.executable, "-m", "arctl", "--db", ledger, "events", "verify", "--json"], ROOT)
    theirs = Command([sys.executable, REFERENCE, ledger])
    for command, name in ((ours, "verify.out"), (theirs, "loop.out")):
        run(command, folder / name)
    verified = json.loads((folder / "verify.out").read_text(encoding="utf-8"))
    counted = int((folder / "loop.out").read_text(encoding="utf-8").split()[0])
    if not verified["ok"] or verified["events"] != counted:
        raise ValueError(f"{verified['events']} events verified, {counted} read by the bare loop")
    pair = interleave(ours, theirs, rounds, folder)
    return pair.our_seconds, pair.their_seconds


POLICY = (
    ("allowance", "new", "--name", "standard", "--method", "aging_method", "--effective", "2000-01-01"),
    ("allowance", "submit", "1"),
    ("allowance", "approve", "1", "--self-approve", "--reason", "a benchmark"),
)


def snapshot_figures(folder: Path, ledger: Path, last: date, rounds: int = 3) -> tuple[float, float, float]:
    """Seconds of `age --by invoice` as CSV, of `snapshot` and of `snapshot verify` on a copy of a ledger: medians of as many days.

    Each day is aged, frozen and verified in turn, by cold processes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "evidence.db"
    copyfile(ledger, copy)

    def seconds(*arguments: str) -> float:
        return run(Command([sys.executable, "-m", "arctl", "--db", copy, *arguments], ROOT), folder / "out").seconds

    for command in POLICY:
        seconds(*command)
    days = [(last - timedelta(days=number)).isoformat() for number in range(rounds)]
    taken = [
        (
            seconds("age", "--as-of", day, "--by", "invoice", "--format", "csv"),
            seconds("snapshot", "--date", day, "--accept", "a benchmark"),
            seconds("snapshot", "verify", day),
        )
        for day in days
    ]
    copy.unlink()
    aged, frozen, verified = (median(column) for column in zip(*taken, strict=True))
    return aged, frozen, verified


def main() -> None:
    """`python -m benchmarks.evidence FOLDER [LEDGER DAY]`: the chain of events, and with a ledger its snapshots up to a day."""
    folder = Path(sys.argv[1])
    ours, theirs = events_figure(folder)
    print(f"events verify / bare loop     {ours / theirs:.2f}  ({ours:.2f} s : {theirs:.2f} s, target 3)")
    if len(sys.argv) > 2:
        aged, frozen, verified = snapshot_figures(folder, Path(sys.argv[2]), date.fromisoformat(sys.argv[3]))
        print(f"snapshot / age --by invoice   {frozen / aged:.2f}  ({frozen:.2f} s : {aged:.2f} s, target 3)")
        print(f"snapshot verify / snapshot    {verified / frozen:.2f}  ({verified:.2f} s : {frozen:.2f} s, target 2)")


if __name__ == "__main__":
    main()
