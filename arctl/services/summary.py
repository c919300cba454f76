"""The day's receivables, written down for trends: by company and currency, from the one aging there is."""

from datetime import date

from arctl.services.age import AgeRequest, age
from arctl.store import run_writes
from arctl.store.books import Company
from arctl.store.ledger import Ledger


def write_summary(ledger: Ledger, company: Company, day: date, run_id: int | None, at: str) -> int:
    """Write a company's rows of ar_aging_summary for a day, in place of earlier ones, in the caller's transaction.

    `at` is UTC. How many currencies there are. A company without a single document has a row of zeros.
    """
    report = age(ledger, AgeRequest(as_of=day, company=company.name))
    rows = [
        (
            each.currency,
            (
                *each.totals.buckets,
                each.totals.outstanding,
                each.totals.unapplied,
                each.totals.open_invoices,
                each.totals.customers,
            ),
        )
        for each in report.groups
    ]
    return run_writes.summary(
        ledger.connection, ledger.tenant_id, company.company_id, day.isoformat(), rows, run_id, at
    )
