"""The day's figures are those of the aging report, of every ledger; the last run of a day has the word."""

from datetime import date, timedelta

from hypothesis import given, settings

from arctl.core.documents import Receivables
from arctl.services.age import AgeRequest, age
from arctl.services.books import companies_of
from arctl.services.summary import write_summary
from tests.aging.books import books_of
from tests.ledgers import asked_ledgers
from tests.workflows.scene import AT, DAY, Scene, contract

COLUMNS = (
    "current_cents, days_30_cents, days_60_cents, days_90_cents, days_90_plus_cents, total_outstanding_cents, unapplied_cents,"
    " open_invoices, customers"
)


@given(asked=asked_ledgers())
@settings(max_examples=25, deadline=None)
def test_the_summary_is_the_aging_of_the_day(asked: tuple[Receivables, date]) -> None:
    receivables, day = asked
    with books_of(receivables) as books:
        for company in companies_of(books.ledger, None):
            with books.ledger.transaction():
                write_summary(books.ledger, company, day, None, AT)
            written = books.rows(
                f"SELECT currency, {COLUMNS} FROM ar_aging_summary WHERE company_id = ? ORDER BY currency",
                company.company_id,
            )
            groups = age(books.ledger, AgeRequest(day, company=company.name)).groups
            assert written == sorted(
                (
                    each.currency, *each.totals.buckets, each.totals.outstanding, each.totals.unapplied,
                    each.totals.open_invoices, each.totals.customers,
                )
                for each in groups
            )  # fmt: skip


def test_a_later_run_of_the_day_replaces_the_figures_another_day_stands_beside(stage: Scene) -> None:
    made = contract("- {step: x, kind: summary, table: ar_aging_summary}")
    stage.run(made)
    stage.run(made, on=DAY - timedelta(days=1))
    stage.run(made)

    assert stage.rows("SELECT summary_date, run_id FROM ar_aging_summary ORDER BY summary_date") == [
        ("2026-06-29", 2), ("2026-06-30", 3),
    ]  # fmt: skip
