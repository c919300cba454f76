"""Turning proposals down, and taking back what a kill switch holds. No SQL, no printing."""

from collections.abc import Sequence
from datetime import date
from json import loads

from arctl.core.acting import Acting
from arctl.core.approval import told
from arctl.core.proposal import COLLECTION_ACTION, OPEN, Proposal
from arctl.core.review_values import Outcome
from arctl.errors import UsageError
from arctl.services import applying, deciding
from arctl.services.deciding import Sitting
from arctl.store import proposals, runs
from arctl.store.ledger import Ledger

_LONGEST_REASON = 500


def reject(ledger: Ledger, ids: Sequence[int], reason: str, acting: Acting, day: date) -> list[Outcome]:
    """See services/approve.reject."""
    said = reason.strip()
    if not said or not said.isprintable() or len(said) > _LONGEST_REASON:
        raise UsageError(f"--reason takes 1 to {_LONGEST_REASON} printable characters")
    with ledger.transaction() as connection:
        at = deciding.sitting(ledger, acting, day)
        chosen = deciding.found(ledger, ids)
        # an envelope may be named together with what came out of it: each is turned down once
        outcomes = [_turned_down(at, each, said) for each in chosen]
        deciding.record(at, None, "proposals_rejected", f"proposal/{chosen[0].id}" if chosen else "", {"reason": said})
        proposals.close_envelopes(connection, ledger.tenant_id, acting.at)
    return outcomes


def waiting(ledger: Ledger, company_id: int | None, action_type: str | None) -> list[int]:
    """The numbers of everything that waits for a decision, or of one type of it."""
    found = proposals.waiting(ledger.connection, ledger.tenant_id, company_id)
    return [each.id for each in found if action_type in (None, each.action_type)]


def _turned_down(at: Sitting, proposal: Proposal, reason: str) -> Outcome:
    if _is_done(at, proposal) or at.on < proposal.proposed_on:
        why = told(proposal) if proposal.status not in OPEN else _too_late(at, proposal)
        return _outcome(proposal, proposal.status, why, refused=True)
    status = "rejected" if proposal.status == "pending" else "superseded"
    why = reason if status == "rejected" else f"withdrawn: {reason}"
    deciding.decide(at, status, [proposal], why)
    if proposal.is_envelope:
        deciding.end_run(at, proposal, "rejected")
    _cover(at, proposal)
    return _outcome(proposal, status, why)


def _is_done(at: Sitting, proposal: Proposal) -> bool:
    """Whether nothing is left to turn down: it is decided, or an envelope whose fan-out is over."""
    if proposal.status not in OPEN:
        return True
    return (
        proposal.is_envelope
        and proposal.status == "approved"
        and deciding.run_of(at.ledger, proposal).completed_at is not None
    )


def _too_late(at: Sitting, proposal: Proposal) -> str:
    if at.on < proposal.proposed_on:
        return f"it was proposed on {proposal.proposed_on}: it cannot be rejected as of {at.on}"
    return f"{told(proposal)}: reject what came out of it, one by one"


def _cover(at: Sitting, proposal: Proposal) -> None:
    """The items of a letter that shall not go out count as decided, until they reach the next step."""
    ledger = at.ledger
    desk = applying.desk(ledger, proposal.company_id, [], {}, at.acting, at.on)
    if proposal.action_type == COLLECTION_ACTION:
        applying.cover(desk, proposal, loads(proposal.payload_json), None)
    elif proposal.is_envelope:
        for each in runs.frozen(ledger.connection, ledger.tenant_id, proposal.run_id):
            if each.effect.action_type == COLLECTION_ACTION:
                applying.cover(desk, proposal, each.effect.payload, None)
    applying.flush(desk)


def _outcome(proposal: Proposal, status: str, reason: str, refused: bool = False) -> Outcome:
    return Outcome(proposal.id, status, reason, proposal.action_type, proposal.customer_name or "", refused)
