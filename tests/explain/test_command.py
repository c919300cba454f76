"""`arctl explain` as an operator runs it: every reason in words, every form, refusals."""

import csv
import io
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.aging.conftest import Here, Lay
from tests.conftest import ROOT

CUSTOMERS = "id,name,terms,parent_id\nC1,Acme,Net 30,\nC2,Acme Holding,,\nC3,Cash & Carry,as agreed,\n"
INVOICE = "id,customer_id,invoice_date,due_date,amount\nINV-1,C1,2026-05-01,2026-05-31,1000\n"
PAYMENTS = "id,customer_id,receipt_date,amount,status,voided_on\n"
APPLICATIONS = "source_type,source_id,invoice_id,amount,applied_on,discount\n"
ASKED = ("explain", "INV-1", "--as-of", "2026-06-30")


def _whys(answer: dict[str, Any]) -> dict[str, tuple[str, bool, str]]:
    """Source id -> the day it takes effect, whether it counted, and why."""
    return {each["source_id"]: (each["effective_on"], each["counted"], each["why"]) for each in answer["applications"]}


def _paid(lay: Lay, payments: str, applications: str, invoice: str = INVOICE) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices=invoice,
        customer_payments=PAYMENTS + payments,
        payment_applications=APPLICATIONS + applications,
    )


def test_the_worked_example(here: Here) -> None:
    assert here("--quiet", "sync", "--from", str(ROOT / "sample_data")).code == 0
    answer = here("explain", "INV-24635", "--as-of", "2026-07-08", "--json").json
    told = [answer[key] for key in ("outstanding_cents", "days_overdue", "bucket", "due_date", "applications")]
    assert told == [1842000, 16, "days_30", "2026-06-22", []]
    assert answer["dunning"] == "second reminder threshold crossed; final notice in 5 days"
    assert here("dunning", "set", answer["customer_id"], "first_reminder_days=10", "second_reminder_days=20").code == 0
    answer = here("explain", "INV-24635", "--as-of", "2026-07-08", "--json").json
    assert answer["dunning"] == "first reminder threshold crossed; second reminder in 4 days", "by its own thresholds"


def test_each_application_says_whether_it_counted_and_why(here: Here, lay: Lay) -> None:
    _paid(
        lay,
        """\
ON-TIME,C1,2026-05-10,100,posted,
EARLY,C1,2026-04-20,50,posted,
UNDATED,C1,2026-06-02,25,posted,
LATER,C1,2026-06-20,10,posted,
NEXT-MONTH,C1,2026-07-01,5,posted,
DRAFTED,C1,2026-05-10,4,draft,
PENDING,C1,2026-05-10,4,pending_approval,
BOUNCED,C1,2026-05-10,3,voided,2026-05-15
BOUNCES,C1,2026-05-10,2,voided,2026-07-02
TOO-LATE,C1,2026-05-10,1,voided,2026-06-01
NEVER,C1,2026-05-10,1,voided,2026-07-03
""",
        """\
payment,ON-TIME,INV-1,100,2026-05-10,
payment,EARLY,INV-1,50,2026-04-20,
payment,UNDATED,INV-1,25,,
payment,LATER,INV-1,10,2026-07-05,
payment,NEXT-MONTH,INV-1,5,2026-05-02,
payment,DRAFTED,INV-1,4,2026-05-10,
payment,PENDING,INV-1,4,2026-05-10,
payment,BOUNCED,INV-1,3,2026-05-10,
payment,BOUNCES,INV-1,2,2026-05-11,
payment,TOO-LATE,INV-1,1,2026-06-15,
payment,NEVER,INV-1,1,2026-07-04,
""",
    )
    answer = here(*ASKED, "--json").json
    assert _whys(answer) == {
        "EARLY": ("2026-05-01", True, "counts"),
        "NEXT-MONTH": ("2026-07-01", False, "payment NEXT-MONTH is dated 2026-07-01"),
        "ON-TIME": ("2026-05-10", True, "counts"),
        "DRAFTED": ("2026-05-10", False, "payment DRAFTED is draft"),
        "PENDING": ("2026-05-10", False, "payment PENDING is pending approval"),
        "BOUNCED": ("2026-05-10", False, "payment BOUNCED was voided on 2026-05-15"),
        "BOUNCES": ("2026-05-11", True, "counts"),
        "UNDATED": ("2026-06-02", True, "counts; undated, so from the later of its two documents"),
        "TOO-LATE": ("2026-06-15", False, "payment TOO-LATE was voided on 2026-06-01"),
        "LATER": ("2026-07-05", False, "takes effect on 2026-07-05"),
        "NEVER": (
            "2026-07-04",
            False,
            "never counts: payment NEVER is voided on 2026-07-03, before it would take effect",
        ),
    }
    assert answer["outstanding_cents"] == answer["added_up_cents"] == 100000 - 10000 - 5000 - 2500 - 200
    # From the day it is voided on it does not count, until the day before it does.
    for day, counted in (("2026-05-14", True), ("2026-05-15", False)):
        bounced = here("explain", "INV-1", "--as-of", day, "--json").json
        assert _whys(bounced)["BOUNCED"][1] is counted


