"""Documents before they are numbered: values that refer to each other by key, gathered in a Book."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from sample_data.generator.catalogue import BY_ID, END, ITEMS


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice or sales order; rate in cents."""

    item: str
    quantity: int
    rate: int

    @property
    def amount(self) -> int:
        """Quantity times rate, in cents."""
        return self.quantity * self.rate


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice whose amount is the sum of its lines; `order` is the key of its sales order."""

    key: str
    customer: str
    dated: date
    lines: tuple[Line, ...]
    due: date | None
    po: str = ""
    status: str = "posted"
    voided_on: date | None = None
    disputed: bool = False
    kind: str = ""
    memo: str = ""
    period: str = ""
    instalments: tuple[tuple[date, int], ...] = ()
    order: str = ""

    @property
    def amount(self) -> int:
        """The invoice total in cents."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A customer payment or deposit, in cents; `cheque` goes to otherrefnum."""

    key: str
    customer: str
    dated: date
    cents: int
    cheque: str
    kind: str = "payment"
    status: str = "posted"
    voided_on: date | None = None
    memo: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit memo, in cents; `invoice` is the key of the invoice it was made from, if any."""

    key: str
    customer: str
    dated: date
    cents: int
    invoice: str = ""
    kind: str = ""
    status: str = "posted"
    voided_on: date | None = None
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """Part of a receipt or credit memo set against an invoice; negative cents take it back."""

    source_type: str
    source: str
    invoice: str
    cents: int
    applied_on: date | None
    discount: int = 0


@dataclass(frozen=True, slots=True)
class Refund:
    """Money returned to a customer from a receipt's or credit memo's remainder, in cents."""

    key: str
    customer: str
    dated: date
    cents: int
    source_type: str
    source: str
    status: str = "posted"
    voided_on: date | None = None


@dataclass(frozen=True, slots=True)
class WriteOff:
    """A write-off of an invoice and what came back of it, in cents."""

    key: str
    invoice: str
    dated: date
    cents: int
    reason: str
    status: str = "posted"
    voided_on: date | None = None
    recovered_on: date | None = None
    recovered_cents: int = 0


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line of an order-side document; `link` is the key of the document it came from or led to."""

    item: str
    quantity: int
    fulfilled: int | None = None
    rate: int | None = None
    link: str = ""
    requested: date | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An order-side document (transactions.csv); parent and createdfrom are keys."""

    key: str
    type: str
    entity: str
    dated: date
    status: str
    lines: tuple[DocumentLine, ...]
    total: int | None = None
    po: str = ""
    memo: str = ""
    parent: str = ""
    createdfrom: str = ""
    expected: date | None = None
    tranid: str = ""
    initialtranid: str = ""


@dataclass(slots=True)
class Book:
    """Everything the year holds, in no order; `files` numbers and writes it."""

    invoices: list[Invoice] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    write_offs: list[WriteOff] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    def add_invoice(self, invoice: Invoice) -> Invoice:
        """Keep an invoice and return it, so that a caller can go on with it."""
        self.invoices.append(invoice)
        return invoice

    def receive(self, receipt: Receipt, *applications: tuple[str, int]) -> None:
        """Keep a receipt, applied on its own day to (invoice key, cents) each."""
        self.receipts.append(receipt)
        for invoice, cents in applications:
            self.applications.append(Application("payment", receipt.key, invoice, cents, receipt.dated))

    def credit(self, credit: Credit, *applications: tuple[str, int]) -> None:
        """Keep a credit memo, applied on its own day to (invoice key, cents) each."""
        self.credits.append(credit)
        for invoice, cents in applications:
            self.applications.append(Application("credit_memo", credit.key, invoice, cents, credit.dated))

    def sources(self) -> list[Receipt | Credit]:
        """Everything that can be applied to an invoice: receipts, then credit memos."""
        return [*self.receipts, *self.credits]

    def invoice(self, key: str) -> Invoice:
        """The invoice of that key; KeyError where there is none."""
        for invoice in self.invoices:
            if invoice.key == key:
                return invoice
        raise KeyError(key)


def due_date(customer_id: str, dated: date) -> date:
    """The due date that the customer's terms give an invoice of that day."""
    terms = BY_ID[customer_id].terms
    if terms == "EOM":
        return dated.replace(day=monthrange(dated.year, dated.month)[1])
    if "Net " in terms:
        return dated + timedelta(days=int(terms.rsplit(" ", 1)[1]))
    return dated


def business_day(day: date) -> date:
    """That day, or the Monday after a week-end; never past the end of the year told."""
    if day.weekday() >= 5:
        day += timedelta(days=7 - day.weekday())
    while day > END or day.weekday() >= 5:
        day -= timedelta(days=1)
    return day


def at_list_price(*sold: tuple[str, int]) -> tuple[Line, ...]:
    """Lines for (item code, quantity) at the price list's rates."""
    return tuple(Line(code, quantity, ITEMS[code].rate) for code, quantity in sold)
