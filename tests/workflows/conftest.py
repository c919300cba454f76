"""The scene, ready."""

from collections.abc import Iterator

import pytest

from tests.aging.conftest import here, lay
from tests.workflows.scene import Scene, scene

__all__ = ["here", "lay"]


@pytest.fixture
def stage() -> Iterator[Scene]:
    """A ledger of three customers, one of them late by 20 days, one by 60, one by 145."""
    with scene() as made:
        yield made
