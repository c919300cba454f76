"""What a customer's order is held against before anybody is asked about it: who ordered, prices, terms, duplicates, credit. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from arctl.core.incoming_order import Order, OrderLine, Party, Problem, line_cents, rate_text, read_number
from arctl.core.money import format_amount, minor_digits
from arctl.core.po_number import po_number
from arctl.core.terms import parse_terms

_BUYERS = ("BY", "OB", "BT", "PR", "ST")
"""N101 of whoever may be our customer, best first: buyer, ordered by, bill to, payer, ship to."""
_OURS = ("91", "ZZ")
"""N103 where N104 is a number that we gave: assigned by the seller, or mutually defined."""
_WORDS = re.compile(r"\w+")


class Customer(NamedTuple):
    """A customer of the company, as the ledger knows it."""

    key: int
    id: str
    name: str
    terms: str | None
    credit_limit_cents: int | None
    currency: str
    on_hold: bool
    active: bool


class Rate(NamedTuple):
    """What an item was last sold for (millionths), on which day (ISO), by which order; `own` tells: to this very customer."""

    rate_micro: int
    on: str
    document: str
    own: bool


class Known(NamedTuple):
    """What the ledger knows of the orders that came in.

    `rates` are by (customer_id, item_code), and of others by ("", item_code); `ordered` the sales orders by (customer_id, PO# in
    its one form): (number, date) each; `taken` what waits or was pushed, by key, in words; `balances` net cents by
    (customer_id, currency).
    """

    rates: Mapping[tuple[str, str], Rate]
    items: frozenset[str]
    ordered: Mapping[tuple[str, str], Sequence[tuple[str, str]]]
    taken: Mapping[str, str]
    balances: Mapping[tuple[str, str], int]


class Incoming(NamedTuple):
    """An order and the file that it stands in."""

    file: str
    order: Order


class Unfit(NamedTuple):
    """What of a file is not staged, and why. `control` tells that it could be read and a control refuses it; `remedy` what to
    do about it, where that is not to have it sent again."""

    file: str
    problem: Problem
    control: bool = False
    remedy: str = ""


class Matched(NamedTuple):
    """An order with its customer, and by what that was recognised. `number` is its PO# in its one form, `key` tells the order from
    every other one: the customer, that number, and the release."""

    file: str
    order: Order
    customer: Customer
    how: str
    remarks: tuple[str, ...]
    number: str
    key: str


_UNSAFE = re.compile(r"[^0-9A-Za-z_.~-]")


@lru_cache(maxsize=65_536)
def _quoted(part: str) -> str:
    """Without a sign that keys or addresses read, as in an address (RFC 3986)."""
    return _UNSAFE.sub(_percent, part)


def _percent(sign: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in sign[0].encode())


def one_form(po: str) -> str:
    """A PO# as all its spellings agree in it; itself, where it is made of nothing that tells."""
    return po_number(po) or po.upper()


class CheckedLine(NamedTuple):
    """A line, its item as the ledger knows it where it does, its amount, and the rate it was last sold for."""

    line: OrderLine
    item_code: str
    cents: int | None
    last: Rate | None
    remark: str


