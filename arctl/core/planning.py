"""From a contract and the facts of a day to effects: what is to be proposed, written, told. Pure: nothing is done here.

Adding a kind of step is one function of step_effects; a line in step_kinds, which says what is set of it; and, where it acts under
the run's own approval, a function of the interpreter that does it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from arctl.core.contract import Contract, Step
from arctl.core.effects import Decided, Effect, Suppressed
from arctl.core.letter import LetterWriter
from arctl.core.placeholders import UnknownName, fill
from arctl.core.planning_facts import PROGRAM_RULE, RUN_ID, Asked, Before, Facts, Found, Named, Picked, Row, Rule
from arctl.core.step_effects import KINDS
from arctl.errors import BadInput

__all__ = ["KINDS", "PROGRAM_RULE", "RUN_ID", "Facts", "Found", "Named", "Picked", "Row", "Rule", "decide"]


def decide(contract: Contract, facts: Facts, rules: Mapping[str, Rule], writer: LetterWriter) -> Decided:
    """What the contract makes of the facts, step by step, row by row.

    Raises BadInput, naming the contract's line, where a setting cannot be filled, names a customer that the ledger does not
    hold, or a rule that there is none of; and where a template fails.
    """
    found = Before()
    names = {**facts.run, **facts.inputs}
    for phase, steps in (("fan_out", contract.fan_out), ("post", contract.post_actions)):
        scope = names if phase == "fan_out" else {**names, "run_id": RUN_ID}
        for step in steps:
            _do(step, phase, facts.picked.get(step.name, ()), scope, facts, rules, writer, found)
    return Decided(
        tuple(each for each in found.all if isinstance(each, Effect)),
        tuple(each for each in found.all if isinstance(each, Suppressed)),
    )


def _do(
    step: Step,
    phase: str,
    picked: Iterable[Picked],
    names: Row,
    facts: Facts,
    rules: Mapping[str, Rule],
    writer: LetterWriter,
    found: Before,
) -> None:
    if step.kind == "loop":
        for each in picked:
            inner_names = {**names, **each.row}
            for inner in step.do:
                _do(inner, phase, each.inside.get(inner.name, ()), inner_names, facts, rules, writer, found)
        return
    decide_one = KINDS[step.kind]
    settings = {name: value for name, value in step.settings.items() if name != "group_by"}
    for rows in _groups(step, [each.row for each in picked]):
        scope = {**names, **rows[0]}
        try:
            filled = {name: fill(value, scope) for name, value in settings.items()}
            asked = Asked(step, phase, rows[0], rows, scope, filled, facts, rules, writer, found)
            found.extend(decide_one(asked))
        except UnknownName as unknown:
            raise _wrong(step, f"{unknown}", f"it can name {', '.join(sorted(scope))}") from None
        except ValueError as unfit:
            raise _wrong(step, str(unfit), "correct the contract: `arctl contracts lint` checks it") from None


def _wrong(step: Step, message: str, hint: str) -> BadInput:
    return BadInput(f"{step.place}: step {step.name}: {message}", hint)


def _groups(step: Step, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Each row by itself, or those together that agree in the column of `group_by`, in the order of their first."""
    column = step.settings.get("group_by")
    if column is None:
        yield from ([each] for each in rows)
        return
    groups: dict[object, list[Row]] = {}
    for each in rows:
        if column not in each:
            raise _wrong(
                step, f"group_by names {column}, and the rows have no such column", f"they have {', '.join(each)}"
            )
        groups.setdefault(each[str(column)], []).append(each)
    yield from groups.values()
