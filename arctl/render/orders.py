"""Sales orders for people and for programs: a listing, one with its lines and documents, the paths of lines. Decides nothing."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from arctl.core.money import format_amount
from arctl.core.order_path import Path, made_for, path_of, paths_of
from arctl.core.order_values import Order, OrderLine, Standing, Wait, quantity
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json
from arctl.render.text import visible

Stands = tuple[Order, Standing]

_LIST = (
    Column("Order", "id"),
    Column("Dated", "dated"),
    Column("Customer", "customer_id"),
    Column("PO#", "po"),
    Column("Total", "total_cents", money=True),
    Column("", "currency"),
    Column("Paths", "paths"),
    Column("Stage", "stage"),
    Column("Late", "late_days", align="right"),
    Column("Waits for", "waits_for", flexible=True),
)
_STUCK = (
    Column("Order", "id"),
    Column("Customer", "customer_id"),
    Column("PO#", "po"),
    Column("Late", "late_days", align="right"),
    Column("Waits for", "waits_for", flexible=True),
    Column("Since", "since"),
    Column("Expected", "expected"),
    Column("Next", "remedy"),
)
_LINES = (
    Column("Order", "order_id"),
    Column("Line", "line", align="right"),
    Column("Item", "item_code"),
    Column("Item type", "item_type"),
    Column("Path", "path"),
    Column("Ordered", "ordered", align="right"),
    Column("Shipped", "shipped", align="right"),
    Column("In stock", "stock", align="right"),
    Column("Made by", "made_by"),
)
_DOCUMENTS = (
    Column("What", "type"),
    Column("Document", "id"),
    Column("Dated", "dated"),
    Column("Status", "status"),
    Column("Amount", "cents", money=True),
    Column("", "currency"),
    Column("What of it", "note", flexible=True),
)


def write_orders(stands: Sequence[Stands], form: str, stream: TextIO) -> None:
    """A line per order. `form` is table, json, csv or md; amounts in JSON and CSV are cents."""
    if form == "json":
        write_json([order_object(order, stand) for order, stand in stands], stream)
    elif form == "csv":
        write_csv(_LIST, [_list_cells(order, stand, raw=True) for order, stand in stands], stream)
    else:
        write_for_people(Sheet("", _LIST, [_list_cells(order, stand) for order, stand in stands]), form, stream)


def write_stuck(stands: Sequence[Stands], form: str, stream: TextIO) -> None:
    """A line per thing that is late, with the next command."""
    if form == "json":
        write_json([order_object(order, stand) for order, stand in stands], stream)
        return
    rows = [
        _stuck_cells(order, each)
        for order, stand in stands
        for each in stand.waits
        if each.late and each.kind != "payment"
    ]
    if form == "csv":
        write_csv(_STUCK, rows, stream)
    else:
        write_for_people(Sheet("", _STUCK, rows), form, stream)


def write_paths(orders: Sequence[Order], form: str, stream: TextIO) -> None:
    """A row per line of each order, with the path it takes."""
    if form == "json":
        write_json([_paths_object(order) for order in orders], stream)
        return
    rows = [_line_cells(order, line) for order in orders for line in order.lines]
    if form == "csv":
        write_csv(_LINES, rows, stream)
        return
    mixed = sum(1 for order in orders if len(paths_of(order.lines)) > 1)
    unknown = sorted(
        {line.item_code or "" for order in orders for line in order.lines if path_of(line.item_type) is Path.UNKNOWN}
    )
    notes = [
        f"{mixed} of {len(orders)} {'order' if len(orders) == 1 else 'orders'} {'takes' if mixed == 1 else 'take'} several paths"
    ]
    if unknown:
        notes.append(f"their item type says no path: {', '.join(unknown)}")
    write_for_people(Sheet("", _LINES, rows, None, notes), form, stream)


def write_order(order: Order, stand: Standing, form: str, stream: TextIO) -> None:
    """One order: its lines and their paths, its documents, and what it waits for; csv has its lines."""
    if form == "json":
        write_json(order_object(order, stand), stream)
        return
    lines = [_line_cells(order, line) for line in order.lines]
    if form == "csv":
        write_csv(_LINES, lines, stream)
        return
    po = f", PO# {order.po}" if order.po else ""
    title = f"{order.name} of {order.customer_name or order.customer_id} ({order.customer_id}){po}: {stand.stage}"
    write_for_people(Sheet(title, _LINES[1:], [cells[1:] for cells in lines], None, tuple(_told(stand))), form, stream)
    documents = list(_documents(order))
    if documents:
        stream.write("\n")
        write_for_people(Sheet("", _DOCUMENTS, documents), form, stream)


def link_line(link_id: int, document: str, order: str | None, before: str | None, erp: str | None) -> str:
    """What a repaired link came to, on one line."""
    said = "the ERP names none" if erp is None else f"the ERP says {erp}"
    now = f"hangs on {order}" if order else "hangs on no sales order"
    return visible(f"{document} {now} from now on (link {link_id}); it hung on {before or 'none'}, {said}")


def order_object(order: Order, stand: Standing) -> dict[str, object]:
    """An order as JSON; quantities are text, amounts cents."""
    return {
        "id": order.id, "tranid": order.tranid, "customer_id": order.customer_id, "customer_name": order.customer_name, "po": order.po,
        "dated": order.dated, "status": order.status, "company": order.company, "currency": order.currency,
        "total_cents": order.cents, "paths": [str(path) for path in paths_of(order.lines)], "stage": stand.stage,
        "late_days": stand.late, "waits": [each._asdict() for each in stand.waits],
        "lines": [_line_object(order, line) for line in order.lines],
        "documents": [
            {"type": each.type, "id": each.id, "tranid": each.tranid, "status": each.status, "dated": each.dated, "via": each.via,
             "expected": each.expected, "arrived": each.arrived, "billed": each.billed} for each in order.made
        ],
        "fulfillments": [
            {"id": each.id, "tranid": each.tranid, "status": each.status, "dated": each.dated, "alerted_at": each.alerted}
            for each in order.shipments
        ],
        "invoices": [
            {"id": each.id, "tranid": each.tranid, "status": each.status, "dated": each.dated, "due_date": each.due,
             "amount_cents": each.cents, "outstanding_cents": each.open_cents} for each in order.invoices
        ],
    }  # fmt: skip


def _paths_object(order: Order) -> dict[str, object]:
    return {
        "id": order.id, "paths": [str(path) for path in paths_of(order.lines)],
        "lines": [_line_object(order, line) for line in order.lines],
    }  # fmt: skip


def _line_object(order: Order, line: OrderLine) -> dict[str, object]:
    return {
        "line": line.line, "item_code": line.item_code, "item_type": line.item_type, "path": str(path_of(line.item_type)),
        "ordered": quantity(line.ordered), "shipped": quantity(line.fulfilled), "stock": quantity(line.stock),
        "location": line.location, "requested_ship_date": line.requested, "amount_cents": line.cents, "made_by": _made_by(order, line),
    }  # fmt: skip


def _made_by(order: Order, line: OrderLine) -> str | None:
    made = made_for(order, line)
    return made.id if made else None


def _list_cells(order: Order, stand: Standing, raw: bool = False) -> list[str]:
    cents = order.cents or 0
    first = stand.waits[0].text if stand.waits else ""
    more = f" (and {len(stand.waits) - 1} more)" if len(stand.waits) > 1 else ""
    return [
        order.id, order.dated, order.customer_id, order.po or "", str(cents) if raw else format_amount(cents, order.currency),
        order.currency, ", ".join(paths_of(order.lines)), stand.stage, str(stand.late or ("0" if raw else "")), first + more,
    ]  # fmt: skip


def _stuck_cells(order: Order, wait: Wait) -> list[str]:
    return [
        order.id, order.customer_id, order.po or "", str(wait.late), wait.text, wait.since, wait.expected or "", wait.remedy,
    ]  # fmt: skip


def _line_cells(order: Order, line: OrderLine) -> list[str]:
    stock = quantity(line.stock) if path_of(line.item_type) in (Path.INVENTORY, Path.ASSEMBLY) else ""
    return [
        order.id, str(line.line), line.item_code or "", line.item_type or "", str(path_of(line.item_type)), quantity(line.ordered),
        quantity(line.fulfilled), stock, _made_by(order, line) or "",
    ]  # fmt: skip


def _told(stand: Standing) -> Iterator[str]:
    for each in stand.waits:
        late = f", {each.late} {'day' if each.late == 1 else 'days'} late" if each.late else ""
        expected = f" by {each.expected}" if each.expected else ""
        yield f"waits for {each.kind.replace('_', ' ')}{expected}{late}: {each.text}{f'; {each.remedy}' if each.remedy else ''}"


def _documents(order: Order) -> Iterator[list[str]]:
    for made in order.made:
        what = "work order" if made.type == "WorkOrd" else "purchase order"
        said = [
            f"expected {made.expected}" if made.expected else "", f"{'built' if made.type == 'WorkOrd' else 'received'} {made.arrived}"
            if made.arrived else "", f"billed {made.billed}" if made.billed else "", "linked here" if made.via == "link" else "",
        ]  # fmt: skip
        yield [what, made.tranid or made.id, made.dated, made.status or "", "", "", ", ".join(filter(None, said))]
    for shipment in order.shipments:
        alerted = f"Finance alerted {shipment.alerted} (UTC)" if shipment.alerted else ""
        number = shipment.tranid or shipment.id
        yield ["fulfillment", number, shipment.dated, shipment.status or "", "", "", alerted]
    for invoice in order.invoices:
        left = f"{format_amount(invoice.open_cents, order.currency)} open" if invoice.open_cents else "nothing open"
        due = f", due {invoice.due}" if invoice.due else ""
        amount = format_amount(invoice.cents, order.currency)
        yield [
            "invoice",
            invoice.tranid or invoice.id,
            invoice.dated,
            invoice.status,
            amount,
            order.currency,
            left + due,
        ]
