"""The desk: in which order items are looked at, what may be marked, and the sentence that says what finishing does."""

from collections.abc import Sequence

import pytest

from arctl.core.review import Desk, Draft, allows, desk, sentence
from arctl.core.review_values import Mark, ReviewItem
from tests.review.envelopes import call, digest, hold, letter, task


def _order(*items: ReviewItem) -> list[int]:
    return [item.seq for item in desk(items, {}).items]


def test_cash_to_apply_comes_first_then_exceptions_then_letters_then_messages() -> None:
    found = desk(
        [digest(1), letter(2, "B"), letter(3, "C", flags=("first letter ever",)), call(4, "D"), task(5, "E")], {}
    )

    assert [item.seq for item in found.items] == [5, 3, 2, 4, 1]
    assert found.groups == (0, 1, 2, 2, 3)


def test_within_a_part_the_largest_amount_comes_first_currency_by_currency() -> None:
    assert _order(
        letter(1, "A", 10_00), letter(2, "B", 99_00), letter(3, "C", 50_00, currency="EUR"), letter(4, "D", 98_00)
    ) == [2, 4, 1, 3]


def test_what_is_risky_is_never_among_the_rest() -> None:
    assert _order(hold(1, "A"), letter(2, "B")) == [2]


def test_marks_of_an_earlier_sitting_are_there_again_and_cannot_be_taken_back() -> None:
    marks = {2: Mark("reject", reason="paid by phone", note="ask again"), 9: Mark("tick")}
    found = desk([letter(1, "A"), letter(2, "B"), hold(9, "C")], marks)

    assert found.marks == {2: marks[2]}
    assert found.undo() == (found, None)


def test_a_note_or_an_edit_alone_decides_nothing() -> None:
    found = desk([letter(1, "A"), letter(2, "B")], {}).put(0, Draft(note="ask the rep"), "note")

    assert found.marks == {}
    assert found.loose == 1


def test_ticking_the_unflagged_leaves_flags_and_decisions_alone() -> None:
    items = [letter(1, "A"), letter(2, "B", flags=("tier raised",)), letter(3, "C"), task(4, "D")]
    start = desk(items, {3: Mark("snooze", until="2026-07-10")})
    ticked, count = start.tick_unflagged(0)

    assert count == 2
    assert {seq: mark.kind for seq, mark in ticked.marks.items()} == {1: "tick", 4: "tick", 3: "snooze"}
    back, change = ticked.undo()
    assert back.marks == start.marks
    assert change is not None
    assert change.label == "tick 2 items"
    assert ticked.tick_unflagged(0) == (ticked, 0)  # nothing to take back where nothing was done


def _all_ticked(items: Sequence[ReviewItem]) -> Desk:
    found = desk(items, {})
    for at in range(len(found.items)):
        found = found.put(at, Draft("tick"), "tick")
    return found


def test_the_sentence_of_the_morning() -> None:
    letters = [letter(seq, f"N{seq}", 2_273_53) for seq in range(1, 38)]
    rest = [letter(50, "A"), letter(51, "B"), letter(52, "C")]
    marks = {**_all_ticked(letters).marks, 50: Mark("reject", "known"), 51: Mark("reject", "known")}
    marks[52] = Mark("snooze", until="2026-07-08")

    assert sentence([*letters, *rest], marks) == "37 letters, 84,120.61 USD, to 37 addresses; 2 rejected; 1 snoozed"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([letter(1, "A", 1_00)], "1 letter, 1.00 USD, to 1 address"),
        (
            [
                letter(1, "A", 1_00, email="ar@x.example.com"),
                letter(2, "A", 2_00, currency="JPY", email="ar@x.example.com"),
            ],
            "2 letters, 200 JPY and 1.00 USD, to 1 address",
        ),
        ([call(1, "A"), digest(2), digest(3), task(4, "B")], "1 call; 2 messages; 1 task"),
        ([], "nothing to decide"),
    ],
)
def test_the_sentence_names_what_goes_out(items: Sequence[ReviewItem], said: str) -> None:
    assert sentence(items, _all_ticked(items).marks) == said


def test_the_sentence_names_what_is_left_and_what_is_called() -> None:
    items = [letter(1, "A"), letter(2, "B"), letter(3, "C")]

    assert sentence(items, {1: Mark("call")}) == "1 call instead of a letter; 2 stay pending"
    assert sentence(items[:1], {}) == "1 stays pending"


def test_only_what_is_a_customers_own_is_snoozed_and_only_a_letter_becomes_a_call() -> None:
    assert [allows(item, "snooze") for item in (letter(1, "A"), call(2, "B"), task(3, "C"), digest(4))] == [
        True, True, True, False,
    ]  # fmt: skip
    assert [allows(item, "call") for item in (letter(1, "A"), call(2, "B"), task(3, "C"), digest(4))] == [
        True, False, False, False,
    ]  # fmt: skip
    assert allows(digest(4), "tick")
    assert allows(digest(4), "reject")
