"""A contract from the text of its YAML file: strictly, and every fault at once with its place. Pure."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

import yaml

from arctl.core.contract import (
    Contract,
    Fault,
    Hitl,
    Input,
    Precondition,
    Query,
    Retry,
    Severity,
    Trigger,
    Verify,
)
from arctl.core.contract_checks import check
from arctl.core.contract_nodes import Tree, parse
from arctl.core.contract_steps import read_steps
from arctl.core.cron import cron_fault
from arctl.core.dates import parse_iso
from arctl.core.step_kinds import FACTS, RUN_FACTS

KINDS_OF_INPUT = ("text", "integer", "amount", "date", "boolean", "mapping", "list")
REQUIRED = ("workflow_type", "version", "category", "owner", "description", "risk_level", "triggers", "fan_out")
OPTIONAL = (
    "inputs",
    "context",
    "preconditions",
    "hitl",
    "post_actions",
    "verify",
    "retry",
    "reflexion_enabled",
    "tags",
)

_DURATION = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
_LARGEST = 10**14
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, read. `contract` is None where there are faults.

    `parts` is the contract with what could be read of it, for further questions; None where these would only find what follows
    from faults told already.
    """

    contract: Contract | None
    faults: tuple[Fault, ...]
    parts: Contract | None = None


def read_contract(
    text: str, file: str, knows_zone: Callable[[str], bool] | None = None
) -> tuple[Contract | None, list[Fault]]:
    """The contract, or None and every fault in the order of the file. `file` is how places name it.

    `knows_zone` tells whether a time zone exists; without it only its form is looked at.
    """
    reading = read(text, file, knows_zone)
    return reading.contract, list(reading.faults)


def read(text: str, file: str, knows_zone: Callable[[str], bool] | None = None) -> Reading:
    """As `read_contract`, with what could be read of a contract that has faults."""
    root, tree = parse(text, file)
    fields = None if root is None else tree.fields(root, "the contract", REQUIRED, OPTIONAL)
    if fields is None:
        return Reading(None, in_order(tree.faults))
    reader = _Reader(tree, fields, knows_zone or (lambda zone: _ZONE.fullmatch(zone) is not None))
    parts = reader.contract(file, text)
    tree.faults.extend(check(parts, reader.unsure))
    usable = parts if reader.unsure.isdisjoint(("inputs", "context")) else None
    return Reading(None if tree.faults else parts, in_order(tree.faults), usable)


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults in the order of their file."""
    return tuple(sorted(faults, key=lambda fault: (fault.place.file, fault.place.line, fault.place.column)))


def duration(text: str) -> int:
    """Seconds of `10s`, `5m`, `24h` or `2d`. Raises ValueError for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("not a duration such as 10s, 5m, 24h or 2d")
    return int(match[1]) * _SECONDS[match[2]]


