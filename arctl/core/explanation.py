"""How one balance came about: each thing that moves an invoice, whether it counted on a day, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from arctl.core.dates import day_number
from arctl.core.terms import parse_terms

MovementKind = Literal["application", "write_off", "recovery"]
_COUNTING = ("approved", "posted", "voided")


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What decides whether a document counts. `closed`: the ERP no longer has it."""

    name: str
    status: str
    dated: date
    voided_on: date | None
    closed: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """One thing that moves an invoice.

    `cents` and `discount_cents` are what it takes off (a recovery puts it back). `own_date` is None where an
    application came without one. It counts on the day numbers from `from_day` up to, not including, `until_day`, as
    the ledger has worked them out; the reasons are read from the `documents` it hangs on. `paid_by` is the paying
    customer, id and name, where it is not the invoice's. `closed`: the ERP no longer has it.
    """

    kind: MovementKind
    source_type: str
    source_id: str
    own_date: date | None
    cents: int
    discount_cents: int
    from_day: int
    until_day: int
    documents: Sequence[DocumentFacts]
    closed: bool = False
    paid_by: tuple[str, str] | None = None

    @property
    def effective_on(self) -> date:
        """The latest of its own date and its documents'; whether it counts from then on is another matter."""
        dates = [document.dated for document in self.documents]
        return max(dates if self.own_date is None else [*dates, self.own_date])

    @property
    def taken_off(self) -> int:
        """What the invoice loses by it while it counts, discount included; below zero where it puts something back."""
        cents = self.cents + self.discount_cents
        return -cents if self.kind == "recovery" else cents

    def counted(self, day: date) -> bool:
        """Whether it counts at the end of a day."""
        return self.from_day <= day_number(day) < self.until_day

    def why(self, day: date) -> str:
        """The reason in words."""
        if self.counted(day):
            return "counts" if self.own_date is not None else "counts; undated, so from the later of its two documents"
        if self.closed:
            return f"this {self.kind.replace('_', '-')} is no longer in the ERP"
        for document in self.documents:
            barred = barred_because(document, day)
            if barred:
                return barred
        starts = self.effective_on
        ends = min(((d.voided_on, d.name) for d in self.documents if d.voided_on is not None), default=None)
        if ends is not None and ends[0] <= starts:
            return f"never counts: {ends[1]} is voided on {ends[0]}, before it would take effect"
        return f"takes effect on {starts}"


def barred_because(document: DocumentFacts, day: date) -> str:
    """Why a document does not count at the end of a day; "" where it does."""
    if document.closed:
        return f"{document.name} is no longer in the ERP"
    if document.status not in _COUNTING:
        return f"{document.name} is {document.status.replace('_', ' ')}"
    if document.voided_on is not None and document.voided_on <= day:
        return f"{document.name} was voided on {document.voided_on}"
    if document.dated > day:
        return f"{document.name} is dated {document.dated}"
    return ""


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """The invoice as the mirror has it, `amount_cents` in its currency; `due_date` is None where the ERP gave none.

    `account` is the ledger's number for customer, company and currency, None where no document of them ever landed.
    """

    id: str
    tranid: str | None
    customer_id: str
    customer_name: str
    terms: str | None
    company: str
    currency: str
    invoice_date: date
    due_date: date | None
    amount_cents: int
    status: str
    voided_on: date | None
    closed: bool
    disputed: bool
    account: int | None

    @property
    def document(self) -> DocumentFacts:
        """What decides whether it counts."""
        return DocumentFacts(f"invoice {self.id}", self.status, self.invoice_date, self.voided_on, self.closed)


def due_by(invoice: InvoiceFacts, installments: Sequence[date]) -> tuple[date, str]:
    """The day it is, or begins to be, due by, and where that day is from; "" where the ERP gave it."""
    if installments:
        return min(installments), ""
    if invoice.due_date is not None:
        return invoice.due_date, ""
    terms = parse_terms(invoice.terms)
    if terms is not None:
        return terms.due(invoice.invoice_date), f"no due date in the ERP: by terms {invoice.terms}"
    unknown = f"terms {invoice.terms} are not understood" if invoice.terms else "no terms"
    return invoice.invoice_date, f"no due date in the ERP and {unknown}: the invoice date"


@dataclass(frozen=True, slots=True)
class OpenShare:
    """One open item of the invoice: instalment 0 is the whole."""

    installment: int
    due_date: date
    days_overdue: int
    bucket: str
    outstanding_cents: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer of `explain`, cents of the invoice's currency.

    `raw_cents` is the balance by the ledger's one definition, `movements` stand in the order they take effect,
    `position` says where the invoice is among the dunning thresholds, "" where nothing is open.
    """

    as_of: date
    invoice: InvoiceFacts
    due_date: date
    due_derived: str
    movements: Sequence[Movement]
    raw_cents: int
    shares: Sequence[OpenShare]
    position: str

    @property
    def barred(self) -> str:
        """Why the invoice itself does not count; "" where it does."""
        return barred_because(self.invoice.document, self.as_of)

    @property
    def outstanding_cents(self) -> int:
        """What is open."""
        return max(self.raw_cents, 0)

    @property
    def excess_cents(self) -> int:
        """How far it is over-applied."""
        return max(-self.raw_cents, 0)

    @property
    def added_up(self) -> int:
        """The balance by adding up what counted, to hold against the one definition."""
        if self.barred:
            return 0
        taken_off = sum(each.taken_off for each in self.movements if each.counted(self.as_of))
        return self.invoice.amount_cents - taken_off

    @property
    def oldest(self) -> OpenShare | None:
        """The open item that is overdue longest."""
        return max(self.shares, key=lambda share: share.days_overdue, default=None)
