"""Who owes what as of a date: gather balances, split, total, tie out, narrow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from arctl.core import aging, translation
from arctl.core.aging import AgingReport, Group, GroupKey, Narrowing, OpenCredit, Remark, Totals
from arctl.core.buckets import FIVE, Buckets
from arctl.core.dates import day_number
from arctl.core.money import translate
from arctl.errors import UnknownId
from arctl.services.control import control_of, refuse_several
from arctl.store import aging as store
from arctl.store import books
from arctl.store.books import Company
from arctl.store.ledger import Ledger

_EXAMPLES = 20
_PARTS_OF_DOCUMENTS = ("discounts", "recoveries")


@dataclass(frozen=True, slots=True)
class AgeRequest:
    """What is asked of the aging report. `company` and `currency` narrow it to groups, None takes all there are.

    `gl_balance` is the control account's balance as the operator types it, in units of the one currency asked for.
    """

    as_of: date
    basis: str = "due-date"
    credits: str = "separate"
    buckets: Buckets = FIVE
    by: str = "customer"
    company: str | None = None
    currency: str | None = None
    customer: str | None = None
    bucket: int | None = None
    min_overdue: int | None = None
    sort: str | None = None
    limit: int | None = None
    gl_balance: str | None = None


def age(ledger: Ledger, request: AgeRequest) -> AgingReport:
    """The aging report as of the end of a day.

    Raises UnknownId for a customer the ledger does not hold, and UsageError for a control account's balance that is no
    amount or is not of one company and currency.
    """
    connection = ledger.connection
    if connection.in_transaction:
        return _age(ledger, request)
    connection.execute("BEGIN")  # one reading of the ledger: a sync that commits meanwhile changes nothing here
    try:
        return _age(ledger, request)
    finally:
        connection.rollback()


def _age(ledger: Ledger, request: AgeRequest) -> AgingReport:
    connection, tenant = ledger.connection, ledger.tenant_id
    if request.customer is not None and not store.has_customer(connection, tenant, request.customer):
        raise UnknownId(
            f"the ledger holds no customer {request.customer}", "list them with `arctl age --sort customer`"
        )
    day = day_number(request.as_of)
    names = store.account_names(connection, tenant)
    balances = store.account_balances(connection, tenant, day, request.basis, request.buckets.edges)
    left, overdrawn = store.credits_left(connection, tenant, day)
    documents = store.document_totals(connection, tenant, day)
    expected = aging.expected_nets(documents)
    rows = aging.customer_rows(names, balances, left, day, len(request.buckets.keys))
    companies = books.companies(connection, tenant)
    place = {company.name: (company.company_id, company.base_currency) for company in companies}
    keys = sorted(  # companies as they joined, each with its base currency first
        expected.keys() | rows.keys(),
        key=lambda key: (place[key[0]][0], key[1] != place[key[0]][1], key[1]),
    )
    wanted = [key for key in keys if _asked(request, key)] or [_nothing(request, companies)]
    if request.gl_balance is not None:
        refuse_several(len(wanted))
    report = AgingReport(
        request.as_of.isoformat(), request.basis, request.credits, request.buckets, (), (), names=names
    )
    troubled = overdrawn or any(balance.excess_cents for balance in balances)
    credits = (
        store.open_credits(connection, tenant, day) if troubled or request.credits == "age" or len(wanted) > 1 else []
    )
    groups = [_group(request, report, key, rows.get(key, []), expected.get(key, 0), credits, day) for key in wanted]
    failing = [" ".join(key) for key in keys if sum(row.net for row in rows.get(key, ())) != expected.get(key, 0)]
    noted = _noted(ledger, groups, balances, documents, credits, names, day)
    report = replace(report, groups=noted, failing=failing)
    if request.by == "invoice":
        report = replace(report, groups=_with_items(ledger, request, noted, names, day))
    if request.gl_balance is not None:
        report = replace(report, control=control_of(ledger, groups[0], request.as_of, request.gl_balance))
    if len(groups) == 1:
        return report
    customers = {row.customer_id for key in wanted for row in rows.get(key, ())}  # one may stand in several groups
    return _with_base(ledger, request, report, companies, credits, day, len(customers))


def _asked(request: AgeRequest, key: GroupKey) -> bool:
    return request.company in (None, key[0]) and request.currency in (None, key[1])


def _nothing(request: AgeRequest, companies: Sequence[Company]) -> GroupKey:
    """The group of a report without a single document."""
    company = next((each for each in companies if each.name == request.company), companies[0])
    return company.name, request.currency or company.base_currency


def _group(
    request: AgeRequest,
    report: AgingReport,
    key: GroupKey,
    rows: list[aging.CustomerRow],
    expected: int,
    credits: Sequence[OpenCredit],
    day: int,
) -> Group:
    """One company and currency: rows in order, totals before any narrowing."""
    width = len(request.buckets.keys)
    tie_out = aging.TieOut(expected, sum(row.net for row in rows))
    by = (
        request.sort if request.sort and request.by == "customer" else "overdue"
    )  # by invoice, --sort orders the invoices
    ordered = aging.sort_customers(rows, by)
    if request.credits == "net":
        ordered = aging.net_credits(ordered)
    elif request.credits == "age":
        aged: dict[str, list[int]] = {}
        for credit in credits:
            name = report.names[credit.account]
            if (name.company, name.currency) == key:
                cents = aged.setdefault(name.customer_id, [0] * width)
                cents[request.buckets.index(day - credit.day)] += credit.cents
        ordered = aging.age_credits(ordered, aged)
    narrowing = _narrowing(request)
    listed = narrowing.of_customers(ordered)
    return Group(
        *key,
        aging.total_of(key[1], width, ordered),
        tie_out,
        listed,
        (),
        shown=aging.total_of(key[1], width, listed) if narrowing.narrows else None,
    )


def _narrowing(request: AgeRequest) -> Narrowing:
    return Narrowing(request.customer, request.bucket, request.min_overdue, request.limit)


def _with_items(
    ledger: Ledger, request: AgeRequest, groups: Sequence[Group], names: dict[int, aging.AccountName], day: int
) -> list[Group]:
    """The groups with their open items, narrowed like the report."""
    by_key: dict[GroupKey, list[aging.ItemRow]] = {(group.company, group.currency): [] for group in groups}
    for item in store.item_rows(ledger.connection, ledger.tenant_id, day, request.basis, request.customer):
        name = names[item.account]
        listed = by_key.get((name.company, name.currency))
        if listed is not None:
            listed.append(item)
    narrowing = _narrowing(request)
    done = []
    for group in groups:
        items = aging.sort_items(by_key[group.company, group.currency], request.sort or "overdue")
        items = narrowing.of_items(items, request.buckets)
        shown = aging.item_total(group.currency, request.buckets, items, names) if narrowing.narrows else None
        done.append(replace(group, items=items, shown=shown))
    return done


def _noted(
    ledger: Ledger,
    groups: Sequence[Group],
    balances: Sequence[aging.AccountBalance],
    documents: Sequence[aging.DocumentTotal],
    credits: Sequence[OpenCredit],
    names: dict[int, aging.AccountName],
    day: int,
) -> list[Group]:
    """The groups with what their reader should look at."""
    flagged = [balance.account for balance in balances if balance.flagged]
    flags = store.flagged_items(ledger.connection, ledger.tenant_id, day, flagged) if flagged else {}
    done = []
    for group in groups:
        key = (group.company, group.currency)
        found: list[Remark] = []
        for code in ("over-applied", "paid after write-off"):
            over = [credit for credit in credits if credit.kind == code and names[credit.account][:2] == key]
            if over:
                found.append(Remark(code, len(over), sum(c.cents for c in over), tuple(c.id for c in over)))
        spent = [c for c in credits if c.cents < 0 and c.source_type != "invoice" and names[c.account][:2] == key]
        if spent:
            found.append(
                Remark(
                    "over-applied or over-refunded",
                    len(spent),
                    -sum(c.cents for c in spent),
                    tuple(c.id for c in spent),
                )
            )
        for code, flag in (("missing due date", 1), ("due before issued", 2)):
            ids = flags.get((*key, flag))
            if ids:
                found.append(Remark(code, len(ids), None, tuple(dict.fromkeys(ids))[:_EXAMPLES]))
        later = [
            total
            for total in documents
            if (total.company, total.currency) == key and total.later and total.heading not in _PARTS_OF_DOCUMENTS
        ]
        if later:
            found.append(Remark("dated after", sum(total.later for total in later), None))
        done.append(replace(group, exceptions=found))
    return done


def _with_base(
    ledger: Ledger,
    request: AgeRequest,
    report: AgingReport,
    companies: Sequence[Company],
    credits: Sequence[OpenCredit],
    day: int,
    customers: int,
) -> AgingReport:
    """The report with one total in base currency, where the groups have one and every document a rate."""
    asked = {(group.company, group.currency) for group in report.groups}
    bases = {company.base_currency for company in companies if company.name in {key[0] for key in asked}}
    if len(bases) > 1:
        return replace(report, base_reason=f"the companies keep their books in {' and '.join(sorted(bases))}")
    (base,) = bases
    items = store.rated_items(ledger.connection, ledger.tenant_id, day, request.basis)
    foreign = sorted({currency for _, currency in asked if currency != base})
    applied = store.rated_applications(ledger.connection, ledger.tenant_id, day, foreign) if foreign else iter(())
    counted = sum(group.totals.open_invoices for group in report.groups), customers
    try:
        totals = translation.translated_totals(
            base,
            request.buckets,
            report.names,
            [item for item in items if report.names[item.account][:2] in asked],
            [credit for credit in credits if report.names[credit.account][:2] in asked],
            counted,
        )
        fx = translation.realised_fx((row for row in applied if row[:2] in asked), base)
    except translation.MissingRate as missing:
        return replace(report, base_reason=str(missing))
    return replace(report, base=_spread(request, report, replace(totals, realised_fx=fx), credits, base, day))


def _spread(
    request: AgeRequest, report: AgingReport, totals: Totals, credits: Sequence[OpenCredit], base: str, day: int
) -> Totals:
    """Base totals with credits in the buckets, as the report asks."""
    if request.credits == "separate":
        return totals
    buckets = list(totals.buckets)
    if request.credits == "net":
        buckets[0] -= totals.unapplied
        return replace(totals, buckets=tuple(buckets))
    asked = {(group.company, group.currency) for group in report.groups}
    for credit in credits:
        name = report.names[credit.account]
        if name[:2] in asked:
            rate = credit.exchange_rate or "1"
            buckets[request.buckets.index(day - credit.day)] -= translate(
                credit.cents, "1" if name.currency == base else rate, name.currency, base
            )
    return replace(totals, buckets=tuple(buckets))
