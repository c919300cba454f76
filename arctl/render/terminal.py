"""A sheet on a terminal: to fit the width it gives up space, ends of names, one line per row; never an amount."""

from collections.abc import Sequence
from textwrap import wrap
from typing import TextIO

from rich.box import Box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from arctl.render.sheet import Column, Sheet
from arctl.render.text import visible

_SHORTEST_NAME = 14  # a flexible column narrower than this says too little to stand in the row
_RECORD_GAP = 2
_MANY = 1000  # rows from which rich's half a millisecond for each would be felt
# no frame; a rule under the header and one above the totals (rich's lines: top, head, under head, middle, section, ...)
_RULED = Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")


def write_terminal(sheet: Sheet, stream: TextIO, width: int | None = None) -> None:
    """Write the sheet in the first layout that fits: a table, a table with names, then with all text, on lines of their own,
    records."""
    console = Console(file=stream, width=width, markup=False, emoji=False, highlight=False)
    rows = [[visible(cell) for cell in row] for row in sheet.rows]
    totals = None if sheet.totals is None else [visible(cell) for cell in sheet.totals]
    if sheet.title:
        console.print(Text(visible(sheet.title), style="bold"))
        console.print()
    _write_body(console, sheet.columns, rows, totals)
    if sheet.notes:
        console.print()
    for note in sheet.notes:
        console.print(Text(visible(note), style="dim"))


def _write_body(console: Console, columns: Sequence[Column], rows: list[list[str]], totals: list[str] | None) -> None:
    lines = rows if totals is None else [*rows, totals]
    natural = [_natural_width(column, [line[at] for line in lines]) for at, column in enumerate(columns)]
    for gap in (2, 1):
        widths = _shrunk(columns, natural, console.width - gap * (len(columns) - 1))
        if widths is not None and len(rows) > _MANY:
            _write_long(console, columns, widths, rows, totals, gap)
            return
        if widths is not None:
            console.print(_table(columns, widths, rows, totals, gap))
            return
    names = [at for at, column in enumerate(columns) if column.flexible]
    texts = [at for at, column in enumerate(columns) if column.side == "left"]
    for above in (names, texts if names else []):
        fixed = [natural[at] for at in range(len(columns)) if at not in above]
        for gap in (2, 1):
            if above and fixed and sum(fixed) + gap * (len(fixed) - 1) <= console.width:
                _write_stacked(console, columns, natural, above, rows, totals, gap)
                return
    _write_records(console, columns, lines)


def _natural_width(column: Column, cells: list[str]) -> int:
    """Columns that the longest cell takes, and at least the longest word of the title, which may wrap."""
    words = max((cell_len(word) for word in column.title.split()), default=0)
    return max(words, max(map(cell_len, cells), default=0), 1)


def _shrunk(columns: Sequence[Column], natural: list[int], room: int) -> list[int] | None:
    """The widths that fit into `room`: the widest flexible column gives first. None where they do not fit."""
    widths = list(natural)
    while (excess := sum(widths) - room) > 0:
        able = [at for at, column in enumerate(columns) if column.flexible and widths[at] > _SHORTEST_NAME]
        if not able:
            return None
        widest = max(able, key=lambda at: widths[at])
        others = [widths[at] for at in able if at != widest]
        floor = max([_SHORTEST_NAME, *others])
        widths[widest] = max(widths[widest] - excess, min(floor, widths[widest] - 1))
    return widths


def _table(
    columns: Sequence[Column], widths: list[int], rows: list[list[str]], totals: list[str] | None, gap: int
) -> Table:
    # the box itself puts one blank between two columns
    table = Table(box=_RULED, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0), header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            Text(_wrapped_title(column, width)),
            justify=column.side,
            style=column.style,
            width=width,
            no_wrap=True,
            overflow="ellipsis",
            vertical="bottom",
        )
    for row in rows:
        table.add_row(*map(Text, row))
    if totals is not None:
        table.add_section()
        table.add_row(*map(Text, totals), style="bold")
    return table


