"""The tie-out proves arctl's own arithmetic: what breaks the aging query shows, and the documents' side reads no balance."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date

import pytest

from arctl.core.aging import expected_nets
from arctl.services.age import AgeRequest, age
from arctl.store import aging, day_totals, derive
from arctl.store.ledger import open_ledger
from tests.aging.conftest import Here, Lay, Ran

DAY = 20634  # 2026-06-30
BOOKS = {
    "customers": """
        id,name
        C1,Acme Foods
        C2,Birch Bakery
        """,
    "customer_invoices": """
        id,customer_id,invoice_date,due_date,amount,currency
        INV-1,C1,2026-05-01,2026-05-31,100.00,USD
        INV-2,C1,2026-05-10,2026-06-09,50.00,USD
        INV-3,C2,2026-05-12,2026-06-11,70.00,EUR
        """,
    "customer_payments": """
        id,customer_id,receipt_date,amount,currency
        P-1,C1,2026-06-01,60.00,USD
        P-2,C1,2026-06-20,30.00,USD
        """,
    "payment_applications": """
        source_type,source_id,invoice_id,amount,applied_on,discount
        payment,P-1,INV-1,40.00,2026-06-01,2.00
        payment,P-2,INV-1,30.00,2026-07-15,0.00
        payment,P-1,INV-2,20.00,2026-06-03,0.00
        """,
}


@pytest.fixture
def books(here: Here, lay: Lay) -> Here:
    """A small ledger that ties out: 1-30 days and both currencies."""
    lay(**BOOKS)
    assert _ask(here).code == 0
    return here


def _ask(here: Here, *more: str) -> Ran:
    return here("age", "--as-of", "2026-06-30", "--json", *more)


def _tamper(here: Here, *statements: str) -> None:
    """What somebody with a database tool may do."""
    with closing(sqlite3.connect(here.db)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount, statement
        connection.commit()


def _breaks(here: Here, cents: int) -> None:
    ran = _ask(here)
    assert ran.code == 1
    assert ran.err == (
        "error: the ledger does not tie out: default USD\n"
        "hint: do not rely on these figures until the difference that the report shows is explained\n"
    )
    usd, eur = ran.json["groups"]
    assert ran.json["tie_out"] == {"ok": False, "failing": ["default USD"]}
    assert (eur["tie_out"]["ok"], usd["tie_out"]["ok"]) == (True, False)
    assert usd["tie_out"]["difference_cents"] == cents
    screen = here("age", "--as-of", "2026-06-30", "--currency", "USD")
    assert screen.code == 1
    assert "DOES NOT TIE OUT: the documents give 58.00, the aging" in screen.out


def test_an_item_counted_twice_breaks_it(books: Here) -> None:
    columns = (
        "account_id, settled_day, invoice_key, invoice_day, due_day, opens_day, opening_cents, next_day, last_day,"
        " final_cents, cap_cents, after_cents, flags"
    )
    _tamper(
        books,
        f"INSERT INTO ar_items (installment, {columns}) SELECT 7, {columns} FROM ar_items"
        " WHERE invoice_key = (SELECT invoice_key FROM erp_invoices WHERE id = 'INV-2')",
    )
    _breaks(books, 3000)


def test_a_reduction_lost_on_one_side_breaks_it(books: Here) -> None:
    _tamper(
        books,
        "UPDATE ar_items SET final_cents = final_cents + 2000, opening_cents = opening_cents + 2000"
        " WHERE invoice_key = (SELECT invoice_key FROM erp_invoices WHERE id = 'INV-2') AND final_cents = 3000",
    )
    # Its balance rests on the opening or the final amount, both of which are 20.00 too high now.
    _breaks(books, 2000)


# An opening load notes the balance between two applications; without the note they are added up.
_NO_MIDDLE = "UPDATE ar_items SET middle_cents = NULL"


def test_a_dropped_application_with_its_discount_breaks_it(books: Here) -> None:
    # INV-1 moves again in July, so that on 30 June its movements are added up; what is left of P-1 is known already.
    _tamper(books, _NO_MIDDLE, "DELETE FROM erp_applications WHERE amount_cents = 4000")
    _breaks(books, 4200)


def test_a_changed_application_breaks_it_where_one_side_only_sees_it(books: Here) -> None:
    # P-2 rests until July and answers from its outline; INV-1 adds up what is there.
    _tamper(
        books,
        _NO_MIDDLE,
        "UPDATE erp_applications SET amount_cents = 1000, effective_day = 20633 WHERE amount_cents = 3000",
    )
    ran = _ask(books)
    assert ran.code == 1
    assert "default USD" in ran.err


def test_a_receipt_that_the_aging_no_longer_sees_breaks_it(books: Here) -> None:
    _tamper(books, "DELETE FROM ar_credits")
    _breaks(books, 3000)


def test_a_break_is_told_whatever_the_report_is_narrowed_to(books: Here) -> None:
    _tamper(books, "DELETE FROM ar_credits")
    for narrowed in (
        ("--currency", "EUR"),
        ("--customer", "C2"),
        ("--bucket", "days_90_plus"),
        ("--limit", "1"),
        ("--by", "invoice"),
        ("--credits", "net"),
    ):
        ran = _ask(books, *narrowed)
        assert (ran.code, "default USD" in ran.err) == (1, True), narrowed
    answer = _ask(books, "--currency", "EUR").json
    assert (answer["tie_out"]["ok"], answer["failing"]) == (True, ["default USD"])
    screen = books("age", "--as-of", "2026-06-30", "--currency", "EUR").out
    assert "DOES NOT TIE OUT elsewhere in the ledger: default USD" in screen


def test_a_join_that_meets_open_items_twice_breaks_it(books: Here) -> None:
    ledger = open_ledger(books.db, "default")
    with closing(ledger.connection) as connection:
        assert age(ledger, AgeRequest(date(2026, 6, 30))).ties
        connection.execute(
            "CREATE TEMP VIEW ar_open_items AS SELECT o.* FROM main.ar_open_items AS o JOIN (SELECT 1 UNION ALL SELECT 2)"
        )
        assert age(ledger, AgeRequest(date(2026, 6, 30))).failing == ["default USD"]


_DOUBLED = (
    "INSERT INTO erp_applications SELECT tenant_id, source_key, invoice_key, slot || '#2', application_id, applied_on,"
    " amount_cents, discount_cents, batch, closed, effective_day, until_day FROM erp_applications WHERE amount_cents = 2000"
)


@pytest.mark.parametrize(
    ("wrong", "difference"),
    [
        (_DOUBLED, -2000),
        ("DELETE FROM erp_applications WHERE amount_cents = 2000", 2000),
        ("DELETE FROM erp_applications WHERE amount_cents = 4000", 4200),
    ],
    ids=["joined twice", "dropped", "dropped with its discount"],
)
def test_items_worked_out_over_wrong_applications_break_it(books: Here, wrong: str, difference: int) -> None:
    ledger = open_ledger(books.db, "default")
    with closing(ledger.connection) as connection:
        items = _items_under(connection, ledger.tenant_id, wrong)
        with ledger.transaction():
            connection.execute("DELETE FROM ar_items")
            marks = ", ".join("?" * len(items[0]))
            connection.executemany(f"INSERT INTO ar_items VALUES ({marks})", items)
        # After the last movement, where every balance is a final one.
        report = age(ledger, AgeRequest(date(2026, 7, 31)))
        assert report.failing == ["default USD"]
        assert [group.tie_out.difference for group in report.groups] == [difference, 0]


def _items_under(connection: sqlite3.Connection, tenant: int, wrong: str) -> list[tuple[int, ...]]:
    """The items as they would be worked out if the query behind them read other applications than there are."""
    connection.execute("BEGIN")
    assert connection.execute(wrong).rowcount
    connection.execute("DELETE FROM ar_items")
    connection.execute("DELETE FROM ar_credits")
    derive.derive(connection, tenant, everything=True)
    items = connection.execute("SELECT * FROM ar_items").fetchall()
    connection.rollback()
    return items


def _reads(connection: sqlite3.Connection, act: Callable[[], object]) -> set[str]:
    """The tables and views read while `act` runs."""
    read: set[str] = set()

    def note(action: int, table: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_READ and table:
            read.add(table)
        return sqlite3.SQLITE_OK

    connection.set_authorizer(note)
    try:
        act()
    finally:
        connection.set_authorizer(None)
    return read


def test_the_documents_side_reads_documents_only(books: Here) -> None:
    ledger = open_ledger(books.db, "default")
    with closing(ledger.connection) as connection:
        asked = _reads(connection, lambda: aging.document_totals(connection, ledger.tenant_id, DAY))
        assert asked == {"ar_day_totals", "companies"}
        with ledger.transaction():
            filled = _reads(connection, lambda: day_totals.fill(connection, ledger.tenant_id))
    documents = {"erp_invoices", "erp_sources", "erp_applications", "erp_refunds", "erp_write_offs"}
    views = {"ar_invoice_terms", "ar_source_terms", "ar_write_off_terms"}
    own = {"ar_day_totals", "term_changes", "companies"}  # foreign keys look into companies
    assert documents <= filled
    assert {name for name in filled if not name.startswith("sqlite_")} <= documents | views | own


def test_the_documents_side_stands_without_any_balance(books: Here) -> None:
    ledger = open_ledger(books.db, "default")
    with closing(ledger.connection) as connection:
        before = expected_nets(aging.document_totals(connection, ledger.tenant_id, DAY))
        assert before == {("default", "USD"): 5800, ("default", "EUR"): 7000}
        with ledger.transaction():
            connection.execute("DELETE FROM ar_items")
            connection.execute("DELETE FROM ar_credits")
            day_totals.fill(connection, ledger.tenant_id)
        assert expected_nets(aging.document_totals(connection, ledger.tenant_id, DAY)) == before
