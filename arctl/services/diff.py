"""Receivables rolled forward from one date to another."""

from collections.abc import Iterator
from datetime import date

from arctl.core import rollforward
from arctl.core.aging import SIGNS, AccountName, GroupKey, ItemRow, customer_rows
from arctl.core.buckets import FIVE
from arctl.core.dates import day_number
from arctl.core.rollforward import RollForward
from arctl.errors import UsageError
from arctl.store import aging as store
from arctl.store.ledger import Ledger

_NOTHING: tuple[dict[str, int], dict[str, int]] = (dict.fromkeys(SIGNS, 0), dict.fromkeys(SIGNS, 0))


def diff(ledger: Ledger, first: date, second: date, company: str | None, currency: str | None) -> list[RollForward]:
    """One roll-forward per company and currency asked for, from the end of `first` to the end of `second`.

    Raises UsageError where `second` is not later.
    """
    if second <= first:
        raise UsageError(f"{second} is not later than {first}", "name the earlier date first")
    connection, tenant = ledger.connection, ledger.tenant_id
    connection.execute("BEGIN")
    try:
        names = store.account_names(connection, tenant)
        begin, end = day_number(first), day_number(second)
        nets = [_nets(ledger, names, day) for day in (begin, end)]
        items = [_items(ledger, names, day) for day in (begin, end)]
        moved = rollforward.by_group(store.movements_between(connection, tenant, begin, end))
    finally:
        connection.rollback()
    keys = sorted(nets[0].keys() | nets[1].keys() | moved.keys())
    wanted = [key for key in keys if company in (None, key[0]) and currency in (None, key[1])]
    return [_roll(key, nets, items, moved.get(key, _NOTHING)) for key in wanted]


def _roll(
    key: GroupKey,
    nets: list[dict[GroupKey, int]],
    items: list[dict[GroupKey, list[tuple[str, ItemRow]]]],
    moved: tuple[dict[str, int], dict[str, int]],
) -> RollForward:
    started, stopped = moved
    changes = rollforward.moved_items(items[0].get(key, ()), items[1].get(key, ()), FIVE)
    return RollForward(
        *key,
        nets[0].get(key, 0),
        started,
        rollforward.voids_of(stopped),
        nets[1].get(key, 0),
        rollforward.movement_matrix(changes, FIVE),
        changes,
    )


def _nets(ledger: Ledger, names: dict[int, AccountName], day: int) -> dict[GroupKey, int]:
    balances = store.account_balances(ledger.connection, ledger.tenant_id, day, "due-date", FIVE.edges)
    left = store.account_credits(ledger.connection, ledger.tenant_id, day)
    rows = customer_rows(names, balances, left, day, len(FIVE.keys))
    return {key: sum(row.net for row in group) for key, group in rows.items()}


def _items(ledger: Ledger, names: dict[int, AccountName], day: int) -> dict[GroupKey, list[tuple[str, ItemRow]]]:
    groups: dict[GroupKey, list[tuple[str, ItemRow]]] = {}
    for item in _rows(ledger, day):
        name = names[item.account]
        groups.setdefault((name.company, name.currency), []).append((name.customer_id, item))
    return groups


def _rows(ledger: Ledger, day: int) -> Iterator[ItemRow]:
    return store.item_rows(ledger.connection, ledger.tenant_id, day, "due-date")
