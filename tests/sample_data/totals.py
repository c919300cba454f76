"""The sample data's balances as of a day, from the CSV files alone and independent of arctl: a second opinion.

Run as `python -m tests.sample_data.totals 2026-06-30`; it prints the table that sample_data/README.md states.
"""

from __future__ import annotations

import csv
import sys
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

SAMPLE_DATA = Path(__file__).resolve().parents[2] / "sample_data"
BUCKETS = ("current", "days_30", "days_60", "days_90", "days_90_plus")

Row = dict[str, str]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open (invoice, instalment), amounts in currency units."""

    invoice: str
    customer: str
    installment: int
    due: date
    days: int
    outstanding: Decimal

    @property
    def bucket(self) -> str:
        """The aging bucket of its days overdue."""
        return BUCKETS[sum(self.days > edge for edge in (0, 30, 60, 90))]


@dataclass(frozen=True, slots=True)
class Balances:
    """Everything one currency holds as of a day, in currency units; `documents_net` never saw an application."""

    items: tuple[OpenItem, ...]
    left: dict[str, Decimal]
    excess: dict[str, Decimal]
    documents_net: Decimal
    invoiced: Decimal

    @property
    def outstanding(self) -> Decimal:
        """Sum over the open items."""
        return sum((item.outstanding for item in self.items), ZERO)

    @property
    def unapplied(self) -> Decimal:
        """What is left of receipts and credit memos, and the excess of over-applied invoices."""
        return sum(self.left.values(), ZERO) + sum(self.excess.values(), ZERO)

    def bucket(self, name: str) -> Decimal:
        """Sum of the open items in one bucket."""
        return sum((item.outstanding for item in self.items if item.bucket == name), ZERO)


def read(folder: Path, name: str) -> list[Row]:
    """The rows of one file."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def money(text: str) -> Decimal:
    """The amount, zero where the field is empty."""
    return Decimal(text or "0")


def counts(row: Row, dated: str, day: date) -> bool:
    """Whether the document of that date field counts as of the day."""
    if date.fromisoformat(row[dated]) > day:
        return False
    if row["status"] == "voided":
        return date.fromisoformat(row["voided_on"]) > day
    return row["status"] in ("posted", "approved")


def due_on(invoice: Row, terms: str) -> date:
    """The invoice's due date, by the customer's terms where it has none."""
    dated = date.fromisoformat(invoice["invoice_date"])
    if invoice["due_date"]:
        return date.fromisoformat(invoice["due_date"])
    if terms == "EOM":
        return date(dated.year, dated.month, monthrange(dated.year, dated.month)[1])
    days = {"Net 15": 15, "Net 30": 30, "Net 45": 45, "2% 10 Net 30": 30}.get(terms, 0)
    return dated + timedelta(days=days)


def balances(currency: str, day: date, folder: Path = SAMPLE_DATA) -> Balances:
    """Age one currency as of the end of the day."""
    invoices = {row["id"]: row for row in read(folder, "customer_invoices") if row["currency"] == currency}
    sources = _sources(currency, folder)
    raw = {key: money(row["amount"]) for key, row in invoices.items() if counts(row, "invoice_date", day)}
    left = {key: money(row["amount"]) for key, (row, dated) in sources.items() if counts(row, dated, day)}
    invoiced = sum(raw.values(), ZERO)
    net = invoiced - sum(left.values(), ZERO)
    for row in read(folder, "payment_applications"):
        key = (row["source_type"], row["source_id"])
        if row["invoice_id"] not in raw or key not in left:
            continue
        own, dated = sources[key]
        started = max(own[dated], invoices[row["invoice_id"]]["invoice_date"], row["applied_on"])
        if date.fromisoformat(started) <= day:
            raw[row["invoice_id"]] -= money(row["amount"]) + money(row["discount"])
            left[key] -= money(row["amount"])
            net -= money(row["discount"])
    for row in read(folder, "customer_refunds"):
        key = (row["source_type"], row["source_id"])
        if key in sources and counts(row, "refund_date", day):
            left[key] = left.get(key, ZERO) - money(row["amount"])
            net += money(row["amount"])
    for row in read(folder, "write_offs"):
        if row["invoice_id"] in raw:
            lost = _written_off(row, day)
            raw[row["invoice_id"]] -= lost
            net -= lost
    return Balances(
        tuple(_open_items(raw, invoices, folder, day)),
        {source[1]: amount for source, amount in left.items() if amount},
        {key: -amount for key, amount in raw.items() if amount < 0},
        net,
        invoiced,
    )


def _sources(currency: str, folder: Path) -> dict[tuple[str, str], tuple[Row, str]]:
    """Receipts and credit memos of the currency, each with the name of its date field."""
    found: dict[tuple[str, str], tuple[Row, str]] = {}
    for kind, name, dated in (
        ("payment", "customer_payments", "receipt_date"),
        ("credit_memo", "credit_memos", "credit_date"),
    ):
        found |= {(kind, row["id"]): (row, dated) for row in read(folder, name) if row["currency"] == currency}
    return found


def _written_off(row: Row, day: date) -> Decimal:
    """What the write-off takes from its invoice as of the day, less what was recovered of it."""
    if not counts(row, "written_off_on", day):
        return ZERO
    recovered = row["recovered_on"] and date.fromisoformat(row["recovered_on"]) <= day
    return money(row["amount"]) - (money(row["recovered_amount"]) if recovered else ZERO)


def _open_items(raw: dict[str, Decimal], invoices: dict[str, Row], folder: Path, day: date) -> list[OpenItem]:
    """Split what is outstanding over the instalments; reductions eat the earliest first."""
    instalments: dict[str, list[tuple[date, int, Decimal]]] = defaultdict(list)
    for row in read(folder, "invoice_installments"):
        part = (date.fromisoformat(row["due_date"]), int(row["installment"]), money(row["amount"]))
        instalments[row["invoice_id"]].append(part)
    terms = {row["id"]: row["terms"] for row in read(folder, "customers")}
    items = []
    for invoice_id, amount in sorted(raw.items()):
        customer = invoices[invoice_id]["customer_id"]
        whole = (due_on(invoices[invoice_id], terms[customer]), 0, money(invoices[invoice_id]["amount"]))
        remaining = max(amount, ZERO)
        # From the last to fall due backwards: what is outstanding lies at the end.
        for due, number, share in sorted(instalments.get(invoice_id, [whole]), reverse=True):
            still = min(share, remaining)
            remaining -= still
            if still:
                items.append(OpenItem(invoice_id, customer, number, due, (day - due).days, still))
    return items


def table(day: date, folder: Path = SAMPLE_DATA) -> str:
    """The Markdown table of the README: a row per currency."""
    lines = [
        "| currency | current | 1–30 | 31–60 | 61–90 | 91+ | outstanding | open invoices | unapplied | net |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for currency in ("CAD", "USD"):
        held = balances(currency, day, folder)
        cells = [f"{held.bucket(name):,.2f}" for name in BUCKETS]
        cells += [f"{held.outstanding:,.2f}", str(len({item.invoice for item in held.items}))]
        cells += [f"{held.unapplied:,.2f}", f"{held.outstanding - held.unapplied:,.2f}"]
        lines.append(f"| {currency} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(date.fromisoformat(sys.argv[1])) + "\n")
