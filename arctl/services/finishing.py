"""Finishing an envelope: its approval, the fan-out and what was marked, in one transaction. No SQL, no printing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from json import loads

from arctl.core.acting import Acting
from arctl.core.approval import edited, is_sound, refusal, told, too_early
from arctl.core.effects import Frozen
from arctl.core.kill import Switch, stopping
from arctl.core.letter import LetterWriter
from arctl.core.proposal import BULK_RISK, COLLECTION_ACTION, Proposal
from arctl.core.review_values import Finished, Mark, Marks
from arctl.core.run import LogEntry
from arctl.core.staged import children
from arctl.errors import Refused, UsageError
from arctl.services import applying, deciding
from arctl.services.deciding import Applied, Sitting
from arctl.services.verify import waiting
from arctl.store import collections, marks, proposals, runs
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class _Open:
    """An envelope being finished: its frozen proposals by seq, the pending children that they are, or become, and the hash of
    what could be looked at of each before this sitting edited it."""

    envelope: Proposal
    frozen: Mapping[int, Frozen]
    pending: Mapping[int, Proposal]
    looked_at: Mapping[int, str]


def finish(
    ledger: Ledger,
    envelope_id: int,
    chosen: Marks,
    shown: Mapping[int, str],
    acting: Acting,
    day: date,
    writer: LetterWriter | None = None,
    first: bool = False,
) -> Finished:
    """See services/approve.finish. What it does not do is write the mails out.

    `first` refuses an envelope that somebody else approved meanwhile, though something of it waits.
    """
    waiting_too = proposals.waiting_of(ledger.connection, ledger.tenant_id, envelope_id)
    deciding.expire(ledger, [*deciding.found(ledger, [envelope_id]), *waiting_too], acting, day)
    with ledger.transaction() as connection:
        at = deciding.sitting(ledger, acting, day, writer)
        (envelope,) = deciding.found(ledger, [envelope_id])
        if first and envelope.status != "pending":
            raise Refused(f"envelope {envelope_id} was {told(envelope)}")
        fresh = _is_fresh(ledger, envelope, day)
        stopped = deciding.stops(at, envelope) if fresh else ()
        opened = (
            _fan_out(at, envelope, _edits(chosen), shown, bool(stopped))
            if fresh
            else _waiting(at, envelope, _edits(chosen), shown)
        )
        finished = _marked(at, opened, chosen, shown, bool(stopped))
        if fresh and not stopped:
            _after(at, envelope)
        marks.clear(connection, ledger.tenant_id, envelope_id)
        what = "envelope_approved" if fresh else "proposals_decided"
        deciding.record(at, envelope.company_id, what, f"proposal/{envelope_id}", {"run_id": envelope.run_id})
        proposals.close_envelopes(connection, ledger.tenant_id, acting.at)
    switches = tuple(dict.fromkeys(each.told for each in (*stopped, *_stoppers(at, finished))))
    held = (*finished.stopped, *([envelope_id] if stopped else []))
    checks = tuple(each.name for each in waiting(ledger, envelope.run_id))
    return replace(finished, stopped=held, stopped_by=switches, mails=at.mails, checks=checks)


def _stoppers(at: Sitting, finished: Finished) -> tuple[Switch, ...]:
    return stopping(at.switches, BULK_RISK) if finished.stopped else ()


def _is_fresh(ledger: Ledger, envelope: Proposal, day: date) -> bool:
    """Whether the envelope waits for its approval; False where it has it, and some of its children wait. Raises Refused."""
    if not envelope.is_envelope:
        raise UsageError(
            f"{envelope.id} is one proposal, not an envelope", f"approve it with `arctl approve {envelope.id}`"
        )
    waits = envelope.status == "approved" and any(
        True for _ in proposals.waiting_of(ledger.connection, ledger.tenant_id, envelope.id)
    )
    why = too_early(envelope, day) if waits else refusal(envelope, day)
    if waits and not why:
        return False
    if why:
        hint = "`arctl plan` proposes what is due now" if envelope.status != "pending" else ""
        raise Refused(f"envelope {envelope.id}: {why}; nothing was changed", hint)
    return True


def _edits(chosen: Marks) -> Mapping[int, str]:
    """The texts that shall go out in place of those that were written."""
    return {
        seq: mark.edited_text for seq, mark in chosen.items() if mark.kind == "tick" and mark.edited_text is not None
    }


def _fan_out(
    at: Sitting, envelope: Proposal, edits: Mapping[int, str], shown: Mapping[int, str], stopped: bool
) -> _Open:
    """Approve the envelope: what its run's approval covers is done, the rest become proposals, edited where they were."""
    ledger = at.ledger
    deciding.decide(at, "approved", [envelope])
    if not stopped:
        from arctl.services.interpreter import apply_covered

        apply_covered(ledger, envelope.run_id, at.acting, "fan_out")
    else:
        why = "; ".join(each.told for each in deciding.stops(at, envelope))
        entry = LogEntry("hitl", "approval", "kill", "stopped", at.acting.at, at.acting.at, why)
        runs.log(ledger.connection, ledger.tenant_id, envelope.run_id, [entry])
    frozen = _frozen(ledger, envelope)
    looked_at = {seq: each.content_hash for seq, each in frozen.items()}
    said = [
        edited(each, edits[seq])
        if edits.get(seq, each.effect.body) != each.effect.body and shown.get(seq) == looked_at[seq]
        else each
        for seq, each in frozen.items()
    ]
    first = proposals.next_id(ledger.connection, ledger.tenant_id)
    made = list(children(said, envelope, first, at.acting))
    proposals.add(ledger.connection, ledger.tenant_id, made)
    runs.log(
        ledger.connection,
        ledger.tenant_id,
        envelope.run_id,
        [
            LogEntry(
                each.effect.phase, each.effect.step, each.effect.kind, "completed", at.acting.at, at.acting.at,
                f"proposal {proposal.id}", each.seq,
            )
            for each, (proposal, _) in zip(said, made, strict=True)
        ],
    )  # fmt: skip
    return _Open(envelope, frozen, {each.seq: each for each, _ in made if each.seq is not None}, looked_at)


