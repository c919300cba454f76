"""The real `arctl approve` in a real pseudo-terminal, over a ledger that the real plan staged."""

import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.approve.staged import Morning, morning, paid
from tests.conftest import Arctl
from tests.review.terminals import DOWN, ENTER, ESC, Driven


@pytest.fixture
def planned() -> Iterator[Morning]:
    """Letters to Acme Tools and Birch Ltd, a call to Cedar GmbH; to Dune Big a letter, a hold and a placement; a digest."""
    with morning() as staged:
        yield staged


def _db(planned: Morning) -> Path:
    return planned.books.place / "arctl.db"


def _approve(planned: Morning, columns: int = 80, env: Mapping[str, str] | None = None, actor: str = "dana") -> Driven:
    asked = ["--db", str(_db(planned)), "--actor", actor, "approve", str(planned.envelope), "--as-of", "2026-07-08"]
    return Driven(["-m", "arctl", *asked], columns, 40, env)


@pytest.mark.parametrize("columns", [80, 120])
def test_the_morning_with_one_coffee(planned: Morning, columns: int, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nprintf "Dear Acme Tools,\\nplease call us.\\n" > "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    with _approve(planned, columns, {"EDITOR": str(editor)}) as driven:
        driven.sees("0 of 5 decided")
        assert all(len(line) <= columns for line in driven.frame)
        driven.press("/acme", ENTER, ENTER, sees="── The letter as it will go out ")
        assert "To         ap@acme.example.com" in driven.frame
        assert any(line.startswith("I1  due 2026-06-01  37 days  1,000.00 USD") for line in driven.frame)
        driven.press("e", sees="Edited and ticked; the original is kept")
        driven.press("n", "spoke to their office", ENTER, sees="Noted")
        driven.press(ESC, sees="1 of 5 decided")
        driven.press("/birch", ENTER, "r", "known dispute", ENTER, sees="2 of 5 decided")
        driven.press("/dune", ENTER, "s", "2w", ENTER, sees="rests until Wednesday 2026-07-22")
        driven.press("\t", "t", "\t", "t", sees="5 of 5 decided")
        driven.press("f", sees="Finish envelope ")
        assert "1 letter, 1,000.00 USD, to 1 address; 1 call; 1 message; 1 rejected; 1 snoozed" in " ".join(
            line.strip() for line in driven.frame
        )
        driven.press("y", sees=" 1 of 2")
        assert driven.frame[0].startswith("Risk 5 · Place Dune Big with a collection agency")
        driven.press(ENTER, sees="Service hold for Dune Big")
        shown = driven.frame
        driven.press("G", sees="y approve")
        for said in ("129 days overdue with 30,000.00 USD open", "In the ledger:", "Mail:", "To the ERP:"):
            assert any(said in line for line in (*shown, *driven.frame)), said
        driven.press("y", sees="Type Dune Big:")
        driven.press("Dune Big", ENTER)
        assert driven.end() == 0

    assert planned.statuses() == {
        "collection_action C1": "applied", "collection_action C2": "rejected", "collection_action C3": "applied",
        "collection_action C4": "superseded", "propose_customer_program C4": "applied", "agency_placement C4": "pending",
        "email_draft": "applied",
    }  # fmt: skip
    assert planned.reason("collection_action C2") == "known dispute"
    ((body,),) = planned.rows(
        "SELECT body FROM proposed_actions WHERE action_type = 'collection_action' AND status = 'applied' AND body LIKE '%call us%'"
    )
    assert body == "Dear Acme Tools,\nplease call us.\n"
    assert planned.rows("SELECT count(*) FROM proposal_marks") == [(0,)]
    assert planned.rows("SELECT entitystatus FROM customers WHERE id = 'C4'") == [("hold",)]


def test_an_interrupted_sitting_goes_on_where_it_stopped(planned: Morning) -> None:
    with _approve(planned) as driven:
        driven.sees("0 of 5 decided")
        driven.press("/acme", ENTER, "t", sees="Acme Tools: ticked")
        driven.press("/birch", ENTER, "r", "paid by phone", ENTER, sees="Birch Ltd: rejected")
        driven.child.kill(signal.SIGINT)
        assert driven.end() == 130
    assert driven.after[-1] == "error: interrupted"
    assert planned.statuses() == {}

    with _approve(planned) as again:
        again.sees("2 marked in an earlier sitting")
        again.press("q")
        assert again.end() == 0
    assert again.after == [f"Nothing was decided; 2 marks kept. Go on with: arctl approve {planned.envelope}"]


def test_what_was_paid_meanwhile_falls_out_and_says_so(planned: Morning) -> None:
    with _approve(planned) as driven:
        driven.sees("0 of 5 decided")
        driven.press("/acme", ENTER, "t", "/birch", ENTER, "t", sees="2 of 5 decided")
        planned.sync(paid("I1", "C1", "1000.00"))
        driven.press("f", sees="2 letters")
        driven.press("y", sees=" 1 of 2")
        driven.press("q")
        assert driven.end() == 0
    assert any(line.startswith("  fell out: Acme Tools: ") and "paid" in line for line in driven.outside)
    assert planned.statuses()["collection_action C1"] == "superseded"
    assert planned.statuses()["collection_action C2"] == "applied"


def test_of_two_reviewers_one_wins_and_the_other_is_told(planned: Morning, arctl: Arctl) -> None:
    with _approve(planned) as driven:
        driven.sees("0 of 5 decided")
        driven.press("/acme", ENTER, "t", sees="1 of 5 decided")
        other = arctl(
            "--db",
            str(_db(planned)),
            "--actor",
            "erin",
            "approve",
            str(planned.envelope),
            "--yes",
            "--with-drafts",
            "--as-of",
            "2026-07-08",
        )
        assert other.returncode == 0, other.stderr
        driven.press("f", sees="1 letter")
        driven.press("y", sees=" 1 of 2")
        driven.press("q")
        driven.end()
    told = "\n".join(driven.outside)
    assert "Acme Tools" in told
    assert "applied by erin" in told
    assert planned.rows(
        "SELECT count(*) FROM collection_actions AS a JOIN erp_customers AS c USING (customer_key) WHERE c.id = 'C1'"
    ) == [(1,)]


def test_a_kill_switch_is_on_the_screen_and_holds_back(planned: Morning) -> None:
    planned.switch("proposed_apply", True)
    with _approve(planned) as driven:
        driven.sees("Stopped: ")
        driven.press("/acme", ENTER, "t", "f", sees="1 letter")
        driven.press("y", sees=" 1 of 2")
        driven.press("q")
        assert driven.end() == 4
    assert any("held back by" in line for line in driven.outside)
    assert planned.statuses()["collection_action C1"] == "approved"
    assert planned.actions() == []


def test_a_terminal_without_a_screen_is_told_what_to_do(planned: Morning) -> None:
    with _approve(planned, env={"TERM": "dumb"}) as driven:
        assert driven.end() == 4
    assert driven.outside[:2] == [
        "error: this terminal (TERM=dumb) cannot show the screen; nothing was changed",
        "hint: use another terminal, or decide without the screen: `arctl approve ID… --yes`, `arctl reject ID…`",
    ]


def test_a_sitting_after_the_fan_out_shows_what_still_waits(planned: Morning) -> None:
    planned.fan_out()
    with _approve(planned) as driven:
        driven.sees("0 of 5 decided")
        driven.press(DOWN, "T", "f", sees="Finish envelope")
        driven.press("y", sees=" 1 of 2")
        driven.press("q")
        assert driven.end() == 0


def test_one_hold_by_its_number_is_read_before_its_name_is_typed(planned: Morning) -> None:
    hold = planned.fan_out()["propose_customer_program C4"]
    asked = ["-m", "arctl", "--db", str(_db(planned)), "approve", str(hold), "--as-of", "2026-07-08"]
    with Driven(asked, rows=60) as driven:
        driven.sees("Service hold for Dune Big")
        assert "   To      r1@example.com" in driven.frame
        assert any(line.endswith("more lines below ↓ " + "─" * 55) for line in driven.frame)
        driven.press("y", sees="There is more below")
        driven.press("G", "y", sees="Type Dune Big:")
        driven.press("dune big", ENTER)
        assert driven.end() == 0
    assert driven.after == ["  propose customer program, Dune Big: applied"]
    assert planned.statuses()["propose_customer_program C4"] == "applied"


def test_a_day_before_the_plan_is_told_before_anything_is_read(planned: Morning) -> None:
    asked = ["-m", "arctl", "--db", str(_db(planned)), "approve", str(planned.envelope), "--as-of", "2026-07-07"]
    with Driven(asked) as driven:
        assert driven.end() == 4
    assert driven.outside[0] == (
        f"error: envelope {planned.envelope}: it was proposed on 2026-07-08: it cannot be approved as of 2026-07-07; nothing was"
        " changed"
    )


def test_an_envelope_that_is_decided_says_by_whom_and_when(planned: Morning, arctl: Arctl) -> None:
    turned_down = arctl(
        "--db", str(_db(planned)), "--actor", "erin", "reject", str(planned.envelope), "--reason", "audit"
    )
    assert turned_down.returncode == 0, turned_down.stderr
    with _approve(planned) as driven:
        assert driven.end() == 4
    assert "rejected by erin" in driven.outside[0]


def test_a_hold_by_hand_is_one_decision_over_all_that_is_shown(planned: Morning, arctl: Arctl) -> None:
    inputs = ("customer_id=C1", "ar_balance=30000.00", "days_overdue=95", "reason=asked by the controller")
    asked = [part for each in inputs for part in ("--input", each)]
    ran = arctl("--db", str(_db(planned)), "run", "service_hold_trigger", *asked, "--as-of", "2026-07-08")
    assert ran.returncode == 0, ran.stderr
    ((envelope,),) = planned.rows("SELECT max(id) FROM proposed_actions")
    with Driven(
        ["-m", "arctl", "--db", str(_db(planned)), "approve", str(envelope), "--as-of", "2026-07-08"], rows=100
    ) as driven:
        driven.sees("Risk 4 · ")
        shown = "\n".join(driven.frame)
        for said in (
            "1. In the ledger: ",
            "   To      r1@example.com",
            "   To      ap@acme.example.com",
            "To the ERP: ",
        ):
            assert said in shown
        driven.press("y", sees="Type Acme Tools:")
        driven.press("Acme Tools", ENTER)
        assert driven.end() == 0
    assert planned.rows("SELECT entitystatus FROM customers WHERE id = 'C1'") == [("hold",)]
    assert planned.rows("SELECT count(*) FROM ns_pending_pushes") == [(1,)]
