"""`arctl snapshot list | show | diff`: what stands is shown as it was written."""

from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from arctl.core.shelf import missed, moved
from arctl.services import snapshot_shelf
from arctl.services.allowance import one_company
from tests.aging.conftest import Here
from tests.snapshot.books import SMALL, Evidence

LATE = {
    "customer_payments": """
        id,customer_id,receipt_date,amount
        P1,C2,2015-03-15,5.00
        P2,C1,2015-03-20,40.00
        """,
    "payment_applications": """
        source_type,source_id,invoice_id,amount,applied_on
        payment,P2,1,40.00,2015-03-20
        """,
    "customer_invoices": """
        id,customer_id,invoice_date,due_date,amount
        9,C2,2015-04-10,2015-05-09,7.77
        """,
}
"""A receipt that belongs into March and came in May; and an invoice of April."""

TWO_OF_EACH = {
    "customers": """
        id,name
        C1,Acme
        """,
    "customer_invoices": """
        id,customer_id,invoice_date,due_date,amount,currency,company
        1,C1,2015-01-10,2015-02-09,100.00,USD,default
        2,C1,2015-01-10,2015-02-09,70.00,EUR,default
        3,C1,2015-01-10,2015-02-09,11.00,USD,west
        """,
    "customer_payments": "id,customer_id,receipt_date,amount\n",
}


def regenerated(books: Evidence) -> None:
    books.sync("2015-05-02", LATE)
    books.attest("2015-03-31", "2015-05-02", anew="a late receipt")
    books.attest("2015-04-30", "2015-05-02")


def test_the_list_has_live_sets_and_on_request_every_one(books: Evidence, here: Here) -> None:
    regenerated(books)

    assert [
        (row["snapshot_date"], row["revision"], row["status"]) for row in here("snapshot", "list", "--json").json
    ] == [
        ("2015-03-31", 2, "live"),
        ("2015-04-30", 1, "live"),
    ]
    every = here("snapshot", "list", "--all", "--json").json
    assert [(row["snapshot_date"], row["revision"], row["status"]) for row in every] == [
        ("2015-03-31", 1, "superseded"),
        ("2015-03-31", 2, "live"),
        ("2015-04-30", 1, "live"),
    ]
    assert every[0]["currencies"] == [
        {
            "currency": "USD",
            "total_outstanding_cents": 17025,
            "unapplied_cents": 500,
            "estimated_bad_debt_cents": 3533,  # 10 % of 100.00, 50 % of 50.25, 1 % of 20.00
        }
    ]
    screen = here("snapshot", "list").out
    assert (
        "2015-03-31  default        2  live                2        3  USD                130.25       31.33  amy"
        in screen
    )
    assert "1 superseded or purged set is not shown: --all shows every one" in screen


def test_accepted_exceptions_are_in_the_list(books: Evidence, here: Here) -> None:
    books.attest("2015-05-31", "2015-06-01")  # nothing was synced after that day

    (row,) = [row for row in here("snapshot", "list", "--json").json if row["snapshot_date"] == "2015-05-31"]
    assert [each["code"] for each in row["exceptions"]] == ["stale"]
    assert row["accepted"] == "a test"
    assert ",stale," in here("snapshot", "list", "--format", "csv").out


def test_an_empty_ledger_lists_nothing_and_says_so(here: Here) -> None:
    assert here("init").code == 0
    assert "No evidence has been written" in here("snapshot", "list").out
    assert here("snapshot", "list", "--json").json == []


def test_show_is_complete(books: Evidence, here: Here) -> None:
    shown = here("snapshot", "show", "2015-03-31", "--lines", "--json").json

    assert (shown["total_outstanding_cents"], shown["lines"], shown["customers"]) == (17025, 3, 2)
    assert [(h["customer_id"], h["total_outstanding_cents"], h["unapplied_cents"]) for h in shown["headers"]] == [
        ("C1", 15025, 0),
        ("C2", 2000, 500),
    ]
    assert [(i["invoice_id"], i["days_overdue"], i["bucket"], i["outstanding_cents"]) for i in shown["open_items"]] == [
        ("1", 50, "days_60", 10000),
        ("2", 120, "days_90_plus", 5025),
        ("3", 0, "current", 2000),
    ]
    assert [(c["source_type"], c["source_id"], c["left_cents"]) for c in shown["credits"]] == [("payment", "P1", 500)]
    terms = {(t["section"], t["heading"]): t["cents"] for t in shown["terms"]}
    assert terms["tie_out", "expected_net"] == 16525
    assert terms["tie_out", "difference"] == 0
    assert (shown["allowance"]["approved_by"], shown["status"]) == ("ben", "live")
    assert "open_items" not in here("snapshot", "show", "2015-03-31", "--json").json


