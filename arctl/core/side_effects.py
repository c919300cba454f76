"""What a contract can do, told from its text alone: each step's effect, for which rows, and who must agree to it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from arctl.core.contract import Contract, Step
from arctl.core.proposal import COLLECTION_ACTION, EMAIL_DRAFT, RISK, TASK, TIER_RISK
from arctl.core.step_kinds import KINDS, OWN


@dataclass(frozen=True, slots=True)
class SideEffect:
    """One step that does something. `rows` tells for which rows it is done, `approval` whose yes it takes."""

    phase: str
    step: str
    kind: str
    rows: str
    what: str
    effect: str
    approval: str


def side_effects(contract: Contract) -> list[SideEffect]:
    """Every step that leaves something behind, in the order of the file; a loop's own steps stand in its place."""
    return [
        effect
        for phase, steps in (("fan-out", contract.fan_out), ("post", contract.post_actions))
        for step in steps
        for effect in _effects(contract, step, phase, ())
    ]


def _effects(contract: Contract, step: Step, phase: str, around: tuple[str, ...]) -> Iterator[SideEffect]:
    rows = (*around, *_rows(step))
    if step.kind == "loop":
        for inner in step.do:
            yield from _effects(contract, inner, phase, rows)
        return
    approval = _approval(contract, step)
    yield SideEffect(
        phase, step.name, step.kind, ", ".join(rows) or "once", what(step), KINDS[step.kind].effect, approval
    )


def _rows(step: Step) -> Iterator[str]:
    condition = f"where {' '.join(step.when.split())}" if step.when else ""
    group = step.settings.get("group_by")
    if step.over is not None:
        each = f"each {group} of {step.over}" if group else f"each row of {step.over}"
        yield f"{each} {condition}".strip()
    elif condition:
        yield condition


def what(step: Step) -> str:
    """What the step is about, by its settings: which letter, which table, which record."""
    settings = step.settings
    match step.kind:
        case "proposal":
            starts = settings.get("starts")
            told = [settings.get("action_type"), settings.get("program") or settings.get("rule")]
            told += [f"starts {starts}"] if starts else []
        case "email_draft":
            told = [settings.get("template"), f"to {settings.get('to')}"]
        case "d1_write":
            told = [settings.get("table"), _pairs(settings.get("set"))]
        case "ns_push":
            told = [settings.get("record_type"), _pairs(settings.get("body"))]
        case _:
            names = ("flag", "title", "event_type", "table", "decision_type", "tags")
            told = [settings.get(name) for name in names]
    return ": ".join(_word(each) for each in told if each)


def _word(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _pairs(value: object) -> str:
    if not isinstance(value, dict):
        return str(value or "")
    return ", ".join(f"{key} = {str(each).lower() if isinstance(each, bool) else each}" for key, each in value.items())


def _approval(contract: Contract, step: Step) -> str:
    if step.kind == "proposal":
        return _own(str(step.settings["action_type"]), step)
    if step.kind == "task":
        return _own(TASK, step)
    if step.kind == "email_draft" and step.settings.get("approval", OWN) == OWN:
        return _own(EMAIL_DRAFT, step)
    return f"the run's, risk {contract.risk_level}" if contract.needs_approval else "nobody's"


def _own(action_type: str, step: Step) -> str:
    if action_type == COLLECTION_ACTION and "rule" in step.settings:
        risks = sorted(set(TIER_RISK.values()))
        return f"its own, risk {risks[0]} to {risks[-1]} by tier"
    risk = step.settings.get("risk_level", RISK.get(action_type, 1))
    return f"its own, risk {risk}"
