"""Deciding what was proposed: a whole envelope in one transaction, or proposals one by one. No SQL, no printing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from arctl.core.acting import Acting
from arctl.core.approval import refusal, told, too_early
from arctl.core.letter import LetterWriter
from arctl.core.proposal import BULK_RISK, STARTING, Proposal
from arctl.core.review_single import same_name
from arctl.core.review_values import Finished, Mark, Marks, Outcome
from arctl.errors import OutsideError, Refused, UsageError
from arctl.services import deciding, finishing
from arctl.services.deciding import Sitting
from arctl.services.rejecting import reject
from arctl.services.reviewing import consequences, keep_marks, review
from arctl.store import proposals, runs
from arctl.store.books import Company
from arctl.store.ledger import Ledger
from arctl.store.outbox import count_queued

__all__ = [
    "approve_all", "approve_envelope", "approve_ids", "consequences", "envelopes_waiting", "expire", "finish", "keep_marks",
    "night_checks", "reject", "resume", "review", "waiting",
]  # fmt: skip


def finish(
    ledger: Ledger,
    envelope_id: int,
    marks: Marks,
    shown: Mapping[int, str],
    acting: Acting,
    day: date,
    writer: LetterWriter | None = None,
) -> Finished:
    """Approve an envelope and do what its marks say, in one transaction; mails are written to the outbox after it.

    `shown` is the content hash that the reviewer was shown, by seq; without one an item is not applied. What moved since falls
    out. Items of risk 4 and 5 stay pending (`alone`): each is decided by approve_ids. Raises UnknownId, Refused.
    """
    return _delivered(ledger, finishing.finish(ledger, envelope_id, marks, shown, acting, day, writer), acting, day)


def approve_envelope(
    ledger: Ledger,
    envelope_id: int,
    acting: Acting,
    day: date,
    with_drafts: bool = False,
    max_risk: int = BULK_RISK,
    confirm: str | None = None,
    writer: LetterWriter | None = None,
) -> Finished:
    """Approve an envelope without looking through it: its drafts stay pending, or are approved too up to a risk.

    Raises UnknownId, UsageError, Refused.
    """
    _check_bulk(max_risk)
    (envelope,) = deciding.found(ledger, [envelope_id])
    frozen = runs.frozen(ledger.connection, ledger.tenant_id, envelope.run_id)
    names = sorted({each.effect.customer_name for each in frozen if each.effect.customer_name})
    _confirmed(envelope, [*names, envelope.title], confirm)
    drafts = [each for each in frozen if each.effect.action_type and (each.effect.risk_level or 0) <= max_risk]
    marks = {each.seq: Mark("tick") for each in drafts} if with_drafts else {}
    shown = {each.seq: each.content_hash for each in drafts}
    waiting = _waiting_seqs(ledger, envelope)
    if waiting is not None:
        marks = {seq: mark for seq, mark in marks.items() if seq in waiting}
        if not marks:
            raise Refused(f"envelope {envelope_id} was {told(envelope)}")
    finished = finishing.finish(ledger, envelope_id, marks, shown, acting, day, writer, first=waiting is None)
    return _delivered(ledger, finished, acting, day)


def _waiting_seqs(ledger: Ledger, envelope: Proposal) -> set[int | None] | None:
    """What still waits of an approved envelope; None where the envelope itself does."""
    if envelope.status == "pending":
        return None
    return {each.seq for each in proposals.waiting_of(ledger.connection, ledger.tenant_id, envelope.id)}


def approve_ids(
    ledger: Ledger,
    ids: Sequence[int],
    acting: Acting,
    day: date,
    confirm: str | None = None,
    shown: str | None = None,
    writer: LetterWriter | None = None,
) -> list[Outcome]:
    """Approve and apply proposals by number. One of risk 4 or 5 comes alone, with its customer's name in `confirm`.

    `shown` is the hash of the consequences that were shown for it; where they are others by now it is refused.
    """
    chosen = deciding.found(ledger, ids)
    if any(each.is_envelope for each in chosen):
        raise UsageError("an envelope is approved as a whole, not among proposals", "approve_envelope does it")
    risky = [each for each in chosen if each.risk_level > BULK_RISK]
    if risky and len(chosen) > 1:
        raise Refused(
            f"risk 4 and 5 are decided one at a time, and {risky[0].id} is of risk {risky[0].risk_level}",
            f"approve it by itself: `arctl approve {risky[0].id} --confirm NAME --yes`",
        )
    for each in risky:
        _confirmed(each, [each.customer_name or each.title], confirm)
    deciding.expire(ledger, chosen, acting, day)
    with ledger.transaction() as connection:
        at = deciding.sitting(ledger, acting, day, writer)
        chosen = deciding.found(ledger, ids)
        outcomes = _approved(at, chosen, shown)
        deciding.record(at, None, "proposals_decided", f"proposal/{chosen[0].id}" if chosen else "", {})
        proposals.close_envelopes(connection, ledger.tenant_id, acting.at)
    _deliver(ledger, acting, day)
    return [outcomes[id] for id in dict.fromkeys(ids)]


def night_checks(ledger: Ledger, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """What the night's verify will ask of the runs that these approvals started, by name."""
    from arctl.services.verify import waiting as unchecked

    applied = [each.id for each in outcomes if each.status == "applied" and each.action_type in STARTING]
    started = [run for id in applied for run in runs.started_by_proposal(ledger.connection, ledger.tenant_id, id)]
    return tuple(each.name for run in started for each in unchecked(ledger, run.run_id))


