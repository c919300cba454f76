"""What was learnt since: documents by which two states of knowledge of one day differ, each with its cents. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

Documents = Mapping[tuple[str, str], "Facts"]


class Facts(NamedTuple):
    """One document as it was known: whether it counts by itself on the day, what it moves and what it hangs on.

    `company` and `currency` are its own for invoices, payments and credit memos; what hangs on one takes that one's. `fields` is
    a JSON object of what else a reader would want to hear of when it changes.
    """

    id: str
    counts: int
    closed: int
    company: int
    currency: str
    cents: int
    discount_cents: int
    invoice_key: int
    source_key: int
    fields: str


class Effect(NamedTuple):
    """What a document does to one company's receivables in one currency: cents on open invoices, cents on what is unapplied."""

    currency: str
    open_cents: int
    unapplied_cents: int


@dataclass(frozen=True, slots=True)
class Drift:
    """One document by which the day's figures differ; `cents` is what it changes of net receivables."""

    document: str
    change: str
    currency: str
    open_cents: int
    unapplied_cents: int

    @property
    def cents(self) -> int:
        """The change of open invoices less that of unapplied credit."""
        return self.open_cents - self.unapplied_cents


def drifts(company: int, before: Documents, after: Documents) -> list[Drift]:
    """Documents whose effect on the company's figures changed, and those that merely look different now, by name.

    The effects of all documents sum to the figures, so the changes sum to the whole difference.
    """
    found = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        old, new = _effect(company, key[0], was, before), _effect(company, key[0], now, after)
        change = _change(was, now, old, new)
        if change is None:
            continue
        name = _name(key[0], now or was, before, after)
        if old.currency != new.currency and old.currency and new.currency:
            found.append(Drift(name, change, old.currency, -old.open_cents, -old.unapplied_cents))
            old = Effect(new.currency, 0, 0)
        found.append(
            Drift(
                name,
                change,
                new.currency or old.currency,
                new.open_cents - old.open_cents,
                new.unapplied_cents - old.unapplied_cents,
            )
        )
    return sorted(found, key=lambda each: (each.currency, -abs(each.cents), -abs(each.open_cents), each.document))


def _effect(company: int, kind: str, facts: Facts | None, documents: Documents) -> Effect:
    """What the document does while the documents it hangs on count as well; nothing where it is another company's."""
    if facts is None:
        return Effect("", 0, 0)
    invoice = documents.get(("invoice", str(facts.invoice_key)))
    source = documents.get(("source", str(facts.source_key)))
    owner = invoice if kind in ("invoice", "application", "write-off") else source
    if owner is None or owner.company != company:
        return Effect("", 0, 0)
    if kind == "invoice":
        moved = (facts.cents, 0)
    elif kind == "source":
        moved = (0, facts.cents)
    elif kind == "application":
        both = source is not None and source.counts and owner.counts
        moved = (-(facts.cents + facts.discount_cents), -facts.cents) if both else (0, 0)
    elif kind == "refund":
        moved = (0, -facts.cents)
    else:
        moved = (-facts.cents, 0) if owner.counts else (0, 0)
    return Effect(owner.currency, *moved) if facts.counts else Effect(owner.currency, 0, 0)


def _change(was: Facts | None, now: Facts | None, old: Effect, new: Effect) -> str | None:
    """In words what became of the document; None where nothing of it shows in the day's figures."""
    moved = (old.open_cents, old.unapplied_cents) != (new.open_cents, new.unapplied_cents) or (
        old.currency != new.currency and any((*old[1:], *new[1:]))
    )
    if now is None or (was is None and not moved):
        return None
    if was is None:
        return "arrived"
    fields = _fields(was, now)
    if not moved and not (fields and any((*old[1:], *new[1:]))):
        return None
    if now.closed and not was.closed:
        return "gone from the ERP"
    if (was.cents, was.discount_cents) != (now.cents, now.discount_cents):
        fields.insert(0, "amount")
    if fields:
        return f"changed: {', '.join(fields)}"
    return "counts now" if any(new[1:]) else "no longer counts"


def _fields(was: Facts, now: Facts) -> list[str]:
    old, new = json.loads(was.fields), json.loads(now.fields)
    return [f"{name} {_shown(old[name])} → {_shown(new[name])}" for name in new if old[name] != new[name]]


def _shown(value: object) -> str:
    return "none" if value in (None, "") else str(value)


def _name(kind: str, facts: Facts | None, before: Documents, after: Documents) -> str:
    if facts is None:
        return kind

    def of(key: tuple[str, str]) -> str:
        known = after.get(key) or before.get(key)
        return known.id if known else "unknown"

    if kind == "source":
        return facts.id
    if kind == "application":
        source, invoice = of(("source", str(facts.source_key))), of(("invoice", str(facts.invoice_key)))
        return f"application of {source} to invoice {invoice}"
    return f"{kind} {facts.id}"


def reclassified(before: Mapping[str, int], after: Mapping[str, int]) -> list[Drift]:
    """The excess of over-applied invoices, cents by currency: it is credit and not below zero on the invoice, net the same."""
    moved = {
        currency: after.get(currency, 0) - before.get(currency, 0) for currency in sorted(before.keys() | after.keys())
    }
    return [
        Drift("over-applied invoices", "their excess is credit", currency, cents, cents)
        for currency, cents in moved.items()
        if cents
    ]


def sums(found: list[Drift]) -> dict[str, tuple[int, int]]:
    """Changes of open invoices and of what is unapplied, cents, by currency."""
    totals: dict[str, tuple[int, int]] = {}
    for each in found:
        opened, unapplied = totals.get(each.currency, (0, 0))
        totals[each.currency] = (opened + each.open_cents, unapplied + each.unapplied_cents)
    return totals
