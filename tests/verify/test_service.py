"""Due checks are asked read-only, each has one verdict, and its evidence is kept."""

from datetime import timedelta

import pytest

from arctl.errors import Refused, UnknownId
from arctl.services.verify import Asked, verify
from arctl.store import books, events
from arctl.store.books import Company
from arctl.store.events import Wanted
from tests.verify.conftest import AT, FOUND, Night, stamp

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_check_passes_as_soon_as_it_holds(night: Night) -> None:
    night.check(FOUND, "value = 'hold'")
    assert night.statuses() == ["pending"]

    night.put("hold")

    (check,) = night.ask(HOUR).checks
    assert (check.status, check.value, check.message) == ("pass", "hold", "value = 'hold'")
    assert (check.checked_at, check.checked_by) == (stamp(AT + HOUR), "ben")
    kept = "SELECT status, value, message, checked_at, checked_by FROM workflow_verify_results"
    assert night.ledger.connection.execute(kept).fetchall() == [
        ("pass", "hold", "value = 'hold'", stamp(AT + HOUR), "ben")
    ]


def test_it_fails_at_the_end_of_its_window_and_not_before(night: Night) -> None:
    night.check(FOUND, "value = 'hold'")
    night.put("open")
    assert night.statuses(DAY - timedelta(seconds=1)) == ["pending"]

    (check,) = night.ask(DAY).checks

    assert (check.status, check.value, check.message) == (
        "fail",
        "open",
        "expected value = 'hold' within 24h, found open",
    )


def test_it_times_out_where_there_was_nothing_to_judge(night: Night) -> None:
    night.check(FOUND, "value IS NOT NULL", window=2 * DAY, otherwise="no push could be read back")
    (waiting,) = night.ask(DAY).checks
    assert (waiting.status, waiting.message) == ("pending", "no push could be read back yet")

    (check,) = night.ask(2 * DAY).checks

    assert (check.status, check.value, check.message) == ("timeout", None, "no push could be read back within 48h")


def test_a_verdict_stays(night: Night) -> None:
    night.check(FOUND, "value = 'hold'")
    night.put("hold")
    assert night.statuses() == ["pass"]
    night.put("open")

    assert night.statuses(2 * DAY) == [], "what is over is asked no more"
    assert night.statuses(2 * DAY, run=1) == ["pass"]


def test_it_is_not_asked_before_it_is_due(night: Night) -> None:
    night.check("SELECT 1", after=timedelta(seconds=10))

    early = night.ask(timedelta(seconds=9))
    assert ([each.status for each in early.checks], early.asked, early.next_due) == (
        ["pending"],
        frozenset(),
        stamp(AT + timedelta(seconds=10)),
    )
    assert night.statuses(timedelta(seconds=10)) == ["pass"]


def test_each_verdict_is_one_event(night: Night) -> None:
    night.check("SELECT 1", name="good")
    night.check("SELECT 0", name="bad", window=HOUR)
    night.check("SELECT NULL", name="none", window=HOUR)
    for later in (timedelta(), HOUR, DAY):
        night.ask(later)

    told = events.select(night.ledger.connection, 1, Wanted())
    assert [(each.event_type, each.entity_id, each.idempotency_key) for each in told] == [
        ("workflow.check_passed", "1", "verify/1"),
        ("workflow.check_failed", "1", "verify/2"),
        ("workflow.check_timed_out", "1", "verify/3"),
    ]


def test_what_cannot_be_asked_stops_no_other(night: Night) -> None:
    night.check("SELECT * FROM no_such_table")
    night.check("DELETE FROM settings")
    night.check("SELECT 1", "value = :nobody")
    night.check("SELECT 1")

    first = night.ask()
    assert [each.status.value for each in first.checks] == ["pending", "pending", "pending", "pass"]
    assert [str(each.message).startswith("could not be asked: ") for each in first.checks] == [True, True, True, False]
    assert night.statuses(DAY) == ["fail", "fail", "fail"]


