"""`arctl intake` from the file to the push, and what keeps an order from going twice."""

import sqlite3
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.aging.conftest import Here, Lay
from tests.intake.interchanges import Marks, interchange, order_set, wrapped

DAY = ("--as-of", "2026-06-30")
ORDER = """\
    customer_id: C1
    po: "72622"
    order_date: 2026-06-29
    requested_ship_date: 2026-07-06
    shipping_requirements: liftgate
    email_thread_id: thread-7@mail.example.com
    items:
      - {item_code: OIL-1, qty: 10, uom: CA, rate: 41.08}
      - {item_code: EGG-2, qty: 2.5}
    """


def keyed(text: str = ORDER, name: str = "order.yaml") -> str:
    """A file of the desk."""
    Path(name).write_text(dedent(text), encoding="utf-8")
    return name


def rows(here: Here, sql: str) -> list[Any]:
    """What the ledger holds."""
    connection = sqlite3.connect(here.db)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def approve(here: Here, envelope: int, customer: str = "Acme Bistro") -> None:
    """Approve an envelope of one order, and the order."""
    ran = here("approve", str(envelope), "--yes", *DAY)
    assert ran.code == 0, ran.err
    (child,) = [each for each in here("proposals", "--json").json if each["action_type"] == "order_intake"]
    ran = here("approve", str(child["id"]), "--yes", "--confirm", customer, *DAY)
    assert ran.code == 0, ran.err


def test_an_order_from_a_mail_becomes_a_push_that_keeps_its_thread(shop: Here) -> None:
    ran = shop("intake", "order", keyed(), *DAY)

    assert (ran.code, ran.err) == (0, "")
    assert "1 order fit, 0 refused; envelope 1 waits until 2026-07-01: `arctl approve 1`" in ran.out
    assert rows(shop, "SELECT count(*) FROM ns_pending_pushes") == [(0,)]

    approve(shop, 1)

    (push,) = rows(
        shop,
        "SELECT record_type, operation, idempotency_key, status, payload_json ->> '$.otherRefNum', payload_json ->> '$.memo',"
        " payload_json ->> '$.entity.id', payload_json ->> '$.item.items[0].rate', payload_json ->> '$.item.items[1].quantity',"
        " payload_json ->> '$.item.items[1].rate' FROM ns_pending_pushes",
    )
    assert push == (
        "salesOrder", "create", "salesOrder:C1:72622:", "pending", "72622", "liftgate; e-mail thread thread-7@mail.example.com",
        "C1", "41.08", "2.5", None,
    )  # fmt: skip
    assert rows(shop, "SELECT status FROM proposed_actions ORDER BY id") == [("applied",), ("applied",)]
    assert [(each["name"], each["status"]) for each in shop("verify", *DAY, "--json").json] == [
        ("orders_staged", "pass"),
        ("approved_orders_pushed", "pending"),
    ]


def test_the_proposal_is_the_order_as_a_table(shop: Here) -> None:
    shop("intake", "order", keyed(), *DAY)
    shop("approve", "1", "--yes", *DAY)

    shown = shop("proposals", "show", "2").out

    table = """\
        PO#: 72622
        Customer: C1 Acme Bistro (by customer_id)
        Ordered on: 2026-06-29
        Ship on: 2026-07-06
        Shipping: liftgate
        E-mail thread: thread-7@mail.example.com
        From: order.yaml

        Line  Item   Quantity       Rate  Amount  Last rate
           1  OIL-1        10  CA  41.08  410.80      41.08
           2  EGG-2       2.5
        Total 410.80 USD

        ! line 2 EGG-2: unknown item, has no price
        """
    assert dedent(table) in shown
    assert "order_intake, risk 4" in shown


def test_a_wide_name_keeps_the_columns(shop: Here) -> None:
    text = "customer: café crème\npo: A1\nitems:\n- {item_code: 油-1, qty: 1, rate: 1}\n- {item_code: OIL-1, qty: 1, rate: 1}\n"

    shown = shop("intake", "order", keyed(text), *DAY).out

    assert "Customer: C2 Café Crème (by BY name)" in shown
    assert "   1  油-1          1  1.00    1.00\n   2  OIL-1         1  1.00    1.00      41.08\n" in shown


