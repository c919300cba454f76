"""X12 text into orders: files broken in every way, and what must hold for every file."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.edi_850 import read_order
from arctl.core.incoming_order import Order
from arctl.core.x12 import read
from tests.intake.interchanges import Line, Marks, interchange, order_set, wrapped

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "edi.yaml").read_text(encoding="utf-8")
)
FROM_THE_FIELD = (
    "ST*850*0001~BEG*00*RL*508517*1001*20000506**NA*IEL~N1*BY*ABC Aerospace Corporation*9*123456789-0101~N3*1000 BOARDWALK"
    " DRIVE~N4*SOMEWHERE*CA*98898~PO1*1*48*EA*3*PE*MG*R5656-2~IT8*******B0~CTT*1~AMT*TT*144~SE*10*0001~"
)


def orders_of(text: str) -> tuple[list[Order], list[str]]:
    """What is read of a text, and why the rest is not, in words."""
    found = read(text)
    orders, refused = [], [each.words for each in found.problems]
    for each in found.sets:
        order = read_order(each)
        if isinstance(order, list):
            refused += [problem.words for problem in order]
        else:
            orders.append(order)
    return orders, refused


def _text(case: dict[str, Any]) -> str:
    parts = [case.get("before", "")]
    for each in case["interchanges"]:
        element, component, terminator = each.get("marks", ("*", ">", "~"))
        marks = Marks(element, component, terminator, each.get("line_end", "\n"))
        sets = [order_set(po, control=f"{at:04d}") for at, po in enumerate(each["orders"], start=1)]
        text = interchange(sets, each["control"], marks)
        for before, instead in each.get("breaks", ()):
            assert before in text, before
            text = text.replace(before, instead, 1)
        parts.append(wrapped(text, each["wrap"]) if "wrap" in each else text)
    return "".join([*parts, case.get("after", "")])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['title']}")
def test_a_case(case: dict[str, Any]) -> None:
    orders, refused = orders_of(_text(case))

    assert [each.po for each in orders] == case.get("read", [])
    assert refused == case.get("refused", [])


@pytest.mark.parametrize(
    "text",
    [
        FROM_THE_FIELD,
        interchange([FROM_THE_FIELD.split("~")[:-1]]),
        wrapped(interchange([FROM_THE_FIELD.split("~")[:-1]]), 80, "\r\n"),
    ],
    ids=["bare", "in an interchange", "wrapped at 80"],
)
def test_the_order_from_the_field(text: str) -> None:
    (order,), refused = orders_of(text)

    assert not refused
    assert (order.po, order.release, order.ordered_on, order.stated) == ("508517", "1001", "2000-05-06", "144")
    (line,) = order.lines
    assert (line.items, line.quantity_micro, line.uom, line.rate_micro) == (
        (("MG", "R5656-2"),), 48_000_000, "EA", 3_000_000,
    )  # fmt: skip
    (buyer,) = order.parties
    assert (buyer.role, buyer.name, buyer.qualifier, buyer.id) == (
        "BY", "ABC Aerospace Corporation", "9", "123456789-0101",
    )  # fmt: skip
    assert buyer.address == ("1000 BOARDWALK DRIVE", "SOMEWHERE, CA, 98898")


def test_a_bare_set_is_read_and_said_to_be_one() -> None:
    (order,), _ = orders_of(FROM_THE_FIELD)

    assert order.remarks == ("no interchange around it: nothing says who sent it",)


def test_what_an_order_may_ask_for() -> None:
    more = [
        "CUR*BY*CAD", "ITD*05*3*2**10**45", "DTM*002*20260710", "DTM*010*20260706", "TD5*****Liftgate needed",
        "N1*ST*Dock 4*92*0004", "N3*1 Pier Road", "MSG*Call ahead", "SAC*C*D240***1200",
    ]  # fmt: skip
    lines = [("OIL-1", "10", "41.08"), ("EGG-2", "2.5", "")]
    segments = order_set("A1", lines, more=more)
    segments[-3:-2] = [segments[-3] + "*BP*0099", "DTM*010*20260801", "N1*ST*Dock 9*92*0009", "N3*9 Pier Road"]
    segments[-1] = f"SE*{len(segments)}*0001"

    (order,), refused = orders_of(interchange([segments]))

    assert not refused
    assert (order.currency, order.terms, order.ship_on) == ("CAD", "2% 10 Net 45", "2026-07-06")
    assert (order.shipping, order.instructions) == ("Liftgate needed", "Call ahead")
    assert [(each.role, each.id) for each in order.parties] == [("BY", "C1"), ("ST", "0004")]
    assert [(each.items, each.quantity_micro, each.rate_micro, each.ship_on) for each in order.lines] == [
        ((("VN", "OIL-1"),), 10_000_000, 41_080_000, None),
        ((("VN", "EGG-2"), ("BP", "0099")), 2_500_000, None, "2026-08-01"),
    ]
    assert order.remarks == ("segments not read: N1 of a line, SAC",)


def test_the_sellers_number_comes_before_the_buyers() -> None:
    segments = order_set("A1")
    segments[-3] = "PO1*1*10*CA*41.08*PE*BP*THEIRS*VN*OURS*UP*012345678905"

    (order,), _ = orders_of(interchange([segments]))

    assert order.lines[0].items == (("VN", "OURS"), ("UP", "012345678905"), ("BP", "THEIRS"))


_WORD = st.text("ABCXYZ0123456789-.", min_size=1, max_size=12)
_LINES = st.lists(
    st.tuples(
        _WORD,
        st.integers(1, 99_999).map(str),
        st.integers(0, 999_999).map(lambda cents: f"{cents // 100}.{cents % 100:02d}"),
    ),
    min_size=1,
    max_size=4,
)
_ORDERS = st.lists(st.tuples(_WORD, _LINES), min_size=1, max_size=3, unique_by=lambda each: each[0])
_MARKS = st.permutations("*|~!^>:\x1d\x1e").map(lambda signs: Marks(signs[0], signs[1], signs[2]))


def _of(orders: list[tuple[str, list[Line]]], control: str, marks: Marks) -> str:
    sets = [order_set(po, lines, control=f"{at:04d}") for at, (po, lines) in enumerate(orders, start=1)]
    return interchange(sets, control, marks)


def _read_back(orders: list[Order]) -> list[tuple[str, list[Line]]]:
    from arctl.core.incoming_order import number_text, rate_text

    return [
        (
            each.po,
            [
                (line.items[0][1], number_text(line.quantity_micro), rate_text(line.rate_micro or 0).replace(",", ""))
                for line in each.lines
            ],
        )
        for each in orders
    ]


@settings(max_examples=60)
@given(_ORDERS, _ORDERS, _MARKS, _MARKS, st.sampled_from(["", "\n", "\r\n"]), st.integers(20, 120), st.booleans())
def test_whatever_the_delimiters_and_the_wrapping_it_reads_what_was_written(
    first: list[tuple[str, list[Line]]],
    second: list[tuple[str, list[Line]]],
    one: Marks,
    other: Marks,
    line_end: str,
    columns: int,
    wrap: bool,
) -> None:
    one, other = (Marks(each.element, each.component, each.terminator, line_end) for each in (one, other))
    text = _of(first, "000000001", one) + _of(second, "000000002", other)

    orders, refused = orders_of(wrapped(text, columns) if wrap else text)

    assert refused == []
    assert _read_back(orders) == [*first, *second]


@settings(max_examples=60)
@given(_ORDERS, _ORDERS, _MARKS, st.data())
def test_a_lost_segment_costs_no_more_than_its_interchange_and_is_told(
    first: list[tuple[str, list[Line]]], second: list[tuple[str, list[Line]]], marks: Marks, data: st.DataObject
) -> None:
    whole, other = _of(first, "000000001", marks), _of(second, "000000002", marks)
    segments = whole.split(f"{marks.terminator}\n")[:-1]
    del segments[data.draw(st.integers(0, len(segments) - 1), "the segment that is lost")]
    broken = "".join(f"{each}{marks.terminator}\n" for each in segments)
    text, before = data.draw(st.sampled_from([(broken + other, True), (other + broken, False)]))

    orders, refused = orders_of(text)

    read_back = _read_back(orders)
    assert refused
    assert (read_back[-len(second) :] if before else read_back[: len(second)]) == second
    assert all(each in first for each in (read_back[: -len(second)] if before else read_back[len(second) :]))


@settings(max_examples=100)
@given(_ORDERS, _ORDERS, st.data())
def test_a_damaged_character_never_breaks_the_reader_nor_the_other_interchange(
    first: list[tuple[str, list[Line]]], second: list[tuple[str, list[Line]]], data: st.DataObject
) -> None:
    whole, other = _of(first, "000000001", Marks()), _of(second, "000000002", Marks("|", "^", "'"))
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + data.draw(st.sampled_from(["", "*", "~", "\n", "\0", "é", "I", " "])) + whole[at + 1 :]

    orders, _ = orders_of(broken + other)

    assert _read_back(orders)[-len(second) :] == second
