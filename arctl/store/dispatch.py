"""Which events each workflow was told of: cursors, the events after them, and the runs that events started."""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

_CONSUMER = "workflow:"


class Offered(NamedTuple):
    """An event as far as a workflow is told of it; `payload` is its JSON."""

    seq: int
    event_type: str
    company_id: int | None
    payload: str


def cursor(connection: sqlite3.Connection, tenant: int, workflow_type: str) -> int:
    """Up to which event the workflow was told; 0 before the first.

    A run that an event started counts, whether or not the cursor was moved before the program was killed.
    """
    (seq,) = connection.execute(
        """
        SELECT max(coalesce((SELECT seq FROM event_cursors WHERE tenant_id = :tenant AND consumer = :consumer), 0),
                   coalesce((SELECT max(CAST(trigger_ref AS INTEGER)) FROM workflow_run_log
                              WHERE tenant_id = :tenant AND workflow_type = :type AND trigger_kind = 'event'), 0))
        """,
        {"tenant": tenant, "consumer": _CONSUMER + workflow_type, "type": workflow_type},
    ).fetchone()
    return int(seq)


def move(connection: sqlite3.Connection, tenant: int, workflow_type: str, seq: int, at: str) -> None:
    """Note that a workflow was told of everything up to an event; never backwards."""
    connection.execute(
        """
        INSERT INTO event_cursors (tenant_id, consumer, seq, moved_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant_id, consumer) DO UPDATE SET seq = excluded.seq, moved_at = excluded.moved_at
         WHERE excluded.seq > seq
        """,
        (tenant, _CONSUMER + workflow_type, seq, at),
    )


def events_between(
    connection: sqlite3.Connection, tenant: int, types: Sequence[str], after: int, until: int
) -> list[Offered]:
    """The events of some types after one number up to another, in their order."""
    rows = connection.execute(
        "SELECT seq, event_type, company_id, payload_json FROM events"
        " WHERE tenant_id = ? AND seq > ? AND seq <= ? AND event_type IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (tenant, after, until, json.dumps(list(types))),
    )
    return [Offered(*row) for row in rows]


def started_by(
    connection: sqlite3.Connection, tenant: int, workflow_type: str, kind: str, refs: Sequence[str]
) -> set[str]:
    """Those of the events, or proposals, that started a run of the workflow."""
    rows = connection.execute(
        "SELECT trigger_ref FROM workflow_run_log WHERE tenant_id = ? AND workflow_type = ? AND trigger_kind = ?"
        " AND trigger_ref IN (SELECT value FROM json_each(?))",
        (tenant, workflow_type, kind, json.dumps(list(refs))),
    )
    return {ref for (ref,) in rows}
