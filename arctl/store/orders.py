"""Sales orders with all that hangs on them, read in bulk; and the links that are repaired here."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from arctl.core.acting import Acting
from arctl.core.order_values import Billed, Made, Order, OrderLine, Shipment

_OPEN = (
    "o.type = 'SalesOrd' AND o.closed = 0 AND lower(coalesce(o.status, '')) NOT IN"
    " ('closed', 'cancelled', 'canceled', 'billed', 'salesord:c', 'salesord:g', 'salesord:h')"
)
"""As in the index erp_transactions_open_orders; a few that are over under another spelling come along."""


_NUMBERED = "(type = 'SalesOrd' OR type = 'WorkOrd' OR type = 'PurchOrd')"
"""As in the index erp_transactions_by_number."""


def keys(
    connection: sqlite3.Connection,
    tenant: int,
    companies: Sequence[int],
    day: str,
    everything: bool = False,
    customer: str | None = None,
    newest: int = -1,
) -> list[int]:
    """The sales orders of some companies dated by a day, the oldest first: the open ones, or all; of these only so many of the
    `newest` (-1: every one)."""
    which = "o.type = 'SalesOrd' AND o.closed = 0" if everything else _OPEN
    whose = " AND o.entity = :customer" if customer is not None else ""
    rows = connection.execute(
        f"SELECT o.transaction_key FROM erp_transactions AS o WHERE o.tenant_id = :tenant"
        f" AND o.company_id IN (SELECT value FROM json_each(:companies)) AND {which} AND o.trandate <= :day{whose}"
        " ORDER BY o.trandate DESC, o.id DESC LIMIT :newest",
        {
            "tenant": tenant,
            "companies": json.dumps(list(companies)),
            "day": day,
            "customer": customer,
            "newest": newest,
        },
    )
    return [key for (key,) in rows][::-1]


def named(connection: sqlite3.Connection, tenant: int, name: str, types: Sequence[str]) -> list[tuple[int, str, str]]:
    """(key, id, type) of the sales, work and purchase orders of these types with an id, or else a document number, which more than one
    may bear."""
    for column in ("id", "tranid"):
        rows = connection.execute(
            f"SELECT transaction_key, id, type FROM erp_transactions WHERE tenant_id = ? AND {column} = ? AND closed = 0"
            f" AND {_NUMBERED} AND type IN (SELECT value FROM json_each(?)) ORDER BY id",
            (tenant, name, json.dumps(list(types))),
        ).fetchall()
        if rows:
            return rows
    return []


def load(connection: sqlite3.Connection, tenant: int, wanted: Sequence[int], day: str) -> list[Order]:
    """The sales orders of these keys, in their order, as they stood by documents dated up to `day` (ISO)."""
    asked = {"tenant": tenant, "keys": json.dumps(list(wanted)), "day": day}
    lines, made = _lines(connection, asked), _made(connection, asked)
    shipments, invoices = _shipments(connection, asked), _invoices(connection, asked)
    orders = {
        key: Order(*(*rest, bool(held), lines[key], made[key], shipments[key], invoices[key]))
        for key, held, *rest in connection.execute(_ORDERS, asked)
    }
    return [orders[key] for key in wanted if key in orders]


_ORDERS = """
    SELECT o.transaction_key,
           EXISTS (SELECT 1 FROM customer_holds AS h
                    WHERE h.tenant_id = o.tenant_id AND h.customer_key = c.customer_key AND h.released_at IS NULL)
           OR coalesce(lower(c.entitystatus) = 'hold', 0),
           o.id, o.tranid, o.entity, c.name, o.otherrefnum, o.trandate, o.status, o.foreigntotal_cents,
           coalesce(c.currency, k.base_currency), k.name
      FROM json_each(:keys) AS w
      CROSS JOIN erp_transactions AS o ON o.tenant_id = :tenant AND o.transaction_key = w.value
      JOIN companies AS k ON k.tenant_id = o.tenant_id AND k.company_id = o.company_id
      LEFT JOIN erp_customers AS c ON c.tenant_id = o.tenant_id AND c.id = o.entity