def test_nothing_leaves_without_the_customers_name(shop: Here) -> None:
    shop("intake", "order", keyed(), *DAY)
    shop("approve", "1", "--yes", *DAY)

    ran = shop("approve", "2", "--yes", *DAY)

    assert ran.code == 4
    assert rows(shop, "SELECT count(*) FROM ns_pending_pushes") == [(0,)]


def test_an_order_is_taken_in_once(shop: Here) -> None:
    keyed()
    told = []
    assert shop("intake", "order", "order.yaml", *DAY).code == 0
    told.append(shop("intake", "order", "order.yaml", *DAY))  # it waits in the envelope
    shop("approve", "1", "--yes", *DAY)
    told.append(shop("intake", "order", "order.yaml", *DAY))  # it waits by itself
    shop("approve", "2", "--yes", "--confirm", "Acme Bistro", *DAY)
    told.append(shop("intake", "order", keyed(ORDER.replace('"72622"', '"PO #72622"')), *DAY))  # it was pushed

    assert [(each.code, each.err.splitlines()[0]) for each in told] == [
        (4, "error: order.yaml: PO# 72622 of C1 is in already: it waits in envelope 1"),
        (4, "error: order.yaml: PO# 72622 of C1 is in already: proposal 2 is pending"),
        (4, "error: order.yaml: PO# PO #72622 of C1 is in already: push 1 is pending"),
    ]
    assert rows(shop, "SELECT count(*) FROM workflow_run_log") == [(1,)]


def test_a_rejected_or_lapsed_order_can_come_again(shop: Here) -> None:
    keyed()
    assert shop("intake", "order", "order.yaml", *DAY).code == 0
    assert shop("reject", "1", "--reason", "wrong price", *DAY).code == 0
    assert shop("intake", "order", "order.yaml", *DAY).code == 0

    assert shop("intake", "order", "order.yaml", "--as-of", "2026-07-20").code == 0

    assert [status for (status,) in rows(shop, "SELECT status FROM proposed_actions ORDER BY id")] == [
        "rejected", "expired", "pending",
    ]  # fmt: skip


def test_a_po_number_that_the_erp_has_is_refused_until_a_person_accepts_it(shop: Here) -> None:
    keyed(ORDER.replace("72622", "70001"))

    ran = shop("intake", "order", "order.yaml", *DAY)
    accepted = shop("intake", "order", "order.yaml", "--accept", "a second truck", *DAY, "--json")

    assert (ran.code, ran.err.splitlines()) == (
        4,
        [
            "error: order.yaml: PO# 70001 of C1 was ordered before: SO-1 of 2026-05-01",
            'hint: if it is another order all the same: --accept "reason"',
        ],
    )
    (order,) = accepted.json["orders"]
    assert order["remarks"][0] == "PO# ordered before: SO-1 of 2026-05-01; taken in all the same: a second truck"
    approve(shop, 1)


def test_what_the_erp_got_meanwhile_is_not_pushed_again(shop: Here, lay: Lay) -> None:
    shop("intake", "order", keyed(), *DAY)
    shop("approve", "1", "--yes", *DAY)
    lay(transactions="id,type,entity,trandate,otherrefnum\nSO-2,SalesOrd,C1,2026-06-30,72622\n")

    ran = shop("approve", "2", "--yes", "--confirm", "Acme Bistro", *DAY)

    assert ran.code == 4
    assert "it was ordered meanwhile: SO-2 of 2026-06-30; nothing was changed" in ran.err
    assert rows(shop, "SELECT count(*) FROM ns_pending_pushes") == [(0,)]


