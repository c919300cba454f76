"""An older ledger is upgraded whole or not at all, and what it held is held still."""

import hashlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from arctl import resources
from arctl.core.dates import NEVER
from arctl.errors import LedgerError
from arctl.store import books, migrate
from arctl.store.ledger import create, open_ledger
from tests.conftest import ROOT, Arctl, process_environment

_V1 = (Path(__file__).parent / "ledger_v1.sql").read_text(encoding="utf-8")
_HELD = set(re.findall(r"CREATE TABLE (\w+)", _V1)) - set(migrate.DERIVED)
"""Tables of the older ledger that are not worked out anew."""
_KILLS = 24


@pytest.fixture
def ledger_v1(tmp_path: Path) -> Path:
    return make_v1(tmp_path / "books.db")


def make_v1(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_V1)
    connection.close()
    return path


def schema_version(path: Path) -> int:
    connection = sqlite3.connect(path)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def contents(path: Path) -> dict[str, str]:
    """A hash of the rows of each table that an upgrade keeps as it is."""
    connection = sqlite3.connect(path)
    names = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        if name in _HELD
    ]
    found = {
        name: hashlib.sha256(repr(sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)).encode()).hexdigest()
        for name in names
    }
    connection.close()
    return found


def schema(path: Path) -> dict[tuple[str, str], str]:
    """Every object's definition, without comments and spacing, which an upgraded ledger need not share."""
    connection = sqlite3.connect(path)
    found = {
        (kind, name): re.sub(r"\s+", "", re.sub(r"--[^\n]*", "", sql))
        for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    }
    connection.close()
    return found


def test_schema_steps_and_code_agree_on_the_version() -> None:
    steps = sorted(path.name[:4] for path in migrate.STEPS.glob("*.sql"))

    assert steps == [f"{step:04d}" for step in range(2, migrate.CURRENT + 1)]
    assert re.findall(r"PRAGMA user_version = (\d+);", resources.schema_sql()) == [str(migrate.CURRENT)]


def test_the_real_command_upgrades_an_older_ledger(arctl: Arctl, ledger_v1: Path) -> None:
    before = contents(ledger_v1)

    ran = arctl("--db", str(ledger_v1), "config", "get", "alert.operator")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "ops@example.com\n", "")
    assert schema_version(ledger_v1) == migrate.CURRENT
    assert contents(ledger_v1) == before
    assert len(before) > 20
    assert ledger_v1.with_name("books.db.v1.backup").exists()
    assert not list(ledger_v1.parent.glob("*.partial*"))


def test_an_upgraded_ledger_ages_what_it_held(arctl: Arctl, ledger_v1: Path) -> None:
    ran = arctl("--db", str(ledger_v1), "age", "--as-of", "2026-06-30", "--json")

    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout)
    found = {
        (group["currency"], group["totals"]["total_outstanding_cents"], group["totals"]["unapplied_cents"])
        for group in answer["groups"]
    }
    # USD: 1,260.00 − 900.00, 300.50 − 20.50 + 10.00 and 600.00 − 255.00; unapplied 1,000.00 − 900.00 − 40.00 and 50.00
    assert {("USD", 99500, 11000), ("EUR", 99999, 0)} <= found
    assert answer["tie_out"]["ok"]


def test_an_upgraded_ledger_has_the_schema_of_a_new_one(ledger_v1: Path, tmp_path: Path) -> None:
    open_ledger(ledger_v1, "default").close()
    create(tmp_path / "new.db")

    upgraded, fresh = schema(ledger_v1), schema(tmp_path / "new.db")

    # what a released step left out goes into a step of its own, never into the frozen ledger_v1.sql
    assert set(upgraded) == set(fresh)
    assert [name for name in fresh if upgraded[name] != fresh[name]] == []


def test_an_upgrade_winds_the_clocks(ledger_v1: Path) -> None:
    ledger = open_ledger(ledger_v1, "default")

    assert books.stale_clocks(ledger.connection) == []
    owners = ledger.connection.execute("SELECT DISTINCT company_id FROM company_clock ORDER BY 1").fetchall()
    assert owners == [(1,), (2,)]
    ledger.close()


def test_an_upgrade_knows_from_when_on_no_balance_moves(ledger_v1: Path) -> None:
    ledger = open_ledger(ledger_v1, "default")

    # the open instalments of INV-5 keep every day worth a look
    assert ledger.connection.execute("SELECT tenant_id, day FROM ar_horizon").fetchall() == [(1, NEVER)]
    ledger.close()


