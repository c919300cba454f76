"""`arctl age --gl-balance`: the difference to the control account by name, and exit 1 for what has none."""

from typing import Any

import pytest

from tests.aging.conftest import Here, Lay

CUSTOMERS = "id,name\nC1,Acme\n"
ASKED = ("age", "--as-of", "2026-06-30", "--gl-balance")


def _lines(control: dict[str, Any]) -> dict[str, tuple[int, bool, list[str]]]:
    """Code -> (cents, whether it explains, document ids) of every line that has documents."""
    return {
        line["code"]: (line["cents"], line["explains"], [document["id"] for document in line["documents"]])
        for line in control["lines"]
        if line["documents"]
    }


def _month_end(lay: Lay) -> None:
    """Net 1,000.00 at the end of June; the general ledger has documents in other months, deposits apart, voids undone."""
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,posting_period,status,voided_on
            A,C1,2026-05-01,2026-05-31,800,2026-05,posted,
            B,C1,2026-06-29,2026-07-29,500,2026-07,posted,
            C,C1,2026-07-01,2026-07-31,120,2026-06,posted,
            D,C1,2026-07-02,2026-08-01,9,2026-07,posted,
            E,C1,2026-06-10,2026-07-10,60,2026-06,voided,2026-07-06
            F,C1,2026-06-11,2026-07-11,9,2026-07,draft,
            """,
        customer_payments="""
            id,customer_id,receipt_date,amount,kind,posting_period
            P,C1,2026-06-15,100,payment,2026-06
            DEP,C1,2026-06-16,260,deposit,2026-06
            """,
        payment_applications="source_type,source_id,invoice_id,amount,applied_on\npayment,DEP,A,10,2026-06-20\n",
    )


def test_an_equal_balance_agrees(here: Here, lay: Lay) -> None:
    lay(customers=CUSTOMERS, customer_invoices="id,customer_id,invoice_date,amount\nA,C1,2026-06-01,1234.50\n")
    ran = here(*ASKED, "1,234.50")
    assert (ran.code, ran.err) == (0, "")
    assert "General ledger 1,234.50, aging 1,234.50 USD: difference 0.00\nThe general ledger agrees\n" in ran.out
    assert "control" not in here("age", "--as-of", "2026-06-30", "--json").json


def test_what_is_posted_in_another_period_is_named(here: Here, lay: Lay) -> None:
    _month_end(lay)
    ran = here(*ASKED, "620", "--json")  # without B, with C
    assert ran.code == 0
    assert ran.json["totals"]["net_cents"] == 100000
    assert ran.json["control"] == {
        "gl_balance_cents": 62000,
        "net_cents": 100000,
        "difference_cents": -38000,
        "lines": [
            {
                "code": "posted_later",
                "cents": -50000,
                "explains": True,
                "documents": [{"source_type": "invoice", "id": "B", "cents": -50000}],
            },
            {
                "code": "posted_before",
                "cents": 12000,
                "explains": True,
                "documents": [{"source_type": "invoice", "id": "C", "cents": 12000}],
            },
            {
                "code": "deposits",
                "cents": 25000,
                "explains": False,
                "documents": [{"source_type": "payment", "id": "DEP", "cents": 25000}],
            },
            {
                "code": "voided_since",
                "cents": -6000,
                "explains": False,
                "documents": [{"source_type": "invoice", "id": "E", "cents": -6000}],
            },
        ],
        "unreadable_periods": [],
        "unexplained_cents": 0,
        "ok": True,
    }


@pytest.mark.parametrize(
    ("balance", "causes"),
    [("870", {"deposits"}), ("560", {"voided_since"}), ("810", {"deposits", "voided_since"})],
)
def test_deposits_and_voids_since_explain_what_they_make_up(
    here: Here, lay: Lay, balance: str, causes: set[str]
) -> None:
    _month_end(lay)
    ran = here(*ASKED, balance, "--json")
    assert (ran.code, ran.json["control"]["unexplained_cents"]) == (0, 0)
    named = {code for code, (_, explains, _) in _lines(ran.json["control"]).items() if explains}
    assert named == causes | {"posted_later", "posted_before"}


def test_the_rest_is_unexplained_and_fails(here: Here, lay: Lay) -> None:
    _month_end(lay)
    ran = here(*ASKED, "871.01")
    assert ran.code == 1
    assert (
        """
General ledger 871.01, aging 1,000.00 USD: difference -128.99
  -500.00 counted by then and posted in a later period: B
  120.00 dated later and posted in this period or before: C
  250.00 unapplied deposits, a liability in the general ledger: DEP (does not explain it)
  -60.00 voided since, and gone from the general ledger: E (does not explain it)