def test_a_folder_of_interchanges_and_a_broken_one_among_them(shop: Here) -> None:
    folder = Path("in")
    folder.mkdir()
    good = interchange([order_set("A1"), order_set("A2", control="0002")])
    other = interchange([order_set("A3", buyer="Café Crème")], "000000002", Marks("|", "^", "'"))
    (folder / "a.edi").write_text(wrapped(good, 80), encoding="utf-8")
    (folder / "b.edi").write_text(
        good.replace("SE*6*0001", "SE*7*0001").replace("*A2*", "*A4*") + other, encoding="utf-8"
    )
    (folder / "c.txt").write_bytes(b"ISA\xff")
    (folder / ".hidden").write_text("not looked at", encoding="utf-8")

    ran = shop("intake", "edi", "in", *DAY, "--json")

    assert ran.code == 3
    assert ran.json["envelope"] == 1
    assert [(each["file"], each["po"], each["customer_id"], each["matched_by"]) for each in ran.json["orders"]] == [
        ("a.edi", "A1", "C1", "BY 91 C1"),
        ("a.edi", "A2", "C1", "BY 91 C1"),
        ("b.edi", "A4", "C1", "BY 91 C1"),
        ("b.edi", "A3", "C2", "BY name"),
    ]
    assert ran.json["refused"] == [
        {"file": "b.edi", "place": "interchange 000000001, set 0001", "segment": 8, "element": "SE01",
         "reason": "says 7, and 6 segments are there"},
        {"file": "c.txt", "place": None, "segment": None, "element": None, "reason": "is not UTF-8 (byte 4)"},
    ]  # fmt: skip
    assert rows(shop, "SELECT count(*) FROM workflow_effects WHERE action_type = 'order_intake'") == [(4,)]
    assert rows(shop, "SELECT detail FROM workflow_step_log WHERE step = 'orders' AND status = 'warned'") == [
        ("refused: b.edi: interchange 000000001, set 0001, segment 8, SE01: says 7, and 6 segments are there",),
        ("refused: c.txt: is not UTF-8 (byte 4)",),
    ]


def test_an_order_over_the_credit_limit_is_warned_of_and_staged(shop: Here) -> None:
    keyed(ORDER.replace("qty: 10,", "qty: 30,"))

    ran = shop("intake", "order", "order.yaml", *DAY, "--json")

    assert ran.code == 0
    assert (
        ran.json["orders"][0]["remarks"][0] == "over the credit limit of 1,000.00: 0.00 open and 1,232.40 ordered now"
    )


def test_a_dry_run_writes_nothing(shop: Here) -> None:
    before = rows(shop, "SELECT count(*) FROM workflow_run_log")

    ran = shop("intake", "order", keyed(), "--dry-run", *DAY, "--format", "csv")

    assert ran.code == 0
    assert ran.out.splitlines()[1].startswith(
        "order.yaml,fit,72622,,C1,Acme Bistro,customer_id,2,410.80,USD,2026-07-06,"
    )
    assert rows(shop, "SELECT count(*) FROM workflow_run_log") == before


def test_markdown_keeps_a_hostile_text_as_it_is(shop: Here) -> None:
    keyed(ORDER.replace("liftgate", "'[x](http://example.com) \\e | *y*'"))

    ran = shop("intake", "order", "order.yaml", *DAY, "--format", "md")

    assert ran.code == 0
    assert "| order.yaml | fit" in ran.out
    assert "    Shipping: [x](http://example.com) \\e | *y*\n" in ran.out


def test_the_tolerance_is_the_contracts(shop: Here) -> None:
    from arctl import resources

    own = Path("mine")
    own.mkdir()
    text = (resources.contracts_dir() / "order_intake.yaml").read_text(encoding="utf-8")
    assert "price_tolerance_bp: 0" in text
    (own / "order_intake.yaml").write_text(
        text.replace("price_tolerance_bp: 0", "price_tolerance_bp: 200"), encoding="utf-8"
    )
    assert shop("config", "set", "contracts.folder", str(own.absolute())).code == 0
    keyed("customer_id: C1\npo: A1\nshipping_requirements: none\nitems: [{item_code: OIL-1, qty: 1, rate: 41.50}]\n")

    ran = shop("intake", "order", "order.yaml", *DAY, "--json")

    assert ran.json["orders"][0]["remarks"] == []


