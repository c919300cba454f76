import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from arctl.render.tables import Column, Sheet, write_csv, write_json, write_markdown, write_sheet
from arctl.render.text import visible
from tests.conftest import process_environment

BUCKETS = ["Current", "1–30", "31–60", "61–90", "91+"]
COLUMNS = [
    Column("Customer", "customer_name", flexible=True),
    *(Column(title, f"b{at}", money=True, style="red" if title == "91+" else "") for at, title in enumerate(BUCKETS)),
    Column("Total outstanding", "outstanding", money=True),
]
AGING = Sheet(
    title="Aging as of 2026-06-30, USD",
    columns=COLUMNS,
    rows=[
        ["Blue Harbor Bistro and Catering Supplies", "12,345.60", "1,234.50", "0.00", "0.00", "0.00", "13,580.10"],
        ["[acme] Holdings", "0.00", "0.00", "18,420.00", "0.00", "0.00", "18,420.00"],
    ],
    totals=["Total", "12,345.60", "1,234.50", "18,420.00", "0.00", "0.00", "32,000.10"],
    notes=["Ties out."],
)
SMALL = [Column("Invoice", "invoice_id"), Column("Days", "days", align="right"), Column("Open", "open", money=True)]
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_screen(sheet: Sheet, width: int) -> list[str]:
    screen = Screen()
    write_sheet(sheet, screen, width)
    return _COLOUR.sub("", screen.getvalue()).splitlines()


def in_pipe(sheet: Sheet) -> str:
    pipe = io.StringIO()
    write_sheet(sheet, pipe)
    return pipe.getvalue()


def as_csv(rows: Sequence[Sequence[object]], columns: Sequence[Column] = SMALL) -> str:
    pipe = io.StringIO()
    write_csv(columns, rows, pipe)
    return pipe.getvalue()


def test_a_pipe_gets_plain_text_of_full_width() -> None:
    assert in_pipe(
        replace(AGING, columns=COLUMNS[:2], rows=[row[:2] for row in AGING.rows], totals=["Total", "1.00"])
    ) == (
        "Aging as of 2026-06-30, USD\n"
        "\n"
        "Customer                                    Current\n"
        "----------------------------------------  ---------\n"
        "Blue Harbor Bistro and Catering Supplies  12,345.60\n"
        "[acme] Holdings                                0.00\n"
        "----------------------------------------  ---------\n"
        "Total                                          1.00\n"
        "\n"
        "Ties out.\n"
    )


def test_nothing_in_a_pipe_is_cut_or_coloured() -> None:
    name = "x" * 500

    assert name in in_pipe(Sheet("", SMALL, [[name, "1", "1.00"]]))
    assert "\x1b" not in in_pipe(AGING)


def test_ids_and_amounts_in_a_pipe_stay_as_given() -> None:
    text = in_pipe(Sheet("", SMALL, [["007", "-5", "1,234.50"], ["1e3", "0", "0.10"]]))

    assert "007            -5  1,234.50" in text
    assert "1e3             0      0.10" in text


def test_an_empty_sheet_has_its_header() -> None:
    assert in_pipe(Sheet("Nothing open", SMALL, [])).startswith("Nothing open\n\nInvoice    Days    Open\n")
    assert "Invoice" in " ".join(on_screen(Sheet("Nothing open", SMALL, []), 80))


def test_a_wide_terminal_gets_one_line_per_row() -> None:
    assert on_screen(AGING, 120)[2:7] == [
        "                                                                                             Total",
        "Customer                                    Current      1–30      31–60  61–90   91+  outstanding",
        "─" * 98,
        "Blue Harbor Bistro and Catering Supplies  12,345.60  1,234.50       0.00   0.00  0.00    13,580.10",
        "[acme] Holdings                                0.00      0.00  18,420.00   0.00  0.00    18,420.00",
    ]


def test_at_80_columns_names_are_shortened_and_amounts_are_whole() -> None:
    assert on_screen(AGING, 80) == [
        "Aging as of 2026-06-30, USD",
        "",
        "                                                                           Total",
        "Customer                  Current      1–30      31–60  61–90   91+  outstanding",
        "─" * 80,
        "Blue Harbor Bistro an…  12,345.60  1,234.50       0.00   0.00  0.00    13,580.10",
        "[acme] Holdings              0.00      0.00  18,420.00   0.00  0.00    18,420.00",
        "─" * 80,
        "Total                   12,345.60  1,234.50  18,420.00   0.00  0.00    32,000.10",
        "",
        "Ties out.",
    ]


