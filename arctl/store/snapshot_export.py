"""Month-end evidence read back as it stands: headers, lines, credits, terms, in the order of the content. SQL only."""

import sqlite3
from collections import defaultdict

from arctl.core.evidence import CurrencyTotals, SetKey
from arctl.core.shelf import Term
from arctl.core.snapshot import Credit, Header, Line
from arctl.store.snapshot_rows import KEY

_HEADER = "JOIN aging_snapshots AS h USING (tenant_id, company_id, snapshot_date, revision, currency, customer_key)"
_ONE = "(? IS NULL OR customer_id = ?)"


def headers(connection: sqlite3.Connection, key: SetKey, customer: str | None = None) -> list[Header]:
    """A set's customers, or one of them, by currency and id."""
    rows = connection.execute(
        f"""
        SELECT currency, customer_key, customer_id, customer_name, current_cents, days_30_cents, days_60_cents, days_90_cents,
               days_90_plus_cents, unapplied_cents, estimated_bad_debt_cents, max_days_overdue, open_invoices, snapshot_hash
          FROM aging_snapshots WHERE {KEY} AND {_ONE} ORDER BY currency, customer_id
        """,
        (*key, customer, customer),
    )
    return [Header._make((*row[:4], tuple(row[4:9]), *row[9:])) for row in rows]


def lines(connection: sqlite3.Connection, key: SetKey, customer: str | None = None) -> list[Line]:
    """A set's open items. One that hangs on no header, which no set was written with, is there without a customer."""
    rows = connection.execute(
        f"""
        SELECT l.currency, coalesce(h.customer_id, '') AS customer_id, l.invoice_id, l.installment, l.tranid, l.invoice_date,
               l.due_date, l.days_overdue, l.outstanding_cents, l.disputed, l.customer_key, l.invoice_key
          FROM aging_snapshot_lines AS l LEFT {_HEADER}
         WHERE {KEY} AND {_ONE} ORDER BY 1, 2, 3, 4
        """,
        (*key, customer, customer),
    )
    return [Line._make(row) for row in rows]


def credits(connection: sqlite3.Connection, key: SetKey, customer: str | None = None) -> list[Credit]:
    """A set's credits, as `lines` gives the open items."""
    rows = connection.execute(
        f"""
        SELECT c.currency, coalesce(h.customer_id, '') AS customer_id, c.source_type, c.source_id, c.source_date, c.kind,
               c.left_cents, c.customer_key, c.source_key
          FROM aging_snapshot_credits AS c LEFT {_HEADER}
         WHERE {KEY} AND {_ONE} ORDER BY 1, 2, 3, 4
        """,
        (*key, customer, customer),
    )
    return [Credit._make(row) for row in rows]


def terms(connection: sqlite3.Connection, key: SetKey) -> list[Term]:
    """The tie-out and the reconciling items: documents first, then what they give, then the items by heading."""
    rows = connection.execute(
        f"""
        SELECT {", ".join(Term._fields)} FROM aging_snapshot_terms WHERE {KEY}
         ORDER BY currency, section DESC,
                  CASE heading WHEN 'expected_net' THEN 1 WHEN 'outstanding' THEN 2 WHEN 'unapplied' THEN 3
                               WHEN 'difference' THEN 4 ELSE 0 END, heading
        """,
        key,
    )
    return [Term(*row) for row in rows]


def event_hash(connection: sqlite3.Connection, tenant: int, seq: int) -> str:
    """The hash of an event; empty where somebody removed it."""
    row = connection.execute("SELECT hash FROM events WHERE tenant_id = ? AND seq = ?", (tenant, seq)).fetchone()
    return str(row[0]) if row else ""


def totals_by_set(
    connection: sqlite3.Connection, tenant: int, company: int | None = None
) -> dict[SetKey, list[CurrencyTotals]]:
    """The sums of every set that has a customer, by currency."""
    found = defaultdict(list)
    rows = connection.execute(
        """
        SELECT tenant_id, company_id, snapshot_date, revision, currency, count(*), sum(current_cents), sum(days_30_cents),
               sum(days_60_cents), sum(days_90_cents), sum(days_90_plus_cents), sum(total_outstanding_cents),
               sum(unapplied_cents), sum(estimated_bad_debt_cents)
          FROM aging_snapshots WHERE tenant_id = ? AND (? IS NULL OR company_id = ?)
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
        """,
        (tenant, company, company),
    )
    for row in rows:
        found[SetKey(*row[:4])].append(CurrencyTotals(*row[4:]))
    return found