"""


def _lines(connection: sqlite3.Connection, asked: dict[str, object]) -> dict[int, tuple[OrderLine, ...]]:
    return _grouped(
        OrderLine,
        connection.execute(
            """
            SELECT l.transaction_key, l.line, l.item_code, l.item_type, coalesce(l.quantity_micro, 0),
                   coalesce(l.quantity_fulfilled_micro, 0), l.amount_cents, l.location, l.requested_ship_date, l.link_tranid,
                   coalesce((SELECT sum(i.quantityavailable_micro) FROM erp_inventory AS i
                              WHERE i.tenant_id = l.tenant_id AND i.item_code = l.item_code AND i.closed = 0
                                AND (l.location IS NULL OR i.location = l.location)), 0)
              FROM json_each(:keys) AS w
              CROSS JOIN erp_transaction_lines AS l ON l.tenant_id = :tenant AND l.transaction_key = w.value
             WHERE l.closed = 0 ORDER BY l.transaction_key, l.line
            """,
            asked,
        ),
    )


_MADE = """t.id, t.type, t.tranid, t.status, t.trandate, t.expected_date, {via},
           (SELECT max(a.trandate) FROM erp_transactions AS a INDEXED BY erp_transactions_by_origin
             WHERE a.tenant_id = t.tenant_id AND a.createdfrom = t.id AND a.closed = 0 AND a.trandate <= :day
               AND a.type = iif(t.type = 'WorkOrd', 'Build', 'ItemRcpt') AND lower(coalesce(a.status, '')) NOT GLOB '*cancel*'),
           (SELECT min(b.trandate) FROM erp_transactions AS b INDEXED BY erp_transactions_by_origin
             WHERE b.tenant_id = t.tenant_id AND b.createdfrom = t.id AND b.closed = 0 AND b.trandate <= :day AND b.type = 'VendBill'),
           (SELECT json_group_array(x.item_code) FROM erp_transaction_lines AS x
             WHERE x.tenant_id = t.tenant_id AND x.transaction_key = t.transaction_key AND x.closed = 0 AND x.item_code IS NOT NULL)
"""


def _made(connection: sqlite3.Connection, asked: dict[str, object]) -> dict[int, tuple[Made, ...]]:
    """By the ERP's links, where none was repaired, and by those repaired here."""
    rows = connection.execute(
        f"""
        SELECT w.value, {_MADE.format(via="'erp'")}
          FROM json_each(:keys) AS w
          CROSS JOIN erp_transactions AS o ON o.tenant_id = :tenant AND o.transaction_key = w.value
          CROSS JOIN erp_transactions AS t INDEXED BY erp_transactions_by_parent
                     ON t.tenant_id = o.tenant_id AND t.parent_so_id = o.id
         WHERE t.closed = 0 AND t.trandate <= :day
           AND NOT EXISTS (SELECT 1 FROM live_order_links AS n
                            WHERE n.tenant_id = t.tenant_id AND n.transaction_key = t.transaction_key)
        UNION ALL
        SELECT n.sales_order_key, {_MADE.format(via="'link'")}
          FROM live_order_links AS n
          CROSS JOIN erp_transactions AS t ON t.tenant_id = n.tenant_id AND t.transaction_key = n.transaction_key
         WHERE n.tenant_id = :tenant AND n.sales_order_key IN (SELECT value FROM json_each(:keys))
           AND t.closed = 0 AND t.trandate <= :day
         ORDER BY 1, 2
        """,
        asked,
    )
    return _grouped(_made_of, rows)


def _made_of(*row: Any) -> Made:
    *rest, items = row
    return Made._make((*rest, frozenset(json.loads(items))))


def _shipments(connection: sqlite3.Connection, asked: dict[str, object]) -> dict[int, tuple[Shipment, ...]]:
    return _grouped(
        Shipment,
        connection.execute(
            """
            SELECT w.value, f.id, f.tranid, f.status, f.trandate,
                   coalesce((SELECT sum(x.quantity_micro) FROM erp_transaction_lines AS x
                              WHERE x.tenant_id = f.tenant_id AND x.transaction_key = f.transaction_key AND x.closed = 0), 0),
                   (SELECT e.recorded_at FROM events AS e INDEXED BY events_by_key
                     WHERE e.tenant_id = f.tenant_id AND e.idempotency_key = 'finance.alerted:' || f.id)
              FROM json_each(:keys) AS w
              CROSS JOIN erp_transactions AS o ON o.tenant_id = :tenant AND o.transaction_key = w.value
              CROSS JOIN erp_transactions AS f INDEXED BY erp_transactions_by_origin
                         ON f.tenant_id = o.tenant_id AND f.createdfrom = o.id
             WHERE f.type = 'ItemShip' AND f.closed = 0 AND f.trandate <= :day ORDER BY f.trandate, f.id
            """,
            asked,
        ),
    )


def _invoices(connection: sqlite3.Connection, asked: dict[str, object]) -> dict[int, tuple[Billed, ...]]:
    """Not the voided and rejected ones; what is open of each is that of the one definition."""
    found = connection.execute(
        """
        SELECT w.value, i.invoice_key, i.customer_key, i.id, i.tranid, i.status, i.invoice_date, i.due_date, i.amount_cents,
               coalesce((SELECT sum(x.quantity_micro) FROM erp_invoice_lines AS x
                          WHERE x.tenant_id = i.tenant_id AND x.invoice_key = i.invoice_key AND x.closed = 0), 0)
          FROM json_each(:keys) AS w
          CROSS JOIN erp_transactions AS o ON o.tenant_id = :tenant AND o.transaction_key = w.value
          CROSS JOIN erp_invoices AS i INDEXED BY erp_invoices_by_order ON i.tenant_id = o.tenant_id AND i.createdfrom = o.id
         WHERE i.closed = 0 AND i.invoice_date <= :day AND i.status <> 'rejected' AND (i.voided_on IS NULL OR i.voided_on > :day)
         ORDER BY i.invoice_date, i.id
        """,
        asked,
    ).fetchall()
    open_cents = outstanding(connection, asked, [(row[1], row[2]) for row in found])
    grouped: dict[int, tuple[Billed, ...]] = defaultdict(tuple)
    for key, invoice, _, *rest, units in found:
        grouped[key] += (Billed._make((*rest, open_cents.get(invoice, 0), units)),)
    return grouped