def test_where_names_do_not_fit_they_get_lines_of_their_own() -> None:
    assert on_screen(AGING, 62) == [
        "Aging as of 2026-06-30, USD",
        "",
        "Customer",
        "                                                   Total",
        "  Current      1–30      31–60  61–90   91+  outstanding",
        "─" * 56,
        "Blue Harbor Bistro and Catering Supplies",
        "12,345.60  1,234.50       0.00   0.00  0.00    13,580.10",
        "[acme] Holdings",
        "     0.00      0.00  18,420.00   0.00  0.00    18,420.00",
        "─" * 56,
        "Total",
        "12,345.60  1,234.50  18,420.00   0.00  0.00    32,000.10",
        "",
        "Ties out.",
    ]


def test_a_very_narrow_terminal_gets_one_cell_per_line() -> None:
    lines = on_screen(AGING, 34)

    assert lines[2:9] == [
        "Customer           Blue Harbor Bi…",
        "Current            12,345.60",
        "1–30                1,234.50",
        "31–60                   0.00",
        "61–90                   0.00",
        "91+                     0.00",
        "Total outstanding  13,580.10",
    ]


@pytest.mark.parametrize("width", [120, 80, 62])
def test_a_thousand_rows_look_like_two(width: int) -> None:
    few = on_screen(AGING, width)
    many = on_screen(replace(AGING, rows=[*AGING.rows, *([AGING.rows[1]] * 1000)]), width)

    assert many[: len(few) - 5] == [line.rstrip() for line in few[:-5]]
    assert many[-5:] == [line.rstrip() for line in few[-5:]]


@given(
    names=st.lists(st.text(max_size=40), min_size=1, max_size=4),
    cents=st.integers(min_value=-(10**14), max_value=10**14),
    width=st.integers(min_value=20, max_value=200),
)
def test_no_width_cuts_an_amount_or_breaks_a_line(names: list[str], cents: int, width: int) -> None:
    amount = f"{cents // 100:,}.{cents % 100:02}"
    rows = [[name, amount, "0.00", amount] for name in names]
    columns = [COLUMNS[0], *COLUMNS[1:4]]
    lines = on_screen(Sheet("", columns, rows), width)

    assert sum(line.count(amount) for line in lines) >= 2 * len(names)
    label_and_amount = len("Customer") + 2 + len(amount)
    assert all(cell_len(line) <= max(width, label_and_amount) for line in lines)


def test_a_wide_script_keeps_its_column() -> None:
    rows = [["株式会社テスト", "1", "1.00"], ["Kim", "20", "20.00"]]

    for lines in (in_pipe(Sheet("", SMALL, rows)).splitlines(), on_screen(Sheet("", SMALL, rows), 80)):
        ends = {cell_len(line.rstrip()) for line in lines if line.strip() and not set(line) <= {"─", "-", " "}}
        assert len(ends) == 1


