"""kill -9 in the middle of a sync: the ledger is as it was before, or as it is after, and the next sync works."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from statistics import median

import pytest

from arctl.services.books import ensure_ledger
from arctl.services.sync import SyncRequest, sync_folder
from tests.conftest import ROOT, process_environment
from tests.sync.desk import START, Desk, Silent, content_of

ROWS = 3_000


@dataclass(frozen=True)
class Scene:
    """A ledger `before`, a folder to sync into a copy of it, and what it then holds."""

    place: Path
    before: list[str]
    after: list[str]
    seconds: float

    def victim(self) -> "subprocess.Popen[str]":
        for path in self.place.glob("victim.db*"):
            path.unlink()
        copyfile(self.place / "before.db", self.place / "victim.db")
        return subprocess.Popen(
            [sys.executable, "-m", "tests.sync.victim", str(self.place / "victim.db"), str(self.place / "export")],
            cwd=ROOT,
            env=process_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )


def books(shift: int) -> dict[str, str]:
    """Invoices with a line and a payment each; another `shift` changes a third of them and adds some."""
    numbers = range(ROWS + 100 * shift)
    moved = {n: shift if n % 3 == 0 else 0 for n in numbers}
    return {
        "customers": "id,name\n" + "".join(f"C{n},Customer {n}\n" for n in range(50)),
        "customer_invoices": "id,customer_id,invoice_date,amount\n"
        + "".join(f"I{n},C{n % 50},2026-01-{n % 28 + 1:02d},{100 + moved[n]}\n" for n in numbers),
        "invoice_lines": "invoice_id,line,amount\n" + "".join(f"I{n},1,{100 + moved[n]}\n" for n in numbers),
        "customer_payments": "id,customer_id,receipt_date,amount\n"
        + "".join(f"P{n},C{n % 50},2026-02-{n % 28 + 1:02d},{90 + moved[n]}\n" for n in numbers),
        "payment_applications": "source_type,source_id,invoice_id,amount\n"
        + "".join(f"payment,P{n},I{n},{80 + moved[n]}\n" for n in numbers),
    }


def writing_seconds(process: "subprocess.Popen[str]") -> float:
    """How long the write phase of an undisturbed sync takes: from its begin to its end, checkpoint included."""
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    began = time.perf_counter()
    assert process.stdout.readline() == "done\n"
    took = time.perf_counter() - began
    assert process.wait() == 0
    return took


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    place = tmp_path_factory.mktemp("kill")
    desk = Desk(place / "export", place / "before.db")
    assert not desk.write(**books(0)).sync().rejects
    desk.ledger.close()
    desk.write(**books(1))
    blank = Scene(place, content_of(place / "before.db"), [], 0.0)
    took = median(writing_seconds(blank.victim()) for _ in range(5))
    return Scene(place, blank.before, content_of(place / "victim.db"), took)


def kill_at(scene: Scene, fraction: float) -> str:
    """Kill a sync when that part of its write phase is over; tells which state was found, or that it was over."""
    process = scene.victim()
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    time.sleep(scene.seconds * fraction)
    process.kill()
    finished = process.wait() == 0  # it was faster than the measured one
    process.stdout.close()

    db = scene.place / "victim.db"
    found = content_of(db)
    assert found in (scene.before, scene.after), f"neither before nor after, killed at {fraction:.0%}"

    ledger = ensure_ledger(db, "default")
    report = sync_folder(ledger, SyncRequest(scene.place / "export", actor="tester"), lambda: START, Silent())
    changed = sum(counts.inserted + counts.updated for counts in report.tables)
    ledger.close()
    if found == scene.before:
        assert content_of(db) == scene.after
        return "before"
    assert changed == 0
    return "finished" if finished else "after"


def spread(scene: Scene, kills: int) -> dict[str, int]:
    counted = {"before": 0, "after": 0, "finished": 0}
    for number in range(kills):
        # a little beyond the measured end, because some runs are slower than the measured ones
        counted[kill_at(scene, 1.1 * number / (kills - 1))] += 1
    print(f"{kills} kills over {scene.seconds:.3f} s of writing, by where they hit: {counted}")
    return counted


def test_a_killed_sync_is_before_or_after(scene: Scene) -> None:
    assert scene.before != scene.after
    assert spread(scene, 4)["before"] > 0


@pytest.mark.slow
def test_fifty_killed_syncs_are_before_or_after(scene: Scene) -> None:
    counted = spread(scene, 50)
    assert counted["before"] > 0
    assert counted["after"] + counted["finished"] > 0