class _Reader:
    """Reads the sections. `unsure` names those with a fault, whose contents are not all there."""

    def __init__(self, tree: Tree, fields: dict[str, yaml.Node], knows_zone: Callable[[str], bool]) -> None:
        self.tree = tree
        self.fields = fields
        self.knows_zone = knows_zone
        self.unsure: set[str] = set()

    def contract(self, file: str, text: str) -> Contract:
        """Every section as far as it can be read; what cannot is empty and a fault."""
        tree = self.tree
        return Contract(
            workflow_type=self.one("workflow_type", lambda node: tree.word(node, "workflow_type"), ""),
            version=self.one("version", lambda node: tree.integer(node, "version", 1, 1_000_000), 1),
            category=self.one("category", lambda node: tree.text(node, "category"), ""),
            owner=self.one("owner", lambda node: tree.text(node, "owner"), ""),
            description=self.one("description", lambda node: tree.text(node, "description"), ""),
            risk_level=self.one("risk_level", lambda node: tree.integer(node, "risk_level", 1, 5), 5),
            triggers=self.each("triggers", self.trigger),
            inputs=self.each("inputs", self.input),
            context=self.each("context", self.query),
            preconditions=self.each("preconditions", self.precondition),
            hitl=self.one("hitl", self.hitl, Hitl(approver="ar_operator")),
            fan_out=self.one("fan_out", lambda node: read_steps(tree, node, "fan_out"), ()),
            post_actions=self.one("post_actions", lambda node: read_steps(tree, node, "post"), ()),
            verify=self.each("verify", self.verify),
            retry=self.one("retry", self.retry, Retry()),
            reflexion_enabled=self.one(
                "reflexion_enabled", lambda node: tree.boolean(node, "reflexion_enabled"), default=False
            ),
            tags=self.each("tags", lambda node: tree.text(node, "a tag")),
            file=file,
            text=text,
            contract_hash=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        )

    def one(self, section: str, read: Callable[[yaml.Node], _Read | None], default: _Read) -> _Read:
        """What stands under a key; the default where it is absent or has a fault."""
        if section not in self.fields:
            self.unsure.update({section} & set(REQUIRED))
            return default
        before = len(self.tree.faults)
        found = read(self.fields[section])
        if len(self.tree.faults) > before:
            self.unsure.add(section)
        return default if found is None else found

    def each(self, section: str, read: Callable[[yaml.Node], _Read | None]) -> tuple[_Read, ...]:
        """Every item of a list that can be read; an absent section has none."""

        def items(node: yaml.Node) -> tuple[_Read, ...]:
            nodes = self.tree.items(node, section)
            if section == "triggers" and not nodes and isinstance(node, yaml.SequenceNode):
                self.tree.fault(node, "triggers is empty: nothing would ever start it; write `- manual: true`")
            return tuple(found for each in nodes if (found := read(each)) is not None)

        return self.one(section, items, ())

    def trigger(self, node: yaml.Node) -> Trigger | None:
        """One of the three ways to start."""
        tree = self.tree
        known = ("cron", "time_zone", "event", "per_day", "manual")
        fields = tree.fields(node, "a trigger", (), known)
        if fields is None:
            return None
        ways = [name for name in ("cron", "event", "manual") if name in fields]
        if len(ways) != 1:
            said = f"has {' and '.join(ways)}" if ways else "says nothing that starts it"
            tree.fault(node, f"a trigger {said}: write one of cron, event and manual, and a second trigger for another")
            return None
        for name, way in (("time_zone", "cron"), ("per_day", "event")):
            if name in fields and way != ways[0]:
                tree.fault(fields[name], f"{name} belongs to a trigger by {way}")
        if ways == ["cron"]:
            return self._cron(node, fields)
        if ways == ["event"]:
            per_day = tree.boolean(fields["per_day"], "per_day") if "per_day" in fields else False
            event = tree.event(fields["event"], "event")
            return None if event is None or per_day is None else Trigger(event=event, per_day=per_day)
        manual = tree.boolean(fields["manual"], "manual")
        if manual is False:
            tree.fault(fields["manual"], "manual: false starts nothing: leave the trigger out")
        return Trigger(manual=True) if manual else None

    def _cron(self, node: yaml.Node, fields: dict[str, yaml.Node]) -> Trigger | None:
        cron = self.tree.text(fields["cron"], "cron")
        if cron is not None and (wrong := cron_fault(cron)):
            self.tree.fault(fields["cron"], f"cron {cron!r} {wrong}")
            cron = None
        if "time_zone" not in fields:
            self.tree.fault(node, "a trigger by cron lacks time_zone: say whose clock")
            return None
        zone = self.tree.text(fields["time_zone"], "time_zone")
        if zone is not None and not self.knows_zone(zone):
            self.tree.fault(fields["time_zone"], f"there is no time zone {zone}: write it as in America/New_York")
            zone = None
        return None if cron is None or zone is None else Trigger(cron=cron, time_zone=zone)

    def input(self, node: yaml.Node) -> Input | None:
        """A value a run is started with."""
        tree = self.tree
        fields = tree.fields(node, "an input", ("name", "type"), ("required", "default"))
        if fields is None:
            return None
        name = tree.word(fields["name"], "an input's name") if "name" in fields else None
        kind = tree.choice(fields["type"], "an input's type", KINDS_OF_INPUT) if "type" in fields else None
        required = tree.boolean(fields["required"], "required") if "required" in fields else False
        if name in FACTS or name in RUN_FACTS:
            tree.fault(fields["name"], f"{name} is what every run has anyway: give the input another name")
        if required and "default" in fields:
            tree.fault(fields["default"], "an input that is required has no default")
        default = None
        if "default" in fields and kind is not None:
            default = self._default(fields["default"], kind)
        if name is None or kind is None or required is None:
            return None
        return Input(name, kind, required, default, tree.place(node))

    def _default(self, node: yaml.Node, kind: str) -> object:
        tree = self.tree
        match kind:
            case "integer" | "amount":
                return tree.integer(node, f"the default of {kind}", -_LARGEST, _LARGEST)
            case "boolean":
                return tree.boolean(node, "the default of boolean")
            case "mapping":
                found = tree.free(node, "the default")
                if not isinstance(found, dict):
                    tree.fault(node, "the default of mapping is no mapping")
                return found
            case "list":
                listed = tree.free(node, "the default")
                if not isinstance(listed, list):
                    tree.fault(node, "the default of list is no list")
                return listed
        text = tree.text(node, f"the default of {kind}")
        if kind == "date" and text is not None:
            try:
                parse_iso(text)
            except ValueError as wrong:
                tree.fault(node, f"the default of date is {text}: {wrong}")
        return text

    def query(self, node: yaml.Node) -> Query | None:
        """A named query."""
        fields = self.tree.fields(node, "a query of the context", ("name", "sql"), ())
        if fields is None:
            return None
        name = self.word(fields, "name", "a query's name")
        sql = self.text(fields, "sql")
        return None if name is None or sql is None else Query(name, sql, self.tree.place(fields["sql"]))

    def precondition(self, node: yaml.Node) -> Precondition | None:
        """A condition that must hold first."""
        tree = self.tree
        fields = tree.fields(node, "a precondition", ("check", "rule", "severity", "message"), ())
        if fields is None:
            return None
        name, rule, message = self.word(fields, "check"), self.text(fields, "rule"), self.text(fields, "message")
        severity = tree.choice(fields["severity"], "severity", tuple(Severity)) if "severity" in fields else None
        if name is None or rule is None or message is None or severity is None:
            return None
        return Precondition(name, rule, Severity(severity), message, tree.place(fields["rule"]))

    def hitl(self, node: yaml.Node) -> Hitl | None:
        """Who approves."""
        fields = self.tree.fields(node, "hitl", ("approver",), ("expires_after",))
        if fields is None:
            return None
        approver = self.text(fields, "approver")
        wait = self.seconds(fields, "expires_after", 24 * 3600, least=60)
        return None if approver is None or wait is None else Hitl(approver, wait)

    def verify(self, node: yaml.Node) -> Verify | None:
        """What must be found later."""
        tree = self.tree
        fields = tree.fields(node, "a verification", ("name", "window", "sql", "expect"), ("after", "otherwise"))
        if fields is None:
            return None
        name = self.word(fields, "name", "a verification's name")
        sql, expect = self.text(fields, "sql"), self.text(fields, "expect")
        after, window = self.seconds(fields, "after", 0), self.seconds(fields, "window", 0, least=1)
        otherwise = self.text(fields, "otherwise") if "otherwise" in fields else ""
        if "window" in fields and after is not None and window is not None and window < after:
            tree.fault(fields["window"], "the window is over before the first look at it (after)")
        if name is None or sql is None or expect is None or after is None or window is None or otherwise is None:
            return None
        return Verify(name, sql, expect, after, window, tree.place(fields["sql"]), otherwise)

    def retry(self, node: yaml.Node) -> Retry | None:
        """How a failed step is tried again."""
        tree = self.tree
        standard = Retry()
        known = ("backoff", "base_ms", "max_ms", "alert_on_final_failure")
        fields = tree.fields(node, "retry", ("max_attempts",), known)
        if fields is None:
            return None
        attempts, base, most = (
            tree.integer(fields[name], name, least, limit) if name in fields else default
            for name, least, limit, default in (
                ("max_attempts", 1, 10, standard.max_attempts),
                ("base_ms", 0, 600_000, standard.base_ms),
                ("max_ms", 0, 600_000, standard.max_ms),
            )
        )
        backoff: str | None = standard.backoff
        if "backoff" in fields:
            backoff = tree.choice(fields["backoff"], "backoff", ("linear", "exponential"))
        alert: bool | None = standard.alert_on_final_failure
        if "alert_on_final_failure" in fields:
            alert = tree.boolean(fields["alert_on_final_failure"], "alert_on_final_failure")
        if base is not None and most is not None and most < base:
            tree.fault(fields.get("max_ms", node), f"max_ms ({most}) is less than base_ms ({base})")
        if attempts is None or backoff is None or base is None or most is None or alert is None:
            return None
        return Retry(attempts, backoff, base, most, alert)

    def word(self, fields: dict[str, yaml.Node], name: str, what: str = "") -> str | None:
        """A name under a key; None where it is absent, which is a fault told already."""
        return self.tree.word(fields[name], what or name) if name in fields else None

    def text(self, fields: dict[str, yaml.Node], name: str) -> str | None:
        """Text under a key; None where it is absent, which is a fault told already."""
        return self.tree.text(fields[name], name) if name in fields else None

    def seconds(self, fields: dict[str, yaml.Node], name: str, default: int, least: int = 0) -> int | None:
        """A duration, in seconds."""
        if name not in fields:
            return default
        text = self.tree.text(fields[name], name)
        try:
            found = None if text is None else duration(text)
        except ValueError as wrong:
            self.tree.fault(fields[name], f"{name} is {text}: {wrong}")
            return None
        if found is not None and found < least:
            self.tree.fault(fields[name], f"{name} is {text}: at least {least}s")
            return None
        return found