def test_the_backup_is_a_whole_ledger_of_the_old_version(ledger_v1: Path) -> None:
    before = contents(ledger_v1)
    open_ledger(ledger_v1, "default").close()
    backup = migrate.backup_path(ledger_v1, 1)

    assert schema_version(backup) == 1
    assert contents(backup) == before
    assert contents(make_v1(ledger_v1.with_name("again.db"))) == before
    assert sqlite3.connect(backup).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_object_that_a_user_added_survives(ledger_v1: Path) -> None:
    connection = sqlite3.connect(ledger_v1)
    connection.execute("CREATE VIEW my_open_items AS SELECT * FROM v_ar_aging")
    connection.commit()
    connection.close()

    ledger = open_ledger(ledger_v1, "default")

    assert len(ledger.connection.execute("SELECT * FROM my_open_items").fetchall()) == 4
    ledger.close()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("CREATE TABLE company_clock (tenant_id INTEGER);\nCREATE TABLE company_clock (x);\n", "already exists"),
        ("DELETE FROM erp_invoices;\n", "would lose a reference"),
        ("CREATE TABLE half (", "incomplete input"),
    ],
)
def test_a_step_that_fails_changes_nothing_and_names_the_backup(
    ledger_v1: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, said: str
) -> None:
    steps = tmp_path / "steps"
    steps.mkdir()
    real = next(migrate.STEPS.glob("0002_*.sql")).read_text(encoding="utf-8")
    (steps / "0002_broken.sql").write_text(step if "company_clock" in step else real + step, encoding="utf-8")
    for later in sorted(migrate.STEPS.glob("*.sql"))[1:]:
        (steps / later.name).write_bytes(later.read_bytes())
    monkeypatch.setattr(migrate, "STEPS", steps)
    before = (ledger_v1.read_bytes(), contents(ledger_v1), schema(ledger_v1))

    with pytest.raises(LedgerError, match=f"could not be upgraded from schema 1 to {migrate.CURRENT}") as refused:
        open_ledger(ledger_v1, "default")

    assert said in refused.value.message
    assert refused.value.message.endswith("it is unchanged")
    assert str(migrate.backup_path(ledger_v1, 1)) in refused.value.hint
    assert refused.value.exit_code == 5
    assert (ledger_v1.read_bytes(), contents(ledger_v1), schema(ledger_v1)) == before
    assert schema_version(ledger_v1) == 1


def test_without_room_for_the_backup_nothing_is_upgraded(ledger_v1: Path) -> None:
    migrate.backup_path(ledger_v1, 1).with_name("books.db.v1.backup.partial").mkdir()
    before = ledger_v1.read_bytes()

    with pytest.raises(LedgerError, match="the backup before it failed"):
        open_ledger(ledger_v1, "default")

    assert ledger_v1.read_bytes() == before


def test_a_newer_ledger_is_refused(arctl: Arctl, ledger_v1: Path) -> None:
    connection = sqlite3.connect(ledger_v1)
    connection.execute(f"PRAGMA user_version = {migrate.CURRENT + 1}")
    connection.close()

    ran = arctl("--db", str(ledger_v1), "config", "list")

    assert (ran.returncode, ran.stdout) == (5, "")
    assert ran.stderr == (
        f"error: {ledger_v1} was written by a newer arctl (schema {migrate.CURRENT + 1},"
        f" this one knows {migrate.CURRENT})\n"
        "hint: upgrade arctl\n"
    )


_UPGRADE = """
import sys
from pathlib import Path
from arctl.store.ledger import open_ledger
print("ready", flush=True)
sys.stdin.readline()
open_ledger(Path(sys.argv[1]), "default").close()
print("done", flush=True)
"""


def upgrading(path: Path) -> "subprocess.Popen[str]":
    """A process about to upgrade: it waits for a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", _UPGRADE, str(path)],
        env=process_environment(),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_upgrades_at_once_make_one(ledger_v1: Path) -> None:
    before = contents(ledger_v1)
    pair = [upgrading(ledger_v1), upgrading(ledger_v1)]
    for process in pair:
        go(process)
    ended = [process.communicate(timeout=60) for process in pair]

    assert [process.returncode for process in pair] == [0, 0], ended
    assert (schema_version(ledger_v1), contents(ledger_v1)) == (migrate.CURRENT, before)
    assert schema_version(migrate.backup_path(ledger_v1, 1)) == 1


@pytest.mark.slow
def test_an_upgrade_killed_at_any_moment_leaves_before_or_after(tmp_path: Path) -> None:
    expected = contents(make_v1(tmp_path / "reference.db"))
    measured = upgrading(make_v1(tmp_path / "measured.db"))
    start = time.perf_counter()
    go(measured)
    measured.communicate(timeout=60)
    takes = time.perf_counter() - start

    versions = []
    for number in range(_KILLS):
        path = make_v1(tmp_path / f"books{number}.db")
        process = upgrading(path)
        go(process)
        time.sleep(takes * number / _KILLS)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        versions.append(schema_version(path))
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert contents(path) == expected
        assert (("table", "company_clock") in schema(path)) == (versions[-1] == migrate.CURRENT)
        open_ledger(path, "default").close()
        assert schema_version(path) == migrate.CURRENT

    assert set(versions) <= {1, migrate.CURRENT}, "one transaction: never a step of it"
    assert versions.count(1) >= _KILLS // 4, "the kills must fall into the upgrade"
