"""Rows into the mirror: upsert, history, and sets that come all together."""

from tests.sync.desk import APPLICATIONS, BOOKS, CUSTOMERS, INVOICES, Desk, counts_of, only, told


def test_the_first_sync_inserts_everything(desk: Desk) -> None:
    report = desk.write(**BOOKS).sync()

    assert (report.status, report.batch, report.rejects, report.notices) == ("completed", 1, [], [])
    assert [(c.table, c.read, c.inserted) for c in report.tables] == [
        ("customers", 2, 2),
        ("customer_invoices", 3, 3),
        ("customer_payments", 2, 2),
        ("payment_applications", 3, 3),
    ]
    assert desk.rows("SELECT id, customer_id, amount_cents, currency, status FROM customer_invoices ORDER BY id") == [
        ("INV-1", "C1", 10000, "USD", "posted"),
        ("INV-2", "C1", 5000, "USD", "posted"),
        ("INV-3", "C2", 7000, "USD", "posted"),
    ]


def test_a_changed_row_is_updated_and_its_earlier_version_kept(synced: Desk) -> None:
    synced.write(customer_invoices=INVOICES.replace("2026-02-09", "2026-03-09"))
    counts = counts_of(synced.sync(), "customer_invoices")

    assert (counts.inserted, counts.updated, counts.unchanged) == (0, 1, 2)
    assert synced.rows("SELECT id, due_date, batch, to_batch FROM erp_invoices_history") == [
        ("INV-2", "2026-02-09", 1, 2)
    ]
    assert synced.one("SELECT due_date FROM customer_invoices WHERE id = 'INV-2'") == "2026-03-09"


def test_a_file_is_additions_and_changes(synced: Desk) -> None:
    synced.clear().write(customer_invoices="id,customer_id,invoice_date,amount\nINV-9,C1,2026-03-01,9.00\n")
    synced.sync()

    assert synced.one("SELECT count(*) FROM customer_invoices") == 4
    assert synced.history() == 0


def test_an_absent_column_keeps_what_is_known_and_an_empty_cell_does_not(synced: Desk) -> None:
    synced.write(customers="id,name,email,terms\nC1,Acme,a@example.com,Net 30\n").sync()
    synced.write(customers="id,name,terms\nC1,Acme,\n").sync()

    assert synced.rows("SELECT email, terms FROM customers WHERE id = 'C1'") == [("a@example.com", None)]


def test_syncing_twice_changes_nothing(synced: Desk) -> None:
    before = synced.content()
    report = synced.sync()

    assert all(c.unchanged == c.read and c.note == "same file as before" for c in report.tables)
    assert (synced.content(), synced.history()) == (before, 0)


def test_other_bytes_of_the_same_rows_change_nothing(synced: Desk) -> None:
    before = synced.content()
    for name, text in BOOKS.items():
        header, *rows = text.strip().splitlines()
        synced.write(**{name: "\r\n".join([header.strip(), *(row.strip() for row in reversed(rows))]) + "\r\n\r\n"})
    report = synced.sync()

    assert all(c.unchanged == c.read and not c.note for c in report.tables)
    assert (synced.content(), synced.history()) == (before, 0)


def test_many_syncs_on_one_connection(synced: Desk) -> None:
    for day in range(10, 14):
        synced.write(customer_invoices=INVOICES.replace("2026-02-09", f"2026-03-{day}"))
        assert counts_of(synced.sync(), "customer_invoices").updated == 1


def test_a_customer_may_be_given_a_parent_that_comes_with_the_same_file(synced: Desk) -> None:
    synced.write(customers="id,name,parent_id\nC1,Acme,C9\nC9,Holding,C8\nC8,Top,\n")
    assert synced.sync().rejects == []
    assert synced.rows("SELECT id, parent_id FROM customers ORDER BY id") == [
        ("C1", "C9"),
        ("C2", None),
        ("C8", None),
        ("C9", "C8"),
    ]


