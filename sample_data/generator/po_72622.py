"""The complete chain of customer PO# 72622: one order, three paths, one invoice of 18,420.00."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sample_data.generator.catalogue import ITEMS
from sample_data.generator.drafts import Book, Document, DocumentLine, Invoice, at_list_price, due_date
from sample_data.generator.orders import bill, build, order_for, purchase_order, receipt, ship, work_order

CUSTOMER = "C1006"
PO = "72622"
LINES = at_list_price(
    ("OIL-EVOO-5L", 24), ("FLR-00-25KG", 40), ("TOM-SM-6X10", 36), ("RICE-ARB-10KG", 20), ("PAS-PEN-20LB", 48),
    ("CHZ-PARM-WHL", 6), ("BUT-UNS-36LB", 15), ("SUG-GRAN-50LB", 18), ("COF-DRK-5LB", 30), ("SPC-PEP-5LB", 10),
    ("KIT-ANTIPASTO", 25), ("DS-LOBSTER-25LB", 6), ("DS-TRUFFLE-OIL", 12), ("DS-GELATO-5L", 20),
)  # fmt: skip


def plant_72622(book: Book) -> None:
    """Add the chain; every way a record can carry the customer's PO# occurs in it."""
    invoice = Invoice("72622", CUSTOMER, date(2026, 5, 23), LINES, date(2026, 6, 22), po=PO, order="so:72622")
    book.add_invoice(invoice)
    kit, lobster, truffle, gelato = invoice.lines[10:]
    work = work_order("wo:72622", invoice.order, CUSTOMER, kit, date(2026, 5, 11), "Closed", memo=PO)
    first = purchase_order(
        "po:72622:1", invoice.order, "V2001", [lobster, truffle], date(2026, 5, 11), date(2026, 5, 20),
        "Fully Billed", PO,
    )  # fmt: skip
    second = purchase_order(
        "po:72622:2", invoice.order, "V2002", [gelato], date(2026, 5, 12), date(2026, 5, 21),
        "Fully Billed", f"1217 / {PO}",
    )  # fmt: skip
    order = order_for("so:72622", invoice, date(2026, 5, 8), "Billed", date(2026, 5, 22), [work, first, second])
    book.documents += [
        order, work, build("ab:72622", work, date(2026, 5, 18)), first, second,
        receipt("ir:72622:1", first, date(2026, 5, 19)), receipt("ir:72622:2", second, date(2026, 5, 20)),
        bill("vb:72622:1", first, date(2026, 5, 20), "TT-4471", memo=f"PO {PO}", positions=(0,)),
        bill("vb:72622:2", first, date(2026, 5, 21), PO, positions=(1,)),
        bill("vb:72622:3", second, date(2026, 5, 21), "GEL-2093", initial=PO),
        ship("if:72622:1", order, date(2026, 5, 20), range(10)),
        ship("if:72622:2", order, date(2026, 5, 21), (10,)),
        ship("if:72622:3", order, date(2026, 5, 22), (11, 12, 13)),
        _freight_bill(),
    ]  # fmt: skip
    _decoys(book)


def _freight_bill() -> Document:
    """A carrier's bill that names the PO# in its memo and is linked to nothing: matched by text alone."""
    lines = (DocumentLine("FREIGHT", 1, rate=14500),)
    return Document(
        "vb:72622:freight", "VendBill", "V2009", date(2026, 5, 26), "Open", lines, 14500,
        memo=f"Freight {PO}", tranid="CARR-118204",
    )  # fmt: skip


def _decoys(book: Book) -> None:
    """Other customers' orders whose PO# contains the five digits, or looks like them."""
    for key, customer, dated, po, sold in (
        ("decoy:172622", "C1022", date(2026, 6, 4), "172622", ("COF-DRK-5LB", 40)),
        ("decoy:726221", "C1012", date(2026, 5, 21), "726221", ("KIT-BRUNCH", 30)),
    ):
        book.add_invoice(Invoice(key, customer, dated, at_list_price(sold), due_date(customer, dated), po=po))
    wanted = Invoice("decoy:72622-A", "C1008", date(2026, 6, 25), at_list_price(("DS-SALMON-10LB", 8)), None)
    wanted = replace(wanted, po=f"{PO}-A")
    vendor = ITEMS["DS-SALMON-10LB"].vendor
    purchase = purchase_order(
        "po:72622-A", "so:72622-A", vendor, list(wanted.lines), date(2026, 6, 26), date(2026, 7, 8),
        "Pending Receipt", f"{PO}-A",
    )  # fmt: skip
    requested = date(2026, 7, 9)
    order = order_for("so:72622-A", wanted, wanted.dated, "Pending Fulfillment", requested, [purchase], False)
    book.documents += [order, purchase]
