"""The control matrix as of a date: each control's evidence query run, and held against the aging where that is its claim."""

from collections.abc import Mapping, Sequence
from datetime import date

from arctl.core import controls as core
from arctl.core.aging import AgingReport
from arctl.core.buckets import FIVE
from arctl.core.controls import Assertion, Control, Measure, concluded
from arctl.core.events import chained
from arctl.core.money import format_amount
from arctl.services.age import AgeRequest, age
from arctl.services.books import companies_of
from arctl.store import controls as store
from arctl.store.books import Company
from arctl.store.ledger import Ledger


def controls(ledger: Ledger, day: date, company: str | None = None) -> list[Control]:
    """Every control as of the end of a day, in order, for the company named or for each. Raises UnknownId."""
    connection = ledger.connection
    connection.execute("BEGIN")  # one reading of the ledger: all controls speak of the same books
    try:
        companies = companies_of(ledger, company)
        reports = {each.company_id: age(ledger, AgeRequest(day, company=each.name)) for each in companies}
        return [
            _control(ledger, assertion, owner, day, reports)
            for assertion in core.ASSERTIONS
            for owner in (companies if assertion.per_company else [None])
        ]
    finally:
        connection.rollback()


def _control(
    ledger: Ledger, assertion: Assertion, company: Company | None, day: date, reports: Mapping[int, AgingReport]
) -> Control:
    connection, tenant = ledger.connection, ledger.tenant_id
    owner = 0 if company is None else company.company_id
    query = store.query(assertion.number, tenant, owner, day.isoformat())
    measures = store.measures(connection, query)
    if company is None:
        return concluded(assertion, None, query, measures)
    differences, missing = list[str](), ""
    if assertion in _CLAIMED:
        differences = _against_age(assertion, measures, reports[owner])
    if assertion is core.COVERAGE and not any(each.subject.startswith("items in the evidence") for each in measures):
        missing = f"no month-end evidence of {day}" if measures else ""
    if assertion is core.AUTHORISED:
        differences = [
            f"event {event[0]}, of a decision: its hash is not that of its content"
            for event in store.decision_events(connection, tenant, owner)
            if chained(event[:-1]) != event[-1]
        ]
    return concluded(assertion, company.name, query, measures, differences, missing)


_CLAIMED = (core.COVERAGE, core.SUMS, core.TIE_OUT)
"""The controls that hold what the aging report claims against a query of their own."""


def _against_age(assertion: Assertion, measures: Sequence[Measure], report: AgingReport) -> list[str]:
    """Where the aging report does not say what the query found, by currency."""
    claimed: dict[tuple[str, str | None], tuple[int | None, int]] = {}
    for group in report.groups:
        totals, currency = group.totals, group.currency
        if assertion is core.COVERAGE:
            claimed["open invoices", currency] = totals.open_invoices, totals.outstanding
            claimed["overdue items", currency] = None, sum(totals.buckets[1:])
        elif assertion is core.SUMS:
            claimed["open items", currency] = None, totals.outstanding
            for key, cents in zip(FIVE.keys, totals.buckets, strict=True):
                claimed[f"open items in {key}", currency] = None, cents
        else:
            claimed["documents", currency] = None, group.tie_out.expected_net
            claimed["open items and credits", currency] = None, group.tie_out.aged_net
    subjects = {subject for subject, _ in claimed} | {"open invoices", "open items", "documents"}
    found = {(each.subject, each.currency): each for each in measures if each.subject in subjects}
    return [
        _difference(key, found.get(key), *claimed.get(key, (None, 0)))
        for key in sorted(found.keys() | claimed.keys(), key=str)
        if _differs(found.get(key), *claimed.get(key, (None, 0)))
    ]


def _differs(measure: Measure | None, counted: int | None, cents: int) -> bool:
    held = (0, 0) if measure is None else (measure.counted, measure.cents or 0)
    return held != (held[0] if counted is None else counted, cents)


def _difference(key: tuple[str, str | None], measure: Measure | None, counted: int | None, cents: int) -> str:
    subject, currency = key
    code = currency or ""
    held = "none" if measure is None else f"{measure.counted:,} of {format_amount(measure.cents or 0, code)}"
    number = "" if counted is None else f"{counted:,} of "
    return f"{subject} {code}: the ledger holds {held}, the aging report says {number}{format_amount(cents, code)}"
