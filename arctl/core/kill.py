"""Kill switches: which there are, what each stops, and how a stop is told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

STOPS: Mapping[str, str] = {
    "ns_writes": "every push to the ERP",
    "proposed_apply": "approvals from being executed",
    "high_risk_ops": "whatever is of risk 4 or 5 from being executed",
}
"""By name: what is stopped while the switch is on."""

HIGH_RISK = 4


@dataclass(frozen=True, slots=True)
class Switch:
    """A kill switch as it stands; `at` is UTC. One that nobody ever touched is off, without reason, name or time."""

    name: str
    is_on: bool
    reason: str = ""
    by: str = ""
    at: str = ""

    @property
    def told(self) -> str:
        """Which it is, who switched it, when and why."""
        return f"kill:{self.name} is {'on' if self.is_on else 'off'} since {self.at} (UTC), by {self.by}: {self.reason}"


@dataclass(frozen=True, slots=True)
class SwitchShown:
    """A switch with what it stops and how many decisions (of ns_writes: pushes) wait behind it."""

    switch: Switch
    stops: str
    waiting: int


def switch_named(text: str) -> str:
    """The switch's name, given with or without `kill:`. Raises ValueError where there is none."""
    name = text.strip().lower().removeprefix("kill:").replace("-", "_")
    if name not in STOPS:
        raise ValueError(f"there is no kill switch {text}")
    return name


def stopping(on: Mapping[str, Switch], risk_level: int) -> tuple[Switch, ...]:
    """The switches, of those that are on, which stop something of this risk from being executed."""
    names = ("proposed_apply", "high_risk_ops") if risk_level >= HIGH_RISK else ("proposed_apply",)
    return tuple(on[name] for name in names if name in on)
