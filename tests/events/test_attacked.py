"""Events against whoever holds the file: refused by the schema, or found by the chain once its triggers are gone."""

import sqlite3
from pathlib import Path

import pytest

from arctl.core.events import Happening
from arctl.services.books import ensure_ledger
from arctl.store import events
from tests.conftest import Arctl

AT = "2026-07-01 12:00:00"
COPY = "SELECT tenant_id, {seq}, event_type, company_id, entity_type, entity_id, occurred_on, recorded_at, actor, {key}, payload_json,"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A ledger with eight events."""
    path = tmp_path / "arctl.db"
    ledger = ensure_ledger(path, "default")
    happened = [
        Happening("invoice.posted", f"k{n}", "invoice", f"I{n}", "2026-06-30", 1, {"cents": n}) for n in range(8)
    ]
    with ledger.transaction() as connection:
        assert len(events.append(connection, ledger.tenant_id, happened, AT, "ops")) == 8
        assert events.append(connection, ledger.tenant_id, happened, AT, "ops") == []
    ledger.close()
    return path


def run(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    try:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    finally:
        connection.close()


REFUSED = {
    "update": "UPDATE events SET actor = 'x' WHERE seq = 3",
    "update or replace": "UPDATE OR REPLACE events SET seq = 4 WHERE seq = 3",
    "delete": "DELETE FROM events WHERE seq = 8",
    "replace": "REPLACE INTO events SELECT * FROM events WHERE seq = 3",
    "insert or replace": "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 8",
    "upsert": "INSERT INTO events SELECT * FROM events WHERE seq = 8 ON CONFLICT DO UPDATE SET actor = 'x'",
    "gap": f"INSERT INTO events {COPY.format(seq=10, key=chr(39) + 'new' + chr(39))} hash, prev_hash FROM events WHERE seq = 8",
    "wrong link": f"INSERT INTO events {COPY.format(seq=9, key=chr(39) + 'new' + chr(39))} prev_hash, hash FROM events WHERE seq = 8",
    "same key": f"INSERT INTO events {COPY.format(seq=9, key='idempotency_key')} hash, prev_hash FROM events WHERE seq = 8",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_schema_refuses(chain: Path, statement: str) -> None:
    before = sqlite3.connect(chain).execute("SELECT * FROM events").fetchall()

    with pytest.raises(sqlite3.IntegrityError):
        run(chain, statement)

    assert sqlite3.connect(chain).execute("SELECT * FROM events").fetchall() == before


def test_insert_or_ignore_changes_nothing(chain: Path) -> None:
    before = sqlite3.connect(chain).execute("SELECT * FROM events").fetchall()
    with pytest.raises(sqlite3.IntegrityError):
        run(chain, "INSERT OR IGNORE INTO events SELECT * FROM events WHERE seq = 2")

    assert sqlite3.connect(chain).execute("SELECT * FROM events").fetchall() == before


DROPPED = ("DROP TRIGGER events_update", "DROP TRIGGER events_delete", "DROP TRIGGER events_insert")
FOUND = {
    "edited": (("UPDATE events SET actor = 'x' WHERE seq = 3",), "event 3 was edited"),
    "edited payload": (("UPDATE events SET payload_json = '{}' WHERE seq = 8",), "event 8 was edited"),
    "deleted": (("DELETE FROM events WHERE seq = 4",), "event 4 is missing"),
    "deleted first": (("DELETE FROM events WHERE seq = 1",), "event 1 is missing"),
    "re-ordered": (
        (
            "UPDATE events SET seq = 99 WHERE seq = 4",
            "UPDATE events SET seq = 4 WHERE seq = 5",
            "UPDATE events SET seq = 5 WHERE seq = 99",
        ),
        "event 4 does not continue event 3",
    ),
}


@pytest.mark.parametrize(("statements", "said"), FOUND.values(), ids=FOUND.keys())
def test_the_chain_finds(arctl: Arctl, chain: Path, statements: tuple[str, ...], said: str) -> None:
    assert arctl("events", "verify").returncode == 0
    run(chain, *DROPPED, *statements)

    ran = arctl("events", "verify")

    assert ran.returncode == 1
    assert said in ran.stdout + ran.stderr


def test_a_cut_off_end_shows_by_the_head_that_was_noted(arctl: Arctl, chain: Path) -> None:
    (head,) = sqlite3.connect(chain).execute("SELECT seq || ':' || hash FROM events WHERE seq = 8").fetchone()
    assert arctl("events", "verify", "--expect-head", head).returncode == 0
    run(chain, *DROPPED, "DELETE FROM events WHERE seq > 6")

    assert arctl("events", "verify").returncode == 0
    ran = arctl("events", "verify", "--expect-head", head)
    assert ran.returncode == 1
    assert "event 8, noted as head, is missing" in ran.stdout + ran.stderr


FIELDS = (
    "event_type",
    "entity_type",
    "entity_id",
    "occurred_on",
    "recorded_at",
    "actor",
    "idempotency_key",
    "payload_json",
)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("seq", [1, 5, 8])
def test_every_field_of_every_event_is_held(chain: Path, field: str, seq: int) -> None:
    new = {"occurred_on": "2026-06-29", "recorded_at": "2026-07-01 12:00:01"}.get(field, "other")
    run(chain, *DROPPED, f"UPDATE events SET {field} = '{new}' WHERE seq = {seq}")
    connection = sqlite3.connect(chain)

    verdict = events.verify_chain(connection, 1, {})

    assert [(flaw.seq, flaw.kind) for flaw in verdict.findings] == [(seq, "edited")]