def _wrapped_title(column: Column, width: int) -> str:
    return "\n".join(wrap(visible(column.title), width, break_long_words=False)) or " "


def _write_stacked(
    console: Console,
    columns: Sequence[Column],
    natural: list[int],
    names: list[int],
    rows: list[list[str]],
    totals: list[str] | None,
    gap: int,
) -> None:
    """Some columns (the names, or all that is text) on a line of their own, and under each the rest, with the whole width."""
    fixed = [at for at in range(len(columns)) if at not in names]
    kept, widths = [columns[at] for at in fixed], [natural[at] for at in fixed]
    rule = "─" * (sum(widths) + gap * (len(widths) - 1))

    def put(row: list[str], style: str = "", plain: bool = False) -> None:
        name = _shortened("  ".join(row[at] for at in names if row[at]), console.width)
        if name and plain:
            console.file.write(f"{name}\n")
        elif name:
            console.print(Text(name, style=style or columns[names[0]].style), no_wrap=True)
        _write_line(console, kept, widths, [row[at] for at in fixed], gap, style, plain)

    console.print(Text("  ".join(visible(columns[at].title) for at in names), style="bold"))
    titles = [_wrapped_title(column, width).split("\n") for column, width in zip(kept, widths, strict=True)]
    height = max(map(len, titles))
    for line in zip(*([""] * (height - len(title)) + title for title in titles), strict=True):
        _write_line(console, kept, widths, line, gap, "bold")
    console.print(rule)
    for row in rows:
        put(row, plain=len(rows) > _MANY)
    if totals is not None:
        console.print(rule)
        put(totals, "bold")


def _write_long(
    console: Console,
    columns: Sequence[Column],
    widths: list[int],
    rows: list[list[str]],
    totals: list[str] | None,
    gap: int,
) -> None:
    """A table of thousands of rows: rich heads it, the rows go out as they are."""
    console.print(_table(columns, widths, [], None, gap))
    for row in rows:
        cells = [_shortened(cell, width) for cell, width in zip(row, widths, strict=True)]
        _write_line(console, columns, widths, cells, gap, plain=True)
    if totals is not None:
        console.print("─" * (sum(widths) + gap * (len(widths) - 1)))
        _write_line(console, columns, widths, totals, gap, "bold")


def _write_line(
    console: Console,
    columns: Sequence[Column],
    widths: Sequence[int],
    cells: Sequence[str],
    gap: int,
    style: str = "",
    plain: bool = False,
) -> None:
    """One line of padded cells; `plain` without any style, which is fifty times as fast."""
    padded = [_padded(cell, width, column.side) for cell, width, column in zip(cells, widths, columns, strict=True)]
    if plain:
        console.file.write((" " * gap).join(padded).rstrip() + "\n")
        return
    line = Text(style=style)
    for at, (cell, column) in enumerate(zip(padded, columns, strict=True)):
        line.append(" " * gap if at else "")
        line.append(cell, style=column.style)
    line.rstrip()
    console.print(line, no_wrap=True, crop=False, overflow="ignore")


def _write_records(console: Console, columns: Sequence[Column], lines: list[list[str]]) -> None:
    """One cell per line, for a terminal too narrow even for the amounts of one row."""
    label = max(cell_len(visible(column.title)) for column in columns)
    room = max(console.width - label - _RECORD_GAP, 1)
    numbers = [cell_len(row[at]) for row in lines for at, column in enumerate(columns) if column.side == "right"]
    amount = max(numbers, default=0)
    for number, row in enumerate(lines):
        if number:
            console.print()
        for column, cell in zip(columns, row, strict=True):
            value = _padded(cell, amount, "right") if column.side == "right" else cell
            value = _shortened(value, room) if column.flexible else value
            line = Text(_padded(visible(column.title), label + _RECORD_GAP, "left"), style="bold")
            line.append(value, style=column.style or "not bold")
            console.print(line, no_wrap=True, crop=False, overflow="ignore")


def _padded(text: str, width: int, side: str) -> str:
    blanks = " " * (width - cell_len(text))
    return blanks + text if side == "right" else text + blanks


def _shortened(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
