"""Numbers a Book's documents by date and writes the CSV files of the folder format. The only writer."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from sample_data.generator.catalogue import (
    ASSEMBLY_ITEMS,
    BY_ID,
    CAD_RATES,
    CUSTOMERS,
    INVENTORY_ITEMS,
    ITEMS,
    LOCATIONS,
    SCARCE_ITEM,
    Customer,
)
from sample_data.generator.chance import chance
from sample_data.generator.drafts import Book, Credit, Document, DocumentLine, Invoice, Receipt

Row = tuple[object, ...]
Ids = dict[str, str]

_SERIES = {
    "SalesOrd": ("SO", 5001), "WorkOrd": ("WO", 601), "Build": ("AB", 701), "PurchOrd": ("PO", 1201),
    "ItemShip": ("IF", 6001), "ItemRcpt": ("IR", 3001), "VendBill": ("VB", 4001),
}  # fmt: skip


class _Dated(Protocol):
    """What a numbered document has."""

    @property
    def key(self) -> str: ...
    @property
    def dated(self) -> date: ...


D = TypeVar("D", bound=_Dated)


def write_folder(book: Book, folder: Path, seed: str) -> list[Path]:
    """Write every file; returns their paths. The folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = _all_ids(book)
    tables: dict[str, tuple[str, list[Row]]] = {
        "customers": _customers(),
        "customer_invoices": _invoices(book, ids),
        "invoice_lines": _invoice_lines(book, ids),
        "invoice_installments": _instalments(book, ids),
        "credit_memos": _credits(book, ids),
        "customer_payments": _payments(book, ids),
        "payment_applications": _applications(book, ids),
        "customer_refunds": _refunds(book, ids),
        "write_offs": _write_offs(book, ids),
        "transactions": _transactions(book, ids),
        "transaction_lines": _transaction_lines(book, ids),
        "inventory_balance": _inventory(seed),
    }
    return [_write(folder / f"{name}.csv", header, rows) for name, (header, rows) in tables.items()]


