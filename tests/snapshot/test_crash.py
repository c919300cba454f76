"""A snapshot that is killed, and two at once: a whole set or none, and never two of one day."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Arctl, process_environment

DAY = "2026-06-30"
COMMAND = [sys.executable, "-m", "arctl", "snapshot", "--date", DAY, "--json"]


@pytest.fixture
def ready(arctl: Arctl) -> Arctl:
    """Sample data under a policy in force."""
    for command in (
        ("sync", "--from", str(ROOT / "sample_data")),
        ("allowance", "new", "--name", "standard", "--method", "aging_method", "--effective", "2026-01-01"),
        ("allowance", "submit", "1"),
        ("allowance", "approve", "1", "--self-approve", "--reason", "a test"),
    ):
        assert arctl(*command).returncode == 0
    return arctl


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        COMMAND, cwd=folder, env=process_environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def rows(folder: Path) -> tuple[int, int, int]:
    connection = sqlite3.connect(folder / "arctl.db")
    found = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("aging_snapshot_sets", "aging_snapshot_lines", "aging_snapshots")
    ]
    connection.close()
    return found[0], found[1], found[2]


@pytest.mark.slow
def test_a_kill_leaves_a_whole_set_or_none(ready: Arctl, tmp_path: Path) -> None:
    begun = time.monotonic()
    whole = start(tmp_path)
    whole.communicate()
    took = time.monotonic() - begun
    full = rows(tmp_path)
    assert full[0] == 1
    for part in range(1, 13):
        again = subprocess.Popen(
            [*COMMAND, "--regenerate", "--reason", "again"], cwd=tmp_path, env=process_environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        time.sleep(took * part / 12)
        again.send_signal(signal.SIGKILL)
        again.communicate()
        sets, lines, headers = rows(tmp_path)
        assert (lines, headers) == (full[1] * sets, full[2] * sets)
    assert json.loads(ready("snapshot", "verify", "--all", "--json").stdout)["reperformed"]
    assert ready("integrity").returncode == 0


def test_of_two_at_once_one_writes(ready: Arctl, tmp_path: Path) -> None:
    both = [start(tmp_path), start(tmp_path)]
    said = [process.communicate()[1] for process in both]

    assert sorted(process.returncode for process in both) == [0, 4]
    assert sum("exists already" in text for text in said) == 1
    assert rows(tmp_path)[0] == 1
    assert ready("snapshot", "verify", DAY).returncode == 0
