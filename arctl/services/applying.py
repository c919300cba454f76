"""What an approval does: by type of proposal, gathered for many and written at once in the caller's transaction. No SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from json import loads

from arctl.core.acting import Acting
from arctl.core.cases import Action, Case, action_type_of, case_number
from arctl.core.events import Happening
from arctl.core.mail import Draft
from arctl.core.proposal import (
    AGENCY,
    APPLY_CASH,
    COLLECTION_ACTION,
    EMAIL_DRAFT,
    NS_PUSH,
    ORDER_INTAKE,
    STARTING,
    TASK,
    Proposal,
)
from arctl.errors import Refused
from arctl.services import outbox, pushes
from arctl.store import collections as store
from arctl.store import dunning_config, events
from arctl.store.collections import Step
from arctl.store.ledger import Ledger

Payload = Mapping[str, object]
Overdue = Mapping[tuple[int, str], tuple[int, str | None]]
"""By (customer_key, currency): what is overdue in cents, and the date (ISO) of the oldest such invoice."""


@dataclass(slots=True)
class Desk:
    """What one transaction gathers before it writes. `overdue` gives cases their totals; what it lacks, payloads give."""

    ledger: Ledger
    company_id: int
    acting: Acting
    day: str
    overdue: Overdue
    known: dict[tuple[int, str], Case]
    next_action: int
    next_case: int
    next_number: int
    opened: list[Case] = field(default_factory=list)
    changed: dict[int, Case] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    mails: list[Draft] = field(default_factory=list)


def desk(
    ledger: Ledger, company_id: int, proposals: Sequence[Proposal], overdue: Overdue, acting: Acting, day: str
) -> Desk:
    """A desk for these proposals, with the open cases of their customers."""
    connection, tenant = ledger.connection, ledger.tenant_id
    customers = {each.customer_key for each in proposals if each.customer_key is not None}
    return Desk(
        ledger,
        company_id,
        acting,
        day,
        overdue,
        store.open_cases(connection, tenant, company_id, customers),
        store.next_action_id(connection, tenant),
        store.next_case_id(connection, tenant),
        store.cases_in_year(connection, tenant, int(day[:4])) + 1,
    )


def case_for(desk: Desk, proposal: Proposal, payload: Payload) -> Case:
    """The customer's open case in the proposal's currency; the first action opens it. Raises Refused without a customer."""
    if proposal.customer_key is None or proposal.currency is None:
        raise Refused(
            f"proposal {proposal.id} names no customer and currency: no action can be recorded for it",
            "its contract's step needs customer_id and currency",
        )
    key = (proposal.customer_key, proposal.currency)
    total, oldest = desk.overdue.get(
        key, (_cents(payload.get("total_cents")), _text(payload.get("oldest_invoice_date")))
    )
    case = desk.known.get(key)
    if case is None:
        case = _opened(desk, key, total, oldest)
    elif (case.status, case.total_overdue_cents, case.oldest_invoice_date) != (_busy(case), total, oldest):
        case = _moved(desk, case, total, oldest)
    desk.known[key] = case
    return case


def _busy(case: Case) -> str:
    """The status of a case in which something was just done."""
    return "in_progress" if case.status == "open" else case.status


def _opened(desk: Desk, key: tuple[int, str], total: int, oldest: str | None) -> Case:
    case = Case(
        case_id=desk.next_case,
        case_number=case_number(int(desk.day[:4]), desk.next_number),
        company_id=desk.company_id,
        customer_key=key[0],
        currency=key[1],
        status="in_progress",
        total_overdue_cents=total,
        oldest_invoice_date=oldest,
        assigned_to=None,
        resolution_type=None,
        resolved_on=None,
        notes=None,
        opened_on=desk.day,
        version=1,
        changed_by=desk.acting.actor,
        changed_at=desk.acting.at,
    )
    desk.next_case += 1
    desk.next_number += 1
    desk.opened.append(case)
    return case


def _moved(desk: Desk, case: Case, total: int, oldest: str | None) -> Case:
    """The case with its totals of the day: a next version, but only one in a transaction."""
    fresh = any(each.case_id == case.case_id for each in desk.opened) if desk.opened else False
    if fresh:
        return case
    version = case.version if case.case_id in desk.changed else case.version + 1
    case = replace(
        case,
        status=_busy(case),
        total_overdue_cents=total,
        oldest_invoice_date=oldest,
        version=version,
        changed_by=desk.acting.actor,
        changed_at=desk.acting.at,
    )
    desk.changed[case.case_id] = case
    return case


def act(
    desk: Desk, proposal: Proposal, payload: Payload, action_type: str, status: str, notes: str | None = None
) -> Action:
    """An action under a proposal, in its customer's case, with the steps of the items it names."""
    case = case_for(desk, proposal, payload)
    items = _items(payload)
    action = Action(
        action_id=desk.next_action,
        case_id=case.case_id,
        customer_key=case.customer_key,
        invoice_key=_cents(items[0]["invoice_key"]) if len(items) == 1 else None,
        proposal_id=proposal.id,
        action_type=action_type,
        tier=proposal.tier,
        action_date=desk.day,
        currency=case.currency,
        due_amount_cents=proposal.amount_cents or 0,
        execution_status=status,
        executed_at=desk.acting.at if status == "executed" else None,
        failure_reason=None,
        outcome=None,
        outcome_date=None,
        notes=notes,
        next_action_type=None,
        next_action_date=None,
        changed_by=desk.acting.actor,
        changed_at=desk.acting.at,
    )
    desk.next_action += 1
    desk.actions.append(action)
    cover(desk, proposal, payload, action.action_id)
    return action


