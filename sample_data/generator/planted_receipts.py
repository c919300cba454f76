"""Receivables situations that lie in the cash: bounced cheques, remainders, deposits, credits, refunds."""

from __future__ import annotations

from datetime import date

from sample_data.generator.drafts import Application, Book, Credit, Receipt, Refund
from sample_data.generator.planted_invoices import plain


def plant_receipts(book: Book) -> None:
    """Add the receipts, credit memos, applications and refunds that are situations of their own."""
    _bounced(book)
    _remainders(book)
    _over_applied(book)
    _deposits(book)
    _moved_and_late(book)
    _parent_pays(book)
    _credits(book)
    _write_off_credits(book)
    _refunds(book)
    _credit_covers_overdue(book)


def _bounced(book: Book) -> None:
    again = book.add_invoice(plain("bounced:repaid", "C1016", date(2025, 12, 1), ("TUNA-CHK-6X66", 11), po="44277"))
    first = Receipt("pay:bounced:1", "C1016", date(2025, 12, 20), again.amount, "2381",
                    status="voided", voided_on=date(2026, 1, 12), memo="Returned by the bank")  # fmt: skip
    book.receive(first, (again.key, again.amount))
    second = Receipt("pay:bounced:2", "C1016", date(2026, 2, 3), again.amount, "2402")
    book.receive(second, (again.key, again.amount))
    unpaid = book.add_invoice(plain("bounced:open", "C1024", date(2026, 4, 24), ("COF-DRK-5LB", 24)))
    third = Receipt("pay:bounced:3", "C1024", date(2026, 6, 8), unpaid.amount, "5519",
                    status="voided", voided_on=date(2026, 6, 18), memo="Returned by the bank")  # fmt: skip
    book.receive(third, (unpaid.key, unpaid.amount))


def _remainders(book: Book) -> None:
    """Over-payments, a payment made twice, one cent short, and money that fits no invoice."""
    for key, customer, dated, sold, paid_on, paid, cheque, memo in (
        ("over:1", "C1002", date(2026, 3, 9), ("SOUP-CHWD-4X8", 15), date(2026, 3, 25), 93900, "1702", ""),
        ("over:2", "C1029", date(2026, 2, 9), ("RICE-ARB-10KG", 20), date(2026, 3, 12), 81800, "610", ""),
        ("short:cent", "C1023", date(2026, 4, 21), ("MLK-WHL-4GAL", 12), date(2026, 5, 19), 22739, "3071", ""),
        # The cheque's own number is 72622: a cheque number is never a PO#.
        ("cheque:po", "C1012", date(2026, 3, 10), ("BEAN-BLK-6X10", 30), date(2026, 4, 23), 99600, "72622", ""),
    ):
        invoice = book.add_invoice(plain(key, customer, dated, sold))
        receipt = Receipt(f"pay:{key}", customer, paid_on, paid, cheque, memo=memo)
        book.receive(receipt, (key, min(paid, invoice.amount)))
    twice = book.add_invoice(plain("paid:twice", "C1040", date(2026, 4, 14), ("APL-GALA-88CT", 16)))
    for number, paid_on in enumerate((date(2026, 4, 28), date(2026, 5, 5)), start=1):
        receipt = Receipt(f"pay:paid:twice:{number}", "C1040", paid_on, twice.amount, f"{3300 + number}")
        book.receive(receipt, *([(twice.key, twice.amount)] if number == 1 else []))
    book.receive(Receipt("pay:nomatch", "C1041", date(2026, 6, 17), 333333, "90017", memo="No remittance advice"))


def _over_applied(book: Book) -> None:
    invoice = book.add_invoice(plain("overapplied", "C1018", date(2026, 2, 16), ("FLR-BRD-50LB", 20)))
    book.receive(
        Receipt("pay:overapplied", "C1018", date(2026, 3, 12), invoice.amount, "5206"), (invoice.key, invoice.amount)
    )
    credit = Credit("cm:overapplied", "C1018", date(2026, 3, 19), 7440, invoice=invoice.key, memo="Three bags torn")
    book.credit(credit, (invoice.key, 7440))