class Checked(NamedTuple):
    """An order that can be staged: `key` tells it from every other one, `remarks` are what a reviewer should look at first."""

    file: str
    order: Order
    customer: Customer
    how: str
    key: str
    currency: str
    lines: tuple[CheckedLine, ...]
    total_cents: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the contract sets: by how many hundredths of a percent a price may differ from the last one without a remark.

    `accept` is a person's reason for taking in a PO# that the ERP has an order of.
    """

    price_tolerance_bp: int = 0
    accept: str = ""


@dataclass(slots=True)
class Directory:
    """The company's customers, by id and by name."""

    by_id: Mapping[str, Customer]
    by_name: dict[str, list[Customer]] = field(default_factory=dict)

    @classmethod
    def of(cls, customers: Iterable[Customer]) -> "Directory":
        """Of these customers."""
        found = cls({each.id: each for each in customers})
        for each in found.by_id.values():
            found.by_name.setdefault(_folded(each.name), []).append(each)
        return found

    def match(self, incoming: Incoming) -> Matched | Unfit:
        """Whose order it is: by our own number, else by a name that is one customer's, else by a number that is somebody else's."""
        order = incoming.order
        if order.customer_id:
            customer = self.by_id.get(order.customer_id)
            if customer is None:
                close = get_close_matches(order.customer_id, self.by_id, n=1)
                return _unknown(incoming, f"there is no customer {order.customer_id}", close)
            return _matched(incoming, customer, "customer_id", _misnamed(customer, order.parties))
        parties = [each for each in order.parties if each.role in _BUYERS]
        if len(parties) > 1:
            parties.sort(key=_standing)
        for each in parties:
            customer = self.by_id.get(each.id) if each.id and each.qualifier in _OURS else None
            if customer is not None:
                how = f"{each.role} {each.qualifier} {each.id}"
                return _matched(incoming, customer, how, _misnamed(customer, [each]))
        for each in parties:
            named = self.by_name.get(_folded(each.name), []) if each.name else []
            if len(named) > 1:
                ids = ", ".join(one.id for one in named)
                return _unknown(incoming, f"{each.name!r} is the name of several customers: {ids}", [])
            if named:
                return _matched(incoming, named[0], f"{each.role} name", ())
        return self._by_their_number(incoming, parties)

    def _by_their_number(self, incoming: Incoming, parties: Sequence[Party]) -> Matched | Unfit:
        for each in parties:
            customer = self.by_id.get(each.id) if each.id else None
            if customer is not None:
                remark = f"recognised by {each.id} alone, which N103 {each.qualifier or '(empty)'} does not call ours"
                how = f"{each.role} {each.qualifier} {each.id}"
                return _matched(incoming, customer, how, (remark, *_misnamed(customer, [each])))
        if not parties:
            return _unknown(incoming, "it names no buyer (N1 BY, BT or ST)", [])
        named = ", ".join(dict.fromkeys(" ".join(filter(None, (each.name, each.id))) for each in parties))
        close = get_close_matches(_folded(parties[0].name), self.by_name, n=1) if parties[0].name else []
        return _unknown(incoming, f"no customer is known as {named}", [self.by_name[each][0].name for each in close])


def _standing(party: Party) -> int:
    return _BUYERS.index(party.role)


@lru_cache(maxsize=65_536)
def _folded(name: str) -> str:
    return " ".join(_WORDS.findall(name.casefold()))


def _unknown(incoming: Incoming, why: str, close: Sequence[str]) -> Unfit:
    element = "customer_id" if incoming.order.customer_id else "N1" if incoming.order.place else "customer"
    hint = f"; did they mean {close[0]}?" if close else ""
    problem = Problem(incoming.order.place, None, element, f"{why}{hint}")
    return Unfit(incoming.file, problem, remedy="name a customer that the ledger knows; `arctl sync` brings new ones")


def _misnamed(customer: Customer, parties: Iterable[Party]) -> tuple[str, ...]:
    names = (each.name for each in parties if each.name and _folded(each.name) != _folded(customer.name))
    return tuple(f"calls itself {name!r}, and {customer.id} is {customer.name!r}" for name in names)


def _matched(incoming: Incoming, customer: Customer, how: str, remarks: tuple[str, ...]) -> Matched:
    order = incoming.order
    number = one_form(order.po)
    key = ":".join(("salesOrder", _quoted(customer.id), _quoted(number), _quoted(order.release.upper())))
    return Matched(*incoming, customer, how, remarks, number, key)


def check_all(
    found: Iterable[Matched], known: Known, rules: Rules, base_currency: str, day: str
) -> tuple[list[Checked], list[Unfit]]:
    """Every order that can be staged, with what is to be said of it, and those that a control refuses; in their order.

    `day` is ISO. Credit counts what the orders before it in the same batch take.
    """
    fit: list[Checked] = []
    unfit: list[Unfit] = []
    places: dict[str, str] = {}
    used: dict[tuple[str, str], int] = {}
    for each in found:
        key = each.key
        earlier = known.taken.get(key) or places.get(key)
        again, remarks = _ordered(each, known, rules)
        refused = f"is in already: {earlier}" if earlier else again
        if refused:
            said = f"PO# {_named(each.order)} of {each.customer.id} {refused}"
            remedy = "decide on that one first" if earlier else 'if it is another order all the same: --accept "reason"'
            unfit.append(Unfit(each.file, Problem(each.order.place, None, "", said), True, remedy))
            continue
        places[key] = f"{each.file}, {each.order.place}".removesuffix(", ")
        checked = _checked(each, key, known, rules, base_currency, day, remarks)
        account = (each.customer.id, checked.currency)
        used[account] = used.get(account, 0) + checked.total_cents
        over = _over_limit(checked, known.balances.get(account, 0), used[account])
        fit.append(checked._replace(remarks=(over, *checked.remarks)) if over else checked)
    return fit, unfit


def _named(order: Order) -> str:
    return f"{order.po} release {order.release}" if order.release else order.po


