"""Handing events to the workflows that name them, each event to each of them once. No SQL, no printing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from arctl.core.contract import Contract
from arctl.core.dispatching import Dispatched, inputs_from, listens_for, together
from arctl.core.events import Happening
from arctl.core.run import Started
from arctl.core.run_inputs import settle
from arctl.errors import ArctlError, UnknownId
from arctl.services import contracts
from arctl.services.books import companies_of, local_date
from arctl.services.run import Hands, start
from arctl.services.staging import refuse_disabled
from arctl.store import books, events, runs
from arctl.store import dispatch as store
from arctl.store.books import Company
from arctl.store.dispatch import Offered
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class _Due:
    """Events that start one run: the last of them names it."""

    company_id: int | None
    seq: int
    count: int
    payload: str | None


def dispatch(ledger: Ledger, hands: Hands) -> list[Dispatched]:
    """Hand every event that came since the last time to each workflow that names its type, and start its runs.

    What such a run brings about is for the next time. A disabled workflow is told of nothing, now or later. A contract with
    faults is told once it can be read again.
    """
    head, _ = events.head(ledger.connection, ledger.tenant_id)
    told: list[Dispatched] = []
    for contract in contracts.load(ledger).contracts.values():
        if not listens_for(contract):
            continue
        connection, tenant = ledger.connection, ledger.tenant_id
        if runs.is_enabled(connection, tenant, contract.workflow_type):
            after = store.cursor(connection, tenant, contract.workflow_type)
            told.extend(_offer(ledger, contract, after, head, hands))
        if not told or told[-1].workflow_type != contract.workflow_type or not told[-1].again:
            with ledger.transaction():
                store.move(connection, tenant, contract.workflow_type, head, hands.now().at)
    return told


def replay(ledger: Ledger, workflow_type: str, since: int, hands: Hands) -> list[Dispatched]:
    """Offer the events from number `since` on to a workflow once more; what started a run of it starts none again.

    Raises UnknownId (workflow, event), Refused where it is disabled.
    """
    contract = contracts.find(ledger, workflow_type)
    head, _ = events.head(ledger.connection, ledger.tenant_id)
    if not 0 < since <= head:
        raise UnknownId(f"there is no event {since}", f"they are numbered up to {head}: `arctl events tail`")
    refuse_disabled(ledger, workflow_type)
    return list(_offer(ledger, contract, since - 1, head, hands))


def _offer(ledger: Ledger, contract: Contract, after: int, until: int, hands: Hands) -> Iterator[Dispatched]:
    """Start what is due, in the order of the events.

    A run names the event that started it, and by that the cursor knows how far a killed program came. What cannot be started
    just now ends it: that event, and those after it, are offered again.
    """
    wanted = listens_for(contract)
    found = store.events_between(ledger.connection, ledger.tenant_id, list(wanted), after, until)
    for due in _due(_fresh(ledger, contract, found), wanted):
        told = _start(ledger, contract, due, hands)
        yield told
        if told.again:
            return


def _fresh(ledger: Ledger, contract: Contract, found: Sequence[Offered]) -> list[Offered]:
    """The events that did not start a run of the workflow: by themselves, with later ones that came together with them, or by
    the proposal whose approval they tell of."""
    connection, tenant, workflow = ledger.connection, ledger.tenant_id, contract.workflow_type
    started = store.started_by(connection, tenant, workflow, "event", [str(each.seq) for each in found])
    approved = {each.seq: str(json.loads(each.payload).get("proposal_id", "")) for each in found}
    by_hand = store.started_by(connection, tenant, workflow, "proposal", sorted(set(approved.values())))
    wanted = listens_for(contract)
    covered: dict[tuple[str, int | None], int] = {}
    for each in found:
        if wanted[each.event_type] and str(each.seq) in started:
            covered[each.event_type, each.company_id] = each.seq
    return [
        each
        for each in found
        if str(each.seq) not in started
        and approved[each.seq] not in by_hand
        and each.seq > covered.get((each.event_type, each.company_id), 0)
    ]


def _due(found: Sequence[Offered], wanted: dict[str, bool]) -> list[_Due]:
    """One run for each event, or one for all of a type and company where the contract says so; in the order of the events."""
    single = [_Due(each.company_id, each.seq, 1, each.payload) for each in found if not wanted[each.event_type]]
    for event_type, per_day in wanted.items():
        if per_day:
            groups = together((each.company_id, each.seq) for each in found if each.event_type == event_type)
            single.extend(_Due(company, seqs[-1], len(seqs), None) for company, seqs in groups.items())
    return sorted(single, key=lambda due: due.seq)


def _start(ledger: Ledger, contract: Contract, due: _Due, hands: Hands) -> Dispatched:
    company = _company(ledger, due.company_id)
    now = datetime.fromisoformat(hands.now().at).replace(tzinfo=UTC)
    today = local_date(company.time_zone, now)
    hands = replace(hands, acting=replace(hands.acting, on=today.isoformat()))
    payload = json.loads(due.payload) if due.payload is not None else {}
    try:
        inputs = settle(contract, inputs_from(contract, payload))
    except ValueError as unfit:
        _refused(ledger, contract, due, str(unfit), today, hands)
        return Dispatched(contract.workflow_type, due.seq, due.count, None, str(unfit))
    try:
        result = start(ledger, company, contract, inputs, today, Started("event", str(due.seq)), hands)
    except ArctlError as failure:
        began = store.started_by(ledger.connection, ledger.tenant_id, contract.workflow_type, "event", [str(due.seq)])
        return Dispatched(contract.workflow_type, due.seq, due.count, None, failure.message, again=not began)
    return Dispatched(contract.workflow_type, due.seq, due.count, result)


def _company(ledger: Ledger, company_id: int | None) -> Company:
    if company_id is None:
        return companies_of(ledger, None)[0]
    known = books.companies(ledger.connection, ledger.tenant_id)
    return next(each for each in known if each.company_id == company_id)


def _refused(ledger: Ledger, contract: Contract, due: _Due, why: str, today: date, hands: Hands) -> None:
    """An event that lacks what the workflow needs cannot start it, today or later: that is told once."""
    acting = hands.now()
    happening = Happening(
        "workflow.not_started", f"event/{due.seq}/{contract.workflow_type}", "workflow", contract.workflow_type,
        today.isoformat(), due.company_id, {"event": due.seq, "error": why},
    )  # fmt: skip
    with ledger.transaction() as connection:
        events.append(connection, ledger.tenant_id, [happening], acting.at, acting.actor)
