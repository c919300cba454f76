"""A lost link is repaired here: laid over the mirror, kept through every sync, until the ERP says the same."""

import sqlite3

import pytest

from tests.orders.depot import Depot

ORDERS = """
SO1,SalesOrd,C1,2026-06-01,SO-1,Pending Fulfillment,450.00,4711,,,,
SO2,SalesOrd,C2,2026-06-01,SO-2,Pending Fulfillment,450.00,4712,,,,
"""
LOST = "WO1,WorkOrd,C1,2026-06-02,WO-1,Closed,,,,{},,\nAB1,Build,C1,2026-06-05,AB-1,Complete,,,,,WO1,"
LINES = "SO1,1,KIT,assembly,5,0,90.00,450.00,,2026-06-08,East\nWO1,1,KIT,assembly,5,5,,,,,East"


@pytest.fixture
def lost(depot: Depot) -> Depot:
    """A work order that was built and lost its sales order."""
    depot.sync(ORDERS + LOST.format(""), LINES)
    return depot


def parents(depot: Depot) -> list[tuple[str | None, str | None]]:
    return depot.rows("SELECT parent_so_id, erp_parent_so_id FROM transactions WHERE id = 'WO1'")


def test_what_is_stuck_names_the_lost_document(lost: Depot) -> None:
    (stuck,) = lost("orders", "stuck", "--json").json
    (wait,) = stuck["waits"]

    assert (stuck["id"], stuck["late_days"], wait["kind"], wait["document"]) == ("SO1", 2, "work_order", "WO1")
    assert wait["remedy"] == "arctl orders link WO1 SO1 --reason …"
    assert "WO-1, built 2026-06-05, lost its sales order" in lost("orders", "stuck").out


def test_a_link_is_laid_over_the_mirror_and_survives_every_sync(lost: Depot) -> None:
    ran = lost("orders", "link", "WO-1", "SO1", "--reason", "the build names the order")

    assert ran.out == "WO1 hangs on SO1 from now on (link 1); it hung on none, the ERP names none\n"
    assert parents(lost) == [("SO1", None)]
    assert lost.rows("SELECT parent_so_id FROM work_orders WHERE id = 'WO1'") == [("SO1",)]
    shown = lost("orders", "show", "SO-1", "--json").json
    assert [(each["id"], each["via"]) for each in shown["documents"]] == [("WO1", "link")]
    assert [(each["kind"]) for each in shown["waits"]] == ["ship"]

    lost.sync(LOST.format("").replace("Closed", "Built"))
    assert parents(lost) == [("SO1", None)]
    assert lost.rows("SELECT parent_so_id FROM erp_transactions WHERE id = 'WO1'") == [(None,)], (
        "the mirror stays the ERP's"
    )
    assert lost.rows("SELECT made_id FROM order_lines WHERE sales_order_id = 'SO1'") == [("WO1",)]
    assert lost.events("order.linked") == ["WO1"]


def test_the_erp_saying_the_same_changes_nothing(lost: Depot) -> None:
    lost("orders", "link", "WO1", "SO1", "--reason", "found out")
    lost.sync(LOST.format("SO1"))

    assert parents(lost) == [("SO1", "SO1")]
    shown = lost("orders", "show", "SO1", "--json").json
    assert [each["id"] for each in shown["documents"]] == ["WO1"], "once, not by both links"


def test_a_link_overrules_a_wrong_one_and_can_be_taken_back(lost: Depot) -> None:
    lost.sync(LOST.format("SO2"))
    lost("orders", "link", "WO1", "SO1", "--reason", "keyed under the wrong order")

    assert [each["id"] for each in lost("orders", "show", "SO2", "--json").json["documents"]] == []
    assert [each["id"] for each in lost("orders", "show", "SO1", "--json").json["documents"]] == ["WO1"]
    back = lost("orders", "link", "WO1", "--remove", "--reason", "it was right after all", "--json").json
    assert back == {
        "id": 2, "status": "removed", "document": "WO1", "sales_order_id": "SO2", "before": "SO1", "erp": "SO2",
    }  # fmt: skip
    assert parents(lost) == [("SO2", "SO2")]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("WO1", "SO2x", "--reason", "x"), 2, "the ledger holds no sales order SO2x"),
        (("AB1", "SO1", "--reason", "x"), 2, "the ledger holds no work or purchase order AB1"),
        (("WO1", "SO1"), 2, "a repaired link needs a --reason"),
        (("WO1", "SO1", "--reason", "  "), 2, "--reason must say why, on one line"),
        (("WO1", "--reason", "x"), 2, "name the sales order, or say --remove"),
        (("WO1", "SO1", "--remove", "--reason", "x"), 2, "name the sales order, or say --remove"),
        (("WO1", "--remove", "--reason", "x"), 4, "no link of WO1 was repaired here"),
    ],
)
def test_what_is_refused(lost: Depot, args: tuple[str, ...], code: int, said: str) -> None:
    ran = lost.here("orders", "link", *args)
    assert (ran.code, ran.err.splitlines()[0]) == (code, f"error: {said}")
    assert lost.rows("SELECT count(*) FROM order_links") == [(0,)]


def test_linking_twice_is_refused(lost: Depot) -> None:
    lost("orders", "link", "WO1", "SO1", "--reason", "x")
    assert lost.here("orders", "link", "WO1", "SO1", "--reason", "x").err == "error: WO1 hangs on SO1 already\n"
    lost.sync(LOST.format("SO2"))
    lost("orders", "link", "WO1", "--remove", "--reason", "x")
    again = lost.here("orders", "link", "WO1", "SO2", "--reason", "x")
    assert (again.code, again.err) == (4, "error: WO1 hangs on SO2 already, by the ERP itself\n")


_REST = "'x', linked_on, linked_at, 'x', 'x' FROM order_links"


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE order_links SET reason = 'other'",
        "DELETE FROM order_links",
        f"INSERT OR REPLACE INTO order_links SELECT tenant_id, 1, transaction_key, NULL, {_REST}",
        f"INSERT INTO order_links SELECT tenant_id, 2, sales_order_key, transaction_key, {_REST}",
        f"INSERT INTO order_links SELECT 2, 1, transaction_key, NULL, {_REST}",
    ],
)
def test_links_are_append_only_and_tie_what_they_say(lost: Depot, attack: str) -> None:
    lost("orders", "link", "WO1", "SO1", "--reason", "x")
    connection = sqlite3.connect(lost.here.db)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(attack)
    connection.close()
