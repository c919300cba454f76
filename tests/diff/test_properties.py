"""What holds between any two dates of any ledger: both ends are the agings, and everything in between foots to them."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arctl.core.aging import AgingReport
from arctl.core.balance import document_terms
from arctl.core.buckets import FIVE
from arctl.core.documents import Receivables
from arctl.core.rollforward import NEW, SETTLED, RollForward
from arctl.services.diff import diff
from tests.aging.books import Books, Key, books_of
from tests.ledgers import as_of_days, ledgers, telling_days

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MANY = settings(FEW, max_examples=80)
_PAIRS = st.lists(
    st.tuples(as_of_days(), as_of_days()).filter(lambda pair: pair[0] != pair[1]).map(sorted), min_size=2, max_size=5
)


def _sides(books: Books, day: date) -> tuple[dict[Key, int], dict[Key, tuple[int, ...]]]:
    """Net cents, and outstanding cents by bucket, of every company and currency in the aging report."""
    report: AgingReport = books.ask(day)
    groups = {(group.company, group.currency): group for group in report.groups}
    return {key: g.totals.net for key, g in groups.items()}, {key: g.totals.buckets for key, g in groups.items()}


def _rows(roll: RollForward) -> tuple[int, ...]:
    return tuple(sum(roll.matrix[bucket].values()) for bucket in FIVE.keys)


def _columns(roll: RollForward) -> tuple[int, ...]:
    return tuple(sum(roll.matrix[row][bucket] for row in (*FIVE.keys, NEW)) for bucket in FIVE.keys)


def _foots_to_both_agings(books: Books, first: date, second: date) -> None:
    opening, opening_buckets = _sides(books, first)
    closing, closing_buckets = _sides(books, second)
    rolls = {(roll.company, roll.currency): roll for roll in diff(books.ledger, first, second)}
    assert list(rolls) == list(opening) == list(closing)
    for key, roll in rolls.items():
        assert roll.ok
        assert (roll.opening, roll.closing, roll.expected_closing) == (opening[key], closing[key], closing[key])
        assert (_rows(roll), _columns(roll)) == (opening_buckets[key], closing_buckets[key])
        assert all(cents >= 0 for cells in roll.matrix.values() for cents in cells.values())
        assert sum(item.opening_cents for item in roll.items) == sum(opening_buckets[key])
        assert sum(item.closing_cents for item in roll.items) == sum(closing_buckets[key])
        settled = sum(roll.matrix[bucket][SETTLED] for bucket in FIVE.keys)
        assert sum(opening_buckets[key]) - settled + sum(roll.matrix[NEW].values()) == sum(closing_buckets[key])


def _voids(receivables: Receivables) -> set[date]:
    days = {
        *(invoice.voided_on for invoice in receivables.invoices),
        *(source.voided_on for source in receivables.sources),
        *(refund.voided_on for refund in receivables.refunds),
        *(write_off.voided_on for write_off in receivables.write_offs),
    }
    return {day for day in days if day is not None}


def _headings_are_what_the_documents_gained(receivables: Receivables, books: Books) -> None:
    """Between two days without a void, each heading is its documents' sum on the later one less the earlier one's."""
    voids, spans = _voids(receivables), 0
    for first, second in pairwise(telling_days(receivables)):
        if any(first < day <= second for day in voids):
            continue
        was, now = document_terms(receivables, first), document_terms(receivables, second)
        for roll in diff(books.ledger, first, second):
            key = (roll.company, roll.currency)
            # A company and currency of drafts alone, or of none at all, has nothing to say.
            gained = {heading: cents - was[key][heading] for heading, cents in now.get(key, {}).items()}
            assert {heading: cents for heading, cents in roll.started.items() if cents} == {
                heading: cents for heading, cents in gained.items() if cents
            }
            assert roll.voids == 0
        spans += 1
        if spans == 8:
            return


@FEW
@given(ledgers(), _PAIRS)
def test_both_ends_are_the_agings_and_the_matrix_foots(receivables: Receivables, pairs: list[list[date]]) -> None:
    with books_of(receivables) as books:
        for first, second in pairs:
            _foots_to_both_agings(books, first, second)


@FEW
@given(ledgers())
def test_without_a_void_each_heading_is_what_its_documents_gained(receivables: Receivables) -> None:
    with books_of(receivables) as books:
        _headings_are_what_the_documents_gained(receivables, books)


@FEW
@given(ledgers(), st.lists(as_of_days(), min_size=3, max_size=3, unique=True).map(sorted))
def test_two_spells_make_one(receivables: Receivables, days: list[date]) -> None:
    first, middle, last = days
    with books_of(receivables) as books:
        early, late, whole = (diff(books.ledger, *span) for span in ((first, middle), (middle, last), (first, last)))
        for one, other, both in zip(early, late, whole, strict=True):
            assert both.voids == one.voids + other.voids
            assert both.started == {name: one.started[name] + other.started[name] for name in both.started}


@pytest.mark.slow
@MANY
@given(ledgers(), _PAIRS)
def test_more_ledgers(receivables: Receivables, pairs: list[list[date]]) -> None:
    with books_of(receivables) as books:
        for first, second in pairs:
            _foots_to_both_agings(books, first, second)
        _headings_are_what_the_documents_gained(receivables, books)
