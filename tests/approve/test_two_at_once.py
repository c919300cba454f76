"""Two approvers at one time: each thing is done once, and whoever came second is told by whom and when."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from arctl.core.review_values import Finished, Mark, Outcome
from arctl.errors import Refused
from arctl.render.letters import writer
from arctl.services import approve
from tests.approve.staged import DANA, DAY, Morning, at_desk
from tests.conftest import process_environment

KIM = replace(DANA, actor="kim")
LETTERS = (
    "collection_action C1",
    "collection_action C2",
    "collection_action C3",
    "collection_action C4",
    "email_draft",
)


def test_d16_applied_once_and_the_other_is_told(desk: Morning) -> None:
    ids = desk.fan_out()
    wanted = [ids[name] for name in LETTERS]
    start = Barrier(2)

    def decide(who: str) -> list[Outcome]:
        with at_desk(desk.books.place) as ledger:
            start.wait()
            return approve.approve_ids(ledger, wanted, replace(DANA, actor=who), DAY, writer=writer(None))

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(decide, ("dana", "kim")))
    first, second = sorted(both, key=lambda each: each[0].refused)
    winner = "dana" if first is both[0] else "kim"
    assert [(each.status, each.refused) for each in first] == [("applied", False)] * 5
    assert {each.reason for each in second} == {f"applied by {winner} on 2026-07-08 14:00:00 (UTC)"}
    assert all(each.refused for each in second)
    assert len(desk.actions()) == 4
    assert len(desk.mails()) == 4


def test_two_finish_one_envelope(desk: Morning) -> None:
    seqs = desk.seqs()
    shown = {item.seq: item.content_hash for item in approve.review(desk.ledger, desk.envelope).items}
    marks = {seqs[name]: Mark("tick") for name in LETTERS}
    start = Barrier(2)

    def decide(who: str) -> Finished:
        with at_desk(desk.books.place) as ledger:
            start.wait()
            return approve.finish(ledger, 1, marks, shown, replace(DANA, actor=who), DAY, writer(None))

    with ThreadPoolExecutor(2) as pool:
        first, second = (pool.submit(decide, who) for who in ("dana", "kim"))
    done = [each.result() for each in (first, second)]
    applied = [len(each.applied) for each in done]
    assert sorted(applied) == [0, 5]
    late = done[applied.index(0)]
    winner = ("dana", "kim")[applied.index(5)]
    assert {why for _, _, why in late.fallen} == {f"applied by {winner} on 2026-07-08 14:00:00 (UTC)"}
    assert (len(desk.actions()), len(desk.mails())) == (4, 4)


def test_a_second_approval_of_an_envelope_is_refused(desk: Morning) -> None:
    approve.approve_envelope(desk.ledger, 1, DANA, DAY, with_drafts=True, writer=desk.writer)
    with pytest.raises(Refused, match=r"envelope 1 was approved by dana on 2026-07-08 14:00:00 \(UTC\)"):
        approve.approve_envelope(desk.ledger, 1, KIM, DAY, with_drafts=True, writer=desk.writer)
    assert len(desk.actions()) == 4


def test_two_programs_approve_one_envelope(desk: Morning, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "arctl", "--db", str(desk.books.place / "arctl.db"), "--actor",
    ]  # fmt: skip
    rest = ["approve", "1", "--with-drafts", "--yes", "--as-of", "2026-07-08", "--json"]
    running = [
        subprocess.Popen(
            [*command, who, *rest], env=process_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for who in ("dana", "kim")
    ]
    ended = [(*each.communicate(timeout=60), each.returncode) for each in running]
    codes = sorted(code for *_, code in ended)
    assert codes == [0, 4], ended
    winner = next(out for out, _, code in ended if code == 0)
    loser = next(err for _, err, code in ended if code == 4)
    assert [each["status"] for each in json.loads(winner)].count("applied") == 5
    assert "error: envelope 1 was approved by " in loser
    assert (len(desk.actions()), len(desk.mails())) == (4, 4)


def test_two_resume_what_waited(desk: Morning) -> None:
    ids = desk.fan_out()
    desk.switch("proposed_apply", True)
    desk.approve(*(ids[name] for name in LETTERS))
    desk.switch("proposed_apply", False)
    start = Barrier(2)

    def resume(who: str) -> list[Outcome]:
        with at_desk(desk.books.place) as ledger:
            start.wait()
            return approve.resume(ledger, replace(DANA, actor=who), DAY, writer(None))

    with ThreadPoolExecutor(2) as pool:
        both = [each for outcomes in pool.map(resume, ("dana", "kim")) for each in outcomes]
    assert sorted((each.id, each.status) for each in both) == sorted((ids[name], "applied") for name in LETTERS)
    assert (len(desk.actions()), len(desk.mails())) == (4, 4)