def test_lines_replace_the_earlier_set_and_equal_ones_write_no_history(synced: Desk) -> None:
    header = "invoice_id,line,amount,item_code,quantity,rate\n"
    synced.write(invoice_lines=header + "INV-1,1,60.00,A,2,30\nINV-1,2,40.00,B,1,40\nINV-2,1,50.00,A,1,50\n").sync()
    synced.write(invoice_lines=header + "INV-1,1,60.00,A,2,30\nINV-1,3,40.00,C,1,40\n")
    counts = counts_of(synced.sync(), "invoice_lines")

    assert (counts.inserted, counts.updated, counts.unchanged, counts.closed) == (1, 0, 1, 1)
    assert synced.rows("SELECT invoice_id, line, item_code FROM invoice_lines ORDER BY 1, 2") == [
        ("INV-1", 1, "A"),
        ("INV-1", 3, "C"),
        ("INV-2", 1, "A"),
    ]
    assert synced.rows("SELECT line FROM erp_invoice_lines_history") == [(2,)]


def test_one_bad_line_keeps_the_earlier_set(synced: Desk) -> None:
    synced.write(invoice_lines="invoice_id,line,amount\nINV-1,1,60.00\nINV-1,2,40.00\n").sync()
    report = synced.write(invoice_lines="invoice_id,line,amount\nINV-1,1,70.00\nINV-1,2,x\n").sync()

    assert told(report) == [
        (2, "invoice_id", "INV-1", "another row of the same document was rejected, line 3"),
        (3, "amount", "x", "not an amount"),
    ]
    assert synced.rows("SELECT line, amount_cents FROM invoice_lines ORDER BY line") == [(1, 6000), (2, 4000)]


def test_instalments_replace_the_earlier_set(synced: Desk) -> None:
    header = "invoice_id,installment,due_date,amount\n"
    synced.write(invoice_installments=header + "INV-1,1,2026-02-01,60\nINV-1,2,2026-03-01,40\n").sync()
    synced.write(
        invoice_installments=header + "INV-1,1,2026-02-01,30\nINV-1,2,2026-03-01,30\nINV-1,3,2026-04-01,40\n"
    ).sync()
    assert synced.rows("SELECT installment, amount_cents FROM invoice_installments ORDER BY 1") == [
        (1, 3000),
        (2, 3000),
        (3, 4000),
    ]
    synced.write(invoice_installments=header + "INV-1,1,2026-02-01,100\n").sync()
    assert synced.rows("SELECT installment, amount_cents FROM invoice_installments") == [(1, 10000)]


def test_instalments_that_do_not_sum_to_their_invoice_are_rejected(synced: Desk) -> None:
    report = synced.write(
        invoice_installments="invoice_id,installment,due_date,amount\nINV-1,1,2026-02-01,60\nINV-1,2,2026-03-01,39.99\n"
    ).sync()
    reason = "the instalments of its invoice do not sum to its amount"
    assert told(report) == [(2, "amount", "60", reason), (3, "amount", "39.99", reason)]
    assert synced.one("SELECT count(*) FROM invoice_installments") == 0


def test_an_invoice_with_instalments_changes_only_together_with_them(synced: Desk) -> None:
    header = "invoice_id,installment,due_date,amount\n"
    synced.write(invoice_installments=header + "INV-1,1,2026-02-01,60\nINV-1,2,2026-03-01,40\n").sync()
    synced.write(customer_invoices=INVOICES.replace("100.00", "90.00"))
    refused = only(synced.sync())
    assert (refused.line, refused.column) == (2, "amount")
    assert refused.reason == "changed, but its instalments still sum to the earlier amount; send both together"
    assert synced.one("SELECT amount_cents FROM customer_invoices WHERE id = 'INV-1'") == 10000

    synced.write(invoice_installments=header + "INV-1,1,2026-02-01,60\nINV-1,2,2026-03-01,30\n")
    assert synced.sync().rejects == []
    assert synced.one("SELECT amount_cents FROM customer_invoices WHERE id = 'INV-1'") == 9000


def test_a_new_amount_does_not_land_with_instalments_that_are_rejected_themselves(synced: Desk) -> None:
    header = "invoice_id,installment,due_date,amount\n"
    synced.write(invoice_installments=header + "INV-1,1,2026-02-01,60\nINV-1,2,2026-03-01,40\n").sync()
    synced.write(
        customer_invoices=INVOICES.replace("100.00", "90.00"),
        invoice_installments=header + "INV-1,1,2026-02-01,60\nINV-1,1,2026-03-01,30\n",
    )
    assert len(synced.sync().rejects) == 3
    assert synced.one("SELECT sum(amount_cents) FROM invoice_installments WHERE invoice_id = 'INV-1'") == 10000
    assert synced.one("SELECT amount_cents FROM customer_invoices WHERE id = 'INV-1'") == 10000


