"""Events that start workflows: each event reaches each workflow that names it once, whatever is killed or asked twice."""

from dataclasses import replace
from datetime import date

import pytest

from arctl.core.dispatching import Dispatched
from arctl.core.events import Happening
from arctl.core.run import Started
from arctl.errors import Refused, UnknownId
from arctl.services.dispatch import dispatch, replay
from arctl.store import events
from tests.workflows.scene import AT, DAY, Scene, contract, contract_text

EACH = "[{event: invoice.posted}]"
TOGETHER = "[{event: invoice.posted, per_day: true}]"
NOTE = """
- step: heard
  kind: decision
  entity_type: workflow
  entity_id: trial
  decision_type: heard
"""


def listen(stage: Scene, triggers: str, risk: int = 1, name: str = "trial", inputs: str = "") -> None:
    """Put a contract that listens into the operator's folder of contracts."""
    text = contract_text(NOTE, risk=risk, triggers=triggers, context="").replace(
        "workflow_type: trial", f"workflow_type: {name}"
    )
    folder = stage.books.place / "own"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(text.replace("inputs:\n", f"inputs:\n{inputs}"), encoding="utf-8")
    stage.set("contracts.folder", str(folder))


def happen(stage: Scene, *keys: str, kind: str = "invoice.posted", **payload: object) -> int:
    """Record an event of each key; the number of the last."""
    told = [Happening(kind, key, "invoice", key, DAY.isoformat(), 1, payload) for key in keys]
    with stage.ledger.transaction() as connection:
        return events.append(connection, stage.ledger.tenant_id, told, AT, "ann")[-1].seq


def hear(stage: Scene) -> list[tuple[int, int]]:
    """(event, how many together) of the runs of trial that a dispatch starts."""
    return told(dispatch(stage.ledger, stage.hands))


def told(found: list[Dispatched]) -> list[tuple[int, int]]:
    assert not any(each.problem for each in found), found
    return [(each.seq, each.count) for each in found if each.workflow_type == "trial"]


def started(stage: Scene) -> list[tuple[str, str, str]]:
    sql = "SELECT trigger_kind, trigger_ref, status FROM workflow_runs WHERE workflow_type = 'trial' ORDER BY run_id"
    return stage.rows(sql)


def test_each_event_starts_one_run(stage: Scene) -> None:
    listen(stage, EACH)
    last = happen(stage, "a", "b", "c")
    happen(stage, "x", kind="payment.received")

    assert hear(stage) == [(last - 2, 1), (last - 1, 1), (last, 1)]
    assert hear(stage) == []
    more = happen(stage, "d")
    assert hear(stage) == [(more, 1)]
    assert started(stage) == [("event", str(seq), "completed") for seq in (last - 2, last - 1, last, more)]


def test_those_of_a_day_together_start_one_run(stage: Scene) -> None:
    listen(stage, TOGETHER)
    last = happen(stage, "a", "b", "c")

    assert hear(stage) == [(last, 3)]
    assert hear(stage) == []
    more = happen(stage, "d", "e")
    assert hear(stage) == [(more, 2)]
    assert len(started(stage)) == 2


def test_an_event_reaches_every_workflow_that_names_it(stage: Scene) -> None:
    listen(stage, EACH)
    listen(stage, EACH, name="other")
    happen(stage, "a")

    assert [each.workflow_type for each in dispatch(stage.ledger, stage.hands)] == ["other", "trial"]
    assert [kind for (kind,) in stage.rows("SELECT workflow_type FROM workflow_runs")] == ["other", "trial"]


def test_from_risk_3_on_it_waits_for_a_person(stage: Scene) -> None:
    listen(stage, EACH, risk=3)
    happen(stage, "a")
    hear(stage)

    assert [status for *_, status in started(stage)] == ["awaiting_approval"]
    assert hear(stage) == []


def test_a_run_carries_what_the_event_carries(stage: Scene) -> None:
    listen(stage, EACH, inputs="  - {name: colour, type: text, required: true}\n")
    happen(stage, "a", colour="red", least_days=4, other="x")
    hear(stage)

    assert stage.rows("SELECT inputs_json FROM workflow_runs") == [('{"colour":"red","least_days":4}',)]


