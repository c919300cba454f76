"""How a letter is laid out as text: names made safe, columns by the width a reader sees, dates in words. Decides nothing."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from unicodedata import bidirectional, category, east_asian_width

from arctl.core.dates import parse_iso

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SHORT_MONTHS = tuple(month[:3] for month in MONTHS)

# A name from outside must not end a line, turn one around or hide in it; ZWJ and ZWNJ stay: scripts need them to join.
_WHITE = dict.fromkeys(map(ord, "\t\n\r\v\f\x85\u2028\u2029"), " ")
_DROPPED = dict.fromkeys(
    [
        *(code for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in _WHITE),
        *(
            0x61C,
            0x200B,
            0x200E,
            0x200F,
            0xFEFF,
            *range(0x202A, 0x202F),
            *range(0x2060, 0x206A),
            *range(0xD800, 0xE000),
        ),
    ]
)
_CLEAN: dict[int, str | None] = {**_DROPPED, **_WHITE}
_FSI, _PDI = "\u2068", "\u2069"
_MARKS = dict.fromkeys((ord(_FSI), ord(_PDI)))
_WIDEST = 48
_GAP = "  "


class Laid(str):
    """Text of several lines that is laid out already and goes into a letter as it is."""

    __slots__ = ()


def clean(text: str) -> str:
    """The text on one line, without control characters and invisible marks."""
    return (text if text.isprintable() else text.translate(_CLEAN)).strip(" ")


def isolated(value: object) -> object:
    """A value as it stands in a line of text: one in a right-to-left script is isolated, so that it turns nothing around."""
    if type(value) is str and not value.isascii() and any(bidirectional(sign) in ("R", "AL", "AN") for sign in value):
        return f"{_FSI}{value}{_PDI}"
    return value


def without_marks(text: str) -> str:
    """A letter's text without the marks that isolate names: for a screen that shows every mark it does not know."""
    return text if text.isascii() else text.translate(_MARKS)


def width(text: str) -> int:
    """How many columns the text takes where every character has the same width, or twice that."""
    if text.isascii():
        return len(text)
    return sum(_width_of(sign) for sign in text)


@lru_cache(4096)
def _width_of(sign: str) -> int:
    if category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(sign) in "WF" else 1


def columns(rows: Iterable[Sequence[object]], sides: str, head: bool = False) -> Laid:
    """Rows as aligned text; `sides` has < or > per column, `head` underlines the first row.

    A column in which no row but the head says anything is left out. A text wider than 48 columns has the line for itself, and
    what stands beside it goes on the next, so that one long name does not push a whole table apart.
    """
    table = [[str(isolated(cell)) for cell in row] for row in rows]
    kept = [at for at in range(len(sides)) if any(row[at] for row in table[head:])]
    widths = [min(max(width(row[at]) for row in table), _WIDEST) for at in kept]
    lines = [_line([row[at] for at in kept], widths, [sides[at] for at in kept]) for row in table]
    if head:
        lines.insert(1, _GAP.join("-" * each for each in widths))
    return Laid("\n".join(lines))


def _line(cells: Sequence[str], widths: Sequence[int], sides: Sequence[str]) -> str:
    done, line, at = "", "", 0
    for cell, room, side in zip(cells, widths, sides, strict=True):
        blank = room - width(cell)
        if blank < 0:
            done += f"{line}{cell}".rstrip(" ") + "\n"
            line = " " * (at + room + len(_GAP))
        elif side == ">":
            line += " " * blank + cell + _GAP
        else:
            line += cell + " " * blank + _GAP
        at += room + len(_GAP)
    return (done + line).rstrip()


def written_date(iso: str, form: str = "{month} {day}, {year}", months: Sequence[str] = MONTHS) -> str:
    """An ISO date as `June 30, 2026`; or in another form, of {day}, {dd}, {month}, {mm} and {year}, and with other months."""
    return _written_date(iso, form, tuple(months))


def short_date(iso: str) -> str:
    """An ISO date as `Jun 30, 2026`, which takes 12 columns at most."""
    return _written_date(iso, "{month} {day}, {year}", SHORT_MONTHS)


@lru_cache(4096)
def _written_date(iso: str, form: str, months: tuple[str, ...]) -> str:
    day = parse_iso(iso)
    said = {
        "{day}": str(day.day), "{dd}": f"{day:%d}", "{month}": months[day.month - 1], "{mm}": f"{day:%m}", "{year}": str(day.year)
    }  # fmt: skip
    for name, text in said.items():  # replaced, not formatted: a template's own format could reach into what it formats
        form = form.replace(name, text)
    return form


def cleaned(value: object) -> object:
    """The same facts with every text in them on one line and without control characters."""
    if type(value) is str:
        return clean(value)
    if isinstance(value, dict):
        return {name: cleaned(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(each) for each in value]
    return value
