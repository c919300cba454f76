"""`arctl metrics` as an operator runs it: figures, reasons, explanations, forms, refusals."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from arctl.core.metric_definitions import DEFINITIONS
from tests.aging.conftest import Here, Lay

CUSTOMERS = "id,name\nC1,Acme\nC2,Bolt\n"
AS_OF = ("metrics", "--as-of", "2026-06-30")


def _spring(lay: Lay) -> None:
    """An old invoice partly written off, one that rolled on, one not yet due, and all that is no sale."""
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,status,voided_on,kind
            A,C1,2026-01-10,2026-02-09,1000,posted,,
            B,C1,2026-04-15,2026-05-15,2000,posted,,
            C,C2,2026-06-01,2026-07-01,3000,approved,,
            F,C2,2026-06-05,2026-06-05,70,posted,,finance_charge
            V,C2,2026-06-06,2026-07-06,999,voided,2026-06-20,
            D,C2,2026-06-07,2026-07-07,999,draft,,
            """,
        customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-06-10,500\n",
        credit_memos="""
            id,customer_id,credit_date,amount,kind
            K1,C2,2026-06-08,200,
            K2,C1,2026-06-09,100,write_off
            """,
        payment_applications="""
            source_type,source_id,invoice_id,amount
            payment,P1,B,500
            credit_memo,K2,A,100
            """,
    )


def _figures(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in DEFINITIONS}


def _na(reason: str) -> dict[str, Any]:
    return {"value": None, "reason": reason}


EMPTY = _na("the bucket's opening is zero")
SPRING = {
    "dso": "102.6",  # 5,470 ÷ 4,800 × 90
    "dso_countback": "170.8",  # June, May, April, March and February whole, of January 670 ÷ 1,000 × 31
    "best_possible_dso": "56.3",  # 3,000 ÷ 4,800 × 90
    "average_days_delinquent": "46.3",
    "cei": "11.8",  # (3,000 + 2,800 − 5,470) ÷ (3,000 + 2,800 − 3,000)
    "turnover": "6.0",  # 4,800 ÷ 3,235 × 365 ÷ 90
    "bad_debt_to_sales": "2.08",
    "roll_rates": {"current": EMPTY, "days_30": "75.0", "days_60": EMPTY, "days_90": EMPTY, "days_90_plus": "90.0"},
    "concentration": {"largest_1": "56.1", "largest_5": "100.0", "largest_10": "100.0", "herfindahl": "5075"},
}


