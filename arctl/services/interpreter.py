"""Doing what was frozen: one function per kind of effect, in the caller's transaction, with the step log beside it.

What was decided is not decided again here. An effect that becomes a proposal of its own is no business of this module once its
envelope is approved: services/approve does those.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.effects import Effect, Frozen
from arctl.core.events import Happening
from arctl.core.kill import stopping
from arctl.core.mail import Draft, header_text
from arctl.core.planning import RUN_ID
from arctl.core.run import LogEntry, Run
from arctl.core.run_story import did, figures, narrative
from arctl.core.staged import children
from arctl.errors import ArctlError, Refused, UnknownId
from arctl.services import holds, outbox
from arctl.services.run_contract import contract_of
from arctl.services.settings import get_setting
from arctl.services.summary import write_summary
from arctl.store import books, events, kill, proposals, run_facts, run_writes, runs
from arctl.store.ledger import Ledger
from arctl.store.savepoints import savepoint

FAILURES: tuple[type[Exception], ...] = (ArctlError, ValueError, LookupError, *run_writes.FAILURES)
"""What an effect may fail with; anything else is a defect of arctl and stops the command."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What became of the effects that a run's own approval covers: how many were done, the one that failed, and why.

    After a failure the rest of them was left alone. `stopped` is the kill switch that stopped them all.
    """

    done: int
    failed: tuple[int, str] | None = None
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class _Desk:
    """What doing an effect takes."""

    ledger: Ledger
    run: Run
    frozen: Frozen
    acting: Acting

    @property
    def payload(self) -> Mapping[str, object]:
        return self.frozen.effect.payload


def apply_covered(ledger: Ledger, run_id: int, acting: Acting, phase: str = "fan_out") -> Covered:
    """Do the effects of a phase (fan_out, post) that the run's own approval covers and that are not done, in the caller's
    transaction; each has a line of the step log.

    One that fails is taken back alone and logged, and those after it wait: `runner.resume` tries again, as the contract
    declares. A run that awaited approval is running from here on. Raises UnknownId, and Refused where there are mails among them
    and nobody set the sender.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    stopped = stop_of(ledger, contract_of(ledger, known(ledger, run_id)))
    if stopped is not None:
        runs.log(connection, tenant, run_id, [LogEntry(phase, "*", "kill", "stopped", acting.at, acting.at, stopped)])
        return Covered(0, stopped=stopped)
    run = running(ledger, run_id)
    failures = run_facts.failures(connection, tenant, run_id)
    count = 0
    waiting = undone(ledger, run_id, phase, covered=True)
    if any(each.effect.kind == "email_draft" for each in waiting):
        outbox.sender(ledger)  # asked before anything is done: nobody is put on hold without being told
    for each in waiting:
        failed = try_one(ledger, run, each, acting, failures.get(each.seq, 0) + 1)
        if failed is not None:
            return Covered(count, (each.seq, failed))
        count += 1
    return Covered(count)


def known(ledger: Ledger, run_id: int) -> Run:
    """The run. Raises UnknownId."""
    run = runs.get(ledger.connection, ledger.tenant_id, run_id)
    if run is None:
        raise UnknownId(f"there is no run {run_id}", "`arctl runs list` shows them")
    return run


def running(ledger: Ledger, run_id: int) -> Run:
    """The run, which is running from here on where it awaited approval. Raises UnknownId."""
    run = known(ledger, run_id)
    if run.status == "awaiting_approval":
        runs.move(ledger.connection, ledger.tenant_id, run_id, "running", run.summary_json)
    return run


def undone(ledger: Ledger, run_id: int, phase: str | None = None, covered: bool = False) -> list[Frozen]:
    """The effects of a run (of one phase, or of all) that the step log does not have as done, in their order; `covered` leaves
    out those that become proposals."""
    done = runs.done(ledger.connection, ledger.tenant_id, run_id)
    frozen = runs.frozen(ledger.connection, ledger.tenant_id, run_id, covered)
    return [each for each in frozen if each.seq not in done and phase in (None, each.effect.phase)]


def stop_of(ledger: Ledger, contract: Contract) -> str | None:
    """The kill switch that stops runs of this contract just now, with who, when and why; None where none does.

    Ask in the transaction that would act. Where nobody has to approve, `proposed_apply` stops nothing.
    """
    if not contract.needs_approval:
        return None
    stopped = stopping(kill.on(ledger.connection), contract.risk_level)
    return stopped[0].told if stopped else None


