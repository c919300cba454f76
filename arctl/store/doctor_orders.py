"""What the doctor looks at on the order side: builds, purchase orders, bills, lines that are not shipped. Asks, never writes."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from arctl.core.doctor_orders import Bought, Built, Keyed, Loose, OpenLine, VendorBill


class Scope(NamedTuple):
    """Whose books are asked about: the companies' ids, and the day (ISO) at whose end."""

    connection: sqlite3.Connection
    tenant: int
    companies: Sequence[int]
    day: str

    def rows(self, sql: str, **more: object) -> sqlite3.Cursor:
        """The answer to a question that binds :tenant, :companies (JSON), :day and what else is given."""
        asked = {"tenant": self.tenant, "companies": json.dumps(list(self.companies)), "day": self.day}
        return self.connection.execute(sql, asked | more)


_MINE = (
    "{0}.tenant_id = :tenant AND {0}.closed = 0 AND {0}.trandate <= :day"
    " AND {0}.company_id IN (SELECT value FROM json_each(:companies))"
)
_BILLED = "(lower(coalesce({0}.status, '')) GLOB '*billed' OR lower({0}.status) IN ('g', 'salesord:g'))"
_CLOSED = "(lower(coalesce({0}.status, '')) GLOB '*closed' OR lower({0}.status) IN ('h', 'salesord:h'))"
_CANCELLED = (
    "(lower(coalesce({0}.status, '')) GLOB '*cancel*'"
    " OR lower({0}.status) IN ('c', 'salesord:c', 'purchord:c', 'voided', 'rejected'))"
)
_SHIPPED = (
    "(lower(coalesce({0}.status, '')) GLOB '*shipped' OR lower({0}.status) GLOB '*:c' OR lower({0}.status) = 'c')"
)
_PARENT = (
    "coalesce((SELECT n.sales_order_id FROM live_order_links AS n"
    " WHERE n.tenant_id = {0}.tenant_id AND n.transaction_key = {0}.transaction_key), {0}.parent_so_id)"
)
_ALERTED = (
    "EXISTS (SELECT 1 FROM events AS e INDEXED BY events_by_key"
    " WHERE e.tenant_id = f.tenant_id AND e.idempotency_key = 'finance.alerted:' || f.id)"
)


def unalerted_orders(scope: Scope) -> list[int]:
    """Keys of sales orders with a completed fulfillment that Finance was not alerted of; not those that the ERP calls billed or
    closed and whose invoices, where the ledger knows any, bear no earlier day."""
    rows = scope.rows(
        f"""
        SELECT DISTINCT o.transaction_key
          FROM erp_transactions AS f
          CROSS JOIN erp_transactions AS o ON o.tenant_id = f.tenant_id AND o.id = f.createdfrom
         WHERE {_MINE.format("f")} AND f.type = 'ItemShip' AND {_SHIPPED.format("f")} AND NOT {_ALERTED}
           AND o.type = 'SalesOrd' AND o.closed = 0
           AND NOT (({_BILLED.format("o")} AND NOT lower(o.status) GLOB '*pending*' OR {_CLOSED.format("o")})
                    AND (NOT EXISTS (SELECT 1 FROM erp_invoices AS i INDEXED BY erp_invoices_by_order
                                      WHERE i.tenant_id = o.tenant_id AND i.createdfrom = o.id AND i.closed = 0)
                         OR EXISTS (SELECT 1 FROM erp_invoices AS i INDEXED BY erp_invoices_by_order
                                     WHERE i.tenant_id = o.tenant_id AND i.createdfrom = o.id AND i.closed = 0
                                       AND i.status IN ('posted', 'approved') AND i.invoice_date BETWEEN f.trandate AND :day)))
         ORDER BY o.trandate, o.id
        """
    )
    return [key for (key,) in rows]


