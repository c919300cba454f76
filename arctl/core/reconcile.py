"""Which open invoices a payment's remainder may belong to, the likeliest first, and why. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from arctl.core.po_number import words

MOST_TOGETHER = 4
MOST_TRIED = 12
"""An amount is looked for as the sum of up to four of the twelve oldest invoices; more would find sums by chance."""

MOST_SHOWN = 5


class OpenInvoice(NamedTuple):
    """An open invoice, its amounts cents, its dates ISO."""

    invoice_id: str
    tranid: str | None
    po: str | None
    customer_id: str
    currency: str
    due_date: str
    outstanding_cents: int


class Remainder(NamedTuple):
    """What of a payment is not applied at the end of a day. `relatives` are the customers of its group, parent and children."""

    payment_id: str
    tranid: str | None
    customer_id: str
    customer_name: str
    currency: str
    received_on: str
    amount_cents: int
    left_cents: int
    memo: str | None
    relatives: tuple[str, ...]


class Candidate(NamedTuple):
    """An invoice that a remainder may belong to, and why: `cents` of it would be paid."""

    invoice: OpenInvoice
    reason: str
    why: str
    cents: int


@dataclass(frozen=True, slots=True)
class Match:
    """A remainder beside the invoices it may belong to; none: it matches nothing."""

    remainder: Remainder
    candidates: tuple[Candidate, ...]


def matched(remainder: Remainder, invoices: Sequence[OpenInvoice]) -> Match:
    """The candidates of one remainder among open invoices, its own customer's and others'.

    Named in its memo; the very amount; a few that add up to it; the same amount at a relative, or at a stranger; else the
    customer's oldest. The first kind that finds any has the word, after what the memo names.
    """
    money = [each for each in invoices if each.currency == remainder.currency and each.outstanding_cents > 0]
    own = sorted((each for each in money if each.customer_id == remainder.customer_id), key=_age)
    group = sorted((each for each in money if each.customer_id in remainder.relatives), key=_age)
    named = list(_named(remainder, [*own, *group]))
    for found in (
        _exact(remainder, own, "the amount", "exactly its outstanding amount"),
        _together(remainder, own),
        _exact(remainder, group, "a relative", "exactly the outstanding amount, of a customer of the same group"),
        _exact(
            remainder,
            _strangers(remainder, money),
            "another customer",
            "exactly the outstanding amount, of another customer",
        ),
        _oldest(remainder, own or group),
    ):
        if named or found:
            known = {each.invoice.invoice_id for each in named}
            rest = [each for each in found if each.invoice.invoice_id not in known and each.reason != "the oldest"]
            return Match(remainder, tuple([*named, *(rest if named else found)][:MOST_SHOWN]))
    return Match(remainder, ())


def _age(invoice: OpenInvoice) -> tuple[str, str]:
    return invoice.due_date, invoice.invoice_id


def _strangers(remainder: Remainder, invoices: Iterable[OpenInvoice]) -> list[OpenInvoice]:
    known = {remainder.customer_id, *remainder.relatives}
    return sorted((each for each in invoices if each.customer_id not in known), key=_age)


def _candidate(remainder: Remainder, invoice: OpenInvoice, reason: str, why: str) -> Candidate:
    return Candidate(invoice, reason, why, min(remainder.left_cents, invoice.outstanding_cents))


def _named(remainder: Remainder, invoices: Iterable[OpenInvoice]) -> Iterable[Candidate]:
    told = set(words(remainder.memo))
    for each in invoices:
        names = {
            name for text in (each.invoice_id, each.tranid, each.po) for name in words(text) if len(words(text)) == 1
        }
        if told & names:
            yield _candidate(remainder, each, "named", f"its memo names it: {remainder.memo}")


def _exact(remainder: Remainder, invoices: Iterable[OpenInvoice], reason: str, why: str) -> list[Candidate]:
    return [
        _candidate(remainder, each, reason, why) for each in invoices if each.outstanding_cents == remainder.left_cents
    ]


def _together(remainder: Remainder, invoices: Sequence[OpenInvoice]) -> list[Candidate]:
    tried = [each for each in invoices if each.outstanding_cents < remainder.left_cents][:MOST_TRIED]
    for count in range(2, MOST_TOGETHER + 1):
        for some in combinations(tried, count):
            if sum(each.outstanding_cents for each in some) == remainder.left_cents:
                why = f"the {count} together are exactly the remainder"
                return [_candidate(remainder, each, "together", why) for each in some]
    return []


def _oldest(remainder: Remainder, invoices: Sequence[OpenInvoice]) -> list[Candidate]:
    left, found = remainder.left_cents, []
    for each in invoices[:MOST_SHOWN]:
        if left <= 0:
            break
        cents = min(left, each.outstanding_cents)
        found.append(Candidate(each, "the oldest", "nothing fits: the oldest open ones first", cents))
        left -= cents
    return found
