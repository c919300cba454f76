"""Workflows as they are listed: the contract in force, whether it may run, and how it last ran. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from arctl.core.contract import Trigger


@dataclass(frozen=True, slots=True)
class Switched:
    """Whether a workflow may run, and who said so last (times UTC); `at`, `by` and `reason` are empty before anybody did."""

    enabled: bool
    at: str = ""
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LastRun:
    """A workflow's latest run: its number, the day it decided for (ISO), and how far it came."""

    run_id: int
    as_of: str
    status: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One workflow. `version`, `risk_level` and `started_by` are None and empty where its file has faults; `own` tells that the
    operator's own contract is in force, `file` is where it stands."""

    workflow_type: str
    version: int | None
    risk_level: int | None
    started_by: str
    own: bool
    file: str
    faults: int
    switched: Switched
    last: LastRun | None


def started_by(triggers: Iterable[Trigger]) -> str:
    """What starts a workflow, in words: `0 6 * * * America/New_York, ar.bucket_moved (once a look), by hand`."""
    return ", ".join(trigger_words(each) for each in triggers)


def trigger_words(trigger: Trigger) -> str:
    """One way to start, in words."""
    if trigger.cron is not None:
        return f"{trigger.cron} {trigger.time_zone}"
    if trigger.event is not None:
        return f"{trigger.event} (together)" if trigger.per_day else trigger.event
    return "by hand"
