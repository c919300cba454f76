"""What a purge of month-end evidence removed, and what it left. Formats, computes nothing."""

from collections.abc import Iterator
from typing import TextIO

from arctl.core.evidence import SetRow
from arctl.core.shelf import PurgeOutcome
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet

_COLUMNS = (
    Column("Date", "snapshot_date"),
    Column("Company", "company"),
    Column("Rev", "revision", align="right"),
    Column("Customers", "customers", align="right"),
    Column("Lines", "lines", align="right"),
    Column("Kept until", "retain_until"),
    Column("Outcome", "outcome"),
    Column("Content", "content_hash"),
)


def write_outcome(outcome: PurgeOutcome, markdown: bool, stream: TextIO) -> None:
    """For people: a line per set that was asked for, and the event to note."""
    rows = [(*row[:-1], row[-1][:12]) for row in _rows(outcome)]
    (write_markdown if markdown else write_sheet)(
        Sheet(f"Evidence of days before {outcome.before}", _COLUMNS, rows, None, tuple(_notes(outcome))), stream
    )


def _notes(outcome: PurgeOutcome) -> Iterator[str]:
    count = len(outcome.removed)
    sets = "1 set" if count == 1 else f"{count} sets"
    if not count:
        yield "Nothing to purge" + ("" if outcome.kept else f": there is no evidence of a day before {outcome.before}")
    elif outcome.dry_run:
        yield f"{sets} would be removed; nothing was changed (--dry-run)"
    else:
        seq, last = outcome.head
        yield f"{sets} removed in one act, event {outcome.event}"
        yield f"Head of the events, to be noted outside: {seq}:{last}"
    if outcome.kept:
        until = min(row.retain_until for row in outcome.kept)
        yield f"{len(outcome.kept)} kept because of retention, the first until {until}"


def write_outcome_csv(outcome: PurgeOutcome, stream: TextIO) -> None:
    """A line per set, with whole hashes."""
    write_csv(_COLUMNS, _rows(outcome), stream)


def _rows(outcome: PurgeOutcome) -> Iterator[tuple[str, ...]]:
    for row, what in _outcomes(outcome):
        yield (
            row.snapshot_date, row.company, str(row.revision), str(row.customers), str(row.lines), row.retain_until, what,
            row.content_hash,
        )  # fmt: skip


def _outcomes(outcome: PurgeOutcome) -> Iterator[tuple[SetRow, str]]:
    for row in outcome.removed:
        yield row, "would be removed" if outcome.dry_run else "removed"
    for row in outcome.kept:
        yield row, "kept"


def write_outcome_json(outcome: PurgeOutcome, stream: TextIO) -> None:
    """Both lists, the event's number, and the head of the chain."""
    write_json(
        {
            "before": outcome.before,
            "dry_run": outcome.dry_run,
            "removed": [_set_json(row) for row in outcome.removed],
            "kept": [_set_json(row) for row in outcome.kept],
            "event_seq": outcome.event,
            "head": {"seq": outcome.head[0], "hash": outcome.head[1]},
        },
        stream,
    )


def _set_json(row: SetRow) -> dict[str, object]:
    return {
        "snapshot_date": row.snapshot_date,
        "company": row.company,
        "revision": row.revision,
        "customers": row.customers,
        "lines": row.lines,
        "retain_until": row.retain_until,
        "content_hash": row.content_hash,
    }
