"""What is missing in the chain of an order, and what contradicts itself, as of a day. Pure.

Three kinds: `waiting` is still to come and nobody is late; `missing` should be there by now; `contradiction` cannot be right.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from arctl.core.money import format_amount
from arctl.core.po_chain import Record, Tree
from arctl.core.po_documents import FULFILLMENT, INVOICE, PURCHASE_ORDER, VENDOR_BILL, WORK_ORDER, Balance, Document
from arctl.core.po_number import words
from arctl.core.po_standing import (
    Gap,
    Kind,
    Standing,
    days_between,
    item_of,
    last_wanted,
    listed,
    quantities,
    quantity,
    shipped_items,
    shipped_value,
    shortfalls,
    standing,
    title_of,
    when_due,
)
from arctl.core.po_supply import buying, making


def gaps(tree: Tree, as_of: str, balances: Mapping[str, Balance]) -> list[Gap]:
    """Everything missing or contradictory in one order, in the order in which the chain is told."""
    found = [*_ties(tree), *_unpaid(tree.records(), as_of, balances)]
    if tree.root is None:
        count = sum(1 for _ in tree.records())
        message = f"the ledger holds no sales order {tree.order_id}, by which {count} of these records go"
        return [Gap("order_missing", tree.order_id, message, "missing"), *found]
    now = standing(tree, tree.root, as_of, balances)
    if not tree.fields:
        told = f"sales order {tree.order_id} carries no PO#; its records do"
        found.insert(0, Gap("no_po_on_order", tree.order_id, told, "contradiction"))
    if now.cancelled:
        found += _cancelled(now)
    else:
        found = [*found, *making(now), *buying(now), *_shipping(now), *_invoicing(now)]
    return sorted(found, key=lambda gap: CODES.index(gap.code))


CODES = (
    "order_missing", "no_po_on_order", "link_lost", "other_po", "cancelled_but_done",
    "no_work_order", "not_built", "short_built",
    "no_purchase_order", "not_received", "short_received", "bill_before_receipt", "no_vendor_bill", "vendor_bill_short",
    "no_fulfillment", "short_shipped", "over_shipped",
    "not_invoiced", "invoice_before_fulfillment", "invoice_differs", "other_customer", "unpaid", "over_applied",
    "keyed_twice", "no_order", "unlinked", "other_order",
)  # fmt: skip
"""Every code, in the order in which they are told."""


def _ties(tree: Tree) -> Iterator[Gap]:
    """Records that are held by a thread: by a line only, or naming another PO#."""
    for record in tree.records():
        document, tie = record.document, record.tie
        if document is tree.root or tie is None:
            continue
        if tie.field == "link_tranid":
            empty = "parent_so_id" if document.type in (WORK_ORDER, PURCHASE_ORDER) else "createdfrom"
            lost = document.parent_so_id if empty == "parent_so_id" else document.createdfrom
            why = f"names {lost} in {empty}, which the ledger does not hold" if lost else f"has no {empty}"
            message = f"{title_of(document)} {why}; only a line ties it to {tie.to}"
            yield Gap("link_lost", document.id, message, "contradiction")
        if words(document.otherrefnum) and "otherrefnum" not in record.fields and tree.fields:
            message = f"{title_of(document)} of {tree.order_id} bears another PO#, {document.otherrefnum}"
            yield Gap("other_po", document.id, message, "contradiction")


def _cancelled(now: Standing) -> Iterator[Gap]:
    for document in (*now.shipments, *now.of(INVOICE)):
        message = f"{title_of(document)} stands, although {now.order.id} is {now.order.status}"
        yield Gap("cancelled_but_done", document.id, message, "contradiction")


def _shipping(now: Standing) -> Iterator[Gap]:
    order, shipments = now.order, now.shipments
    wanted = last_wanted(order)
    late = bool(wanted) and wanted < now.as_of
    since = when_due(wanted, now.as_of, "wanted")
    if not shipments:
        packed = [each.id for each in now.of(FULFILLMENT)]
        said = f"; {', '.join(packed)} {'has' if len(packed) == 1 else 'have'} not left the house" if packed else ""
        message = f"sales order {order.id} has no fulfillment{since}{said}"
        yield Gap("no_fulfillment", order.id, message, "missing" if late or _says_done(order) else "waiting")
        return
    if not order.lines or not all(each.lines for each in shipments):
        return
    kind: Kind = "missing" if late or _says_done(order) else "waiting"
    yield from shortfalls("short_shipped", order, shipments, "ordered", "shipped", kind)
    ordered = quantities([order])
    for item, count in quantities(shipments).items():
        if count > ordered.get(item, 0):
            message = f"{quantity(count)} {item} shipped, {quantity(ordered.get(item, 0))} ordered"
            yield Gap("over_shipped", order.id, message, "contradiction")


def _says_done(order: Document) -> bool:
    return order.plain_status in ("billed", "closed", "pending billing", "fulfilled", "f", "g", "h")


