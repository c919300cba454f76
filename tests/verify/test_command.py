"""`arctl verify` on a screen and for programs."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.aging.conftest import Here
from tests.verify.conftest import AT, Night, stamp

LATER = AT + timedelta(hours=2)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock stands at LATER."""
    monkeypatch.setattr("arctl.cli.shell.utc_now", lambda: LATER)


def test_nothing_to_check(night: Night, here: Here) -> None:
    ran = here("verify")
    assert (ran.code, ran.err) == (0, "nothing waits to be checked\n")
    assert here("verify", "--json").json == []


@pytest.mark.usefixtures("later")
def test_the_table(night: Night, here: Here) -> None:
    night.check("SELECT 12", "value >= 12", name="actions_staged")
    night.check("SELECT NULL", "value IS NOT NULL", name="hold_applied_ns", otherwise="no push could be read back")
    night.check("SELECT 1", name="tomorrow", after=timedelta(days=1))

    ran = here("verify")

    assert (ran.code, ran.err) == (0, "3 checks: 1 pass, 2 pending\n")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert lines[2:] == [
        "actions_staged 1 w pass 12 value >= 12",
        f"hold_applied_ns 1 w pending no push could be read back yet; until {stamp(AT + timedelta(days=1))} (UTC)",
        f"tomorrow 1 w pending not due before {stamp(AT + timedelta(days=1))} (UTC)",
    ]


@pytest.mark.usefixtures("later")
def test_a_failure_is_exit_1_once(night: Night, here: Here) -> None:
    night.check("SELECT 11", "value >= 12", name="actions_staged", window=timedelta(hours=1))
    night.check("SELECT NULL", "value IS NOT NULL", name="hold_applied_ns", window=timedelta(hours=1))

    ran = here("verify", "--json")

    assert ran.code == 1
    assert [(each["name"], each["run_id"], each["status"], each["value"]) for each in json.loads(ran.out)] == [
        ("actions_staged", 1, "fail", 11),
        ("hold_applied_ns", 1, "timeout", None),
    ]
    assert ran.err.splitlines()[1:] == [
        "error: 2 of 2 checks did not pass: actions_staged of run 1, hold_applied_ns of run 1",
        "hint: `arctl runs show 1` tells what the run did",
    ]
    assert here("verify").code == 0, "it was told"
    assert here("verify", "--run", "1").code == 1, "who asks about the run hears it again"


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("form", ["csv", "md", "json", "table"])
def test_every_format(night: Night, here: Here, form: str) -> None:
    night.check("SELECT '=1+1'", "value = '=1+1'", name="odd")

    ran = here("verify", "--format", form)

    assert ran.code == 0
    assert "odd" in ran.out
    if form == "csv":
        assert ran.out.splitlines()[1].startswith("odd,1,pass,'=1+1,w,"), "no spreadsheet runs it"


@pytest.mark.usefixtures("later")
def test_the_ledger_is_only_read_by_a_check(night: Night, here: Here, tmp_path: Path) -> None:
    night.check("SELECT load_extension('x')")
    night.check(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM settings", "value = 0"
    )

    ran = here("verify", "--json")

    assert [each["status"] for each in ran.json] == ["pending", "pass"]
