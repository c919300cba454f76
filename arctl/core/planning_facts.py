"""What planning looks at and works with: rows, customers, what one step is asked for, what was found before. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from arctl.core.contract import Step
from arctl.core.effects import Effect, Suppressed
from arctl.core.letter import LetterWriter

Row = Mapping[str, object]
Found = Effect | Suppressed
Rule = Callable[[Row, Row], Sequence[Found]]
"""A rule that decides in a contract's place: (a row of the step's query, the step's settings, filled) -> what comes of it.

The settings hold the step's own name (`step`) and phase (`phase`) too, for the effects that the rule makes.
"""

PROGRAM_RULE = "program"
"""The rule that makes a proposal which starts a workflow, where there is one: its facts are looked at again."""

RUN_ID = "{run_id}"
"""Stands in a frozen post action for the run's number, which nobody knows before the run is written."""


@dataclass(frozen=True, slots=True)
class Named:
    """A customer as the ledger knows it."""

    key: int
    name: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A row that a step is done for; in a loop, by the names of its steps, the rows that each of them is done for."""

    row: Row
    inside: Mapping[str, tuple["Picked", ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is looked at: `run` by the names of step_kinds.FACTS, the inputs, the picked rows by the name of each outer
    step, and the customers that any of them names, by id."""

    run: Row
    inputs: Row
    picked: Mapping[str, Sequence[Picked]]
    customers: Mapping[str, Named]


class Before:
    """What was found so far, in its order, and by customer and currency what is proposed first."""

    def __init__(self) -> None:
        self.all: list[Found] = []
        self._first: dict[tuple[str | None, object], Effect] = {}

    def extend(self, found: Iterable[Found]) -> None:
        """Add what a step gave."""
        for each in found:
            self.all.append(each)
            if isinstance(each, Effect) and each.action_type is not None:
                self._first.setdefault((each.customer_id, each.currency), each)

    def about(self, customer_id: str, currency: object) -> Effect | None:
        """The first proposal for a customer in a currency."""
        return self._first.get((customer_id, currency))


@dataclass(frozen=True, slots=True)
class Asked:
    """One step for one row, or for the rows of one group: what it can name, its settings filled, and what was found before."""

    step: Step
    phase: str
    row: Row
    rows: Sequence[Row]
    scope: Row
    settings: Row
    facts: Facts
    rules: Mapping[str, Rule]
    writer: LetterWriter
    before: Before