def _approved(at: Sitting, chosen: Sequence[Proposal], shown: str | None) -> dict[int, Outcome]:
    outcomes = {each.id: _outcome(each, each.status, refusal(each, at.day), refused=True) for each in chosen}
    good = [each for each in chosen if not outcomes[each.id].reason]
    done = deciding.approve(at, good, shown)
    for each in good:
        if each.id in done.moved:
            what = done.moved[each.id]
            outcomes[each.id] = _outcome(each, "superseded" if what.paid else "pending", what.words, refused=True)
    outcomes |= {each.id: _outcome(each, "applied", "") for each in done.applied}
    outcomes |= {each.id: _held(at, each) for each in done.stopped}
    return outcomes


def _held(at: Sitting, proposal: Proposal) -> Outcome:
    why = "; ".join(each.told for each in deciding.stops(at, proposal))
    return _outcome(proposal, "approved", f"not applied: {why}", refused=True)


def approve_all(
    ledger: Ledger, action_type: str | None, acting: Acting, day: date, max_risk: int = BULK_RISK
) -> list[Outcome]:
    """Approve and apply every pending proposal of a type, up to a risk; envelopes are approved by their own number."""
    chosen = waiting(ledger, action_type, max_risk)
    return approve_ids(ledger, chosen, acting, day) if chosen else []


def waiting(
    ledger: Ledger, action_type: str | None, max_risk: int = BULK_RISK, company: Company | None = None
) -> list[int]:
    """The numbers of the pending proposals of a type and a company (None: of all), up to a risk, without envelopes.

    Raises UsageError for a risk that is never in the bulk.
    """
    _check_bulk(max_risk)
    found = proposals.waiting(ledger.connection, ledger.tenant_id, company.company_id if company else None)
    return [
        each.id
        for each in found
        if not each.is_envelope and each.risk_level <= max_risk and action_type in (None, each.action_type)
    ]


def _check_bulk(max_risk: int) -> None:
    if max_risk > BULK_RISK:
        raise UsageError(f"--max-risk goes up to {BULK_RISK}", "risk 4 and 5 are decided one at a time")


def envelopes_waiting(ledger: Ledger, company: Company | None) -> list[Proposal]:
    """The envelopes that wait for a decision, or of which something does, by number."""
    connection, tenant = ledger.connection, ledger.tenant_id
    number = company.company_id if company else None
    pending = [each for each in proposals.waiting(connection, tenant, number) if each.is_envelope]
    approved = [each for each in proposals.waiting(connection, tenant, number, "approved") if each.is_envelope]
    half = [each for each in approved if any(True for _ in proposals.waiting_of(connection, tenant, each.id))]
    return sorted([*pending, *half], key=lambda each: each.id)


def expire(ledger: Ledger, id: int, acting: Acting, day: date) -> None:
    """Note that a proposal can be approved no more, where its last day is over. Raises Refused then, UnknownId."""
    if deciding.expire(ledger, deciding.found(ledger, [id]), acting, day):
        (late,) = deciding.found(ledger, [id])
        raise Refused(f"{id}: {told(late)}; nothing was changed", "`arctl plan` proposes what is due now")


