"""What `arctl trace-po` costs on five million order documents, against the bare indexed look-ups of the same records."""

import json
import random
import sqlite3
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median

from arctl.core.po_number import neighbours
from arctl.services.trace_po import trace_po
from arctl.store import derive, order_references
from arctl.store.ledger import Ledger, create, open_ledger

ORDERS = 625_000
PER_ORDER = 8
DAY = date(2026, 6, 30)
FIRST = 100_000
"""The first customer PO#; they rise by one from order to order, as a busy customer's do."""

# Of every order: an assembly and a drop-ship line beside one from stock, two fulfillments, an invoice, half of them paid.
_TYPES = (
    ("SO", "SalesOrd", "Billed", "po", None, None, None),
    ("WO", "WorkOrd", "Closed", None, "po", "SO", None),
    ("AB", "Build", "Complete", None, None, None, "WO"),
    ("PO", "PurchOrd", "Fully Billed", None, "po", "SO", None),
    ("IR", "ItemRcpt", "Received", None, None, None, "PO"),
    ("VB", "VendBill", "Open", None, "'PO ' || po", None, "PO"),
    ("IF", "ItemShip", "Shipped", "po", None, None, "SO"),
    ("IG", "ItemShip", "Shipped", "po", None, None, "SO"),
)
_LINES = (
    ("SO", 1, "OIL", "inventory", None), ("SO", 2, "KIT", "assembly", "WO"), ("SO", 3, "ICE", "drop_ship", "PO"),
    ("WO", 1, "KIT", "assembly", "SO"), ("AB", 1, "KIT", "assembly", "WO"), ("PO", 1, "ICE", "drop_ship", "SO"),
    ("IR", 1, "ICE", "drop_ship", "PO"), ("VB", 1, "ICE", "drop_ship", "PO"), ("IF", 1, "OIL", "inventory", "SO"),
    ("IG", 1, "KIT", "assembly", "SO"), ("IG", 2, "ICE", "drop_ship", "SO"),
)  # fmt: skip


def ledger_of(path: Path, orders: int) -> Path:
    """A ledger of that many orders, made now where it is not there yet: written to the mirror as a sync leaves it."""
    if not create(path):
        return path
    ledger = open_ledger(path, "default")
    connection, tenant = ledger.connection, ledger.tenant_id
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    connection.execute(
        "INSERT INTO sync_batches VALUES (1, 1, '2026-06-30 06:00:00', 'benchmark', 'generated', 'full', NULL)"
    )
    connection.execute(
        "CREATE TEMP TABLE n AS WITH RECURSIVE s (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM s WHERE k < ?)"
        f" SELECT k, CAST({FIRST} + k AS TEXT) AS po, k % 4000 AS c FROM s",
        (orders - 1,),
    )
    _receivables(connection)
    _order_documents(connection)
    derive.derive(connection, tenant, everything=True)
    started = time.perf_counter()
    order_references.fill(connection, tenant, everything=True)
    print(
        f"words of {orders * PER_ORDER:,} order documents filled in {time.perf_counter() - started:.1f} s", flush=True
    )
    connection.execute("COMMIT")
    ledger.close()
    return path


def _receivables(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO erp_customers (tenant_id, customer_key, id, name, isinactive, company_id, batch, closed)"
        " SELECT DISTINCT 1, c + 1, 'C' || c, 'Sample Bistro ' || c, 'F', 1, 1, 0 FROM n"
    )
    connection.execute(
        "INSERT INTO erp_invoices (tenant_id, invoice_key, id, customer_key, company_id, invoice_date, due_date, amount_cents,"
        " currency, status, otherrefnum, createdfrom, disputed, kind, batch, closed) SELECT 1, k + 1, 'INV' || k, c + 1, 1,"
        " '2026-05-20', '2026-06-19', 60000, 'USD', 'posted', po, 'SO' || k, 'F', '', 1, 0 FROM n"
    )
    connection.execute(
        "INSERT INTO erp_invoice_lines SELECT 1, k + 1, l.line, l.item, 10000000, 20000000, 20000, 1, 0"
        " FROM n, (SELECT 1 AS line, 'OIL' AS item UNION ALL SELECT 2, 'KIT' UNION ALL SELECT 3, 'ICE') AS l"
    )
    connection.execute(
        "INSERT INTO erp_sources (tenant_id, source_key, source_type, id, customer_key, company_id, source_date, amount_cents,"
        " currency, status, otherrefnum, kind, batch, closed) SELECT 1, k + 1, 'payment', 'PMT' || k, c + 1, 1, '2026-06-18', 60000,"
        " 'USD', 'posted', po, 'payment', 1, 0 FROM n WHERE k % 2 = 0"
    )
    day = (date(2026, 6, 18) - date(1970, 1, 1)).days
    connection.execute(
        f"INSERT INTO erp_applications SELECT 1, k + 1, k + 1, '', NULL, '2026-06-18', 60000, 0, 1, 0, {day}, 100000"
        " FROM n WHERE k % 2 = 0"
    )


