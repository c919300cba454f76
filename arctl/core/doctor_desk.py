"""What goes wrong at the desk: receipts in nobody's name, syncs, proposals and checks that wait. Rows in, findings out. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from shlex import quote
from typing import NamedTuple

from arctl.core.doctor import Finding, Severity
from arctl.core.money import format_amount
from arctl.core.reconcile import Match, Remainder

STALE_HOURS, VERY_STALE_HOURS = 26, 50
"""A nightly run is a day apart and may take its time; after two missed ones it is down."""
_FORM = "%Y-%m-%d %H:%M:%S"


class Waiting(NamedTuple):
    """Proposals that nobody decided, or that are approved and not applied: one, or those of one envelope (`number` of them)."""

    id: int
    envelope_id: int | None
    status: str
    title: str
    proposed_on: str
    expires_on: str
    decided_on: str | None
    number: int


class Promised(NamedTuple):
    """A check that a run left behind; times are UTC."""

    verify_id: int
    run_id: int
    workflow_type: str
    name: str
    status: str
    message: str | None
    times_out_at: str
    as_of: str


def unmatched(matches: Iterable[Match], alike: Callable[[Remainder], str | None]) -> Iterator[Finding]:
    """Receipts that nothing open fits, but at most the customer's oldest would take it. `alike` finds an invoice of the payer for
    the same amount that is not open, None where there is none."""
    for match in matches:
        if any(each.reason != "the oldest" for each in match.candidates):
            continue
        receipt = match.remainder
        invoice = alike(receipt)
        equals = f"; it equals {invoice}, which is not open" if invoice else ""
        memo = f' ("{receipt.memo}")' if receipt.memo else ""
        amount = f"{format_amount(receipt.amount_cents, receipt.currency)} {receipt.currency}"
        whose = f"{receipt.payment_id} of {receipt.customer_id}, {receipt.received_on}"
        message = f"{whose}, {amount}{memo}, matches no open invoice{equals}"
        remedy = f"arctl reconcile --customer {quote(receipt.customer_id)}"
        yield Finding("payment_unmatched", Severity.WARNING, receipt.payment_id, message, remedy)


def stale(last: str | None, moment: datetime, source: str | None) -> Iterator[Finding]:
    """The last completed sync (UTC) by a moment (UTC, naive); None: there was none by then, and nothing is judged."""
    if last is None:
        return
    age = moment - datetime.fromisoformat(last)
    if age <= timedelta(hours=STALE_HOURS):
        return
    severity = Severity.ERROR if age > timedelta(hours=VERY_STALE_HOURS) else Severity.WARNING
    hours = age.days * 24 + age.seconds // 3600
    length = f"{hours} hours" if hours < 96 else f"{age.days} days"
    message = f"the last sync was completed {last} UTC, {length} before {moment:{_FORM}} UTC"
    yield Finding("stale_sync", severity, "sync", message, f"arctl sync --from {source or 'DIR'}")


def waiting(proposals: Iterable[Waiting], day: str) -> Iterator[Finding]:
    """Proposals at the end of their time, and approved ones that were not applied the day after."""
    for each in proposals:
        about = f"proposal {each.id}"
        if each.number > 1:
            about = f"{each.number} drafts of envelope {each.envelope_id}, from proposal {each.id} on,"
        if each.status == "approved":
            if (each.decided_on or "") >= day:
                continue
            message = f"{about} ({each.title}) approved on {each.decided_on}, not applied"
            remedy = "arctl approve --resume"
        elif each.expires_on <= day:
            last = "expires today" if each.expires_on == day else f"expired on {each.expires_on}"
            message = f"{about} ({each.title}) waiting since {each.proposed_on}, {last}"
            remedy = f"arctl approve {each.envelope_id if each.number > 1 else each.id}"
        else:
            continue
        yield Finding("proposal_waiting", Severity.WARNING, f"proposal:{each.id}", message, remedy)


def unverified(checks: Iterable[Promised]) -> Iterator[Finding]:
    """Checks that did not pass, or that nobody asked in their time."""
    for each in checks:
        about = f"{each.name} of run {each.run_id} ({each.workflow_type}, {each.as_of})"
        document = f"verify:{each.verify_id}"
        if each.status == "pending":
            message = f"{about} had until {each.times_out_at} UTC and was never asked"
            yield Finding("verification_failed", Severity.WARNING, document, message, "arctl verify")
        else:
            verdict = "failed" if each.status == "fail" else "timed out"
            said = f": {each.message}" if each.message else ""
            remedy = f"arctl runs show {each.run_id}"
            yield Finding("verification_failed", Severity.ERROR, document, f"{about} {verdict}{said}", remedy)
