"""The rows of month-end evidence: read from the aging of a day, written under their set. SQL only."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from arctl.core.evidence import SetKey
from arctl.core.snapshot import Content, Credit, Header, Line, bucket_of
from arctl.store.aging import OPEN

KEY = " AND ".join(f"{name} = ?" for name in SetKey._fields)
"""SQL that picks the rows of a set, bound by a SetKey."""

_KEYS = ", ".join(SetKey._fields)


def open_lines(connection: sqlite3.Connection, tenant: int, company: int, day: int) -> Iterator[Line]:
    """Every open item of a company at the end of a day (day number), by the one definition."""
    rows = connection.execute(
        f"""
        SELECT o.account_id, i.id, o.installment, i.tranid, i.invoice_date, d.iso, {day} - o.due_day, {OPEN} AS open_cents,
               i.disputed, o.invoice_key
          FROM ar_open_items AS o
          CROSS JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
          CROSS JOIN days AS d ON d.day = o.due_day
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.company_id = :company
           AND o.raw_cents > o.after_cents AND open_cents > 0
        """,
        {"day": day, "tenant": tenant, "company": company},
    )
    accounts = _accounts(connection, tenant, company)
    for account, *line, invoice_key in rows:
        currency, customer_id, customer_key = accounts[account]
        yield Line._make((currency, customer_id, *line, customer_key, invoice_key))


def open_credits(connection: sqlite3.Connection, tenant: int, company: int, day: int) -> Iterator[Credit]:
    """What is left of every payment and credit memo of a company, and every excess, at the end of a day."""
    rows = connection.execute(
        """
        SELECT o.account_id, s.source_type, s.id, s.source_date, s.kind, o.left_cents, o.source_key
          FROM ar_open_credits AS o
          JOIN erp_sources AS s ON s.tenant_id = o.tenant_id AND s.source_key = o.source_key
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.company_id = :company AND o.left_cents <> 0
        UNION ALL
        SELECT o.account_id, 'invoice', i.id, i.invoice_date, 'over-applied', -o.raw_cents, o.invoice_key
          FROM ar_open_items AS o
          JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.company_id = :company AND o.raw_cents < 0 AND o.flags >= 8
        """,
        {"day": day, "tenant": tenant, "company": company},
    )
    accounts = _accounts(connection, tenant, company)
    for account, *credit, source_key in rows:
        currency, customer_id, customer_key = accounts[account]
        yield Credit._make((currency, customer_id, *credit, customer_key, source_key))


def _accounts(connection: sqlite3.Connection, tenant: int, company: int) -> dict[int, tuple[str, str, int]]:
    rows = connection.execute(
        """
        SELECT a.account_id, a.currency, c.id, c.customer_key FROM ar_accounts AS a
          JOIN erp_customers AS c ON c.tenant_id = a.tenant_id AND c.customer_key = a.customer_key
         WHERE a.tenant_id = ? AND a.company_id = ?
        """,
        (tenant, company),
    )
    return {account: (currency, number, key) for account, currency, number, key in rows}


def customer_names(connection: sqlite3.Connection, tenant: int) -> dict[int, str]:
    """Every customer's name, by key."""
    return dict(connection.execute("SELECT customer_key, name FROM erp_customers WHERE tenant_id = ?", (tenant,)))


def count_open(connection: sqlite3.Connection, tenant: int, company: int, day: int) -> int:
    """How many items are open, counted without listing one: what the lines of a snapshot are held against."""
    (found,) = connection.execute(
        f"SELECT count(*) FROM ar_open_items AS o WHERE day = ? AND tenant_id = ? AND company_id = ? AND {OPEN} > 0",
        (day, tenant, company),
    ).fetchone()
    return int(found)


def write_content(
    connection: sqlite3.Connection, key: SetKey, content: Content, policy: int, made: Iterable[str]
) -> None:
    """Write lines and credits, then the headers that they must sum to. `made`: by whom, and when (UTC)."""
    _insert(
        connection,
        "aging_snapshot_lines",
        "currency, customer_key, invoice_key, installment, invoice_id, tranid, invoice_date, due_date, days_overdue, bucket,"
        " outstanding_cents, disputed",
        (
            (
                *key, line.currency, line.customer_key, line.invoice_key, line.installment, line.invoice_id, line.tranid,
                line.invoice_date, line.due_date, line.days_overdue, bucket_of(line), line.outstanding_cents, line.disputed,
            )
            for line in sorted(content.lines, key=lambda line: (line.currency, line.customer_key, line.invoice_key))
        ),
    )  # fmt: skip
    _insert(
        connection,
        "aging_snapshot_credits",
        "currency, customer_key, source_type, source_key, source_id, source_date, kind, left_cents",
        (
            (
                *key, each.currency, each.customer_key, each.source_type, each.source_key, each.source_id, each.source_date,
                each.kind, each.left_cents,
            )
            for each in content.credits
        ),
    )  # fmt: skip
    by, at = made
    _insert(
        connection,
        "aging_snapshots",
        "currency, customer_key, customer_id, customer_name, current_cents, days_30_cents, days_60_cents, days_90_cents,"
        " days_90_plus_cents, total_outstanding_cents, unapplied_cents, estimated_bad_debt_cents, bad_debt_percentage,"
        " max_days_overdue, open_invoices, snapshot_hash, allowance_config_id, generated_by, created_at",
        ((*key, *_header(header), policy, by, at) for header in content.headers),
    )


def _header(header: Header) -> tuple[object, ...]:
    return (
        *header[:4], *header.buckets, header.outstanding, header.unapplied, header.estimate, header.percentage,
        header.max_days_overdue, header.open_invoices, header.hash,
    )  # fmt: skip


def write_terms(connection: sqlite3.Connection, key: SetKey, terms: Iterable[tuple[object, ...]]) -> None:
    """Write the tie-out and the reconciling items: currency, section, heading, cents, documents, examples as JSON."""
    _insert(
        connection, "aging_snapshot_terms", "currency, section, heading, cents, documents, examples_json",
        ((*key, *term) for term in terms),
    )  # fmt: skip


def write_set(connection: sqlite3.Connection, key: SetKey, values: Mapping[str, object]) -> None:
    """Seal the set: it must count what was written under it. `values` by column."""
    _insert(connection, "aging_snapshot_sets", ", ".join(values), [(*key, *values.values())])


def _insert(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * (len(SetKey._fields) + columns.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} ({_KEYS}, {columns}) VALUES ({marks})", rows)


def definitions(connection: sqlite3.Connection, names: Iterable[str]) -> dict[str, str]:
    """The text of the ledger's views of these names, spacing evened out: what the figures are by definition."""
    found = {}
    for name in names:
        (made,) = connection.execute("SELECT sql FROM main.sqlite_schema WHERE name = ?", (name,)).fetchone()
        found[name] = " ".join(made.split())
    return found
