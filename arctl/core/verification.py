"""Checks of what a run promised: what is asked and when, and the verdict that follows from what was found. Pure."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from arctl.core.contract import Contract, Verify
from arctl.core.events import Happening, canonical
from arctl.core.run_inputs import bound
from arctl.core.step_kinds import STAGED

_NAMED = re.compile(r":([A-Za-z_][A-Za-z0-9_]*)")
_STAGED = re.compile(rf":({STAGED}(?:_[a-z_]+)?)\b")


class CheckStatus(StrEnum):
    """How far a check is: waiting, or over, for good, in one of three ways."""

    PENDING = "pending"
    PASSED = "pass"
    FAILED = "fail"
    TIMEOUT = "timeout"


BAD = (CheckStatus.FAILED, CheckStatus.TIMEOUT)


@dataclass(frozen=True, slots=True)
class NewCheck:
    """A check as a run leaves it behind; times UTC, `params` as SQL takes them.

    `otherwise` is what is said where the query finds nothing up to the end.
    """

    name: str
    sql: str
    params: Mapping[str, object]
    expectation: str
    due_at: str
    times_out_at: str
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One row of workflow_verify_results with what is told of its run; times UTC, the run's day ISO.

    `message` of a pending one is what it will say where nothing is ever found.
    """

    verify_id: int
    run_id: int
    company_id: int
    workflow_type: str
    run_day: str
    run_started_at: str
    name: str
    sql: str
    params_json: str
    expectation: str
    due_at: str
    times_out_at: str
    status: CheckStatus
    value: str | None = None
    message: str | None = None
    checked_at: str | None = None
    checked_by: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has its verdict."""
        return self.status is not CheckStatus.PENDING

    @property
    def expected(self) -> str:
        """The expectation with the values of what it names: `value >= 12`."""
        params: Mapping[str, object] = json.loads(self.params_json)
        return _NAMED.sub(lambda found: shown(params.get(found[1], found[0])), self.expectation)


@dataclass(frozen=True, slots=True)
class Found:
    """What the query of a check gave: the first column of its first row, None without one; and whether it is as expected.

    `failure` says why it could not be asked; then there is no value.
    """

    value: object
    holds: bool
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A check's next status, and its evidence: the value as text, and a sentence."""

    status: CheckStatus
    value: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The checks as they stand now; of those in `asked` (their numbers) the ledger was asked just now."""

    checks: Sequence[Check]
    asked: frozenset[int]

    @property
    def bad(self) -> list[Check]:
        """Those that failed or timed out."""
        return [each for each in self.checks if each.status in BAD]

    @property
    def next_due(self) -> str | None:
        """When the first of those that are not due yet is (UTC); None without any."""
        waiting = [each.due_at for each in self.checks if not each.is_over and each.verify_id not in self.asked]
        return min(waiting, default=None)


def checks_of(
    contract: Contract, facts: Mapping[str, object], staged: Mapping[str, int], at: str
) -> tuple[NewCheck, ...]:
    """The checks a run of the contract leaves behind, due from `at` (UTC) on.

    `facts` are the run's facts and inputs by name; `staged` counts its proposals by action_type. A kind of which none was
    staged counts 0.
    """
    return tuple(_check(each, facts, staged, at) for each in contract.verify)


def _check(verify: Verify, facts: Mapping[str, object], staged: Mapping[str, int], at: str) -> NewCheck:
    counts = {STAGED: sum(staged.values())} | {f"{STAGED}_{name}": count for name, count in staged.items()}
    wanted = _STAGED.findall(f"{verify.sql} {verify.expect}")
    params = bound(facts) | {name: counts.get(name, 0) for name in wanted}
    due = datetime.fromisoformat(at) + timedelta(seconds=verify.after_seconds)
    end = due + timedelta(seconds=verify.window_seconds)
    return NewCheck(verify.name, verify.sql, params, verify.expect, f"{due}", f"{end}", verify.otherwise)


def judge(check: Check, found: Found, moment: str) -> Verdict:
    """What follows from asking a due check at `moment` (UTC).

    It passes as soon as it holds. At its window's end it fails, or times out where there is nothing to judge; until then it
    stays pending.
    """
    value = None if found.value is None else shown(found.value)
    if found.holds:
        return Verdict(CheckStatus.PASSED, value, check.expected)
    over = moment >= check.times_out_at
    if found.failure:
        status = CheckStatus.FAILED if over else CheckStatus.PENDING
        return Verdict(status, None, f"could not be asked: {found.failure}")
    within = f"within {lasting(check.due_at, check.times_out_at)}"
    if found.value is None:
        said = check.message or "nothing was found"
        return Verdict(
            CheckStatus.TIMEOUT if over else CheckStatus.PENDING, None, f"{said} {within if over else 'yet'}"
        )
    if over:
        return Verdict(CheckStatus.FAILED, value, f"expected {check.expected} {within}, found {value}")
    return Verdict(CheckStatus.PENDING, value, f"expected {check.expected}")


def shown(value: object) -> str:
    """A value of the ledger as text."""
    return f"x'{value.hex()}'" if isinstance(value, bytes) else str(value)


def lasting(begin: str, end: str) -> str:
    """The time between two UTC times as contracts write it: 48h, 5m, 10s."""
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(begin)) // timedelta(seconds=1)
    for unit, length in (("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def verdicts_told(checks: Iterable[Check], on: str) -> list[Happening]:
    """The verdicts as the chain of events holds them, of the business date `on` (ISO)."""
    return [
        Happening(
            f"workflow.check_{_TOLD[each.status]}", f"verify/{each.verify_id}", "workflow_run", str(each.run_id), on,
            each.company_id,
            {"workflow_type": each.workflow_type, "name": each.name, "value": each.value, "message": each.message},
        )
        for each in checks
        if each.is_over
    ]  # fmt: skip


_TOLD = {CheckStatus.PASSED: "passed", CheckStatus.FAILED: "failed", CheckStatus.TIMEOUT: "timed_out"}


def params_text(check: NewCheck) -> str:
    """The check's parameters as they are kept: canonical JSON."""
    return canonical(check.params)
