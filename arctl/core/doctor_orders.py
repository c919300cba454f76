"""What goes wrong with orders: rows of the order side in, findings out. Pure.

Quantities are millionths, days ISO. A row tells what is; whether it is wrong by now is said here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from shlex import quote
from typing import NamedTuple

from arctl.core.doctor import Finding, Severity
from arctl.core.money import format_amount
from arctl.core.order_path import PATIENCE, Path, is_cancelled, path_of, plain_status, shipped, unbilled
from arctl.core.order_values import Order, quantity
from arctl.core.po_number import po_number

LEAD_DAYS = 14
"""After so many days a purchase order without an expected day should be there."""
TWICE_WITHIN_DAYS = 14
"""Two orders alike this close to each other are one order keyed twice."""

_CLOSED = frozenset({"closed", "h"})
_BOUGHT = frozenset(
    {"closed", "h", "rejected", "c", "pending bill", "pending billing", "f", "fully billed", "billed", "g"}
)
"""Statuses of a purchase order that need no receipt any more, or say that it was received."""
_RECEIVED = frozenset({"received", "fully received"})
_UNSHIPPED = frozenset({"pending approval", "a", "pending fulfillment", "b"})


class OpenLine(NamedTuple):
    """A line of a sales order that is not shipped in full. `stock` is what is available at its place; None where the ledger knows no
    balance of the item. `shipments` counts the completed fulfillments of its order; `made` tells that a work order is tied to the
    order for this item."""

    order_id: str
    tranid: str | None
    customer_id: str
    dated: str
    status: str | None
    line: int
    item: str | None
    item_type: str | None
    ordered: int
    shipped: int
    requested: str | None
    location: str | None
    link: str | None
    shipments: int
    made: bool
    stock: int | None

    @property
    def due(self) -> int:
        """What is still to be shipped."""
        return self.ordered - self.shipped


class Built(NamedTuple):
    """A build with its work order. `parent` is the sales order that the work order names, `held` whether the ledger has it;
    `items` are those of the work order, `links` the document numbers beside its lines."""

    id: str
    dated: str
    status: str | None
    work_order: str
    work_tranid: str | None
    entity: str
    parent: str | None
    held: bool
    items: Sequence[str]
    links: Sequence[str]


class Bought(NamedTuple):
    """A purchase order with what was received of it by the day; quantities are None where no lines say."""

    id: str
    vendor: str
    dated: str
    expected: str | None
    status: str | None
    order_id: str | None
    memo: str | None
    item_types: Sequence[str]
    ordered: int | None
    received: int | None
    receipts: int


class VendorBill(NamedTuple):
    """A vendor bill with its purchase order. `billed` is what this bill and those before it bill of the order's items, `received`
    what had come by the day; None where no lines say."""

    id: str
    tranid: str | None
    vendor: str
    dated: str
    status: str | None
    cents: int | None
    currency: str
    purchase_order: str
    order_status: str | None
    expected: str | None
    memo: str | None
    billed: int | None
    received: int | None
    receipts: int


class Keyed(NamedTuple):
    """A sales order as it was keyed; `key` is the ledger's own."""

    key: int
    id: str
    company_id: int
    customer_id: str
    po: str
    dated: str
    status: str | None


class Loose(NamedTuple):
    """A completed fulfillment without a sales order in the ledger, of which Finance was not alerted."""

    id: str
    dated: str
    status: str | None
    customer_id: str
    createdfrom: str | None


def not_alerted(orders: Iterable[Order]) -> Iterator[Finding]:
    """Completed fulfillments that Finance was not told of and that no invoice covers."""
    for order in orders:
        standing = [each for each in order.invoices if each.status in ("posted", "approved")]
        if is_cancelled(order.status):
            continue
        for shipment in unbilled(shipped(order), standing):
            if shipment.alerted is None:
                message = (
                    f"{shipment.id} of {order.id} ({order.customer_id}) was shipped {shipment.dated} and is not invoiced;"
                    " Finance was not alerted"
                )
                yield _alert(shipment.id, message)


def loose_fulfillments(rows: Iterable[Loose]) -> Iterator[Finding]:
    """The same for fulfillments that hang on no order."""
    for each in rows:
        if plain_status(each.status) in ("shipped", "c"):
            named = (
                f"names {each.createdfrom}, which the ledger does not hold" if each.createdfrom else "names no order"
            )
            yield _alert(
                each.id, f"{each.id} ({each.customer_id}) was shipped {each.dated} and {named}; Finance was not alerted"
            )


def _alert(fulfillment: str, message: str) -> Finding:
    return Finding(
        "fulfillment_not_alerted", Severity.ERROR, fulfillment, message, f"arctl finance alert {fulfillment}"
    )


