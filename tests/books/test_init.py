"""`arctl init` through the real command."""

import json
from pathlib import Path

import pytest

from tests.conftest import Arctl


def outcome(arctl: Arctl, *args: str) -> tuple[int, str, str]:
    ran = arctl("--actor", "pat", *args)
    return ran.returncode, ran.stdout, ran.stderr


def values(arctl: Arctl, *before: str) -> dict[tuple[str | None, str], str | None]:
    shown = json.loads(arctl(*before, "config", "list", "--json").stdout)
    return {(each["company"], each["key"]): each["value"] for each in shown if each["company"]}


def test_init_makes_a_ledger_and_says_what_comes_next(arctl: Arctl) -> None:
    assert outcome(arctl, "init") == (
        0,
        "created arctl.db: tenant default, company default, base currency USD, time zone America/New_York\n",
        "next: arctl sync --from FOLDER\n",
    )


def test_the_first_company_and_tenant_bear_the_names_given(arctl: Arctl) -> None:
    options = [
        "--company",
        "north",
        "--base-currency",
        "cad",
        "--time-zone",
        "America/Toronto",
        "--books-from",
        "2026-06",
    ]

    code, stdout, _ = outcome(arctl, "--tenant", "acme", "init", *options)

    assert code == 0
    assert stdout == (
        "created arctl.db: tenant acme, company north, base currency CAD, time zone America/Toronto,"
        " books from 2026-06-30\n"
    )
    assert values(arctl, "--tenant", "acme") == {
        ("north", "base_currency"): "CAD",
        ("north", "time_zone"): "America/Toronto",
        ("north", "books_from"): "2026-06-30",
    }


def test_a_company_joins_an_existing_ledger(arctl: Arctl) -> None:
    arctl("init")

    assert outcome(arctl, "init", "--company", "north", "--base-currency", "CAD") == (
        0,
        "added a company to arctl.db: tenant default, company north, base currency CAD, time zone America/New_York\n",
        "next: arctl config list\n",
    )
    assert values(arctl)["default", "base_currency"] == "USD"
    assert values(arctl)["north", "base_currency"] == "CAD"


def test_the_global_company_names_it_too(arctl: Arctl) -> None:
    assert outcome(arctl, "--company", "north", "init")[0] == 0
    assert {company for company, _ in values(arctl)} == {"north"}


def test_a_tenant_joins_an_existing_ledger(arctl: Arctl) -> None:
    arctl("init")

    assert outcome(arctl, "--tenant", "acme", "--quiet", "init") == (
        0,
        "added a tenant to arctl.db: tenant acme, company default, base currency USD, time zone America/New_York\n",
        "",
    )
    assert outcome(arctl, "--tenant", "acme", "init")[0] == 4


@pytest.mark.parametrize("again", [("init",), ("init", "--company", "default"), ("--tenant", "default", "init")])
def test_what_exists_is_refused_and_left_alone(arctl: Arctl, tmp_path: Path, again: tuple[str, ...]) -> None:
    arctl("init")
    before = (tmp_path / "arctl.db").read_bytes()

    code, stdout, stderr = outcome(arctl, *again)

    assert (code, stdout) == (4, "")
    assert stderr.startswith("error: arctl.db exists already: tenant default, company default\n")
    assert (tmp_path / "arctl.db").read_bytes() == before


@pytest.mark.parametrize(
    "wrong",
    [
        ("--base-currency", "UDS"),
        ("--base-currency", "dollars"),
        ("--time-zone", "../../etc/passwd"),
        ("--time-zone", "America"),
        ("--time-zone", ""),
        ("--books-from", "30/06/2026"),
        ("--company", " "),
        ("--company", "a\nb"),
    ],
)
def test_a_value_that_cannot_be_makes_nothing(arctl: Arctl, tmp_path: Path, wrong: tuple[str, ...]) -> None:
    code, stdout, stderr = outcome(arctl, "init", *wrong)

    assert (code, stdout) == (2, "")
    assert stderr.startswith("error: ")
    assert list(tmp_path.iterdir()) == []
