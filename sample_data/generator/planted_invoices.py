"""Receivables situations that lie in the invoice: due dates, disputes, voids, drafts, instalments, charges."""

from __future__ import annotations

from datetime import date

from sample_data.generator.drafts import Book, Invoice, Line, Receipt, WriteOff, at_list_price, business_day, due_date


def plant_invoices(book: Book) -> None:
    """Add the invoices whose own fields are the situation, and what settles them."""
    _without_due_date(book)
    _odd_dates(book)
    _disputed(book)
    _voided(book)
    _not_posted(book)
    _instalments(book)
    _finance_charges(book)
    _write_offs(book)
    _never_paid(book)


def plain(key: str, customer: str, dated: date, *sold: tuple[str, int], po: str = "") -> Invoice:
    """A posted invoice at list prices, due by the customer's terms."""
    return Invoice(key, customer, dated, at_list_price(*sold), due_date(customer, dated), po=po)


def _without_due_date(book: Book) -> None:
    for key, customer, dated, item, quantity in (
        ("nodue:net45", "C1008", date(2026, 5, 5), "TUNA-CHK-6X66", 22),
        ("nodue:discount", "C1010", date(2026, 6, 15), "CHK-BRST-40LB", 18),
        ("nodue:eom", "C1017", date(2026, 5, 12), "BUT-UNS-36LB", 14),
        ("nodue:receipt", "C1014", date(2026, 6, 24), "TOM-SM-6X10", 12),
        ("nodue:noterms", "C1027", date(2026, 6, 3), "SOUP-CHWD-4X8", 6),
    ):
        book.add_invoice(Invoice(key, customer, dated, at_list_price((item, quantity)), None))


def _odd_dates(book: Book) -> None:
    lines = at_list_price(("OIL-FRY-35LB", 14), ("POT-FRY-30LB", 10))
    book.add_invoice(Invoice("duebefore", "C1020", date(2026, 6, 10), lines, date(2026, 6, 1)))
    # A month-end invoice that the ledger posted in the next period.
    late = at_list_price(("COF-DRK-5LB", 30), ("CUP-HOT-1000", 12))
    book.add_invoice(Invoice("otherperiod", "C1006", date(2026, 5, 29), late, date(2026, 6, 28), period="2026-06"))
    free = (Line("SAMPLE-BOX", 1, 0),)
    book.add_invoice(Invoice("zero", "C1041", date(2026, 4, 2), free, date(2026, 4, 30), memo="Samples, no charge"))


def _disputed(book: Book) -> None:
    for key, customer, dated, sold, memo in (
        ("disputed:1", "C1008", date(2026, 3, 18), ("CHZ-PARM-WHL", 9), "Dispute: two wheels cracked"),
        ("disputed:2", "C1021", date(2026, 4, 8), ("BEEF-GRND-20LB", 30), "Dispute: price not as quoted"),
        ("disputed:3", "C1013", date(2026, 2, 26), ("MLK-WHL-4GAL", 40), "Dispute: delivered warm"),
        ("disputed:4", "C1028", date(2026, 5, 6), ("VAN-EXT-1GAL", 8), "Dispute: not ordered"),
        ("disputed:5", "C1033", date(2026, 5, 12), ("APL-GALA-88CT", 26), "Dispute: four cases short"),
    ):
        lines = at_list_price(sold)
        book.add_invoice(Invoice(key, customer, dated, lines, due_date(customer, dated), disputed=True, memo=memo))


def _voided(book: Book) -> None:
    for key, customer, dated, voided_on, sold, po in (
        ("void:replaced", "C1001", date(2025, 10, 14), date(2025, 10, 16), ("OIL-EVOO-5L", 31), "30791"),
        ("void:monthend", "C1022", date(2026, 4, 20), date(2026, 5, 6), ("RICE-ARB-10KG", 60), "49640"),
        ("void:old", "C1004", date(2025, 9, 3), date(2026, 1, 20), ("FLR-BRD-50LB", 44), ""),
        ("void:paid", "C1026", date(2026, 2, 11), date(2026, 4, 15), ("SUG-GRAN-50LB", 25), ""),
    ):
        lines = at_list_price(sold)
        due = due_date(customer, dated)
        book.add_invoice(Invoice(key, customer, dated, lines, due, po, status="voided", voided_on=voided_on))
    book.add_invoice(plain("void:replacement", "C1001", date(2025, 10, 16), ("OIL-EVOO-5L", 13), po="30791"))
    book.receive(
        Receipt("pay:void:replacement", "C1001", date(2025, 11, 13), 76050, "2207"), ("void:replacement", 76050)
    )
    # Paid, and voided afterwards: from the void on the receipt is unapplied.
    book.receive(Receipt("pay:void:paid", "C1026", date(2026, 3, 12), 86250, "4410"), ("void:paid", 86250))


