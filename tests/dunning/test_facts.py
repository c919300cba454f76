"""The facts of a decision: what is in them, what is not, and what moved between two of them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from arctl.core.dunning import DunningTerms
from arctl.core.dunning_decision import decide
from arctl.core.dunning_facts import Account, Credit, Facts, changes, facts, facts_now, is_paid
from arctl.core.effects import hash_of
from arctl.core.events import canonical
from tests.dunning.diary import DAY, account, late

BOTH = account(late("INV-7", 20, 9_000), late("INV-8", 10, 4_000))


def _frozen(of: Account) -> Facts:
    """As approving reads them back: through JSON."""
    frozen: Facts = json.loads(canonical(facts(of, decide(of, DAY).items)))
    return frozen


def _moved(now: Account) -> list[str]:
    before = _frozen(BOTH)
    after = facts_now(now, before["items"])
    assert (hash_of(after) == hash_of(before)) == (not changes(before, after))
    return changes(before, after)


def test_what_is_in_them() -> None:
    of = replace(BOTH, unapplied=(Credit("payment", "P1", 100),), on_hold=True)

    frozen = _frozen(of)

    assert frozen["items"][0] == {
        "invoice_id": "INV-7", "installment": 0, "number": "INV-7", "outstanding_cents": 9_000, "due_date": "2026-06-10",
        "disputed": False,
    }  # fmt: skip
    assert (frozen["unapplied"], frozen["on_hold"], frozen["recipients"]) == (
        [["payment", "P1", 100]], True, ["ap@birch.example.com"],
    )  # fmt: skip
    assert (frozen["promise"], frozen["config"]["min_gap_days"], frozen["config"]["placed"]) == (None, 7, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda of: of,
        lambda of: replace(of, items=(*of.items, late("INV-9", 40))),
        lambda of: replace(of, contacts=3, last_contact="2026-06-29", last_tier="firm"),
        lambda of: replace(of, items=of.items[::-1]),
        lambda of: replace(of, customer_name="Birch Supply Ltd"),
    ],
    ids=["nothing", "another item", "a contact", "the order", "the name"],
)
def test_what_is_not_in_them(change: Callable[[Account], Account]) -> None:
    assert _moved(change(BOTH)) == []


def _items(**changed: Any) -> Callable[[Account], Account]:
    return lambda of: replace(of, items=(of.items[0], of.items[1]._replace(**changed)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda of: replace(of, items=of.items[:1]), "INV-8 paid"),
        (_items(outstanding_cents=1_500), "INV-8 part-paid: 40.00 -> 15.00"),
        (_items(outstanding_cents=4_100), "INV-8 owes more: 40.00 -> 41.00"),
        (_items(disputed=True), "INV-8 disputed"),
        (_items(due_date="2026-07-20"), "INV-8 due date moved: 2026-06-20 -> 2026-07-20"),
        (_items(number="INV-8b"), "INV-8 renumbered: INV-8b"),
        (lambda of: replace(of, unapplied=(Credit("payment", "P1", 7),)), "unapplied credit 0.00 -> 0.07"),
        (lambda of: replace(of, on_hold=True), "put on hold"),
        (lambda of: replace(of, email="new@birch.example.com"), "e-mail changed: ap@birch.example.com -> new@birch.example.com"),
        (lambda of: replace(of, email=None), "e-mail changed: ap@birch.example.com -> none"),
        (lambda of: replace(of, promised_until="2026-07-10"), "promised to pay by 2026-07-10"),
        (lambda of: replace(of, terms=DunningTerms(placed="legal")), "in legal action"),
        (lambda of: replace(of, terms=DunningTerms(min_gap_days=1)), "dunning config changed: min_gap_days 7 -> 1"),
        (lambda of: replace(of, terms=DunningTerms(is_active=False)), "dunning config changed: is_active yes -> no"),
    ],
)  # fmt: skip
def test_what_moved_in_words(change: Callable[[Account], Account], said: str) -> None:
    assert _moved(change(BOTH)) == [said]


def test_credit_that_moved_to_another_document_moved() -> None:
    before = _frozen(replace(BOTH, unapplied=(Credit("payment", "P1", 7),)))
    now = facts_now(replace(BOTH, unapplied=(Credit("payment", "P2", 7),)), before["items"])

    assert changes(before, now) == ["unapplied credit comes from other documents"]


def test_an_instalment_is_told_from_its_invoice() -> None:
    of = account(late("INV-7", 20)._replace(installment=2))
    before = _frozen(of)

    assert changes(before, facts_now(account(), before["items"])) == ["INV-7, instalment 2, paid"]


def test_paid_means_that_nothing_named_is_open() -> None:
    before = _frozen(BOTH)
    other = account(late("INV-9", 30))

    assert is_paid(before, facts_now(other, before["items"]))
    assert not is_paid(before, facts_now(replace(BOTH, items=BOTH.items[:1]), before["items"]))
    assert not is_paid(before, before)


def test_the_facts_are_the_same_the_next_morning() -> None:
    of = account(late("INV-7", 20))

    assert hash_of(facts(of, decide(of, DAY + timedelta(days=1)).items)) == hash_of(_frozen(of))
