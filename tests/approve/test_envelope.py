"""An envelope finished: what is marked happens, all of it in one transaction, and nothing before."""

import json

import pytest

from arctl.core.effects import content_hash
from arctl.core.review_values import Mark
from arctl.errors import Refused, UsageError
from arctl.services import approve
from arctl.store import runs
from tests.approve.staged import DANA, DAY, Morning, paid

TICK = Mark("tick")
SIX = {
    "agency_placement C4", "collection_action C1", "collection_action C2", "collection_action C3", "collection_action C4",
    "email_draft", "propose_customer_program C4",
}  # fmt: skip


def test_before_a_yes_nothing_exists(desk: Morning) -> None:
    assert desk.proposals() == []
    for table in (
        "collection_cases",
        "collection_actions",
        "dunning_steps",
        "outbox",
        "customer_holds",
        "ns_pending_pushes",
    ):
        assert desk.rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_looking_changes_nothing(desk: Morning) -> None:
    before = desk.rows("SELECT total_changes()")
    review = approve.review(desk.ledger, desk.envelope)
    assert desk.rows("SELECT total_changes()") == before
    assert {f"{each.effect.action_type} {each.effect.customer_id or ''}".strip() for each in review.items} == SIX
    letter = next(each for each in review.items if each.effect.customer_id == "C1")
    assert letter.recipients == ("ap@acme.example.com",)
    assert letter.why == "1 overdue item, the oldest 37 days overdue"
    assert letter.content_hash == letter.effect.content_hash
    assert review.checks == ("actions_staged",)


def test_without_drafts_all_of_them_wait(desk: Morning) -> None:
    finished = approve.approve_envelope(desk.ledger, desk.envelope, DANA, DAY, writer=desk.writer)
    assert set(desk.statuses()) == SIX
    assert set(desk.statuses().values()) == {"pending"}
    assert (len(finished.pending), len(finished.alone), finished.mails) == (5, 2, 0)
    assert desk.actions() == []
    assert desk.rows("SELECT status FROM workflow_run_log") == [("completed",)]
    assert desk.rows("SELECT name, status FROM workflow_verify_results") == [("actions_staged", "pending")]


def test_with_drafts_up_to_a_risk(desk: Morning) -> None:
    finished = approve.approve_envelope(
        desk.ledger, desk.envelope, DANA, DAY, with_drafts=True, max_risk=2, writer=desk.writer
    )
    assert desk.statuses() == {
        "agency_placement C4": "pending", "collection_action C1": "applied", "collection_action C2": "applied",
        "collection_action C3": "applied", "collection_action C4": "pending", "email_draft": "applied",
        "propose_customer_program C4": "pending",
    }  # fmt: skip
    assert (finished.mails, finished.written, finished.unwritten) == (3, 3, 0)
    assert len(desk.mails()) == 3
    assert sorted(desk.actions()) == [
        ("C1", "reminder_email", "executed", "sent"),
        ("C2", "reminder_email", "executed", "sent"),
        ("C3", "reminder_call", "planned", None),
    ]


def test_risk_4_is_never_in_the_bulk(desk: Morning) -> None:
    with pytest.raises(UsageError, match="--max-risk goes up to 3"):
        approve.approve_envelope(desk.ledger, desk.envelope, DANA, DAY, with_drafts=True, max_risk=4)
    with pytest.raises(Refused, match="decided one at a time, not with the rest: Dune Big"):
        desk.finish({"propose_customer_program C4": TICK})
    assert desk.proposals() == []


def test_every_mark_does_its_own(desk: Morning) -> None:
    finished = desk.finish(
        {
            "collection_action C1": TICK,
            "collection_action C2": Mark("reject", reason="pays on Friday"),
            "collection_action C3": Mark("snooze", until="2026-07-20", reason="new owner"),
            "collection_action C4": Mark("call", note="ask for Pat"),
        }
    )
    assert tuple(map(len, (finished.applied, finished.rejected, finished.snoozed, finished.called))) == (1, 1, 1, 1)
    assert (len(finished.pending), len(finished.alone), finished.fallen) == (1, 2, ())
    assert desk.statuses() == {
        "agency_placement C4": "pending", "collection_action C1": "applied", "collection_action C2": "rejected",
        "collection_action C3": "superseded", "collection_action C4": "superseded", "email_draft": "pending",
        "propose_customer_program C4": "pending",
    }  # fmt: skip
    assert desk.reason("collection_action C2") == "pays on Friday"
    assert desk.reason("collection_action C3") == "snoozed until 2026-07-20: new owner"
    assert desk.reason("collection_action C4") == "a call instead"
    assert desk.actions() == [("C1", "reminder_email", "executed", "sent"), ("C4", "reminder_call", "planned", None)]
    assert desk.rows("SELECT until_day, reason, snoozed_by FROM dunning_snoozes") == [
        ("2026-07-20", "new owner", "dana")
    ]
    assert desk.rows("SELECT note, noted_by, case_id FROM collection_notes") == [("ask for Pat", "dana", 2)]


