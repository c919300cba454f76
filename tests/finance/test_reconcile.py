"""Remainders beside the invoices they may belong to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.reconcile import Match, OpenInvoice, Remainder, matched
from tests.orders.depot import Depot, money

LEFT = Remainder("PMT1", "P-1", "C1", "Acme", "USD", "2026-06-01", 50000, 43050, None, ("C2",))


def invoice(
    id: str, cents: int, customer: str = "C1", currency: str = "USD", due: str = "2026-06-05", po: str | None = None
) -> OpenInvoice:
    return OpenInvoice(id, None, po, customer, currency, due, cents)


def told(match: Match) -> list[tuple[str, str, int]]:
    return [(each.invoice.invoice_id, each.reason, each.cents) for each in match.candidates]


@pytest.mark.parametrize(
    ("invoices", "expected"),
    [
        ([invoice("A", 43050), invoice("B", 10000)], [("A", "the amount", 43050)]),
        ([invoice("A", 40000), invoice("B", 3050), invoice("C", 7)], [("A", "together", 40000), ("B", "together", 3050)]),
        ([invoice("A", 99999), invoice("R", 43050, "C2")], [("R", "a relative", 43050)]),
        ([invoice("A", 99999), invoice("S", 43050, "C9")], [("S", "another customer", 43050)]),
        ([invoice("A", 43050, currency="CAD")], []),
        ([invoice("A", 40000, due="2026-06-04"), invoice("B", 99999)], [("A", "the oldest", 40000), ("B", "the oldest", 3050)]),
        ([invoice("R", 99999, "C2")], [("R", "the oldest", 43050)]),
        ([invoice("S", 99999, "C9")], []),
        ([], []),
    ],
)  # fmt: skip
def test_the_likeliest_has_the_word(invoices: list[OpenInvoice], expected: list[tuple[str, str, int]]) -> None:
    assert told(matched(LEFT, invoices)) == expected


def test_what_the_memo_names_comes_first() -> None:
    left = LEFT._replace(memo="for PO 4711, thank you")
    found = matched(left, [invoice("A", 43050), invoice("B", 60000, po="4711"), invoice("C", 10, po="14711")])
    assert told(found) == [("B", "named", 43050), ("A", "the amount", 43050)]


@given(
    st.lists(
        st.tuples(st.integers(1, 90000), st.sampled_from(["C1", "C2", "C9"]), st.sampled_from(["USD", "CAD"])),
        max_size=9,
    )
)
def test_no_candidate_takes_more_than_there_is(rows: list[tuple[int, str, str]]) -> None:
    invoices = [
        invoice(f"I{number}", cents, customer, currency) for number, (cents, customer, currency) in enumerate(rows)
    ]
    for each in matched(LEFT, invoices).candidates:
        assert 0 < each.cents <= min(LEFT.left_cents, each.invoice.outstanding_cents)
        assert each.invoice.currency == LEFT.currency
        assert each.invoice.customer_id in ("C1", "C2") or each.invoice.outstanding_cents == LEFT.left_cents


def test_the_command_lists_them(depot: Depot) -> None:
    assert depot("reconcile").err == "every payment is applied\n"
    depot.sync(
        **money("INV9,C1,2026-06-01,2026-07-01,430.50,\nINV8,C1,2026-05-01,2026-06-01,70.00,", "", "PMT9,C1,2026-06-08,430.50")
    )  # fmt: skip
    (found,) = depot("reconcile", "--json").json

    assert (found["payment_id"], found["left_cents"]) == ("PMT9", 43050)
    assert [(each["invoice_id"], each["reason"], each["apply_cents"]) for each in found["candidates"]] == [
        ("INV9", "the amount", 43050)
    ]
    assert depot("reconcile", "--as-of", "2026-06-07", "--json").json == []
    assert depot("reconcile", "--customer", "C2", "--json").json == []
    assert depot.here("reconcile", "--customer", "C7").code == 2
    for form in ("table", "csv", "md"):
        assert "INV9" in depot("reconcile", "--format", form).out