def cover(desk: Desk, proposal: Proposal, payload: Payload, action_id: int | None) -> None:
    """Note how far dunning took the items: with an action, or by a person's decision that none shall be."""
    desk.steps.extend(
        (
            _cents(each["invoice_key"]), _cents(each["installment"]), proposal.id, action_id, _cents(each["step"]),
            _cents(each["bucket"]), desk.day,
        )
        for each in _items(payload)
        if "step" in each and "bucket" in each
    )  # fmt: skip


def call_instead(desk: Desk, proposal: Proposal, payload: Payload) -> None:
    """A call takes the letter's place: planned, and covering the same items."""
    act(desk, proposal, payload, "reminder_call", "planned", "a call instead of the letter")


def _contact(desk: Desk, proposal: Proposal, payload: Payload) -> None:
    """A letter is in progress until its mail is out; a call is planned, for a person to make."""
    recipients = tuple(map(str, _list(payload.get("recipients"))))
    channel = str(payload.get("channel") or ("email" if recipients else "call"))
    kind = action_type_of(channel, proposal.tier)
    if channel == "call":
        act(desk, proposal, payload, kind, "planned")
        return
    action = act(desk, proposal, payload, kind, "in_progress")
    desk.mails.append(_mail(proposal, "letter", recipients, payload, action.action_id))


def _message(desk: Desk, proposal: Proposal, payload: Payload) -> None:
    kind = str(payload.get("mail") or payload.get("template") or "message")
    desk.mails.append(_mail(proposal, kind, tuple(map(str, _list(payload.get("to")))), payload, None))


def _mail(proposal: Proposal, kind: str, recipients: tuple[str, ...], payload: Payload, action_id: int | None) -> Draft:
    return Draft(
        proposal.run_id, kind, recipients, str(payload.get("subject") or proposal.title), proposal.body or "",
        proposal.body_html, proposal_id=proposal.id, action_id=action_id, customer_key=proposal.customer_key,
    )  # fmt: skip


def _placement(desk: Desk, proposal: Proposal, payload: Payload) -> None:
    """The customer is placed with an agency: no letter goes to them from now on."""
    act(desk, proposal, payload, "collection_agency", "executed", "placed with a collection agency")
    connection, tenant = desk.ledger.connection, desk.ledger.tenant_id
    why = f"proposal {proposal.id} was approved"
    placed = {"placed": "agency"}
    dunning_config.write(connection, tenant, proposal.customer_key, placed, desk.acting.actor, desk.acting.at, why)


def _push(desk: Desk, proposal: Proposal, payload: Payload) -> None:
    """A change of the ERP is staged; `arctl push` sends it."""
    more = payload.get("payload")
    pushes.stage(desk.ledger, proposal.run_id, proposal.id, more if isinstance(more, Mapping) else payload, desk.acting)


def _order(desk: Desk, proposal: Proposal, payload: Payload) -> None:
    """A sales order for the ERP: it waits among the pushes."""
    from arctl.services.intake import push_order

    push_order(desk.ledger, proposal, payload, desk.acting)


def _recorded(desk: Desk, proposal: Proposal, payload: Payload) -> None:
    """A task for a person: that it was taken on is all there is to record."""


APPLY: Mapping[str, Callable[[Desk, Proposal, Payload], None]] = {
    COLLECTION_ACTION: _contact,
    EMAIL_DRAFT: _message,
    AGENCY: _placement,
    ORDER_INTAKE: _order,
    APPLY_CASH: _recorded,
    TASK: _recorded,
    NS_PUSH: _push,
}
"""By action type; a type that is not here is recorded, and so done by a person. One of STARTING starts a run instead."""


def apply_one(desk: Desk, proposal: Proposal) -> None:
    """Gather what one approved proposal does."""
    if proposal.action_type in STARTING:
        raise ValueError("a program starts a run: services/programs does it")
    APPLY.get(proposal.action_type, _recorded)(desk, proposal, loads(proposal.payload_json))


def flush(desk: Desk) -> list[int]:
    """Write what was gathered: cases, actions, steps, mails. The numbers of the mails that were queued."""
    connection, tenant = desk.ledger.connection, desk.ledger.tenant_id
    store.add_cases(connection, tenant, desk.opened)
    store.change_cases(connection, tenant, desk.changed.values())
    store.add_actions(connection, tenant, desk.actions)
    store.add_steps(connection, tenant, desk.steps)
    events.append(connection, tenant, map(_case_opened, desk.opened), desk.acting.at, desk.acting.actor)
    return _queue(desk)


def _case_opened(case: Case) -> Happening:
    return Happening(
        "case.opened", f"case/{case.case_id}/opened", "case", case.case_number, case.opened_on, case.company_id,
        {"currency": case.currency, "total_overdue_cents": case.total_overdue_cents},
    )  # fmt: skip


def _queue(desk: Desk) -> list[int]:
    if not desk.mails:
        return []
    return outbox.queue_all(desk.ledger, desk.mails, outbox.sender(desk.ledger), desk.acting)


def _items(payload: Payload) -> list[Mapping[str, object]]:
    return [each for each in _list(payload.get("items")) if isinstance(each, dict)]


def _list(value: object) -> Sequence[object]:
    if value is None or value == "":
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _cents(value: object) -> int:
    return value if isinstance(value, int) else 0
