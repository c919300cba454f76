"""Payment terms: their text as operators write it, and the due date it gives; nothing is known of balances."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from arctl.core.dates import month_end
from arctl.core.documents import Invoice

# The discount in front ("2% 10", "2/10") is what an early payer may deduct; it does not move the due date.
_NET = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?\s*(?:%\s*|/\s*)[0-9]+\s*,?\s*)?net\s*(?P<days>[0-9]{1,3})(?P<eom>\s+eom)?")


@dataclass(frozen=True, slots=True)
class Terms:
    """Due so many days after the invoice date, then, where asked, at the end of that month."""

    days: int
    end_of_month: bool = False

    def due(self, invoice_date: date) -> date:
        """The due date of an invoice of that date."""
        day = invoice_date + timedelta(days=self.days)
        return month_end(day) if self.end_of_month else day


def parse_terms(text: str | None) -> Terms | None:
    """Read `Net 30`, `2% 10 Net 30`, `2/10 net 30`, `Net 30 EOM`, `EOM` or `Due on receipt`; None for anything else."""
    words = " ".join((text or "").lower().split())
    if words == "due on receipt":
        return Terms(0)
    if words == "eom":
        return Terms(0, end_of_month=True)
    match = _NET.fullmatch(words)
    return Terms(int(match["days"]), end_of_month=match["eom"] is not None) if match else None


def due_date_of(invoice: Invoice, terms: str | None) -> tuple[date, bool]:
    """The invoice's due date, and whether it was missing.

    A missing one is the invoice date plus the customer's terms, or the invoice date where the terms are unknown.
    """
    if invoice.due_date is not None:
        return invoice.due_date, False
    known = parse_terms(terms)
    return (known.due(invoice.invoice_date) if known else invoice.invoice_date), True
