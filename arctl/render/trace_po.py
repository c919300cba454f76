"""A trace for people: a tree per order on the screen, and Markdown to paste into a reply to the customer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TextIO

from arctl.core.money import format_amount
from arctl.core.po_documents import TITLES
from arctl.core.po_standing import Gap, quantity
from arctl.core.po_trace import Order, Trace
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_markdown, write_sheet
from arctl.render.trace_rows import Row, loose_rows, order_rows

_DOCUMENT = Column("Document", "document")
_DATE = Column("Date", "date")
_QUANTITY = Column("Quantity", "quantity", align="right")
_ITEMS = Column("Items", "items", flexible=True)
_AMOUNT = Column("Amount", "amount", money=True)
_STATE = Column("Status", "status")
_FOUND = Column("PO# found in", "found_in")
_ENTITY = Column("Customer or vendor", "entity")
_REPLY = (_DOCUMENT, _DATE, _QUANTITY, _ITEMS, _AMOUNT, _STATE)
_THEIRS = frozenset({"SalesOrd", "ItemShip", "invoice", "payment", "credit_memo"})
_GAPS = (Column("Gap", "code"), Column("Document", "document"), Column("What", "message", flexible=True))

FOR_CUSTOMERS = frozenset(
    {"no_fulfillment", "short_shipped", "over_shipped", "not_invoiced", "unpaid", "over_applied"}
)  # fmt: skip
"""Gaps that are told to a customer; the others are ours or a vendor's."""


def write_screen(trace: Trace, costs: bool, stream: TextIO) -> None:
    """Each order as a tree, then what text alone ties to the PO#, what is missing, and numbers that look alike.

    `costs`: with vendors, and what they bill.
    """
    blocks = [*_orders(trace, costs, markdown=False), *_loose(trace, costs)]
    found = [gap for _, gap in trace.gaps()]
    if found:
        blocks.append(Sheet("What is missing or does not fit", _GAPS, _told(found)))
    blocks[-1] = replace(blocks[-1], notes=[*blocks[-1].notes, *_notes(trace, costs)])
    _write(blocks, stream, markdown=False)


def write_reply(trace: Trace, stream: TextIO) -> None:
    """Markdown for the customer: the orders with dates, quantities, amounts and what is open; nothing of vendors, costs or others."""
    blocks = list(_orders(trace, costs=False, markdown=True))
    found = [gap for _, gap in trace.gaps() if gap.code in FOR_CUSTOMERS]
    rows = [row for row in loose_rows(trace) if row.type in _THEIRS]
    if rows or not blocks:
        title = f"{'Also under' if blocks else 'Under'} PO# {trace.po}"
        notes = [] if rows else ["No order, fulfillment or invoice of yours bears this PO#."]
        blocks.append(Sheet(title, _REPLY, [_cells(row, costs=False, markdown=True) for row in rows], notes=notes))
    if found:
        blocks.append(Sheet("Still open", (_GAPS[1], _GAPS[2]), [row[1:] for row in _told(found)]))
    _write(blocks, stream, markdown=True)


def _write(blocks: Sequence[Sheet], stream: TextIO, markdown: bool) -> None:
    for number, sheet in enumerate(blocks):
        if number:
            stream.write("\n")
        (write_markdown if markdown else write_sheet)(sheet, stream)


def _told(found: Iterable[Gap]) -> list[tuple[str, str, str]]:
    return [(gap.code, gap.document, gap.message) for gap in found]


def _orders(trace: Trace, costs: bool, markdown: bool) -> Iterator[Sheet]:
    for number, order in enumerate(trace.orders, start=1):
        rows = list(order_rows(trace, order))
        of_many = f" (order {number} of {len(trace.orders)})" if len(trace.orders) > 1 else ""
        title = f"PO# {trace.po}{_whose(trace, order)}, as of {trace.as_of}{of_many}"
        columns = [*_REPLY, *([] if markdown else [_FOUND]), *([_ENTITY] if costs else [])]
        yield Sheet(
            title, columns, [_cells(row, costs, markdown) for row in rows], notes=[_summary(order, trace.as_of)]
        )


