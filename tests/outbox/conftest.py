"""The command in this process."""

from tests.aging.conftest import here

__all__ = ["here"]
