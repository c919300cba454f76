"""An X12 850 purchase order (versions 4010 and later) as an order: each segment by its elements, refused where one cannot be.

What the order rests on is read exactly or refused: BEG, CUR, DTM, ITD, N1 loops, PO1, CTT, AMT. Segments that change what is owed
or shipped and are not read (SAC, SLN, SDQ and such) are named to the reviewer. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from arctl.core.incoming_order import Order, OrderLine, Party, Problem, number_text, read_date, read_number
from arctl.core.money import is_currency
from arctl.core.x12 import Segment, TransactionSet

_PURPOSES = {
    "01": "a cancellation", "03": "a deletion", "04": "a change", "05": "a replacement", "06": "a confirmation",
    "07": "a duplicate", "18": "a reissue", "22": "an information copy",
}  # fmt: skip
_SHIP_DATES = ("010", "002", "068", "074", "118", "017")
"""DTM01, best first: requested ship, delivery requested, current schedule ship, ... delivery; 118 is requested pick-up."""
_OURS = ("VN", "VP", "VA", "VC", "SK", "MG", "MF", "UP", "UK", "UI", "EN", "UA", "BP", "IN", "PN", "CB", "ZZ")
"""PO106 and on: the seller's numbers first, then the maker's, then what is printed on it, then the buyer's."""
_RANK = {qualifier: rank for rank, qualifier in enumerate(_OURS)}
_EACH = frozenset(("", "PE", "UM", "LE", "CT", "QT", "QE", "NT", "CA", "NC", "WE", "TE", "ST", "DR"))
"""PO105: the codes under which PO104 is the price of one PO103. By the hundred, dozen or thousand is refused, not converted."""
_LONGEST = 45  # BEG03 has 22 characters in 4010, later more
_BLANKS = ("",) * 5
_WEIGHTY = frozenset(("SAC", "SLN", "SDQ", "TAX", "CSH", "PCT", "LDT", "PO3", "PO4", "CTP", "LIN", "SI", "ADV"))
"""Segments that may change quantity, price or what is shipped, and that are not read."""


@dataclass(slots=True)
class _Reading:
    """One set while it is read. `at` is the number of the segment in the interchange."""

    place: str
    at: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    currency: str = ""
    terms: str = ""
    dates: dict[str, str] = field(default_factory=dict)
    line_dates: dict[str, str] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)
    addresses: dict[int, list[str]] = field(default_factory=dict)
    lines: list[OrderLine] = field(default_factory=list)
    in_summary: bool = False
    notes: list[str] = field(default_factory=list)
    shipping: list[str] = field(default_factory=list)
    stated: str = ""

    def problem(self, element: str, reason: str) -> None:
        self.problems.append(Problem(self.place, self.at, element, reason))


def read_order(found: TransactionSet) -> Order | list[Problem]:
    """The order of a whole set, or everything for which it is refused."""
    reading = _Reading(found.place)
    if found.kind != "850":
        return [Problem(found.place, found.first, "ST01", f"is {found.kind!r}: no purchase order (850)")]
    for at, segment in enumerate(found.segments[1:-1], start=found.first + 1):
        read = _READERS.get(segment[0])
        if read is not None:
            reading.at = at
            read(reading, segment)
        elif segment[0] in _WEIGHTY:
            reading.unread.append(segment[0])
        elif not segment[0].isalnum():
            reading.at = at
            reading.problem(segment[0][:10] or "empty", "is no segment")
    _close_line(reading)
    if not reading.head and not any(each.element[:3] == "BEG" for each in reading.problems):
        reading.at = found.first
        reading.problem("BEG", "is missing")
    if not reading.lines and not any(each.element[:3] == "PO1" for each in reading.problems):
        reading.at = found.first + len(found.segments) - 1
        reading.problem("PO1", "is missing: it orders nothing")
    return reading.problems or _order(reading, found)


def _order(reading: _Reading, found: TransactionSet) -> Order:
    po, release, ordered_on = reading.head
    remarks = reading.remarks
    if found.sender is None:
        remarks.insert(0, "no interchange around it: nothing says who sent it")
    if reading.unread:
        remarks.append(f"segments not read: {', '.join(sorted(set(reading.unread)))}")
    parties = reading.parties
    if reading.addresses:
        parties = [
            each._replace(address=tuple(reading.addresses[at])) if at in reading.addresses else each
            for at, each in enumerate(parties)
        ]
    return Order(
        place=found.place,
        po=po,
        release=release,
        ordered_on=ordered_on,
        lines=tuple(reading.lines),
        parties=tuple(parties),
        currency=reading.currency,
        terms=reading.terms,
        ship_on=next((reading.dates[each] for each in _SHIP_DATES if each in reading.dates), None),
        stated=reading.stated,
        shipping="; ".join(reading.shipping),
        instructions="\n".join(reading.notes),
        remarks=tuple(remarks),
    )


