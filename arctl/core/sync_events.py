"""What a sync made happen: which documents that arrived or changed are news, and of which kind. Pure."""

from collections.abc import Callable, Iterable, Mapping
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
    return sorted(found, key=lambda each: (each.occurred_on, each.entity_id))


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