def not_fulfilled(builds: Iterable[Built], lines: Sequence[OpenLine], day: str) -> Iterator[Finding]:
    """Builds whose order was not shipped: the link is lost, or the order is late. One finding per work order, of its last build."""
    waiting: defaultdict[str, list[OpenLine]] = defaultdict(list)
    for line in lines:
        if line.item and path_of(line.item_type) is Path.ASSEMBLY:
            waiting[line.item].append(line)
    told: set[str] = set()
    for build in sorted(builds, key=lambda each: (each.dated, each.id), reverse=True):
        if build.work_order in told or is_cancelled(build.status):
            continue
        mine = [line for item in build.items for line in waiting.get(item, ())]
        found = _tied(build, mine, day) if build.held else _lost(build, mine)
        if found is not None:
            told.add(build.work_order)
            yield found


def _tied(build: Built, lines: Iterable[OpenLine], day: str) -> Finding | None:
    line = next((each for each in lines if each.order_id == build.parent), None)
    if line is None or max(_after(build.dated, PATIENCE), line.requested or "") >= day:
        return None
    wanted = f", wanted {line.requested}" if line.requested else ""
    message = (
        f"{build.id} built {line.item} for {line.order_id} ({line.customer_id}) on {build.dated}; {quantity(line.due)} of"
        f" {quantity(line.ordered)} are not shipped{wanted}"
    )
    return Finding(
        "build_not_fulfilled", Severity.WARNING, line.order_id, message, f"arctl orders show {line.order_id}"
    )


def _lost(build: Built, lines: Iterable[OpenLine]) -> Finding | None:
    fits = [line for line in lines if _belongs(build, line)]
    if not fits:
        return None
    line = min(fits, key=lambda each: (not _names(build, each), each.dated, each.order_id))
    names = f"names {build.parent}, which the ledger does not hold" if build.parent else "names no sales order"
    more = len({each.order_id for each in fits}) - 1
    others = f" (and {more} more)" if more else ""
    message = (
        f"{build.id} built {line.item} on {build.dated}, but work order {build.work_order} {names};"
        f" {line.order_id} of {line.customer_id} waits for {quantity(line.due)}{others}"
    )
    remedy = f'arctl orders link {build.work_order} {line.order_id} --reason "parent_so_id lost"'
    return Finding("build_not_fulfilled", Severity.ERROR, build.work_order, message, remedy)


def _names(build: Built, line: OpenLine) -> bool:
    return line.tranid in build.links or (line.link is not None and line.link == build.work_tranid)


def _belongs(build: Built, line: OpenLine) -> bool:
    return _names(build, line) or (line.customer_id == build.entity and line.link is None and not line.made)


def not_received(rows: Iterable[Bought], day: str) -> Iterator[Finding]:
    """Of purchase orders past their day, those for drop ship of which nothing, or not all, was received."""
    for each in rows:
        due = each.expected or _after(each.dated, LEAD_DAYS)
        status = plain_status(each.status)
        if status in _BOUGHT | _RECEIVED or is_cancelled(each.status):
            continue
        if each.order_id is None and not any(path_of(kind) is Path.DROP_SHIP for kind in each.item_types):
            continue
        if each.receipts:
            if each.ordered is None or each.received is None or each.received >= each.ordered:
                continue
            came = f"{quantity(each.received)} of {quantity(each.ordered)} received"
        else:
            came = "nothing received"
        when = f"expected {due}" if each.expected else f"ordered {each.dated}, {LEAD_DAYS} days of lead time"
        for_order = f" for {each.order_id}" if each.order_id else ""
        message = f"{each.id}{for_order} from vendor {each.vendor}, {when}, is {_days(due, day)} late: {came}"
        remedy = f"arctl orders show {each.order_id}" if each.order_id else _trace(each.memo, "po_not_received")
        yield Finding("po_not_received", Severity.WARNING, each.id, message, remedy)


def billed_early(rows: Iterable[VendorBill]) -> Iterator[Finding]:
    """Vendor bills for what was not received."""
    for each in rows:
        if is_cancelled(each.status) or plain_status(each.order_status) in _CLOSED | _RECEIVED:
            continue
        if each.receipts == 0:
            came = "of which nothing was received"
        elif each.billed is not None and each.received is not None and each.billed > each.received:
            came = f"of which {quantity(each.received)} were received and {quantity(each.billed)} are billed"
        else:
            continue
        amount = f", {format_amount(each.cents, each.currency)} {each.currency}," if each.cents is not None else ""
        expected = f", expected {each.expected}" if each.expected else ""
        message = (
            f"{each.id} ({each.tranid or 'no number'}) of vendor {each.vendor}{amount} bills {each.purchase_order} on"
            f" {each.dated}, {came}{expected}"
        )
        code = "bill_before_receipt"
        yield Finding(code, Severity.WARNING, each.id, message, _trace(each.memo, code))


