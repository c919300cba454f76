"""What a sync brought, read back from the mirror: tables that held nothing before, and documents that are new or changed."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from arctl.core.mirror import MirrorTable
from arctl.core.sync_events import NAMED, ORDER_KINDS, Arrival, units
from arctl.store.landing import LANDINGS


def never_held(connection: sqlite3.Connection, tenant: int, tables: Iterable[MirrorTable]) -> set[str]:
    """The tables of which the tenant's mirror never held a row, known or gone: to be asked before anything lands."""
    return {
        table.name
        for table in tables
        if not connection.execute(
            f"SELECT EXISTS (SELECT 1 FROM {table.base} AS x WHERE x.tenant_id = ? AND {LANDINGS[table.name].scope})",
            (tenant,),
        ).fetchone()[0]
    }


# Only what the sync touched is looked up, document by document: a few rows into a million cost what a few rows cost.


def invoices(connection: sqlite3.Connection, tenant: int, batch: int) -> Iterator[Arrival]:
    """Invoices that the batch brought or changed. Their due dates are looked up where the ERP gave none."""
    names = ("customer_id", "amount_cents", "currency", "due_date", "tranid", "otherrefnum", "createdfrom", "kind")
    rows = connection.execute(
        f"""
        SELECT n.id, n.company_id, n.invoice_date, n.status, {_earlier("erp_invoices", "invoice_key")},
               c.id, n.amount_cents, n.currency,
               coalesce(n.due_date, (SELECT date(min(x.due_day) * 86400, 'unixepoch') FROM ar_items AS x
                                      WHERE x.invoice_key = n.invoice_key)),
               n.tranid, n.otherrefnum, n.createdfrom, n.kind
          FROM touched_invoices AS t
          CROSS JOIN erp_invoices AS n ON n.tenant_id = :tenant AND n.invoice_key = t.invoice_key
          CROSS JOIN erp_customers AS c ON c.tenant_id = n.tenant_id AND c.customer_key = n.customer_key
         WHERE n.batch = :batch AND n.closed = 0
        """,
        {"tenant": tenant, "batch": batch},
    )
    return (_arrival("invoice", names, row) for row in rows)


def payments(connection: sqlite3.Connection, tenant: int, batch: int) -> Iterator[Arrival]:
    """Payments and deposits that the batch brought or changed."""
    names = ("customer_id", "amount_cents", "currency", "tranid", "otherrefnum", "kind")
    rows = connection.execute(
        f"""
        SELECT n.id, n.company_id, n.source_date, n.status, {_earlier("erp_sources", "source_key")},
               c.id, n.amount_cents, n.currency, n.tranid, n.otherrefnum, n.kind
          FROM touched_sources AS t
          CROSS JOIN erp_sources AS n ON n.tenant_id = :tenant AND n.source_key = t.source_key
          CROSS JOIN erp_customers AS c ON c.tenant_id = n.tenant_id AND c.customer_key = n.customer_key
         WHERE n.batch = :batch AND n.closed = 0 AND n.source_type = 'payment'
        """,
        {"tenant": tenant, "batch": batch},
    )
    return (_arrival("payment", names, row) for row in rows)


def orders(connection: sqlite3.Connection, tenant: int, batch: int) -> Iterator[Arrival]:
    """Order documents that the batch brought or changed; a total is in its company's currency."""
    names = (
        "status", "entity", "amount_cents", "currency", "tranid", "otherrefnum", "memo", "parent_so_id", "createdfrom",
        "expected_date",
    )  # fmt: skip
    rows = connection.execute(
        f"""
        SELECT n.type, n.id, n.company_id, n.trandate, n.status, {_earlier("erp_transactions", "transaction_key")},
               n.status, n.entity, n.foreigntotal_cents, k.base_currency, n.tranid, n.otherrefnum, n.memo, n.parent_so_id,
               n.createdfrom, n.expected_date
          FROM touched_transactions AS t
          CROSS JOIN erp_transactions AS n ON n.tenant_id = :tenant AND n.transaction_key = t.transaction_key
          CROSS JOIN companies AS k ON k.tenant_id = n.tenant_id AND k.company_id = n.company_id
         WHERE n.batch = :batch AND n.closed = 0 AND n.type IN ({", ".join(f"'{kind}'" for kind in ORDER_KINDS)})
        """,
        {"tenant": tenant, "batch": batch},
    )
    return (_named(connection, tenant, _arrival(kind, names, row)) for kind, *row in rows)


def _named(connection: sqlite3.Connection, tenant: int, arrival: Arrival) -> Arrival:
    """The order document with its id under a name of its kind, the sales order it hangs on, and, of a new sales order, its items."""
    facts = {**arrival.facts, NAMED[arrival.kind]: arrival.id}
    if arrival.kind == "SalesOrd":
        facts |= {
            "customer_id": arrival.facts["entity"],
            **(_items(connection, tenant, arrival.id) if not arrival.earlier else {}),
        }
    else:
        facts["sales_order_id"] = arrival.facts["createdfrom" if arrival.kind == "ItemShip" else "parent_so_id"]
    return arrival._replace(facts=facts)


def _items(connection: sqlite3.Connection, tenant: int, id: str) -> dict[str, object]:
    """What a sales order asks for, line by line, and how it is to be shipped; quantities and rates as text, in units."""
    rows = connection.execute(
        """
        SELECT l.item_code, l.quantity_micro, l.rate_micro, l.requested_ship_date, l.location
          FROM erp_transactions AS o
          CROSS JOIN erp_transaction_lines AS l ON l.tenant_id = o.tenant_id AND l.transaction_key = o.transaction_key
         WHERE o.tenant_id = ? AND o.id = ? AND l.closed = 0 ORDER BY l.line
        """,
        (tenant, id),
    ).fetchall()
    items = [
        {"item_code": code, "qty": units(quantity), "rate": units(rate), "requested_ship_date": asked}
        for code, quantity, rate, asked, _ in rows
    ]
    places = ", ".join(sorted({place for *_, place in rows if place}))
    days = sorted({asked for *_, asked, _ in rows if asked})
    how = " ".join(filter(None, (f"from {places}" if places else "", f"by {days[0]}" if days else "")))
    return {"items": items, "shipping_requirements": how or "none stated"}


def _earlier(base: str, key: str) -> str:
    """SQL for the statuses of the versions that a document had before, as JSON; NULL where it had none, which most are."""
    return (
        f"(SELECT nullif(json_group_array(h.status), '[]') FROM {base}_history AS h"
        f" WHERE h.tenant_id = n.tenant_id AND h.{key} = n.{key})"
    )


def _arrival(kind: str, names: Sequence[str], row: Sequence[Any]) -> Arrival:
    id, company, dated, status, earlier, *facts = row
    had = tuple(json.loads(earlier)) if earlier else ()
    return Arrival(kind, id, company, dated, status, had, dict(zip(names, facts, strict=True)))