def test_items_are_covered_by_what_was_done_and_by_what_was_turned_down(desk: Morning) -> None:
    desk.finish({"collection_action C1": TICK, "collection_action C2": Mark("reject", reason="no")})
    covered = desk.rows(
        "SELECT i.id, s.step, s.bucket, s.action_id IS NULL, s.on_day FROM dunning_steps AS s"
        " JOIN erp_invoices AS i USING (invoice_key)"
    )
    assert sorted(covered) == [("I1", 3, 2, 0, "2026-07-08"), ("I2", 1, 1, 1, "2026-07-08")]


def test_the_first_action_opens_a_case_and_the_next_is_filed_there(desk: Morning) -> None:
    desk.finish({"collection_action C4": TICK})
    number, status, overdue, oldest = desk.rows(
        "SELECT case_number, status, total_overdue_cents, oldest_invoice_date FROM collection_cases"
    )[0]
    assert (number, status, overdue, oldest) == ("CASE-2026-0001", "in_progress", 3_000_000, "2026-02-01")
    (outcome,) = desk.approve(desk.ids()["agency_placement C4"], confirm="Dune Big")
    assert outcome.status == "applied"
    assert desk.rows("SELECT case_number FROM collection_cases") == [("CASE-2026-0001",)]
    assert desk.rows("SELECT case_id, action_type FROM collection_actions") == [
        (1, "final_notice"),
        (1, "collection_agency"),
    ]
    assert desk.rows("SELECT placed, changed_by FROM dunning_config") == [("agency", "dana")]


def test_an_edited_letter_goes_out_as_edited_and_keeps_the_original(desk: Morning) -> None:
    text = "Dear Acme,\n\nplease pay I1.\n"
    desk.finish({"collection_action C1": Mark("tick", edited_text=text)})
    row = desk.rows(
        "SELECT p.body, p.body_html, p.payload_json, p.content_hash, o.body, o.body_html, e.content_hash, e.body"
        "  FROM proposed_actions AS p JOIN outbox AS o ON o.proposal_id = p.id"
        "  JOIN workflow_effects AS e ON e.run_id = p.run_id AND e.seq = p.seq WHERE p.action_type = 'collection_action'"
    )[0]
    assert (row[0], row[1], row[4], row[5]) == (text, None, text, None)
    original = json.loads(row[2])["original"]
    assert (original["content_hash"], original["body"]) == (row[6], row[7])
    effect = next(
        each.effect
        for each in runs.frozen(desk.ledger.connection, 1, 1)
        if each.effect.customer_id == "C1" and each.effect.body
    )
    assert row[3] == content_hash(effect, row[2], text, None) != row[6]


def test_a_text_left_as_it_was_is_no_edit(desk: Morning) -> None:
    body = next(
        each.effect.body for each in approve.review(desk.ledger, desk.envelope).items if each.effect.customer_id == "C1"
    )
    desk.finish({"collection_action C1": Mark("tick", edited_text=body)})
    assert desk.rows("SELECT body_html IS NOT NULL FROM outbox WHERE kind = 'letter'") == [(1,)]


def test_what_was_not_shown_is_not_applied(desk: Morning) -> None:
    seqs = desk.seqs()
    one, two = seqs["collection_action C1"], seqs["collection_action C2"]
    finished = approve.finish(
        desk.ledger, desk.envelope, {one: TICK, two: TICK}, {one: "0" * 64}, DANA, DAY, desk.writer
    )
    assert finished.fallen == tuple(
        sorted(((one, "Acme Tools", "it is not what was shown"), (two, "Birch Ltd", "it is not what was shown")))
    )
    assert finished.applied == ()
    assert desk.statuses()["collection_action C1"] == "pending"


