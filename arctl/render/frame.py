"""A screenful as lines: text measured in columns, a key bar, a question. Formats only; whoever has the terminal writes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from arctl.core.asking import Asking
from arctl.render.text import visible

SMALLEST = (60, 12)
"""Columns and rows below which nothing can be laid out."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What fills the terminal, top to bottom. Of a page of `length` lines `room` are seen; the caret stands at (row, column) from
    0, or nowhere."""

    lines: Sequence[Text]
    length: int
    room: int
    caret: tuple[int, int] | None = None


def cell(text: str, width: int, right: bool = False) -> str:
    """Text of outside on exactly so many columns, shortened with … where it is longer."""
    shown = visible(text)
    if cell_len(shown) > width:
        return set_cell_size(shown, width - 1) + "…" if width else ""
    blanks = " " * (width - cell_len(shown))
    return blanks + shown if right else shown + blanks


def wrapped(text: str, width: int) -> list[str]:
    """Text of outside in lines of at most so many columns, torn between words, and within one only where it is longer."""
    lines, line = [], ""
    for word in visible(text).split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = chop_cells(word, width) or [""]
        lines += whole
    return [*lines, line] if line or not lines else lines


def folded(text: str, width: int) -> list[str]:
    """A letter's text with its own lines and blanks, only folded where a line is wider, between words where that is possible."""
    return [part for line in text.split("\n") for part in _parts(visible(line.expandtabs(4)), width)]


def _parts(line: str, width: int) -> list[str]:
    parts = []
    while cell_len(line) > width:
        part = chop_cells(line, width)[0]
        words = part.rstrip().rpartition(" ")[0]
        if words.strip() and line[len(part) : len(part) + 1] != " ":
            part = f"{words} "
        parts.append(part.rstrip())
        line = line[len(part) :].lstrip(" ")
    return [*parts, line]


def key_bar(keys: Sequence[tuple[str, str]], width: int) -> Text:
    """Keys with what they do, as many as fit; the last one always stands."""
    if not keys:
        return Text()
    *others, last = keys
    bar = Text()
    room = width - cell_len(f"{last[0]} {last[1]}")
    for key, word in others:
        if bar.cell_len + cell_len(f"{key} {word}  ") > room:
            break
        bar.append(key, style="bold").append(f" {word}  ")
    return bar.append(last[0], style="bold").append(f" {last[1]}")


def question(asking: Asking, label: str, hint: str, width: int) -> tuple[Text, int]:
    """The line of a question: what is asked, what is typed, what was wrong or what Enter would do; and where the caret stands."""
    note = asking.error or hint
    noted = f"  {note}" if note else ""
    room = max(width - cell_len(label) - 2 - min(cell_len(noted), width // 2), 8)
    shown = visible(asking.text)
    while cell_len(shown) > room:
        shown = shown[1:]  # the end is where somebody types
    line = Text().append(f"{label} ", style="bold").append(shown)
    caret = line.cell_len
    line.append(f" {cell(noted, max(width - caret - 1, 0)).rstrip()}", style="red" if asking.error else "dim")
    line.truncate(width)
    return line, caret
