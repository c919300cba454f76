"""The steps of a contract, read by the table of kinds. Pure."""

import re
from collections.abc import Iterator, Mapping

import yaml

from arctl.core.contract import Step
from arctl.core.contract_nodes import Tree
from arctl.core.placeholders import names
from arctl.core.step_kinds import KINDS, Shape, StepKind, StepSetting, settings_for

_WHOLE_NAME = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")
_LARGEST = 10**14


def read_steps(tree: Tree, node: yaml.Node, phase: str, inside: str = "") -> tuple[Step, ...]:
    """The steps of a list, those without a fault; `phase` is fan_out or post, `inside` the loop they stand in."""
    what = f"the steps of {inside}" if inside else "post_actions" if phase == "post" else phase
    steps = [_step(tree, each, phase) for each in tree.items(node, what)]
    if not steps and isinstance(node, yaml.SequenceNode):
        tree.fault(node, f"{what} is empty")
    return tuple(step for step in steps if step is not None)


def _step(tree: Tree, node: yaml.Node, phase: str) -> Step | None:
    entries = tree.mapping(node, "a step")
    if entries is None:
        return None
    named = {name: value for name, (_, value) in entries.items()}
    kind = _kind(tree, node, named, phase)
    if kind is None:
        return None
    rule = None
    if "rule" in named and kind.ruled:
        rule = tree.choice(named["rule"], "rule", tuple(kind.ruled))
        if rule is None:
            return None  # what else is set depends on the rule
    settings = {each.name: each for each in settings_for(kind, rule)}
    required = ["step", "kind", *(["over", "do"] if kind.needs_over else [])]
    required += [name for name, each in settings.items() if each.required]
    optional = [name for name in ("over", "when", *settings) if name not in required]
    before = len(tree.faults)
    fields = tree.fields(node, f"a step of kind {kind.name}", required, optional)
    if fields is None:
        return None
    name = tree.word(fields["step"], "a step's name") if "step" in fields else None
    over = tree.word(fields["over"], "over") if "over" in fields else None
    when = tree.text(fields["when"], "when") if "when" in fields else None
    do = read_steps(tree, fields["do"], phase, name or "a loop") if "do" in fields else ()
    found = {each: _setting(tree, fields[each], settings[each]) for each in fields if each in settings}
    if len(tree.faults) > before or name is None:
        return None
    places = {path: tree.place(each) for each_name in fields for path, each in _paths(each_name, fields[each_name])}
    return Step(name, kind.name, tree.place(node), found, over, when, do, places)


def _paths(path: str, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    """A setting's node and those inside it, each under its path, such as inputs.reason or tags.0."""
    yield path, node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _paths(f"{path}.{key.value}", value)
    elif isinstance(node, yaml.SequenceNode) and path != "do":
        for number, value in enumerate(node.value):
            yield from _paths(f"{path}.{number}", value)


def _kind(tree: Tree, node: yaml.Node, named: Mapping[str, yaml.Node], phase: str) -> StepKind | None:
    if "kind" not in named:
        tree.fault(node, "a step lacks kind")
        return None
    word = tree.choice(named["kind"], "kind", tuple(KINDS))
    if word is None:
        return None
    kind = KINDS[word]
    if phase not in kind.phases:
        where = "in post_actions" if phase == "post" else "in fan_out"
        tree.fault(named["kind"], f"a step of kind {word} cannot stand {where}")
    return kind


def _setting(tree: Tree, node: yaml.Node, setting: StepSetting) -> object:
    name = setting.name
    value: object
    match setting.shape:
        case Shape.WORD:
            value = tree.word(node, name)
        case Shape.EVENT:
            value = tree.event(node, name)
        case Shape.CHOICE:
            value = tree.choice(node, name, setting.choices)
        case Shape.RISK:
            value = tree.integer(node, name, 1, 5)
        case Shape.INTEGER:
            value = _integer(tree, node, name)
        case Shape.TEXTS:
            value = [tree.text(each, name) for each in tree.items(node, name)]
        case Shape.MAPPING:
            value = _mapping(tree, node, setting)
        case Shape.TEXT:
            value = tree.text(node, name)
    try:
        names(value)
    except ValueError as wrong:
        tree.fault(node, str(wrong))
    return value


def _integer(tree: Tree, node: yaml.Node, name: str) -> object:
    if _is_name(node):
        return str(node.value)
    return tree.integer(node, name, -_LARGEST, _LARGEST)


def _mapping(tree: Tree, node: yaml.Node, setting: StepSetting) -> object:
    if _is_name(node):
        return str(node.value)
    if not isinstance(node, yaml.MappingNode):
        tree.mapping(node, setting.name)
        return None
    if setting.choices:
        tree.fields(node, setting.name, (), setting.choices)
    return tree.free(node, setting.name)


def _is_name(node: yaml.Node) -> bool:
    """Whether it is one name in braces, in quotes: its value stands for itself, whatever its type."""
    return isinstance(node, yaml.ScalarNode) and bool(node.style and _WHOLE_NAME.fullmatch(node.value))
