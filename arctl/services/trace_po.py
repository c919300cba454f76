"""What a customer's PO# threads: gathered by words and links until nothing new turns up, then told by core."""

from collections.abc import Iterable
from datetime import date

from arctl.core.dates import day_number
from arctl.core.po_chain import Links, matched_fields, named_by, unread, unread_numbers
from arctl.core.po_documents import FULFILLMENT, INVOICE, SALES_ORDER, Document
from arctl.core.po_number import lookup_key, neighbours, po_number, slips
from arctl.core.po_trace import Money, Trace, by_day, in_currency, invoices_shown, trace
from arctl.errors import UsageError
from arctl.store import books
from arctl.store import po_trace as store
from arctl.store.ledger import Ledger

CUSTOMERS = (SALES_ORDER, FULFILLMENT, INVOICE)
"""Documents whose entity is a customer."""
_ALIKE = 60
"""Documents looked at, of each kind, for numbers that look alike."""


def trace_po(ledger: Ledger, text: str, as_of: date, company: str | None = None, customer: str | None = None) -> Trace:
    """The trace of the PO# that `text` names, as of the end of a day; only one company's, one customer's (id) where named.

    Raises UsageError where the text holds no PO#. Where no record bears it, the trace is empty but for what looks alike.
    """
    po = po_number(text)
    if not po:
        raise UsageError(f"{text!r} holds no PO#", "write it as the customer does, such as 72622")
    ledger.connection.execute("BEGIN")  # one reading of the ledger: a sync that commits meanwhile changes nothing here
    try:
        only = None if company is None else _company_id(ledger, company)
        search = _Search(ledger, po, only)
        links, later, names = _threads(ledger, search, as_of)
        money = _money(ledger, invoices_shown(links), as_of, names)
        return trace(links, as_of.isoformat(), money, search.alike(bool(links.documents)), later, customer)
    finally:
        ledger.connection.rollback()


def _threads(ledger: Ledger, search: "_Search", as_of: date) -> tuple[Links, int, dict[str, str]]:
    """What hangs on what by the day, how many records are later, and the names of the customers among those concerned."""
    links = search.links()
    documents, later = by_day(links.documents, as_of.isoformat())
    entities = sorted({each.entity for each in documents if each.type in CUSTOMERS})
    known = store.customers(ledger.connection, ledger.tenant_id, entities) if entities else {}
    priced = in_currency(documents, {id: currency for id, (_, currency) in known.items()})
    if later or any(one is not other for one, other in zip(documents, priced, strict=True)):
        links = Links(priced, search.po)
    return links, later, {id: name for id, (name, _) in known.items()}


def _company_id(ledger: Ledger, name: str) -> int:
    return next(each.company_id for each in books.companies(ledger.connection, ledger.tenant_id) if each.name == name)


class _Search:
    """Everything that a PO# may thread, read level by level."""

    def __init__(self, ledger: Ledger, po: str, company: int | None) -> None:
        self.connection, self.tenant = ledger.connection, ledger.tenant_id
        self.po, self.company = po, company
        self.held: dict[tuple[bool, str], Document] = {}
        self.asked: set[str] = set()
        self.numbers: set[str] = set()
        self.named: set[str] = set()
        self.gone_under: set[str] = set()
        self.near: list[Document] = []

    def links(self) -> Links:
        """All of them, and what hangs on what."""
        found = store.by_word(self.connection, self.tenant, lookup_key(self.po))
        self._take(each for each in found if matched_fields(each, self.po))
        self.near = [each for each in found if each.name not in self.held]
        while True:
            while wanted := unread(self.held.values()) - {id for _, id in self.held} - self.asked:
                self.asked |= wanted
                self._take(store.by_ids(self.connection, self.tenant, sorted(wanted)))
            links = Links(list(self.held.values()), self.po)
            if not (self._go_under(links) or self._follow_numbers(links)):
                return links

    def _take(self, found: Iterable[Document]) -> bool:
        """Keep what is new, with its lines; whether anything was."""
        new = [
            each
            for each in found
            if each.name not in self.held and (self.company is None or each.company_id == self.company)
        ]
        orders = [each.key for each in new if each.type != INVOICE]
        invoices = [each.key for each in new if each.type == INVOICE]
        lines = store.order_lines(self.connection, self.tenant, orders) if orders else {}
        billed = store.invoice_lines(self.connection, self.tenant, invoices) if invoices else {}
        for each in new:
            of_it = (billed if each.type == INVOICE else lines).get(each.key, ())
            self.held[each.name] = each._replace(lines=tuple(of_it))
        return bool(new)

    def _go_under(self, links: Links) -> bool:
        """What hangs on the orders, and on records without one: their builds, receipts, bills, invoices."""
        roots = {*links.orders, *(each.id for each in links.loose if each.type != INVOICE)} - self.gone_under
        if not roots:
            return False
        self.gone_under |= roots
        new = self._take(store.hanging_on(self.connection, self.tenant, roots))
        origins = {each.id for each in self.held.values() if each.type in (SALES_ORDER, FULFILLMENT)} | roots
        return self._take(store.invoices_of(self.connection, self.tenant, sorted(origins))) or new

    def _follow_numbers(self, links: Links) -> bool:
        """By the numbers that lines name, where a link by id was lost."""
        wanted = unread_numbers(links) - self.numbers
        self.numbers |= wanted
        new = bool(wanted) and self._take(store.by_numbers(self.connection, self.tenant, sorted(wanted)))
        named = named_by(links) - self.named
        self.named |= named
        if not named:
            return new
        held = {each.key for each in self.held.values() if each.type != INVOICE}
        keys = store.named_in_lines(self.connection, self.tenant, sorted(named)) - held
        return self._take(store.by_keys(self.connection, self.tenant, sorted(keys))) if keys else new

    def alike(self, found: bool) -> list[Document]:
        """Documents whose PO# may look like the one asked for; further afield where nobody bears that one."""
        keys = neighbours(self.po) + ([] if found else slips(self.po))
        more = store.by_words(self.connection, self.tenant, keys, _ALIKE) if keys else []
        return [each for each in (*self.near, *more) if self.company is None or each.company_id == self.company]


def _money(ledger: Ledger, invoices: list[Document], as_of: date, names: dict[str, str]) -> Money:
    """Balances by the one definition, and what settled each invoice."""
    day = day_number(as_of)
    connection, tenant = ledger.connection, ledger.tenant_id
    balances = {
        each.id: store.balance(connection, tenant, each.account, each.key, day)
        for each in invoices
        if each.account is not None
    }
    by_key = store.settlements(connection, tenant, [each.key for each in invoices], day) if invoices else {}
    return Money(balances, {each.id: by_key.get(each.key, []) for each in invoices}, names)
