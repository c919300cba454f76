"""The receivables documents as values: what the ERP says, dated and in cents; no balances, no files, no SQL."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from arctl.core.money import Cents

NOTHING = Cents(0)
WRITE_OFF_KIND = "write_off"
"""The kind of a credit memo by which an ERP keeps a write-off."""
FINANCE_CHARGE_KIND = "finance_charge"
"""The kind of an invoice that charges for lateness: owed like any other, but no sale."""


class Status(StrEnum):
    """Where a document stands in the ERP; whether it counts as of a date is `balance.counts`."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    POSTED = "posted"
    VOIDED = "voided"
    REJECTED = "rejected"


class SourceType(StrEnum):
    """What an application draws on. A payment and a credit memo may carry the same id."""

    PAYMENT = "payment"
    CREDIT_MEMO = "credit_memo"


SourceKey = tuple[SourceType, str]
Group = tuple[str, str]
"""(company, currency): what is aged and tied out on its own."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Who owes. `terms` date an invoice that carries no due date."""

    id: str
    name: str
    terms: str | None = None
    company: str = "default"
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a customer owes; a journal entry or a finance charge is an invoice of its own kind. `amount` ≥ 0."""

    id: str
    customer_id: str
    invoice_date: date
    amount: Cents
    due_date: date | None = None
    currency: str = "USD"
    company: str = "default"
    status: Status = Status.POSTED
    voided_on: date | None = None
    kind: str = "invoice"
    disputed: bool = False

    @property
    def group(self) -> Group:
        """(company, currency)."""
        return self.company, self.currency


@dataclass(frozen=True, slots=True)
class Installment:
    """One part of an invoice's amount with a due date of its own; the parts sum to the invoice."""

    invoice_id: str
    installment: int
    due_date: date
    amount: Cents


@dataclass(frozen=True, slots=True)
class Source:
    """What pays or credits a customer: a payment (kind payment, deposit) or a credit memo (write_off …)."""

    type: SourceType
    id: str
    customer_id: str
    source_date: date
    amount: Cents
    currency: str = "USD"
    company: str = "default"
    status: Status = Status.POSTED
    voided_on: date | None = None
    kind: str = "payment"

    @property
    def key(self) -> SourceKey:
        """(type, id): ids are unique within a type only."""
        return self.type, self.id

    @property
    def group(self) -> Group:
        """(company, currency)."""
        return self.company, self.currency


@dataclass(frozen=True, slots=True)
class Application:
    """So much of a source on an invoice of its company and currency; negative: an unapplication with its own date.

    `discount` ≥ 0 reduces the invoice only. Without `applied_on` the date follows from the two documents.
    """

    source_type: SourceType
    source_id: str
    invoice_id: str
    amount: Cents
    applied_on: date | None = None
    discount: Cents = NOTHING
    id: str | None = None

    @property
    def source_key(self) -> SourceKey:
        """The key of the payment or credit memo it draws on."""
        return self.source_type, self.source_id


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back out of a source; it has the source's company and currency."""

    id: str
    customer_id: str
    refund_date: date
    amount: Cents
    source_type: SourceType
    source_id: str
    status: Status = Status.POSTED
    voided_on: date | None = None

    @property
    def source_key(self) -> SourceKey:
        """The key of the payment or credit memo it gives back."""
        return self.source_type, self.source_id


@dataclass(frozen=True, slots=True)
class WriteOff:
    """So much of an invoice given up, and what was recovered of it later (0 ≤ recovered_amount ≤ amount)."""

    id: str
    invoice_id: str
    written_off_on: date
    amount: Cents
    status: Status = Status.POSTED
    voided_on: date | None = None
    recovered_on: date | None = None
    recovered_amount: Cents = NOTHING


@dataclass(frozen=True, slots=True)
class Receivables:
    """Every receivables document of one ledger; order carries no meaning."""

    customers: tuple[Customer, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    installments: tuple[Installment, ...] = ()
    sources: tuple[Source, ...] = ()
    applications: tuple[Application, ...] = ()
    refunds: tuple[Refund, ...] = ()
    write_offs: tuple[WriteOff, ...] = ()
