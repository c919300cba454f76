"""A finished sync for people and for programs. Formats the report, decides nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from textwrap import wrap
from typing import TextIO

from arctl.core.sync_report import RejectedRow, SyncReport, TableCounts
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_markdown, write_sheet
from arctl.render.text import visible

EXAMPLES = 3
"""Rows shown of each reason."""
REASONS = 12
"""Reasons shown, those with most rows first."""

_VALUE = 40
_SHORTEST = 3  # a value of one or two letters stands in too many words of a reason by chance
_REMEDY = "Correct them in the ERP or the export and sync again: they are tried again at every sync."
_COLUMNS = (
    Column("table", "table"),
    *(
        Column(title, key, align="right")
        for title, key in (
            ("read", "read"),
            ("new", "inserted"),
            ("changed", "updated"),
            ("unchanged", "unchanged"),
            ("gone", "closed"),
            ("rejected", "rejected"),
        )
    ),
)
_KEYS = tuple(column.key for column in _COLUMNS)


def sync_json(report: SyncReport) -> dict[str, object]:
    """The pinned form of a sync's answer, with the source and the notices beside it."""
    return {
        "status": report.status,
        "batch": report.batch,
        "source": report.source,
        "tables": [asdict(counts) for counts in report.tables],
        "rejects": [
            {"file": row.file, "line": row.line, "column": row.column, "value": row.value, "reason": row.reason}
            for row in report.rejects
        ],
        "notices": list(report.notices),
    }


def write_sync_csv(report: SyncReport, stream: TextIO) -> None:
    """What changed, a line per table."""
    write_csv(_COLUMNS, ([getattr(counts, key) for key in _KEYS] for counts in report.tables), stream)


def write_sync_markdown(report: SyncReport, stream: TextIO) -> None:
    """What changed as a table, then rejects and notices as a list."""
    notes = [*_said_of_rejects(report), *report.notices]
    write_markdown(Sheet(_title(report), _COLUMNS, _rows(report.tables), notes=notes), stream)


def write_sync_screen(report: SyncReport, ending: Sequence[str], stream: TextIO, width: int | None = None) -> None:
    """For people: what changed, what was rejected and why, notices, and `ending`: what is there now, what is next."""
    write_sheet(Sheet(_title(report), _COLUMNS, _rows(report.tables)), stream, width)
    if stream.isatty() and width is None:
        from shutil import get_terminal_size

        width = get_terminal_size().columns
    room = width if stream.isatty() else None
    for paragraph in (
        list(_reject_lines(report.rejects)),
        _retried_lines(sum(counts.retried for counts in report.tables), bool(report.rejects)),
        [f"Note: {notice}" for notice in report.notices],
        list(ending),
    ):
        if paragraph:
            stream.write("\n")
        for line in paragraph:
            stream.writelines(f"{each}\n" for each in _fitted(visible(line), room))


def _retried_lines(retried: int, some_rejected: bool) -> list[str]:
    if not retried:
        return []
    way_out = " If the ERP no longer has them, --full lets them go." if some_rejected else ""
    return [f"Rows of earlier syncs tried again: {retried:,}.{way_out}"]


def holdings_line(db: str, held: Mapping[str, int]) -> str:
    """One sentence of what the mirror holds now."""
    customers, invoices, payments = (held[name] for name in ("customers", "customer_invoices", "customer_payments"))
    return (
        f"{db} holds {_counted(customers, 'customer')}, {_counted(invoices, 'invoice')}"
        f" and {_counted(payments, 'payment')} now."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _title(report: SyncReport) -> str:
    match report.status:
        case "dry_run":
            return f"Dry run of {report.source}: what a sync would do; nothing landed"
        case "refused":
            return f"Nothing of {report.source} landed: it holds rows that cannot, and --strict takes all or nothing"
        case _:
            return f"Synced {report.source} (batch {report.batch})"


def _rows(tables: Iterable[TableCounts]) -> list[list[str]]:
    return [[counts.table, *(f"{getattr(counts, key):,}" for key in _KEYS[1:])] for counts in tables]


def _said_of_rejects(report: SyncReport) -> list[str]:
    if not report.rejects:
        return []
    return [f"{_counted(len(report.rejects), 'row')} rejected. {_REMEDY}"]


def _reject_lines(rejects: Sequence[RejectedRow]) -> Iterator[str]:
    """The rejects by reason, with examples, and what to do about them."""
    if not rejects:
        return
    groups: dict[tuple[str, str, str], list[RejectedRow]] = {}
    for row in rejects:
        groups.setdefault((row.file, row.column, _gist(row)), []).append(row)
    yield f"Rejected: {_counted(len(rejects), 'row')}"
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for (_, _, gist), rows in ordered[:REASONS]:
        yield f"  {_counted(len(rows), 'row')}: {gist if len(rows) > 1 else rows[0].reason}"
        for row in rows[:EXAMPLES]:
            yield f"    {_example(row)}" + (f": {row.reason}" if len(rows) > 1 and _unnamed(row) != gist else "")
        if len(rows) > EXAMPLES:
            yield f"    and {len(rows) - EXAMPLES:,} more"
    if len(ordered) > REASONS:
        rest = sum(len(rows) for _, rows in ordered[REASONS:])
        yield f"  and {_counted(rest, 'row')} for {len(ordered) - REASONS:,} other reasons"
    if any(len(rows) > EXAMPLES for rows in groups.values()) or len(ordered) > REASONS:
        yield "All of them: arctl sync --json, or SQL on sync_rejects."
    yield _REMEDY


def _gist(row: RejectedRow) -> str:
    """The reason without what is particular to the row, so that rows of one cause stand together."""
    return re.sub(r"[0-9]+(, [0-9]+)*", "…", _unnamed(row))


def _unnamed(row: RejectedRow) -> str:
    """The reason without the value, which stands beside it."""
    reason = row.reason.replace(row.value, "…") if len(row.value) >= _SHORTEST else row.reason
    return re.sub(r'"[^"]+"', '"…"', reason)


def _example(row: RejectedRow) -> str:
    value = visible(row.value)
    shown = value if len(value) <= _VALUE else f"{value[: _VALUE - 1]}…"
    return "  ".join(part for part in (f"{row.file}:{row.line}", row.column, shown) if part)


def _fitted(line: str, room: int | None) -> list[str]:
    if room is None or len(line) <= room:
        return [line]
    margin = " " * (len(line) - len(line.lstrip()) + 2)
    return wrap(line, room, subsequent_indent=margin, initial_indent=margin[2:], break_on_hyphens=False)
