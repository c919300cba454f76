"""Going through an envelope: in which order, what may be marked, taking it back, and what finishing would do. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from arctl.core.money import format_amount
from arctl.core.proposal import APPLY_CASH, BULK_RISK, COLLECTION_ACTION, EMAIL_DRAFT, TASK
from arctl.core.review_values import Mark, MarkKind, Marks, ReviewItem

GROUPS = ("First, apply cash", "Look at these first", "Letters and calls", "Messages")
"""The parts of the list, in their order."""


def is_single(item: ReviewItem) -> bool:
    """Whether it is decided by itself, never with others: risk 4 and 5."""
    return (item.effect.risk_level or 0) > BULK_RISK


def is_call(item: ReviewItem) -> bool:
    """Whether it asks somebody to call instead of sending a letter."""
    return item.effect.action_type == COLLECTION_ACTION and item.effect.payload.get("channel") == "call"


def is_letter(item: ReviewItem) -> bool:
    """Whether a reminder goes out by mail."""
    return item.effect.action_type == COLLECTION_ACTION and not is_call(item)


def has_mail(item: ReviewItem) -> bool:
    """Whether its text goes out to somebody; a call's text is only what there is to say."""
    return bool(item.effect.body) and not is_call(item)


def allows(item: ReviewItem, kind: MarkKind) -> bool:
    """Whether an item can be marked so: only a customer's own matter is snoozed, and only a letter becomes a call."""
    if kind == "snooze":
        return item.effect.customer_key is not None and item.effect.currency is not None
    return kind != "call" or is_letter(item)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was put on an item so far; a note or an edit may stand before anything is decided (`kind` None)."""

    kind: MarkKind | None = None
    reason: str | None = None
    until: str | None = None
    edited_text: str | None = None
    note: str | None = None

    @property
    def mark(self) -> Mark | None:
        """The mark it amounts to; None while nothing is decided."""
        if self.kind is None:
            return None
        return Mark(self.kind, self.reason, self.until, self.edited_text, self.note)


def _draft(mark: Mark) -> Draft:
    return Draft(mark.kind, mark.reason, mark.until, mark.edited_text, mark.note)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that can be taken back: what it was, where the reviewer stood, and the drafts before it."""

    label: str
    at: int
    before: Mapping[int, Draft]


@dataclass(frozen=True, slots=True)
class Desk:
    """The items of an envelope that are decided together, in the order in which they are looked at, with their drafts."""

    items: tuple[ReviewItem, ...]
    groups: tuple[int, ...]
    drafts: Mapping[int, Draft] = field(default_factory=dict)
    history: tuple[Change, ...] = ()

    @property
    def marks(self) -> dict[int, Mark]:
        """What is decided so far, by seq."""
        found = ((item.seq, self.draft(item).mark) for item in self.items)
        return {seq: mark for seq, mark in found if mark is not None}

    @property
    def loose(self) -> int:
        """How many items carry a note or an edit and no decision."""
        return sum(1 for item in self.items if (draft := self.draft(item)) != Draft() and draft.kind is None)

    def draft(self, item: ReviewItem) -> Draft:
        """What was put on the item so far."""
        return self.drafts.get(item.seq, Draft())

    def text(self, item: ReviewItem) -> str:
        """The letter as it would go out now."""
        edited = self.draft(item).edited_text
        return (item.effect.body or "") if edited is None else edited

    def put(self, at: int, draft: Draft, label: str) -> "Desk":
        """The draft of the item at a place replaced, so that it can be taken back."""
        return self._changed({self.items[at].seq: draft}, label, at)

    def tick_unflagged(self, at: int) -> tuple["Desk", int]:
        """Everything ticked that is neither flagged nor decided, and how much that was."""
        chosen = {
            item.seq: replace(self.draft(item), kind="tick")
            for item in self.items
            if not item.flags and self.draft(item).kind is None
        }
        return (self._changed(chosen, f"tick {_count(len(chosen), 'item')}", at) if chosen else self), len(chosen)

    def undo(self) -> tuple["Desk", Change | None]:
        """The last change taken back, and which it was; None where there is none."""
        if not self.history:
            return self, None
        change = self.history[-1]
        return replace(self, drafts=change.before, history=self.history[:-1]), change

    def _changed(self, drafts: Mapping[int, Draft], label: str, at: int) -> "Desk":
        now = MappingProxyType({**self.drafts, **drafts})
        return replace(self, drafts=now, history=(*self.history, Change(label, at, self.drafts)))


def desk(items: Iterable[ReviewItem], marks: Marks) -> Desk:
    """The bulk of an envelope with the marks of an earlier sitting: cash to apply first, then exceptions, then the rest.

    Within a part the largest amount comes first, currency by currency; the currency with most items leads.
    """
    bulk = [item for item in items if not is_single(item)]
    often = Counter(item.effect.currency or "" for item in bulk)

    def order(item: ReviewItem) -> tuple[int, int, str, int, int]:
        currency = item.effect.currency or ""
        return _group(item), -often[currency], currency, -(item.effect.amount_cents or 0), item.seq

    ordered = tuple(sorted(bulk, key=order))
    return Desk(
        ordered,
        tuple(_group(item) for item in ordered),
        {item.seq: _draft(marks[item.seq]) for item in ordered if item.seq in marks},
    )


def _group(item: ReviewItem) -> int:
    if item.effect.action_type in (APPLY_CASH, TASK):
        return 0
    if item.flags:
        return 1
    return 2 if item.effect.action_type == COLLECTION_ACTION else 3


def sentence(items: Iterable[ReviewItem], marks: Marks) -> str:
    """What finishing would do: "37 letters, 84,120.50 USD, to 37 addresses; 2 rejected; 1 snoozed"."""
    known = [(item, marks.get(item.seq)) for item in items]
    ticked = [item for item, mark in known if mark is not None and mark.kind == "tick"]
    kinds = Counter("" if mark is None else mark.kind for _, mark in known)
    parts = [_letters([item for item in ticked if is_letter(item)])] if any(map(is_letter, ticked)) else []
    calls = sum(1 for item in ticked if is_call(item))
    messages = sum(1 for item in ticked if item.effect.action_type == EMAIL_DRAFT)
    tasks = len(ticked) - sum(1 for item in ticked if is_letter(item)) - calls - messages
    counted = (
        (calls, _count(calls, "call")),
        (messages, _count(messages, "message")),
        (tasks, _count(tasks, "task")),
        (kinds["reject"], f"{kinds['reject']:,} rejected"),
        (kinds["snooze"], f"{kinds['snooze']:,} snoozed"),
        (kinds["call"], f"{_count(kinds['call'], 'call')} instead of a letter"),
        (kinds[""], f"{kinds['']:,} {'stays' if kinds[''] == 1 else 'stay'} pending"),
    )
    return "; ".join([*parts, *(text for count, text in counted if count)]) or "nothing to decide"


def _letters(letters: Sequence[ReviewItem]) -> str:
    addresses = {address for item in letters for address in item.recipients}
    to = f"to {_count(len(addresses), 'address')}"
    return f"{_count(len(letters), 'letter')}, {amounts(letters)}, {to}"


def amounts(items: Iterable[ReviewItem]) -> str:
    """What the items ask for, added up in each currency: "84,120.50 USD and 310.00 CAD"."""
    totals: Counter[str] = Counter()
    for item in items:
        totals[item.effect.currency or ""] += item.effect.amount_cents or 0
    return " and ".join(f"{format_amount(cents, code)} {code}".strip() for code, cents in sorted(totals.items()))


def _count(number: int, what: str) -> str:
    plural = f"{what}es" if what.endswith("s") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"
