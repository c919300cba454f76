"""What cannot land: each check, and what hangs on a rejected row."""

import pytest

from tests.sync.desk import CUSTOMERS, PAYMENTS, Desk, only, told

NO_DATE = "not a date in the form YYYY-MM-DD"
BELOW = "below zero: a negative invoice is a credit memo, a negative receipt a refund"
STATUSES = "not one of draft, pending_approval, approved, posted, voided, rejected"


REFUNDS = "id,customer_id,refund_date,amount,source_type,source_id\n"
WRITE_OFFS = "id,invoice_id,written_off_on,amount,recovered_on,recovered_amount\n"


def invoice_with(column: str, value: str) -> str:
    """One invoice that is right but for one cell."""
    row = {"id": "I1", "customer_id": "C1", "invoice_date": "2026-01-01", "amount": "1.00", column: value}
    cells = ('"' + cell.replace('"', '""') + '"' for cell in row.values())
    return f"{','.join(row)}\n{','.join(cells)}\n"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("id", "", "empty"),
        ("customer_id", "", "empty"),
        ("customer_id", "C9", 'no customer "C9" in the file or the ledger'),
        ("invoice_date", "", "empty"),
        ("invoice_date", "2026-02-30", "no such day in the calendar"),
        ("invoice_date", "0202-01-01", "outside 1970 to 2099"),
        ("invoice_date", "2202-01-01", "outside 1970 to 2099"),
        ("invoice_date", "31/12/2026", NO_DATE),
        ("invoice_date", "12/31/2026", NO_DATE),
        ("invoice_date", "2026-1-1", NO_DATE),
        ("invoice_date", "2026-01-01T00:00:00", NO_DATE),
        ("invoice_date", "２０２６-01-01", NO_DATE),
        ("due_date", "soon", NO_DATE),
        ("amount", "", "empty"),
        ("amount", "-1.00", BELOW),
        ("amount", "(1.00)", BELOW),
        ("amount", "1e3", "not an amount"),
        ("amount", "1_000", "not an amount"),
        ("amount", "１２", "not an amount"),
        ("amount", "1,23", "not an amount"),
        ("amount", "1.234,56", "not an amount"),
        ("amount", "1,2345", "not an amount"),
        ("amount", "1e400", "not an amount"),
        ("amount", "nan", "not an amount"),
        ("amount", "Infinity", "not an amount"),
        ("amount", "(-1.00)", "not an amount"),
        ("amount", "--1.00", "not an amount"),
        ("amount", "(1.00", "not an amount"),
        ("amount", "=1+1", "not an amount"),
        ("amount", "0x10", "not an amount"),
        ("amount", "1.00 USD", "not an amount"),
        ("amount", "9" * 5000, "not an amount"),
        ("amount", "1.001", "USD has no such decimals"),
        ("amount", "1.0001", "more than 3 decimals"),
        ("amount", "99999999999999999", "larger than any receivable"),
        ("currency", "usd", "not a currency code such as USD"),
        ("currency", "US$", "not a currency code such as USD"),
        ("exchange_rate", "0", "an exchange rate must be above zero"),
        ("exchange_rate", "-1", "not an exchange rate"),
        ("exchange_rate", "1e2", "not an exchange rate"),
        ("status", "paid", STATUSES),
        ("status", "voided", "a voided document needs the day it was voided"),
        ("voided_on", "2026-02-01", "has a voided_on, but its status is posted"),
        ("disputed", "yes", "not T or F"),
        ("memo", "x" * 32_768, "longer than 32767 characters"),
        ("memo", "a\0b", "holds a NUL byte"),
    ],
)
def test_a_bad_cell_is_named_with_its_line_column_value_and_reason(
    desk: Desk, column: str, value: str, reason: str
) -> None:
    desk.write(customers=CUSTOMERS, customer_invoices=invoice_with(column, value))
    reject = only(desk.sync())

    blamed = "status" if "its status is" in reason else "voided_on" if "needs the day" in reason else column
    assert (reject.file, reject.line, reject.column, reject.reason) == ("customer_invoices.csv", 2, blamed, reason)
    if blamed == column:
        assert reject.value == value.replace("\0", "\\0")[:200]
    assert desk.rows("SELECT file, line, column_name, reason, status FROM sync_rejects") == [
        ("customer_invoices.csv", 2, blamed, reason, "pending")
    ]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("$1,234.50", 123450),
        ("1234", 123400),
        (".5", 50),
        ("-0.00", 0),
        (" 12.00 ", 1200),
        ("0012.30", 1230),
        ("999999999999.99", 99_999_999_999_999),
    ],
)
def test_an_amount_as_people_write_it(desk: Desk, text: str, cents: int) -> None:
    desk.write(customers=CUSTOMERS, customer_invoices=invoice_with("amount", text))
    assert desk.sync().rejects == []
    assert desk.rows("SELECT amount_cents FROM customer_invoices") == [(cents,)]


