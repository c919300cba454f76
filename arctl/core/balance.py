"""The balance as of a date, by definition: documents in, cents out. Tests hold the ledger's query against it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from arctl.core.documents import (
    WRITE_OFF_KIND,
    Application,
    Group,
    Installment,
    Invoice,
    Receivables,
    Source,
    SourceKey,
    SourceType,
    Status,
    WriteOff,
)
from arctl.core.money import Cents
from arctl.core.terms import due_date_of

CustomerKey = tuple[str, str, str]
"""(company, currency, customer id)."""

HEADINGS: Mapping[str, int] = {
    "invoices": 1,
    "receipts": -1,
    "credits": -1,
    "refunds": 1,
    "discounts": -1,
    "write_offs": -1,
    "recoveries": 1,
}
"""The headings of the tie-out, with the sign each has in net AR."""

_COUNTING = frozenset({Status.APPROVED, Status.POSTED, Status.VOIDED})


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice, or one instalment of it (0: it has none), with `outstanding` > 0 as of a date."""

    invoice_id: str
    installment: int
    customer_id: str
    company: str
    currency: str
    invoice_date: date
    due_date: date
    outstanding: Cents

    def days_overdue(self, as_of: date) -> int:
        """Days from the due date to the as-of date; negative while it is not yet due."""
        return (as_of - self.due_date).days


@dataclass(frozen=True, slots=True)
class TieOut:
    """Net AR by documents beside net AR by aging, in cents; `terms` holds every heading, unsigned."""

    terms: Mapping[str, Cents]
    expected_net: Cents
    aged_net: Cents

    @property
    def difference(self) -> Cents:
        """Aged less expected; 0 where they tie."""
        return Cents(self.aged_net - self.expected_net)


def counts(status: str, own_date: date, voided_on: date | None, as_of: date) -> bool:
    """Whether a document counts as of a date: in force by then, and not voided on or before that day."""
    if status not in _COUNTING or (status == Status.VOIDED and voided_on is None):
        return False
    return own_date <= as_of and (voided_on is None or as_of < voided_on)


def effective_on(application: Application, source: Source, invoice: Invoice) -> date:
    """The day an application takes effect: the latest of its own date and its two documents' dates."""
    both = max(source.source_date, invoice.invoice_date)
    return both if application.applied_on is None else max(both, application.applied_on)


def written_off_on(write_off: WriteOff, invoice: Invoice) -> date:
    """The day a write-off takes effect: never before its invoice exists."""
    return max(write_off.written_off_on, invoice.invoice_date)


def recovered_by(write_off: WriteOff, invoice: Invoice, as_of: date) -> Cents:
    """How much of a counting write-off a recovery has reversed; it cannot come before the write-off itself."""
    if write_off.recovered_on is None or as_of < max(write_off.recovered_on, written_off_on(write_off, invoice)):
        return Cents(0)
    return write_off.recovered_amount


def counting(receivables: Receivables, as_of: date) -> Receivables:
    """The documents that count as of a date; a write-off carries only what was recovered by then.

    Raises KeyError where an application or a write-off names a document that is not there.
    """
    invoices = {invoice.id: invoice for invoice in receivables.invoices}
    sources = {source.key: source for source in receivables.sources}
    live_invoices = {i.id: i for i in receivables.invoices if counts(i.status, i.invoice_date, i.voided_on, as_of)}
    live_sources = {s.key: s for s in receivables.sources if counts(s.status, s.source_date, s.voided_on, as_of)}
    return replace(
        receivables,
        invoices=tuple(live_invoices.values()),
        installments=tuple(part for part in receivables.installments if part.invoice_id in live_invoices),
        sources=tuple(live_sources.values()),
        applications=tuple(
            a
            for a in receivables.applications
            if effective_on(a, sources[a.source_key], invoices[a.invoice_id]) <= as_of
            and a.source_key in live_sources
            and a.invoice_id in live_invoices
        ),
        refunds=tuple(r for r in receivables.refunds if counts(r.status, r.refund_date, r.voided_on, as_of)),
        write_offs=tuple(
            replace(w, recovered_amount=recovered_by(w, invoices[w.invoice_id], as_of))
            for w in receivables.write_offs
            if counts(w.status, written_off_on(w, invoices[w.invoice_id]), w.voided_on, as_of)
            and w.invoice_id in live_invoices
        ),
    )


def raw(receivables: Receivables, as_of: date) -> dict[str, Cents]:
    """What is left of every counting invoice after all reductions; negative where they exceed it."""
    live = counting(receivables, as_of)
    cents = {invoice.id: int(invoice.amount) for invoice in live.invoices}
    for application in live.applications:
        cents[application.invoice_id] -= application.amount + application.discount
    for write_off in live.write_offs:
        cents[write_off.invoice_id] -= write_off.amount - write_off.recovered_amount
    return {invoice_id: Cents(amount) for invoice_id, amount in cents.items()}


def outstanding(raw_cents: int) -> Cents:
    """What is still owed on an invoice."""
    return Cents(max(raw_cents, 0))


def excess(raw_cents: int) -> Cents:
    """What was applied to an invoice beyond its amount: credit of its customer."""
    return Cents(max(-raw_cents, 0))


