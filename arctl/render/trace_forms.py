"""A trace for programs: JSON as pinned, CSV, and a Mermaid flowchart."""

import json
from typing import TextIO

from arctl.core.money import format_amount, format_plain
from arctl.core.po_documents import TITLES
from arctl.core.po_standing import quantity
from arctl.core.po_trace import Order, Trace
from arctl.render.tables import Column, write_csv, write_json
from arctl.render.text import visible
from arctl.render.trace_rows import Row, all_rows


def write_json_trace(trace: Trace, stream: TextIO) -> None:
    """The pinned form; `order` is null for what text alone ties to the PO#, quantities are decimal strings."""
    answer: dict[str, object] = {
        "po": trace.po,
        "as_of": trace.as_of,
        "orders": [_order(trace, order) for order in trace.orders],
        "records": [_record(row) for row in all_rows(trace)],
        "gaps": [
            {"code": gap.code, "document": gap.document, "message": gap.message, "kind": gap.kind, "order": order}
            for order, gap in trace.gaps()
        ],
        "similar": [{"po": each.po, "type": each.type, "id": each.id, "entity": each.entity} for each in trace.similar],
        "later": trace.later,
    }
    write_json(answer, stream)


def _order(trace: Trace, order: Order) -> dict[str, object]:
    root = order.tree.root
    return {
        "id": order.tree.order_id,
        "held": root is not None,
        "customer_id": order.customer_id,
        "customer_name": trace.money.names.get(order.customer_id),
        "status": root.status if root else None,
        "ordered_on": root.dated if root else None,
        "shipped_on": order.shipped_on,
        "currency": order.currency,
        "ordered_cents": order.ordered_cents,
        "invoiced_cents": order.invoiced_cents,
        "outstanding_cents": order.outstanding_cents,
    }


def _record(row: Row) -> dict[str, object]:
    return {
        "type": row.type,
        "id": row.id,
        "tranid": row.tranid,
        "matched_on": row.matched_on,
        "via": row.via,
        "order": row.order,
        "parent": row.parent,
        "fields": list(row.fields),
        "link": row.link,
        "entity": row.entity,
        "date": row.dated,
        "status": row.status,
        "quantity": None if row.quantity is None else quantity(row.quantity).replace(",", ""),
        "items": list(row.items),
        "currency": row.currency,
        "amount_cents": row.cents,
        "due_date": row.due,
        "outstanding_cents": row.outstanding,
        "days_overdue": row.days_overdue,
    }


_COLUMNS = (
    Column("Order", "order"),
    Column("Parent", "parent"),
    Column("Type", "type"),
    Column("Id", "id"),
    Column("Number", "tranid"),
    Column("Matched on", "matched_on"),
    Column("Via", "via"),
    Column("Entity", "entity"),
    Column("Date", "date"),
    Column("Quantity", "quantity", align="right"),
    Column("Amount", "amount", money=True),
    Column("Currency", "currency"),
    Column("Status", "status"),
    Column("Due", "due_date"),
    Column("Outstanding", "outstanding", money=True),
    Column("Days overdue", "days_overdue", align="right"),
)


def write_csv_trace(trace: Trace, stream: TextIO) -> None:
    """A line per record, with plain amounts."""

    def money(cents: int | None, row: Row) -> str:
        return "" if cents is None else format_plain(cents, row.currency)

    rows = [
        (
            row.order or "", row.parent or "", row.type, row.id, row.tranid or "", row.matched_on, row.via, row.entity, row.dated,
            "" if row.quantity is None else quantity(row.quantity).replace(",", ""), money(row.cents, row), row.currency,
            row.status or "", row.due or "", money(row.outstanding, row),
            "" if row.days_overdue is None else str(row.days_overdue),
        )
        for row in all_rows(trace)
    ]  # fmt: skip
    write_csv(_COLUMNS, rows, stream)


_SIGNS = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;", "|": "#124;"}


def write_mermaid(trace: Trace, costs: bool, stream: TextIO) -> None:
    """A flowchart: each record a box, an arrow from what it was made from; dotted boxes say the PO# in their text alone."""
    title = json.dumps(visible(f"PO# {trace.po} as of {trace.as_of}"), ensure_ascii=False)  # YAML reads it as it is
    stream.write(f"---\ntitle: {title}\n---\nflowchart TD\n")
    boxes: dict[tuple[str | None, str], str] = {}
    for number, row in enumerate(all_rows(trace), start=1):
        box = f"n{number}"
        if row.parent is None or row.type not in ("payment", "credit_memo", "write_off"):
            boxes.setdefault((row.order, row.id), box)
        stream.write(f'  {box}["{_label(row, costs)}"]\n')
        above = boxes.get((row.order, row.parent)) if row.parent else None
        if above and above != box:
            stream.write(f"  {above} -->|{_safe(row.link or '')}| {box}\n")
        if row.via == "text" and row.type != "SalesOrd":
            stream.write(f"  style {box} stroke-dasharray: 5 5\n")


def _label(row: Row, costs: bool) -> str:
    shown = [f"{row.id} {TITLES[row.type]}", row.dated]
    if row.cents is not None and (costs or not row.secret):
        shown.append(f"{format_amount(row.cents, row.currency)} {row.currency}")
    if row.state:
        shown.append(row.state)
    return "<br>".join(_safe(part) for part in shown)


def _safe(text: str) -> str:
    return "".join(_SIGNS.get(sign, sign) for sign in visible(text))
