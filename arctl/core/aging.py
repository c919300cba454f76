"""The aging report as values, and its making from account balances: buckets, totals, tie-out, filters. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from arctl.core.buckets import Buckets
from arctl.core.control import Control

# Rows that come by the hundred thousand are named tuples: a frozen dataclass takes five times as long to make.


class AccountName(NamedTuple):
    """Whose account it is: company and currency it is kept in, customer id and name."""

    company: str
    currency: str
    customer_id: str
    customer_name: str


class AccountBalance(NamedTuple):
    """What one account owes: cents by bucket, the earliest date its items are aged by (day number; None without open items),
    open invoices, excess of over-applied invoices in cents, and more than 0 where an open item's due date deserves a look."""

    account: int
    buckets: tuple[int, ...]
    oldest_day: int | None
    open_invoices: int
    excess_cents: int
    flagged: int


class OpenCredit(NamedTuple):
    """One credit: a payment or credit memo with cents left, or an over-applied invoice with its excess; `day` dates it."""

    account: int
    source_type: str
    id: str
    day: int
    cents: int
    kind: str
    exchange_rate: str | None


class DocumentTotal(NamedTuple):
    """Documents of one heading as of a day, in cents; `later` is how many start to count after it."""

    company: str
    currency: str
    heading: str
    cents: int
    later: int


class ItemRow(NamedTuple):
    """One open item as the ledger gives it."""

    account: int
    invoice_id: str
    installment: int
    tranid: str | None
    invoice_date: str
    due_date: str
    days_overdue: int
    amount_cents: int
    outstanding_cents: int
    disputed: str
    flags: int


class CustomerRow(NamedTuple):
    """One customer of a report; cents. `buckets` sum to outstanding, or to net where credits are netted or aged."""

    customer_id: str
    customer_name: str
    buckets: tuple[int, ...]
    outstanding: int
    unapplied: int
    max_days_overdue: int
    open_invoices: int

    @property
    def net(self) -> int:
        """Outstanding less unapplied credit."""
        return self.outstanding - self.unapplied


@dataclass(frozen=True, slots=True)
class Totals:
    """A report's totals in cents of its currency; `realised_fx` only where other currencies were translated."""

    currency: str
    buckets: tuple[int, ...]
    outstanding: int
    unapplied: int
    open_invoices: int
    customers: int
    realised_fx: int | None = None

    @property
    def net(self) -> int:
        """Outstanding less unapplied credit."""
        return self.outstanding - self.unapplied


SIGNS: Mapping[str, int] = {
    "invoices": 1,
    "receipts": -1,
    "credits": -1,
    "refunds": 1,
    "discounts": -1,
    "write_offs": -1,
    "recoveries": 1,
}
"""How each heading of documents moves net receivables."""


@dataclass(frozen=True, slots=True)
class TieOut:
    """Net receivables by documents against net receivables by aging, in cents."""

    expected_net: int
    aged_net: int

    @property
    def difference(self) -> int:
        """Aged less expected; zero where it ties."""
        return self.aged_net - self.expected_net

    @property
    def ok(self) -> bool:
        """Whether the two sides are equal."""
        return self.difference == 0


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader of the report should look at: what, how many, how much (cents), and examples by id."""

    code: str
    count: int
    cents: int | None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One company and currency of a report."""

    company: str
    currency: str
    totals: Totals
    tie_out: TieOut
    customers: Sequence[CustomerRow]
    exceptions: Sequence[Remark]
    items: Sequence[ItemRow] | None = None
    shown: Totals | None = None


@dataclass(frozen=True, slots=True)
class AgingReport:
    """The whole answer of `age`: one group per company and currency asked for.

    `failing` names the groups of the whole ledger, asked for or not, that do not tie out. `base` is the total in the
    company's own currency where there are several, or `base_reason` says why there is none. `control` is the general
    ledger's control account, where its balance was given.
    """

    as_of: str
    basis: str
    credits: str
    buckets: Buckets
    groups: Sequence[Group]
    failing: Sequence[str]
    base: Totals | None = None
    base_reason: str = ""
    names: Mapping[int, AccountName] = field(default_factory=dict)
    control: Control | None = None

    @property
    def ties(self) -> bool:
        """Whether the whole ledger ties out."""
        return not self.failing


GroupKey = tuple[str, str]


def customer_rows(
    names: Mapping[int, AccountName],
    balances: Iterable[AccountBalance],
    credits_left: Mapping[int, int],
    day: int,
    width: int,
) -> dict[GroupKey, list[CustomerRow]]:
    """Every account with something open or unapplied, by company and currency."""
    groups: dict[GroupKey, list[CustomerRow]] = {}
    rest = dict(credits_left)
    for balance in balances:
        outstanding = sum(balance.buckets)
        unapplied = rest.pop(balance.account, 0) + balance.excess_cents
        if not outstanding and not unapplied:
            continue
        company, currency, customer_id, name = names[balance.account]
        oldest = balance.oldest_day
        overdue = day - oldest if oldest is not None and oldest < day else 0
        row = CustomerRow(customer_id, name, balance.buckets, outstanding, unapplied, overdue, balance.open_invoices)
        group = groups.get((company, currency))
        if group is None:
            group = groups[company, currency] = []
        group.append(row)
    _add_credits_only(names, rest, groups, width)
    return groups


