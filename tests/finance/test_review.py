"""The checklist, point by point, as values."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.finance_review import Handoff, Invoiced, ReviewLine, checklist
from arctl.core.order_values import MICRO

LINE = ReviewLine("FLR", 10 * MICRO, 10 * MICRO, 10 * MICRO, 0, 30 * MICRO, 30000, None, None)
HANDOFF = Handoff(
    "IF1", "IF-1", "2026-06-09", "SO1", "SO-1", "4711", "C1", "Acme", "Net 30", "active", "USD", None, (LINE,),
    (Invoiced("INV1", "posted", "2026-06-10", "2026-07-10", 30000, 30000),),
)  # fmt: skip


def verdicts(handoff: Handoff) -> dict[str, str]:
    return {each.name: each.verdict for each in checklist(handoff)}


def test_all_is_well() -> None:
    assert set(verdicts(HANDOFF).values()) == {"ok"}


@pytest.mark.parametrize(
    ("line", "point", "verdict", "said"),
    [
        (LINE._replace(shipped=11 * MICRO), "quantity", "wrong", "FLR: 11 shipped, 10 ordered"),
        (LINE._replace(invoiced=11 * MICRO), "quantity", "wrong", "FLR: 11 invoiced, 10 shipped"),
        (LINE._replace(ordered=0, cents=0, rate=None), "price", "wrong", "FLR has no price in the order"),
        (LINE._replace(cents=29990), "price", "look", "FLR: 10 × 30.00 is not 299.90"),
        (LINE._replace(cents=30001), "price", "ok", ""),
        (LINE._replace(usual=28 * MICRO, usual_on="2026-05-01"), "price", "look", "FLR: 30.00, last invoiced at 28.00 on 2026-05-01"),
        (LINE._replace(usual=29 * MICRO, usual_on="2026-05-01"), "price", "ok", ""),
        (LINE._replace(shipped=7 * MICRO, here=7 * MICRO), "short ship", "look", "FLR: 7 of 10, 3 missing; invoice 7"),
        (LINE._replace(shipped=0, here=0), "short ship", "ok", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line(line: ReviewLine, point: str, verdict: str, said: str) -> None:
    found = {each.name: each for each in checklist(replace(HANDOFF, lines=(line,)))}[point]
    assert found.verdict == verdict
    assert said in found.text


def test_what_is_wrong_beside_the_lines() -> None:
    assert verdicts(replace(HANDOFF, sales_order_id=None))["quantity"] == "wrong"
    assert verdicts(replace(HANDOFF, terms=None))["terms"] == "look"
    assert verdicts(replace(HANDOFF, entitystatus="hold"))["terms"] == "look"
    assert verdicts(replace(HANDOFF, invoices=()))["tax"] == "look"
    taxed = (Invoiced("INV1", "posted", "2026-06-10", None, 32475, 30000),)
    assert {each.name: each.text for each in checklist(replace(HANDOFF, invoices=taxed))}["tax"] == (
        "INV1 has 24.75 USD beyond its lines"
    )


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_parts_of_a_line_are_never_more_than_the_line(ordered: int, part: int, cents: int) -> None:
    here = min(part, ordered)
    both = [
        replace(
            HANDOFF, lines=(LINE._replace(ordered=ordered, here=each, shipped=ordered, cents=cents),)
        ).to_invoice_cents
        for each in (here, ordered - here)
    ]
    assert abs(sum(both) - cents) <= 1
    assert all(0 <= each <= cents for each in both)
