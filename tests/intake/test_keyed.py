"""Orders keyed from an e-mail: what is read of YAML and CSV, and every fault with its line."""

from textwrap import dedent

import pytest

from arctl.core.keyed_order import HEADER, ITEM, Keyed, read_csv, read_yaml

COLUMNS = ", ".join(dict.fromkeys((*HEADER, *ITEM)))
WHOLE = """\
    customer_id: C1
    po: 0040220
    order_date: 2026-06-29
    requested_ship_date: 2026-07-06
    shipping_requirements: liftgate, before noon
    special_instructions: no substitutions
    email_thread_id: <abc@mail.example.com>
    items:
      - {item_code: OIL-1, qty: 10, rate: 41.08}
      - item_code: 007
        qty: "1,000"
        rate: $0.5
        requested_ship_date: 2026-08-01
    """


def _yaml(text: str) -> Keyed:
    return read_yaml(dedent(text))


def test_an_order_as_it_was_typed() -> None:
    (order,), problems = _yaml(WHOLE)

    assert not problems
    assert (order.customer_id, order.po, order.release) == ("C1", "0040220", "")
    assert (order.ordered_on, order.ship_on) == ("2026-06-29", "2026-07-06")
    assert (order.shipping, order.instructions) == ("liftgate, before noon", "no substitutions")
    assert order.email_thread_id == "<abc@mail.example.com>"
    assert [(each.items[0][1], each.quantity_micro, each.rate_micro, each.ship_on) for each in order.lines] == [
        ("OIL-1", 10_000_000, 41_080_000, None),
        ("007", 1_000_000_000, 500_000, "2026-08-01"),
    ]
    assert order.remarks == ()


def test_several_orders_of_one_file_stand_by_themselves() -> None:
    found = _yaml(
        """\
        - {customer: Acme, po: A1, items: [{item_code: X, qty: 1}]}
        - {customer: Acme, items: [{item_code: X, qty: 1}]}
        - {customer: Acme, po: no, items: [{item_code: X, qty: 1}]}
        """
    )

    assert [(each.place, each.po, each.parties[0].name) for each in found.orders] == [
        ("order 1", "A1", "Acme"),
        ("order 3", "no", "Acme"),
    ]
    assert [each.words for each in found.problems] == [
        "line 2, po: is missing: an order without a PO# cannot be told from another"
    ]


@pytest.mark.parametrize(
    ("before", "instead", "told"),
    [
        ("customer_id: C1", "customer_ids: C1", ["line 1, customer_ids: is no field of it: did you mean customer_id?",
          "line 1, customer_id: is missing, and so is customer: nobody ordered it"]),
        ("po: 0040220", "po: ~", ["line 1, po: is missing: an order without a PO# cannot be told from another"]),
        ("po: 0040220", "po: [1]", ["line 2, po: is no single value",
          "line 1, po: is missing: an order without a PO# cannot be told from another"]),
        ("po: 0040220", "po: 1\npo: 2", ["line 3, po: stands twice"]),
        ("2026-06-29", "29.06.2026", ["line 3, order_date: '29.06.2026' is not a date in the form YYYY-MM-DD"]),
        ("2026-08-01", "2026-02-30", ["line 13, requested_ship_date: '2026-02-30' is no such day in the calendar"]),
        ("qty: 10,", "qty: ten,", ["line 9, qty: 'ten' is not an amount"]),
        ("qty: 10,", "qty: 0,", ["line 9, qty: is not above zero"]),
        ("qty: 10,", "qty: -3,", ["line 9, qty: -3 is below zero"]),
        ("qty: 10,", "", ["line 9, qty: is missing"]),
        ("41.08", "1e3", ["line 9, rate: '1e3' is not an amount"]),
        ("item_code: 007", "code: 007", ["line 10, code: is no field of it: did you mean item_code?",
          "line 10, item_code: is missing"]),
        ("items:", "currency: usd\nitems:", ["line 8, currency: 'usd' is no currency code"]),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(before: str, instead: str, told: list[str]) -> None:
    text = dedent(WHOLE)
    assert before in text

    found = read_yaml(text.replace(before, instead, 1))

    assert ([], told) == (found.orders, [each.words for each in found.problems])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no order"),
        ("just words", "line 1: is no mapping of names to values"),
        ("po: [", "line 1: is no YAML: expected the node content, but found '<stream end>'"),
        ("po: A1\nitems: X", "line 2, items: is no list"),
    ],
)
def test_what_is_no_order(text: str, told: str) -> None:
    found = read_yaml(text)

    assert not found.orders
    assert found.problems[0].words == told


def test_the_rows_of_a_csv_make_orders() -> None:
    found = read_csv(
        "customer_id,po,release,item_code,qty,rate,requested_ship_date,email_thread_id\r\n"
        "C1,A1,,OIL-1,10,41.08,2026-07-06,t-1\r\n"
        "C1,A2,,OIL-1,1,,,\r\n"
        'C1,A1,,"EGG, large","1,000",2.5,,\r\n'
        "\r\n"
        "C1,A1,7,OIL-1,3,41.08,,\r\n"
    )

    assert not found.problems
    assert [(each.po, each.release, each.email_thread_id, len(each.lines)) for each in found.orders] == [
        ("A1", "", "t-1", 2),
        ("A2", "", "", 1),
        ("A1", "7", "", 1),
    ]
    assert found.orders[0].lines[1].items == (("", "EGG, large"),)
    assert found.orders[0].lines[0].ship_on == "2026-07-06"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["line 1, po: is missing from the header", "line 1, item_code: is missing from the header",
          "line 1, qty: is missing from the header"]),
        ("po,item_code,qty,quantity\nA1,X,1,2\n", [f"line 1, quantity: is no column of an order: the columns are {COLUMNS}"]),
        ("po,item_code,qty\n", ["holds no order"]),
        ("customer_id,po,item_code,qty\nC1,A1,X\n", ["line 2: has 3 cells, and the header 4", "line 2, qty: is missing"]),
        ("customer_id,po,item_code,qty,terms\nC1,A1,X,1,Net 30\nC1,A1,Y,1,Net 60\n",
          ["line 3, terms: is 'Net 60', and 'Net 30' in line 2 of the same order"]),
        ("customer_id,po,item_code,qty\n,A1,X,1\n", ["line 2, customer_id: is missing, and so is customer: nobody ordered it"]),
        ('customer_id,po,item_code,qty\nC1,A1,"X,1\n', ["line 2: is no CSV: unexpected end of data"]),
    ],
)  # fmt: skip
def test_a_csv_that_is_wrong(text: str, told: list[str]) -> None:
    found = read_csv(text)

    assert ([], told) == (found.orders, [each.words for each in found.problems])


def test_orders_of_one_csv_stand_by_themselves() -> None:
    found = read_csv("customer_id,po,item_code,qty\nC1,A1,X,zero\nC1,A2,X,1\n")

    assert [each.po for each in found.orders] == ["A2"]
    assert [each.words for each in found.problems] == ["line 2, qty: 'zero' is not an amount"]
