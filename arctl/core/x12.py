"""X12 interchanges: text into segments by the delimiters that each ISA sets, envelopes counted and compared. Pure.

Structure by ASC X12.5 (interchange control) and X12.6 (application control): ISA..IEA holds GS..GE holds ST..SE. What does not add
up is refused by its segment and element, as far up as the damage goes and no further: a set, a group, or an interchange.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from arctl.core.incoming_order import Problem

Segment = list[str]
"""The elements of a segment; the first is its tag."""

_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)  # ISA01 to ISA16
_ISA_LENGTH = 105  # without the terminator
_CONTROL = frozenset(("ISA", "IEA", "GS", "GE", "ST", "SE"))
_SET = frozenset(("ST", "SE"))
_BLANKS = "\ufeff \t\r\n"  # not what Python calls blank: that has control characters which are delimiters here
# A mail program may have wrapped the text anywhere, so also inside these letters.
_START = re.compile(r"I[\r\n]*S[\r\n]*A[\r\n]*([^\w \t\r\n])")
_BARE = re.compile(r"[ \t\r\n]*ST([^\w \t\r\n])[0-9]{3}\1[0-9A-Za-z]{1,9}(?:\1[0-9A-Za-z]*)?([^\w ])")
_END = re.compile(r"IEA(.)[0-9]+\1[0-9]+[ \t\r\n]*[^\w \t\r\n]?$")
_SEPARATORS = (3, *(3 + sum(_WIDTHS[:at]) + at for at in range(1, 16)))
"""Where an ISA has its separators."""


class TransactionSet(NamedTuple):
    """The segments of one set, ST and SE among them, with the number of its ST in the interchange (ISA is 1).

    `sender` is ISA05 and ISA06; a set without an interchange has none.
    """

    place: str
    kind: str
    first: int
    segments: Sequence[Segment]
    sender: tuple[str, str] | None


class Read(NamedTuple):
    """What a text holds: the sets that are whole, and what was refused."""

    sets: list[TransactionSet]
    problems: list[Problem]


def read(text: str) -> Read:
    """Every transaction set of every interchange of a text; a bare ST..SE, as it stands in mails, is read too."""
    found = Read([], [])
    starts = list(_starts(text))
    before = text[: starts[0]] if starts else text
    if not starts:
        _bare(text, found)
    elif before.strip(_BLANKS):
        found.problems.append(
            Problem("before the first interchange", None, "", f"{len(before.strip(_BLANKS))} characters are no ISA")
        )
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        _interchange(text[start:end], number + 1, found)
    return found


def _starts(text: str) -> Iterator[int]:
    """Where interchanges begin: at ISA with its separators where they belong, or at one that is damaged and is no word of data."""
    for match in _START.finditer(text):
        start = match.start()
        flat = _flat(text[start : start + 2 * _ISA_LENGTH])
        if len(flat) > _SEPARATORS[-1] and all(flat[at] == match[1] for at in _SEPARATORS):
            yield start
            continue
        before = text[max(0, start - 80) : start].rstrip(_BLANKS)
        if not before or _END.search(before) or not (before[-1].isalnum() or before[-1] == match[1]):
            yield start


def _flat(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _bare(text: str, found: Read) -> None:
    match = _BARE.match(text)
    if match is None:
        found.problems.append(Problem("", None, "ISA", "there is no ISA segment: nothing says how to read it"))
        return
    segments = _split(text.strip(_BLANKS), match[1], match[2])
    _sets("no interchange", segments, 0, len(segments), None, found)


def _interchange(raw: str, number: int, found: Read) -> None:
    flat = _flat(raw[: 2 * _ISA_LENGTH])
    separator = flat[3]
    place = f"interchange {number}"
    header = flat[:_ISA_LENGTH].split(separator)
    for at, width in enumerate(_WIDTHS, start=1):
        has = len(header[at]) if at < len(header) else None
        if has != width:
            what = "is missing: the ISA is cut off" if has is None else f"is {has} characters wide, not {width}"
            found.problems.append(Problem(place, 1, f"ISA{at:02d}", what))
            return
    terminator = _terminator(raw, separator)
    marks = (separator, header[16], terminator)
    if len(set(marks)) < 3 or any(each.isalnum() or each == " " or not each for each in marks):
        said = " ".join(map(repr, marks))
        found.problems.append(
            Problem(place, 1, "ISA", f"its delimiters cannot be told from data or each other: {said}")
        )
        return
    place = f"interchange {header[13]}"
    if header[15] != "P":
        what = "test data" if header[15] == "T" else "not production"
        found.problems.append(Problem(place, 1, "ISA15", f"is {header[15]!r}: {what}, and no order"))
        return
    _groups(place, header, _split(raw, separator, terminator), found)


def _terminator(raw: str, separator: str) -> str:
    """The character after the ISA. A line break is the terminator only where the next segment follows it at once."""
    at = seen = 0
    while at < len(raw) and seen < _ISA_LENGTH:
        seen += raw[at] not in "\r\n"
        at += 1
    rest = raw[at:]
    if rest[:1] not in ("\r", "\n"):
        return rest[:1]
    after = rest.lstrip("\r\n")
    follows = after.startswith(tuple(f"{tag}{separator}" for tag in ("GS", "TA1", "IEA")))
    return "\n" if follows else after[:1]


def _split(raw: str, separator: str, terminator: str) -> list[Segment]:
    """The segments; line breaks that are not the terminator are wrapping and go."""
    if terminator in "\r\n":
        pieces = raw.replace("\r", "\n").split("\n")
        return [piece.split(separator) for piece in pieces if piece]
    if "\n" in raw or "\r" in raw:
        raw = _flat(raw)
    pieces = raw.split(terminator)
    while pieces and not pieces[-1].strip(_BLANKS):
        pieces.pop()
    if f"{terminator} " in raw:
        pieces = [piece.lstrip(_BLANKS) for piece in pieces]
    return [piece.split(separator) for piece in pieces]


def _groups(place: str, header: Segment, segments: list[Segment], found: Read) -> None:
    """The groups of one interchange; nothing of it is taken where they do not add up to its IEA."""
    marks = [(at, segment[0]) for at, segment in enumerate(segments) if segment[0] in _CONTROL]
    end = next((at for at, tag in marks if tag == "IEA"), None)
    if end is None:
        last = segments[-1][0] if segments else ""
        found.problems.append(
            Problem(place, len(segments), "IEA", f"is missing: the interchange breaks off after {last!r}")
        )
        return
    opened = [at for at, tag in marks if tag == "GS" and at < end]
    trailer = segments[end]
    told, control = _element(trailer, 1), _element(trailer, 2)
    if not _is_count(told, len(opened)):
        found.problems.append(Problem(place, end + 1, "IEA01", _miscounted(told, len(opened), "group")))
        return
    if control != header[13]:
        found.problems.append(Problem(place, end + 1, "IEA02", f"is {control!r}, and ISA13 is {header[13]!r}"))
        return
    if end + 1 < len(segments):
        more = len(segments) - end - 1
        found.problems.append(
            Problem(
                place,
                end + 2,
                segments[end + 1][0][:10],
                f"{more} more segment{'s' if more > 1 else ''} after the IEA {'are' if more > 1 else 'is'} not read",
            )
        )
    _outside(place, segments, 1, opened[0] if opened else end, ("TA1",), found)
    sender = (header[5].strip(), header[6].strip())
    for start, stop in zip(opened, [*opened[1:], end], strict=True):
        _group(place, segments, start, stop, sender, found)


def _outside(place: str, segments: list[Segment], first: int, last: int, allowed: tuple[str, ...], found: Read) -> None:
    for at in range(first, last):
        if segments[at][0] not in allowed:
            found.problems.append(
                Problem(place, at + 1, segments[at][0][:10] or "empty", "stands outside every transaction set")
            )


def _group(place: str, segments: list[Segment], start: int, stop: int, sender: tuple[str, str], found: Read) -> None:
    header = segments[start]
    control = _element(header, 6)
    where = f"{place}, group {control or '?'}"
    end = next((at for at in range(stop - 1, start, -1) if segments[at][0] == "GE"), None)
    if end is None:
        found.problems.append(Problem(where, stop, "GE", "is missing: the group breaks off"))
        return
    if _element(header, 1) != "PO":
        found.problems.append(Problem(where, start + 1, "GS01", f"is {_element(header, 1)!r}: no purchase orders (PO)"))
        return
    inside = Read([], [])
    opened = _sets(place, segments, start + 1, end, sender, inside)
    trailer = segments[end]
    if not _is_count(_element(trailer, 1), opened):
        told = _miscounted(_element(trailer, 1), opened, "set")
        found.problems.append(Problem(where, end + 1, "GE01", told))
    elif _element(trailer, 2) != control:
        told = f"is {_element(trailer, 2)!r}, and GS06 is {control!r}"
        found.problems.append(Problem(where, end + 1, "GE02", told))
    else:
        found.sets.extend(inside.sets)
        found.problems.extend(inside.problems)
    _outside(place, segments, end + 1, stop, (), found)


def _sets(
    place: str,
    segments: list[Segment],
    first: int,
    last: int,
    sender: tuple[str, str] | None,
    found: Read,
) -> int:
    """The sets between two segments, into `found`; how many were opened."""
    opened = 0
    at = first
    seen: set[str] = set()
    marks = [n for n in range(first, last) if segments[n][0] in _SET]
    for here, following in zip(marks, [*marks[1:], last], strict=True):
        if here < at:
            continue
        _outside(place, segments, at, here, (), found)
        if segments[here][0] == "SE":
            _outside(place, segments, here, here + 1, (), found)
            at = here + 1
            continue
        opened += 1
        wrong = _set_problem(segments, here, following, last, seen)
        control = _element(segments[here], 2)
        where = f"{place}, set {control or opened}"
        seen.add(control)
        at = following + 1 if following < last and segments[following][0] == "SE" else following
        if wrong is not None:
            found.problems.append(Problem(where, *wrong))
        else:
            kind = _element(segments[here], 1)
            found.sets.append(TransactionSet(where, kind, here + 1, segments[here:at], sender))
    _outside(place, segments, at, last, (), found)
    return opened


def _set_problem(segments: list[Segment], at: int, end: int, last: int, seen: set[str]) -> tuple[int, str, str] | None:
    """(segment, element, reason) where a set is not whole."""
    control = _element(segments[at], 2)
    if end >= last or segments[end][0] != "SE":
        return end, "SE", "is missing: the set breaks off"
    trailer, count = segments[end], end - at + 1
    if not control:
        return at + 1, "ST02", "is empty"
    if control in seen:
        return at + 1, "ST02", f"{control} stands twice in its group"
    if not _is_count(_element(trailer, 1), count):
        return end + 1, "SE01", _miscounted(_element(trailer, 1), count, "segment")
    if _element(trailer, 2) != control:
        return end + 1, "SE02", f"is {_element(trailer, 2)!r}, and ST02 is {control!r}"
    return None


def _element(segment: Segment, at: int) -> str:
    """The element at a position; empty where the segment ends before it."""
    return segment[at] if at < len(segment) else ""


def _is_count(text: str, count: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) == count


def _miscounted(told: str, count: int, what: str) -> str:
    there = f"{count:,} {what}{'' if count == 1 else 's'} {'is' if count == 1 else 'are'} there"
    return f"is {told!r}, no number, and {there}" if not told.isdigit() else f"says {told}, and {there}"
