"""The order side of billed invoices: sales order, work and purchase orders, receipts, bills, fulfillments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sample_data.generator.catalogue import BILL_PREFIX, BY_ID, ITEMS
from sample_data.generator.chance import chance
from sample_data.generator.drafts import Book, Document, DocumentLine, Invoice, Line, business_day

# Orders are kept for invoices from this day on; the year before them was billed without.
FIRST_ORDERED = date(2026, 4, 6)


@dataclass(frozen=True, slots=True)
class Dates:
    """When the steps of one order happen."""

    ordered: date
    made_from: date
    arrived: date
    shipped: date


def add_orders(book: Book, seed: str) -> None:
    """Give every ordinary counted invoice since April that has none its complete order."""
    settled = _settled(book)
    for position, invoice in enumerate(book.invoices):
        if not _wants_order(invoice):
            continue
        rng = chance(seed, f"order {invoice.key}")
        documents = billed_order(invoice, invoice.key in settled, rng)
        book.documents.extend(documents)
        book.invoices[position] = replace(invoice, order=documents[0].key)


def _wants_order(invoice: Invoice) -> bool:
    counted = invoice.status in ("posted", "approved")
    return counted and not invoice.kind and not invoice.order and invoice.dated >= FIRST_ORDERED and invoice.amount > 0


def _settled(book: Book) -> set[str]:
    """Keys of the invoices that nothing is owed on."""
    void = {one.key for one in book.sources() if one.status not in ("posted", "approved")}
    paid: dict[str, int] = {}
    for one in book.applications:
        if one.source not in void:
            paid[one.invoice] = paid.get(one.invoice, 0) + one.cents + one.discount
    return {one.key for one in book.invoices if paid.get(one.key, 0) >= one.amount}


def billed_order(invoice: Invoice, paid: bool, rng: Random) -> list[Document]:
    """The documents before an invoice, the sales order first; closed once paid."""
    shipped = _back(invoice.dated, rng.randint(0, 1))
    arrived = _back(shipped, 1)
    ordered = _back(arrived, rng.randint(2, 6))
    dates = Dates(ordered, business_day(ordered + timedelta(days=1)), arrived, shipped)
    order = f"so:{invoice.key}"
    made = [*assembled(order, invoice, dates, rng), *drop_shipped(order, invoice, dates, rng)]
    status = "Closed" if paid else "Billed"
    sales_order = order_for(order, invoice, dates.ordered, status, shipped, made)
    shipment = ship(f"if:{invoice.key}", sales_order, shipped, range(len(invoice.lines)))
    return [sales_order, *made, shipment]


def order_for(
    key: str, invoice: Invoice, dated: date, status: str, requested: date, made: list[Document], fulfilled: bool = True
) -> Document:
    """A sales order with the invoice's lines, each linked to what was made or bought for it."""
    made_for = {
        line.item: document.key
        for document in made
        if document.type in ("WorkOrd", "PurchOrd")
        for line in document.lines
    }
    location = BY_ID[invoice.customer].location
    lines = tuple(
        DocumentLine(
            line.item, line.quantity, line.quantity if fulfilled else 0, line.rate, made_for.get(line.item, ""),
            requested, location,
        )
        for line in invoice.lines
    )  # fmt: skip
    return Document(key, "SalesOrd", invoice.customer, dated, status, lines, invoice.amount, invoice.po)


def ship(key: str, order: Document, dated: date, positions: range | tuple[int, ...]) -> Document:
    """A fulfillment of the order's lines at those positions, at the quantity fulfilled."""
    lines = tuple(
        DocumentLine(line.item, line.fulfilled or 0, link=order.key, location=line.location)
        for line in (order.lines[position] for position in positions)
    )
    return Document(key, "ItemShip", order.entity, dated, "Shipped", lines, po=order.po, createdfrom=order.key)


def assembled(order: str, invoice: Invoice, dates: Dates, rng: Random) -> list[Document]:
    """A work order and its build for each assembly on the invoice."""
    documents: list[Document] = []
    for line in _of_type(invoice, "assembly"):
        memo = invoice.po if rng.randint(0, 1) else ""
        key = f"wo:{order}:{line.item}"
        documents.append(work_order(key, order, invoice.customer, line, dates.made_from, "Closed", memo))
        documents.append(build(f"ab:{order}:{line.item}", documents[-1], dates.arrived))
    return documents


