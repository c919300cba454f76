"""Looking up what a PO# threads: by words of references, by links, by numbers in lines. SQL only; every question is an index's."""

import json
import sqlite3
from collections.abc import Collection, Iterable

from arctl.core.po_documents import Balance, Document, Line, Settlement

# json_each lays out what is asked for, and CROSS JOIN has it looked up one by one. Indexes are named: unmeasured, a tenant's key
# seems as telling to SQLite as a document's, and it would go through all of the tenant's.

_REPAIRED = """
  CASE WHEN t.type = 'WorkOrd' OR t.type = 'PurchOrd' THEN
    (SELECT (SELECT o.id FROM erp_transactions AS o WHERE o.tenant_id = n.tenant_id AND o.transaction_key = n.sales_order_key)
       FROM order_links AS n INDEXED BY order_links_by_transaction
      WHERE n.tenant_id = t.tenant_id AND n.transaction_key = t.transaction_key ORDER BY n.link_id DESC LIMIT 1) END"""
_ORDER_DOCUMENT = f"""
  t.transaction_key, t.type, t.id, t.tranid, t.entity, t.trandate, t.status, t.foreigntotal_cents, t.otherrefnum, t.memo,
  t.initialtranid, coalesce({_REPAIRED}, t.parent_so_id), t.createdfrom, t.expected_date, t.company_id, k.base_currency"""
_COMPANY = "CROSS JOIN companies AS k ON k.tenant_id = t.tenant_id AND k.company_id = t.company_id"
_INVOICE = """
  t.invoice_key, 'invoice', t.id, t.tranid, c.id, t.invoice_date, t.status, t.amount_cents, t.otherrefnum, t.memo,
  NULL, NULL, t.createdfrom, t.due_date, t.company_id, t.currency, t.voided_on, t.disputed = 'T',
  (SELECT a.account_id FROM ar_accounts AS a WHERE a.tenant_id = t.tenant_id AND a.company_id = t.company_id
      AND a.currency = t.currency AND a.customer_key = t.customer_key)"""
_CUSTOMER = "CROSS JOIN erp_customers AS c ON c.tenant_id = t.tenant_id AND c.customer_key = t.customer_key"
_NUMBERED = "(t.type = 'SalesOrd' OR t.type = 'WorkOrd' OR t.type = 'PurchOrd')"


def _orders(connection: sqlite3.Connection, tenant: int, asked: object, found: str) -> list[Document]:
    """Order documents; `found` is SQL that joins t out of what :asked lists."""
    rows = connection.execute(
        f"SELECT {_ORDER_DOCUMENT} FROM {found} {_COMPANY} WHERE t.closed = 0", {"tenant": tenant, "asked": asked}
    )
    return list(map(Document._make, (row + _NO_INVOICE for row in rows)))


_NO_INVOICE = (None, False, None, ())


def _invoices(connection: sqlite3.Connection, tenant: int, asked: object, found: str) -> list[Document]:
    rows = connection.execute(
        f"SELECT {_INVOICE} FROM {found} {_CUSTOMER} WHERE t.closed = 0", {"tenant": tenant, "asked": asked}
    )
    return [Document._make((*row, ())) for row in rows]


def by_word(connection: sqlite3.Connection, tenant: int, word: str) -> list[Document]:
    """Order documents and invoices whose references are found under a word; whether they name the PO# is core's to say."""
    found = (
        "order_references AS r CROSS JOIN {} AS t ON t.tenant_id = :tenant AND t.{} = r.document_key"
        " AND r.tenant_id = :tenant AND r.word = :asked AND r.is_invoice = {}"
    )
    return [
        *_orders(connection, tenant, word, found.format("erp_transactions", "transaction_key", 0)),
        *_invoices(connection, tenant, word, found.format("erp_invoices", "invoice_key", 1)),
    ]


def by_words(connection: sqlite3.Connection, tenant: int, words: Collection[str], most: int) -> list[Document]:
    """The same under any of several words, at most so many documents of each kind."""
    hits = connection.execute(
        "SELECT r.is_invoice, r.document_key FROM json_each(?) AS w"
        " CROSS JOIN order_references AS r ON r.tenant_id = ? AND r.word = w.value LIMIT ?",
        (json.dumps(list(words)), tenant, most),
    ).fetchall()
    keys = [json.dumps([key for is_invoice, key in hits if is_invoice == kind]) for kind in (0, 1)]
    found = "json_each(:asked) AS w CROSS JOIN {} AS t ON t.tenant_id = :tenant AND t.{} = w.value"
    orders, invoices = found.format("erp_transactions", "transaction_key"), found.format("erp_invoices", "invoice_key")
    return [
        *(_orders(connection, tenant, keys[0], orders) if keys[0] != "[]" else []),
        *(_invoices(connection, tenant, keys[1], invoices) if keys[1] != "[]" else []),
    ]