def test_a_kill_switch_holds_an_approved_order_back_and_it_goes_once(shop: Here) -> None:
    shop("intake", "order", keyed(), *DAY)
    shop("approve", "1", "--yes", *DAY)
    assert shop("kill", "on", "high_risk_ops", "--reason", "audit").code == 0

    ran = shop("approve", "2", "--yes", "--confirm", "Acme Bistro", *DAY)

    assert (ran.code, rows(shop, "SELECT count(*) FROM ns_pending_pushes")) == (4, [(0,)])
    assert shop("kill", "off", "high_risk_ops", "--reason", "over").code == 0
    for _ in range(2):
        shop("approve", "--resume", *DAY)
    assert rows(shop, "SELECT count(*) FROM ns_pending_pushes") == [(1,)]


def test_a_push_that_was_given_up_can_be_asked_for_again(shop: Here) -> None:
    shop("intake", "order", keyed(), *DAY)
    approve(shop, 1)
    connection = sqlite3.connect(shop.db)
    connection.execute("UPDATE ns_pending_pushes SET status = 'dead', failure = 'the ERP refused it'")
    connection.commit()
    connection.close()

    assert shop("intake", "order", "order.yaml", *DAY).code == 0
    shop("approve", "3", "--yes", *DAY)
    ran = shop("approve", "4", "--yes", "--confirm", "Acme Bistro", *DAY)

    assert ran.code == 0, ran.err
    assert rows(shop, "SELECT idempotency_key, record_id, status FROM ns_pending_pushes ORDER BY push_id") == [
        ("salesOrder:C1:72622:", "eid:salesOrder:C1:72622:", "dead"),
        ("salesOrder:C1:72622:#2", "eid:salesOrder:C1:72622:", "pending"),
    ]
    assert shop("intake", "order", "order.yaml", *DAY).code == 4


def test_another_companys_customer_is_nobody_here(shop: Here) -> None:
    assert shop("--company", "north", "init").code == 0

    ran = shop("--company", "north", "intake", "order", keyed(), *DAY)

    assert ran.code == 3
    assert "customer_id: there is no customer C1" in ran.err


def test_nothing_is_staged_for_a_day_to_come(shop: Here) -> None:
    ran = shop("intake", "order", keyed(), "--as-of", "2099-01-01")

    assert ran.code == 4
    assert shop("intake", "order", "order.yaml", "--as-of", "2099-01-01", "--dry-run").code == 0


def test_integrity_finds_an_approved_order_whose_push_is_gone(shop: Here) -> None:
    shop("intake", "order", keyed(), *DAY)
    approve(shop, 1)
    assert shop("integrity").code == 0
    connection = sqlite3.connect(shop.db)
    (trigger,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'ns_pending_pushes_delete'").fetchone()
    connection.execute("DROP TRIGGER ns_pending_pushes_delete")
    connection.execute("DELETE FROM ns_pending_pushes")
    connection.execute(trigger)
    connection.commit()
    connection.close()

    ran = shop("integrity")

    assert ran.code == 1
    assert "that is applied, and its order is not among the pushes" in ran.out


def test_a_disabled_intake_takes_nothing(shop: Here) -> None:
    assert shop("workflows", "disable", "order_intake", "--reason", "audit").code == 0

    ran = shop("intake", "order", keyed(), *DAY)

    assert (ran.code, ran.err.splitlines()[0]) == (4, "error: order_intake is disabled")


def test_it_is_not_run_without_a_file(shop: Here) -> None:
    inputs = ("--input", "source=x", "--input", "sha256=x", "--input", "orders=1")

    ran = shop("run", "order_intake", *inputs, *DAY)

    assert ran.code == 3
    assert "there is no rule order_intake" in ran.err