def _add_credits_only(
    names: Mapping[int, AccountName], rest: Mapping[int, int], groups: dict[GroupKey, list[CustomerRow]], width: int
) -> None:
    """Customers who owe nothing and have credit are listed too: their credit is in the net."""
    for account, cents in rest.items():
        if cents:
            company, currency, customer_id, name = names[account]
            groups.setdefault((company, currency), []).append(
                CustomerRow(customer_id, name, (0,) * width, 0, cents, 0, 0)
            )


def total_of(currency: str, width: int, rows: Sequence[CustomerRow]) -> Totals:
    """Sum of customer rows."""
    if not rows:
        return Totals(currency, (0,) * width, 0, 0, 0, 0)
    _, _, split, outstanding, unapplied, _, open_invoices = zip(*rows, strict=True)
    return Totals(
        currency,
        tuple(map(sum, zip(*split, strict=True))),
        sum(outstanding),
        sum(unapplied),
        sum(open_invoices),
        len(rows),
    )


def net_credits(rows: Sequence[CustomerRow]) -> list[CustomerRow]:
    """The same rows with unapplied credit taken out of current."""
    return [
        row._replace(buckets=(row.buckets[0] - row.unapplied, *row.buckets[1:])) if row.unapplied else row
        for row in rows
    ]


def age_credits(rows: Sequence[CustomerRow], aged: Mapping[str, Sequence[int]]) -> list[CustomerRow]:
    """The same rows with each credit taken out of the bucket its own date falls into; `aged`: customer id -> cents by bucket."""
    return [
        row._replace(
            buckets=tuple(cents - credit for cents, credit in zip(row.buckets, aged[row.customer_id], strict=True))
        )
        if row.customer_id in aged
        else row
        for row in rows
    ]


def expected_nets(totals: Iterable[DocumentTotal]) -> dict[GroupKey, int]:
    """Net receivables by documents alone: the right side of the tie-out."""
    nets: dict[GroupKey, int] = {}
    for total in totals:
        key = (total.company, total.currency)
        nets[key] = nets.get(key, 0) + SIGNS[total.heading] * total.cents
    return nets


_CUSTOMER_SORTS = {
    "overdue": lambda row: (row.buckets[0] - row.outstanding, row.customer_id),
    "outstanding": lambda row: (-row.outstanding, row.customer_id),
    "unapplied": lambda row: (-row.unapplied, row.customer_id),
    "days": lambda row: (-row.max_days_overdue, row.customer_id),
    "name": lambda row: (row.customer_name.casefold(), row.customer_id),
    "customer": lambda row: row.customer_id,
}
CUSTOMER_SORTS = tuple(_CUSTOMER_SORTS)

_ITEM_SORTS = {
    "overdue": lambda item: (-item.days_overdue, -item.outstanding_cents, item.invoice_id, item.installment),
    "outstanding": lambda item: (-item.outstanding_cents, item.invoice_id, item.installment),
    "due": lambda item: (item.due_date, item.invoice_id, item.installment),
    "invoice": lambda item: (item.invoice_id, item.installment),
}
ITEM_SORTS = tuple(_ITEM_SORTS)


def sort_customers(rows: list[CustomerRow], by: str) -> list[CustomerRow]:
    """Rows in the order asked for; ties by customer id. `overdue` wants rows whose first bucket is what is not yet due."""
    return sorted(rows, key=_CUSTOMER_SORTS[by])


def sort_items(items: Iterable[ItemRow], by: str) -> list[ItemRow]:
    """Items in the order asked for; ties by invoice id."""
    return sorted(items, key=_ITEM_SORTS[by])


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a report is narrowed to; None leaves it whole."""

    customer: str | None = None
    bucket: int | None = None
    min_overdue: int | None = None
    limit: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return (self.customer, self.bucket, self.min_overdue, self.limit) != (None, None, None, None)

    def of_customers(self, rows: Sequence[CustomerRow]) -> list[CustomerRow]:
        """The customer rows that are wanted, in their order."""
        wanted = [
            row
            for row in rows
            if (self.customer is None or row.customer_id == self.customer)
            and (self.bucket is None or row.buckets[self.bucket])
            and (self.min_overdue is None or row.max_days_overdue >= self.min_overdue)
        ]
        return wanted[: self.limit]

    def of_items(self, items: Sequence[ItemRow], buckets: Buckets) -> list[ItemRow]:
        """The items that are wanted, in their order; the customer is chosen where they are read."""
        wanted = [
            item
            for item in items
            if (self.bucket is None or buckets.index(item.days_overdue) == self.bucket)
            and (self.min_overdue is None or item.days_overdue >= self.min_overdue)
        ]
        return wanted[: self.limit]


def item_total(
    currency: str, buckets: Buckets, items: Sequence[ItemRow], accounts: Mapping[int, AccountName]
) -> Totals:
    """Sum of listed items."""
    cents = [0] * len(buckets.keys)
    for item in items:
        cents[buckets.index(item.days_overdue)] += item.outstanding_cents
    return Totals(
        currency,
        tuple(cents),
        sum(cents),
        0,
        len({item.invoice_id for item in items}),
        len({accounts[item.account].customer_id for item in items}),
    )
