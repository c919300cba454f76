"""As-of questions to the ledger: balances by account, open items, unapplied credit, and the documents' side of the tie-out.

Every number comes from ar_open_items and ar_open_credits. Days are day numbers (whole days since 1970-01-01).
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence

from arctl.core.aging import (
    AccountBalance,
    AccountName,
    DocumentTotal,
    ItemRow,
    OpenCredit,
)
from arctl.core.translation import RatedItem

OPEN = "max(min(o.cap_cents, o.raw_cents - o.after_cents), 0)"
"""SQL: what of an item `o` of ar_open_items is outstanding, cents."""

_RESTING = "o.last_day <= {day} AND o.installment = 0 AND o.final_cents > 0"
_AGED_BY = {"due-date": "o.due_day", "invoice-date": "o.invoice_day"}


def account_names(connection: sqlite3.Connection, tenant: int) -> dict[int, AccountName]:
    """Every account: who, in which company and currency."""
    companies = dict(connection.execute("SELECT company_id, name FROM companies WHERE tenant_id = ?", (tenant,)))
    rows = connection.execute(
        """
        SELECT a.account_id, a.company_id, a.currency, c.id, c.name
          FROM ar_accounts AS a NOT INDEXED
          CROSS JOIN erp_customers AS c ON c.tenant_id = a.tenant_id AND c.customer_key = a.customer_key
         WHERE a.tenant_id = ?
        """,
        (tenant,),
    )
    return {
        account: AccountName(companies[company], currency, id, name) for account, company, currency, id, name in rows
    }


def account_balances(
    connection: sqlite3.Connection, tenant: int, day: int, basis: str, edges: Sequence[int]
) -> list[AccountBalance]:
    """What each account with an open or over-applied invoice owes, split at the edges (days overdue, rising).

    Most items have moved for the last time and are whole invoices: those are summed straight from their final balance. The
    rest (moving after the day, in instalments, over-applied) are few on a recent day, and none from the horizon on.
    """
    bounds = [day - edge for edge in edges]
    (horizon,) = connection.execute("SELECT max(day) FROM ar_horizon WHERE tenant_id = ?", (tenant,)).fetchone()
    beyond = horizon is not None and day >= horizon
    found = {row[0]: row for row in _resting(connection, tenant, day, _AGED_BY[basis], bounds, beyond)}
    if not beyond:
        for row in _moving(connection, tenant, day, _AGED_BY[basis], bounds):
            known = found.get(row[0])
            found[row[0]] = row if known is None else _together(known, row)
    width = len(bounds) + 1
    return [AccountBalance(row[0], row[1 : width + 1], *row[width + 1 :]) for row in found.values()]


_Row = tuple[int, ...]


def _bucket_sums(cents: str, aged_by: str, bounds: Sequence[int]) -> str:
    """SQL for one sum per bucket: of all less what is overdue, then of what is beyond each edge less what is beyond the next."""
    beyond = [f"coalesce(sum({cents}) FILTER (WHERE {aged_by} < {bound}), 0)" for bound in bounds]
    sums = [f"coalesce(sum({cents}), 0)", *beyond]
    return ", ".join([*(f"{wide} - {narrow}" for wide, narrow in zip(sums, beyond, strict=False)), sums[-1]])


def _resting(
    connection: sqlite3.Connection, tenant: int, day: int, aged_by: str, bounds: Sequence[int], beyond: bool
) -> Iterator[_Row]:
    """Per account, the whole invoices that were open and had moved for the last time by the day; `beyond` the horizon that is
    every open item. Accounts are read by rowid, in which order they need no sorting to be grouped."""
    resting = "" if beyond else f" AND {_RESTING.format(day=day)} AND o.opens_day <= {day}"
    return connection.execute(
        f"""
        SELECT a.account_id, {_bucket_sums("o.final_cents", aged_by, bounds)}, min({aged_by}), count(*), 0, sum(o.flags & 3)
          FROM ar_accounts AS a NOT INDEXED CROSS JOIN ar_items AS o
         WHERE a.tenant_id = ? AND o.account_id = a.account_id AND o.settled_day > ?{resting}
         GROUP BY a.account_id
        """,
        (tenant, day),
    )


def _moving(
    connection: sqlite3.Connection, tenant: int, day: int, aged_by: str, bounds: Sequence[int]
) -> Iterator[_Row]:
    """Per account, every other open or over-applied item. The inner LIMIT keeps each balance from being worked out anew for
    every sum it goes into."""
    return connection.execute(
        f"""
        SELECT o.account_id, {_bucket_sums("open_cents", "aged_by", bounds)}, min(iif(open_cents > 0, aged_by, NULL)),
               count(*) FILTER (WHERE o.flags >= 8 AND o.raw_cents > 0),
               coalesce(sum(-o.raw_cents) FILTER (WHERE o.flags >= 8 AND o.raw_cents < 0), 0),
               coalesce(sum(o.flags & 3) FILTER (WHERE open_cents > 0), 0)
          FROM (SELECT account_id, {aged_by} AS aged_by, flags, raw_cents, {OPEN} AS open_cents
                  FROM ar_open_items AS o WHERE day = ? AND tenant_id = ? AND NOT ({_RESTING.format(day=day)}) LIMIT -1) AS o
         WHERE o.raw_cents <> 0
         GROUP BY o.account_id
        """,
        (day, tenant),
    )


def _together(one: _Row, other: _Row) -> _Row:
    """Two rows of one account: sums, and the earlier of the two oldest days (the fourth value from the end)."""
    days = [row[-4] for row in (one, other) if row[-4] is not None]
    summed = [first + second for first, second in zip(one[1:-4], other[1:-4], strict=True)]
    counts = [first + second for first, second in zip(one[-3:], other[-3:], strict=True)]
    return (one[0], *summed, min(days, default=None), *counts)  # type: ignore[arg-type]  # None: nothing open


def account_credits(connection: sqlite3.Connection, tenant: int, day: int) -> dict[int, int]:
    """What is left of each account's payments and credit memos; negative ones are in the sum."""
    return credits_left(connection, tenant, day)[0]


