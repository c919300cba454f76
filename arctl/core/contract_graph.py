"""A contract as six lanes of what happens one after the other: the picture before anybody draws it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from arctl.core.contract import Contract, Severity, Step
from arctl.core.definition import trigger_words
from arctl.core.side_effects import what


@dataclass(frozen=True, slots=True)
class Box:
    """One thing in a lane. `depth` is how many loops it stands in; `gate` tells that it can stop or hold up what follows."""

    label: str
    depth: int = 0
    gate: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One of the six, with its boxes from first to last."""

    name: str
    boxes: tuple[Box, ...]


def lanes(contract: Contract) -> tuple[Lane, ...]:
    """Trigger, context, HITL, fan-out, post, verify; one without boxes says so in the picture."""
    return (
        Lane("trigger", tuple(Box(trigger_words(each)) for each in contract.triggers)),
        Lane("context", tuple(_context(contract))),
        Lane("HITL", (_approver(contract),)),
        Lane("fan-out", tuple(box for step in contract.fan_out for box in _boxes(step, 0))),
        Lane("post", tuple(box for step in contract.post_actions for box in _boxes(step, 0))),
        Lane("verify", tuple(Box(f"{each.name}: {each.expect} within {_span(each.window_seconds)}") for each in contract.verify)),
    )  # fmt: skip


def _context(contract: Contract) -> Iterator[Box]:
    for query in contract.context:
        yield Box(query.name)
    for check in contract.preconditions:
        yield Box(f"{check.severity} unless {check.name}", gate=check.severity is Severity.BLOCK)


def _approver(contract: Contract) -> Box:
    if contract.needs_approval:
        wait = _span(contract.hitl.expires_after_seconds)
        return Box(f"{contract.hitl.approver} approves within {wait} (risk {contract.risk_level})", gate=True)
    return Box(f"nobody is asked for the run (risk {contract.risk_level})")


def _boxes(step: Step, depth: int) -> Iterator[Box]:
    each = f" for each {step.settings.get('group_by') or 'row'} of {step.over}" if step.over else ""
    told = what(step)
    label = f"{step.name}: {step.kind}{f' {told}' if told else ''}{each}"
    if step.when:
        label += f" where {' '.join(step.when.split())}"
    yield Box(label, depth)
    for inner in step.do:
        yield from _boxes(inner, depth + 1)


def _span(seconds: int) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds % size == 0 and seconds > size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
