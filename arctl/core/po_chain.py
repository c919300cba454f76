"""Which record hangs on which, and which orders a PO# stands for: documents in, trees out. Pure.

An id says more than a number that somebody typed: a record belongs to the document that it names by id, else to the one that
names it, or that it names, in a line. It never belongs to two, and a PO# in a text alone ties nothing together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from arctl.core.po_documents import (
    BUILD,
    FREE_TEXT,
    FULFILLMENT,
    INVOICE,
    PLACES,
    PURCHASE_ORDER,
    RECEIPT,
    REFERENCES,
    SALES_ORDER,
    VENDOR_BILL,
    WORK_ORDER,
    Document,
)
from arctl.core.po_number import carries, words

Name = tuple[bool, str]

_ORIGINS = {
    WORK_ORDER: ((SALES_ORDER,), ("parent_so_id", "createdfrom")),
    PURCHASE_ORDER: ((SALES_ORDER,), ("parent_so_id", "createdfrom")),
    BUILD: ((WORK_ORDER, SALES_ORDER), ("createdfrom", "parent_so_id")),
    RECEIPT: ((PURCHASE_ORDER,), ("createdfrom", "parent_so_id")),
    VENDOR_BILL: ((PURCHASE_ORDER,), ("createdfrom", "parent_so_id")),
    FULFILLMENT: ((SALES_ORDER,), ("createdfrom", "parent_so_id")),
    INVOICE: ((SALES_ORDER, FULFILLMENT), ("createdfrom",)),
}
"""From what a record of a type is made, and the fields that name it by id, the more telling first."""

_SPEAKING = frozenset({SALES_ORDER, WORK_ORDER, PURCHASE_ORDER, FULFILLMENT, INVOICE})
"""Records whose PO# is our own writing; what a vendor types on a bill tells nothing of an order that bears no PO#."""


@dataclass(frozen=True, slots=True)
class Tie:
    """On which document a record hangs (its id) and by which field. `held`: the ledger has that document."""

    to: str
    field: str
    held: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A document in its place: the fields that carry the PO#, what ties it to the one above, and what hangs on it."""

    document: Document
    fields: tuple[str, ...]
    tie: Tie | None
    children: tuple["Record", ...] = ()

    def all(self) -> Iterable["Record"]:
        """Itself and everything under it."""
        yield self
        for child in self.children:
            yield from child.all()


@dataclass(frozen=True, slots=True)
class Tree:
    """An order with all that hangs on it. Without `root` the ledger lacks the sales order, which its records name by `order_id`."""

    order_id: str
    root: Document | None
    fields: tuple[str, ...]
    children: tuple[Record, ...]
    tie: Tie | None = None
    """Where the order itself does not carry the PO#: the link by which it was reached."""

    def records(self) -> Iterable[Record]:
        """Every record of the order, the order's own first, each with what hangs on it."""
        if self.root is not None:
            yield Record(self.root, self.fields, self.tie)
        for child in self.children:
            yield from child.all()


@dataclass(frozen=True, slots=True)
class Foreign:
    """A record whose text names the PO# although by its links it belongs to an order of another PO#."""

    record: Record
    order_id: str
    other: str


@dataclass(frozen=True, slots=True)
class Chains:
    """What a PO# threads: its orders, records matched by text alone (each with what hangs on it), and contradicted ones."""

    orders: tuple[Tree, ...]
    loose: tuple[Record, ...]
    foreign: tuple[Foreign, ...]


def matched_fields(document: Document, po: str) -> tuple[str, ...]:
    """The fields of a document that carry the PO#."""
    return tuple(
        name
        for name in REFERENCES[document.type]
        if (text := getattr(document, name)) is not None and carries(text, po, name in FREE_TEXT)
    )


