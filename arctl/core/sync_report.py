"""What one sync did, as values: counts per table, rejected rows, and what the operator should know."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableCounts:
    """One table of a sync: read + retried = inserted + updated + unchanged + rejected.

    `retried` are rows that an earlier sync rejected and this file does not hold. `note` says how the file was taken where
    that is not plain: skipped.
    """

    table: str
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    rejected: int = 0
    retried: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that did not land; `line` is its first line in `file`."""

    table: str
    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """A finished sync. `batch` is None where nothing landed (dry run, strict with rejects)."""

    status: str
    batch: int | None
    source: str
    tables: Sequence[TableCounts]
    rejects: Sequence[RejectedRow]
    notices: Sequence[str]

    @property
    def rejected(self) -> int:
        """Rows that did not land."""
        return len(self.rejects)
