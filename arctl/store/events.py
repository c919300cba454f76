"""The chain of events: appending to it, and reading it back."""

import sqlite3
from collections.abc import Iterable

from arctl.core.events import GENESIS, Event, Happening, canonical, chained

_COLUMNS = ", ".join(Event._fields)
_MARKS = ", ".join("?" * len(Event._fields))


def head(connection: sqlite3.Connection, tenant: int) -> tuple[int, str]:
    """The number and the hash of the tenant's last event; 0 and GENESIS before the first."""
    row = connection.execute(
        "SELECT seq, hash FROM events WHERE tenant_id = ? ORDER BY seq DESC LIMIT 1", (tenant,)
    ).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def append(
    connection: sqlite3.Connection, tenant: int, happenings: Iterable[Happening], recorded_at: str, actor: str
) -> list[Event]:
    """Record what has not been recorded yet, in the caller's transaction; the events that were added, in their order.

    `recorded_at` is UTC, `YYYY-MM-DD HH:MM:SS`.
    """
    seq, last = head(connection, tenant)
    added: list[Event] = []
    for each in happenings:
        known = connection.execute(
            "SELECT 1 FROM events WHERE tenant_id = ? AND idempotency_key = ?", (tenant, each.key)
        ).fetchone()
        if known:
            continue
        seq += 1
        fields = (
            seq, each.event_type, each.company_id, each.entity_type, each.entity_id, each.occurred_on, recorded_at, actor,
            each.key, canonical(each.payload), last,
        )  # fmt: skip
        event = Event(*fields, chained(fields))
        connection.execute(f"INSERT INTO events (tenant_id, {_COLUMNS}) VALUES (?, {_MARKS})", (tenant, *event))
        last = event.hash
        added.append(event)
    return added
