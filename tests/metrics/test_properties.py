"""What holds of the metrics of any ledger: their inputs are the aging's, the documents' and the roll-forward's."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arctl.core.balance import recovered_by, written_off_on
from arctl.core.buckets import FIVE
from arctl.core.dates import day_number
from arctl.core.documents import Invoice, Receivables, Source, SourceType, Status, WriteOff
from arctl.core.metric_report import Facts, Measure, measures_of
from arctl.core.metrics import months_before
from arctl.services.diff import diff
from arctl.services.metrics import MetricsRequest, metrics
from arctl.store.losses import losses_and_sales
from tests.aging.books import Books, Key, books_of
from tests.ledgers import as_of_days, asked_ledgers, ledgers, telling_days

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MANY = settings(FEW, max_examples=80)
_WINDOWS = st.tuples(st.sampled_from((1, 10, 30, 90, 400)), st.sampled_from((1, 2, 3, 12)))


def _counts(document: Invoice | Source | WriteOff, own: date, as_of: date) -> bool:
    if document.status not in (Status.POSTED, Status.APPROVED, Status.VOIDED) or own > as_of:
        return False
    return document.voided_on is None or document.voided_on > as_of


def _sales(receivables: Receivables, key: Key, after: date, as_of: date) -> int:
    """Credit sales after one day up to another, by the definition."""
    invoiced = sum(
        invoice.amount
        for invoice in receivables.invoices
        if invoice.group == key and invoice.kind != "finance_charge"
        if _counts(invoice, invoice.invoice_date, as_of) and invoice.invoice_date > after
    )
    credited = sum(
        source.amount
        for source in receivables.sources
        if source.group == key and source.type is SourceType.CREDIT_MEMO and source.kind != "write_off"
        if _counts(source, source.source_date, as_of) and source.source_date > after
    )
    return invoiced - credited


def _losses(receivables: Receivables, key: Key, after: date, as_of: date) -> tuple[int, int]:
    """What was written off, and what recovered, after one day up to another."""
    invoices = {invoice.id: invoice for invoice in receivables.invoices if invoice.group == key}
    written_off: int = sum(
        source.amount
        for source in receivables.sources
        if source.group == key and source.type is SourceType.CREDIT_MEMO and source.kind == "write_off"
        if _counts(source, source.source_date, as_of) and source.source_date > after
    )
    recovered: int = 0
    for each in receivables.write_offs:
        invoice = invoices.get(each.invoice_id)
        if invoice is None or not _counts(each, each.written_off_on, as_of):
            continue
        if not _counts(invoice, invoice.invoice_date, as_of):
            continue
        written_off += each.amount if written_off_on(each, invoice) > after else 0
        recovered += recovered_by(each, invoice, as_of) - recovered_by(each, invoice, after)
    return written_off, recovered


def _rest_on_the_documents(receivables: Receivables, facts: Facts) -> None:
    key, as_of = (facts.company, facts.currency), facts.as_of
    assert facts.window_sales == _sales(receivables, key, facts.window_after, as_of)
    assert facts.span_sales == _sales(receivables, key, facts.span_after, as_of)
    assert (facts.written_off, facts.recovered) == _losses(receivables, key, facts.window_after, as_of)
    assert sum(cents for *_, cents in facts.months) == _sales(receivables, key, date.min, as_of)
    for first, last, cents in facts.months:
        before = _sales(receivables, key, first - timedelta(days=1), as_of) - _sales(receivables, key, last, as_of)
        assert cents == before


def _are_those_of_the_historical_rate(books: Books, facts: Facts) -> None:
    """Sales and losses of the window are the very sums from which the allowance derives its rate."""
    after, until = day_number(facts.window_after), day_number(facts.as_of)
    rows = losses_and_sales(books.ledger.connection, books.ledger.tenant_id, after, until)
    key = (facts.company, facts.currency)
    sums = {heading: cents for company, currency, heading, cents, _ in rows if (company, currency) == key}
    assert facts.window_sales == sums.get("invoices", 0) - sums.get("credit_memos", 0)
    assert (facts.written_off, facts.recovered) == (sums.get("write_offs", 0), sums.get("recoveries", 0))


def _rest_on_the_agings(books: Books, facts: Facts) -> None:
    def aged(day: date) -> tuple[tuple[int, ...], list[int]]:
        group = next(
            (g for g in books.ask(day).groups if (g.company, g.currency) == (facts.company, facts.currency)), None
        )
        assert group is not None
        return group.totals.buckets, [row.outstanding for row in group.customers if row.outstanding]

    buckets, owed = aged(facts.as_of)
    assert facts.closing == buckets
    assert [each.cents for each in facts.customers] == sorted(owed, reverse=True)
    assert facts.window_opening == sum(aged(facts.window_after)[0])
    assert facts.span_opening == sum(aged(facts.span_after)[0])
    assert facts.rolls is not None
    assert tuple(opening for opening, _ in facts.rolls) == aged(facts.roll_after)[0]


def _roll_as_the_matrix_says(books: Books, as_of: date, groups: dict[Key, Facts]) -> None:
    for roll in diff(books.ledger, months_before(as_of, 1), as_of):
        facts = groups[roll.company, roll.currency]
        assert facts.rolls is not None
        for place, bucket in enumerate(FIVE.keys):
            later = FIVE.keys[place + 1 :] or (bucket,)
            rolled = sum(roll.matrix[bucket][name] for name in later)
            assert facts.rolls[place] == (sum(roll.matrix[bucket].values()), rolled)


def _within_bounds(facts: Facts) -> None:
    measures: dict[tuple[str, str], Measure] = {(each.metric, each.part): each for each in measures_of(facts)}
    values = {name: each.figure.value for name, each in measures.items()}
    for name, each in measures.items():
        assert (each.figure.value is None) == bool(each.figure.reason), name
        assert (each.text is None) == (each.figure.value is None)
        assert all(
            amount in each.amounts or amount.label.startswith(("sales", "past", "owed")) for amount in each.behind
        )
    dso, best, late = (values[name, ""] for name in ("dso", "best_possible_dso", "average_days_delinquent"))
    if dso is not None and best is not None and late is not None:
        assert 0 <= best <= dso
        assert late == dso - best
    assert (dso is None) == (facts.window_sales is None or facts.window_sales <= 0)
    for bucket in FIVE.keys:
        rate = values["roll_rates", bucket]
        assert rate is None or 0 <= rate <= 100
    shares = [values["concentration", f"largest_{many}"] for many in (1, 5, 10)]
    assert (None in shares) == (facts.outstanding == 0)
    known = [share for share in shares if share is not None]
    assert known == sorted(known)
    assert all(0 < share <= 100 for share in known)


def _all_holds(receivables: Receivables, books: Books, request: MetricsRequest) -> None:
    report = metrics(books.ledger, request)
    groups = {(facts.company, facts.currency): facts for facts in report.groups}
    assert list(groups) == [(group.company, group.currency) for group in books.ask(request.as_of).groups]
    assert report.failing == []
    for facts in report.groups:
        _rest_on_the_documents(receivables, facts)
        _rest_on_the_agings(books, facts)
        _within_bounds(facts)
    _roll_as_the_matrix_says(books, request.as_of, groups)


@FEW
@given(asked_ledgers(), _WINDOWS)
def test_inputs_are_those_of_the_other_reports(asked: tuple[Receivables, date], windows: tuple[int, int]) -> None:
    receivables, as_of = asked
    with books_of(receivables) as books:
        _all_holds(receivables, books, MetricsRequest(as_of, *windows))


@FEW
@given(ledgers(), _WINDOWS)
def test_on_each_day_something_happens_sales_and_losses_are_the_documents(
    receivables: Receivables, windows: tuple[int, int]
) -> None:
    voids = {
        *(invoice.voided_on for invoice in receivables.invoices),
        *(source.voided_on for source in receivables.sources),
        *(write_off.voided_on for write_off in receivables.write_offs),
    }
    days = sorted(telling_days(receivables), key=lambda day: (day not in voids, day))  # voids first
    with books_of(receivables) as books:
        for as_of in days[:8]:
            for facts in metrics(books.ledger, MetricsRequest(as_of, *windows)).groups:
                _rest_on_the_documents(receivables, facts)
                _are_those_of_the_historical_rate(books, facts)


@pytest.mark.slow
@MANY
@given(ledgers(), st.lists(st.tuples(as_of_days(), _WINDOWS), min_size=2, max_size=4))
def test_more_ledgers(receivables: Receivables, asked: list[tuple[date, tuple[int, int]]]) -> None:
    with books_of(receivables) as books:
        for as_of, windows in asked:
            _all_holds(receivables, books, MetricsRequest(as_of, *windows))
