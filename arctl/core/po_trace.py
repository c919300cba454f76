"""What a customer's PO# stands for as of a day: its orders with their records, gaps, balances, and look-alikes. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arctl.core.money import minor_digits
from arctl.core.po_chain import Foreign, Links, Record, Tree, chains
from arctl.core.po_documents import (
    FULFILLMENT,
    INVOICE,
    PLACES,
    REFERENCES,
    SALES_ORDER,
    Balance,
    Document,
    Settlement,
)
from arctl.core.po_gaps import gaps, keyed_twice, loose_gaps
from arctl.core.po_number import near
from arctl.core.po_standing import Gap, has_left

_OFFERED = 10


class Similar(NamedTuple):
    """A PO# that looks like the one asked for, and one record that bears it."""

    po: str
    type: str
    id: str
    entity: str


@dataclass(frozen=True, slots=True)
class Money:
    """Invoices as of a day: balance and settlements by invoice id; names of customers by id."""

    balances: Mapping[str, Balance]
    settlements: Mapping[str, Sequence[Settlement]]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """One order under the PO#, with its gaps and what it comes to (cents of `currency`; None where it cannot be told)."""

    tree: Tree
    customer_id: str
    currency: str
    gaps: tuple[Gap, ...]
    ordered_cents: int | None
    invoiced_cents: int
    outstanding_cents: int
    shipped_on: str | None
    """The day of the last fulfillment that left the house."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything about one PO# as of a day. `later` counts records dated after it, which are left out."""

    po: str
    as_of: str
    orders: tuple[Order, ...]
    loose: tuple[Record, ...]
    foreign: tuple[Foreign, ...]
    loose_gaps: tuple[Gap, ...]
    similar: tuple[Similar, ...]
    later: int
    money: Money

    @property
    def found(self) -> bool:
        """Whether any record bears the PO#."""
        return bool(self.orders or self.loose or self.foreign)

    @property
    def customers(self) -> list[str]:
        """Ids of the customers whose records bear the PO#."""
        loose = (
            record.document for record in self.loose if record.document.type in (SALES_ORDER, FULFILLMENT, INVOICE)
        )
        return sorted({each.customer_id for each in self.orders} | {each.entity for each in loose})

    def gaps(self) -> Iterator[tuple[str | None, Gap]]:
        """Every gap with the id of its order, where it is one's."""
        for order in self.orders:
            for gap in order.gaps:
                yield order.tree.order_id, gap
        for gap in self.loose_gaps:
            yield None, gap


def in_currency(documents: Iterable[Document], currencies: Mapping[str, str | None]) -> list[Document]:
    """The documents with what a customer orders and gets in the currency it is invoiced in; `currencies` by customer id.

    Order documents name none: it is their invoice's, else the customer's, else their company's.
    """
    documents = list(documents)
    invoiced: dict[str, set[str]] = {}
    for document in documents:
        if document.type == INVOICE and document.createdfrom:
            invoiced.setdefault(document.createdfrom, set()).add(document.currency)
    return [_priced(document, invoiced, currencies) for document in documents]


def _priced(document: Document, invoiced: Mapping[str, set[str]], currencies: Mapping[str, str | None]) -> Document:
    if document.type not in (SALES_ORDER, FULFILLMENT):
        return document
    order = document.id if document.type == SALES_ORDER else document.createdfrom or ""
    by_invoice = invoiced.get(order, set())
    currency = next(iter(by_invoice)) if len(by_invoice) == 1 else currencies.get(document.entity)
    if currency is None or currency == document.currency:
        return document
    digits = minor_digits(currency) - minor_digits(document.currency)
    if not digits:
        return document._replace(currency=currency)
    lines = tuple(line._replace(cents=_scaled(line.cents, digits)) for line in document.lines)
    return document._replace(currency=currency, cents=_scaled(document.cents, digits), lines=lines)


def _scaled(cents: int | None, digits: int) -> int | None:
    """The same amount in a minor unit of so many more decimals; amounts were read in the company's."""
    if cents is None:
        return None
    more, fewer = 10 ** max(digits, 0), 10 ** max(-digits, 0)
    rounded: int = (2 * cents * more + fewer) // (2 * fewer)
    return rounded


