"""What holds for every explanation: it says what the aging says, and what counted adds up to it."""

from contextlib import closing
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arctl.core.balance import counting, raw
from arctl.core.dates import day_number
from arctl.core.documents import Receivables
from arctl.core.dunning import Thresholds
from arctl.core.explanation import Explanation
from arctl.services.explain import explain
from arctl.services.known import recall
from tests.aging.books import Books, books_of, empty_books, items_of
from tests.aging.courses import courses
from tests.ledgers import as_of_days, ledgers, telling_days

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MANY = settings(FEW, max_examples=80)
_MOST = 5


def _explained(books: Books, invoice: str, day: date) -> Explanation:
    return explain(books.ledger, invoice, day, Thresholds())


def _some(days: list[date]) -> list[date]:
    return days[:: max(len(days) // _MOST, 1)]


def _says_what_the_aging_says(receivables: Receivables, books: Books, day: date) -> None:
    open_items = [item for items in items_of(books.ask(day, by="invoice")).values() for item in items]
    balances = raw(receivables, day)
    for invoice in receivables.invoices:
        told = _explained(books, invoice.id, day)
        listed = [(invoice.id, s.installment, s.outstanding_cents, s.due_date) for s in told.shares]
        assert sorted(listed) == [item for item in open_items if item[0] == invoice.id]
        assert sum(share.outstanding_cents for share in told.shares) == told.outstanding_cents
        assert told.raw_cents == told.added_up == balances.get(invoice.id, 0)
        assert bool(told.barred) == (invoice.id not in balances)
        # Without instalments the invoice has one due date, whether it is open or not.
        if [share.installment for share in told.shares] == [0]:
            assert told.shares[0].due_date == told.due_date


def _tells_of_everything_that_moves_it(receivables: Receivables, books: Books, day: date) -> None:
    live = counting(receivables, day)
    for invoice in receivables.invoices:
        told = _explained(books, invoice.id, day).movements
        applied = [each for each in told if each.kind == "application"]
        mine = [a for a in receivables.applications if a.invoice_id == invoice.id]
        assert sorted((m.source_type, m.source_id, m.cents, m.discount_cents) for m in applied) == sorted(
            (a.source_type.value, a.source_id, a.amount, a.discount) for a in mine
        )
        assert sorted((m.source_id, m.cents) for m in applied if m.counted(day)) == sorted(
            (a.source_id, a.amount) for a in live.applications if a.invoice_id == invoice.id
        )
        assert sorted(m.source_id for m in told if m.kind == "write_off" and m.counted(day)) == sorted(
            w.id for w in live.write_offs if w.invoice_id == invoice.id
        )
        assert sorted((m.source_id, m.cents) for m in told if m.kind == "recovery" and m.counted(day)) == sorted(
            (w.id, w.recovered_amount) for w in live.write_offs if w.invoice_id == invoice.id and w.recovered_amount
        )


def _gives_a_reason_for_everything(receivables: Receivables, books: Books, day: date) -> None:
    for invoice in receivables.invoices:
        told = _explained(books, invoice.id, day)
        for movement in told.movements:
            assert movement.why(day).startswith("counts") == movement.counted(day)
            if movement.counted(day):
                # The date in words and the day the ledger has worked out are one.
                assert day_number(movement.effective_on) == movement.from_day
                assert movement.effective_on <= day
        days = [movement.effective_on for movement in told.movements]
        assert days == sorted(days)


@FEW
@given(ledgers())
def test_an_explanation_says_what_the_aging_says(receivables: Receivables) -> None:
    with books_of(receivables) as books:
        for day in _some(telling_days(receivables)):
            _says_what_the_aging_says(receivables, books, day)


@FEW
@given(ledgers(), as_of_days())
def test_it_tells_of_everything_that_moves_the_invoice(receivables: Receivables, day: date) -> None:
    with books_of(receivables) as books:
        _tells_of_everything_that_moves_it(receivables, books, day)
        _gives_a_reason_for_everything(receivables, books, day)


@pytest.mark.slow
@FEW
@given(courses(), st.lists(as_of_days(), min_size=1, max_size=2))
def test_known_at_is_the_explanation_of_a_ledger_that_knew_no_more(states: list[Receivables], days: list[date]) -> None:
    with empty_books() as books, empty_books() as fresh:
        for state in states:
            books.sync(state, full=True)
        for batch, state in enumerate(states, start=1):
            fresh.sync(state, full=True)
            with closing(books.again().ledger) as ledger:
                recall(ledger, str(batch), "UTC")
                then = Books(books.place, ledger)
                for invoice in state.invoices:
                    for day in days:
                        assert _told(_explained(then, invoice.id, day)) == _told(_explained(fresh, invoice.id, day))


@pytest.mark.slow
@FEW
@given(courses(), as_of_days())
def test_what_a_full_sync_dropped_is_explained_as_dropped(states: list[Receivables], day: date) -> None:
    with empty_books() as books:
        for state in states:
            books.sync(state, full=True)
        kept, balances = {invoice.id for invoice in states[-1].invoices}, raw(states[-1], day)
        for number in {invoice.id for state in states for invoice in state.invoices}:
            told = _explained(books, number, day)
            assert told.added_up == told.raw_cents == balances.get(number, 0)
            assert (told.barred == f"invoice {number} is no longer in the ERP") == (number not in kept)
            for movement in told.movements:
                assert movement.why(day).startswith("counts") == movement.counted(day)


def _told(explanation: Explanation) -> tuple[object, ...]:
    """All of it but the ledger's own number for the account."""
    invoice = explanation.invoice
    named = tuple(getattr(invoice, name) for name in invoice.__slots__ if name != "account")
    return named, explanation.due_date, tuple(explanation.movements), explanation.raw_cents, tuple(explanation.shares)


@pytest.mark.slow
@MANY
@given(ledgers())
def test_more_ledgers(receivables: Receivables) -> None:
    with books_of(receivables) as books:
        for day in _some(telling_days(receivables)):
            _says_what_the_aging_says(receivables, books, day)
            _tells_of_everything_that_moves_it(receivables, books, day)
            _gives_a_reason_for_everything(receivables, books, day)