@pytest.mark.parametrize(("text", "cents"), [("(12.00)", -1200), ("-12.00", -1200), ("-$12.00", -1200), ("12", 1200)])
def test_an_application_may_be_negative(synced: Desk, text: str, cents: int) -> None:
    synced.write(payment_applications=f"source_type,source_id,invoice_id,amount\npayment,P1,INV-1,{text}\n")
    assert synced.sync().rejects == []
    assert synced.one("SELECT amount_cents FROM payment_applications WHERE source_id = 'P1'") == cents


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"invoice_lines": "invoice_id,line,amount,quantity\nINV-1,one,1,1\n"},
            ("line", "one", "not a whole number"),
        ),
        (
            {"invoice_lines": "invoice_id,line,amount,quantity\nINV-1,1,1,1.1234567\n"},
            ("quantity", "1.1234567", "not a quantity of at most 6 decimals"),
        ),
        (
            {"invoice_installments": "invoice_id,installment,due_date,amount\nINV-1,0,2026-01-01,100\n"},
            ("installment", "0", "instalments are numbered from 1"),
        ),
        (
            {"customer_payments": "id,customer_id,receipt_date,amount,kind\nP9,C1,2026-01-01,1,gift\n"},
            ("kind", "gift", "not one of payment, deposit"),
        ),
        (
            {"payment_applications": "source_type,source_id,invoice_id,amount\ncheque,P1,INV-1,1\n"},
            ("source_type", "cheque", "not one of payment, credit_memo"),
        ),
        (
            {"payment_applications": "source_type,source_id,invoice_id,amount\ncredit_memo,P1,INV-1,1\n"},
            ("source_id", "P1", 'no payment or credit memo "credit_memo P1" in the file or the ledger'),
        ),
        (
            {"customer_refunds": REFUNDS + "R1,C1,2026-01-01,1,payment,P9\n"},
            ("source_id", "P9", 'no payment or credit memo "payment P9" in the file or the ledger'),
        ),
        (
            {"write_offs": WRITE_OFFS + "W,INV-1,2026-01-01,5,2026-02-01,6\n"},
            ("recovered_amount", "6", "a recovery is at most its write-off"),
        ),
        (
            {"write_offs": "id,invoice_id,written_off_on,amount,recovered_amount\nW,INV-1,2026-01-01,5,5\n"},
            ("recovered_on", "", "a recovery needs its day"),
        ),
        (
            {"write_offs": "id,invoice_id,written_off_on,amount,recovered_on\nW,INV-1,2026-01-01,5,2026-02-01\n"},
            ("recovered_amount", "", "a recovery needs its amount"),
        ),
        (
            {"transactions": "id,type,entity,trandate\nT1,Estimate,C1,2026-01-01\n"},
            ("type", "Estimate", "not one of SalesOrd, WorkOrd, Build, PurchOrd, ItemShip, ItemRcpt, VendBill"),
        ),
        (
            {"customers": "id,name,parent_id\nC3,Twig,C9\n"},
            ("parent_id", "C9", 'no customer "C9" in the file or the ledger'),
        ),
        (
            {"customers": "id,name,isinactive,credit_limit\nC3,Twig,F,-1\n"},
            ("credit_limit", "-1", BELOW),
        ),
    ],
)  # fmt: skip
def test_every_file_is_checked(synced: Desk, files: dict[str, str], expected: tuple[str, str, str]) -> None:
    reject = only(synced.clear().write(**files).sync())
    assert (reject.line, reject.column, reject.value, reject.reason) == (2, *expected)


def test_a_recovery_of_the_whole_write_off_lands(synced: Desk) -> None:
    synced.write(
        write_offs="id,invoice_id,written_off_on,amount,recovered_on,recovered_amount\nW,INV-1,2026-01-01,5,2026-02-01,5\n"
    )
    assert synced.sync().rejects == []


