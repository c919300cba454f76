"""How firmly, with which flags, and what a letter lists."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from arctl.core.dunning import DunningTerms
from arctl.core.dunning_decision import Chased, Outcome, Reason, check_tiers, decide, letter_lines
from arctl.core.dunning_facts import Account, Covered, Credit, facts
from arctl.core.effects import hash_of
from arctl.core.letter import LetterLine
from tests.dunning.diary import DAY, account, late


@pytest.mark.parametrize(
    ("days", "step", "bucket"),
    [
        (1, 0, 1),
        (6, 0, 1),
        (7, 1, 1),
        (13, 1, 1),
        (14, 2, 1),
        (21, 3, 1),
        (30, 3, 1),
        (31, 3, 2),
        (61, 3, 3),
        (91, 3, 4),
    ],
)
def test_where_an_item_stands(days: int, step: int, bucket: int) -> None:
    assert decide(account(late("INV-1", days)), DAY).steps == (Chased(days, step, bucket),)


@pytest.mark.parametrize(
    ("days", "tier"),
    [(7, "courtesy"), (20, "courtesy"), (21, "firm"), (60, "firm"), (61, "urgent"), (90, "urgent"), (91, "final")],
)
def test_the_oldest_item_sets_the_tier(days: int, tier: str) -> None:
    assert decide(account(late("INV-2", 7), late("INV-1", days)), DAY).tier == tier


@pytest.mark.parametrize(
    ("tiers", "days", "tier"),
    [
        ({"courtesy": "days_30", "final": "days_60"}, 31, "final"),
        ({"firm": "days_30"}, 8, "firm"),
        ({"urgent": "days_90"}, 8, "urgent"),
        ({"courtesy": "days_30", "firm": "days_30"}, 8, "firm"),
        ({"courtesy": "days_30"}, 95, "firm"),
    ],
)
def test_a_contract_names_its_own_tiers(tiers: Mapping[str, str], days: int, tier: str) -> None:
    assert decide(account(late("INV-1", days)), DAY, tiers=tiers).tier == tier


@pytest.mark.parametrize(
    ("tiers", "message"),
    [
        ({"angry": "days_30"}, "there is no tier angry"),
        ({"firm": "days_45"}, r"tier firm names no bucket \(days_45\)"),
        ({}, "no tier is defined"),
    ],
)
def test_a_tier_that_cannot_be_is_named(tiers: Mapping[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_tiers(tiers)


def test_the_firmest_tier_stays_the_firmest_after_a_broken_promise() -> None:
    assert decide(replace(account(late("INV-1", 95)), promise_broken=True), DAY).tier == "final"


def test_items_count_from_the_threshold_of_the_contract() -> None:
    of = account(late("INV-1", 40), late("INV-2", 9))

    assert [each.number for each in decide(of, DAY, threshold_days=10).items] == ["INV-1"]
    assert decide(of, DAY, threshold_days=41).code is Reason.NOT_OVERDUE


def test_an_item_that_another_letter_named_is_not_asked_for_anew_by_its_bucket_alone() -> None:
    """A bucket counts from the first threshold on: below it there is no dunning."""
    slow = DunningTerms(40, 50, 70, 120)

    assert decide(replace(account(late("INV-1", 31)), terms=slow), DAY).code is Reason.NOTHING_NEW


@pytest.mark.parametrize("here", [None, "2026-06-01"])
def test_two_currencies_may_speak_on_one_day(here: str | None) -> None:
    today = replace(account(late("INV-1", 8)), last_contact=DAY.isoformat(), last_contact_here=here, contacts=1)
    before = replace(today, last_contact=(DAY - timedelta(days=1)).isoformat())

    assert decide(today, DAY).outcome is Outcome.LETTER
    assert decide(before, DAY).code is Reason.TOO_SOON
    assert decide(replace(today, last_contact_here=DAY.isoformat()), DAY).code is Reason.TOO_SOON


def test_the_flags_of_a_first_letter() -> None:
    of = replace(
        account(late("INV-1", 8), late("INV-2", 9, disputed=True)), unapplied=(Credit("payment", "P1", 100),),
        promise_broken=True,
    )  # fmt: skip

    assert decide(of, DAY).flags == ("first letter", "part dispute", "unapplied credit", "broken promise")


def test_the_flags_of_a_later_letter() -> None:
    of = replace(
        account(late("INV-1", 40)),
        contacts=2,
        last_contact="2026-06-01",
        last_tier="courtesy",
        last_email="old@birch.example.com",
    )

    assert decide(of, DAY).flags == ("tier raised", "changed address")
    assert decide(replace(of, last_tier="firm", last_email=of.email), DAY).flags == ()


def test_a_task_to_apply_cash_is_not_given_twice_on_the_same_facts() -> None:
    of = replace(account(late("INV-1", 8)), unapplied=(Credit("payment", "P1", 10_000),))
    given = replace(of, cash_task_facts=hash_of(facts(of, decide(of, DAY).items)))

    assert decide(of, DAY).outcome is Outcome.APPLY_CASH
    assert decide(given, DAY).outcome is Outcome.NONE
    assert decide(replace(given, unapplied=(Credit("payment", "P1", 10_001),)), DAY).outcome is Outcome.APPLY_CASH


def test_over_refunded_credit_is_no_reason_to_ask_for_more() -> None:
    verdict = decide(replace(account(late("INV-1", 8)), unapplied=(Credit("payment", "P1", -500),)), DAY)

    assert (verdict.unapplied_cents, verdict.asked_cents) == (0, 10_000)


def _aged(*decided: tuple[str, int]) -> Account:
    return replace(account(late("INV-1", 70), late("INV-2", 65)), placement_decided=frozenset(decided))


def test_a_placement_is_asked_for_once_per_item_that_crosses() -> None:
    assert decide(_aged(), DAY).placement
    assert decide(_aged(("INV-1", 0)), DAY).placement
    assert not decide(_aged(("INV-1", 0), ("INV-2", 0)), DAY).placement


def test_a_placement_does_not_wait_for_the_gap() -> None:
    verdict = decide(replace(_aged(), last_contact="2026-06-29", last_contact_here="2026-06-29"), DAY)

    assert (verdict.code, verdict.placement) == (Reason.TOO_SOON, True)


def test_a_threshold_moved_later_is_due_again_when_it_is_crossed_again() -> None:
    """What was covered is judged by the terms of now."""
    covered = {(1, 0): Covered(1, 1, (DAY - timedelta(days=20)).isoformat())}
    of = replace(account(late("INV-1", 27)), covered=covered, terms=DunningTerms(25, 40, 50, 60))

    assert decide(of, DAY).outcome is Outcome.LETTER


def test_a_letter_lists_the_items_oldest_first() -> None:
    verdict = decide(account(late("INV-2", 8, 250), late("INV-1", 40)), DAY)

    assert letter_lines(verdict) == (
        LetterLine("INV-1", 0, "INV-1", "", "2026-04-21", "2026-05-21", 40, 10_000),
        LetterLine("INV-2", 0, "INV-2", "", "2026-05-23", "2026-06-22", 8, 250),
    )


@pytest.mark.parametrize(("currency", "least"), [("USD", 150), ("JPY", 2), ("KWD", 1500)])
def test_the_minimum_is_in_units_whatever_the_currency(currency: str, least: int) -> None:
    assert DunningTerms(minimum_cents=150).minimum(currency) == least
