"""Agings for the allowance, several days in one reading of the ledger. No SQL, no printing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from arctl.core.aging import CustomerRow, GroupKey, customer_rows, expected_nets
from arctl.core.buckets import FIVE
from arctl.core.dates import day_number
from arctl.store import aging as store
from arctl.store import books
from arctl.store.books import Company
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Aged:
    """The customers of every company and currency on one day, and every group that has a document of any date.

    `untied` are the groups whose aging does not tie out to the documents.
    """

    rows: Mapping[GroupKey, Sequence[CustomerRow]]
    known: Collection[GroupKey]
    untied: Collection[GroupKey]


@contextmanager
def one_reading(ledger: Ledger) -> Iterator[None]:
    """All that is read inside is of one moment: a sync that commits meanwhile changes nothing."""
    ledger.connection.execute("BEGIN")
    try:
        yield
    finally:
        ledger.connection.rollback()


def aged_on(ledger: Ledger, as_of: date) -> Aged:
    """The aging of a day, by due date in the five buckets, inside the caller's reading."""
    connection, tenant, day = ledger.connection, ledger.tenant_id, day_number(as_of)
    balances = store.account_balances(connection, tenant, day, "due-date", FIVE.edges)
    left = store.account_credits(connection, tenant, day)
    rows = customer_rows(store.account_names(connection, tenant), balances, left, day, len(FIVE.keys))
    expected = expected_nets(store.document_totals(connection, tenant, day))
    known = rows.keys() | expected.keys()
    untied = [key for key in known if sum(row.net for row in rows.get(key, ())) != expected.get(key, 0)]
    return Aged(rows, known, untied)


def groups_asked(
    ledger: Ledger, known: Collection[GroupKey], company: str | None, currency: str | None
) -> list[tuple[Company, str]]:
    """Which companies and currencies are asked for, at least one, in the order of the aging report."""
    companies = books.companies(ledger.connection, ledger.tenant_id)
    found = [
        (each, key[1])
        for each in companies
        for key in sorted(known, key=lambda key: (key[1] != each.base_currency, key[1]))
        if key[0] == each.name and company in (None, key[0]) and currency in (None, key[1])
    ]
    if found:
        return found
    only = next((each for each in companies if each.name == company), companies[0])
    return [(only, currency or only.base_currency)]


def named(keys: Collection[GroupKey]) -> list[str]:
    """Groups as a message names them, in order."""
    return sorted(" ".join(key) for key in keys)
