"""The command line in this process, on a ledger with evidence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aging.conftest import here
from tests.snapshot.books import Evidence, small

__all__ = ["here"]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Evidence]:
    """The small ledger, where `here` and `arctl` look for it."""
    made = small(tmp_path / "arctl.db")
    yield made
    made.ledger.close()
