"""What a sync tells of: the opening load table by table, afterwards what is news, once each, whatever comes back later."""

import json

import pytest

from arctl.core.mirror import TABLES
from arctl.core.sync_events import Arrival, happened
from arctl.services.books import ensure_ledger, found
from arctl.services.sync import SyncRequest, sync_folder
from arctl.store import books, events, sync_log
from arctl.store.books import FIRST_COMPANY, Made
from tests.conftest import ROOT
from tests.sync.desk import BOOKS, CUSTOMERS, INVOICES, PAYMENTS, Desk, Silent, content_of

ORDERS = "id,type,entity,trandate,status,foreigntotal,otherrefnum,parent_so_id\n"


def told(desk: Desk, after: int = 0) -> list[tuple[str, str]]:
    return desk.rows("SELECT event_type, entity_id FROM events WHERE tenant_id = 1 AND seq > ? ORDER BY seq", after)


def facts(desk: Desk, key: str) -> dict[str, object]:
    return dict(json.loads(desk.one("SELECT payload_json FROM events WHERE idempotency_key = ?", key)))


@pytest.fixture
def opened(desk: Desk) -> Desk:
    """A desk after its opening load: three invoices, two payments, and an order of each kind."""
    orders = (
        "SO1,SalesOrd,C1,2026-01-02,Pending Fulfillment,100,PO 7,\nSO2,SalesOrd,C1,2026-01-02,Closed,50,,\n"
        "IF1,ItemShip,C1,2026-01-04,Shipped,,,\nIF2,ItemShip,C1,2026-01-04,Packed,,,\n"
    )
    assert not desk.write(**BOOKS, transactions=ORDERS + orders).sync().rejects
    return desk


def opening(desk: Desk) -> int:
    return int(desk.one("SELECT max(seq) FROM events"))


def test_the_opening_load_tells_of_tables_alone(opened: Desk) -> None:
    tables = ("customers", "customer_invoices", "customer_payments", "payment_applications", "transactions")
    assert told(opened) == [("sync.loaded", table) for table in tables]
    (sha256,) = opened.rows("SELECT sha256 FROM sync_log WHERE table_name = 'customer_invoices'")[0]
    assert facts(opened, "sync.loaded:customer_invoices:1") == {
        "batch": 1, "table": "customer_invoices", "rows": 3, "sha256": sha256, "source": str(opened.folder),
    }  # fmt: skip


def test_events_bear_the_time_of_the_log_and_the_actor_of_the_sync(opened: Desk) -> None:
    opened.write(customer_invoices=INVOICES + "INV-9,C1,2026-01-20,9.00,\n").sync()

    rows = opened.rows(
        "SELECT DISTINCT e.recorded_at = l.completed_at, e.actor, e.occurred_on FROM events AS e JOIN sync_log AS l"
        " ON l.batch = json_extract(e.payload_json, '$.batch') AND l.table_name = '*' ORDER BY 3 DESC"
    )
    # 2026-07-01 08:00 in New York, and the invoice's own date
    assert rows == [(1, "tester", "2026-07-01"), (1, "tester", "2026-01-20")]


def test_what_an_event_tells(opened: Desk) -> None:
    opened.write(
        customer_invoices="id,customer_id,invoice_date,amount,tranid,otherrefnum,createdfrom,currency\n"
        "INV-9,C2,2026-01-20,9.50,T9,PO 7,SO1,EUR\n",
        customer_payments="id,customer_id,receipt_date,amount,otherrefnum,kind\nP9,C1,2026-02-09,5.00,cheque 8,deposit\n",
        transactions=ORDERS + "PO9,PurchOrd,V1,2026-01-09,Pending Receipt,12.34,,SO1\n",
    ).sync()

    assert facts(opened, "invoice.posted:INV-9") == {
        "batch": 2, "customer_id": "C2", "amount_cents": 950, "currency": "EUR", "due_date": "2026-01-20", "tranid": "T9",
        "otherrefnum": "PO 7", "createdfrom": "SO1", "kind": "invoice",
    }  # fmt: skip
    assert facts(opened, "payment.received:P9") == {
        "batch": 2, "customer_id": "C1", "amount_cents": 500, "currency": "USD", "otherrefnum": "cheque 8",
        "kind": "deposit",
    }  # fmt: skip
    assert facts(opened, "purchaseorder.created:PO9") == {
        "batch": 2, "status": "Pending Receipt", "entity": "V1", "amount_cents": 1234, "currency": "USD",
        "parent_so_id": "SO1", "purchase_order_id": "PO9", "sales_order_id": "SO1",
    }  # fmt: skip
    assert facts(opened, "order.purchase_order_made:PO9") == facts(opened, "purchaseorder.created:PO9")
    assert opened.one("SELECT count(*) FROM events WHERE company_id = 1 AND seq > 5") == 4


def test_an_update_of_what_the_opening_load_brought_is_no_news(opened: Desk) -> None:
    before = opening(opened)
    opened.write(
        customer_invoices=INVOICES.replace("100.00", "101.00"),
        customer_payments=PAYMENTS.replace("120.00", "121.00"),
        transactions=ORDERS + "SO2,SalesOrd,C1,2026-01-02,closed,51,,\nIF1,ItemShip,C1,2026-01-04,ItemShip:C,,,\n",
    ).sync()

    assert told(opened, before) == []


