"""Documents on which the general ledger's control account may differ from the aging of a day, by company and currency."""

import sqlite3

from arctl.core.aging import SIGNS
from arctl.core.control import ControlDocument, ControlFacts
from arctl.core.dates import NEVER

_MONTH = "(posting_period GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]' AND substr(posting_period, 6) BETWEEN '01' AND '12')"
_OF_GROUP = (
    "tenant_id = :tenant AND currency = :currency AND company_id ="
    " (SELECT company_id FROM companies WHERE tenant_id = :tenant AND name = :company)"
)
_DOCUMENTS = f"""
  WITH documents (source_type, id, net_cents, dated, posting_period, counts_from, counts_until) AS (
    SELECT 'invoice', id, amount_cents, invoice_date, posting_period, counts_from, counts_until
      FROM erp_invoices WHERE {_OF_GROUP} AND counts_from < counts_until AND posting_period IS NOT NULL
    UNION ALL
    SELECT source_type, id, -amount_cents, source_date, posting_period, counts_from, counts_until
      FROM erp_sources WHERE {_OF_GROUP} AND counts_from < counts_until AND posting_period IS NOT NULL)
"""
_LATER = f"counts_from <= :day AND counts_until > :day AND {_MONTH} AND posting_period > :month"
# Up to a month-end that is every document of a later day; within a month, only one that was posted before its own.
_BEFORE = f"counts_from > :day AND {_MONTH} AND posting_period <= :month AND substr(dated, 1, 7) > posting_period"


def control_facts(
    connection: sqlite3.Connection, tenant: int, company: str, currency: str, day: int, month: str
) -> ControlFacts:
    """What the documents of one company and currency say as of a day number in a month (`YYYY-MM`)."""
    asked = {"tenant": tenant, "company": company, "currency": currency, "day": day, "month": month}
    return ControlFacts(
        posted_later=_posted(connection, f"-net_cents FROM documents WHERE {_LATER}", asked),
        posted_before=_posted(connection, f"net_cents FROM documents WHERE {_BEFORE}", asked),
        deposits=_deposits(connection, asked),
        voided_since=_voided(connection, asked),
        unreadable=_unreadable(connection, asked),
    )


def _posted(connection: sqlite3.Connection, picked: str, asked: dict[str, object]) -> list[ControlDocument]:
    rows = connection.execute(f"{_DOCUMENTS} SELECT source_type, id, {picked} ORDER BY dated, source_type, id", asked)
    return [ControlDocument(*row) for row in rows]


def _unreadable(connection: sqlite3.Connection, asked: dict[str, object]) -> list[str]:
    rows = connection.execute(
        f"{_DOCUMENTS} SELECT DISTINCT posting_period FROM documents WHERE NOT {_MONTH} ORDER BY posting_period", asked
    )
    return [period for (period,) in rows]


def _deposits(connection: sqlite3.Connection, asked: dict[str, object]) -> list[ControlDocument]:
    rows = connection.execute(
        """
        SELECT s.source_type, s.id, o.left_cents
          FROM ar_open_credits AS o
          JOIN erp_sources AS s ON s.tenant_id = o.tenant_id AND s.source_key = o.source_key AND s.kind = 'deposit'
          JOIN companies AS k ON k.tenant_id = o.tenant_id AND k.company_id = o.company_id
         WHERE o.day = :day AND o.tenant_id = :tenant AND k.name = :company AND o.currency = :currency AND o.left_cents <> 0
         ORDER BY o.source_day, s.id
        """,
        asked,
    )
    return [ControlDocument(*row) for row in rows]


def _voided(connection: sqlite3.Connection, asked: dict[str, object]) -> list[ControlDocument]:
    """What counted on the day and stopped later, discounts, refunds and write-offs by the document they hang on."""
    stopped = f"t.from_day <= :day AND t.until_day > :day AND t.until_day < {NEVER}"
    group = (
        "t.tenant_id = :tenant AND t.currency = :currency AND t.company_id ="
        " (SELECT company_id FROM companies WHERE tenant_id = :tenant AND name = :company)"
    )
    rows = connection.execute(
        f"""
        SELECT 'invoice', i.id, t.heading, t.cents FROM ar_invoice_terms AS t
          JOIN erp_invoices AS i ON i.tenant_id = t.tenant_id AND i.invoice_key = t.invoice_key WHERE {group} AND {stopped}
        UNION ALL
        SELECT s.source_type, s.id, t.heading, t.cents FROM ar_source_terms AS t
          JOIN erp_sources AS s ON s.tenant_id = t.tenant_id AND s.source_key = t.source_key WHERE {group} AND {stopped}
         ORDER BY 1, 2, 3
        """,
        asked,
    )
    return [ControlDocument(kind, id, -SIGNS[heading] * cents) for kind, id, heading, cents in rows]
