"""Everything schema.sql makes is looked for: what is gone or altered is found, how it is laid out is no matter."""

import sqlite3
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from arctl.store import schema_check
from arctl.store.integrity import attempt
from arctl.store.schema_check import compare, fresh, normal_form

ORDER = {"trigger": 0, "index": 1, "view": 2, "table": 3}


@pytest.fixture
def ledger() -> Iterator[sqlite3.Connection]:
    with fresh() as connection:
        yield connection


def _made(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    assert {kind for kind, _ in rows} == set(ORDER)
    return sorted(rows, key=lambda row: ORDER[row[0]])


def test_a_fresh_ledger_deviates_in_nothing(ledger: sqlite3.Connection) -> None:
    compared = compare(ledger)

    assert compared.deviations == []
    assert compared.objects == len(_made(ledger))
    assert compared.rows > 47_000


@pytest.mark.slow
def test_every_object_dropped_is_found(ledger: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(ledger)
    # fixed rows are no matter here, and a ledger laid for each of a hundred objects would take seconds
    monkeypatch.setattr(schema_check, "_constants", lambda *_: (0, []))
    with fresh() as model:
        monkeypatch.setattr(schema_check, "fresh", lambda: nullcontext(model))
        _drop_each(ledger, made)


def _drop_each(ledger: sqlite3.Connection, made: list[tuple[str, str]]) -> None:
    ledger.execute("PRAGMA foreign_keys = OFF")
    for kind, name in made:
        ledger.execute("BEGIN")
        ledger.execute(f"DROP {kind} {name}")
        lost = {(d.kind, d.name) for d in compare(ledger).deviations if d.what == "missing"}
        assert (kind, name) in lost
        assert kind == "table" or lost == {(kind, name)}
        ledger.rollback()


def test_every_object_altered_is_found(ledger: sqlite3.Connection) -> None:
    made = _made(ledger)
    ledger.execute("PRAGMA writable_schema = ON")
    ledger.execute("UPDATE sqlite_schema SET sql = sql || ' altered' WHERE sql IS NOT NULL")

    assert {(d.kind, d.name) for d in compare(ledger).deviations if d.what == "altered"} == set(made)


def test_layout_and_comments_are_no_matter(ledger: sqlite3.Connection) -> None:
    ledger.execute("PRAGMA writable_schema = ON")
    ledger.execute(
        "UPDATE sqlite_schema SET sql = replace(replace(sql, 'CREATE ', 'CREATE /* one; ''two */\n\t'), char(10), '  ' || char(10))"
        " || ' -- it''s' WHERE sql IS NOT NULL"
    )

    assert compare(ledger).deviations == []


def test_a_missing_minor_unit_and_one_too_many(ledger: sqlite3.Connection) -> None:
    ledger.execute("DELETE FROM minor_units WHERE currency IN ('JPY', 'KRW', 'VND')")
    ledger.execute("INSERT INTO minor_units VALUES ('XXX', 1)")

    assert [(d.what, d.name, d.detail) for d in compare(ledger).deviations] == [
        ("rows", "minor_units", "lacks JPY 1 and 2 more"),
        ("rows", "minor_units", "holds besides XXX 1"),
    ]


@pytest.mark.parametrize("pragma", ["user_version", "application_id"])
def test_the_file_says_what_it_is(ledger: sqlite3.Connection, pragma: str) -> None:
    ledger.execute(f"PRAGMA {pragma} = 1")

    (deviation,) = compare(ledger).deviations
    assert (deviation.what, deviation.name) == ("pragma", pragma)
    assert deviation.detail.startswith("1, schema.sql says ")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("CREATE TABLE t (a,b)", "CREATE  TABLE\tt(a , b) -- end", True),
        ("CREATE TABLE t (a /* ; ' */)", "CREATE TABLE t (a)", True),
        ("SELECT '--no comment'", "SELECT '--no  comment'", False),
        ("SELECT 'it''s  so'", "SELECT 'it''s so'", False),
        ("SELECT 'a /* b */'", "SELECT 'a '", False),
        ('SELECT "a  b"', 'SELECT "a b"', False),
        ("SELECT [a  b]", "SELECT [a b]", False),
        ("SELECT ab", "SELECT a b", False),
        ("SELECT 1", "SELECT 1 -- ' \n", True),
        ("CHECK (a > 0)", "CHECK (a >= 0)", False),
    ],
)
def test_normal_form(one: str, other: str, same: bool) -> None:
    assert (normal_form(one) == normal_form(other)) is same


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY_SNAPSHOT])
def test_a_lock_is_no_damage(code: int) -> None:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code

    def question() -> None:
        raise error

    with pytest.raises(sqlite3.OperationalError):
        attempt(question)
