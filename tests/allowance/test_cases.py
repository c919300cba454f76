"""The allowance cases from the field against the pure functions, and what holds of every balance."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.aging import CustomerRow
from arctl.core.allowance import (
    Base,
    Method,
    Terms,
    after_credit,
    chosen_terms,
    expected_loss,
    half_up,
    parse_percent,
    percent_text,
    share_text,
)
from arctl.core.allowance_history import LossHistory, Sum
from arctl.core.allowance_report import Estimate, customer_losses
from arctl.core.allowance_rollforward import Accounts, AllowanceRoll, journal, parse_balance
from arctl.core.buckets import FIVE
from arctl.core.money import parse_amount
from arctl.core.rollforward import RollForward

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent.parent / "cases" / "allowance.yaml").read_text(encoding="utf-8")
)
ACCOUNTS = Accounts("Bad debt expense", "Allowance")


def _of(key: str) -> list[Any]:
    return [pytest.param(case[key], id=case["id"]) for case in CASES if key in case]


def _cents(amount: int | str) -> int:
    return parse_amount(str(amount))


def _terms(given: dict[str, Any]) -> Terms:
    bp = dict(zip(FIVE.keys, map(parse_percent, given.get("pct", ())), strict=False))
    flat, rate = (parse_percent(given[key]) if key in given else None for key in ("flat", "rate"))
    return chosen_terms(Method(given["method"]), Base(given.get("base", "gross")), bp, flat, rate)


@pytest.mark.parametrize("case", _of("estimate"))
def test_an_estimate_is_the_one_stated(case: dict[str, Any]) -> None:
    terms = _terms(case["terms"])
    found = []
    for each in case["customers"]:
        buckets = [_cents(amount) for amount in each["buckets"]]
        found.append(expected_loss(terms, buckets, _cents(each.get("unapplied", 0))))
        assert found[-1] == _cents(each["expect"])
    assert sum(found) == _cents(case["total"])


@pytest.mark.parametrize("case", _of("roll"))
def test_a_roll_forward_is_the_one_stated(case: dict[str, Any]) -> None:
    named = {name: _cents(case.get(name, 0)) for name in ("opening", "write_offs", "recoveries", "other", "closing")}
    roll = AllowanceRoll("default", "USD", **named)
    assert (roll.unadjusted, roll.provision) == tuple(_cents(case["expect"][k]) for k in ("unadjusted", "provision"))


@pytest.mark.parametrize("case", _of("receivables"))
def test_receivables_roll_as_stated(case: dict[str, Any]) -> None:
    started = {heading: _cents(case[heading]) for heading in ("invoices", "receipts", "write_offs")}
    roll = RollForward("default", "USD", _cents(case["opening"]), started, 0, _cents(case["closing"]), {}, ())
    assert roll.ok


def test_every_named_case_is_there_once() -> None:
    ids = [case["id"].split("-")[0] for case in CASES]
    assert {f"B{number}" for number in range(1, 8)} <= set(ids)
    assert len({case["id"] for case in CASES}) == len(CASES)


_bp = st.integers(0, 10_000)
_amounts = st.integers(0, 10**12)
_buckets = st.tuples(*[_amounts] * 5)
_terms_drawn = st.one_of(
    st.builds(lambda bp: Terms(Method.AGING, buckets_bp=bp), st.tuples(*[_bp] * 5)),
    st.builds(lambda bp: Terms(Method.PERCENTAGE_OF_AR, flat_bp=bp), _bp),
    st.builds(lambda bp: Terms(Method.HISTORICAL, rate_bp=bp), _bp),
)


@given(_terms_drawn, _buckets, st.integers(-(10**12), 10**12))
def test_a_loss_is_never_more_than_what_is_open_and_net_never_more_than_gross(
    terms: Terms, buckets: tuple[int, ...], unapplied: int
) -> None:
    gross = expected_loss(terms, buckets, unapplied)
    net = expected_loss(replace(terms, base=Base.NET), buckets, unapplied)
    assert 0 <= net <= gross <= sum(buckets)
    assert gross == expected_loss(terms, buckets, 0)
    left = after_credit(buckets, unapplied)
    assert sum(left) == max(sum(buckets) - max(unapplied, 0), 0)
    assert all(0 <= after <= before for after, before in zip(left, buckets, strict=True))


@given(_terms_drawn, st.lists(st.tuples(_buckets, st.integers(-1000, 1000)), max_size=6))
def test_the_total_is_the_sum_of_the_customers(terms: Terms, drawn: list[tuple[tuple[int, ...], int]]) -> None:
    rows = [
        CustomerRow(f"C{at}", "", split, sum(split), unapplied, 0, 1) for at, (split, unapplied) in enumerate(drawn)
    ]
    losses = customer_losses(terms, rows)
    whole = Estimate("default", "USD", None, True, losses)  # type: ignore[arg-type]  # the policy is not looked at
    assert whole.estimated == sum(expected_loss(terms, row.buckets, row.unapplied) for row in rows)
    assert whole.outstanding == sum(whole.buckets) == sum(row.outstanding for row in rows)


_signed = st.integers(-(10**12), 10**12)


@given(_signed, _signed, _signed, _signed, _amounts)
def test_opening_movements_and_provision_give_the_closing_and_the_entry_balances(
    opening: int, write_offs: int, recoveries: int, other: int, closing: int
) -> None:
    roll = AllowanceRoll("default", "USD", opening, write_offs, recoveries, other, closing)
    assert roll.opening - roll.write_offs + roll.recoveries + roll.other + roll.provision == roll.closing
    lines = journal(roll, "2026-06-30", ACCOUNTS)
    assert sum(line.debit for line in lines) == sum(line.credit for line in lines) == abs(roll.provision)
    assert all(not (line.debit and line.credit) and line.debit >= 0 and line.credit >= 0 for line in lines)
    moved = {line.account: line.credit - line.debit for line in lines}
    assert moved.get("Allowance", 0) == roll.provision


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("17430.00", 1743000), ("17,430 CR", 1743000), ("17430 credit", 1743000), ("-20550", -2055000),
        ("20550 DR", -2055000), ("20550dr", -2055000), ("(20550.00)", -2055000), ("20,550.00 Debit", -2055000), ("0", 0),
    ],
)  # fmt: skip
def test_a_balance_is_read_on_its_side(text: str, cents: int) -> None:
    assert parse_balance(text, "USD") == cents


@pytest.mark.parametrize("text", ["", "DR", "-20550 DR", "(1) CR", "1.234", "1e3", "20550 drcr", "lots"])
def test_what_is_no_balance_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_balance(text, "USD")


@pytest.mark.parametrize(("text", "bp"), [("0", 0), ("5", 500), ("2.5", 250), ("2.50%", 250), ("100.00", 10000)])
def test_a_percentage_is_read_exactly(text: str, bp: int) -> None:
    assert parse_percent(text) == bp


@pytest.mark.parametrize("text", ["", "-1", "100.01", "101", "1.005", "1e1", "1_0", "५", ".5", "5 0", "nan", "1%%"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"per cent|percentage"):
        parse_percent(text)


def test_shares_and_percentages_as_text() -> None:
    assert [percent_text(bp) for bp in (0, 5, 250, 10000, -5)] == ["0.00", "0.05", "2.50", "100.00", "-0.05"]
    assert [share_text(1, 3), share_text(0, 0), share_text(5, 100_000), share_text(2, 0)] == [
        "33.33",
        "0.00",
        "0.01",
        "0.00",
    ]
    assert [half_up(n, 2) for n in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]


def _window(write_offs: int, recoveries: int, invoices: int, credit_memos: int) -> LossHistory:
    sums = [Sum(cents, 1 if cents else 0) for cents in (write_offs, recoveries, invoices, credit_memos)]
    return LossHistory("default", "USD", date(2025, 6, 30), date(2026, 6, 30), *sums)


def test_a_rate_is_net_write_offs_over_credit_sales_half_up() -> None:
    assert _window(300, 100, 10_000, 0).rate_bp == 200
    assert _window(1, 0, 20_000, 0).rate_bp == 1  # half a basis point
    assert _window(100, 0, 12_000, 2_000).rate_bp == 100
    assert _window(0, 500, 10_000, 0).rate_bp == 0  # more came back than was lost
    assert _window(10_000, 0, 10_000, 0).rate_bp == 10_000


def test_a_window_without_a_rate_says_why() -> None:
    assert "no credit sales in USD from 2025-07-01 to 2026-06-30" in _window(100, 0, 0, 0).why_none
    assert "no credit sales left after credit memos" in _window(100, 0, 500, 500).why_none
    assert "more was written off than sold" in _window(1001, 0, 1000, 0).why_none
    assert _window(1001, 0, 1000, 0).rate_bp is None