def by_ids(connection: sqlite3.Connection, tenant: int, ids: Iterable[str]) -> list[Document]:
    """Order documents by their ids."""
    found = "json_each(:asked) AS w CROSS JOIN erp_transactions AS t ON t.tenant_id = :tenant AND t.id = w.value"
    return _orders(connection, tenant, json.dumps(list(ids)), found)


def by_numbers(connection: sqlite3.Connection, tenant: int, numbers: Iterable[str]) -> list[Document]:
    """Sales, work and purchase orders by their document numbers."""
    found = (
        "json_each(:asked) AS w CROSS JOIN erp_transactions AS t INDEXED BY erp_transactions_by_number"
        f" ON t.tenant_id = :tenant AND t.tranid = w.value AND {_NUMBERED}"
    )
    return _orders(connection, tenant, json.dumps(list(numbers)), found)


# A parent is always an order, which only those asked for can be.
_UNDER = """
  WITH RECURSIVE chain (id, key) AS (
    SELECT value, NULL FROM json_each(:asked)
    UNION
    SELECT t.id, t.transaction_key FROM chain CROSS JOIN erp_transactions AS t INDEXED BY erp_transactions_by_parent
     WHERE chain.key IS NULL AND t.tenant_id = :tenant AND t.parent_so_id = chain.id AND t.closed = 0
    UNION
    SELECT t.id, t.transaction_key FROM chain CROSS JOIN erp_transactions AS t INDEXED BY erp_transactions_by_origin
     WHERE t.tenant_id = :tenant AND t.createdfrom = chain.id AND t.closed = 0
    UNION
    SELECT t.id, t.transaction_key
      FROM chain CROSS JOIN erp_transactions AS o
      CROSS JOIN order_links AS l INDEXED BY order_links_by_order CROSS JOIN erp_transactions AS t
     WHERE chain.key IS NULL AND EXISTS (SELECT 1 FROM order_links WHERE tenant_id = :tenant)
       AND o.tenant_id = :tenant AND o.id = chain.id
       AND l.tenant_id = :tenant AND l.sales_order_key = o.transaction_key
       AND t.tenant_id = :tenant AND t.transaction_key = l.transaction_key AND t.closed = 0)"""


def hanging_on(connection: sqlite3.Connection, tenant: int, ids: Iterable[str]) -> list[Document]:
    """Order documents made from these, at any depth, and the invoices made from any of them."""
    rows = connection.execute(
        f"{_UNDER} SELECT DISTINCT {_ORDER_DOCUMENT} FROM chain CROSS JOIN erp_transactions AS t"
        f" ON t.tenant_id = :tenant AND t.transaction_key = chain.key {_COMPANY}",
        {"tenant": tenant, "asked": json.dumps(sorted(ids))},
    )
    return [Document._make(row + _NO_INVOICE) for row in rows]


def invoices_of(connection: sqlite3.Connection, tenant: int, ids: Iterable[str]) -> list[Document]:
    """Invoices made from these order documents."""
    found = (
        "json_each(:asked) AS w CROSS JOIN erp_invoices AS t INDEXED BY erp_invoices_by_order"
        " ON t.tenant_id = :tenant AND t.createdfrom = w.value"
    )
    return _invoices(connection, tenant, json.dumps(list(ids)), found)


def named_in_lines(connection: sqlite3.Connection, tenant: int, numbers: Iterable[str]) -> set[int]:
    """Keys of the order documents whose first line names one of these numbers."""
    rows = connection.execute(
        "SELECT l.transaction_key FROM json_each(?) AS w CROSS JOIN erp_transaction_lines AS l"
        " INDEXED BY erp_transaction_lines_by_link ON l.tenant_id = ? AND l.link_tranid = w.value AND l.line <= 1",
        (json.dumps(list(numbers)), tenant),
    )
    return {key for (key,) in rows}


def by_keys(connection: sqlite3.Connection, tenant: int, keys: Iterable[int]) -> list[Document]:
    """Order documents by the ledger's own keys."""
    found = "json_each(:asked) AS w CROSS JOIN erp_transactions AS t ON t.tenant_id = :tenant AND t.transaction_key = w.value"
    return _orders(connection, tenant, json.dumps(list(keys)), found)


