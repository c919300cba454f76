"""A checked order as a proposal, and the record that its approval has the ERP make. Pure."""

from collections.abc import Callable, Mapping

from arctl.core.effects import Effect
from arctl.core.incoming_order import number_text
from arctl.core.intake import Checked, CheckedLine
from arctl.core.money import format_amount
from arctl.core.proposal import ORDER_INTAKE, RISK

OrderWriter = Callable[[Checked], str]
"""Writes an order as the table that a reviewer reads."""


def proposal_of(checked: Checked, body: str, step: str, phase: str, accept: str) -> Effect:
    """The order as something that a person decides by itself. It keeps the thread that it came in by."""
    order, customer = checked.order, checked.customer
    named = f"PO {order.po}, release {order.release}" if order.release else f"PO {order.po}"
    count = f"{len(checked.lines)} line{'' if len(checked.lines) == 1 else 's'}"
    amount = f"{format_amount(checked.total_cents, checked.currency)} {checked.currency}"
    payload = {
        "file": checked.file,
        "place": order.place,
        "key": checked.key,
        "po": order.po,
        "release": order.release,
        "order_date": order.ordered_on,
        "requested_ship_date": order.ship_on,
        "customer_id": customer.id,
        "matched_by": checked.how,
        "currency": checked.currency,
        "terms": order.terms,
        "shipping_requirements": order.shipping,
        "special_instructions": order.instructions,
        "email_thread_id": order.email_thread_id,
        "parties": order.parties,
        "columns": LINE,
        "lines": [_line(each) for each in checked.lines],
        "total_cents": checked.total_cents,
        "accepted": accept,
    }
    return Effect(
        phase=phase, step=step, kind="proposal", entity_ref=checked.key,
        title=f"Sales order of {customer.name}: {named}, {count}, {amount}", payload=payload, action_type=ORDER_INTAKE,
        risk_level=RISK[ORDER_INTAKE], customer_id=customer.id, customer_name=customer.name, customer_key=customer.key,
        currency=checked.currency, amount_cents=checked.total_cents, body=body, flags=checked.remarks,
    )  # fmt: skip


LINE = (
    "line",
    "item_code",
    "quantity",
    "uom",
    "rate",
    "amount_cents",
    "last_rate",
    "requested_ship_date",
    "other_codes",
)
"""What the columns of a proposal's lines are."""


def _line(checked: CheckedLine) -> tuple[object, ...]:
    """In the order of LINE."""
    number, codes, quantity, uom, rate, ship_on, _ = checked.line
    last = checked.last
    return (
        number,
        checked.item_code,
        number_text(quantity),
        uom,
        None if rate is None else number_text(rate),
        checked.cents,
        None if last is None else number_text(last.rate_micro),
        ship_on,
        codes if len(codes) > 1 else (),
    )


def sales_order(payload: Mapping[str, object]) -> dict[str, object]:
    """The sales order for the ERP, as its REST record takes it, from an approved proposal's payload; amounts are decimal text.

    A line without a price has none here either: the ERP prices it. The external id makes a second push of it the same record.
    """
    lines, columns = payload["lines"], payload["columns"]
    if not isinstance(lines, list) or not isinstance(columns, list):
        raise ValueError("the payload has no lines")
    found = [_record_line(dict(zip(columns, each, strict=True))) for each in lines]
    body = {
        "externalId": payload["key"],
        "entity": {"id": payload["customer_id"]},
        "otherRefNum": payload["po"],
        "tranDate": payload["order_date"],
        "shipDate": payload["requested_ship_date"],
        "currency": {"refName": payload["currency"]},
        "memo": _memo(payload),
        "item": {"items": found},
    }
    return {name: value for name, value in body.items() if value not in (None, "")}


def _record_line(line: Mapping[str, object]) -> dict[str, object]:
    fields = {
        "item": {"refName": line["item_code"]},
        "quantity": line["quantity"],
        "rate": line["rate"],
        "expectedShipDate": line["requested_ship_date"],
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _memo(payload: Mapping[str, object]) -> str:
    parts = (
        f"release {payload['release']}" if payload["release"] else "",
        str(payload["shipping_requirements"] or ""),
        str(payload["special_instructions"] or ""),
        f"e-mail thread {payload['email_thread_id']}" if payload["email_thread_id"] else "",
    )
    return "; ".join(filter(None, parts))
