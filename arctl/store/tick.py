"""What the daily tick reads and writes: items that entered a bucket, items never told of, and the ticks themselves."""

import sqlite3
from datetime import date

from arctl.core.dates import day_number
from arctl.core.tick import ENTRIES, MOVED, Moved, Span, Ticked
from arctl.store.aging import OPEN
from arctl.store.books import date_at

_COLUMNS = f"""
    d.iso AS day, i.id AS invoice_id, o.installment, c.id AS customer_id, o.currency,
    date(o.due_day * 86400, 'unixepoch') AS due_date, o.day - o.due_day AS days_overdue, {OPEN} AS open_cents"""
_ITEMS = """
    FROM ar_open_items AS o
    CROSS JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
    CROSS JOIN erp_customers AS c ON c.tenant_id = o.tenant_id AND c.customer_key = o.customer_key
    CROSS JOIN days AS d ON d.day = o.day"""
_CASES = " ".join(f"WHEN o.day - o.due_day >= {days} THEN '{bucket}'" for days, bucket in reversed(ENTRIES))
_BUCKET = f"CASE {_CASES} END"
_ENTRY = "o.due_day + CASE " + " ".join(
    f"WHEN o.day - o.due_day >= {days} THEN {days}" for days, _ in reversed(ENTRIES)
) + " END"  # fmt: skip


def opening(connection: sqlite3.Connection, tenant: int, company: int) -> Ticked | None:
    """The sync that brought the company's first invoice, and its day by the company's clock; None before it.

    Reads every invoice: only the first tick of a company asks.
    """
    (batch,) = connection.execute(
        """
        SELECT min(batch) FROM (SELECT batch FROM erp_invoices WHERE tenant_id = :tenant AND company_id = :company
                                UNION ALL
                                SELECT batch FROM erp_invoices_history WHERE tenant_id = :tenant AND company_id = :company)
        """,
        {"tenant": tenant, "company": company},
    ).fetchone()
    if batch is None:
        return None
    (moment,) = connection.execute("SELECT committed_at FROM sync_batches WHERE batch = ?", (batch,)).fetchone()
    return Ticked(date.fromisoformat(date_at(connection, tenant, company, moment)), batch)


def has_loads(connection: sqlite3.Connection, tenant: int) -> bool:
    """Whether the opening load of invoices is among the events; it is not where an older arctl made it."""
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM events WHERE tenant_id = ? AND idempotency_key > 'sync.loaded:customer_invoices:'"
        " AND idempotency_key < 'sync.loaded:customer_invoices;')",
        (tenant,),
    ).fetchone()
    return bool(found)


def last_batch(connection: sqlite3.Connection, tenant: int) -> int | None:
    """The tenant's latest sync batch; None before the first."""
    (batch,) = connection.execute("SELECT max(batch) FROM sync_batches WHERE tenant_id = ?", (tenant,)).fetchone()
    return None if batch is None else int(batch)


def ticks(connection: sqlite3.Connection, tenant: int, company: int) -> list[Ticked]:
    """The company's first and its last tick; the same twice, or none."""
    rows = connection.execute(
        """
        SELECT day, batch FROM ar_ticks WHERE tenant_id = :tenant AND company_id = :company AND day IN (
          SELECT min(day) FROM ar_ticks WHERE tenant_id = :tenant AND company_id = :company
          UNION ALL SELECT max(day) FROM ar_ticks WHERE tenant_id = :tenant AND company_id = :company)
        """,
        {"tenant": tenant, "company": company},
    )
    return [Ticked(date.fromisoformat(day), batch) for day, batch in rows]


def record(
    connection: sqlite3.Connection, tenant: int, company: int, tick: Ticked, ticked_at: str, actor: str, moved: int
) -> None:
    """Note that the company was told up to a day."""
    connection.execute(
        "INSERT INTO ar_ticks (tenant_id, company_id, day, batch, ticked_at, actor, moved) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (tenant, company, tick.day.isoformat(), tick.batch, ticked_at, actor, moved),
    )