def _frozen(ledger: Ledger, envelope: Proposal) -> dict[int, Frozen]:
    found = runs.frozen(ledger.connection, ledger.tenant_id, envelope.run_id)
    return {each.seq: each for each in found if each.effect.action_type is not None}


def _waiting(at: Sitting, envelope: Proposal, edits: Mapping[int, str], shown: Mapping[int, str]) -> _Open:
    """The envelope was approved before: its pending children, an edited letter in the place of the one it was made of."""
    connection, tenant = at.ledger.connection, at.ledger.tenant_id
    frozen = _frozen(at.ledger, envelope)
    pending = {each.seq: each for each in proposals.waiting_of(connection, tenant, envelope.id) if each.seq is not None}
    looked_at = {seq: each.content_hash for seq, each in pending.items()}
    for seq, text in edits.items():
        child = pending.get(seq)
        if child is None or text == child.body or shown.get(seq) != looked_at[seq]:
            continue
        first = proposals.next_id(connection, tenant)
        ((new, key),) = children([edited(frozen[seq], text)], envelope, first, at.acting)
        deciding.decide(at, "superseded", [child], f"edited: proposal {new.id} takes its place")
        proposals.add(connection, tenant, [(new, f"{key}/edited/{child.id}")])
        pending[seq] = new
    return _Open(envelope, frozen, pending, looked_at)


def _marked(at: Sitting, opened: _Open, chosen: Marks, shown: Mapping[int, str], stopped: bool) -> Finished:
    """Do what was marked."""
    _refuse_risky(opened, chosen)
    fallen = _gone(at, opened, chosen)
    by_kind: dict[str, list[Proposal]] = {"tick": [], "reject": [], "snooze": [], "call": []}
    for seq, mark in chosen.items():
        child = opened.pending.get(seq)
        if child is None:
            continue
        why = _unshown(opened, seq, shown.get(seq)) if mark.kind == "tick" else ""
        if why:
            fallen[seq] = why
        else:
            by_kind[mark.kind].append(child)
    applied = _ticked(at, by_kind["tick"], stopped)
    fallen |= {_seq(each): applied.moved[each.id].words for each in by_kind["tick"] if each.id in applied.moved}
    _turned_down(at, by_kind, chosen)
    _note(at, opened, chosen)
    decided = {each.id for each in (*applied.applied, *applied.stopped, *_superseded(applied, by_kind["tick"]))}
    decided |= {each.id for kind in ("reject", "snooze", "call") for each in by_kind[kind]}
    left = [each for each in opened.pending.values() if each.id not in decided]
    return Finished(
        opened.envelope.id,
        opened.envelope.run_id,
        applied=_ids(applied.applied),
        rejected=_ids(by_kind["reject"]),
        snoozed=_ids(by_kind["snooze"]),
        called=_ids(by_kind["call"]),
        fallen=tuple((seq, opened.frozen[seq].effect.customer_name or "", why) for seq, why in sorted(fallen.items())),
        stopped=_ids(applied.stopped),
        pending=_ids([each for each in left if each.risk_level <= BULK_RISK]),
        alone=_ids([each for each in left if each.risk_level > BULK_RISK]),
    )


def _refuse_risky(opened: _Open, chosen: Marks) -> None:
    risky = [seq for seq, mark in chosen.items() if mark.kind == "tick" and _risk(opened, seq) > BULK_RISK]
    if risky:
        names = ", ".join(opened.frozen[seq].effect.customer_name or f"step {seq}" for seq in risky)
        raise Refused(
            f"risk 4 and 5 are decided one at a time, not with the rest: {names}",
            "approve each by its number with `--confirm NAME`",
        )


def _risk(opened: _Open, seq: int) -> int:
    found = opened.frozen.get(seq)
    if found is None:
        raise UsageError(f"envelope {opened.envelope.id} holds no proposal {seq} to decide")
    return found.effect.risk_level or 0


