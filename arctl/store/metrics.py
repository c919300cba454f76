"""What metrics ask of the documents and of two agings: sales by day, write-offs of a window, buckets that rolled on.

Days are day numbers (whole days since 1970-01-01). Companies come by name.
"""

import sqlite3
from collections.abc import Iterator, Sequence

from arctl.core.documents import FINANCE_CHARGE_KIND, WRITE_OFF_KIND
from arctl.store.aging import OPEN

DaySales = tuple[str, str, int, int]
"""Company, currency, day, cents."""


def sales_by_day(connection: sqlite3.Connection, tenant: int, day: int) -> Iterator[DaySales]:
    """Credit sales up to a day: invoices less credit memos that count as of it, each on its own date, without finance
    charges and write-offs.

    The day totals hold every invoice and credit memo under the day it started to count; what must not be in (finance
    charges, documents voided since) is little, and is taken back. Adding up a million invoices takes ten times as long.
    """
    return connection.execute(
        """
        SELECT k.name, s.currency, s.day, sum(s.cents)
          FROM (SELECT company_id, currency, day, iif(heading = 'invoices', started_cents, -started_cents) AS cents
                  FROM ar_day_totals WHERE tenant_id = :tenant AND heading IN ('invoices', 'credits') AND day <= :day
                UNION ALL
                SELECT company_id, currency, counts_from, -amount_cents
                  FROM erp_invoices
                 WHERE tenant_id = :tenant AND (kind = :finance_charge OR voided_on IS NOT NULL)
                   AND counts_from <= :day AND counts_from < counts_until
                   AND (kind = :finance_charge OR counts_until <= :day)
                UNION ALL
                SELECT company_id, currency, counts_from, amount_cents
                  FROM erp_sources
                 WHERE tenant_id = :tenant AND source_type = 'credit_memo' AND voided_on IS NOT NULL
                   AND kind <> :write_off AND counts_from < counts_until AND counts_until <= :day) AS s
          JOIN companies AS k ON k.tenant_id = :tenant AND k.company_id = s.company_id
         GROUP BY s.company_id, s.currency, s.day
        """,
        {"tenant": tenant, "day": day, "finance_charge": FINANCE_CHARGE_KIND, "write_off": WRITE_OFF_KIND},
    )


def write_offs_between(
    connection: sqlite3.Connection, tenant: int, after: int, until: int
) -> Iterator[tuple[str, str, int, int]]:
    """Company, currency, cents written off and cents recovered after one day up to another, as they count on the later.

    A credit memo of kind write_off is a write-off.
    """
    return connection.execute(
        """
        SELECT k.name, w.currency, sum(w.written_off), sum(w.recovered)
          FROM (SELECT company_id, currency, iif(from_day > :after, amount_cents, 0) AS written_off,
                       iif(recovered_day > :after AND recovered_day <= :until, recovered_cents, 0) AS recovered
                  FROM ar_write_off_terms WHERE tenant_id = :tenant AND from_day <= :until AND until_day > :until
                UNION ALL
                SELECT company_id, currency, amount_cents, 0
                  FROM erp_sources
                 WHERE tenant_id = :tenant AND source_type = 'credit_memo' AND kind = :write_off
                   AND counts_from > :after AND counts_from <= :until AND counts_until > :until) AS w
          JOIN companies AS k ON k.tenant_id = :tenant AND k.company_id = w.company_id
         GROUP BY w.company_id, w.currency
        """,
        {"tenant": tenant, "after": after, "until": until, "write_off": WRITE_OFF_KIND},
    )


def rolled_between(
    connection: sqlite3.Connection, tenant: int, first: int, second: int, edges: Sequence[int]
) -> Iterator[tuple[str, str, int, int, int]]:
    """Company, currency, bucket on the first day, bucket on the second, and the cents open on both days.

    Buckets are positions between the edges (days overdue, rising). The same cents as the movement matrix of a
    roll-forward, summed where they are: a million-invoice ledger has a hundred thousand open items at each end.
    """
    opening, closing = (" + ".join(f"({day} - o.due_day > {edge})" for edge in edges) for day in (":first", ":second"))
    still_open = OPEN.replace("o.", "n.")
    return connection.execute(
        f"""
        SELECT k.name, a.currency, o.was, o.now, sum(min(o.opening, o.closing))
          FROM (SELECT o.account_id, {opening} AS was, {closing} AS now, {OPEN} AS opening, {still_open} AS closing
                  FROM ar_open_items AS o
                  CROSS JOIN ar_open_items AS n ON n.day = :second AND n.tenant_id = :tenant AND n.account_id = o.account_id
                   AND n.invoice_key = o.invoice_key AND n.installment = o.installment
                 WHERE o.day = :first AND o.tenant_id = :tenant LIMIT -1) AS o
          JOIN ar_accounts AS a ON a.account_id = o.account_id
          JOIN companies AS k ON k.tenant_id = a.tenant_id AND k.company_id = a.company_id
         GROUP BY a.company_id, a.currency, o.was, o.now
        """,
        {"tenant": tenant, "first": first, "second": second},
    )
