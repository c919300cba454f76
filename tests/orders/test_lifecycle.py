"""Orders from sync to verify: the paths of a new order, and what each path proposes and does."""

import json
import sqlite3
from contextlib import closing
from datetime import date

from arctl.core.acting import Acting
from arctl.services.approve import consequences
from arctl.store.ledger import open_ledger
from tests.orders.depot import DAY, MIXED, MIXED_LINES, Depot

PASSED = {"every_line_has_a_path": "pass", "paths_started": "pass"}


def only(sales_order: str, line: str) -> tuple[str, str]:
    """An order of C1 with one line."""
    return (
        f"{sales_order},SalesOrd,C1,2026-06-02,{sales_order}-N,Pending Fulfillment,100.00,77,,,,",
        f"{sales_order},1,{line}",
    )


def test_the_opening_load_starts_nothing(depot: Depot) -> None:
    assert depot.dispatch().get("sales_order_lifecycle") is None
    assert depot.rows("SELECT count(*) FROM proposed_actions") == [(0,)]


def test_a_new_order_takes_its_paths_line_by_line(depot: Depot) -> None:
    depot.sync(MIXED, MIXED_LINES)
    told = depot.dispatch()

    assert told == {
        "sales_order_lifecycle": ["completed"], "so_lifecycle_inventory_path": ["completed"],
        "so_lifecycle_assembly_path": ["awaiting_approval"], "so_lifecycle_dropship_path": ["awaiting_approval"],
    }  # fmt: skip
    decided = depot.rows(
        "SELECT entity_id, json_extract(detail_json, '$.path') FROM auto_decisions WHERE decision_type = 'order_path' ORDER BY 1"
    )
    assert decided == [("SO1/1", "inventory"), ("SO1/2", "assembly"), ("SO1/3", "drop_ship"), ("SO1/4", "none")]
    inputs = json.loads(
        depot.rows("SELECT inputs_json FROM workflow_runs WHERE workflow_type = 'sales_order_lifecycle'")[0][0]
    )
    assert inputs["customer_id"] == "C1"
    assert inputs["items"][0] == {"item_code": "FLR", "qty": "10", "rate": "30", "requested_ship_date": "2026-06-15"}
    assert inputs["shipping_requirements"] == "from East by 2026-06-15"
    assert depot.verdicts("sales_order_lifecycle") == PASSED
    assert depot.dispatch() == {}, "each event starts a workflow once"


def test_over_the_credit_limit_it_is_warned_and_goes_on(depot: Depot) -> None:
    depot.sync(*only("SO2", "FLR,inventory,200,0,30.00,6000.00,,2026-06-15,East"))
    depot.dispatch()

    warned = depot.rows("SELECT step FROM workflow_step_log WHERE status = 'warned' AND run_id = 1")
    assert warned == [("under_credit_limit",)]
    assert depot.rows("SELECT status FROM workflow_runs WHERE run_id = 1") == [("completed",)]


def test_an_order_by_hand_is_proposed_to_the_erp(depot: Depot) -> None:
    items = json.dumps([{"item_code": "FLR", "qty": 4, "rate": "30.00", "requested_ship_date": "2026-06-20"}])
    depot(
        "run", "sales_order_lifecycle", "--customer", "C1", "--input", f"items={items}", "--input", "shipping_requirements=cold",
        "--input", "email_thread_id=T-9",
    )  # fmt: skip
    ((number, title),) = depot.waiting("ns_push")

    assert title == "New sales order of Acme Diner"
    assert depot.rows("SELECT risk_level, amount_cents, currency FROM proposed_actions WHERE id = ?", number) == [
        (4, 12000, "USD")
    ]
    depot("approve", str(number), "--confirm", "Acme Diner", "--yes")
    ((kind, record, body),) = depot.rows("SELECT record_type, record_id, payload_json FROM ns_pending_pushes")
    assert (kind, record) == ("salesorder", "eid:so-C1-T-9-2026-06-10")
    assert json.loads(body)["items"][0]["qty"] == 4


def test_stock_short_at_the_lines_own_place_is_put_before_a_person(depot: Depot) -> None:
    order, line = only("SO3", "SAF,inventory,12,0,9.00,108.00,,2026-06-15,East")
    depot.sync(order, line)
    assert depot.dispatch()["so_lifecycle_inventory_path"] == ["completed"]

    ((_, title),) = depot.waiting("task")
    assert title == "SO3-N, line 1: 12 of SAF needed by 2026-06-15, 4 at East"
    assert depot.rows("SELECT decision_type FROM auto_decisions WHERE entity_id = 'SO3/1' ORDER BY 1") == [
        ("order_path",), ("stock_short",),
    ]  # fmt: skip
    assert depot.verdicts("so_lifecycle_inventory_path") == {
        "stock_decided": "pass",
        "shortage_put_before_a_person": "pass",
    }


