"""--full: the files are the whole truth, with guards against a file that is not."""

import pytest

from arctl.errors import BadInput, Refused
from tests.sync.desk import BOOKS, INVOICES, Desk, counts_of, only

TEN = "id,name\n" + "".join(f"C{number},Customer {number}\n" for number in range(1, 11))


def lacking(text: str, *ids: str) -> str:
    return "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith(tuple(f"{each}," for each in ids))
    )


def test_a_row_gone_from_its_file_is_closed_and_may_come_back(desk: Desk) -> None:
    many = INVOICES + "".join(f"X{number},C1,2026-01-01,1.00,2026-02-01\n" for number in range(9))
    desk.write(**{**BOOKS, "customer_invoices": many}).sync(full=True)
    before = desk.content()

    report = desk.write(customer_invoices=lacking(many, "X3")).sync(full=True)
    assert counts_of(report, "customer_invoices").closed == 1
    assert desk.rows("SELECT id FROM customer_invoices WHERE id = 'X3'") == []
    assert desk.rows("SELECT closed FROM erp_invoices WHERE id = 'X3'") == [(1,)]
    assert desk.rows("SELECT closed, batch, to_batch FROM erp_invoices_history") == [(0, 1, 2)]
    assert desk.rows("SELECT 1 FROM ar_items JOIN erp_invoices USING (invoice_key) WHERE id = 'X3'") == []

    report = desk.write(customer_invoices=many).sync(full=True)
    counts = counts_of(report, "customer_invoices")
    assert (counts.inserted, counts.updated, counts.closed) == (0, 1, 0)
    assert desk.content() == before


def test_gone_is_never_paid(desk: Desk) -> None:
    desk.write(**BOOKS).sync(full=True)
    desk.write(customer_payments=lacking(BOOKS["customer_payments"], "P2"))
    desk.write(
        payment_applications="source_type,source_id,invoice_id,amount,applied_on\npayment,P1,INV-1,100,2026-02-01\n"
    )
    report = desk.sync(full=True, accept="the bank took it back")

    assert counts_of(report, "payment_applications").closed == 2
    assert desk.rows(
        "SELECT i.id, x.final_cents FROM ar_items x JOIN erp_invoices i USING (invoice_key) ORDER BY 1"
    ) == [
        ("INV-1", 0),
        ("INV-2", 5000),
        ("INV-3", 7000),
    ]
    assert desk.one("SELECT accepted FROM sync_batches WHERE batch = 2") == "the bank took it back"


def test_an_absent_file_leaves_its_table_alone_and_is_named(synced: Desk) -> None:
    (synced.folder / "customer_payments.csv").unlink()
    report = synced.sync(full=True)

    (notice,) = report.notices
    assert notice.startswith("absent, so its table was left alone: invoice_lines.csv, invoice_installments.csv, ")
    assert "customer_payments.csv" in notice
    assert "customers.csv" not in notice
    assert synced.one("SELECT count(*) FROM customer_payments") == 2


def test_a_present_but_rejected_row_keeps_its_earlier_version(synced: Desk) -> None:
    synced.write(customer_invoices=INVOICES.replace("2026-01-12,70.00", "2026-01-12,7O.00"))
    report = synced.sync(full=True)

    assert only(report).value == "7O.00"
    assert counts_of(report, "customer_invoices").closed == 0
    assert synced.one("SELECT amount_cents FROM customer_invoices WHERE id = 'INV-3'") == 7000


def test_a_rejected_application_keeps_its_earlier_version(desk: Desk) -> None:
    header = "id,source_type,source_id,invoice_id,amount\n"
    rows = [f"A{number},payment,P1,INV-1,1.00\n" for number in range(10)]
    desk.write(**{**BOOKS, "payment_applications": header + "".join(rows)}).sync(full=True)
    rows[3] = "A3,payment,P1,INV-1,one\n"
    report = desk.write(payment_applications=header + "".join(rows)).sync(full=True)

    assert counts_of(report, "payment_applications").closed == 0
    assert desk.one("SELECT count(*) FROM payment_applications") == 10


