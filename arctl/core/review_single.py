"""One risky proposal alone on the screen: read to its end, then approved by typing the customer's name, or not. Pure."""

from dataclasses import dataclass, field, replace
from enum import Enum

from arctl.core.asking import Asking, Page
from arctl.core.review_values import Consequences, ReviewItem


class Choice(Enum):
    """What the reviewer wants; LEAVE leaves this one pending, STOP leaves the rest pending, too."""

    NONE = "none"
    APPROVE = "approve"
    REJECT = "reject"
    LEAVE = "leave"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Single:
    """One of `of` proposals of risk 4 or 5, with all it will do. `answer` is the name typed, or the reason of a rejection."""

    item: ReviewItem
    consequences: Consequences
    number: int = 1
    of: int = 1
    page: Page = field(default_factory=Page)
    asking: Asking | None = None
    message: str = ""
    choice: Choice = Choice.NONE
    answer: str = ""

    @property
    def name(self) -> str:
        """What has to be typed: the customer's name, or the title where it concerns no customer."""
        return self.item.effect.customer_name or self.item.effect.title

    def fitted(self, length: int, room: int) -> "Single":
        """The screen, its page being so many lines of which so many can be seen."""
        return replace(self, page=self.page.fitted(length, room))

    def press(self, key: str) -> "Single":
        """The screen after a key. An unknown key changes nothing."""
        calm = replace(self, message="")
        if self.asking is not None:
            return _answer(calm, self.asking, key)
        if key == "y":
            return _approve(calm)
        if key == "r":
            return replace(calm, asking=Asking("reject"))
        if key in ("enter", "esc", "n", "l"):
            return replace(calm, choice=Choice.LEAVE)
        if key == "q":
            return replace(calm, choice=Choice.STOP)
        return replace(calm, page=self.page.moved("pgdn" if key == " " else key))


def same_name(typed: str, name: str) -> bool:
    """Whether somebody typed that name; case and the number of blanks do not matter."""
    return bool(typed.strip()) and typed.casefold().split() == name.casefold().split()


def _approve(single: Single) -> Single:
    if single.consequences.blocked:
        return replace(single, message=f"It cannot be done: {single.consequences.blocked}")
    if not single.page.at_end:
        return replace(single, message="There is more below: read it to the end first (↓, space)")
    return replace(single, asking=Asking("name"))


def _answer(single: Single, asking: Asking, key: str) -> Single:
    if key == "esc":
        return replace(single, asking=None)
    if key != "enter":
        return replace(single, asking=asking.typed(key))
    text = asking.text.strip()
    if asking.what == "reject":
        if not text:
            return replace(single, asking=asking.refused("a rejection says why"))
        return replace(single, asking=None, choice=Choice.REJECT, answer=text)
    if not same_name(text, single.name):
        return replace(single, asking=asking.refused("not the name shown above"))
    return replace(single, asking=None, choice=Choice.APPROVE, answer=single.name)