def _write(path: Path, header: str, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows([_text(value) for value in row] for row in rows)
    return path


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "T" if value else "F"
    return value.isoformat() if isinstance(value, date) else str(value)


def _units(cents: int | None) -> str:
    """Cents as currency units with a decimal point; empty for None."""
    if cents is None:
        return ""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{part:02d}"


def _rate(customer: Customer, day: date) -> str:
    """The document's own rate into US dollars, empty where it is in US dollars."""
    if customer.currency == "USD":
        return ""
    return f"0.{CAD_RATES[f'{day:%Y-%m}'] + day.day * 7 % 11 - 5:04d}"


def _in_order(documents: Sequence[D]) -> list[D]:
    return sorted(documents, key=lambda document: (document.dated, document.key))


def _numbered(documents: Sequence[D], prefix: str, first: int) -> Ids:
    ordered = _in_order(documents)
    ids = {document.key: f"{prefix}-{number}" for number, document in enumerate(ordered, start=first)}
    if len(ids) != len(ordered):
        raise ValueError(f"two {prefix} documents share a key")
    return ids


def _all_ids(book: Book) -> Ids:
    """Key to id over all documents, each series numbered by date."""
    ids: Ids = {"": ""}
    ids |= _numbered(book.invoices, "INV", 24001)
    ids |= _numbered(book.receipts, "PMT", 8001)
    ids |= _numbered(book.credits, "CM", 301)
    ids |= _numbered(book.refunds, "RF", 101)
    ids |= _numbered(book.write_offs, "WOF", 201)
    for kind, (prefix, first) in _SERIES.items():
        ids |= _numbered([document for document in book.documents if document.type == kind], prefix, first)
    return ids


def _tranid(identity: str) -> str:
    """The number people see: the id without its hyphen."""
    return identity.replace("-", "")


def _period(document: Invoice | Receipt) -> str:
    return document.period or f"{document.dated:%Y-%m}"


def _customers() -> tuple[str, list[Row]]:
    header = (
        "id name email terms credit_limit currency entitystatus isinactive sales_rep sales_rep_email parent_id company"
    )
    return header, [_customer(customer) for customer in CUSTOMERS]


def _customer(customer: Customer) -> Row:
    email = f"ap-{customer.id.lower()}@example.com" if customer.email is None else customer.email
    rep_address = f"rep-{customer.rep.lower().replace(' ', '-')}@example.com"
    return (
        customer.id, customer.name, email, customer.terms, _units(customer.limit), customer.currency,
        "inactive" if customer.inactive else "active", customer.inactive,
        f"Rep {customer.rep}", rep_address, customer.parent, "default",
    )  # fmt: skip


def _invoices(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    header = (
        "id tranid customer_id invoice_date due_date amount currency exchange_rate status voided_on otherrefnum "
        "createdfrom disputed kind posting_period memo company"
    )
    return header, [
        (
            ids[one.key], _tranid(ids[one.key]), one.customer, one.dated, one.due, _units(one.amount),
            BY_ID[one.customer].currency, _rate(BY_ID[one.customer], one.dated), one.status, one.voided_on,
            one.po, ids[one.order], one.disputed, one.kind, _period(one), one.memo, "default",
        )
        for one in _in_order(book.invoices)
    ]  # fmt: skip


def _invoice_lines(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    return "invoice_id line item_code quantity rate amount", [
        (ids[invoice.key], number, line.item, line.quantity, _units(line.rate), _units(line.amount))
        for invoice in _in_order(book.invoices)
        for number, line in enumerate(invoice.lines, start=1)
    ]


def _instalments(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    return "invoice_id installment due_date amount", [
        (ids[invoice.key], number, due, _units(cents))
        for invoice in _in_order(book.invoices)
        for number, (due, cents) in enumerate(invoice.instalments, start=1)
    ]


def _credits(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    header = (
        "id tranid customer_id credit_date amount currency exchange_rate status voided_on kind posting_period "
        "createdfrom memo company"
    )
    return header, [_credit(one, ids) for one in _in_order(book.credits)]


def _credit(one: Credit, ids: Ids) -> Row:
    customer = BY_ID[one.customer]
    return (
        ids[one.key], _tranid(ids[one.key]), one.customer, one.dated, _units(one.cents), customer.currency,
        _rate(customer, one.dated), one.status, one.voided_on, one.kind, f"{one.dated:%Y-%m}", ids[one.invoice],
        one.memo, "default",
    )  # fmt: skip


def _payments(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    header = (
        "id tranid customer_id receipt_date amount otherrefnum currency exchange_rate status voided_on kind "
        "posting_period memo company"
    )
    return header, [
        (
            ids[one.key], _tranid(ids[one.key]), one.customer, one.dated, _units(one.cents), one.cheque,
            BY_ID[one.customer].currency, _rate(BY_ID[one.customer], one.dated), one.status, one.voided_on,
            one.kind, _period(one), one.memo, "default",
        )
        for one in _in_order(book.receipts)
    ]  # fmt: skip


def _applications(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    day_of = {one.key: one.dated for one in book.sources()}
    ordered = sorted(book.applications, key=lambda one: (day_of[one.source], one.source, one.invoice, -one.cents))
    return "id source_type source_id invoice_id amount discount applied_on", [
        (
            f"APP-{number}", one.source_type, ids[one.source], ids[one.invoice], _units(one.cents),
            _units(one.discount or None), one.applied_on,
        )
        for number, one in enumerate(ordered, start=90001)
    ]  # fmt: skip


def _refunds(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    return "id customer_id refund_date amount source_type source_id status voided_on", [
        (
            ids[one.key], one.customer, one.dated, _units(one.cents), one.source_type, ids[one.source], one.status,
            one.voided_on,
        )
        for one in _in_order(book.refunds)
    ]  # fmt: skip


def _write_offs(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    return "id invoice_id written_off_on amount reason status voided_on recovered_on recovered_amount", [
        (
            ids[one.key], ids[one.invoice], one.dated, _units(one.cents), one.reason, one.status, one.voided_on,
            one.recovered_on, _units(one.recovered_cents or None),
        )
        for one in _in_order(book.write_offs)
    ]  # fmt: skip


def _transactions(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    header = (
        "id type entity trandate tranid initialtranid status foreigntotal otherrefnum memo parent_so_id createdfrom "
        "expected_date company"
    )
    return header, [_transaction(one, ids) for one in _in_order(book.documents)]


def _transaction(one: Document, ids: Ids) -> Row:
    return (
        ids[one.key], one.type, one.entity, one.dated, one.tranid or _tranid(ids[one.key]), one.initialtranid,
        one.status, _units(one.total), one.po, one.memo, ids[one.parent], ids[one.createdfrom], one.expected,
        "default",
    )  # fmt: skip


def _transaction_lines(book: Book, ids: Ids) -> tuple[str, list[Row]]:
    header = (
        "transaction_id line item_code item_type quantity quantity_fulfilled rate amount link_tranid "
        "requested_ship_date location"
    )
    return header, [
        (ids[one.key], number, *_transaction_line(line, ids))
        for one in _in_order(book.documents)
        for number, line in enumerate(one.lines, start=1)
    ]


def _transaction_line(line: DocumentLine, ids: Ids) -> Row:
    amount = None if line.rate is None else line.rate * line.quantity
    return (
        line.item, ITEMS[line.item].item_type, line.quantity, line.fulfilled, _units(line.rate), _units(amount),
        _tranid(ids[line.link]), line.requested, line.location,
    )  # fmt: skip


def _inventory(seed: str) -> tuple[str, list[Row]]:
    """Enough of everything for the open orders, but for the scarce item."""
    rng = chance(seed, "stock")
    rows: list[Row] = [
        (item.code, location, rng.randint(140, 620))
        for item in (*INVENTORY_ITEMS, *ASSEMBLY_ITEMS)
        for location in LOCATIONS
    ]
    rows += [(SCARCE_ITEM.code, location, quantity) for location, quantity in zip(LOCATIONS, (4, 0), strict=True)]
    return "item_code location quantityavailable", sorted(rows, key=str)
