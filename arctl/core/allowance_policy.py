"""What is known of one allowance policy beside its terms: decisions, standing, use. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arctl.core.allowance import Policy


class Decision(NamedTuple):
    """One step of a version: what was decided, by whom (and under which system account), when (UTC), in which event."""

    step: int
    status: str
    self_approved: str
    reason: str | None
    decided_by: str
    decided_os_user: str
    decided_at: str
    event_seq: int


class SnapshotUse(NamedTuple):
    """A month-end snapshot that was made with a version."""

    snapshot_date: str
    revision: int
    created_at: str


@dataclass(frozen=True, slots=True)
class PolicyShown:
    """A policy with its company, how it stands today, what was decided of it, and what it was used for."""

    policy: Policy
    company: str
    status: str
    decisions: Sequence[Decision] = ()
    snapshots: Sequence[SnapshotUse] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """A policy once it was decided on; `status` is what it was decided to be. `before` was in force on its first day."""

    policy: Policy
    company: str
    status: str
    before: Policy | None = None
