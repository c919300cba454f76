"""How an ERP's documents may change from sync to sync: generated courses of valid states, for hypothesis."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from arctl.core.balance import effective_on
from arctl.core.documents import Application, Customer, Invoice, Receivables, Refund, Source, Status, WriteOff
from arctl.core.money import Cents
from tests.folders import Row, folder_rows
from tests.ledgers import GRID, TERMS, ledgers

Document = TypeVar("Document")
_days = st.sampled_from(GRID)


@st.composite
def courses(draw: st.DrawFn, longest: int = 4) -> list[Receivables]:
    """Two to `longest` states of one ERP, each complete and valid: documents come, change and go from one to the next."""
    whole = draw(ledgers())
    states = [_changed(draw, _kept(draw, whole)) for _ in range(draw(st.integers(1, longest - 1)))]
    return [*states, whole]


@st.composite
def arrivals(draw: st.DrawFn) -> list[Receivables]:
    """States that only grow and change: every document of an earlier one is in the next, perhaps with other values."""
    whole = draw(ledgers())
    states = [whole]
    for _ in range(draw(st.integers(1, 3))):
        states.insert(0, _changed(draw, _kept(draw, states[0])))
    return states


def changed_rows(before: Receivables, after: Receivables) -> dict[str, list[Row]]:
    """What an export of changes holds: rows that are new or differ, and the sets that must come whole with them."""
    known, rows = folder_rows(before), folder_rows(after)
    fresh = {name: [row for row in rows[name] if row not in known[name]] for name in rows}
    # The parts of an invoice replace its earlier ones, and are held against the amount that comes with them.
    invoices = {row["id"] for row in fresh["customer_invoices.csv"]}
    invoices |= {row["invoice_id"] for row in fresh["invoice_installments.csv"]}
    # Without ids an export holds all the applications of a payer, or none of them.
    payers = {(row["source_type"], row["source_id"]) for row in fresh["payment_applications.csv"]}
    return fresh | {
        "customer_invoices.csv": [row for row in rows["customer_invoices.csv"] if row["id"] in invoices],
        "invoice_installments.csv": [row for row in rows["invoice_installments.csv"] if row["invoice_id"] in invoices],
        "payment_applications.csv": [
            row for row in rows["payment_applications.csv"] if (row["source_type"], row["source_id"]) in payers
        ],
    }


def known_by(receivables: Receivables, day: date) -> Receivables:
    """The documents dated up to a day and what hangs on them; a payment of later stays where a refund of it is earlier."""
    invoices = {i.id: i for i in receivables.invoices if i.invoice_date <= day}
    refunds = tuple(r for r in receivables.refunds if r.refund_date <= day)
    refunded = {r.source_key for r in refunds}
    sources = {s.key: s for s in receivables.sources if s.source_date <= day or s.key in refunded}
    return replace(
        receivables,
        invoices=tuple(invoices.values()),
        installments=tuple(part for part in receivables.installments if part.invoice_id in invoices),
        sources=tuple(sources.values()),
        applications=tuple(
            a
            for a in receivables.applications
            if a.invoice_id in invoices
            and a.source_key in sources
            and effective_on(a, sources[a.source_key], invoices[a.invoice_id]) <= day
        ),
        refunds=refunds,
        write_offs=tuple(w for w in receivables.write_offs if w.invoice_id in invoices and w.written_off_on <= day),
    )


def _some(draw: st.DrawFn, documents: Iterable[Document]) -> tuple[Document, ...]:
    """About three quarters of them."""
    documents = list(documents)
    drawn = draw(st.lists(st.integers(0, 3), min_size=len(documents), max_size=len(documents)))
    return tuple(document for document, kept in zip(documents, drawn, strict=True) if kept)


def _kept(draw: st.DrawFn, whole: Receivables) -> Receivables:
    """Some of the documents, and nothing that refers to one that is left out."""
    customers = _with_parents(_some(draw, whole.customers))
    ids = {customer.id for customer in customers}
    invoices = _some(draw, (i for i in whole.invoices if i.customer_id in ids))
    sources = _some(draw, (s for s in whole.sources if s.customer_id in ids))
    invoice_ids, source_keys = {i.id for i in invoices}, {s.key for s in sources}
    return Receivables(
        customers=customers,
        invoices=invoices,
        installments=tuple(part for part in whole.installments if part.invoice_id in invoice_ids),
        sources=sources,
        applications=_applications(draw, whole, invoice_ids, source_keys),
        refunds=_some(draw, (r for r in whole.refunds if r.source_key in source_keys and r.customer_id in ids)),
        write_offs=_some(draw, (w for w in whole.write_offs if w.invoice_id in invoice_ids)),
    )


def _with_parents(customers: Sequence[Customer]) -> tuple[Customer, ...]:
    ids = {customer.id for customer in customers}
    return tuple(c if c.parent_id in ids else replace(c, parent_id=None) for c in customers)


def _applications(
    draw: st.DrawFn, whole: Receivables, invoices: Collection[str], sources: Collection[tuple[str, str]]
) -> tuple[Application, ...]:
    return _some(draw, (a for a in whole.applications if a.invoice_id in invoices and a.source_key in sources))


def _changed(draw: st.DrawFn, state: Receivables) -> Receivables:
    """The same documents with other values here and there."""
    ids = [customer.id for customer in state.customers]
    parted = {part.invoice_id for part in state.installments}
    return replace(
        state,
        customers=_each(draw, state.customers, lambda c: replace(c, terms=draw(st.sampled_from(TERMS)))),
        invoices=_each(draw, state.invoices, lambda i: _other_invoice(draw, i, ids, i.id in parted)),
        sources=_each(draw, state.sources, lambda s: _other_source(draw, s, ids)),
        applications=_each(draw, state.applications, lambda a: replace(a, applied_on=draw(_days))),
        refunds=_each(draw, state.refunds, lambda r: _other_refund(draw, r)),
        write_offs=_each(draw, state.write_offs, lambda w: _other_write_off(draw, w)),
    )


def _each(
    draw: st.DrawFn, documents: Sequence[Document], change: Callable[[Document], Document]
) -> tuple[Document, ...]:
    drawn = draw(st.lists(st.integers(0, 2), min_size=len(documents), max_size=len(documents)))
    return tuple(document if kept else change(document) for document, kept in zip(documents, drawn, strict=True))


def _other_invoice(draw: st.DrawFn, invoice: Invoice, customers: Sequence[str], parted: bool) -> Invoice:
    status, voided_on = _other_life(draw)
    return replace(
        invoice,
        customer_id=draw(st.sampled_from((invoice.customer_id, *customers))),
        invoice_date=draw(_days),
        due_date=draw(st.sampled_from((None, invoice.due_date, invoice.invoice_date + timedelta(days=45)))),
        # The parts of an invoice must go on summing to it.
        amount=invoice.amount if parted else draw(st.sampled_from((invoice.amount, Cents(700), Cents(10000)))),
        status=status,
        voided_on=voided_on,
    )


def _other_source(draw: st.DrawFn, source: Source, customers: Sequence[str]) -> Source:
    status, voided_on = _other_life(draw)
    return replace(
        source,
        customer_id=draw(st.sampled_from((source.customer_id, *customers))),
        source_date=draw(_days),
        amount=draw(st.sampled_from((source.amount, Cents(700), Cents(10000)))),
        status=status,
        voided_on=voided_on,
    )


def _other_refund(draw: st.DrawFn, refund: Refund) -> Refund:
    status, voided_on = _other_life(draw)
    return replace(refund, refund_date=draw(_days), status=status, voided_on=voided_on)


def _other_write_off(draw: st.DrawFn, write_off: WriteOff) -> WriteOff:
    return replace(write_off, written_off_on=draw(_days), amount=Cents(write_off.recovered_amount + 500))


def _other_life(draw: st.DrawFn) -> tuple[Status, date | None]:
    status = draw(st.sampled_from((Status.POSTED, Status.POSTED, Status.VOIDED, Status.DRAFT)))
    return status, draw(_days) if status is Status.VOIDED else None
