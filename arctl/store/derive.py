"""Filling the ar_* tables from the mirror, for the documents a sync touched or for all of a tenant's."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from arctl.core.dates import day_number
from arctl.core.terms import parse_terms
from arctl.store import day_totals
from arctl.store.landing import application_days_sql

# Names are not qualified: "as known at" runs the same statements over temporary tables of the same names.

_UNBOUNDED = 1 << 62


def relink(connection: sqlite3.Connection, tenant: int) -> None:
    """Give applications of touched documents the days between which they count now, and touch the other end of each moved one."""
    # The index is named: unmeasured, a tenant's key seems as telling as an invoice's, and every application would be read.
    connection.execute("DROP TABLE IF EXISTS temp.relinked")
    joins = (
        "CROSS JOIN erp_sources AS a ON a.tenant_id = p.tenant_id AND a.source_key = p.source_key"
        " CROSS JOIN erp_invoices AS b ON b.tenant_id = p.tenant_id AND b.invoice_key = p.invoice_key"
        " WHERE p.tenant_id = :tenant AND p.closed = 0"
    )
    days = application_days_sql("p.applied_on", "a", "b")
    picked = f"SELECT p.source_key, p.invoice_key, p.slot, p.effective_day, p.until_day, {days}"
    connection.execute(
        f"""
        CREATE TEMP TABLE relinked AS
        WITH linked (source_key, invoice_key, slot, was_from, was_until, effective_day, until_day) AS (
          {picked} FROM touched_invoices AS t
            CROSS JOIN erp_applications AS p INDEXED BY erp_applications_by_invoice ON p.invoice_key = t.invoice_key {joins}
          UNION
          {picked} FROM touched_sources AS t CROSS JOIN erp_applications AS p ON p.source_key = t.source_key {joins})
        SELECT * FROM linked WHERE was_from <> effective_day OR was_until <> until_day
        """,
        {"tenant": tenant},
    )
    connection.execute("INSERT OR IGNORE INTO touched_invoices SELECT invoice_key FROM temp.relinked")
    connection.execute("INSERT OR IGNORE INTO touched_sources SELECT source_key FROM temp.relinked")
    day_totals.take_back(connection, tenant)
    connection.execute(
        """
        UPDATE erp_applications AS p SET effective_day = r.effective_day, until_day = r.until_day FROM temp.relinked AS r
         WHERE p.tenant_id = ? AND p.source_key = r.source_key AND p.invoice_key = r.invoice_key AND p.slot = r.slot
        """,
        (tenant,),
    )


def derive(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    """Fill accounts, items and credits anew for what is touched, or for `everything` of the tenant; the day totals likewise."""
    among_invoices, among_sources = (
        ("unsteady_invoices", "unsteady_sources") if everything else ("touched_invoices", "touched_sources")
    )
    _accounts(connection, tenant, everything)
    _missing_due(connection, tenant, everything)
    _shares(connection, tenant, everything)
    if everything:
        _find_unsteady(connection, tenant)
        _items(connection, tenant, _steady_timelines("invoice_key"))
        _credits(connection, tenant, _steady_timelines("source_key"))
    else:
        connection.execute("DELETE FROM ar_items WHERE invoice_key IN (SELECT invoice_key FROM touched_invoices)")
        connection.execute("DELETE FROM ar_credits WHERE source_key IN (SELECT source_key FROM touched_sources)")
    _items(connection, tenant, _timelines(connection, tenant, "ar_invoice_movements", "invoice_key", among_invoices))
    _credits(connection, tenant, _timelines(connection, tenant, "ar_source_movements", "source_key", among_sources))
    _horizon(connection, tenant, everything)
    if everything:
        day_totals.fill(connection, tenant)
    else:
        day_totals.settle(connection, tenant)


def _among(alias: str, key: str, touched: str, everything: bool) -> str:
    return "" if everything else f" AND {alias}.{key} IN (SELECT {key} FROM {touched})"


def _accounts(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    for base, key, touched in (
        ("erp_invoices", "invoice_key", "touched_invoices"),
        ("erp_sources", "source_key", "touched_sources"),
    ):
        connection.execute(
            f"""
            INSERT OR IGNORE INTO ar_accounts (customer_key, currency, company_id, tenant_id)
            SELECT DISTINCT d.customer_key, d.currency, d.company_id, d.tenant_id FROM {base} AS d
             WHERE d.tenant_id = ?{_among("d", key, touched, everything)}
             ORDER BY d.company_id, d.currency, d.customer_key
            """,
            (tenant,),
        )


def _missing_due(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    """Due dates that the ERP left out, by the customer's terms; the reading of terms is core's."""
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS missing_due (invoice_key INTEGER PRIMARY KEY, due_day INTEGER NOT NULL)"
    )
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


def _timelines(connection: sqlite3.Connection, tenant: int, movements: str, key: str, among: str) -> str:
    """SQL for one row per document of `among`: first day, balance from it on, next and last day it moves, last balance.

    Days on which movements cancel out are none. This holds for every document; the movements are laid out first, because
    only a plain selection from a view of many parts looks up the documents asked for in each part.
    """
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS moved (document INTEGER, day INTEGER, cents INTEGER)")
    connection.execute("DELETE FROM temp.moved")
    connection.execute(
        f"INSERT INTO temp.moved SELECT {key}, day, cents FROM {movements}"
        f" WHERE tenant_id = ? AND {key} IN (SELECT {key} FROM {among})",
        (tenant,),
    )
    return f"""
      SELECT m.document AS {key}, f.first_day,
             coalesce(sum(m.cents) FILTER (WHERE m.day = f.first_day), 0) AS opening_cents,
             coalesce(min(m.day) FILTER (WHERE m.day > f.first_day), 100000) AS next_day,
             max(m.day) AS last_day, sum(m.cents) AS final_cents, NULL AS middle_cents
        FROM (SELECT document, day, sum(cents) AS cents FROM temp.moved GROUP BY document, day HAVING sum(cents) <> 0) AS m
        JOIN ({_FIRST_DAYS[key]}) AS f ON f.{key} = m.document
       GROUP BY m.document"""


# A refund counts by its own status and date, even before its payment's or without it: it may be the first movement.
_FIRST_DAYS = {
    "invoice_key": "SELECT invoice_key, counts_from AS first_day FROM erp_invoices WHERE tenant_id = :tenant",
    "source_key": """
      SELECT s.source_key, min(iif(s.counts_from < s.counts_until, s.counts_from, 100000),
                               coalesce((SELECT min(r.counts_from) FROM erp_refunds AS r
                                          WHERE r.tenant_id = s.tenant_id AND r.source_key = s.source_key
                                            AND r.counts_from < r.counts_until), 100000)) AS first_day
        FROM erp_sources AS s WHERE s.tenant_id = :tenant""",
}


def _find_unsteady(connection: sqlite3.Connection, tenant: int) -> None:
    """List the documents whose balance does more than begin once and be eaten by applications that stay."""
    for key, base, others, cents in (
        ("invoice_key", "erp_invoices", "erp_write_offs", "amount_cents + discount_cents"),
        ("source_key", "erp_sources", "erp_refunds", "amount_cents"),
    ):
        name = f"unsteady_{base.removeprefix('erp_')}"
        connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({key} INTEGER PRIMARY KEY)")
        connection.execute(f"DELETE FROM temp.{name}")
        connection.execute(
            f"""
            INSERT INTO temp.{name}
            SELECT {key} FROM {others} WHERE tenant_id = :tenant
            UNION
            SELECT {key} FROM {base} WHERE tenant_id = :tenant AND counts_until < 100000
            UNION
            SELECT {key} FROM erp_applications
             WHERE tenant_id = :tenant AND effective_day < 100000 AND (until_day < 100000 OR {cents} < 0)
            """,
            {"tenant": tenant},
        )


def _steady_timelines(key: str) -> str:
    """SQL for what _timelines tells, of all documents that are not unsteady, in the order of their keys and without a sort."""
    base, cents = {
        "invoice_key": ("erp_invoices", "p.amount_cents + p.discount_cents"),
        "source_key": ("erp_sources", "p.amount_cents"),
    }[key]
    own = f"FROM erp_applications AS p WHERE p.tenant_id = :tenant AND p.{key} = d.{key} AND p.effective_day"
    begun = f"(SELECT sum({cents}) {own} = d.first_day)"
    later = f"(SELECT min(p.effective_day) {own} BETWEEN d.first_day + 1 AND 99999 AND {cents} <> 0)"
    return f"""
      SELECT * FROM (
        SELECT d.{key}, d.first_day,
               d.amount_cents - CASE WHEN d.earliest > d.first_day THEN 0 WHEN d.latest = d.first_day THEN d.applied ELSE {begun} END
                 AS opening_cents,
               CASE WHEN d.earliest > d.first_day THEN d.earliest WHEN d.latest = d.first_day THEN 100000 ELSE {later} END
                 AS next_day,
               max(d.first_day, d.latest) AS last_day, d.amount_cents - d.applied AS final_cents,
               CASE WHEN d.applications = 2 AND d.first_day < d.earliest AND d.earliest < d.latest
                    THEN d.amount_cents - (SELECT sum({cents}) {own} = d.earliest) END AS middle_cents
          FROM (SELECT i.{key}, i.counts_from AS first_day, i.amount_cents, coalesce(sum({cents}), 0) AS applied,
                       coalesce(min(p.effective_day), 100000) AS earliest, coalesce(max(p.effective_day), 0) AS latest,
                       count(p.effective_day) AS applications
                  FROM {base} AS i
                  LEFT JOIN erp_applications AS p
                    ON p.tenant_id = i.tenant_id AND p.{key} = i.{key} AND p.effective_day < 100000 AND {cents} <> 0
                 WHERE i.tenant_id = :tenant AND i.counts_from < 100000
                   AND i.{key} NOT IN (SELECT {key} FROM temp.unsteady_{base.removeprefix("erp_")})
                 GROUP BY i.tenant_id, i.{key}) AS d)
       WHERE opening_cents <> 0 OR next_day < 100000"""


def _shares(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    """Lay out the instalments with their place in the order in which they are eaten, keyed: a subquery would be scanned."""
    connection.execute("DROP TABLE IF EXISTS temp.shares")
    connection.execute(
        "CREATE TEMP TABLE shares (invoice_key INTEGER, installment INTEGER, due_day INTEGER, amount_cents INTEGER,"
        " eaten_last INTEGER, eaten_first INTEGER, after_cents INTEGER, PRIMARY KEY (invoice_key, installment)) WITHOUT ROWID"
    )
    connection.execute(
        f"""
        INSERT INTO temp.shares
        SELECT p.invoice_key, p.installment, unixepoch(p.due_date) / 86400, p.amount_cents,
               row_number() OVER later = 1, row_number() OVER earlier = 1,
               coalesce(sum(p.amount_cents) OVER (later ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
          FROM erp_installments AS p
         WHERE p.tenant_id = ? AND p.closed = 0{_among("p", "invoice_key", "touched_invoices", everything)}
        WINDOW later AS (PARTITION BY p.invoice_key ORDER BY p.due_date DESC, p.installment DESC),
               earlier AS (PARTITION BY p.invoice_key ORDER BY p.due_date, p.installment)
        """,
        (tenant,),
    )


def _items(connection: sqlite3.Connection, tenant: int, timelines: str) -> None:
    connection.execute(
        f"""
        INSERT INTO ar_items (account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents,
                              next_day, last_day, final_cents, middle_cents, cap_cents, after_cents, flags)
        SELECT a.account_id, iif(t.final_cents = 0, t.last_day, 100000), i.invoice_key, coalesce(s.installment, 0),
               unixepoch(i.invoice_date) / 86400, coalesce(s.due_day, unixepoch(i.due_date) / 86400, d.due_day),
               t.first_day, t.opening_cents, t.next_day, t.last_day, t.final_cents, t.middle_cents,
               iif(coalesce(s.eaten_first, 1), {_UNBOUNDED}, s.amount_cents), coalesce(s.after_cents, 0),
               (s.due_day IS NULL AND i.due_date IS NULL)
                 + 2 * (coalesce(s.due_day, unixepoch(i.due_date) / 86400, 100000) < unixepoch(i.invoice_date) / 86400)
                 + 4 * (i.disputed = 'T') + 8 * coalesce(s.eaten_last, 1)
          FROM ({timelines}) AS t
          CROSS JOIN erp_invoices AS i ON i.tenant_id = :tenant AND i.invoice_key = t.invoice_key
          CROSS JOIN ar_accounts AS a ON a.tenant_id = :tenant AND a.company_id = i.company_id AND a.currency = i.currency
                 AND a.customer_key = i.customer_key
          LEFT JOIN temp.shares AS s ON s.invoice_key = i.invoice_key
          LEFT JOIN missing_due AS d ON d.invoice_key = i.invoice_key
        """,
        {"tenant": tenant},
    )


def _horizon(connection: sqlite3.Connection, tenant: int, everything: bool) -> None:
    """Move the horizon out to what is touched; it never comes back by itself, which costs a little reading and no truth."""
    touched = "" if everything else "JOIN touched_invoices AS t ON t.invoice_key = i.invoice_key"
    connection.execute(
        f"""
        INSERT INTO ar_horizon (tenant_id, day)
        SELECT :tenant, coalesce(max(iif(i.final_cents < 0 OR (i.final_cents > 0 AND i.installment > 0), 100000, i.last_day)), 0)
          FROM ar_items AS i {touched} WHERE i.account_id IN (SELECT account_id FROM ar_accounts WHERE tenant_id = :tenant)
        ON CONFLICT (tenant_id) DO UPDATE SET day = max(day, excluded.day)
        """,
        {"tenant": tenant},
    )


def _credits(connection: sqlite3.Connection, tenant: int, timelines: str) -> None:
    connection.execute(
        f"""
        INSERT INTO ar_credits (account_id, settled_day, source_key, source_day, opens_day, opening_cents, next_day, last_day,
                                final_cents)
        SELECT a.account_id, iif(t.final_cents = 0, t.last_day, 100000), s.source_key, unixepoch(s.source_date) / 86400,
               t.first_day, t.opening_cents, t.next_day, t.last_day, t.final_cents
          FROM ({timelines}) AS t
          CROSS JOIN erp_sources AS s ON s.tenant_id = :tenant AND s.source_key = t.source_key
          CROSS JOIN ar_accounts AS a ON a.tenant_id = :tenant AND a.company_id = s.company_id AND a.currency = s.currency
                 AND a.customer_key = s.customer_key
        """,
        {"tenant": tenant},
    )
