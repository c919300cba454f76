"""What holds for every ledger: however it was synced it is sound, and no change behind arctl's back goes unseen."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from arctl.core.documents import Receivables
from arctl.core.integrity import CheckResult, Status
from arctl.services.integrity import Asked, inspect
from tests.aging.books import FIRST_SYNC, Books, books_of, empty_books
from tests.aging.courses import arrivals, changed_rows, courses
from tests.folders import folder_rows
from tests.ledgers import ledgers

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
FEWER = settings(FEW, max_examples=6)  # several syncs and as many inspections each

DERIVED = {
    "ar_items": "account_id settled_day invoice_key installment final_cents due_day flags opens_day last_day opening_cents"
    " next_day invoice_day cap_cents after_cents",
    "ar_credits": "account_id settled_day source_key source_day opens_day opening_cents next_day last_day final_cents",
    "ar_day_totals": "company_id day started_cents stopped_cents started stopped",
    "erp_applications": "effective_day until_day",
}
MIRROR = (
    "erp_customers",
    "erp_invoices",
    "erp_installments",
    "erp_sources",
    "erp_applications",
    "erp_refunds",
    "erp_write_offs",
)


def _checked(books: Books) -> list[CheckResult]:
    return inspect(books.ledger, Asked(FIRST_SYNC + timedelta(days=100)))


def _failed(books: Books) -> set[str]:
    return {result.check for result in _checked(books) if result.status is Status.FINDING}


def _assert_sound(books: Books) -> None:
    assert [result for result in _checked(books) if result.examined.findings] == []


@pytest.mark.slow
@FEWER
@given(courses())
def test_a_ledger_synced_in_full_again_and_again_is_sound(course: list[Receivables]) -> None:
    with empty_books() as books:
        for state in course:
            books.sync(state, full=True)
            _assert_sound(books)


@pytest.mark.slow
@FEWER
@given(arrivals())
def test_a_ledger_synced_by_changes_is_sound(states: list[Receivables]) -> None:
    with empty_books() as books:
        books.sync(states[0])
        for before, after in pairwise(states):
            books.sync_rows(changed_rows(before, after))
        _assert_sound(books)
        rows = folder_rows(states[-1])
        rows["customer_invoices.csv"] = [{**row, "customer_id": "nobody"} for row in rows["customer_invoices.csv"]]
        books.sync_rows(rows, rejects=True)
        _assert_sound(books)
        books.sync(states[-1])
        _assert_sound(books)


@pytest.mark.slow
@FEW
@given(ledgers(), st.data())
def test_no_changed_number_of_a_derived_table_goes_unseen(receivables: Receivables, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(sorted(DERIVED)))
    column = data.draw(st.sampled_from(DERIVED[table].split()))
    with books_of(receivables) as books:
        _unguarded(books)
        (count,) = books.rows(f"SELECT count(*) FROM {table}")[0]
        assume(count)
        key = ", ".join(name for (name,) in books.rows("SELECT name FROM pragma_table_info(?) WHERE pk > 0", table))
        chosen = f"SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {data.draw(st.integers(0, count - 1))}"
        by = data.draw(st.sampled_from((-100_000, -1, 1, 1000)))
        books.rows(f"UPDATE OR IGNORE {table} SET {column} = {column} + {by} WHERE ({key}) IN ({chosen})")
        assume(books.rows("SELECT changes()") == [(1,)])

        assert "derived balances" in _failed(books)


@pytest.mark.slow
@FEW
@given(courses(longest=2), st.data())
def test_no_deleted_row_of_the_mirror_goes_unseen(course: list[Receivables], data: st.DataObject) -> None:
    with empty_books() as books:
        for state in course:
            books.sync(state, full=True)
        _unguarded(books)
        held = [name for base in MIRROR for name in (base, f"{base}_history") if books.rows(f"SELECT 1 FROM {name}")]
        table = data.draw(st.sampled_from(held))
        (count,) = books.rows(f"SELECT count(*) FROM {table}")[0]
        key = ", ".join(name for (name,) in books.rows("SELECT name FROM pragma_table_info(?) WHERE pk > 0", table))
        chosen = f"SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {data.draw(st.integers(0, count - 1))}"
        books.rows(f"DELETE FROM {table} WHERE ({key}) IN ({chosen})")

        assert "row history" in _failed(books)


def _unguarded(books: Books) -> None:
    books.rows("PRAGMA foreign_keys = OFF")
    books.rows("PRAGMA ignore_check_constraints = ON")