def _element(segment: Segment, at: int) -> str:
    return segment[at] if at < len(segment) else ""


def _beg(reading: _Reading, segment: Segment) -> None:
    if reading.head:
        reading.problem("BEG", "stands twice")
        return
    _, purpose, kind, po, release, day = [text.strip() for text in (*segment, *_BLANKS)[:6]]
    if purpose != "00":
        told = _PURPOSES.get(purpose, "no original")
        reading.problem("BEG01", f"is {purpose!r}, {told}: only originals (00) are taken in")
    if not po:
        reading.problem("BEG03", "is empty: the order has no PO#")
    elif not po.isprintable() or len(po) > _LONGEST:
        reading.problem("BEG03", f"is not up to {_LONGEST} printable characters")
    if not release.isprintable() or len(release) > _LONGEST:
        reading.problem("BEG04", f"is not up to {_LONGEST} printable characters")
    ordered_on = read_date(day)
    if ordered_on is None:
        reading.problem("BEG05", f"{day!r} is no date (CCYYMMDD)")
    if kind == "RL" and not release:
        reading.remarks.append("BEG02 says release (RL), and BEG04 names none")
    reading.head = [po, release, ordered_on or ""]


def _cur(reading: _Reading, segment: Segment) -> None:
    code = _element(segment, 2)
    if not is_currency(code):
        reading.problem("CUR02", f"{code!r} is no currency code")
    elif reading.currency and reading.currency != code:
        reading.problem("CUR02", f"is {code}, after {reading.currency} before")
    reading.currency = code


def _dtm(reading: _Reading, segment: Segment) -> None:
    kind, text = _element(segment, 1), _element(segment, 2)
    if kind not in _SHIP_DATES:
        return
    day = read_date(text)
    if day is None:
        reading.problem("DTM02", f"{text!r} is no date (CCYYMMDD)")
    elif reading.lines and not reading.in_summary:
        reading.line_dates.setdefault(kind, day)
    else:
        reading.dates.setdefault(kind, day)


def _sch(reading: _Reading, segment: Segment) -> None:
    """A line's schedule: SCH01 of SCH02 on SCH06. Several mean several shipments, of which the first date stands."""
    kind, text = _element(segment, 5), _element(segment, 6)
    day = read_date(text)
    if text and day is None:
        reading.problem("SCH06", f"{text!r} is no date (CCYYMMDD)")
    elif day is not None and kind in _SHIP_DATES:
        known = reading.line_dates.get(kind)
        if known is not None and known != day and reading.lines:
            reading.remarks.append(f"line {reading.lines[-1].number} is scheduled in several shipments")
        reading.line_dates[kind] = min(known or day, day)


def _itd(reading: _Reading, segment: Segment) -> None:
    """ITD03 and ITD05 are the discount and its days, ITD07 the net days, ITD12 the terms in words."""
    reading.terms, wrong = _terms(tuple(segment))
    if wrong:
        reading.problem(wrong, f"{_element(segment, int(wrong[3:]))!r} is no number")


@lru_cache(maxsize=1_024)
def _terms(segment: tuple[str, ...]) -> tuple[str, str]:
    """The terms as people write them, or the element that is no number."""
    texts = [text.strip() for text in segment] + [""] * 13
    for at in (3, 5, 7):
        if texts[at] and read_number(texts[at]) is None:
            return "", f"ITD{at:02d}"
    percent, days, net = texts[3], texts[5], texts[7]
    discount = f"{number_text(read_number(percent) or 0)}% {int(days)} " if percent and days.isdigit() else ""
    return f"{discount}Net {int(net)}" if net.isdigit() else texts[12], ""


def _n1(reading: _Reading, segment: Segment) -> None:
    if reading.lines:
        reading.unread.append("N1 of a line")
        return
    _, role, name, qualifier, id = [text.strip() for text in (*segment, *_BLANKS)[:5]]
    if not role:
        reading.problem("N101", "is empty")
    elif not name and not id:
        reading.problem("N102", "is empty, and so is N104: it names nobody")
    elif not name.isprintable() or not id.isprintable():
        reading.problem("N102", "is not printable")
    reading.parties.append(Party(role, name, qualifier, id))