def test_the_shape_is_the_pinned_one(here: Here, lay: Lay) -> None:
    _paid(lay, "P,C1,2026-05-10,100,posted,\n", "payment,P,INV-1,98,2026-05-11,2\n")
    assert here(*ASKED, "--json").json == {
        "invoice_id": "INV-1",
        "tranid": None,
        "as_of": "2026-06-30",
        "customer_id": "C1",
        "customer_name": "Acme",
        "company": "default",
        "currency": "USD",
        "invoice_date": "2026-05-01",
        "due_date": "2026-05-31",
        "due_date_derived": None,
        "status": "posted",
        "counts": True,
        "counts_reason": None,
        "amount_cents": 100000,
        "outstanding_cents": 90000,
        "excess_cents": 0,
        "days_overdue": 30,
        "bucket": "days_30",
        "disputed": False,
        "dunning": "final notice threshold crossed; agency in 30 days",
        "installments": [],
        "applications": [
            {
                "kind": "application",
                "source_type": "payment",
                "source_id": "P",
                "customer_id": "C1",
                "dated": "2026-05-11",
                "effective_on": "2026-05-11",
                "amount_cents": 9800,
                "discount_cents": 200,
                "counted": True,
                "why": "counts",
            }
        ],
        "write_offs": [],
        "added_up_cents": 90000,
        "ok": True,
    }


def test_the_screen_shows_the_balance_after_each_document(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices=INVOICE,
        customer_payments=PAYMENTS + "P1,C1,2026-05-10,300,posted,\nP2,C2,2026-06-10,200,posted,\n",
        credit_memos="id,customer_id,credit_date,amount\nK1,C1,2026-05-20,50\n",
        payment_applications=APPLICATIONS
        + """\
payment,P1,INV-1,300,2026-05-10,6
payment,P1,INV-1,-100,2026-06-05,
payment,P2,INV-1,200,2026-06-10,
credit_memo,K1,INV-1,50,2026-07-20,
""",
        write_offs="""
            id,invoice_id,written_off_on,amount,recovered_on,recovered_amount
            W1,INV-1,2026-06-12,594,2026-06-20,94
            """,
    )
    shown = here(*ASKED).out
    assert (
        shown
        == """\
Invoice INV-1 of C1 Acme as of 2026-06-30, in USD

What                Document    Dated       Takes effect      Amount    Balance  Why
------------------  ----------  ----------  --------------  --------  ---------  -------------------------------
invoice             INV-1       2026-05-01  2026-05-01      1,000.00   1,000.00  counts
payment             P1          2026-05-10  2026-05-10       -300.00     700.00  counts
discount            P1          2026-05-10  2026-05-10         -6.00     694.00  counts
payment taken back  P1          2026-06-05  2026-06-05        100.00     794.00  counts
payment             P2          2026-06-10  2026-06-10       -200.00     594.00  counts; paid by C2 Acme Holding
write-off           W1          2026-06-12  2026-06-12       -594.00       0.00  counts
recovery            W1          2026-06-20  2026-06-20         94.00      94.00  counts
credit memo         K1          2026-07-20  2026-07-20        -50.00      94.00  takes effect on 2026-07-20
------------------  ----------  ----------  --------------  --------  ---------  -------------------------------
Outstanding                                                               94.00

Due 2026-05-31: 30 days overdue, bucket days_30
Dunning: final notice threshold crossed; agency in 30 days
"""
    )
    assert here(*ASKED, "--format", "csv").out.splitlines() == [
        "what,document,dated,effective_on,amount,balance,why",
        "invoice,INV-1,2026-05-01,2026-05-01,1000.00,1000.00,counts",
        "payment,P1,2026-05-10,2026-05-10,-300.00,700.00,counts",
        "discount,P1,2026-05-10,2026-05-10,-6.00,694.00,counts",
        "payment taken back,P1,2026-06-05,2026-06-05,100.00,794.00,counts",
        "payment,P2,2026-06-10,2026-06-10,-200.00,594.00,counts; paid by C2 Acme Holding",
        "write-off,W1,2026-06-12,2026-06-12,-594.00,0.00,counts",
        "recovery,W1,2026-06-20,2026-06-20,94.00,94.00,counts",
        "credit memo,K1,2026-07-20,2026-07-20,-50.00,94.00,takes effect on 2026-07-20",
    ]
    markdown = here(*ASKED, "--format", "md").out
    assert markdown.startswith("## Invoice INV-1 of C1 Acme as of 2026-06-30, in USD\n\n| What")
    assert "\n- Due 2026-05-31: 30 days overdue, bucket days\\_30\n" in markdown
    answer = here(*ASKED, "--json").json
    assert [each["customer_id"] for each in answer["applications"]] == ["C1", "C1", "C2", "C1"]
    assert [(each["kind"], each["amount_cents"], each["counted"]) for each in answer["write_offs"]] == [
        ("write_off", 59400, True), ("recovery", 9400, True),
    ]  # fmt: skip


