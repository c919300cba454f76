"""Marks of a review that was not finished: kept, read again, forgotten. They take effect on nothing."""

import json
import sqlite3

from arctl.core.events import canonical
from arctl.core.review_values import Mark, Marks


def load(connection: sqlite3.Connection, tenant: int, envelope_id: int) -> dict[int, Mark]:
    """What is marked on an envelope, by the number of the effect."""
    rows = connection.execute(
        "SELECT seq, mark, mark_json FROM proposal_marks WHERE tenant_id = ? AND envelope_id = ? ORDER BY seq",
        (tenant, envelope_id),
    )
    return {seq: Mark(kind, **json.loads(rest)) for seq, kind, rest in rows}


def keep(connection: sqlite3.Connection, tenant: int, envelope_id: int, marks: Marks, by: str, at: str) -> None:
    """Keep these marks in place of all that stood before; a mark that stays as it was keeps who made it and when."""
    before = load(connection, tenant, envelope_id)
    connection.executemany(
        "DELETE FROM proposal_marks WHERE tenant_id = ? AND envelope_id = ? AND seq = ?",
        ((tenant, envelope_id, seq) for seq, mark in before.items() if marks.get(seq) != mark),
    )
    connection.executemany(
        "INSERT INTO proposal_marks (tenant_id, envelope_id, seq, mark, mark_json, marked_by, marked_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (tenant, envelope_id, seq, mark.kind, _rest(mark), by, at)
            for seq, mark in marks.items()
            if before.get(seq) != mark
        ),
    )


def clear(connection: sqlite3.Connection, tenant: int, envelope_id: int) -> None:
    """Forget the marks of an envelope: it is decided."""
    connection.execute("DELETE FROM proposal_marks WHERE tenant_id = ? AND envelope_id = ?", (tenant, envelope_id))


def _rest(mark: Mark) -> str:
    said = {"reason": mark.reason, "until": mark.until, "edited_text": mark.edited_text, "note": mark.note}
    return canonical({name: text for name, text in said.items() if text is not None})
