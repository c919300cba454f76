"""What a sync made happen: which documents that arrived or changed are news, and of which kind. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from arctl.core.events import Happening


class Arrival(NamedTuple):
    """A document as a sync brought it: new, or changed.

    `kind` is invoice, payment or the type of an order document; `earlier` holds the status of each version that the ledger
    had of it before (none where it is new); `facts` is what an event of it tells, amounts in cents.
    """

    kind: str
    id: str
    company_id: int
    dated: str
    status: str | None
    earlier: tuple[str | None, ...]
    facts: Mapping[str, object]


class Loaded(NamedTuple):
    """A table that held no row before this sync: how many it has now, out of which file (its SHA-256, where there was one)."""

    table: str
    rows: int
    sha256: str | None


def _stands(status: str | None) -> bool:
    return status in ("posted", "approved")


def _plain(status: str | None) -> str:
    """The status alone: an ERP writes Closed, H, SalesOrd:H or "Sales Order : Closed"."""
    return (status or "").rpartition(":")[2].strip().lower()


def _is_alive(status: str | None) -> bool:
    return _plain(status) not in ("cancelled", "canceled", "voided", "rejected", "c")


def _is_shipped(status: str | None) -> bool:
    return _plain(status) in ("shipped", "c")


def _is_closed(status: str | None) -> bool:
    return _plain(status) in ("closed", "h")


_Rule = tuple[str, str, Callable[[str | None], bool]]
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    "invoice": (("invoice.posted", "invoice", _stands),),
    "payment": (("payment.received", "payment", _stands),),
    "SalesOrd": (("so.created", "sales_order", _is_alive), ("order.closed", "sales_order", _is_closed)),
    "WorkOrd": (("workorder.created", "work_order", _is_alive),),
    "PurchOrd": (("purchaseorder.created", "purchase_order", _is_alive),),
    "ItemShip": (("itemfulfillment.completed", "item_fulfillment", _is_shipped),),
}
"""Kind of document -> (event type, entity type, the status that makes it happen), in the order in which they happen."""

NAMED: Mapping[str, str] = {
    "SalesOrd": "sales_order_id",
    "WorkOrd": "work_order_id",
    "PurchOrd": "purchase_order_id",
    "ItemShip": "fulfillment_id",
}
"""As what an event names its document, for the workflows that take it as an input."""

ORDER_KINDS = tuple(kind for kind in _RULES if kind not in ("invoice", "payment"))
"""The types of order documents that anything is told of."""


def happened(arrivals: Iterable[Arrival], batch: int) -> list[Happening]:
    """What is news in what arrived, by date, then id.

    Something happens when a document takes the status that makes it happen for the first time: what an earlier version had
    reached, the opening load's included, is no news when the document changes, nor when it goes back and comes again.
    """
    found = [
        Happening(
            event_type,
            f"{event_type}:{arrival.id}",
            entity_type,
            arrival.id,
            arrival.dated,
            arrival.company_id,
            {"batch": batch, **{name: value for name, value in arrival.facts.items() if value is not None}},
        )
        for arrival in arrivals
        for event_type, entity_type, holds in _RULES[arrival.kind]
        if holds(arrival.status) and not any(map(holds, arrival.earlier))
    ]
    found += [
        _for_an_order(each) for each in found if each.event_type in _FOR_ORDERS and "sales_order_id" in each.payload
    ]
    return sorted(found, key=lambda each: (each.occurred_on, each.entity_id))


_FOR_ORDERS: Mapping[str, str] = {
    "workorder.created": "order.work_order_made",
    "purchaseorder.created": "order.purchase_order_made",
}
"""Most purchase orders fill the warehouse. What is made for a sales order is news of that order, too."""


def _for_an_order(made: Happening) -> Happening:
    event_type = _FOR_ORDERS[made.event_type]
    order = str(made.payload["sales_order_id"])
    return replace(
        made, event_type=event_type, key=f"{event_type}:{made.entity_id}", entity_type="sales_order", entity_id=order
    )  # fmt: skip


def units(micro: int | None) -> str | None:
    """Millionths as decimal text: 2.5, 40."""
    if micro is None:
        return None
    whole, part = divmod(abs(micro), 1_000_000)
    return f"{'-' if micro < 0 else ''}{whole}{f'.{part:06d}'.rstrip('0') if part else ''}"


def loaded(tables: Iterable[Loaded], batch: int, source: str, day: str) -> list[Happening]:
    """One event per table that held no row before: the opening load alerts nobody, document by document."""
    return [
        Happening(
            "sync.loaded",
            f"sync.loaded:{each.table}:{batch}",
            "table",
            each.table,
            day,
            payload={"batch": batch, "table": each.table, "rows": each.rows, "sha256": each.sha256, "source": source},
        )
        for each in tables
    ]