def test_an_event_without_what_the_workflow_needs_is_told_once(stage: Scene) -> None:
    listen(stage, EACH, inputs="  - {name: colour, type: text, required: true}\n")
    seq = happen(stage, "a")

    (wrong,) = dispatch(stage.ledger, stage.hands)
    assert (wrong.seq, wrong.result, wrong.problem, wrong.again) == (seq, None, "trial needs colour", False)
    assert stage.rows("SELECT payload_json FROM events WHERE event_type = 'workflow.not_started'") == [
        (f'{{"error":"trial needs colour","event":{seq}}}',)
    ]
    assert dispatch(stage.ledger, stage.hands) == []


def test_a_disabled_workflow_is_told_of_nothing_now_or_later(stage: Scene) -> None:
    listen(stage, EACH)
    happen(stage, "a")
    hear(stage)
    enable(stage, "F")
    happen(stage, "b")
    assert hear(stage) == []
    enable(stage, "T")
    assert hear(stage) == []
    more = happen(stage, "c")
    assert hear(stage) == [(more, 1)]


def enable(stage: Scene, enabled: str) -> None:
    with stage.ledger.transaction() as connection:
        connection.execute("UPDATE workflow_definitions SET enabled = ?", (enabled,))


def test_replay_offers_again_and_starts_nothing_twice(stage: Scene) -> None:
    listen(stage, EACH)
    first = happen(stage, "a")
    hear(stage)
    enable(stage, "F")
    missed = happen(stage, "b")
    hear(stage)
    with pytest.raises(Refused, match="trial is disabled"):
        replay(stage.ledger, "trial", first, stage.hands)
    enable(stage, "T")

    assert told(replay(stage.ledger, "trial", first, stage.hands)) == [(missed, 1)]
    assert told(replay(stage.ledger, "trial", first, stage.hands)) == []
    assert [ref for _, ref, _ in started(stage)] == [str(first), str(missed)]


def test_replay_of_a_days_events_starts_only_what_no_run_covers(stage: Scene) -> None:
    listen(stage, TOGETHER)
    happen(stage, "a")
    last = happen(stage, "b")
    hear(stage)

    assert told(replay(stage.ledger, "trial", last - 1, stage.hands)) == []
    assert told(replay(stage.ledger, "trial", last, stage.hands)) == []


def test_replay_knows_the_event_and_the_workflow(stage: Scene) -> None:
    listen(stage, EACH)
    last = happen(stage, "a")
    with pytest.raises(UnknownId, match=f"there is no event {last + 1}"):
        replay(stage.ledger, "trial", last + 1, stage.hands)
    with pytest.raises(UnknownId, match="there is no workflow trail"):
        replay(stage.ledger, "trail", 1, stage.hands)


def test_what_an_approved_proposal_started_no_event_starts_again(stage: Scene) -> None:
    listen(stage, EACH)
    stage.run(contract(NOTE, context=""), Started("proposal", "7"))
    happen(stage, "a", proposal_id=7)
    other = happen(stage, "b", proposal_id=8)

    assert hear(stage) == [(other, 1)]


class Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("triggers", [EACH, TOGETHER])
@pytest.mark.parametrize("steps", [0, 1, 2, 4, 5, 6, 8, 11, 13])
def test_killed_anywhere_each_event_still_starts_one_run(stage: Scene, triggers: str, steps: int) -> None:
    listen(stage, triggers)
    last = happen(stage, "a", "b", "c")
    left = [steps]

    def clock() -> str:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return AT

    try:
        dispatch(stage.ledger, replace(stage.hands, clock=clock))
        killed = False
    except Killed:
        killed = True
    assert killed or triggers == TOGETHER
    later = happen(stage, "d")
    dispatch(stage.ledger, stage.hands)
    stage.resume()

    refs = [ref for _, ref, _ in started(stage)]
    assert len(refs) == len(set(refs))
    assert [status for *_, status in started(stage)] == ["completed"] * len(refs)
    if triggers == EACH:
        assert refs == [str(seq) for seq in (last - 2, last - 1, last, later)]
    else:
        assert refs in ([str(last), str(later)], [str(later)])
    assert stage.rows("SELECT count(*) FROM auto_decisions") == [(len(refs),)]


def test_the_day_is_each_companys_own(stage: Scene) -> None:
    listen(stage, EACH)
    happen(stage, "a")
    dispatch(stage.ledger, stage.later("2026-07-02 02:00:00", date(2026, 7, 9)))  # in New York it is still the first

    assert stage.rows("SELECT as_of FROM workflow_runs") == [("2026-07-01",)]