def credits_left(connection: sqlite3.Connection, tenant: int, day: int) -> tuple[dict[int, int], bool]:
    """`account_credits`, and whether a payment or credit memo among them is negative, which a sum does not tell."""
    rows = connection.execute(
        "SELECT account_id, sum(left_cents), min(left_cents) FROM ar_open_credits WHERE day = ? AND tenant_id = ? GROUP BY account_id",
        (day, tenant),
    ).fetchall()
    return {account: cents for account, cents, _ in rows}, any(least < 0 for *_, least in rows)


def open_credits(connection: sqlite3.Connection, tenant: int, day: int) -> list[OpenCredit]:
    """Each credit by its own date: what is left of a source, and the excess of an over-applied invoice (source type `invoice`)."""
    rows = connection.execute(
        """
        SELECT o.account_id, s.source_type, s.id, o.source_day, o.left_cents, s.kind, s.exchange_rate
          FROM ar_open_credits AS o
          JOIN erp_sources AS s ON s.tenant_id = o.tenant_id AND s.source_key = o.source_key
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.left_cents <> 0
        UNION ALL
        SELECT o.account_id, 'invoice', i.id, o.invoice_day, -o.raw_cents,
               iif(EXISTS (SELECT 1 FROM ar_write_off_terms AS w WHERE w.tenant_id = o.tenant_id AND w.invoice_key = o.invoice_key
                            AND w.from_day <= :day AND w.until_day > :day), 'paid after write-off', 'over-applied'), i.exchange_rate
          FROM ar_open_items AS o
          JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.raw_cents < 0 AND o.flags >= 8
         ORDER BY 2, 3
        """,
        {"day": day, "tenant": tenant},
    )
    return [OpenCredit(*row) for row in rows]


def document_totals(connection: sqlite3.Connection, tenant: int, day: int) -> list[DocumentTotal]:
    """Documents by heading as of a day, and what of them only starts to count later. Reads documents, no balance."""
    rows = connection.execute(
        """
        SELECT k.name, t.currency, t.heading,
               sum(iif(t.day <= :day, t.started_cents - t.stopped_cents, 0)),
               sum(iif(t.day > :day, t.started, 0))
          FROM ar_day_totals AS t
          JOIN companies AS k ON k.tenant_id = t.tenant_id AND k.company_id = t.company_id
         WHERE t.tenant_id = :tenant
         GROUP BY t.company_id, t.currency, t.heading
        """,
        {"day": day, "tenant": tenant},
    )
    return [DocumentTotal(*row) for row in rows]


def movements_between(
    connection: sqlite3.Connection, tenant: int, after: int, until: int
) -> list[tuple[str, str, str, int, int]]:
    """Company, currency, heading, and cents of documents that started and stopped to count after one day up to another."""
    return connection.execute(
        """
        SELECT k.name, t.currency, t.heading, sum(t.started_cents), sum(t.stopped_cents)
          FROM ar_day_totals AS t
          JOIN companies AS k ON k.tenant_id = t.tenant_id AND k.company_id = t.company_id
         WHERE t.tenant_id = ? AND t.day > ? AND t.day <= ?
         GROUP BY t.company_id, t.currency, t.heading
        """,
        (tenant, after, until),
    ).fetchall()


