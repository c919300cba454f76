"""Documents that a sync brought or changed after a batch, as they were known then and as they are known now."""

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from arctl.core.drift import Facts
from arctl.store.reperform import AsKnown

_COUNTS = (
    "(x.closed = 0 AND (x.status = 'posted' OR x.status = 'approved' OR x.status = 'voided') AND x.{date} <= :day"
    " AND (x.voided_on IS NULL OR x.voided_on > :day))"
)
_DATED = "(x.closed = 0 AND (x.applied_on IS NULL OR x.applied_on <= :day))"

_CUSTOMER = (
    "(SELECT c.id FROM main.erp_customers AS c WHERE c.tenant_id = x.tenant_id AND c.customer_key = x.customer_key)"
)


class _Kind(NamedTuple):
    """How one kind of document is told: its table, the temporary list of its changed keys, and SQL for its Facts."""

    base: str
    listed: str
    keys: tuple[str, ...]
    facts: str


_KINDS: Mapping[str, _Kind] = {
    "invoice": _Kind(
        "erp_invoices",
        "drift_invoices",
        ("invoice_key",),
        f"""
        x.id, {_COUNTS.format(date="invoice_date")}, x.closed, x.company_id, x.currency, x.amount_cents, 0, x.invoice_key, 0,
        json_object('status', x.status, 'date', x.invoice_date, 'voided', x.voided_on, 'due', x.due_date,
                    'document number', x.tranid, 'disputed', x.disputed, 'customer', {_CUSTOMER})""",
    ),
    "source": _Kind(
        "erp_sources",
        "drift_sources",
        ("source_key",),
        f"""
        replace(x.source_type, '_', ' ') || ' ' || x.id, {_COUNTS.format(date="source_date")}, x.closed, x.company_id,
        x.currency, x.amount_cents, 0, 0, x.source_key,
        json_object('status', x.status, 'date', x.source_date, 'voided', x.voided_on, 'kind', x.kind, 'customer', {_CUSTOMER})""",
    ),
    "application": _Kind(
        "erp_applications",
        "drift_applications",
        ("source_key", "invoice_key", "slot"),
        f"""
        x.slot, {_DATED}, x.closed, 0, '', x.amount_cents, x.discount_cents, x.invoice_key, x.source_key,
        json_object('applied', x.applied_on)""",
    ),
    "refund": _Kind(
        "erp_refunds",
        "drift_refunds",
        ("refund_key",),
        f"""
        x.id, {_COUNTS.format(date="refund_date")}, x.closed, 0, '', x.amount_cents, 0, 0, x.source_key,
        json_object('status', x.status, 'date', x.refund_date, 'voided', x.voided_on)""",
    ),
    "write-off": _Kind(
        "erp_write_offs",
        "drift_write_offs",
        ("write_off_key",),
        f"""
        x.id, {_COUNTS.format(date="written_off_on")}, x.closed, 0, '',
        x.amount_cents - iif(x.recovered_on <= :day, x.recovered_cents, 0), 0, x.invoice_key, 0,
        json_object('status', x.status, 'date', x.written_off_on, 'voided', x.voided_on, 'recovered', x.recovered_on)""",
    ),
}

# What hangs on a changed document may count differently for it, and what a changed one hangs on is needed to judge it.
_HANGING = (
    """
    drift_applications SELECT p.source_key, p.invoice_key, p.slot FROM temp.drift_invoices AS d
     CROSS JOIN main.erp_applications AS p INDEXED BY erp_applications_by_invoice
        ON p.tenant_id = :tenant AND p.invoice_key = d.invoice_key""",
    """
    drift_applications SELECT p.source_key, p.invoice_key, p.slot FROM temp.drift_sources AS d
     CROSS JOIN main.erp_applications AS p ON p.tenant_id = :tenant AND p.source_key = d.source_key""",
    """
    drift_write_offs SELECT w.write_off_key FROM temp.drift_invoices AS d
     CROSS JOIN main.erp_write_offs AS w ON w.tenant_id = :tenant AND w.invoice_key = d.invoice_key""",
    """
    drift_refunds SELECT r.refund_key FROM temp.drift_sources AS d
     CROSS JOIN main.erp_refunds AS r ON r.tenant_id = :tenant AND r.source_key = d.source_key""",
    "drift_invoices SELECT invoice_key FROM temp.drift_applications WHERE :tenant",
    """
    drift_invoices SELECT w.invoice_key FROM temp.drift_write_offs AS d
     CROSS JOIN main.erp_write_offs AS w ON w.write_off_key = d.write_off_key AND w.tenant_id = :tenant""",
    "drift_sources SELECT source_key FROM temp.drift_applications WHERE :tenant",
    """
    drift_sources SELECT r.source_key FROM temp.drift_refunds AS d
     CROSS JOIN main.erp_refunds AS r ON r.refund_key = d.refund_key AND r.tenant_id = :tenant""",
)


def collect(connection: sqlite3.Connection, tenant: int, batch: int) -> None:
    """List in temporary tables what changed after the batch, and what hangs on it."""
    asked = {"tenant": tenant, "batch": batch}
    for kind in _KINDS.values():
        listed = ", ".join(kind.keys)
        columns = ", ".join(f"{key} {'TEXT' if key == 'slot' else 'INTEGER'}" for key in kind.keys)
        connection.execute(f"DROP TABLE IF EXISTS temp.{kind.listed}")
        connection.execute(f"CREATE TEMP TABLE {kind.listed} ({columns}, PRIMARY KEY ({listed})) WITHOUT ROWID")
        connection.execute(
            f"INSERT INTO temp.{kind.listed} SELECT {listed} FROM main.{kind.base}"
            " WHERE tenant_id = :tenant AND batch > :batch",
            asked,
        )
    connection.execute(
        "INSERT OR IGNORE INTO temp.drift_invoices SELECT DISTINCT invoice_key FROM main.erp_installments"
        " WHERE tenant_id = :tenant AND batch > :batch",
        asked,
    )
    for hanging in _HANGING:
        connection.execute(f"INSERT OR IGNORE INTO temp.{hanging.lstrip()}", {"tenant": tenant})


def facts(connection: sqlite3.Connection, known: AsKnown) -> dict[tuple[str, str], Facts]:
    """Every collected document as it was known right after a batch, by kind and key."""
    found = {}
    for name, kind in _KINDS.items():
        number = " || '/' || ".join(f"x.{key}" for key in kind.keys)
        joined = " AND ".join(f"x.{key} = d.{key}" for key in kind.keys)
        picked = f"SELECT {number}, {kind.facts} FROM temp.{kind.listed} AS d CROSS JOIN main.{kind.base}"
        on = f"AS x ON x.tenant_id = :tenant AND {joined} WHERE x.batch <= :batch"
        rows = connection.execute(
            f"{picked} {on} UNION ALL {picked}_history {on} AND x.to_batch > :batch",
            {"tenant": known.tenant, "day": known.day, "batch": known.batch},
        )
        for key, *told in rows:
            found[name, str(key)] = Facts(*told)
    return found