def _invoicing(now: Standing) -> Iterator[Gap]:
    order, shipments, invoices = now.order, now.shipments, now.of(INVOICE)
    if not invoices:
        if shipments or _says_done(order):
            names = ", ".join(each.id for each in shipments)
            shipped = f"shipped {shipments[-1].dated} with {names}" if shipments else f"{order.status}"
            yield Gap("not_invoiced", order.id, f"sales order {order.id}, {shipped}, is not invoiced", "missing")
        return
    for invoice in invoices:
        if invoice.entity != order.entity:
            message = f"invoice {invoice.id} is on {invoice.entity}, the order on {order.entity}"
            yield Gap("other_customer", invoice.id, message, "contradiction")
    if not shipments:
        return
    first = min(each.dated for each in shipments)
    for invoice in invoices:
        if invoice.dated < first:
            message = f"invoice {invoice.id} of {invoice.dated} is ahead of the first fulfillment, {first}"
            yield Gap("invoice_before_fulfillment", invoice.id, message, "contradiction")
    yield from _differs(now, invoices)


def _differs(now: Standing, invoices: Sequence[Document]) -> Iterator[Gap]:
    """Invoiced is what was shipped, at the order's prices; charges for what the order does not have stand beside it."""
    worth = shipped_value(now)
    if worth is None or len({each.currency for each in (now.order, *invoices)}) > 1:
        return
    ordered = {item_of(line) for line in now.order.lines}
    invoiced = sum(each.cents or 0 for each in invoices)
    charges = sum(line.cents or 0 for each in invoices for line in each.lines if item_of(line) not in ordered)
    if invoiced - charges == worth:
        return
    currency = now.order.currency
    beside = f" beside charges of {format_amount(charges, currency)}" if charges else ""
    message = (
        f"{' and '.join(each.id for each in invoices)}: {format_amount(invoiced - charges, currency)} {currency} invoiced"
        f"{beside}, {format_amount(worth, currency)} {currency} shipped{_unequal(now, invoices)}"
    )
    yield Gap("invoice_differs", invoices[0].id, message, "contradiction")


def _unequal(now: Standing, invoices: Sequence[Document]) -> str:
    """The items of which another quantity was invoiced than shipped, in words."""
    if not all(each.lines for each in invoices):
        return ""
    billed, shipped = quantities(invoices), shipped_items(now)
    unequal = [
        f"{quantity(billed.get(item, 0))} {item} invoiced, {quantity(shipped.get(item, 0))} shipped"
        for item in quantities([now.order])
        if billed.get(item, 0) != shipped.get(item, 0)
    ]
    return f" ({listed(unequal)})" if unequal else ""


def _unpaid(records: Iterable[Record], as_of: str, balances: Mapping[str, Balance]) -> Iterator[Gap]:
    for record in records:
        document = record.document
        balance = balances.get(document.id) if document.type == INVOICE and document.stands(as_of) else None
        if balance is None or balance.raw_cents == 0:
            continue
        amount = f"{format_amount(abs(balance.raw_cents), document.currency)} {document.currency}"
        if balance.raw_cents < 0:
            message = f"invoice {document.id} is over-applied by {amount}: that is credit of the customer"
            yield Gap("over_applied", document.id, message, "contradiction")
            continue
        days = days_between(balance.due, as_of) if balance.due else 0
        when = f", {days} days overdue" if days > 1 else ", 1 day overdue" if days == 1 else ""
        message = f"{amount} of invoice {document.id} unpaid, due {balance.due}{when}"
        yield Gap("unpaid", document.id, message, "missing" if days > 0 else "waiting")


def keyed_twice(trees: Sequence[Tree]) -> Iterator[Gap]:
    """Orders with the same customer and the same lines under one PO#, each after the first."""
    seen: dict[tuple[object, ...], str] = {}
    for order in (tree.root for tree in trees if tree.root is not None and tree.root.lines):
        same = (order.entity, order.dated[:7], *sorted((item_of(line), line.quantity or 0) for line in order.lines))
        first = seen.setdefault(same, order.id)
        if first != order.id:
            message = f"sales order {order.id} has the customer, PO# and lines of {first}: keyed twice?"
            yield Gap("keyed_twice", order.id, message, "contradiction")


def loose_gaps(
    loose: Sequence[Record], orders: int, uninvoiced: Collection[str], as_of: str, balances: Mapping[str, Balance]
) -> Iterator[Gap]:
    """What text alone ties to the PO#. A vendor's bill may stand alone (a carrier's does), and so may an invoice, unless an order of
    its customer (`uninvoiced`) waits for one; all else belongs to an order."""
    for record in loose:
        document, tie = record.document, record.tie
        alone = document.type == VENDOR_BILL or (document.type == INVOICE and document.entity not in uninvoiced)
        if tie is not None or not alone:
            why = "hangs on no order"
            if tie is not None:
                why = (
                    f"hangs on {tie.to}, which hangs on no order"
                    if tie.held
                    else f"names {tie.to}, which the ledger does not hold"
                )
            message = f"{title_of(document)} carries the PO# in {record.fields[0]} and {why}"
            yield Gap("unlinked", document.id, message, "contradiction")
        yield from _unpaid(record.all(), as_of, balances)
    if loose and not orders:
        yield Gap("no_order", "", "no sales order carries this PO#, nor does any that these records hang on", "missing")
