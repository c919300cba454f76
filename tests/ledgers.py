"""Generated receivables for tests: every situation the definitions name, and always valid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from arctl.core.documents import (
    WRITE_OFF_KIND,
    Application,
    Customer,
    Installment,
    Invoice,
    Receivables,
    Refund,
    Source,
    SourceType,
    Status,
    WriteOff,
)
from arctl.core.money import Cents
from tests.folders import COLUMNS, write_folder

__all__ = ["COLUMNS", "as_of_days", "asked_ledgers", "ledgers", "telling_days", "write_folder"]

FIRST, LAST = date(2024, 1, 10), date(2024, 5, 9)
"""The window of document dates: 120 days with a leap day in it."""

# Days around every tenth day only: dates coincide often, and differences hit 0, 30, 31, 60, 61, 90 and 91.
GRID = tuple(
    day
    for tens in range(13)
    for shift in (-1, 0, 1)
    if FIRST <= (day := FIRST + timedelta(days=10 * tens + shift)) <= LAST
)

COMPANIES = ("default", "north")
# Two thirds of the documents meet in one group, so that applications find partners.
GROUPS = (*[("default", "USD")] * 6, ("default", "EUR"), ("north", "USD"), ("north", "EUR"))
STATUSES = (
    *[Status.POSTED] * 11,
    *[Status.APPROVED] * 2,
    *[Status.VOIDED] * 4,
    Status.DRAFT,
    Status.PENDING_APPROVAL,
    Status.REJECTED,
)
TERMS = (
    *(None, "Net 30", "net 15", "2% 10 Net 30", "2/10 net 30"),
    *("Due on receipt", "EOM", "Net 30 EOM", "as agreed"),
)
DUE_AFTER = (None, None, -5, 0, 9, 10, 14, 30, 45, 60)
AMOUNTS = (0, 1, 999, 1000, 3333, 5000, 9999, 10000, 10000, 25000)
INVOICE_KINDS = ("invoice", "invoice", "invoice", "journal", "finance_charge")
PAYMENT_KINDS = ("payment", "payment", "deposit")
CREDIT_KINDS = ("credit_memo", "credit_memo", "journal", WRITE_OFF_KIND)

Picked = TypeVar("Picked")

_days = st.sampled_from(GRID)
_amounts = st.one_of(st.sampled_from(AMOUNTS), st.integers(0, 30000))
_no_day = st.none()


@dataclass(frozen=True, slots=True)
class _Counts:
    customers: int
    invoices: int
    sources: int
    applications: int
    refunds: int
    write_offs: int


_counts = st.builds(
    _Counts,
    customers=st.integers(1, 6),
    invoices=st.integers(0, 12),
    sources=st.integers(0, 10),
    applications=st.integers(0, 14),
    refunds=st.integers(0, 4),
    write_offs=st.integers(0, 4),
)


def as_of_days() -> st.SearchStrategy[date]:
    """Dates in and around the window: often one on which something happens, at times long before or after."""
    return st.one_of(_days, _days, st.dates(FIRST - timedelta(days=20), LAST + timedelta(days=140)))


def telling_days(receivables: Receivables) -> list[date]:
    """Every date a document carries, due dates aside, with the day before it: between them no balance changes.

    One ledger asked on all of them shows far more than many ledgers asked on one date each.
    """
    dates = {
        *(day for i in receivables.invoices for day in (i.invoice_date, i.voided_on)),
        *(day for s in receivables.sources for day in (s.source_date, s.voided_on)),
        *(a.applied_on for a in receivables.applications),
        *(day for r in receivables.refunds for day in (r.refund_date, r.voided_on)),
        *(day for w in receivables.write_offs for day in (w.written_off_on, w.voided_on, w.recovered_on)),
    }
    named = {day for day in dates if day is not None} or {FIRST}
    return sorted(named | {day - timedelta(days=1) for day in named})


@st.composite
def asked_ledgers(draw: st.DrawFn) -> tuple[Receivables, date]:
    """A ledger and a date to ask it on: mostly one on which, or a day before which, something happens."""
    anywhere, share = draw(as_of_days()), draw(st.integers(0, 99))
    receivables = draw(ledgers())
    days = telling_days(receivables)
    return receivables, anywhere if share % 4 == 0 else days[share * len(days) // 100]


@st.composite
def ledgers(draw: st.DrawFn) -> Receivables:
    """Up to 6 customers and 12 invoices with everything that can happen to them; a sync rejects none of it."""
    # All the counts before anything else: what is drawn last is often the simplest, and that would be none.
    many = draw(_counts)
    customers = [_customer(draw, number) for number in range(1, many.customers + 1)]
    invoices = [_invoice(draw, number, customers) for number in range(1, many.invoices + 1)]
    sources = _sources(draw, many.sources, customers)
    return Receivables(
        customers=tuple(customers),
        invoices=tuple(invoices),
        sources=tuple(sources),
        applications=_applications(draw, many.applications, invoices, sources),
        write_offs=_write_offs(draw, many.write_offs, invoices),
        refunds=_refunds(draw, many.refunds, sources),
        installments=tuple(part for invoice in invoices for part in _installments(draw, invoice)),
    )


def _some(draw: st.DrawFn, documents: Sequence[Picked], many: int) -> list[Picked]:
    return draw(st.lists(st.sampled_from(documents), min_size=many, max_size=many)) if documents else []


def _customer(draw: st.DrawFn, number: int) -> Customer:
    parents = [None, *(f"C{earlier}" for earlier in range(1, number))]
    return Customer(
        id=f"C{number}",
        name=f"Customer {number}",
        terms=draw(st.sampled_from(TERMS)),
        company=draw(st.sampled_from(COMPANIES)),
        parent_id=draw(st.sampled_from(parents)),
    )


@dataclass(frozen=True, slots=True)
class _Life:
    """What every document has: a status and, where voided, the day; before, on or after the document's own date."""

    status: Status
    voided_on: date | None