def test_an_application_across_currencies_or_companies_is_rejected(desk: Desk) -> None:
    desk.write(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,amount,currency,company
            E1,C1,2026-01-01,10,EUR,
            N1,C1,2026-01-01,10,USD,North
            """,
        customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-01-01,10\n",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P1,E1,10\npayment,P1,N1,10\n",
    )
    assert told(desk.sync()) == [
        (2, "invoice_id", "E1", "payment P1 is in USD, invoice E1 in EUR"),
        (3, "invoice_id", "N1", "payment P1 and invoice N1 belong to two companies"),
    ]


def test_repeated_ids_are_all_rejected_whichever_is_right(desk: Desk) -> None:
    desk.write(customers="id,name\nC1,Acme\nC2,Birch\nC1,Acme Inc\n")
    reason = "C1 stands on lines 2, 4"
    assert told(desk.sync()) == [(2, "id", "C1", reason), (4, "id", "C1", reason)]

    # and stay so, one reject each, however often the file is synced and when it is gone
    for _ in range(2):
        assert [
            row[0] for row in told(desk.write(customers=(desk.folder / "customers.csv").read_text() + "\n").sync())
        ] == [2, 4]
    desk.clear().write(customer_payments="id,customer_id,receipt_date,amount\n")
    assert len(desk.sync().rejects) == 2
    assert desk.rows("SELECT id FROM customers") == [("C2",)]

    assert desk.write(customers="id,name\nC1,Acme Inc\n").sync().rejects == []
    assert desk.rows("SELECT DISTINCT status FROM sync_rejects") == [("superseded",)]


def test_repeated_stock_without_a_location_is_rejected(desk: Desk) -> None:
    desk.write(inventory_balance="item_code,location,quantityavailable\nA,,1\nA,,2\n")
    assert [row[3] for row in told(desk.sync())] == ["A/ stands on lines 2, 3"] * 2


def test_what_hangs_on_a_rejected_row_is_rejected_and_names_the_cause(desk: Desk) -> None:
    rows = "".join(f"OK-{n},C1,2026-01-01,1.00\n" for n in range(9))
    desk.write(
        customers=CUSTOMERS,
        customer_invoices=f"id,customer_id,invoice_date,amount\n{rows}INV-6,C1,2026-01-01,5\nINV-7,C1,2026-13-01,5\n",
        customer_payments=PAYMENTS,
        invoice_lines="invoice_id,line,amount\nINV-7,1,5\n",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P1,INV-6,5\npayment,P1,INV-7,5\n",
        write_offs="id,invoice_id,written_off_on,amount\nW1,INV-7,2026-02-01,1\n",
    )
    cause = "its invoice INV-7 was rejected, customer_invoices.csv line 12"
    assert [(r.file, r.line, r.column, r.reason) for r in desk.sync().rejects] == [
        ("customer_invoices.csv", 12, "invoice_date", "no such day in the calendar"),
        ("invoice_lines.csv", 2, "invoice_id", cause),
        ("payment_applications.csv", 3, "invoice_id", cause),
        ("write_offs.csv", 2, "invoice_id", cause),
    ]


def test_a_whole_chain_of_causes(desk: Desk) -> None:
    desk.write(
        customers="id,name\nC1,\n",
        customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-01-01,1\n",
        customer_refunds="id,customer_id,refund_date,amount,source_type,source_id\nR1,C1,2026-01-01,1,payment,P1\n",
        customer_invoices="id,customer_id,invoice_date,amount\nI1,C1,2026-01-01,1\n",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P1,I1,1\n",
    )
    reasons = {row.file: row.reason for row in desk.sync().rejects}
    assert reasons["customer_invoices.csv"] == "its customer C1 was rejected, customers.csv line 2"
    assert reasons["payment_applications.csv"] == (
        "its payment or credit memo payment P1 was rejected, customer_payments.csv line 2"
    )
    # the second time the cause is one of an earlier sync
    desk.clear().write(customer_invoices="id,customer_id,invoice_date,amount\nI1,C1,2026-01-02,1\n")
    reasons = {row.file: row.reason for row in desk.sync(tables=("customer_invoices",)).rejects}
    assert reasons["customer_invoices.csv"] == "its customer C1 is still rejected, customers.csv line 2"
