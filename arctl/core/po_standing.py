"""What of an order is in force on a day, item by item, and how its records are put into words. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from arctl.core.po_chain import Tree
from arctl.core.po_documents import FULFILLMENT, TITLES, Balance, Document, Line

Kind = Literal["waiting", "missing", "contradiction"]
_MICRO = 1_000_000
_NOT_SHIPPED = frozenset({"a", "picked", "b", "packed"})
_NAMED_ITEMS = 3


class Gap(NamedTuple):
    """One thing missing or contradictory: its code, on which document (id) it shows, of which kind, and in words."""

    code: str
    document: str
    message: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Standing:
    """The records of one order that are in force at the end of a day, by type, with what hangs on each; balances by invoice id."""

    order: Document
    as_of: str
    by_type: Mapping[str, Sequence[Document]]
    hanging: Mapping[str, Sequence[Document]]
    balances: Mapping[str, Balance]

    def of(self, kind: str) -> Sequence[Document]:
        """The order's records of a type."""
        return self.by_type.get(kind, ())

    def on(self, document: Document, kind: str) -> list[Document]:
        """Records of a type that hang on a document."""
        return [each for each in self.hanging.get(document.id, ()) if each.type == kind]

    @property
    def shipments(self) -> list[Document]:
        """Fulfillments that have left the house."""
        return [each for each in self.of(FULFILLMENT) if has_left(each)]

    @property
    def cancelled(self) -> bool:
        """Whether the order itself is not in force."""
        return not self.order.stands(self.as_of)


def has_left(fulfillment: Document) -> bool:
    """Whether a fulfillment has left the house: not only picked or packed."""
    return fulfillment.plain_status not in _NOT_SHIPPED


def standing(tree: Tree, root: Document, as_of: str, balances: Mapping[str, Balance]) -> Standing:
    """What of an order is in force at the end of a day."""
    by_type: dict[str, list[Document]] = defaultdict(list)
    hanging: dict[str, list[Document]] = defaultdict(list)
    for record in tree.records():
        if record.document.stands(as_of):
            by_type[record.document.type].append(record.document)
            if record.tie is not None:
                hanging[record.tie.to].append(record.document)
    return Standing(root, as_of, by_type, hanging, balances)


def shipped_value(now: Standing) -> int | None:
    """Cents of what was shipped, at the order's prices, half up line by line; None where lines are not known."""
    if not now.order.lines or not all(each.lines for each in now.shipments):
        return None
    left = dict(shipped_items(now))
    total = 0
    for line in now.order.lines:
        if not line.quantity:
            total += line.cents or 0  # a charge or a discount for the whole order
            continue
        taken = min(left.get(item_of(line), 0), line.quantity)
        left[item_of(line)] = left.get(item_of(line), 0) - taken
        total += (2 * (line.cents or 0) * taken + line.quantity) // (2 * line.quantity)
    return total


def shortfalls(
    code: str, order: Document, followers: Sequence[Document], wanted: str, got: str, kind: Kind = "missing"
) -> Iterator[Gap]:
    """Fewer of an item in what follows than in the order."""
    if not order.lines or not all(each.lines for each in followers):
        return
    held = quantities(followers)
    short = [
        f"{quantity(count)} {item} {wanted}, {quantity(held.get(item, 0))} {got}"
        for item, count in quantities([order]).items()
        if held.get(item, 0) < count
    ]
    if short:
        yield Gap(code, order.id, f"{title_of(order)}: {listed(short)}", kind)


def item_of(line: Line) -> str:
    """What an item goes by; a line without one by its number."""
    return line.item or f"line {line.line}"


def quantities(documents: Iterable[Document]) -> dict[str, int]:
    """Millionths of each item."""
    counted: dict[str, int] = defaultdict(int)
    for document in documents:
        for line in document.lines:
            if line.quantity:
                counted[item_of(line)] += line.quantity
    return counted


def shipped_items(now: Standing) -> dict[str, int]:
    """Millionths of each item that has left the house."""
    return quantities(now.shipments)


def last_wanted(order: Document) -> str:
    """The last day on which a line of the order is wanted; "" where none says."""
    return max((line.requested for line in order.lines if line.requested), default="")


def when_due(day: str | None, as_of: str, word: str = "expected") -> str:
    """In words when something was due, and how late it is; nothing where no day is known."""
    if not day:
        return ""
    late = days_between(day, as_of)
    return f", {word} {day}" + (f", {late} day{'' if late == 1 else 's'} late" if late > 0 else "")


def days_between(first: str, last: str) -> int:
    """Days from one ISO day to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def wanted_text(line: Line) -> str:
    """A line as `25 KIT`."""
    return f"{quantity(line.quantity or 0)} {item_of(line)}"


def named_link(line: Line) -> str:
    """The number that a line names, in words."""
    return f"; it names {line.link}" if line.link else ""


def title_of(document: Document) -> str:
    """A document as sentences name it."""
    return f"{TITLES[document.type]} {document.id}"


def listed(parts: Sequence[str]) -> str:
    """The first of several findings, and how many more."""
    more = len(parts) - _NAMED_ITEMS
    return "; ".join(parts[:_NAMED_ITEMS]) + (f"; and {more} more" if more > 0 else "")


def quantity(micro: int) -> str:
    """Millionths as `12` or `1.5`."""
    whole, part = divmod(abs(micro), _MICRO)
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole:,}.{part:06d}".rstrip("0") if part else f"{sign}{whole:,}"