def left(receivables: Receivables, as_of: date) -> dict[SourceKey, Cents]:
    """What is left of every payment and credit memo; negative where it is over-applied or over-refunded.

    A source that does not count has 0 of its own, and yet less than 0 where a refund of it counts.
    """
    live = counting(receivables, as_of)
    cents: dict[SourceKey, int] = {source.key: 0 for source in receivables.sources}
    for source in live.sources:
        cents[source.key] += source.amount
    for application in live.applications:
        cents[application.source_key] -= application.amount
    for refund in live.refunds:
        cents[refund.source_key] -= refund.amount
    return {key: Cents(amount) for key, amount in cents.items()}


def open_items(receivables: Receivables, as_of: date) -> list[OpenItem]:
    """Every open item as of a date, by invoice id and instalment; nothing with 0 outstanding is among them."""
    balances = raw(receivables, as_of)
    terms = {customer.id: customer.terms for customer in receivables.customers}
    parts: defaultdict[str, list[Installment]] = defaultdict(list)
    for part in receivables.installments:
        parts[part.invoice_id].append(part)
    items = []
    for invoice in receivables.invoices:
        if balances.get(invoice.id, 0) <= 0:
            continue
        due, _ = due_date_of(invoice, terms.get(invoice.customer_id))
        whole = Installment(invoice.id, 0, due, invoice.amount)
        reductions = invoice.amount - balances[invoice.id]
        for part, amount in spread(parts.get(invoice.id, [whole]), reductions):
            if amount:
                items.append(_open_item(invoice, part, amount))
    return sorted(items, key=lambda item: (item.invoice_id, item.installment))


def spread(parts: Iterable[Installment], reductions: int) -> list[tuple[Installment, Cents]]:
    """What is outstanding on each instalment when `reductions` eat them by due date, then number.

    Negative reductions (an unapplication of more than was applied) grow the first one, so that the parts always sum
    to their total less the reductions, down to 0.
    """
    outstanding_parts = []
    for part in sorted(parts, key=lambda part: (part.due_date, part.installment)):
        eaten = min(reductions, part.amount)
        reductions -= eaten
        outstanding_parts.append((part, Cents(part.amount - eaten)))
    return outstanding_parts


def unapplied_by_customer(receivables: Receivables, as_of: date) -> dict[CustomerKey, Cents]:
    """Σ left of a customer's sources plus Σ excess of the customer's invoices; customers with 0 are left out."""
    cents: defaultdict[CustomerKey, int] = defaultdict(int)
    remainders = left(receivables, as_of)
    for source in receivables.sources:
        cents[(*source.group, source.customer_id)] += remainders[source.key]
    balances = raw(receivables, as_of)
    for invoice in receivables.invoices:
        cents[(*invoice.group, invoice.customer_id)] += excess(balances.get(invoice.id, 0))
    return {key: Cents(amount) for key, amount in cents.items() if amount}


def unapplied(receivables: Receivables, as_of: date) -> dict[Group, Cents]:
    """Σ left + Σ excess of every company and currency that has a document, be it 0."""
    cents = dict.fromkeys(_groups(receivables), 0)
    for (company, currency, _), amount in unapplied_by_customer(receivables, as_of).items():
        cents[company, currency] += amount
    return {group: Cents(amount) for group, amount in cents.items()}


def tie_out(receivables: Receivables, as_of: date) -> dict[Group, TieOut]:
    """For every company and currency that has a document: net AR by documents beside net AR by aging."""
    aged = {group: -amount for group, amount in unapplied(receivables, as_of).items()}
    for item in open_items(receivables, as_of):
        aged[item.company, item.currency] += item.outstanding
    return {
        group: TieOut(terms, Cents(sum(sign * terms[name] for name, sign in HEADINGS.items())), Cents(aged[group]))
        for group, terms in document_terms(receivables, as_of).items()
    }


def document_terms(receivables: Receivables, as_of: date) -> dict[Group, dict[str, Cents]]:
    """Heading → cents over what counts, by company and currency: documents only, no open item is looked at.

    Of the applications only the discounts are read: what was applied to what does not change net AR.
    """
    live = counting(receivables, as_of)
    of_invoice = {invoice.id: invoice.group for invoice in receivables.invoices}
    of_source = {source.key: source.group for source in receivables.sources}
    sums = {group: dict.fromkeys(HEADINGS, 0) for group in _groups(receivables)}
    for invoice in live.invoices:
        sums[invoice.group]["invoices"] += invoice.amount
    for source in live.sources:
        sums[source.group][_heading(source)] += source.amount
    for application in live.applications:
        sums[of_invoice[application.invoice_id]]["discounts"] += application.discount
    for refund in live.refunds:
        sums[of_source[refund.source_key]]["refunds"] += refund.amount
    for write_off in live.write_offs:
        heads = sums[of_invoice[write_off.invoice_id]]
        heads["write_offs"] += write_off.amount
        heads["recoveries"] += write_off.recovered_amount
    return {group: {name: Cents(cents) for name, cents in heads.items()} for group, heads in sums.items()}


def _heading(source: Source) -> str:
    """A write-off kept as a credit memo is a write-off in every report."""
    if source.type == SourceType.PAYMENT:
        return "receipts"
    return "write_offs" if source.kind == WRITE_OFF_KIND else "credits"


def _groups(receivables: Receivables) -> list[Group]:
    return sorted({i.group for i in receivables.invoices} | {s.group for s in receivables.sources})


def _open_item(invoice: Invoice, part: Installment, amount: Cents) -> OpenItem:
    return OpenItem(
        invoice_id=invoice.id,
        installment=part.installment,
        customer_id=invoice.customer_id,
        company=invoice.company,
        currency=invoice.currency,
        invoice_date=invoice.invoice_date,
        due_date=part.due_date,
        outstanding=amount,
    )
