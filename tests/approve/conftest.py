"""What the tests of approving share."""

from collections.abc import Iterator

import pytest

from tests.approve.staged import Morning, morning


@pytest.fixture
def desk() -> Iterator[Morning]:
    """A planned morning that nobody decided yet."""
    with morning() as planned:
        yield planned
