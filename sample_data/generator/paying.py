"""How ordinary invoices are settled: cheque runs, discounts, part payments and credits for goods sent back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample_data.generator.catalogue import CUSTOMERS, END, Customer
from sample_data.generator.chance import chance
from sample_data.generator.drafts import Application, Book, Credit, Invoice, Receipt

# Days from the due date to the day the customer means to pay: (earliest, latest).
_HABITS = {
    "prompt": (-12, 0), "normal": (-12, 2), "slow": (1, 13), "chronic": (24, 128), "discount": (-4, 4),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """What one cheque pays of one invoice, in cents."""

    invoice: str
    cents: int
    discount: int = 0


def pay(book: Book, seed: str) -> None:
    """Add receipts, credit memos and applications for the ordinary invoices already in the book."""
    for index, customer in enumerate(CUSTOMERS):
        rng = chance(seed, f"pay {customer.id}")
        owned = [invoice for invoice in book.invoices if invoice.customer == customer.id]
        credited = {invoice.key: _credit_some(book, invoice, rng) for invoice in owned}
        runs: dict[date, list[Share]] = defaultdict(list)
        for invoice in owned:
            for day, share in _intentions(customer, invoice, credited[invoice.key], index % 5, rng):
                if day <= END:
                    runs[day].append(share)
        _write_cheques(book, customer, runs, rng)


def _credit_some(book: Book, invoice: Invoice, rng: Random) -> int:
    """Now and then part of a line comes back; returns the cents credited."""
    line = invoice.lines[0]
    if rng.randint(1, 100) > 5 or line.quantity < 2:
        return 0
    cents = line.rate * max(1, line.quantity // 4)
    dated = min(END, invoice.dated + timedelta(days=rng.randint(2, 9)))
    reason = rng.choice(("Damaged in transit", "Short weight", "Returned unopened", "Price adjustment"))
    book.credit(
        Credit(f"cm:{invoice.key}", invoice.customer, dated, cents, invoice=invoice.key, memo=reason),
        (invoice.key, cents),
    )
    return cents


def _intentions(
    customer: Customer, invoice: Invoice, credited: int, weekday: int, rng: Random
) -> list[tuple[date, Share]]:
    """The days the customer will pay the invoice on and what of it."""
    owed = invoice.amount - credited
    due = invoice.due or invoice.dated
    if customer.habit == "discount" and rng.randint(1, 100) <= 75:
        # Paid inside ten days: two per cent of what is owed stays with the customer, half up.
        discount = (owed * 2 + 50) // 100
        return [(invoice.dated + timedelta(days=rng.randint(4, 10)), Share(invoice.key, owed - discount, discount))]
    earliest, latest = _HABITS[customer.habit]
    day = max(due + timedelta(days=rng.randint(earliest, latest)), invoice.dated + timedelta(days=2))
    # Cheques are written once a week, on the customer's own weekday.
    day += timedelta(days=(weekday - day.weekday()) % 7)
    if rng.randint(1, 100) <= 5:
        first = owed * rng.choice((40, 50, 60, 75)) // 100
        later = day + timedelta(days=7 * rng.randint(2, 6))
        return [(day, Share(invoice.key, first)), (later, Share(invoice.key, owed - first))]
    return [(day, Share(invoice.key, owed))]


def _write_cheques(book: Book, customer: Customer, runs: dict[date, list[Share]], rng: Random) -> None:
    electronic = rng.randint(1, 100) <= 30
    number = rng.randint(1100, 8800)
    for day in sorted(runs):
        number += rng.randint(1, 12)
        key = f"pay:{customer.id}:{day.isoformat()}"
        cheque = f"ACH{day:%y%m%d}{customer.id[-2:]}" if electronic else str(number)
        book.receipts.append(Receipt(key, customer.id, day, sum(share.cents for share in runs[day]), cheque))
        applied = _applied_on(day, rng)
        for share in runs[day]:
            book.applications.append(Application("payment", key, share.invoice, share.cents, applied, share.discount))


def _applied_on(day: date, rng: Random) -> date | None:
    """Mostly the day of the receipt, sometimes days later, sometimes not said."""
    throw = rng.randint(1, 100)
    if throw <= 68:
        return day
    if throw <= 88:
        return min(END, day + timedelta(days=rng.randint(1, 5)))
    return None