def _not_posted(book: Book) -> None:
    for key, customer, dated, status, sold in (
        ("draft:1", "C1009", date(2026, 6, 26), "draft", ("PAS-PEN-20LB", 18)),
        ("draft:2", "C1018", date(2026, 6, 29), "draft", ("COF-DRK-5LB", 9)),
        ("pending:1", "C1012", date(2026, 6, 25), "pending_approval", ("CHK-BRST-40LB", 52)),
        ("pending:2", "C1035", date(2026, 6, 29), "pending_approval", ("OIL-EVOO-5L", 24)),
        ("rejected:1", "C1024", date(2026, 3, 31), "rejected", ("NAP-DIN-3000", 30)),
    ):
        due = due_date(customer, dated)
        book.add_invoice(Invoice(key, customer, dated, at_list_price(sold), due, status=status))
    # A receipt nobody has approved yet, matched to a posted invoice: the invoice stays open.
    book.add_invoice(plain("draftreceipt", "C1040", date(2026, 6, 5), ("LET-ROM-24CT", 20)))
    receipt = Receipt("pay:draft", "C1040", date(2026, 6, 22), 57800, "3390", status="pending_approval")
    book.receive(receipt, ("draftreceipt", 57800))


def _instalments(book: Book) -> None:
    plans: tuple[tuple[str, str, date, tuple[tuple[str, int], ...], tuple[date, ...], tuple[int, ...]], ...] = (
        ("instalments:3", "C1022", date(2026, 3, 30), (("CHZ-PARM-WHL", 25), ("VAN-EXT-1GAL", 10)),
         (date(2026, 4, 29), date(2026, 5, 29), date(2026, 6, 28)), (30, 50, 20)),
        ("instalments:2", "C1012", date(2026, 4, 15), (("CHK-BRST-40LB", 60), ("BEEF-GRND-20LB", 50)),
         (date(2026, 5, 30), date(2026, 7, 14)), (50, 50)),
        ("instalments:cad", "C1029", date(2026, 5, 4), (("NAP-DIN-3000", 40), ("CUP-HOT-1000", 40)),
         (date(2026, 6, 3), date(2026, 7, 3)), (50, 50)),
        ("instalments:4", "C1028", date(2026, 1, 12), (("OIL-FRY-35LB", 80), ("FLR-00-25KG", 64)),
         (date(2026, 2, 11), date(2026, 3, 13), date(2026, 4, 12), date(2026, 5, 12)), (25, 25, 25, 25)),
    )  # fmt: skip
    for key, customer, dated, sold, dues, shares in plans:
        lines = at_list_price(*sold)
        amount = sum(line.amount for line in lines)
        parts = [amount * share // 100 for share in shares]
        parts[-1] += amount - sum(parts)
        instalments = tuple(zip(dues, parts, strict=True))
        book.add_invoice(Invoice(key, customer, dated, lines, dues[-1], instalments=instalments))
    three = book.invoice("instalments:3")
    book.receive(Receipt("pay:i3:1", "C1022", date(2026, 4, 29), 400000, "60112"), (three.key, 400000))
    two = book.invoice("instalments:2")
    book.receive(Receipt("pay:i2:1", "C1012", date(2026, 5, 29), two.instalments[0][1], "31871"),
                 (two.key, two.instalments[0][1]))  # fmt: skip
    four = book.invoice("instalments:4")
    for number, (due, cents) in enumerate(four.instalments, start=1):
        book.receive(
            Receipt(f"pay:i4:{number}", "C1028", business_day(due), cents, f"{9040 + number}"), (four.key, cents)
        )


def _finance_charges(book: Book) -> None:
    for number, (customer, dated, cents) in enumerate(
        (
            ("C1007", date(2026, 2, 27), 14250),
            ("C1013", date(2026, 3, 31), 4180),
            ("C1025", date(2026, 3, 31), 6735),
            ("C1007", date(2026, 4, 30), 18960),
            ("C1036", date(2026, 5, 29), 5025),
        ),
        start=1,
    ):
        lines = (Line("FIN-CHARGE", 1, cents),)
        memo = "Finance charge on overdue items"
        due = due_date(customer, dated)
        book.add_invoice(Invoice(f"charge:{number}", customer, dated, lines, due, kind="finance_charge", memo=memo))
    book.receive(Receipt("pay:charge", "C1025", date(2026, 5, 15), 6735, "7115"), ("charge:3", 6735))


def _write_offs(book: Book) -> None:
    book.add_invoice(plain("wo:closed:1", "C1038", date(2025, 11, 10), ("BEEF-GRND-20LB", 12)))
    book.add_invoice(plain("wo:closed:2", "C1038", date(2025, 11, 24), ("SOUP-CHWD-4X8", 10), ("NAP-DIN-3000", 6)))
    book.add_invoice(plain("wo:recovered", "C1038", date(2025, 10, 20), ("CHK-BRST-40LB", 10)))
    book.add_invoice(plain("wo:small", "C1015", date(2026, 1, 14), ("EGG-LRG-15DZ", 9)))
    book.add_invoice(plain("wo:voided", "C1019", date(2026, 1, 20), ("JUI-ORG-12X1", 14)))
    for key, dated, cents, reason in (
        ("wo:closed:1", date(2026, 3, 20), 100560, "Customer closed, no assets"),
        ("wo:closed:2", date(2026, 3, 20), 80040, "Customer closed, no assets"),
    ):
        book.write_offs.append(WriteOff(key + ":off", key, dated, cents, reason))
    recovered = WriteOff(
        "wo:recovered:off", "wo:recovered", date(2026, 3, 2), 96400, "Customer closed, no assets",
        recovered_on=date(2026, 5, 4), recovered_cents=57840,
    )  # fmt: skip
    book.write_offs.append(recovered)
    book.receive(
        Receipt("pay:recovery", "C1038", date(2026, 5, 4), 57840, "TRUSTEE-1", memo="Recovery from liquidator"),
        ("wo:recovered", 57840),
    )
    book.receive(Receipt("pay:wo:small", "C1015", date(2026, 1, 28), 36950, "1188"), ("wo:small", 36950))
    book.write_offs.append(WriteOff("wo:small:off", "wo:small", date(2026, 2, 27), 40, "Small balance"))
    voided = WriteOff(
        "wo:voided:off", "wo:voided", date(2026, 4, 30), 49840, "Entered in error",
        status="voided", voided_on=date(2026, 5, 8),
    )  # fmt: skip
    book.write_offs.append(voided)


def _never_paid(book: Book) -> None:
    """Old items of the customers that pay late: the tail of the aging, and one customer fit for a hold."""
    for number, (customer, dated, sold) in enumerate(
        (
            ("C1007", date(2026, 1, 27), ("BEEF-GRND-20LB", 46)),
            ("C1007", date(2026, 2, 17), ("CHK-BRST-40LB", 34)),
            ("C1013", date(2026, 2, 5), ("EGG-LRG-15DZ", 38)),
            ("C1024", date(2026, 2, 19), ("SOUP-CHWD-4X8", 30)),
            ("C1025", date(2026, 3, 10), ("CHZ-PARM-WHL", 14)),
            ("C1019", date(2026, 3, 17), ("COF-DRK-5LB", 14)),
            ("C1016", date(2026, 3, 30), ("TUNA-CHK-6X66", 16)),
            ("C1034", date(2026, 3, 9), ("RICE-ARB-10KG", 28)),
            ("C1037", date(2026, 4, 9), ("MLK-WHL-4GAL", 20)),
        ),
        start=1,
    ):
        book.add_invoice(plain(f"old:{number}", customer, dated, sold))