def shipped_short(lines: Iterable[OpenLine], day: str) -> Iterator[Finding]:
    """Orders of which something was shipped and something that was due by then was not; one finding per order."""
    orders: defaultdict[str, list[OpenLine]] = defaultdict(list)
    for line in lines:
        late = line.requested is None or line.requested < day
        if (
            line.shipments
            and late
            and path_of(line.item_type) is not Path.NONE
            and plain_status(line.status) not in _CLOSED
        ):
            orders[line.order_id].append(line)
    for order, short in orders.items():
        said = "; ".join(
            f"{quantity(each.shipped)} of {quantity(each.ordered)} {each.item or f'on line {each.line}'}"
            for each in short[:3]
        )
        more = f"; and {len(short) - 3} more lines" if len(short) > 3 else ""
        message = f"{order} of {short[0].customer_id} was shipped short: {said}{more}"
        yield Finding("short_ship", Severity.WARNING, order, message, f"arctl orders show {order}")


def out_of_stock(lines: Iterable[OpenLine]) -> Iterator[Finding]:
    """Orders for more than is in stock; one finding per order."""
    needed: defaultdict[tuple[str, str, str | None], list[OpenLine]] = defaultdict(list)
    for line in lines:
        if line.item and line.stock is not None and path_of(line.item_type) is Path.INVENTORY:
            needed[line.order_id, line.item, line.location].append(line)
    orders: defaultdict[str, list[str]] = defaultdict(list)
    customers = {}
    for (order, item, place), found in needed.items():
        due, stock = sum(each.due for each in found), found[0].stock or 0
        if due > stock and not found[0].shipments:
            orders[order].append(
                f"{quantity(due)} {item} wanted, {quantity(stock)} there{f' at {place}' if place else ''}"
            )
            customers[order] = found[0].customer_id
    for order, said in orders.items():
        message = f"{order} of {customers[order]}: {'; '.join(said)}"
        yield Finding("stock_short", Severity.WARNING, order, message, f"arctl orders show {order}")


def alike(orders: Iterable[Keyed]) -> list[list[Keyed]]:
    """Orders of one customer under one PO#, the earliest first, where there are several that were not called off."""
    groups: defaultdict[tuple[int, str, str], list[Keyed]] = defaultdict(list)
    for each in orders:
        po = po_number(each.po)
        if po and not is_cancelled(each.status):
            groups[each.company_id, each.customer_id, po].append(each)
    return [sorted(each, key=lambda order: (order.dated, order.id)) for each in groups.values() if len(each) > 1]


def keyed_twice(
    groups: Iterable[Sequence[Keyed]], lines: Mapping[int, Sequence[tuple[str, int]]], since: str
) -> Iterator[Finding]:
    """Of orders under one PO#, the later of two with the same lines close to each other; `lines` are (item, quantity) by key."""
    for group in groups:
        for at, later in enumerate(group):
            if later.dated < since or plain_status(later.status) in _CLOSED or not lines.get(later.key):
                continue
            earlier = next(
                (each for each in group[:at]
                 if _after(each.dated, TWICE_WITHIN_DAYS) >= later.dated
                 and sorted(lines.get(each.key, ())) == sorted(lines[later.key])), None,
            )  # fmt: skip
            if earlier is not None:
                unshipped = plain_status(later.status) in _UNSHIPPED
                message = (
                    f"{later.id} of {later.dated} ({later.status or 'no status'}) is {earlier.id} of {earlier.dated}"
                    f" ({earlier.status or 'no status'}) again: customer {later.customer_id}, PO# {later.po}, the same"
                    f" {len(lines[later.key])} lines"
                )
                severity = Severity.ERROR if unshipped else Severity.WARNING
                yield Finding("order_keyed_twice", severity, later.id, message, f"arctl trace-po {quote(later.po)}")


def _trace(memo: str | None, code: str) -> str:
    """The command that shows the chain of the PO# in a memo; the check's page where there is none."""
    po = po_number(memo or "")
    return f"arctl trace-po {quote(po)}" if po else f"arctl doctor --explain {code}"


def _after(day: str, days: int) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() + days).isoformat()


def _days(first: str, last: str) -> str:
    count = (date.fromisoformat(last) - date.fromisoformat(first)).days
    return "1 day" if count == 1 else f"{count} days"