def loose_fulfillments(scope: Scope) -> Iterator[Loose]:
    """Fulfillments on no sales order of the ledger, not alerted, nor invoiced by the id of what they were made from or their own."""
    rows = scope.rows(
        f"""
        SELECT f.id, f.trandate, f.status, f.entity, f.createdfrom
          FROM erp_transactions AS f
         WHERE {_MINE.format("f")} AND f.type = 'ItemShip' AND NOT {_ALERTED}
           AND NOT EXISTS (SELECT 1 FROM erp_transactions AS o
                            WHERE o.tenant_id = f.tenant_id AND o.id = f.createdfrom AND o.type = 'SalesOrd' AND o.closed = 0)
           AND NOT EXISTS (SELECT 1 FROM erp_invoices AS i INDEXED BY erp_invoices_by_order
                            WHERE i.tenant_id = f.tenant_id AND i.createdfrom IN (f.id, f.createdfrom) AND i.closed = 0)
         ORDER BY f.trandate, f.id
        """
    )
    return map(Loose._make, rows)


def open_lines(scope: Scope) -> list[OpenLine]:
    """The lines of sales orders, not cancelled or closed, that are not shipped in full, the oldest order first."""
    rows = scope.rows(
        f"""
        WITH short AS MATERIALIZED (
          SELECT o.tenant_id, o.transaction_key, o.id, o.tranid, o.entity, o.trandate, o.status, l.line, l.item_code, l.item_type,
                 l.quantity_micro, l.requested_ship_date, l.location, l.link_tranid,
                 coalesce(l.quantity_fulfilled_micro, 0) AS fulfilled
            FROM erp_transactions AS o
            CROSS JOIN erp_transaction_lines AS l ON l.tenant_id = o.tenant_id AND l.transaction_key = o.transaction_key
           WHERE {_MINE.format("o")} AND o.type = 'SalesOrd' AND NOT {_CANCELLED.format("o")} AND NOT {_CLOSED.format("o")}
             AND l.closed = 0 AND coalesce(l.quantity_fulfilled_micro, 0) < l.quantity_micro)
        SELECT s.id, s.tranid, s.entity, s.trandate, s.status, s.line, s.item_code, s.item_type, s.quantity_micro,
               max(s.fulfilled, coalesce((
                 SELECT sum(x.quantity_micro) FROM erp_transactions AS f INDEXED BY erp_transactions_by_origin
                   CROSS JOIN erp_transaction_lines AS x ON x.tenant_id = f.tenant_id AND x.transaction_key = f.transaction_key
                  WHERE f.tenant_id = s.tenant_id AND f.createdfrom = s.id AND f.type = 'ItemShip' AND f.closed = 0
                    AND f.trandate <= :day AND {_SHIPPED.format("f")} AND x.closed = 0 AND x.item_code = s.item_code), 0)
                 - coalesce((SELECT sum(b.quantity_micro) FROM erp_transaction_lines AS b
                              WHERE b.tenant_id = s.tenant_id AND b.transaction_key = s.transaction_key AND b.closed = 0
                                AND b.item_code = s.item_code AND b.line < s.line), 0)) AS shipped,
               s.requested_ship_date, s.location, s.link_tranid,
               (SELECT count(*) FROM erp_transactions AS f INDEXED BY erp_transactions_by_origin
                 WHERE f.tenant_id = s.tenant_id AND f.createdfrom = s.id AND f.type = 'ItemShip' AND f.closed = 0
                   AND f.trandate <= :day AND {_SHIPPED.format("f")}),
               EXISTS (SELECT 1 FROM erp_transactions AS t INDEXED BY erp_transactions_by_parent
                         CROSS JOIN erp_transaction_lines AS x ON x.tenant_id = t.tenant_id AND x.transaction_key = t.transaction_key
                        WHERE t.tenant_id = s.tenant_id AND t.parent_so_id = s.id AND t.type = 'WorkOrd' AND t.closed = 0
                          AND NOT {_CANCELLED.format("t")} AND x.closed = 0 AND x.item_code = s.item_code)
               OR EXISTS (SELECT 1 FROM live_order_links AS n
                            CROSS JOIN erp_transaction_lines AS x
                                       ON x.tenant_id = n.tenant_id AND x.transaction_key = n.transaction_key
                           WHERE n.tenant_id = s.tenant_id AND n.sales_order_key = s.transaction_key
                             AND x.closed = 0 AND x.item_code = s.item_code),
               (SELECT coalesce(sum(i.quantityavailable_micro) FILTER (WHERE s.location IS NULL OR i.location = s.location), 0)
                  FROM erp_inventory AS i
                 WHERE i.tenant_id = s.tenant_id AND i.item_code = s.item_code AND i.closed = 0 HAVING count(*) > 0)
          FROM short AS s
         WHERE shipped < s.quantity_micro
         ORDER BY s.trandate, s.id, s.line
        """
    )
    return list(map(OpenLine._make, rows))


