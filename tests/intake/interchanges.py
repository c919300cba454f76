"""Interchanges for the tests of intake: X12 text of a few orders, with any delimiters, wrapped or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Line = tuple[str, str, str]
"""(item code, quantity, price)."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The element separator, the component separator, the terminator, and what follows each terminator for the eye."""

    element: str = "*"
    component: str = ">"
    terminator: str = "~"
    line_end: str = "\n"


USUAL = Marks()


def order_set(
    po: str,
    lines: Sequence[Line] = (("OIL-1", "10", "41.08"),),
    *,
    release: str = "",
    buyer: str = "Acme Bistro*91*C1",
    control: str = "0001",
    more: Sequence[str] = (),
) -> list[str]:
    """The segments of one 850, with `*` between elements; `more` stands before its first line."""
    segments = [
        f"ST*850*{control}",
        f"BEG*00*{'RL' if release else 'NE'}*{po}*{release}*20260629",
        f"N1*BY*{buyer}",
        *more,
    ]
    segments += [f"PO1*{at}*{quantity}*CA*{price}*PE*VN*{code}" for at, (code, quantity, price) in enumerate(lines, 1)]
    segments.append(f"CTT*{len(lines)}")
    return [*segments, f"SE*{len(segments) + 1}*{control}"]


def interchange(sets: Iterable[Sequence[str]], control: str = "000000001", marks: Marks = USUAL) -> str:
    """An interchange with one group of these sets."""
    chosen = list(sets)
    header = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "SENDER".ljust(15), "ZZ", "RECEIVER".ljust(15)]
    header += ["260629", "1200", "U", "00401", control, "0", "P"]
    segments = ["*".join([*header, "\0"]), "GS*PO*SENDER*RECEIVER*20260629*1200*1*X*004010"]
    segments += [segment for each in chosen for segment in each]
    segments += [f"GE*{len(chosen)}*1", f"IEA*1*{control}"]
    after = "" if marks.terminator == "\n" else marks.line_end
    written = (each.replace("*", marks.element).replace("\0", marks.component) for each in segments)
    return "".join(f"{each}{marks.terminator}{after}" for each in written)


def wrapped(text: str, columns: int, line_end: str = "\n") -> str:
    """The text as a mail program sends it: broken at every so many columns, without its own line breaks."""
    flat = text.replace("\r", "").replace("\n", "")
    return line_end.join(flat[at : at + columns] for at in range(0, len(flat), columns))
