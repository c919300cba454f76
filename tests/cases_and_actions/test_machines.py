"""Which way cases and actions may go: the rules and the ledger's own triggers say the same."""

import sqlite3
from dataclasses import replace
from itertools import product

import pytest

from arctl.core.cases import (
    ACTION_MOVES,
    ACTION_OVER,
    CASE_MOVES,
    Action,
    Case,
    action_type_of,
    case_number,
    check_action_move,
    check_case_move,
)
from tests.aging.books import Books, empty_books
from tests.approve.staged import CUSTOMERS, INVOICES

CASE = Case(
    1, "CASE-2026-0001", 1, 1, "USD", "open", 0, None, None, None, None, None, "2026-07-08", 1, "dana", "2026-07-08 14:00:00"
)  # fmt: skip
ACTION = Action(
    1, 1, 1, None, None, "reminder_call", None, "2026-07-08", "USD", 100, "planned", None, None, None, None, None, None, None,
    "dana", "2026-07-08 14:00:00",
)  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(CASE_MOVES, repeat=2)))
def test_cases(before: str, after: str) -> None:
    case = replace(CASE, status=before)
    if after in CASE_MOVES[before]:
        check_case_move(case, after)
    else:
        with pytest.raises(ValueError, match=f"CASE-2026-0001 is {before}: it cannot become {after}"):
            check_case_move(case, after)


def test_no_such_status() -> None:
    with pytest.raises(ValueError, match="sold is no status of a case"):
        check_case_move(CASE, "sold")
    with pytest.raises(ValueError, match="sold is no status of an action"):
        check_action_move(ACTION, "sold")


def _books_with(status: str, books: Books) -> None:
    from arctl.store import collections as store

    books.sync_rows({"customers.csv": CUSTOMERS, "customer_invoices.csv": INVOICES})
    connection = books.ledger.connection
    (key,) = connection.execute("SELECT customer_key FROM erp_customers WHERE id = 'C1'").fetchone()
    store.add_cases(connection, 1, [replace(CASE, customer_key=key)])
    executed_at = "2026-07-08 14:00:00" if status == "executed" else None
    store.add_actions(
        connection, 1, [replace(ACTION, customer_key=key, execution_status=status, executed_at=executed_at)]
    )


@pytest.mark.parametrize("before", ACTION_MOVES)
def test_the_ledger_refuses_what_the_rules_refuse(before: str) -> None:
    with empty_books() as books:
        _books_with(before, books)
        for after in ACTION_MOVES:
            if after == before:
                continue
            allowed = after in ACTION_MOVES[before]
            action = replace(ACTION, execution_status=before)
            connection = books.ledger.connection
            connection.execute("SAVEPOINT one")
            try:
                connection.execute(
                    "UPDATE collection_actions SET execution_status = ?,"
                    " executed_at = iif(? = 'executed', '2026-07-08 15:00:00', NULL)",
                    (after, after),
                )
                taken = True
            except sqlite3.IntegrityError:
                taken = False
            connection.execute("ROLLBACK TO one")
            connection.execute("RELEASE one")
            assert taken is allowed, (before, after)
            if allowed:
                check_action_move(action, after)
            else:
                with pytest.raises(ValueError, match=f"action 1 is {before}: it cannot become {after}"):
                    check_action_move(action, after)


def test_what_is_over_goes_nowhere() -> None:
    assert all(not ACTION_MOVES[status] for status in ACTION_OVER)
    assert {status for status, ways in ACTION_MOVES.items() if not ways} == set(ACTION_OVER)


def test_names() -> None:
    assert (case_number(2026, 1), case_number(2026, 12345)) == ("CASE-2026-0001", "CASE-2026-12345")
    assert [action_type_of(*each) for each in (("email", "firm"), ("email", "final"), ("call", "final"), ("email", None))] == [
        "reminder_email", "final_notice", "reminder_call", "reminder_email",
    ]  # fmt: skip
