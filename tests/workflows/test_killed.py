"""kill -9 at any moment, a hundred times: gone on with, each effect is done exactly once; and two who go on at once."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from shutil import copyfile
from time import monotonic, sleep

import pytest

from arctl.core.run import Started
from arctl.core.run_inputs import settle
from arctl.render.letters import writer
from arctl.services.books import companies_of
from arctl.services.run import Hands, resume, start
from arctl.store.ledger import Ledger, open_ledger
from tests.workflows.scene import DAY, Scene, contract

ROUNDS = 100
MANY = "".join(
    f"""
- {{step: mark_{number}, kind: flag, over: late, customer_id: "{{customer_id}}", flag: watched_{number}}}
- {{step: told_{number}, kind: event, event_type: customer.health_changed, entity_type: company, entity_id: "{number}"}}
- {{step: ring_{number}, kind: task, over: late, title: "Ring {{customer_name}}, {number}"}}
- {{step: chose_{number}, kind: decision, entity_type: workflow, entity_id: "{number}", decision_type: looked}}
"""
    for number in range(4)
)
POST = """
- {step: summary, kind: summary, table: ar_aging_summary}
- {step: told_later, kind: reflexion, tags: [trial]}
"""
TRIAL = contract(MANY, post=POST)
EFFECTS = 4 * (3 + 1 + 3 + 1) + 2

pytestmark = pytest.mark.slow


def begin(ledger: Ledger, hands: Hands) -> None:
    inputs = settle(TRIAL, {})
    start(ledger, companies_of(ledger, None)[0], TRIAL, inputs, DAY, Started("manual"), hands)


def go_on(ledger: Ledger, hands: Hands) -> None:
    resume(ledger, None, hands)


def child(path: Path, hands: Hands, what: Callable[[Ledger, Hands], None]) -> int:
    """A process of its own that does it on a connection of its own."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        with closing(open_ledger(path, "default")) as ledger:
            what(ledger, hands)
        status = 0
    finally:
        os._exit(status)


def check_once(ledger: Ledger) -> None:
    def rows(sql: str) -> list[tuple[object, ...]]:
        return ledger.connection.execute(sql).fetchall()

    assert rows("SELECT run_id, status FROM workflow_runs") == [(1, "completed")]
    assert rows("SELECT count(*), count(DISTINCT seq) FROM workflow_effects") == [(EFFECTS, EFFECTS)]
    done = rows("SELECT effect_seq, count(*) FROM workflow_step_log WHERE effect_seq IS NOT NULL GROUP BY 1 ORDER BY 1")
    assert done == [(seq, 1) for seq in range(1, EFFECTS + 1)]
    assert rows("SELECT count(*) FROM workflow_step_log WHERE status = 'failed'") == [(0,)]
    assert rows("SELECT flag, count(*) FROM customer_flags GROUP BY 1") == [(f"watched_{n}", 3) for n in range(4)]
    assert rows("SELECT count(*) FROM proposed_actions WHERE action_type = 'task'") == [(12,)]
    assert rows("SELECT entity_id, count(*) FROM events WHERE event_type = 'customer.health_changed' GROUP BY 1") == [
        (str(number), 1) for number in range(4)
    ]
    assert rows("SELECT count(*) FROM auto_decisions") == [(4,)]
    assert rows("SELECT count(*) FROM reflexion_log") == [(1,)]
    assert rows("SELECT count(*) FROM ar_aging_summary") == [(1,)]
    assert rows("SELECT count(*) FROM events WHERE event_type = 'workflow.completed'") == [(1,)]


def test_kill_9_at_random_a_hundred_times(stage: Scene, tmp_path: Path) -> None:
    stage.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    hands = Hands(stage.hands.acting, writer(None), sleep)
    random, killed, path = Random(20260630), 0, tmp_path / "arctl.db"

    def whole() -> float:
        begun = monotonic()
        assert os.waitstatus_to_exitcode(os.waitpid(child(path, hands, begin), 0)[1]) == 0
        return monotonic() - begun

    copyfile(stage.ledger.path, path)
    lasting = whole()
    for _ in range(ROUNDS):
        for left in tmp_path.iterdir():
            left.unlink()
        copyfile(stage.ledger.path, path)
        victim = child(path, hands, begin)
        sleep(random.uniform(0, lasting))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        with closing(open_ledger(path, "default")) as ledger:
            found = ledger.connection.execute("SELECT status FROM workflow_runs").fetchall()
            if found == []:
                begin(ledger, hands)  # it had not begun
            elif found == [("running",)]:
                killed += 1
                go_on(ledger, hands)
            check_once(ledger)
    assert killed > ROUNDS // 4, "the kills missed the run; do they come at the right time?"


def test_two_who_go_on_at_once_do_each_effect_once_between_them(stage: Scene, tmp_path: Path) -> None:
    stage.ledger.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    hands = Hands(stage.hands.acting, writer(None), sleep)
    for attempt in range(5):
        path = tmp_path / f"{attempt}.db"
        copyfile(stage.ledger.path, path)
        victim = child(path, hands, begin)
        sleep(0.03)
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        both = [child(path, hands, go_on) for _ in range(2)]
        for pid in both:
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        with closing(open_ledger(path, "default")) as ledger:
            if ledger.connection.execute("SELECT count(*) FROM workflow_runs").fetchone() == (0,):
                begin(ledger, hands)
            check_once(ledger)