def _whose(trace: Trace, order: Order) -> str:
    name = trace.money.names.get(order.customer_id, "")
    told = f"{name} ({order.customer_id})" if name else order.customer_id
    missing = "" if order.tree.root is not None else f", order {order.tree.order_id} not in the ledger"
    return f", {told}{missing}" if told else missing


def _summary(order: Order, as_of: str) -> str:
    """The order in one sentence: ordered, shipped, invoiced, paid, open."""
    told = []
    if order.tree.root is not None:
        worth = "" if order.ordered_cents is None else f" for {_money(order.ordered_cents, order.currency)}"
        told.append(f"ordered {order.tree.root.dated}{worth}")
    whole = order.tree.root is not None and all(gap.code != "short_shipped" for gap in order.gaps)
    if order.shipped_on:
        told.append(f"{'shipped in full by' if whole else 'last shipped'} {order.shipped_on}")
    else:
        told.append("not shipped")
    invoiced = order.invoiced_cents
    if any(record.document.type == "invoice" and record.document.stands(as_of) for record in order.tree.records()):
        told.append(f"invoiced {_money(invoiced, order.currency)}")
        open_ = order.outstanding_cents
        told.append(f"{_money(open_, order.currency)} open" if open_ else "paid")
    else:
        told.append("not invoiced")
    sentence = "; ".join(told)
    return sentence[0].upper() + sentence[1:]


def _loose(trace: Trace, costs: bool) -> Iterator[Sheet]:
    rows = list(loose_rows(trace))
    if rows:
        columns = [*_REPLY, _FOUND, *([_ENTITY] if costs else [])]
        yield Sheet(
            f"PO# {trace.po} in the text alone, linked to none of its orders", columns,
            [_cells(row, costs, markdown=False) for row in rows],
        )  # fmt: skip


def _cells(row: Row, costs: bool, markdown: bool) -> tuple[str, ...]:
    amount = "" if row.cents is None or (row.secret and not costs) else _money(row.cents, row.currency)
    items = row.items[0] if len(row.items) == 1 else f"{len(row.items)} items" if row.items else ""
    count = "" if row.quantity is None else quantity(row.quantity)
    cells = [_document(row, costs, markdown), row.dated, count, items, amount, row.state]
    cells += [] if markdown else [_found(row)]
    return (*cells, row.entity) if costs else tuple(cells)


def _document(row: Row, costs: bool, markdown: bool) -> str:
    title = f"{row.id} {TITLES[row.type]}"
    if row.tranid and _plain(row.tranid) != _plain(row.id) and (costs or not row.secret or "tranid" in row.fields):
        title += f" ({row.tranid})"
    if markdown:
        return "↳ " * len(row.last) + title
    if not row.last:
        return title
    return "".join("   " if last else "│  " for last in row.last[:-1]) + ("└─ " if row.last[-1] else "├─ ") + title


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def _found(row: Row) -> str:
    """The fields that carry the PO#; where none does, the link by which the record was reached."""
    return ", ".join(row.fields) or (f"link: {row.link}" if row.link else "")


def _money(cents: int, currency: str) -> str:
    return f"{format_amount(cents, currency)} {currency}"


def _notes(trace: Trace, costs: bool) -> Iterator[str]:
    if trace.similar:
        named = ", ".join(f"{each.po} ({each.id})" for each in trace.similar)
        yield f"Similar PO#s, not part of this: {named}"
    if len(trace.customers) > 1:
        yield f"{len(trace.customers)} customers use this PO#: name one with --customer before you send this"
    if trace.later:
        yield f"{trace.later} later record{'' if trace.later == 1 else 's'} left out; a status is the ERP's of now"
    if not costs and any(row.secret for order in trace.orders for row in order_rows(trace, order)):
        yield "Vendors and what they bill are left out; --costs shows them"