def test_a_payers_applications_without_ids_are_a_set(synced: Desk) -> None:
    synced.write(
        payment_applications="source_type,source_id,invoice_id,amount,applied_on\npayment,P1,INV-2,50.00,2026-02-03\n"
    )
    counts = counts_of(synced.sync(), "payment_applications")

    assert (counts.inserted, counts.updated, counts.closed) == (0, 1, 1)
    assert synced.rows("SELECT source_id, invoice_id, amount_cents FROM payment_applications ORDER BY 1") == [
        ("P1", "INV-2", 5000),
        ("P2", "INV-3", 7000),
    ]


def test_equal_applications_without_ids_are_both_kept(synced: Desk) -> None:
    text = "source_type,source_id,invoice_id,amount,applied_on\n" + "payment,P1,INV-1,30,2026-02-01\n" * 3
    assert counts_of(synced.write(payment_applications=text).sync(), "payment_applications").rejected == 0
    where = "FROM payment_applications WHERE source_id = 'P1'"
    assert synced.rows(f"SELECT count(*), sum(amount_cents) {where}") == [(3, 9000)]
    again = counts_of(synced.write(payment_applications=text + "\n").sync(), "payment_applications")
    assert (again.unchanged, again.closed) == (3, 0)


def test_applications_with_ids_stand_each_alone(desk: Desk) -> None:
    header = "id,source_type,source_id,invoice_id,amount,applied_on\n"
    desk.write(**BOOKS).write(
        payment_applications=header + "A1,payment,P1,INV-1,60,2026-02-01\nA2,payment,P1,INV-2,20,2026-02-01\n"
    ).sync()
    desk.write(payment_applications=header + "A2,payment,P1,INV-3,25,2026-02-05\nA3,payment,P1,INV-1,5,2026-02-05\n")
    assert desk.sync().rejects == []
    assert desk.rows("SELECT id, invoice_id, amount_cents FROM payment_applications ORDER BY id") == [
        ("A1", "INV-1", 6000),
        ("A2", "INV-3", 2500),
        ("A3", "INV-1", 500),
    ]
    # and back again, to the pair it had before
    desk.write(payment_applications=header + "A2,payment,P1,INV-2,20,2026-02-01\n").sync()
    assert desk.rows("SELECT invoice_id, amount_cents FROM payment_applications WHERE id = 'A2'") == [("INV-2", 2000)]


def test_an_application_without_a_date_takes_the_later_of_its_documents_and_is_marked(synced: Desk) -> None:
    assert synced.rows(
        "SELECT applied_on, effective_on, date_derived FROM payment_applications ORDER BY source_id"
    ) == [
        ("2026-02-01", "2026-02-01", 0),
        ("2026-02-03", "2026-02-03", 0),
        (None, "2026-02-02", 1),
    ]
    synced.write(customer_invoices=INVOICES.replace("2026-01-12", "2026-02-20")).sync()
    assert synced.one("SELECT effective_on FROM payment_applications WHERE source_id = 'P2'") == "2026-02-20"


def test_an_application_may_be_negative_and_may_cross_customers(synced: Desk) -> None:
    synced.write(payment_applications=APPLICATIONS + "payment,P2,INV-1,-30.00,2026-02-09\n")
    assert synced.sync().rejects == []
    assert (
        synced.one("SELECT amount_cents FROM payment_applications WHERE invoice_id = 'INV-1' AND source_id = 'P2'")
        == -3000
    )


def test_due_before_the_invoice_is_accepted_and_flagged(desk: Desk) -> None:
    desk.write(customers=CUSTOMERS, customer_invoices=INVOICES.replace("2026-02-04", "2026-01-04"))
    assert desk.sync().rejects == []
    assert desk.rows("SELECT i.id FROM ar_items AS x JOIN erp_invoices AS i USING (invoice_key) WHERE x.flags & 2") == [
        ("INV-1",)
    ]


def test_ids_are_text_kept_as_given(desk: Desk) -> None:
    desk.write(
        customers="id,name\n007,Seven\n7,Other\n1930571429.0,Float\n C ,Blank\n",
        customer_payments="id,customer_id,receipt_date,amount\n007,007,2026-01-01,1\n7,7,2026-01-01,2\n",
        credit_memos="id,customer_id,credit_date,amount\n007,1930571429.0,2026-01-01,3\n",
    )
    assert desk.sync().rejects == []
    assert {row[0] for row in desk.rows("SELECT id FROM customers")} == {"007", "7", "1930571429.0", " C "}
    assert desk.rows("SELECT id, customer_id FROM customer_payments ORDER BY id") == [("007", "007"), ("7", "7")]


