"""The command line in this process, as the tests of aging run it."""

from tests.aging.conftest import here, lay

__all__ = ["here", "lay"]
