"""The world moves between a plan and its approval: each move by its own words, and nothing else is held up by it."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from arctl.core.review_values import Mark
from arctl.services import dunning
from arctl.store.books import Made
from tests.approve.staged import CUSTOMERS, DANA, DAY, INVOICES, Morning, paid, stage
from tests.folders import Row

LETTER = "collection_action C1"
Files = Mapping[str, Sequence[Row]]


def _changed(rows: Sequence[Row], id: str, **values: object) -> list[Row]:
    return [{**row, **values} if row["id"] == id else row for row in rows]


MOVES: Mapping[str, tuple[Files, str, str]] = {
    "D4 paid": (paid("I1", "C1", "1000.00"), "superseded", "I1 paid"),
    "D5 part-paid": (paid("I1", "C1", "400.00"), "pending", "I1 part-paid: 1,000.00 -> 600.00"),
    "disputed": (
        {"customer_invoices.csv": _changed(INVOICES, "I1", disputed="T")}, "pending", "I1 disputed",
    ),
    "moved": (
        {"customer_invoices.csv": _changed(INVOICES, "I1", due_date="2026-06-20")},
        "pending",
        "I1 due date moved: 2026-06-01 -> 2026-06-20",
    ),
    "address": (
        {"customers.csv": _changed(CUSTOMERS, "C1", email="new@acme.example.com")},
        "pending",
        "e-mail changed: ap@acme.example.com -> new@acme.example.com",
    ),
    "unapplied": (
        {"customer_payments.csv": [{"id": "P9", "customer_id": "C1", "receipt_date": "2026-07-08", "amount": "10.00"}]},
        "pending",
        "unapplied credit 0.00 -> 10.00",
    ),
    "voided": (
        {"customer_invoices.csv": _changed(INVOICES, "I1", status="voided", voided_on="2026-07-08")}, "superseded", "I1 paid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MOVES)
def test_what_moved_is_refused_with_what_changed(desk: Morning, name: str) -> None:
    files, status, words = MOVES[name]
    ids = desk.fan_out()
    desk.sync(files)
    moved, fine = desk.approve(ids[LETTER], ids["collection_action C2"])
    assert (moved.status, moved.refused, moved.reason) == (status, True, words)
    assert (fine.status, fine.refused) == ("applied", False)
    assert desk.statuses()[LETTER] == status
    assert [customer for customer, *_ in desk.actions()] == ["C2"]


@pytest.mark.parametrize("name", MOVES)
def test_what_moved_falls_out_of_a_finish(desk: Morning, name: str) -> None:
    files, status, words = MOVES[name]
    desk.sync(files)
    finished = desk.finish({LETTER: Mark("tick"), "collection_action C2": Mark("tick")})
    assert finished.fallen == ((desk.seqs()[LETTER], "Acme Tools", words),)
    assert len(finished.applied) == 1
    assert desk.statuses()[LETTER] == status


def test_the_passing_of_days_moves_nothing(desk: Morning) -> None:
    ids = desk.fan_out()
    (outcome,) = desk.approve(ids[LETTER], day=DAY.replace(day=9))
    assert outcome.status == "applied"


def test_another_customer_s_payment_moves_nothing(desk: Morning) -> None:
    desk.sync(paid("I2", "C2", "500.00"))
    finished = desk.finish({LETTER: Mark("tick")})
    assert finished.fallen == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda ledger, made: dunning.change(ledger, "C1", ["is_active=F"], None, made), "is_active yes -> no"),
        (lambda ledger, made: dunning.place(ledger, "C1", "legal", "court", made), "in legal action"),
    ],
)
def test_a_changed_config_moves_it(desk: Morning, change: Callable[..., object], words: str) -> None:
    ids = desk.fan_out()
    change(desk.ledger, Made("2026-07-08 13:00:00", "dana"))
    (outcome,) = desk.approve(ids[LETTER])
    assert outcome.status == "pending"
    assert words in outcome.reason


def test_what_was_part_paid_is_planned_anew_with_what_is_left(desk: Morning) -> None:
    desk.fan_out()
    desk.sync(paid("I1", "C1", "400.00"))
    stage(desk.books)
    assert desk.rows(
        "SELECT e.amount_cents FROM workflow_effects AS e JOIN erp_customers AS c USING (customer_key)"
        " WHERE c.id = 'C1' AND e.run_id = (SELECT max(run_id) FROM workflow_effects)"
    ) == [(60_000,)]  # fmt: skip
    assert dict.fromkeys([desk.statuses()[LETTER]]) == {"superseded": None}


def test_a_hold_of_the_same_envelope_is_no_news_to_its_letter_and_its_placement(desk: Morning) -> None:
    ids = desk.fan_out()
    assert desk.approve(ids["propose_customer_program C4"], confirm="Dune Big")[0].status == "applied"
    assert desk.approve(ids["collection_action C4"])[0].status == "applied"
    assert desk.approve(ids["agency_placement C4"], confirm="Dune Big")[0].status == "applied"


def test_a_placement_of_the_same_envelope_stops_its_letter_but_not_its_hold(desk: Morning) -> None:
    ids = desk.fan_out()
    assert desk.approve(ids["agency_placement C4"], confirm="Dune Big")[0].status == "applied"
    (letter,) = desk.approve(ids["collection_action C4"])
    assert (letter.status, letter.reason) == ("pending", "placed with an agency")
    assert desk.approve(ids["propose_customer_program C4"], confirm="Dune Big")[0].status == "applied"


def test_tampered_facts_are_not_approved(desk: Morning) -> None:
    ids = desk.fan_out()
    connection = desk.ledger.connection
    connection.execute("DROP TRIGGER proposed_actions_update")
    connection.execute("UPDATE proposed_actions SET facts_json = '{}' WHERE id = ?", (ids[LETTER],))
    (outcome,) = desk.approve(ids[LETTER], acting=DANA)
    assert outcome.status == "pending"
    assert outcome.reason == "its facts are not those that were frozen: see `arctl integrity`"
