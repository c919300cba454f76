"""One question at the foot of a screen: what is typed, what was answered before, how far a page is scrolled. Pure."""

from dataclasses import dataclass, replace

PASTED = "pasted:"
"""A key that begins so stands for a whole pasted text: only a question takes it, no command reads it."""

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """A question being answered. `what` names it; `before` is the last answer to the same one, which ↑ brings back."""

    what: str
    text: str = ""
    error: str = ""
    before: str = ""

    def typed(self, key: str) -> "Asking":
        """The answer after one more key: letters, ↑, Backspace, Ctrl-W (a word), Ctrl-U (all). Other keys change nothing."""
        erased = {
            "backspace": self.text[:-1],
            "ctrl-u": "",
            "ctrl-w": self.text.rstrip().rpartition(" ")[0],
            "up": self.before or self.text,
        }
        if key in erased:
            return self._with(erased[key])
        if key.startswith(PASTED):
            return self._with(self.text + " ".join(key.removeprefix(PASTED).split()))
        return self._with(self.text + key) if len(key) == 1 and key.isprintable() else self

    def refused(self, why: str) -> "Asking":
        """The same question, with what was wrong about the answer."""
        return replace(self, error=why)

    def _with(self, text: str) -> "Asking":
        return replace(self, text=text[:_LONGEST], error="")


@dataclass(frozen=True, slots=True)
class Page:
    """A page longer than the screen: its first line shown, how many lines there are, and how many can be seen."""

    top: int = 0
    length: int = 0
    room: int = 1

    @property
    def furthest(self) -> int:
        """The top at which the last line is seen."""
        return max(self.length - self.room, 0)

    @property
    def at_end(self) -> bool:
        """Whether the last line is seen."""
        return self.top >= self.furthest

    def fitted(self, length: int, room: int) -> "Page":
        """The page as the screen is now."""
        page = Page(self.top, length, max(room, 1))
        return replace(page, top=min(self.top, page.furthest))

    def moved(self, key: str) -> "Page":
        """Scrolled by a key; by any other key it stays."""
        step = {
            "down": 1, "j": 1, "up": -1, "k": -1, "pgdn": self.room - 1, "pgup": 1 - self.room,
            "home": -self.top, "g": -self.top, "end": self.furthest, "G": self.furthest,
        }.get(key, 0)  # fmt: skip
        return replace(self, top=min(max(self.top + step, 0), self.furthest))
