"""Month-end evidence as values: open items and credits in, customers' headers, canonical content and hashes out. Pure."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeVar

from arctl.core.buckets import FIVE

FORM = 1
"""The number of the canonical form below; evidence written in an earlier form would be read by the code for that form."""

AGING_VERSION = 1
"""Raised whenever the rules of aging change what a snapshot holds, so that the hash of the logic changes with them."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

Estimate = Callable[[Sequence[int], int], int]
"""Cents not expected to be collected, of one customer's five gross buckets and unapplied credit (cents)."""


class Line(NamedTuple):
    """One open item. Sorted as they stand, lines are in the order of the content."""

    currency: str
    customer_id: str
    invoice_id: str
    installment: int
    tranid: str | None
    invoice_date: str
    due_date: str
    days_overdue: int
    outstanding_cents: int
    disputed: str
    customer_key: int
    invoice_key: int


class Credit(NamedTuple):
    """What was left of a payment or credit memo, or the excess of an over-applied invoice; below zero: over-applied."""

    currency: str
    customer_id: str
    source_type: str
    source_id: str
    source_date: str
    kind: str
    left_cents: int
    customer_key: int
    source_key: int


class Header(NamedTuple):
    """One customer in one currency, cents; `hash` is that of the customer's part of the content."""

    currency: str
    customer_key: int
    customer_id: str
    customer_name: str
    buckets: tuple[int, ...]
    unapplied: int
    estimate: int
    max_days_overdue: int
    open_invoices: int
    hash: str

    @property
    def outstanding(self) -> int:
        """The sum of the buckets."""
        return sum(self.buckets)

    @property
    def percentage(self) -> str:
        """The estimate in per cent of what is outstanding, two decimals, half up."""
        return percentage(self.estimate, self.outstanding)


_Row = TypeVar("_Row", Line, Credit)


@dataclass(frozen=True, slots=True)
class Content:
    """What a snapshot says, and its hash: SHA-256 over the lines of `canonical`, each followed by a line feed."""

    headers: Sequence[Header]
    lines: Sequence[Line]
    credits: Sequence[Credit]
    hash: str


def percentage(part: int, whole: int) -> str:
    """`part` of `whole` in per cent with two decimals, half up; 0.00 of nothing."""
    hundredths = (20_000 * part + whole) // (2 * whole) if whole else 0
    return f"{hundredths // 100}.{hundredths % 100:02}"


def compose(
    company: str,
    day: str,
    lines: Iterable[Line],
    credits: Iterable[Credit],
    names: Mapping[int, str],
    estimate: Estimate,
) -> Content:
    """The evidence of one company and day (ISO). `names`: customer key -> name as it was known.

    Every customer with an open item or a credit in a currency gets a header, by currency and customer id, also where the
    credits cancel out: each credit is on a line, and each line hangs on a header.
    """
    kept, ordered_credits = sorted(lines), sorted(credits)
    items = _by_customer(kept)
    spare = _by_customer(ordered_credits)
    whole = sha256(opening(company, day))
    headers = []
    for key in sorted(items.keys() | spare.keys()):
        own, free = items.get(key, []), spare.get(key, [])
        buckets = [0] * len(FIVE.keys)
        for line in own:
            buckets[FIVE.index(line.days_overdue)] += line.outstanding_cents
        unapplied = sum(credit.left_cents for credit in free)
        customer_key = (own or free)[0].customer_key
        estimated = estimate(buckets, unapplied)
        overdue = max((line.days_overdue for line in own), default=0)
        part = canonical(names[customer_key], buckets, unapplied, estimated, own, free)
        whole.update(part)
        headers.append(
            Header(
                *(key[0], customer_key, key[1], names[customer_key], tuple(buckets), unapplied, estimated),
                max(overdue, 0),
                len({line.invoice_id for line in own}),
                sha256(part).hexdigest(),
            )
        )
    return Content(headers, kept, ordered_credits, whole.hexdigest())


def opening(company: str, day: str) -> bytes:
    """The first line of the content: its form, and what it is of."""
    return f"{_encode({'arctl_snapshot': FORM, 'company': company, 'date': day})}\n".encode()


def written(company: str, day: str, content: Content) -> Iterator[bytes]:
    """The content that was hashed, part by part, of evidence as it stands: its headers are taken as they are.

    SHA-256 over all parts is `content.hash`, unless somebody changed what stands. Headers, lines and credits must be in
    the order in which `compose` left them.
    """
    yield opening(company, day)
    items, spare = _by_customer(content.lines), _by_customer(content.credits)
    for header in content.headers:
        key = (header.currency, header.customer_id)
        own, free = items.pop(key, []), spare.pop(key, [])
        if own or free:
            yield canonical(header.customer_name, header.buckets, header.unapplied, header.estimate, own, free)
        else:  # a header with nothing under it was never written, and must not pass unseen
            yield f"{_encode(header)}\n".encode()
    for key in sorted(items.keys() | spare.keys()):  # nor must what hangs on no header
        yield canonical("", (), 0, 0, items.get(key, []), spare.get(key, []))


def _by_customer(rows: Sequence[_Row]) -> dict[tuple[str, str], list[_Row]]:
    """Sorted rows by (currency, customer id)."""
    return {(key[0], key[1]): list(group) for key, group in groupby(rows, key=itemgetter(0, 1))}


def canonical(
    name: str, buckets: Sequence[int], unapplied: int, estimate: int, lines: Sequence[Line], credits: Sequence[Credit]
) -> bytes:
    """One customer's part of the content: a JSON array on a line of its own."""
    first = (lines or credits)[0]
    return (
        _encode(
            [
                [*first[:2], name, *buckets, sum(buckets), unapplied, estimate],
                [[*line[2:8], bucket_of(line), *line[8:10]] for line in lines],
                [credit[2:7] for credit in credits],
            ]
        )
        + "\n"
    ).encode("utf-8", "surrogatepass")


def bucket_of(line: Line) -> str:
    """The house bucket of an open item."""
    return FIVE.name(line.days_overdue)