def test_show_begins_as_the_snapshot_was_printed(books: Evidence, here: Here) -> None:
    screen = here("snapshot", "show", "2015-03-31", "--lines").out

    assert screen.startswith("Evidence of 2015-03-31, revision 1\n")
    titles = ["Customers", "Tie-out", "Open items and credits"]
    assert [line for line in screen.splitlines() if line in titles] == titles
    assert "Superseded" not in screen
    markdown = here("snapshot", "show", "2015-03-31", "--format", "md").out
    assert "## Evidence of 2015-03-31, revision 1" in markdown
    assert "## Tie-out" in markdown


def test_the_lines_of_show_sum_to_the_net(books: Evidence, here: Here) -> None:
    rows = here("snapshot", "show", "2015-03-31", "--lines", "--format", "csv").out.splitlines()[1:]

    assert [row.split(",")[-2] for row in rows] == ["100.00", "50.25", "20.00", "-5.00"]


def test_one_customer_narrows_lines_and_never_sums(books: Evidence, here: Here) -> None:
    shown = here("snapshot", "show", "2015-03-31", "--customer", "C2", "--lines", "--json").json

    assert shown["total_outstanding_cents"] == 17025
    assert [h["customer_id"] for h in shown["headers"]] == ["C2"]
    assert [i["invoice_id"] for i in shown["open_items"]] == ["3"]
    unknown = here("snapshot", "show", "2015-03-31", "--customer", "C9")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.startswith("error: the evidence of 2015-03-31, revision 1, has no customer C9\nhint: ")


def test_an_earlier_revision_stays_as_it_was(books: Evidence, here: Here) -> None:
    before = here("snapshot", "show", "2015-03-31", "--lines", "--format", "csv").out
    regenerated(books)

    assert here("snapshot", "show", "2015-03-31", "--lines", "--revision", "1", "--format", "csv").out == before
    assert "Superseded" in here("snapshot", "show", "2015-03-31", "--revision", "1").out
    assert here("snapshot", "show", "2015-03-31", "--json").json["reason"] == "a late receipt"


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (
            ["show", "2015-02-28"],
            "there is no evidence of 2015-02-28 of company default",
            "there is evidence of 2015-03-31",
        ),
        (
            ["export", "2015-03-31", "--revision", "3", "--to", "out"],
            "there is no revision 3 of the evidence of 2015-03-31 of company default",
            "there is revision 1",
        ),
        (
            ["diff", "2015-03-31", "2015-04-30"],
            "there is no evidence of 2015-04-30 of company default",
            "there is evidence of 2015-03-31",
        ),
    ],
)
def test_an_unknown_day_names_the_days_there_are(
    args: list[str], message: str, hint: str, books: Evidence, here: Here
) -> None:
    ran = here("snapshot", *args)

    assert (ran.code, ran.out, ran.err) == (2, "", f"error: {message}\nhint: {hint}\n")


def test_diff_of_two_revisions(books: Evidence, here: Here) -> None:
    regenerated(books)
    found = here("snapshot", "diff", "2015-03-31", "--revisions", "1", "2", "--items", "--json").json

    assert (found["ok"], found["before"]["revision"], found["after"]["revision"]) == (True, 1, 2)
    changes = {each["sum"]: each["change_cents"] for each in found["sums"] if each["change_cents"]}
    assert changes == {"days_60": -4000, "outstanding": -4000, "estimate": -400}
    assert found["items"] == [
        {
            "currency": "USD",
            "customer_id": "C1",
            "document": "invoice 1",
            "installment": 0,
            "before_bucket": "days_60",
            "after_bucket": "days_60",
            "before_cents": 10000,
            "after_cents": 6000,
            "change_cents": -4000,
        }
    ]
    assert (
        "1 item or credit differs, which is the whole change"
        in here("snapshot", "diff", "2015-03-31", "--revisions", "1", "2").out
    )


