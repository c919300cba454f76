"""What a decision to dun rests on: an account as values, its facts for hashing, and what changed between two of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from arctl.core.dunning import PLACED, DunningTerms, terms_facts
from arctl.core.money import format_amount

HOUSE_TERMS = DunningTerms()
ItemKey = tuple[int, int]
"""(invoice_key, installment)."""


class DunningItem(NamedTuple):
    """One open item; installment 0 is an invoice without. `number` is what the customer knows it by, `po` their own PO# (or
    empty). Dates are ISO, cents in the account's currency."""

    invoice_key: int
    invoice_id: str
    installment: int
    number: str
    po: str
    invoice_date: str
    due_date: str
    outstanding_cents: int
    disputed: bool

    @property
    def key(self) -> ItemKey:
        """By what the ledger knows it."""
        return self.invoice_key, self.installment


OLDEST_FIRST = attrgetter("due_date", "invoice_id", "installment")
"""The order in which items are listed."""


class Covered(NamedTuple):
    """How far dunning took an item: the highest threshold (0 to 3) and bucket (0 to 4) at which an action named it, or a person
    decided that none should (`refused`: that came last); `on` (ISO) is the last day of either."""

    step: int
    bucket: int
    on: str | None = None
    refused: bool = False


class Credit(NamedTuple):
    """Unapplied credit: a payment, a credit memo, or an over-applied invoice (source type `invoice`); cents."""

    source_type: str
    id: str
    cents: int


@dataclass(frozen=True, slots=True)
class Account:
    """What one customer has open in one currency with one company at the end of a day, and what was done about it before.

    `items` are all open ones, by due date; `contacts` counts the letters and calls so far, `last_contact` (ISO) is the latest of
    them in any currency, and `last_contact_here` in this one; `last_tier` and `last_email` are the latest letter's in this
    currency. `snoozed_until` (ISO) is the first day on which it may be planned again. `placement_decided` holds the items
    (invoice id, installment) that an earlier, decided placement proposal named, `cash_task_facts` the facts' hash of the latest
    decided task to apply cash first.
    """

    customer_key: int
    customer_id: str
    customer_name: str
    email: str | None
    sales_rep: str | None
    sales_rep_email: str | None
    currency: str
    items: tuple[DunningItem, ...] = ()
    unapplied: tuple[Credit, ...] = ()
    covered: Mapping[ItemKey, Covered] = field(default_factory=dict)
    last_contact: str | None = None
    contacts: int = 0
    last_tier: str | None = None
    last_email: str | None = None
    terms: DunningTerms = HOUSE_TERMS
    on_hold: bool = False
    snoozed_until: str | None = None
    last_contact_here: str | None = None
    placement_decided: frozenset[tuple[str, int]] = frozenset()
    cash_task_facts: str | None = None
    promised_until: str | None = None
    promise_broken: bool = False

    @property
    def placed(self) -> str | None:
        """A key of dunning.PLACED, or None."""
        return self.terms.placed

    @property
    def unapplied_cents(self) -> int:
        """Unapplied credit, not below 0: what was over-refunded is no reason to ask for more than the items."""
        return max(sum(credit.cents for credit in self.unapplied), 0)


Facts = dict[str, Any]
"""JSON, and the same for the same facts: see `facts`."""


def facts(account: Account, items: Iterable[DunningItem]) -> Facts:
    """What a decision about these items rests on, to be frozen and hashed.

    `items` (invoice_id, installment, number, outstanding_cents, due_date, disputed), `unapplied` (type, id, cents), `on_hold`,
    `recipients`, `config` (the terms in force), `promise`; not the passing of days, nor anything about other items.
    """
    return _facts(account, sorted(map(_item_facts, items), key=_by_item))


def facts_now(account: Account, named_items: Iterable[Mapping[str, Any]]) -> Facts:
    """The same facts by the ledger's word of now, for the items that earlier facts named (`before["items"]`).

    An item that is not open any more has outstanding_cents 0 and keeps the rest.
    """
    now = {(item.invoice_id, item.installment): item for item in account.items}
    items = []
    for named in named_items:
        item = now.get(_by_item(named))
        items.append({**named, "outstanding_cents": 0} if item is None else _item_facts(item))
    return _facts(account, sorted(items, key=_by_item))


