"""Runs started by hand or by an event, and runs that were killed: looked at, decided, done step by step, or put before a person."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from arctl.core.acting import Acting
from arctl.core.contract import Contract, Precondition
from arctl.core.effects import Decided, Frozen
from arctl.core.letter import LetterWriter
from arctl.core.planning import decide
from arctl.core.run import LogEntry, Run, Started
from arctl.core.run_report import RunResult
from arctl.core.run_story import errors
from arctl.core.staged import envelope as envelope_for
from arctl.errors import ArctlError, Refused, UnknownId
from arctl.services import interpreter, outbox, runner, staging
from arctl.services.context import Gathered, gather
from arctl.services.run_contract import contract_of
from arctl.store import outbox as mails
from arctl.store import proposals, run_facts, runs
from arctl.store.books import Company
from arctl.store.ledger import Ledger
from arctl.store.proposals import Verdict

STILL_TOLD = ("log", "reflexion", "summary")
"""The post actions of a run that must be approved and in which nothing was to be done, or a step failed for good: it is told of,
but nothing is made of what was not done."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What running takes besides the ledger: who acts and when, who writes letters, and how to wait (seconds).

    `clock` tells the time (UTC) of a later attempt; without it all of a run bears the time it was started.
    """

    acting: Acting
    writer: LetterWriter
    sleep: Callable[[float], None]
    clock: Callable[[], str] | None = None

    def now(self) -> Acting:
        """Who acts, now."""
        return self.acting if self.clock is None else replace(self.acting, at=self.clock())


def start(
    ledger: Ledger,
    company: Company,
    contract: Contract,
    inputs: Mapping[str, object],
    on: date,
    started: Started,
    hands: Hands,
) -> RunResult:
    """Run a workflow for a company and a day; `inputs` are settled (run_inputs).

    One of risk 3 or more is staged as an envelope and waits for a person; below that its steps are done at once, each in a
    transaction of its own. One that decides by the rules of the day's plan is planned as `arctl plan` does.

    Raises Refused where the workflow is disabled, is not started by hand, or the day has not come; BadInput where the contract
    fails, and then the run is there as failed.
    """
    if started.kind == "manual" and not any(each.manual for each in contract.triggers):
        raise Refused(
            f"{contract.workflow_type} is not started by hand",
            "its contract would need `manual: true` among its triggers",
        )
    if any("rule" in step.settings or "starts" in step.settings for step in contract.steps()):
        return _planned(ledger, company, contract, inputs, on, started, hands)
    _refuse(ledger, company, contract, on, hands.acting)
    with ledger.transaction():
        run_id = staging.begin_run(ledger, company, contract, inputs, on, hands.acting, started)
    return _carry_on(ledger, run_id, hands)


def resume(ledger: Ledger, run_id: int | None, hands: Hands) -> list[RunResult]:
    """Go on with a run that was killed, or with all of them: what was done stays done, the rest is done now.

    Raises UnknownId, and Refused where the run named is over or waits for a person.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    if run_id is None:
        return [_whatever(ledger, each.run_id, hands) for each in runs.running(connection, tenant)]
    run = runs.get(connection, tenant, run_id)
    if run is None:
        raise UnknownId(f"there is no run {run_id}", "`arctl runs list` shows them")
    if run.status != "running":
        waits = run.status == "awaiting_approval"
        raise Refused(
            f"run {run_id} {'awaits approval' if waits else f'is {run.status}'}: there is nothing to resume",
            f"decide on it: `arctl approve {run_facts.envelope_of(connection, tenant, run_id)}`" if waits else "",
        )
    return [_carry_on(ledger, run_id, hands)]


def _whatever(ledger: Ledger, run_id: int, hands: Hands) -> RunResult:
    """Go on with one of several runs: what is wrong with it keeps nobody from the others."""
    try:
        return _carry_on(ledger, run_id, hands)
    except ArctlError as failure:
        return replace(_told(ledger, run_id), errors=(failure.message,))


def _refuse(ledger: Ledger, company: Company, contract: Contract, on: date, acting: Acting) -> None:
    staging.refuse_disabled(ledger, contract.workflow_type)
    if on.isoformat() > acting.on:
        raise Refused(
            f"{on} has not come yet for company {company.name}",
            "run it for today, or for a past day that is to be replayed",
        )


def _planned(
    ledger: Ledger,
    company: Company,
    contract: Contract,
    inputs: Mapping[str, object],
    on: date,
    started: Started,
    hands: Hands,
) -> RunResult:
    from arctl.services.plan import PlanRequest, plan

    today = date.fromisoformat(hands.acting.on)
    report = plan(
        ledger, PlanRequest(company, contract, inputs, on, today, hands.acting, started=started), hands.writer
    )
    blocked = report.status == "blocked"
    return RunResult(
        report.run_id, contract.workflow_type, company.name, on.isoformat(), report.status, report.envelope,
        report.expires_on, warned=() if blocked else report.warnings, blocked=report.warnings if blocked else (),
        waiting=report.waiting,
    )  # fmt: skip


