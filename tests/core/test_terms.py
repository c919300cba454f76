"""Terms as operators write them, and the due dates they give."""

from datetime import date

import pytest

from arctl.core.documents import Invoice
from arctl.core.money import Cents
from arctl.core.terms import due_date_of, parse_terms

INVOICE = Invoice("INV-1", "C1", date(2026, 1, 31), Cents(100))


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("Net 30", date(2026, 3, 2)),
        ("NET  30 ", date(2026, 3, 2)),
        ("net30", date(2026, 3, 2)),
        ("Net 0", date(2026, 1, 31)),
        ("2% 10 Net 30", date(2026, 3, 2)),
        ("2/10 net 30", date(2026, 3, 2)),
        ("2/10, Net 30", date(2026, 3, 2)),
        ("1.5% 10 net 60", date(2026, 4, 1)),
        ("Due on receipt", date(2026, 1, 31)),
        ("EOM", date(2026, 1, 31)),
        ("Net 30 EOM", date(2026, 3, 31)),
        ("net 28 eom", date(2026, 2, 28)),
    ],
)
def test_known_terms_date_the_invoice(terms: str, due: date) -> None:
    assert parse_terms(terms) is not None
    assert due_date_of(INVOICE, terms) == (due, True)


@pytest.mark.parametrize(
    "terms", [None, "", "  ", "as agreed", "Net", "Net -30", "Net 30 days after delivery", "Net 3000", "Net ３０", "30"]
)
def test_unknown_terms_leave_the_invoice_date(terms: str | None) -> None:
    assert parse_terms(terms) is None
    assert due_date_of(INVOICE, terms) == (INVOICE.invoice_date, True)


def test_end_of_month_is_the_last_day_of_the_invoices_month() -> None:
    leap = Invoice("INV-1", "C1", date(2024, 2, 3), Cents(100))
    assert due_date_of(leap, "EOM") == (date(2024, 2, 29), True)


def test_a_due_date_on_the_invoice_stands_whatever_the_terms() -> None:
    dated = Invoice("INV-1", "C1", date(2026, 1, 31), Cents(100), due_date=date(2026, 1, 15))
    assert due_date_of(dated, "Net 30") == (date(2026, 1, 15), False)
