"""What the ledger knows of orders that come in: customers, last rates, earlier orders, what waits or was pushed."""

import json
import sqlite3
from collections.abc import Collection, Iterable

from arctl.core.intake import Customer, Rate
from arctl.core.po_number import lookup_key, po_number
from arctl.core.proposal import ORDER_INTAKE


def customers(connection: sqlite3.Connection, tenant: int, company: int) -> list[Customer]:
    """The company's customers, by id."""
    rows = connection.execute(
        """
        SELECT c.customer_key, c.id, c.name, c.terms, c.credit_limit_cents, coalesce(c.currency, ''),
               EXISTS (SELECT 1 FROM customer_holds AS h WHERE h.tenant_id = c.tenant_id AND h.customer_key = c.customer_key
                          AND h.released_at IS NULL) OR lower(coalesce(c.entitystatus, '')) = 'hold',
               c.isinactive = 'F'
          FROM erp_customers AS c
         WHERE c.tenant_id = ? AND c.company_id = ? AND c.closed = 0
         ORDER BY c.id
        """,
        (tenant, company),
    )
    return [
        Customer(key, id, name, terms, limit, currency, bool(hold), bool(active))
        for key, id, name, terms, limit, currency, hold, active in rows
    ]


def rates(
    connection: sqlite3.Connection, tenant: int, whose: Collection[str], codes: Collection[str]
) -> dict[tuple[str, str], Rate]:
    """What items were last sold for: to each of these customers by (customer_id, item_code), and, for an item that one of them
    never bought, to anybody by ("", item_code)."""
    asked = {"tenant": tenant, "whose": json.dumps(sorted(whose)), "codes": json.dumps(sorted(codes))}
    # with max() SQLite takes the other columns from the very row that has it
    latest = "max(t.trandate || t.id), t.trandate, coalesce(t.tranid, t.id), l.rate_micro"
    sold = "l.closed = 0 AND t.closed = 0 AND t.type = 'SalesOrd' AND l.rate_micro IS NOT NULL"
    own = connection.execute(
        f"""
        SELECT t.entity, l.item_code, {latest}
          FROM erp_transactions AS t
          JOIN erp_transaction_lines AS l ON l.tenant_id = t.tenant_id AND l.transaction_key = t.transaction_key
         WHERE t.tenant_id = :tenant AND {sold} AND t.entity IN (SELECT value FROM json_each(:whose))
           AND l.item_code IN (SELECT value FROM json_each(:codes))
         GROUP BY t.entity, l.item_code
        """,
        asked,
    )
    found = {(who, code): Rate(micro, on, document, own=True) for who, code, _, on, document, micro in own}
    anybody = connection.execute(
        f"""
        SELECT l.item_code, {latest}
          FROM erp_transaction_lines AS l
          JOIN erp_transactions AS t ON t.tenant_id = l.tenant_id AND t.transaction_key = l.transaction_key
         WHERE l.tenant_id = :tenant AND {sold} AND l.item_code IN (SELECT value FROM json_each(:codes))
         GROUP BY l.item_code
        """,
        asked,
    )
    return found | {("", code): Rate(micro, on, document, own=False) for code, _, on, document, micro in anybody}


def items(connection: sqlite3.Connection, tenant: int, codes: Collection[str]) -> set[str]:
    """Those of these item codes that stock, an order document or an invoice has."""
    wanted = json.dumps(sorted(codes))
    found: set[str] = set()
    for table in ("erp_inventory", "erp_transaction_lines", "erp_invoice_lines"):
        rows = connection.execute(
            f"SELECT DISTINCT item_code FROM {table} WHERE tenant_id = ? AND closed = 0"
            " AND item_code IN (SELECT value FROM json_each(?))",
            (tenant, wanted),
        )
        found.update(code for (code,) in rows)
        if len(found) == len(codes):
            break
        wanted = json.dumps(sorted(set(codes) - found))
    return found