def _carry_on(ledger: Ledger, run_id: int, hands: Hands) -> RunResult:
    """Take a running run from wherever it is to where it must stop."""
    run = interpreter.running(ledger, run_id)
    contract = contract_of(ledger, run)
    warned: Sequence[Precondition] = ()
    if run.plan_hash is None:
        gathered = _looked(ledger, run, contract, hands)
        warned = gathered.warned
        result = _decided(ledger, run, contract, gathered, hands)
        if result is not None:
            return replace(result, warned=_said(warned))
    stopped = _drive(ledger, run, contract, hands)
    _write_mails(ledger, hands)
    return replace(_told(ledger, run_id), warned=_said(warned), stopped=stopped)


def _said(checks: Sequence[Precondition]) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, each.message) for each in checks)


def _looked(ledger: Ledger, run: Run, contract: Contract, hands: Hands) -> Gathered:
    """What the contract finds. Where it fails however often it is tried, the run is over, and the failure is raised."""
    company = interpreter.company_of(ledger, run)
    inputs, on = json.loads(run.inputs_json), date.fromisoformat(run.as_of)
    for attempt in range(1, contract.retry.max_attempts + 1):
        acting = hands.now()
        try:
            return gather(ledger, contract, inputs, company, on, acting.at)
        except ArctlError as failure:
            _log_failure(ledger, run, contract, failure, attempt, acting)
            if attempt == contract.retry.max_attempts:
                raise
        hands.sleep(contract.retry.wait_ms(attempt) / 1000)
    raise AssertionError("a contract tries at least once")


def _log_failure(
    ledger: Ledger, run: Run, contract: Contract, failure: ArctlError, attempt: int, acting: Acting
) -> None:
    """Note that looking or deciding failed; with the last attempt the run is over."""
    with ledger.transaction() as connection:
        entry = LogEntry(
            "context", "context", "context", "failed", acting.at, acting.at, failure.message, attempt=attempt
        )  # fmt: skip
        runs.log(connection, ledger.tenant_id, run.run_id, [entry])
        if attempt == contract.retry.max_attempts:
            runner.step_failed(ledger, run, contract, 0, "context", failure.message, acting)
            runner.end(ledger, run, "failed", {}, acting)


def _decided(ledger: Ledger, run: Run, contract: Contract, gathered: Gathered, hands: Hands) -> RunResult | None:
    """Freeze what is decided. The result where the run stops here: blocked, or before a person; else None."""
    acting = hands.now()
    if gathered.blocked:
        with ledger.transaction() as connection:
            if not _is_undecided(ledger, run):
                return _told(ledger, run.run_id)
            runs.log(connection, ledger.tenant_id, run.run_id, gathered.entries)
            blocked = [f"{each.name}: {each.message}" for each in gathered.blocked]
            runner.end(ledger, run, "blocked", {"blocked": blocked}, acting)
        return replace(_told(ledger, run.run_id), blocked=_said(gathered.blocked))
    try:
        decided = decide(contract, gathered.facts, {}, hands.writer)
    except ArctlError as failure:  # what cannot be decided today cannot be decided a second later either
        _log_failure(ledger, run, contract, failure, contract.retry.max_attempts, acting)
        raise
    with ledger.transaction():
        if not _is_undecided(ledger, run):
            return _told(ledger, run.run_id)
        if contract.needs_approval and any(each.phase == "fan_out" for each in decided.effects):
            company = interpreter.company_of(ledger, run)
            staging.stage_envelope(
                ledger, company, contract, decided, json.loads(run.inputs_json), date.fromisoformat(run.as_of), acting,
                run.started, gathered.entries, run.run_id,
            )  # fmt: skip
            return _told(ledger, run.run_id)
        if contract.needs_approval:  # there is nothing to ask a person about, and so nothing to be made of it either
            decided = replace(decided, effects=tuple(each for each in decided.effects if each.kind in STILL_TOLD))
        _freeze(ledger, run, contract, decided, gathered, acting)
    return None


def _is_undecided(ledger: Ledger, run: Run) -> bool:
    """Whether nobody else decided it meanwhile: ask in the transaction that freezes."""
    now = runs.get(ledger.connection, ledger.tenant_id, run.run_id)
    return now is not None and now.plan_hash is None and now.completed_at is None


