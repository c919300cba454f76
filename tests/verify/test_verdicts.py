"""When a check passes, waits, fails and times out, and what is said of it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.contract import Contract, Hitl, Place, Retry, Verify
from arctl.core.verification import Check, CheckStatus, Found, checks_of, judge, lasting

DUE, END = "2026-06-30 14:00:00", "2026-07-02 14:00:00"
CHECK = Check(
    1, 1, 1, "w", "2026-06-30", DUE, "n", "SELECT 1", '{"staged":3}', "value >= :staged", DUE, END, CheckStatus.PENDING
)
BEFORE, AFTER = "2026-07-02 13:59:59", END


@pytest.mark.parametrize(
    ("found", "moment", "status", "value", "message"),
    [
        (Found(3, True), BEFORE, "pass", "3", "value >= 3"),
        (Found(3, True), AFTER, "pass", "3", "value >= 3"),
        (Found(None, True), BEFORE, "pass", None, "value >= 3"),
        (Found(2, False), BEFORE, "pending", "2", "expected value >= 3"),
        (Found(2, False), AFTER, "fail", "2", "expected value >= 3 within 48h, found 2"),
        (Found(None, False), BEFORE, "pending", None, "nothing was found yet"),
        (Found(None, False), AFTER, "timeout", None, "nothing was found within 48h"),
        (Found(None, False, "no such table"), BEFORE, "pending", None, "could not be asked: no such table"),
        (Found(None, False, "no such table"), AFTER, "fail", None, "could not be asked: no such table"),
        (Found("", False), AFTER, "fail", "", "expected value >= 3 within 48h, found "),
        (Found(0, False), AFTER, "fail", "0", "expected value >= 3 within 48h, found 0"),
        (Found(b"\x01", False), AFTER, "fail", "x'01'", "expected value >= 3 within 48h, found x'01'"),
    ],
)
def test_verdicts(found: Found, moment: str, status: str, value: str | None, message: str) -> None:
    verdict = judge(CHECK, found, moment)
    assert (verdict.status.value, verdict.value, verdict.message) == (status, value, message)


@given(
    value=st.none() | st.integers() | st.text(),
    holds=st.booleans(),
    seconds=st.integers(min_value=0, max_value=400_000),
)
def test_a_check_is_over_for_a_reason(value: object, holds: bool, seconds: int) -> None:
    """It passes whenever it holds; it is bad only where it does not hold at the end; NULL alone times out."""
    moment = f"{datetime.fromisoformat(DUE) + timedelta(seconds=seconds)}"
    verdict = judge(CHECK, Found(value, holds), moment)
    over = seconds >= 48 * 3600
    expected = "pass" if holds else "pending" if not over else "timeout" if value is None else "fail"
    assert verdict.status.value == expected
    assert (verdict.value is None) == (value is None)
    assert verdict.message


@pytest.mark.parametrize(
    ("end", "said"),
    [("2026-06-30 14:00:10", "10s"), ("2026-06-30 14:05:00", "5m"), ("2026-07-01 14:00:00", "24h"), (DUE, "0s")],
)
def test_how_long_a_window_is(end: str, said: str) -> None:
    assert lasting(DUE, end) == said


def contract(*verify: Verify) -> Contract:
    return Contract(
        "w", 1, "c", "o", "d", 3, (), (), (), (), Hitl("a"), (), (), verify, Retry(), False, (), "w.yaml", "", "a" * 64
    )


def test_what_a_run_leaves_behind() -> None:
    place = Place("w.yaml", 1, 1)
    counted = Verify("a", "SELECT count(*) WHERE :staged_task = 0", "value >= :staged_letter", 10, 3600, place)
    pushed = Verify("b", "SELECT 1", "value = :staged", 0, 60, place, "no push could be read back")

    first, second = checks_of(contract(counted, pushed), {"run_id": 7, "flag": True}, {"letter": 2, "call": 1}, DUE)

    assert first.params == {"run_id": 7, "flag": 1, "staged_task": 0, "staged_letter": 2}
    assert (first.due_at, first.times_out_at, first.otherwise) == ("2026-06-30 14:00:10", "2026-06-30 15:00:10", "")
    assert second.params == {"run_id": 7, "flag": 1, "staged": 3}
    assert (second.times_out_at, second.otherwise) == ("2026-06-30 14:01:00", "no push could be read back")