def builds(scope: Scope) -> Iterator[Built]:
    """Builds with their work orders; not those whose sales order the ERP calls billed or closed."""
    rows = scope.rows(
        f"""
        WITH made AS MATERIALIZED (
          SELECT b.id, b.trandate, b.status, w.id AS work_order, w.tranid, w.entity, w.tenant_id, w.transaction_key,
                 {_PARENT.format("w")} AS parent
            FROM erp_transactions AS b
            CROSS JOIN erp_transactions AS w ON w.tenant_id = b.tenant_id AND w.id = b.createdfrom
           WHERE {_MINE.format("b")} AND b.type = 'Build' AND w.type = 'WorkOrd' AND w.closed = 0)
        SELECT m.id, m.trandate, m.status, m.work_order, m.tranid, m.entity, m.parent, p.id IS NOT NULL,
               (SELECT json_group_array(x.item_code) FILTER (WHERE x.item_code IS NOT NULL) FROM erp_transaction_lines AS x
                 WHERE x.tenant_id = m.tenant_id AND x.transaction_key = m.transaction_key AND x.closed = 0),
               (SELECT json_group_array(x.link_tranid) FILTER (WHERE x.link_tranid IS NOT NULL) FROM erp_transaction_lines AS x
                 WHERE x.tenant_id = m.tenant_id AND x.transaction_key = m.transaction_key AND x.closed = 0)
          FROM made AS m
          LEFT JOIN erp_transactions AS p ON p.tenant_id = m.tenant_id AND p.id = m.parent AND p.type = 'SalesOrd' AND p.closed = 0
         WHERE p.id IS NULL OR NOT ({_BILLED.format("p")} OR {_CLOSED.format("p")})
        """
    )
    for row in rows:
        *rest, held, items, links = row
        yield Built._make((*rest, bool(held), json.loads(items), json.loads(links)))


def purchase_orders(scope: Scope, lead_days: int) -> Iterator[Bought]:
    """Purchase orders past the day they are expected, or past a lead time, whose receipts do not come up to them."""
    rows = scope.rows(
        f"""
        SELECT p.id, p.entity, p.trandate, p.expected_date, p.status, {_PARENT.format("p")}, p.memo,
               (SELECT json_group_array(DISTINCT x.item_type) FILTER (WHERE x.item_type IS NOT NULL) FROM erp_transaction_lines AS x
                 WHERE x.tenant_id = p.tenant_id AND x.transaction_key = p.transaction_key AND x.closed = 0),
               (SELECT sum(x.quantity_micro) FROM erp_transaction_lines AS x
                 WHERE x.tenant_id = p.tenant_id AND x.transaction_key = p.transaction_key AND x.closed = 0) AS ordered,
               {_received("p.id", "p")} AS received, {_receipts("p.id", "p")} AS receipts
          FROM erp_transactions AS p
         WHERE {_MINE.format("p")} AND p.type = 'PurchOrd' AND coalesce(p.expected_date, date(p.trandate, :lead)) < :day
           AND (receipts = 0 OR received < ordered)
         ORDER BY p.trandate, p.id
        """,
        lead=f"+{lead_days} days",
    )
    for row in rows:
        *rest, types, ordered, received, receipts = row
        yield Bought._make((*rest, json.loads(types), ordered, received, receipts))