def try_one(ledger: Ledger, run: Run, frozen: Frozen, acting: Acting, attempt: int) -> str | None:
    """Do one effect in the caller's transaction and log it; None, or why it failed and was taken back."""
    try:
        with savepoint(ledger.connection):
            detail = apply(ledger, run, frozen, acting)
            _log(ledger, run, frozen, acting, attempt, "completed", detail)
    except FAILURES as failure:
        why = failure.message if isinstance(failure, ArctlError) else str(failure)
        _log(ledger, run, frozen, acting, attempt, "failed", why)
        return why
    return None


def _log(ledger: Ledger, run: Run, frozen: Frozen, acting: Acting, attempt: int, status: str, detail: str) -> None:
    effect = frozen.effect
    entry = LogEntry(
        effect.phase, effect.step, effect.kind, status, acting.at, acting.at, detail, frozen.seq, attempt
    )  # fmt: skip
    runs.log(ledger.connection, ledger.tenant_id, run.run_id, [entry])


def apply(ledger: Ledger, run: Run, frozen: Frozen, acting: Acting) -> str:
    """Do one effect in the caller's transaction, or propose it where a person decides it by itself; what was done, in words.

    Raises Refused where its content is not what was frozen, and whatever its kind fails with.
    """
    if frozen.effect.content_hash != frozen.content_hash:
        raise Refused(
            f"effect {frozen.seq} of run {run.run_id} is not what was frozen",
            "`arctl integrity` shows what was changed",
        )
    desk = _Desk(ledger, run, frozen, acting)
    return _propose(desk) if frozen.effect.action_type is not None else DO[frozen.effect.kind](desk)


def _propose(desk: _Desk) -> str:
    """A proposal of its own, under the run's envelope: of a run that nobody has to approve first."""
    connection, tenant = desk.ledger.connection, desk.ledger.tenant_id
    number = run_facts.envelope_of(connection, tenant, desk.run.run_id)
    envelope = None if number is None else proposals.get(connection, tenant, number)
    if envelope is None:
        raise Refused(f"run {desk.run.run_id} has no envelope to propose under")
    id = proposals.next_id(connection, tenant)
    proposals.add(connection, tenant, children([desk.frozen], envelope, id, desk.acting))
    return f"proposed as {id}"


def _flag(desk: _Desk) -> str:
    run_writes.flag(desk.ledger.connection, desk.ledger.tenant_id, desk.run, desk.frozen, desk.acting)
    return f"customer {desk.payload['customer_id']} flagged {desk.payload['flag']}"


def _d1_write(desk: _Desk) -> str:
    """Only customers.entitystatus, by a hold over the mirror: the time it was last modified follows from it."""
    columns = desk.payload["set"]
    status = columns.get("entitystatus") if isinstance(columns, Mapping) else None
    if desk.payload["table"] != "customers" or status not in ("hold", "release"):
        raise Refused(
            "a d1_write sets customers.entitystatus, to hold or release, and nothing else", "correct the contract"
        )
    customer, reason = str(desk.payload["key"]), str(desk.payload["reason"] or desk.run.workflow_type)
    act = holds.place if status == "hold" else holds.release
    number = act(desk.ledger, customer, reason, desk.run.run_id, desk.run.company_id, desk.acting)
    return f"hold {number} of customer {customer} {'placed' if status == 'hold' else 'released'}"


def _ns_push(desk: _Desk) -> str:
    """Staged whatever the switch says: it stops what is sent, not what waits to be."""
    connection = desk.ledger.connection
    number = run_writes.push(connection, desk.ledger.tenant_id, desk.run, desk.frozen, desk.acting)
    stopped = kill.on(connection).get("ns_writes")
    return f"staged as push {number}{f'; {stopped.told}' if stopped else ''}"


def _event(desk: _Desk) -> str:
    payload = desk.payload
    more = payload["payload"]
    happening = Happening(
        str(payload["event_type"]), str(payload.get("key") or f"run/{desk.run.run_id}/{desk.frozen.seq}"), str(payload["entity_type"]),
        str(payload["entity_id"]), desk.run.as_of, desk.run.company_id,
        {**(more if isinstance(more, Mapping) else {}), "run_id": desk.run.run_id},
    )  # fmt: skip
    added = events.append(desk.ledger.connection, desk.ledger.tenant_id, [happening], desk.acting.at, desk.acting.actor)
    return f"recorded as event {added[0].seq}" if added else "recorded already"


