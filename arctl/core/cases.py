"""Collection cases and actions: what each holds, and which way it may go. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

CASE_OVER = ("resolved", "written_off")
CASE_MOVES: Mapping[str, frozenset[str]] = {
    "open": frozenset({"in_progress", "promised", "escalated", "resolved", "written_off"}),
    "in_progress": frozenset({"promised", "escalated", "resolved", "written_off"}),
    "promised": frozenset({"in_progress", "escalated", "resolved", "written_off"}),
    "escalated": frozenset({"in_progress", "promised", "resolved", "written_off"}),
    "resolved": frozenset({"in_progress"}),  # what was paid bounced
    "written_off": frozenset({"in_progress"}),  # the write-off was reversed
}
"""From each status of a case to those it may go to."""

ACTION_OVER = ("executed", "failed", "cancelled")
ACTION_MOVES: Mapping[str, frozenset[str]] = {
    "planned": frozenset({"in_progress", "executed", "failed", "cancelled"}),
    "in_progress": frozenset({"executed", "failed", "cancelled"}),
    "executed": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}
"""From each execution status of an action to those it may go to."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of collection_cases; dates ISO, `changed_at` UTC, cents in `currency`."""

    case_id: int
    case_number: str
    company_id: int
    customer_key: int
    currency: str
    status: str
    total_overdue_cents: int
    oldest_invoice_date: str | None
    assigned_to: str | None
    resolution_type: str | None
    resolved_on: str | None
    notes: str | None
    opened_on: str
    version: int
    changed_by: str
    changed_at: str

    @property
    def is_over(self) -> bool:
        """Whether nothing is pursued in it any more."""
        return self.status in CASE_OVER


@dataclass(frozen=True, slots=True)
class Action:
    """One row of collection_actions; dates ISO, times UTC, cents in `currency`."""

    action_id: int
    case_id: int
    customer_key: int
    invoice_key: int | None
    proposal_id: int | None
    action_type: str
    tier: str | None
    action_date: str
    currency: str
    due_amount_cents: int
    execution_status: str
    executed_at: str | None
    failure_reason: str | None
    outcome: str | None
    outcome_date: str | None
    notes: str | None
    next_action_type: str | None
    next_action_date: str | None
    changed_by: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person wrote about a customer, or about a case."""

    note: str
    noted_on: str
    noted_by: str


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case with its customer, its actions and its notes, the oldest first; `versions` tells how it came to stand so."""

    case: Case
    customer_id: str
    customer_name: str
    company: str
    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()
    versions: tuple[tuple[str, str, str], ...] = ()


def case_number(year: int, number: int) -> str:
    """CASE-2026-0001: four digits, and more from the ten-thousandth of a year on."""
    return f"CASE-{year:04d}-{number:04d}"


def check_case_move(case: Case, status: str) -> None:
    """Raises ValueError, which says why, where the case cannot take that status."""
    if status not in CASE_MOVES:
        raise ValueError(f"{status} is no status of a case")
    if status not in CASE_MOVES[case.status]:
        raise ValueError(f"{case.case_number} is {case.status}: it cannot become {status}")


def check_action_move(action: Action, status: str) -> None:
    """Raises ValueError, which says why, where the action cannot take that execution status."""
    if status not in ACTION_MOVES:
        raise ValueError(f"{status} is no status of an action")
    if status not in ACTION_MOVES[action.execution_status]:
        raise ValueError(f"action {action.action_id} is {action.execution_status}: it cannot become {status}")


def action_type_of(channel: str, tier: str | None) -> str:
    """What sort of action a contact is: a call, the final notice, or a reminder."""
    if channel == "call":
        return "reminder_call"
    return "final_notice" if tier == "final" else "reminder_email"
