"""Receivables metrics as of a date: gather agings, sales, write-offs and what rolled on; the figures are core's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arctl.core import aging
from arctl.core.aging import AccountBalance, AccountName, GroupKey
from arctl.core.buckets import FIVE
from arctl.core.dates import day_number, from_day_number
from arctl.core.metric_report import ROLL_MONTHS, Facts, MetricReport, Owing
from arctl.core.metrics import month_spells, months_before
from arctl.store import aging as balances
from arctl.store import books
from arctl.store import metrics as store
from arctl.store.books import Company
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class MetricsRequest:
    """What is asked: a day, the length of the sales window in days, that of the CEI in calendar months (both above 0)."""

    as_of: date
    days: int = 90
    months: int = 1
    company: str | None = None
    currency: str | None = None

    @property
    def window_after(self) -> date:
        """The day at whose end the sales window begins."""
        return self.as_of - timedelta(days=self.days)

    @property
    def span_after(self) -> date:
        """The day at whose end the calendar months begin."""
        return months_before(self.as_of, self.months)

    @property
    def roll_after(self) -> date:
        """The day at whose end the month of the roll rates begins."""
        return months_before(self.as_of, ROLL_MONTHS)


def metrics(ledger: Ledger, request: MetricsRequest) -> MetricReport:
    """The facts behind the metrics of each company and currency asked for, at least one; nothing is added across them."""
    ledger.connection.execute("BEGIN")  # one reading of the ledger: a sync that commits meanwhile changes nothing here
    try:
        gathered = _gather(ledger, request)
        companies = books.companies(ledger.connection, ledger.tenant_id)
    finally:
        ledger.connection.rollback()
    keys = _keys(gathered.known, companies)
    asked = [key for key in keys if request.company in (None, key[0]) and request.currency in (None, key[1])]
    if not asked:
        only = next((each for each in companies if each.name == request.company), companies[0])
        asked = [(only.name, request.currency or only.base_currency)]
    begin = {each.name: each.books_from for each in companies}
    facts = [_facts(request, gathered, key, begin[key[0]]) for key in asked]
    return MetricReport(request.as_of, facts, [" ".join(key) for key in keys if key in gathered.untied])


_NOTHING_OPEN = (0,) * len(FIVE.keys)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What the ledger says, by company and currency; agings by the date they are of, rolls by bucket then and now."""

    known: set[GroupKey]
    untied: set[GroupKey]
    customers: Mapping[GroupKey, Sequence[Owing]]
    aged: Mapping[date, Mapping[GroupKey, Sequence[int]]]
    sales: Mapping[GroupKey, Sequence[tuple[date, int]]]
    losses: Mapping[GroupKey, tuple[int, int]]
    rolled: Mapping[GroupKey, Mapping[tuple[int, int], int]]


def _gather(ledger: Ledger, request: MetricsRequest) -> _Gathered:
    connection, tenant = ledger.connection, ledger.tenant_id
    day = day_number(request.as_of)
    names = balances.account_names(connection, tenant)
    closing = _open_on(ledger, request.as_of)
    left = balances.account_credits(connection, tenant, day)
    expected = aging.expected_nets(balances.document_totals(connection, tenant, day))
    rows = aging.customer_rows(names, closing, left, day, len(FIVE.keys))
    nets = {key: sum(row.net for row in each) for key, each in rows.items()}
    known = expected.keys() | nets.keys()
    openings = {request.window_after, request.span_after, request.roll_after}
    aged = {each: _by_group(names, _open_on(ledger, each)) for each in openings}
    customers = {
        key: sorted((Owing(r.outstanding, r.customer_id, r.customer_name) for r in each if r.outstanding), key=_largest)
        for key, each in rows.items()
    }
    sales: dict[GroupKey, list[tuple[date, int]]] = {}
    for company, currency, number, cents in store.sales_by_day(connection, tenant, day):
        sales.setdefault((company, currency), []).append((from_day_number(number), cents))
    rolled: dict[GroupKey, dict[tuple[int, int], int]] = {}
    after = day_number(request.roll_after)
    for company, currency, was, now, cents in store.rolled_between(connection, tenant, after, day, FIVE.edges):
        rolled.setdefault((company, currency), {})[was, now] = cents
    after = day_number(request.window_after)
    return _Gathered(
        known,
        {key for key in known if nets.get(key, 0) != expected.get(key, 0)},
        customers,
        aged | {request.as_of: _by_group(names, closing)},
        sales,
        {key[:2]: key[2:] for key in store.write_offs_between(connection, tenant, after, day)},
        rolled,
    )


