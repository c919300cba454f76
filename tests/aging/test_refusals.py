"""`arctl age`: what cannot be asked, and what is refused; each said on stderr, with nothing on stdout."""

import pytest

from tests.aging.conftest import Here, Lay


@pytest.fixture
def books(here: Here, lay: Lay) -> Here:
    """One customer with one invoice."""
    lay(
        customers="id,name\nC1,Acme Foods",
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nINV-1,C1,2026-06-01,2026-06-30,100",
    )
    return here


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--customer", "C9"), "error: the ledger holds no customer C9\n"),
        (("--as-of", "30.06.2026"), "error: --as-of '30.06.2026' is not a date\n"),
        (("--as-of", "2026-02-30"), "error: --as-of '2026-02-30' is not a date\n"),
        (
            ("--bucket", "days_120"),
            "error: --bucket days_120 is not one of current, days_30, days_60, days_90, days_90_plus\n",
        ),
        (("--bucket", "days_30", "--buckets", "15"), "error: --bucket days_30 is not one of b0, b1, b2\n"),
        (
            ("--sort", "amount"),
            "error: --sort amount is not one of overdue, outstanding, unapplied, days, name, customer\n",
        ),
        (
            ("--sort", "days", "--by", "invoice"),
            "error: --sort days is not one of overdue, outstanding, due, invoice\n",
        ),
        (("--buckets", "60,30"), "error: --buckets 60,30: edges must be whole days, rising, above 0\n"),
        (("--buckets", "0,30"), "error: --buckets 0,30: edges must be whole days, rising, above 0\n"),
        (("--buckets", "-1"), "error: --buckets -1: edges must be whole days, rising, above 0\n"),
        (("--buckets", "1.5"), "error: --buckets 1.5: edges must be whole days, rising, above 0\n"),
        (("--buckets", ""), "error: --buckets : edges must be whole days, rising, above 0\n"),
        (("--buckets", ",".join(map(str, range(1, 3000)))), "error: --buckets takes at most"),
        (("--buckets", "9" * 30), "error: --buckets takes"),
        (("--currency", "US"), "error: --currency US is not a currency code\n"),
        (("--limit", "0"), "error: "),
        (("--by", "month"), "error: "),
        (("--credits", "gone"), "error: "),
        (("--basis", "posting-date"), "error: "),
        (("--format", "csv", "--json"), "error: --json and --format csv ask for two formats\n"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else None,
)
def test_what_cannot_be_asked_is_a_usage_error(books: Here, args: tuple[str, ...], told: str) -> None:
    ran = books("age", *args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(told)
    assert "hint: " in ran.err


def test_an_unknown_company_is_a_usage_error(books: Here) -> None:
    ran = books("--company", "nowhere", "age")
    assert (ran.code, ran.out) == (2, "")


def test_a_day_before_the_books_is_refused(books: Here) -> None:
    assert books("config", "set", "books_from", "2026-06-01").code == 0
    assert books("age", "--as-of", "2026-06-01").code == 0
    ran = books("age", "--as-of", "2026-05-31")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith("error: the books of company default begin on 2026-06-01; 2026-05-31 lies before\n")


def test_a_missing_ledger_is_said_so(here: Here) -> None:
    ran = here("age")
    assert (ran.code, ran.out) == (5, "")
    assert not here.db.exists()
