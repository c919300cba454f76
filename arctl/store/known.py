"""The mirror as it was known at an earlier batch, laid over the ledger as temporary tables of the same names."""

import re
import sqlite3

from arctl.core.dates import NEVER
from arctl.store import derive
from arctl.store.landing import LANDINGS, application_bounds_sql, counted_days_sql

# A temporary table hides the ledger's own of the same name, so that every question asked on this connection afterwards is
# answered by the very same statements, from what was known then. Derived tables are worked out anew: what they hold in the
# ledger rests on today's knowledge. All rows are one tenant's, whose key therefore stands in front of no index.

_DATED = ("customer_invoices", "customer_payments", "customer_refunds", "write_offs")
_TABLES = (
    "customers",
    "customer_invoices",
    "invoice_installments",
    "customer_payments",
    "customer_refunds",
    "write_offs",
)
DERIVED = ("ar_accounts", "ar_items", "ar_credits", "ar_day_totals", "ar_horizon")
_INLINE = re.compile(r" REFERENCES \w+ \(\w+\)")
VIEWS = (
    "ar_write_off_terms",
    "ar_invoice_movements",
    "ar_source_movements",
    "ar_invoice_terms",
    "ar_source_terms",
    "ar_document_terms",
    "ar_open_items",
    "ar_open_credits",
)


def last_batch_by(connection: sqlite3.Connection, tenant: int, moment: str) -> int | None:
    """The last batch committed by a UTC moment (`YYYY-MM-DD HH:MM:SS`); None before the first."""
    row = connection.execute(
        "SELECT max(batch) FROM sync_batches WHERE tenant_id = ? AND committed_at <= ?", (tenant, moment)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def batch_range(connection: sqlite3.Connection, tenant: int) -> tuple[int, int] | None:
    """The tenant's first and last batch; None before its first sync."""
    first, last = connection.execute(
        "SELECT min(batch), max(batch) FROM sync_batches WHERE tenant_id = ?", (tenant,)
    ).fetchone()
    return None if first is None else (int(first), int(last))


def recall(connection: sqlite3.Connection, tenant: int, batch: int) -> None:
    """Make this connection answer by what the mirror held right after `batch`, for as long as it is open."""
    for name in _TABLES:
        landing = LANDINGS[name]
        extra = ("counts_from", "counts_until") if name in _DATED else ()
        _as_known(connection, tenant, batch, landing.table.base, (*landing.columns, *extra), landing.primary_key)
    _applications_as_known(connection, tenant, batch)
    for name in (*DERIVED, *VIEWS):
        (made,) = connection.execute("SELECT sql FROM main.sqlite_schema WHERE name = ?", (name,)).fetchone()
        lay_over(connection, made)
    connection.execute("CREATE INDEX temp.known_items_by_invoice ON ar_items (invoice_key)")
    derive.derive(connection, tenant, everything=True)


def lay_over(connection: sqlite3.Connection, made: str) -> None:
    """Make a table or view of this definition (`CREATE ...`) as a temporary one, which hides the ledger's own of that name."""
    kind, _, rest = made.removeprefix("CREATE ").partition(" ")
    connection.execute(f"CREATE TEMP {kind} {_without_references(rest)}")


def _without_references(made: str) -> str:
    """A table's definition without its foreign keys: a temporary table cannot refer into the ledger."""
    lines = made.split("\n")
    kept = [_INLINE.sub("", line) for line in lines if not line.lstrip().startswith("FOREIGN KEY")]
    if len(kept) < len(lines):
        last = next(at for at in range(len(kept) - 1, -1, -1) if kept[at].lstrip().startswith(")")) - 1
        kept[last] = kept[last].rstrip(",")
    return "\n".join(kept)


def _union(columns: str, base: str) -> str:
    """SQL for the versions of a base table's rows that were the truth right after :batch.

    Closed ones are among them, as they are in the ledger: what refers to them may not be closed.
    """
    return (
        f"SELECT {columns} FROM main.{base} WHERE tenant_id = :tenant AND batch <= :batch UNION ALL"
        f" SELECT {columns} FROM main.{base}_history WHERE tenant_id = :tenant AND batch <= :batch AND to_batch > :batch"
    )


def _as_known(
    connection: sqlite3.Connection, tenant: int, batch: int, base: str, columns: tuple[str, ...], key: tuple[str, ...]
) -> None:
    listed = ", ".join(("tenant_id", *columns, "closed"))
    typed = _typed(connection, base, ("tenant_id", *columns, "closed"))
    connection.execute(f"CREATE TEMP TABLE {base} ({typed}, PRIMARY KEY ({', '.join(key)})) WITHOUT ROWID")
    connection.execute(f"INSERT INTO temp.{base} ({listed}) {_union(listed, base)}", {"tenant": tenant, "batch": batch})
    if base in ("erp_invoices", "erp_customers"):
        connection.execute(f"CREATE INDEX temp.known_{base}_id ON {base} (id)")


def _typed(connection: sqlite3.Connection, base: str, columns: tuple[str, ...]) -> str:
    """SQL for columns with the ledger's own types: without them a key compared with the ledger's would not use its index."""
    types = dict(connection.execute("SELECT name, type FROM pragma_table_xinfo(?)", (base,)))
    return ", ".join(f"{column} {types[column].removesuffix(' GENERATED ALWAYS')}" for column in columns)


def _applications_as_known(connection: sqlite3.Connection, tenant: int, batch: int) -> None:
    """Applications with the days between which they counted by the documents as they were known."""
    names = ("tenant_id", *LANDINGS["payment_applications"].columns, "closed")
    columns = ", ".join(names)
    connection.execute(
        f"CREATE TEMP TABLE erp_applications ({_typed(connection, 'erp_applications', names)}, effective_day INTEGER,"
        " until_day INTEGER,"
        " PRIMARY KEY (source_key, invoice_key, slot)) WITHOUT ROWID"
    )
    picked = ", ".join(f"p.{name}" for name in names)
    begins, ends = application_bounds_sql("p.applied_on", "a", "b")
    days = counted_days_sql(f"iif(p.closed, {NEVER}, {begins})", ends)  # one that the ERP has dropped counts on no day
    connection.execute(
        f"""
        INSERT INTO temp.erp_applications
        SELECT {picked}, {", ".join(days)}
          FROM ({_union(columns, "erp_applications")}) AS p
          CROSS JOIN temp.erp_sources AS a ON a.tenant_id = p.tenant_id AND a.source_key = p.source_key
          CROSS JOIN temp.erp_invoices AS b ON b.tenant_id = p.tenant_id AND b.invoice_key = p.invoice_key
        """,
        {"tenant": tenant, "batch": batch},
    )
    connection.execute(
        "CREATE INDEX temp.known_applications_by_invoice ON erp_applications (invoice_key, effective_day, until_day,"
        " amount_cents, discount_cents)"
    )
    for table, column in (("erp_refunds", "source_key"), ("erp_write_offs", "invoice_key")):
        connection.execute(f"CREATE INDEX temp.known_{table} ON {table} ({column})")
