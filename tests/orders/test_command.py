"""`arctl orders` as an operator types it."""

import pytest

from tests.aging.conftest import Here
from tests.conftest import ROOT
from tests.orders.depot import MIXED, MIXED_LINES, Depot


def test_open_orders_are_listed_with_what_they_wait_for(depot: Depot) -> None:
    assert depot("orders", "list").err == "no such order\n"
    depot.sync(MIXED, MIXED_LINES)
    (found,) = depot("orders", "list", "--json").json

    assert (found["id"], found["stage"], found["paths"]) == ("SO1", "supply", ["inventory", "assembly", "drop_ship"])
    assert [(each["line"], each["kind"]) for each in found["waits"]] == [
        (2, "work_order"),
        (3, "purchase_order"),
        (1, "ship"),
    ]
    assert [each["id"] for each in depot("orders", "list", "--all", "--json").json] == ["SO0", "SO1"]
    newest = depot("orders", "list", "--all", "--limit", "1", "--format", "csv")
    assert "SO0," not in newest.out
    assert newest.err == "the newest 1; --limit 0 lists every one\n"
    assert depot("orders", "list", "--as-of", "2026-05-31", "--json").json == []
    assert depot("orders", "list", "--customer", "C2", "--json").json == []


def test_stuck_is_what_is_late(depot: Depot) -> None:
    depot.sync(MIXED, MIXED_LINES)
    late = depot("orders", "stuck", "--json").json
    assert [(each["line"], each["late"]) for each in late[0]["waits"] if each["late"]] == [(2, 6), (3, 6)]
    assert depot("orders", "stuck", "--as-of", "2026-06-02").err == "no order is stuck\n"
    assert depot("orders", "stuck", "--patience", "9").err == "no order is stuck\n"
    assert "arctl run so_lifecycle_dropship_path --input sales_order_id=SO1" in depot("orders", "stuck").out


def test_lines_are_classified(depot: Depot) -> None:
    depot.sync(MIXED, MIXED_LINES)
    (found,) = depot("orders", "classify", "SO-1", "--json").json
    assert [(each["line"], each["path"]) for each in found["lines"]] == [
        (1, "inventory"), (2, "assembly"), (3, "drop_ship"), (4, "none"),
    ]  # fmt: skip
    assert "1 of 1 order takes several paths" in depot("orders", "classify").out


@pytest.mark.parametrize("form", ["table", "csv", "md", "json"])
@pytest.mark.parametrize("command", ["list", "stuck", "classify", "show"])
def test_every_listing_in_every_format(depot: Depot, command: str, form: str) -> None:
    depot.sync(MIXED, MIXED_LINES)
    ran = depot("orders", command, *(["SO1"] if command == "show" else []), "--format", form)
    assert "KIT" in ran.out
    assert ran.err == ""


def test_an_unknown_order(depot: Depot) -> None:
    ran = depot.here("orders", "show", "SO7")
    assert (ran.code, ran.err) == (
        2,
        "error: the ledger holds no sales order SO7\nhint: `arctl trace-po` finds documents by the customer's PO#\n",
    )


def test_a_number_that_two_bear_is_no_name(depot: Depot) -> None:
    depot.sync(MIXED + "\nSO2,SalesOrd,C2,2026-06-01,SO-1,Pending Fulfillment,1.00,,,,,")
    ran = depot.here("orders", "show", "SO-1")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: several documents bear the number SO-1: SO1, SO2")


STUCK = {
    "SO-5113": "receipt", "SO-5141": "work_order", "SO-5157": "ship", "SO-5166": "invoice", "SO-5169": "ship",
}  # fmt: skip
"""What is planted in the sample data, by sales order: the first thing each waits for."""


def test_the_sample_has_what_was_planted_stuck_and_nothing_else(here: Here) -> None:
    assert here("--quiet", "sync", "--from", str(ROOT / "sample_data")).code == 0
    found = here("orders", "stuck", "--as-of", "2026-06-30", "--json").json
    assert {each["id"]: each["waits"][0]["kind"] for each in found} == STUCK
    queue = here("finance", "queue", "--as-of", "2026-06-30", "--json").json
    assert [each["fulfillment_id"] for each in queue] == ["IF-6165"]
    standing = here("orders", "list", "--as-of", "2026-06-30", "--json").json
    short = {each["id"]: wait["text"] for each in standing for wait in each["waits"] if wait["kind"] == "stock"}
    assert short == {"SO-5189": "line 1, SPC-SAFF-1OZ: 12 needed, 4 there at Baltimore DC"}