def by_day(documents: Sequence[Document], as_of: str) -> tuple[list[Document], int]:
    """The documents dated by a day, and how many are later. An order stays while something earlier hangs on it."""
    kept = [document for document in documents if document.dated <= as_of]
    if len(kept) == len(documents):
        return kept, 0
    needed = {origin for each in kept for origin in (each.parent_so_id, each.createdfrom)}
    kept = [each for each in documents if each.dated <= as_of or (each.type == SALES_ORDER and each.id in needed)]
    return kept, len(documents) - len(kept)


def invoices_shown(links: Links) -> list[Document]:
    """The invoices of the PO#'s orders, and those that bear it without one: what balances are wanted of."""
    found = {document.name: document for document in links.loose if document.type == INVOICE}
    for order in links.orders:
        found |= {document.name: document for document in links.under(order) if document.type == INVOICE}
    return list(found.values())


def trace(
    links: Links, as_of: str, money: Money, similar: Iterable[Document], later: int, customer: str | None
) -> Trace:
    """The trace out of all that was read; with `customer` (an id) only what is this one's."""
    threaded = chains(links)
    trees = [tree for tree in threaded.orders if customer in (None, _customer(tree))]
    twice = {gap.document: gap for gap in keyed_twice(trees)}
    loose = [record for record in threaded.loose if customer in (None, record.document.entity)]
    foreign = tuple(each for each in threaded.foreign if customer in (None, each.record.document.entity))
    orders = tuple(_order(tree, as_of, money, twice.get(tree.order_id)) for tree in trees)
    uninvoiced = {each.customer_id for each in orders if any(gap.code == "not_invoiced" for gap in each.gaps)}
    return Trace(
        links.po,
        as_of,
        orders,
        tuple(loose),
        foreign,
        (*_contradicted(foreign), *loose_gaps(loose, len(trees), uninvoiced, as_of, money.balances)),
        tuple(_similar(links.po, similar)),
        later,
        money,
    )


def _customer(tree: Tree) -> str:
    told = [tree.root] if tree.root else [record.document for record in tree.records()]
    return next((each.entity for each in told if each.type in (SALES_ORDER, FULFILLMENT, INVOICE) and each.entity), "")


def _order(tree: Tree, as_of: str, money: Money, twice: Gap | None) -> Order:
    found = gaps(tree, as_of, money.balances)
    documents = [record.document for record in tree.records()]
    invoices = [each for each in documents if each.type == INVOICE and each.stands(as_of)]
    currency = next((each.currency for each in (tree.root, *invoices, *documents) if each is not None), "")
    shipments = [each for each in documents if each.type == FULFILLMENT and each.stands(as_of) and has_left(each)]
    return Order(
        tree,
        _customer(tree),
        currency,
        (*found, *([twice] if twice else ())),
        tree.root.cents if tree.root else None,
        sum(each.cents or 0 for each in invoices if each.currency == currency),
        sum(
            max(money.balances[each.id].raw_cents, 0)
            for each in invoices
            if each.id in money.balances and each.currency == currency
        ),
        max((each.dated for each in shipments), default=None),
    )


def _contradicted(foreign: Iterable[Foreign]) -> Iterator[Gap]:
    for each in foreign:
        bears = f"whose PO# is {each.other}" if each.other else "which bears no PO#"
        message = f"carries the PO# in {each.record.fields[0]}, but belongs to {each.order_id}, {bears}"
        yield Gap("other_order", each.record.document.id, message, "contradiction")


def _similar(po: str, documents: Iterable[Document]) -> list[Similar]:
    """One record for each number that looks alike, the order before what follows it."""
    found: dict[str, Similar] = {}
    seen: set[str | None] = {None}
    for document in sorted(documents, key=lambda each: (PLACES[each.type], each.id)):
        for name in REFERENCES[document.type]:
            text = getattr(document, name)
            if text in seen:
                continue
            seen.add(text)
            word = near(text, po)
            if word is not None:
                found.setdefault(word, Similar(word, document.type, document.id, document.entity))
    return sorted(found.values())[:_OFFERED]
