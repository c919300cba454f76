"""The screen of `arctl approve`: shows, reads keys, keeps the marks, and hands what was decided to the services."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from arctl.cli.screen import RESIZED, Terminal, can_show
from arctl.core.acting import Acting
from arctl.core.effects import Effect
from arctl.core.letter import LetterWriter
from arctl.core.proposal import BULK_RISK
from arctl.core.review import desk, is_single
from arctl.core.review_keys import Screen, View, Wish
from arctl.core.review_single import Choice, Single
from arctl.core.review_values import Marks, Review, ReviewItem
from arctl.errors import ArctlError, ExitCode, Refused
from arctl.render.finished import alone_lines, check_lines, finished_lines, outcome_line
from arctl.render.review import draw, draw_single
from arctl.render.text import visible
from arctl.store.ledger import Ledger

if TYPE_CHECKING:  # the services are loaded where a sitting is about a real ledger
    from arctl.cli.deciding import Decisions


def run(
    ledger: Ledger,
    review: Review,
    acting: Callable[[], Acting],
    day: date,
    writer: LetterWriter | None = None,
) -> ExitCode:
    """Go through an envelope on the terminal, and do what was decided. Raises Refused where the terminal can show no screen."""
    from arctl.cli.deciding import Deciding

    _check_terminal()
    return sit(review, day, Deciding(ledger, review.envelope_id, acting, day, writer))


def run_alone(
    ledger: Ledger,
    envelope_id: int,
    proposal_id: int,
    acting: Callable[[], Acting],
    day: date,
    writer: LetterWriter | None = None,
) -> ExitCode:
    """One pending proposal of risk 4 or 5 by itself: read, and its name typed, or not."""
    from arctl.cli.deciding import Deciding

    _check_terminal()
    decisions = Deciding(ledger, envelope_id, acting, day, writer)
    return ExitCode.DONE if _one_by_one([proposal_id], envelope_id, day, decisions) else ExitCode.REFUSED


def _check_terminal() -> None:
    if not can_show():
        raise Refused(
            f"this terminal (TERM={os.environ.get('TERM', '')}) cannot show the screen; nothing was changed",
            "use another terminal, or decide without the screen: `arctl approve ID… --yes`, `arctl reject ID…`",
        )


def sit(review: Review, day: date, decisions: "Decisions") -> ExitCode:
    """One sitting over an envelope. Exit 4 where something was decided and could not be done."""
    if review.status != "pending" and not review.items:
        decisions.finish({}, {})  # there is nothing left of it: this refuses, and says who decided it, and when
    if review.risk_level > BULK_RISK and not review.items:
        return _whole(review, day, decisions)
    alone = [item.proposal_id for item in review.items if item.proposal_id is not None and is_single(item)]
    if len(alone) == len(review.items) and alone:  # the rest was decided in an earlier sitting
        return ExitCode.DONE if _one_by_one(alone, review.envelope_id, day, decisions) else ExitCode.REFUSED
    with Terminal() as terminal:
        screen = _go_through(terminal, review, day, decisions)
    marks = screen.desk.marks
    if screen.wish is not Wish.FINISH:
        kept = f"{len(marks)} mark{'' if len(marks) == 1 else 's'} kept" if marks else "nothing was marked"
        _say([f"Nothing was decided; {kept}. Go on with: arctl approve {review.envelope_id}"])
        return ExitCode.DONE
    finished = decisions.finish(marks, {item.seq: item.content_hash for item in screen.desk.items})
    _say(finished_lines(finished))
    all_done = _one_by_one(finished.alone, review.envelope_id, day, decisions)
    _say(check_lines(finished.checks))
    return ExitCode.DONE if all_done and not finished.stopped else ExitCode.REFUSED


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(visible(line), flush=True)


def _go_through(terminal: Terminal, review: Review, day: date, decisions: "Decisions") -> Screen:
    """The screen as it was left: finished or quit."""
    screen = Screen(desk(review.items, review.marks), day)
    kept: Marks = screen.desk.marks
    if not screen.desk.items:
        screen = replace(screen, view=View.FINISH)
    elif kept:
        screen = replace(screen, message=f"{len(kept)} marked in an earlier sitting; Tab leads to the next open one")
    while True:
        screen = _shown(terminal, screen, review)
        key = terminal.key()
        screen = screen if key == RESIZED else screen.press(key)
        if screen.wish is Wish.EDIT:
            screen = _edited(terminal, screen)
        if not screen.desk.items and screen.view is View.LIST:
            return replace(screen, wish=Wish.QUIT)
        if screen.wish is Wish.FINISH:
            return screen
        if screen.desk.marks != kept:
            screen, kept = _kept(screen, kept, decisions)
        if screen.wish is Wish.QUIT:
            return screen


def _shown(terminal: Terminal, screen: Screen, review: Review) -> Screen:
    """The screen drawn; its page knows now how long it is."""
    frame = draw(review, screen, *terminal.size())
    fitted = screen.fitted(frame.length, frame.room)
    terminal.show(frame if fitted.page.top == screen.page.top else draw(review, fitted, *terminal.size()))
    return fitted


def _kept(screen: Screen, kept: Marks, decisions: "Decisions") -> tuple[Screen, Marks]:
    """Marks are kept as they are made: a closed window costs nothing. Where that fails the next one tries again."""
    marks = screen.desk.marks
    try:
        decisions.keep(marks)
    except Exception as problem:  # noqa: BLE001 - whatever it is, forty marks in memory are worth more than a traceback
        said = f"The marks are not kept yet ({problem}); the next one tries again, Ctrl-C leaves without them"
        return replace(screen, message=said, wish=Wish.NONE), kept
    return screen, marks


def _edited(terminal: Terminal, screen: Screen) -> Screen:
    """The letter through the operator's own editor."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="arctl-") as folder:
        file = Path(folder) / "letter.txt"
        file.write_text(screen.desk.text(screen.item), encoding="utf-8")
        try:
            with terminal.aside():
                code = subprocess.run([*editor, str(file)], check=False).returncode
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            return replace(screen, message=f"Nothing changed: {Path(editor[0]).name} failed: {problem}", wish=Wish.NONE)
    if code:
        return replace(screen, message=f"Nothing changed: {Path(editor[0]).name} ended with {code}", wish=Wish.NONE)
    return replace(screen.edited(text), wish=Wish.NONE)