def outstanding(
    connection: sqlite3.Connection, asked: dict[str, object], invoices: Sequence[tuple[int, int]]
) -> dict[int, int]:
    """What is outstanding of invoices, (key, customer's key) each, at the end of the day asked for; none: left out."""
    if not invoices:
        return {}
    rows = connection.execute(
        """
        SELECT p.invoice_key, sum(min(p.cap_cents, p.raw_cents - p.after_cents))
          FROM days AS d CROSS JOIN ar_open_items AS p ON p.day = d.day
         WHERE d.iso = :day AND p.tenant_id = :tenant AND p.customer_key IN (SELECT value FROM json_each(:customers))
           AND p.invoice_key IN (SELECT value FROM json_each(:invoices)) AND p.raw_cents > p.after_cents
         GROUP BY p.invoice_key
        """,
        {
            "day": asked["day"],
            "tenant": asked["tenant"],
            "invoices": json.dumps([invoice for invoice, _ in invoices]),
            "customers": json.dumps(sorted({customer for _, customer in invoices})),
        },
    )
    return dict(rows.fetchall())


def orphans(
    connection: sqlite3.Connection, tenant: int, since: str, day: str
) -> list[tuple[Made, str, str, frozenset[str]]]:
    """Work and purchase orders dated from `since` up to `day` that no sales order is known of, here or in the ERP: each with its
    entity, its memo and the document numbers beside its lines."""
    rows = connection.execute(
        f"""
        SELECT t.entity, coalesce(t.memo, ''),
               (SELECT json_group_array(y.link_tranid) FROM erp_transaction_lines AS y
                 WHERE y.tenant_id = t.tenant_id AND y.transaction_key = t.transaction_key AND y.closed = 0
                   AND y.link_tranid IS NOT NULL),
               {_MADE.format(via="'none'")}
          FROM erp_transactions AS t INDEXED BY erp_transactions_orphans
         WHERE t.tenant_id = :tenant AND t.parent_so_id IS NULL AND t.closed = 0 AND t.type IN ('WorkOrd', 'PurchOrd')
           AND t.trandate BETWEEN :since AND :day AND lower(coalesce(t.status, '')) NOT GLOB '*cancel*'
           AND NOT EXISTS (SELECT 1 FROM live_order_links AS n
                            WHERE n.tenant_id = t.tenant_id AND n.transaction_key = t.transaction_key)
         ORDER BY t.id
        """,
        {"tenant": tenant, "since": since, "day": day},
    )
    return [(_made_of(*rest), entity, memo, frozenset(json.loads(links))) for entity, memo, links, *rest in rows]


def add_link(
    connection: sqlite3.Connection, tenant: int, document: int, order: int | None, reason: str, acting: Acting
) -> int:
    """Tie a document to a sales order, or with none give the word back to the ERP; the link's number."""
    (last,) = connection.execute("SELECT max(link_id) FROM order_links WHERE tenant_id = ?", (tenant,)).fetchone()
    number = int(last or 0) + 1
    connection.execute(
        "INSERT INTO order_links (tenant_id, link_id, transaction_key, sales_order_key, reason, linked_on, linked_at, linked_by,"
        " os_user) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (tenant, number, document, order, reason, acting.on, acting.at, acting.actor, acting.os_user),
    )
    return number


def parents(connection: sqlite3.Connection, tenant: int, document: int) -> tuple[str | None, str | None, int]:
    """The sales order of a document by the ERP, the one by a link that holds here, and its company."""
    row = connection.execute(
        """
        SELECT t.parent_so_id, n.sales_order_id, t.company_id
          FROM erp_transactions AS t
          LEFT JOIN live_order_links AS n ON n.tenant_id = t.tenant_id AND n.transaction_key = t.transaction_key
         WHERE t.tenant_id = ? AND t.transaction_key = ?
        """,
        (tenant, document),
    ).fetchone()
    return row[0], row[1], row[2]


def _grouped(make: Any, rows: Iterable[Sequence[Any]]) -> dict[int, tuple[Any, ...]]:
    """Rows by their first column, each made into a value of the others."""
    found: dict[int, list[Any]] = defaultdict(list)
    for key, *rest in rows:
        found[key].append(make(*rest))
    return defaultdict(tuple, {key: tuple(values) for key, values in found.items()})
