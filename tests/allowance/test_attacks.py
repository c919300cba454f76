"""Policies and decisions against a plain sqlite3 connection, with no pragma set: the schema itself refuses."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from arctl.core.events import Happening
from arctl.services import allowance
from arctl.store import events
from tests.aging.books import Books, empty_books
from tests.allowance.books import CHECKER, MAKER, approved, drafted

_VERSION = (
    "INSERT INTO allowance_versions (tenant_id, config_id, company_id, name, method, base, flat_bp, effective_date, expiry_date,"
    " created_by, created_os_user, created_at) VALUES (1, {id}, 1, 'x', 'percentage_of_ar', 'gross', {flat}, '{day}', {expiry},"
    " 'eve', 'u-eve', '2026-06-01 00:00:00')"
)
_DECISION = (
    "INSERT INTO allowance_decisions (tenant_id, config_id, step, status, self_approved, reason, decided_by, decided_os_user,"
    " decided_at, event_seq) VALUES (1, {id}, {step}, '{status}', '{own}', {reason}, '{by}', '{user}', '2026-06-02 10:00:00', {seq})"
)


@pytest.fixture
def books() -> Iterator[Books]:
    """Version 1 approved (events 1 to 3), version 2 submitted (4, 5), version 3 a draft (6)."""
    with empty_books() as made:
        approved(made.ledger, date(2026, 6, 1))
        second = drafted(made.ledger, date(2026, 7, 1)).version
        allowance.submit(made.ledger, None, second, MAKER)
        drafted(made.ledger, date(2026, 8, 1))
        yield made


def _version(id: int = 4, flat: object = 100, day: str = "2026-06-01", expiry: str = "NULL") -> str:
    return _VERSION.format(id=id, flat=flat, day=day, expiry=expiry)


def _decision(
    id: int,
    step: int,
    status: str,
    seq: int,
    by: str = "ben",
    user: str = "u-ben",
    own: str = "F",
    reason: str = "NULL",
) -> str:
    return _DECISION.format(id=id, step=step, status=status, seq=seq, by=by, user=user, own=own, reason=reason)


ATTACKS = {
    "update a version": "UPDATE allowance_versions SET flat_bp = 1",
    "move its dates": "UPDATE allowance_versions SET expiry_date = '2027-01-01' WHERE config_id = 1",
    "delete a version": "DELETE FROM allowance_versions WHERE config_id = 3",
    "replace a version": _version(1).replace("INSERT", "INSERT OR REPLACE"),
    "replace a version by its upsert": _version(1) + " ON CONFLICT (tenant_id, config_id) DO UPDATE SET flat_bp = 1",
    "ignore and update": "UPDATE OR REPLACE allowance_versions SET config_id = 1 WHERE config_id = 3",
    "leave a gap in the numbers": _version(9),
    "more than 100 per cent": _version(flat=10001),
    "less than nothing": _version(flat=-1),
    "half a basis point": _version(flat="1.5"),
    "no percentage": _version(flat="NULL"),
    "a day that is none": _version(day="2026-02-30"),
    "an expiry before the start": _version(expiry="'2026-05-31'"),
    "a stray percentage": _version().replace("flat_bp,", "flat_bp, current_bp,").replace("100, '2026", "100, 5, '2026"),
    "update a decision": "UPDATE allowance_decisions SET decided_by = 'ben'",
    "delete a decision": "DELETE FROM allowance_decisions",
    "replace a decision": _decision(1, 2, "rejected", 3).replace("INSERT", "INSERT OR REPLACE"),
    "upsert a decision": _decision(1, 2, "approved", 3) + " ON CONFLICT DO UPDATE SET decided_by = 'eve'",
    "approve a draft": _decision(3, 1, "approved", 6),
    "approve a draft as if it were submitted": _decision(3, 2, "approved", 6),
    "decide twice": _decision(1, 3, "rejected", 3),
    "approve one's own": _decision(2, 2, "approved", 5, by="amy"),
    "approve one's own in capitals": _decision(2, 2, "approved", 5, by="AMY"),
    "approve one's own under another name": _decision(2, 2, "approved", 5, user="u-amy"),
    "self-approve without a reason": _decision(2, 2, "approved", 5, by="amy", own="T"),
    "approve without an event": _decision(2, 2, "approved", 7),
    "approve with the event of the submission": _decision(2, 2, "approved", 5),
    "approve with the event of another version": _decision(2, 2, "approved", 3),
    "submit with the event of the draft": _decision(3, 1, "pending_approval", 6, by="amy", user="u-amy"),
    "decide on what is not there": _decision(7, 1, "pending_approval", 1),
    "update through the view": "UPDATE allowance_config SET status = 'approved' WHERE config_id = 3",
    "insert into the view": "INSERT INTO allowance_in_force (tenant_id, company_id, config_id) VALUES (1, 1, 3)",
    "delete through the view": "DELETE FROM allowance_in_force",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_schema_refuses(books: Books, attack: str) -> None:
    held = books.rows("SELECT * FROM allowance_versions"), books.rows("SELECT * FROM allowance_decisions")
    with closing(sqlite3.connect(books.ledger.path)) as plain:
        with pytest.raises(sqlite3.Error):
            plain.execute(ATTACKS[attack])
        plain.commit()
    assert (books.rows("SELECT * FROM allowance_versions"), books.rows("SELECT * FROM allowance_decisions")) == held


def test_an_approval_with_its_own_event_is_what_the_schema_takes(books: Books) -> None:
    """The refusals above are for their own reason: the same row with everything in place lands."""
    with books.ledger.transaction() as connection:
        happening = Happening(
            "aging.allowance_approved", "allowance/2/approved", "allowance_config", "2", "2026-06-02", 1
        )
        (event,) = events.append(connection, 1, [happening], CHECKER.at, "ben")
        connection.execute(_decision(2, 2, "approved", event.seq))
    assert books.rows("SELECT config_id, end_date FROM allowance_in_force ORDER BY 1") == [(1, "2026-07-01"), (2, None)]


def test_a_version_that_keeps_every_rule_lands(books: Books) -> None:
    with closing(sqlite3.connect(books.ledger.path)) as plain, plain:
        plain.execute(_version())
    assert books.rows("SELECT version, status, flat_pct FROM allowance_config WHERE config_id = 4") == [
        (4, "draft", 1.0)
    ]
