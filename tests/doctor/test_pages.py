"""The runbook: every check has its page, every page its check, and what it tells to type exists."""

import re

import pytest

from arctl.cli.registry import COMMANDS
from arctl.core.doctor import CODES, PAGES
from arctl.render.doctor import markdown
from arctl.services.doctor import _CHECKS
from tests.aging.conftest import Here
from tests.conftest import ROOT

_COMMAND = re.compile(r"arctl (?:--\S+ \S+ )*([a-z-]+)")


def test_every_check_has_a_page_and_every_page_a_check() -> None:
    assert tuple(_CHECKS) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_page(code: str, here: Here) -> None:
    plain = here("doctor", "--explain", code)

    assert (plain.code, plain.err) == (0, "")
    assert not here.db.exists(), "a page needs no ledger"
    assert plain.out.startswith(f"{code}: {PAGES[code].title}\n")
    assert max(map(len, plain.out.splitlines())) <= 100
    for title in ("What it looks for", "Why it matters", "Severity", "What is usually behind it", "What to do"):
        assert f"\n{title}\n" in plain.out
    told = here("doctor", "--explain", code, "--json").json
    assert (told["code"], told["steps"]) == (code, list(PAGES[code].steps))
    assert here("doctor", "--explain", code, "--format", "md").out == markdown(code, PAGES[code])


def test_the_page_in_docs_is_the_one_that_is_shown() -> None:
    text = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")

    for code, page in PAGES.items():
        assert markdown(code, page) in text, code


def test_every_command_of_the_runbook_exists() -> None:
    named = {name for page in PAGES.values() for step in page.steps for name in _COMMAND.findall(step)}

    assert named
    assert named <= set(COMMANDS)
