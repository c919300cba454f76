"""Sets of month-end evidence: which there are, what they say of themselves, and what one says that the one before did not."""

import sqlite3

from arctl.core.evidence import ChangedLine, CurrencyTotals, SetKey, SetRow
from arctl.store.snapshot_rows import KEY

_COLUMNS = ", ".join("k.name" if name == "company" else f"s.{name}" for name in SetRow._fields)
_SETS = f"""
    SELECT {_COLUMNS} FROM aging_snapshot_sets AS s
      JOIN companies AS k ON k.tenant_id = s.tenant_id AND k.company_id = s.company_id
     WHERE s.tenant_id = ?"""


def sets(connection: sqlite3.Connection, tenant: int, company: int | None = None) -> list[SetRow]:
    """Every set of a company, or of all, by day, company and revision."""
    rows = connection.execute(
        f"{_SETS} AND (? IS NULL OR s.company_id = ?) ORDER BY s.snapshot_date, s.company_id, s.revision",
        (tenant, company, company),
    )
    return [SetRow(*row) for row in rows]


def find_set(
    connection: sqlite3.Connection, tenant: int, company: int, day: str, revision: int | None = None
) -> SetRow | None:
    """The set of a day (ISO): of that revision, or the highest. None where there is none."""
    row = connection.execute(
        f"{_SETS} AND s.company_id = ? AND s.snapshot_date = ? AND (? IS NULL OR s.revision = ?)"
        " ORDER BY s.revision DESC LIMIT 1",
        (tenant, company, day, revision, revision),
    ).fetchone()
    return None if row is None else SetRow(*row)


def next_revision(connection: sqlite3.Connection, tenant: int, company: int, day: str) -> int:
    """The number the day's next set takes; that of a purged one is not given again."""
    one_day = "WHERE tenant_id = :tenant AND company_id = :company AND snapshot_date = :day"
    (found,) = connection.execute(
        f"""
        SELECT 1 + coalesce(max(revision), 0) FROM (SELECT revision FROM aging_snapshot_sets {one_day}
                                                    UNION ALL SELECT revision FROM aging_snapshot_purges {one_day})
        """,
        {"tenant": tenant, "company": company, "day": day},
    ).fetchone()
    return int(found)


def totals(connection: sqlite3.Connection, key: SetKey) -> list[CurrencyTotals]:
    """The sums of a set's headers, by currency."""
    rows = connection.execute(
        f"""
        SELECT currency, count(*), sum(current_cents), sum(days_30_cents), sum(days_60_cents), sum(days_90_cents),
               sum(days_90_plus_cents), sum(total_outstanding_cents), sum(unapplied_cents), sum(estimated_bad_debt_cents)
          FROM aging_snapshots WHERE {KEY} GROUP BY currency ORDER BY currency
        """,
        key,
    )
    return [CurrencyTotals(*row) for row in rows]


_HEADER = "JOIN aging_snapshots AS h USING (tenant_id, company_id, snapshot_date, revision, currency, customer_key)"
_LINES = f"""
    SELECT l.currency, h.customer_id, 'invoice ' || l.invoice_id AS document, l.installment, l.bucket, l.outstanding_cents AS cents
      FROM aging_snapshot_lines AS l {_HEADER}
     WHERE {KEY}
    UNION ALL
    SELECT c.currency, h.customer_id, iif(c.source_type = 'invoice', 'excess of invoice ', replace(c.source_type, '_', ' ') || ' ')
           || c.source_id, 0, 'unapplied', -c.left_cents
      FROM aging_snapshot_credits AS c {_HEADER}
     WHERE {KEY}"""


def changed_lines(connection: sqlite3.Connection, before: SetKey, after: SetKey) -> list[ChangedLine]:
    """Items and credits by which two sets differ, credits below zero."""
    rows = connection.execute(
        f"""
        SELECT currency, customer_id, document, installment, max(old_bucket) AS before_bucket, max(new_bucket) AS after_bucket,
               sum(old_cents) AS before_cents, sum(new_cents) AS after_cents
          FROM (SELECT currency, customer_id, document, installment, bucket AS old_bucket, NULL AS new_bucket,
                       cents AS old_cents, 0 AS new_cents FROM ({_LINES})
                UNION ALL
                SELECT currency, customer_id, document, installment, NULL, bucket, 0, cents FROM ({_LINES}))
         GROUP BY currency, customer_id, document, installment
        HAVING before_cents <> after_cents OR before_bucket IS NOT after_bucket
         ORDER BY currency, customer_id, document, installment
        """,
        (*before, *before, *after, *after),
    )
    return [ChangedLine(*row) for row in rows]
