"""A small ledger with a history, made once and copied for each test, and the command line in this process."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Protocol

import pytest

from arctl.cli.app import main
from tests.aging.books import laid_out
from tests.aging.conftest import Here, here, lay

__all__ = ["Here", "attacked", "here", "lay"]

FIRST = {
    "customers": "id,name,terms\nC1,Acme,Net 30\nC2,Bolt,\n",
    "customer_invoices": """
        id,customer_id,invoice_date,due_date,amount,currency
        INV-1,C1,2026-03-01,2026-03-31,1000,USD
        INV-2,C1,2026-03-10,,500,USD
        INV-3,C2,2026-04-01,2026-05-01,250,EUR
        """,
    "invoice_installments": "invoice_id,installment,due_date,amount\nINV-3,1,2026-05-01,100\nINV-3,2,2026-06-01,150\n",
    "customer_payments": """
        id,customer_id,receipt_date,amount
        PMT-1,C1,2026-04-02,1200
        PMT-2,C1,2026-04-20,50
        """,
    "payment_applications": """
        source_type,source_id,invoice_id,amount,applied_on,id
        payment,PMT-1,INV-1,1000,2026-04-02,A1
        payment,PMT-1,INV-2,100,2026-04-05,A2
        """,
    "customer_refunds": "id,customer_id,refund_date,amount,source_type,source_id\nR1,C1,2026-05-02,20,payment,PMT-2\n",
    "write_offs": "id,invoice_id,written_off_on,amount\nW1,INV-2,2026-06-01,10\n",
}
SECOND = {
    "customer_invoices": "id,customer_id,invoice_date,due_date,amount\nINV-1,C1,2026-03-01,2026-04-15,1000\n",
    "customers": "id,name,terms\nC2,Bolt & Sons,\n",
}
THIRD = {"customer_invoices": "id,customer_id,invoice_date,due_date,amount\nINV-1,C1,2026-03-01,2026-04-10,1000\n"}


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three syncs: INV-1 was changed twice, C2 renamed."""
    place = tmp_path_factory.mktemp("sound")
    for number, files in enumerate((FIRST, SECOND, THIRD)):
        folder = laid_out(place / f"export-{number}", files)
        assert main(["--db", str(place / "sound.db"), "--quiet", "sync", "--from", str(folder)]) == 0
    return place / "sound.db"


@contextmanager
def attacker(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain connection, as anybody who holds the file can make one: foreign keys, checks and defences are off."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON", "writable_schema = ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


class Attacked(Protocol):
    """`attacked("DELETE FROM ...")`: the command on the sound ledger after these statements."""

    def __call__(self, *statements: str) -> Here: ...


@pytest.fixture
def attacked(here: Here, sound: Path) -> Attacked:
    """The sound ledger's copy, attacked."""

    def run(*statements: str) -> Here:
        copyfile(sound, here.db)
        if statements:
            with attacker(here.db) as connection:
                for statement in statements:
                    assert connection.execute(statement).rowcount != 0, statement
        return here

    return run