def _facts(account: Account, items: Sequence[Mapping[str, Any]]) -> Facts:
    return {
        "customer_id": account.customer_id,
        "currency": account.currency,
        "items": items,
        "unapplied": [[credit.source_type, credit.id, credit.cents] for credit in account.unapplied],
        "on_hold": account.on_hold,
        "recipients": [account.email] if account.email else [],
        "promise": account.promised_until,
        "config": terms_facts(account.terms),
    }


def _item_facts(item: DunningItem) -> dict[str, Any]:
    return {
        "invoice_id": item.invoice_id,
        "installment": item.installment,
        "number": item.number,
        "outstanding_cents": item.outstanding_cents,
        "due_date": item.due_date,
        "disputed": item.disputed,
    }


def _by_item(item: Mapping[str, Any]) -> tuple[str, int]:
    return item["invoice_id"], item["installment"]


def is_paid(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether something was asked for, and nothing of it is open any more."""
    return any(_open_by_item(before).values()) and not any(_open_by_item(now).values())


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What moved between two facts of the same items, in words: `INV-7 paid`, `INV-8 part-paid: 90.00 -> 40.00`. Empty where
    nothing did."""
    currency = str(before["currency"])
    later = {_by_item(item): item for item in now["items"]}
    found = []
    for item in before["items"]:
        found += _item_changes(item, later.get(_by_item(item)), currency)
    was, is_ = _credit(before), _credit(now)
    if before["unapplied"] != now["unapplied"]:
        amounts = f"{format_amount(was, currency)} -> {format_amount(is_, currency)}"
        found.append(f"unapplied credit {amounts}" if was != is_ else "unapplied credit comes from other documents")
    if before["on_hold"] != now["on_hold"]:
        found.append("put on hold" if now["on_hold"] else "hold released")
    if before["recipients"] != now["recipients"]:
        found.append(f"e-mail changed: {_listed(before['recipients'])} -> {_listed(now['recipients'])}")
    if before["promise"] != now["promise"]:
        found.append(f"promised to pay by {now['promise']}" if now["promise"] else "the promise is over")
    return found + _config_changes(before["config"], now["config"])


def _item_changes(item: Mapping[str, Any], later: Mapping[str, Any] | None, currency: str) -> list[str]:
    name = f"{item['number']}, instalment {item['installment']}," if item["installment"] else str(item["number"])
    before, now = item["outstanding_cents"], 0 if later is None else later["outstanding_cents"]
    if later is None or (before and not now):
        return [f"{name} paid"]
    found = []
    if before != now:
        moved = f"{format_amount(before, currency)} -> {format_amount(now, currency)}"
        found.append(f"{name} part-paid: {moved}" if now < before else f"{name} owes more: {moved}")
    if item["due_date"] != later["due_date"]:
        found.append(f"{name} due date moved: {item['due_date']} -> {later['due_date']}")
    if item["disputed"] != later["disputed"]:
        found.append(f"{name} disputed" if later["disputed"] else f"{name} no longer disputed")
    if item["number"] != later["number"]:
        found.append(f"{name} renumbered: {later['number']}")
    return found


def _config_changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    found = []
    for key in sorted({*before, *now}):
        was, is_ = before.get(key), now.get(key)
        if was == is_:
            continue
        if key == "placed":
            found.append(PLACED.get(str(is_), "placement withdrawn"))
        else:
            found.append(f"dunning config changed: {key} {_said(was)} -> {_said(is_)}")
    return found


def _said(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _open_by_item(facts: Mapping[str, Any]) -> dict[tuple[str, int], int]:
    return {_by_item(item): item["outstanding_cents"] for item in facts["items"]}


def _credit(facts: Mapping[str, Any]) -> int:
    cents: int = sum(left for _, _, left in facts["unapplied"])
    return max(cents, 0)


def _listed(addresses: Sequence[str]) -> str:
    return ", ".join(addresses) or "none"
