"""Filling the ar_* tables from the mirror, for the documents a sync touched or for all of a tenant's."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from arctl.core.dates import day_number
from arctl.core.terms import parse_terms
from arctl.store.landing import application_days_sql

# Names are not qualified: "as known at" runs the same statements over temporary tables of the same names.

_UNBOUNDED = 1 << 62


def relink(connection: sqlite3.Connection, tenant: int) -> None:
    """Give applications of touched documents the days between which they count now, and touch the other end of each moved one."""
    connection.execute("DROP TABLE IF EXISTS temp.relinked")
    joins = (
        "CROSS JOIN erp_sources AS a ON a.tenant_id = p.tenant_id AND a.source_key = p.source_key"
        " CROSS JOIN erp_invoices AS b ON b.tenant_id = p.tenant_id AND b.invoice_key = p.invoice_key"
        " WHERE p.tenant_id = :tenant AND p.closed = 0"
    )
    picked = f"SELECT p.source_key, p.invoice_key, p.slot, p.effective_day, p.until_day, {application_days_sql('p.applied_on', 'a', 'b')}"
    connection.execute(
        f"""
        CREATE TEMP TABLE relinked AS
        WITH linked (source_key, invoice_key, slot, was_from, was_until, effective_day, until_day) AS (
          {picked} FROM touched_invoices AS t CROSS JOIN erp_applications AS p ON p.invoice_key = t.invoice_key {joins}
          UNION
          {picked} FROM touched_sources AS t CROSS JOIN erp_applications AS p ON p.source_key = t.source_key {joins})
        SELECT * FROM linked WHERE was_from <> effective_day OR was_until <> until_day
        """,
        {"tenant": tenant},
    )
    connection.execute(
        """
        UPDATE erp_applications AS p SET effective_day = r.effective_day, until_day = r.until_day FROM temp.relinked AS r
         WHERE p.tenant_id = ? AND p.source_key = r.source_key AND p.invoice_key = r.invoice_key AND p.slot = r.slot
        """,
        (tenant,),
    )
    connection.execute("INSERT OR IGNORE INTO touched_invoices SELECT invoice_key FROM temp.relinked")
    connection.execute("INSERT OR IGNORE INTO touched_sources SELECT source_key FROM temp.relinked")


def derive(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    """Fill accounts, items, credits and day totals anew for what is touched, or for `everything` of the tenant."""
    _accounts(connection, tenant, everything)
    _missing_due(connection, tenant, everything)
    _items(connection, tenant, everything)
    _credits(connection, tenant, everything)
    day_totals(connection, tenant)


def _among(alias: str, key: str, touched: str, everything: bool) -> str:
    return "" if everything else f" AND {alias}.{key} IN (SELECT {key} FROM {touched})"


def _accounts(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    for base, key, touched in (
        ("erp_invoices", "invoice_key", "touched_invoices"),
        ("erp_sources", "source_key", "touched_sources"),
    ):
        connection.execute(
            f"""
            INSERT OR IGNORE INTO ar_accounts (tenant_id, company_id, currency, customer_key)
            SELECT DISTINCT d.tenant_id, d.company_id, d.currency, d.customer_key FROM {base} AS d
             WHERE d.tenant_id = ?{_among("d", key, touched, everything)}
             ORDER BY d.company_id, d.currency, d.customer_key
            """,
            (tenant,),
        )


def _missing_due(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    """Due dates that the ERP left out, by the customer's terms; the reading of terms is core's."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS missing_due (invoice_key INTEGER PRIMARY KEY, due_day INTEGER NOT NULL)")
    connection.execute("DELETE FROM temp.missing_due")
    rows = connection.execute(
        f"""
        SELECT i.invoice_key, i.invoice_date, c.terms FROM erp_invoices AS i
          JOIN erp_customers AS c ON c.tenant_id = i.tenant_id AND c.customer_key = i.customer_key
         WHERE i.tenant_id = ? AND i.due_date IS NULL{_among("i", "invoice_key", "touched_invoices", everything)}
        """,
        (tenant,),
    )
    connection.executemany("INSERT INTO temp.missing_due VALUES (?, ?)", _due_days(rows))


def _due_days(rows: Iterator[tuple[int, str, str | None]]) -> Iterator[tuple[int, int]]:
    for key, invoice_date, text in rows:
        issued, terms = date.fromisoformat(invoice_date), parse_terms(text)
        yield key, day_number(terms.due(issued) if terms else issued)


def _timelines(movements: str, key: str, first: str, only: str) -> str:
    """SQL for one row per document: first day, balance from it on, next and last day it moves, balance from the last day on.

    Days on which movements cancel out are none. `first` names a query of (key, first day).
    """
    return f"""
      SELECT m.{key}, f.first_day,
             coalesce(sum(m.cents) FILTER (WHERE m.day = f.first_day), 0) AS opening_cents,
             coalesce(min(m.day) FILTER (WHERE m.day > f.first_day), 100000) AS next_day,
             max(m.day) AS last_day, sum(m.cents) AS final_cents
        FROM (SELECT {key}, day, sum(cents) AS cents FROM {movements} WHERE tenant_id = :tenant{only}
               GROUP BY {key}, day HAVING sum(cents) <> 0) AS m
        JOIN ({first}) AS f ON f.{key} = m.{key}
       GROUP BY m.{key}"""


