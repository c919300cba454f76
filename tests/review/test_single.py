"""One risky proposal alone: it is read to its end, and its name is typed."""

import pytest

from arctl.core.asking import PASTED
from arctl.core.review_single import Choice, Single, same_name
from arctl.core.review_values import Consequences
from tests.review.envelopes import hold


def _single(length: int = 10, blocked: str = "") -> Single:
    return Single(hold(1, "Nine Pines"), Consequences(blocked=blocked)).fitted(length, 10)


def _typed(single: Single, *keys: str) -> Single:
    for key in keys:
        single = single.press(key)
    return single


def test_the_customers_name_approves() -> None:
    done = _typed(_single(), "y", *"Nine Pines", "enter")
    assert (done.choice, done.answer) == (Choice.APPROVE, "Nine Pines")


def test_another_name_does_not() -> None:
    wrong = _typed(_single(), "y", *"Nine Pine", "enter")
    assert wrong.choice is Choice.NONE
    assert wrong.asking is not None
    assert wrong.asking.error == "not the name shown above"
    assert _typed(wrong, "s", "enter").choice is Choice.APPROVE
    assert _typed(_single(), "y", "enter").choice is Choice.NONE


def test_what_was_not_read_to_its_end_is_not_approved() -> None:
    long = _single(25)
    told = long.press("y")
    assert told.asking is None
    assert told.message.startswith("There is more below")
    assert _typed(long, " ", " ", "y").asking is not None
    assert _typed(long, "end", "y").asking is not None


def test_what_is_blocked_is_not_approved() -> None:
    told = _single(blocked="the customer is inactive").press("y")
    assert told.asking is None
    assert told.message == "It cannot be done: the customer is inactive"


def test_it_is_rejected_with_a_reason_or_left() -> None:
    asked = _typed(_single(), "r", "enter")
    assert asked.asking is not None
    assert asked.asking.error == "a rejection says why"
    done = _typed(asked, *"paid today", "enter")
    assert (done.choice, done.answer) == (Choice.REJECT, "paid today")
    assert _single().press("enter").choice is Choice.LEAVE
    assert _single().press("esc").choice is Choice.LEAVE
    assert _single().press("q").choice is Choice.STOP


@pytest.mark.parametrize("key", ["Y", "t", "f", "T", PASTED + "y", "unknown"])
def test_no_other_key_does_anything(key: str) -> None:
    assert _single().press(key) == _single()


def test_a_question_is_left_with_escape() -> None:
    assert _typed(_single(), "y", "N", "esc").asking is None


@pytest.mark.parametrize(
    ("typed", "name", "same"),
    [
        ("nine  pines ", "Nine Pines", True),
        ("NINE PINES", "Nine  Pines", True),
        ("Nine", "Nine Pines", False),
        ("", "", False),
        ("STRASSE", "Straße", True),
    ],
)
def test_a_name_is_the_same_whatever_its_case_and_blanks(typed: str, name: str, same: bool) -> None:
    assert same_name(typed, name) is same