@pytest.mark.parametrize("name", ["[acme] Holdings", "[/PO-1]", "[red]x[/red]", ":smile: Ltd", "a_b*c`d"])
def test_markup_in_a_name_is_text(name: str) -> None:
    sheet = Sheet(name, SMALL, [[name, "1", "1.00"]], notes=[name])

    assert sum(line.count(name) for line in on_screen(sheet, 80)) == 3
    assert in_pipe(sheet).count(name) == 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 株", "plain é 株"),
        ("two\nlines\r\tand\u2028more", "two lines  and more"),
        ("\x1b[31mred\x1b]0;title\x07", "␛[31mred␛]0;title␇"),
        ("\x9b31m", "�31m"),
        ("invoice \u202e0001", "invoice �0001"),
        ("zero\u200bwidth\x00\x7f", "zero�width␀␡"),
        ("\udc80", "�"),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_a_control_character_is_made_harmless(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_what_is_shown_is_one_line_and_steers_no_terminal(text: str) -> None:
    shown = visible(text)

    assert shown.splitlines() in ([shown], [])
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert visible(shown) == shown


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_no_control_character_reaches_a_terminal(width: int) -> None:
    bad = "a\x1b[2J\nb\u202ec"
    screen = Screen()
    write_sheet(Sheet(bad, SMALL, [[bad, "1", "1.00"]], totals=[bad, "", ""], notes=[bad]), screen, width)

    assert "\x1b[2J" not in screen.getvalue()
    assert "\u202e" not in screen.getvalue()


def screen_of(environment: dict[str, str]) -> str:
    """What a real terminal of 80 columns receives."""
    code = "import sys; from tests.render.test_tables import AGING, write_sheet; write_sheet(AGING, sys.stdout)"
    ours, theirs = pty.openpty()
    env = process_environment({"TERM": "xterm-256color", **environment})
    with subprocess.Popen([sys.executable, "-c", code], stdout=theirs, stdin=theirs, env=env) as writing:
        os.close(theirs)
        received = b""
        try:
            while chunk := os.read(ours, 4096):
                received += chunk
        except OSError:
            pass  # Linux reports the end of a terminal as an error
        os.close(ours)
    assert writing.returncode == 0
    return received.decode()


def test_a_real_terminal_is_followed_and_no_color_is_honoured() -> None:
    shown = screen_of({"COLUMNS": "80"})
    assert "─" * 80 + "\r\n" in shown
    assert re.search("\x1b\\[[0-9;]*31m", shown)
    assert "─" * 66 in screen_of({"COLUMNS": "66"})
    assert not re.search("\x1b\\[[0-9;]*3[0-9]", screen_of({"COLUMNS": "80", "NO_COLOR": "1"}))


def test_rich_is_loaded_for_a_terminal_only() -> None:
    code = (
        "import io, sys; from arctl.render.tables import *; "
        "write_sheet(Sheet('t', [Column('a', 'a')], [['x']]), io.StringIO()); "
        "write_csv([Column('a', 'a')], [['x']], io.StringIO()); write_json([], io.StringIO()); "
        "print('rich' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env=process_environment(), capture_output=True, text=True, check=True
    )

    assert ran.stdout == "False\n"


def test_a_csv_has_keys_for_a_header_and_plain_line_ends() -> None:
    assert as_csv([["INV-1", "16", "18420.00"]]) == "invoice_id,days,open\nINV-1,16,18420.00\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_in_a_text_cell_is_neutralised(start: str) -> None:
    rows = list(csv.reader(io.StringIO(as_csv([[f"{start}1+1", "16", "1.00"]]), newline="")))

    assert rows[1] == [f"'{start}1+1", "16", "1.00"]


def test_a_negative_number_stays_a_number() -> None:
    assert as_csv([["C1", "-5", "-12.00"], ["C2", -5, None]]).splitlines()[1:] == ["C1,-5,-12.00", "C2,-5,"]


def test_csv_cells_survive_the_round_trip() -> None:
    cells = ['say "hi"', "a,b", "two\nlines", "old\rmac", "win\r\nend", " blank ", "", "é 株"]
    text = as_csv([[cell, "1", "1.00"] for cell in cells])

    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:] == cells


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), max_size=5))
def test_any_text_comes_back_from_a_csv_or_with_one_apostrophe_before_it(names: list[str]) -> None:
    text = as_csv([[name, "1", "1.00"] for name in names])
    back = [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]

    assert len(back) == len(names)
    for name, cell in zip(names, back, strict=True):
        assert cell == (f"'{name}" if name[:1] and name[0] in "=+-@\t\r" else name)


def test_a_csv_takes_rows_one_by_one() -> None:
    assert as_csv([]) == "invoice_id,days,open\n"
    pipe = io.StringIO()
    write_csv(SMALL, ((f"I{at}", at, at) for at in range(3)), pipe)
    assert pipe.getvalue().count("\n") == 4


def test_a_csv_on_a_terminal_steers_nothing() -> None:
    screen = Screen()
    write_csv(SMALL, [["\x1b[2J", "1", "1.00"]], screen)

    assert screen.getvalue() == "invoice_id,days,open\n␛[2J,1,1.00\n"


def test_markdown_is_a_section_with_a_table() -> None:
    sheet = Sheet("Open_items", SMALL, [["a|b", "1", "1.00"]], totals=["Total", "", "1.00"], notes=["*ties*"])
    pipe = io.StringIO()
    write_markdown(sheet, pipe)

    assert pipe.getvalue() == (
        "## Open\\_items\n"
        "\n"
        "| Invoice   |   Days |     Open |\n"
        "|:----------|-------:|---------:|\n"
        "| a\\|b      |      1 |     1.00 |\n"
        "| **Total** |        | **1.00** |\n"
        "\n"
        "- \\*ties\\*\n"
    )


def test_json_is_one_line_for_programs_and_indented_for_eyes() -> None:
    answer = {"as_of": date(2026, 6, 30), "dso": Decimal("30.4"), "name": "株\x9b"}
    pipe, screen = io.StringIO(), Screen()
    write_json(answer, pipe)
    write_json(answer, screen)

    assert pipe.getvalue() == '{"as_of": "2026-06-30", "dso": "30.4", "name": "株\x9b"}\n'
    assert screen.getvalue() == '{\n  "as_of": "2026-06-30",\n  "dso": "30.4",\n  "name": "株�"\n}\n'
    assert json.loads(pipe.getvalue())["name"] == "株\x9b"


def test_json_refuses_what_has_no_form() -> None:
    with pytest.raises(TypeError, match="set has no JSON form"):
        write_json({1}, io.StringIO())