def test_two_lines_of_an_item_share_its_stock(depot: Depot) -> None:
    order, first = only("SO4", "FLR,inventory,60,0,30.00,1800.00,,2026-06-15,East")
    depot.sync(order, f"{first}\nSO4,2,FLR,inventory,41,0,30.00,1230.00,,2026-06-15,East")
    depot.dispatch()

    assert depot.rows("SELECT entity_id, decision_type FROM auto_decisions WHERE decision_type LIKE 'stock%' ORDER BY 1") == [
        ("SO4/1", "stock_available"), ("SO4/2", "stock_short"),
    ]  # fmt: skip


def test_a_work_order_is_proposed_pushed_and_then_its_build(depot: Depot) -> None:
    depot.sync(*only("SO5", "KIT,assembly,5,0,90.00,450.00,,2026-06-15,East"))
    depot.dispatch()
    ((envelope, _),) = depot.waiting("workflow_so_lifecycle_assembly_path")
    assert depot.rows("SELECT count(*) FROM ns_pending_pushes") == [(0,)]
    depot("approve", str(envelope), "--yes")
    ((number, title),) = depot.waiting("ns_push")
    assert title == "Work order for SO5-N, line 1: 5 × KIT"
    assert depot.here("approve", str(number), "--yes").code == 4, "risk 4 wants the customer's name"
    depot("approve", str(number), "--confirm", "Acme Diner", "--yes")

    ((kind, record, operation, body),) = depot.rows(
        "SELECT record_type, record_id, operation, payload_json FROM ns_pending_pushes"
    )
    assert (kind, record, operation) == ("workorder", "eid:wo-SO5-1", "create")
    assert {name: json.loads(body)[name] for name in ("assemblyitem", "quantity", "createdfrom", "memo")} == {
        "assemblyitem": "KIT", "quantity": "5", "createdfrom": "SO5", "memo": "77",
    }  # fmt: skip
    assert depot.verdicts("so_lifecycle_assembly_path") == {"proposals_staged": "pass", "pushes_read_back": "pending"}

    depot.sync("WO5,WorkOrd,C1,2026-06-10,WO-5,Released,,,77,SO5,,", "WO5,1,KIT,assembly,5,0,,,SO5-N,,East")
    assert depot.dispatch() == {"so_lifecycle_assembly_path": ["awaiting_approval"]}
    ((envelope, _),) = depot.waiting("workflow_so_lifecycle_assembly_path")
    depot("approve", str(envelope), "--yes")
    assert [title for _, title in depot.waiting("ns_push")] == ["Build WO-5 for SO5-N, line 1: 5 × KIT"]


def test_the_same_work_order_is_staged_once(depot: Depot) -> None:
    def proposed() -> list[int]:
        depot("run", "so_lifecycle_assembly_path", "--input", "sales_order_id=SO5")
        for number, _ in depot.waiting("workflow_so_lifecycle_assembly_path"):
            depot("approve", str(number), "--yes")
        return [number for number, _ in depot.waiting("ns_push")]

    depot.sync(*only("SO5", "KIT,assembly,5,0,90.00,450.00,,2026-06-15,East"))
    (first,) = proposed()
    depot("approve", str(first), "--confirm", "Acme Diner", "--yes")
    assert proposed() == [], "it is on its way"
    connection = sqlite3.connect(depot.here.db)
    connection.execute("UPDATE ns_pending_pushes SET status = 'sending'")
    connection.execute("UPDATE ns_pending_pushes SET status = 'sent', sent_at = '2026-06-10 14:00:00'")
    connection.commit()
    connection.close()
    (second,) = proposed()

    again = depot.here("approve", str(second), "--confirm", "Acme Diner", "--yes")
    assert again.code == 4
    assert again.err.startswith("error: push 1 stages workorder eid:wo-SO5-1 already; nothing was changed\n")
    assert depot.rows("SELECT count(*) FROM ns_pending_pushes") == [(1,)]


def test_a_work_order_that_came_meanwhile_is_not_staged_again(depot: Depot) -> None:
    depot.sync(*only("SO5", "KIT,assembly,5,0,90.00,450.00,,2026-06-15,East"))
    depot.dispatch()
    ((envelope, _),) = depot.waiting("workflow_so_lifecycle_assembly_path")
    depot("approve", str(envelope), "--yes")
    ((number, _),) = depot.waiting("ns_push")
    depot.sync("WO5,WorkOrd,C1,2026-06-10,WO-5,Released,,,77,SO5,,", "WO5,1,KIT,assembly,5,0,,,SO5-N,,East")

    late = depot.here("approve", str(number), "--confirm", "Acme Diner", "--yes")
    assert late.code == 4
    assert late.err.startswith("error: WO5 was made for SO5 meanwhile; nothing was changed\n")


