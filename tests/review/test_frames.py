"""What the screens show, at 80 and 120 columns and at any other size."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from arctl.core.effects import Effect
from arctl.core.review import Draft, desk
from arctl.core.review_keys import Screen, View
from arctl.core.review_single import Single
from arctl.core.review_values import Consequences, Marks, Review
from arctl.render.frame import Frame, cell, folded, key_bar, wrapped
from arctl.render.review import draw, draw_single
from tests.review.envelopes import ON, call, digest, hold, letter, review, task

NAMES = (
    "Kestrel Café & Grill",
    "株式会社サンプル商事",
    "مطعم النموذج",
    "[acme] Holdings [/PO-1]",
    "Nine \x1b[31mPines",
    "A" * 300,
)
MIXED = (
    *(letter(seq, name, seq * 1_234_56) for seq, name in enumerate(NAMES, start=1)),
    letter(7, "Old Mill", 9_90, "final", ("first letter", "tier raised"), currency="JPY"),
    call(8, "Quay Street Deli"),
    task(9, "Harbor Lane Market"),
    digest(10),
    hold(11, "Nine Pines"),
)


def _screen(marks: Marks | None = None) -> tuple[Review, Screen]:
    envelope = review(MIXED, marks)
    return envelope, Screen(desk(envelope.items, envelope.marks), ON)


def _plain(frame: Frame) -> list[str]:
    return [line.plain.rstrip() for line in frame.lines]


def test_the_list_at_80_columns() -> None:
    envelope = review(
        [
            task(9, "Harbor Lane Market"),
            letter(7, "Old Mill", 9_90, "final", ("first letter",)),
            letter(2, "Kestrel Café & Grill", 1_234_56),
            letter(1, "[acme] Holdings [/PO-1]", 12_345_67, due="2026-06-29"),
            digest(10),
        ]
    )
    screen = Screen(desk(envelope.items, {}), ON)

    assert _plain(draw(envelope, screen.press("t"), 80, 24)) == [
        "Envelope 12, ar_aging_action_plan, 2026-06-30                     1 of 5 decided",
        "1 task",
        "",
        "   Customer               Tier         Asks for Days  Contacted   Look at",
        "First, apply cash",
        " ✓ Harbor Lane Market     task        75.00 USD       none",
        "",
        "Look at these first",
        ">  Old Mill               final        9.90 USD   60  2026-06-08… ! first letter",
        "",
        "Letters and calls",
        "   [acme] Holdings [/PO-… firm    12,345.67 USD    1  2026-06-02…",
        "   Kestrel Café & Grill   firm     1,234.56 USD   60  none",
        "",
        "Messages",
        "   Your customers with o… message",
        "",
        "",
        "",
        "─" * 80,
        "C7 Old Mill · INV-1 crossed the second reminder (14 days)",
        "look at: first letter · last contact: 2026-06-08 courtesy letter, 5.00 USD: sent",
        "Harbor Lane Market: ticked",
        "Enter open  t tick  T unflagged  r reject  s snooze  u undo  f finish  ? keys",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_an_opened_letter_shows_all_it_rests_on_and_every_line_of_it(width: int) -> None:
    item = replace(
        letter(1, "[acme] Holdings", 90_00), last_contacts=("2026-06-20 call: responded", "2026-06-01 courtesy: sent")
    )
    envelope = review([item])
    shown = "\n".join(_plain(draw(envelope, Screen(desk([item], {}), ON).press("enter"), width, 40)))

    for said in (
        "[acme] Holdings · C1 · firm · 90.00 USD", "To         ar1@customer.example.com", "Subject    Reminder 1",
        "Asks for   90.00 USD", "Why now    INV-1 crossed the second reminder (14 days)", "Contacts   2026-06-20 call: responded",
        "           2026-06-01 courtesy: sent", "INV-1  due 2026-05-01  60 days  90.00 USD", "── The letter as it will go out ",
        "Dear [acme] Holdings,\n\n    INV-1    2026-05-01    9000\n\nplease pay.",
    ):  # fmt: skip
        assert said in shown


def test_unapplied_credit_is_shown_beside_what_is_asked() -> None:
    first = letter(1, "Ash Grove", 90_00)
    payload = {**first.effect.payload, "total_cents": 100_00, "unapplied_cents": 10_00}
    item = replace(first, effect=replace(first.effect, payload=payload))
    shown = _plain(draw(review([item]), Screen(desk([item], {}), ON).press("enter"), 80, 30))

    assert "Asks for   90.00 USD = 100.00 open − 10.00 unapplied credit" in shown


def test_a_task_names_the_documents_and_a_call_what_to_say() -> None:
    item = task(1, "Ash Grove")
    credits = [{"source_type": "credit_memo", "id": "CM-1", "cents": 75_00}]
    cash = replace(item, effect=replace(item.effect, payload={"credits": credits}))
    assert "Unapplied  credit memo CM-1, 75.00 USD" in _plain(
        draw(review([cash]), Screen(desk([cash], {}), ON).press("enter"), 80, 30)
    )
    dial = call(2, "Birch Hill")
    spoken = replace(dial, effect=replace(dial.effect, body="Invoice INV-2 is open.\n"))
    shown = _plain(draw(review([spoken]), Screen(desk([spoken], {}), ON).press("enter"), 80, 30))
    assert any(line.startswith("── What there is to say ") for line in shown)
    assert not any(line.startswith("To ") for line in shown)


def test_an_edited_letter_is_shown_as_edited() -> None:
    plain = letter(1, "Ash Grove")
    item = replace(plain, effect=replace(plain.effect, body_html="<p>Dear Ash Grove</p>"))
    screen = Screen(desk([item], {}), ON).press("e").edited("Dear Ash Grove,\nplease call us.\n")
    shown = _plain(draw(review([item]), screen, 80, 30))

    assert shown[1] == "ticked, edited"
    assert any(line.startswith("── The letter as you edited it ") for line in shown)
    assert "(text alone: the HTML part, which said what was written first, is left out)" in shown
    assert "please call us." in shown


def test_a_long_letter_says_how_much_is_below() -> None:
    item = letter(1, "Ash Grove", body="\n".join(f"line {number}" for number in range(60)))
    envelope, screen = review([item]), Screen(desk([item], {}), ON).press("enter")
    frame = draw(envelope, screen, 80, 24)
    assert "── 52 more lines below ↓ ──" in _plain(frame)[21][:28]

    at_end = screen.fitted(frame.length, frame.room).press("end")
    shown = _plain(draw(envelope, at_end, 80, 24))
    assert shown[21] == "─" * 80
    assert shown[20] == "line 59"


def test_the_last_question_says_what_happens_and_what_was_overlooked() -> None:
    envelope = review(MIXED, stopped=("kill:proposed_apply by ann on 2026-06-30: audit",))
    screen = Screen(desk(MIXED, {}), ON)
    for at in range(len(screen.desk.items)):
        screen = replace(screen, desk=screen.desk.put(at, Draft("tick"), "tick"))
    shown = _plain(draw(envelope, screen.press("f"), 120, 30))

    assert shown[0] == "Finish envelope 12?"
    assert shown[2] == "  7 letters, 990 JPY and 25,925.76 USD, to 7 addresses; 1 call; 1 message; 1 task"
    assert shown[4:8] == [
        "  1 of the ticked was flagged to look at, 1 of them not opened in this sitting",
        "  Stopped: kill:proposed_apply by ann on 2026-06-30: audit",
        "  All of it in one transaction; what moved since the plan falls out and is listed",
        "  Then, one at a time: 1 of risk 4 or 5",
    ]
    assert shown[-1] == "y finish  any other key back"


def test_the_last_question_shows_what_the_envelope_does_by_itself_while_it_is_not_approved() -> None:
    covered = (
        Effect("fan_out", "flag", "flag", "customer:C1", "Flag C1: slow payer", {}),
        Effect(
            "fan_out", "tell", "email_draft", "customer:C1", "Notice to the rep", {"to": "rep@example.com"}, body="Hello\n" * 30
        ),
        Effect("post", "log_run", "log", "run", "log", {}),
    )  # fmt: skip
    envelope = replace(review([letter(1, "Ash Grove")]), covered=covered)
    asked = Screen(desk(envelope.items, {}), ON).press("f")
    frame = draw(envelope, asked, 80, 24)
    shown = _plain(frame)
    assert "1. Flag: Flag C1: slow payer" in shown
    assert "2. Mail: Notice to the rep" in shown
    assert "more lines below ↓" in shown[21]
    fitted = asked.fitted(frame.length, frame.room)
    assert _plain(draw(envelope, fitted.press("y"), 80, 24))[22] == "There is more below: read it to the end first (↓)"
    assert "and for the record: log" in _plain(draw(envelope, fitted.press("end"), 80, 24))

    approved = replace(envelope, status="approved")
    assert not any("envelope itself" in line for line in _plain(draw(approved, asked, 80, 24)))


def test_a_question_shows_what_enter_would_do_and_where_the_caret_is() -> None:
    envelope, screen = _screen()
    asked = screen.press("s")
    for key in "fri":
        asked = asked.press(key)
    frame = draw(envelope, asked, 80, 24)
    assert _plain(frame)[22] == "Rests until: fri   = Friday 2026-07-03"
    assert frame.caret == (22, 16)
    assert _plain(draw(envelope, asked.press("x"), 80, 24))[22] == "Rests until: frix   a date, 10d, 2w, friday"

    reason = screen.press("r").press("enter")
    assert _plain(draw(envelope, reason, 80, 24))[22] == "Reject because:    a rejection says why"


def test_a_hold_shows_both_notices_and_the_push() -> None:
    effects = (
        Effect("fan_out", "flag_customer", "d1_write", "customer:C1", "On hold", {"set": {"entitystatus": "hold"}}),
        Effect(
            "fan_out", "notify_sales_rep", "email_draft", "customer:C1", "Notice to the sales rep",
            {"to": "rep@example.com", "subject": "Nine Pines is on hold"}, body="Dear rep,\n\n    C1\n",
        ),
        Effect("fan_out", "ns_order_block", "ns_push", "customer:C1", "Credit hold", {"body": {"credit_hold": True}}),
        Effect("post", "log_run", "log", "run", "log", {}),
    )  # fmt: skip
    consequences = Consequences(
        effects, ("2 open orders", "no hold before"), ("less than 60 days overdue",), "inactive"
    )
    single = Single(hold(1, "Nine Pines"), consequences, 2, 3)

    assert _plain(draw_single(single, ON, 80, 30)) == [
        "Risk 4 · Service hold for Nine Pines · 30,000.00 USD                      2 of 3",
        "Nine Pines (C1)",
        "─" * 80,
        "Why        95 days overdue with 30,000.00 USD open",
        "Known      2 open orders",
        "           no hold before",
        "Contacts   none before",
        "Warning    less than 60 days overdue",
        "Blocked    inactive",
        "",
        "── Approving it does all of this " + "─" * 47,
        "1. In the ledger: On hold",
        "   entitystatus = hold",
        "2. Mail: Notice to the sales rep",
        "   To      rep@example.com",
        "   Subject Nine Pines is on hold",
        "   │ Dear rep,",
        "   │",
        "   │     C1",
        "3. To the ERP: Credit hold",
        "   credit_hold = true",
        "and for the record: log",
        "",
        "",
        "",
        "",
        "",
        "─" * 80,
        "",
        "y approve  r reject  Enter leave pending  ↑↓ read  q leave the rest",
    ]


def test_a_window_too_small_to_read_in_approves_nothing() -> None:
    single = Single(hold(1, "Nine Pines"), Consequences())
    frame = draw_single(single, ON, 39, 9)
    assert single.fitted(frame.length, frame.room).press("y").asking is None


_SIZES = st.tuples(st.integers(5, 200), st.integers(3, 60))


@settings(max_examples=80, deadline=None)
@given(
    _SIZES,
    st.lists(st.sampled_from([*"tTrscnuf?j/ ", "enter", "esc", "down", "right", "G", "pgdn", "x"]), max_size=12),
)
def test_every_screen_fits_its_window(size: tuple[int, int], keys: list[str]) -> None:
    width, height = size
    envelope, screen = _screen()
    for key in keys:
        frame = draw(envelope, screen, width, height)
        assert len(frame.lines) <= height
        assert all(line.cell_len <= width for line in frame.lines)
        assert not any("\x1b" in line.plain for line in frame.lines)
        assert frame.caret is None or (0 <= frame.caret[0] < height and 0 <= frame.caret[1] < width)
        if screen.view is View.LIST and screen.asking is None and width >= 60 and height >= 14:
            assert sum(line.plain.startswith(">") for line in frame.lines) == 1
        screen = screen.fitted(frame.length, frame.room).press(key)


@settings(max_examples=40, deadline=None)
@given(_SIZES, st.sampled_from(NAMES))
def test_every_single_fits_its_window(size: tuple[int, int], name: str) -> None:
    width, height = size
    effects = (Effect("f", "s", "email_draft", "x", name, {"to": name}, body=f"{name}\n" * 3),)
    frame = draw_single(Single(hold(1, name), Consequences(effects, (name,))).press("y"), ON, width, height)
    assert len(frame.lines) <= height
    assert all(line.cell_len <= width for line in frame.lines)


@given(st.text(max_size=80), st.integers(1, 40))
def test_text_is_wrapped_without_losing_a_letter(text: str, width: int) -> None:
    assert cell_len(cell(text, width)) == width
    for lines in (wrapped(text, max(width, 2)), folded(text, max(width, 2))):
        assert all(cell_len(line) <= max(width, 2) for line in lines)
    assert "".join(folded(text, 20)).replace(" ", "") == "".join(folded(text, 500)).replace(" ", "")
    assert "".join(wrapped(text, 20)).replace(" ", "") == "".join(wrapped(text, 500)).replace(" ", "")


def test_a_wide_line_of_a_letter_is_folded_between_words_and_keeps_its_blanks() -> None:
    assert folded("  one two three\n    four", 11) == ["  one two", "three", "    four"]
    assert folded("one two", 3) == ["one", "two"]
    assert folded("abcdefgh ij", 5) == ["abcde", "fgh", "ij"]
    assert folded("", 5) == [""]
    assert folded("株式会社サンプル", 5) == ["株式", "会社", "サン", "プル"]


def test_the_last_key_of_a_bar_always_stands() -> None:
    assert key_bar([("t", "tick"), ("q", "quit"), ("?", "keys")], 14).plain == "t tick  ? keys"
    assert key_bar([("t", "tick"), ("q", "quit"), ("?", "keys")], 13).plain == "? keys"
