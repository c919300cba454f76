"""Orders held against what the ledger knows: whose they are, and what a reviewer is told of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.incoming_order import MICRO, Order, OrderLine, Party, line_cents, number_text, read_date, read_number
from arctl.core.intake import (
    Checked,
    Customer,
    Directory,
    Incoming,
    Known,
    Matched,
    Rate,
    Rules,
    Unfit,
    check_all,
)

ACME = Customer(1, "C1", "Acme Bistro", "Net 30", None, "USD", on_hold=False, active=True)
TWIN = Customer(2, "C2", "Twin Grocery", None, None, "USD", on_hold=False, active=True)
OTHER_TWIN = TWIN._replace(key=3, id="C3")
DIRECTORY = Directory.of([ACME, TWIN, OTHER_TWIN])
OIL = OrderLine(1, (("VN", "OIL-1"),), 10 * MICRO, "CA", 41_080_000, None, 6)
NOTHING = Known({}, frozenset(), {}, {}, {})
SOLD = Known({("C1", "OIL-1"): Rate(41_080_000, "2026-05-01", "SO-1", own=True)}, frozenset({"OIL-1"}), {}, {}, {})
DAY = "2026-06-30"
STRICT = Rules()


def order(*lines: OrderLine, **values: Any) -> Order:
    """An order of the ledger's own customer, unless told otherwise."""
    told = {"place": "", "po": "72622", "release": "", "ordered_on": "2026-06-29", "lines": lines or (OIL,)}
    return Order(**{**told, "customer_id": "C1", **values})


def checked(
    *orders: Order, known: Known = SOLD, rules: Rules = STRICT, customer: Customer = ACME
) -> tuple[list[Checked], list[Unfit]]:
    """The orders after all checks."""
    directory = Directory.of([customer])
    matched = [directory.match(Incoming("a.yaml", each)) for each in orders]
    return check_all([each for each in matched if isinstance(each, Matched)], known, rules, "USD", DAY)


def remarks(given: Order, **how: Any) -> Sequence[str]:
    """What a reviewer is told of an order that can be staged."""
    (fit,), _ = checked(given, **how)
    return fit.remarks


@pytest.mark.parametrize(
    ("parties", "id", "how", "remark"),
    [
        ([Party("BY", "Acme Bistro", "91", "C1")], "C1", "BY 91 C1", ""),
        ([Party("ST", "", "91", "C2"), Party("BY", "", "91", "C1")], "C1", "BY 91 C1", ""),
        ([Party("BY", "ACME  bistro.", "9", "123456789")], "C1", "BY name", ""),
        ([Party("BY", "Head Office", "9", "1"), Party("BT", "Acme Bistro", "", "")], "C1", "BT name", ""),
        ([Party("BY", "Somebody", "92", "C1")], "C1", "BY 92 C1",
         "recognised by C1 alone, which N103 92 does not call ours"),
        ([Party("BY", "Acme Bistro", "91", "C2")], "C2", "BY 91 C2",
         "calls itself 'Acme Bistro', and C2 is 'Twin Grocery'"),
    ],
    ids=["our number", "the buyer before the ship-to", "a name", "the name of the bill-to", "their number", "another's name"],
)  # fmt: skip
def test_whose_order_it_is(parties: list[Party], id: str, how: str, remark: str) -> None:
    found = DIRECTORY.match(Incoming("a.edi", order(place="set 1", customer_id="", parties=tuple(parties))))

    assert isinstance(found, Matched)
    assert (found.customer.id, found.how) == (id, how)
    assert (remark in found.remarks) if remark else not found.remarks


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"customer_id": "C9"}, "customer_id: there is no customer C9"),
        ({"customer_id": "", "parties": (Party("BY", "Twin Grocery", "", ""),)},
         "customer: 'Twin Grocery' is the name of several customers: C2, C3"),
        ({"customer_id": "", "parties": (Party("BY", "Acme Bistros", "9", "77"),)},
         "customer: no customer is known as Acme Bistros 77; did they mean Acme Bistro?"),
        ({"customer_id": "", "parties": (Party("VN", "Acme Bistro", "91", "C1"),)},
         "customer: it names no buyer (N1 BY, BT or ST)"),
    ],
)  # fmt: skip
def test_an_order_of_nobody(values: Mapping[str, Any], told: str) -> None:
    found = DIRECTORY.match(Incoming("a.yaml", order(**values)))

    assert isinstance(found, Unfit)
    assert (found.problem.words, found.control) == (told, False)


def test_an_order_like_the_last_one_raises_no_remark() -> None:
    (fit,), refused = checked(order())

    assert not refused
    assert (fit.remarks, fit.total_cents, fit.currency) == ((), 41_080, "USD")
    assert fit.key == "salesOrder:C1:72622:"


@pytest.mark.parametrize(
    ("values", "remark"),
    [
        ({"terms": "Net 60"}, "asks for terms Net 60; the customer's are Net 30"),
        ({"terms": "2% 10 Net 30"}, "asks for terms 2% 10 Net 30; the customer's are Net 30"),
        ({"currency": "EUR"}, "in EUR, and the customer is invoiced in USD"),
        ({"stated": "410.70"}, "its own total is 410.70, and the lines come to 410.80"),
        ({"ship_on": "2026-06-29"}, "asks to be shipped on 2026-06-29, which is past"),
        ({"remarks": ("CTT02 says 9, and the quantities sum to 10",)}, "CTT02 says 9, and the quantities sum to 10"),
    ],
)
def test_what_a_reviewer_is_told(values: Mapping[str, Any], remark: str) -> None:
    assert remarks(order(**values)) == (remark,)