def _deposits(book: Book) -> None:
    """One deposit waits, one is used up, one is used in part."""
    book.receive(Receipt("deposit:1", "C1039", date(2026, 6, 9), 150000, "101", kind="deposit", memo="Opening deposit"))
    book.credit(Credit("cm:welcome", "C1039", date(2026, 6, 12), 5000, memo="Welcome credit"))
    used = book.add_invoice(plain("deposit:used", "C1006", date(2026, 2, 20), ("CHZ-PARM-WHL", 14), po="35270"))
    book.receipts.append(Receipt("deposit:2", "C1006", date(2026, 2, 6), 300000, "70221", kind="deposit"))
    book.applications.append(Application("payment", "deposit:2", used.key, 300000, date(2026, 2, 20)))
    book.receive(
        Receipt("pay:deposit:used", "C1006", date(2026, 3, 20), used.amount - 300000, "70260"),
        (used.key, used.amount - 300000),
    )
    part = book.add_invoice(plain("deposit:part", "C1025", date(2026, 5, 20), ("KIT-PIZZA", 9)))
    book.receipts.append(Receipt("deposit:3", "C1025", date(2026, 5, 11), 80000, "7121", kind="deposit"))
    book.applications.append(Application("payment", "deposit:3", part.key, part.amount, None))


def _moved_and_late(book: Book) -> None:
    """A receipt set against the wrong invoice and moved; receipts applied after their month's end."""
    wrong = book.add_invoice(plain("moved:wrong", "C1009", date(2026, 3, 24), ("OIL-FRY-35LB", 12), po="37910"))
    right = book.add_invoice(plain("moved:right", "C1009", date(2026, 3, 26), ("OIL-FRY-35LB", 12), po="37911"))
    book.receive(Receipt("pay:moved", "C1009", date(2026, 4, 22), 47880, "1520"), (wrong.key, 47880))
    moved_on = date(2026, 5, 6)
    book.applications.append(Application("payment", "pay:moved", wrong.key, -47880, moved_on))
    book.applications.append(Application("payment", "pay:moved", right.key, 47880, moved_on))
    for number, (dated, paid_on, applied_on) in enumerate(
        (
            (date(2026, 4, 27), date(2026, 5, 28), date(2026, 6, 4)),
            (date(2026, 2, 25), date(2026, 3, 30), date(2026, 4, 2)),
        ),
        start=1,
    ):
        invoice = book.add_invoice(plain(f"late:{number}", "C1001", dated, ("TOM-SM-6X10", 20 + number)))
        key = f"pay:late:{number}"
        book.receipts.append(Receipt(key, "C1001", paid_on, invoice.amount, f"{2260 + number}"))
        book.applications.append(Application("payment", key, invoice.key, invoice.amount, applied_on))
    # Money that came before its invoice, and the payment that its period does not show.
    early = book.add_invoice(plain("prepaid", "C1017", date(2026, 3, 2), ("COF-DRK-5LB", 16)))
    receipt = Receipt("pay:prepaid", "C1017", date(2026, 2, 27), early.amount, "8804", period="2026-03")
    book.receipts.append(receipt)
    book.applications.append(Application("payment", receipt.key, early.key, early.amount, None))


def _parent_pays(book: Book) -> None:
    for number, (child, dated, paid_on, sold, po) in enumerate(
        (
            ("C1031", date(2026, 1, 15), date(2026, 2, 12), ("KIT-LUNCHBOX", 44), "57701"),
            ("C1032", date(2026, 4, 16), date(2026, 5, 14), ("KIT-LUNCHBOX", 38), "58602"),
        ),
        start=1,
    ):
        invoice = book.add_invoice(plain(f"child:{number}", child, dated, sold, po=po))
        own = book.add_invoice(plain(f"parent:{number}", "C1030", dated, ("NAP-DIN-3000", 10), po=f"5680{number}"))
        receipt = Receipt(f"pay:parent:{number}", "C1030", paid_on, invoice.amount + own.amount, f"{88100 + number}")
        book.receive(receipt, (own.key, own.amount), (invoice.key, invoice.amount))


