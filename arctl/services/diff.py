"""Receivables rolled forward from one date to another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from arctl.core import rollforward
from arctl.core.aging import AccountName, GroupKey, ItemRow, customer_rows
from arctl.core.buckets import FIVE
from arctl.core.dates import day_number
from arctl.core.rollforward import RollForward
from arctl.errors import UsageError
from arctl.store import aging as store
from arctl.store import books
from arctl.store.ledger import Ledger


def diff(
    ledger: Ledger, first: date, second: date, company: str | None = None, currency: str | None = None
) -> list[RollForward]:
    """One roll-forward per company and currency asked for, at least one, between the ends of the two days.

    Raises UsageError where `second` is not later.
    """
    if second <= first:
        raise UsageError(f"{second} is not later than {first}", "name the earlier date first")
    connection, tenant = ledger.connection, ledger.tenant_id
    begin, end = day_number(first), day_number(second)
    connection.execute("BEGIN")  # one reading of the ledger: a sync that commits meanwhile changes nothing here
    try:
        names = store.account_names(connection, tenant)
        sides = _side(ledger, names, begin), _side(ledger, names, end)
        moved = rollforward.by_group(store.movements_between(connection, tenant, begin, end))
        keys = _keys(ledger, sides, end, company, currency)
    finally:
        connection.rollback()
    return [_roll(key, *sides, moved) for key in keys]


@dataclass(frozen=True, slots=True)
class _Side:
    """The aging of one date by company and currency: net cents, and open items each with its customer's id."""

    nets: dict[GroupKey, int] = field(default_factory=dict)
    items: dict[GroupKey, list[tuple[str, ItemRow]]] = field(default_factory=dict)


def _side(ledger: Ledger, names: Mapping[int, AccountName], day: int) -> _Side:
    balances = store.account_balances(ledger.connection, ledger.tenant_id, day, "due-date", FIVE.edges)
    left = store.account_credits(ledger.connection, ledger.tenant_id, day)
    side = _Side()
    for key, rows in customer_rows(names, balances, left, day, len(FIVE.keys)).items():
        side.nets[key] = sum(row.net for row in rows)
    for item in store.item_rows(ledger.connection, ledger.tenant_id, day, "due-date"):
        name = names[item.account]
        side.items.setdefault((name.company, name.currency), []).append((name.customer_id, item))
    return side


def _keys(
    ledger: Ledger, sides: Iterable[_Side], day: int, company: str | None, currency: str | None
) -> list[GroupKey]:
    """The companies and currencies asked for that have a document of any date, in the order of the aging report."""
    companies = books.companies(ledger.connection, ledger.tenant_id)
    totals = store.document_totals(ledger.connection, ledger.tenant_id, day)
    known = {(total.company, total.currency) for total in totals}.union(*(side.nets for side in sides))
    keys = [key for key in known if company in (None, key[0]) and currency in (None, key[1])]
    if keys:
        place = {each.name: (each.company_id, each.base_currency) for each in companies}
        return sorted(keys, key=lambda key: (place[key[0]][0], key[1] != place[key[0]][1], key[1]))
    only = next((each for each in companies if each.name == company), companies[0])
    return [(only.name, currency or only.base_currency)]


def _roll(key: GroupKey, opening: _Side, closing: _Side, moved: Mapping[GroupKey, rollforward.Moved]) -> RollForward:
    started, stopped = moved.get(key) or rollforward.nothing_moved()
    changes = rollforward.moved_items(opening.items.get(key, ()), closing.items.get(key, ()), FIVE)
    return RollForward(
        *key,
        opening.nets.get(key, 0),
        started,
        rollforward.voids_of(stopped),
        closing.nets.get(key, 0),
        rollforward.movement_matrix(changes, FIVE),
        changes,
    )
