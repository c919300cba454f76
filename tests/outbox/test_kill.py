"""kill -9 while mails are written: afterwards each mail is one file, once, and its action executed once."""

import subprocess
import sys
import time
from pathlib import Path
from shutil import copyfile, rmtree

import pytest

from arctl.services import outbox
from tests.conftest import ROOT, process_environment
from tests.outbox.desk import LATER, lay, opened, states

MAILS = 10


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("killed") / "before.db"
    lay(path, MAILS, body="Please pay.\n" * 100)
    return path


@pytest.fixture(scope="module")
def expected(before: Path) -> dict[str, bytes]:
    """The files of a writing that nobody disturbs."""
    copyfile(before, before.with_name("calm.db"))
    with opened(before.with_name("calm.db")) as ledger:
        written = outbox.write_out(ledger, before.with_name("calm"), LATER)
    return {file.name: file.read_bytes() for file in written.files}


def victim(place: Path, before: Path, moment: str = "", count: int = 0) -> "subprocess.Popen[str]":
    rmtree(place / "outbox", ignore_errors=True)
    for path in place.glob("victim.db*"):
        path.unlink()
    copyfile(before, place / "victim.db")
    return subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.victim", str(place / "victim.db"), moment, str(count)],
        cwd=ROOT,
        env=process_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )


def recovered(place: Path, expected: dict[str, bytes]) -> int:
    """How many mails the killed program had recorded; then the rest is written, and all of it must be right."""
    with opened(place / "victim.db") as ledger:
        recorded = sum(state[1] == "written" for state in states(ledger))
        assert {state[1:] for state in states(ledger)} <= {
            ("queued", "in_progress", None),
            ("written", "executed", "sent"),
        }
        whole = {path.name for path in (place / "outbox").glob("[0-9]*.eml")}
        assert all((place / "outbox" / name).read_bytes() == expected[name] for name in whole), "half a file"
        assert {mail.file for mail in outbox.listed(ledger, "written")} <= whole, "recorded, and not there"

        written = outbox.write_out(ledger, place / "outbox", LATER)

        assert len(written.files) == MAILS - recorded
        assert states(ledger) == [(n, "written", "executed", "sent") for n in range(1, MAILS + 1)]
    assert {path.name: path.read_bytes() for path in (place / "outbox").iterdir()} == expected
    return recorded


@pytest.mark.parametrize(
    ("moment", "count", "recorded"),
    [
        ("place", 1, 0),
        ("rename", 3, 0),  # written under its other name
        ("written", 1, 0),  # four files are there, none is recorded
        ("recorded", 1, 0),  # and not committed
        ("place", 6, 4),
        ("written", 3, 8),
        ("recorded", 3, 8),
    ],
)
def test_a_killed_writing_is_taken_up(
    moment: str, count: int, recorded: int, tmp_path: Path, before: Path, expected: dict[str, bytes]
) -> None:
    process = victim(tmp_path, before, moment, count)
    process.communicate()
    assert process.returncode == -9
    assert recovered(tmp_path, expected) == recorded


@pytest.mark.slow
def test_a_hundred_killed_writings_are_taken_up(tmp_path: Path, before: Path, expected: dict[str, bytes]) -> None:
    calm = victim(tmp_path, before)
    assert calm.stdout is not None
    assert calm.stdout.readline() == "writing\n"
    began = time.perf_counter()
    calm.communicate()
    took = time.perf_counter() - began

    found: dict[int, int] = {}
    for number in range(100):
        process = victim(tmp_path, before)
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        time.sleep(1.1 * took * number / 99)
        process.kill()
        process.communicate()
        recorded = recovered(tmp_path, expected)
        found[recorded] = found.get(recorded, 0) + 1
    print(f"100 kills over {took:.3f} s, by how many mails were recorded: {found}")
    assert len(found) > 1
