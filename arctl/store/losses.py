"""Losses in the ledger: write-offs, recoveries and sales of a window, and what was written off of invoices once open.

Days are day numbers (whole days since 1970-01-01); a window is after one day up to another.
"""

import sqlite3
from collections.abc import Iterator

from arctl.core.documents import FINANCE_CHARGE_KIND, WRITE_OFF_KIND

HeadingSum = tuple[str, str, str, int, int]
"""Company, currency, heading (write_offs, recoveries, invoices, credit_memos), cents, documents."""


def losses_and_sales(connection: sqlite3.Connection, tenant: int, after: int, until: int) -> Iterator[HeadingSum]:
    """Write-offs, recoveries, invoices and credit memos that take effect in the window and count at its end.

    Finance charges are no invoices here, and a credit memo of kind write_off is a write-off.
    """
    return connection.execute(
        """
        SELECT k.name, t.currency, t.heading, sum(t.cents), count(*)
          FROM (SELECT company_id, currency, 'write_offs' AS heading, amount_cents AS cents
                  FROM ar_write_off_terms
                 WHERE tenant_id = :tenant AND from_day > :after AND from_day <= :until AND until_day > :until
                UNION ALL
                SELECT company_id, currency, 'recoveries', recovered_cents
                  FROM ar_write_off_terms
                 WHERE tenant_id = :tenant AND recovered_day > :after AND recovered_day <= :until AND until_day > :until
                UNION ALL
                SELECT company_id, currency, 'invoices', amount_cents
                  FROM erp_invoices
                 WHERE tenant_id = :tenant AND kind <> :finance_charge
                   AND counts_from > :after AND counts_from <= :until AND counts_until > :until
                UNION ALL
                SELECT company_id, currency, iif(kind = :write_off, 'write_offs', 'credit_memos'), amount_cents
                  FROM erp_sources
                 WHERE tenant_id = :tenant AND source_type = 'credit_memo'
                   AND counts_from > :after AND counts_from <= :until AND counts_until > :until) AS t
          JOIN companies AS k ON k.tenant_id = :tenant AND k.company_id = t.company_id
         GROUP BY t.company_id, t.currency, t.heading
        """,
        {
            "tenant": tenant,
            "after": after,
            "until": until,
            "finance_charge": FINANCE_CHARGE_KIND,
            "write_off": WRITE_OFF_KIND,
        },
    )


def lost_of_open(connection: sqlite3.Connection, tenant: int, day: int, until: int) -> Iterator[tuple[int, int, int]]:
    """Account, cents written off after `day` up to `until` of the invoices open at the end of `day`, and cents of it recovered.

    As it counts on `until`. A recovery of what was written off before is none of it: that was not open any more.
    """
    return connection.execute(
        """
        WITH open_invoices AS MATERIALIZED (
          SELECT DISTINCT account_id, invoice_key FROM ar_open_items
           WHERE day = :day AND tenant_id = :tenant AND raw_cents > after_cents AND cap_cents > 0)
        SELECT account_id, sum(written_off), sum(recovered)
          FROM (SELECT o.account_id, w.amount_cents AS written_off, iif(w.recovered_day <= :until, w.recovered_cents, 0) AS recovered
                  FROM ar_write_off_terms AS w
                  JOIN open_invoices AS o ON o.invoice_key = w.invoice_key
                 WHERE w.tenant_id = :tenant AND w.from_day > :day AND w.from_day <= :until AND w.until_day > :until
                UNION ALL
                SELECT o.account_id, p.amount_cents, 0
                  FROM erp_sources AS s
                  JOIN erp_applications AS p ON p.tenant_id = s.tenant_id AND p.source_key = s.source_key
                  JOIN open_invoices AS o ON o.invoice_key = p.invoice_key
                 WHERE s.tenant_id = :tenant AND s.source_type = 'credit_memo' AND s.kind = :write_off AND s.counts_from > :day
                   AND p.effective_day > :day AND p.effective_day <= :until AND p.until_day > :until)
         GROUP BY account_id
        """,
        {"tenant": tenant, "day": day, "until": until, "write_off": WRITE_OFF_KIND},
    )
