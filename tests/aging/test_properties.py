"""What holds for every ledger, however its documents came in: by date, by order, by course of syncs, by what was known."""

from contextlib import closing
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arctl.core.balance import left, raw
from arctl.core.dates import NEVER, from_day_number
from arctl.core.documents import Receivables
from arctl.services.known import recall
from arctl.store.derive import derive
from tests.aging.books import Books, Files, answer, books_of, derived, empty_books
from tests.aging.courses import arrivals, changed_rows, courses, known_by
from tests.folders import folder_rows
from tests.ledgers import as_of_days, asked_ledgers, ledgers, telling_days

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MANY = settings(FEW, max_examples=50)


def _answers(books: Books, days: list[date]) -> list[object]:
    """All that the ledger says on these days, by customer and by invoice."""
    return [answer(books.ask(day, by="invoice", credits="age")) for day in days]


def _days_of(receivables: Receivables, most: int = 12) -> list[date]:
    """Some of the days that tell, spread over all of them, and one long after."""
    days = telling_days(receivables)
    return [*days[:: max(len(days) // most, 1)], days[-1] + timedelta(days=200)]


@FEW
@given(asked_ledgers())
def test_a_document_dated_after_a_day_never_changes_it(asked: tuple[Receivables, date]) -> None:
    receivables, day = asked
    with books_of(receivables) as books, books_of(known_by(receivables, day)) as cut:
        assert answer(books.ask(day, by="invoice")) == answer(cut.ask(day, by="invoice"))


@pytest.mark.slow
@FEW
@given(ledgers())
def test_synced_twice_is_synced_once(receivables: Receivables) -> None:
    with books_of(receivables) as books:
        first = (derived(books), _answers(books, _days_of(receivables)))
        # The rows in another order: the same file would not be read at all.
        report = books.sync(receivables, Random(1))
        assert (derived(books), _answers(books, _days_of(receivables))) == first
        assert all(counts.inserted == counts.updated == counts.closed == 0 for counts in report.tables)
        report = books.sync(receivables, full=True)
        assert (derived(books), _answers(books, _days_of(receivables))) == first
        assert all(counts.inserted == counts.updated == counts.closed == 0 for counts in report.tables)


@FEW
@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(receivables: Receivables, chance: Random) -> None:
    with books_of(receivables) as books, books_of(receivables, chance) as shuffled:
        assert derived(shuffled) == derived(books)
        assert _answers(shuffled, _days_of(receivables)) == _answers(books, _days_of(receivables))


def _sent(states: list[Receivables], full: bool) -> list[Files]:
    """What each sync reads: each state whole, or, after the first, what changed since the one before it."""
    if full:
        return [folder_rows(state) for state in states]
    return [folder_rows(states[0]), *(changed_rows(before, after) for before, after in pairwise(states))]


def _ends_as_if_loaded_once(states: list[Receivables], full: bool) -> None:
    with empty_books() as books, books_of(states[-1]) as fresh:
        for files in _sent(states, full):
            books.sync_rows(files, full)
        assert derived(books) == derived(fresh)
        assert _answers(books, _days_of(states[-1])) == _answers(fresh, _days_of(states[-1]))
        _derives_the_same_at_once(books)


def _derives_the_same_at_once(books: Books) -> None:
    bit_by_bit = derived(books)
    with books.ledger.transaction() as connection:
        for table in ("ar_items", "ar_credits"):
            connection.execute(f"DELETE FROM {table}")
        derive(connection, books.ledger.tenant_id, everything=True)
    assert derived(books) == bit_by_bit


@pytest.mark.slow
@FEW
@given(courses())
def test_a_course_of_full_syncs_ends_as_a_fresh_load_of_the_last(states: list[Receivables]) -> None:
    _ends_as_if_loaded_once(states, full=True)


@pytest.mark.slow
@FEW
@given(arrivals())
def test_a_course_of_changes_ends_as_a_fresh_load_of_the_last(states: list[Receivables]) -> None:
    _ends_as_if_loaded_once(states, full=False)


def _known_at_is_a_fresh_ledger(sent: list[Files], full: bool, days: list[date], rejects: bool = False) -> None:
    with empty_books() as books, empty_books() as fresh:
        for files in sent:
            books.sync_rows(files, full, rejects)
        for batch, files in enumerate(sent, start=1):
            fresh.sync_rows(files, full, rejects)  # it knows the first `batch` syncs, and never knew more
            with closing(books.again().ledger) as ledger:
                then = Books(books.place, ledger)
                assert recall(ledger, str(batch), "UTC") == batch
                assert _answers(then, days) == _answers(fresh, days)
                assert derived(then) == derived(fresh)


@pytest.mark.slow
@FEW
@given(courses(), st.lists(as_of_days(), min_size=3, max_size=5))
def test_known_at_a_batch_is_a_fresh_ledger_of_the_first_syncs(states: list[Receivables], days: list[date]) -> None:
    _known_at_is_a_fresh_ledger(_sent(states, full=True), full=True, days=days)


@pytest.mark.slow
@FEW
@given(arrivals(), st.lists(as_of_days(), min_size=3, max_size=5))
def test_known_at_a_batch_of_changes_is_a_fresh_ledger(states: list[Receivables], days: list[date]) -> None:
    _known_at_is_a_fresh_ledger(_sent(states, full=False), full=False, days=days)


@pytest.mark.slow
@FEW
@given(courses(), st.randoms(use_true_random=False), st.lists(as_of_days(), min_size=3, max_size=3))
def test_known_at_holds_where_files_are_missing_and_rows_rejected(
    states: list[Receivables], chance: Random, days: list[date]
) -> None:
    sent: list[Files] = [
        {name: rows for name, rows in files.items() if not number or chance.random() < 0.6}
        for number, files in enumerate(_sent(states, full=True))
    ]
    whole: list[Files] = [files or folder_rows(states[0]) for files in sent]
    _known_at_is_a_fresh_ledger(whole, full=True, days=days, rejects=True)


def _settles_when_nothing_moves_any_more(receivables: Receivables, books: Books) -> None:
    days = telling_days(receivables)
    # Between the days that tell nothing moves, so that the smallest day of rest is one of them.
    invoices = {day: raw(receivables, day) for day in days}
    sources = {day: left(receivables, day) for day in days}
    settled_invoices = dict(
        books.rows("SELECT i.id, settled_day FROM ar_items JOIN erp_invoices AS i USING (invoice_key)")
    )
    settled_sources = {
        (kind, id): day
        for kind, id, day in books.rows(
            "SELECT s.source_type, s.id, settled_day FROM ar_credits JOIN erp_sources AS s USING (source_key)"
        )
    }
    for invoice in receivables.invoices:
        moves = [day for day in days if invoices[day].get(invoice.id, 0)]
        _rests(moves, days, settled_invoices.get(invoice.id))
    for source in receivables.sources:
        moves = [day for day in days if sources[day].get(source.key, 0)]
        _rests(moves, days, settled_sources.get((str(source.type), source.id)))


def _rests(moves: list[date], days: list[date], settled: int | None) -> None:
    """`moves`: the days with a balance; the ledger's settled day is the first day after the last of them."""
    if not moves:
        assert settled is None or settled <= NEVER
        return
    assert settled is not None
    after = days[days.index(moves[-1]) + 1 :]
    if not after:
        assert settled == NEVER
    else:
        assert from_day_number(settled) == after[0]


@FEW
@given(ledgers())
def test_the_settled_day_is_the_smallest_from_which_there_is_no_balance(receivables: Receivables) -> None:
    with books_of(receivables) as books:
        _settles_when_nothing_moves_any_more(receivables, books)


@pytest.mark.slow
@MANY
@given(courses(longest=6), st.lists(as_of_days(), min_size=3, max_size=6))
def test_longer_courses_of_full_syncs(states: list[Receivables], days: list[date]) -> None:
    _ends_as_if_loaded_once(states, full=True)
    _known_at_is_a_fresh_ledger(_sent(states, full=True), full=True, days=days)
    with books_of(states[0]) as books:
        _settles_when_nothing_moves_any_more(states[0], books)


@pytest.mark.slow
@MANY
@given(arrivals(), st.lists(as_of_days(), min_size=3, max_size=6))
def test_more_courses_of_changes(states: list[Receivables], days: list[date]) -> None:
    _ends_as_if_loaded_once(states, full=False)
    _known_at_is_a_fresh_ledger(_sent(states, full=False), full=False, days=days)
