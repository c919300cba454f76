"""What no part of a contract shows by itself: names that must be one, that must be there, and risk that must be enough. Pure."""

from collections.abc import Collection, Iterator, Mapping

from arctl.core.contract import Contract, Fault, Place, Step
from arctl.core.dunning_decision import check_tiers
from arctl.core.placeholders import names
from arctl.core.proposal import RISK
from arctl.core.step_kinds import KINDS, OWN, RUN, facts_of


def check(contract: Contract, unsure: Collection[str] = ()) -> list[Fault]:
    """The faults that lie between the parts. What rests on the `unsure` sections, of which not all could be read, is left out."""
    faults = [*_twice(contract), *_circles(contract)]
    if "context" not in unsure:
        faults += _overs(contract)
    if "inputs" not in unsure:
        faults += [*_unknown_names(contract), *_tiers(contract)]
    if "risk_level" not in unsure:
        faults += _risks(contract)
    return faults


def every_step(contract: Contract) -> Iterator[tuple[str, Step]]:
    """(phase, step) for all steps, those inside loops too."""
    for phase, steps in (("fan_out", contract.fan_out), ("post", contract.post_actions)):
        for step in steps:
            for each in step.walk():
                yield phase, each


def _twice(contract: Contract) -> Iterator[Fault]:
    top = Place(contract.file, 1, 1)
    groups = (
        ("the input", [(each.name, each.place or top) for each in contract.inputs]),
        ("the query", [(each.name, each.place) for each in contract.context]),
        ("the precondition", [(each.name, each.place) for each in contract.preconditions]),
        ("the step", [(each.name, each.place) for _, each in every_step(contract)]),
        ("the verification", [(each.name, each.place) for each in contract.verify]),
    )
    for what, named in groups:
        seen: set[str] = set()
        for name, place in named:
            if name in seen:
                yield Fault(place, f"{what} {name} stands twice")
            seen.add(name)
    inputs = {each.name for each in contract.inputs}
    for query in contract.context:
        if query.name in inputs:
            yield Fault(query.place, f"{query.name} is the name of a query and of an input: give one another name")


def _overs(contract: Contract) -> Iterator[Fault]:
    known = {query.name for query in contract.context}
    for _, step in every_step(contract):
        if step.over is not None and step.over not in known:
            there = f"the context has {', '.join(sorted(known))}" if known else "the contract has no context"
            yield Fault(step.place_of("over"), f"step {step.name} goes over {step.over}, which is no query: {there}")
        if "group_by" in step.settings and step.over is None:
            yield Fault(step.place_of("group_by"), f"step {step.name} groups rows and goes over none: it lacks over")


def _unknown_names(contract: Contract) -> Iterator[Fault]:
    """Names in braces of steps that have no row; those of the others are known once the query's columns are."""
    for phase, steps in (("fan_out", contract.fan_out), ("post", contract.post_actions)):
        for step in steps:
            if step.over is None:
                for each in step.walk():
                    if each.over is None:
                        yield from unknown_names(contract, each, phase, ())


def unknown_names(contract: Contract, step: Step, phase: str, columns: Collection[str]) -> Iterator[Fault]:
    """The names in braces of a step that neither the inputs, nor the facts of a run, nor a row's columns have."""
    known = {*facts_of(phase), *columns, *(each.name for each in contract.inputs)}
    for setting, value in step.settings.items():
        for path, text in _texts(setting, value):
            for name in sorted(names(text) - known):
                message = f"step {step.name}: {path} names {{{name}}}, which is no input and no column"
                yield Fault(step.place_of(path), message)


def _texts(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text in a setting, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(f"{path}.{key}", each)
    elif isinstance(value, (list, tuple)):
        for number, each in enumerate(value):
            yield from _texts(f"{path}.{number}", each)


def _tiers(contract: Contract) -> Iterator[Fault]:
    """Tiers that a step sets, by itself or through an input's default."""
    defaults = {f"{{{each.name}}}": each.default for each in contract.inputs}
    for _, step in every_step(contract):
        told = step.settings.get("tiers")
        tiers = defaults.get(told) if isinstance(told, str) else told
        if not isinstance(tiers, Mapping):
            continue
        try:
            check_tiers({str(tier): str(bucket) for tier, bucket in tiers.items()})
        except ValueError as wrong:
            yield Fault(step.place_of("tiers"), f"step {step.name}: {wrong}")


def _circles(contract: Contract) -> Iterator[Fault]:
    """A workflow that starts itself would never end."""
    events = {trigger.event for trigger in contract.triggers if trigger.event is not None}
    for _, step in every_step(contract):
        told = step.settings.get("event_type")
        if told in events:
            message = f"step {step.name} records {told}, which starts this very workflow again, without end"
            yield Fault(step.place_of("event_type"), message)


def _risks(contract: Contract) -> Iterator[Fault]:
    for _, step in every_step(contract):
        kind = KINDS[step.kind]
        if contract.risk_level < kind.least_risk:
            yield Fault(
                step.place,
                f"step {step.name} ({kind.name}) carries risk {kind.least_risk}, more than the contract's"
                f" risk_level {contract.risk_level}",
            )
        if step.settings.get("approval", OWN) == RUN and not contract.needs_approval:
            yield Fault(
                step.place,
                f"step {step.name} relies on the run's approval, which a contract of risk_level {contract.risk_level}"
                " does not ask for: it takes 3",
            )
        action, risk = step.settings.get("action_type"), step.settings.get("risk_level")
        if isinstance(action, str) and isinstance(risk, int) and risk < RISK.get(action, 1):
            yield Fault(
                step.place, f"step {step.name}: risk_level {risk} is less than what {action} carries: {RISK[action]}"
            )
