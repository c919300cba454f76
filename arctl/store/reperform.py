"""The mirror's rows as they were right after a batch, from the rows and their history alone: no balance, no outline, no evidence.

What counts is put the same way in every statement: the status is in force, the date has come, and no void has.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Row = tuple[int, ...]


class AsKnown(NamedTuple):
    """Whose rows, as of which day (ISO), as known right after which batch."""

    tenant: int
    company: int
    day: str
    batch: int


_COUNTS = (
    "(closed = 0 AND (status = 'posted' OR status = 'approved' OR status = 'voided') AND {date} <= :day"
    " AND (voided_on IS NULL OR voided_on > :day))"
)


def versions(base: str, columns: str, more: str = "1") -> str:
    """SQL for the versions of a table's rows that were the truth right after :batch, where `more` holds."""
    return (
        f"SELECT {columns} FROM main.{base} WHERE tenant_id = :tenant AND batch <= :batch AND {more} UNION ALL"
        f" SELECT {columns} FROM main.{base}_history WHERE tenant_id = :tenant AND batch <= :batch AND to_batch > :batch AND {more}"
    )


def invoices(connection: sqlite3.Connection, known: AsKnown) -> Iterator[Row]:
    """(key, cents) of every invoice that counted."""
    counts = _COUNTS.format(date="invoice_date")
    return _rows(
        connection, versions("erp_invoices", "invoice_key, amount_cents", f"company_id = :company AND {counts}"), known
    )


def sources(connection: sqlite3.Connection, known: AsKnown) -> Iterator[Row]:
    """(key, cents, whether it counted) of every payment and credit memo, also of one that did not count."""
    counts = _COUNTS.format(date="source_date")
    return _rows(
        connection, versions("erp_sources", f"source_key, amount_cents, {counts}", "company_id = :company"), known
    )


def applications(connection: sqlite3.Connection, known: AsKnown) -> Iterator[Row]:
    """(source key, invoice key, cents, discount) of every application whose own date had come, or that bears none."""
    dated = "closed = 0 AND (applied_on IS NULL OR applied_on <= :day)"
    return _rows(
        connection, versions("erp_applications", "source_key, invoice_key, amount_cents, discount_cents", dated), known
    )


def refunds(connection: sqlite3.Connection, known: AsKnown) -> Iterator[Row]:
    """(source key, cents) of every refund that counted."""
    return _rows(
        connection, versions("erp_refunds", "source_key, amount_cents", _COUNTS.format(date="refund_date")), known
    )


def write_offs(connection: sqlite3.Connection, known: AsKnown) -> Iterator[Row]:
    """(invoice key, cents less what had been recovered) of every write-off that counted."""
    net = "amount_cents - iif(recovered_on <= :day, recovered_cents, 0)"
    return _rows(
        connection, versions("erp_write_offs", f"invoice_key, {net}", _COUNTS.format(date="written_off_on")), known
    )


def last_keys(connection: sqlite3.Connection, tenant: int) -> tuple[int, int]:
    """The tenant's highest keys of invoices and of payments and credit memos."""
    highest = "SELECT coalesce(max({}), 0) FROM main.{} WHERE tenant_id = ?"
    (invoice,) = connection.execute(highest.format("invoice_key", "erp_invoices"), (tenant,)).fetchone()
    (source,) = connection.execute(highest.format("source_key", "erp_sources"), (tenant,)).fetchone()
    return int(invoice), int(source)


class KnownInvoice(NamedTuple):
    """An invoice as it was known, with its customer's terms then."""

    key: int
    id: str
    tranid: str | None
    invoice_date: str
    due_date: str | None
    currency: str
    customer_key: int
    disputed: str
    terms: str | None
    amount_cents: int


def known_invoices(connection: sqlite3.Connection, known: AsKnown, keys: Iterable[int]) -> list[KnownInvoice]:
    """The invoices of these keys as they were known."""
    rows = _picked(
        connection, known, keys, "erp_invoices", "invoice_key",
        "invoice_key, id, tranid, invoice_date, due_date, currency, customer_key, disputed, NULL, amount_cents",
    )  # fmt: skip
    terms = {row[0]: row[3] for row in customers(connection, known)}
    return [KnownInvoice(*row)._replace(terms=terms[row[6]]) for row in rows]


def installments(connection: sqlite3.Connection, known: AsKnown) -> list[tuple[int, int, str, int]]:
    """(invoice key, instalment, due date, cents) of every instalment as it was known."""
    columns = "invoice_key, installment, due_date, amount_cents"
    return list(_rows(connection, versions("erp_installments", columns, "closed = 0"), known))  # type: ignore[arg-type]  # text too


class KnownSource(NamedTuple):
    """A payment or credit memo as it was known."""

    key: int
    source_type: str
    id: str
    source_date: str
    kind: str
    currency: str
    customer_key: int


def known_sources(connection: sqlite3.Connection, known: AsKnown, keys: Iterable[int]) -> list[KnownSource]:
    """The payments and credit memos of these keys as they were known."""
    columns = "source_key, source_type, id, source_date, kind, currency, customer_key"
    return [KnownSource(*row) for row in _picked(connection, known, keys, "erp_sources", "source_key", columns)]


def customers(connection: sqlite3.Connection, known: AsKnown) -> list[tuple[int, str, str, str | None]]:
    """(key, id, name, terms) of every customer as it was known."""
    return connection.execute(versions("erp_customers", "customer_key, id, name, terms"), known._asdict()).fetchall()


def _picked(
    connection: sqlite3.Connection, known: AsKnown, keys: Iterable[int], base: str, key: str, columns: str
) -> list[tuple[Any, ...]]:
    among = f"{key} IN (SELECT value FROM json_each(:keys))"
    return connection.execute(
        versions(base, columns, among), {**known._asdict(), "keys": json.dumps(list(keys))}
    ).fetchall()


def _rows(connection: sqlite3.Connection, statement: str, known: AsKnown) -> Iterator[Row]:
    return connection.execute(statement, known._asdict())
