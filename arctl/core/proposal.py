"""Proposals: what kinds there are, how risky each is, and which way they may go. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

COLLECTION_ACTION = "collection_action"
PROGRAM = "propose_customer_program"
RELEASE = "service_hold_release"
EMAIL_DRAFT = "email_draft"
APPLY_CASH = "apply_cash_first"
AGENCY = "agency_placement"
TASK = "task"
NS_PUSH = "ns_push"
ORDER_INTAKE = "order_intake"

TIER_RISK: Mapping[str, int] = {"courtesy": 2, "firm": 2, "urgent": 3, "final": 3}
RISK: Mapping[str, int] = {
    EMAIL_DRAFT: 1,
    TASK: 1,
    APPLY_CASH: 1,
    COLLECTION_ACTION: 3,  # a letter's own risk is its tier's
    PROGRAM: 4,
    RELEASE: 4,
    "write_off": 4,
    "payment_plan": 4,
    NS_PUSH: 4,
    ORDER_INTAKE: 4,  # it ends in a push
    AGENCY: 5,
    "legal_action": 5,
}
"""Rep digest and tasks 1; courtesy and firm letters 2; urgent and final 3; hold, release, write-off, payment plan, push 4;
agency and legal 5."""

STARTING = (PROGRAM, RELEASE)
"""Whose approval starts a workflow of its own, with all that one does."""

OPEN = ("pending", "approved")
STATUSES = ("pending", "approved", "applied", "rejected", "failed", "expired", "superseded")
BULK_RISK = 3
"""The highest risk that many approvals at once may carry; above it each one is decided by itself."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row of proposed_actions; dates ISO, times UTC, cents in `currency`. An envelope has no envelope_id and no seq."""

    id: int
    company_id: int
    run_id: int
    envelope_id: int | None
    seq: int | None
    action_type: str
    entity_ref: str
    customer_id: str | None
    customer_key: int | None
    customer_name: str | None
    risk_level: int
    title: str
    payload_json: str
    body: str | None
    body_html: str | None
    status: str
    currency: str | None
    amount_cents: int | None
    tier: str | None
    proposed_on: str
    proposed_at: str
    proposed_by: str
    expires_on: str
    decided_on: str | None
    decided_at: str | None
    decided_by: str | None
    reason: str | None
    applied_at: str | None
    content_hash: str
    facts_json: str | None
    facts_hash: str | None

    @property
    def is_envelope(self) -> bool:
        """Whether it holds a run's frozen effects rather than being one of them."""
        return self.envelope_id is None


def envelope_type(workflow_type: str) -> str:
    """The action_type of a run's envelope."""
    return f"workflow_{workflow_type}"


def run_ref(workflow_type: str, run_id: int) -> str:
    """How a run is referred to."""
    return f"workflow:{workflow_type}:run_{run_id}"


def last_day(proposed_on: date) -> date:
    """The last day on which a proposal can be approved: the end of the next business day (Monday to Friday)."""
    day = proposed_on + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