def ordered(
    connection: sqlite3.Connection, tenant: int, numbers: Iterable[str]
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The sales orders that carry one of these PO#s (in their one form), cancelled ones aside: (customer_id, PO#) to the
    (number, date) of each."""
    wanted = set(numbers)
    words = json.dumps(sorted({lookup_key(each) for each in wanted}))
    rows = connection.execute(
        """
        SELECT t.entity, t.otherrefnum, coalesce(t.tranid, t.id), t.trandate
          FROM json_each(:words) AS w
         CROSS JOIN order_references AS r ON r.tenant_id = :tenant AND r.word = w.value AND r.is_invoice = 0
         CROSS JOIN erp_transactions AS t ON t.tenant_id = r.tenant_id AND t.transaction_key = r.document_key
         WHERE t.type = 'SalesOrd' AND t.closed = 0 AND t.otherrefnum IS NOT NULL
           AND lower(coalesce(t.status, '')) NOT IN ('cancelled', 'canceled')
         ORDER BY t.trandate, t.id
        """,
        {"tenant": tenant, "words": words},
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for who, reference, name, on in rows:
        number = po_number(reference)
        if number in wanted:
            found.setdefault((who, number), []).append((name, on))
    return found


def taken(connection: sqlite3.Connection, tenant: int, keys: Iterable[str]) -> dict[str, str]:
    """Which of these orders wait for a decision or were pushed, and as what, in words."""
    asked = {"tenant": tenant, "keys": json.dumps(sorted(keys)), "type": ORDER_INTAKE}
    rows = connection.execute(
        """
        SELECT e.entity_ref, 'it waits in envelope ' || p.id
          FROM proposed_actions AS p
          JOIN workflow_effects AS e ON e.tenant_id = p.tenant_id AND e.run_id = p.run_id AND e.action_type = :type
         WHERE p.tenant_id = :tenant AND p.status = 'pending' AND p.envelope_id IS NULL AND p.action_type = 'workflow_' || :type
           AND e.entity_ref IN (SELECT value FROM json_each(:keys))
        UNION ALL
        SELECT p.entity_ref, 'proposal ' || p.id || ' is ' || p.status
          FROM proposed_actions AS p
         WHERE p.tenant_id = :tenant AND p.status IN ('pending', 'approved') AND p.action_type = :type
           AND p.entity_ref IN (SELECT value FROM json_each(:keys))
        UNION ALL
        SELECT k.value, 'push ' || n.push_id || ' is ' || n.status
          FROM json_each(:keys) AS k
          JOIN ns_pending_pushes AS n ON n.tenant_id = :tenant AND (n.idempotency_key = k.value
               OR (n.idempotency_key >= k.value || '#' AND n.idempotency_key < k.value || '$'))
         WHERE n.status NOT IN ('dead', 'cancelled')
        """,
        asked,
    )
    return dict(rows)


def pushes_of(connection: sqlite3.Connection, tenant: int, key: str) -> tuple[str | None, int]:
    """How the push of an order that was not given up stands, in words, and how many there ever were."""
    rows = connection.execute(
        "SELECT push_id, status FROM ns_pending_pushes WHERE tenant_id = ?"
        " AND (idempotency_key = ? OR (idempotency_key >= ? AND idempotency_key < ?)) ORDER BY push_id",
        (tenant, key, f"{key}#", f"{key}$"),
    ).fetchall()
    live = [f"push {push} is {status}" for push, status in rows if status not in ("dead", "cancelled")]
    return (live[-1] if live else None), len(rows)


def balances(
    connection: sqlite3.Connection, tenant: int, company: int, day: str, whose: Collection[str]
) -> dict[tuple[str, str], int]:
    """What customers owe at the end of a day, net of unapplied credit, in cents by (customer_id, currency)."""
    asked = {"tenant": tenant, "company": company, "day": day, "whose": json.dumps(sorted(whose))}
    rows = connection.execute(
        """
        SELECT customer_id, currency, sum(cents)
          FROM (SELECT customer_id, currency, outstanding_cents AS cents FROM open_items
                 WHERE tenant_id = :tenant AND company_id = :company AND day = :day
                   AND customer_id IN (SELECT value FROM json_each(:whose))
                UNION ALL
                SELECT customer_id, currency, -unapplied_cents FROM unapplied_credit
                 WHERE tenant_id = :tenant AND company_id = :company AND day = :day
                   AND customer_id IN (SELECT value FROM json_each(:whose)))
         GROUP BY customer_id, currency
        """,
        asked,
    )
    return {(who, currency): int(cents) for who, currency, cents in rows}
