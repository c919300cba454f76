"""One invoice and everything that moves it, as facts."""

import sqlite3
from datetime import date

from arctl.core.dates import NEVER
from arctl.core.explanation import DocumentFacts, InvoiceFacts, Movement


def find_invoices(connection: sqlite3.Connection, tenant: int, text: str, company: str | None) -> list[tuple[int, str]]:
    """(key, id) of the invoice with that id, else of those with that document number, those the ERP still has first."""
    for matching in ("i.id = :text", "i.tranid = :text AND i.closed = 0", "i.tranid = :text"):
        found = connection.execute(
            f"""
            SELECT i.invoice_key, i.id FROM erp_invoices AS i
              JOIN companies AS k ON k.tenant_id = i.tenant_id AND k.company_id = i.company_id
             WHERE i.tenant_id = :tenant AND {matching} AND (:company IS NULL OR k.name = :company)
             ORDER BY i.id
            """,
            {"tenant": tenant, "text": text, "company": company},
        ).fetchall()
        if found:
            return [(int(key), number) for key, number in found]
    return []


def invoice_facts(connection: sqlite3.Connection, tenant: int, key: int) -> InvoiceFacts:
    """The invoice with its customer, company and account."""
    row = connection.execute(
        """
        SELECT i.id, i.tranid, c.id, c.name, c.terms, k.name, i.currency, i.invoice_date, i.due_date, i.amount_cents,
               i.status, i.voided_on, i.closed, i.disputed,
               (SELECT a.account_id FROM ar_accounts AS a
                 WHERE a.tenant_id = i.tenant_id AND a.company_id = i.company_id AND a.currency = i.currency
                   AND a.customer_key = i.customer_key)
          FROM erp_invoices AS i
          JOIN erp_customers AS c ON c.tenant_id = i.tenant_id AND c.customer_key = i.customer_key
          JOIN companies AS k ON k.tenant_id = i.tenant_id AND k.company_id = i.company_id
         WHERE i.tenant_id = ? AND i.invoice_key = ?
        """,
        (tenant, key),
    ).fetchone()
    number, tranid, customer, name, terms, company, currency = row[:7]
    dated, due, cents, status, voided, closed, disputed, account = row[7:]
    return InvoiceFacts(
        number, tranid, customer, name, terms, company, currency, date.fromisoformat(dated), _date(due), cents,
        status, _date(voided), bool(closed), disputed == "T", account,
    )  # fmt: skip


def raw_balance(connection: sqlite3.Connection, tenant: int, account: int, key: int, day: int) -> int:
    """The invoice's balance at the end of a day by the one definition; 0 where it is not open."""
    row = connection.execute(
        "SELECT raw_cents FROM ar_open_items"
        " WHERE day = ? AND tenant_id = ? AND account_id = ? AND invoice_key = ? LIMIT 1",
        (day, tenant, account, key),
    ).fetchone()
    return int(row[0]) if row else 0


def open_shares(
    connection: sqlite3.Connection, tenant: int, account: int, key: int, day: int
) -> list[tuple[int, int, int]]:
    """(instalment, due day, cents) of what is open, in the order it is eaten."""
    return connection.execute(
        """
        SELECT installment, due_day, min(cap_cents, raw_cents - after_cents) AS open_cents FROM ar_open_items
         WHERE day = ? AND tenant_id = ? AND account_id = ? AND invoice_key = ? AND raw_cents > after_cents
           AND open_cents > 0
         ORDER BY due_day, installment
        """,
        (day, tenant, account, key),
    ).fetchall()


def installment_dates(connection: sqlite3.Connection, tenant: int, key: int) -> list[date]:
    """The due dates of the invoice's instalments; none where it has none."""
    rows = connection.execute(
        "SELECT due_date FROM erp_installments WHERE tenant_id = ? AND invoice_key = ? AND closed = 0", (tenant, key)
    )
    return [date.fromisoformat(due) for (due,) in rows]


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def applications(connection: sqlite3.Connection, tenant: int, key: int, invoice: InvoiceFacts) -> list[Movement]:
    """Every application to the invoice, those the ERP has dropped included."""
    rows = connection.execute(
        """
        SELECT s.source_type, s.id, s.status, s.source_date, s.voided_on, s.closed, c.id, c.name, p.applied_on,
               p.amount_cents, p.discount_cents, p.effective_day, p.until_day, p.closed
          FROM erp_applications AS p
          JOIN erp_sources AS s ON s.tenant_id = p.tenant_id AND s.source_key = p.source_key
          JOIN erp_customers AS c ON c.tenant_id = s.tenant_id AND c.customer_key = s.customer_key
         WHERE p.tenant_id = ? AND p.invoice_key = ?
         ORDER BY s.source_type DESC, s.id, p.slot
        """,
        (tenant, key),
    )
    found = []
    for kind, number, status, dated, voided, gone, payer, name, applied, cents, discount, begins, ends, closed in rows:
        title = f"{kind.replace('_', ' ')} {number}"
        source = DocumentFacts(title, status, date.fromisoformat(dated), _date(voided), bool(gone))
        found.append(
            Movement(
                kind="application",
                source_type=kind,
                source_id=number,
                own_date=_date(applied),
                cents=cents,
                discount_cents=discount,
                from_day=begins,
                until_day=ends,
                documents=(source, invoice.document),
                closed=bool(closed),
                paid_by=None if payer == invoice.customer_id else (payer, name),
            )
        )
    return found


def write_offs(connection: sqlite3.Connection, tenant: int, key: int, invoice: InvoiceFacts) -> list[Movement]:
    """Every write-off of the invoice, and its recovery, each as a movement."""
    rows = connection.execute(
        """
        SELECT w.id, w.status, w.written_off_on, w.voided_on, w.closed, w.amount_cents, w.recovered_on,
               w.recovered_cents, t.from_day, t.until_day, t.recovered_day
          FROM erp_write_offs AS w
          JOIN ar_write_off_terms AS t ON t.tenant_id = w.tenant_id AND t.write_off_key = w.write_off_key
         WHERE w.tenant_id = ? AND w.invoice_key = ?
         ORDER BY w.id
        """,
        (tenant, key),
    )
    found = []
    for number, status, dated, voided, closed, cents, recovered_on, recovered, begins, ends, back in rows:
        own = date.fromisoformat(dated)
        hung_on = (DocumentFacts(f"write-off {number}", status, own, _date(voided), bool(closed)), invoice.document)
        counts_from = begins if begins < ends else NEVER
        found.append(Movement("write_off", "write_off", number, own, cents, 0, counts_from, ends, hung_on))
        if recovered:
            counts_from = back if back < ends else NEVER
            day = _date(recovered_on)
            found.append(Movement("recovery", "write_off", number, day, recovered, 0, counts_from, ends, hung_on))
    return found
