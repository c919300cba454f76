"""Staging what is to be written to the ERP, under an approved proposal. No SQL, no printing."""

import json
from collections.abc import Mapping

from arctl.core.acting import Acting
from arctl.core.events import canonical
from arctl.errors import Refused
from arctl.store import pushes as store
from arctl.store.ledger import Ledger

Payload = Mapping[str, object]


def stage(ledger: Ledger, run_id: int, proposal_id: int, payload: Payload, acting: Acting) -> int:
    """Stage a push in the caller's transaction; its number.

    `payload` holds record_type, record_id, operation (create, update) and body, and where a record has lines their JSON text as
    `lines`; `sales_order_id` and `line` name the order line that a new work or purchase order is for. Raises Refused where the
    record is staged already, or was made in the ERP meanwhile.
    """
    record_type, record_id = _text(payload, "record_type"), _text(payload, "record_id")
    operation = _text(payload, "operation")
    body = dict(_mapping(payload.get("body")))
    lines = payload.get("lines")
    if isinstance(lines, str):
        body["items"] = json.loads(lines)
    elif lines is not None:
        body["items"] = lines
    key = f"proposal/{proposal_id}"
    if operation == "create":
        _refuse_made(ledger, payload)
        live, before = store.created(ledger.connection, ledger.tenant_id, record_type, record_id)
        if live is not None:
            raise Refused(
                f"push {live} stages {record_type} {record_id} already; nothing was changed",
                "reject this proposal: what it asks for is on its way",
            )
        key = f"create/{record_type}/{record_id}/{before + 1}"
    row = (record_type, record_id, operation, canonical(body), key)
    return store.add(ledger.connection, ledger.tenant_id, run_id, row, acting)


def _refuse_made(ledger: Ledger, payload: Payload) -> None:
    order, lines = payload.get("sales_order_id"), payload.get("order_lines") or payload.get("line")
    if order is None or lines is None:
        return
    wanted = json.loads(lines) if isinstance(lines, str) else lines if isinstance(lines, list) else [lines]
    made = store.made_for(ledger.connection, ledger.tenant_id, str(order), wanted)
    if made:
        raise Refused(
            f"{', '.join(made)} was made for {order} meanwhile; nothing was changed",
            f"reject this proposal, and look at `arctl orders show {order}`",
        )


def _text(payload: Payload, name: str) -> str:
    value = payload.get(name)
    if value is None or value == "":
        raise Refused(f"the push names no {name}", "its contract's step needs it in the payload")
    return str(value)


def _mapping(value: object) -> Payload:
    return value if isinstance(value, Mapping) else {}
