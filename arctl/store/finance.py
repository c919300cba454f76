"""Completed fulfillments with what their invoice rests on: the order's items, what was shipped and invoiced, prices before."""

import json
import sqlite3
from collections.abc import Sequence

from arctl.core.finance_review import Handoff, Invoiced, ReviewLine


def handoff(connection: sqlite3.Connection, tenant: int, fulfillment_id: str) -> Handoff | None:
    """A completed fulfillment; None where there is none of that id."""
    row = connection.execute(
        """
        SELECT f.fulfillment_id, f.tranid, f.shipped_on, f.sales_order_id, f.order_tranid, f.otherrefnum,
               coalesce(f.customer_id, ''), f.customer_name, c.terms, c.entitystatus, coalesce(f.currency, 'USD'), f.alerted_at
          FROM completed_fulfillments AS f
          LEFT JOIN customers AS c ON c.tenant_id = f.tenant_id AND c.id = f.customer_id
         WHERE f.tenant_id = ? AND f.fulfillment_id = ?
        """,
        (tenant, fulfillment_id),
    ).fetchone()
    if row is None:
        return None
    asked = {"tenant": tenant, "fulfillment": fulfillment_id, "order": row[3], "customer": row[6], "shipped_on": row[2]}
    return Handoff(*(*row, tuple(_lines(connection, asked)), tuple(_invoices(connection, asked))))


def status_of(connection: sqlite3.Connection, tenant: int, fulfillment_id: str) -> str | None:
    """The ERP's status of a fulfillment, completed or not; None where there is none of that id."""
    row = connection.execute(
        "SELECT coalesce(status, '') FROM erp_transactions WHERE tenant_id = ? AND id = ? AND type = 'ItemShip' AND closed = 0",
        (tenant, fulfillment_id),
    ).fetchone()
    return None if row is None else str(row[0])


def _lines(connection: sqlite3.Connection, asked: dict[str, object]) -> list[ReviewLine]:
    """By item: a fulfillment's lines have numbers of their own."""
    lines = connection.execute(
        """
        WITH shipped AS (
          SELECT x.item_code, sum(x.quantity_micro) AS all_micro, sum(iif(f.id = :fulfillment, x.quantity_micro, 0)) AS here_micro
            FROM (SELECT id FROM erp_transactions INDEXED BY erp_transactions_by_origin
                   WHERE tenant_id = :tenant AND createdfrom = :order AND type = 'ItemShip'
                  UNION SELECT :fulfillment) AS w
            CROSS JOIN completed_fulfillments AS c ON c.tenant_id = :tenant AND c.fulfillment_id = w.id
            CROSS JOIN erp_transactions AS f ON f.tenant_id = c.tenant_id AND f.id = c.fulfillment_id
            CROSS JOIN erp_transaction_lines AS x ON x.tenant_id = f.tenant_id AND x.transaction_key = f.transaction_key
           WHERE x.closed = 0
           GROUP BY x.item_code),
        ordered AS (
          SELECT l.item_code, sum(l.quantity_micro) AS micro, sum(coalesce(l.amount_cents, 0)) AS cents,
                 iif(count(DISTINCT l.rate_micro) = 1, max(l.rate_micro), NULL) AS rate
            FROM erp_transactions AS o
            CROSS JOIN erp_transaction_lines AS l ON l.tenant_id = o.tenant_id AND l.transaction_key = o.transaction_key
           WHERE o.tenant_id = :tenant AND o.id = :order AND l.closed = 0 AND l.item_code IS NOT NULL
           GROUP BY l.item_code)
        SELECT coalesce(o.item_code, s.item_code), coalesce(o.micro, 0), coalesce(s.all_micro, 0), coalesce(s.here_micro, 0),
               o.rate, coalesce(o.cents, 0)
          FROM ordered AS o LEFT JOIN shipped AS s ON s.item_code = o.item_code
        UNION ALL
        SELECT s.item_code, 0, s.all_micro, s.here_micro, NULL, 0
          FROM shipped AS s WHERE s.item_code NOT IN (SELECT item_code FROM ordered)
         ORDER BY 1
        """,
        asked,
    ).fetchall()
    invoiced = _invoiced(connection, asked)
    usual = _usual(connection, asked, [line[0] for line in lines if line[3]])
    return [
        ReviewLine(item, ordered, shipped, here, invoiced.get(item, 0), rate, cents, *usual.get(item, (None, None)))
        for item, ordered, shipped, here, rate, cents in lines
    ]


def _invoiced(connection: sqlite3.Connection, asked: dict[str, object]) -> dict[str, int]:
    rows = connection.execute(
        """
        SELECT l.item_code, sum(coalesce(l.quantity_micro, 0))
          FROM erp_invoices AS i INDEXED BY erp_invoices_by_order
          CROSS JOIN erp_invoice_lines AS l ON l.tenant_id = i.tenant_id AND l.invoice_key = i.invoice_key
         WHERE i.tenant_id = :tenant AND i.createdfrom = :order AND i.closed = 0 AND l.closed = 0
           AND i.status IN ('posted', 'approved')
         GROUP BY l.item_code
        """,
        asked,
    )
    return dict(rows.fetchall())


_RECENT = 50
"""How many of a customer's last invoices are looked through for the price of an item."""


def _usual(
    connection: sqlite3.Connection, asked: dict[str, object], items: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """What the customer was last invoiced for each item, by other orders: rate and date."""
    rows = connection.execute(
        """
        SELECT l.item_code, l.rate_micro, i.invoice_date
          FROM (SELECT n.invoice_key, n.tenant_id, n.invoice_date
                  FROM erp_customers AS c
                  CROSS JOIN ar_accounts AS a ON a.tenant_id = c.tenant_id AND a.customer_key = c.customer_key
                  CROSS JOIN ar_items AS x ON x.account_id = a.account_id
                  CROSS JOIN erp_invoices AS n ON n.tenant_id = c.tenant_id AND n.invoice_key = x.invoice_key
                 WHERE c.tenant_id = :tenant AND c.id = :customer AND n.createdfrom IS NOT :order AND n.invoice_date <= :shipped_on
                   AND n.status IN ('posted', 'approved')
                 ORDER BY n.invoice_date DESC LIMIT :recent) AS i
          CROSS JOIN erp_invoice_lines AS l ON l.tenant_id = i.tenant_id AND l.invoice_key = i.invoice_key
         WHERE l.closed = 0 AND l.rate_micro IS NOT NULL AND l.item_code IN (SELECT value FROM json_each(:items))
         ORDER BY i.invoice_date
        """,
        {**asked, "items": json.dumps(list(items)), "recent": _RECENT},
    )
    return {item: (rate, dated) for item, rate, dated in rows}


def _invoices(connection: sqlite3.Connection, asked: dict[str, object]) -> list[Invoiced]:
    rows = connection.execute(
        """
        SELECT i.id, i.status, i.invoice_date, i.due_date, i.amount_cents,
               (SELECT sum(l.amount_cents) FROM erp_invoice_lines AS l
                 WHERE l.tenant_id = i.tenant_id AND l.invoice_key = i.invoice_key AND l.closed = 0)
          FROM erp_invoices AS i INDEXED BY erp_invoices_by_order
         WHERE i.tenant_id = :tenant AND i.createdfrom = :order AND i.closed = 0 AND i.status NOT IN ('voided', 'rejected')
         ORDER BY i.invoice_date, i.id
        """,
        asked,
    )
    return [Invoiced(*row) for row in rows]
