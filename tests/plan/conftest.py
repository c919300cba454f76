"""The command line in this process, on a ledger that the test lays out."""

from tests.aging.conftest import here, lay

__all__ = ["here", "lay"]
