"""`arctl allowance` as an operator runs it: policies, estimates, comparison, rate, roll-forward, look-back."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from arctl.core.allowance import Method
from tests.aging.conftest import Here, Lay, Ran
from tests.conftest import Arctl

AGING = ("--method", "aging_method", "--effective", "2026-01-01")


def _new(here: Here, *args: str, name: str = "standard") -> int:
    ran = here("allowance", "new", "--name", name, *(args or AGING), "--json")
    assert ran.code == 0, ran.err
    assert ran.json["status"] == "draft"
    version = ran.json["version"]
    assert isinstance(version, int)
    return version


def _in_force(here: Here, *args: str, company: str | None = None) -> int:
    whose = ("--company", company) if company else ()
    ran = here(*whose, "allowance", "new", "--name", "standard", *(args or AGING), "--json")
    version = str(ran.json["version"])
    submitted = here("allowance", "submit", version, "--json")
    assert (submitted.code, submitted.json["status"]) == (0, "pending_approval")
    decided = here("allowance", "approve", version, "--self-approve", "--reason", "alone here", "--json")
    assert (decided.code, decided.json["status"], decided.json["version"]) == (0, "approved", int(version))
    return int(version)


def _two_customers(lay: Lay) -> None:
    lay(
        customers="id,name\nC1,Acme\nC2,[red] Bolt\n",
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount
            A,C1,2026-06-01,2026-07-01,1000.50
            B,C1,2026-04-01,2026-05-01,200
            C,C2,2026-01-01,2026-01-31,40.01
            """,
        customer_payments="id,customer_id,receipt_date,amount\nP1,C1,2026-06-02,50\n",
    )


def test_an_estimate_by_customer(here: Here, lay: Lay) -> None:
    _two_customers(lay)
    version = _in_force(here)
    answer = here("allowance", "estimate", "--as-of", "2026-06-30", "--json").json
    # 1,000.50 x 1 % + 200 x 10 % (60 days) = 30.005; 40.01 x 50 % = 20.005: each half up
    assert {key: answer[key] for key in ("as_of", "method", "version", "estimated_bad_debt_cents", "in_force")} == {
        "as_of": "2026-06-30", "method": "aging_method", "version": version, "estimated_bad_debt_cents": 3001 + 2001, "in_force": True,
    }  # fmt: skip
    assert [(row["customer_id"], row["estimated_bad_debt_cents"]) for row in answer["customers"]] == [
        ("C1", 3001),
        ("C2", 2001),
    ]
    screen = here("allowance", "estimate", "--as-of", "2026-06-30").out
    assert "[red] Bolt" in screen
    assert "SELF-APPROVED by" in screen
    assert "alone here" in screen
    table = list(csv.reader(io.StringIO(here("allowance", "estimate", "--as-of", "2026-06-30", "--format", "csv").out)))
    assert [row[9] for row in table] == ["estimated_bad_debt", "30.01", "20.01"]
    assert "| Total" in here("allowance", "estimate", "--as-of", "2026-06-30", "--format", "md").out.replace("**", "")


def test_a_net_policy_lets_credit_reduce_the_oldest(here: Here, lay: Lay) -> None:
    _two_customers(lay)
    _in_force(here, *AGING, "--base", "net")
    answer = here("allowance", "estimate", "--as-of", "2026-06-30", "--json").json
    assert [row["estimated_bad_debt_cents"] for row in answer["customers"]] == [2501, 2001]  # 150 at 10 %, not 200
    assert answer["days_60_cents"] == 20000


def test_an_estimate_of_what_was_known_earlier(here: Here, lay: Lay) -> None:
    _two_customers(lay)
    lay(customer_invoices="id,customer_id,invoice_date,due_date,amount\nC,C2,2026-01-01,2026-01-31,80.01\n")
    _in_force(here)
    for known_at, cents in (("1", 2001), ("2", 4001)):
        asked = ("allowance", "estimate", "--as-of", "2026-06-30", "--known-at", known_at, "--json")
        losses = {row["customer_id"]: row["estimated_bad_debt_cents"] for row in here(*asked).json["customers"]}
        assert losses == {"C1": 3001, "C2": cents}


