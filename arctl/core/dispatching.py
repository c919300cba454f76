"""Events and the workflows that they start: which ones, with what, and what is told of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from arctl.core.contract import Contract
from arctl.core.run_report import RunResult


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What a workflow was told of: `count` events together, the last of them number `seq`.

    `result` is the run they started; without one, `problem` is why there is none, and `again` tells that they will be offered
    once more.
    """

    workflow_type: str
    seq: int
    count: int
    result: RunResult | None
    problem: str = ""
    again: bool = False


def listens_for(contract: Contract) -> dict[str, bool]:
    """The event types that start the workflow, each with whether all that came since the last look start one run."""
    return {each.event: each.per_day for each in contract.triggers if each.event is not None}


def inputs_from(contract: Contract, payload: Mapping[str, object]) -> dict[str, object]:
    """Those of the contract's inputs that an event carries, by their names."""
    return {each.name: payload[each.name] for each in contract.inputs if each.name in payload}


def together(seqs: Iterable[tuple[int | None, int]]) -> dict[int | None, list[int]]:
    """Numbers of events by their company, in their order."""
    found: dict[int | None, list[int]] = {}
    for company, seq in seqs:
        found.setdefault(company, []).append(seq)
    return found
