"""The rules of approving by themselves: what moved, what others of the envelope changed, edits, whose day it is."""

from dataclasses import replace
from datetime import date

import pytest

from arctl.core.approval import Moved, edited, is_sound, moved, own_changes, refusal, told
from arctl.core.dunning_facts import Account, Credit, DunningItem, facts
from arctl.core.effects import Effect, frozen
from arctl.core.proposal import Proposal

ITEM = DunningItem(7, "I7", 0, "INV-7", "", "2026-05-01", "2026-06-01", 10_000, disputed=False)
ACCOUNT = Account(1, "C1", "Acme", "ap@acme.example.com", None, None, "USD", (ITEM,))
BEFORE = facts(ACCOUNT, [ITEM])
PROPOSAL = Proposal(
    5, 1, 1, 1, 2, "collection_action", "customer:C1", "C1", 1, "Acme", 2, "Letter", "{}", None, None, "pending", "USD", 10_000,
    "firm", "2026-07-08", "2026-07-08 10:00:00", "dana", "2026-07-09", None, None, None, None, None, "0" * 64, None, None,
)  # fmt: skip


def _with(**changes: object) -> Account:
    return replace(ACCOUNT, **changes)  # type: ignore[arg-type] # whichever field a case names


CASES: list[tuple[Account | None, Moved | None]] = [
    (ACCOUNT, None),
    (_with(items=(ITEM, ITEM._replace(invoice_id="I8"))), None),
    (None, Moved(("INV-7 paid",), paid=True)),
    (_with(items=()), Moved(("INV-7 paid",), paid=True)),
    (_with(items=(ITEM._replace(outstanding_cents=1),)), Moved(("INV-7 part-paid: 100.00 -> 0.01",))),
    (_with(unapplied=(Credit("payment", "P1", 5),)), Moved(("unapplied credit 0.00 -> 0.05",))),
    (_with(on_hold=True), Moved(("put on hold",))),
    (_with(last_contact="2026-07-08", contacts=3), None),
]


@pytest.mark.parametrize(("account", "expected"), CASES)
def test_what_moved(account: Account | None, expected: Moved | None) -> None:
    assert moved(BEFORE, account) == expected


def test_a_decision_rests_on_the_facts_that_it_names() -> None:
    few = {"items": [{"invoice_id": "I7", "installment": 0, "outstanding_cents": 10_000}], "unapplied_cents": 0}
    assert moved(few, _with(on_hold=True, email="new@acme.example.com")) is None
    assert moved(few, _with(items=(ITEM._replace(outstanding_cents=1),))) == Moved(("INV-7 part-paid: 100.00 -> 0.01",))
    assert moved(few, _with(unapplied=(Credit("payment", "P1", 5),))) == Moved(("unapplied credit 0.00 -> 0.05",))
    assert moved({"items": []}, None) is None


def test_what_others_of_the_envelope_changed() -> None:
    hold = replace(PROPOSAL, id=6, action_type="propose_customer_program", status="applied")
    agency = replace(PROPOSAL, id=7, action_type="agency_placement", status="applied")
    assert own_changes(PROPOSAL, [hold, agency]) == {"on_hold"}
    assert own_changes(replace(hold, status="pending"), [agency]) == {"placed"}
    assert own_changes(PROPOSAL, [replace(hold, customer_key=2)]) == frozenset()
    assert own_changes(PROPOSAL, [replace(hold, envelope_id=9)]) == frozenset()
    assert moved(BEFORE, _with(on_hold=True), {"on_hold"}) is None


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2026, 7, 7), "it was proposed on 2026-07-08: it cannot be approved as of 2026-07-07"),
        (date(2026, 7, 8), ""),
        (date(2026, 7, 9), ""),
        (date(2026, 7, 10), "it expired: the last day to approve it was 2026-07-09"),
    ],
)
def test_the_days_of_a_proposal(day: date, says: str) -> None:
    assert refusal(PROPOSAL, day) == says


def test_who_decided_and_when() -> None:
    done = replace(PROPOSAL, status="rejected", decided_by="kim", decided_at="2026-07-08 15:00:00", reason="no")
    assert told(PROPOSAL) == "waits for a decision"
    assert told(done) == refusal(done, date(2026, 7, 8)) == "rejected by kim on 2026-07-08 15:00:00 (UTC): no"


def test_an_edit_is_another_content() -> None:
    letter = frozen(
        2,
        Effect("fan_out", "letter", "proposal", "customer:C1", "Letter", {"subject": "S"}, body="A", body_html="<p>A"),
    )
    changed = edited(letter, "B")
    assert is_sound(letter)
    assert is_sound(changed)
    assert changed.content_hash != letter.content_hash
    assert (changed.effect.body, changed.effect.body_html, changed.seq) == ("B", None, 2)
    assert changed.effect.payload == {
        "subject": "S", "original": {"body": "A", "body_html": "<p>A", "content_hash": letter.content_hash},
    }  # fmt: skip
    assert not is_sound(replace(letter, content_hash=changed.content_hash))
