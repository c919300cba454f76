"""What Finance looks at before a fulfillment is invoiced: quantity, price, terms, tax, short ship. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from arctl.core.money import format_amount
from arctl.core.order_values import MICRO, quantity

OK, LOOK, WRONG = "ok", "look", "wrong"
"""Verdicts: as it should be; for a person to look at; not to be invoiced so."""


USUAL_PERCENT = 5
"""By how much a price may differ from the one last invoiced before somebody looks at it."""


class ReviewLine(NamedTuple):
    """An item of an order. Quantities and rates are millionths: ordered, shipped by all its completed fulfillments, by this one, and
    invoiced; `cents` is what the order asks for it, `usual` the rate last invoiced to the customer, on `usual_on`."""

    item_code: str
    ordered: int
    shipped: int
    here: int
    invoiced: int
    rate: int | None
    cents: int
    usual: int | None
    usual_on: str | None

    @property
    def short(self) -> int:
        """What is missing of an item that this fulfillment has; 0 where it has none of it."""
        return max(self.ordered - self.shipped, 0) if self.here else 0


class Invoiced(NamedTuple):
    """An invoice of the order: `lines_cents` is the sum of its lines, None where it has none."""

    id: str
    status: str
    dated: str
    due: str | None
    cents: int
    lines_cents: int | None


@dataclass(frozen=True, slots=True)
class Handoff:
    """A completed fulfillment and all that its invoice rests on; dates ISO, `alerted_at` UTC."""

    fulfillment_id: str
    tranid: str | None
    shipped_on: str
    sales_order_id: str | None
    order_tranid: str | None
    po: str | None
    customer_id: str
    customer_name: str | None
    terms: str | None
    entitystatus: str | None
    currency: str
    alerted_at: str | None
    lines: tuple[ReviewLine, ...] = ()
    invoices: tuple[Invoiced, ...] = ()

    @property
    def to_invoice_cents(self) -> int:
        """What this fulfillment shipped, at the order's prices."""
        return sum(_share(line.cents, line.here, line.ordered) for line in self.lines)

    @property
    def short(self) -> tuple[ReviewLine, ...]:
        """The items that it shipped too little of."""
        return tuple(line for line in self.lines if line.short)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fulfillment that no invoice covers, and for how many days; `draft` is an invoice that was begun."""

    handoff: Handoff
    days: int
    draft: str | None


class Check(NamedTuple):
    """One point of the checklist; `verdict` is ok, look or wrong."""

    name: str
    verdict: str
    text: str


def checklist(handoff: Handoff) -> tuple[Check, ...]:
    """The five points, each once, with everything there is to say of it."""
    points = (
        ("quantity", list(_quantity(handoff))),
        ("price", list(_price(handoff))),
        ("terms", list(_terms(handoff))),
        ("tax", list(_tax(handoff))),
        ("short ship", list(_short(handoff))),
    )
    return tuple(Check(name, _worst(found), "; ".join(text for _, text in found)) for name, found in points)


Found = Iterator[tuple[str, str]]


def _worst(found: list[tuple[str, str]]) -> str:
    verdicts = {verdict for verdict, _ in found}
    return WRONG if WRONG in verdicts else LOOK if LOOK in verdicts else OK


def _share(cents: int, part: int, whole: int) -> int:
    """A line's amount for part of its quantity, half up."""
    return (2 * cents * part + whole) // (2 * whole) if whole > 0 else 0


def _quantity(handoff: Handoff) -> Found:
    if handoff.sales_order_id is None:
        yield WRONG, "it names no sales order that the ledger holds: there is nothing to compare with"
        return
    for line in handoff.lines:
        if line.shipped > line.ordered:
            yield WRONG, f"{line.item_code}: {quantity(line.shipped)} shipped, {quantity(line.ordered)} ordered"
        if line.invoiced > line.shipped:
            yield WRONG, f"{line.item_code}: {quantity(line.invoiced)} invoiced, {quantity(line.shipped)} shipped"
    units = sum(line.here for line in handoff.lines)
    amount = f"{format_amount(handoff.to_invoice_cents, handoff.currency)} {handoff.currency}"
    yield OK, f"{quantity(units)} units shipped, {amount} to invoice at the order's prices"


def _price(handoff: Handoff) -> Found:
    fine = True
    for line in handoff.lines:
        if not line.here:
            continue
        if line.rate is None:
            yield WRONG, f"{line.item_code} has no price in the order"
        elif abs(_extended(line) - line.cents) > 1:
            told = f"{quantity(line.ordered)} × {_rate(line.rate)} is not {format_amount(line.cents, handoff.currency)}"
            yield LOOK, f"{line.item_code}: {told}"
        elif line.usual is not None and abs(line.rate - line.usual) * 100 > line.usual * USUAL_PERCENT:
            yield LOOK, f"{line.item_code}: {_rate(line.rate)}, last invoiced at {_rate(line.usual)} on {line.usual_on}"
        else:
            continue
        fine = False
    if fine:
        yield OK, f"as ordered, and within {USUAL_PERCENT} % of what was last invoiced"


def _extended(line: ReviewLine) -> int:
    """Quantity times rate in cents of a currency with two decimals, half up."""
    product = line.ordered * (line.rate or 0) * 100
    return (2 * product + MICRO * MICRO) // (2 * MICRO * MICRO)


def _rate(micro: int) -> str:
    whole, part = divmod(micro, MICRO)
    return f"{whole:,}.{f'{part:06d}'.rstrip('0'):0<2}"


def _terms(handoff: Handoff) -> Found:
    if (handoff.entitystatus or "").lower() == "hold":
        yield LOOK, "the customer is on hold"
    if handoff.terms:
        yield OK, handoff.terms
    else:
        yield LOOK, "the customer has no terms: say when the invoice is due"


def _tax(handoff: Handoff) -> Found:
    """The mirror holds no tax: of an invoice the part beyond its lines shows, before there is one a person looks."""
    for invoice in handoff.invoices:
        if invoice.lines_cents is not None:
            beyond = f"{format_amount(invoice.cents - invoice.lines_cents, handoff.currency)} {handoff.currency}"
            yield OK if invoice.cents == invoice.lines_cents else LOOK, f"{invoice.id} has {beyond} beyond its lines"
    if not handoff.invoices:
        yield LOOK, "the mirror holds no tax: check rate or exemption in the ERP"


def _short(handoff: Handoff) -> Found:
    for line in handoff.short:
        told = f"{quantity(line.shipped)} of {quantity(line.ordered)}, {quantity(line.short)} missing"
        yield LOOK, f"{line.item_code}: {told}; invoice {quantity(line.shipped)}"
    if not handoff.short:
        yield OK, "nothing of what it ships is missing"
