"""The day's plan of a workflow: look, decide, and stage one envelope that holds every effect. Nothing else exists before a yes."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial

from arctl.core import planned
from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.dunning_decision import LARGEST_AMOUNT
from arctl.core.effects import Decided, Effect
from arctl.core.events import canonical
from arctl.core.letter import LetterWriter
from arctl.core.planned import Changes, PlanReport
from arctl.core.planning import decide
from arctl.core.proposal import COLLECTION_ACTION
from arctl.core.run import Started
from arctl.core.staged import plan_hash
from arctl.errors import Refused
from arctl.services import staging
from arctl.services.context import Gathered, gather
from arctl.services.plan_rules import Rules
from arctl.store import dunning as dunning_store
from arctl.store import plans, proposals, runs
from arctl.store.books import Company
from arctl.store.ledger import Ledger
from arctl.store.proposals import Verdict

_LARGEST = 3
"""How many of the largest amounts of a plan are flagged."""
_ATTEMPTS = 3
MANUAL = Started("manual")


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A plan of a contract for one company and day. `today` is the company's own date."""

    company: Company
    contract: Contract
    inputs: Mapping[str, object]
    on: date
    today: date
    acting: Acting
    dry_run: bool = False
    started: Started = MANUAL


def plan(ledger: Ledger, request: PlanRequest, writer: LetterWriter) -> PlanReport:
    """Decide what the day asks for, and stage it, all or nothing; with `dry_run` only tell.

    Raises Refused (exit 4) for a day to come, for one before the last that was staged, and where others keep changing the
    ledger meanwhile; BadInput where contract or template fails.
    """
    with _uncollected():
        return _planned(ledger, request, writer)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Thousands of letters are values without cycles: looking for cycles among them again and again costs a sixth of a plan."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


def _planned(ledger: Ledger, request: PlanRequest, writer: LetterWriter) -> PlanReport:
    if not request.dry_run:
        _refuse_day(ledger, request)
    for _ in range(_ATTEMPTS):
        seen = plans.fingerprint(ledger.connection, ledger.tenant_id)
        gathered = gather(ledger, request.contract, request.inputs, request.company, request.on, request.acting.at)
        decided, stale = _decided(ledger, request, gathered, writer)
        if request.dry_run:
            return _told(ledger, request, gathered, decided)
        with ledger.transaction():
            if plans.fingerprint(ledger.connection, ledger.tenant_id) == seen:
                _refuse_day(ledger, request)
                return _stage(ledger, request, gathered, decided, stale)
    raise Refused("others kept changing the ledger while the plan was made; nothing was staged", "plan once more")


def _refuse_day(ledger: Ledger, request: PlanRequest) -> None:
    """Raises Refused for a day for which nothing may be staged."""
    if request.on > request.today:
        raise Refused(
            f"{request.on} has not come yet for company {request.company.name}, where today is {request.today}",
            "--dry-run shows any day's plan",
        )
    workflow = request.contract.workflow_type
    latest = plans.latest_day(ledger.connection, ledger.tenant_id, request.company.company_id, workflow)
    if latest is not None and request.on.isoformat() < latest:
        raise Refused(
            f"{workflow} was planned up to {latest} already; {request.on} lies before", "--dry-run shows any day's plan"
        )
    if not runs.is_enabled(ledger.connection, ledger.tenant_id, workflow):
        raise Refused(f"{workflow} is disabled", f"`arctl workflows enable {workflow}` lets it run again")


def _decided(
    ledger: Ledger, request: PlanRequest, gathered: Gathered, writer: LetterWriter
) -> tuple[Decided, list[int]]:
    """What contract, rules and facts give, and the live drafts about customers that they do not give any more; nothing where a
    precondition blocks."""
    if gathered.blocked:
        return Decided(()), []
    connection, tenant, company = ledger.connection, ledger.tenant_id, request.company
    accounts = dunning_store.accounts(connection, tenant, company.company_id, request.on)
    day = request.on.isoformat()
    known = plans.drafts(connection, tenant, company.company_id, request.contract.workflow_type)
    live = {key: each for key, each in known.items() if each.expires_on >= day}
    refused = cache(partial(plans.refused, connection, tenant, company.company_id, day))
    rules = Rules(accounts, request.on, company.name, writer, live, request.inputs, refused)
    found = decide(request.contract, gathered.facts, rules.by_name, writer)
    decided = Decided(_flagged(found.effects), (*found.suppressed, *rules.left_out()))
    return decided, [each.id for each in live.values() if each.about_customer and each.id not in rules.kept]


