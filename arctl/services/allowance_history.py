"""Past losses: the rate that a window gives, staged as a draft, and an earlier allowance in hindsight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arctl.core.acting import Acting
from arctl.core.aging import GroupKey
from arctl.core.allowance import Base, Method, Terms, estimate
from arctl.core.allowance_history import CustomerHindsight, Derived, Hindsight, HindsightReport, LossHistory, Sum
from arctl.core.dates import day_number
from arctl.core.events import canonical
from arctl.core.metrics import months_before
from arctl.errors import Refused, UsageError
from arctl.services.allowance import draft, one_company, require_in_force
from arctl.services.allowance_balances import aged_on, groups_asked, named, one_reading
from arctl.services.books import companies_of
from arctl.store import aging
from arctl.store import losses as store
from arctl.store.books import Company
from arctl.store.ledger import Ledger


def histories(ledger: Ledger, until: date, months: int, company: str | None = None) -> list[LossHistory]:
    """Losses and sales of the months before the end of a day, for each company and currency that has any in them.

    Where a company's books begin later, so does its window. Raises UnknownId.
    """
    found: list[LossHistory] = []
    for each in companies_of(ledger, company):
        after = _window_start(each, until, months)
        sums = store.losses_and_sales(ledger.connection, ledger.tenant_id, day_number(after), day_number(until))
        own: dict[str, dict[str, Sum]] = {}
        for name, currency, heading, cents, documents in sums:
            if name == each.name:
                own.setdefault(currency, {})[heading] = Sum(cents, documents)
        found += [
            LossHistory(each.name, currency, after, until, **own[currency])
            for currency in sorted(own, key=lambda code: (code != each.base_currency, code))
        ]
    return found


def _window_start(company: Company, until: date, months: int) -> date:
    """The day at whose end the window begins: so many months earlier, not before the books."""
    after = months_before(until, months)
    if company.books_from is not None:
        after = max(after, date.fromisoformat(company.books_from) - timedelta(days=1))
    return after


@dataclass(frozen=True, slots=True)
class DeriveRequest:
    """A window of months that ends on a day, and the draft to make of it; `name` None only shows the rate."""

    as_of: date
    lookback_months: int
    company: str | None = None
    currency: str | None = None
    name: str | None = None
    effective: date | None = None
    base: Base = Base.GROSS


def derive_rate(ledger: Ledger, request: DeriveRequest, acting: Acting) -> list[Derived]:
    """The write-off rate of each company and currency asked for; with a name, of one, staged as a draft.

    A draft is made of one currency: the one named, the only one, or the company's own. Raises UsageError where there are
    several companies or no such currency, and Refused (exit 4) where the one window asked for gives no rate.
    """
    found = [
        each
        for each in histories(ledger, request.as_of, request.lookback_months, request.company)
        if request.currency in (None, each.currency)
    ] or [_nothing(ledger, request)]
    if request.name is not None:
        found = [_one(ledger, request, found)]
    if len(found) > 1:
        return [Derived(each) for each in found]
    (history,) = found
    if history.why_none:
        raise Refused(
            f"no write-off rate for company {history.company}: {history.why_none}",
            "try another --lookback-months, or state a rate with `arctl allowance new --method historical_method --rate`",
        )
    if request.name is None:
        return [Derived(history)]
    owner = companies_of(ledger, history.company)[0]
    terms = Terms(Method.HISTORICAL, request.base, rate_bp=history.rate_bp)
    inputs = canonical(history.inputs(request.lookback_months))
    policy = draft(ledger, owner, request.name, terms, request.effective or request.as_of, None, acting, inputs)
    return [Derived(history, policy)]


def _one(ledger: Ledger, request: DeriveRequest, found: Sequence[LossHistory]) -> LossHistory:
    """The one window that a draft is made of: of several currencies the company's own. Raises UsageError where none is it."""
    owner = one_company(ledger, request.company)
    chosen = found if len(found) == 1 else [each for each in found if each.currency == owner.base_currency]
    if not chosen:
        raise UsageError(
            f"company {owner.name} sells in {' and '.join(each.currency for each in found)}, and a rate is derived from one",
            "name it with --currency CODE; --dry-run shows them all",
        )
    return chosen[0]


def _nothing(ledger: Ledger, request: DeriveRequest) -> LossHistory:
    (each, *_) = companies_of(ledger, request.company)
    after = _window_start(each, request.as_of, request.lookback_months)
    return LossHistory(each.name, request.currency or each.base_currency, after, request.as_of)


def lookback(
    ledger: Ledger, day: date, until: date, company: str | None = None, currency: str | None = None
) -> HindsightReport:
    """The allowance of a day, by the policy then in force, against what was written off of its open invoices up to `until`.

    Raises UsageError where `until` is not later, Refused where no policy was in force.
    """
    if until <= day:
        raise UsageError(f"--until {until} is not later than {day}", "name the day whose allowance is judged first")
    groups, policies = [], []
    with one_reading(ledger):
        aged = aged_on(ledger, day)
        lost = _lost(ledger, day, until)
        for each, code in groups_asked(ledger, aged.known, company, currency):
            policy = require_in_force(ledger, each, day)
            key = (each.name, code)
            rows = {
                row.customer_id: CustomerHindsight(
                    row.customer_id, row.customer_name, estimate(policy, row.buckets, row.unapplied), 0, 0
                )
                for row in aged.rows.get(key, ())
            }
            for customer, (name, written_off, recovered) in lost.get(key, {}).items():
                known = rows.get(customer) or CustomerHindsight(customer, name, 0, 0, 0)
                rows[customer] = known._replace(written_off=written_off, recovered=recovered)
            ordered = sorted(rows.values(), key=lambda row: (row.over, row.customer_id))
            groups.append(Hindsight(*key, policy.version, [row for row in ordered if row.allowance or row.written_off]))
            policies.append(policy)
    return HindsightReport(day.isoformat(), until.isoformat(), groups, policies, named(aged.untied))


def _lost(ledger: Ledger, day: date, until: date) -> dict[GroupKey, dict[str, tuple[str, int, int]]]:
    """By group and customer: name, cents written off, cents recovered."""
    connection, tenant = ledger.connection, ledger.tenant_id
    names = aging.account_names(connection, tenant)
    found: dict[GroupKey, dict[str, tuple[str, int, int]]] = {}
    for account, written_off, recovered in store.lost_of_open(connection, tenant, day_number(day), day_number(until)):
        company, currency, customer, name = names[account]
        found.setdefault((company, currency), {})[customer] = (name, written_off, recovered)
    return found
