"""Service holds as values: one that was placed, and perhaps released. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from arctl.core.events import Happening

HOLD = "hold"
"""customers.entitystatus while a hold is on."""
RELEASE = "release"
"""What a d1_write sets it to, so that the ERP's own status shows again."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One row of customer_holds with the customer's id and name; dates ISO, times UTC.

    `push` is how far the latest push to the ERP of its run is: pending, sending, sent, verified, dead, cancelled; None without
    one. `cause` is what is still open, currency -> cents, of the undisputed items that were overdue on the day it was placed,
    less the customer's unapplied credit.
    """

    hold_id: int
    customer_id: str
    customer_name: str
    company: str
    reason: str
    run_id: int
    placed_on: str
    placed_at: str
    placed_by: str
    released_at: str | None
    released_by: str | None
    released_run: int | None
    release_reason: str | None
    push: str | None
    cause: Mapping[str, int]

    @property
    def is_active(self) -> bool:
        """Whether the customer is on it now."""
        return self.released_at is None


def told(what: str, hold_id: int, run_id: int, customer_id: str, company_id: int, on: str, reason: str) -> Happening:
    """`placed` or `released` as the chain of events holds it; `on` is the business date (ISO)."""
    return Happening(
        f"customer.hold_{what}", f"hold/{hold_id}/{what}", "customer", customer_id, on, company_id,
        {"hold_id": hold_id, "run_id": run_id, "reason": reason},
    )  # fmt: skip