def _order_documents(connection: sqlite3.Connection) -> None:
    keys = {prefix: place for place, (prefix, *_) in enumerate(_TYPES)}
    for place, (prefix, kind, status, reference, memo, parent, origin) in enumerate(_TYPES):
        entity = "'V1'" if kind in ("PurchOrd", "ItemRcpt", "VendBill") else "'C' || c"
        names = [f"'{each}' || k" if each else "NULL" for each in (parent, origin)]
        connection.execute(
            "INSERT INTO erp_transactions (tenant_id, transaction_key, id, type, entity, trandate, tranid, status,"
            " foreigntotal_cents, otherrefnum, memo, parent_so_id, createdfrom, company_id, batch, closed)"
            f" SELECT 1, k * {PER_ORDER} + {place} + 1, '{prefix}' || k, '{kind}', {entity}, '2026-05-1{place}', '{prefix}-' || k,"
            f" '{status}', 60000, {reference or 'NULL'}, {memo or 'NULL'}, {', '.join(names)}, 1, 1, 0 FROM n"
        )
    for prefix, line, item, kind, link in _LINES:
        named = f"'{link}-' || k" if link else "NULL"
        connection.execute(
            "INSERT INTO erp_transaction_lines (tenant_id, transaction_key, line, item_code, item_type, quantity_micro,"
            " quantity_fulfilled_micro, amount_cents, link_tranid, batch, closed)"
            f" SELECT 1, k * {PER_ORDER} + {keys[prefix] + 1}, {line}, '{item}', '{kind}', 10000000, 10000000, 20000, {named}, 1, 0"
            " FROM n"
        )


_BARE = {
    "seeds": "SELECT t.* FROM order_references AS r CROSS JOIN erp_transactions AS t ON t.tenant_id = 1"
    " AND t.transaction_key = r.document_key WHERE r.tenant_id = 1 AND r.word = ? AND r.is_invoice = 0",
    "invoices": "SELECT t.*, c.id, c.name FROM order_references AS r CROSS JOIN erp_invoices AS t ON t.tenant_id = 1"
    " AND t.invoice_key = r.document_key CROSS JOIN erp_customers AS c ON c.tenant_id = 1 AND c.customer_key = t.customer_key"
    " WHERE r.tenant_id = 1 AND r.word = ? AND r.is_invoice = 1",
    "parent": "SELECT * FROM erp_transactions INDEXED BY erp_transactions_by_parent WHERE tenant_id = 1 AND parent_so_id = ?",
    "origin": "SELECT * FROM erp_transactions INDEXED BY erp_transactions_by_origin WHERE tenant_id = 1 AND createdfrom = ?",
    "billed": "SELECT invoice_key FROM erp_invoices WHERE tenant_id = 1 AND createdfrom = ?",
    "lines": "SELECT * FROM erp_transaction_lines WHERE tenant_id = 1 AND transaction_key = ?",
    "named": "SELECT transaction_key FROM erp_transaction_lines WHERE tenant_id = 1 AND link_tranid = ? AND line <= 1",
    "invoice lines": "SELECT * FROM erp_invoice_lines WHERE tenant_id = 1 AND invoice_key = ?",
    "account": "SELECT account_id FROM ar_accounts WHERE tenant_id = 1 AND company_id = 1 AND currency = 'USD' AND customer_key = ?",
    "balance": "SELECT raw_cents FROM ar_open_items WHERE day = ? AND tenant_id = 1 AND account_id = ? AND invoice_key = ?",
    "paid": "SELECT p.*, s.* FROM erp_applications AS p INDEXED BY erp_applications_by_invoice"
    " CROSS JOIN erp_sources AS s ON s.tenant_id = 1"
    " AND s.source_key = p.source_key WHERE p.tenant_id = 1 AND p.invoice_key = ?",
    "alike": "SELECT is_invoice, document_key FROM order_references WHERE tenant_id = 1 AND word = ?",
}


