"""The chain of events: appending to it, and reading it back."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from arctl.core.events import GENESIS, HASHED, ChainVerdict, Event, Happening, canonical, chained, follow

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are asked for; None leaves a question open. `since` and `until` are business dates, ISO, inclusive.

    `newest` limits them to that many at the end of the chain, `oldest` to that many at its beginning.
    """

    event_type: str | None = None
    entity_id: str | None = None
    company_id: int | None = None
    since: str | None = None
    until: str | None = None
    oldest: int | None = None
    newest: int | None = None


def select(connection: sqlite3.Connection, tenant: int, wanted: Wanted) -> Iterator[Event]:
    """The events asked for, in the order of the chain."""
    conditions: Mapping[str, str | int | None] = {
        "event_type = :event_type": wanted.event_type,
        "entity_id = :entity_id": wanted.entity_id,
        "company_id = :company_id": wanted.company_id,
        "occurred_on >= :since": wanted.since,
        "occurred_on <= :until": wanted.until,
    }
    asked = {sql.rpartition(":")[2]: value for sql, value in conditions.items() if value is not None}
    where = " AND ".join(["tenant_id = :tenant", *(sql for sql, value in conditions.items() if value is not None)])
    sql = f"SELECT {_COLUMNS} FROM events WHERE {where}"
    if wanted.newest is not None:
        sql = f"SELECT * FROM ({sql} ORDER BY seq DESC LIMIT :most) ORDER BY seq"
    else:
        sql = f"{sql} ORDER BY seq LIMIT :most"
    most = wanted.newest if wanted.newest is not None else wanted.oldest
    rows = connection.execute(sql, {"tenant": tenant, "most": -1 if most is None else most, **asked})
    return map(Event._make, rows)


def verify_chain(connection: sqlite3.Connection, tenant: int, noted: Mapping[int, str]) -> ChainVerdict:
    """Work out every hash anew from the first event on; `noted` are heads noted outside, number -> hash.

    SQLite lays out the text of each hash, in a third of the time. Should one of its releases ever write JSON differently,
    no event is called edited for it: `chained` decides.
    """
    rows = connection.execute(
        f"""
        SELECT seq, CAST(prev_hash AS BLOB), CAST(hash AS BLOB), CAST(json_array({", ".join(HASHED)}) AS BLOB)
          FROM events WHERE tenant_id = ? ORDER BY seq
        """,
        (tenant,),
    )

    def sound(seq: int) -> bool:
        return _is_sound(connection, tenant, seq)

    return follow(rows, sound, noted)


def _is_sound(connection: sqlite3.Connection, tenant: int, seq: int) -> bool:
    texts = ", ".join(f"iif(typeof({name}) = 'text', CAST({name} AS BLOB), {name})" for name in Event._fields)
    row = connection.execute(f"SELECT {texts} FROM events WHERE tenant_id = ? AND seq = ?", (tenant, seq)).fetchone()
    try:
        fields = [value.decode() if isinstance(value, bytes) else value for value in row]
    except UnicodeDecodeError:  # nobody hashes what is no text
        return False
    return bool(chained(tuple(fields[:-1])) == fields[-1])
