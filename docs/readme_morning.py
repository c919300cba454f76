"""The morning in the README: the approve screen as it is drawn after some keys, and what it says when it is gone."""

import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
_DAY = date(2026, 6, 30)
_WIDTH, _HEIGHT = 100, 34
_EDITED, _REJECTED = "C1006", "C1008"
"""Whose letter is edited, and whose is rejected; all others are ticked."""


def morning(place: Path) -> tuple[str, str]:
    """Go through envelope 1 of the ledger in a folder by the keys of the screen: the list when all is decided, and what is said
    when the screen is gone. The risky ones are left for later."""
    sys.path.insert(0, str(_ROOT))
    from arctl.core.review import desk
    from arctl.core.review_keys import Screen
    from arctl.render.review import draw
    from arctl.services.approve import review
    from arctl.store.ledger import open_ledger

    with closing(open_ledger(place / "arctl.db", "default")) as ledger:
        found = review(ledger, 1)
        screen = Screen(desk(found.items, found.marks), _DAY)

        def drawn() -> str:
            lines = draw(found, screen, _WIDTH, _HEIGHT).lines
            return "\n".join(line.plain.rstrip() for line in lines).rstrip()

        for at, item in enumerate(screen.desk.items):
            screen = _decided(replace(screen, cursor=at), item.effect)
        screen = replace(screen, cursor=0, message="")
        listed = drawn()
        shown = {item.seq: item.content_hash for item in screen.desk.items}
        return listed, _finished(ledger, screen.desk.marks, shown)


def _decided(screen: Any, effect: Any) -> Any:
    """The screen after the keys with which this one is decided."""
    if effect.customer_id == _EDITED:
        return screen.edited(
            effect.body.replace("Dear Accounts Payable Team,", "Dear Accounts Payable Team at the harbour,")
        )
    if effect.customer_id == _REJECTED:
        for key in ("r", *"their bookkeeper called", "enter"):
            screen = screen.press(key)
        return screen
    return screen.press("t")


def _finished(ledger: Any, marks: Any, shown: Any) -> str:
    from arctl.cli.deciding import Deciding
    from arctl.cli.writing import writer_of
    from arctl.core.acting import Acting
    from arctl.render.finished import check_lines, finished_lines

    now = datetime.now(UTC)
    acting: Callable[[], Acting] = lambda: Acting("operator", "operator", f"{now:%Y-%m-%d %H:%M:%S}", _DAY.isoformat())  # noqa: E731
    finished = Deciding(ledger, 1, acting, _DAY, writer_of(ledger)).finish(marks, shown)
    return "\n".join([*finished_lines(finished), *check_lines(finished.checks)])