def test_the_time_of_asking_can_be_named(night: Night) -> None:
    night.check("SELECT :now", "value = :now")

    assert night.ask(HOUR).checks[0].value == stamp(AT + HOUR)


def test_two_at_once_give_one_verdict(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other program concludes between the asking and the writing of this one."""
    from arctl.services import verify as service

    night.check(FOUND, "value = 'hold'", window=HOUR)
    night.put("open")
    asked = service._verdicts

    def late(*args: object) -> object:
        verdicts = asked(*args)  # type: ignore[arg-type] # handed on as they came
        night.ledger.connection.execute(
            "UPDATE workflow_verify_results SET status = 'pass', value = 'hold', message = 'theirs'"
        )
        return verdicts

    monkeypatch.setattr(service, "_verdicts", late)

    (check,) = night.ask(DAY).checks

    assert (check.status, check.message) == ("pass", "theirs")
    assert not list(events.select(night.ledger.connection, 1, Wanted()))


def test_a_run_that_is_not_there(night: Night) -> None:
    with pytest.raises(UnknownId, match="there is no run 9"):
        night.ask(run=9)


def test_one_run_alone(night: Night) -> None:
    night.run()
    night.check("SELECT 1", run=1)
    night.check("SELECT 1", run=2)

    assert [each.run_id for each in night.ask(run=2).checks] == [2]
    assert [each.run_id for each in night.ask().checks] == [1]


def test_a_past_day_is_its_end(night: Night) -> None:
    """AT is 10:00 in New York; the day ends 14 hours later."""
    night.check("SELECT 0", window=timedelta(hours=13, minutes=59), name="over by midnight")
    night.check("SELECT 0", window=timedelta(hours=14, minutes=1), name="over after it")
    night.check("SELECT 0", after=timedelta(hours=15), name="due the next day")

    assert night.statuses(5 * DAY, as_of="2026-06-30") == ["fail", "pending", "pending"]
    assert night.statuses(5 * DAY, as_of="2026-07-01") == ["fail", "pending"]


def test_a_run_that_replayed_a_past_day_is_verified_on_the_day_after_it(night: Night) -> None:
    """Started on 30 June for 1 March: 2 March is 1 July of its own time."""
    number = night.run(as_of="2026-03-01")
    night.check("SELECT 1", run=number, after=timedelta(seconds=10), name="soon")
    night.check("SELECT 0", run=number, window=DAY, name="within a day")
    night.check("SELECT NULL", run=number, window=3 * DAY, name="within three")

    assert night.statuses(as_of="2026-02-28") == [], "it was not there yet"
    assert night.statuses(as_of="2026-03-01") == ["pass", "pending", "pending"]
    assert night.statuses(as_of="2026-03-02") == ["fail", "pending"]
    assert night.statuses(as_of="2026-03-04") == ["timeout"]


def test_a_day_to_come_is_refused(night: Night) -> None:
    night.check("SELECT 0", window=HOUR)

    with pytest.raises(Refused, match="2026-07-01 has not come yet"):
        night.ask(as_of="2026-07-01")
    assert night.statuses() == ["pending"]


def test_today_is_now(night: Night) -> None:
    night.check("SELECT 0", window=HOUR)

    assert night.statuses(timedelta(minutes=59), as_of="2026-06-30") == ["pending"]
    assert night.statuses(HOUR, as_of="2026-06-30") == ["fail"]


def test_one_company_alone(night: Night) -> None:
    books.add_company(night.ledger.connection, 1, Company(2, "west", "USD", "America/Los_Angeles", None))
    night.run()
    night.ledger.connection.execute("DROP TRIGGER workflow_run_log_update")
    night.ledger.connection.execute("UPDATE workflow_run_log SET company_id = 2 WHERE run_id = 2")
    for run in (1, 2):
        night.check("SELECT 0", run=run)

    def of(company: str | None) -> list[int]:
        asked = Asked(AT, "ben", "u-ben", company=company)
        return [each.run_id for each in verify(night.ledger, asked).checks]

    assert (of("default"), of("west"), of(None)) == ([1], [2], [1, 2])
    with pytest.raises(UnknownId):
        of("east")
