"""Several companies and currencies: each is aged and tied out on its own, and added only where every rate is known."""

from typing import Any

import pytest

from tests.aging.conftest import Here, Lay

BOOKS = {
    "customers": """
        id,name,company
        C1,Acme Foods,default
        C2,Birch Bakery,north
        """,
    "customer_invoices": """
        id,customer_id,invoice_date,due_date,amount,currency,exchange_rate,company
        INV-1,C1,2026-06-01,2026-06-15,100.00,USD,,default
        INV-2,C1,2026-06-02,2026-06-16,33.33,EUR,1.105,default
        INV-3,C1,2026-03-02,2026-03-16,0.05,EUR,1.1,default
        INV-4,C2,2026-06-03,2026-06-17,70.00,USD,,north
        INV-5,C1,2026-06-04,2026-06-18,1000,JPY,0.0065,default
        INV-6,C1,2026-06-04,2026-06-18,1.005,KWD,3.25,default
        """,
    "customer_payments": """
        id,customer_id,receipt_date,amount,currency,exchange_rate,company
        P-1,C1,2026-06-10,20.00,EUR,1.2,default
        P-2,C1,2026-06-11,5.00,USD,,default
        """,
    "payment_applications": """
        source_type,source_id,invoice_id,amount,applied_on
        payment,P-1,INV-2,10.01,2026-06-12
        """,
}
# In USD, each document at its own rate, half up, once:
#   INV-1 100.00, INV-2 23.32 EUR x 1.105 = 25.7686 -> 25.77, INV-3 0.05 x 1.1 = 0.055 -> 0.06, INV-4 70.00,
#   INV-5 1000 JPY x 0.0065 = 6.50, INV-6 1.005 KWD x 3.25 = 3.26625 -> 3.27; P-1 9.99 EUR x 1.2 = 11.988 -> 11.99, P-2 5.00
#   realised: 10.01 x 1.2 = 12.012 -> 12.01, less 10.01 x 1.105 = 11.06105 -> 11.06: 0.95 gained


@pytest.fixture
def books(here: Here, lay: Lay) -> Here:
    """Two companies, four currencies."""
    lay(**BOOKS)
    return here


def _ask(books: Here, *args: str) -> dict[str, Any]:
    ran = books("age", "--as-of", "2026-06-30", "--json", *args)
    assert (ran.code, ran.err) == (0, "")
    answer: dict[str, Any] = ran.json
    return answer


def test_one_object_for_each_company_and_currency_the_base_first(books: Here) -> None:
    answer = _ask(books)
    assert list(answer) == ["as_of", "basis", "credits", "tie_out", "totals", "groups"]
    assert answer["tie_out"] == {"ok": True, "failing": []}
    groups = answer["groups"]
    assert [(group["company"], group["currency"]) for group in groups] == [
        *(("default", "USD"), ("default", "EUR"), ("default", "JPY"), ("default", "KWD"), ("north", "USD"))
    ]
    # Minor units: a yen has none, a dinar has thousandths.
    assert [group["totals"]["total_outstanding_cents"] for group in groups] == [10000, 2337, 1000, 1005, 7000]
    assert [group["totals"]["unapplied_cents"] for group in groups] == [500, 999, 0, 0, 0]
    assert all(group["tie_out"]["ok"] and "totals" in group for group in groups)


def test_the_total_translates_each_document_once_half_up(books: Here) -> None:
    totals = _ask(books)["totals"]
    assert totals == {
        "current_cents": 0,
        "days_30_cents": 20554,
        "days_60_cents": 0,
        "days_90_cents": 0,
        "days_90_plus_cents": 6,
        "total_outstanding_cents": 20560,
        "unapplied_cents": 1699,
        "net_cents": 18861,
        "open_invoices": 6,
        "customers": 2,  # C1 owes in four currencies and is one customer
        "realised_fx_cents": 95,
        "currency": "USD",
    }


@pytest.mark.parametrize(
    ("credits", "current", "days_30"), [("separate", 0, 20554), ("net", -1699, 20554), ("age", 0, 18855)]
)
def test_the_total_puts_credit_where_it_is_asked_to(books: Here, credits: str, current: int, days_30: int) -> None:
    totals = _ask(books, "--credits", credits)["totals"]
    assert (totals["current_cents"], totals["days_30_cents"]) == (current, days_30)
    assert (totals["total_outstanding_cents"], totals["unapplied_cents"], totals["net_cents"]) == (20560, 1699, 18861)


