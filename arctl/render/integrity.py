"""What the checks of the ledger found, for people and for programs."""

from collections.abc import Sequence
from typing import TextIO

from arctl.core.integrity import CheckResult, Status
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet

_SHOWN = {Status.FINDING: "FINDING"}
_CHECKS = (Column("Check", "check"), Column("Status", "status"), Column("Looked at", "looked_at"))
_FINDINGS = (
    Column("Check", "check"),
    Column("Where", "where"),
    Column("What", "message"),
    Column("What to do", "remedy"),
)


def write_json_checks(results: Sequence[CheckResult], stream: TextIO) -> None:
    """A list with one object per check, in order."""
    write_json(
        [
            {
                "check": result.check,
                "status": result.status.value,
                "looked_at": result.examined.looked_at,
                "findings": [
                    {"where": each.where, "message": each.message, "remedy": each.remedy}
                    for each in result.examined.findings
                ],
                "notes": list(result.examined.notes),
            }
            for result in results
        ],
        stream,
    )


def write_csv_checks(results: Sequence[CheckResult], stream: TextIO) -> None:
    """A line per finding; a check without one has a line of its own, empty from `where` on."""
    rows = [
        (result.check, result.status.value, result.examined.looked_at, *cells)
        for result in results
        for cells in [(each.where, each.message, each.remedy) for each in result.examined.findings] or [("", "", "")]
    ]
    write_csv((*_CHECKS, *_FINDINGS[1:]), rows, stream)


def write_screen(results: Sequence[CheckResult], markdown: bool, stream: TextIO) -> None:
    """For people: a line per check, then the findings."""
    write = write_markdown if markdown else write_sheet
    lines = [
        (result.check, _SHOWN.get(result.status, result.status.value), result.examined.looked_at) for result in results
    ]
    notes = [f"{result.check}: {note}" for result in results for note in result.examined.notes]
    write(Sheet("Integrity of the ledger", _CHECKS, lines, notes=notes), stream)
    found = [
        (result.check, each.where, each.message, each.remedy) for result in results for each in result.examined.findings
    ]
    if found:
        stream.write("\n")
        write(Sheet("Findings", _FINDINGS, found), stream)
