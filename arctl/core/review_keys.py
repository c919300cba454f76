"""The screen of a review: what each key does to it. Keys and days in, the next screen out; draws nothing, does nothing. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from unicodedata import category

from arctl.core.asking import Asking, Page
from arctl.core.review import Desk, Draft, allows, has_mail
from arctl.core.review_days import snooze_day, spoken
from arctl.core.review_values import MarkKind, ReviewItem


class View(Enum):
    """What the screen shows."""

    LIST = "list"
    LETTER = "letter"
    HELP = "help"
    FINISH = "finish"
    QUIT = "quit"


class Wish(Enum):
    """What the screen cannot do by itself and asks of whoever runs it."""

    NONE = "none"
    EDIT = "edit"
    FINISH = "finish"
    QUIT = "quit"


DONE = {"tick": "ticked", "reject": "rejected", "snooze": "snoozed", "call": "to be called instead"}


@dataclass(frozen=True, slots=True)
class Screen:
    """One moment of the review. `on` is the day it is for; `from_view` is where help and questions lead back to,
    `opened` are the items (seq) that were seen in full."""

    desk: Desk
    on: date
    view: View = View.LIST
    from_view: View = View.LIST
    cursor: int = 0
    page: Page = field(default_factory=Page)
    asking: Asking | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    wish: Wish = Wish.NONE
    opened: frozenset[int] = frozenset()

    @property
    def item(self) -> ReviewItem:
        """The item the reviewer stands on."""
        return self.desk.items[self.cursor]

    @property
    def draft(self) -> Draft:
        """What was put on it so far."""
        return self.desk.draft(self.item)

    def fitted(self, length: int, room: int) -> "Screen":
        """The screen, its page being so many lines of which so many can be seen."""
        return replace(self, page=self.page.fitted(length, room))

    def press(self, key: str) -> "Screen":
        """The screen after a key. An unknown key changes nothing."""
        after = self._pressed(key)
        return replace(after, opened=after.opened | {after.item.seq}) if after.view is View.LETTER else after

    def _pressed(self, key: str) -> "Screen":
        calm = replace(self, message="", wish=Wish.NONE)
        if self.asking is not None:
            return _answer(calm, self.asking, key)
        if self.view in (View.FINISH, View.QUIT):
            return _confirm(calm, key)
        if self.view is View.HELP:
            return replace(calm, view=self.from_view, page=Page())
        command = _COMMANDS.get(key)
        if command is not None:
            return command(calm)
        return _letter(calm, key) if self.view is View.LETTER else _list(calm, key)

    def edited(self, text: str) -> "Screen":
        """The letter replaced by what came back from the editor: what somebody wrote themselves is ticked, too."""
        text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip("\n") + "\n"
        if not text.strip():
            return replace(self, message="An empty letter is not sent: r rejects it")
        if any(category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
            return replace(self, message="Not taken: the text holds control characters")
        if text.rstrip() == self.desk.text(self.item).rstrip():
            return replace(self, message="Nothing changed")
        original = text.rstrip() == (self.item.effect.body or "").rstrip()
        draft = replace(self.draft, kind="tick", reason=None, until=None, edited_text=None if original else text)
        said = "The original again, ticked" if original else "Edited and ticked; the original is kept"
        changed = self.desk.put(self.cursor, draft, f"edit {_name(self.item)}")
        return replace(self, desk=changed, view=View.LETTER, page=Page(), message=said, wish=Wish.NONE)


def _name(item: ReviewItem) -> str:
    return item.effect.customer_name or item.effect.title


def _list(screen: Screen, key: str) -> Screen:
    last = len(screen.desk.items) - 1
    page = max(screen.page.room - 1, 1)
    steps = {"down": 1, "j": 1, "up": -1, "k": -1, "pgdn": page, "pgup": -page}
    ends = {"home": 0, "g": 0, "end": last, "G": last}
    if key in ("enter", "right", "l"):
        return replace(screen, view=View.LETTER, page=Page())
    if key == "tab":
        return _next_open(screen)
    to = ends.get(key, screen.cursor + steps.get(key, 0))
    return replace(screen, cursor=min(max(to, 0), last))


def _letter(screen: Screen, key: str) -> Screen:
    if key in ("enter", "esc", "backspace"):
        return replace(screen, view=View.LIST, page=Page())
    beside = {"right": 1, "l": 1, "left": -1, "h": -1}.get(key)
    if beside is not None:
        to = min(max(screen.cursor + beside, 0), len(screen.desk.items) - 1)
        return replace(screen, cursor=to, page=Page() if to != screen.cursor else screen.page)
    if key == "tab":
        return _next_open(screen)
    return replace(screen, page=screen.page.moved(key))


def _next_open(screen: Screen) -> Screen:
    """On to the next item that nothing is decided of, round the end; in an opened letter, to that one's letter."""
    items = screen.desk.items
    for ahead in range(1, len(items) + 1):
        at = (screen.cursor + ahead) % len(items)
        if screen.desk.draft(items[at]).kind is None:
            return replace(screen, cursor=at, page=Page())
    return replace(screen, view=View.LIST, page=Page(), message="Everything is decided: f finishes")