def test_amounts_are_minor_units_of_their_own_currency(desk: Desk) -> None:
    desk.write(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,amount,currency
            J1,C1,2026-01-01,1500,JPY
            J2,C1,2026-01-01,1500.00,JPY
            J3,C1,2026-01-01,1500.50,JPY
            K1,C1,2026-01-01,1.234,KWD
            K2,C1,2026-01-01,1.2345,KWD
            U1,C1,2026-01-01,1.234,USD
            U2,C1,2026-01-01,1.230,USD
            V1,C1,2026-01-01,"250,000,000,000",VND
            """,
    )
    assert told(desk.sync()) == [
        (4, "amount", "1500.5", "JPY has no such decimals"),
        (6, "amount", "1.2345", "more than 3 decimals"),
        (7, "amount", "1.234", "USD has no such decimals"),
    ]
    assert desk.rows("SELECT id, amount_cents FROM customer_invoices ORDER BY id") == [
        ("J1", 1500),
        ("J2", 1500),
        ("K1", 1234),
        ("U2", 123),
        ("V1", 250_000_000_000),
    ]


def test_companies_named_by_the_files_join_with_a_notice(desk: Desk) -> None:
    report = desk.write(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,amount,company
            N1,C1,2026-01-01,10,North
            S1,C1,2026-01-01,20,South
            D1,C1,2026-01-01,30,
            """,
    ).sync()

    assert report.notices == ["new companies: North, South; `arctl config list` shows their currency and time zone"]
    assert desk.rows("SELECT id, company FROM customer_invoices ORDER BY id") == [
        ("D1", "default"),
        ("N1", "North"),
        ("S1", "South"),
    ]
    assert desk.one("SELECT count(DISTINCT company_id) FROM company_clock") == 3
    assert desk.sync().notices == []


def test_the_order_side_lands(desk: Desk) -> None:
    report = desk.write(
        transactions="""
            id,type,entity,trandate,otherrefnum,parent_so_id,createdfrom,foreigntotal
            SO1,SalesOrd,C1,2026-01-01,72622,,,-5.00
            WO1,WorkOrd,,2026-01-02,,SO1,,
            IF1,ItemShip,C1,2026-01-03,,,SO1,
            """,
        transaction_lines="transaction_id,line,item_code,quantity,rate\nSO1,1,A,1.5,2.25\nSO9,1,A,1,1\n",
        inventory_balance="item_code,location,quantityavailable\nA,EAST,5\nA,,-2\n",
    ).sync()

    assert told(report) == [(3, "transaction_id", "SO9", 'no transaction "SO9" in the file or the ledger')]
    assert desk.rows("SELECT id, parent_so_id FROM work_orders") == [("WO1", "SO1")]
    assert desk.rows("SELECT location, quantityavailable FROM inventory_balance ORDER BY 1") == [("", -2), ("EAST", 5)]


def test_payments_keep_their_currency_once_applied(synced: Desk) -> None:
    synced.write(
        customer_payments="id,customer_id,receipt_date,amount,currency\nP1,C1,2026-02-01,120,EUR\nP2,C2,2026-02-02,70,\n"
    )
    reject = only(synced.sync())
    assert (reject.column, reject.reason) == ("currency", "was USD, and documents in that currency hang on it")


def test_an_invoice_keeps_its_minor_unit_once_some_of_it_is_written_off(desk: Desk) -> None:
    header = "id,customer_id,invoice_date,amount,currency\n"
    desk.write(customers=CUSTOMERS, customer_invoices=header + "I1,C1,2026-01-01,100,USD\n")
    desk.write(write_offs="id,invoice_id,written_off_on,amount\nW1,I1,2026-02-01,50\n").sync()
    reject = only(desk.write(customer_invoices=header + "I1,C1,2026-01-01,100,JPY\n").sync())
    assert reject.reason == "was USD, and documents in that currency hang on it"
    assert desk.one("SELECT sum(final_cents) FROM ar_items") == 5000
    assert desk.write(customer_invoices=header + "I1,C1,2026-01-01,100,EUR\n").sync().rejects == []
