"""The chain of events: whatever is recorded verifies, and whatever is done to it afterwards shows."""

import json
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core import events as core
from arctl.core.events import GENESIS, HASHED, Event, Happening, canonical, chained, follow, parse_head
from arctl.services import events as service
from arctl.store import events
from arctl.store.ledger import open_ledger
from tests.events.chains import chain_of, happening, plain, record, verdict

_texts = st.text(st.characters(codec="utf-8"), max_size=12)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)
_happenings = st.lists(
    st.builds(
        Happening,
        event_type=_texts.filter(bool),
        key=_texts.filter(bool),
        entity_type=_texts,
        entity_id=_texts,
        occurred_on=st.dates().map(str).filter(lambda day: day >= "1970"),
        company_id=st.sampled_from((None, 1)),
        payload=st.dictionaries(_texts, _values, max_size=3),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each.key,
)


def test_an_event_is_hashed_by_the_rule_that_the_export_states() -> None:
    fields = (
        1,
        "invoice.posted",
        None,
        "invoice",
        'A"ö\n',
        "2026-06-30",
        "2026-07-01 12:00:00",
        "me",
        "k",
        "{}",
        GENESIS,
    )

    text = (
        f'[1,"invoice.posted",null,"invoice","A\\"ö\\n","2026-06-30","2026-07-01 12:00:00","me","k","{{}}","{GENESIS}"]'
    )
    assert chained(fields) == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("payload", "text"),
    [({}, "{}"), ({"b": 1, "a": [None, True, "é"]}, '{"a":[null,true,"é"],"b":1}')],
)
def test_the_same_payload_is_always_the_same_text(payload: object, text: str) -> None:
    assert canonical(payload) == text


@pytest.mark.parametrize("payload", [float("nan"), float("inf")])
def test_a_payload_that_json_cannot_hold_is_refused(payload: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"amount": payload})


@given(st.lists(st.none() | st.integers(-(2**62), 2**62) | _texts, min_size=1, max_size=11))
def test_sqlite_lays_out_the_hashed_text_as_the_definition_does(fields: list[object]) -> None:
    """Else every event is checked the slow way, and nothing but time is lost."""
    connection = sqlite3.connect(":memory:")
    marks = ", ".join("?" * len(fields))

    (text,) = connection.execute(f"SELECT json_array({marks})", fields).fetchone()

    assert text == canonical(tuple(fields))


@settings(max_examples=40, deadline=None)
@given(_happenings)
def test_whatever_is_recorded_verifies_and_can_be_followed_without_arctl(happenings: list[Happening]) -> None:
    with chain_of(happenings) as path:
        found = verdict(path)
        ledger = open_ledger(path, "default")
        lines = [json.loads(line) for line in service.export(ledger)]
        ledger.close()

    assert (found.ok, found.events, found.head_seq) == (True, len(happenings), len(happenings))
    last = GENESIS
    for number, line in enumerate(lines, start=1):
        assert (line["seq"], line["prev_hash"]) == (number, last)
        text = json.dumps([line[name] for name in HASHED], ensure_ascii=False, separators=(",", ":"))
        last = line["hash"]
        assert sha256(text.encode()).hexdigest() == last
    assert found.head == f"{len(lines)}:{last}"


def _edit(connection: sqlite3.Connection, seq: int, column: str) -> None:
    """Give one field another value that its constraints allow."""
    (value,) = connection.execute(f"SELECT {column} FROM events WHERE seq = ?", (seq,)).fetchone()
    other: object = {
        "company_id": None,
        "occurred_on": "2026-06-29",
        "recorded_at": "2026-07-01 12:00:01",
        "prev_hash": "f" * 64,
        "hash": "e" * 64,
    }.get(column, f"{value}x")
    connection.execute(f"UPDATE events SET {column} = ? WHERE seq = ?", (other, seq))


@pytest.mark.parametrize("column", Event._fields[1:])
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_edit_of_any_field_of_any_event_is_found(tmp_path: Path, column: str, seq: int) -> None:
    record(tmp_path / "a.db", map(happening, range(5)))
    with plain(tmp_path / "a.db", triggers=False) as connection:
        _edit(connection, seq, column)

    first = verdict(tmp_path / "a.db").findings[0]

    assert (first.seq, first.kind) == (seq, "reordered" if column == "prev_hash" else "edited")


def _rehash(connection: sqlite3.Connection, seq: int) -> None:
    """What a careful forger does: make the event's own hash right."""
    row = connection.execute(f"SELECT {', '.join(HASHED)} FROM events WHERE seq = ?", (seq,)).fetchone()
    connection.execute("UPDATE events SET hash = ? WHERE seq = ?", (chained(row), seq))


def _forge(connection: sqlite3.Connection) -> None:
    _edit(connection, 3, "payload_json")
    _rehash(connection, 3)