def test_a_write_off_counts_from_its_invoice_on_and_while_it_is_not_voided(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices=INVOICE,
        write_offs="""
            id,invoice_id,written_off_on,amount,status,voided_on,recovered_on,recovered_amount
            EARLY,INV-1,2026-04-01,10,posted,,2026-08-01,4
            VOIDED,INV-1,2026-06-01,20,voided,2026-06-10,,
            DRAFT,INV-1,2026-06-01,30,draft,,,
            """,
    )
    answer = here(*ASKED, "--json").json
    assert [(each["source_id"], each["kind"], each["effective_on"], each["why"]) for each in answer["write_offs"]] == [
        ("EARLY", "write_off", "2026-05-01", "counts"),
        ("DRAFT", "write_off", "2026-06-01", "write-off DRAFT is draft"),
        ("VOIDED", "write_off", "2026-06-01", "write-off VOIDED was voided on 2026-06-10"),
        ("EARLY", "recovery", "2026-08-01", "takes effect on 2026-08-01"),
    ]
    assert answer["outstanding_cents"] == 99000


def test_an_invoice_that_does_not_count_says_why(here: Here, lay: Lay) -> None:
    _paid(
        lay,
        "P,C1,2026-05-10,100,posted,\n",
        "payment,P,INV-1,100,2026-05-10,\n",
        "id,customer_id,invoice_date,due_date,amount,status,voided_on\n"
        "INV-1,C1,2026-05-01,2026-05-31,1000,voided,2026-06-15\nDR,C1,2026-05-01,2026-05-31,7,draft,\n",
    )
    voided = here(*ASKED, "--json").json
    assert (voided["counts"], voided["counts_reason"]) == (False, "invoice INV-1 was voided on 2026-06-15")
    assert (voided["outstanding_cents"], voided["bucket"], voided["dunning"]) == (0, None, None)
    assert _whys(voided)["P"] == ("2026-05-10", False, "invoice INV-1 was voided on 2026-06-15")
    assert here("explain", "INV-1", "--as-of", "2026-06-14", "--json").json["outstanding_cents"] == 90000
    future = here("explain", "INV-1", "--as-of", "2026-04-30", "--json").json
    assert (future["counts_reason"], future["outstanding_cents"]) == ("invoice INV-1 is dated 2026-05-01", 0)
    draft = here("explain", "DR", "--as-of", "2026-06-30", "--json").json
    assert (draft["counts_reason"], draft["status"], draft["due_date"]) == (
        "invoice DR is draft",
        "draft",
        "2026-05-31",
    )
    assert "invoice DR is draft" in here("explain", "DR", "--as-of", "2026-06-30").out


