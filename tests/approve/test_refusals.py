"""What cannot be approved, and what it says: the day, the last day, the name that was not typed, who came first."""

from datetime import date

import pytest

from arctl.core.review_values import Mark
from arctl.errors import Refused, UnknownId, UsageError
from arctl.services import approve
from tests.approve.staged import DANA, DAY, Morning

HOLD = "propose_customer_program C4"


def test_nothing_is_approved_before_its_day(desk: Morning) -> None:
    ids = desk.fan_out()
    (outcome,) = desk.approve(ids["collection_action C1"], day=date(2026, 7, 7))
    assert (outcome.status, outcome.refused) == ("pending", True)
    assert outcome.reason == "it was proposed on 2026-07-08: it cannot be approved as of 2026-07-07"


def test_an_envelope_is_not_approved_before_its_day(desk: Morning) -> None:
    with pytest.raises(Refused, match="envelope 1: it was proposed on 2026-07-08"):
        desk.finish({}, day=date(2026, 7, 7))
    assert desk.rows("SELECT status FROM proposed_actions") == [("pending",)]


@pytest.mark.parametrize(("day", "status"), [(9, "applied"), (10, "expired")])
def test_the_end_of_the_next_business_day_is_the_last(desk: Morning, day: int, status: str) -> None:
    ids = desk.fan_out()
    (outcome,) = desk.approve(ids["collection_action C1"], day=DAY.replace(day=day))
    assert outcome.status == status == desk.statuses()["collection_action C1"]
    if status == "expired":
        assert outcome.refused
        assert outcome.reason.endswith("(UTC): the last day to approve it was 2026-07-09")


def test_an_envelope_that_expired_ends_its_run(desk: Morning) -> None:
    with pytest.raises(Refused, match="envelope 1: expired by dana on 2026-07-08 14:00:00"):
        desk.finish({"collection_action C1": Mark("tick")}, day=date(2026, 7, 10))
    assert desk.rows("SELECT status FROM proposed_actions") == [("expired",)]
    assert desk.rows("SELECT status FROM workflow_run_log") == [("expired",)]
    assert desk.proposals() == []


def test_a_risky_one_wants_its_customer_s_name(desk: Morning) -> None:
    ids = desk.fan_out()
    with pytest.raises(Refused, match="is of risk 4: Service hold for Dune Big; its name was not typed"):
        desk.approve(ids[HOLD])
    with pytest.raises(Refused, match="'Acme' is not its name"):
        desk.approve(ids[HOLD], confirm="Acme")
    with pytest.raises(Refused, match="one at a time"):
        desk.approve(ids[HOLD], ids["collection_action C1"], confirm="Dune Big")
    assert set(desk.statuses().values()) == {"pending"}


def test_no_such_proposal_changes_nothing(desk: Morning) -> None:
    ids = desk.fan_out()
    with pytest.raises(UnknownId, match="there is no proposal 98, 99"):
        desk.approve(ids["collection_action C1"], 98, 99)
    assert desk.statuses()["collection_action C1"] == "pending"


def test_what_is_decided_says_by_whom_and_when(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.approve(ids["collection_action C1"])
    (outcome,) = desk.approve(ids["collection_action C1"])
    assert outcome.refused
    assert outcome.reason == "applied by dana on 2026-07-08 14:00:00 (UTC)"
    assert len(desk.actions()) == 1


def test_an_envelope_is_finished_once(desk: Morning) -> None:
    desk.finish(dict.fromkeys(desk.seqs(), Mark("reject", reason="no")))
    with pytest.raises(
        Refused, match=r"envelope 1: applied by dana on 2026-07-08 14:00:00 \(UTC\); nothing was changed"
    ):
        desk.finish({})


def test_one_proposal_is_no_envelope(desk: Morning) -> None:
    ids = desk.fan_out()
    with pytest.raises(UsageError, match="is one proposal, not an envelope"):
        approve.finish(desk.ledger, ids["collection_action C1"], {}, {}, DANA, DAY)


def test_what_somebody_else_decided_falls_out_of_the_finish(desk: Morning) -> None:
    ids = desk.fan_out()
    approve.reject(desk.ledger, [ids["collection_action C1"]], "known", DANA, DAY)
    finished = desk.finish({"collection_action C2": Mark("tick")})
    assert len(finished.applied) == 1
    seq = desk.seqs()["collection_action C1"]
    late = approve.finish(desk.ledger, desk.envelope, {seq: Mark("tick")}, {}, DANA, DAY, desk.writer)
    assert late.fallen == ((seq, "Acme Tools", "rejected by dana on 2026-07-08 14:00:00 (UTC): known"),)


def test_a_snooze_goes_to_a_later_day(desk: Morning) -> None:
    with pytest.raises(UsageError, match="it is snoozed to a day after 2026-07-08"):
        desk.finish({"collection_action C1": Mark("snooze", until="2026-07-08")})
    with pytest.raises(UsageError, match="only a customer can be snoozed"):
        desk.finish({"email_draft": Mark("snooze", until="2026-07-20")})
    assert desk.proposals() == []


def test_a_mark_on_what_is_not_there(desk: Morning) -> None:
    with pytest.raises(UsageError, match="envelope 1 holds no proposal 999 to decide"):
        approve.finish(desk.ledger, desk.envelope, {999: Mark("tick")}, {}, DANA, DAY)


def test_only_a_letter_becomes_a_call(desk: Morning) -> None:
    with pytest.raises(UsageError, match="only a letter can become a call"):
        desk.finish({"email_draft": Mark("call")})
    assert desk.proposals() == []


def test_what_waits_of_an_envelope_expires_too(desk: Morning) -> None:
    desk.fan_out()
    with pytest.raises(Refused, match=r"envelope 1: (approved|applied) by dana"):
        desk.finish({}, day=date(2026, 7, 10))
    assert set(desk.statuses().values()) == {"expired"}


def test_what_waits_of_an_envelope_is_not_decided_before_its_day(desk: Morning) -> None:
    desk.fan_out()
    with pytest.raises(Refused, match="it was proposed on 2026-07-08: it cannot be approved as of 2026-07-07"):
        desk.finish({"collection_action C1": Mark("reject", reason="no")}, day=date(2026, 7, 7))


def test_an_envelope_is_not_approved_among_proposals(desk: Morning) -> None:
    with pytest.raises(UsageError, match="an envelope is approved as a whole"):
        desk.approve(desk.envelope)


def test_nothing_is_resumed_before_its_day(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.switch("proposed_apply", True)
    desk.approve(ids["collection_action C1"])
    desk.switch("proposed_apply", False)
    with pytest.raises(Refused, match="it was proposed on 2026-07-08"):
        approve.resume(desk.ledger, DANA, date(2026, 7, 7), desk.writer)