def _marked(screen: Screen, draft: Draft, label: str, said: str) -> Screen:
    """The item marked, and on to what comes next: in the list the row below, in a letter the next undecided one."""
    after = replace(screen, desk=screen.desk.put(screen.cursor, draft, f"{label} {_name(screen.item)}"), message=said)
    if screen.view is View.LETTER:
        onward = _next_open(after)
        return replace(onward, message=onward.message or said)
    return replace(after, cursor=min(screen.cursor + 1, len(screen.desk.items) - 1))


def _tick(screen: Screen) -> Screen:
    draft, name = screen.draft, _name(screen.item)
    if draft.kind == "tick":
        open_again = screen.desk.put(screen.cursor, replace(draft, kind=None), f"untick {name}")
        return replace(screen, desk=open_again, message=f"{name}: open again")
    return _marked(screen, replace(draft, kind="tick", reason=None, until=None), "tick", f"{name}: ticked")


def _read_on(screen: Screen) -> Screen:
    """Space: in a letter a page on, as far as there is more of it; then, and in the list, a tick."""
    if screen.view is View.LETTER and not screen.page.at_end:
        return replace(screen, page=screen.page.moved("pgdn"))
    return _tick(screen)


def _tick_unflagged(screen: Screen) -> Screen:
    changed, count = screen.desk.tick_unflagged(screen.cursor)
    flagged = sum(1 for item in screen.desk.items if item.flags and not changed.draft(item).kind)
    left = f"; {flagged} flagged to look at" if flagged else ""
    return replace(
        screen, desk=changed, message=f"{count} ticked{left}" if count else f"Nothing unflagged is open{left}"
    )


def _asks(what: MarkKind) -> Callable[[Screen], Screen]:
    def ask(screen: Screen) -> Screen:
        if not allows(screen.item, what):
            why = "it has no customer of its own" if what == "snooze" else "only a letter can become a call"
            return replace(screen, message=f"Not here: {why}")
        return replace(screen, asking=Asking(what, before=screen.answers.get(what, "")))

    return ask


def _call(screen: Screen) -> Screen:
    if not allows(screen.item, "call"):
        return replace(screen, message="Not here: only a letter can become a call")
    draft = replace(screen.draft, kind="call", reason=None, until=None)
    return _marked(screen, draft, "call", f"{_name(screen.item)}: call instead")


def _note(screen: Screen) -> Screen:
    if screen.item.effect.customer_key is None:
        return replace(screen, message="Not here: it has no customer to file the note with")
    return replace(screen, asking=Asking("note", screen.draft.note or "", before=screen.answers.get("note", "")))


def _find(screen: Screen) -> Screen:
    return replace(screen, asking=Asking("find", before=screen.answers.get("find", "")))


def _edit(screen: Screen) -> Screen:
    if not has_mail(screen.item):
        return replace(screen, message="Not here: no text of it goes out")
    return replace(screen, wish=Wish.EDIT)


