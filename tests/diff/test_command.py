"""`arctl diff` as an operator runs it: headings, matrix, forms, refusals."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.aging.conftest import Here, Lay

CUSTOMERS = "id,name\nC1,Acme\nC2,Bolt\n"
HEADINGS = (
    "invoiced_cents",
    "receipts_cents",
    "credits_cents",
    "refunds_cents",
    "discounts_cents",
    "write_offs_cents",
    "recoveries_cents",
    "voids_cents",
)
NOTHING = dict.fromkeys(HEADINGS, 0)


def _headings(answer: dict[str, Any]) -> dict[str, int]:
    """The headings that are not zero."""
    return {name: answer[name] for name in HEADINGS if answer[name]}


def _tamper(here: Here, sql: str) -> None:
    with closing(sqlite3.connect(here.db)) as connection, connection:
        connection.execute(sql)


def test_the_year_of_a_textbook(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount
            OLD,C1,2025-11-30,2025-12-30,201400
            NEW,C1,2026-06-30,2026-07-30,840400
            """,
        customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-09-30,758910\n",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P1,NEW,758910\n",
        write_offs="id,invoice_id,written_off_on,amount\nW1,OLD,2026-12-31,8026\n",
    )
    answer = here("diff", "2025-12-31", "2026-12-31", "--json").json
    assert (answer["opening_cents"], answer["closing_cents"]) == (20140000, 27486400)
    assert _headings(answer) == {"invoiced_cents": 84040000, "receipts_cents": 75891000, "write_offs_cents": 802600}
    assert answer["ok"] is True
    assert answer["matrix"] == {
        "current": dict.fromkeys(("current", "days_30", "days_60", "days_90", "days_90_plus", "settled"), 0),
        "days_30": {
            "current": 0,
            "days_30": 0,
            "days_60": 0,
            "days_90": 0,
            "days_90_plus": 19337400,
            "settled": 802600,
        },
        "days_60": dict.fromkeys(("current", "days_30", "days_60", "days_90", "days_90_plus", "settled"), 0),
        "days_90": dict.fromkeys(("current", "days_30", "days_60", "days_90", "days_90_plus", "settled"), 0),
        "days_90_plus": dict.fromkeys(("current", "days_30", "days_60", "days_90", "days_90_plus", "settled"), 0),
        "new": {"current": 0, "days_30": 0, "days_60": 0, "days_90": 0, "days_90_plus": 8149000},
    }


def _every_heading(lay: Lay) -> None:
    """In May one document of each heading, and voids of some of them; before it, one invoice of 1,000."""
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,status,voided_on
            A,C1,2026-04-01,2026-05-01,1000,posted,
            B,C1,2026-05-02,2026-06-01,500,posted,
            V,C1,2026-05-03,2026-06-02,70,voided,2026-05-20
            D,C1,2026-05-03,2026-06-02,9999,draft,
            N,C1,2026-05-04,2026-06-03,9999,voided,2026-05-04
            """,
        customer_payments="""
            id,customer_id,receipt_date,amount,status,voided_on
            P1,C1,2026-05-05,300,posted,
            P2,C1,2026-04-05,40,voided,2026-05-25
            """,
        credit_memos="id,customer_id,credit_date,amount,kind\nK1,C1,2026-05-06,25,\nK2,C1,2026-05-06,3,write_off\n",
        payment_applications="""
            source_type,source_id,invoice_id,amount,applied_on,discount
            payment,P1,A,290,2026-05-05,6
            payment,P2,B,40,2026-05-03,1
            """,
        customer_refunds="""
            id,customer_id,refund_date,amount,source_type,source_id
            R1,C1,2026-05-07,10,payment,P1
            """,
        write_offs="""
            id,invoice_id,written_off_on,amount,recovered_on,recovered_amount
            W1,A,2026-05-08,100,2026-05-09,30
            """,
    )


def test_every_document_stands_under_its_heading_and_under_voids_when_it_stops(here: Here, lay: Lay) -> None:
    _every_heading(lay)
    answer = here("diff", "2026-04-30", "2026-05-31", "--json").json
    assert answer == {
        "from": "2026-04-30",
        "to": "2026-05-31",
        "company": "default",
        "currency": "USD",
        "opening_cents": 96000,  # A less P2
        "invoiced_cents": 57000,  # B and V, which is voided later; what never counted is nowhere
        "receipts_cents": 30000,
        "credits_cents": 2500,
        "refunds_cents": 1000,
        "discounts_cents": 700,
        "write_offs_cents": 10300,  # the credit memo of that kind too
        "recoveries_cents": 3000,
        "voids_cents": 2900,  # V takes 70.00 away, P2 and its discount give 41.00 back
        "closing_cents": 110600,
        "difference_cents": 0,
        "ok": True,
        "matrix": answer["matrix"],
    }
    assert answer["matrix"]["current"] == {
        "current": 0, "days_30": 63400, "days_60": 0, "days_90": 0, "days_90_plus": 0, "settled": 36600,
    }  # fmt: skip
    assert answer["matrix"]["new"]["current"] == 50000


def test_the_screen_says_the_same_in_words(here: Here, lay: Lay) -> None:
    _every_heading(lay)
    assert (
        here("diff", "2026-04-30", "2026-05-31", "--items").out
        == """\
