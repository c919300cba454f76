"""What holds for every letter, whoever it goes to: sums, columns, what HTML may hold, and that names stay names."""

import re
from html.parser import HTMLParser
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.letter import TIERS, Letter
from arctl.core.money import format_amount
from arctl.render.letter_layout import columns, isolated, width, without_marks, written_date
from arctl.render.letters import Writer, shipped_folder
from tests.letters.requests import MESSAGES, NAMES, line, request, thirty

WRITER = Writer((shipped_folder(),), "ar@example.com")

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
lines = st.lists(
    st.builds(
        line,
        st.integers(0, 99_999),
        st.integers(1, 400),
        st.integers(1, 10**12),
        st.one_of(st.none(), st.just(""), texts),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=6,
).map(tuple)


class _Page(HTMLParser):
    """What a mail program would make of a page: its tags with their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self._in_head = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self._in_head = self._in_head or tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._in_head = self._in_head and tag != "title"

    def handle_data(self, data: str) -> None:
        if not self._in_head:
            self.words += data.split()


def _words(text: str) -> str:
    """Without blanks, rules and isolating marks: what a reader reads."""
    return "".join(re.sub(r"^[- ]+$", "", without_marks(text), flags=re.MULTILINE).split())


def _all(lines_: tuple[object, ...] = ()) -> list[Letter]:
    letters = [WRITER.letter(request(tier, thirty(90), unapplied=7)) for tier in TIERS]
    letters += [WRITER.letter(request(tier)) for tier in TIERS]
    return letters + [WRITER.message(name, "en", facts) for name, facts in MESSAGES.items()]


@pytest.mark.parametrize("letter", _all(), ids=lambda letter: letter.subject)
def test_text_and_html_say_the_same(letter: Letter) -> None:
    assert letter.html is not None
    assert "".join(_Page(letter.html).words) == _words(letter.text)


@settings(max_examples=40)
@given(st.sampled_from(TIERS), lines, texts, st.integers(0, 10**9))
def test_html_holds_only_what_the_template_wrote(tier: str, lines_: tuple, name: str, unapplied: int) -> None:  # type: ignore[type-arg] # a strategy's own
    plain = WRITER.letter(request(tier, lines_, "Sample Bistro", unapplied))
    named = WRITER.letter(request(tier, lines_, f"{name}<img src=x>&amp;", unapplied))

    assert _Page(named.html or "").tags == _Page(plain.html or "").tags
    allowed = {"html", "head", "meta", "title", "body", "p", "bdi", "br", "strong"}
    assert {tag for tag, _ in _Page(named.html or "").tags} <= allowed | {"table", "thead", "tbody", "tr", "th", "td"}
    assert {name for _, names in _Page(named.html or "").tags for name in names} <= {"lang", "charset", "style"}


@settings(max_examples=40)
@given(st.sampled_from(TIERS), texts)
def test_a_name_cannot_add_a_line_or_a_header(tier: str, name: str) -> None:
    plain = WRITER.letter(request(tier, name="Sample Bistro"))
    named = WRITER.letter(request(tier, name=f"x{name}\r\nBcc: all@example.com\u2028\x85\x1b[2J"))

    assert len(named.text.splitlines()) == len(plain.text.splitlines())
    assert named.subject == plain.subject
    assert "\x1b" not in named.text + (named.html or "")


@settings(max_examples=60)
@given(lines, st.integers(0, 5_000), st.sampled_from(["USD", "JPY", "KWD"]))
def test_every_item_is_named_and_the_sums_are_those_asked(lines_: tuple, unapplied: int, currency: str) -> None:  # type: ignore[type-arg] # a strategy's own
    letter = WRITER.letter(request("firm", lines_, unapplied=unapplied, currency=currency))

    total = sum(each.outstanding_cents for each in lines_)
    for each in lines_:
        assert each.number in letter.text
        assert format_amount(each.outstanding_cents, currency) in letter.text
    assert f"{format_amount(total, currency)} {currency}" in letter.text
    assert f"{format_amount(total - unapplied, currency)} {currency}" in letter.subject
    assert ("not yet applied" in letter.text) == bool(unapplied)


@settings(max_examples=60)
@given(st.lists(st.tuples(texts, st.integers(0, 10**9)), min_size=1, max_size=6))
def test_columns_end_where_the_head_ends(rows: list[tuple[str, int]]) -> None:
    cleaned = [("".join(sign for sign in text if sign.isprintable()) or "x", number) for text, number in rows]
    table = columns([("Name", "Amount"), *cleaned], "<>", head=True).split("\n")

    head, rule, *body = table
    assert set(rule) == {"-", " "}
    assert {width(each) for each in body if width(each) == width(rule)} == {width(rule)}
    for (text, number), laid in zip(cleaned, [each for each in body if each.strip()], strict=False):
        if all(width(str(isolated(text))) <= 48 for text, _ in cleaned):
            assert laid.endswith(str(number))
            assert width(laid) == width(rule) == width(head)


def test_a_wide_name_keeps_the_column_and_a_very_long_one_has_its_own_line() -> None:
    rows = [("Name", "Amount"), ("東京サンプル", 1), ("Café", 20), ("x" * 300, 300)]
    head, rule, wide, accented, long, under = columns(rows, "<>", head=True).split("\n")

    assert east_asian_width("東") == "W"
    assert rule == f"{'-' * 48}  {'-' * 6}"
    assert wide == f"東京サンプル{' ' * 36}       1"
    assert accented == f"Café{' ' * 44}      20"
    assert long == "x" * 300
    assert under == f"{' ' * 50}   300"
    assert head.endswith("  Amount")


def test_a_column_that_says_nothing_is_left_out() -> None:
    assert columns([("A", "B", "C"), ("1", "", "3")], "<<<", head=True) == "A  C\n-  -\n1  3"
    assert "PO no." not in WRITER.letter(request("firm", (line(1, 40, 5, ""),))).text
    assert "PO no." not in str(WRITER.letter(request("firm", (line(1, 40, 5, ""),))).html)


def test_a_name_in_another_direction_is_isolated_in_text_and_in_html() -> None:
    letter = WRITER.letter(request("firm", name=NAMES["right-to-left"]))

    assert f"\n\u2068{NAMES['right-to-left']}\u2069\n" in letter.text
    assert f"<bdi>{NAMES['right-to-left']}</bdi>" in str(letter.html)
    assert without_marks(letter.text) == letter.text.replace("\u2068", "").replace("\u2069", "")
    assert isolated("Café 東京") == "Café 東京"


def test_marks_that_turn_text_around_are_taken_out_of_a_name() -> None:
    letter = WRITER.letter(request("firm", name="Sample\u202e Bis\u200btro\u2069\ufeff"))

    assert "\nSample Bistro\n" in letter.text


def test_the_unnamed_company_signs_nothing_and_no_address_is_made_up() -> None:
    asked = request("final")
    letter = Writer((shipped_folder(),)).letter(
        type(asked)(**{name: getattr(asked, name) for name in asked.__slots__} | {"company_name": "default"})
    )

    assert letter.text.endswith("\n\nAccounts Receivable\n")
    assert "default" not in letter.text + str(letter.html)
    assert "reply to this message. Please\n" in letter.text


def test_dates_in_other_forms() -> None:
    assert written_date("2026-06-03") == "June 3, 2026"
    assert written_date("2026-06-03", "{dd}.{mm}.{year}") == "03.06.2026"
    assert written_date("2026-06-03", "{day} {month}", ["i", "ii", "iii", "iv", "v", "vi"]) == "3 vi"
