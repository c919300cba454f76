"""Remainders beside their candidates, for people and for programs. Decides nothing."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from arctl.core.money import format_amount
from arctl.core.reconcile import Match
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json

_COLUMNS = (
    Column("Payment", "payment_id"),
    Column("Received", "received_on"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("Left", "left_cents", money=True),
    Column("", "currency"),
    Column("Invoice", "invoice_id"),
    Column("Of", "invoice_customer_id"),
    Column("Due", "due_date"),
    Column("Outstanding", "outstanding_cents", money=True),
    Column("Why", "why", flexible=True),
)


def write_matches(matches: Sequence[Match], form: str, stream: TextIO) -> None:
    """A line per candidate. `form` is table, json, csv or md; amounts in JSON and CSV are cents."""
    if form == "json":
        write_json([_object(each) for each in matches], stream)
        return
    if form == "csv":
        write_csv(_COLUMNS, [row for each in matches for row in _rows(each, raw=True)], stream)
        return
    rows = [row for each in matches for row in _rows(each)]
    alone = sum(1 for each in matches if not each.candidates)
    notes = [f"{alone} of {len(matches)} remainders match no open invoice"] if alone else []
    write_for_people(Sheet("", _COLUMNS, rows, None, notes), form, stream)


def _rows(match: Match, raw: bool = False) -> Iterator[list[str]]:
    left = match.remainder
    amount = str if raw else lambda cents: format_amount(cents, left.currency)
    own = [
        left.payment_id,
        left.received_on,
        left.customer_id,
        left.customer_name,
        amount(left.left_cents),
        left.currency,
    ]
    if not match.candidates:
        yield [*own, "", "", "", "", "matches no open invoice: refund it, or ask the customer"]
    for number, each in enumerate(match.candidates):
        of = each.invoice
        first = own if raw or number == 0 else [""] * len(own)
        yield [*first, of.invoice_id, of.customer_id, of.due_date, amount(of.outstanding_cents), each.why]


def _object(match: Match) -> dict[str, object]:
    left = match.remainder
    return {
        "payment_id": left.payment_id, "tranid": left.tranid, "customer_id": left.customer_id, "customer_name": left.customer_name,
        "received_on": left.received_on, "currency": left.currency, "amount_cents": left.amount_cents, "left_cents": left.left_cents,
        "memo": left.memo,
        "candidates": [
            {"invoice_id": each.invoice.invoice_id, "tranid": each.invoice.tranid, "customer_id": each.invoice.customer_id,
             "due_date": each.invoice.due_date, "outstanding_cents": each.invoice.outstanding_cents, "reason": each.reason,
             "why": each.why, "apply_cents": each.cents} for each in match.candidates
        ],
    }  # fmt: skip
