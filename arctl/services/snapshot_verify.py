"""Re-performing month-end evidence from row history, and telling what was learnt since."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from hashlib import sha256

from arctl.core import allowance, drift, reperform
from arctl.core.allowance import Policy
from arctl.core.dates import day_number
from arctl.core.drift import Drift
from arctl.core.evidence import CurrencyDifference, SetRow, Verdict
from arctl.core.snapshot import Content, Credit, Line, compose
from arctl.errors import UnknownId
from arctl.services.allowance import policy_of
from arctl.services.books import companies_of
from arctl.services.snapshot import logic_of
from arctl.store import close_gate, snapshot_rows, snapshot_sets
from arctl.store import drift as drift_store
from arctl.store import reperform as store
from arctl.store.ledger import Ledger
from arctl.store.reperform import AsKnown


def find(ledger: Ledger, company: str, company_id: int, day: date, revision: int | None = None) -> SetRow:
    """The set of a day. Raises UnknownId with the days there are."""
    found = snapshot_sets.find_set(ledger.connection, ledger.tenant_id, company_id, day.isoformat(), revision)
    if found is None:
        known = [each.snapshot_date for each in snapshot_sets.sets(ledger.connection, ledger.tenant_id, company_id)]
        which = f" revision {revision} of" if revision else ""
        hint = (
            f"there is evidence of {', '.join(dict.fromkeys(known))}"
            if known
            else "`arctl snapshot --date D` writes it"
        )
        raise UnknownId(f"there is no evidence{which} of {day} for company {company}", hint)
    return found


def verify(ledger: Ledger, company: str, company_id: int, day: date, revision: int | None = None) -> Verdict:
    """Re-perform the evidence of a day. Raises UnknownId.

    Only the set's batch, policy and noted hash are read of it, none of its lines.
    """
    connection = ledger.connection
    connection.execute("BEGIN")
    try:
        row = find(ledger, company, company_id, day, revision)
        policy, _ = policy_of(ledger, None, row.allowance_config_id)
        known = AsKnown(ledger.tenant_id, company_id, row.snapshot_date, row.batch)
        rebuilt = rebuild(ledger, company, policy, known)
        found, differences = _since(ledger, known, rebuilt)
        logic = sha256(logic_of(ledger, policy).encode()).hexdigest()
    finally:
        connection.rollback()
    return Verdict(row, rebuilt.hash, logic, found, differences)


def rebuild(ledger: Ledger, company: str, policy: Policy, known: AsKnown) -> Content:
    """The evidence worked out anew from the rows as they were known, by neither the stored balances nor the stored lines."""
    connection = ledger.connection
    opened, left = reperform.balances(
        *store.last_keys(connection, known.tenant),
        store.invoices(connection, known),
        store.sources(connection, known),
        store.applications(connection, known),
        store.refunds(connection, known),
        store.write_offs(connection, known),
    )
    customers = {key: (number, name) for key, number, name, _ in store.customers(connection, known)}
    lines, excess = _lines(ledger, known, opened, customers)
    return compose(
        company,
        known.day,
        lines,
        [*_credits(ledger, known, left, customers), *excess],
        {key: name for key, (_, name) in customers.items()},
        partial(allowance.estimate, policy),
    )


def _lines(
    ledger: Ledger, known: AsKnown, opened: dict[int, int], customers: dict[int, tuple[str, str]]
) -> tuple[list[Line], list[Credit]]:
    """Open items, and the excess of over-applied invoices."""
    parts = reperform.by_invoice(store.installments(ledger.connection, known))
    number = day_number(date.fromisoformat(known.day))
    lines, excess = [], []
    for each in store.known_invoices(ledger.connection, known, opened):
        customer, cents = customers[each.customer_key][0], opened[each.key]
        if cents < 0:
            excess.append(
                Credit(
                    each.currency,
                    customer,
                    "invoice",
                    each.id,
                    each.invoice_date,
                    "over-applied",
                    -cents,
                    each.customer_key,
                    each.key,
                )
            )
            continue
        due = reperform.due_date(each.invoice_date, each.due_date, each.terms)
        for installment, day, part in reperform.open_parts(
            each.id, each.amount_cents, cents, due, parts.get(each.key, ())
        ):
            lines.append(
                Line(
                    each.currency, customer, each.id, installment, each.tranid, each.invoice_date, day,
                    number - day_number(date.fromisoformat(day)), part, each.disputed, each.customer_key, each.key,
                )
            )  # fmt: skip
    return lines, excess


def _credits(
    ledger: Ledger, known: AsKnown, left: dict[int, int], customers: dict[int, tuple[str, str]]
) -> Iterable[Credit]:
    for each in store.known_sources(ledger.connection, known, left):
        customer = customers[each.customer_key][0]
        yield Credit(
            each.currency,
            customer,
            each.source_type,
            each.id,
            each.source_date,
            each.kind,
            left[each.key],
            each.customer_key,
            each.key,
        )


def _since(ledger: Ledger, known: AsKnown, rebuilt: Content) -> tuple[list[Drift], list[CurrencyDifference]]:
    """What today's knowledge of the day has that the batch had not, and whether it makes up the whole difference."""
    connection = ledger.connection
    latest = close_gate.last_batch(connection, known.tenant)
    if latest is None or latest[0] == known.batch:
        return [], []
    drift_store.collect(connection, known.tenant, known.batch)
    found = drift.drifts(
        known.company,
        drift_store.facts(connection, known),
        drift_store.facts(connection, known._replace(batch=latest[0])),
    )
    number = day_number(date.fromisoformat(known.day))
    then = _sums(rebuilt.lines, rebuilt.credits)
    today = list(snapshot_rows.open_credits(connection, known.tenant, known.company, number))
    now = _sums(snapshot_rows.open_lines(connection, known.tenant, known.company, number), today)
    found += drift.reclassified(_excess(rebuilt.credits), _excess(today))
    explained = drift.sums(found)
    differences = []
    for currency in sorted(then.keys() | now.keys()):
        was, is_now = then.get(currency, (0, 0)), now.get(currency, (0, 0))
        told = explained.get(currency, (0, 0))
        opened, unapplied = (is_now[place] - was[place] for place in (0, 1))
        differences.append(CurrencyDifference(currency, opened, unapplied, opened - told[0], unapplied - told[1]))
    return found, differences


def _sums(lines: Iterable[Line], credits: Iterable[Credit]) -> dict[str, tuple[int, int]]:
    """Outstanding and unapplied, cents, by currency."""
    totals: dict[str, tuple[int, int]] = {}
    for line in lines:
        opened, unapplied = totals.get(line.currency, (0, 0))
        totals[line.currency] = (opened + line.outstanding_cents, unapplied)
    for credit in credits:
        opened, unapplied = totals.get(credit.currency, (0, 0))
        totals[credit.currency] = (opened, unapplied + credit.left_cents)
    return totals


def _excess(credits: Iterable[Credit]) -> dict[str, int]:
    """The excess of over-applied invoices, cents, by currency."""
    totals: dict[str, int] = {}
    for credit in credits:
        if credit.source_type == "invoice":
            totals[credit.currency] = totals.get(credit.currency, 0) + credit.left_cents
    return totals


def every_set(ledger: Ledger, company: str | None) -> list[SetRow]:
    """All sets of the companies asked for. Raises UnknownId."""
    asked = {each.company_id for each in companies_of(ledger, company)}
    return [row for row in snapshot_sets.sets(ledger.connection, ledger.tenant_id) if row.company_id in asked]
