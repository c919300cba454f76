"""Rejects that wait: tried again at every sync, until they land or a newer row replaces them."""

import pytest

from tests.sync.desk import APPLICATIONS, BOOKS, CUSTOMERS, INVOICES, PAYMENTS, Desk, counts_of, only


def test_a_corrected_invoice_brings_its_applications_along(desk: Desk) -> None:
    desk.write(**{**BOOKS, "customer_invoices": INVOICES.replace("2026-01-05", "2026-13-05")})
    assert len(desk.sync().rejects) == 2
    desk.clear().write(customer_invoices=INVOICES)
    report = desk.sync()

    assert report.rejects == []
    applications = counts_of(report, "payment_applications")
    assert (applications.read, applications.retried, applications.inserted) == (0, 1, 1)
    assert desk.one("SELECT amount_cents FROM payment_applications WHERE invoice_id = 'INV-1'") == 10000
    assert desk.rows("SELECT table_name, status, first_batch, last_batch FROM sync_rejects ORDER BY reject_id") == [
        ("customer_invoices", "superseded", 1, 2),
        ("payment_applications", "landed", 1, 2),
    ]


def test_the_same_bytes_are_skipped_but_rejects_are_tried_again(desk: Desk) -> None:
    desk.write(**{**BOOKS, "customers": "id,name\nC1,Acme\n"}).sync()
    assert desk.one("SELECT count(*) FROM sync_rejects WHERE status = 'pending'") == 3
    report = desk.write(customers=CUSTOMERS).sync()

    assert report.rejects == []
    assert [(c.table, c.read, c.inserted, c.unchanged) for c in report.tables] == [
        ("customers", 2, 1, 1),
        ("customer_invoices", 3, 1, 2),
        ("customer_payments", 2, 1, 1),
        ("payment_applications", 3, 1, 2),
    ]
    assert desk.one("SELECT count(*) FROM sync_rejects WHERE status = 'pending'") == 0


def test_rows_from_elsewhere_are_counted_apart_from_those_read(synced: Desk) -> None:
    header = "id,customer_id,invoice_date,amount\n"
    synced.write(customer_invoices=header + "INV-8,C8,2026-01-01,1\n").sync()
    report = synced.write(customer_invoices=header + "INV-9,C9,2026-01-01,1\n").sync()

    assert [row.line for row in report.rejects] == [2, 2]
    counts = counts_of(report, "customer_invoices")
    assert (counts.read, counts.retried, counts.rejected) == (1, 1, 2)
    report = synced.write(customers=CUSTOMERS + "C8,Elm\nC9,Fir\n").sync()
    assert counts_of(report, "customer_invoices").inserted == 2
    assert synced.sync().rejects == []


def test_a_newer_row_replaces_the_one_that_waits(synced: Desk) -> None:
    header = "id,customer_id,invoice_date,amount\n"
    synced.write(customer_invoices=header + "INV-9,C9,2026-01-01,1\n").sync()
    synced.write(customer_invoices=header + "INV-9,C1,2026-01-01,2\n").sync()
    synced.write(customers=CUSTOMERS + "C9,Fir\n")
    assert synced.sync().rejects == []
    assert synced.rows("SELECT customer_id, amount_cents FROM customer_invoices WHERE id = 'INV-9'") == [("C1", 200)]


def test_a_waiting_application_with_an_id_is_not_replaced_by_another_of_its_payer(synced: Desk) -> None:
    header = "id,source_type,source_id,invoice_id,amount\n"
    synced.write(payment_applications=header + "A7,payment,P1,INV-9,5\n").sync()
    report = synced.write(payment_applications=header + "A8,payment,P1,INV-2,6\n").sync()
    assert [row.value for row in report.rejects] == ["INV-9"]
    synced.write(customer_invoices=INVOICES + "INV-9,C1,2026-01-01,5,\n")
    assert synced.sync().rejects == []
    assert synced.rows("SELECT id FROM payment_applications WHERE id IS NOT NULL ORDER BY id") == [("A7",), ("A8",)]


def test_a_waiting_application_without_id_is_replaced_with_its_payers_set(synced: Desk) -> None:
    header = "source_type,source_id,invoice_id,amount\n"
    synced.write(payment_applications=header + "payment,P1,INV-9,5\n").sync()
    assert synced.write(payment_applications=header + "payment,P1,INV-1,5\n").sync().rejects == []


@pytest.mark.parametrize("damage", ["C2", "C2,Birch,surplus", '"C2,Birch', '"C2"x,Birch', ",Birch"])
def test_a_row_that_is_mended_leaves_no_reject_behind(desk: Desk, damage: str) -> None:
    report = desk.write(customers=f"id,name\nC1,Acme\n{damage}\n").sync()
    assert len(report.rejects) == 1
    reason = report.rejects[0].reason
    # with its file gone it stays, and for the same reason
    desk.clear().write(customer_payments="id,customer_id,receipt_date,amount\n")
    assert [row.reason for row in desk.sync().rejects] == [reason]
    assert desk.write(customers=CUSTOMERS).sync().rejects == []
    assert desk.rows("SELECT status FROM sync_rejects") == [("superseded",)]


def test_a_torn_row_never_lands_by_being_tried_again(desk: Desk) -> None:
    desk.write(customers='id,name,email\nC1,Acme,"a@example.com\n').sync()
    desk.clear().write(customer_payments="id,customer_id,receipt_date,amount\n")
    for _ in range(2):
        assert only(desk.sync()).reason == "a quote is opened in this row and not closed where a cell ends"
    assert desk.rows("SELECT id FROM customers") == []


