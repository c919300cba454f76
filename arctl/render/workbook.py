"""Month-end evidence as an Excel workbook; the one module that needs xlsxwriter."""

from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]  # the same

from arctl.core.money import format_plain, minor_digits
from arctl.core.shelf import Shown
from arctl.errors import UsageError
from arctl.render.placed import placed
from arctl.render.sheet import Column
from arctl.render.snapshot_export import Amount, Cell, Part, parts

_MOST_ROWS = 1_048_575
_LONGEST = 32_767
_EXACT = 2**53


def write_workbook(shown: Shown, target: Path) -> None:
    """Sheets Summary, Customers, Lines, Credits and Tie-out; the same evidence gives the same bytes.

    Every text is a text, never a formula; an amount is a number with its cents beside it, because a cell holds a float.
    Raises UsageError where a sheet cannot hold the lines, Refused where the target exists.
    """
    row = shown.taken.set
    if max(row.lines, row.credit_lines, len(shown.content.headers)) > _MOST_ROWS:
        raise UsageError(f"a sheet holds {_MOST_ROWS} rows, and this evidence has more", "write it with --format csv")
    with placed(target) as part:
        book = xlsxwriter.Workbook(str(part), {"constant_memory": True, "strings_to_formulas": False})
        book.set_properties(
            {
                "title": f"Evidence of {row.snapshot_date}, company {row.company}, revision {row.revision}",
                "comments": f"Content {row.content_hash}",
                "created": datetime.fromisoformat(row.created_at),
            }
        )
        for each in parts(shown):
            _write_sheet(book, each)
        try:
            book.close()
        except FileCreateError as error:  # it wraps what the disk said
            raise (error.args[0] if error.args and isinstance(error.args[0], OSError) else error) from None


def _write_sheet(book: Any, part: Part) -> None:
    sheet = book.add_worksheet(part.title)
    bold = book.add_format({"bold": True})
    formats = {
        digits: book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
        for digits in (0, 2, 3)
    }
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(part.columns):
        sheet.set_column(at, at, _width(column, part))
        sheet.write_string(0, at, column.title, bold)
    line = 1
    for cells in part.rows:
        for text in _in_pieces(cells):
            for at, cell in enumerate(text):
                _write_cell(sheet, line, at, cell, formats)
            line += 1


def _width(column: Column, part: Part) -> int:
    if column.key in ("customer_name", "examples", "value", "field"):
        return 100 if column.key == "value" else 36
    return 66 if column.key == "snapshot_hash" else 16 if part.name != "set" else 24


def _in_pieces(cells: Any) -> Any:
    """The row; a text that no cell can hold goes on in the rows below it."""
    yield [cell[:_LONGEST] if isinstance(cell, str) else cell for cell in cells]
    rest = [cell[_LONGEST:] if isinstance(cell, str) else "" for cell in cells]
    if any(rest):
        yield from _in_pieces(rest)


def _write_cell(sheet: Any, line: int, at: int, cell: Cell, formats: dict[int, Any]) -> None:
    if isinstance(cell, Amount):
        if abs(cell.cents) < _EXACT:
            sheet.write_number(line, at, float(format_plain(*cell)), formats[minor_digits(cell.currency)])
        else:
            sheet.write_string(line, at, format_plain(*cell))
    elif isinstance(cell, int) and abs(cell) < _EXACT:
        sheet.write_number(line, at, cell)
    else:
        sheet.write_string(line, at, str(cell))
