"""Opening the ledger for a question: the day or days it is asked as of, and what was known then."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from arctl.cli.context import Globals
from arctl.cli.options import resolve_date
from arctl.services import books
from arctl.store.ledger import Ledger, open_ledger


@contextmanager
def reading(options: Globals, as_of: str | None, known_at: str | None = None) -> Iterator[tuple[Ledger, date]]:
    """The open ledger and the day, by the company's own clock; closed afterwards.

    Raises UsageError (an unreadable date), UnknownId (company, batch), Refused (before the books or the first sync).
    """
    with _opened(options, (("--as-of", as_of),), known_at) as (ledger, (day,)):
        yield ledger, day


@contextmanager
def reading_between(
    options: Globals, first: str, second: str, known_at: str | None = None
) -> Iterator[tuple[Ledger, date, date]]:
    """The same for a question about the time between the arguments D1 and D2."""
    with _opened(options, (("D1", first), ("D2", second)), known_at) as (ledger, (begin, end)):
        yield ledger, begin, end


@contextmanager
def _opened(
    options: Globals, dates: Sequence[tuple[str, str | None]], known_at: str | None
) -> Iterator[tuple[Ledger, list[date]]]:
    """The open ledger and the day of each (option, its text)."""
    ledger = open_ledger(options.db, options.tenant)
    try:
        companies = books.companies_of(ledger, options.company)
        # a date in figures is the same in every time zone, whose files are then not read
        named = any(text is None or not text[:1].isdigit() for _, text in dates)
        today = books.local_date(companies[0].time_zone, options.now()) if named else date.max
        days = [resolve_date(text, today, option) for option, text in dates]
        for day in days:
            books.books_from_check(companies, day)
        if known_at is not None:
            from arctl.services.known import recall

            recall(ledger, known_at, companies[0].time_zone)
        yield ledger, days
    finally:
        ledger.close()
