"""From the completed fulfillment to the closed order, from sync to verify: Finance is alerted exactly once."""

from tests.orders.depot import Depot, money

ORDER = "SO9,SalesOrd,C1,2026-06-02,SO-9,Pending Fulfillment,600.00,4712,,,,"
LINES = (
    "SO9,1,FLR,inventory,{},{},30.00,300.00,,2026-06-09,East\nSO9,2,SAF,inventory,10,10,30.00,300.00,,2026-06-09,East"
)
SHIPPED = "IF9,ItemShip,C1,2026-06-09,IF-9,{},,4712,,,SO9,"
SHIPPED_LINES = "IF9,1,FLR,inventory,{},,,,SO-9,,East\nIF9,2,SAF,inventory,10,,,,SO-9,,East"
ALERTED = {"finance_alerted_once": "pass"}


def ship(depot: Depot, flour: int = 10, status: str = "Shipped") -> None:
    """The order, and a fulfillment of it that has so much flour of the ten ordered."""
    depot.sync(
        f"{ORDER}\n{SHIPPED.format(status)}", f"{LINES.format(10, flour)}\n{SHIPPED_LINES.format(flour)}", **money()
    )


def test_every_completed_fulfillment_alerts_finance_exactly_once(depot: Depot) -> None:
    ship(depot)
    assert depot.dispatch()["finance_invoice_review"] == ["completed"]
    assert depot.events("finance.alerted") == ["IF9"]
    ((_, title),) = [each for each in depot.waiting("task") if each[1].startswith("Review")]
    assert title == "Review and invoice IF-9 of SO-9, shipped 2026-06-09"

    depot.dispatch()
    depot.sync()
    depot.dispatch()
    depot.here("events", "replay", "--since", "1", "--workflow", "finance_invoice_review")
    depot("run", "finance_invoice_review", "--input", "fulfillment_id=IF9")
    again = depot.here("finance", "alert", "IF9")

    assert depot.events("finance.alerted") == ["IF9"]
    assert len([title for _, title in depot.waiting("task") if title.startswith("Review")]) == 1
    assert again.code == 4
    assert again.err.startswith("error: Finance was alerted of IF9 already, on 2026-06-10 14:")
    assert depot.verdicts("finance_invoice_review")["finance_alerted_once"] == "pass"


def test_what_is_only_picked_alerts_nobody(depot: Depot) -> None:
    ship(depot, status="Picked")
    assert "finance_invoice_review" not in depot.dispatch()
    refused = depot.here("finance", "alert", "IF9")

    assert (refused.code, refused.err.splitlines()[0]) == (4, "error: IF9 has not shipped: its status is Picked")
    ship(depot)
    depot.dispatch()
    assert depot.events("finance.alerted") == ["IF9"]


def test_a_lost_alert_is_sent_by_hand(depot: Depot) -> None:
    depot("workflows", "disable", "finance_invoice_review", "--reason", "a test")
    ship(depot)
    depot.dispatch()
    assert depot.events("finance.alerted") == []
    refused = depot.here("finance", "alert", "IF9")
    assert (refused.code, refused.err.splitlines()[0]) == (4, "error: finance_invoice_review is disabled")

    depot("workflows", "enable", "finance_invoice_review", "--reason", "the test is over")
    assert depot("finance", "alert", "--all").out.endswith(
        ": completed\nproposed 1, each to be decided by itself: arctl proposals\n"
    )
    assert depot.events("finance.alerted") == ["IF9"]
    assert depot("finance", "alert", "--all").err == "Finance was alerted of everything in the queue\n"
    depot.here("events", "replay", "--since", "1", "--workflow", "finance_invoice_review")
    assert depot.events("finance.alerted") == ["IF9"]


def test_the_accounting_lead_gets_a_mail_to_approve(depot: Depot) -> None:
    depot("config", "set", "alert.accounting_lead", "lead@example.com")
    ship(depot)
    depot.dispatch()

    ((_, title),) = depot.waiting("email_draft")
    assert title == "Shipped, to be invoiced: IF-9 of SO-9"