def vendor_bills(scope: Scope) -> Iterator[VendorBill]:
    """Vendor bills for purchase orders of which less was received by the day than they bill, with those before them."""
    rows = scope.rows(
        f"""
        SELECT v.id, v.tranid, v.entity, v.trandate, v.status, v.foreigntotal_cents, k.base_currency, p.id, p.status, p.expected_date,
               p.memo,
               (SELECT sum(x.quantity_micro) FROM erp_transactions AS b INDEXED BY erp_transactions_by_origin
                  CROSS JOIN erp_transaction_lines AS x ON x.tenant_id = b.tenant_id AND x.transaction_key = b.transaction_key
                 WHERE b.tenant_id = p.tenant_id AND b.createdfrom = p.id AND b.type = 'VendBill' AND b.closed = 0
                   AND NOT {_CANCELLED.format("b")} AND (b.trandate, b.id) <= (v.trandate, v.id) AND x.closed = 0
                   AND x.item_code IN (SELECT y.item_code FROM erp_transaction_lines AS y
                                        WHERE y.tenant_id = p.tenant_id AND y.transaction_key = p.transaction_key AND y.closed = 0)
               ) AS billed,
               {_received("p.id", "p")} AS received, {_receipts("p.id", "p")} AS receipts
          FROM erp_transactions AS v
          CROSS JOIN erp_transactions AS p ON p.tenant_id = v.tenant_id AND p.id = v.createdfrom
          CROSS JOIN companies AS k ON k.tenant_id = v.tenant_id AND k.company_id = v.company_id
         WHERE {_MINE.format("v")} AND v.type = 'VendBill' AND p.type = 'PurchOrd' AND p.closed = 0
           AND (receipts = 0 OR received < billed)
         ORDER BY v.trandate, v.id
        """
    )
    return map(VendorBill._make, rows)


def _received(origin: str, order: str) -> str:
    """SQL for the quantity received on a purchase order by the day; NULL where no line says."""
    return f"""(SELECT sum(x.quantity_micro) FROM erp_transactions AS r INDEXED BY erp_transactions_by_origin
                  CROSS JOIN erp_transaction_lines AS x ON x.tenant_id = r.tenant_id AND x.transaction_key = r.transaction_key
                 WHERE r.tenant_id = {order}.tenant_id AND r.createdfrom = {origin} AND r.type = 'ItemRcpt' AND r.closed = 0
                   AND r.trandate <= :day AND NOT {_CANCELLED.format("r")} AND x.closed = 0)"""


def _receipts(origin: str, order: str) -> str:
    return f"""(SELECT count(*) FROM erp_transactions AS r INDEXED BY erp_transactions_by_origin
                 WHERE r.tenant_id = {order}.tenant_id AND r.createdfrom = {origin} AND r.type = 'ItemRcpt' AND r.closed = 0
                   AND r.trandate <= :day AND NOT {_CANCELLED.format("r")})"""


def keyed(scope: Scope, since: str) -> Iterator[Keyed]:
    """Sales orders with a PO# dated from a day on."""
    rows = scope.rows(
        f"""
        SELECT o.transaction_key, o.id, o.company_id, o.entity, o.otherrefnum, o.trandate, o.status
          FROM erp_transactions AS o
         WHERE {_MINE.format("o")} AND o.type = 'SalesOrd' AND o.trandate >= :since AND o.otherrefnum <> ''
        """,
        since=since,
    )
    return map(Keyed._make, rows)


def item_lines(scope: Scope, keys: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """(item, quantity) of the lines of order documents, by their keys."""
    found: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for key, item, quantity in scope.rows(
        """
        SELECT l.transaction_key, coalesce(l.item_code, ''), coalesce(l.quantity_micro, 0)
          FROM json_each(:keys) AS w
          CROSS JOIN erp_transaction_lines AS l ON l.tenant_id = :tenant AND l.transaction_key = w.value
         WHERE l.closed = 0
        """,
        keys=json.dumps(list(keys)),
    ):
        found[key].append((item, quantity))
    return dict(found)
