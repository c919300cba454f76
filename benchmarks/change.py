"""Copies a generated folder with a share of its rows changed, as a later export of the same books."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

CENT = Decimal("0.01")

Row = dict[str, str]


def change_customer(row: Row, _: int) -> None:
    """Another e-mail address."""
    row["email"] = "new." + row["email"]


def change_invoice(row: Row, number: int) -> None:
    """A later due date, or one cent more."""
    if number % 2:
        row["due_date"] = (date.fromisoformat(row["due_date"]) + timedelta(days=5)).isoformat()
    else:
        row["amount"] = str(Decimal(row["amount"]) + CENT)


def change_payment(row: Row, number: int) -> None:
    """Another cheque number, or one unit more, which stays unapplied."""
    if number % 2:
        row["otherrefnum"] += "7"
    else:
        row["amount"] = str(Decimal(row["amount"]) + 1)


def change_application(row: Row, _: int) -> None:
    """One cent less, which opens its invoice again."""
    if Decimal(row["amount"]) > CENT:
        row["amount"] = str(Decimal(row["amount"]) - CENT)


CHANGES: dict[str, Callable[[Row, int], None]] = {
    "customers.csv": change_customer,
    "customer_invoices.csv": change_invoice,
    "customer_payments.csv": change_payment,
    "payment_applications.csv": change_application,
}


def change_file(source: Path, target: Path, share: float, change: Callable[[Row, int], None]) -> None:
    """Changes evenly spread rows; splits on commas, because generated files quote nothing."""
    every = round(1 / share)
    with (
        source.open(encoding="utf-8", newline="") as lines,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        header = next(lines)
        names = header.rstrip("\n").split(",")
        out.write(header)
        for number, line in enumerate(lines):
            if number % every != every // 2:
                out.write(line)
                continue
            row = dict(zip(names, line.rstrip("\n").split(","), strict=True))
            change(row, number // every)
            out.write(",".join(row.values()) + "\n")


def change_folder(source: Path, target: Path, share: float) -> None:
    """Writes `target` anew; ValueError where the share is not between 0 and 1."""
    if not 0 < share <= 1:
        raise ValueError(f"--change {share}: give a share such as 0.01")
    target.mkdir(parents=True, exist_ok=True)
    for name, change in CHANGES.items():
        change_file(source / name, target / name, share, change)