def test_a_short_ship_stages_a_note_to_the_customer(depot: Depot) -> None:
    depot("config", "set", "mail.from", "ar@example.com")
    ship(depot, flour=7)
    depot.dispatch()
    ((number, title),) = depot.waiting("email_draft")

    assert title == "Your order 4712: not all of it has shipped"
    ((body, payload),) = depot.rows("SELECT body, payload_json FROM proposed_actions WHERE id = ?", number)
    assert "FLR        10               7        3" in body
    assert "SAF" not in body
    assert '"to":["ap@acme.example.com"]' in payload
    depot("approve", str(number), "--yes")
    assert depot.rows("SELECT recipients, status FROM outbox") == [('["ap@acme.example.com"]', "written")]


def test_without_an_address_somebody_is_asked_to_tell(depot: Depot) -> None:
    depot.sync(
        ORDER.replace(",C1,", ",C2,") + "\n" + SHIPPED.format("Shipped").replace(",C1,", ",C2,"),
        f"{LINES.format(10, 7)}\n{SHIPPED_LINES.format(7)}",
    )
    depot.dispatch()

    assert depot.waiting("email_draft") == []
    assert [title for _, title in depot.waiting("task") if title.startswith("Tell by hand")] == [
        "Tell by hand: Your order 4712: not all of it has shipped"
    ]


INVOICE = "INV9,C1,2026-06-10,2026-07-10,600.00,SO9"
INVOICE_LINES = "INV9,1,300.00,FLR,10,30.00\nINV9,2,300.00,SAF,10,30.00"


def test_an_order_is_closed_once_it_is_paid(depot: Depot) -> None:
    ship(depot)
    depot.dispatch()
    depot.sync(**money(INVOICE, INVOICE_LINES))
    assert depot.verdicts("finance_invoice_review") == {"finance_alerted_once": "pass", "invoiced_as_shipped": "pass"}
    depot("run", "finance_invoice_review")
    assert depot.events("order.closed") == [], "nothing is paid"

    depot.clock.wind(days=1)
    depot.sync(**money(INVOICE, INVOICE_LINES, "PMT9,C1,2026-06-11,600.00", "payment,PMT9,INV9,600.00,2026-06-11"))
    assert depot.dispatch()["finance_invoice_review"] == ["completed"]
    assert depot.events("order.closed") == ["SO9"]

    depot("run", "finance_invoice_review")
    depot.sync(ORDER.replace("Pending Fulfillment", "Closed"))
    assert depot.events("order.closed") == ["SO9"], "the ERP closing it is no second event"


def test_part_of_the_money_does_not_close_it(depot: Depot) -> None:
    ship(depot)
    depot.dispatch()
    depot.clock.wind(days=1)
    depot.sync(**money(INVOICE, INVOICE_LINES, "PMT9,C1,2026-06-11,599.99", "payment,PMT9,INV9,599.99,2026-06-11"))
    depot.dispatch()
    assert depot.events("order.closed") == []


def test_what_is_still_to_ship_keeps_it_open(depot: Depot) -> None:
    ship(depot, flour=7)
    depot.dispatch()
    depot.clock.wind(days=1)
    short = "INV9,C1,2026-06-10,2026-07-10,510.00,SO9"
    depot.sync(
        **money(
            short, "INV9,1,210.00,FLR,7,30.00\nINV9,2,300.00,SAF,10,30.00", "PMT9,C1,2026-06-11,510.00",
            "payment,PMT9,INV9,510.00,2026-06-11",
        )
    )  # fmt: skip
    depot.dispatch()
    assert depot.events("order.closed") == []
    assert depot.verdicts("finance_invoice_review")["invoiced_as_shipped"] == "pass", (
        "the shipped quantity, not the ordered"
    )


def test_invoicing_what_was_ordered_shows(depot: Depot) -> None:
    ship(depot, flour=7)
    depot.sync(**money(INVOICE, INVOICE_LINES))
    wrong = depot.here("finance", "review", "IF9")

    assert wrong.code == 1
    said = "quantity: FLR: 10 invoiced, 7 shipped; 17 units shipped, 510.00 USD to invoice at the order's prices"
    assert wrong.err == f"error: IF9 is not to be invoiced so: {said}\n"