def test_another_version_can_be_tried_and_is_marked(here: Here, lay: Lay) -> None:
    _two_customers(lay)
    _in_force(here)
    trial = _new(here, "--method", "percentage_of_ar", "--flat", "10", "--effective", "2026-01-01", name="trial")
    tried = here("allowance", "estimate", "--as-of", "2026-06-30", "--config", str(trial), "--json").json
    assert (tried["version"], tried["in_force"], tried["estimated_bad_debt_cents"]) == (trial, False, 12005 + 400)
    screen = here("allowance", "estimate", "--as-of", "2026-06-30", "--config", str(trial)).out
    assert f"NOT IN FORCE on 2026-06-30: version {trial} is only tried here" in screen


def test_without_a_policy_in_force_nothing_is_estimated(here: Here, lay: Lay) -> None:
    _two_customers(lay)
    for prepare in (lambda: None, lambda: _new(here), lambda: here("allowance", "submit", "1")):
        prepare()
        for args in (
            ("estimate", "--as-of", "2026-06-30"),
            ("rollforward", "2026-05-31", "2026-06-30"),
            ("lookback", "2026-06-30"),
        ):
            ran = here("allowance", *args, "--json")
            assert (ran.code, ran.out) == (4, "")
            assert ran.err.startswith("error: company default has no approved allowance policy in force on 2026-0")