def _undo(screen: Screen) -> Screen:
    back, change = screen.desk.undo()
    if change is None:
        return replace(screen, message="Nothing to take back")
    page = screen.page if change.at == screen.cursor else Page()
    return replace(screen, desk=back, cursor=change.at, page=page, message=f"Taken back: {change.label}")


def _finish(screen: Screen) -> Screen:
    return replace(screen, view=View.FINISH, from_view=screen.view, page=Page())


def _quit(screen: Screen) -> Screen:
    if screen.view is View.LETTER:
        return replace(screen, view=View.LIST, page=Page())
    if screen.desk.loose:
        return replace(screen, view=View.QUIT, from_view=screen.view, page=Page())
    return replace(screen, wish=Wish.QUIT)


def _help(screen: Screen) -> Screen:
    return replace(screen, view=View.HELP, from_view=screen.view)


_COMMANDS: Mapping[str, Callable[[Screen], Screen]] = {
    "t": _tick,
    " ": _read_on,
    "T": _tick_unflagged,
    "e": _edit,
    "r": _asks("reject"),
    "s": _asks("snooze"),
    "c": _call,
    "n": _note,
    "u": _undo,
    "/": _find,
    "f": _finish,
    "q": _quit,
    "?": _help,
}


def _confirm(screen: Screen, key: str) -> Screen:
    """Only y goes on, once all that it does was read; arrows scroll, every other key goes back: nothing happens by a slip."""
    if key in ("up", "down", "pgup", "pgdn", "home", "end"):
        return replace(screen, page=screen.page.moved(key))
    if key not in ("y", "Y"):
        return replace(screen, view=screen.from_view, page=Page())
    if screen.view is View.QUIT:
        return replace(screen, wish=Wish.QUIT)
    if not screen.page.at_end:
        return replace(screen, message="There is more below: read it to the end first (↓)")
    return replace(screen, wish=Wish.FINISH)


def _answer(screen: Screen, asking: Asking, key: str) -> Screen:
    if key in ("esc", "ctrl-g"):
        return replace(screen, asking=None)
    if key != "enter":
        return replace(screen, asking=asking.typed(key))
    text = asking.text.strip()
    answered = replace(screen, asking=None, answers={**screen.answers, asking.what: text or asking.before})
    try:
        return _ANSWERS[asking.what](answered, text)
    except ValueError as wrong:
        return replace(screen, asking=asking.refused(str(wrong)))


def _rejected(screen: Screen, reason: str) -> Screen:
    if not reason:
        raise ValueError("a rejection says why")
    draft = replace(screen.draft, kind="reject", reason=reason, until=None)
    return _marked(screen, draft, "reject", f"{_name(screen.item)}: rejected")


def _snoozed(screen: Screen, text: str) -> Screen:
    day = snooze_day(text or "1w", screen.on)
    draft = replace(screen.draft, kind="snooze", reason=None, until=day.isoformat())
    return _marked(screen, draft, "snooze", f"{_name(screen.item)}: rests until {spoken(day)}")


def _noted(screen: Screen, text: str) -> Screen:
    if (text or None) == screen.draft.note:
        return screen
    draft = replace(screen.draft, note=text or None)
    said = "Note taken off" if not text else "Noted" if draft.kind else "Noted; it is kept with what you decide here"
    return replace(screen, desk=screen.desk.put(screen.cursor, draft, f"note on {_name(screen.item)}"), message=said)


def _found(screen: Screen, text: str) -> Screen:
    wanted = (text or screen.answers.get("find", "")).casefold()
    items = screen.desk.items
    for ahead in range(1, len(items) + 1):
        at = (screen.cursor + ahead) % len(items)
        effect = items[at].effect
        if wanted and any(wanted in (each or "").casefold() for each in (effect.customer_name, effect.customer_id)):
            return replace(screen, cursor=at, page=Page())
    raise ValueError("no customer here is called so")


_ANSWERS: Mapping[str, Callable[[Screen, str], Screen]] = {
    "reject": _rejected,
    "snooze": _snoozed,
    "note": _noted,
    "find": _found,
}
