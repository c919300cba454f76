"""Which path each line of a sales order takes, where an order stands and what it waits for. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum

from arctl.core.order_values import Billed, Made, Order, OrderLine, Shipment, Standing, Wait, quantity


class Path(StrEnum):
    """How a line is supplied; all paths meet at fulfillment. NONE is nothing to ship (freight, a discount)."""

    INVENTORY = "inventory"
    ASSEMBLY = "assembly"
    DROP_SHIP = "drop_ship"
    NONE = "none"
    UNKNOWN = "unknown"


ITEM_TYPES: Mapping[str, Path] = {
    **dict.fromkeys(("inventory", "inventoryitem", "invtpart"), Path.INVENTORY),
    **dict.fromkeys(("assembly", "assemblyitem", "kit"), Path.ASSEMBLY),
    **dict.fromkeys(("dropship", "dropshipitem"), Path.DROP_SHIP),
    **dict.fromkeys(
        (
            "other", "othcharge", "othercharge", "service", "noninventory", "noninvtpart", "discount", "markup", "subtotal",
            "description", "payment",
        ),
        Path.NONE,
    ),
}  # fmt: skip
"""Item type, in small letters without `_`, `-` and blanks. The view order_lines has the same list."""

STAGES = ("approval", "supply", "fulfillment", "billing", "payment", "done", "closed", "cancelled")
"""In the order in which a sales order goes through them; `done`: paid, and the ERP has not closed it."""

OVER = frozenset({"closed", "h", "cancelled", "canceled", "c", "voided", "rejected"})
MADE_BY = {Path.ASSEMBLY: "WorkOrd", Path.DROP_SHIP: "PurchOrd"}
PATIENCE = 3
"""Days that an approval, a work or purchase order, or an invoice may take where no date says otherwise."""

_SUPPLY = frozenset({"stock", "work_order", "build", "purchase_order", "receipt", "item_type"})


def path_of(item_type: str | None) -> Path:
    """The path of an item type as an ERP writes it; UNKNOWN for one that nobody told of."""
    name = (item_type or "").lower().replace("_", "").replace("-", "").replace(" ", "")
    return ITEM_TYPES.get(name, Path.UNKNOWN)


def paths_of(lines: Iterable[OrderLine]) -> tuple[Path, ...]:
    """The paths an order takes, each once, in the order of Path; a mixed order has several."""
    found = {path_of(line.item_type) for line in lines}
    return tuple(path for path in Path if path in found and path is not Path.NONE)


def plain_status(status: str | None) -> str:
    """The status alone, in small letters: an ERP writes Closed, H, SalesOrd:H or "Sales Order : Closed"."""
    return (status or "").rpartition(":")[2].strip().lower()


def is_cancelled(status: str | None) -> bool:
    """Whether a document was called off."""
    return plain_status(status) in ("cancelled", "canceled", "voided", "rejected")


def is_shipped(status: str | None) -> bool:
    """Whether a fulfillment is completed, not only picked or packed."""
    return plain_status(status) in ("shipped", "c")


def shipped(order: Order) -> tuple[Shipment, ...]:
    """Its completed fulfillments."""
    return tuple(each for each in order.shipments if is_shipped(each.status))


def standing(order: Order, on: date, patience: int = PATIENCE) -> Standing:
    """Where the order stands at the end of a day, and what it waits for.

    A wait is late once its expected day has passed; one without such a day, once it has lasted more than `patience` days.
    """
    status = plain_status(order.status)
    if status in OVER:
        return Standing("closed" if status in ("closed", "h") else "cancelled")
    waits = sorted(_waits(order, on, patience), key=lambda each: (-each.late, each.line or 0, each.kind))
    return Standing(_stage(waits), tuple(waits))


def _stage(waits: Iterable[Wait]) -> str:
    kinds = {each.kind for each in waits}
    if "approval" in kinds:
        return "approval"
    if kinds & _SUPPLY:
        return "supply"
    if kinds & {"ship", "hold"}:
        return "fulfillment"
    return "billing" if "invoice" in kinds else "payment" if "payment" in kinds else "done"


def _waits(order: Order, on: date, patience: int) -> Iterator[Wait]:
    if plain_status(order.status) in ("pending approval", "a"):
        text = f"{order.name} waits for approval in the ERP"
        yield _wait("approval", None, order.id, order.dated, None, text, on, patience)
        return
    if order.held and any(_is_due(line) for line in order.lines):
        text = f"customer {order.customer_id} is on hold"
        yield _wait("hold", None, order.customer_id, order.dated, None, text, on, patience)
    needed: dict[tuple[str | None, str | None], int] = {}
    for line in order.lines:
        if _is_due(line):
            place = line.item_code, line.location
            needed[place] = needed.get(place, 0) + line.due
            yield _supply(order, line, needed[place], on, patience)
    yield from _money(order, on, patience)


def _is_due(line: OrderLine) -> bool:
    return line.due > 0 and path_of(line.item_type) is not Path.NONE


def _supply(order: Order, line: OrderLine, needed: int, on: date, patience: int) -> Wait:
    match path_of(line.item_type):
        case Path.INVENTORY:
            return _inventory(order, line, needed, on)
        case Path.ASSEMBLY:
            return _assembly(order, line, needed, on, patience)
        case Path.DROP_SHIP:
            return _drop_ship(order, line, on, patience)
    text = f"{_item(line)}: its item type {line.item_type or '(none)'} says no path"
    return _wait("item_type", line, order.id, order.dated, None, text, on, patience)


def is_short(needed: int, stock: int) -> bool:
    """Whether stock does not cover what a line, and those before it of the same item and place, still have to ship."""
    return stock < needed


def _inventory(order: Order, line: OrderLine, needed: int, on: date) -> Wait:
    if is_short(needed, line.stock):
        text = f"{_item(line)}: {quantity(needed)} needed, {quantity(line.stock)} there{_at(line)}"
        return _wait("stock", line, order.id, order.dated, line.requested, text, on)
    return _ship(order, line, "in stock", on)


def _assembly(order: Order, line: OrderLine, needed: int, on: date, patience: int) -> Wait:
    made = made_for(order, line)
    if made is None:
        if orphan := _orphan(order, line):
            built = f", built {orphan.arrived}," if orphan.arrived else ""
            text = f"{_item(line)}: no work order; {orphan.tranid or orphan.id}{built} lost its sales order"
            return _wait(
                "work_order", line, orphan.id, order.dated, line.requested, text, on, 0, _relink(orphan, order)
            )
        if not is_short(needed, line.stock):
            return _ship(order, line, "no work order needed, in stock", on)
        text = f"{_item(line)}: no work order for {quantity(line.due)}"
        return _wait("work_order", line, order.id, order.dated, None, text, on, patience, _path_run("assembly", order))
    if made.arrived is None:
        text = f"{_item(line)}: {made.tranid or made.id} is not built ({made.status or 'no status'})"
        return _wait("build", line, made.id, made.dated, made.expected or line.requested, text, on, patience)
    return _ship(order, line, f"{made.tranid or made.id} built {made.arrived}", on)


def _drop_ship(order: Order, line: OrderLine, on: date, patience: int) -> Wait:
    made = made_for(order, line)
    if made is None:
        if orphan := _orphan(order, line):
            text = f"{_item(line)}: no purchase order; {orphan.tranid or orphan.id} lost its sales order"
            return _wait(
                "purchase_order", line, orphan.id, order.dated, None, text, on, patience, _relink(orphan, order)
            )
        text = f"{_item(line)}: no purchase order for {quantity(line.due)}"
        run = _path_run("dropship", order)
        return _wait("purchase_order", line, order.id, order.dated, None, text, on, patience, run)
    if made.arrived is None:
        billed = f"; the vendor billed it {made.billed}" if made.billed else ""
        text = f"{_item(line)}: {made.tranid or made.id} is not received{billed}"
        return _wait("receipt", line, made.id, made.dated, made.expected or line.requested, text, on, patience)
    return _ship(order, line, f"{made.tranid or made.id} received {made.arrived}", on)


def _ship(order: Order, line: OrderLine, why: str, on: date) -> Wait:
    text = f"{_item(line)}: {quantity(line.due)} to ship ({why})"
    return _wait("ship", line, order.id, order.dated, line.requested, text, on)


def made_for(order: Order, line: OrderLine) -> Made | None:
    """The work or purchase order made for a line: the one the line names, else one of the order that has its item."""
    wanted = MADE_BY.get(path_of(line.item_type))
    fit = [each for each in order.made if each.type == wanted and not is_cancelled(each.status)]
    named = [each for each in fit if line.link is not None and each.tranid == line.link]
    having = [each for each in fit if line.item_code in each.items]
    return max(named or having, key=lambda each: each.id, default=None)


def _orphan(order: Order, line: OrderLine) -> Made | None:
    wanted = MADE_BY.get(path_of(line.item_type))
    return next((each for each in order.orphans if each.type == wanted and line.item_code in each.items), None)


def _money(order: Order, on: date, patience: int) -> Iterator[Wait]:
    """What is shipped and not invoiced, and what is invoiced and not paid."""
    standing_invoices = [each for each in order.invoices if each.status in ("posted", "approved")]
    left = unbilled(shipped(order), standing_invoices)
    if left:
        drafts = ", ".join(each.id for each in order.invoices if each.status in ("draft", "pending_approval"))
        told = "" if all(each.alerted for each in left) else "; Finance was not alerted"
        names = ", ".join(each.tranid or each.id for each in left)
        text = f"{names} shipped, not invoiced{f' ({drafts} is a draft)' if drafts else ''}{told}"
        review = f"arctl finance review {left[0].id}"
        yield _wait("invoice", None, left[0].id, left[0].dated, None, text, on, patience, review)
    for each in standing_invoices:
        if each.open_cents > 0:
            text = f"{each.tranid or each.id} is not paid"
            wait = _wait("payment", None, each.id, each.dated, each.due, text, on, 10**6)
            yield wait._replace(remedy=f"arctl explain {each.id}")


def unbilled(shipments: Iterable[Shipment], invoices: Iterable[Billed]) -> list[Shipment]:
    """The fulfillments that the invoices do not cover, by quantity, the earliest covered first.

    An invoice without lines covers whatever was shipped by its date.
    """
    billed = list(invoices)
    whole = max((each.dated for each in billed if each.units == 0), default="")
    covered = sum(each.units for each in billed)
    left = []
    for each in sorted(shipments, key=lambda shipment: (shipment.dated, shipment.id)):
        covered -= each.units
        if each.dated > whole and (covered < 0 or not billed):
            left.append(each)
    return left


def _wait(
    kind: str,
    line: OrderLine | None,
    document: str,
    since: str,
    expected: str | None,
    text: str,
    on: date,
    patience: int = PATIENCE,
    remedy: str = "",
) -> Wait:
    begun, allowed = (since, patience) if expected is None else (expected, 0)
    late = (on - date.fromisoformat(begun)).days - allowed
    return Wait(kind, line.line if line else None, document, since, expected, max(late, 0), text, remedy)


def _item(line: OrderLine) -> str:
    return f"line {line.line}, {line.item_code or 'no item'}"


def _at(line: OrderLine) -> str:
    return f" at {line.location}" if line.location else ""


def _relink(orphan: Made, order: Order) -> str:
    return f"arctl orders link {orphan.id} {order.id} --reason …"


def _path_run(path: str, order: Order) -> str:
    return f"arctl run so_lifecycle_{path}_path --input sales_order_id={order.id}"
