"""The screen driven through a real pseudo-terminal, over made-up services that write down what they are asked."""

import json
import re
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.review.terminals import DOWN, ENTER, ESC, PAGE_DOWN, RIGHT, UP, Driven

_SCRIPT = ROOT / "tests" / "review" / "fake_sitting.py"
_HOW = " `arctl approve 12` on a terminal, or `arctl approve ID --confirm NAME --yes`"
_FOUR = (
    'letter(1, "Ash Grove", 400_00), letter(2, "Birch Hill", 300_00), letter(3, "Cedar Bay", 200_00),'
    ' letter(4, "Dune Café", 100_00, flags=("first letter",))'
)


def _sitting(
    folder: Path, items: str = _FOUR, columns: int = 80, rows: int = 24, env: Mapping[str, str] | None = None
) -> Driven:
    return Driven([str(_SCRIPT), str(folder), f"review([{items}])"], columns, rows, env)


def _asked(folder: Path, what: str) -> list[dict[str, Any]]:
    path = folder / "asked.jsonl"
    said = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return [each for each in said if each["asked"] == what]


def _kinds(marks: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {seq: mark["kind"] for seq, mark in marks.items()}


def _editor(folder: Path, script: str) -> dict[str, str]:
    path = folder / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return {"EDITOR": str(path)}


@pytest.mark.parametrize("columns", [80, 120])
def test_a_morning_from_the_list_to_the_typed_name(tmp_path: Path, columns: int) -> None:
    env = _editor(tmp_path, 'sed -i "s/please pay/please call us/" "$1"')
    with _sitting(tmp_path, f'{_FOUR}, hold(5, "Nine Pines")', columns, env=env) as driven:
        driven.sees("0 of 4 decided")
        assert driven.frame[4:7] == [driven.frame[4], driven.frame[5], ""]
        assert driven.frame[4] == "Look at these first"
        assert driven.frame[5].startswith(">  Dune Café ")
        assert all(len(line) <= columns for line in driven.frame)

        driven.press(ENTER, sees="── The letter as it will go out ")
        assert "Dear Dune Café," in driven.frame
        driven.press("e", sees="Edited and ticked; the original is kept")
        assert "please call us." in driven.frame
        driven.press(RIGHT, sees="2 of 4")
        driven.press("r", sees="Reject because:")
        driven.press("paid by phone", ENTER, sees="3 of 4")  # the next undecided letter
        driven.press("s", sees="= Tuesday 2026-07-07")
        driven.press("fri", sees="= Friday 2026-07-03")
        driven.press(ENTER, sees="4 of 4")
        driven.press("t", sees="Everything is decided: f finishes")
        driven.press("f", sees="Finish envelope 12?")
        assert "  2 letters, 300.00 USD, to 2 addresses; 1 rejected; 1 snoozed" in driven.frame
        driven.press("y", sees="Risk 4 · Service hold for Nine Pines")
        assert "1. In the ledger: On hold in the ledger" in driven.frame
        assert "   credit_hold = true" in driven.frame
        driven.press("y", sees="Type Nine Pines:")
        driven.press("Nine Oaks", ENTER, sees="not the name shown above")
        driven.press("\x15Nine Pines", ENTER)
        assert driven.end() == 0

    (finish,) = _asked(tmp_path, "finish")
    assert _kinds(finish["marks"]) == {"4": "tick", "1": "reject", "2": "snooze", "3": "tick"}
    assert finish["marks"]["4"]["edited_text"] == (
        "Dear Dune Café,\n\n    INV-4    2026-05-01    10000\n\nplease call us.\n"
    )
    assert finish["marks"]["1"]["reason"] == "paid by phone"
    assert finish["marks"]["2"]["until"] == "2026-07-03"
    assert finish["shown"] == {str(seq): f"{seq:064x}" for seq in (1, 2, 3, 4)}
    assert _asked(tmp_path, "approve") == [
        {"asked": "approve", "id": 105, "name": "Nine Pines", "shown": "f" * 64},
    ]
    assert [line for line in driven.outside if line] == [
        "Envelope 12 is approved: 2 applied; 1 fell out",
        "  fell out: Old Mill: INV-9 paid",
        "  2 mails in the outbox folder: `arctl outbox list`; `outbox cancel` pulls one back",
        "  propose customer program, Nine Pines: applied",
        "Tonight's `arctl verify` checks: actions_staged",
    ]


def test_forty_letters_and_one_coffee(tmp_path: Path) -> None:
    items = ", ".join(f'letter({seq}, "Customer {seq:02}", {seq}00)' for seq in range(1, 41))
    with _sitting(tmp_path, items) as driven:
        driven.sees("0 of 40 decided")
        driven.press("T", sees="40 ticked")
        driven.press(PAGE_DOWN, PAGE_DOWN, PAGE_DOWN, sees=">✓ Customer 01")
        driven.press("f", sees="40 letters, 820.00 USD, to 40 addresses")
        driven.press("y")
        assert driven.end() == 0
    (finish,) = _asked(tmp_path, "finish")
    assert set(_kinds(finish["marks"]).values()) == {"tick"}
    assert len(finish["marks"]) == 40


def test_quitting_keeps_the_marks_and_decides_nothing(tmp_path: Path) -> None:
    with _sitting(tmp_path) as driven:
        driven.sees("0 of 4 decided")
        driven.press(DOWN, " ", sees="Ash Grove: ticked")
        driven.press("c", sees="Birch Hill: call instead")
        driven.press("u", sees="Taken back: call Birch Hill")
        driven.press("q")
        assert driven.end() == 0
    assert _kinds(_asked(tmp_path, "keep")[-1]["marks"]) == {"1": "tick"}
    assert _asked(tmp_path, "finish") == []
    assert driven.after == ["Nothing was decided; 1 mark kept. Go on with: arctl approve 12"]


def test_marks_of_the_sitting_before_are_there_again(tmp_path: Path) -> None:
    plan = f'review([{_FOUR}], {{1: Mark("tick"), 2: Mark("reject", reason="known")}})'
    with Driven([str(_SCRIPT), str(tmp_path), plan]) as driven:
        driven.sees("2 marked in an earlier sitting; Tab leads to the next open one")
        driven.press("\t", sees=">  Cedar Bay")


def test_what_is_not_a_yes_finishes_nothing(tmp_path: Path) -> None:
    with _sitting(tmp_path) as driven:
        driven.sees("0 of 4 decided")
        driven.press("t", "f", sees="Finish envelope 12?")
        driven.press(ENTER, sees="1 of 4 decided")
        driven.press("f", sees="Finish envelope 12?")
        driven.press("\x1b[200~y\x1b[201~", sees="1 of 4 decided")
    assert _asked(tmp_path, "finish") == []


def test_a_paste_types_no_commands(tmp_path: Path) -> None:
    with _sitting(tmp_path) as driven:
        driven.sees("0 of 4 decided")
        driven.press("\x1b[200~Tfy\nq\x1b[201~", "j", sees=">  Ash Grove")
        assert "0 of 4 decided" in driven.frame[0]
        driven.press("r", "\x1b[200~paid\ntwice\x1b[201~", sees="Reject because: paid twice")


@pytest.mark.parametrize(
    ("keys", "lands"),
    [
        (DOWN, "Ash Grove"),
        ("\x1bOB", "Ash Grove"),
        ("\x1b[4~", "Cedar Bay"),
        ("\x1b[F", "Cedar Bay"),
        ("G\x1b[H", "Dune Café"),
        (f"G{UP}", "Birch Hill"),
        ("\x1b[99;5~j", "Ash Grove"),  # a key nobody knows does nothing
    ],
)
def test_keys_as_terminals_send_them(tmp_path: Path, keys: str, lands: str) -> None:
    with _sitting(tmp_path) as driven:
        driven.sees("0 of 4 decided")
        driven.press(keys, sees=f">  {lands}")


def test_the_screen_follows_the_window(tmp_path: Path) -> None:
    with _sitting(tmp_path) as driven:
        driven.sees("0 of 4 decided")
        assert "─" * 80 in driven.frame
        driven.child.setwinsize(30, 120)
        driven.sees("─" * 120)
        assert len(driven.frame) == 30
        driven.child.setwinsize(5, 30)
        driven.sees("make the window larger")
        driven.child.setwinsize(24, 80)
        driven.sees("0 of 4 decided")


def test_no_color_leaves_signs_that_say_the_same(tmp_path: Path) -> None:
    colour = re.compile(r"\x1b\[(?:[0-9]+;)*(?:3[0-7]|9[0-7])[;m]")
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with _sitting(tmp_path, env=env) as driven:
            driven.sees("0 of 4 decided")
            driven.press("t", sees=" ✓ Dune Café")
            driven.press("r", "x", ENTER, sees=" ✗ Ash Grove")
            driven.press("s", ENTER, sees=" z Birch Hill")
            assert bool(colour.search(driven.said)) is coloured


def test_a_terminal_without_utf_8_gets_plain_signs(tmp_path: Path) -> None:
    with _sitting(tmp_path, env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}) as driven:
        driven.sees("0 of 4 decided")
        driven.press("t", sees=" v Dune Caf")
        assert "-" * 80 in driven.frame


