"""YAML as it stands in the file: nodes with their places, read strictly, every fault collected. Knows nothing of contracts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

import yaml

from arctl.core.contract import Fault, Place

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_NUMBER_LIKE = re.compile(r"[-+]?(\.?[0-9][0-9_,.]*([eE][-+]?[0-9]+)?|0[xob][0-9A-Fa-f_]+|\.inf|\.nan)", re.IGNORECASE)
_WORD_LIKE = re.compile(r"y|n|yes|no|on|off|true|false|null|~", re.IGNORECASE)
_DEEPEST, _TOO_DEEP = 50, "nested too deeply"
WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


class _Mark(Protocol):
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Tree:
    """The nodes of one file, and the faults met so far. Every reader answers None for what it finds a fault in."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    _told: set[int] = field(default_factory=set)

    def fault(self, node: yaml.Node, message: str) -> None:
        """Something is wrong at a node."""
        self.faults.append(Fault(self.place(node), message))

    def place(self, node: yaml.Node) -> Place:
        """Where a node begins."""
        return _place(self.file, node.start_mark)

    def mapping(self, node: yaml.Node, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]] | None:
        """A mapping's entries, name -> (key, value), the first of two alike."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what} is {_kind(node)}, not a mapping")
            return None
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        wrong: list[tuple[yaml.Node, str]] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                wrong.append((key, f"{what}: a key is {_kind(key)}, not text"))
            elif key.value in found:
                line = found[key.value][0].start_mark.line + 1
                wrong.append((key, f"{key.value} stands twice in {what}; first in line {line}"))
            else:
                found[key.value] = (key, value)
        if id(node) not in self._told:  # some mappings are looked at twice
            self._told.add(id(node))
            for key, message in wrong:
                self.fault(key, message)
        return found

    def fields(
        self, node: yaml.Node, what: str, required: Sequence[str], optional: Sequence[str]
    ) -> dict[str, yaml.Node] | None:
        """A mapping with these keys and no others: name -> value. What is missing or unknown is a fault each."""
        entries = self.mapping(node, what)
        if entries is None:
            return None
        known = (*required, *optional)
        for name, (key, _) in entries.items():
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(known)}"
                self.fault(key, f"{what} knows no {name or 'key without a name'}: {hint}")
        for name in required:
            if name not in entries:
                self.fault(node, f"{what} lacks {name}")
        return {name: value for name, (_, value) in entries.items() if name in known}

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """A list's nodes."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.fault(node, f"{what} is {_kind(node)}, not a list")
        return []

    def text(self, node: yaml.Node, what: str) -> str | None:
        """Text that any reader of YAML takes for text: what it would guess to be something else must stand in quotes."""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what} is {_kind(node)}, not text")
        elif _is_empty(node):
            self.fault(node, f"{what} is empty")
        elif guessed := _guessed(node):
            self.fault(
                node, f"{what} is text, and {node.value} without quotes is read as {guessed}: write '{node.value}'"
            )
        elif not node.value.strip():
            self.fault(node, f"{what} is blank")
        else:
            return str(node.value)
        return None

    def word(self, node: yaml.Node, what: str) -> str | None:
        """A name: small letters, digits and underscores."""
        text = self.text(node, what)
        if text is None or WORD.fullmatch(text):
            return text
        self.fault(node, f"{what} is {text!r}: write small letters, digits and underscores, beginning with a letter")
        return None

    def event(self, node: yaml.Node, what: str) -> str | None:
        """An event's type: names with points between them."""
        text = self.text(node, what)
        if text is None or EVENT.fullmatch(text):
            return text
        self.fault(node, f"{what} is {text!r}: write it as in invoice.posted")
        return None

    def choice(self, node: yaml.Node, what: str, choices: Sequence[str]) -> str | None:
        """One of several words."""
        text = self.text(node, what)
        if text is None or text in choices:
            return text
        close = get_close_matches(text, choices, n=1)
        self.fault(node, f"{what} is {text}: " + (f"did you mean {close[0]}?" if close else f"it is {one_of(choices)}"))
        return None

    def integer(self, node: yaml.Node, what: str, least: int, most: int) -> int | None:
        """A whole number in plain digits, within bounds."""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what} is {_kind(node)}, not a whole number")
        elif node.style or not _INTEGER.fullmatch(node.value):
            said = "empty" if _is_empty(node) else "text" if node.style else node.value
            self.fault(node, f"{what} is {said}: write a whole number in plain digits")
        elif not least <= int(node.value) <= most:
            self.fault(node, f"{what} is {node.value}: it is {least} to {most}")
        else:
            return int(node.value)
        return None

    def boolean(self, node: yaml.Node, what: str) -> bool | None:
        """true or false, in these words."""
        if isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("true", "false"):
            return bool(node.value == "true")
        said = node.value if isinstance(node, yaml.ScalarNode) and node.value else _kind(node)
        self.fault(node, f"{what} is {said}: write true or false")
        return None

    def free(self, node: yaml.Node, what: str) -> object:
        """Any value JSON has a form for: text, whole numbers, true, false, null, lists, mappings. Nothing is guessed."""
        if isinstance(node, yaml.SequenceNode):
            return [self.free(each, what) for each in node.value]
        if isinstance(node, yaml.MappingNode):
            return {
                name: self.free(value, f"{what}.{name}")
                for name, (key, value) in (self.mapping(node, what) or {}).items()
                if self.text(key, f"a key of {what}") is not None
            }
        return self._scalar(node, what) if isinstance(node, yaml.ScalarNode) else None

    def _scalar(self, node: yaml.ScalarNode, what: str) -> object:
        written = str(node.value)
        if node.style:
            return written
        if written in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[written]
        if _INTEGER.fullmatch(written):
            return int(written)
        if guessed := _guessed(node):
            self.fault(
                node, f"{what}: {written} without quotes is read as {guessed}: write '{written}', or whole cents"
            )
            return None
        return self.text(node, what)