def bare(connection: sqlite3.Connection, po: str) -> set[str]:
    """Ids of what the PO# threads, by one look-up after the other and nothing made of what they return."""

    def ask(name: str, *values: object) -> list[tuple[object, ...]]:
        return connection.execute(_BARE[name], values).fetchall()

    seeds = {row[2]: row for row in ask("seeds", po) if po in (row[10], str(row[11]).split(" ")[-1])}
    waiting = [row for row in seeds.values() if row[3] == "SalesOrd"]
    found = dict(seeds)
    while waiting:
        for row in (*ask("parent", waiting[-1][2]), *ask("origin", waiting.pop()[2])):
            found[row[2]] = row
            waiting.append(row)
    for row in found.values():
        ask("lines", row[1])
        if row[3] in ("SalesOrd", "WorkOrd", "PurchOrd"):
            ask("named", row[6])
        if row[3] in ("SalesOrd", "ItemShip"):
            ask("billed", row[2])
    ids = {str(each) for each in found}
    day = (DAY - date(1970, 1, 1)).days
    for invoice in ask("invoices", po):
        ids.add(str(invoice[2]))
        ask("invoice lines", invoice[1])
        ((account,),) = ask("account", invoice[3])
        ask("balance", day, account, invoice[1])
        ids |= {str(row[15]) for row in ask("paid", invoice[1])}
    for key in neighbours(po):
        for is_invoice, document in ask("alike", key):
            base, name = ("erp_invoices", "invoice_key") if is_invoice else ("erp_transactions", "transaction_key")
            connection.execute(f"SELECT * FROM {base} WHERE tenant_id = 1 AND {name} = ?", (document,)).fetchall()
    return ids


def trace_figure(path: Path, orders: int, asked: int = 1000) -> tuple[float, float]:
    """Seconds of a trace and of the bare look-ups: medians over PO#s drawn at random, in turn, in one process.

    Each PO# is asked once, by one side, as an operator does: its pages are in the system's cache at best, never in SQLite's.
    """
    ledger = open_ledger(path, "default")
    draw = random.Random(5)
    for _ in range(20):
        _agree(ledger, str(FIRST + draw.randrange(orders)))
    numbers = [str(FIRST + each) for each in draw.sample(range(orders), 2 * asked)]
    ours, theirs = [], []
    for one, other in zip(numbers[:asked], numbers[asked:], strict=True):
        ours.append(_timed_trace(ledger, one))
        theirs.append(_timed_bare(ledger, other))
    ledger.close()
    return median(ours), median(theirs)


def _timed_trace(ledger: Ledger, po: str) -> float:
    started = time.perf_counter()
    trace_po(ledger, po, DAY)
    return time.perf_counter() - started


def _timed_bare(ledger: Ledger, po: str) -> float:
    started = time.perf_counter()
    bare(ledger.connection, po)
    return time.perf_counter() - started


def _agree(ledger: Ledger, po: str) -> None:
    trace = trace_po(ledger, po, DAY)
    records = {record.document.id for order in trace.orders for record in order.tree.records()}
    records |= {each.id for settled in trace.money.settlements.values() for each in settled}
    if records != bare(ledger.connection, po):
        raise ValueError(f"PO# {po}: {json.dumps(sorted(records ^ bare(ledger.connection, po)))} on one side only")


def main() -> None:
    """`python -m benchmarks.trace_po FOLDER [ORDERS]`: 5,000,000 order documents unless told otherwise."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    orders = int(sys.argv[2]) if len(sys.argv) > 2 else ORDERS
    path = ledger_of(folder / f"orders-{orders}.db", orders)
    ours, theirs = trace_figure(path, orders)
    print(f"trace-po / bare look-ups  {ours / theirs:.2f}  ({ours * 1000:.2f} ms : {theirs * 1000:.2f} ms, target 2)")


if __name__ == "__main__":
    main()
