"""The queue of Finance, and the review of one fulfillment, for people and for programs. Decides nothing."""

from collections.abc import Sequence
from typing import TextIO

from arctl.core.finance_review import Check, Handoff, ReviewLine, Waiting
from arctl.core.money import format_amount
from arctl.core.order_values import quantity
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json

_QUEUE = (
    Column("Fulfillment", "fulfillment_id"),
    Column("Shipped", "shipped_on"),
    Column("Days", "days", align="right"),
    Column("Order", "sales_order_id"),
    Column("PO#", "po"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("To invoice", "to_invoice_cents", money=True),
    Column("", "currency"),
    Column("Short", "short"),
    Column("Finance alerted (UTC)", "alerted_at"),
    Column("Draft", "draft"),
)
_LINES = (
    Column("Item", "item_code"),
    Column("Ordered", "ordered", align="right"),
    Column("Shipped", "shipped", align="right"),
    Column("Here", "here", align="right"),
    Column("Invoiced", "invoiced", align="right"),
    Column("Short", "short", align="right"),
    Column("Ordered for", "cents", money=True),
    Column("", "currency"),
)
_CHECKS = (Column("Check", "check"), Column("", "verdict"), Column("What was found", "text", flexible=True))


def write_queue(waiting: Sequence[Waiting], form: str, stream: TextIO) -> None:
    """A line per fulfillment. `form` is table, json, csv or md; amounts in JSON and CSV are cents."""
    objects = [{**_object(each.handoff), "days": each.days, "draft": each.draft} for each in waiting]
    if form == "json":
        write_json(objects, stream)
    elif form == "csv":
        write_csv(_QUEUE, [[_cell(each[column.key]) for column in _QUEUE] for each in objects], stream)
    else:
        write_for_people(Sheet("", _QUEUE, [_queue_cells(each) for each in waiting]), form, stream)


def write_review(handoff: Handoff, checks: Sequence[Check], form: str, stream: TextIO) -> None:
    """One fulfillment, line by line, and its checklist; csv has the checklist."""
    if form == "json":
        write_json({**_object(handoff), "checks": [each._asdict() for each in checks]}, stream)
        return
    rows = [list(each) for each in checks]
    if form == "csv":
        write_csv(_CHECKS, rows, stream)
        return
    po = f", PO# {handoff.po}" if handoff.po else ""
    order = handoff.order_tranid or handoff.sales_order_id or "no order"
    name = handoff.customer_name or handoff.customer_id
    title = f"{handoff.tranid or handoff.fulfillment_id} of {order}, {name} ({handoff.customer_id}){po}, shipped {handoff.shipped_on}"
    alerted = f"Finance was alerted {handoff.alerted_at} (UTC)" if handoff.alerted_at else "Finance was not alerted"
    write_for_people(Sheet(title, _LINES, [_line_cells(handoff, line) for line in handoff.lines]), form, stream)
    stream.write("\n")
    write_for_people(Sheet("", _CHECKS, rows, None, (alerted, *_invoices(handoff))), form, stream)


def _invoices(handoff: Handoff) -> list[str]:
    return [
        f"invoice {each.id} of {each.dated}, {each.status}: {format_amount(each.cents, handoff.currency)} {handoff.currency}"
        for each in handoff.invoices
    ]


def _object(handoff: Handoff) -> dict[str, object]:
    return {
        "fulfillment_id": handoff.fulfillment_id, "tranid": handoff.tranid, "shipped_on": handoff.shipped_on,
        "sales_order_id": handoff.sales_order_id, "po": handoff.po, "customer_id": handoff.customer_id,
        "customer_name": handoff.customer_name, "currency": handoff.currency, "to_invoice_cents": handoff.to_invoice_cents,
        "alerted_at": handoff.alerted_at, "short": [_line_object(line) for line in handoff.short],
        "lines": [_line_object(line) for line in handoff.lines], "invoices": [each.id for each in handoff.invoices],
    }  # fmt: skip


def _line_object(line: ReviewLine) -> dict[str, object]:
    return {
        "item_code": line.item_code, "ordered": quantity(line.ordered), "shipped": quantity(line.shipped), "here": quantity(line.here),
        "invoiced": quantity(line.invoiced), "short": quantity(line.short), "cents": line.cents,
    }  # fmt: skip


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(f"{each['item_code']} {each['short']}" for each in value)
    return "" if value is None else str(value)


def _queue_cells(waiting: Waiting) -> list[str]:
    of = waiting.handoff
    short = ", ".join(f"{quantity(line.short)} {line.item_code}" for line in of.short)
    return [
        of.fulfillment_id, of.shipped_on, str(waiting.days), of.sales_order_id or "", of.po or "", of.customer_id,
        of.customer_name or "", format_amount(of.to_invoice_cents, of.currency), of.currency, short, of.alerted_at or "no",
        waiting.draft or "",
    ]  # fmt: skip


def _line_cells(handoff: Handoff, line: ReviewLine) -> list[str]:
    return [
        line.item_code, quantity(line.ordered), quantity(line.shipped), quantity(line.here), quantity(line.invoiced),
        quantity(line.short) if line.short else "", format_amount(line.cents, handoff.currency), handoff.currency,
    ]  # fmt: skip
