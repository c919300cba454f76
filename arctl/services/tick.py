"""The daily tick: which open items entered which bucket since the last one, told once each, by each company's own date."""

from collections.abc import Sequence
from datetime import date, datetime

from arctl.core.tick import EMPTY, TICKED, TOLD, CompanyTick, Ticked, happening, span
from arctl.errors import Refused
from arctl.services.books import books_from_check, companies_of, local_date
from arctl.store import events
from arctl.store import tick as store
from arctl.store.books import Company
from arctl.store.ledger import Ledger


def tick(ledger: Ledger, as_of: date | None, company: str | None, now: datetime, actor: str) -> list[CompanyTick]:
    """Tell of every company (or the one named) what moved up to `as_of`, or else its own today; all of it, or nothing.

    Raises UnknownId, and Refused (exit 4) for a day that has not come yet or lies before a company's books.
    """
    companies = companies_of(ledger, company)
    days = [_day(each, as_of, now) for each in companies]
    with ledger.transaction():  # a second tick waits here, then finds the day told
        return [_tick(ledger, each, day, now, actor) for each, day in zip(companies, days, strict=True)]


def _day(company: Company, as_of: date | None, now: datetime) -> date:
    today = local_date(company.time_zone, now)
    day = as_of or today
    if day > today:
        raise Refused(
            f"{day} has not come yet for company {company.name}, where today is {today}",
            "tick a day when it has come: what is paid until then does not move",
        )
    books_from_check([company], day)
    return day


def _tick(ledger: Ledger, company: Company, day: date, now: datetime, actor: str) -> CompanyTick:
    connection, tenant = ledger.connection, ledger.tenant_id
    batch = store.last_batch(connection, tenant)
    earlier = store.ticks(connection, tenant, company.company_id)
    opened = _opened(ledger, company, day, earlier)
    if batch is None or opened is None:
        return CompanyTick(company.name, EMPTY)
    days = span(day, opened, earlier)
    if days is None:
        return CompanyTick(company.name, TOLD, until=max(earlier).day)
    at = f"{now:%Y-%m-%d %H:%M:%S}"
    moved = 0
    for look in (store.entries, store.untold):
        found = [happening(each, company.company_id) for each in look(connection, tenant, company.company_id, days)]
        moved += len(events.append(connection, tenant, found, at, actor))
    store.record(connection, tenant, company.company_id, Ticked(day, batch), at, actor, moved)
    return CompanyTick(company.name, TICKED, days.first, days.last, moved)


def _opened(ledger: Ledger, company: Company, day: date, earlier: Sequence[Ticked]) -> Ticked | None:
    """The company's opening load, as far as the first tick needs it; None where it has no invoice.

    An older arctl recorded no load: all that its ledger held when the first tick came counts as opening.
    """
    if earlier:
        return earlier[0]
    connection, tenant = ledger.connection, ledger.tenant_id
    found = store.opening(connection, tenant, company.company_id)
    if found is not None and not store.has_loads(connection, tenant):
        return Ticked(day, store.last_batch(connection, tenant) or found.batch)
    return found
