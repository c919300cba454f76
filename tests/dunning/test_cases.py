"""The dunning cases from the field, morning by morning, against the rules."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from arctl.core.dunning import DunningTerms
from arctl.core.dunning_decision import Verdict
from arctl.core.dunning_facts import Account, Credit, DunningItem
from arctl.core.money import minor_digits, parse_amount
from tests.dunning.diary import Diary, account, item

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "dunning.yaml").read_text(encoding="utf-8")
)


def _cents(amount: object, currency: str) -> int:
    return parse_amount(str(amount), minor_digits(currency))


def _item(number: str, written: dict[str, Any], currency: str) -> DunningItem:
    return item(number, written["due"], _cents(written.get("amount", 100), currency), written.get("disputed", False))


def _account(case: dict[str, Any]) -> Account:
    said = dict(case.get("account", {}))
    currency = said.pop("currency", "USD")
    email = said.pop("email", "ap@birch.example.com")
    of = account(
        *(_item(number, written, currency) for number, written in case["items"].items()),
        email=None if email == "none" else email,
        currency=currency,
    )
    credit = (Credit("payment", "PAY-1", _cents(case["credit"], currency)),) if "credit" in case else ()
    days: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()
    }
    return replace(of, unapplied=credit, terms=DunningTerms(**case.get("terms", {})), **days)


def _changed(of: Account, change: dict[str, Any]) -> Account:
    items = {each.number: each for each in of.items}
    for number, written in change.items():
        items[number] = _item(number, written, of.currency)
    return replace(of, items=tuple(items.values()))


def _as_expected(verdict: Verdict, morning: dict[str, Any], currency: str) -> None:
    assert verdict.outcome == morning["outcome"], verdict
    assert verdict.code == morning.get("code")
    assert bool(verdict.code) == bool(verdict.reason)
    assert (verdict.tier is not None) == (morning["outcome"] in ("letter", "call"))
    if "tier" in morning:
        assert verdict.tier == morning["tier"]
    if "names" in morning:
        assert [each.number for each in verdict.items] == morning["names"]
    if "asked" in morning:
        assert verdict.asked_cents == _cents(morning["asked"], currency)
    if "placement" in morning:
        assert verdict.placement is morning["placement"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    diary = Diary(_account(case))
    for morning in case["mornings"]:
        diary.account = _changed(diary.account, morning.get("change", {}))
        verdict = diary.morning(morning["day"])

        _as_expected(verdict, morning, diary.account.currency)

        done = morning.get("done", "contacted" if verdict.tier else "nothing")
        if done == "contacted":
            diary.contacted(verdict, morning["day"])
        elif done == "refused":
            diary.refused(verdict, morning["day"])
