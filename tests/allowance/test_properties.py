"""What holds of every ledger: losses and sales as the pure definition has them, the allowance as the sum of its customers."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from hypothesis import given, settings

from arctl.core.allowance import Base, expected_loss
from arctl.core.balance import CustomerKey, counts, open_items, tie_out, unapplied_by_customer
from arctl.core.buckets import FIVE
from arctl.core.dates import day_number
from arctl.core.documents import FINANCE_CHARGE_KIND, Receivables
from arctl.services.allowance_estimate import estimate
from arctl.services.allowance_history import lookback
from arctl.services.allowance_rollforward import RollRequest, rollforward
from arctl.store.losses import losses_and_sales
from tests.aging.books import Books, books_of
from tests.allowance.books import AGING, approved
from tests.ledgers import asked_ledgers

BEGIN = date(2023, 1, 1)
NET = replace(AGING, base=Base.NET)


Key = tuple[str, str]


@settings(max_examples=25, deadline=None)
@given(asked_ledgers())
def test_the_figures_are_those_of_the_documents(asked: tuple[Receivables, date]) -> None:
    receivables, day = asked
    with books_of(receivables) as books:
        for (company,) in books.rows("SELECT name FROM companies"):
            approved(books.ledger, BEGIN, NET, company=company)
        _losses_and_sales_are_terms_of_the_tie_out(books, receivables, day)
        _the_allowance_is_what_the_pure_balance_asks_for(books, receivables, _wanted(receivables, day), day)


def _losses_and_sales_are_terms_of_the_tie_out(books: Books, receivables: Receivables, day: date) -> None:
    """Over all time up to the day."""
    found: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    sums = losses_and_sales(books.ledger.connection, 1, day_number(BEGIN), day_number(day))
    for company, currency, heading, cents, _ in sums:
        found[company, currency][heading] += cents
    charges: dict[Key, int] = defaultdict(int)
    for invoice in receivables.invoices:
        charged = invoice.kind == FINANCE_CHARGE_KIND
        if charged and counts(invoice.status, invoice.invoice_date, invoice.voided_on, day):
            charges[invoice.company, invoice.currency] += invoice.amount
    for key, tied in tie_out(receivables, day).items():
        assert found[key]["write_offs"] == tied.terms["write_offs"]
        assert found[key]["recoveries"] == tied.terms["recoveries"]
        assert found[key]["credit_memos"] == tied.terms["credits"]
        assert found[key]["invoices"] == tied.terms["invoices"] - charges[key]


def _wanted(receivables: Receivables, day: date) -> dict[Key, int]:
    """The allowance of each group by the pure definition of the balance."""
    split: dict[CustomerKey, list[int]] = defaultdict(lambda: [0] * 5)
    for item in open_items(receivables, day):
        split[item.company, item.currency, item.customer_id][FIVE.index(item.days_overdue(day))] += item.outstanding
    credit = unapplied_by_customer(receivables, day)
    wanted: dict[Key, int] = defaultdict(int)
    for customer, buckets in split.items():
        wanted[customer[0], customer[1]] += expected_loss(NET, buckets, credit.get(customer, 0))
    return wanted


def _the_allowance_is_what_the_pure_balance_asks_for(
    books: Books, receivables: Receivables, wanted: dict[Key, int], day: date
) -> None:
    # a write-off that came as a credit memo can be taken off its invoice again, by an application below zero
    taken_back = any(each.amount < 0 for each in receivables.applications)
    report = estimate(books.ledger, day)
    assert not report.untied
    for each in report.estimates:
        assert each.estimated == sum(row.estimated for row in each.customers) == wanted[each.company, each.currency]
        assert 0 <= each.estimated <= each.outstanding
    # from before everything, the opening is nothing, and the identity holds
    for roll in rollforward(books.ledger, RollRequest(BEGIN, day)).rolls:
        assert roll.opening == 0
        assert roll.provision == roll.closing + roll.write_offs - roll.recoveries
        assert roll.closing == wanted[roll.company, roll.currency]
    for hindsight in lookback(books.ledger, day, date(2026, 1, 1)).groups:
        assert hindsight.total.allowance == wanted[hindsight.company, hindsight.currency]
        assert all(row.recovered >= 0 for row in hindsight.customers)
        assert taken_back or all(row.recovered <= row.written_off for row in hindsight.customers)