def _one_by_one(alone: Sequence[int], envelope_id: int, day: date, decisions: "Decisions") -> bool:
    """Each risky proposal by itself, what became of it told at once. False where one was decided and refused."""
    items = {item.proposal_id: item for item in decisions.items()} if alone else {}
    all_done, left = True, [id for id in alone if id in items]  # what is missing was decided by somebody else meanwhile
    of = len(left)
    for number, id in enumerate(tuple(left), start=1):
        try:
            single = Single(items[id], decisions.consequences(id), number, of)
        except ArctlError as unclear:  # such as a contract that cannot be read; the others are still to be looked at
            _say(_refusal(items[id], unclear))
            all_done = False
            continue
        with Terminal() as terminal:
            single = _read(terminal, single, day)
        if single.choice is Choice.STOP:
            break
        if single.choice is not Choice.LEAVE:
            left.remove(id)
            all_done = _decide(single, id, decisions) and all_done
    _say(alone_lines(left, envelope_id))
    return all_done


def _refusal(item: ReviewItem, problem: ArctlError) -> list[str]:
    return [f"  {item.effect.title}: {problem.message}", *([f"  {problem.hint}"] if problem.hint else [])]


def _read(terminal: Terminal, single: Single, day: date) -> Single:
    """The one risky proposal, until the reviewer chose."""
    terminal.forget()
    while single.choice is Choice.NONE:
        frame = draw_single(single, day, *terminal.size())
        fitted = single.fitted(frame.length, frame.room)
        terminal.show(frame if fitted.page.top == single.page.top else draw_single(fitted, day, *terminal.size()))
        key = terminal.key()
        single = fitted if key == RESIZED else fitted.press(key)
    return single


def _decide(single: Single, id: int, decisions: "Decisions") -> bool:
    try:
        if single.choice is Choice.REJECT:
            outcome = decisions.reject(id, single.answer)
        else:
            outcome = decisions.approve(id, single.answer, single.consequences.shown_hash)
    except ArctlError as refused:  # the others are still to be looked at
        _say(_refusal(single.item, refused))
        return False
    _say([outcome_line(outcome)])
    return not outcome.refused


def _whole(review: Review, day: date, decisions: "Decisions") -> ExitCode:
    """A risky envelope without items of its own, such as a hold asked for by hand: all that it does, and the name typed."""
    consequences = decisions.consequences(review.envelope_id)
    names = {each.customer_name for each in consequences.effects if each.customer_name}
    effect = Effect(
        "hitl", "envelope", "proposal", f"proposal:{review.envelope_id}", review.title, {}, risk_level=review.risk_level,
        customer_name=names.pop() if len(names) == 1 else None,
    )  # fmt: skip
    single = Single(ReviewItem(0, review.envelope_id, effect, ""), consequences)
    with Terminal() as terminal:
        single = _read(terminal, single, day)
    if single.choice is Choice.APPROVE:
        finished = decisions.whole(single.answer)
        _say([*finished_lines(finished), *check_lines(finished.checks)])
        return ExitCode.REFUSED if finished.stopped else ExitCode.DONE
    if single.choice is Choice.REJECT:
        _say([outcome_line(decisions.reject(review.envelope_id, single.answer))])
        return ExitCode.DONE
    _say([f"Nothing was decided. Go on with: arctl approve {review.envelope_id}"])
    return ExitCode.DONE
