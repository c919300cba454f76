"""A trace laid out line by line, in the order of its tree: what every form of it is written from. Formats, decides nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arctl.core.po_chain import Record
from arctl.core.po_documents import INVOICE, PURCHASE_ORDER, RECEIPT, VENDOR_BILL, Settlement
from arctl.core.po_standing import days_between
from arctl.core.po_trace import Order, Trace

VENDORS = (PURCHASE_ORDER, RECEIPT, VENDOR_BILL)
"""Whose entity is a vendor and whose amounts are our cost: nothing for a customer's eyes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record in its place. `last` tells, level by level, whether it is the last of its neighbours: what a tree is drawn from.

    `order` is its order's id, None for a record matched by text alone; `quantity` in millionths, None where lines tell none;
    `state` is the status in words, for an invoice what is open of it.
    """

    order: str | None
    parent: str | None
    last: tuple[bool, ...]
    type: str
    id: str
    tranid: str | None
    entity: str
    dated: str
    fields: tuple[str, ...]
    link: str | None
    quantity: int | None
    items: tuple[str, ...]
    cents: int | None
    currency: str
    status: str | None
    state: str
    due: str | None = None
    outstanding: int | None = None
    days_overdue: int | None = None

    @property
    def matched_on(self) -> str:
        """The field that carries the PO#, else the one that links the record."""
        return self.fields[0] if self.fields else self.link or ""

    @property
    def via(self) -> str:
        """`link` for what hangs on an order, `text` for what only says so, an order that bears the PO# itself included."""
        return "link" if self.link and self.order is not None else "text"

    @property
    def secret(self) -> bool:
        """Whether entity and amount are a vendor's."""
        return self.type in VENDORS


def order_rows(trace: Trace, order: Order) -> Iterator[Row]:
    """The rows of one order: the order, then what hangs on it."""
    tree = order.tree
    top: tuple[bool, ...] = ()
    if tree.root is not None:
        yield _row(trace, Record(tree.root, tree.fields, tree.tie), tree.order_id, top, reached=True)
    yield from _branches(trace, tree.children, tree.order_id, top)


def loose_rows(trace: Trace) -> Iterator[Row]:
    """What text alone ties to the PO#, with what hangs on it; then what belongs to orders of another PO#."""
    for record in trace.loose:
        yield _row(trace, record, None, ())
        yield from _branches(trace, record.children, None, ())
        if record.document.type == INVOICE:
            yield from _settled(trace, record, None, ())
    for foreign in trace.foreign:
        yield _row(trace, foreign.record, None, ())


def all_rows(trace: Trace) -> Iterator[Row]:
    """Every record, order by order, and at the end those matched by text alone."""
    for order in trace.orders:
        yield from order_rows(trace, order)
    yield from loose_rows(trace)


def _branches(trace: Trace, records: Sequence[Record], order: str | None, above: tuple[bool, ...]) -> Iterator[Row]:
    for place, record in enumerate(records, start=1):
        last = (*above, place == len(records))
        yield _row(trace, record, order, last)
        yield from _branches(trace, record.children, order, last)
        if record.document.type == INVOICE:
            yield from _settled(trace, record, order, last)


def _settled(trace: Trace, record: Record, order: str | None, above: tuple[bool, ...]) -> Iterator[Row]:
    settlements = trace.money.settlements.get(record.document.id, ())
    for place, each in enumerate(settlements, start=1):
        yield Row(
            order, record.document.id, (*above, place == len(settlements)), each.type, each.id, each.tranid, each.payer or "",
            each.dated, (), "application" if each.type != "write_off" else "invoice_id", None, (), each.cents,
            record.document.currency, each.status, _applied(each),
        )  # fmt: skip


def _applied(settlement: Settlement) -> str:
    if settlement.type == "write_off":
        return "written off" + (", partly recovered" if settlement.recovered else "")
    told = f"applied {settlement.effective}"
    return f"{told}, discount taken" if settlement.discount else told


def _row(trace: Trace, record: Record, order: str | None, last: tuple[bool, ...], reached: bool = False) -> Row:
    document, tie = record.document, record.tie
    quantities = [line.quantity for line in document.lines if line.quantity is not None]
    items = tuple(dict.fromkeys(line.item for line in document.lines if line.item))
    state, outstanding, due, late = document.status or "", None, document.due, None
    if document.type == INVOICE and document.stands(trace.as_of):
        balance = trace.money.balances.get(document.id)
        raw = balance.raw_cents if balance else 0
        outstanding = max(raw, 0)
        due = (balance.due if balance else None) or due
        late = days_between(due, trace.as_of) if outstanding and due else None
        state = _owed(raw, document.cents or 0, due, late, document.disputed)
    return Row(
        order, None if tie is None or reached else tie.to, last, document.type, document.id, document.tranid, document.entity,
        document.dated, record.fields, None if tie is None else tie.field, sum(quantities) if quantities else None, items,
        document.cents, document.currency, document.status, state, due, outstanding, late,
    )  # fmt: skip


def _owed(raw: int, amount: int, due: str | None, late: int | None, disputed: bool) -> str:
    """What is open of an invoice, in words."""
    mark = ", disputed" if disputed else ""
    if raw < 0:
        return f"over-applied{mark}"
    if raw == 0:
        return f"{'paid' if amount else 'nothing to pay'}{mark}"
    part = "part paid" if raw < amount else "open"
    if late is None:
        return f"{part}{mark}"
    when = f"{late} day{'' if late == 1 else 's'} overdue" if late > 0 else "due today" if late == 0 else f"due {due}"
    return f"{part}, {when}{mark}"