def test_a_reject_keeps_the_batch_it_was_first_found_in(desk: Desk) -> None:
    for number in range(3):
        desk.write(customers="id,name\nC1,\n" + "\n" * number).sync()
    assert desk.rows("SELECT first_batch, last_batch, status FROM sync_rejects") == [(1, 3, "pending")]


def test_many_rejects_are_matched_in_reasonable_time(desk: Desk) -> None:
    text = "id,name\n" + "".join(f"C{n},\n" for n in range(5_000))
    for number in range(2):
        assert len(desk.write(customers=text + "\n" * number).sync().rejects) == 5_000
    assert desk.one("SELECT count(*) FROM sync_rejects") == 5_000


def applied(desk: Desk, payer: str = "P1") -> list[tuple[str, int]]:
    held = desk.rows(
        "SELECT invoice_id, amount_cents FROM payment_applications WHERE source_id = ? ORDER BY 1, 2", payer
    )
    return [(row[0], row[1]) for row in held]


def test_a_bad_application_keeps_its_earlier_version_and_the_rest_of_its_set_is_replaced(synced: Desk) -> None:
    changed = APPLICATIONS.replace("INV-2,20.00", "INV-2,2O.00").replace("P1,INV-1", "P1,INV-3")
    assert only(synced.write(payment_applications=changed).sync()).value == "2O.00"
    assert applied(synced) == [("INV-2", 2000), ("INV-3", 10000)]


def test_an_application_to_an_invoice_that_is_not_there_yet_does_not_hold_back_its_set(synced: Desk) -> None:
    changed = APPLICATIONS.replace("P1,INV-1", "P1,INV-9")
    assert only(synced.write(payment_applications=changed).sync()).value == "INV-9"
    assert applied(synced) == [("INV-2", 2000)]
    synced.clear().write(customer_invoices=INVOICES + "INV-9,C1,2026-01-01,100,\n")
    assert synced.sync().rejects == []
    assert applied(synced) == [("INV-2", 2000), ("INV-9", 10000)]


def test_an_application_that_waits_to_move_leaves_its_earlier_place_when_it_does(synced: Desk) -> None:
    header = "id,source_type,source_id,invoice_id,amount\n"
    synced.write(customer_payments=PAYMENTS + "P3,C1,2026-02-01,9.00\n")
    synced.write(payment_applications=header + "A1,payment,P3,INV-1,9\n").sync()
    synced.write(payment_applications=header + "A1,payment,P3,INV-9,9\n").sync()
    assert applied(synced, "P3") == [("INV-1", 900)]
    synced.clear().write(customer_invoices=INVOICES + "INV-9,C1,2026-01-01,100,\n")
    report = synced.sync()
    counts = counts_of(report, "payment_applications")
    assert (report.rejects, counts.inserted, counts.closed) == ([], 1, 1)
    assert applied(synced, "P3") == [("INV-9", 900)]


def test_an_application_moves_away_from_a_payer_that_has_a_bad_row(desk: Desk) -> None:
    header = "id,source_type,source_id,invoice_id,amount\n"
    rows = "A1,payment,P1,INV-1,9\nA2,payment,P1,INV-2,9\n"
    desk.write(**{**BOOKS, "payment_applications": header + rows}).sync()
    desk.write(payment_applications=header + "A1,payment,P2,INV-3,9\nA2,payment,P1,INV-2,x\n")
    assert only(desk.sync()).value == "x"
    assert (applied(desk), applied(desk, "P2")) == ([("INV-2", 900)], [("INV-3", 900)])


def test_a_set_that_waited_replaces_the_earlier_one_when_it_lands(synced: Desk) -> None:
    header = "invoice_id,line,amount\n"
    synced.write(invoice_lines=header + "INV-1,1,50\nINV-1,2,30\nINV-1,3,20\n").sync()
    gone = "".join(line for line in INVOICES.splitlines(keepends=True) if not line.startswith("INV-1"))
    synced.clear().write(customer_invoices=gone).sync(full=True, accept="cancelled")
    assert len(synced.clear().write(invoice_lines=header + "INV-1,1,60\nINV-1,2,40\n").sync().rejects) == 2
    report = synced.clear().write(customer_invoices=INVOICES).sync()
    counts = counts_of(report, "invoice_lines")
    assert (report.rejects, counts.retried, counts.updated, counts.closed) == ([], 2, 2, 1)
    assert synced.rows("SELECT line, amount_cents FROM invoice_lines ORDER BY 1") == [(1, 6000), (2, 4000)]


def test_an_invoice_and_its_instalments_that_came_apart_land_when_both_are_sent(synced: Desk) -> None:
    header = "invoice_id,installment,due_date,amount\n"
    parts = header + "INV-1,1,2026-02-01,60\nINV-1,2,2026-03-01,50\n"
    invoices = INVOICES.replace("100.00", "110.00")
    synced.write(invoice_installments=header + "INV-1,1,2026-02-01,100\n").sync()
    assert len(synced.clear().write(invoice_installments=parts).sync().rejects) == 2
    assert len(synced.clear().write(customer_invoices=invoices).sync().rejects) == 3
    assert synced.write(customer_invoices=invoices, invoice_installments=parts).sync().rejects == []
    assert synced.one("SELECT sum(amount_cents) FROM invoice_installments") == 11000


def test_a_set_with_an_unreadable_row_does_not_land_without_it(synced: Desk) -> None:
    header = "invoice_id,line,amount,colour\n"
    synced.write(invoice_lines=header + "INV-1,1,60,red\nINV-1,2,x,red\nINV-9,1,5,red\n").sync()
    synced.clear().write(customer_invoices=INVOICES + "INV-9,C1,2026-01-01,100,\n")
    assert [row.value for row in synced.sync().rejects] == ["INV-1", "x"]
    assert synced.rows("SELECT invoice_id FROM invoice_lines") == [("INV-9",)]
