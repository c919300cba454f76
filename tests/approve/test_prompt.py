"""On a terminal without --yes: proposals named by number are asked about, in a real pseudo-terminal."""

import sys

import pexpect
import pytest

from tests.approve.staged import Morning
from tests.conftest import process_environment


@pytest.mark.parametrize(("answer", "status", "code"), [("y", "applied", 0), ("n", "pending", 4), ("", "pending", 4)])
def test_a_yes_is_asked_for(desk: Morning, answer: str, status: str, code: int) -> None:
    id = desk.fan_out()["collection_action C1"]
    ledger = str(desk.books.place / "arctl.db")
    asked = ["-m", "arctl", "--db", ledger, "--actor", "dana", "approve", str(id), "--as-of", "2026-07-08"]
    child = pexpect.spawn(
        sys.executable, asked, encoding="utf-8", env=process_environment({"TERM": "xterm"}), timeout=30
    )
    child.expect_exact("Approve Firm letter to Acme Tools? [y/N]:")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code
    assert desk.statuses()["collection_action C1"] == status
