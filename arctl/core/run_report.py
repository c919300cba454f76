"""What became of runs, for whoever started one, resumes one or looks one up. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arctl.core.effects import Frozen
from arctl.core.run import LogEntry, Run
from arctl.core.verification import Check


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run stands. `envelope` waits for a person, up to `expires_on` (ISO); `run_id` is None where nothing was to be done.

    `done` counts its effects that were done, `proposed` its proposals that wait for a
    person one by one. `warned` and `blocked` are
    preconditions that do not hold: (check, message). `errors` are steps that failed for good. `stopped` is the kill switch that
    holds it back.
    """

    run_id: int | None
    workflow_type: str
    company: str
    as_of: str
    status: str
    envelope: int | None = None
    expires_on: str | None = None
    done: int = 0
    proposed: int = 0
    warned: tuple[tuple[str, str], ...] = ()
    blocked: tuple[tuple[str, str], ...] = ()
    errors: tuple[str, ...] = ()
    stopped: str | None = None
    waiting: bool = False


class Reflexion(NamedTuple):
    """What a run told those after it; `created_at` is UTC, `tags` are as they were set."""

    reflexion_id: int
    run_id: int
    workflow_type: str
    narrative: str
    tags: tuple[str, ...]
    created_at: str


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs by number, and the names of their companies."""

    runs: Sequence[Run]
    companies: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class RunShown:
    """All about one run. `decided` counts its proposals by (action_type, status)."""

    run: Run
    company: str
    envelope: int | None
    effects: Sequence[Frozen]
    entries: Sequence[LogEntry]
    decided: Mapping[tuple[str, str], int]
    checks: Sequence[Check]
    reflexions: Sequence[Reflexion]
