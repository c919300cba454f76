"""Tenants and companies: nobody decides what is another's, and a case is opened where the invoice stands."""

from collections.abc import Iterator

import pytest

from arctl.core.review_values import Mark
from arctl.errors import UnknownId
from arctl.services import approve, settings
from arctl.services.books import companies_of, found
from arctl.store.books import Company, Made
from arctl.store.ledger import open_ledger
from tests.aging.books import empty_books
from tests.approve.staged import DANA, DAY, Morning, stage

MADE = Made("2026-07-08 12:00:00", "dana")


@pytest.fixture
def two() -> Iterator[Morning]:
    """Two companies that share a customer's name, and a planned morning of the first."""
    with empty_books() as books:
        found(books.place / "arctl.db", "default", Company(1, "north", "USD", "America/New_York", None), True, MADE)
        settings.change_setting(books.ledger, None, "mail.from", "ar@example.com", MADE)
        books.sync_rows(
            {
                "customers.csv": [
                    {"id": "C1", "name": "Acme", "email": "ap@acme.example.com"},
                    {"id": "N1", "name": "Acme", "email": "ap@acme.example.com", "company": "north"},
                ],
                "customer_invoices.csv": [
                    {
                        "id": "I1",
                        "customer_id": "C1",
                        "invoice_date": "2026-05-01",
                        "due_date": "2026-06-01",
                        "amount": "10.00",
                    },
                    {
                        "id": "N9",
                        "customer_id": "N1",
                        "invoice_date": "2026-05-01",
                        "due_date": "2026-06-01",
                        "amount": "99.00",
                        "company": "north",
                    },
                    {
                        "id": "E1",
                        "customer_id": "C1",
                        "invoice_date": "2026-05-01",
                        "due_date": "2026-06-01",
                        "amount": "7.00",
                        "currency": "EUR",
                    },
                ],
            }
        )
        yield Morning(books, stage(books))


def test_a_case_per_currency_and_company(two: Morning) -> None:
    seqs = [item.seq for item in approve.review(two.ledger, two.envelope).items]
    shown = {item.seq: item.content_hash for item in approve.review(two.ledger, two.envelope).items}
    finished = approve.finish(
        two.ledger, two.envelope, {seq: Mark("tick") for seq in seqs}, shown, DANA, DAY, two.writer
    )
    assert len(finished.applied) == 2
    assert two.rows("SELECT company_id, currency, total_overdue_cents FROM collection_cases ORDER BY 2") == [
        (1, "EUR", 700),
        (1, "USD", 1000),
    ]


def test_a_company_s_proposals_wait_for_it_alone(two: Morning) -> None:
    approve.approve_envelope(two.ledger, two.envelope, DANA, DAY, writer=two.writer)
    north = next(each for each in companies_of(two.ledger, None) if each.name == "north")
    home = next(each for each in companies_of(two.ledger, None) if each.name == "default")
    assert approve.waiting(two.ledger, None, company=north) == []
    assert len(approve.waiting(two.ledger, None, company=home)) == 2


def test_another_tenant_s_proposals_are_unknown(two: Morning) -> None:
    found(two.books.place / "arctl.db", "other", Company(1, "default", "USD", "America/New_York", None), False, MADE)
    other = open_ledger(two.books.place / "arctl.db", "other")
    try:
        with pytest.raises(UnknownId, match="there is no proposal 1"):
            approve.finish(other, two.envelope, {}, {}, DANA, DAY)
        with pytest.raises(UnknownId, match="there is no proposal 1"):
            approve.reject(other, [two.envelope], "mine", DANA, DAY)
    finally:
        other.close()