@pytest.mark.parametrize(
    "statuses",
    [
        ["draft", "posted", "draft", "posted"],
        ["pending_approval", "approved", "posted"],
        ["rejected", "draft", "approved", "rejected", "posted"],
    ],
)
@pytest.mark.parametrize("kind", ["invoice", "payment"])
def test_a_document_is_news_when_it_first_counts(opened: Desk, statuses: list[str], kind: str) -> None:
    before = opening(opened)
    for number, status in enumerate(statuses):
        day = "invoice_date" if kind == "invoice" else "receipt_date"
        file = "customer_invoices" if kind == "invoice" else "customer_payments"
        opened.clear().write(
            **{file: f"id,customer_id,{day},amount,status\nX,C1,2026-03-01,{number + 1}.00,{status}\n"}
        )
        opened.sync()

    assert told(opened, before) == [("invoice.posted" if kind == "invoice" else "payment.received", "X")]


def test_what_is_voided_or_gone_is_no_news(opened: Desk) -> None:
    before = opening(opened)
    head = "id,customer_id,invoice_date,amount,status,voided_on\n"
    opened.clear().write(customer_invoices=head + "X,C1,2026-03-01,1.00,voided,2026-03-02\n").sync()
    assert told(opened, before) == []

    # gone and back again: it was there before
    opened.clear().write(customer_invoices=INVOICES).sync(full=True, accept="a test")
    opened.clear().write(customer_invoices=INVOICES.replace("INV-3", "INV-4")).sync(full=True, accept="a test")
    opened.clear().write(customer_invoices=INVOICES).sync()
    assert told(opened, before) == [("invoice.posted", "INV-4")]


def test_a_credit_memo_and_an_application_are_no_receipt(opened: Desk) -> None:
    before = opening(opened)
    credits = "id,customer_id,credit_date,amount\nCM1,C1,2026-03-01,5.00\n"
    opened.clear().write(credit_memos=credits).sync()
    opened.write(
        credit_memos=credits + "CM2,C1,2026-03-01,6.00\n",
        customer_payments=PAYMENTS + "P3,C1,2026-03-02,7.00\n",
        customer_invoices=INVOICES + "INV-9,C1,2026-03-03,9.00,\n",
        # touches invoices and a payment that are no news
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P1,INV-1,90.00\npayment,P1,INV-2,1.00\n",
    ).sync()

    assert told(opened, before) == [
        ("sync.loaded", "credit_memos"),
        ("payment.received", "P3"),
        ("invoice.posted", "INV-9"),
    ]


def test_what_is_news_stands_by_date_then_id(opened: Desk) -> None:
    before = opening(opened)
    opened.clear().write(
        customer_invoices="id,customer_id,invoice_date,amount\nB,C1,2026-03-02,1\nC,C1,2026-03-01,1\nA,C1,2026-03-02,1\n",
        customer_payments="id,customer_id,receipt_date,amount\nAA,C1,2026-03-02,1\n",
        transactions=ORDERS + "S,SalesOrd,C1,2026-03-02,Closed,,,\n",
    ).sync()

    assert told(opened, before) == [
        ("invoice.posted", "C"),
        ("invoice.posted", "A"),
        ("payment.received", "AA"),
        ("invoice.posted", "B"),
        ("so.created", "S"),
        ("order.closed", "S"),
    ]


def arrival(kind: str, status: str | None, *earlier: str | None) -> Arrival:
    return Arrival(kind, "X", 1, "2026-03-01", status, earlier, {"amount_cents": 1, "memo": None})


@pytest.mark.parametrize(
    ("arrived", "types"),
    [
        (arrival("SalesOrd", "Pending Approval"), ["so.created"]),
        (arrival("SalesOrd", None), ["so.created"]),
        (arrival("SalesOrd", "Cancelled"), []),
        (arrival("SalesOrd", "SalesOrd:C"), []),
        (arrival("SalesOrd", "H", "B"), ["order.closed"]),
        (arrival("SalesOrd", "SalesOrd:H", "SalesOrd:G"), ["order.closed"]),
        (arrival("SalesOrd", "Sales Order : Closed", "Billed"), ["order.closed"]),
        (arrival("SalesOrd", "CLOSED", "Billed", "Closed", "Billed"), []),
        (arrival("SalesOrd", "Billed", "Pending Billing"), []),
        (arrival("WorkOrd", "Released"), ["workorder.created"]),
        (arrival("WorkOrd", "Closed", "Released"), []),
        (arrival("PurchOrd", "Pending Receipt"), ["purchaseorder.created"]),
        (arrival("ItemShip", "Picked"), []),
        (arrival("ItemShip", "Shipped"), ["itemfulfillment.completed"]),
        (arrival("ItemShip", "shipped", "Packed", "Picked"), ["itemfulfillment.completed"]),
        (arrival("ItemShip", "C", "ItemShip:B"), ["itemfulfillment.completed"]),
        (arrival("ItemShip", "ItemShip:C", "Shipped"), []),
        (arrival("invoice", "voided", "draft"), []),
        (arrival("invoice", "posted", "voided"), ["invoice.posted"]),
        (arrival("payment", "approved", None), ["payment.received"]),
    ],
)
def test_the_status_that_makes_it_happen_counts_the_first_time(arrived: Arrival, types: list[str]) -> None:
    found = happened([arrived], 3)

    assert [each.event_type for each in found] == types
    assert all(each.payload == {"batch": 3, "amount_cents": 1} for each in found)