class Links:
    """What hangs on what among the documents that were read."""

    def __init__(self, documents: Sequence[Document], po: str) -> None:
        self.po = po
        self.documents = documents
        self._order_of: dict[Name, str | None] = {}
        self.by_name = {document.name: document for document in documents}
        self.numbered: dict[tuple[int, str], list[Document]] = defaultdict(list)
        self.named_in_lines: dict[tuple[int, str], set[str]] = defaultdict(set)
        for document in documents:
            if document.type == SALES_ORDER:
                for line in document.lines:
                    if line.link:
                        self.named_in_lines[document.company_id, line.link].add(document.id)
            if document.type != INVOICE and document.tranid:
                self.numbered[document.company_id, document.tranid].append(document)
        self.ties = {document.name: self._tie(document) for document in documents}
        self.hanging: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            tie = self.ties[document.name]
            if tie is not None:
                self.hanging[tie.to].append(document)
        self.fields = {document.name: matched_fields(document, po) for document in documents}

    def _tie(self, document: Document) -> Tie | None:
        if document.type == SALES_ORDER:
            return None
        types, fields = _ORIGINS[document.type]
        lost = None
        for field in fields:
            origin: str | None = getattr(document, field)
            if origin and (False, origin) in self.by_name and origin != document.id:
                return Tie(origin, field, held=True)
            if origin and lost is None:
                lost = Tie(origin, field, held=False)
        return self._tie_by_line(document, types) or lost

    def _tie_by_line(self, document: Document, types: tuple[str, ...]) -> Tie | None:
        """By the numbers that lines name, where they leave no choice."""
        found = {
            origin.id
            for line in document.lines
            if line.link
            for origin in self.numbered.get((document.company_id, line.link), ())
            if origin.type in types
        }
        if not found and document.tranid and types == (SALES_ORDER,):
            number = document.company_id, document.tranid
            alike = [each for each in self.numbered[number] if each.type == document.type]
            found = self.named_in_lines.get(number, set()) if len(alike) == 1 else set()
        return Tie(found.pop(), "link_tranid", held=True) if len(found) == 1 else None

    def path(self, document: Document) -> list[Document]:
        """The document and those it hangs on, one above the other; a circle is gone through once."""
        path = [document]
        while (tie := self.ties[path[-1].name]) and tie.held:
            above = self.by_name[False, tie.to]
            if above in path:
                break
            path.append(above)
        return path

    def order_of(self, document: Document) -> str | None:
        """The id of the sales order it hangs on, held or named only; None where it hangs on none."""
        name = document.name
        if name not in self._order_of:
            top = self.path(document)[-1]
            tie = self.ties[top.name]
            named = tie.to if tie and not tie.held and SALES_ORDER in _ORIGINS[top.type][0][:1] else None
            self._order_of[name] = top.id if top.type == SALES_ORDER else named
        return self._order_of[name]

    def under(self, id: str) -> Iterator[Document]:
        """Everything that hangs on an id, at any depth."""
        seen: set[Name] = set()
        waiting = [id]
        while waiting:
            for document in self.hanging.get(waiting.pop(), ()):
                if document.name not in seen:
                    seen.add(document.name)
                    yield document
                    if document.type != INVOICE:
                        waiting.append(document.id)

    def other_po(self, order_id: str) -> str | None:
        """The PO# by which an order goes where it is not the one asked for; None where it is, or where nothing says."""
        order = self.by_name.get((False, order_id))
        if order is not None and words(order.otherrefnum):
            return None if "otherrefnum" in self.fields[order.name] else order.otherrefnum
        if order is not None and self.fields[order.name]:
            return None
        for document in self.under(order_id):
            if words(document.otherrefnum) and "otherrefnum" not in self.fields[document.name]:
                return document.otherrefnum
        return None

    @cached_property
    def orders(self) -> list[str]:
        """Ids of the orders that the PO# stands for: an order says so itself, or says nothing and what was made of it does."""
        named = [
            self.order_of(document)
            for document in self.documents
            if self.fields[document.name] and document.type in _SPEAKING
        ]
        found = dict.fromkeys(order for order in named if order is not None)
        return [order for order in found if self.other_po(order) is None]

    @cached_property
    def loose(self) -> list[Document]:
        """Documents that carry the PO# and hang on no order, nor on another such document."""
        return [
            document
            for document in self.documents
            if self.fields[document.name]
            and self.order_of(document) is None
            and not any(self.fields[above.name] for above in self.path(document)[1:])
        ]

    def record(self, document: Document, above: frozenset[Name] = frozenset()) -> Record:
        """The document in its place, with all that hangs on it."""
        path = above | {document.name}
        hanging = () if document.type == INVOICE else self.hanging.get(document.id, ())
        children = tuple(self.record(each, path) for each in _told(hanging) if each.name not in path)
        return Record(document, self.fields[document.name], self.ties[document.name], children)


def _told(documents: Iterable[Document]) -> list[Document]:
    """In the order in which a chain is told: what is made and bought, what is shipped, what is invoiced; each by date."""
    return sorted(documents, key=lambda each: (PLACES[each.type], each.dated, each.id))


def unread(documents: Iterable[Document]) -> set[str]:
    """Ids that the documents name as what they were made from, among order documents."""
    return {origin for each in documents for origin in (each.parent_so_id, each.createdfrom) if origin}


def unread_numbers(links: Links) -> set[str]:
    """Numbers in lines by which a lost link may be found: those of records that hang on nothing, and those orders name."""
    wanted = {link for _, link in links.named_in_lines.keys() - links.numbered.keys()}
    for document in links.documents:
        tie = links.ties[document.name]
        if document.type not in (SALES_ORDER, INVOICE) and (tie is None or not tie.held or tie.field == "link_tranid"):
            wanted |= {line.link for line in document.lines if line.link}
            if document.tranid and document.type in (WORK_ORDER, PURCHASE_ORDER):
                wanted.add(document.tranid)
    return wanted


def named_by(links: Links) -> set[str]:
    """Numbers of the documents in the PO#'s orders from which others are made: a line may name them."""
    chain = [document for order in links.orders for document in links.under(order)]
    chain += [links.by_name[False, order] for order in links.orders if (False, order) in links.by_name]
    return {each.tranid for each in chain if each.tranid and each.type in (SALES_ORDER, WORK_ORDER, PURCHASE_ORDER)}


def chains(links: Links) -> Chains:
    """The trees of a PO#, out of everything that was read about it."""
    found = set(links.orders)
    trees = [_tree(links, order) for order in links.orders]
    foreign = []
    for document in links.documents:
        order = links.order_of(document) if links.fields[document.name] else None
        if order is not None and order not in found:
            record = Record(document, links.fields[document.name], links.ties[document.name])
            foreign.append(Foreign(record, order, links.other_po(order) or ""))
    loose = [links.record(document) for document in _told(links.loose)]
    return Chains(tuple(sorted(trees, key=_when)), tuple(loose), tuple(foreign))


def _tree(links: Links, order_id: str) -> Tree:
    root = links.by_name.get((False, order_id))
    children = tuple(links.record(each, frozenset({(False, order_id)})) for each in _told(links.hanging[order_id]))
    if root is None:
        return Tree(order_id, None, (), children)
    fields = links.fields[root.name]
    reached = None
    if not fields and children:
        below = next((each for each in links.under(order_id) if links.fields[each.name]), children[0].document)
        tie = links.ties[below.name]
        reached = Tie(below.id, tie.field if tie else "", held=True)
    return Tree(order_id, root, fields, children, reached)


def _when(tree: Tree) -> tuple[str, str]:
    dates = [tree.root.dated] if tree.root else [each.document.dated for each in tree.children]
    return min(dates, default=""), tree.order_id