def _ordered(found: Matched, known: Known, rules: Rules) -> tuple[str, list[str]]:
    """Why its PO# refuses it, where the ERP has an order of it; else what is to be said of those orders."""
    order = found.order
    same = known.ordered.get((found.customer.id, found.number), ())
    if not same:
        return "", []
    orders = ", ".join(f"{name} of {on}" for name, on in same)
    if order.release:
        return "", [f"other orders carry this PO#: {orders}"]
    if rules.accept:
        return "", [f"PO# ordered before: {orders}; taken in all the same: {rules.accept}"]
    return f"was ordered before: {orders}", []


def _checked(
    found: Matched, key: str, known: Known, rules: Rules, base_currency: str, day: str, remarks: list[str]
) -> Checked:
    order, customer = found.order, found.customer
    currency = order.currency or customer.currency or base_currency
    digits = minor_digits(currency)
    lines = tuple([_line(each, customer.id, known, rules.price_tolerance_bp, digits) for each in order.lines])
    total = sum([each.cents for each in lines if each.cents is not None])
    if customer.on_hold:
        remarks.append("the customer is on hold")
    if not customer.active:
        remarks.append("the customer is inactive")
    remarks += found.remarks
    remarks += [f"line {each.line.number} {each.item_code}: {each.remark}" for each in lines if each.remark]
    remarks += _terms(order, customer)
    if order.currency and customer.currency and order.currency != customer.currency:
        remarks.append(f"in {order.currency}, and the customer is invoiced in {customer.currency}")
    if order.stated and read_number(order.stated) != read_number(_plain(total, digits)):
        remarks.append(f"its own total is {order.stated}, and the lines come to {format_amount(total, currency)}")
    late = min([each for each in (order.ship_on, *[one.ship_on for one in order.lines]) if each] or [day])
    if late < day:
        remarks.append(f"asks to be shipped on {late}, which is past")
    remarks += order.remarks
    return Checked(found.file, order, customer, found.how, key, currency, lines, total, tuple(remarks))


def _plain(cents: int, digits: int) -> str:
    whole, part = divmod(cents, 10**digits)
    return f"{whole}.{part:0{digits}d}" if digits else str(whole)


def _line(line: OrderLine, customer_id: str, known: Known, tolerance_bp: int, digits: int) -> CheckedLine:
    _, codes, quantity, _, rate, _, _ = line
    items, rates = known.items, known.rates
    code = codes[0][1]
    if code not in items:
        code = next((each for _, each in codes if each in items), code)
        if code not in items:
            cents = None if rate is None else line_cents(quantity, rate, digits)
            return CheckedLine(line, code, cents, None, f"unknown item{', has no price' if rate is None else ''}")
    last = rates.get((customer_id, code)) or rates.get(("", code))
    if rate is None:
        return CheckedLine(line, code, None, last, f"has no price{f'; last {_told(last)}' if last else ''}")
    cents = line_cents(quantity, rate, digits)
    if last is None:
        return CheckedLine(line, code, cents, None, "never sold before: no price to compare")
    if abs(rate - last[0]) * 10_000 > tolerance_bp * last[0]:
        return CheckedLine(line, code, cents, last, f"{rate_text(rate)}, last {_told(last)}")
    return CheckedLine(line, code, cents, last, "")


def _told(last: Rate) -> str:
    return f"{rate_text(last.rate_micro)} on {last.on} ({last.document}{'' if last.own else ', another customer'})"


def _terms(order: Order, customer: Customer) -> list[str]:
    """Terms are the same where their words are, or the due date that they give and no discount stands in either."""
    if not order.terms or order.terms == customer.terms:
        return []
    asked, ours = " ".join(order.terms.lower().split()), " ".join((customer.terms or "").lower().split())
    if asked == ours:
        return []
    same = parse_terms(asked) is not None and parse_terms(asked) == parse_terms(ours)
    if same and not any(sign in each for each in (asked, ours) for sign in "%/"):
        return []
    return [f"asks for terms {order.terms}; the customer's are {customer.terms or 'not known'}"]


def _over_limit(checked: Checked, balance: int, used: int) -> str:
    """A warning where the open balance and the orders of this batch exceed the credit limit (in the customer's currency)."""
    limit, customer = checked.customer.credit_limit_cents, checked.customer
    if limit is None or (customer.currency and customer.currency != checked.currency) or balance + used <= limit:
        return ""
    said = (format_amount(cents, checked.currency) for cents in (limit, balance, used))
    return "over the credit limit of {}: {} open and {} ordered now".format(*said)
