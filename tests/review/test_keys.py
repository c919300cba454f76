"""What each key does to the screen of a review; and what holds after any keys at all."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.asking import PASTED
from arctl.core.review import desk
from arctl.core.review_keys import Screen, View, Wish
from arctl.core.review_values import Mark, Marks, ReviewItem
from tests.review.envelopes import ON, call, digest, letter, task

THREE = (letter(1, "Ash Grove", 300_00), letter(2, "Birch Hill", 200_00), letter(3, "Cedar Bay", 100_00))


def _screen(items: Iterable[ReviewItem] = THREE, marks: Marks | None = None) -> Screen:
    return Screen(desk(items, marks or {}), ON).fitted(3, 10)


def _typed(screen: Screen, *keys: str) -> Screen:
    for key in keys:
        screen = screen.press(key)
    return screen


def _kinds(screen: Screen) -> dict[int, str]:
    return {seq: mark.kind for seq, mark in screen.desk.marks.items()}


def test_a_tick_goes_on_to_the_next_and_a_second_one_opens_it_again() -> None:
    ticked = _typed(_screen(), "t", " ")
    assert _kinds(ticked) == {1: "tick", 2: "tick"}
    assert ticked.cursor == 2

    again = _typed(ticked, "up", "t")
    assert _kinds(again) == {1: "tick"}
    assert again.cursor == 1  # what was opened again is to be seen


def test_moving_stays_on_the_list() -> None:
    screen = _screen()
    assert _typed(screen, "up").cursor == 0
    assert _typed(screen, "j", "down", "down", "j").cursor == 2
    assert _typed(screen, "G").cursor == 2
    assert _typed(screen, "end", "home").cursor == 0
    assert _typed(screen, "pgdn").cursor == 2
    assert _typed(screen, "G", "pgup").cursor == 0


def test_a_rejection_asks_why_and_takes_no_empty_answer() -> None:
    asked = _typed(_screen(), "r", "enter")
    assert asked.asking is not None
    assert asked.asking.error == "a rejection says why"

    done = _typed(asked, *"paid", "enter")
    assert done.desk.marks == {1: Mark("reject", reason="paid")}
    assert done.cursor == 1
    assert done.message == "Ash Grove: rejected"


def test_the_last_reason_comes_back_with_the_arrow() -> None:
    done = _typed(_screen(), "r", *"statement sent", "enter", "r", "up", "enter")
    assert [mark.reason for mark in done.desk.marks.values()] == ["statement sent"] * 2


def test_a_question_is_left_with_escape_and_changes_nothing() -> None:
    left = _typed(_screen(), "r", *"xyz", "esc")
    assert left.asking is None
    assert left.desk.marks == {}


def test_an_answer_is_typed_erased_and_pasted() -> None:
    asked = _typed(
        _screen(), "r", *"one two", "ctrl-w", *"three", "backspace", PASTED + "four\nfive", "unknown", "down"
    )
    assert asked.asking is not None
    assert asked.asking.text == "onethrefour five"
    emptied = asked.press("ctrl-u").asking
    assert emptied is not None
    assert emptied.text == ""


def test_pasted_text_is_no_command() -> None:
    screen = _screen()
    assert screen.press(PASTED + "tTfy") == screen


def test_a_snooze_is_a_week_unless_said_otherwise() -> None:
    assert _typed(_screen(), "s", "enter").desk.marks == {1: Mark("snooze", until="2026-07-07")}
    assert _typed(_screen(), "s", *"fri", "enter").desk.marks == {1: Mark("snooze", until="2026-07-03")}
    wrong = _typed(_screen(), "s", *"2026-01-01", "enter")
    assert wrong.asking is not None
    assert wrong.asking.error == "not after 2026-06-30"
    assert wrong.desk.marks == {}


@pytest.mark.parametrize(
    ("item", "key", "message"),
    [
        (digest(1), "s", "Not here: it has no customer of its own"),
        (digest(1), "n", "Not here: it has no customer to file the note with"),
        (call(1, "A"), "c", "Not here: only a letter can become a call"),
        (task(1, "A"), "c", "Not here: only a letter can become a call"),
        (call(1, "A"), "e", "Not here: no text of it goes out"),
    ],
)
def test_what_makes_no_sense_is_said(item: ReviewItem, key: str, message: str) -> None:
    after = _screen([item]).press(key)
    assert after.message == message
    assert after.desk.marks == {}
    assert after.wish is Wish.NONE


def test_a_call_takes_the_letters_place() -> None:
    assert _kinds(_typed(_screen(), "c")) == {1: "call"}


def test_a_decision_replaces_the_one_before_whole() -> None:
    done = _typed(_screen(), "r", *"no", "enter", "up", "s", "enter", "up", "t")
    assert done.desk.marks == {1: Mark("tick")}


def test_a_note_stays_with_whatever_is_decided() -> None:
    noted = _typed(_screen(), "n", *"ask the rep", "enter")
    assert noted.desk.marks == {}
    assert noted.message == "Noted; it is kept with what you decide here"
    assert _typed(noted, "t").desk.marks == {1: Mark("tick", note="ask the rep")}

    off = _typed(noted, "n", "ctrl-u", "enter")
    assert off.desk.loose == 0
    same = _typed(noted, "n", "enter")
    assert same.desk == noted.desk


def test_everything_is_taken_back_one_by_one() -> None:
    start = _screen()
    done = _typed(start, "t", "r", *"no", "enter", "T")
    assert len(done.desk.marks) == 3
    first = done.press("u")
    assert first.message == "Taken back: tick 1 item"
    second = first.press("u")
    assert second.message == "Taken back: reject Birch Hill"
    assert second.cursor == 1
    third = second.press("u")
    assert third.desk.marks == {}
    assert third.press("u").message == "Nothing to take back"


def test_ticking_the_unflagged_says_what_is_left_to_look_at() -> None:
    flagged = letter(9, "Elm", 50_00, flags=("changed address",))
    done = _screen([*THREE, flagged]).press("T")
    assert _kinds(done) == {1: "tick", 2: "tick", 3: "tick"}
    assert done.message == "3 ticked; 1 flagged to look at"
    assert done.press("T").message == "Nothing unflagged is open; 1 flagged to look at"


def test_an_opened_letter_leads_through_the_undecided_ones() -> None:
    opened = _typed(_screen(marks={2: Mark("tick")}), "enter")
    assert opened.view is View.LETTER
    second = opened.press("t")
    assert second.cursor == 2  # Birch Hill is decided already
    assert second.view is View.LETTER
    last = second.press("t")
    assert last.view is View.LIST
    assert last.message == "Everything is decided: f finishes"


def test_space_reads_a_letter_to_its_end_and_then_ticks_it() -> None:
    opened = _screen().press("enter").fitted(25, 10)
    read = _typed(opened, " ", " ")
    assert (read.page.top, read.desk.marks) == (15, {})
    ticked = read.press(" ")
    assert _kinds(ticked) == {1: "tick"}
    assert (ticked.cursor, ticked.page.top) == (1, 0)


def test_what_was_opened_is_remembered() -> None:
    walked = _typed(_screen(), "enter", "right", "esc", "G")
    assert walked.opened == {1, 2}
    assert _typed(_screen(), "e").edited("Dear Ash Grove,\ncall us.\n").press("down").opened == {1}


def test_in_an_opened_letter_arrows_lead_to_its_neighbours_and_scroll() -> None:
    opened = _screen().press("enter").fitted(30, 10)
    assert opened.press("down").page.top == 1
    assert _typed(opened, "pgdn", "pgdn", "pgdn").page.top == 20
    assert _typed(opened, "end", "home").page.top == 0
    right = _typed(opened, "down", "right")
    assert (right.cursor, right.page.top) == (1, 0)
    assert opened.press("left").cursor == 0
    assert opened.press("esc").view is View.LIST
    assert opened.press("q").view is View.LIST  # once more, and it quits


def test_a_customer_is_found_by_part_of_a_name_or_by_id() -> None:
    assert _typed(_screen(), "/", *"bay", "enter").cursor == 2
    assert _typed(_screen(), "/", *"c2", "enter").cursor == 1
    again = _typed(_screen(), "/", *"a", "enter", "/", "enter")  # Cedar Bay, then Ash Grove, the other one with an a
    assert again.cursor == 0
    lost = _typed(_screen(), "/", *"zz", "enter")
    assert lost.asking is not None
    assert lost.asking.error == "no customer here is called so"


def test_tab_leads_round_to_what_is_undecided() -> None:
    assert _typed(_screen(marks={2: Mark("tick")}), "tab").cursor == 2
    assert _typed(_screen(marks={2: Mark("tick")}), "tab", "tab").cursor == 0


def test_an_edit_ticks_and_keeps_the_original() -> None:
    asked = _screen().press("e")
    assert asked.wish is Wish.EDIT
    done = asked.edited("Dear Ash Grove,  \r\nplease call us.\n\n")
    assert done.desk.marks == {1: Mark("tick", edited_text="Dear Ash Grove,\nplease call us.\n")}
    assert done.desk.text(done.item) == "Dear Ash Grove,\nplease call us.\n"
    assert done.item.effect.body != done.desk.text(done.item)
    assert done.view is View.LETTER
    assert done.wish is Wish.NONE

    back = done.edited(done.item.effect.body or "")
    assert back.desk.marks == {1: Mark("tick")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n \n", "An empty letter is not sent: r rejects it"),
        ("Dear \x1b[31mAsh", "Not taken: the text holds control characters"),
        (THREE[0].effect.body or "", "Nothing changed"),
    ],
)
def test_an_edit_that_is_none_changes_nothing(text: str, message: str) -> None:
    after = _screen().press("e").edited(text)
    assert after.desk.marks == {}
    assert after.message == message


def test_an_edit_may_hold_any_script_and_its_marks() -> None:
    after = _screen().edited("\u2068مطعم\u2069, 株式会社\n\tNaïve\n")
    assert after.desk.marks[1].edited_text == "\u2068مطعم\u2069, 株式会社\n\tNaïve\n"


def test_finishing_wants_a_yes_and_nothing_else() -> None:
    asked = _typed(_screen(), "t", "f")
    assert asked.view is View.FINISH
    assert asked.wish is Wish.NONE
    for key in ("n", "enter", " ", "esc", "f", PASTED + "y"):
        assert asked.press(key).view is View.LIST
        assert asked.press(key).wish is Wish.NONE
    assert asked.press("y").wish is Wish.FINISH


def test_a_yes_counts_only_once_all_that_it_does_was_seen() -> None:
    asked = _typed(_screen(), "t", "f").fitted(30, 10)
    early = asked.press("y")
    assert early.wish is Wish.NONE
    assert early.message == "There is more below: read it to the end first (↓)"
    assert _typed(early, "pgdn", "down", "end", "y").wish is Wish.FINISH


def test_quitting_asks_only_where_something_would_be_lost() -> None:
    assert _typed(_screen(), "t", "q").wish is Wish.QUIT
    noted = _typed(_screen(), "n", *"x", "enter", "q")
    assert noted.view is View.QUIT
    assert noted.press("esc").view is View.LIST
    assert noted.press("y").wish is Wish.QUIT


def test_help_leads_back_to_where_it_was_asked() -> None:
    assert _typed(_screen(), "enter", "?").view is View.HELP
    assert _typed(_screen(), "enter", "?", "x").view is View.LETTER


_KEYS = st.sampled_from(
    [
        *"tTrscnuf/qyjkgGhl?e ", "enter", "esc", "up", "down", "left", "right", "pgup", "pgdn", "home", "end", "tab", "backspace",
        "ctrl-u", "ctrl-w", "unknown", PASTED + "1w", "7", "a",
    ]
)  # fmt: skip
_MIXED = (*THREE, letter(4, "Dune", 50_00, flags=("first letter ever",)), call(5, "Elm"), task(6, "Fir"), digest(7))


@settings(max_examples=300)
@given(st.lists(_KEYS, max_size=60))
def test_whatever_is_typed_nothing_is_marked_that_makes_no_sense_and_all_can_be_taken_back(keys: list[str]) -> None:
    screen = _screen(_MIXED)
    for key in keys:
        before = screen
        screen = screen.press(key).fitted(12, 5)
        assert 0 <= screen.cursor < len(_MIXED)
        assert 0 <= screen.page.top <= screen.page.furthest
        if screen.wish is Wish.FINISH:
            assert (before.view, key) == (View.FINISH, "y")
        if screen.wish is Wish.EDIT:
            screen = screen.edited(f"Dear customer,\n{len(keys)}\n")
    for seq, mark in screen.desk.marks.items():
        assert (mark.kind == "reject") == bool(mark.reason)
        assert (mark.kind == "snooze") == (mark.until is not None and mark.until > ON.isoformat())
        assert seq != 7 or mark.kind in ("tick", "reject")
    for _ in range(len(screen.desk.history)):
        desk_before, _ = screen.desk.undo()
        screen = Screen(desk_before, ON)
    assert screen.desk.drafts == {}