def test_an_editor_that_fails_changes_nothing(tmp_path: Path) -> None:
    with _sitting(tmp_path, env=_editor(tmp_path, 'echo gone > "$1"; exit 3')) as driven:
        driven.sees("0 of 4 decided")
        driven.press("e", sees="ended with 3")
        assert "0 of 4 decided" in driven.frame[0]
    with _sitting(tmp_path, env={"EDITOR": "no-such-editor --wait"}) as driven:
        driven.sees("0 of 4 decided")
        driven.press("e", sees="Nothing changed: no-such-editor")


def test_ctrl_c_in_the_editor_is_the_editors(tmp_path: Path) -> None:
    script = 'kill -INT $PPID; sleep 0.1; sed -i "s/please pay/please call us/" "$1"'
    with _sitting(tmp_path, env=_editor(tmp_path, script)) as driven:
        driven.sees("0 of 4 decided")
        driven.press("e", sees="Edited and ticked; the original is kept")
        assert "please call us." in driven.frame


def test_marks_that_cannot_be_kept_are_tried_again(tmp_path: Path) -> None:
    (tmp_path / "locked").touch()
    with _sitting(tmp_path) as driven:
        driven.sees("0 of 4 decided")
        driven.press("t", sees="The marks are not kept yet (the ledger is locked)")
        driven.press("q", sees="The marks are not kept yet")  # it does not leave them behind
        (tmp_path / "locked").unlink()
        driven.press("t", sees="Ash Grove: ticked")
        assert _kinds(_asked(tmp_path, "keep")[-1]["marks"]) == {"4": "tick", "1": "tick"}


