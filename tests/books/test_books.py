"""Making sure of a ledger, naming a company, and the day its books begin."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arctl.errors import LedgerError, Refused, UnknownId, UsageError
from arctl.services.books import books_from_check, companies_of, company_of, ensure_ledger, today
from arctl.store import books
from arctl.store.books import Company, Made

MADE = Made("2026-07-01 10:00:00", "pat")


def test_a_missing_ledger_is_made_with_the_names_asked_for(tmp_path: Path) -> None:
    opened = ensure_ledger(tmp_path / "books.db", "acme", "north")

    assert books.tenant_names(opened.connection) == ["acme"]
    assert companies_of(opened, None) == [Company(1, "north", "USD", "America/New_York", None)]
    assert books.company_made(opened.connection, opened.tenant_id, companies_of(opened, None)[0]) == {}
    opened.close()


def test_an_existing_ledger_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    ensure_ledger(path, "default").close()
    before = path.read_bytes()

    ensure_ledger(path, "default", "north").close()

    assert path.read_bytes() == before
    with pytest.raises(UnknownId, match="no tenant acme"):
        ensure_ledger(path, "acme")


def test_a_company_name_that_no_company_can_have(tmp_path: Path) -> None:
    for name in (" ", "a\nb", "x" * 101):
        with pytest.raises(UsageError, match="1 to 100 printable characters"):
            ensure_ledger(tmp_path / "books.db", "default", name or "-")
    assert list(tmp_path.iterdir()) == []


def test_a_clock_that_fell_behind_is_wound_by_the_next_sync(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    opened = ensure_ledger(path, "default")
    opened.connection.execute("DELETE FROM company_clock WHERE from_utc > '2020'")
    opened.close()

    opened = ensure_ledger(path, "default")

    assert books.stale_clocks(opened.connection) == []
    opened.close()


def test_a_zone_that_the_machine_does_not_know_stops_only_who_asks_for_its_date(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    opened = ensure_ledger(path, "default")
    opened.connection.execute("UPDATE companies SET time_zone = 'Mars/Olympus'")
    opened.close()

    opened = ensure_ledger(path, "default")

    with pytest.raises(LedgerError, match="knows no time zone 'Mars/Olympus'"):
        today(opened, None, datetime(2026, 7, 1, tzinfo=UTC))
    opened.close()


def test_a_copy_without_a_write_ahead_log_gets_one_again(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    opened = ensure_ledger(path, "default")
    opened.connection.execute("PRAGMA journal_mode = DELETE")
    opened.close()

    opened = ensure_ledger(path, "default")

    assert opened.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    opened.close()


def test_a_company_is_found_by_name(tmp_path: Path) -> None:
    opened = ensure_ledger(tmp_path / "books.db", "default", "north")

    assert company_of(opened, None) is None
    assert company_of(opened, "north") == Company(1, "north", "USD", "America/New_York", None)
    with pytest.raises(UnknownId, match="holds no company nort") as unknown:
        company_of(opened, "nort")
    assert unknown.value.hint == "did you mean north?"
    opened.close()


def test_today_is_the_companys_own(tmp_path: Path) -> None:
    opened = ensure_ledger(tmp_path / "books.db", "default")
    late = datetime(2026, 7, 1, 3, 59, 59, tzinfo=UTC)
    with opened.transaction() as connection:
        books.add_company(connection, 1, Company(2, "tokyo", "JPY", "Asia/Tokyo", None), MADE)

    assert today(opened, None, late) == date(2026, 6, 30)
    assert today(opened, company_of(opened, "tokyo"), late) == date(2026, 7, 1)
    opened.close()


def test_an_as_of_before_the_books_begin_is_refused() -> None:
    companies = [Company(1, "default", "USD", "UTC", None), Company(2, "north", "USD", "UTC", "2026-01-01")]

    books_from_check(companies, date(2026, 1, 1))
    books_from_check(companies[:1], date(1999, 1, 1))
    with pytest.raises(Refused, match="company north begin on 2026-01-01; 2025-12-31 lies before") as refused:
        books_from_check(companies, date(2025, 12, 31))
    assert refused.value.exit_code == 4
