"""Chains of events for tests: appended to a ledger, and laid bare to whoever holds the file."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from arctl.core.events import ChainVerdict, Event, Happening
from arctl.store import events
from arctl.store.ledger import create, open_ledger

AT = "2026-07-01 12:00:00"
COLUMNS = ("tenant_id", *Event._fields)
TRIGGERS = ("events_insert", "events_update", "events_delete")


def happening(number: int, **other: object) -> Happening:
    fields: dict[str, object] = {
        "event_type": "invoice.posted",
        "key": f"invoice.posted:INV-{number}",
        "entity_type": "invoice",
        "entity_id": f"INV-{number}",
        "occurred_on": "2026-06-30",
        "company_id": 1,
        "payload": {"amount_cents": number, "customer_id": "C1"},
    }
    return Happening(**{**fields, **other})  # type: ignore[arg-type]  # fields by name, as a table of cases has them


def record(path: Path, happenings: Iterable[Happening]) -> None:
    """Append to the ledger at `path`, made now where there is none."""
    create(path)
    ledger = open_ledger(path, "default")
    with ledger.transaction() as connection:
        events.append(connection, ledger.tenant_id, happenings, AT, "tester")
    ledger.close()


def verdict(path: Path, noted: dict[int, str] | None = None) -> ChainVerdict:
    ledger = open_ledger(path, "default")
    try:
        return events.verify_chain(ledger.connection, ledger.tenant_id, noted or {})
    finally:
        ledger.close()


@contextmanager
def plain(path: Path, *pragmas: str, triggers: bool = True) -> Iterator[sqlite3.Connection]:
    """A connection as any program would open one, and what it did, committed; without the triggers where asked for."""
    connection = sqlite3.connect(path)
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    if not triggers:
        for name in TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
    try:
        with connection:
            yield connection
    finally:
        connection.close()


@contextmanager
def chain_of(happenings: Iterable[Happening]) -> Iterator[Path]:
    """A ledger of its own with these events."""
    with TemporaryDirectory(prefix="arctl-events-") as place:
        path = Path(place) / "arctl.db"
        copyfile(_empty(), path)
        record(path, happenings)
        yield path


_KEPT = TemporaryDirectory(prefix="arctl-events-")


def _empty() -> Path:
    path = Path(_KEPT.name) / "empty.db"
    create(path)
    return path
