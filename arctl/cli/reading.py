"""Opening the ledger for a question: the day it is asked as of, and what was known then."""

from collections.abc import Iterator
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
    ledger = open_ledger(options.db, options.tenant)
    try:
        companies = books.companies_of(ledger, options.company)
        today = books.local_date(companies[0].time_zone, options.now())
        day = resolve_date(as_of, today)
        books.books_from_check(companies, day)
        if known_at is not None:
            from arctl.services.known import recall

            recall(ledger, known_at, companies[0].time_zone)
        yield ledger, day
    finally:
        ledger.close()