@pytest.mark.parametrize("damage", ["C3,Customer 3,surplus", "C3", '"C3,Customer 3', "C\udcff3,Customer 3"])
def test_where_a_rejected_row_might_be_any_nothing_is_closed(desk: Desk, damage: str) -> None:
    desk.write(customers=TEN).sync(full=True)
    damaged = lacking(TEN.replace("C3,Customer 3", damage), "C7").encode("utf-8", "surrogateescape")
    report = desk.write(customers=damaged).sync(full=True)

    assert report.notices[-1] == "customers.csv: a rejected row might be any, so no row gone from it was closed"
    assert counts_of(report, "customers").closed == 0
    assert desk.one("SELECT count(*) FROM customers") == 10


def test_a_file_that_lost_a_fifth_lands_and_one_that_lost_more_stops_the_sync(desk: Desk) -> None:
    desk.write(customers=TEN).sync(full=True)
    before = desk.dump()

    with pytest.raises(Refused) as stopped:
        desk.write(customers=lacking(TEN, "C1", "C2", "C3")).sync(full=True)
    assert stopped.value.message == "customers.csv holds 7 rows and lacks 3 of the 10 that the ledger has"
    assert stopped.value.hint.endswith('say why it is right with --accept "reason"; nothing was changed')
    assert desk.dump() == before

    assert counts_of(desk.write(customers=lacking(TEN, "C1", "C2")).sync(full=True), "customers").closed == 2


def test_as_many_rows_under_other_ids_are_lost_rows_too(desk: Desk) -> None:
    desk.write(customers=TEN).sync(full=True)
    with pytest.raises(Refused, match="lacks 10 of the 10"):
        desk.write(customers=TEN.replace(",Cust", ".0,Cust")).sync(full=True)


def test_an_empty_file_stops_the_sync_until_a_person_agrees(desk: Desk) -> None:
    desk.write(customers=TEN).sync(full=True)
    with pytest.raises(Refused):
        desk.write(customers="id,name\n").sync(full=True)
    with pytest.raises(Refused, match="no content, not even a header"):
        desk.write(customers="").sync(full=True)
    with pytest.raises(BadInput):
        desk.write(customers="").sync(full=True, accept="never without a header")

    report = desk.write(customers="id,name\n").sync(full=True, accept="the company was sold")
    assert counts_of(report, "customers").closed == 10
    assert desk.rows("SELECT batch, mode, accepted FROM sync_batches ORDER BY batch") == [
        (1, "full", None),
        (2, "full", "the company was sold"),
    ]


def test_after_everything_was_closed_rows_come_back(desk: Desk) -> None:
    desk.write(**BOOKS).sync(full=True)
    before = desk.content()
    empty = {name: text.splitlines()[0] + "\n" for name, text in BOOKS.items()}
    desk.write(**empty).sync(full=True, accept="wrong tenant exported")
    assert (
        desk.rows("SELECT 1 FROM ar_items UNION ALL SELECT 1 FROM ar_credits UNION ALL SELECT 1 FROM ar_day_totals")
        == []
    )

    report = desk.write(**BOOKS).sync(full=True)
    assert [counts.updated for counts in report.tables] == [2, 3, 2, 3]
    assert desk.content() == before


def test_a_whole_file_replaces_every_reject_that_waits(desk: Desk) -> None:
    desk.write(customers="id,name\nC1,\nC2,Birch\n").sync(full=True)
    report = desk.write(customers="id,name\nC2,Birch\n").sync(full=True)
    assert report.rejects == []
    assert desk.rows("SELECT status, last_batch FROM sync_rejects") == [("superseded", 2)]


def test_lines_and_instalments_gone_with_their_document_are_closed(desk: Desk) -> None:
    lines = "invoice_id,line,amount\n" + "".join(f"INV-1,{n},1\n" for n in range(1, 10)) + "INV-2,1,50\n"
    desk.write(**BOOKS, invoice_lines=lines).sync(full=True)
    report = desk.write(invoice_lines=lacking(lines, "INV-2")).sync(full=True)
    assert counts_of(report, "invoice_lines").closed == 1
