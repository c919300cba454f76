"""A sheet onto a stream: terminal table, plain text, Markdown, CSV, JSON. Formats values, computes none."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TextIO

from arctl.render.sheet import Column, Sheet
from arctl.render.text import visible

__all__ = ["Column", "Sheet", "escaped", "write_csv", "write_for_people", "write_json", "write_markdown", "write_sheet"]

_FORMULA_STARTS = frozenset("=+-@\t\r")
_MARKDOWN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>|~&"})


def write_sheet(sheet: Sheet, stream: TextIO, width: int | None = None) -> None:
    """For people: a table of the terminal's width, or plain text of full width where the stream is not a terminal.

    `width` in columns replaces the terminal's own; plain text is never cut, whatever the width.
    """
    if stream.isatty():
        from arctl.render.terminal import write_terminal  # rich costs 50 ms: only where its colours are seen

        write_terminal(sheet, stream, width)
    else:
        _write_plain(sheet, stream)


def _write_plain(sheet: Sheet, stream: TextIO) -> None:
    from tabulate import SEPARATING_LINE

    rows: list[Sequence[str]] = [[visible(cell) for cell in row] for row in sheet.rows]
    if sheet.totals is not None:
        rows += [SEPARATING_LINE, [visible(cell) for cell in sheet.totals]]
    if sheet.title:
        stream.write(f"{visible(sheet.title)}\n\n")
    text = _tabulated(sheet, [column.title for column in sheet.columns], rows, "simple")
    stream.writelines(f"{line.rstrip(' ')}\n" for line in text.split("\n"))
    if sheet.notes:
        stream.write("\n")
        stream.writelines(f"{visible(note)}\n" for note in sheet.notes)


def escaped(text: str) -> str:
    """Text on one line of Markdown that stands there as it is."""
    return visible(text).translate(_MARKDOWN_SIGNS)


def write_markdown(sheet: Sheet, stream: TextIO) -> None:
    """A Markdown section: heading, pipe table, notes as a list. Signs that Markdown would read are escaped."""
    rows = [[escaped(cell) for cell in row] for row in sheet.rows]
    if sheet.totals is not None:
        rows.append([f"**{escaped(cell)}**" if cell else "" for cell in sheet.totals])
    if sheet.title:
        stream.write(f"## {escaped(sheet.title)}\n\n")
    stream.write(_tabulated(sheet, [escaped(column.title) for column in sheet.columns], rows, "pipe") + "\n")
    if sheet.notes:
        stream.write("\n")
        stream.writelines(f"- {escaped(note)}\n" for note in sheet.notes)


def _tabulated(sheet: Sheet, titles: list[str], rows: Sequence[Sequence[str]], form: str) -> str:
    from tabulate import tabulate

    return tabulate(
        rows,
        headers=titles,
        tablefmt=form,
        colalign=[column.side for column in sheet.columns] if rows else None,
        disable_numparse=True,  # or an id 007 would lose its zeros and an amount its commas
        preserve_whitespace=True,
    )


def write_for_people(sheet: Sheet, form: str, stream: TextIO) -> None:
    """As Markdown where the form asked for is md, else for a terminal or as plain text."""
    (write_markdown if form == "md" else write_sheet)(sheet, stream)


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[object]], stream: TextIO) -> None:
    """A header of column keys, then the rows; lines end in \\n.

    A text cell that a spreadsheet would run as a formula gets a leading apostrophe. Numbers are left alone, so that
    -12.00 stays a number; a cell that is not str is never touched.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.key for column in columns])
    text_columns = [at for at, column in enumerate(columns) if column.side == "left"]
    shown = _shown_cells(rows) if stream.isatty() else rows
    writer.writerows(_neutralised(shown, text_columns, stream))


def _neutralised(
    rows: Iterable[Sequence[object]], text_columns: list[int], stream: TextIO
) -> Iterator[Sequence[object]]:
    for row in rows:
        for at in text_columns:
            cell = row[at]
            if not cell or type(cell) is not str:
                continue
            if cell[0] in _FORMULA_STARTS:
                row = [*row[:at], f"'{cell}", *row[at + 1 :]]  # noqa: PLW2901 - rare, and a copy of each row is slow
            if "\r" in cell:
                # Python's csv leaves a lone \r unquoted under this line end, and its own reader then splits the row
                csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(_apostrophes(row, text_columns))
                break
        else:
            yield row


def _apostrophes(row: Sequence[object], text_columns: list[int]) -> list[object]:
    cells = list(row)
    for at in text_columns:
        cell = cells[at]
        if isinstance(cell, str) and cell[:1] in _FORMULA_STARTS:
            cells[at] = f"'{cell}"
    return cells


def _shown_cells(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    return ([visible(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def write_json(value: object, stream: TextIO) -> None:
    """One JSON document and a line end: indented for eyes on a terminal, on one line for programs.

    Dates are ISO, a Decimal is a string. Raises TypeError on anything else that JSON has no form for.
    """
    if not stream.isatty():
        # without indent the encoder runs in C, which is ten times as fast
        stream.write(json.dumps(value, ensure_ascii=False, allow_nan=False, default=_json_form) + "\n")
        return
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2, default=_json_form)
    stream.write("\n".join(map(visible, text.split("\n"))) + "\n")


def _json_form(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    from decimal import Decimal

    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
