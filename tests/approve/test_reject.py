"""Turning down: proposals, envelopes, everything; and what the next plan makes of it."""

import json
from datetime import date

import pytest

from arctl.core.review_values import Mark
from arctl.errors import UsageError
from arctl.services import approve, rejecting
from tests.approve.staged import DANA, DAY, Morning, stage


def _reject(desk: Morning, *ids: int, day: date = DAY) -> list[tuple[str, str, bool]]:
    return [(each.status, each.reason, each.refused) for each in approve.reject(desk.ledger, ids, "not now", DANA, day)]


def _proposed(desk: Morning) -> list[str]:
    """What the latest run proposes: "collection_action C1"."""
    return sorted(
        f"{kind} {customer}"
        for kind, customer in desk.rows(
            "SELECT e.action_type, c.id FROM workflow_effects AS e JOIN erp_customers AS c USING (customer_key)"
            " WHERE e.run_id = (SELECT max(run_id) FROM workflow_run_log)"
        )
    )


def test_a_letter_turned_down_is_not_proposed_again_tomorrow(desk: Morning) -> None:
    ids = desk.fan_out()
    assert _reject(desk, ids["collection_action C1"]) == [("rejected", "not now", False)]
    assert desk.actions() == []
    stage(desk.books, date(2026, 7, 10))
    assert "collection_action C1" not in _proposed(desk)
    assert "collection_action C2" in _proposed(desk)


def test_a_whole_envelope_turned_down_ends_its_run(desk: Morning) -> None:
    assert _reject(desk, desk.envelope) == [("rejected", "not now", False)]
    assert desk.rows("SELECT status FROM workflow_run_log") == [("rejected",)]
    assert desk.proposals() == []
    covered = desk.rows(
        "SELECT i.id FROM dunning_steps AS s JOIN erp_invoices AS i USING (invoice_key) WHERE action_id IS NULL"
    )
    assert sorted(covered) == [("I1",), ("I2",), ("I3",), ("I4",)]
    stage(desk.books, date(2026, 7, 10))
    assert not [each for each in _proposed(desk) if each.startswith("collection_action")]


def test_what_is_done_is_not_turned_down(desk: Morning) -> None:
    desk.finish({"collection_action C1": Mark("tick")})
    ids = desk.ids()
    assert _reject(desk, ids["collection_action C1"]) == [
        ("applied", "applied by dana on 2026-07-08 14:00:00 (UTC)", True)
    ]
    ((status, reason, refused),) = _reject(desk, desk.envelope)
    assert (status, refused) == ("approved", True)
    assert reason.endswith("reject what came out of it, one by one")


def test_nothing_is_turned_down_before_its_day(desk: Morning) -> None:
    ((status, reason, refused),) = _reject(desk, desk.envelope, day=date(2026, 7, 7))
    assert (status, refused) == ("pending", True)
    assert reason == "it was proposed on 2026-07-08: it cannot be rejected as of 2026-07-07"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\nb"])
def test_a_rejection_says_why(desk: Morning, reason: str) -> None:
    with pytest.raises(UsageError, match="--reason takes 1 to 500"):
        approve.reject(desk.ledger, [desk.envelope], reason, DANA, DAY)


def test_all_that_waits(desk: Morning) -> None:
    assert rejecting.waiting(desk.ledger, None, None) == [desk.envelope]
    ids = desk.fan_out()
    assert sorted(rejecting.waiting(desk.ledger, None, None)) == sorted(ids.values())
    assert rejecting.waiting(desk.ledger, None, "email_draft") == [ids["email_draft"]]


def test_the_chain_of_events_has_the_reason(desk: Morning) -> None:
    ids = desk.fan_out()
    _reject(desk, ids["collection_action C1"], ids["email_draft"])
    ((payload,),) = desk.rows("SELECT payload_json FROM events WHERE event_type = 'workflow.proposals_rejected'")
    told = json.loads(payload)
    assert told["reason"] == "not now"
    assert [id for id, _ in told["decided"]["rejected"]] == [ids["collection_action C1"], ids["email_draft"]]


def test_a_snoozed_customer_rests_until_the_day(desk: Morning) -> None:
    desk.finish({"collection_action C1": Mark("snooze", until="2026-07-20")})
    stage(desk.books, date(2026, 7, 17))
    assert "collection_action C1" not in _proposed(desk)
    stage(desk.books, date(2026, 7, 20))
    assert "collection_action C1" in _proposed(desk)
