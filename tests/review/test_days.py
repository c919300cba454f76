"""Days as a reviewer types them."""

from datetime import date

import pytest

from arctl.core.review_days import snooze_day, spoken
from tests.review.envelopes import ON  # 2026-06-30, a Tuesday


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-07-15", "2026-07-15"),
        ("10", "2026-07-10"),
        ("+10", "2026-07-10"),
        ("10d", "2026-07-10"),
        ("1 day", "2026-07-01"),
        ("2w", "2026-07-14"),
        ("1 week", "2026-07-07"),
        ("tomorrow", "2026-07-01"),
        ("Friday", "2026-07-03"),
        ("fr", "2026-07-03"),
        ("tuesday", "2026-07-07"),  # today's own weekday is the next one
        ("366", "2027-07-01"),
    ],
)
def test_a_day_is_read(typed: str, day: str) -> None:
    assert snooze_day(typed, ON) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "write a date"),
        ("t", "write a date"),
        ("someday", "write a date"),
        ("0", "not after 2026-06-30"),
        ("2026-06-30", "not after 2026-06-30"),
        ("2026-02-30", "no such day"),
        ("30/07/2026", "not a date"),
        ("367", "more than a year"),
        ("60w", "more than a year"),
        ("2099-01-01", "more than a year"),
    ],
)
def test_what_is_no_day_is_refused_and_says_why(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        snooze_day(typed, ON)


def test_a_day_is_said_with_its_weekday() -> None:
    assert spoken(date(2026, 7, 15)) == "Wednesday 2026-07-15"
