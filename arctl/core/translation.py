"""Receivables of other currencies in the base currency: each document at its own rate, rounded once. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from arctl.core.aging import AccountName, OpenCredit, Totals
from arctl.core.buckets import Buckets
from arctl.core.money import translate


class RatedItem(NamedTuple):
    """One open item with its document's exchange rate."""

    account: int
    invoice_id: str
    days_overdue: int
    outstanding_cents: int
    exchange_rate: str | None


class MissingRate(Exception):
    """A document in another currency has no exchange rate, so that nothing can be translated; says which."""


def translated_totals(
    base: str,
    buckets: Buckets,
    names: Mapping[int, AccountName],
    items: Sequence[RatedItem],
    credits: Sequence[OpenCredit],
    counted: tuple[int, int],
) -> Totals:
    """Open items and credits in the base currency, each document translated once, half up, at its own rate.

    `counted` is (open invoices, customers), which need no translation. Buckets hold open items, as under separate credits.
    Raises MissingRate.
    """
    cents = [0] * len(buckets.keys)
    open_of: dict[tuple[int, str], list[RatedItem]] = {}
    for item in items:
        open_of.setdefault((item.account, item.invoice_id), []).append(item)
    for (account, invoice), shares in open_of.items():
        currency = names[account].currency
        rate = _rate(shares[0].exchange_rate, currency, base, f"invoice {invoice}")
        left: int = translate(sum(share.outstanding_cents for share in shares), rate, currency, base)
        # The document is rounded once: its last instalment takes what rounding each of the others left over.
        for share in shares[:-1]:
            part = translate(share.outstanding_cents, rate, currency, base)
            cents[buckets.index(share.days_overdue)] += part
            left -= part
        cents[buckets.index(shares[-1].days_overdue)] += left
    unapplied = sum(
        translate(
            credit.cents,
            _rate(credit.exchange_rate, names[credit.account].currency, base, f"{credit.source_type} {credit.id}"),
            names[credit.account].currency,
            base,
        )
        for credit in credits
    )
    return Totals(base, tuple(cents), sum(cents), unapplied, *counted)


def _rate(given: str | None, currency: str, base: str, document: str) -> str:
    if currency == base:
        return "1"
    if given is None:
        raise MissingRate(f"{document} in {currency} has no exchange rate")
    return given


def realised_fx(applications: Iterable[tuple[str, str, int, str | None, str | None]], base: str) -> int:
    """Gain (or loss, below zero) in base cents: what was applied, at the receipt's rate less at the invoice's.

    Raises MissingRate.
    """
    gain = 0
    for _, currency, cents, invoice_rate, source_rate in applications:
        if invoice_rate is None or source_rate is None:
            raise MissingRate(f"an applied document in {currency} has no exchange rate")
        gain += translate(cents, source_rate, currency, base) - translate(cents, invoice_rate, currency, base)
    return gain