Receivables from 2026-04-30 to 2026-05-31, in USD

Net receivables      Amount
-----------------  --------
opening              960.00
invoices             570.00
receipts            -300.00
credit memos         -25.00
refunds               10.00
discounts             -7.00
write-offs          -103.00
recoveries            30.00
voids                -29.00
-----------------  --------
closing            1,106.00

Opening and movements give the closing aging

Gross outstanding by bucket

From \\ to      Current    1-30    31-60    61-90    91+    Settled    Opening
-----------  ---------  ------  -------  -------  -----  ---------  ---------
Current              ·  634.00        ·        ·      ·     366.00   1,000.00
1-30                 ·       ·        ·        ·      ·          ·          ·
31-60                ·       ·        ·        ·      ·          ·          ·
61-90                ·       ·        ·        ·      ·          ·          ·
91+                  ·       ·        ·        ·      ·          ·          ·
New             500.00       ·        ·        ·      ·          ·
-----------  ---------  ------  -------  -------  -----  ---------  ---------
Closing         500.00  634.00        ·        ·      ·     366.00

Item by item

Invoice      Inst  Customer    From     To         Opening    Closing
---------  ------  ----------  -------  -------  ---------  ---------
A                  C1          current  days_30   1,000.00     634.00
B                  C1          new      current       0.00     500.00
"""
    )


def test_csv_and_markdown(here: Here, lay: Lay) -> None:
    _every_heading(lay)
    assert here("diff", "2026-04-30", "2026-05-31", "--format", "csv").out.splitlines() == [
        "company,currency,heading,amount",
        "default,USD,opening,960.00",
        "default,USD,invoices,570.00",
        "default,USD,receipts,-300.00",
        "default,USD,credit memos,-25.00",
        "default,USD,refunds,10.00",
        "default,USD,discounts,-7.00",
        "default,USD,write-offs,-103.00",
        "default,USD,recoveries,30.00",
        "default,USD,voids,-29.00",
        "default,USD,closing,1106.00",
    ]
    assert here("diff", "2026-04-30", "2026-05-31", "--items", "--format", "csv").out.splitlines() == [
        "invoice_id,installment,customer_id,from,to,opening,closing,currency,company",
        "A,,C1,current,days_30,1000.00,634.00,USD,default",
        "B,,C1,new,current,0.00,500.00,USD,default",
    ]
    markdown = here("diff", "2026-04-30", "2026-05-31", "--format", "md").out
    assert markdown.startswith("## Receivables from 2026-04-30 to 2026-05-31, in USD\n\n| Net receivables")
    assert "| **closing**" in markdown
    assert "- Opening and movements give the closing aging\n" in markdown


def test_items_in_json_are_the_open_items_of_both_agings(here: Here, lay: Lay) -> None:
    _every_heading(lay)
    answer = here("diff", "2026-04-30", "2026-05-31", "--items", "--json").json
    assert answer["items"] == [
        {"invoice_id": "A", "installment": 0, "customer_id": "C1", "from": "current", "to": "days_30",
         "opening_cents": 100000, "closing_cents": 63400},
        {"invoice_id": "B", "installment": 0, "customer_id": "C1", "from": "new", "to": "current",
         "opening_cents": 0, "closing_cents": 50000},
    ]  # fmt: skip


def test_a_voided_receipt_brings_its_invoice_back(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nA,C1,2026-04-01,2026-04-30,100\n",
        customer_payments="id,customer_id,receipt_date,amount,status,voided_on\nP,C1,2026-05-02,100,voided,2026-05-09\n",
        payment_applications="source_type,source_id,invoice_id,amount,applied_on\npayment,P,A,100,2026-05-02\n",
    )
    bounced = here("diff", "2026-05-02", "2026-05-31", "--json").json
    assert (bounced["opening_cents"], _headings(bounced)) == (0, {"voids_cents": -10000})
    assert (bounced["matrix"]["new"]["days_60"], bounced["closing_cents"]) == (10000, 10000)
    within = here("diff", "2026-04-30", "2026-05-31", "--json").json
    assert _headings(within) == {"receipts_cents": 10000, "voids_cents": -10000}
    assert within["matrix"]["current"]["days_60"] == within["closing_cents"] == 10000


def _two_of_each(here: Here, lay: Lay) -> None:
    assert here("--quiet", "init").code == 0
    assert here("--quiet", "--company", "north", "init").code == 0
    lay(
        customers="id,name,company\nC1,Acme,default\nC2,Bolt,north\n",
        customer_invoices="""
            id,customer_id,invoice_date,amount,currency,company
            A,C1,2026-04-01,100,USD,default
            B,C1,2026-05-01,20,EUR,default
            C,C2,2026-05-01,3,EUR,north
            """,
    )


def test_each_company_and_currency_is_rolled_on_its_own(here: Here, lay: Lay) -> None:
    _two_of_each(here, lay)
    answer = here("diff", "2026-04-30", "2026-05-31", "--json").json
    assert set(answer) == {"from", "to", "ok", "groups"}
    assert [
        (group["company"], group["currency"], group["opening_cents"], group["invoiced_cents"], group["closing_cents"])
        for group in answer["groups"]
    ] == [("default", "USD", 10000, 0, 10000), ("default", "EUR", 0, 2000, 2000), ("north", "EUR", 0, 300, 300)]
    assert (
        here("diff", "2026-04-30", "2026-05-31").out.count("Receivables from 2026-04-30 to 2026-05-31, company ") == 3
    )
    # A spell in which nothing happened has the same groups: a program may rely on them.
    quiet = here("diff", "2026-01-01", "2026-01-31", "--json").json
    assert [(g["company"], g["currency"], g["closing_cents"]) for g in quiet["groups"]] == [
        ("default", "USD", 0), ("default", "EUR", 0), ("north", "EUR", 0),
    ]  # fmt: skip


def test_narrowed_to_one_company_or_currency_the_answer_is_flat(here: Here, lay: Lay) -> None:
    _two_of_each(here, lay)
    north = here("--company", "north", "diff", "2026-04-30", "2026-05-31", "--json").json
    assert (north["company"], north["currency"], north["closing_cents"]) == ("north", "EUR", 300)
    dollars = here("diff", "2026-04-30", "2026-05-31", "--currency", "USD", "--json").json
    assert (dollars["company"], dollars["currency"], dollars["closing_cents"]) == ("default", "USD", 10000)
    none = here("diff", "2026-04-30", "2026-05-31", "--currency", "CHF", "--json").json
    assert (none["currency"], none["opening_cents"], none["closing_cents"], none["ok"]) == ("CHF", 0, 0, True)


def test_known_at_rolls_what_was_known_then(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nA,C1,2026-04-01,2026-04-30,100\n",
    )
    lay(customer_invoices="id,customer_id,invoice_date,due_date,amount\nA,C1,2026-05-01,2026-05-30,60\n")
    then = here("diff", "2026-04-15", "2026-05-15", "--known-at", "1", "--json").json
    assert (then["opening_cents"], then["invoiced_cents"], then["closing_cents"]) == (10000, 0, 10000)
    now = here("diff", "2026-04-15", "2026-05-15", "--json").json
    assert (now["opening_cents"], now["invoiced_cents"], now["closing_cents"]) == (0, 6000, 6000)


@pytest.mark.parametrize("shape", ["table", "json", "csv", "md"])
def test_an_empty_ledger_rolls_nothing_forward(here: Here, shape: str) -> None:
    assert here("--quiet", "init").code == 0
    ran = here("diff", "2026-04-30", "2026-05-31", "--items", "--format", shape)
    assert (ran.code, ran.err) == (0, "")
    if shape == "json":
        assert {name: ran.json[name] for name in HEADINGS} == NOTHING
        assert (ran.json["opening_cents"], ran.json["closing_cents"], ran.json["items"]) == (0, 0, [])


def test_a_roll_forward_that_does_not_hold_exits_with_1(here: Here, lay: Lay) -> None:
    _every_heading(lay)
    _tamper(here, "UPDATE ar_day_totals SET started_cents = started_cents + 5 WHERE started_cents = 30000")
    ran = here("diff", "2026-04-30", "2026-05-31")
    assert ran.code == 1
    assert "DOES NOT HOLD: opening and movements miss the closing aging by 0.05" in ran.out
    assert ran.err == (
        "error: the roll-forward does not hold for default USD\n"
        "hint: run `arctl age` for both dates: do they tie out?\n"
    )
    answer = here("diff", "2026-04-30", "2026-05-31", "--json")
    assert (answer.code, answer.json["ok"], answer.json["difference_cents"]) == (1, False, 5)


def test_documents_that_lost_their_day_totals_are_missed(here: Here, lay: Lay) -> None:
    _every_heading(lay)
    _tamper(here, "DELETE FROM ar_day_totals")
    ran = here("diff", "2026-04-30", "2026-05-31", "--json")
    assert (ran.code, ran.json["difference_cents"]) == (1, 110600 - 96000)


@pytest.mark.parametrize(
    "dates",
    [("2026-05-31", "2026-05-31"), ("2026-06-01", "2026-05-31"), ("2026-02-30", "2026-05-31"), ("2026-05-31", "soon")],
)
def test_dates_that_make_no_spell_are_refused(here: Here, dates: tuple[str, str]) -> None:
    assert here("--quiet", "init").code == 0
    ran = here("diff", *dates)
    assert (ran.code, ran.out) == (2, "")


def test_months_by_name(here: Here, lay: Lay) -> None:
    _every_heading(lay)
    by_month = here("diff", "2026-04", "2026-05", "--json").json
    assert by_month == here("diff", "2026-04-30", "2026-05-31", "--json").json
