"""`--known-at`: which batch a batch number, a date or a time names, and what the ledger then says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.aging.books import laid_out
from tests.aging.conftest import Here, Lay

CUSTOMERS = "id,name,terms\nC1,Acme Foods,Net 30"
# Batch 1 on 1 July 21:30, batch 2 on 2 July 03:59:59, batch 3 on 2 July 04:00, all in Greenwich; New York is four hours
# behind: the evening of 1 July for two of them, midnight for the third.
MOMENTS = (
    datetime(2026, 7, 1, 21, 30, tzinfo=UTC),
    datetime(2026, 7, 2, 3, 59, 59, tzinfo=UTC),
    datetime(2026, 7, 2, 4, 0, 0, tzinfo=UTC),
)


def _at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("arctl.cli.shell.utc_now", lambda: moment)


@pytest.fixture
def books(here: Here, lay: Lay, monkeypatch: pytest.MonkeyPatch) -> Here:
    """An invoice of 100, then of 200, then of 300."""
    for moment, amount in zip(MOMENTS, (100, 200, 300), strict=True):
        _at(monkeypatch, moment)
        lay(
            customers=CUSTOMERS,
            customer_invoices=f"id,customer_id,invoice_date,amount\nINV-1,C1,2026-05-01,{amount}.00",
        )
    _at(monkeypatch, datetime(2026, 7, 9, 12, 0, tzinfo=UTC))
    return here


@pytest.mark.parametrize(
    ("text", "outstanding"),
    [
        ("1", 10000),
        ("2", 20000),
        ("3", 30000),
        ("2026-07-01", 20000),  # the end of that day in New York
        ("2026-07-02", 30000),
        ("2026-07-01T17:30", 10000),
        ("2026-07-01 17:29:59+00:00", None),
        ("2026-07-01T21:30:00Z", 10000),
        ("2026-07-01T21:29:59Z", None),
        ("2026-07-01T23:59:59", 20000),
        ("2026-07-02 00:00", 30000),
        ("2026-07-02T05:59:59+02:00", 20000),
        ("2030-01-01", 30000),
    ],
)
def test_what_was_known_then(books: Here, text: str, outstanding: int | None) -> None:
    ran = books("age", "--as-of", "2026-06-30", "--json", "--known-at", text)
    if outstanding is None:
        assert (ran.code, ran.out) == (4, "")
        assert ran.err.startswith(f"error: nothing was known at {text}: the first sync came later\n")
        return
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["totals"]["total_outstanding_cents"] == outstanding
    assert ran.json["tie_out"]["ok"]


def test_a_day_of_the_company_in_its_own_zone(books: Here) -> None:
    assert books("config", "set", "time_zone", "Europe/Berlin").code == 0
    # In Berlin only the first sync had been on 1 July.
    answer = books("age", "--as-of", "2026-06-30", "--json", "--known-at", "2026-07-01").json
    assert answer["totals"]["total_outstanding_cents"] == 10000


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("4", 2, "error: there is no sync batch 4; the latest is 3\n"),
        ("0", 4, "error: batch 0 is before the first sync, batch 1\n"),
        ("2026-06-30", 4, "error: nothing was known at 2026-06-30: the first sync came later\n"),
        ("last week", 2, "error: --known-at 'last week' is neither a sync batch nor a time\n"),
        ("-1", 2, "error: --known-at '-1' is neither a sync batch nor a time\n"),
        ("2026-02-30", 2, "error: --known-at '2026-02-30' is neither a sync batch nor a time\n"),
        ("2026-07-01T25:00", 2, "error: --known-at '2026-07-01T25:00' is neither a sync batch nor a time\n"),
        ("", 2, "error: --known-at '' is neither a sync batch nor a time\n"),
        ("9" * 40, 2, "error: there is no sync batch 999"),
        ("٣", 2, "error: --known-at '٣' is neither a sync batch nor a time\n"),
        ("0001-01-01T00:00+23:00", 2, "error: --known-at"),
    ],
)
def test_what_was_never_known(books: Here, text: str, code: int, told: str) -> None:
    ran = books("age", "--known-at", text)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(told)
    assert "hint: " in ran.err


def test_before_the_first_sync_nothing_was_known(here: Here) -> None:
    assert here("init").code == 0
    ran = here("age", "--known-at", "1")
    assert (ran.code, ran.out) == (4, "")


def test_what_is_recalled_is_written_nowhere(books: Here) -> None:
    before = books("age", "--as-of", "2026-06-30", "--json").out
    content = books.db.read_bytes()
    assert books("age", "--as-of", "2026-06-30", "--known-at", "1").code == 0
    assert books("age", "--as-of", "2026-06-30", "--json").out == before
    assert books.db.read_bytes() == content


def test_every_option_works_on_what_was_known(books: Here) -> None:
    asked = ("age", "--as-of", "2026-06-30", "--known-at", "1", "--json")
    item = books(*asked, "--by", "invoice", "--customer", "C1", "--basis", "invoice-date").json["invoices"][0]
    assert (item["outstanding_cents"], item["days_overdue"]) == (10000, 60)
    assert books(*asked, "--credits", "age", "--buckets", "15").json["totals"]["b2_cents"] == 10000
    assert books(*asked, "--customer", "C9").code == 2


def test_a_customer_who_came_later_was_unknown_then(books: Here, lay: Lay) -> None:
    lay(customers="id,name\nC2,Birch Bakery")
    assert books("age", "--customer", "C2").code == 0
    assert books("age", "--customer", "C2", "--known-at", "3").code == 2


def test_what_is_gone_was_known_then_and_what_hangs_on_it_stays(here: Here, tmp_path: Path) -> None:
    def full(number: int, **files: str) -> None:
        folder = laid_out(tmp_path / f"full-{number}", files)
        ran = here("--quiet", "sync", "--from", str(folder), "--full", "--accept", "a test")
        assert ran.code == 0, ran.err

    full(
        1,
        customers=CUSTOMERS + "\nC2,Birch Bakery,",
        customer_invoices="id,customer_id,invoice_date,amount\nINV-1,C1,2026-05-01,100",
        customer_payments="id,customer_id,receipt_date,amount\nP-1,C2,2026-05-02,50",
        customer_refunds="id,customer_id,refund_date,amount,source_type,source_id\nR-1,C2,2026-05-03,10,payment,P-1",
    )
    full(2, customers="id,name,terms\nC2,Birch Bakery,")
    full(3, customer_payments="id,customer_id,receipt_date,amount")
    answers = [here("age", "--as-of", "2026-06-30", "--json", "--known-at", str(batch)).json for batch in (1, 2, 3)]
    assert [answer["totals"]["net_cents"] for answer in answers] == [6000, 6000, 11000]
    assert answers[2] == here("age", "--as-of", "2026-06-30", "--json").json
    # Its customer is gone from the file, the invoice is not: it is still due by the terms that were agreed.
    assert [row["days_30_cents"] for row in answers[1]["customers"] if row["customer_id"] == "C1"] == [10000]


def test_one_tenant_never_recalls_the_others(here: Here, lay: Lay, tmp_path: Path) -> None:
    lay(customers=CUSTOMERS, customer_invoices="id,customer_id,invoice_date,amount\nINV-1,C1,2026-05-01,100")
    assert here("--tenant", "other", "init").code == 0
    folder = laid_out(
        tmp_path / "other",
        {"customers": CUSTOMERS, "customer_invoices": "id,customer_id,invoice_date,amount\nINV-1,C1,2026-05-01,7"},
    )
    assert here("--tenant", "other", "--quiet", "sync", "--from", str(folder)).code == 0
    asked = ("age", "--as-of", "2026-06-30", "--json", "--known-at")
    assert here(*asked, "1").json["totals"]["net_cents"] == 10000
    assert here("--tenant", "other", *asked, "2").json["totals"]["net_cents"] == 700
    assert here("--tenant", "other", *asked, "1").code == 4
    assert here("age", "--as-of", "2026-06-30", "--json").json["totals"]["net_cents"] == 10000