def resume(ledger: Ledger, acting: Acting, day: date, writer: LetterWriter | None = None) -> list[Outcome]:
    """Apply, after another look at the facts, what was approved while a kill switch was on. Each once.

    What moved meanwhile is superseded; what is still stopped stays as it is; a program that cannot start is failed.
    """
    early = [
        each
        for each in proposals.waiting(ledger.connection, ledger.tenant_id, None, "approved")
        if too_early(each, day)
    ]
    if early:
        raise Refused(f"{early[0].id}: {too_early(early[0], day)}; nothing was changed", "resume on a later --as-of")
    stopped = _unfinished(ledger)
    outcomes = [outcome for each in stopped for outcome in _resumed(ledger, [each], acting, day, writer)]
    held = {each.id for each in _unfinished(ledger)}
    found = proposals.waiting(ledger.connection, ledger.tenant_id, None, "approved")
    children = [each for each in found if not each.is_envelope and each.envelope_id not in held]
    bulk = [each for each in children if each.risk_level <= BULK_RISK]
    for group in (bulk, *([each] for each in children if each.risk_level > BULK_RISK)):
        outcomes += _resumed(ledger, group, acting, day, writer) if group else []
    return outcomes


def _unfinished(ledger: Ledger) -> list[Proposal]:
    """The approved envelopes whose fan-out a kill switch stopped."""
    found = proposals.waiting(ledger.connection, ledger.tenant_id, None, "approved")
    return [each for each in found if each.is_envelope and deciding.run_of(ledger, each).status == "awaiting_approval"]


def _resumed(
    ledger: Ledger, chosen: Sequence[Proposal], acting: Acting, day: date, writer: LetterWriter | None
) -> list[Outcome]:
    try:
        with ledger.transaction() as connection:
            at = deciding.sitting(ledger, acting, day, writer)
            chosen = [
                each for each in deciding.found(ledger, [each.id for each in chosen]) if each.status == "approved"
            ]
            outcomes = _applied_late(at, chosen)
            deciding.record(at, None, "proposals_resumed", f"proposal/{chosen[0].id}" if chosen else "", {})
            proposals.close_envelopes(connection, ledger.tenant_id, acting.at)
    except Refused as cannot:
        if len(chosen) > 1 or chosen[0].is_envelope:
            raise
        with ledger.transaction() as connection:
            proposals.failed(connection, ledger.tenant_id, chosen[0].id, cannot.message)
        return [_outcome(chosen[0], "failed", cannot.message, refused=True)]
    _deliver(ledger, acting, day)
    return outcomes


def _applied_late(at: Sitting, chosen: Sequence[Proposal]) -> list[Outcome]:
    """Of one envelope with what was approved of it, or of proposals whose envelope is done."""
    if chosen and chosen[0].is_envelope:
        (envelope,) = chosen
        if deciding.stops(at, envelope):
            return [_held(at, envelope)]
        done = finishing.fan_out_late(at, envelope)
        outcomes = [_outcome(envelope, "applied", "")]
    else:
        done, outcomes = deciding.again(at, chosen), []
    outcomes += [_outcome(each, "applied", "") for each in done.applied]
    outcomes += [_held(at, each) for each in done.stopped]
    return outcomes + [_outcome(each, "superseded", done.moved[each.id].words, refused=True) for each in done.late]


def _confirmed(proposal: Proposal, names: Sequence[str], typed: str | None) -> None:
    """Raises Refused where something of risk 4 or 5 is approved without its name being typed."""
    if proposal.risk_level <= BULK_RISK or any(same_name(typed or "", name) for name in names):
        return
    what = f"{proposal.id} is of risk {proposal.risk_level}: {proposal.title}"
    if typed is None:
        hint = f'read what it will do with `arctl proposals show {proposal.id}`, then add --confirm "{names[0]}"'
        raise Refused(f"{what}; its name was not typed, nothing was changed", hint)
    raise Refused(
        f"{what}; {typed!r} is not its name, nothing was changed", f'type it as it is shown: --confirm "{names[0]}"'
    )


def _delivered(ledger: Ledger, finished: Finished, acting: Acting, day: date) -> Finished:
    written, failed = _deliver(ledger, acting, day)
    return replace(finished, written=written, unwritten=failed)


def _deliver(ledger: Ledger, acting: Acting, day: date) -> tuple[int, int]:
    """Write what is queued to the outbox folder, the mails of steps under the run's own approval too: (written, failed). What fails is
    kept there with its reason."""
    if not count_queued(ledger.connection, ledger.tenant_id):
        return 0, 0
    from arctl.services import outbox

    try:
        done = outbox.write_out(ledger, outbox.outbox_folder(ledger), replace(acting, on=day.isoformat()))
    except OutsideError as failed:
        raise OutsideError(f"what was approved stands, but {failed.message}", failed.hint) from failed
    return len(done.files), len(done.failed)


def _outcome(proposal: Proposal, status: str, reason: str, refused: bool = False) -> Outcome:
    return Outcome(proposal.id, status, reason, proposal.action_type, proposal.customer_name or "", refused)
