"""A desk with an empty ledger for every test; the schema is laid once."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from arctl.services.books import ensure_ledger
from tests.sync.desk import Desk


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "arctl.db"
    ensure_ledger(path, "default").close()
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_ledger: Path) -> Iterator[Desk]:
    copyfile(empty_ledger, tmp_path / "arctl.db")
    made = Desk(tmp_path / "export", tmp_path / "arctl.db")
    yield made
    made.ledger.close()
