"""`arctl dunning` as an operator runs it."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from arctl.core.dunning_config import TERMS
from tests.aging.books import laid_out
from tests.conftest import Arctl

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def dunning(arctl: Arctl, tmp_path: Path) -> Run:
    """`arctl dunning …` by kim, in a ledger with one customer."""
    laid_out(tmp_path / "erp", {"customers": "id,name\nC1,Birch [Supply]\nC2,Cedar\n"})
    assert arctl("sync", "--from", "erp").returncode == 0

    def run(*args: str) -> CompletedProcess[str]:
        return arctl("--actor", "kim", "dunning", *args)

    return run


def _shown(dunning: Run, *args: str) -> dict[str, tuple[str | None, str | None]]:
    """key -> (value, from)."""
    ran = dunning("show", *args, "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    return {each["key"]: (each["value"], each["from"]) for each in json.loads(ran.stdout)}


def test_what_holds_where_nobody_said_anything(dunning: Run) -> None:
    assert _shown(dunning, "C1") == {
        "first_reminder_days": ("7", "built-in"),
        "second_reminder_days": ("14", "built-in"),
        "final_notice_days": ("21", "built-in"),
        "agency_days": ("60", "built-in"),
        "repeat_days": ("14", "built-in"),
        "min_gap_days": ("7", "built-in"),
        "minimum_amount": ("1.00", "built-in"),
        "is_active": ("T", "built-in"),
        "send_email": ("T", "built-in"),
        "send_sms": ("F", "built-in"),
        "language": ("en", "built-in"),
        "placed": (None, None),
    }


def test_each_value_comes_from_the_nearest_layer(dunning: Run, arctl: Arctl) -> None:
    assert arctl("config", "set", "dunning.repeat_days", "30").returncode == 0
    assert arctl("config", "set", "dunning.min_gap_days", "9").returncode == 0
    default = dunning("set", "min_gap_days=8", "language=DE")
    own = dunning("set", "C1", "language=fr", "minimum_amount=1,250.00", "--reason", "asked for it")

    assert default.stdout == (
        "min_gap_days of everybody = 8, from default (was 9)\nlanguage of everybody = de, from default (was en)\n"
    )
    assert own.stdout == (
        "minimum_amount of Birch [Supply] (C1) = 1250.00 (was 1.00)\nlanguage of Birch [Supply] (C1) = fr (was de)\n"
    )
    shown = _shown(dunning, "C1")
    assert [shown[key] for key in ("repeat_days", "min_gap_days", "language", "minimum_amount")] == [
        ("30", "settings"), ("8", "default"), ("fr", "customer"), ("1250.00", "customer"),
    ]  # fmt: skip
    assert _shown(dunning, "C2")["language"] == _shown(dunning)["language"] == ("de", "default")
    by = {each["key"]: each["by"] for each in json.loads(dunning("show", "C1", "--json").stdout)}
    assert (by["language"], by["min_gap_days"], by["agency_days"]) == ("kim", "kim", None)


def test_a_value_can_be_taken_back(dunning: Run) -> None:
    dunning("set", "C1", "min_gap_days=20", "repeat_days=40")
    back = dunning("set", "C1", "min_gap_days=")

    assert back.stdout == "min_gap_days of Birch [Supply] (C1) = 7, from built-in (was 20)\n"
    shown = _shown(dunning, "C1")
    assert (shown["min_gap_days"], shown["repeat_days"]) == (("7", "built-in"), ("40", "customer"))


def test_the_thresholds_rise_whoever_sets_them(dunning: Run, arctl: Arctl) -> None:
    assert dunning("set", "C1", "final_notice_days=59").returncode == 0
    for args in (("set", "C2", "final_notice_days=60"), ("set", "agency_days=59"), ("set", "final_notice_days=14")):
        refused = dunning(*args)
        assert (refused.returncode, refused.stdout) == (2, "")
    setting = arctl("config", "set", "dunning.agency_days", "59")

    assert setting.returncode == 2
    assert "for customer C1, final_notice_days (59) must be less than agency_days (59)" in setting.stderr
    assert _shown(dunning)["agency_days"] == ("60", "built-in")
    assert _shown(dunning, "C2")["final_notice_days"] == ("21", "built-in")


def test_place_and_take_back(dunning: Run) -> None:
    placed = dunning("place", "C1", "agency", "--reason", "no answer")
    again = dunning("place", "C1", "agency", "--reason", "again")
    other = dunning("place", "C1", "legal", "--reason", "sued")
    back = dunning("unplace", "C1", "--reason", "paid")
    twice = dunning("unplace", "C1", "--reason", "paid")

    assert placed.stdout == "Birch [Supply] (C1) is placed with an agency: no letters from now on\n"
    assert again.returncode == 4
    assert again.stderr.startswith("error: Birch [Supply] (C1) is placed with an agency already, by kim on ")
    assert other.stdout == "Birch [Supply] (C1) is in legal action: no letters from now on\n"
    assert back.stdout == "Birch [Supply] (C1) is dunned again (was in legal action)\n"
    assert (twice.returncode, twice.stdout) == (4, "")


def test_every_version_is_kept(dunning: Run) -> None:
    dunning("set", "C1", "min_gap_days=20", "--reason", 'they asked\tfor "peace"')
    dunning("set", "C1", "min_gap_days=25", "is_active=no")
    dunning("place", "C1", "insolvent", "--reason", "court \\ letter")
    rows = list(csv.DictReader(io.StringIO(dunning("history", "C1", "--format", "csv").stdout)))

    assert [(row["version"], row["changes"], row["by"]) for row in rows] == [
        ("1", "min_gap_days=20", "kim"),
        ("2", "min_gap_days=25 (was 20); is_active=F", "kim"),
        ("3", "placed=insolvent", "kim"),
    ]
    told = json.loads(dunning("history", "C1", "--json").stdout)
    assert [each["reason"] for each in told] == ['they asked\tfor "peace"', None, "court \\ letter"]
    assert [each["min_gap_days"] for each in told] == ["20", "25", "25"]
    assert set(TERMS) <= set(told[0])


def test_who_has_a_config_of_their_own(dunning: Run) -> None:
    nothing = dunning("list")
    assert (nothing.returncode, nothing.stdout.count("\n"), nothing.stderr) == (
        0, 2, "nothing is set here: `arctl dunning show` tells what is in force\n",
    )  # fmt: skip

    dunning("set", "C1", "send_email=off", "--reason", "letters by post")
    dunning("set", "repeat_days=10")
    listed = dunning("list", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(listed.stdout)))
    assert [(row["customer_id"], row["customer_name"], row["values"], row["reason"]) for row in rows] == [
        ("", "(default)", "repeat_days=10", ""),
        ("C1", "Birch [Supply]", "send_email=F", "letters by post"),
    ]


@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
@pytest.mark.parametrize("what", [("show",), ("show", "C1"), ("list",), ("history",), ("history", "C1")])
def test_every_listing_takes_every_format(dunning: Run, what: tuple[str, ...], form: str) -> None:
    ran = dunning(*what, "--format", form)

    assert ran.returncode == 0
    assert ran.stdout