def test_from_stock_the_work_order_is_closed(depot: Depot) -> None:
    order, line = only("SO6", "KIT,assembly,3,0,90.00,270.00,,2026-06-15,East")
    depot.sync(
        f"{order}\nWO6,WorkOrd,C1,2026-06-03,WO-6,Released,,,,SO6,,", f"{line}\nWO6,1,KIT,assembly,3,0,,,SO6-N,,East"
    )
    depot("run", "so_lifecycle_assembly_path", "--input", "sales_order_id=SO6")
    ((envelope, _),) = depot.waiting("workflow_so_lifecycle_assembly_path")
    depot("approve", str(envelope), "--yes")

    assert [title for _, title in depot.waiting("ns_push")] == [
        "Close WO-6 and fulfil SO6-N, line 1, from stock: 3 × KIT"
    ]
    assert depot.rows("SELECT entity_id FROM auto_decisions WHERE decision_type = 'fulfil_from_stock'") == [("SO6/1",)]


def test_a_purchase_order_is_proposed_and_pushed(depot: Depot) -> None:
    depot.sync(*only("SO7", "DSL,drop_ship,2,0,250.00,500.00,,2026-06-20,"))
    depot.dispatch()
    ((envelope, _),) = depot.waiting("workflow_so_lifecycle_dropship_path")
    depot("approve", str(envelope), "--yes")
    ((number, title),) = depot.waiting("ns_push")
    assert title == "Purchase order for SO7-N, line 1: 2 × DSL, shipped to Acme Diner"
    depot("approve", str(number), "--confirm", "acme  diner", "--yes")

    assert depot.rows("SELECT record_type, record_id, status FROM ns_pending_pushes") == [
        ("purchaseorder", "eid:po-SO7-1", "pending")
    ]
    assert depot.verdicts("so_lifecycle_dropship_path") == {"proposals_staged": "pass", "pushes_read_back": "pending"}


def test_a_late_receipt_and_a_bill_ahead_of_it_are_put_before_a_person(depot: Depot) -> None:
    order, line = only("SO8", "DSL,drop_ship,2,0,250.00,500.00,PO-8,2026-06-20,")
    depot.sync(
        f"{order}\nPO8,PurchOrd,V1,2026-06-03,PO-8,Pending Receipt,400.00,,,SO8,,2026-06-09\n"
        "VB8,VendBill,V1,2026-06-08,B-8,Open,400.00,,,,PO8,",
        f"{line}\nPO8,1,DSL,drop_ship,2,0,200.00,400.00,SO8-N,,",
    )
    assert "so_lifecycle_dropship_path" in depot.dispatch()
    (envelope, _), *_ = depot.waiting("workflow_so_lifecycle_dropship_path")
    depot("approve", str(envelope), "--yes")

    assert [title for _, title in depot.waiting("task")] == [
        "Ask vendor V1 where PO-8 is: expected 2026-06-09, for SO8-N",
        "Do not pay B-8 yet: nothing was received on PO-8 for SO8-N",
    ]
    assert depot.waiting("ns_push") == [], "there is a purchase order"


def test_a_path_without_waiting_lines_is_blocked(depot: Depot) -> None:
    for path in ("inventory", "assembly", "dropship"):
        ran = depot.here("run", f"so_lifecycle_{path}_path", "--input", "sales_order_id=SO0")
        assert (ran.code, "waits in this order" in ran.err) == (4, True)


def test_an_order_that_comes_with_its_work_order_is_asked_about_once(depot: Depot) -> None:
    order, line = only("SO6", "KIT,assembly,5,0,90.00,450.00,,2026-06-15,East")
    depot.sync(
        f"{order}\nWO6,WorkOrd,C1,2026-06-03,WO-6,Released,,,,SO6,,", f"{line}\nWO6,1,KIT,assembly,5,0,,,SO6-N,,East"
    )  # fmt: skip
    told = depot.dispatch()

    assert sorted(told["so_lifecycle_assembly_path"]) == ["awaiting_approval", "completed"], "two events, one question"
    ((envelope, _),) = depot.waiting("workflow_so_lifecycle_assembly_path")
    depot("approve", str(envelope), "--yes")
    assert [title for _, title in depot.waiting("ns_push")] == ["Build WO-6 for SO6-N, line 1: 5 × KIT"]
    depot("run", "so_lifecycle_assembly_path", "--input", "sales_order_id=SO6")
    assert depot.waiting("workflow_so_lifecycle_assembly_path") == []


def test_before_a_push_is_approved_all_of_it_is_shown(depot: Depot) -> None:
    depot.sync(*only("SO5", "KIT,assembly,5,0,90.00,450.00,,2026-06-15,East"))
    depot.dispatch()
    ((envelope, _),) = depot.waiting("workflow_so_lifecycle_assembly_path")
    depot("approve", str(envelope), "--yes")
    ((number, _),) = depot.waiting("ns_push")
    with closing(open_ledger(depot.here.db, "default")) as ledger:
        shown = consequences(
            ledger, number, Acting("ann", "ann-os", "2026-06-10 14:00:00", DAY), date.fromisoformat(DAY)
        )

    (effect,) = shown.effects
    assert effect.title.startswith("ERP: create workorder eid:wo-SO5-1: ")
    assert "assemblyitem = KIT" in effect.title
    assert "quantity = 5" in effect.title