UNEXPLAINED: 251.01; FX revaluation, if any, is part of it
"""
        in ran.out
    )
    assert ran.err == (
        "error: the general ledger and the aging of default USD differ by 251.01 that nothing explains\n"
        "hint: look for journals posted to the control account, and for documents that a sync has not brought\n"
    )
    answer = here(*ASKED, "871.01", "--json")
    assert (answer.code, answer.json["control"]["ok"], answer.json["control"]["unexplained_cents"]) == (1, False, 25101)
    assert "- UNEXPLAINED: 251.01" in here(*ASKED, "871.01", "--format", "md").out
    assert here(*ASKED, "871.01", "--format", "csv").code == 1


def test_a_void_since_takes_all_with_it_that_stops(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,amount,status,voided_on
            A,C1,2026-06-01,100,posted,
            V,C1,2026-06-01,50,voided,2026-07-02
            """,
        customer_payments="id,customer_id,receipt_date,amount,status,voided_on\nP,C1,2026-06-05,40,voided,2026-07-03\n",
        payment_applications="source_type,source_id,invoice_id,amount,discount\npayment,P,A,40,2\n",
        write_offs="id,invoice_id,written_off_on,amount\nW,V,2026-06-20,5\n",
    )
    ran = here(*ASKED, "100", "--json")  # what will be left of it all by July
    assert (ran.code, ran.json["control"]["difference_cents"]) == (0, -300)
    assert _lines(ran.json["control"]) == {"voided_since": (-300, True, ["A", "V", "V", "P"])}
    assert here("age", "--as-of", "2026-07-03", "--gl-balance", "100").code == 0


def test_within_a_month_what_is_merely_dated_later_is_not_posted_before(here: Here, lay: Lay) -> None:
    _month_end(lay)
    control = here("age", "--as-of", "2026-06-12", "--gl-balance", "0", "--json").json["control"]
    assert "P" not in {each for _, _, ids in _lines(control).values() for each in ids}
    assert _lines(control)["posted_before"] == (12000, True, ["C"])
    assert "posted_later" not in _lines(control)


def test_periods_in_another_form_are_left_out_and_named(here: Here, lay: Lay) -> None:
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,amount,posting_period
            A,C1,2026-06-01,100,Jul 2026
            B,C1,2026-06-01,10,2026-13
            C,C1,2026-06-01,1,2026-07
            """,
    )
    ran = here(*ASKED, "110")
    assert ran.code == 0
    assert (
        "  posting periods in another form than YYYY-MM are left out: 2026-13, Jul 2026\nExplained in full\n" in ran.out
    )
    assert here(*ASKED, "110", "--json").json["control"]["unreadable_periods"] == ["2026-13", "Jul 2026"]


def test_narrowing_the_list_does_not_narrow_the_account(here: Here, lay: Lay) -> None:
    _month_end(lay)
    ran = here(*ASKED, "620", "--bucket", "days_90", "--by", "invoice", "--credits", "net", "--json")
    assert (ran.code, ran.json["control"]["net_cents"], ran.json["shown"]["open_invoices"]) == (0, 100000, 0)
    assert "Explained in full" in here(*ASKED, "620", "--limit", "1").out


def test_known_at_compares_what_was_known(here: Here, lay: Lay) -> None:
    _month_end(lay)
    lay(
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,posting_period
            B,C1,2026-06-29,2026-07-29,500,2026-06
            """,
    )
    assert here(*ASKED, "620", "--json").code == 1
    then = here(*ASKED, "620", "--known-at", "1", "--json")
    assert (then.code, _lines(then.json["control"])["posted_later"]) == (0, (-50000, True, ["B"]))


def test_it_is_one_account_of_one_company_and_currency(here: Here, lay: Lay) -> None:
    assert here("--quiet", "init").code == 0
    assert here("--quiet", "--company", "north", "init").code == 0
    lay(
        customers=CUSTOMERS,
        customer_invoices="""
            id,customer_id,invoice_date,amount,currency,company,posting_period
            A,C1,2026-06-01,100,USD,default,2026-06
            B,C1,2026-06-01,2000,JPY,default,2026-07
            C,C1,2026-06-01,3,USD,north,2026-07
            """,
    )
    several = here(*ASKED, "100")
    assert (several.code, several.out) == (2, "")
    assert several.err.startswith("error: --gl-balance is one account's balance")
    dollars = here("--company", "default", *ASKED, "100", "--currency", "USD", "--json")
    assert (dollars.code, _lines(dollars.json["control"])) == (0, {})
    yen = here(*ASKED, "0", "--currency", "JPY", "--json")
    assert (yen.code, _lines(yen.json["control"])) == (0, {"posted_later": (-2000, True, ["B"])})
    assert here(*ASKED, "0.5", "--currency", "JPY").code == 2
    north = here("--company", "north", *ASKED, "0", "--json")
    assert (north.code, _lines(north.json["control"])) == (0, {"posted_later": (-300, True, ["C"])})


@pytest.mark.parametrize("amount", ["ten", "", "1.234,50", "1e3", "10.001"])
def test_an_amount_that_is_none_exits_with_2(here: Here, lay: Lay, amount: str) -> None:
    _month_end(lay)
    ran = here(*ASKED, amount)
    assert (ran.code, ran.out) == (2, "")


def test_a_credit_balance_and_an_empty_ledger(here: Here) -> None:
    assert here("--quiet", "init").code == 0
    assert here(*ASKED, "0").code == 0
    ran = here(*ASKED, "-12.00")
    assert (ran.code, "UNEXPLAINED: -12.00" in ran.out) == (1, True)
