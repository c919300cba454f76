"""What evidence costs: following the chain of events, against a bare loop that reads and hashes the same rows."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

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