def test_figures_and_what_they_rest_on(here: Here, lay: Lay) -> None:
    _spring(lay)
    ran = here(*AS_OF, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert _figures(ran.json) == SPRING
    assert {name: ran.json[name] for name in ("as_of", "company", "currency", "notes", "tie_out")} == {
        "as_of": "2026-06-30",
        "company": "default",
        "currency": "USD",
        "notes": [],
        "tie_out": {"ok": True, "failing": []},
    }
    assert ran.json["windows"] == {
        "sales": {"from": "2026-04-02", "to": "2026-06-30", "days": 90},
        "cei": {"from": "2026-06-01", "to": "2026-06-30", "months": 1},
        "roll_rates": {"from": "2026-06-01", "to": "2026-06-30"},
    }
    inputs = ran.json["inputs"]
    assert [month["sales_cents"] for month in inputs.pop("sales_by_month")] == [280000, 0, 200000, 0, 0, 100000]
    assert inputs.pop("roll_rates")["days_30"] == {"opening_cents": 200000, "rolled_cents": 150000}
    assert inputs == {
        "outstanding_cents": 547000,
        "current_cents": 300000,
        "sales_cents": 480000,
        "opening_cents": 100000,
        "written_off_cents": 10000,
        "recovered_cents": 0,
        "cei_opening_cents": 300000,
        "cei_sales_cents": 280000,
        "customers": 2,
    }


def test_the_screen(here: Here, lay: Lay) -> None:
    _spring(lay)
    assert (
        here(*AS_OF).out
        == """\
Receivables metrics as of 2026-06-30, in USD

Metric                     Value  Unit          From
-----------------------  -------  ------------  ------------------------------------------------------------------------
DSO                        102.6  days          5,470.00 outstanding; 4,800.00 sales
Count-back DSO             170.8  days          5,470.00 outstanding; 5,800.00 sales since 2026-01-01
Best possible DSO           56.3  days          3,000.00 not yet due; 4,800.00 sales
Average days delinquent     46.3  days          2,470.00 past due; 4,800.00 sales
CEI                         11.8  %             3,000.00 opening; 2,800.00 sales; 5,470.00 closing; 3,000.00 not yet due
Turnover                     6.0  times a year  4,800.00 sales; 1,000.00 opening; 5,470.00 closing
Bad debt to sales           2.08  %             100.00 written off; 0.00 recovered; 4,800.00 sales
Rolled on from Current       n/a  %             the bucket's opening is zero; 0.00 opening in Current; 0.00 rolled on
Rolled on from 1-30         75.0  %             2,000.00 opening in 1-30; 1,500.00 rolled on
Rolled on from 31-60         n/a  %             the bucket's opening is zero; 0.00 opening in 31-60; 0.00 rolled on
Rolled on from 61-90         n/a  %             the bucket's opening is zero; 0.00 opening in 61-90; 0.00 rolled on
Still in 91+                90.0  %             1,000.00 opening in 91+; 900.00 still open
Largest customer            56.1  %             3,070.00 C2 Bolt; 5,470.00 outstanding of 2 customers
Largest 5 customers        100.0  %             5,470.00 owed by the largest 5; 5,470.00 outstanding of 2 customers
Largest 10 customers       100.0  %             5,470.00 owed by the largest 10; 5,470.00 outstanding of 2 customers
Herfindahl index            5075  of 10,000     5,470.00 outstanding of 2 customers

DSO, turnover and bad debt: 2026-04-02 to 2026-06-30 (90 days); CEI: 2026-06-01 to 2026-06-30; roll rates: 2026-06-01 to 2026-06-30
How a figure comes about: `arctl metrics --explain NAME`, such as dso, or all
"""
    )


def test_csv_and_markdown(here: Here, lay: Lay) -> None:
    _spring(lay)
    lines = here(*AS_OF, "--format", "csv").out.splitlines()
    assert lines[:2] == ["company,currency,metric,part,value,unit,reason", "default,USD,dso,,102.6,days,"]
    assert "default,USD,roll_rates,current,,%,the bucket's opening is zero" in lines
    assert 'default,USD,concentration,herfindahl,5075,"of 10,000",' in lines
    assert len(lines) == 1 + 7 + 5 + 4
    markdown = here(*AS_OF, "--format", "md").out
    assert markdown.startswith("## Receivables metrics as of 2026-06-30, in USD\n\n| Metric")
    assert "- DSO, turnover and bad debt: 2026-04-02" in markdown


def test_other_windows(here: Here, lay: Lay) -> None:
    _spring(lay)
    answer = here(*AS_OF, "--days", "30", "--months", "6", "--json").json
    assert answer["dso"] == "58.6"  # 5,470 ÷ 2,800 × 30
    assert answer["inputs"]["sales_cents"] == 280000
    # (0 + 5,800 ÷ 6 − 5,470) ÷ (0 + 5,800 ÷ 6 − 3,000): what six months brought, a month, is less than what is not yet due.
    assert answer["cei"] == _na("opening + sales − closing not yet due is negative")
    assert answer["windows"]["cei"] == {"from": "2026-01-01", "to": "2026-06-30", "months": 6}
    mid_month = here("metrics", "--as-of", "2026-06-15", "--json").json
    assert mid_month["windows"]["roll_rates"] == {"from": "2026-05-16", "to": "2026-06-15"}
    assert mid_month["inputs"]["sales_by_month"][0] == {
        "from": "2026-06-01", "to": "2026-06-15", "sales_cents": 379900,
    }  # V is voided five days later  # fmt: skip


def test_one_metric_explained(here: Here, lay: Lay) -> None:
    _spring(lay)
    assert (
        here(*AS_OF, "--explain", "best-possible-dso").out
        == """\
Best possible DSO, as of 2026-06-30, in USD

Input        From        To            Amount  Shown by
-----------  ----------  ----------  --------  -----------------------------------
not yet due              2026-06-30  3,000.00  arctl age --as-of 2026-06-30
sales        2026-04-02  2026-06-30  4,800.00  customer_invoices less credit_memos

Best possible DSO: 56.3 days
Definition: outstanding that is not yet due ÷ credit sales of the window × days of the window. Credit sales are invoices less \
credit memos that count as of the day, by their own dates, without finance charges and write-offs.
Source: Credit Research Foundation, National Summary of Domestic Trade Receivables
"""
    )
    assert here(*AS_OF, "--explain", "dso_countback", "--format", "csv").out.splitlines() == [
        "company,currency,metric,input,from,to,amount,shown_by",
        "default,USD,dso_countback,outstanding,,2026-06-30,5470.00,arctl age --as-of 2026-06-30",
        *(
            f"default,USD,dso_countback,sales,2026-{first},2026-{last},{amount},customer_invoices less credit_memos"
            for first, last, amount in (
                ("06-01", "06-30", "2800.00"),
                ("05-01", "05-31", "0.00"),
                ("04-01", "04-30", "2000.00"),
                ("03-01", "03-31", "0.00"),
                ("02-01", "02-28", "0.00"),
                ("01-01", "01-31", "1000.00"),
            )
        ),
    ]
    (told,) = here(*AS_OF, "--explain", "CEI", "--json").json["explanations"]
    assert told["metric"] == "cei"
    assert [(each["label"], each["from"], each["to"], each["cents"]) for each in told["inputs"]] == [
        ("opening", None, "2026-05-31", 300000),
        ("sales", "2026-06-01", "2026-06-30", 280000),
        ("closing", None, "2026-06-30", 547000),
        ("not yet due", None, "2026-06-30", 300000),
    ]
    assert told["results"] == [{"part": None, "title": "CEI", "value": "11.8", "unit": "%", "reason": None}]


@pytest.mark.parametrize("shape", ["table", "json", "csv", "md"])
def test_all_metrics_explained(here: Here, lay: Lay, shape: str) -> None:
    _spring(lay)
    ran = here(*AS_OF, "--explain", "all", "--format", shape)
    assert (ran.code, ran.err) == (0, "")
    if shape == "json":
        assert [each["metric"] for each in ran.json["explanations"]] == list(DEFINITIONS)
        assert all(each["definition"] and each["source"] and each["results"] for each in ran.json["explanations"])
    elif shape == "csv":
        assert list(dict.fromkeys(line.split(",")[2] for line in ran.out.splitlines()[1:])) == list(DEFINITIONS)
    else:
        assert ran.out.count("Definition: ") == ran.out.count("Source: ") == len(DEFINITIONS)
        assert ran.out.count("n/a, the bucket's opening is zero") == 3


@pytest.mark.parametrize("shape", ["table", "json", "csv", "md"])
def test_an_empty_ledger_has_no_figures(here: Here, shape: str) -> None:
    assert here("--quiet", "init").code == 0
    ran = here(*AS_OF, "--format", shape)
    assert (ran.code, ran.err) == (0, "")
    if shape == "json":
        no_sales, nothing = _na("credit sales are zero"), _na("what is outstanding is zero")
        assert _figures(ran.json) == {
            "dso": no_sales,
            "dso_countback": _na("no credit sales are known"),
            "best_possible_dso": no_sales,
            "average_days_delinquent": no_sales,
            "cei": _na("opening + sales − closing not yet due is zero"),
            "turnover": _na("the mean of opening and closing outstanding is zero"),
            "bad_debt_to_sales": no_sales,
            "roll_rates": dict.fromkeys(SPRING["roll_rates"], EMPTY),
            "concentration": dict.fromkeys(SPRING["concentration"], nothing),
        }
    elif shape == "table":
        assert ran.out.count(" n/a ") == 7 + 5 + 4


def test_a_ledger_of_one_day_is_told_as_such(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nA,C1,2026-06-30,2026-07-30,90\n",
    )
    answer = here(*AS_OF, "--json").json
    assert (answer["dso"], answer["best_possible_dso"], answer["average_days_delinquent"]) == ("90.0", "90.0", "0.0")
    assert answer["dso_countback"] == "30.0"
    assert answer["cei"] == _na("opening + sales − closing not yet due is zero")
    assert answer["turnover"] == "8.1"  # 90 ÷ 45 × 365 ÷ 90
    assert answer["concentration"]["herfindahl"] == "10000"
    note = "Note: the first sale known is of 2026-06-30; the window begins on 2026-04-02"
    assert answer["notes"] == [note]
    assert note in here(*AS_OF).out.splitlines()
    assert note in here(*AS_OF, "--explain", "dso").out.splitlines()
    assert "90.00 outstanding of 1 customer\n" in here(*AS_OF).out


def test_a_document_counts_as_a_sale_until_the_day_it_is_voided(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,status,voided_on
            A,C1,2026-06-01,2026-07-01,1000,posted,
            V,C1,2026-06-02,2026-07-02,400,voided,2026-06-20
            N,C1,2026-06-03,2026-07-03,9999,voided,2026-06-03
            """,
        credit_memos="""
            id,customer_id,credit_date,amount,status,voided_on,kind
            K,C1,2026-06-04,30,voided,2026-06-21,
            W,C1,2026-06-05,9,voided,2026-06-22,write_off
            """,
    )
    sales = {
        day: here("metrics", "--as-of", f"2026-06-{day}", "--json").json["inputs"]["sales_cents"]
        for day in ("01", "02", "03", "19", "20", "21", "30")
    }
    assert sales == {"01": 100000, "02": 140000, "03": 140000, "19": 137000, "20": 97000, "21": 100000, "30": 100000}


def test_more_credit_memos_than_invoices_leave_no_figure(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nA,C1,2026-01-01,2026-01-31,90\n",
        credit_memos="id,customer_id,credit_date,amount\nK,C1,2026-06-01,100\n",
    )
    answer = here(*AS_OF, "--json").json
    assert answer["dso"] == answer["bad_debt_to_sales"] == _na("credit sales are negative")
    assert answer["dso_countback"] == _na("all credit sales known do not cover what is outstanding")


def test_write_offs_and_recoveries_of_the_window(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="id,customer_id,invoice_date,due_date,amount\nA,C1,2026-01-01,2026-01-31,100\nB,C1,2026-05-01,2026-05-31,1000\n",
        write_offs="""
            id,invoice_id,written_off_on,amount,status,voided_on,recovered_on,recovered_amount
            OLD,A,2026-03-01,60,posted,,2026-05-02,20
            NEW,B,2026-06-30,30,posted,,2026-07-01,30
            GONE,B,2026-06-01,500,voided,2026-06-30,,
            LATER,B,2026-07-01,500,posted,,,
            FIRST,A,2026-04-02,5,posted,,,
            BEFORE,A,2026-04-01,7,posted,,2026-04-01,7
            """,
    )
    answer = here(*AS_OF, "--json").json
    assert (answer["inputs"]["written_off_cents"], answer["inputs"]["recovered_cents"]) == (3500, 2000)
    assert answer["bad_debt_to_sales"] == "1.50"
    assert here("metrics", "--as-of", "2026-06-29", "--json").json["bad_debt_to_sales"] == "48.50"


def test_what_lies_before_the_books_is_not_known(here: Here, lay: Lay) -> None:
    _spring(lay)
    assert here("--quiet", "config", "set", "books_from", "2026-05-01").code == 0
    answer = here(*AS_OF, "--json").json
    unknown = _na("the books begin on 2026-05-01, too late for it")
    for name in ("dso", "best_possible_dso", "average_days_delinquent", "turnover", "bad_debt_to_sales"):
        assert answer[name] == unknown, name
    assert answer["inputs"]["sales_cents"] is answer["inputs"]["opening_cents"] is None
    assert (answer["cei"], answer["roll_rates"]["days_30"]) == ("11.8", "75.0")
    # Of the sales, those since the books began are known, and they do not reach.
    assert [month["from"] for month in answer["inputs"]["sales_by_month"]] == ["2026-06-01", "2026-05-01"]
    assert answer["dso_countback"] == _na("all credit sales known do not cover what is outstanding")
    # A window that begins with the books is known; the balance of the day before is not.
    answer = here(*AS_OF, "--days", "61", "--months", "2", "--json").json
    assert answer["dso"] == "119.2"  # 5,470 ÷ 2,800 × 61
    assert answer["turnover"] == answer["cei"] == unknown
    assert here(*AS_OF, "--days", "60", "--json").json["turnover"] == "4.0"  # 2,800 ÷ 4,235 × 365 ÷ 60
    early = here("metrics", "--as-of", "2026-05-20", "--json").json
    assert early["roll_rates"] == dict.fromkeys(SPRING["roll_rates"], unknown)
    assert early["inputs"]["roll_rates"] is None
    assert " n/a " in here("metrics", "--as-of", "2026-05-20").out
    assert here("metrics", "--as-of", "2026-05-20", "--explain", "all").code == 0


def _two_of_each(here: Here, lay: Lay) -> None:
    assert here("--quiet", "init").code == 0
    assert here("--quiet", "--company", "north", "init").code == 0
    lay(
        customers="id,name,company\nC1,Acme,default\nC2,Bolt,north\n",
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,currency,company
            A,C1,2026-05-01,2026-05-31,100,USD,default
            B,C1,2026-05-01,2026-05-31,20,EUR,default
            C,C2,2026-05-01,2026-07-31,3,EUR,north
            D,C2,2026-05-02,2026-07-31,1,EUR,north
            """,
        customer_payments="id,customer_id,receipt_date,amount,currency,company\nP,C2,2026-06-01,1,EUR,north\n",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P,D,1\n",
    )


def test_each_company_and_currency_stands_on_its_own(here: Here, lay: Lay) -> None:
    _two_of_each(here, lay)
    answer = here(*AS_OF, "--json").json
    assert set(answer) == {"as_of", "groups", "tie_out"}
    assert [
        (group["company"], group["currency"], group["dso"], group["best_possible_dso"], group["roll_rates"]["current"])
        for group in answer["groups"]
    ] == [
        ("default", "USD", "90.0", "0.0", "100.0"),
        ("default", "EUR", "90.0", "0.0", "100.0"),
        ("north", "EUR", "67.5", "67.5", "0.0"),
    ]
    screen = here(*AS_OF).out
    assert screen.count("Receivables metrics as of 2026-06-30, company ") == 3
    assert len(here(*AS_OF, "--format", "csv").out.splitlines()) == 1 + 3 * 16
    assert here(*AS_OF, "--explain", "dso").out.count("DSO, days sales outstanding, as of 2026-06-30, company ") == 3


def test_narrowed_to_one_company_or_currency_the_answer_is_flat(here: Here, lay: Lay) -> None:
    _two_of_each(here, lay)
    north = here("--company", "north", *AS_OF, "--json").json
    assert (north["company"], north["currency"], north["dso"]) == ("north", "EUR", "67.5")
    dollars = here(*AS_OF, "--currency", "usd", "--json").json
    assert (dollars["company"], dollars["currency"], dollars["dso"]) == ("default", "USD", "90.0")
    none = here(*AS_OF, "--currency", "CHF", "--json").json
    assert (none["currency"], none["dso"]) == ("CHF", _na("credit sales are zero"))


def test_known_at_rests_on_what_was_known_then(here: Here, lay: Lay) -> None:
    head = "id,customer_id,invoice_date,due_date,amount,status,voided_on,kind\n"
    lay(
        customers=CUSTOMERS,
        customer_invoices=f"{head}A,C1,2026-06-01,2026-06-30,100,posted,,\nB,C1,2026-06-02,2026-06-30,50,posted,,\n",
    )
    before = here(*AS_OF, "--json").json
    lay(
        customer_invoices=f"{head}A,C1,2026-06-01,2026-06-30,100,voided,2026-06-15,\nB,C1,2026-06-02,2026-06-30,50,posted,,finance_charge\n",
        credit_memos="id,customer_id,credit_date,amount\nK,C1,2026-06-03,7\n",
    )
    now = here(*AS_OF, "--json").json
    assert (now["inputs"]["sales_cents"], now["inputs"]["outstanding_cents"]) == (-700, 5000)
    assert here(*AS_OF, "--known-at", "1", "--json").json == before
    assert (before["inputs"]["sales_cents"], before["dso"]) == (15000, "90.0")


def test_a_ledger_that_does_not_tie_out_exits_with_1(here: Here, lay: Lay) -> None:
    _two_of_each(here, lay)
    with closing(sqlite3.connect(here.db)) as connection, connection:
        connection.execute("UPDATE ar_day_totals SET started_cents = started_cents + 5 WHERE started_cents = 10000")
    ran = here("--company", "north", *AS_OF, "--json")
    assert (ran.code, ran.json["tie_out"]) == (1, {"ok": False, "failing": ["default USD"]})
    assert ran.err == (
        "error: the ledger does not tie out: default USD\n"
        "hint: do not rely on these figures until `arctl age` ties out\n"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ("--explain", "dsoo"),
        ("--days", "0"),
        ("--days", "3661"),
        ("--months", "0"),
        ("--months", "121"),
        ("--as-of", "soon"),
        ("--currency", "dollars"),
        ("--json", "--format", "csv"),
    ],
)
def test_what_cannot_be_is_refused(here: Here, wrong: tuple[str, ...]) -> None:
    assert here("--quiet", "init").code == 0
    ran = here("metrics", *wrong)
    assert (ran.code, ran.out) == (2, "")


def test_the_longest_windows_at_the_ends_of_the_calendar(here: Here, lay: Lay) -> None:
    _spring(lay)
    for day in ("1970-01-01", "2099-12-31"):
        ran = here("metrics", "--as-of", day, "--days", "3660", "--months", "120", "--json")
        assert (ran.code, ran.err) == (0, "")
