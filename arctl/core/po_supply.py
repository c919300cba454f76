"""What is missing or contradictory on the side of supply: work orders and builds, purchase orders, receipts, vendor bills. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from arctl.core.po_documents import BUILD, PURCHASE_ORDER, RECEIPT, VENDOR_BILL, WORK_ORDER, Document, Line
from arctl.core.po_standing import (
    Gap,
    Standing,
    item_of,
    last_wanted,
    named_link,
    shipped_items,
    shortfalls,
    wanted_text,
    when_due,
)


def making(now: Standing) -> Iterator[Gap]:
    """Assemblies: a work order for each unless it was fulfilled from stock, and a build for each work order."""
    orders = now.of(WORK_ORDER)
    gone = shipped_items(now)
    numbers = {order.tranid for order in orders}
    lines = [
        line
        for line in _lines_of(now.order, "assembly")
        if gone.get(item_of(line), 0) < (line.quantity or 0) or (line.link and line.link not in numbers)
    ]
    for line in _uncovered(lines, orders):
        message = f"no work order for {wanted_text(line)} (line {line.line} of {now.order.id}){named_link(line)}"
        yield Gap("no_work_order", now.order.id, message, "missing")
    for order in orders:
        builds = now.on(order, BUILD)
        if builds:
            yield from shortfalls("short_built", order, builds, "ordered", "built")
        elif any(line.fulfilled for line in order.lines):
            yield Gap(
                "not_built", order.id, f"work order {order.id} says it is built, and has no build", "contradiction"
            )
        elif not order.lines or _still_wanted(order, gone):  # else it was fulfilled from stock
            late = _done(order) or "" < last_wanted(now.order) < now.as_of
            message = f"work order {order.id} has no build{when_due(order.due, now.as_of)}"
            yield Gap("not_built", order.id, message, "missing" if late else "waiting")


def _still_wanted(order: Document, gone: Mapping[str, int]) -> bool:
    return any(gone.get(item_of(line), 0) < (line.quantity or 0) for line in order.lines)


def _done(order: Document) -> bool:
    return order.plain_status in ("built", "closed", "complete", "g", "h")


def buying(now: Standing) -> Iterator[Gap]:
    """Drop ship: a purchase order for each line, its receipt by the day expected, and the vendor's bill after it."""
    orders = now.of(PURCHASE_ORDER)
    for line in _uncovered(_lines_of(now.order, "drop_ship"), orders):
        message = f"no purchase order for {wanted_text(line)} (line {line.line} of {now.order.id}){named_link(line)}"
        yield Gap("no_purchase_order", now.order.id, message, "missing")
    for order in orders:
        receipts, bills = now.on(order, RECEIPT), now.on(order, VENDOR_BILL)
        if not receipts:
            late = order.due is None or order.due < now.as_of
            message = f"purchase order {order.id} has no receipt{when_due(order.due, now.as_of)}"
            yield Gap("not_received", order.id, message, "missing" if late else "waiting")
        else:
            yield from shortfalls("short_received", order, receipts, "ordered", "received")
        yield from _early_bills(order, receipts, bills)
        if receipts and not bills:
            message = f"purchase order {order.id} was received and the vendor's bill is not in"
            yield Gap("no_vendor_bill", order.id, message, "waiting")
        elif receipts:
            yield from shortfalls("vendor_bill_short", order, bills, "ordered", "billed by the vendor")


def _early_bills(order: Document, receipts: Sequence[Document], bills: Sequence[Document]) -> Iterator[Gap]:
    for bill in bills:
        items = {item_of(line) for line in bill.lines}
        days = [
            each.dated
            for each in receipts
            if not (items and each.lines) or any(item_of(line) in items for line in each.lines)
        ]
        if not days or min(days) > bill.dated:
            receipt = f"its receipt is of {min(days)}" if days else "it has no receipt"
            message = f"vendor bill {bill.id} of {bill.dated} is ahead of purchase order {order.id}: {receipt}"
            yield Gap("bill_before_receipt", bill.id, message, "contradiction")


def _lines_of(order: Document, item_type: str) -> list[Line]:
    return [line for line in order.lines if line.item_type == item_type]


def _uncovered(lines: Iterable[Line], orders: Sequence[Document]) -> list[Line]:
    """Lines of which no order holds the item; an order without lines may hold any."""
    if any(not each.lines for each in orders):
        return []
    covered = {item_of(line) for each in orders for line in each.lines}
    return [line for line in lines if item_of(line) not in covered]
