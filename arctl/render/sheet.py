"""A table as values: columns, rows of text, totals, notes. Knows nothing of how it is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `title` heads it for people, `key` for programs (CSV).

    A right-aligned column holds numbers, a left-aligned one text: only text is neutralised in a CSV. `money` makes it
    right-aligned whatever `align` says. On a narrow terminal a `flexible` column is shortened, the others never are.
    """

    title: str
    key: str
    align: Literal["left", "right"] = "left"
    money: bool = False
    flexible: bool = False
    style: str = ""

    @property
    def side(self) -> Literal["left", "right"]:
        """Where its cells stand."""
        return "right" if self.money else self.align


@dataclass(frozen=True, slots=True)
class Sheet:
    """A titled table. Every row, and `totals` where there are any, has one cell per column, already formatted."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    totals: Sequence[str] | None = None
    notes: Sequence[str] = field(default=())