def test_diff_of_two_days_foots_in_every_bucket(books: Evidence, here: Here) -> None:
    regenerated(books)
    ran = here("snapshot", "diff", "2015-03-31", "2015-04-30", "--items", "--format", "csv")

    assert ran.out.splitlines() == [
        "customer_id,document,installment,currency,from,to,before,after,change",
        "C1,invoice 1,,USD,days_60,days_90,60.00,60.00,0.00",
        "C2,invoice 3,,USD,current,days_30,20.00,20.00,0.00",
        "C2,invoice 9,,USD,new,current,0.00,7.77,7.77",
    ]
    assert (
        "3 items and credits differ, which make up the whole change"
        in here("snapshot", "diff", "2015-03-31", "2015-04-30").out
    )


def test_a_difference_that_items_do_not_make_up_is_named(books: Evidence, here: Here) -> None:
    regenerated(books)
    connection = books.ledger.connection
    connection.execute("DROP TRIGGER aging_snapshot_lines_update")
    connection.execute(
        "UPDATE aging_snapshot_lines SET outstanding_cents = 9000 WHERE invoice_id = '1' AND revision = 1"
    )
    ran = here("snapshot", "diff", "2015-03-31", "--revisions", "1", "2", "--json")

    assert (ran.code, ran.json["ok"]) == (1, False)
    company = one_company(books.ledger, None)
    day = date(2015, 3, 31)
    found = snapshot_shelf.compare(books.ledger, company, (day, 1), (day, 2))
    assert [each.heading for each in found.unexplained] == ["days_60", "outstanding"]
    assert missed(moved([], []), []) == []


@pytest.mark.parametrize("args", [["2015-03-31"], ["2015-03-31", "2015-04-30", "--revisions", "1", "2"]])
def test_diff_takes_two_days_or_two_revisions(args: list[str], books: Evidence, here: Here) -> None:
    ran = here("snapshot", "diff", *args)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: compare two days, or two revisions of one\nhint: ")


def test_the_same_customer_and_day_in_two_companies_and_currencies(tmp_path: Path, here: Here) -> None:
    books = Evidence(tmp_path / "arctl.db")
    books.sync("2015-04-01", TWO_OF_EACH)
    for company in ("default", "west"):
        books.policy(company=company)
        books.attest("2015-03-31", "2015-04-01", company)
    books.ledger.close()

    rows = here("snapshot", "list", "--json").json
    assert [
        (row["company"], [(each["currency"], each["total_outstanding_cents"]) for each in row["currencies"]])
        for row in rows
    ] == [("default", [("EUR", 7000), ("USD", 10000)]), ("west", [("USD", 1100)])]
    assert len(here("--company", "west", "snapshot", "list", "--format", "csv").out.splitlines()) == 2
    refused = here("snapshot", "show", "2015-03-31")
    assert (refused.code, refused.out) == (2, "")
    west = here("--company", "west", "snapshot", "show", "2015-03-31", "--lines", "--json").json
    assert [(each["invoice_id"], each["outstanding_cents"]) for each in west["open_items"]] == [("3", 1100)]
    both = here("--company", "default", "snapshot", "show", "2015-03-31", "--json").json
    assert both["total_outstanding_cents"] is None
    by_currency = groupby(both["headers"], key=lambda each: each["currency"])
    assert {currency: [each["customer_id"] for each in group] for currency, group in by_currency} == {
        "EUR": ["C1"],
        "USD": ["C1"],
    }


def test_a_month_with_nothing_open(tmp_path: Path, here: Here) -> None:
    books = Evidence(tmp_path / "arctl.db")
    books.policy(day="2014-01-01")
    books.sync("2015-04-01", SMALL)
    books.attest("2014-06-30", "2015-04-01")
    books.ledger.close()

    (row,) = here("snapshot", "list", "--json").json
    assert (row["customers"], row["lines"], row["currencies"]) == (0, 0, [])
    assert "2014-06-30  default" in here("snapshot", "list").out
    shown = here("snapshot", "show", "2014-06-30", "--lines")
    assert shown.code == 0
    assert here("snapshot", "show", "2014-06-30", "--lines", "--json").json["open_items"] == []
    assert here("snapshot", "export", "2014-06-30", "--to", str(tmp_path / "none")).code == 0
    assert (tmp_path / "none" / "lines.csv").read_text().count("\n") == 1