def _open_on(ledger: Ledger, day: date) -> list[AccountBalance]:
    return balances.account_balances(ledger.connection, ledger.tenant_id, day_number(day), "due-date", FIVE.edges)


def _by_group(names: Mapping[int, AccountName], accounts: Iterable[AccountBalance]) -> dict[GroupKey, tuple[int, ...]]:
    """Gross outstanding by bucket of each company and currency."""
    groups: dict[GroupKey, list[tuple[int, ...]]] = {}
    for account in accounts:
        name = names[account.account]
        groups.setdefault((name.company, name.currency), []).append(account.buckets)
    return {key: tuple(map(sum, zip(*each, strict=True))) for key, each in groups.items()}


def _largest(owing: Owing) -> tuple[int, str]:
    return -owing.cents, owing.customer_id


def _keys(known: Iterable[GroupKey], companies: Sequence[Company]) -> list[GroupKey]:
    """Companies as they joined, each with its base currency first: the order of the aging report."""
    place = {company.name: (company.company_id, company.base_currency) for company in companies}
    return sorted(known, key=lambda key: (place[key[0]][0], key[1] != place[key[0]][1], key[1]))


def _facts(request: MetricsRequest, gathered: _Gathered, key: GroupKey, books_from: str | None) -> Facts:
    begin = date.fromisoformat(books_from) if books_from else date.min
    sales = gathered.sales.get(key, ())
    written_off, recovered = gathered.losses.get(key, (0, 0))
    in_window, in_span = (after + timedelta(days=1) >= begin for after in (request.window_after, request.span_after))
    first_sale = min((day for day, cents in sales if cents), default=None)

    def opening(day: date) -> int | None:
        return sum(gathered.aged[day].get(key, ())) if day >= begin else None

    return Facts(
        *key,
        request.as_of,
        request.days,
        request.months,
        date.fromisoformat(books_from) if books_from else None,
        gathered.aged[request.as_of].get(key, _NOTHING_OPEN),
        opening(request.window_after),
        _between(sales, request.window_after, request.as_of) if in_window else None,
        written_off if in_window else None,
        recovered if in_window else None,
        opening(request.span_after),
        _between(sales, request.span_after, request.as_of) if in_span else None,
        _by_month(sales, first_sale, begin, request.as_of),
        _rolls(gathered, key, request.roll_after) if request.roll_after >= begin else None,
        gathered.customers.get(key, ()),
        first_sale,
    )


def _between(sales: Iterable[tuple[date, int]], after: date, until: date) -> int:
    return sum(cents for day, cents in sales if after < day <= until)


def _by_month(
    sales: Sequence[tuple[date, int]], first_sale: date | None, begin: date, until: date
) -> list[tuple[date, date, int]]:
    """Sales by calendar month, newest first, from the month of the first sale on, or from where the books begin."""
    if first_sale is None:
        return []
    months: dict[date, int] = {}
    for day, cents in sales:
        if day >= begin:
            month = day.replace(day=1)
            months[month] = months.get(month, 0) + cents
    spells = month_spells(max(first_sale.replace(day=1), begin), until)
    return [(first, last, months.get(first.replace(day=1), 0)) for first, last in spells]


def _rolls(gathered: _Gathered, key: GroupKey, after: date) -> list[tuple[int, int]]:
    """By bucket: what was open, and what of it is in a later bucket now; of the last bucket, what is still open."""
    opening = gathered.aged[after].get(key, _NOTHING_OPEN)
    cells = gathered.rolled.get(key, {})
    last = len(opening) - 1
    return [
        (cents, sum(kept for (was, now), kept in cells.items() if was == place and (now > was or was == last)))
        for place, cents in enumerate(opening)
    ]