def _two_companies(lay: Lay) -> None:
    lay(
        customers="id,name,company\nC1,Acme,default\nC2,Bolt,north\n",
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,currency,company
            A,C1,2026-04-01,2026-04-30,100,USD,default
            B,C1,2026-05-01,2026-07-30,20,EUR,default
            C,C2,2026-05-01,2026-05-31,300,EUR,north
            """,
    )


def test_companies_and_currencies_stand_apart(here: Here, lay: Lay) -> None:
    _two_companies(lay)
    refused = here("allowance", "new", "--name", "x", *AGING)
    assert (refused.code, "there are several: default, north" in refused.err) == (2, True)
    _in_force(here, company="default")
    half = here("allowance", "estimate", "--as-of", "2026-06-30", "--json")
    assert (half.code, "company north has no approved" in half.err) == (4, True)
    _in_force(here, "--method", "percentage_of_ar", "--flat", "2", "--effective", "2026-01-01", company="north")
    answer = here("allowance", "estimate", "--as-of", "2026-06-30", "--json").json
    assert (answer["method"], answer["version"], answer["estimated_bad_debt_cents"]) == (None, None, None)
    assert [(g["company"], g["currency"], g["version"], g["estimated_bad_debt_cents"]) for g in answer["groups"]] == [
        ("default", "USD", 1, 2500), ("default", "EUR", 1, 20), ("north", "EUR", 2, 600),
    ]  # fmt: skip
    own = here("--company", "north", "allowance", "estimate", "--as-of", "2026-06-30", "--json").json
    assert (own["version"], own["estimated_bad_debt_cents"]) == (2, 600)
    assert here("--company", "north", "allowance", "show", "1").code == 2
    assert [row["version"] for row in here("--company", "north", "allowance", "list", "--json").json] == [2]
    rolled = here("allowance", "rollforward", "2026-05-31", "2026-06-30", "--json").json
    assert [(g["currency"], g["opening_cents"], g["provision_cents"], g["closing_cents"]) for g in rolled["groups"]] == [
        ("USD", 1000, 1500, 2500), ("EUR", 20, 0, 20), ("EUR", 600, 0, 600),
    ]  # fmt: skip
    several = here("allowance", "rollforward", "2026-05-31", "2026-06-30", "--gl-allowance", "5")
    assert (several.code, several.out) == (2, "")


def test_who_is_typed_does_not_change_who_runs_it(here: Here) -> None:
    assert here("--quiet", "init").code == 0
    made = here("--actor", "amy", "allowance", "new", "--name", "x", *AGING)
    assert (made.code, here("--actor", "amy", "allowance", "submit", "1").code) == (0, 0)
    refused = here("--actor", "ben", "allowance", "approve", "1", "--reason", "reviewed")
    assert refused.code == 4
    assert refused.err.startswith("error: version 1 was made by amy (system user ")
    assert "--self-approve --reason" in refused.err
    unreasoned = here("--actor", "ben", "allowance", "approve", "1", "--self-approve")
    assert (unreasoned.code, unreasoned.err.splitlines()[0]) == (2, "error: --self-approve needs its reason")
    assert here("--actor", "ben", "allowance", "approve", "1", "--self-approve", "--reason", "one account").code == 0
    shown = here("allowance", "show", "1", "--json").json
    assert (shown["self_approved"], shown["approved_by"], shown["created_by"]) == (True, "ben", "amy")
    assert shown["approved_os_user"] == shown["created_os_user"]
    assert [step["status"] for step in shown["decisions"]] == ["pending_approval", "approved"]


def test_the_actor_of_the_environment_does_not_either(arctl: Arctl) -> None:
    arctl("--quiet", "init")
    arctl("allowance", "new", "--name", "x", *AGING, env={"ARCTL_ACTOR": "amy"})
    arctl("allowance", "submit", "1", env={"ARCTL_ACTOR": "amy"})
    refused = arctl("allowance", "approve", "1", env={"ARCTL_ACTOR": "ben", "USER": "ben", "LOGNAME": "ben"})
    assert (refused.returncode, refused.stdout) == (4, "")


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("--method", "aging_method", "--pct", "days_30=101"), "more than 100"),
        (("--method", "aging_method", "--pct", "days_30=1.005"), "two decimals"),
        (("--method", "aging_method", "--pct", "days_31=5"), "names no bucket"),
        (("--method", "aging_method", "--pct", "days_30"), "names no bucket"),
        (("--method", "aging_method", "--pct", "days_30=1", "--pct", "days_30=2"), "twice"),
        (("--method", "aging_method", "--flat", "5"), "does not belong"),
        (("--method", "percentage_of_ar"), "needs --flat"),
        (("--method", "percentage_of_ar", "--pct", "days_30=5"), "does not belong"),
        (("--method", "historical_method"), "needs --rate"),
        (("--method", "historical_method", "--rate", "-1"), "not a percentage"),
        (("--method", "guess"), "guess"),
        (("--method", "aging_method", "--base", "neat"), "neat"),
        (("--method", "aging_method", "--expires", "2026-01-01"), "not after"),
        (("--method", "aging_method", "--expires", "2026-02-30"), "not a date"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(here: Here, args: tuple[str, ...], word: str) -> None:
    assert here("--quiet", "init").code == 0
    ran = here("allowance", "new", "--name", "x", "--effective", "2026-01-01", *args)
    assert (ran.code, ran.out) == (2, "")
    assert word in ran.err
    assert here("allowance", "list", "--json").json == []


HOSTILE = ["[red]x[/red]", "=cmd|'/c calc'!A0", 'O\'Brien "quoted"; --', "+1", "Größe 中文", "x" * 100]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stands_as_it_is(here: Here, name: str) -> None:
    assert here("--quiet", "init").code == 0
    _new(here, name=name)
    assert here("allowance", "list", "--json").json[0]["name"] == name
    assert name in here("allowance", "list").out
    assert name in here("allowance", "show", "1").out
    (row,) = csv.DictReader(io.StringIO(here("allowance", "list", "--format", "csv").out))
    assert row["name"] == (f"'{name}" if name[0] in "=+" else name)


@pytest.mark.parametrize("name", ["", "   ", "two\nlines", "esc\x1b[31m", "x" * 101, "x" * 300])
def test_a_name_that_cannot_be_read_is_refused(here: Here, name: str) -> None:
    assert here("--quiet", "init").code == 0
    ran = here("allowance", "new", "--name", name, *AGING)
    assert (ran.code, ran.err) == (2, "error: --name takes 1 to 100 printable characters\n")


def test_the_methods_side_by_side(here: Here, lay: Lay) -> None:
    _two_customers(lay)
    without = here("allowance", "compare", "--as-of", "2026-06-30", "--json").json
    assert without["policy"] is None
    assert [(m["method"], m["estimated_bad_debt_cents"], m["source"]) for m in without["methods"]] == [
        ("percentage_of_ar", None, None),
        ("aging_method", 5002, "the defaults"),
        ("historical_method", 0, "derived from 2025-07-01 to 2026-06-30"),
    ]
    assert "--flat" in without["methods"][0]["reason"]
    _in_force(here, "--method", "percentage_of_ar", "--flat", "10", "--effective", "2026-01-01")
    answer = here("allowance", "compare", "--as-of", "2026-06-30", "--customers", "--json").json
    assert [m["estimated_bad_debt_cents"] for m in answer["methods"]] == [12405, 5002, 0]
    assert [m["difference_cents"] for m in answer["methods"]] == [0, 5002 - 12405, -12405]
    for method, total in zip(Method, (12405, 5002, 0), strict=True):
        assert sum(row[method] for row in answer["customers"]) == total
    for shape in ("table", "csv", "md"):
        assert "percentage" in here("allowance", "compare", "--as-of", "2026-06-30", "--format", shape).out
        assert "Bolt" in here("allowance", "compare", "--as-of", "2026-06-30", "--customers", "--format", shape).out


def _losses(lay: Lay) -> None:
    """May 2025 to April 2026: 10,000 sold and 1,000 credited; 300 written off, of which 120 came back, and 60 by credit memo."""
    lay(
        customers="id,name\nC1,Acme\nC2,Bolt\n",
        customer_invoices="""
            id,customer_id,invoice_date,due_date,amount,kind,status,voided_on
            OLD,C1,2025-04-30,2025-05-30,300,invoice,posted,
            S1,C1,2025-05-01,2025-05-31,9000,invoice,posted,
            S2,C2,2026-04-30,2026-05-30,1000,invoice,posted,
            FC,C2,2026-04-30,2026-05-30,77,finance_charge,posted,
            VO,C2,2026-03-01,2026-03-31,500,invoice,voided,2026-04-01
            DR,C2,2026-03-01,2026-03-31,500,invoice,draft,
            """,
        credit_memos="""
            id,customer_id,credit_date,amount,kind
            CM,C1,2026-02-01,1000,credit_memo
            CW,C2,2026-04-30,60,write_off
            """,
        payment_applications="source_type,source_id,invoice_id,amount\ncredit_memo,CW,S2,60\n",
        write_offs="""
            id,invoice_id,written_off_on,amount,status,voided_on,recovered_on,recovered_amount
            W1,OLD,2025-06-15,300,posted,,2026-04-01,120
            W2,S1,2025-07-01,50,voided,2025-08-01,,
            """,
    )


def test_a_rate_is_derived_shown_and_staged(here: Here, lay: Lay) -> None:
    _losses(lay)
    shown = here("allowance", "derive-rate", "--as-of", "2026-04-30", "--dry-run", "--json").json
    assert {key: shown[key] for key in shown if key.endswith("_cents")} == {
        "write_offs_cents": 36000, "recoveries_cents": 12000, "net_write_offs_cents": 24000, "invoices_cents": 1000000,
        "credit_memos_cents": 100000, "credit_sales_cents": 900000,
    }  # fmt: skip
    assert (shown["from"], shown["until"], shown["write_offs"], shown["invoices"]) == ("2025-05-01", "2026-04-30", 2, 2)
    assert (shown["rate_bp"], shown["rate_pct"], shown["version"]) == (267, "2.67", None)
    assert here("allowance", "list", "--json").json == []
    staged = here("allowance", "derive-rate", "--as-of", "2026-04-30", "--lookback-months", "12", "--json").json
    assert (staged["version"], staged["status"]) == (1, "draft")
    policy = here("allowance", "show", "1", "--json").json
    assert (policy["method"], policy["rate_bp"], policy["effective_date"]) == ("historical_method", 267, "2026-04-30")
    assert policy["inputs"]["net_write_offs_cents"] == 24000
    month = here(
        "allowance", "derive-rate", "--as-of", "2026-04-30", "--lookback-months", "1", "--dry-run", "--json"
    ).json
    assert (month["from"], month["rate_bp"]) == ("2026-04-01", 0)  # 60 lost, 120 recovered
    assert (
        "the rate is 0"
        in here("allowance", "derive-rate", "--as-of", "2026-04-30", "--lookback-months", "1", "--dry-run").out
    )
    none = here("allowance", "derive-rate", "--as-of", "2024-04-30")
    assert (none.code, "there are no credit sales in USD from 2023-05-01 to 2024-04-30" in none.err) == (4, True)


def test_a_rate_of_several_currencies_is_the_companys_own(here: Here, lay: Lay) -> None:
    _two_companies(lay)
    several = here("allowance", "derive-rate", "--as-of", "2026-06-30")
    assert several.code == 2
    assert len(here("allowance", "derive-rate", "--as-of", "2026-06-30", "--dry-run", "--json").json["groups"]) == 3
    own = here("--company", "default", "allowance", "derive-rate", "--as-of", "2026-06-30", "--json").json
    assert (own["currency"], own["version"]) == ("USD", 1)
    named = here(
        "--company", "default", "allowance", "derive-rate", "--as-of", "2026-06-30", "--currency", "EUR", "--json"
    ).json
    assert (named["currency"], named["version"]) == ("EUR", 2)


def test_books_that_begin_later_shorten_the_window(here: Here, lay: Lay) -> None:
    _losses(lay)
    assert here("config", "set", "books_from", "2026-04-01").code == 0
    shown = here("allowance", "derive-rate", "--as-of", "2026-04-30", "--dry-run", "--json").json
    assert (shown["from"], shown["invoices_cents"]) == ("2026-04-01", 100000)


def _rolled(here: Here, *args: str) -> Any:
    ran = here("allowance", "rollforward", "2026-03-31", "2026-04-30", *args, "--json")
    assert ran.code == 0, ran.err
    return ran.json


def test_the_allowance_rolls_forward_with_its_entry(here: Here, lay: Lay, tmp_path: Path) -> None:
    _losses(lay)
    _in_force(here, "--method", "percentage_of_ar", "--flat", "1", "--effective", "2026-01-01")
    # open: 9,000 + 500 (voided a day later); then 9,000 + 120 recovered (the receipt is still to come) + 940 + 77
    answer = _rolled(here)
    assert {key: answer[key] for key in answer if key.endswith("_cents")} == {
        "opening_cents": 9500, "write_offs_cents": 6000, "recoveries_cents": 12000, "other_cents": 0,
        "unadjusted_cents": 15500, "closing_cents": 10137, "provision_cents": -5363,
    }  # fmt: skip
    path = tmp_path / "entry.csv"
    booked = _rolled(here, "--gl-allowance", "20550 DR", "--other", "-10", "--journal", str(path))
    assert (booked["opening_cents"], booked["opening_source"], booked["other_cents"]) == (-2055000, "booked", -1000)
    assert booked["provision_cents"] == 10137 - (-2055000 - 6000 + 12000 - 1000)
    lines = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    assert list(lines[0]) == ["External ID", "Date", "Subsidiary", "Currency", "Account", "Debit", "Credit", "Memo"]
    assert [(x["Account"], x["Debit"], x["Credit"]) for x in lines] == [
        ("Bad debt expense", "20601.37", ""), ("Allowance for doubtful accounts", "", "20601.37"),
    ]  # fmt: skip
    again = here("allowance", "rollforward", "2026-03-31", "2026-04-30", "--journal", str(path))
    assert (again.code, "exists already" in again.err) == (4, True)
    screen = here("allowance", "rollforward", "2026-03-31", "2026-04-30", "--expense-account", "6500 [Bad] debt")
    assert "The provision is below zero" in screen.out
    assert "6500 [Bad] debt" in screen.out


def test_nothing_to_book_writes_no_file(here: Here, lay: Lay, tmp_path: Path) -> None:
    _losses(lay)
    _in_force(here, "--method", "percentage_of_ar", "--flat", "0", "--effective", "2024-01-01")
    path = tmp_path / "entry.csv"
    ran = here("allowance", "rollforward", "2026-01-31", "2026-02-28", "--journal", str(path))
    assert (ran.code, path.exists()) == (0, False)
    assert "nothing to book" in ran.err
    assert "there is nothing to book in USD" in ran.out


@pytest.mark.parametrize(
    "args",
    [
        ("2026-04-30", "2026-03-31"),
        ("2026-03-31", "2026-03-31"),
        ("2026-03-31", "2026-04-30", "--gl-allowance", "much"),
        ("2026-03-31", "2026-04-30", "--gl-allowance", "-5 DR"),
        ("2026-03-31", "2026-04-30", "--other", "1.005"),
        ("2026-03-31", "2026-04-30", "--expense-account", " "),
        ("2026-03-31", "2026-04-30", "--expense-account", "A", "--allowance-account", "A"),
    ],
)
def test_a_roll_forward_that_cannot_be_is_refused(here: Here, lay: Lay, args: tuple[str, ...]) -> None:
    _losses(lay)
    _in_force(here)
    ran = here("allowance", "rollforward", *args)
    assert (ran.code, ran.out) == (2, "")


def test_before_the_first_policy_the_booked_balance_opens(here: Here, lay: Lay) -> None:
    _losses(lay)
    _in_force(here)
    ran = here("allowance", "rollforward", "2025-12-31", "2026-01-31")
    assert (ran.code, "--gl-allowance" in ran.err) == (4, True)
    assert here("allowance", "rollforward", "2025-12-31", "2026-01-31", "--gl-allowance", "100").code == 0


def test_an_allowance_in_hindsight(here: Here, lay: Lay) -> None:
    _losses(lay)
    _in_force(here, "--method", "percentage_of_ar", "--flat", "10", "--effective", "2025-01-01")
    answer = here("allowance", "lookback", "2025-05-31", "--until", "2026-04-30", "--json").json
    # open on 31 May 2025: OLD 300, S1 9,000; OLD was written off and 120 of it came back; W2 was voided; S2 came later
    assert [
        (
            r["customer_id"],
            r["allowance_cents"],
            r["written_off_cents"],
            r["recovered_cents"],
            r["over_cents"],
            r["lost_pct"],
        )
        for r in answer["customers"]
    ] == [("C1", 93000, 30000, 12000, 75000, "19.35")]
    early = here("allowance", "lookback", "2025-05-31", "--until", "2025-07-15", "--json").json
    assert (early["written_off_cents"], early["recovered_cents"]) == (35000, 0)  # the void of W2 came after
    memo = here("allowance", "lookback", "2026-03-31", "--until", "2026-04-30", "--json").json
    assert memo["written_off_cents"] == 0  # S2 was not open yet
    assert "Over (under)" in here("allowance", "lookback", "2025-05-31").out
    assert here("allowance", "lookback", "2025-05-31", "--until", "2025-05-31").code == 2


def test_a_loss_by_credit_memo_counts_as_far_as_it_is_applied(here: Here, lay: Lay) -> None:
    lay(
        customers="id,name\nC1,Acme\n",
        customer_invoices="id,customer_id,invoice_date,amount\nA,C1,2026-01-01,100\nB,C1,2026-01-01,100\n",
        customer_payments="id,customer_id,receipt_date,amount\nP,C1,2026-01-15,100\n",
        credit_memos="""
            id,customer_id,credit_date,amount,kind
            W,C1,2026-03-01,90,write_off
            V,C1,2026-01-20,5,write_off
            M,C1,2026-03-01,7,credit_memo
            """,
        payment_applications="""
            source_type,source_id,invoice_id,amount,applied_on
            payment,P,B,100,2026-01-15
            credit_memo,W,A,60,2026-03-01
            credit_memo,W,B,10,2026-03-01
            credit_memo,V,A,5,2026-03-01
            credit_memo,M,A,7,2026-03-01
            """,
    )
    _in_force(here, "--method", "percentage_of_ar", "--flat", "10", "--effective", "2025-01-01")
    # B was settled on the day, V was written off before it, M is no loss
    answer = here("allowance", "lookback", "2026-01-31", "--until", "2026-03-31", "--json").json
    assert (answer["allowance_cents"], answer["written_off_cents"], answer["over_cents"]) == (1000, 6000, -5000)


@pytest.mark.parametrize("shape", ["table", "json", "csv", "md"])
def test_an_empty_ledger_has_an_empty_allowance(here: Here, shape: str) -> None:
    assert here("--quiet", "init").code == 0
    assert here("allowance", "list", "--format", shape).code == 0
    _in_force(here)
    for args in (("estimate", "--as-of", "2026-06-30"), ("compare", "--as-of", "2026-06-30"), ("show", "1"),
                 ("rollforward", "2026-05-31", "2026-06-30"), ("lookback", "2026-05-31", "--until", "2026-06-30")):  # fmt: skip
        ran = here("allowance", *args, "--format", shape)
        assert (ran.code, ran.err) == (0, "")
    answer = here("allowance", "estimate", "--as-of", "2026-06-30", "--json").json
    assert (answer["estimated_bad_debt_cents"], answer["customers"], answer["currency"]) == (0, [], "USD")


def test_what_approval_supersedes_is_said(here: Here) -> None:
    assert here("--quiet", "init").code == 0
    _in_force(here)
    second = _new(
        here, "--method", "aging_method", "--effective", "2026-04-01", "--expires", "2027-01-01", name="spring"
    )
    here("allowance", "submit", str(second))
    ran: Ran = here("allowance", "approve", str(second), "--self-approve", "--reason", "alone")
    assert "in force from 2026-04-01 up to the day before 2027-01-01" in ran.out
    assert "from 2026-04-01 on it takes the place of version 1, standard" in ran.out
    listed = here("allowance", "list", "--json").json
    assert [(row["version"], row["in_force_from"], row["in_force_until"]) for row in listed] == [
        (1, "2026-01-01", "2026-04-01"), (2, "2026-04-01", "2027-01-01"),
    ]  # fmt: skip
    assert listed[0]["status"] == "superseded"