@pytest.mark.parametrize(
    "values", [{"terms": "net  30"}, {"stated": "410.8"}, {"ship_on": DAY}, {"currency": "USD"}], ids=str
)
def test_what_is_not_worth_a_remark(values: Mapping[str, Any]) -> None:
    assert remarks(order(**values)) == ()


@pytest.mark.parametrize(
    ("line", "known", "remark"),
    [
        (OIL._replace(rate_micro=40_000_000), SOLD, "40.00, last 41.08 on 2026-05-01 (SO-1)"),
        (OIL._replace(rate_micro=None), SOLD, "has no price; last 41.08 on 2026-05-01 (SO-1)"),
        (OIL, NOTHING, "unknown item"),
        (OIL._replace(rate_micro=None), NOTHING, "unknown item, has no price"),
        (OIL, SOLD._replace(rates={}), "never sold before: no price to compare"),
        (OIL, SOLD._replace(rates={("", "OIL-1"): Rate(40_000_000, "2026-05-01", "SO-1", own=False)}),
         "41.08, last 40.00 on 2026-05-01 (SO-1, another customer)"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_like_the_last_one(line: OrderLine, known: Known, remark: str) -> None:
    assert remarks(order(line), known=known) == (f"line 1 OIL-1: {remark}",)


@pytest.mark.parametrize(
    ("rate", "told"), [(41_490_000, False), (41_491_000, True), (40_670_000, False), (40_669_000, True)]
)
def test_a_price_may_be_off_by_what_the_contract_allows(rate: int, told: bool) -> None:
    assert bool(remarks(order(OIL._replace(rate_micro=rate)), rules=Rules(price_tolerance_bp=100))) is told


def test_the_code_that_the_ledger_knows_is_the_item() -> None:
    line = OIL._replace(items=(("UP", "012345678905"), ("VN", "OIL-1")))

    (fit,), _ = checked(order(line))

    assert fit.lines[0].item_code == "OIL-1"


def test_a_customer_on_hold_or_inactive_comes_first() -> None:
    blocked = ACME._replace(on_hold=True, active=False)

    assert remarks(order(terms="Net 60"), customer=blocked)[:2] == (
        "the customer is on hold",
        "the customer is inactive",
    )


def test_the_credit_limit_counts_what_is_open_and_the_orders_before() -> None:
    limited = ACME._replace(credit_limit_cents=100_000)
    known = SOLD._replace(balances={("C1", "USD"): 58_920})

    fit, _ = checked(order(), order(po="2"), known=known, customer=limited)

    assert [each.remarks for each in fit] == [
        (),
        ("over the credit limit of 1,000.00: 589.20 open and 821.60 ordered now",),
    ]


ORDERED = SOLD._replace(ordered={("C1", "72622"): [("SO-9", "2026-06-01")]})


def test_a_po_number_that_was_ordered_before_is_refused() -> None:
    fit, refused = checked(order(po="PO #72622"), known=ORDERED)

    assert not fit
    assert [(each.problem.words, each.control) for each in refused] == [
        ("PO# PO #72622 of C1 was ordered before: SO-9 of 2026-06-01", True)
    ]


def test_a_person_may_take_it_in_all_the_same() -> None:
    told = "PO# ordered before: SO-9 of 2026-06-01; taken in all the same: a second truck"

    assert remarks(order(), known=ORDERED, rules=Rules(accept="a second truck")) == (told,)


def test_a_release_under_the_same_po_number_is_another_order() -> None:
    told = "other orders carry this PO#: SO-9 of 2026-06-01"

    assert remarks(order(release="2"), known=ORDERED) == (told,)


def test_an_order_that_waits_or_stands_twice_in_the_files_is_refused() -> None:
    known = SOLD._replace(taken={"salesOrder:C1:A1:": "it waits in envelope 4"})

    fit, refused = checked(order(po="A1"), order(po="A2"), order(po="a2"), order(po="A2", release="1"), known=known)

    assert [(each.order.po, each.order.release) for each in fit] == [("A2", ""), ("A2", "1")]
    assert [each.problem.words for each in refused] == [
        "PO# A1 of C1 is in already: it waits in envelope 4",
        "PO# a2 of C1 is in already: a.yaml",
    ]


def test_no_two_orders_have_one_key() -> None:
    spelled = [order(po="1:2"), order(po="1", release="2"), order(po="1"), order(po="12"), order(po="1", release="%32")]

    fit, refused = checked(*spelled)

    assert not refused
    assert len({each.key for each in fit}) == len(spelled)


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.sampled_from([0, 2, 3]))
def test_a_lines_amount_is_rounded_half_up_once(quantity: int, rate: int, digits: int) -> None:
    cents = line_cents(quantity, rate, digits)
    exact = quantity * rate * 10**digits

    assert 2 * cents * 10**12 - 10**12 <= 2 * exact < 2 * cents * 10**12 + 10**12


@given(st.integers(0, 10**17))
def test_a_number_is_read_as_it_is_written(micro: int) -> None:
    assert read_number(number_text(micro)) == micro


@pytest.mark.parametrize("text", ["", ".", "-1", "1e3", "1_0", "1,000", "１", "1.1234567", "1 ", "0x1", "1" * 13])
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20240229", "2024-02-29"), ("20230229", None), ("20260431", None), ("19690101", None), ("2026-6-1", None),
        ("260629", None), ("２０２６０６２９", None),
    ],
)  # fmt: skip
def test_a_date(text: str, day: str | None) -> None:
    assert read_date(text) == day
