"""Writes folders of receivables CSV files of any size from a seed; knows the file formats, nothing of arctl."""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

from benchmarks.books import Books
from benchmarks.change import change_folder
from benchmarks.shape import Shape, settled_history

TERMS = (15, 30, 30, 30, 45, 60)
STAMP = "shape.json"


class Calendar:
    """Days of the history as numbers from its first day, and random lags that end by today."""

    def __init__(self, shape: Shape) -> None:
        """Day 0 is `years` before today; day `last` is today."""
        today = date.fromisoformat(shape.today)
        start = today.replace(year=today.year - shape.years, day=min(today.day, 28))
        self.last = (today - start).days
        self.iso = [(start + timedelta(days=n)).isoformat() for n in range(self.last + 100)]
        self.mean = shape.days_to_pay
        self._reach = [1 - math.exp(-room / self.mean) for room in range(self.last + 1)]

    def lag(self, chance: random.Random, room: int) -> int:
        """Days until payment: exponential, cut off at `room` days."""
        return int(-self.mean * math.log(1 - chance.random() * self._reach[room]))

    def settle_day(self, chance: random.Random, invoiced: int) -> int:
        """The day an invoice of day `invoiced` is paid, today at the latest."""
        return invoiced + self.lag(chance, self.last - invoiced)


def amount(chance: random.Random) -> int:
    """Cents, from 10.00 to about 9,000.00, most of them small."""
    return 1_000 + int(900_000 * chance.random() ** 3)


def spread(chance: random.Random, total: int, groups: int) -> bytearray:
    """How many of `total` fall to each group, at least one each."""
    sizes = bytearray([1]) * groups
    for _ in range(total - groups):
        sizes[int(chance.random() * groups)] += 1
    return sizes


def write_customers(folder: Path, shape: Shape) -> list[int]:
    """Writes customers.csv and returns each customer's payment terms in days."""
    chance = random.Random(f"{shape.seed} customers")
    terms = []
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as out:
        out.write("id,name,email,terms,credit_limit,currency,entitystatus,isinactive,sales_rep,sales_rep_email\n")
        for number in range(shape.customers):
            days = TERMS[int(chance.random() * len(TERMS))]
            terms.append(days)
            rep = number % 25
            out.write(
                f"C{number:06d},Sample Customer {number:06d},ap{number:06d}@example.com,Net {days},"
                f"{(1 + number % 50) * 1000}.00,USD,active,F,Sales Desk {rep},desk{rep}@example.com\n"
            )
    return terms


