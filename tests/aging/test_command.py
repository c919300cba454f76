"""`arctl age`: what every option does, and what is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.aging.conftest import Here, Lay

BOOKS = {
    "customers": """
        id,name,terms
        C1,Acme Foods,Net 30
        C2,birch Bakery,
        C3,Cedar Cafe,
        C4,Dune Diner,
        """,
    "customer_invoices": """
        id,customer_id,tranid,invoice_date,due_date,amount,disputed
        INV-1,C1,A-1,2026-03-01,2026-03-31,100.00,F
        INV-2,C1,A-2,2026-06-20,,50.00,F
        INV-3,C2,A-3,2026-05-12,2026-06-11,70.00,T
        INV-4,C2,A-4,2026-06-25,2026-07-25,30.00,F
        INV-5,C3,A-5,2026-06-10,2026-06-01,15.00,F
        INV-6,C3,A-6,2026-07-01,2026-07-31,900.00,F
        """,
    "customer_payments": """
        id,customer_id,receipt_date,amount
        P-1,C1,2026-04-15,60.00
        P-2,C4,2026-05-20,25.00
        P-3,C3,2026-07-02,11.00
        """,
    "payment_applications": """
        source_type,source_id,invoice_id,amount,applied_on,discount
        payment,P-1,INV-1,40.00,2026-04-15,1.00
        payment,P-3,INV-5,10.00,2026-07-02,1.00
        """,
}
# As of 2026-06-30:      current  1-30   31-60  61-90  91+    unapplied  days
#   C1 Acme Foods          50.00                       59.00  20.00      91
#   C2 birch Bakery        30.00  70.00                                  19
#   C3 Cedar Cafe                 15.00                                  29
#   C4 Dune Diner                                             25.00       0
FIVE = ("current", "days_30", "days_60", "days_90", "days_90_plus")
TOTALS = {
    "current_cents": 8000,
    "days_30_cents": 8500,
    "days_60_cents": 0,
    "days_90_cents": 0,
    "days_90_plus_cents": 5900,
    "total_outstanding_cents": 22400,
    "unapplied_cents": 4500,
    "net_cents": 17900,
    "open_invoices": 5,
    "customers": 4,
}


@pytest.fixture
def books(here: Here, lay: Lay) -> Here:
    """The small books above."""
    lay(**BOOKS)
    return here


def _ask(books: Here, *args: str, as_of: str = "2026-06-30") -> dict[str, Any]:
    ran = books("age", "--as-of", as_of, "--json", *args)
    assert (ran.code, ran.err) == (0, "")
    answer: dict[str, Any] = ran.json
    return answer


def _customers(answer: dict[str, Any]) -> list[str]:
    return [row["customer_id"] for row in answer["customers"]]


def _invoices(answer: dict[str, Any]) -> list[str]:
    return [item["invoice_id"] for item in answer["invoices"]]


def test_the_pinned_answer(books: Here) -> None:
    answer = _ask(books)
    assert list(answer) == [
        *("as_of", "basis", "credits", "company", "currency", "totals", "tie_out", "customers", "exceptions")
    ]
    assert {key: answer[key] for key in ("as_of", "basis", "credits", "company", "currency")} == {
        "as_of": "2026-06-30",
        "basis": "due-date",
        "credits": "separate",
        "company": "default",
        "currency": "USD",
    }
    assert answer["totals"] == TOTALS
    assert answer["tie_out"] == {"expected_net_cents": 17900, "difference_cents": 0, "ok": True}
    assert answer["customers"][0] == {
        "customer_id": "C2",
        "customer_name": "birch Bakery",
        "current_cents": 3000,
        "days_30_cents": 7000,
        "days_60_cents": 0,
        "days_90_cents": 0,
        "days_90_plus_cents": 0,
        "total_outstanding_cents": 10000,
        "unapplied_cents": 0,
        "max_days_overdue": 19,
        "open_invoices": 2,
    }
    assert _customers(answer) == ["C2", "C1", "C3", "C4"]  # largest overdue first


def test_the_exceptions_name_what_to_look_at(books: Here) -> None:
    # Two documents, not three: the discount of an application is none of its own.
    assert _ask(books)["exceptions"] == [
        {"code": "missing due date", "count": 1, "cents": None, "documents": ["INV-2"]},
        {"code": "due before issued", "count": 1, "cents": None, "documents": ["INV-5"]},
        {"code": "dated after", "count": 2, "cents": None, "documents": []},
    ]


def test_a_negative_credit_is_named_also_beside_a_larger_positive_one(here: Here, lay: Lay) -> None:
    lay(
        customers="id,name\nC1,Acme",
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nINV-1,C1,2026-06-01,2026-06-30,500",
        customer_payments="id,customer_id,receipt_date,amount\nP-1,C1,2026-06-02,100\nP-2,C1,2026-06-02,50",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P-2,INV-1,80",
    )
    answer = _ask(here)
    assert answer["totals"]["unapplied_cents"] == 7000
    assert answer["exceptions"] == [
        {"code": "over-applied or over-refunded", "count": 1, "cents": 3000, "documents": ["P-2"]}
    ]


def test_by_invoice(books: Here) -> None:
    answer = _ask(books, "--by", "invoice")
    assert answer["invoices"][0] == {
        "invoice_id": "INV-1",
        "installment": 0,
        "tranid": "A-1",
        "customer_id": "C1",
        "invoice_date": "2026-03-01",
        "due_date": "2026-03-31",
        "days_overdue": 91,
        "bucket": "days_90_plus",
        "amount_cents": 10000,
        "outstanding_cents": 5900,
        "disputed": False,
    }
    assert _invoices(answer) == ["INV-1", "INV-5", "INV-3", "INV-2", "INV-4"]  # longest overdue first
    assert [item["disputed"] for item in answer["invoices"]] == [False, False, True, False, False]
    assert [item["due_date"] for item in answer["invoices"] if item["invoice_id"] == "INV-2"] == ["2026-07-20"]
    assert _customers(answer) == ["C2", "C1", "C3", "C4"]
    assert answer["totals"] == TOTALS


def test_by_invoice_date(books: Here) -> None:
    answer = _ask(books, "--basis", "invoice-date", "--by", "invoice")
    ages = {item["invoice_id"]: (item["days_overdue"], item["bucket"]) for item in answer["invoices"]}
    assert ages == {
        "INV-1": (121, "days_90_plus"),
        "INV-2": (10, "days_30"),
        "INV-3": (49, "days_60"),
        "INV-4": (5, "days_30"),
        "INV-5": (20, "days_30"),
    }
    assert (answer["basis"], answer["totals"]["days_30_cents"]) == ("invoice-date", 9500)


def test_other_buckets(books: Here) -> None:
    answer = _ask(books, "--buckets", "15, 20,90", "--by", "invoice")
    assert answer["edges"] == [15, 20, 90]
    totals = answer["totals"]
    assert [totals[f"b{place}_cents"] for place in range(5)] == [8000, 0, 7000, 1500, 5900]
    assert "current_cents" not in totals
    assert {item["invoice_id"]: item["bucket"] for item in answer["invoices"]}["INV-3"] == "b2"
    assert _ask(books, "--buckets", "30,60,90")["totals"]["b4_cents"] == 5900
    one = _ask(books, "--buckets", "10")
    assert (one["edges"], one["totals"]["b1_cents"], one["totals"]["b2_cents"]) == ([10], 0, 14400)


def test_as_many_buckets_as_there_may_be(books: Here) -> None:
    answer = _ask(books, "--buckets", ",".join(map(str, range(2, 102, 2))))
    assert len(answer["edges"]) == 50
    assert sum(answer["totals"][f"b{place}_cents"] for place in range(52)) == 22400
    assert answer["totals"]["b46_cents"] == 5900  # 91 and 92 days


@pytest.mark.parametrize(
    ("credits", "buckets"),
    [
        ("separate", [8000, 8500, 0, 0, 5900]),
        ("net", [3500, 8500, 0, 0, 5900]),
        ("age", [8000, 8500, -2500, -2000, 5900]),
    ],
)
def test_unapplied_credit_goes_where_it_is_asked_to(books: Here, credits: str, buckets: list[int]) -> None:
    answer = _ask(books, "--credits", credits)
    assert answer["credits"] == credits
    assert [answer["totals"][f"{name}_cents"] for name in FIVE] == buckets
    same = ("total_outstanding_cents", "unapplied_cents", "net_cents", "open_invoices", "customers")
    assert {name: answer["totals"][name] for name in same} == {name: TOTALS[name] for name in same}
    assert _customers(answer) == ["C2", "C1", "C3", "C4"]


def test_an_over_applied_invoice_is_credit_of_its_own_date(here: Here, lay: Lay) -> None:
    lay(
        customers="id,name\nC1,Acme",
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nINV-1,C1,2026-03-01,2026-06-30,100",
        customer_payments="id,customer_id,receipt_date,amount\nP-1,C1,2026-06-02,100\nP-2,C1,2026-06-03,40",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P-1,INV-1,100\npayment,P-2,INV-1,40",
    )
    answer = _ask(here, "--credits", "age")
    assert [answer["totals"][f"{name}_cents"] for name in FIVE] == [0, 0, 0, 0, -4000]
    assert answer["totals"]["net_cents"] == -4000


@pytest.mark.parametrize(
    ("narrowed", "customers", "shown"),
    [
        (("--customer", "C1"), ["C1"], (10900, 2000, 2)),
        (("--bucket", "days_30"), ["C2", "C3"], (11500, 0, 3)),
        (("--bucket", "91+"), ["C1"], (10900, 2000, 2)),
        (("--min-overdue", "29"), ["C1", "C3"], (12400, 2000, 3)),
        (("--limit", "1"), ["C2"], (10000, 0, 2)),
        (("--bucket", "days_30", "--min-overdue", "20"), ["C3"], (1500, 0, 1)),
        (("--customer", "C4", "--bucket", "current"), [], (0, 0, 0)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) and isinstance(value[0], str) else "",
)
def test_filters_narrow_the_list_and_never_the_totals(
    books: Here, narrowed: tuple[str, ...], customers: list[str], shown: tuple[int, int, int]
) -> None:
    whole, answer = _ask(books), _ask(books, *narrowed)
    assert _customers(answer) == customers
    assert [row for row in whole["customers"] if row["customer_id"] in customers] == answer["customers"]
    told = answer.pop("shown")
    assert (told["total_outstanding_cents"], told["unapplied_cents"], told["open_invoices"]) == shown
    assert told["customers"] == len(customers)
    assert {**answer, "customers": []} == {**whole, "customers": []}


@pytest.mark.parametrize(
    ("narrowed", "invoices"),
    [
        (("--customer", "C1"), ["INV-1", "INV-2"]),
        (("--customer", "C4"), []),
        (("--bucket", "current"), ["INV-2", "INV-4"]),
        (("--min-overdue", "20"), ["INV-1", "INV-5"]),
        (("--min-overdue", "-20"), ["INV-1", "INV-5", "INV-3", "INV-2"]),
        (("--limit", "2"), ["INV-1", "INV-5"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) and isinstance(value[0], str) else "",
)
def test_filters_narrow_the_items(books: Here, narrowed: tuple[str, ...], invoices: list[str]) -> None:
    answer = _ask(books, "--by", "invoice", *narrowed)
    assert _invoices(answer) == invoices
    listed = sum(item["outstanding_cents"] for item in answer["invoices"])
    assert (answer["shown"]["total_outstanding_cents"], answer["shown"]["open_invoices"]) == (listed, len(invoices))
    assert (answer["totals"], answer["tie_out"]["ok"]) == (TOTALS, True)


@pytest.mark.parametrize(
    ("sort", "customers"),
    [
        ("overdue", ["C2", "C1", "C3", "C4"]),
        ("outstanding", ["C1", "C2", "C3", "C4"]),
        ("unapplied", ["C4", "C1", "C2", "C3"]),
        ("days", ["C1", "C3", "C2", "C4"]),
        ("name", ["C1", "C2", "C3", "C4"]),
        ("customer", ["C1", "C2", "C3", "C4"]),
    ],
)
def test_customers_are_sorted(books: Here, sort: str, customers: list[str]) -> None:
    assert _customers(_ask(books, "--sort", sort)) == customers


@pytest.mark.parametrize(
    ("sort", "invoices"),
    [
        ("overdue", ["INV-1", "INV-5", "INV-3", "INV-2", "INV-4"]),
        ("outstanding", ["INV-3", "INV-1", "INV-2", "INV-4", "INV-5"]),
        ("due", ["INV-1", "INV-5", "INV-3", "INV-2", "INV-4"]),
        ("invoice", ["INV-1", "INV-2", "INV-3", "INV-4", "INV-5"]),
    ],
)
def test_items_are_sorted(books: Here, sort: str, invoices: list[str]) -> None:
    assert _invoices(_ask(books, "--by", "invoice", "--sort", sort)) == invoices


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (None, "2026-07-09"),
        ("today", "2026-07-09"),
        ("yesterday", "2026-07-08"),
        ("month-end", "2026-06-30"),
        ("2026-06", "2026-06-30"),
        ("2024-02", "2024-02-29"),
        ("2026-06-15", "2026-06-15"),
    ],
)
def test_a_day_by_its_name(books: Here, monkeypatch: pytest.MonkeyPatch, text: str | None, day: str) -> None:
    # 02:30 in Greenwich is still the evening before in New York, where the company keeps its clock.
    monkeypatch.setattr("arctl.cli.shell.utc_now", lambda: datetime(2026, 7, 10, 2, 30, tzinfo=UTC))
    asked = [] if text is None else ["--as-of", text]
    assert books("age", "--json", *asked).json["as_of"] == day


def test_today_is_the_date_of_the_company_that_is_asked_for(books: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arctl.cli.shell.utc_now", lambda: datetime(2026, 7, 10, 2, 30, tzinfo=UTC))
    ran = books("--company", "tokyo", "init", "--time-zone", "Asia/Tokyo", "--base-currency", "JPY")
    assert ran.code == 0, ran.err
    answer = books("--company", "tokyo", "age", "--json").json
    assert (answer["as_of"], answer["company"], answer["currency"]) == ("2026-07-10", "tokyo", "JPY")
    assert books("--company", "default", "age", "--json").json["as_of"] == "2026-07-09"


def test_an_empty_ledger_answers_with_nothing(here: Here) -> None:
    assert here("init").code == 0
    answer = _ask(here)
    assert answer["totals"] == dict.fromkeys(TOTALS, 0)
    assert (answer["customers"], answer["exceptions"], answer["tie_out"]["ok"]) == ([], [], True)
    assert _ask(here, "--by", "invoice")["invoices"] == []
    for shape in ("table", "md", "csv"):
        assert here("age", "--format", shape).code == 0
        assert here("age", "--format", shape, "--by", "invoice").code == 0


def test_a_ledger_before_its_first_document_answers_with_nothing(books: Here) -> None:
    answer = _ask(books, as_of="1999-12-31")
    assert answer["totals"] == dict.fromkeys(TOTALS, 0)
    assert answer["exceptions"] == [{"code": "dated after", "count": 9, "cents": None, "documents": []}]


def test_a_currency_without_documents_answers_with_nothing(books: Here) -> None:
    answer = _ask(books, "--currency", "EUR")
    assert (answer["currency"], answer["totals"]["total_outstanding_cents"]) == ("EUR", 0)


def test_a_lower_case_currency_is_understood(books: Here) -> None:
    assert _ask(books, "--currency", "usd")["totals"] == TOTALS
