"""Opening and creating the file: what is no ledger is told in one line; a killed creation leaves none, or all."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from arctl.cli.app import main
from arctl.cli.failures import explain
from arctl.errors import LedgerError, UnknownId
from arctl.store import books, ledger
from arctl.store.books import Company, Made
from tests.conftest import ROOT, Arctl, process_environment

_BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""File rights do not bind root, unless it gives up these two capabilities."""
_KILLS = 12


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program writes to the ledger."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_a_new_ledger_has_a_tenant_a_company_and_its_clock(tmp_path: Path) -> None:
    path = tmp_path / "books.db"

    assert ledger.create(path)
    opened = ledger.open_ledger(path, "default")

    assert books.companies(opened.connection, opened.tenant_id) == [
        Company(1, "default", "USD", "America/New_York", None)
    ]
    assert books.stale_clocks(opened.connection) == []
    assert opened.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert opened.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    opened.close()


def test_an_existing_ledger_is_never_made_again(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    ledger.create(path)
    before = path.read_bytes()

    assert not ledger.create(path, "other")
    assert path.read_bytes() == before


def test_an_empty_file_counts_as_none(tmp_path: Path, arctl: Arctl) -> None:
    path = tmp_path / "arctl.db"
    path.touch()

    ran = arctl("config", "list")
    assert (ran.returncode, ran.stderr.splitlines()[0]) == (5, "error: there is no ledger at arctl.db")
    assert path.stat().st_size == 0

    assert ledger.create(path)
    ledger.open_ledger(path, "default").close()


def test_a_missing_ledger_is_not_made_by_asking(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger at"):
        ledger.open_ledger(tmp_path / "books.db", "default")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be created"):
        ledger.create(tmp_path / "nowhere" / "books.db")
    with pytest.raises(LedgerError, match="cannot be opened"):
        ledger.open_ledger(tmp_path, "default")


@pytest.mark.parametrize("content", [b"id,name\nC1,Harbor Foods\n", os.urandom(5000)])
def test_what_is_not_a_database_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "books.db"
    path.write_bytes(content)

    with pytest.raises(LedgerError, match="is not a ledger: not an SQLite file"):
        ledger.open_ledger(path, "default")
    assert not ledger.create(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (text)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(LedgerError, match="is an SQLite file, but not an arctl ledger"):
        ledger.open_ledger(path, "default")
    assert not ledger.create(path)
    assert path.read_bytes() == before


def test_a_tenant_that_is_not_there(tmp_path: Path) -> None:
    ledger.create(tmp_path / "books.db", "acme")

    with pytest.raises(UnknownId, match="holds no tenant default") as unknown:
        ledger.open_ledger(tmp_path / "books.db", "default")
    assert unknown.value.hint == "it holds: acme"


def test_a_damaged_ledger_is_called_damaged(tmp_path: Path, arctl: Arctl) -> None:
    path = tmp_path / "arctl.db"
    ledger.create(path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 8000)

    ran = arctl("config", "list")

    assert ran.returncode == 5
    assert ran.stderr == "error: the ledger arctl.db is damaged\nhint: restore the last backup\n"


def test_a_locked_ledger_can_be_read_and_says_so_when_written(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    ledger.create(path)
    with held(path):
        opened = ledger.open_ledger(path, "default", busy_ms=50)
        assert books.companies(opened.connection, 1)

        with pytest.raises(sqlite3.OperationalError) as locked, opened.transaction():
            pass
        opened.close()

    failure = explain(locked.value, path)
    assert (failure.exit_code, failure.message) == (5, f"the ledger {path} is locked by another program")


def test_a_command_on_a_locked_ledger_ends_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "books.db"
    ledger.create(path)
    monkeypatch.setattr(ledger, "BUSY_MS", 50)
    with held(path):
        code = main(["--db", str(path), "config", "set", "mail.smtp_port", "25"])

    assert code == 5
    assert capsys.readouterr() == (
        "",
        f"error: the ledger {path} is locked by another program\nhint: wait until it has finished\n",
    )


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    ledger.create(tmp_path / "books.db")
    opened = ledger.open_ledger(tmp_path / "books.db", "default")

    def act() -> None:
        with opened.transaction() as connection:
            books.set_setting(connection, 1, "mail.from", "ar@example.com", Made("2026-07-01 10:00:00", "pat"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()

    assert books.settings(opened.connection, 1) == {}
    opened.close()


def bound(path: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    """Run a config command as somebody whom file rights bind."""
    return subprocess.run(
        [*(_BOUND if os.getuid() == 0 else []), sys.executable, "-m", "arctl", "--db", str(path), "config", *args],
        env=process_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def shut_folder(tmp_path: Path) -> Iterator[Path]:
    """A ledger in a folder where nobody may write."""
    if os.name != "posix" or (os.getuid() == 0 and not shutil.which("setpriv")):
        pytest.skip("nothing here holds this user to file rights")
    folder = tmp_path / "shut"
    folder.mkdir()
    ledger.create(folder / "books.db")
    yield folder
    folder.chmod(0o755)


def shut(folder: Path) -> Path:
    (folder / "books.db").chmod(0o444)
    folder.chmod(0o555)
    return folder / "books.db"


def test_a_ledger_in_a_read_only_folder_can_be_read_and_not_written(shut_folder: Path) -> None:
    path = shut(shut_folder)

    ran = bound(path, "get", "time_zone")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "America/New_York\n", "")

    ran = bound(path, "set", "mail.smtp_port", "25")
    assert (ran.returncode, ran.stdout) == (5, "")
    assert ran.stderr == (
        f"error: the ledger {path} cannot be written: it is read-only\nhint: check the rights on file and folder\n"
    )


def test_an_older_ledger_in_a_read_only_folder_is_not_upgraded(shut_folder: Path) -> None:
    connection = sqlite3.connect(shut_folder / "books.db")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    path = shut(shut_folder)

    ran = bound(path, "list")

    assert ran.returncode == 5
    assert ran.stderr == (
        f"error: {path} is of an older arctl (schema 1) and cannot be upgraded in its folder, which is read-only\n"
        "hint: copy it to a folder that can be written to\n"
    )


_CREATE = """
import sys
from pathlib import Path
from arctl.store.ledger import create
print("ready", flush=True)
sys.stdin.readline()
create(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_creation_killed_at_any_moment_leaves_no_ledger_or_a_whole_one(tmp_path: Path) -> None:
    start = time.perf_counter()
    ledger.create(tmp_path / "measured.db")
    takes = time.perf_counter() - start

    for number in range(_KILLS):
        path = tmp_path / f"books{number}.db"
        process = subprocess.Popen(
            [sys.executable, "-c", _CREATE, str(path)],
            env=process_environment(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep(takes * 1.2 * number / _KILLS)
        process.send_signal(signal.SIGKILL)
        process.communicate()

        was_missing = ledger.is_missing(path)
        assert ledger.create(path) is was_missing
        opened = ledger.open_ledger(path, "default")
        assert len(books.companies(opened.connection, 1)) == 1
        opened.close()
