"""Payments with something unapplied, and the open invoices beside them."""

import json
import sqlite3

from arctl.core.reconcile import OpenInvoice, Remainder


def remainders(
    connection: sqlite3.Connection, tenant: int, company: int, day: str, customer: str | None = None
) -> list[Remainder]:
    """The payments and deposits of a company with a remainder at the end of a day (ISO), the oldest first."""
    whose = " AND u.customer_id = :customer" if customer is not None else ""
    rows = connection.execute(
        f"""
        SELECT s.id, s.tranid, c.id, c.name, u.currency, s.source_date, s.amount_cents, u.unapplied_cents, s.memo,
               (SELECT json_group_array(r.id) FROM erp_customers AS r
                 WHERE r.tenant_id = c.tenant_id AND r.id <> c.id AND r.closed = 0
                   AND (r.id = c.parent_id OR r.parent_id = coalesce(c.parent_id, c.id)))
          FROM unapplied_credit AS u
          JOIN erp_sources AS s ON s.tenant_id = u.tenant_id AND s.source_type = 'payment' AND s.id = u.source_id
          JOIN erp_customers AS c ON c.tenant_id = u.tenant_id AND c.id = u.customer_id
         WHERE u.tenant_id = :tenant AND u.company_id = :company AND u.day = :day AND u.source_type = 'payment'
           AND u.unapplied_cents > 0{whose}
         ORDER BY s.source_date, s.id
        """,
        {"tenant": tenant, "company": company, "day": day, "customer": customer},
    )
    return [Remainder._make((*rest, tuple(json.loads(relatives)))) for *rest, relatives in rows]


def open_invoices(connection: sqlite3.Connection, tenant: int, company: int, day: str) -> list[OpenInvoice]:
    """The open invoices of a company at the end of a day, instalments together, the oldest due first."""
    rows = connection.execute(
        """
        SELECT o.invoice_id, o.tranid, o.otherrefnum, o.customer_id, o.currency, min(o.due_date), sum(o.outstanding_cents)
          FROM open_items AS o
         WHERE o.tenant_id = :tenant AND o.company_id = :company AND o.day = :day
         GROUP BY o.invoice_id ORDER BY min(o.due_date), o.invoice_id
        """,
        {"tenant": tenant, "company": company, "day": day},
    )
    return [OpenInvoice(*row) for row in rows]