def _swap(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE events SET seq = 99 WHERE seq = 2")
    connection.execute("UPDATE events SET seq = 2 WHERE seq = 4")
    connection.execute("UPDATE events SET seq = 4 WHERE seq = 99")


def _delete(first: int, last: int) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute("DELETE FROM events WHERE seq BETWEEN ? AND ?", (first, last))


def _close_up(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM events WHERE seq = 3")
    for seq in (4, 5):
        connection.execute("UPDATE events SET seq = seq - 1 WHERE seq = ?", (seq,))


@pytest.mark.parametrize(
    ("deed", "seq", "kind", "message"),
    [
        (_forge, 4, "reordered", "event 4 does not continue event 3"),
        (_swap, 2, "reordered", "event 2 does not continue event 1"),
        (_delete(1, 1), 1, "missing", "event 1 is missing"),
        (_delete(3, 3), 3, "missing", "event 3 is missing"),
        (_delete(2, 4), 2, "missing", "events 2 to 4 are missing"),
        (_close_up, 3, "reordered", "event 3 does not continue event 2"),
    ],
)
def test_what_is_forged_deleted_or_put_elsewhere_is_found(
    tmp_path: Path, deed: Callable[[sqlite3.Connection], object], seq: int, kind: str, message: str
) -> None:
    record(tmp_path / "a.db", map(happening, range(5)))
    with plain(tmp_path / "a.db", triggers=False) as connection:
        deed(connection)

    first = verdict(tmp_path / "a.db").findings[0]

    assert (first.seq, first.kind) == (seq, kind)
    assert first.message.startswith(message)


def test_what_no_chain_shows_by_itself_shows_against_a_head_noted_outside(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    record(path, map(happening, range(5)))
    head = verdict(path)
    noted = {head.head_seq: head.head_hash}
    with plain(path, triggers=False) as connection:
        connection.execute("DELETE FROM events WHERE seq > 3")

    assert verdict(path).ok
    (flaw,) = verdict(path, noted).findings
    assert (flaw.seq, flaw.kind) == (5, "missing")
    assert flaw.message == "event 5, noted as head, is missing: the chain ends with event 3"

    with plain(path) as connection:
        last = GENESIS
        for row in connection.execute(f"SELECT {', '.join(Event._fields)} FROM events").fetchall():
            fields = Event(*row)._replace(actor="somebody else", prev_hash=last)[:-1]
            last = chained(fields)
            connection.execute(
                "UPDATE events SET actor = ?, prev_hash = ?, hash = ? WHERE seq = ?",
                ("somebody else", fields[-1], last, row[0]),
            )
        connection.executemany(
            f"INSERT INTO events VALUES ({', '.join('?' * 13)})",
            [(1, *event) for event in _continued(last, 4, 5)],
        )
    assert verdict(path).ok
    (flaw,) = verdict(path, noted).findings
    assert (flaw.seq, flaw.kind) == (5, "rewritten")


def _continued(last: str, *numbers: int) -> list[Event]:
    found = []
    for seq in numbers:
        fields = (seq, "t", None, "e", "1", "2026-06-30", "2026-07-01 12:00:00", "me", f"k{seq}", "{}", last)
        last = chained(fields)
        found.append(Event(*fields, last))
    return found


def test_bytes_that_are_no_text_are_an_edit_and_no_crash(tmp_path: Path) -> None:
    record(tmp_path / "a.db", map(happening, range(3)))
    with plain(tmp_path / "a.db", triggers=False) as connection:
        connection.execute("UPDATE events SET actor = CAST(x'ff' AS TEXT) WHERE seq = 2")

    assert [(flaw.seq, flaw.kind) for flaw in verdict(tmp_path / "a.db").findings] == [(2, "edited")]


def test_the_definition_has_the_last_word_where_the_text_was_laid_out_differently() -> None:
    links = [(1, GENESIS.encode(), b"h" * 64, b"another spelling of the same")]

    assert follow(links, lambda seq: True, {}).ok
    assert not follow(links, lambda seq: False, {}).ok


def test_a_chain_in_which_nothing_holds_names_its_first_flaws_and_counts_all(tmp_path: Path) -> None:
    links = [(number, b"?", b"?", b"") for number in range(1, 500)]

    found = follow(links, lambda seq: False, {499: "0" * 64})

    assert found.events == 499
    assert len(found.findings) == core.MOST_FLAWS + 1
    assert [found.findings[0].seq, found.findings[-1].seq] == [1, 499]


def test_an_empty_chain_verifies_and_lacks_what_was_noted(tmp_path: Path) -> None:
    record(tmp_path / "a.db", [])

    assert verdict(tmp_path / "a.db").head == f"0:{GENESIS}"
    assert verdict(tmp_path / "a.db", {0: GENESIS}).ok
    assert not verdict(tmp_path / "a.db", {0: "1" * 64}).ok
    assert not verdict(tmp_path / "a.db", {1: "1" * 64}).ok


def test_an_event_of_a_known_key_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    record(path, [happening(1), happening(1), happening(2)])
    record(path, [happening(2, payload={"other": 1}), happening(3)])

    ledger = open_ledger(path, "default")
    found = [event.entity_id for event in events.select(ledger.connection, 1, events.Wanted())]
    ledger.close()
    assert found == ["INV-1", "INV-2", "INV-3"]
    assert verdict(path).ok


@pytest.mark.parametrize(
    "text", ["", "5", "5:", ":" + "a" * 64, "5:" + "a" * 63, "5:" + "G" * 64, "-1:" + "a" * 64, "٥:" + "a" * 64]
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SEQ:HASH"):
        parse_head(text)


def test_a_head_reads_as_it_is_printed() -> None:
    assert parse_head(f" 12:{GENESIS}\n") == (12, GENESIS)