def item_rows(
    connection: sqlite3.Connection, tenant: int, day: int, basis: str, customer: str | None = None
) -> Iterator[ItemRow]:
    """Every open item with its document, by account, due day and invoice."""
    only = _customer_filter(connection, tenant, customer)
    aged_by = _AGED_BY[basis]
    rows = connection.execute(
        f"""
        SELECT o.account_id, i.id, o.installment, i.tranid, i.invoice_date, d.iso, {day} - {aged_by},
               iif(o.installment = 0, i.amount_cents, (SELECT p.amount_cents FROM erp_installments AS p
                 WHERE p.tenant_id = o.tenant_id AND p.invoice_key = o.invoice_key AND p.installment = o.installment)),
               {OPEN} AS open_cents, i.disputed, o.flags
          FROM ar_open_items AS o
          CROSS JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
          CROSS JOIN days AS d ON d.day = o.due_day
         WHERE o.day = :day AND o.tenant_id = :tenant AND o.raw_cents > o.after_cents AND open_cents > 0{only}
        """,
        {"day": day, "tenant": tenant},
    )
    return map(ItemRow._make, rows)


def flagged_items(
    connection: sqlite3.Connection, tenant: int, day: int, accounts: Sequence[int]
) -> dict[tuple[str, str, int], list[str]]:
    """Ids of open items without a due date (flag 1) or due before they were issued (2), by company, currency and flag."""
    found: dict[tuple[str, str, int], list[str]] = {}
    rows = connection.execute(
        """
        SELECT k.name, o.currency, o.flags & 3, i.id FROM ar_open_items AS o
          CROSS JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
          CROSS JOIN companies AS k ON k.tenant_id = o.tenant_id AND k.company_id = o.company_id
         WHERE o.day = ? AND o.tenant_id = ? AND o.flags & 3 AND max(min(o.cap_cents, o.raw_cents - o.after_cents), 0) > 0
           AND o.account_id IN (SELECT value FROM json_each(?))
         ORDER BY i.id, o.installment
        """,
        (day, tenant, json.dumps(accounts)),
    )
    for company, currency, flags, invoice in rows:
        for flag in (1, 2):
            if flags & flag:
                found.setdefault((company, currency, flag), []).append(invoice)
    return found


def rated_items(connection: sqlite3.Connection, tenant: int, day: int, basis: str) -> list[RatedItem]:
    """Open items with their document's exchange rate, for translation; the instalments of an invoice stand together."""
    rows = connection.execute(
        f"""
        SELECT o.account_id, i.id, {day} - {_AGED_BY[basis]}, {OPEN} AS open_cents, i.exchange_rate
          FROM ar_open_items AS o
          CROSS JOIN erp_invoices AS i ON i.tenant_id = o.tenant_id AND i.invoice_key = o.invoice_key
         WHERE o.day = ? AND o.tenant_id = ? AND o.raw_cents > o.after_cents AND open_cents > 0
         ORDER BY o.account_id, i.id, o.installment
        """,
        (day, tenant),
    )
    return [RatedItem(*row) for row in rows]


def rated_applications(
    connection: sqlite3.Connection, tenant: int, day: int, currencies: Sequence[str]
) -> Iterator[tuple[str, str, int, str | None, str | None]]:
    """Applications that count on the day in these currencies: company, currency, cents, the invoice's rate, the source's."""
    marks = ", ".join("?" * len(currencies))
    return connection.execute(
        f"""
        SELECT k.name, i.currency, p.amount_cents, i.exchange_rate, s.exchange_rate
          FROM erp_applications AS p
          JOIN erp_invoices AS i ON i.tenant_id = p.tenant_id AND i.invoice_key = p.invoice_key
          JOIN erp_sources AS s ON s.tenant_id = p.tenant_id AND s.source_key = p.source_key
          JOIN companies AS k ON k.tenant_id = i.tenant_id AND k.company_id = i.company_id
         WHERE p.tenant_id = ? AND p.effective_day <= ? AND p.until_day > ? AND i.currency IN ({marks})
        """,
        (tenant, day, day, *currencies),
    )


def has_customer(connection: sqlite3.Connection, tenant: int, customer: str) -> bool:
    """Whether the ledger knows a customer of that id."""
    (known,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM erp_customers WHERE tenant_id = ? AND id = ?)", (tenant, customer)
    ).fetchone()
    return bool(known)


def _customer_filter(connection: sqlite3.Connection, tenant: int, customer: str | None) -> str:
    """Narrow to one customer's accounts, so that only their items are read."""
    if customer is None:
        return ""
    accounts = connection.execute(
        "SELECT a.account_id FROM ar_accounts AS a JOIN erp_customers AS c ON c.tenant_id = a.tenant_id"
        " AND c.customer_key = a.customer_key WHERE c.tenant_id = ? AND c.id = ?",
        (tenant, customer),
    )
    return f" AND o.account_id IN ({', '.join(str(account) for (account,) in accounts)})"