def one_of(choices: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *most, last = choices
    return f"{', '.join(most)} or {last}" if most else last


def parse(text: str, file: str) -> tuple[yaml.Node | None, Tree]:
    """The root node of one YAML document. What no parser gets through is one fault, and there is no root then."""
    tree = Tree(file)
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = None
    try:
        tree.faults.extend(_untidy(text, file, fast))
        if not any(fault.message == _TOO_DEEP for fault in tree.faults):
            root = yaml.compose(text, Loader=fast)
    except (yaml.YAMLError, UnicodeEncodeError):
        if not tree.faults:  # an alias of nothing is told already
            tree.faults.append(_unreadable(text, file))
    if root is None and not tree.faults:
        tree.faults.append(Fault(Place(file, 1, 1), "the file is empty"))
    return root, tree


def _untidy(text: str, file: str, loader: type[yaml.SafeLoader]) -> Iterator[Fault]:
    """Anchors and aliases, which would hide what stands where, types that a file claims for a value, and nesting without end.

    Found in the stream of the parser: building nodes of nested lists by the thousand ends the process, not the function.
    """
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        place = _place(file, event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            yield Fault(place, f"*{event.anchor} repeats what stands elsewhere: write it out in both places")
        elif (anchor := getattr(event, "anchor", None)) is not None:
            yield Fault(place, f"&{anchor} is an anchor: contracts have none")
        elif (claimed := getattr(event, "tag", None)) is not None:
            yield Fault(place, f"a value of type {claimed}: contracts have no types of their own")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            yield Fault(place, _TOO_DEEP)
            return


def _place(file: str, mark: _Mark | None) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


def _unreadable(text: str, file: str) -> Fault:
    """What keeps a parser from reading on. The C parser words its errors by its version, the Python one always alike."""
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return Fault(
            _place(file, error.problem_mark or error.context_mark), f"not YAML: {error.problem or error.context}"
        )
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(file, before.count("\n") + 1, error.position - before.rfind("\n"))
        return Fault(place, "a character that YAML does not allow")
    return Fault(Place(file, 1, 1), "not YAML")


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value == ""


def _guessed(node: yaml.ScalarNode) -> str:
    """What programs take unquoted text for that looks like something else; empty where nobody guesses."""
    if node.style:
        return ""
    written = node.value
    for tag, said in _GUESSES.items():
        if node.tag == f"tag:yaml.org,2002:{tag}":
            return said(written)
    if _NUMBER_LIKE.fullmatch(written):
        return "a number"
    return "true, false or nothing" if _WORD_LIKE.fullmatch(written) else ""


_GUESSES: Mapping[str, Callable[[str], str]] = {
    "bool": lambda written: "true" if written.lower() in ("yes", "on", "true") else "false",
    "null": lambda _: "nothing",
    "int": lambda written: "a number of base 60" if ":" in written else "a number",
    "float": lambda written: "a number of base 60" if ":" in written else "a binary fraction",
    "timestamp": lambda _: "a date",
    "value": lambda _: "a default value",
    "merge": lambda _: "a merge",
}


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "empty" if _is_empty(node) else "text"