def entries(connection: sqlite3.Connection, tenant: int, company: int, days: Span) -> list[Moved]:
    """Items that were open at the end of the day on which they entered a bucket, by day, invoice and instalment."""
    rows = connection.execute(
        f"""
        SELECT {_COLUMNS}, NULL
          {_ITEMS}
         WHERE o.day BETWEEN :first AND :last AND o.tenant_id = :tenant AND o.company_id = :company
           AND o.day - o.due_day IN ({", ".join(str(days_overdue) for days_overdue, _ in ENTRIES)}) AND open_cents > 0
         ORDER BY day, invoice_id, o.installment
        """,
        {"tenant": tenant, "company": company, "first": day_number(days.first), "last": day_number(days.last)},
    )
    return list(map(Moved._make, rows))


def untold(connection: sqlite3.Connection, tenant: int, company: int, days: Span) -> list[Moved]:
    """Items overdue at the end of the last day, of whose bucket nothing was ever told, by invoice and instalment.

    They came late, or their due date was moved, or were paid when they entered it. To be asked after `entries` are recorded.
    """
    item = f"'{MOVED}:' || i.id || '/' || o.installment"  # a key goes on with a colon, and the sign after it is a semicolon
    told = (
        f"SELECT 1 FROM events AS e WHERE e.tenant_id = :tenant AND e.idempotency_key > {item} || ':' || {_BUCKET} || ':'"
        f" AND e.idempotency_key < {item} || ':' || {_BUCKET} || ';'"
    )
    before = (
        "(SELECT json_extract(e.payload_json, '$.to') FROM events AS e WHERE e.tenant_id = :tenant"
        f" AND e.idempotency_key > {item} || ':' AND e.idempotency_key < {item} || ';' ORDER BY e.seq DESC LIMIT 1)"
    )
    rows = connection.execute(
        f"""
        SELECT {_COLUMNS}, {before}
          {_ITEMS}
         WHERE o.day = :last AND o.tenant_id = :tenant AND o.company_id = :company AND o.day > o.due_day AND open_cents > 0
           AND NOT EXISTS ({told}) AND NOT ({_SILENT})
         ORDER BY invoice_id, o.installment
        """,
        {
            "tenant": tenant,
            "company": company,
            "last": day_number(days.last),
            "silent_day": day_number(days.silent_day),
            "silent_batch": days.silent_batch,
        },
    )
    return list(map(Moved._make, rows))


def _at(base: str, key: str, same: str) -> str:
    """SQL: a version that was the truth at the silent batch, in history, and said the same of what a due date rests on."""
    return (
        f"EXISTS (SELECT 1 FROM {base}_history AS h WHERE h.tenant_id = :tenant AND {key}"
        f" AND h.batch <= :silent_batch AND h.to_batch > :silent_batch AND h.closed = 0 AND {same})"
    )


# Known with the due date that it has now, in the bucket that it is in, and open then as it is now.
_INVOICE_KNOWN = _at(
    "erp_invoices",
    "h.invoice_key = o.invoice_key",
    "h.counts_from < 100000 AND h.due_date IS i.due_date"
    " AND (h.due_date IS NOT NULL OR (h.invoice_date = i.invoice_date AND h.customer_key = i.customer_key))",
)
_PART = "{0}.invoice_key = o.invoice_key AND {0}.installment = o.installment"
_PART_KNOWN = _at(
    "erp_installments",
    _PART.format("h"),
    "h.due_date = date(o.due_day * 86400, 'unixepoch')",
)
_TERMS_KNOWN = _at("erp_customers", "h.customer_key = o.customer_key", "h.terms IS c.terms")
_SILENT = f"""
    {_ENTRY} <= :silent_day
    AND (i.batch <= :silent_batch OR {_INVOICE_KNOWN})
    AND (o.installment = 0 OR EXISTS (SELECT 1 FROM erp_installments AS p WHERE p.tenant_id = :tenant AND {_PART.format("p")}
                                         AND p.batch <= :silent_batch) OR {_PART_KNOWN})
    AND (o.flags & 1 = 0 OR c.batch <= :silent_batch OR {_TERMS_KNOWN})
    AND EXISTS (SELECT 1 FROM ar_open_items AS p WHERE p.day = :silent_day AND p.account_id = o.account_id
                   AND {_PART.format("p")} AND {OPEN.replace("o.", "p.")} > 0)"""