def _flagged(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """The effects, with the largest letters of each currency marked where there are more than a few."""
    largest: set[int] = set()
    for currency in {each.currency for each in effects}:
        asked = [
            (each.amount_cents or 0, at)
            for at, each in enumerate(effects)
            if each.action_type == COLLECTION_ACTION and each.currency == currency
        ]
        if len(asked) > _LARGEST:
            largest.update(at for _, at in sorted(asked, reverse=True)[:_LARGEST])
    return tuple(
        replace(each, flags=(*each.flags, LARGEST_AMOUNT)) if at in largest else each for at, each in enumerate(effects)
    )


def _stage(
    ledger: Ledger, request: PlanRequest, gathered: Gathered, fresh: Decided, stale: Sequence[int]
) -> PlanReport:
    """Write the plan, in the caller's transaction: what is out of date goes, what still holds stays, the rest is staged."""
    _expire(ledger, request)
    mine = [each for each in fresh.effects if each.phase == "fan_out"]
    waiting = plans.waiting(
        ledger.connection, ledger.tenant_id, request.company.company_id, request.contract.workflow_type
    )
    hashed = plan_hash(fresh.frozen)
    for each in waiting:
        if each.plan_hash == hashed and each.proposed_on == request.on.isoformat():
            return replace(
                _told(ledger, request, gathered, fresh, excluding=[each.run_id]),
                status="awaiting_approval", run_id=each.run_id, envelope=each.id, expires_on=each.expires_on, waiting=True,
            )  # fmt: skip
    told = _told(ledger, request, gathered, fresh)
    if gathered.blocked:
        run_id = staging.begin_run(
            ledger, request.company, request.contract, request.inputs, request.on, request.acting, request.started
        )
        runs.log(ledger.connection, ledger.tenant_id, run_id, gathered.entries)
        from arctl.services import runner

        run = runs.get(ledger.connection, ledger.tenant_id, run_id)
        if run is not None:
            blocked = [f"{each.name}: {each.message}" for each in gathered.blocked]
            runner.end(ledger, run, "blocked", {"blocked": blocked}, request.acting)
        return replace(told, run_id=run_id, status="blocked")
    if not mine and not waiting and not stale:
        return told
    return _staged(ledger, request, gathered, fresh, told, waiting, stale, bool(mine))


def _staged(
    ledger: Ledger,
    request: PlanRequest,
    gathered: Gathered,
    fresh: Decided,
    told: PlanReport,
    waiting: Sequence[plans.Waiting],
    stale: Sequence[int],
    anything: bool,
) -> PlanReport:
    connection, tenant = ledger.connection, ledger.tenant_id
    _supersede(ledger, request, [each.id for each in waiting], "another plan came to other facts")
    _supersede(ledger, request, stale, "its facts do not hold any more")
    for each in waiting:
        runs.move(connection, tenant, each.run_id, "expired", canonical({"superseded": True}), request.acting.at)
    proposals.close_envelopes(connection, tenant, request.acting.at)
    replaced = waiting[-1].id if waiting else None
    if not anything:
        return replace(told, replaced=replaced)
    run_id, envelope = staging.stage_envelope(
        ledger, request.company, request.contract, fresh, request.inputs, request.on, request.acting, request.started,
        gathered.entries,
    )  # fmt: skip
    staged = proposals.get(connection, tenant, envelope)
    return replace(
        told, status="awaiting_approval", run_id=run_id, envelope=envelope, replaced=replaced,
        expires_on=staged.expires_on if staged else None,
    )  # fmt: skip


def _supersede(ledger: Ledger, request: PlanRequest, ids: Iterable[int], why: str) -> None:
    verdict = Verdict(
        "superseded", request.on.isoformat(), request.acting.at, request.acting.actor, request.acting.os_user, why
    )
    proposals.decide(ledger.connection, ledger.tenant_id, ids, verdict)


def _expire(ledger: Ledger, request: PlanRequest) -> None:
    """End what nobody decided in time; a run whose envelope ended so is over too."""
    connection, tenant, acting = ledger.connection, ledger.tenant_id, request.acting
    day = request.on.isoformat()
    overdue = plans.overdue_proposals(connection, tenant, request.company.company_id, day)
    verdict = Verdict("expired", day, acting.at, acting.actor, acting.os_user, "nobody decided in time")
    proposals.decide(connection, tenant, [id for id, _, _ in overdue], verdict)
    for _, run_id, envelope in overdue:
        if envelope is None:
            runs.move(connection, tenant, run_id, "expired", canonical({"expired": True}), acting.at)
    proposals.close_envelopes(connection, tenant, acting.at)


def _told(
    ledger: Ledger, request: PlanRequest, gathered: Gathered, decided: Decided, excluding: Sequence[int] = ()
) -> PlanReport:
    """The report of a plan of which nothing is written yet."""
    mine = tuple(each for each in decided.effects if each.phase == "fan_out")
    return PlanReport(
        workflow_type=request.contract.workflow_type,
        company=request.company.name,
        as_of=request.on.isoformat(),
        status="blocked" if gathered.blocked else "completed",
        run_id=None,
        envelope=None,
        expires_on=None,
        effects=mine,
        suppressed=tuple(sorted(decided.suppressed, key=lambda each: (each.customer_id, each.currency, each.code))),
        warnings=tuple((each.name, each.message) for each in (*gathered.blocked, *gathered.warned)),
        changes=_changes(ledger, request, mine, excluding),
        replaced=None,
        waiting=False,
        dry_run=request.dry_run,
    )


def _changes(
    ledger: Ledger, request: PlanRequest, effects: Sequence[Effect], excluding: Sequence[int]
) -> Changes | None:
    """This plan against the last one of the company that staged anything."""
    connection, tenant = ledger.connection, ledger.tenant_id
    found = plans.previous(connection, tenant, request.company.company_id, request.contract.workflow_type, excluding)
    if found is None:
        return None
    run_id, day = found
    return planned.changes(plans.told_by(connection, tenant, run_id), effects, run_id, day)
