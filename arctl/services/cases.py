"""Collection cases and what is done in them by hand. No SQL, no printing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from arctl.core.acting import Acting
from arctl.core.cases import ACTION_OVER, CASE_OVER, Action, Case, CaseShown, case_number, check_case_move
from arctl.core.dunning_facts import Account
from arctl.core.events import Happening
from arctl.core.money import format_amount
from arctl.errors import Refused, UnknownId, UsageError
from arctl.services.facts_check import overdue_of
from arctl.store import collections as store
from arctl.store import dunning, dunning_config, events
from arctl.store.books import Company
from arctl.store.ledger import Ledger

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Done:
    """An action done, or planned, by hand; the amount is cents in the case's currency, None for all that is overdue."""

    action_type: str
    status: str
    on: date
    amount_cents: int | None = None
    invoice_id: str | None = None
    note: str | None = None


def listed(
    ledger: Ledger, company: Company | None, everything: bool = False, customer: str | None = None
) -> list[CaseShown]:
    """The cases that are not over, or all; of one customer, where named. Raises UnknownId."""
    if customer is not None:
        _customer(ledger, customer)
    number = company.company_id if company else None
    return store.listed(ledger.connection, ledger.tenant_id, number, everything, customer)


def shown(ledger: Ledger, name: str) -> CaseShown:
    """One case, by CASE-2026-0001 or by its number alone, with its actions, notes and earlier statuses. Raises UnknownId."""
    connection, tenant = ledger.connection, ledger.tenant_id
    found = store.named(connection, tenant, name.strip().upper())
    if not found:
        raise UnknownId(f"there is no case {name}", "`arctl cases list --all` shows every one")
    id = found[0].case.case_id
    return replace(
        found[0],
        actions=tuple(store.actions(connection, tenant, id)),
        notes=tuple(store.notes(connection, tenant, id)),
        versions=tuple(store.versions(connection, tenant, id)),
    )


def open_case(
    ledger: Ledger,
    company: Company,
    customer: str,
    currency: str | None,
    note: str | None,
    acting: Acting,
    day: date,
) -> CaseShown:
    """Open a case by hand. Raises UnknownId, Refused where the customer has an open one in that currency."""
    key = _customer(ledger, customer)
    connection, tenant = ledger.connection, ledger.tenant_id
    said = None if note is None else _text(note, "--note")
    with ledger.transaction():
        known = {each.currency: each for each in dunning.accounts(connection, tenant, company.company_id, day, [key])}
        code = currency or (next(iter(known)) if len(known) == 1 else company.base_currency)
        standing = store.open_cases(connection, tenant, company.company_id, [key]).get((key, code))
        if standing is not None:
            raise Refused(
                f"customer {customer} has {standing.case_number} in {code} already, {standing.status}",
                f"`arctl cases show {standing.case_number}`",
            )
        total, oldest = _overdue(known.get(code), day)
        last = store.cases_in_year(connection, tenant, day.year)
        id = store.next_case_id(connection, tenant)
        case = Case(
            id, case_number(day.year, last + 1), company.company_id, key, code, "open", total, oldest, None, None, None, None,
            day.isoformat(), 1, acting.actor, acting.at,
        )  # fmt: skip
        store.add_cases(connection, tenant, [case])
        if said:
            store.add_notes(connection, tenant, [(key, id, said)], day.isoformat(), acting)
        _record(ledger, case, "opened", day, {"currency": code, "total_overdue_cents": total}, acting)
    return shown(ledger, case.case_number)


def add(ledger: Ledger, name: str, done: Done, acting: Acting, day: date) -> CaseShown:
    """Record an action in a case: planned, or done by hand. Raises UnknownId, UsageError, Refused where the case is over."""
    connection, tenant = ledger.connection, ledger.tenant_id
    note = None if done.note is None else _text(done.note, "--note")
    with ledger.transaction():
        case = shown(ledger, name).case
        if case.is_over:
            raise Refused(
                f"{case.case_number} is {case.status}: nothing more is done in it", "open a new one: `arctl cases new`"
            )
        if done.status in ACTION_OVER and done.on > day:
            raise UsageError(f"an action that is {done.status} was not done on a day to come ({done.on})")
        invoice = None if done.invoice_id is None else _invoice(ledger, case, done.invoice_id)
        amount = case.total_overdue_cents if done.amount_cents is None else done.amount_cents
        id = store.next_action_id(connection, tenant)
        action = Action(
            id, case.case_id, case.customer_key, invoice, None, done.action_type, None, done.on.isoformat(), case.currency, amount,
            done.status, acting.at if done.status == "executed" else None, None, None, None, note, None, None, acting.actor,
            acting.at,
        )  # fmt: skip
        store.add_actions(connection, tenant, [action])
        if case.status == "open":
            store.change_cases(connection, tenant, [_changed(case, acting, status="in_progress")])
        facts = {"action_id": id, "action_type": done.action_type, "status": done.status, "due_amount_cents": amount}
        _record(ledger, case, f"action_added/{id}", day, facts, acting)
    return shown(ledger, name)


