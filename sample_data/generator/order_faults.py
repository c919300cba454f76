"""Orders on the way, and orders that went wrong in one way each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sample_data.generator.catalogue import SCARCE_ITEM
from sample_data.generator.drafts import Book, Document, Invoice, Line, at_list_price, business_day, due_date
from sample_data.generator.orders import bill, build, order_for, purchase_order, ship, work_order


def plant_order_faults(book: Book) -> None:
    """Add open orders in good health and one order for each thing that goes wrong."""
    _open_orders(book)
    _build_without_parent(book)
    _no_receipt(book)
    _bill_before_receipt(book)
    _short_ship(book)
    _keyed_twice(book)
    _not_invoiced(book)
    _not_in_stock(book)


def wanted(key: str, customer: str, dated: date, po: str, *sold: tuple[str, int]) -> Invoice:
    """What a customer orders, held as the invoice it would become; not in any book."""
    return Invoice(key, customer, dated, at_list_price(*sold), None, po=po)


def _open_orders(book: Book) -> None:
    """Orders taken in the last days, still on time, on all three paths; one awaits approval."""
    for number, (customer, dated, po, status, sold) in enumerate(
        (
            ("C1001", date(2026, 6, 29), "30801", "Pending Fulfillment", ("SUG-GRAN-50LB", 12)),
            ("C1004", date(2026, 6, 26), "CCCB-0199", "Pending Fulfillment", ("FLR-00-25KG", 40)),
            ("C1007", date(2026, 6, 24), "36190", "Pending Fulfillment", ("BEEF-GRND-20LB", 38)),
            ("C1007", date(2026, 6, 29), "36194", "Pending Approval", ("CHK-BRST-40LB", 22)),
            ("C1017", date(2026, 6, 30), "45210", "Pending Fulfillment", ("EGG-LRG-15DZ", 30)),
            ("C1029", date(2026, 6, 30), "55990", "Pending Fulfillment", ("RICE-ARB-10KG", 16)),
        ),
        start=1,
    ):
        order = wanted(f"open:{number}", customer, dated, po, sold, ("NAP-DIN-3000", 3))
        requested = business_day_after(dated, 6)
        book.documents.append(order_for(f"so:open:{number}", order, dated, status, requested, [], False))
    kits = wanted("open:kits", "C1008", date(2026, 6, 24), "36995", ("KIT-LUNCHBOX", 60))
    work = work_order("wo:open", "so:open:kits", "C1008", kits.lines[0], date(2026, 6, 25), "Released", memo="36995")
    book.documents += [_pending("so:open:kits", kits, date(2026, 7, 3), work), work]
    ice = wanted("open:ice", "C1006", date(2026, 6, 22), "35299", ("DS-SORBET-5L", 24))
    purchase = purchase_order(
        "po:open", "so:open:ice", "V2002", list(ice.lines), date(2026, 6, 23), date(2026, 7, 6), "Pending Receipt",
        "35299",
    )  # fmt: skip
    book.documents += [_pending("so:open:ice", ice, date(2026, 7, 8), purchase), purchase]
    gone = wanted("open:gone", "C1026", date(2026, 5, 13), "53220", ("JUI-ORG-12X1", 10))
    book.documents.append(order_for("so:cancelled", gone, gone.dated, "Cancelled", date(2026, 5, 20), [], False))


def business_day_after(day: date, days: int) -> date:
    """A business day about that many days later, which may lie after the year told."""
    later = day + timedelta(days=days)
    return later + timedelta(days=max(0, 7 - later.weekday()) if later.weekday() >= 5 else 0)


def _pending(key: str, order: Invoice, requested: date, *made: Document) -> Document:
    return order_for(key, order, order.dated, "Pending Fulfillment", requested, list(made), fulfilled=False)


def _build_without_parent(book: Book) -> None:
    """The kits are built, but the work order lost its sales order, so nobody ships them."""
    order = wanted("fault:parent", "C1028", date(2026, 6, 2), "54901", ("KIT-ANTIPASTO", 18), ("COF-DRK-5LB", 6))
    work = work_order(
        "wo:fault:parent", "so:fault:parent", "C1028", order.lines[0], date(2026, 6, 3), "Closed", parent=False
    )
    book.documents += [
        _pending("so:fault:parent", order, date(2026, 6, 12)), work, build("ab:fault:parent", work, date(2026, 6, 9)),
    ]  # fmt: skip


def _no_receipt(book: Book) -> None:
    """The vendor should have delivered on 5 June; nothing was received and nobody asked."""
    order = wanted("fault:noreceipt", "C1012", date(2026, 5, 19), "0040655", ("DS-OYSTER-100CT", 14))
    purchase = purchase_order(
        "po:fault:noreceipt", "so:fault:noreceipt", "V2003", list(order.lines), date(2026, 5, 20),
        date(2026, 6, 5), "Pending Receipt", "0040655",
    )  # fmt: skip
    book.documents += [_pending("so:fault:noreceipt", order, date(2026, 6, 8), purchase), purchase]


def _bill_before_receipt(book: Book) -> None:
    """The vendor billed on 18 June what is expected on 6 July."""
    order = wanted("fault:bill", "C1022", date(2026, 6, 11), "49655", ("DS-LOBSTER-25LB", 5))
    purchase = purchase_order(
        "po:fault:bill", "so:fault:bill", "V2001", list(order.lines), date(2026, 6, 12), date(2026, 7, 6),
        "Pending Receipt", "1244 / 49655",
    )  # fmt: skip
    early = bill("vb:fault:bill", purchase, date(2026, 6, 18), "TT-4590", memo="49655")
    book.documents += [_pending("so:fault:bill", order, date(2026, 7, 8), purchase), purchase, early]


def _short_ship(book: Book) -> None:
    """Forty ordered, thirty-two shipped and invoiced."""
    ordered = wanted(
        "fault:short:order", "C1017", date(2026, 6, 8), "45205", ("TUNA-CHK-6X66", 40), ("FLR-BRD-50LB", 20)
    )
    order = order_for("so:fault:short", ordered, ordered.dated, "Partially Fulfilled", date(2026, 6, 12), [])
    tuna, flour = order.lines
    order = replace(order, lines=(replace(tuna, fulfilled=32), flour))
    shipment = ship("if:fault:short", order, date(2026, 6, 11), range(2))
    book.documents += [order, shipment]
    dated = date(2026, 6, 12)
    lines = at_list_price(("TUNA-CHK-6X66", 32), ("FLR-BRD-50LB", 20))
    book.add_invoice(
        Invoice("fault:short", "C1017", dated, lines, due_date("C1017", dated), po="45205", order=order.key)
    )


def _keyed_twice(book: Book) -> None:
    """One e-mailed order typed in on two days: the first is billed, the second waits to be shipped as well."""
    sold = (("OIL-FRY-35LB", 24), ("POT-FRY-30LB", 18), ("CUP-HOT-1000", 6))
    first = wanted("fault:twice:1", "C1020", date(2026, 6, 15), "47777", *sold)
    order = order_for("so:fault:twice:1", first, first.dated, "Billed", date(2026, 6, 19), [])
    shipment = ship("if:fault:twice", order, date(2026, 6, 18), range(3))
    second = replace(first, key="fault:twice:2", dated=date(2026, 6, 16))
    book.documents += [order, shipment, _pending("so:fault:twice:2", second, date(2026, 6, 19))]
    dated = business_day(date(2026, 6, 18))
    book.add_invoice(replace(first, key="fault:twice", dated=dated, due=due_date("C1020", dated), order=order.key))


def _not_invoiced(book: Book) -> None:
    """Shipped in full on 19 June; Finance was never told."""
    order = wanted("fault:notbilled", "C1041", date(2026, 6, 15), "66890", ("APL-GALA-88CT", 44), ("BEAN-BLK-6X10", 36))
    sales_order = order_for("so:fault:notbilled", order, order.dated, "Pending Billing", date(2026, 6, 19), [])
    book.documents += [sales_order, ship("if:fault:notbilled", sales_order, date(2026, 6, 19), range(2))]


def _not_in_stock(book: Book) -> None:
    """Twelve ordered of an item of which four are left."""
    lines = (Line(SCARCE_ITEM.code, 12, SCARCE_ITEM.rate), *at_list_price(("SPC-PEP-5LB", 4)))
    order = Invoice("fault:stock", "C1002", date(2026, 6, 23), lines, None, po="31690")
    book.documents.append(_pending("so:fault:stock", order, date(2026, 7, 1)))