def test_a_hold_left_alone_says_how_to_come_back(tmp_path: Path) -> None:
    with _sitting(tmp_path, 'hold(5, "Nine Pines"), hold(6, "Old Mill"), hold(7, "Elm Row")') as driven:
        driven.sees("Finish envelope 12?")
        driven.press("y", sees="Service hold for Nine Pines")
        driven.press(ENTER, sees="Service hold for Old Mill")
        driven.press("r", "paid", ENTER, sees="Service hold for Elm Row")
        driven.press("q")
        assert driven.end() == 0
    assert _asked(tmp_path, "reject") == [{"asked": "reject", "id": 106, "reason": "paid"}]
    assert [line for line in driven.outside if line][-3:] == [
        "  propose customer program, : rejected: paid",
        "  2 of risk 4 or 5 wait to be decided one at a time (105, 107):" + _HOW,
        "Tonight's `arctl verify` checks: actions_staged",
    ]


def test_a_hold_that_cannot_be_shown_does_not_keep_the_others_back(tmp_path: Path) -> None:
    (tmp_path / "unclear-105").touch()
    with _sitting(tmp_path, 'hold(5, "Nine Pines"), hold(6, "Old Mill")') as driven:
        driven.sees("Finish envelope 12?")
        driven.press("y", sees="Service hold for Old Mill")
        driven.press("y", "Old Mill", ENTER)
        assert driven.end() == 4
    assert _asked(tmp_path, "approve") == [{"asked": "approve", "id": 106, "name": "Old Mill", "shown": "f" * 64}]
    assert [line for line in driven.outside if line][2:-1] == [
        "  Service hold for Nine Pines: contracts/service_hold_trigger.yaml:3:1: no such step",
        "  correct the contract",
        "  propose customer program, Old Mill: applied",
        f"  1 of risk 4 or 5 waits to be decided by itself (105):{_HOW}",
    ]


def test_what_a_run_by_hand_does_is_read_and_its_name_typed(tmp_path: Path) -> None:
    plan = 'replace(review([]), risk_level=4, title="Service hold for Nine Pines")'
    with Driven([str(_SCRIPT), str(tmp_path), plan], rows=16) as driven:
        driven.sees("Risk 4 · Service hold for Nine Pines")
        driven.press("y", sees="There is more below")
        driven.press("G", "y", sees="Type ")
        driven.press("service hold for nine pines", ENTER)
        assert driven.end() == 0
    assert _asked(tmp_path, "whole") == [{"asked": "whole", "name": "Service hold for Nine Pines"}]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_killed_screen_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    with _sitting(tmp_path) as driven:
        driven.sees("0 of 4 decided")
        driven.press("t", sees="Dune Café: ticked")
        driven.child.kill(number)
        driven.end()
        assert driven.said.rindex("\x1b[?1049l") > driven.said.rindex("\x1b[?1049h")
        assert driven.said.rindex("\x1b[?25h") > driven.said.rindex("\x1b[?25l")
    assert _kinds(_asked(tmp_path, "keep")[-1]["marks"]) == {"4": "tick"}


def test_escape_alone_is_a_key(tmp_path: Path) -> None:
    with _sitting(tmp_path) as driven:
        driven.sees("0 of 4 decided")
        driven.press(ENTER, sees="1 of 4")
        driven.press(ESC, sees="0 of 4 decided")
