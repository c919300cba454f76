"""An approval killed at any moment: nothing of it happened or all of it, and no letter twice."""

import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from shutil import copytree
from time import sleep

import pytest

from tests.approve.staged import Morning
from tests.conftest import process_environment

KILLS = 12
_APPROVE = ["approve", "1", "--with-drafts", "--yes", "--as-of", "2026-07-08"]


def _command(place: Path, *args: str) -> list[str]:
    return [sys.executable, "-m", "arctl", "--db", str(place / "arctl.db"), *args]


def _rows(place: Path, sql: str) -> list[tuple[object, ...]]:
    import sqlite3

    connection = sqlite3.connect(place / "arctl.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _run(place: Path, *args: str) -> int:
    return subprocess.run(
        _command(place, *args), env=process_environment(), capture_output=True, check=False
    ).returncode


@pytest.mark.slow
def test_killed_at_random(desk: Morning, tmp_path: Path) -> None:
    desk.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    random, decided = Random(7), 0
    for turn in range(KILLS):
        place = tmp_path / str(turn)
        copytree(desk.books.place, place)
        victim = subprocess.Popen(
            _command(place, *_APPROVE), env=process_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        sleep(random.uniform(0.2, 0.9))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        ((status,),) = _rows(place, "SELECT status FROM proposed_actions WHERE id = 1")
        children = _rows(place, "SELECT status, count(*) FROM proposed_actions WHERE envelope_id = 1 GROUP BY status")
        if status == "pending":
            assert children == []
            assert _rows(place, "SELECT count(*) FROM outbox") == [(0,)]
            assert _run(place, *_APPROVE) == 0
        else:
            decided += 1
            assert sorted(children) == [("applied", 5), ("pending", 2)]
        _run(place, "outbox", "write")
        assert _rows(place, "SELECT status, count(*) FROM outbox GROUP BY status") == [("written", 4)]
        assert len(list((place / "outbox").glob("*.eml"))) == 4
        done = "SELECT count(*) FROM collection_actions WHERE execution_status = 'executed'"
        assert _rows(place, done) == [(3,)]
        assert _rows(place, "SELECT status FROM workflow_run_log") == [("completed",)]
        assert _run(place, "integrity") == 0
    print(f"{decided} of {KILLS} had committed")