def _life(draw: st.DrawFn, own_date: date) -> _Life:
    status = draw(st.sampled_from(STATUSES))
    if status is not Status.VOIDED:
        return _Life(status, None)
    return _Life(status, draw(st.one_of(_days, _days, st.just(own_date))))


def _invoice(draw: st.DrawFn, number: int, customers: Sequence[Customer]) -> Invoice:
    company, currency = draw(st.sampled_from(GROUPS))
    invoice_date = draw(_days)
    life = _life(draw, invoice_date)
    due_after = draw(st.sampled_from(DUE_AFTER))
    return Invoice(
        id=f"{number:03d}",  # leading zeros matter, and payments and credit memos share the number
        customer_id=draw(st.sampled_from(customers)).id,
        invoice_date=invoice_date,
        amount=Cents(draw(_amounts)),
        due_date=None if due_after is None else invoice_date + timedelta(days=due_after),
        currency=currency,
        company=company,
        status=life.status,
        voided_on=life.voided_on,
        kind=draw(st.sampled_from(INVOICE_KINDS)),
        disputed=draw(st.booleans()),
    )


def _installments(draw: st.DrawFn, invoice: Invoice) -> list[Installment]:
    """None, or two to four parts that sum to the invoice; due dates rise, fall or repeat as the numbers rise."""
    many = draw(st.sampled_from((0, 0, 2, 3, 4)))
    if not many:
        return []
    cuts = sorted(draw(st.lists(st.integers(0, invoice.amount), min_size=many - 1, max_size=many - 1)))
    edges = [0, *cuts, invoice.amount]
    due_after = draw(st.sampled_from(((0, 30, 60, 90), (90, 60, 30, 0), (30, 30, 30, 30), (10, -5, 10, -5))))
    return [
        Installment(
            invoice_id=invoice.id,
            installment=number,
            due_date=invoice.invoice_date + timedelta(days=due_after[number - 1]),
            amount=Cents(edges[number] - edges[number - 1]),
        )
        for number in range(1, many + 1)
    ]