def _freeze(ledger: Ledger, run: Run, contract: Contract, decided: Decided, gathered: Gathered, acting: Acting) -> None:
    """The effects of a run that nobody has to approve; the envelope of what it proposes is open from the start."""
    connection, tenant = ledger.connection, ledger.tenant_id
    frozen = staging.freeze(ledger, run.run_id, decided, gathered.entries)
    if not any(each.effect.action_type is not None for each in frozen):
        return
    id = proposals.next_id(connection, tenant)
    on = date.fromisoformat(run.as_of)
    proposals.add(connection, tenant, [envelope_for(contract, id, run.company_id, run.run_id, frozen, on, acting)])
    why = f"risk {contract.risk_level}: nobody is asked for the run itself"
    verdict = Verdict("approved", run.as_of, acting.at, acting.actor, acting.os_user, why)
    proposals.decide(connection, tenant, [id], verdict)


def _drive(ledger: Ledger, run: Run, contract: Contract, hands: Hands) -> str | None:
    """Do what is not done yet, each effect in a transaction of its own, and end the run; the kill switch that stopped it."""
    _refuse_unapproved(ledger, run, contract)
    failures = run_facts.failures(ledger.connection, ledger.tenant_id, run.run_id)
    broken = False
    for phase in ("fan_out", "post"):
        for each in interpreter.undone(ledger, run.run_id, phase):
            own = each.effect.action_type is not None
            if (own and contract.needs_approval) or (broken and each.effect.kind not in STILL_TOLD):
                continue
            outcome = _tried(ledger, run, contract, each, failures.get(each.seq, 0), hands)
            if isinstance(outcome, str):
                return outcome
            broken = broken or (not outcome and contract.needs_approval)
    with ledger.transaction():
        if interpreter.running(ledger, run.run_id).completed_at is None:
            runner.conclude(ledger, run.run_id, hands.now())
    return None


def _refuse_unapproved(ledger: Ledger, run: Run, contract: Contract) -> None:
    """Raises Refused for a run that must be approved and was not, however it came to be running."""
    if not contract.needs_approval or run.started.kind == "proposal":
        return
    connection, tenant = ledger.connection, ledger.tenant_id
    number = run_facts.envelope_of(connection, tenant, run.run_id)
    envelope = None if number is None else proposals.get(connection, tenant, number)
    frozen = runs.frozen(connection, tenant, run.run_id)
    if envelope is None and not any(each.effect.phase == "fan_out" for each in frozen):
        return
    if envelope is None or envelope.status not in ("approved", "applied"):
        raise Refused(f"run {run.run_id} was never approved", "`arctl integrity` shows what was changed")


def _tried(ledger: Ledger, run: Run, contract: Contract, frozen: Frozen, attempt: int, hands: Hands) -> bool | str:
    """Do one effect that failed `attempt` times, as often as the contract declares; whether it is done, or the kill switch
    that stopped it."""
    retry = contract.retry
    while attempt < retry.max_attempts:
        attempt += 1
        acting = hands.now()
        with ledger.transaction() as connection:
            stopped = interpreter.stop_of(ledger, contract)
            if stopped is not None:
                entry = LogEntry(frozen.effect.phase, "*", "kill", "stopped", acting.at, acting.at, stopped)
                runs.log(connection, ledger.tenant_id, run.run_id, [entry])
                return stopped
            if run_facts.is_done(connection, ledger.tenant_id, run.run_id, frozen.seq):  # by another program, just now
                return True
            why = interpreter.try_one(ledger, run, frozen, acting, attempt)
            if why is None:
                return True
            if attempt >= retry.max_attempts:
                runner.step_failed(ledger, run, contract, frozen.seq, frozen.effect.step, why, acting)
                return False
        hands.sleep(retry.wait_ms(attempt) / 1000)
    return False


def _write_mails(ledger: Ledger, hands: Hands) -> None:
    if mails.count_queued(ledger.connection, ledger.tenant_id):
        outbox.write_out(ledger, outbox.outbox_folder(ledger), hands.now())


def _told(ledger: Ledger, run_id: int) -> RunResult:
    """How a run stands now."""
    connection, tenant = ledger.connection, ledger.tenant_id
    run = runs.get(connection, tenant, run_id)
    if run is None:
        raise UnknownId(f"there is no run {run_id}")
    number = run_facts.envelope_of(connection, tenant, run_id)
    envelope = None if number is None else proposals.get(connection, tenant, number)
    decided = run_facts.decided(connection, tenant, run_id)
    return RunResult(
        run_id, run.workflow_type, interpreter.company_of(ledger, run).name, run.as_of, run.status, number,
        envelope.expires_on if envelope else None, len(runs.done(connection, tenant, run_id)),
        sum(count for (_, status), count in decided.items() if status == "pending"),
        errors=tuple(errors(runs.entries(connection, tenant, run_id))),
    )  # fmt: skip