def work_order(
    key: str, order: str, customer: str, line: Line, dated: date, status: str, memo: str = "", parent: bool = True
) -> Document:
    """A work order for one line; without a parent it does not name its sales order anywhere."""
    done = line.quantity if status in ("Built", "Closed") else 0
    link = order if parent else ""
    lines = (DocumentLine(line.item, line.quantity, done, link=link, location=BY_ID[customer].location),)
    return Document(key, "WorkOrd", customer, dated, status, lines, memo=memo, parent=link)


def build(key: str, order: Document, dated: date) -> Document:
    """The completed build of a whole work order."""
    lines = tuple(
        DocumentLine(line.item, line.quantity, link=order.key, location=line.location) for line in order.lines
    )
    return Document(key, "Build", order.entity, dated, "Complete", lines, createdfrom=order.key)


def drop_shipped(order: str, invoice: Invoice, dates: Dates, rng: Random) -> list[Document]:
    """A purchase order, its receipt and its bill for each vendor of the invoice's drop-ship lines."""
    documents: list[Document] = []
    lines = _of_type(invoice, "drop_ship")
    for vendor in sorted({ITEMS[line.item].vendor for line in lines}):
        memo = invoice.po if rng.randint(0, 2) else f"{rng.randint(1200, 1999)} / {invoice.po}"
        bought = [line for line in lines if ITEMS[line.item].vendor == vendor]
        purchase = purchase_order(
            f"po:{order}:{vendor}", order, vendor, bought, dates.made_from, dates.arrived, "Fully Billed",
            memo if invoice.po else "",
        )  # fmt: skip
        documents.append(purchase)
        documents.append(receipt(f"ir:{order}:{vendor}", purchase, dates.arrived))
        number = f"{BILL_PREFIX[vendor]}-{rng.randint(2000, 9999)}"
        documents.append(bill(f"vb:{order}:{vendor}", purchase, dates.shipped, number))
    return documents


def purchase_order(
    key: str, order: str, vendor: str, lines: list[Line], dated: date, expected: date, status: str, memo: str
) -> Document:
    """A drop-ship purchase order at the vendor's cost; received in full unless it waits for its receipt."""
    waiting = status == "Pending Receipt"
    bought = tuple(
        DocumentLine(line.item, line.quantity, 0 if waiting else line.quantity, ITEMS[line.item].cost, order)
        for line in lines
    )
    total = sum(line.quantity * ITEMS[line.item].cost for line in lines)
    return Document(key, "PurchOrd", vendor, dated, status, bought, total, memo=memo, parent=order, expected=expected)


def receipt(key: str, purchase: Document, dated: date, positions: tuple[int, ...] | None = None) -> Document:
    """The receipt of a purchase order's lines: all of them, or those at the positions."""
    lines = tuple(DocumentLine(line.item, line.quantity, link=purchase.key) for line in _at(purchase.lines, positions))
    return Document(key, "ItemRcpt", purchase.entity, dated, "Received", lines, createdfrom=purchase.key)


def bill(
    key: str, purchase: Document, dated: date, number: str, memo: str = "", initial: str = "",
    positions: tuple[int, ...] | None = None,
) -> Document:  # fmt: skip
    """The vendor's bill for a purchase order's lines; `number` is the vendor's own."""
    lines = tuple(
        DocumentLine(line.item, line.quantity, rate=line.rate, link=purchase.key)
        for line in _at(purchase.lines, positions)
    )
    total = sum(line.quantity * (line.rate or 0) for line in lines)
    return Document(
        key, "VendBill", purchase.entity, dated, "Open", lines, total, memo=memo, createdfrom=purchase.key,
        tranid=number, initialtranid=initial,
    )  # fmt: skip


def _at(lines: tuple[DocumentLine, ...], positions: tuple[int, ...] | None) -> tuple[DocumentLine, ...]:
    return lines if positions is None else tuple(lines[position] for position in positions)


def _of_type(invoice: Invoice, item_type: str) -> list[Line]:
    return [line for line in invoice.lines if ITEMS[line.item].item_type == item_type]


def _back(day: date, days: int) -> date:
    """The business day that many days earlier, or the Friday before."""
    day -= timedelta(days=days)
    return day - timedelta(days=max(0, day.weekday() - 4))