def _sources(draw: st.DrawFn, many: int, customers: Sequence[Customer]) -> list[Source]:
    types = (SourceType.PAYMENT, SourceType.PAYMENT, SourceType.CREDIT_MEMO)
    drawn = sorted(draw(st.lists(st.sampled_from(types), min_size=many, max_size=many)))
    # Numbered within their type: a payment and a credit memo share an id.
    return [_source(draw, each, drawn[:place].count(each) + 1, customers) for place, each in enumerate(drawn)]


def _source(draw: st.DrawFn, source_type: SourceType, number: int, customers: Sequence[Customer]) -> Source:
    company, currency = draw(st.sampled_from(GROUPS))
    source_date = draw(_days)
    life = _life(draw, source_date)
    kinds = PAYMENT_KINDS if source_type is SourceType.PAYMENT else CREDIT_KINDS
    return Source(
        type=source_type,
        id=f"{number:03d}",
        customer_id=draw(st.sampled_from(customers)).id,
        source_date=source_date,
        amount=Cents(draw(_amounts)),
        currency=currency,
        company=company,
        status=life.status,
        voided_on=life.voided_on,
        kind=draw(st.sampled_from(kinds)),
    )


def _applications(
    draw: st.DrawFn, many: int, invoices: Sequence[Invoice], sources: Sequence[Source]
) -> tuple[Application, ...]:
    pairs = [(source, invoice) for source in sources for invoice in invoices if source.group == invoice.group]
    # The applications of one source carry ids all or none: without ids, a file holds all of a payer's applications.
    with_ids = {source.key for source in sources if draw(st.booleans())}
    return tuple(
        _application(draw, number, source, invoice, source.key in with_ids)
        for number, (source, invoice) in enumerate(_some(draw, pairs, many), start=1)
    )


def _application(draw: st.DrawFn, number: int, source: Source, invoice: Invoice, with_id: bool) -> Application:
    telling = (invoice.amount // 3, invoice.amount // 2, invoice.amount, source.amount, -(invoice.amount // 3))
    amount = draw(st.one_of(st.sampled_from(telling), st.sampled_from(telling), st.integers(-15000, 30000)))
    return Application(
        source_type=source.type,
        source_id=source.id,
        invoice_id=invoice.id,
        amount=Cents(amount),
        applied_on=draw(st.one_of(_no_day, _days, _days)),
        discount=Cents(draw(st.sampled_from((0, 0, 0, 20, 200, 4000)))) if amount >= 0 else Cents(0),
        id=f"A{number}" if with_id else None,
    )


def _refunds(draw: st.DrawFn, many: int, sources: Sequence[Source]) -> tuple[Refund, ...]:
    refunds = []
    for number, source in enumerate(_some(draw, sources, many), start=1):
        refund_date = draw(_days)
        life = _life(draw, refund_date)
        refunds.append(
            Refund(
                id=f"R{number}",
                customer_id=source.customer_id,
                refund_date=refund_date,
                amount=Cents(draw(st.sampled_from((source.amount, source.amount // 2)) | _amounts)),
                source_type=source.type,
                source_id=source.id,
                status=life.status,
                voided_on=life.voided_on,
            )
        )
    return tuple(refunds)


def _write_offs(draw: st.DrawFn, many: int, invoices: Sequence[Invoice]) -> tuple[WriteOff, ...]:
    write_offs = []
    for number, invoice in enumerate(_some(draw, invoices, many), start=1):
        day = draw(_days)
        life = _life(draw, day)
        amount = draw(st.sampled_from((invoice.amount, invoice.amount // 2)) | _amounts)
        recovered_on = draw(st.one_of(_no_day, _days)) if amount else None
        write_offs.append(
            WriteOff(
                id=f"W{number}",
                invoice_id=invoice.id,
                written_off_on=day,
                amount=Cents(amount),
                status=life.status,
                voided_on=life.voided_on,
                recovered_on=recovered_on,
                recovered_amount=Cents(draw(st.integers(1, amount)) if recovered_on else 0),
            )
        )
    return tuple(write_offs)