def _credits(book: Book) -> None:
    """Credit memos not applied, applied in part, shared between two invoices, voided, and a draft."""
    book.credit(Credit("cm:open:1", "C1021", date(2026, 5, 19), 41250, memo="Volume rebate, first quarter"))
    book.credit(Credit("cm:open:2", "C1035", date(2026, 6, 11), 18600, memo="Freight allowance"))
    first = book.add_invoice(plain("cm:part:invoice", "C1004", date(2026, 5, 27), ("VAN-EXT-1GAL", 3)))
    book.credit(Credit("cm:part", "C1004", date(2026, 6, 2), 90000, memo="Recalled lot"), (first.key, first.amount))
    one = book.add_invoice(plain("cm:two:1", "C1028", date(2026, 5, 18), ("BUT-UNS-36LB", 20)))
    two = book.add_invoice(plain("cm:two:2", "C1028", date(2026, 6, 4), ("CHZ-PARM-WHL", 6)))
    book.credit(
        Credit("cm:two", "C1028", date(2026, 6, 8), 100000, memo="Settlement of price claims"),
        (one.key, 50000),
        (two.key, 50000),
    )
    book.credit(Credit("cm:draft", "C1008", date(2026, 6, 23), 62400, status="draft", memo="Two wheels cracked"))
    book.credit(
        Credit("cm:void", "C1022", date(2026, 3, 5), 12000, status="voided", voided_on=date(2026, 4, 7), memo="Twice")
    )


def _write_off_credits(book: Book) -> None:
    """A write-off that the ERP keeps as a credit memo of its own kind."""
    invoice = book.add_invoice(plain("wocm", "C1036", date(2025, 12, 10), ("SUG-GRAN-50LB", 18), po="62204"))
    credit = Credit("cm:wocm", "C1036", date(2026, 5, 29), invoice.amount, invoice=invoice.key, kind="write_off",
                    memo="Proof of delivery lost")  # fmt: skip
    book.credit(credit, (invoice.key, invoice.amount))


def _refunds(book: Book) -> None:
    invoice = book.add_invoice(plain("refund:over", "C1005", date(2026, 3, 4), ("CUP-HOT-1000", 14)))
    receipt = Receipt("pay:refund:over", "C1005", date(2026, 4, 9), invoice.amount + 7550, "5902")
    book.receive(receipt, (invoice.key, invoice.amount))
    book.refunds.append(Refund("rf:1", "C1005", date(2026, 5, 7), 7550, "payment", receipt.key))
    book.credit(Credit("cm:refund", "C1011", date(2026, 4, 14), 36500, memo="Menu programme rebate"))
    book.refunds.append(Refund("rf:2", "C1011", date(2026, 5, 12), 30000, "credit_memo", "cm:refund"))
    # Stopped before it was cashed: the second copy of a payment is still the customer's.
    book.refunds.append(
        Refund("rf:3", "C1040", date(2026, 5, 20), 62960, "payment", "pay:paid:twice:2", "voided", date(2026, 6, 3))
    )


def _credit_covers_overdue(book: Book) -> None:
    """Overdue, and the money is here: nobody should write a letter before it is applied."""
    invoice = book.add_invoice(plain("cashfirst", "C1003", date(2026, 5, 21), ("PAS-PEN-20LB", 8), ("TOM-SM-6X10", 6)))
    book.receive(Receipt("pay:cashfirst", "C1003", date(2026, 6, 19), invoice.amount, "1943"))