def _items(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    if not everything:
        connection.execute("DELETE FROM ar_items WHERE invoice_key IN (SELECT invoice_key FROM touched_invoices)")
    only = "" if everything else " AND invoice_key IN (SELECT invoice_key FROM touched_invoices)"
    timelines = _timelines(
        "ar_invoice_movements",
        "invoice_key",
        "SELECT invoice_key, counts_from AS first_day FROM erp_invoices WHERE tenant_id = :tenant",
        only,
    )
    connection.execute(
        f"""
        INSERT INTO ar_items (account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents,
                              next_day, last_day, final_cents, cap_cents, after_cents, flags)
        WITH shares AS (
          SELECT invoice_key, installment, unixepoch(due_date) / 86400 AS due_day, amount_cents,
                 row_number() OVER later = 1 AS eaten_last, row_number() OVER earlier = 1 AS eaten_first,
                 coalesce(sum(amount_cents) OVER (later ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS after_cents
            FROM erp_installments WHERE tenant_id = :tenant AND closed = 0
          WINDOW later AS (PARTITION BY invoice_key ORDER BY due_date DESC, installment DESC),
                 earlier AS (PARTITION BY invoice_key ORDER BY due_date, installment))
        SELECT a.account_id, iif(t.final_cents = 0, t.last_day, 100000), i.invoice_key, coalesce(s.installment, 0),
               unixepoch(i.invoice_date) / 86400, coalesce(s.due_day, unixepoch(i.due_date) / 86400, d.due_day),
               t.first_day, t.opening_cents, t.next_day, t.last_day, t.final_cents,
               iif(coalesce(s.eaten_first, 1), {_UNBOUNDED}, s.amount_cents), coalesce(s.after_cents, 0),
               (s.due_day IS NULL AND i.due_date IS NULL)
                 + 2 * (coalesce(s.due_day, unixepoch(i.due_date) / 86400, 100000) < unixepoch(i.invoice_date) / 86400)
                 + 4 * (i.disputed = 'T') + 8 * coalesce(s.eaten_last, 1)
          FROM ({timelines}) AS t
          CROSS JOIN erp_invoices AS i ON i.tenant_id = :tenant AND i.invoice_key = t.invoice_key
          CROSS JOIN ar_accounts AS a ON a.tenant_id = :tenant AND a.company_id = i.company_id AND a.currency = i.currency
                 AND a.customer_key = i.customer_key
          LEFT JOIN shares AS s ON s.invoice_key = i.invoice_key
          LEFT JOIN missing_due AS d ON d.invoice_key = i.invoice_key
        """,
        {"tenant": tenant},
    )


def _credits(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    if not everything:
        connection.execute("DELETE FROM ar_credits WHERE source_key IN (SELECT source_key FROM touched_sources)")
    only = "" if everything else " AND source_key IN (SELECT source_key FROM touched_sources)"
    # A refund counts by its own status and date, even before its payment's or without it: it may be the first movement.
    first = """
      SELECT s.source_key, min(iif(s.counts_from < s.counts_until, s.counts_from, 100000), coalesce(r.day, 100000)) AS first_day
        FROM erp_sources AS s
        LEFT JOIN (SELECT source_key, min(counts_from) AS day FROM erp_refunds
                    WHERE tenant_id = :tenant AND counts_from < counts_until GROUP BY source_key) AS r
               ON r.source_key = s.source_key
       WHERE s.tenant_id = :tenant"""
    connection.execute(
        f"""
        INSERT INTO ar_credits (account_id, settled_day, source_key, source_day, opens_day, opening_cents, next_day, last_day,
                                final_cents)
        SELECT a.account_id, iif(t.final_cents = 0, t.last_day, 100000), s.source_key, unixepoch(s.source_date) / 86400,
               t.first_day, t.opening_cents, t.next_day, t.last_day, t.final_cents
          FROM ({_timelines("ar_source_movements", "source_key", first, only)}) AS t
          CROSS JOIN erp_sources AS s ON s.tenant_id = :tenant AND s.source_key = t.source_key
          CROSS JOIN ar_accounts AS a ON a.tenant_id = :tenant AND a.company_id = s.company_id AND a.currency = s.currency
                 AND a.customer_key = s.customer_key
        """,
        {"tenant": tenant},
    )


def day_totals(connection: sqlite3.Connection, tenant: int) -> None:
    """Sum the documents by heading and day: the right side of the tie-out, which reads no balance."""
    connection.execute("DELETE FROM ar_day_totals WHERE tenant_id = ?", (tenant,))
    connection.execute(
        """
        INSERT INTO ar_day_totals (tenant_id, company_id, currency, heading, day, started_cents, stopped_cents, started, stopped)
        SELECT tenant_id, company_id, currency, heading, day, sum(started), sum(stopped), sum(started_count), sum(stopped_count)
          FROM (SELECT tenant_id, company_id, currency, heading, from_day AS day, sum(cents) AS started, 0 AS stopped,
                       count(*) AS started_count, 0 AS stopped_count
                  FROM ar_document_terms WHERE tenant_id = :tenant GROUP BY company_id, currency, heading, from_day
                UNION ALL
                SELECT tenant_id, company_id, currency, heading, until_day, 0, sum(cents), 0, count(*)
                  FROM ar_document_terms WHERE tenant_id = :tenant AND until_day < 100000
                 GROUP BY company_id, currency, heading, until_day)
         GROUP BY company_id, currency, heading, day
        """,
        {"tenant": tenant},
    )