def _gone(at: Sitting, opened: _Open, chosen: Marks) -> dict[int, str]:
    """Of what was marked, the children that somebody else decided meanwhile, and how."""
    missing = [seq for seq in chosen if seq in opened.frozen and seq not in opened.pending]
    if not missing:
        return {}
    known = proposals.of_envelope(at.ledger.connection, at.ledger.tenant_id, opened.envelope.id)
    last = {each.seq: each for each in known}
    return {seq: told(last[seq]) if seq in last else "it is not among its proposals" for seq in missing}


def _unshown(opened: _Open, seq: int, shown: str | None) -> str:
    """Why a ticked proposal is not the one that was looked at; empty where it is."""
    if not is_sound(opened.frozen[seq]):
        return "it is not what was frozen: see `arctl integrity`"
    return "" if shown == opened.looked_at[seq] else "it is not what was shown"


def _ticked(at: Sitting, chosen: Sequence[Proposal], stopped: bool) -> Applied:
    return deciding.approve(at, chosen, hold=stopped) if chosen else Applied()


def _superseded(applied: Applied, chosen: Sequence[Proposal]) -> list[Proposal]:
    return [each for each in chosen if each.id in applied.moved and applied.moved[each.id].paid]


def _turned_down(at: Sitting, by_kind: Mapping[str, Sequence[Proposal]], chosen: Marks) -> None:
    """Reject, snooze, call instead: each covers the items it is about, or lets the customer rest."""
    ledger = at.ledger
    for each in by_kind["reject"]:
        deciding.decide(at, "rejected", [each], chosen[_seq(each)].reason or "rejected")
    for each in by_kind["snooze"]:
        mark = chosen[_seq(each)]
        deciding.decide(
            at, "superseded", [each], f"snoozed until {mark.until}" + (f": {mark.reason}" if mark.reason else "")
        )
    collections.add_snoozes(
        ledger.connection,
        ledger.tenant_id,
        [_snooze(at, each, chosen[_seq(each)]) for each in by_kind["snooze"]],
        at.acting,
    )
    calls = by_kind["call"]
    for each in calls:
        if each.action_type != COLLECTION_ACTION:
            raise UsageError(f"{each.title}: only a letter can become a call", "tick or reject it")
        deciding.decide(at, "superseded", [each], chosen[_seq(each)].reason or "a call instead")
    company = by_kind["reject"] or calls
    if company:
        desk = applying.desk(ledger, company[0].company_id, calls, {}, at.acting, at.on)
        for each in by_kind["reject"]:
            if each.action_type == COLLECTION_ACTION:
                applying.cover(desk, each, loads(each.payload_json), None)
        for each in calls:
            applying.call_instead(desk, each, loads(each.payload_json))
        applying.flush(desk)


def _snooze(at: Sitting, child: Proposal, mark: Mark) -> tuple[int, str, int, str, str | None]:
    if child.customer_key is None or child.currency is None:
        raise UsageError(f"{child.title}: only a customer can be snoozed", "tick or reject it")
    if mark.until is None or mark.until <= at.on:
        raise UsageError(f"{child.title}: it is snoozed to a day after {at.on}")
    return child.customer_key, child.currency, child.id, mark.until, mark.reason


def _note(at: Sitting, opened: _Open, chosen: Marks) -> None:
    ledger = at.ledger
    said = {seq: mark.note.strip() for seq, mark in chosen.items() if mark.note and mark.note.strip()}
    keyed = {seq: opened.frozen[seq].effect.customer_key for seq in said if seq in opened.frozen}
    company = opened.envelope.company_id
    customers = {key for key in keyed.values() if key is not None}
    if not customers:
        return
    cases = collections.open_cases(ledger.connection, ledger.tenant_id, company, customers)
    rows = []
    for seq, key in keyed.items():
        if key is not None:
            case = cases.get((key, opened.frozen[seq].effect.currency or ""))
            rows.append((key, case.case_id if case else None, said[seq]))
    collections.add_notes(ledger.connection, ledger.tenant_id, rows, at.on, at.acting)


def _after(at: Sitting, envelope: Proposal) -> None:
    """The post actions of the run, its checks, and its end; where a step failed, `runs resume` tries it again."""
    from arctl.services.runner import finish as finish_run

    finish_run(at.ledger, envelope.run_id, at.acting)


def fan_out_late(at: Sitting, envelope: Proposal) -> Applied:
    """Carry out an envelope that was approved while a kill switch was on, and what of it was approved then."""
    from arctl.services.interpreter import apply_covered

    apply_covered(at.ledger, envelope.run_id, at.acting, "fan_out")
    known = proposals.of_envelope(at.ledger.connection, at.ledger.tenant_id, envelope.id)
    done = deciding.again(at, [each for each in known if each.status == "approved"])
    _after(at, envelope)
    return done


def _seq(child: Proposal) -> int:
    return child.seq or 0


def _ids(chosen: Sequence[Proposal]) -> tuple[int, ...]:
    return tuple(each.id for each in chosen)
