"""What holds of the formulas for any amounts, and of the calendar months they look back over."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core import metrics
from arctl.core.dates import month_end

_CENTS = st.integers(0, 10**12)
_SIGNED = st.integers(-(10**12), 10**12)
_DAYS = st.integers(1, 400)
_OWED = st.lists(st.integers(1, 10**9), max_size=30).map(lambda owed: sorted(owed, reverse=True))
_PERIODS = st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(1, 31)), max_size=12)


@given(_CENTS, _CENTS, _SIGNED, _DAYS)
def test_days_delinquent_are_what_dso_has_over_the_best_possible(
    outstanding: int, current: int, sales: int, days: int
) -> None:
    current = min(outstanding, current)
    dso = metrics.days_sales_outstanding(outstanding, sales, days)
    best = metrics.days_sales_outstanding(current, sales, days)
    late = metrics.average_days_delinquent(dso, best)
    if sales <= 0:
        assert (dso.value, best.value, late.value) == (None, None, None)
        assert late.reason == dso.reason == f"credit sales are {'negative' if sales else 'zero'}"
        return
    assert dso.value is not None
    assert best.value is not None
    assert late.value == dso.value - best.value == Fraction((outstanding - current) * days, sales)
    assert 0 <= best.value <= dso.value


@given(_SIGNED, _CENTS, _CENTS, _CENTS, _DAYS)
def test_no_number_without_a_denominator_above_zero(
    sales: int, opening: int, closing: int, current: int, days: int
) -> None:
    cei = metrics.collection_effectiveness(opening, sales, 1, closing, current)
    assert (cei.value is None) == (opening + sales - current <= 0)
    assert (metrics.turnover(sales, days, opening, closing).value is None) == (opening + closing == 0)
    assert (metrics.bad_debt_to_sales(closing, sales).value is None) == (sales <= 0)
    for figure in (cei, metrics.bad_debt_to_sales(closing, sales)):
        assert (figure.value is None) == bool(figure.reason)


@given(_CENTS, st.integers(0, 24), st.integers(1, 10**9))
def test_count_back_over_even_sales_is_dso(outstanding: int, many: int, sales: int) -> None:
    counted, used = metrics.count_back(outstanding, [(sales, 30)] * many)
    if not many or outstanding > many * sales:
        assert counted.value is None
        assert counted.reason
    else:
        assert counted.value == metrics.days_sales_outstanding(outstanding, many * sales, many * 30).value
        assert used == -(-outstanding // sales)


@given(_CENTS, _CENTS, _PERIODS)
def test_count_back_grows_with_what_is_outstanding(one: int, other: int, periods: list[tuple[int, int]]) -> None:
    (less, fewer), (more, many) = (metrics.count_back(each, periods) for each in sorted((one, other)))
    assert fewer <= many <= len(periods)
    if more.value is not None:
        assert less.value is not None
        assert 0 <= less.value <= more.value <= sum(days for _, days in periods)


@given(_OWED)
def test_concentration_rises_with_the_customers_counted(owed: list[int]) -> None:
    shares = [metrics.share_of_largest(owed, many).value for many in (1, 5, 10, len(owed) or 1)]
    index = metrics.herfindahl(owed).value
    if not owed:
        assert [*shares, index] == [None] * 5
        return
    known = [share for share in shares if share is not None]
    assert known[:3] == sorted(known[:3])
    assert known[3] == 100
    assert index is not None
    largest = known[0]
    # No more than if all were owed by customers like the largest, no less than if all owed alike.
    assert Fraction(metrics.LARGEST_INDEX, len(owed)) <= index <= largest * 100


@given(st.fractions(-(10**6), 10**6, max_denominator=10**6), st.integers(0, 4))
def test_rounding_is_half_up_away_from_zero(value: Fraction, decimals: int) -> None:
    text = metrics.rounded(value, decimals)
    with localcontext() as exactly:
        exactly.prec = 60
        wanted = (Decimal(value.numerator) / value.denominator).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert Decimal(text) == wanted
    assert text != "-0"
    assert not (text.startswith("-") and Decimal(text) == 0)
    assert len(text.partition(".")[2]) == decimals


@pytest.mark.parametrize(
    ("value", "text"),
    [("1/20", "0.1"), ("-1/20", "-0.1"), ("-1/21", "0.0"), ("749/10", "74.9"), ("2199/20", "110.0"), ("-5", "-5.0")],
)
def test_rounding_by_example(value: str, text: str) -> None:
    assert metrics.rounded(Fraction(value), 1) == text


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        ("2026-06-30", 1, "2026-05-31"),
        ("2026-02-28", 1, "2026-01-31"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-03-30", 1, "2026-02-28"),
        ("2026-06-15", 1, "2026-05-15"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2024-02-28", 12, "2023-02-28"),
        ("2026-06-30", 18, "2024-12-31"),
    ],
)
def test_months_before(day: str, months: int, earlier: str) -> None:
    assert metrics.months_before(date.fromisoformat(day), months).isoformat() == earlier


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 1500))
def test_month_spells_cover_the_days_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    spells = metrics.month_spells(first, last)
    assert spells[0][1] == last
    assert spells[-1][0] == first
    assert sum((end - begin).days + 1 for begin, end in spells) == length + 1
    for (begin, _), (_, before) in pairwise(spells):
        assert begin.day == 1
        assert before == begin - timedelta(days=1) == month_end(before)
    assert metrics.month_spells(last + timedelta(days=1), last) == []
