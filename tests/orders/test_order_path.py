"""Paths and standing as values, and the same rules in the view that contracts ask."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.order_path import ITEM_TYPES, STAGES, Path, path_of, paths_of, standing, unbilled
from arctl.core.order_values import MICRO, Billed, Made, Order, OrderLine, Shipment, quantity
from tests.orders.depot import Depot

ON = date(2026, 6, 30)


def line(number: int, item_type: str | None, ordered: int = 10, fulfilled: int = 0, stock: int = 100) -> OrderLine:
    asked = "2026-06-20"
    return OrderLine(
        number, f"I{number}", item_type, ordered * MICRO, fulfilled * MICRO, 1000, "East", asked, None, stock * MICRO
    )  # fmt: skip


def order(*lines: OrderLine, status: str = "Pending Fulfillment") -> Order:
    return Order("SO1", "SO-1", "C1", "Acme", "4711", "2026-06-01", status, 1000, "USD", "default", False, lines)


def made(
    kind: str, item: str, arrived: str | None = None, billed: str | None = None, expected: str | None = None
) -> Made:
    return Made("M1", kind, "M-1", "Released", "2026-06-02", expected, "erp", arrived, billed, frozenset({item}))


def waits(of: Order) -> list[tuple[str, int]]:
    return [(each.kind, each.late) for each in standing(of, ON).waits]


@pytest.mark.parametrize(
    ("item_type", "path"),
    [
        ("inventory", "inventory"), ("InvtPart", "inventory"), ("Assembly", "assembly"), ("drop_ship", "drop_ship"),
        ("Drop Ship", "drop_ship"), ("drop-ship", "drop_ship"), ("other", "none"), ("Discount", "none"), (None, "unknown"),
        ("", "unknown"), ("gadget", "unknown"),
    ],
)  # fmt: skip
def test_the_item_type_says_the_path(item_type: str | None, path: str) -> None:
    assert path_of(item_type) == path


def test_a_mixed_order_takes_several() -> None:
    lines = [line(1, "drop_ship"), line(2, "inventory"), line(3, "other"), line(4, "inventory")]
    assert paths_of(lines) == (Path.INVENTORY, Path.DROP_SHIP)


@pytest.mark.parametrize(
    ("of", "stage", "expected"),
    [
        (order(line(1, "inventory")), "fulfillment", [("ship", 10)]),
        (order(line(1, "inventory", stock=9)), "supply", [("stock", 10)]),
        (order(line(1, "inventory", fulfilled=4, stock=6)), "fulfillment", [("ship", 10)]),
        (order(line(1, "assembly", stock=0)), "supply", [("work_order", 26)]),
        (order(line(1, "assembly")), "fulfillment", [("ship", 10)]),
        (replace(order(line(1, "assembly")), made=(made("WorkOrd", "I1"),)), "supply", [("build", 10)]),
        (replace(order(line(1, "assembly")), made=(made("WorkOrd", "I1", "2026-06-05"),)), "fulfillment", [("ship", 10)]),
        (replace(order(line(1, "assembly", stock=0)), made=(made("WorkOrd", "other"),)), "supply", [("work_order", 26)]),
        (order(line(1, "drop_ship")), "supply", [("purchase_order", 26)]),
        (replace(order(line(1, "drop_ship")), made=(made("PurchOrd", "I1", expected="2026-06-28"),)), "supply", [("receipt", 2)]),
        (replace(order(line(1, "drop_ship")), made=(made("PurchOrd", "I1", "2026-06-05"),)), "fulfillment", [("ship", 10)]),
        (order(line(1, "gadget")), "supply", [("item_type", 26)]),
        (order(line(1, "other")), "done", []),
        (order(line(1, "inventory", fulfilled=10)), "done", []),
        (order(line(1, "inventory"), status="Pending Approval"), "approval", [("approval", 26)]),
        (order(line(1, "inventory"), status="SalesOrd:A"), "approval", [("approval", 26)]),
        (order(line(1, "inventory"), status="Sales Order : Cancelled"), "cancelled", []),
        (order(line(1, "inventory"), status="SalesOrd:H"), "closed", []),
        (replace(order(line(1, "inventory")), held=True), "fulfillment", [("hold", 26), ("ship", 10)]),
    ],
)  # fmt: skip
def test_where_an_order_stands(of: Order, stage: str, expected: list[tuple[str, int]]) -> None:
    assert (standing(of, ON).stage, waits(of)) == (stage, expected)


SHIPPED = Shipment("IF1", "IF-1", "Shipped", "2026-06-20", 10 * MICRO, None)
INVOICED = Billed("INV1", "I-1", "posted", "2026-06-21", "2026-06-25", 1000, 1000, 10 * MICRO)


def test_money_follows_the_goods() -> None:
    done = order(line(1, "inventory", fulfilled=10))
    shipped = replace(done, shipments=(SHIPPED,))
    invoiced = replace(shipped, invoices=(INVOICED,))
    paid = replace(shipped, invoices=(INVOICED._replace(open_cents=0),))

    assert (standing(shipped, ON).stage, waits(shipped)) == ("billing", [("invoice", 7)])
    assert standing(replace(done, shipments=(SHIPPED._replace(status="Packed"),)), ON).stage == "done"
    assert standing(replace(shipped, invoices=(INVOICED._replace(status="draft"),)), ON).stage == "billing"
    assert (standing(invoiced, ON).stage, waits(invoiced)) == ("payment", [("payment", 5)])
    assert standing(invoiced, ON).late == 0, "a late payment does not make an order stuck"
    assert standing(paid, ON).stage == "done"


@given(st.lists(st.integers(1, 9), max_size=5), st.lists(st.integers(1, 9), max_size=5))
def test_what_is_not_invoiced_is_what_the_invoices_do_not_cover(shipped: list[int], invoiced: list[int]) -> None:
    shipments = [
        SHIPPED._replace(id=f"IF{n}", dated=f"2026-06-{n + 1:02}", units=units) for n, units in enumerate(shipped)
    ]
    left = unbilled(shipments, [INVOICED._replace(units=units) for units in invoiced])

    assert (not left) == (sum(shipped) <= sum(invoiced))
    assert left == shipments[len(shipments) - len(left) :], "the earliest are covered first"
    assert sum(each.units for each in shipments if each not in left) <= sum(invoiced)


def lines_of(types: Iterator[tuple[int, tuple[str, int, int, int]]]) -> tuple[OrderLine, ...]:
    return tuple(
        line(number, kind, ordered, min(fulfilled, ordered), stock)
        for number, (kind, ordered, fulfilled, stock) in types
    )


_LINES = st.lists(
    st.tuples(st.sampled_from([*ITEM_TYPES, "gadget"]), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    max_size=5,
)


@given(_LINES, st.sampled_from(["Pending Fulfillment", "Pending Approval", "Billed", "Closed", "Cancelled"]))
def test_every_order_stands_somewhere(rows: list[tuple[str, int, int, int]], status: str) -> None:
    of = order(*lines_of(iter(enumerate(rows, start=1))), status=status)
    stand = standing(of, ON)

    assert stand.stage in STAGES
    assert (not stand.waits) == (stand.stage in ("done", "closed", "cancelled"))
    if status not in ("Closed", "Cancelled", "Pending Approval"):
        due = {each.line for each in of.lines if each.due and path_of(each.item_type) is not Path.NONE}
        assert {each.line for each in stand.waits} == due


def test_the_view_has_the_same_rules(depot: Depot) -> None:
    spelled = [
        "inventory",
        "inventory",
        "inventory",
        "inventory",
        *ITEM_TYPES,
        "Drop Ship",
        "drop-ship",
        "DROP_SHIP",
        "Assembly",
        "",
        "gadget",
    ]
    rows = "\n".join(
        f"SO9,{number},{'SAF' if kind == 'inventory' else f'X{number}' if number > 4 else 'FLR'},{kind},{number + 1},{number % 2},"
        "1.00,1.00,,2026-06-15,East"
        for number, kind in enumerate(spelled, start=1)
    )
    depot.sync("SO9,SalesOrd,C1,2026-06-01,SO-9,Pending Fulfillment,100.00,4711,,,,", rows)
    found = depot.rows(
        "SELECT line, item_type, path, needed_micro <= stock_micro, made_id FROM order_lines WHERE sales_order_id = 'SO9'"
    )

    assert [(number, path) for number, _, path, *_ in found] == [
        (number, str(path_of(kind))) for number, kind in enumerate(spelled, start=1)
    ]
    shown = depot("orders", "show", "SO9", "--as-of", "2026-06-10", "--json").json
    waiting = {each["line"]: each["kind"] for each in shown["waits"]}
    covered = {number: bool(fits) for number, _, path, fits, _ in found if path == "inventory"}
    assert {number: waiting[number] != "stock" for number in covered} == covered
    assert set(covered.values()) == {True, False}


@pytest.mark.parametrize(
    ("micro", "text"),
    [(40 * MICRO, "40"), (2_500_000, "2.5"), (1, "0.000001"), (0, "0"), (-MICRO, "-1"), (1234 * MICRO, "1,234")],
)
def test_a_quantity_is_written_as_people_do(micro: int, text: str) -> None:
    assert quantity(micro) == text