def order_lines(connection: sqlite3.Connection, tenant: int, keys: Iterable[int]) -> dict[int, list[Line]]:
    """The lines of order documents, by their keys."""
    rows = connection.execute(
        """
        SELECT l.transaction_key, l.line, l.item_code, l.item_type, l.quantity_micro, l.quantity_fulfilled_micro, l.amount_cents,
               l.link_tranid, l.requested_ship_date
          FROM json_each(?) AS w CROSS JOIN erp_transaction_lines AS l ON l.tenant_id = ? AND l.transaction_key = w.value
         WHERE l.closed = 0
        """,
        (json.dumps(list(keys)), tenant),
    )
    return _by_key(rows)


def invoice_lines(connection: sqlite3.Connection, tenant: int, keys: Iterable[int]) -> dict[int, list[Line]]:
    """The lines of invoices, by their keys."""
    rows = connection.execute(
        """
        SELECT l.invoice_key, l.line, l.item_code, NULL, l.quantity_micro, NULL, l.amount_cents, NULL, NULL
          FROM json_each(?) AS w CROSS JOIN erp_invoice_lines AS l ON l.tenant_id = ? AND l.invoice_key = w.value
         WHERE l.closed = 0
        """,
        (json.dumps(list(keys)), tenant),
    )
    return _by_key(rows)


def _by_key(rows: Iterable[tuple[object, ...]]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    for key, *values in rows:
        found.setdefault(key, []).append(Line._make(values))  # type: ignore[arg-type]  # a row of an untyped cursor
    return found


def balance(connection: sqlite3.Connection, tenant: int, account: int, key: int, day: int) -> Balance:
    """An invoice's balance at the end of a day by the one definition, and when its oldest open part is due."""
    raw, due = connection.execute(
        """
        SELECT max(raw_cents), date(min(due_day) FILTER (WHERE raw_cents > after_cents AND cap_cents > 0) * 86400, 'unixepoch')
          FROM ar_open_items WHERE day = ? AND tenant_id = ? AND account_id = ? AND invoice_key = ?
        """,
        (day, tenant, account, key),
    ).fetchone()
    return Balance(raw or 0, due)


def settlements(
    connection: sqlite3.Connection, tenant: int, keys: Collection[int], day: int
) -> dict[int, list[Settlement]]:
    """What settled these invoices by the end of a day, by invoice key: applications by payer's document, and write-offs."""
    rows = connection.execute(
        """
        SELECT p.invoice_key, s.source_type, s.id, s.tranid, s.source_date, date(min(p.effective_day) * 86400, 'unixepoch'),
               s.status, sum(p.amount_cents), sum(p.discount_cents), 0, s.amount_cents, c.id
          FROM json_each(:keys) AS w
          CROSS JOIN erp_applications AS p INDEXED BY erp_applications_by_invoice ON p.tenant_id = :tenant AND p.invoice_key = w.value
          CROSS JOIN erp_sources AS s ON s.tenant_id = p.tenant_id AND s.source_key = p.source_key
          CROSS JOIN erp_customers AS c ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key
         WHERE p.effective_day <= :day AND p.until_day > :day
         GROUP BY p.invoice_key, s.source_key HAVING sum(p.amount_cents) <> 0 OR sum(p.discount_cents) <> 0
        UNION ALL
        SELECT t.invoice_key, 'write_off', w.id, NULL, w.written_off_on, date(t.from_day * 86400, 'unixepoch'), w.status,
               t.amount_cents, 0, iif(t.recovered_day <= :day, t.recovered_cents, 0), t.amount_cents, NULL
          FROM json_each(:keys) AS k
          CROSS JOIN erp_write_offs AS w INDEXED BY erp_write_offs_by_invoice ON w.tenant_id = :tenant AND w.invoice_key = k.value
          CROSS JOIN ar_write_off_terms AS t ON t.tenant_id = w.tenant_id AND t.write_off_key = w.write_off_key
         WHERE t.from_day <= :day AND t.until_day > :day
         ORDER BY 6, 3
        """,
        {"tenant": tenant, "keys": json.dumps(list(keys)), "day": day},
    )
    found: dict[int, list[Settlement]] = {}
    for key, *values in rows:
        found.setdefault(key, []).append(Settlement._make(values))
    return found


def customers(connection: sqlite3.Connection, tenant: int, ids: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Name and currency of the customers among these ids."""
    rows = connection.execute(
        "SELECT c.id, c.name, c.currency FROM json_each(?) AS w"
        " CROSS JOIN erp_customers AS c ON c.tenant_id = ? AND c.id = w.value",
        (json.dumps(list(ids)), tenant),
    )
    return {id: (name, currency) for id, name, currency in rows}
