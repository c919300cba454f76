"""Plain connections against the events: whatever SQL is tried, the schema refuses it."""

import sqlite3
from pathlib import Path

import pytest

from arctl.core.events import Event, chained
from tests.events.chains import COLUMNS, happening, plain, record, verdict

_ROW = {
    "tenant_id": 1,
    "seq": 4,
    "event_type": "invoice.posted",
    "company_id": 1,
    "entity_type": "invoice",
    "entity_id": "X",
    "occurred_on": "2026-06-30",
    "recorded_at": "2026-07-01 12:00:00",
    "actor": "forger",
    "idempotency_key": "invoice.posted:X",
    "payload_json": "{}",
}
_APPENDED = "events are appended: seq must be one more than the last"
_CONTINUES = "an event continues the chain: prev_hash must be the hash of the event before it"
_RECORDED = "this event is recorded already: idempotency_key"
_ONLY = "events are append-only"
_DEEDS = [
    ("UPDATE events SET actor = 'x' WHERE seq = 2", _ONLY),
    ("UPDATE OR REPLACE events SET seq = 1 WHERE seq = 2", _ONLY),
    ("UPDATE OR IGNORE events SET payload_json = '{}'", _ONLY),
    ("DELETE FROM events", _ONLY),
    ("DELETE FROM events WHERE seq = 3", _ONLY),
    ("REPLACE INTO events SELECT * FROM events WHERE seq = 2", _APPENDED),
    ("INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 3", _APPENDED),
    ("INSERT OR IGNORE INTO events SELECT * FROM events WHERE seq = 2", _APPENDED),
    ("INSERT INTO events SELECT * FROM events WHERE seq = 1 ON CONFLICT DO UPDATE SET actor = 'x'", None),
    ("INSERT INTO events SELECT * FROM events WHERE seq = 1 ON CONFLICT DO NOTHING", None),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    record(tmp_path / "a.db", map(happening, range(3)))
    return tmp_path / "a.db"


def _content(path: Path) -> list[tuple[object, ...]]:
    with plain(path) as connection:
        return connection.execute("SELECT * FROM events").fetchall()


def _row(path: Path, **other: object) -> list[object]:
    """An event that the schema would take, and its hash right, with `other` values."""
    fields = {**_ROW, "prev_hash": _content(path)[-1][-1], **other}
    fields.setdefault("hash", chained(tuple(fields[name] for name in Event._fields[:-1])))  # type: ignore[misc]
    return [fields[name] for name in COLUMNS]


@pytest.mark.parametrize(
    "pragmas", [(), ("foreign_keys = OFF", "recursive_triggers = OFF"), ("recursive_triggers = ON",)]
)
@pytest.mark.parametrize(("deed", "said"), _DEEDS)
def test_nothing_changes_or_removes_an_event(path: Path, deed: str, said: str | None, pragmas: tuple[str, ...]) -> None:
    before = _content(path)
    if " ON CONFLICT" in deed:
        deed = deed.replace(" ON CONFLICT", " AND true ON CONFLICT")  # else SQLite takes ON for a join's

    with plain(path, *pragmas) as connection, pytest.raises(sqlite3.IntegrityError, match=said or _APPENDED):
        connection.execute(deed)

    assert _content(path) == before
    assert verdict(path).ok


@pytest.mark.parametrize("verb", ["INSERT", "REPLACE", "INSERT OR IGNORE", "INSERT OR REPLACE"])
@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"seq": 3}, _APPENDED),
        ({"seq": 5}, _APPENDED),
        ({"seq": 1}, _APPENDED),
        ({"prev_hash": "a" * 64}, _CONTINUES),
        ({"idempotency_key": "invoice.posted:INV-1"}, _RECORDED),
        ({"tenant_id": 2}, _APPENDED),
        ({"tenant_id": 2, "seq": 1}, _CONTINUES),
    ],
)
def test_only_the_next_event_of_the_chain_can_be_added(
    path: Path, verb: str, other: dict[str, object], said: str
) -> None:
    before = _content(path)

    with plain(path) as connection, pytest.raises(sqlite3.IntegrityError, match=said):
        connection.execute(f"{verb} INTO events VALUES ({', '.join('?' * len(COLUMNS))})", _row(path, **other))

    assert _content(path) == before


@pytest.mark.parametrize(
    "other",
    [
        {"occurred_on": "2026-02-30"},
        {"occurred_on": ""},
        {"recorded_at": "yesterday"},
        {"event_type": ""},
        {"idempotency_key": ""},
        {"hash": "abc"},
        {"payload_json": None},
        {"seq": "four"},
    ],
)
def test_an_event_that_is_none_is_refused(path: Path, other: dict[str, object]) -> None:
    with plain(path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(
            f"INSERT INTO events VALUES ({', '.join('?' * len(COLUMNS))})", _row(path, **{"hash": "a" * 64, **other})
        )


def test_a_company_of_another_tenant_is_refused_where_foreign_keys_are_on(path: Path) -> None:
    row = _row(path, company_id=77)
    with plain(path, "foreign_keys = ON") as connection, pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        connection.execute(f"INSERT INTO events VALUES ({', '.join('?' * len(COLUMNS))})", row)


def test_the_next_event_is_taken_from_anybody(path: Path) -> None:
    """The chain says in which order things were written, not who may write: that is what the actor and backups are for."""
    with plain(path) as connection:
        connection.execute(f"INSERT INTO events VALUES ({', '.join('?' * len(COLUMNS))})", _row(path))

    assert verdict(path).events == 4
    assert verdict(path).ok
