"""Picks the fastest plan for a day by running each; every plan must give the same answer."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Command, run

HERE = Path(__file__).parent
PLANS = ("today", "recent", "settled", "settled_documents", "covering", "plain")
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """The fastest plan for a day, and the best time of each in seconds."""

    plan: str
    seconds: dict[str, float]


def command(script: str, ledger: Path, as_of: str, plan: str) -> Command:
    """age.py or by_invoice.py as a bare Python process."""
    return Command([sys.executable, HERE / script, ledger, as_of, plan])


def choose(script: str, ledger: Path, as_of: str, last_day: str, folder: Path) -> Choice:
    """Runs every plan once and those within twice the fastest again; ValueError where answers differ."""
    plans = [plan for plan in PLANS if plan != "today" or as_of >= last_day]
    out = {plan: folder / f"plan_{plan}.out" for plan in plans}
    seconds = {plan: run(command(script, ledger, as_of, plan), out[plan]).seconds for plan in plans}
    check_same([out[plan] for plan in plans])
    quick = [plan for plan in plans if seconds[plan] <= 2 * min(seconds.values())]
    for _ in range(ROUNDS):
        for plan in quick:
            again = run(command(script, ledger, as_of, plan), out[plan]).seconds
            seconds[plan] = min(seconds[plan], again)
    return Choice(min(seconds, key=lambda plan: seconds[plan]), seconds)


def check_same(answers: Sequence[Path]) -> None:
    """All files hold the same bytes; ValueError names the one that does not."""
    first = answers[0].read_bytes()
    for answer in answers[1:]:
        if answer.read_bytes() != first:
            raise ValueError(f"the reference plans disagree: {answers[0]} and {answer}")