def test_what_was_not_shown_is_not_edited(desk: Morning) -> None:
    seq = desk.seqs()["collection_action C1"]
    edit = {seq: Mark("tick", edited_text="Other.\n")}
    approve.finish(desk.ledger, desk.envelope, edit, {seq: "0" * 64}, DANA, DAY, desk.writer)
    again = approve.finish(desk.ledger, desk.envelope, edit, {seq: "0" * 64}, DANA, DAY, desk.writer)
    assert [why for _, _, why in again.fallen] == ["it is not what was shown"]
    assert desk.rows("SELECT count(*) FROM proposed_actions WHERE body = 'Other.' || char(10)") == [(0,)]


def test_a_letter_that_somebody_edited_is_not_the_one_shown_before(desk: Morning) -> None:
    seq = desk.seqs()["collection_action C1"]
    original = desk.rows("SELECT content_hash FROM workflow_effects WHERE seq = ?", seq)[0][0]
    desk.sync(paid("I1", "C1", "400.00"))
    finished = desk.finish({"collection_action C1": Mark("tick", edited_text="Mine.\n")})
    assert [why for *_, why in finished.fallen] == ["I1 part-paid: 1,000.00 -> 600.00"]
    late = approve.finish(desk.ledger, desk.envelope, {seq: TICK}, {seq: original}, DANA, DAY, desk.writer)
    assert [why for *_, why in late.fallen] == ["it is not what was shown"]


def test_what_was_left_can_be_finished_later_edited_too(desk: Morning) -> None:
    first = desk.fan_out()["collection_action C1"]
    finished = desk.finish(
        {"collection_action C1": Mark("tick", edited_text="Pay, please.\n"), "collection_action C2": TICK}
    )
    assert len(finished.applied) == 2
    assert desk.rows("SELECT status, reason FROM proposed_actions WHERE id = ?", first) == [
        ("superseded", f"edited: proposal {desk.ids()['collection_action C1']} takes its place")
    ]
    assert sorted(desk.rows("SELECT body FROM outbox WHERE kind = 'letter'"))[1] == ("Pay, please.\n",)


def test_an_envelope_is_applied_once_nothing_of_it_waits(desk: Morning) -> None:
    envelope = "SELECT status FROM proposed_actions WHERE envelope_id IS NULL"
    desk.finish(dict.fromkeys((name for name in SIX if "C4" not in name), TICK) | {"collection_action C4": TICK})
    assert desk.rows(envelope) == [("approved",)]
    approve.reject(
        desk.ledger,
        [desk.ids()["agency_placement C4"], desk.ids()["propose_customer_program C4"]],
        "not yet",
        DANA,
        DAY,
    )
    assert desk.rows(envelope) == [("applied",)]


def test_kept_marks_take_effect_on_nothing_and_go_with_the_finish(desk: Morning) -> None:
    marks = {desk.seqs()["collection_action C1"]: Mark("tick", note="soon")}
    approve.keep_marks(desk.ledger, desk.envelope, marks, DANA)
    assert desk.proposals() == []
    assert approve.review(desk.ledger, desk.envelope).marks == marks
    desk.finish({})
    assert desk.rows("SELECT count(*) FROM proposal_marks") == [(0,)]


def test_without_a_sender_nothing_is_approved(desk: Morning) -> None:
    from arctl.services import settings
    from arctl.store.books import Made

    settings.change_setting(desk.ledger, None, "mail.from", None, Made("2026-07-08 12:00:00", "dana"))
    with pytest.raises(Refused, match="nobody set the address that letters come from"):
        desk.finish({"collection_action C1": TICK})
    assert desk.proposals() == []
    assert desk.rows("SELECT status FROM proposed_actions") == [("pending",)]


def test_the_chain_of_events_tells_who_decided_what(desk: Morning) -> None:
    desk.finish({"collection_action C1": TICK, "collection_action C2": Mark("reject", reason="no")})
    told = desk.rows("SELECT actor, payload_json FROM events WHERE event_type = 'workflow.envelope_approved'")
    assert len(told) == 1
    decided = json.loads(told[0][1])["decided"]
    assert told[0][0] == "dana"
    assert {status: len(rows) for status, rows in decided.items()} == {"approved": 2, "applied": 1, "rejected": 1}
