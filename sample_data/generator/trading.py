"""A year of ordinary invoices: when each customer buys, what, and under which PO#."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample_data.generator.catalogue import (
    ASSEMBLY_ITEMS,
    CUSTOMERS,
    DROP_SHIP_ITEMS,
    INVENTORY_ITEMS,
    START,
    Customer,
    Item,
)
from sample_data.generator.chance import chance
from sample_data.generator.drafts import Book, Invoice, Line, business_day, due_date

# Per cent of the typical invoice, by month: holidays sell, January does not.
_SEASON = {1: 84, 2: 90, 3: 95, 4: 98, 5: 104, 6: 106, 7: 103, 8: 100, 9: 97, 10: 101, 11: 114, 12: 120}


@dataclass(slots=True)
class PurchaseOrderNumbers:
    """Hands out one customer's PO#s in its own style; five-digit ones stay clear of 72622."""

    style: str
    serial: int
    prefix: str

    def following(self, rng: Random) -> str:
        """The PO# of the customer's next order, empty where it sends none."""
        self.serial += rng.randint(1, 9)
        if self.style == "numeric":
            return str(self.serial)
        if self.style == "dashed":
            return f"{self.prefix}-{self.serial % 10000:04d}"
        if self.style == "zeros":
            return f"00{self.serial}"
        if self.style == "blanket":
            return f"{self.prefix}-STANDING-26"
        return ""


def trade(book: Book, seed: str) -> None:
    """Add every customer's ordinary invoices to the book."""
    for index, customer in enumerate(CUSTOMERS):
        rng = chance(seed, f"trade {customer.id}")
        initials = "".join(word[0].upper() for word in customer.name.split() if word[0].isascii() and word[0].isalpha())
        numbers = PurchaseOrderNumbers(customer.po_style, 30000 + 900 * index + rng.randint(0, 300), initials)
        for serial, dated in enumerate(_days(customer, rng), start=1):
            book.add_invoice(
                Invoice(
                    key=f"{customer.id}:{serial:03d}",
                    customer=customer.id,
                    dated=dated,
                    lines=_lines(customer, dated, rng),
                    due=due_date(customer.id, dated),
                    po=numbers.following(rng) if rng.randint(1, 100) <= 94 else "",
                    status="approved" if rng.randint(1, 100) <= 6 else "posted",
                )
            )


def _days(customer: Customer, rng: Random) -> list[date]:
    """Business days, spread over the time the customer bought."""
    if not customer.invoices:
        return []
    span = (customer.stops - START).days + 1
    step = span // customer.invoices
    offsets = [span * turn // customer.invoices + rng.randrange(step) for turn in range(customer.invoices)]
    return sorted(business_day(START + timedelta(days=offset)) for offset in offsets)


def _lines(customer: Customer, dated: date, rng: Random) -> tuple[Line, ...]:
    target = customer.typical * rng.randint(65, 135) * _SEASON[dated.month] // 10000
    count = max(2, min(11, target // 60000 + rng.randint(1, 2)))
    items: list[Item] = rng.sample(INVENTORY_ITEMS, count)
    if count > 2 and rng.randint(1, 100) <= 16:
        items[-1] = rng.choice(ASSEMBLY_ITEMS)
    if count > 2 and rng.randint(1, 100) <= 16:
        items[-2] = rng.choice(DROP_SHIP_ITEMS)
    return tuple(_line(item, target * rng.randint(60, 140) // (100 * count), rng) for item in items)


def _line(item: Item, share: int, rng: Random) -> Line:
    """About `share` cents of the item, at a price within 3 per cent of the list."""
    rate = item.rate * rng.randint(970, 1030) // 1000
    return Line(item.code, max(1, (share + rate // 2) // rate), rate)