def test_filters_leave_the_total_alone(books: Here) -> None:
    whole = _ask(books)
    for narrowed in (("--customer", "C2"), ("--bucket", "days_90_plus"), ("--limit", "1"), ("--min-overdue", "15")):
        answer = _ask(books, *narrowed)
        assert answer["totals"] == whole["totals"]
        for group, before in zip(answer["groups"], whole["groups"], strict=True):
            assert (group["totals"], group["tie_out"]) == (before["totals"], before["tie_out"])
            assert "shown" in group


def test_a_company_and_a_currency_alone_stand_flat(books: Here) -> None:
    answer = _ask(books, "--currency", "JPY")
    assert (answer["company"], answer["currency"], answer["totals"]["net_cents"]) == ("default", "JPY", 1000)
    ran = books("--company", "north", "age", "--as-of", "2026-06-30", "--json")
    assert (ran.json["company"], ran.json["totals"]["net_cents"]) == ("north", 7000)
    assert [group["company"] for group in _ask(books, "--currency", "USD")["groups"]] == ["default", "north"]


def test_a_missing_rate_leaves_no_total_and_says_which(books: Here, lay: Lay) -> None:
    lay(
        customer_invoices="""
        id,customer_id,invoice_date,due_date,amount,currency,exchange_rate,company
        INV-7,C1,2026-06-01,2026-06-15,9.00,CHF,,default
        """
    )
    answer = _ask(books)
    assert answer["totals"] is None
    assert answer["totals_reason"] == "invoice INV-7 in CHF has no exchange rate"
    screen = books("age", "--as-of", "2026-06-30").out
    assert "No total across currencies: invoice INV-7 in CHF has no exchange rate\n" in screen


def test_companies_with_books_in_two_currencies_have_no_total(books: Here) -> None:
    assert books("--company", "north", "config", "set", "base_currency", "EUR").code == 0
    answer = _ask(books)
    assert (answer["totals"], answer["totals_reason"]) == (None, "the companies keep their books in EUR and USD")


def test_the_parts_of_an_invoice_are_translated_as_one_document(here: Here, lay: Lay) -> None:
    lay(
        customers="id,name\nC1,Acme",
        customer_invoices="""
        id,customer_id,invoice_date,amount,currency,exchange_rate
        INV-1,C1,2026-01-01,0.15,EUR,1.1
        INV-2,C1,2026-01-01,1.00,USD,
        """,
        invoice_installments="""
        invoice_id,installment,due_date,amount
        INV-1,1,2026-01-31,0.05
        INV-1,2,2026-06-20,0.05
        INV-1,3,2026-07-20,0.05
        """,
    )
    totals = _ask(here)["totals"]
    # 0.15 x 1.1 = 0.165 -> 0.17, not three times 0.055 -> 0.06
    assert totals["total_outstanding_cents"] == 117
    assert (totals["days_90_plus_cents"], totals["days_30_cents"], totals["current_cents"]) == (106, 6, 5)


def test_the_screen_says_each_group_and_the_total(books: Here) -> None:
    out = books("age", "--as-of", "2026-06-30").out
    for title in ("company default, in JPY", "company default, in KWD", "company north, in USD"):
        assert f"Receivables as of 2026-06-30, {title}\n" in out
    assert "Net 1,000 JPY = outstanding 1,000 − unapplied 0;" in out
    assert "Net 1.005 KWD = outstanding 1.005 − unapplied 0.000;" in out
    assert out.endswith(
        "\nAll in USD, each document at its own rate: outstanding 205.60 (Current 0.00, 1-30 205.54, 31-60 0.00, 61-90 0.00,"
        " 91+ 0.06), unapplied 16.99, net 188.61; realised FX so far 0.95\n"
    )


def test_amounts_keep_their_currency_in_a_csv(books: Here) -> None:
    lines = books("age", "--as-of", "2026-06-30", "--by", "invoice", "--format", "csv").out.splitlines()
    rows = {line.split(",")[0]: line.split(",") for line in lines}
    assert rows["INV-5"][9:12] == ["JPY", "1000", "1000"]
    assert rows["INV-6"][9:12] == ["KWD", "1.005", "1.005"]
    assert rows["INV-4"][-1] == "north"
