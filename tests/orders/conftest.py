"""The depot, ready."""

import pytest

from tests.aging.conftest import Here, Lay, here, lay
from tests.orders.depot import Clock, Depot, opened

__all__ = ["here", "lay"]


@pytest.fixture
def depot(here: Here, lay: Lay, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """A ledger with its opening load, on the morning of DAY."""
    clock = Clock()
    monkeypatch.setattr("arctl.cli.shell.utc_now", lambda: clock.now)
    return opened(here, lay, clock)
