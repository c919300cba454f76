"""Sales orders as values: lines, what was made for them, shipped and invoiced, and what an order waits for. No rules, no SQL."""

from dataclasses import dataclass
from typing import NamedTuple

MICRO = 1_000_000
"""Quantities are millionths."""


class OrderLine(NamedTuple):
    """One line of a sales order. Quantities are millionths; `stock` is what is available at its place, or anywhere where it names
    none; `link` the document number that the ERP has beside the line."""

    line: int
    item_code: str | None
    item_type: str | None
    ordered: int
    fulfilled: int
    cents: int | None
    location: str | None
    requested: str | None
    link: str | None
    stock: int

    @property
    def due(self) -> int:
        """What is still to be shipped; never below zero."""
        return max(self.ordered - self.fulfilled, 0)


class Made(NamedTuple):
    """A work or purchase order: `via` is `erp` where the ERP ties it to the sales order, `link` where it was repaired here.

    `arrived` is the date of its last build, or of its last receipt; `billed` that of its first vendor bill; `items` are those of its
    lines.
    """

    id: str
    type: str
    tranid: str | None
    status: str | None
    dated: str
    expected: str | None
    via: str
    arrived: str | None
    billed: str | None
    items: frozenset[str]


class Shipment(NamedTuple):
    """A fulfillment: `alerted` is when Finance was told of it (UTC); `units` what left by it, in millionths."""

    id: str
    tranid: str | None
    status: str | None
    dated: str
    units: int
    alerted: str | None


class Billed(NamedTuple):
    """An invoice of an order; `open_cents` is what is outstanding at the end of the day, `units` what it bills, in millionths."""

    id: str
    tranid: str | None
    status: str
    dated: str
    due: str | None
    cents: int
    open_cents: int
    units: int


@dataclass(frozen=True, slots=True)
class Order:
    """A sales order with all that hangs on it. `orphans` are work and purchase orders without a sales order that look like its own."""

    id: str
    tranid: str | None
    customer_id: str
    customer_name: str | None
    po: str | None
    dated: str
    status: str | None
    cents: int | None
    currency: str
    company: str
    held: bool
    lines: tuple[OrderLine, ...]
    made: tuple[Made, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    invoices: tuple[Billed, ...] = ()
    orphans: tuple[Made, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.tranid or self.id


class Wait(NamedTuple):
    """Something an order waits for. `since` and `expected` are dates (ISO); `late` is for how many days it is overdue; `document`
    is what should move, `remedy` the next command where there is one."""

    kind: str
    line: int | None
    document: str | None
    since: str
    expected: str | None
    late: int
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands: its stage, and what it waits for, the latest first."""

    stage: str
    waits: tuple[Wait, ...] = ()

    @property
    def late(self) -> int:
        """For how many days the most overdue of it waits; 0 where nothing does. Payments are the collectors' business."""
        return max((each.late for each in self.waits if each.kind != "payment"), default=0)


def quantity(micro: int) -> str:
    """Millionths as people write a quantity: 40, 2.5."""
    whole, part = divmod(abs(micro), MICRO)
    decimals = f".{part:06d}".rstrip("0") if part else ""
    return f"{'-' if micro < 0 else ''}{whole:,}{decimals}"