def _summary(desk: _Desk) -> str:
    company = company_of(desk.ledger, desk.run)
    day = date.fromisoformat(str(desk.payload["date"]))
    count = write_summary(desk.ledger, company, day, desk.run.run_id, desk.acting.at)
    return f"{count} {'row' if count == 1 else 'rows'} of {desk.payload['table']}"


def company_of(ledger: Ledger, run: Run) -> books.Company:
    """The company that a run is about."""
    known = books.companies(ledger.connection, ledger.tenant_id)
    return next(each for each in known if each.company_id == run.company_id)


def _decision(desk: _Desk) -> str:
    number = run_writes.decision(desk.ledger.connection, desk.ledger.tenant_id, desk.run, desk.frozen, desk.acting)
    return f"recorded as decision {number}"


def told(ledger: Ledger, run: Run, acting: Acting, more: str | None = None) -> str:
    """What a run did and came to so far, in a few sentences; `more` is added."""
    connection, tenant, run_id = ledger.connection, ledger.tenant_id, run.run_id
    fan_out = [each for each in runs.frozen(connection, tenant, run_id, True) if each.effect.phase == "fan_out"]
    total = sum(run_facts.effects_by_type(connection, tenant, run_id).values())
    entries = runs.entries(connection, tenant, run_id)
    decided = run_facts.decided(connection, tenant, run_id)
    counted = figures(run, total, fan_out, entries, decided, acting.at)
    return narrative(run, company_of(ledger, run).name, counted, did(fan_out, entries), more)


def _reflexion(desk: _Desk) -> str:
    contract = contract_of(desk.ledger, desk.run)
    if not contract.reflexion_enabled:
        return "reflexion is not enabled for this contract"
    tags = [each.replace(RUN_ID, str(desk.run.run_id)) for each in (*contract.tags, *_texts(desk.payload["tags"]))]
    text = told(desk.ledger, desk.run, desk.acting, _numbered(desk, desk.payload["narrative"]))
    unique = list(dict.fromkeys(tags))
    number = run_writes.reflexion(desk.ledger.connection, desk.ledger.tenant_id, desk.run, text, unique, desk.acting)
    return f"recorded as reflexion {number}"


def _log_run(desk: _Desk) -> str:
    return told(desk.ledger, desk.run, desk.acting, _numbered(desk, desk.payload["message"]))


def _numbered(desk: _Desk, text: object) -> str | None:
    return None if text is None else str(text).replace(RUN_ID, str(desk.run.run_id))


def _mail(desk: _Desk) -> str:
    effect, payload = desk.frozen.effect, desk.payload
    number = outbox.queue(desk.ledger, mail_of(desk.run.run_id, effect), outbox.sender(desk.ledger), desk.acting)
    return f"queued as mail {number} to {', '.join(_texts(payload['to']))}"


def mail_of(run_id: int, effect: Effect, proposal_id: int | None = None) -> Draft:
    """The mail that an email_draft becomes."""
    payload = effect.payload
    return Draft(
        run_id, str(payload["mail"]), tuple(_texts(payload["to"])), str(payload["subject"]), effect.body or "",
        effect.body_html, proposal_id=proposal_id, customer_key=effect.customer_key,
    )  # fmt: skip


def alert(ledger: Ledger, run: Run, step: str, why: str, acting: Acting) -> int | None:
    """Queue a mail to the operator about a step that failed for good, in the caller's transaction; its number.

    None where the settings alert.operator or mail.from are empty: then the event and the digest have to do.
    """
    operator, sender = (get_setting(ledger, None, key) for key in ("alert.operator", "mail.from"))
    if not operator or not sender:
        return None
    subject = f"arctl: {run.workflow_type}, run {run.run_id}: step {step} failed"
    body = (
        f"Step {step} of run {run.run_id} ({run.workflow_type}, as of {run.as_of}) failed and will not be tried again"
        f" by itself.\n\n{why}\n\nSee what was done: arctl runs show {run.run_id}\n"
    )
    return outbox.queue(ledger, Draft(run.run_id, "alert", (operator,), header_text(subject), body), sender, acting)


def _texts(value: object) -> Sequence[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


DO: Mapping[str, Callable[[_Desk], str]] = {
    "flag": _flag,
    "d1_write": _d1_write,
    "ns_push": _ns_push,
    "event": _event,
    "summary": _summary,
    "log": _log_run,
    "reflexion": _reflexion,
    "decision": _decision,
    "email_draft": _mail,
}
"""By the kind of effect."""