def test_what_a_full_sync_dropped_is_named(here: Here, lay: Lay) -> None:
    others = "".join(f"X{number},C1,2026-05-01,2026-05-31,1\n" for number in range(9))
    _paid(lay, "P,C1,2026-05-10,100,posted,\nQ,C1,2026-05-11,5,posted,\n", "payment,P,INV-1,100,2026-05-10,\n")
    lay(customer_invoices=INVOICE + others, payment_applications=APPLICATIONS + "payment,Q,INV-1,5,2026-05-11,\n")
    folder = here.db.parent / "whole"
    folder.mkdir()
    (folder / "customer_payments.csv").write_text(PAYMENTS + "Q,C1,2026-05-11,5,posted,\n", encoding="utf-8")
    assert here("--quiet", "sync", "--from", str(folder), "--full", "--accept", "cut over").code == 0
    answer = here(*ASKED, "--json").json
    assert _whys(answer)["P"] == ("2026-05-10", False, "payment P is no longer in the ERP")
    (folder / "customer_payments.csv").unlink()
    (folder / "payment_applications.csv").write_text(APPLICATIONS, encoding="utf-8")
    assert here("--quiet", "sync", "--from", str(folder), "--full", "--accept", "cut over").code == 0
    assert _whys(here(*ASKED, "--json").json)["Q"][2] == "this application is no longer in the ERP"
    (folder / "customer_invoices.csv").write_text(INVOICE.splitlines()[0] + "\n" + others, encoding="utf-8")
    assert here("--quiet", "sync", "--from", str(folder), "--full", "--accept", "cut over").code == 0
    gone = here(*ASKED, "--json").json
    assert (gone["counts_reason"], gone["outstanding_cents"]) == ("invoice INV-1 is no longer in the ERP", 0)
    assert here(*ASKED, "--known-at", "2", "--json").json["outstanding_cents"] == 89500


def test_instalments_are_listed_while_they_are_open(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="id,customer_id,invoice_date,amount\nINV-1,C1,2026-03-01,900\n",
        invoice_installments="""
            invoice_id,installment,due_date,amount
            INV-1,1,2026-03-31,300
            INV-1,2,2026-04-30,300
            INV-1,3,2026-07-31,300
            """,
        customer_payments=PAYMENTS + "P,C1,2026-04-02,400,posted,\n",
        payment_applications=APPLICATIONS + "payment,P,INV-1,400,2026-04-02,\n",
    )
    answer = here(*ASKED, "--json").json
    assert answer["installments"] == [
        {"installment": 2, "due_date": "2026-04-30", "days_overdue": 61, "bucket": "days_90", "outstanding_cents": 20000},
        {"installment": 3, "due_date": "2026-07-31", "days_overdue": -31, "bucket": "current", "outstanding_cents": 30000},
    ]  # fmt: skip
    assert (answer["days_overdue"], answer["bucket"], answer["due_date"]) == (61, "days_90", "2026-03-31")
    assert answer["due_date_derived"] is None
    assert here(*ASKED).out.endswith("""\
Due 2026-04-30: 61 days overdue, bucket days_90
Instalment 2: 200.00 due 2026-04-30, 61 days overdue, bucket days_90
Instalment 3: 300.00 due 2026-07-31, due in 31 days, bucket current
Dunning: agency threshold crossed
""")


def test_an_over_applied_invoice_owes_nothing_and_names_the_credit(here: Here, lay: Lay) -> None:
    _paid(lay, "P,C1,2026-05-10,1200,posted,\n", "payment,P,INV-1,1200,2026-05-10,\n")
    answer = here(*ASKED, "--json").json
    assert (answer["outstanding_cents"], answer["excess_cents"], answer["bucket"]) == (0, 20000, None)
    assert here(*ASKED).out.endswith("Due 2026-05-31\nOver-applied by 200.00: that is credit of the customer\n")


def test_a_missing_due_date_is_by_terms(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,disputed,tranid,status
            T,C1,2026-05-01,,10,T,INV/7,posted
            N,C2,2026-05-01,,10,,,posted
            A,C3,2026-05-01,,10,,,draft
            """,
    )
    by_terms = here("explain", "T", "--as-of", "2026-05-31")
    assert by_terms.out.startswith("Invoice T (INV/7) of C1 Acme as of 2026-05-31, in USD\n")
    assert by_terms.out.endswith("""\
Due 2026-05-31: due today, bucket current
Note: no due date in the ERP: by terms Net 30
Disputed: aged and marked, and no letter asks for it
Dunning: no dunning threshold crossed; first reminder in 7 days
""")
    derived = {
        name: (answer["due_date"], answer["due_date_derived"], answer["disputed"])
        for name in ("T", "N", "A")
        for answer in [here("explain", name, "--as-of", "2026-05-31", "--json").json]
    }
    assert derived == {
        "T": ("2026-05-31", "no due date in the ERP: by terms Net 30", True),
        "N": ("2026-05-01", "no due date in the ERP and no terms: the invoice date", False),
        "A": ("2026-05-01", "no due date in the ERP and terms as agreed are not understood: the invoice date", False),
    }


def _same_number(here: Here, lay: Lay) -> None:
    assert here("--quiet", "init").code == 0
    assert here("--quiet", "--company", "north", "init").code == 0
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,amount,tranid,company
            1,C1,2026-05-01,10,INV-9,default
            2,C1,2026-05-01,20,INV-9,north
            3,C1,2026-05-01,30,1,default
            """,
    )