def resolve(ledger: Ledger, name: str, resolution: str, note: str | None, acting: Acting, day: date) -> CaseShown:
    """Close a case; what was planned in it is cancelled.

    Raises UnknownId, Refused where it is over, or `paid` while something of it is still overdue.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    said = None if note is None else _text(note, "--note")
    with ledger.transaction():
        case = shown(ledger, name).case
        status = "written_off" if resolution == "write_off" else "resolved"
        if case.status in CASE_OVER:
            raise Refused(f"{case.case_number} is {case.status} since {case.resolved_on}, by {case.changed_by}")
        check_case_move(case, status)
        total, oldest = _overdue(_account(ledger, case, day), day)
        if resolution == "paid" and total:
            raise Refused(
                f"{case.case_number}: {format_amount(total, case.currency)} {case.currency} is still overdue as of {day}",
                "`arctl cases resolve --type` takes payment_plan, dispute_resolved and write_off, too",
            )
        closed = _changed(case, acting, status=status, total=total, oldest=oldest)
        closed = replace(closed, resolution_type=resolution, resolved_on=day.isoformat(), notes=said or case.notes)
        store.change_cases(connection, tenant, [closed])
        cancelled = store.end_actions(connection, tenant, case.case_id, "cancelled", f"the case is {status}", acting)
        facts = {"resolution": resolution, "note": said, "actions_cancelled": cancelled, "version": closed.version}
        _record(ledger, case, f"{status}/{closed.version}", day, facts, acting)
    return shown(ledger, name)


def _changed(case: Case, acting: Acting, status: str, total: int | None = None, oldest: str | None = None) -> Case:
    return replace(
        case,
        status=status,
        total_overdue_cents=case.total_overdue_cents if total is None else total,
        oldest_invoice_date=case.oldest_invoice_date if total is None else oldest,
        version=case.version + 1,
        changed_by=acting.actor,
        changed_at=acting.at,
    )


def _account(ledger: Ledger, case: Case, day: date) -> Account | None:
    found = dunning.accounts(ledger.connection, ledger.tenant_id, case.company_id, day, [case.customer_key])
    return next((each for each in found if each.currency == case.currency), None)


def _overdue(account: Account | None, day: date) -> tuple[int, str | None]:
    if account is None:
        return 0, None
    return overdue_of({(account.customer_key, account.currency): account}, day)[account.customer_key, account.currency]


def _customer(ledger: Ledger, id: str) -> int:
    found = dunning_config.customer_named(ledger.connection, ledger.tenant_id, id)
    if found is None:
        raise UnknownId(f"the ledger holds no customer {id}", "list them with `arctl age --sort customer`")
    return found[0]


def _invoice(ledger: Ledger, case: Case, id: str) -> int:
    key = store.invoice_key(ledger.connection, ledger.tenant_id, case.customer_key, id)
    if key is None:
        raise UnknownId(f"the customer of {case.case_number} has no invoice {id}")
    return key


def _text(text: str, option: str) -> str:
    said = text.strip()
    if not said or not said.isprintable() or len(said) > _LONGEST:
        raise UsageError(f"{option} takes 1 to {_LONGEST} printable characters")
    return said


def _record(ledger: Ledger, case: Case, what: str, day: date, facts: Mapping[str, object], acting: Acting) -> None:
    happening = Happening(
        f"case.{what.partition('/')[0]}", f"case/{case.case_id}/{what}", "case", case.case_number, day.isoformat(),
        case.company_id, facts,
    )  # fmt: skip
    events.append(ledger.connection, ledger.tenant_id, [happening], acting.at, acting.actor)