def test_a_bad_row_of_the_opening_load_is_told_of_when_it_lands(desk: Desk) -> None:
    rows = INVOICES + "INV-4,C9,2026-01-12,5.00,\n"
    assert len(desk.write(customers=CUSTOMERS, customer_invoices=rows).sync().rejects) == 1
    desk.clear().write(customers="id,name\nC9,Cedar\n").sync()

    assert told(desk)[2:] == [("invoice.posted", "INV-4")]


def test_a_file_without_rows_loads_nothing(desk: Desk) -> None:
    desk.write(customers=CUSTOMERS, customer_invoices="id,customer_id,invoice_date,amount\n").sync()
    assert told(desk) == [("sync.loaded", "customers")]
    desk.write(customer_invoices=INVOICES).sync()
    assert told(desk)[1:] == [("sync.loaded", "customer_invoices")]


def test_an_unchanged_sync_tells_nothing(opened: Desk) -> None:
    before = opening(opened)
    opened.sync()
    for name, text in BOOKS.items():
        opened.write(**{name: text + "\n"})
    opened.sync()

    assert told(opened, before) == []


def test_tenants_have_chains_of_their_own(opened: Desk) -> None:
    made = Made("2026-07-01 12:00:00", "tester")
    found(opened.db, "second", FIRST_COMPANY, False, made)
    other = ensure_ledger(opened.db, "second")
    report = sync_folder(other, SyncRequest(opened.folder, actor="other"), opened.now, Silent())
    assert not report.rejects
    opened.write(customer_invoices=INVOICES + "INV-9,C1,2026-01-20,9.00,\n").sync()

    heads = [events.head(other.connection, tenant)[0] for tenant in (opened.ledger.tenant_id, other.tenant_id)]
    assert heads == [6, 5]
    assert all(events.verify_chain(other.connection, tenant, {}).ok for tenant in (1, other.tenant_id))
    other.close()


def test_a_sync_that_fails_at_its_very_end_leaves_no_event(opened: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is written last: whatever stops a sync stops its events with it."""
    opened.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = content_of(opened.db)

    def fail(*_: object) -> None:
        raise OSError("the disk failed")

    monkeypatch.setattr(sync_log, "close_batch", fail)
    with pytest.raises(OSError, match="the disk failed"):
        opened.write(customer_invoices=INVOICES + "INV-9,C1,2026-01-20,9.00,\n").sync()

    assert content_of(opened.db) == before


def test_a_hot_sync_reads_no_whole_table(opened: Desk) -> None:
    """A few rows into a million must cost what a few rows cost."""
    opened.write(customer_invoices=INVOICES + "INV-9,C1,2026-01-20,9.00,\n").sync()
    statements: list[str] = []
    opened.ledger.connection.set_trace_callback(statements.append)
    opened.write(customer_invoices=INVOICES + "INV-9,C1,2026-01-20,9.01,\n").sync()
    opened.ledger.connection.set_trace_callback(None)
    asked = [each for each in statements if "json_group_array" in each and each.lstrip().startswith("SELECT")]

    assert asked
    for statement in asked:
        plan = [step for *_, step in opened.rows(f"EXPLAIN QUERY PLAN {statement}")]
        assert [step for step in plan if step.startswith("SCAN")] == ["SCAN t"], plan


def test_the_dates_of_companies_differ(opened: Desk) -> None:
    company = books.companies(opened.ledger.connection, 1)[0]
    with opened.ledger.transaction() as connection:
        books.change_company(
            connection, 1, books.Company(1, company.name, "USD", "Asia/Tokyo", None), "time_zone", None
        )

    days = [
        books.date_at(opened.ledger.connection, 1, 1, moment)
        for moment in ("2026-07-01 14:59:59", "2026-07-01 15:00:00")
    ]
    assert days == ["2026-07-01", "2026-07-02"]


def test_the_sample_brought_again_tells_nothing_but_its_tables(desk: Desk) -> None:
    sample = ROOT / "sample_data"
    for full in (False, True):
        report = sync_folder(desk.ledger, SyncRequest(sample, full=full, actor="t"), desk.now, Silent())
        assert not report.rejects

    assert told(desk) == [("sync.loaded", table.name) for table in TABLES]
    lines = (sample / "transactions.csv").read_text(encoding="utf-8").splitlines()
    assert facts(desk, "sync.loaded:transactions:1")["rows"] == len(lines) - 1
    assert events.verify_chain(desk.ledger.connection, 1, {}).ok