def _address(reading: _Reading, segment: Segment) -> None:
    if reading.parties and not reading.lines:
        said = ", ".join(text.strip() for text in segment[1:] if text.strip())
        if said.isprintable():
            reading.addresses.setdefault(len(reading.parties) - 1, []).append(said)


def _po1(reading: _Reading, segment: Segment) -> None:
    if reading.line_dates:
        _close_line(reading)
    _, _, quantity_text, uom, rate_text, basis, qualifier, code, *more = (*segment, *_BLANKS, "", "")
    quantity = read_number(quantity_text)
    if not quantity:
        told = f"{quantity_text!r} is no quantity above zero" if quantity_text else "is empty: no quantity"
        reading.problem("PO102", told)
    rate = read_number(rate_text) if rate_text else 0 if basis == "NC" else None
    if rate_text and rate is None:
        reading.problem("PO104", f"{rate_text!r} is no price")
    elif basis not in _EACH and rate is not None:
        reading.problem("PO105", f"is {basis!r}: what {rate_text} is the price of cannot be told")
    codes = ((qualifier, code.strip()),) if len(segment) == 8 else _codes([qualifier, code, *more])
    if not codes or not codes[0][0] or not codes[0][1]:
        reading.problem("PO107", "is empty: no item is named")
    elif not (codes[0][1].isprintable() and all(code.isprintable() for _, code in codes[1:])):
        reading.problem("PO107", "is not printable")
    lines = reading.lines
    lines.append(OrderLine(len(lines) + 1, codes, quantity or 0, uom.strip(), rate, None, reading.at))


def _codes(pairs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The item's codes with their qualifiers, ours first."""
    codes = zip(pairs[::2], map(str.strip, pairs[1::2]), strict=False)
    return tuple(sorted([(qualifier, code) for qualifier, code in codes if qualifier and code], key=_preference))


def _preference(code: tuple[str, str]) -> int:
    return _RANK.get(code[0], len(_RANK))


def _close_line(reading: _Reading) -> None:
    """Give the line that is over the date that its own segments asked for."""
    if reading.line_dates:
        if reading.lines:
            day = next((reading.line_dates[each] for each in _SHIP_DATES if each in reading.line_dates), None)
            reading.lines[-1] = reading.lines[-1]._replace(ship_on=day)
        reading.line_dates = {}


def _ctt(reading: _Reading, segment: Segment) -> None:
    """CTT01 counts PO1 (refused where it does not); CTT02 is the hash total of PO102, which partners fill in many ways."""
    _close_line(reading)
    reading.in_summary = True
    told, count = _element(segment, 1), len(reading.lines)
    if not (told.isascii() and told.isdigit() and int(told) == count):
        reading.problem("CTT01", f"says {told or 'nothing'}, and there {_are(count)} PO1")
    hashed = _element(segment, 2)
    total = sum(each.quantity_micro for each in reading.lines) if hashed else 0
    if hashed and read_number(hashed) != total:
        reading.remarks.append(f"CTT02 says {hashed}, and the quantities sum to {number_text(total)}")


def _are(count: int) -> str:
    return f"{'is' if count == 1 else 'are'} {count}"


def _amt(reading: _Reading, segment: Segment) -> None:
    if _element(segment, 1) == "TT":
        if read_number(_element(segment, 2)) is None:
            reading.problem("AMT02", f"{_element(segment, 2)!r} is no amount")
        reading.stated = _element(segment, 2)


def _note(reading: _Reading, segment: Segment) -> None:
    said = " ".join(text.strip() for text in segment[1:] if text.strip())
    if said.isprintable() and said:
        reading.notes.append(said)


def _carrier(reading: _Reading, segment: Segment) -> None:
    said = _element(segment, 5).strip() or _element(segment, 3).strip()
    if said and said.isprintable():
        reading.shipping.append(said)


_READERS: Mapping[str, Callable[[_Reading, Segment], None]] = {
    "BEG": _beg, "CUR": _cur, "DTM": _dtm, "SCH": _sch, "ITD": _itd, "N1": _n1, "N2": _address, "N3": _address,
    "N4": _address, "PO1": _po1, "CTT": _ctt, "AMT": _amt, "MSG": _note, "MTX": _note, "TD5": _carrier,
}  # fmt: skip
