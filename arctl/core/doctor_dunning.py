"""Why an old invoice was not dunned: what the rules say of its account today, and what became of the plan. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from arctl.core.doctor import Finding, Severity
from arctl.core.dunning_decision import Outcome, Reason, Verdict
from arctl.core.dunning_facts import Account, DunningItem
from arctl.core.money import format_amount

CODE = "overdue_not_dunned"
WORKFLOW = "ar_aging_action_plan"
OVERDUE_DAYS = 60
QUIET_DAYS = 30
"""An item that was named in the last so many days is being dunned."""

_REMEDIES = {
    Reason.DISPUTED: "arctl explain {invoice}",
    Reason.INACTIVE: "arctl dunning show {customer}",
    Reason.PLACED: "arctl dunning show {customer}",
    Reason.NOTHING_LEFT: "arctl explain {invoice}",
    Reason.BELOW_MINIMUM: "arctl dunning show {customer}",
}
_CASES = "arctl cases list --customer {customer}"


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of the plan by a day: whether its contract is enabled, the last day it was made for (ISO), the `draft` of this
    account (the proposal, and its status) that waits. `remedy` is the command that makes the plan."""

    enabled: bool
    latest: str | None
    draft: tuple[int, str] | None
    remedy: str


def undunned(account: Account, item: DunningItem, verdict: Verdict, planned: Planned, on: date) -> Iterator[Finding]:
    """The finding about one item that nothing named of late; none where the rules only wait for the next day to come."""
    if item.disputed:
        yield _found(account, item, on, Severity.INFO, "the invoice is disputed", _REMEDIES[Reason.DISPUTED])
    elif verdict.outcome is Outcome.NONE:
        if verdict.code not in (Reason.NOTHING_NEW, Reason.TOO_SOON, Reason.NOT_OVERDUE, None):
            severity = Severity.WARNING if verdict.code is Reason.INACTIVE else Severity.INFO
            yield _found(
                account, item, on, severity, f"left alone: {verdict.reason}", _REMEDIES.get(verdict.code, _CASES)
            )
    else:
        yield _found(account, item, on, *_unplanned(planned, on))


def _unplanned(planned: Planned, on: date) -> tuple[Severity, str, str]:
    """Dunning is due: what keeps it."""
    if planned.draft is not None:
        number, status = planned.draft
        if status == "approved":
            return Severity.ERROR, f"proposal {number} is approved and not applied", "arctl approve --resume"
        return Severity.INFO, f"a draft waits for approval in proposal {number}", f"arctl approve {number}"
    if not planned.enabled:
        reason = '"overdue invoices without dunning"'
        return (
            Severity.ERROR,
            f"contract disabled: {WORKFLOW} is switched off",
            f"arctl workflows enable {WORKFLOW} --reason {reason}",
        )
    if planned.latest is None:
        return Severity.ERROR, "run missing: nothing was ever planned", planned.remedy
    if planned.latest < on.isoformat():
        return Severity.ERROR, f"run missing: the last plan was made for {planned.latest}", planned.remedy
    return Severity.ERROR, f"it was not in the plan of {planned.latest}: plan again", planned.remedy


def _found(account: Account, item: DunningItem, on: date, severity: Severity, why: str, remedy: str) -> Finding:
    days = (on - date.fromisoformat(item.due_date)).days
    amount = f"{format_amount(item.outstanding_cents, account.currency)} {account.currency}"
    part = f" (instalment {item.installment})" if item.installment else ""
    message = (
        f"{item.invoice_id}{part} of {account.customer_id}, {amount}, is {days} days overdue without dunning; {why}"
    )
    command = remedy.format(invoice=item.invoice_id, customer=account.customer_id)
    return Finding(CODE, severity, item.invoice_id, message, command)
