"""Marks kept in the ledger between two sittings."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.core.review_values import Mark, Marks
from arctl.resources import schema_sql
from arctl.store import marks

TENANT, ENVELOPE = 1, 12
NOON, ONE = "2026-06-30 12:00:00", "2026-06-30 13:00:00"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A ledger's tables; whether the envelope stands is foreign keys' business."""
    opened = sqlite3.connect(":memory:", isolation_level=None)
    opened.executescript(schema_sql())
    opened.execute("PRAGMA foreign_keys = OFF")
    yield opened
    opened.close()


MARKED = {
    1: Mark("tick"),
    2: Mark("tick", edited_text="Dear Café,\nplease call.\n", note="ask the rep"),
    3: Mark("reject", reason="paid"),
    4: Mark("snooze", until="2026-07-10"),
    5: Mark("call", note=""),
}


def test_marks_come_back_as_they_were(connection: sqlite3.Connection) -> None:
    marks.keep(connection, TENANT, ENVELOPE, MARKED, "ann", NOON)

    assert marks.load(connection, TENANT, ENVELOPE) == MARKED
    assert marks.load(connection, TENANT, 13) == {}
    assert marks.load(connection, 2, ENVELOPE) == {}


def test_keeping_replaces_what_stood_and_leaves_who_marked_the_rest(connection: sqlite3.Connection) -> None:
    marks.keep(connection, TENANT, ENVELOPE, {1: Mark("tick"), 2: Mark("tick")}, "ann", NOON)
    marks.keep(connection, TENANT, ENVELOPE, {1: Mark("tick"), 3: Mark("call")}, "ben", ONE)

    rows = connection.execute("SELECT seq, mark, marked_by, marked_at FROM proposal_marks ORDER BY seq").fetchall()
    assert rows == [(1, "tick", "ann", NOON), (3, "call", "ben", ONE)]


def test_a_decided_envelope_forgets_its_marks_and_no_others(connection: sqlite3.Connection) -> None:
    marks.keep(connection, TENANT, ENVELOPE, MARKED, "ann", NOON)
    marks.keep(connection, TENANT, 13, {1: Mark("tick")}, "ann", NOON)
    marks.clear(connection, TENANT, ENVELOPE)

    assert marks.load(connection, TENANT, ENVELOPE) == {}
    assert marks.load(connection, TENANT, 13) == {1: Mark("tick")}


_TEXT = st.none() | st.text(max_size=20)
_MARKS = st.dictionaries(
    st.integers(1, 6),
    st.builds(Mark, st.sampled_from(["tick", "reject", "snooze", "call"]), _TEXT, _TEXT, _TEXT, _TEXT),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_MARKS, max_size=4))
def test_what_is_kept_is_always_what_was_marked_last(sittings: list[Marks]) -> None:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    table = Path(__file__).resolve().parents[2] / "schema.sql"
    text = table.read_text(encoding="utf-8")
    start = text.index("CREATE TABLE proposal_marks")
    opened.execute(text[start : text.index(";", start)])
    for marked in sittings:
        marks.keep(opened, TENANT, ENVELOPE, marked, "ann", NOON)
        assert marks.load(opened, TENANT, ENVELOPE) == marked
    opened.close()
