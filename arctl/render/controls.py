"""The control matrix, for people and for programs."""

from collections.abc import Sequence
from typing import TextIO

from arctl.core.controls import Control
from arctl.core.integrity import Status
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet
from arctl.render.text import visible

_SHOWN = {Status.FINDING: "FINDING"}
_COLUMNS = (
    Column("No", "number", align="right"),
    Column("Control", "name"),
    Column("Company", "company"),
    Column("Asserts", "asserts", flexible=True),
    Column("Result", "status"),
    Column("Evidence", "evidence", flexible=True),
)
_FINDINGS = (*_COLUMNS[:3], Column("Finding", "finding", flexible=True))


def write_json_controls(controls: Sequence[Control], stream: TextIO) -> None:
    """A list with one object per control and company, in order."""
    write_json(
        [
            {
                "number": each.assertion.number,
                "name": each.assertion.name,
                "asserts": each.assertion.asserts,
                "status": each.status.value,
                "company": each.company,
                "evidence": each.evidence,
                "query": each.query,
                "findings": list(each.findings),
            }
            for each in controls
        ],
        stream,
    )


def write_csv_controls(controls: Sequence[Control], queries: bool, stream: TextIO) -> None:
    """A line per control and company; several findings stand in one cell, and so does the query on request."""
    columns = (*_COLUMNS, Column("Findings", "findings"), *([Column("Query", "query")] if queries else []))
    rows = [
        (
            each.assertion.number, each.assertion.name, each.company or "", each.assertion.asserts, each.status.value,
            each.evidence, "; ".join(each.findings), *([each.query] if queries else []),
        )
        for each in controls
    ]  # fmt: skip
    write_csv(columns, rows, stream)


def write_screen(controls: Sequence[Control], as_of: str, queries: bool, markdown: bool, stream: TextIO) -> None:
    """For people: a line per control, then the findings, and on request each evidence query."""
    write = write_markdown if markdown else write_sheet
    lines = [
        (*_head(each), each.assertion.asserts, _SHOWN.get(each.status, each.status.value), each.evidence)
        for each in controls
    ]
    write(Sheet(f"Controls as of {as_of}", _COLUMNS, lines), stream)
    found = [(*_head(each), finding) for each in controls for finding in each.findings]
    if found:
        stream.write("\n")
        write(Sheet("Findings", _FINDINGS, found), stream)
    if queries:
        for each in controls:
            _write_query(each, markdown, stream)


def _head(control: Control) -> tuple[str, str, str]:
    return str(control.assertion.number), control.assertion.name, control.company or "all"


def _write_query(control: Control, markdown: bool, stream: TextIO) -> None:
    number, name, company = _head(control)
    title = f"-- {number} {name}, company {visible(company)}"
    lines = [title, *map(visible, f"{control.query};".split("\n"))]
    text = "\n".join(lines)
    stream.write(f"\n```sql\n{text}\n```\n" if markdown else f"\n{text}\n")
