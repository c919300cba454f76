"""The derived tables held against a full derivation from the mirror, made beside them in temporary tables. Changes nothing."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

from arctl.store import known
from arctl.store.derive import derive
from arctl.store.integrity import LISTED, count_rows, one_reading, tenants
from arctl.store.landing import application_bounds_sql, counted_days_sql
from arctl.store.schema_check import fresh

_TENANTS = "tenant_id IN (SELECT tenant_id FROM tenants)"  # keys are told apart within them, and so the index is used


@dataclass(frozen=True, slots=True)
class _Table:
    """A derived table: its key, what else must be equal, and the columns that name the document a row tells of."""

    name: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    document: tuple[str, ...]
    optional: str = ""
    """A column that may be empty, where the balance is then worked out; but where it is not, it must be right."""


ITEMS = _Table(
    "ar_items",
    ("account_id", "settled_day", "invoice_key", "installment"),
    ("final_cents", "due_day", "flags", "opens_day", "last_day", "opening_cents", "next_day", "invoice_day", "cap_cents",
     "after_cents"),
    ("invoice_key", "installment"),
    "middle_cents",
)  # fmt: skip
CREDITS = _Table(
    "ar_credits",
    ("account_id", "settled_day", "source_key"),
    ("source_day", "opens_day", "opening_cents", "next_day", "last_day", "final_cents"),
    ("source_key",),
)
DAY_TOTALS = _Table(
    "ar_day_totals",
    ("tenant_id", "company_id", "currency", "heading", "day"),
    ("started_cents", "stopped_cents", "started", "stopped"),
    ("tenant_id", "company_id", "currency", "heading", "day"),
)


class Difference(NamedTuple):
    """What a table holds about one document, and what the mirror gives, column by column where they differ.

    `named` are the document's own words: (kind, id) of an invoice, payment or credit memo, and what else tells it apart.
    A whole row that is missing on one side has no `columns`: `stored` tells whether the ledger has it.
    """

    table: str
    tenant: int | None
    currency: str
    named: tuple[str, ...]
    stored: bool
    columns: tuple[tuple[str, Any, Any], ...] = ()


class Compared(NamedTuple):
    """How many rows of a table were compared, how many documents differ, and the first of them."""

    table: str
    rows: int
    differing: int
    listed: list[Difference]


def rederive(connection: sqlite3.Connection) -> list[Compared]:
    """Derive everything anew for every tenant and compare it with what the ledger holds."""
    with one_reading(connection):
        compared = [_applications(connection)]
        _lay_out(connection)
        for tenant, _ in tenants(connection):
            derive(connection, tenant, everything=True)
        compared.append(_accounts(connection))
        compared += [_compared(connection, table) for table in (ITEMS, CREDITS, DAY_TOTALS)]
        compared.append(_horizon(connection))
        return compared


def _lay_out(connection: sqlite3.Connection) -> None:
    """Empty derived tables and the views they are filled from, as schema.sql has them, over the ledger's own.

    Accounts come along with their numbers, so that a document stands under the same one on both sides.
    """
    with fresh() as model:
        made = dict(model.execute("SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view')"))
    for name in (*known.DERIVED, *known.VIEWS):
        known.lay_over(connection, made[name])
    connection.execute("INSERT INTO temp.ar_accounts SELECT * FROM main.ar_accounts")


def _matched(columns: Sequence[str]) -> str:
    return " AND ".join(f"t.{column} = m.{column}" for column in columns)


def _compared(connection: sqlite3.Connection, table: _Table) -> Compared:
    differ = [f"t.{column} <> m.{column}" for column in table.values]
    if table.optional:
        differ.append(f"(m.{table.optional} IS NOT NULL AND m.{table.optional} IS NOT t.{table.optional})")
    document = ", ".join(table.document)
    connection.execute("DROP TABLE IF EXISTS temp.differing")
    connection.execute(
        f"""
        CREATE TEMP TABLE differing AS
        SELECT {", ".join(f"m.{column}" for column in table.document)}
          FROM main.{table.name} AS m LEFT JOIN temp.{table.name} AS t ON {_matched(table.key)}
         WHERE t.{table.key[0]} IS NULL OR {" OR ".join(differ)}
        UNION
        SELECT {", ".join(f"t.{column}" for column in table.document)}
          FROM temp.{table.name} AS t LEFT JOIN main.{table.name} AS m ON {_matched(table.key)}
         WHERE m.{table.key[0]} IS NULL
        """
    )
    total = count_rows(connection, "differing")
    rows = connection.execute(f"SELECT {document} FROM temp.differing ORDER BY {document} LIMIT {LISTED}").fetchall()
    if rows and table is not DAY_TOTALS:  # the ledger's own has one; made only where it is needed
        connection.execute(f"CREATE INDEX temp.rederived_{table.name} ON {table.name} ({table.document[0]})")
    listed = [difference for row in rows for difference in _differences(connection, table, row)]
    return Compared(table.name, count_rows(connection, f"main.{table.name}"), total, listed)


def _differences(connection: sqlite3.Connection, table: _Table, row: tuple[Any, ...]) -> Iterator[Difference]:
    """What differs about one document; a row that one side has too many stands alone."""
    columns = [*dict.fromkeys((*table.key, *table.values, *([table.optional] if table.optional else [])))]
    where = " AND ".join(f"{column} = ?" for column in table.document)
    stored, derived = (
        connection.execute(
            f"SELECT {', '.join(columns)} FROM {side}.{table.name} WHERE {where} ORDER BY 1, 2", row
        ).fetchall()
        for side in ("main", "temp")
    )
    common = set(stored) & set(derived)
    tenant, currency, named = _named(connection, table, row)
    for one, other in zip_longest((r for r in stored if r not in common), (r for r in derived if r not in common)):
        if one is None or other is None:
            yield Difference(table.name, tenant, currency, named, other is None)
            continue
        pairs = tuple(
            (column, *pair)
            for column, *pair in zip(columns, one, other, strict=True)
            if pair[0] != pair[1] and not (column == table.optional and pair[0] is None)
        )
        if pairs:
            yield Difference(table.name, tenant, currency, named, True, pairs)


def _named(
    connection: sqlite3.Connection, table: _Table, row: tuple[Any, ...]
) -> tuple[int | None, str, tuple[str, ...]]:
    """Tenant, currency and words for the document that a row of a derived table tells of."""
    if table is DAY_TOTALS:
        tenant, company, currency, heading, day = row
        found = connection.execute(
            "SELECT name FROM companies WHERE tenant_id = ? AND company_id = ?", (tenant, company)
        ).fetchone()
        return tenant, currency, ("day total", found[0] if found else str(company), heading, str(day))
    base, kind, key = (
        ("erp_invoices", "'invoice'", "invoice_key")
        if table is ITEMS
        else ("erp_sources", "iif(source_type = 'payment', 'payment', 'credit memo')", "source_key")
    )
    found = connection.execute(
        f"SELECT tenant_id, currency, {kind}, id FROM main.{base} WHERE {_TENANTS} AND {key} = ?", row[:1]
    ).fetchone()
    if found is None:
        kind = "invoice" if table is ITEMS else "payment or credit memo"
        return None, "", (kind, f"number {row[0]}, which the mirror does not hold")
    return found[0], found[1], (*found[2:], *(str(part) for part in row[1:] if part))


def _accounts(connection: sqlite3.Connection) -> Compared:
    """Accounts that documents call for and the ledger lacks; one that no document calls for any more does no harm."""
    rows = connection.execute(
        """
        SELECT t.tenant_id, t.currency, t.customer_key, k.name, c.id FROM temp.ar_accounts AS t
          LEFT JOIN companies AS k ON k.tenant_id = t.tenant_id AND k.company_id = t.company_id
          LEFT JOIN erp_customers AS c ON c.tenant_id = t.tenant_id AND c.customer_key = t.customer_key
         WHERE NOT EXISTS (SELECT 1 FROM main.ar_accounts AS m WHERE m.account_id = t.account_id)
        """
    ).fetchall()
    listed = [
        Difference("ar_accounts", tenant, currency, ("customer", id or f"number {key}", company or ""), False)
        for tenant, currency, key, company, id in rows[:LISTED]
    ]
    return Compared("ar_accounts", count_rows(connection, "main.ar_accounts"), len(rows), listed)


def _horizon(connection: sqlite3.Connection) -> Compared:
    """The horizon is an upper bound: a later one costs a little reading, an earlier one hides movements."""
    rows = connection.execute(
        "SELECT t.tenant_id, m.day, t.day FROM temp.ar_horizon AS t LEFT JOIN main.ar_horizon AS m USING (tenant_id)"
        " WHERE t.day > 0 AND (m.day IS NULL OR m.day < t.day)"
    ).fetchall()
    listed = [
        Difference("ar_horizon", tenant, "", ("",), day is not None, (("day", day, wanted),))
        for tenant, day, wanted in rows
    ]
    return Compared("ar_horizon", count_rows(connection, "main.ar_horizon"), len(rows), listed)


def _applications(connection: sqlite3.Connection) -> Compared:
    """The days between which each application counts, by its own date and its documents'."""
    begins, ends = application_bounds_sql("p.applied_on", "a", "b")
    effective, until = counted_days_sql(f"iif(p.closed, 100000, {begins})", ends)
    connection.execute(
        f"""
        CREATE TEMP TABLE misdated AS
        SELECT * FROM (
          SELECT p.tenant_id, b.currency, iif(a.source_type = 'payment', 'payment', 'credit memo') AS kind, a.id AS source,
                 b.id AS invoice, p.effective_day, p.until_day, {effective} AS effective, {until} AS until
            FROM main.erp_applications AS p
            CROSS JOIN main.erp_sources AS a ON a.tenant_id = p.tenant_id AND a.source_key = p.source_key
            CROSS JOIN main.erp_invoices AS b ON b.tenant_id = p.tenant_id AND b.invoice_key = p.invoice_key)
         WHERE effective_day <> effective OR until_day <> until
        """
    )
    rows = connection.execute(f"SELECT * FROM temp.misdated ORDER BY source, invoice LIMIT {LISTED}").fetchall()
    listed = [_misdated(*row) for row in rows]
    total = count_rows(connection, "misdated")
    return Compared("erp_applications", count_rows(connection, "main.erp_applications"), total, listed)


def _misdated(
    tenant: int,
    currency: str,
    kind: str,
    source: str,
    invoice: str,
    effective: int,
    until: int,
    from_day: int,
    to_day: int,
) -> Difference:
    pairs = (("effective_day", effective, from_day), ("until_day", until, to_day))
    columns = tuple(pair for pair in pairs if pair[1] != pair[2])
    return Difference("erp_applications", tenant, currency, (kind, source, "invoice", invoice), True, columns)