class Ledger:
    """Draws the receivables of one folder and hands each document to the books."""

    def __init__(self, shape: Shape, books: Books, calendar: Calendar, terms: list[int]) -> None:
        """`terms` are days of payment by customer."""
        self.shape = shape
        self.books = books
        self.calendar = calendar
        self.terms = terms

    def write(self) -> None:
        """Standing items (open or overpaid) and settled history, merged by day."""
        standing = iter(self.standing_days())
        following = next(standing, None)
        chance = random.Random(f"{self.shape.seed} standing")
        for day in self.settled():
            while following is not None and following[0] <= day:
                self.stand(chance, *following)
                following = next(standing, None)
        while following is not None:
            self.stand(chance, *following)
            following = next(standing, None)

    def standing_days(self) -> list[tuple[int, int, bool]]:
        """(day, number, overpaid) of every open invoice and overpaid receipt; the same for any `history`."""
        chance = random.Random(f"{self.shape.seed} days")
        last, lag = self.calendar.last, self.calendar.lag
        found = [(last - lag(chance, last), n, False) for n in range(self.shape.open_items)]
        found += [(last - int(chance.random() * last / 2), n, True) for n in range(self.shape.overpaid)]
        found.sort()
        return found

    def customer(self, chance: random.Random) -> int:
        """A customer, the first ones more often."""
        return int(len(self.terms) * chance.random() ** 2)

    def stand(self, chance: random.Random, day: int, number: int, overpaid: bool) -> None:
        """One open invoice (every tenth part paid, few disputed, fewer drafts) or one overpaid receipt."""
        books, calendar = self.books, self.calendar
        customer, cents = self.customer(chance), amount(chance)
        draft = number % 500 == 1 and not overpaid
        invoice = books.invoice(
            customer, day, day + self.terms[customer], cents, standing=True,
            disputed=number % 100 == 3 and not overpaid, draft=draft,
        )  # fmt: skip
        if overpaid:
            paid = calendar.settle_day(chance, day)
            receipt = books.receipt(customer, paid, cents + 1 + int(chance.random() * cents), standing=True)
            books.apply(receipt, invoice, cents, paid)
        elif number % 10 == 0:
            paid = calendar.settle_day(chance, day)
            part = 1 + int(chance.random() * (cents - 1))
            books.apply(books.receipt(customer, paid, part, standing=True), invoice, part, paid)

    def settled(self) -> Iterator[int]:
        """Writes the settled history, chain by chain in order of day; yields each chain's day."""
        chance = random.Random(f"{self.shape.seed} history")
        plan = settled_history(self.shape)
        invoices = spread(chance, plan.invoices, plan.groups)
        payments = spread(chance, plan.payments, plan.groups)
        pairs = sum(1 for i, p in zip(invoices, payments, strict=True) if i == p == 1)
        every = max(pairs // plan.bounced, 1) if plan.bounced else 0
        seen, left = 0, plan.bounced
        for number in range(plan.groups):
            day = number * self.calendar.last // plan.groups
            yield day
            if invoices[number] == payments[number] == 1:
                seen += 1
                bounce = left > 0 and seen % every == 0
                left -= bounce
                self.pair(chance, day, bounce)
            else:
                self.chain(chance, day, invoices[number], payments[number])

    def pair(self, chance: random.Random, day: int, bounce: bool) -> None:
        """One invoice, one receipt: early with 2 % discount at times; where it bounces, a second one."""
        books, last = self.books, self.calendar.last
        customer, cents = self.customer(chance), amount(chance)
        invoice = books.invoice(customer, day, day + self.terms[customer], cents)
        paid = self.calendar.settle_day(chance, day)
        if bounce:
            void = min(paid + 3 + int(chance.random() * 8), last)
            books.apply(books.receipt(customer, paid, cents, voided=void), invoice, cents, paid)
            paid = min(void + 5 + int(chance.random() * 25), last)
        discount = cents // 50 if paid - day <= 10 and chance.random() < 0.3 else 0
        receipt = books.receipt(customer, paid, cents - discount)
        books.apply(receipt, invoice, cents - discount, self.applied(chance, paid), discount)

    def chain(self, chance: random.Random, day: int, invoices: int, payments: int) -> None:
        """Invoices of one customer, paid by receipts that do not end where an invoice ends."""
        books, calendar = self.books, self.calendar
        customer = self.customer(chance)
        ends, names, total, latest = [], [], 0, day
        for _ in range(invoices):
            cents = amount(chance)
            total += cents
            ends.append(total)
            names.append(books.invoice(customer, latest, latest + self.terms[customer], cents))
            if len(names) < invoices:
                latest = min(latest + int(chance.random() * 20), calendar.last)
        cuts = cut_points(chance, total, payments, ends)
        days = sorted(calendar.settle_day(chance, latest) for _ in cuts)
        start = at = 0
        for cut, paid in zip(cuts, days, strict=True):
            receipt = books.receipt(customer, paid, cut - start)
            applied = self.applied(chance, paid)
            while start < cut:
                end = min(cut, ends[at])
                books.apply(receipt, names[at], end - start, applied)
                start = end
                if end == ends[at]:
                    at += 1

    def applied(self, chance: random.Random, paid: int) -> int | None:
        """Mostly the receipt's own day, at times up to ten days later, seldom not stated."""
        draw = chance.random()
        if draw >= 0.06:
            return paid
        return None if draw < 0.01 else min(paid + 1 + int(draw * 150), self.calendar.last)


def cut_points(chance: random.Random, total: int, payments: int, ends: list[int]) -> list[int]:
    """Where the receipts end, ascending, the last at `total`; none where an invoice ends."""
    taken = {0, *ends}
    cuts = [total]
    for _ in range(payments - 1):
        cut = int(chance.random() * total)
        while cut in taken:
            cut = (cut + 7) % total
        taken.add(cut)
        cuts.append(cut)
    cuts.sort()
    return cuts


def generate(folder: Path, shape: Shape) -> None:
    """Writes the four files; a folder that already holds this very shape is left as it is."""
    stamp = folder / STAMP
    wanted = json.dumps(asdict(shape), sort_keys=True)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    settled_history(shape)
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    calendar = Calendar(shape)
    terms = write_customers(folder, shape)
    with Books(folder, calendar.iso, shape.application_ids) as books:
        Ledger(shape, books, calendar, terms).write()
    stamp.write_text(wanted, encoding="utf-8")


def options() -> argparse.ArgumentParser:
    """The command line; the defaults are the size the figures are stated for."""
    usual = Shape()
    parser = argparse.ArgumentParser(description="Write a folder of receivables CSV files.")
    parser.add_argument("folder", type=Path)
    for name in ("customers", "invoices", "payments", "applications", "years", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    parser.add_argument("--open", type=int, default=usual.open_items, dest="open_items")
    parser.add_argument("--today", default=usual.today, help="the day the files were exported")
    parser.add_argument("--days-to-pay", type=int, default=usual.days_to_pay, help="mean days from invoice to receipt")
    parser.add_argument("--history", type=int, default=1, help="times the settled history, same open items")
    parser.add_argument("--application-ids", action="store_true", help="give payment_applications.csv an id column")
    parser.add_argument(
        "--change", type=float, help="also write FOLDER_1pct (for 0.01) with that share of rows changed"
    )
    return parser


def main() -> int:
    """0 when written, 2 where the counts cannot go together."""
    given = vars(options().parse_args())
    folder, share = given.pop("folder"), given.pop("change")
    started = time.perf_counter()
    try:
        generate(folder, Shape(**given))
        if share is not None:
            change_folder(folder, changed_folder(folder, share), share)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{folder} written in {time.perf_counter() - started:.1f} s", file=sys.stderr)
    return 0


def changed_folder(folder: Path, share: float) -> Path:
    """Where the changed copy of a folder stands: beside it."""
    return folder.with_name(f"{folder.name}_{share * 100:g}pct")


if __name__ == "__main__":
    sys.exit(main())
