"""Balances worked out anew from documents alone, a second way beside the ledger's own statements. Pure."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from arctl.core.balance import spread
from arctl.core.documents import Installment
from arctl.core.money import Cents
from arctl.core.terms import parse_terms

Row = tuple[int, ...]


def balances(
    last_invoice: int,
    last_source: int,
    invoices: Iterable[Row],
    sources: Iterable[Row],
    applications: Iterable[Row],
    refunds: Iterable[Row],
    write_offs: Iterable[Row],
) -> tuple[dict[int, int], dict[int, int]]:
    """What was open on every invoice (below zero: over-applied), and left of every payment and credit memo; cents by key, no zeros.

    `invoices` (key, cents) are those that count, `sources` (key, cents, whether it counts) all of the company. An application
    counts while both its documents do; a refund by itself; a write-off while its invoice does. Keys go up to the last ones given.
    """
    raw, left = array("q", bytes(8 * (last_invoice + 1))), array("q", bytes(8 * (last_source + 1)))
    counts_invoice, counts_source, known_source = (
        bytearray(last_invoice + 1), bytearray(last_source + 1), bytearray(last_source + 1),
    )  # fmt: skip
    for key, cents in invoices:
        raw[key] = cents
        counts_invoice[key] = 1
    for key, cents, counts in sources:
        known_source[key] = 1
        if counts:
            left[key] = cents
            counts_source[key] = 1
    for source, invoice, cents, discount in applications:
        if counts_source[source] and counts_invoice[invoice]:
            raw[invoice] -= cents + discount
            left[source] -= cents
    for source, cents in refunds:
        if known_source[source]:
            left[source] -= cents
    for invoice, cents in write_offs:
        if counts_invoice[invoice]:
            raw[invoice] -= cents
    return _not_zero(raw), _not_zero(left)


def _not_zero(cents: "array[int]") -> dict[int, int]:
    return {key: amount for key, amount in enumerate(cents) if amount}


def due_date(invoice_date: str, given: str | None, terms: str | None) -> str:
    """The due date as given, else by the customer's terms, else the invoice date; ISO."""
    if given is not None:
        return given
    read = parse_terms(terms)
    return read.due(date.fromisoformat(invoice_date)).isoformat() if read else invoice_date


def open_parts(
    invoice_id: str, amount: int, open_cents: int, due: str, installments: Sequence[tuple[int, str, int]]
) -> list[tuple[int, str, int]]:
    """(instalment, due date, cents) of what is open of an invoice; instalment 0 where it has none."""
    if not installments:
        return [(0, due, open_cents)]
    parts = [
        Installment(invoice_id, number, date.fromisoformat(day), Cents(cents)) for number, day, cents in installments
    ]
    eaten = spread(parts, amount - open_cents)
    return [(part.installment, part.due_date.isoformat(), cents) for part, cents in eaten if cents > 0]


def by_invoice(rows: Iterable[tuple[int, int, str, int]]) -> Mapping[int, list[tuple[int, str, int]]]:
    """Instalments by the key of their invoice."""
    found: dict[int, list[tuple[int, str, int]]] = {}
    for key, number, due, cents in rows:
        found.setdefault(key, []).append((number, due, cents))
    return found
