"""The ledger's answer held against the pure definition, on generated ledgers and on every day that tells."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arctl.core.aging import AgingReport
from arctl.core.balance import CustomerKey, OpenItem, open_items, tie_out, unapplied_by_customer
from arctl.core.buckets import FIVE, Buckets, custom_buckets
from arctl.core.documents import Application, Customer, Installment, Invoice, Receivables, Source, SourceType
from arctl.core.money import Cents
from tests.aging.books import Books, Key, books_of, items_of, nets_of, unapplied_of
from tests.ledgers import ledgers, telling_days

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(FEW, max_examples=120)
_EDGES = st.lists(st.integers(1, 120), min_size=1, max_size=4, unique=True).map(lambda days: tuple(sorted(days)))


def _by_group(items: list[OpenItem]) -> dict[Key, list[tuple[str, int, int, date]]]:
    found: defaultdict[Key, list[tuple[str, int, int, date]]] = defaultdict(list)
    for item in items:
        found[item.company, item.currency].append((item.invoice_id, item.installment, item.outstanding, item.due_date))
    return dict(found)


def _split(items: list[OpenItem], as_of: date, basis: str, buckets: Buckets) -> dict[CustomerKey, list[int]]:
    """Cents by bucket of every customer with an open item."""
    found: dict[CustomerKey, list[int]] = {}
    for item in items:
        aged_by = item.due_date if basis == "due-date" else item.invoice_date
        cents = found.setdefault((item.company, item.currency, item.customer_id), [0] * len(buckets.keys))
        cents[buckets.index((as_of - aged_by).days)] += item.outstanding
    return found


def _rows(report: AgingReport) -> dict[CustomerKey, list[int]]:
    return {
        (group.company, group.currency, row.customer_id): list(row.buckets)
        for group in report.groups
        for row in group.customers
        if row.outstanding
    }


def _same_in_every_credit_mode(separate: AgingReport, books: Books, as_of: date) -> None:
    plain = [[row[:2] + row[3:] for row in sorted(group.customers)] for group in separate.groups]
    for mode in ("net", "age"):
        report = books.ask(as_of, credits=mode)
        assert [[row[:2] + row[3:] for row in sorted(group.customers)] for group in report.groups] == plain
        for group, other in zip(report.groups, separate.groups, strict=True):
            assert all(sum(row.buckets) == row.net for row in group.customers)
            assert sum(group.totals.buckets) == group.totals.net == other.totals.net
            assert (group.tie_out, group.totals.outstanding) == (other.tie_out, other.totals.outstanding)


def _sums_up(report: AgingReport, items: list[OpenItem]) -> None:
    for group in report.groups:
        key = (group.company, group.currency)
        mine = [item for item in items if (item.company, item.currency) == key]
        totals = group.totals
        assert all(sum(row.buckets) == row.outstanding for row in group.customers)
        assert totals.buckets == tuple(map(sum, zip(*(row.buckets for row in group.customers), strict=True))) or (
            not group.customers
        )
        assert sum(totals.buckets) == totals.outstanding == sum(item.outstanding for item in mine)
        assert totals.net == group.tie_out.aged_net == group.tie_out.expected_net
        assert totals.open_invoices == sum(row.open_invoices for row in group.customers)
        assert totals.open_invoices == len({item.invoice_id for item in mine})
        assert totals.customers == len(group.customers) == len({row.customer_id for row in group.customers})


def _oldest(report: AgingReport, items: list[OpenItem], as_of: date) -> None:
    overdue: defaultdict[CustomerKey, int] = defaultdict(int)
    for item in items:
        key = (item.company, item.currency, item.customer_id)
        overdue[key] = max(overdue[key], item.days_overdue(as_of))
    for group in report.groups:
        for row in group.customers:
            assert row.max_days_overdue == overdue[group.company, group.currency, row.customer_id]


def _agrees(receivables: Receivables, books: Books, edges: tuple[int, ...]) -> None:
    other = custom_buckets(edges)
    for as_of in telling_days(receivables):
        items = open_items(receivables, as_of)
        report = books.ask(as_of, by="invoice")
        assert items_of(report) == _by_group(items)
        assert unapplied_of(report) == unapplied_by_customer(receivables, as_of)
        assert report.ties
        pure = tie_out(receivables, as_of)
        nets = {group: (tie.expected_net, tie.aged_net) for group, tie in pure.items()}
        assert nets_of(report) == {group: net for group, net in nets.items() if net != (0, 0)}
        assert _rows(report) == _split(items, as_of, "due-date", FIVE)
        assert _rows(books.ask(as_of, basis="invoice-date")) == _split(items, as_of, "invoice-date", FIVE)
        assert _rows(books.ask(as_of, buckets=other)) == _split(items, as_of, "due-date", other)
        _sums_up(report, items)
        _oldest(report, items, as_of)
        _same_in_every_credit_mode(report, books, as_of)


@FEW
@given(ledgers(), _EDGES)
def test_the_ledger_says_what_the_definition_says(receivables: Receivables, edges: tuple[int, ...]) -> None:
    with books_of(receivables) as books:
        _agrees(receivables, books, edges)


@pytest.mark.slow
@MANY
@given(ledgers(), _EDGES)
def test_the_ledger_says_what_the_definition_says_many_times(receivables: Receivables, edges: tuple[int, ...]) -> None:
    with books_of(receivables) as books:
        _agrees(receivables, books, edges)


_MARCH = date(2024, 3, 1)
_shares = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 70)), max_size=4)


@st.composite
def _plain_invoices(draw: st.DrawFn) -> Receivables:
    """Invoices of 100 that only applications ever touch: the ones whose timeline is known without adding it up."""
    parts = [Installment("", 1, _MARCH, Cents(40)), Installment("", 2, _MARCH + timedelta(days=30), Cents(60))]
    eaten = draw(st.lists(_shares, min_size=1, max_size=6))
    applied = [(f"I{at}", f"P{at}-{n}", *each) for at, shares in enumerate(eaten) for n, each in enumerate(shares)]
    return Receivables(
        customers=(Customer("C1", "Customer 1"),),
        invoices=tuple(Invoice(f"I{at}", "C1", _MARCH, Cents(100)) for at in range(len(eaten))),
        installments=tuple(
            replace(p, invoice_id=f"I{at}") for at in range(len(eaten)) if draw(st.booleans()) for p in parts
        ),
        sources=tuple(Source(SourceType.PAYMENT, paid, "C1", _MARCH, Cents(90)) for _, paid, _, _ in applied),
        applications=tuple(
            Application(SourceType.PAYMENT, paid, invoice, Cents(cents), _MARCH + timedelta(days=day))
            for invoice, paid, day, cents in applied
        ),
    )


@FEW
@given(_plain_invoices())
def test_so_it_does_of_invoices_that_applications_alone_reduce(receivables: Receivables) -> None:
    with books_of(receivables) as books:
        _agrees(receivables, books, (15, 45))
