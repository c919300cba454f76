"""Two programs at one ledger: both land, one after the other, or the second is told; never a mixture."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from shutil import copyfile

import pytest

from arctl.services.sync import SyncRequest, sync_folder
from arctl.store.ledger import Ledger, open_ledger
from tests.conftest import Arctl, process_environment
from tests.sync.desk import BOOKS, CUSTOMERS, INVOICES, Desk, Silent

OTHER = INVOICES.replace("100.00", "111.00").replace("50.00", "55.00").replace("70.00", "77.00")


class Between:
    """Progress that lets another sync land while the first one reads."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder, self.met = desk, folder, False

    def step(self, label: str, done: int, total: int) -> None:
        if not self.met:
            self.met = True
            other = open_ledger(self.desk.db, "default")
            sync_folder(other, SyncRequest(self.folder), self.desk.now, Silent())
            other.close()


def test_a_file_skipped_as_unchanged_is_read_after_all_when_another_sync_lands_first(
    synced: Desk, tmp_path: Path
) -> None:
    meanwhile = tmp_path / "meanwhile"
    meanwhile.mkdir()
    (meanwhile / "customer_invoices.csv").write_text(OTHER)
    wanted = synced.content()["customer_invoices"]

    synced.write(customers=CUSTOMERS + "C3,Cedar\n")
    request = SyncRequest(synced.folder)
    report = sync_folder(synced.ledger, request, synced.now, Between(synced, meanwhile))

    assert report.batch == 3
    assert synced.content()["customer_invoices"] == wanted
    assert [(c.table, c.updated, c.note) for c in report.tables][1] == ("customer_invoices", 3, "")


def test_two_commands_at_once_land_one_after_the_other(synced: Desk, tmp_path: Path) -> None:
    contents = []
    for order in (("a", "b"), ("b", "a")):
        copyfile(synced.db, tmp_path / "serial.db")
        serial = Desk(tmp_path / "serial", tmp_path / "serial.db")
        for name in order:
            serial.clear().write(**folder_of(name)).sync()
        contents.append(serial.content())
        serial.ledger.close()
        (tmp_path / "serial.db").unlink()
    for name in "ab":
        Desk(tmp_path / name, tmp_path / "unused.db").write(**folder_of(name)).ledger.close()

    running = [
        subprocess.Popen(
            [sys.executable, "-m", "arctl", "--db", str(synced.db), "sync", "--from", str(tmp_path / name)],
            env=process_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    for process in running:
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr
    assert synced.content() in contents
    assert synced.one("SELECT count(*) FROM sync_batches") == 3


def folder_of(name: str) -> dict[str, str]:
    if name == "a":
        return {**BOOKS, "customer_invoices": OTHER}
    lines = BOOKS["payment_applications"].splitlines(keepends=True)
    return {"customers": "id,name\nC1,Acme B\nC2,Birch B\n", "payment_applications": "".join(lines[:2])}


def test_a_reader_neither_stops_a_sync_nor_sees_half_of_it(synced: Desk) -> None:
    reader = sqlite3.connect(synced.db, isolation_level=None)
    reader.execute("BEGIN")
    before = reader.execute("SELECT sum(amount_cents) FROM customer_invoices").fetchone()
    synced.write(customer_invoices=OTHER)
    assert synced.sync().batch == 2
    assert reader.execute("SELECT sum(amount_cents) FROM customer_invoices").fetchone() == before
    reader.execute("COMMIT")
    assert reader.execute("SELECT sum(amount_cents) FROM customer_invoices").fetchone() == (24300,)
    reader.close()


@pytest.fixture
def locked(synced: Desk) -> Ledger:
    """The desk's own connection holds the write lock."""
    synced.ledger.connection.execute("BEGIN IMMEDIATE")
    return synced.ledger


def test_a_locked_ledger_is_left_alone(synced: Desk, locked: Ledger) -> None:
    other = open_ledger(synced.db, "default", busy_ms=50)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sync_folder(other, SyncRequest(synced.folder), synced.now, Silent())
    other.close()
    locked.connection.rollback()
    assert synced.sync().batch == 2


@pytest.mark.slow
def test_the_operator_is_told_that_the_ledger_is_locked(arctl: Arctl, synced: Desk, locked: Ledger) -> None:
    ran = arctl("sync", "--from", "export")
    assert (ran.returncode, ran.stdout) == (5, "")
    assert ran.stderr == ("error: the ledger arctl.db is locked by another program\nhint: wait until it has finished\n")