def test_an_invoice_is_found_by_its_id_first_and_by_its_number(here: Here, lay: Lay) -> None:
    _same_number(here, lay)
    assert here("explain", "3", "--as-of", "2026-06-30", "--json").json["tranid"] == "1"
    assert here("explain", "1", "--as-of", "2026-06-30", "--json").json["amount_cents"] == 1000
    ran = here("explain", "INV-9", "--as-of", "2026-06-30")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: 2 invoices bear the number INV-9\nhint: name one by its id: 1, 2\n"
    north = here("--company", "north", "explain", "INV-9", "--as-of", "2026-06-30")
    assert "Invoice 2 (INV-9) of C1 Acme as of 2026-06-30, company north, in USD" in north.out
    elsewhere = here("--company", "north", "explain", "1", "--as-of", "2026-06-30")
    assert (elsewhere.code, elsewhere.out) == (2, "")
    assert "company north holds no invoice 1" in elsewhere.err


@pytest.mark.parametrize("invoice", ["INV-2", "", "inv-1", "INV-1 ", "%", "'; DROP TABLE days; --"])
def test_an_unknown_invoice_exits_with_2(here: Here, lay: Lay, invoice: str) -> None:
    lay(customers=CUSTOMERS, customer_invoices=INVOICE)
    ran = here("explain", invoice, "--as-of", "2026-06-30")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: the ledger holds no invoice {invoice}".rstrip())


def test_known_at_explains_what_was_known(here: Here, lay: Lay) -> None:
    lay(customers=CUSTOMERS, customer_invoices=INVOICE)
    _paid(lay, "P,C1,2026-05-10,100,posted,\n", "payment,P,INV-1,100,2026-05-10,\n")
    before = here(*ASKED, "--known-at", "1", "--json").json
    assert (before["outstanding_cents"], before["applications"]) == (100000, [])
    assert here(*ASKED, "--known-at", "2", "--json").json == here(*ASKED, "--json").json


def test_a_ledger_that_contradicts_itself_exits_with_1(here: Here, lay: Lay) -> None:
    _paid(lay, "P,C1,2026-05-10,100,posted,\n", "payment,P,INV-1,100,2026-05-10,\n")
    with closing(sqlite3.connect(here.db)) as connection, connection:
        connection.execute("UPDATE ar_items SET final_cents = final_cents + 1")
    ran = here(*ASKED)
    assert ran.code == 1
    assert "DOES NOT ADD UP: the documents give 900.00, the aging 900.01" in ran.out
    assert ran.err == (
        "error: invoice INV-1 does not add up: its documents give 900.00 USD, the aging 900.01\n"
        "hint: sync again with --full; if it stays, restore a backup\n"
    )
    assert (here(*ASKED, "--json").code, here(*ASKED, "--json").json["ok"]) == (1, False)


HOSTILE = ("[/PO-1] [red]Holdings", "=HYPERLINK(0)", "Ada | *Bold* <b>", "Ünïcode 株式会社", "tab\tand\x1b[2Jclear")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(here: Here, lay: Lay, name: str) -> None:
    lay(
        customers=f'id,name\nC1,"{name}"\nC2,"{name}"\n',
        customer_invoices='id,customer_id,invoice_date,due_date,amount\n"=1+1",C1,2026-05-01,2026-05-31,1000\n',
        customer_payments='id,customer_id,receipt_date,amount\n"@P[/]",C2,2026-05-10,100\n',
        payment_applications='source_type,source_id,invoice_id,amount\npayment,"@P[/]","=1+1",100\n',
    )
    asked = ("explain", "=1+1", "--as-of", "2026-06-30")
    answer = here(*asked, "--json").json
    assert (answer["customer_name"], answer["outstanding_cents"]) == (name, 90000)
    assert answer["applications"][0]["why"].endswith(f"paid by C2 {name}")
    for shape in ("table", "md"):
        ran = here(*asked, "--format", shape)
        assert (ran.code, "\x1b" in ran.out) == (0, False)
    rows = list(csv.reader(io.StringIO(here(*asked, "--format", "csv").out)))
    assert [row[1] for row in rows[1:]] == ["'=1+1", "'@P[/]"]
    assert rows[2][6].endswith(f"paid by C2 {name}")
