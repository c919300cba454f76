"""Whatever is marked, everything of an envelope ends in exactly one place, and each contact is made once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.review_values import Mark
from arctl.services import approve
from tests.approve.staged import DANA, DAY, Morning, morning, paid

NAMES = ("collection_action C1", "collection_action C2", "collection_action C3", "collection_action C4", "email_draft")
MARKS = {
    "tick": Mark("tick"),
    "edit": Mark("tick", edited_text="Pay, please.\n"),
    "reject": Mark("reject", reason="no"),
    "snooze": Mark("snooze", until="2026-07-20"),
    "call": Mark("call"),
}


@st.composite
def sittings(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str], bool, bool]:
    """Marks of a first and a second sitting, whether C1 pays before the first one, and whether approvals are stopped then."""
    kinds = st.sampled_from([*MARKS, "leave"])
    first, second = ({name: draw(kinds) for name in NAMES} for _ in range(2))
    return first, second, draw(st.booleans()), draw(st.booleans())


def _marks(names: dict[str, str], known: set[str]) -> dict[str, Mark]:
    kept = {name: kind for name, kind in names.items() if name in known and kind != "leave"}
    return {
        name: MARKS[kind] for name, kind in kept.items() if not (name == "email_draft" and kind in ("snooze", "call"))
    }


def _covers(desk: Morning) -> list[tuple[object, ...]]:
    return desk.rows("SELECT invoice_key, installment, count(*) FROM dunning_steps GROUP BY 1, 2 HAVING count(*) > 1")


@settings(max_examples=15, deadline=None)
@given(sittings())
def test_everything_ends_in_one_place(sitting: tuple[dict[str, str], dict[str, str], bool, bool]) -> None:
    first, second, pays, stopped = sitting
    with morning() as desk:
        if pays:
            desk.sync(paid("I1", "C1", "1000.00"))
        desk.switch("proposed_apply", True) if stopped else None
        desk.finish(_marks(first, set(NAMES)))
        left = {name for name, status in desk.statuses().items() if status == "pending"}
        if left & set(NAMES):
            desk.finish(_marks(second, left))
        desk.switch("proposed_apply", False) if stopped else None
        approve.resume(desk.ledger, DANA, DAY, desk.writer)
        _check(desk)


def _check(desk: Morning) -> None:
    made = desk.rows(
        "SELECT e.seq, sum(p.status <> 'superseded' OR p.reason NOT LIKE 'edited:%') FROM workflow_effects AS e"
        " JOIN proposed_actions AS p ON p.run_id = e.run_id AND p.seq = e.seq WHERE e.action_type IS NOT NULL GROUP BY e.seq"
    )
    assert len(made) == len(desk.seqs())
    assert {count for _, count in made} == {1}
    assert desk.rows("SELECT count(*) FROM proposed_actions WHERE status = 'approved' AND envelope_id IS NOT NULL") == [
        (0,)
    ]
    assert _covers(desk) == []
    applied = [name for _, name, status, _ in desk.proposals() if status == "applied"]
    letters = [
        name for name in applied if name in ("collection_action C1", "collection_action C2", "collection_action C4")
    ]
    mails = len(letters) + applied.count("email_draft")
    assert desk.rows("SELECT count(*), sum(status = 'written') FROM outbox") == [(mails, mails or None)]
    assert len(desk.mails()) == mails
    executed = desk.rows(
        "SELECT count(*) FROM collection_actions WHERE execution_status = 'executed' AND outcome = 'sent'"
    )
    assert executed == [(len(letters),)]
    cases = desk.rows("SELECT customer_key, currency, count(*) FROM collection_cases GROUP BY 1, 2 HAVING count(*) > 1")
    assert cases == []
