"""Evidence against plain sqlite3 connections that set no pragma, or switch off what protects: the schema itself refuses."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import pytest

from arctl.core.events import Happening
from arctl.services import allowance
from arctl.services.purge import PurgeRequest, purge
from arctl.store import events
from arctl.store.ledger import open_ledger
from tests.allowance.books import AGING
from tests.snapshot.books import Evidence, acting

_KEPT = TemporaryDirectory(prefix="arctl-evidence-")  # it goes when the interpreter does

TABLES = {
    "aging_snapshot_sets": "generated_by",
    "aging_snapshots": "total_outstanding_cents",
    "aging_snapshot_lines": "outstanding_cents",
    "aging_snapshot_credits": "left_cents",
    "aging_snapshot_terms": "cents",
    "aging_snapshot_purges": "reason",
    "allowance_versions": "name",
    "allowance_decisions": "decided_by",
}
"""Tables of evidence, and a column somebody would like to change."""

VERBS = {
    "update": "UPDATE {table} SET {column} = {column}",
    "update or replace": "UPDATE OR REPLACE {table} SET {column} = {column}",
    "update or ignore": "UPDATE OR IGNORE {table} SET {column} = {column}",
    "update in a join": "UPDATE {table} SET {column} = {table}.{column} FROM tenants WHERE true",
    "delete": "DELETE FROM {table} WHERE true",
    "delete everything": "DELETE FROM {table}",
    "replace": "REPLACE INTO {table} SELECT * FROM {table}",
    "insert or replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "insert or ignore": "INSERT OR IGNORE INTO {table} SELECT * FROM {table}",
    "insert or rollback": "INSERT OR ROLLBACK INTO {table} SELECT * FROM {table}",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {column} = excluded.{column}",
    "upsert that does nothing": "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO NOTHING",
}

REFUSALS = (
    "append-only|never changes|never deleted|sealed|never replaced|already|numbered|appended|must be one more"
    "|whose retention is over"
)

WITHOUT = {
    "no pragma": (),
    "keys and recursion off": ("PRAGMA foreign_keys = OFF", "PRAGMA recursive_triggers = OFF"),
    "checks ignored": ("PRAGMA ignore_check_constraints = ON",),
}


def _policy(books: Evidence, effective: str, at: str, decide: str) -> None:
    """One more version of the policy: left pending, rejected or approved."""
    ledger, made = books.ledger, acting(at)
    owner = allowance.one_company(ledger, None)
    version = allowance.draft(ledger, owner, "other", AGING, date.fromisoformat(effective), None, made).version
    allowance.submit(ledger, None, version, made)
    if decide == "reject":
        allowance.reject(ledger, None, version, acting(at, "ben"), "no")
    elif decide == "approve":
        allowance.approve(ledger, None, version, acting(at, "ben"), self_approve=False, reason=None)


@cache
def _template() -> Path:
    """Evidence of 2015-03-31; that of 2015-02-28 was purged. Versions: 1 in force, 2 pending, 3 rejected, 4 later, 5 earlier."""
    path = Path(_KEPT.name) / "arctl.db"
    books = Evidence(path)
    books.sync("2015-04-01")
    books.policy()
    _policy(books, "2015-01-01", "2015-01-02", "leave")
    _policy(books, "2015-01-01", "2015-01-02", "reject")
    _policy(books, "2016-01-01", "2015-01-03", "approve")
    _policy(books, "2014-01-01", "2015-01-03", "approve")
    books.attest("2015-02-28", "2015-04-01")
    books.attest("2015-03-31", "2015-04-01")
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    purge(books.ledger, PurgeRequest(date(2015, 3, 1), None, "old", "amy", "u-amy", now))
    books.ledger.close()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy of the ledger for one attack, with the event that a revision 2 needs."""
    made = tmp_path / "arctl.db"
    copyfile(_template(), made)
    with closing(open_ledger(made, "default")) as ledger, ledger.transaction() as connection:
        (content,) = connection.execute("SELECT content_hash FROM aging_snapshot_sets").fetchone()
        facts = {"content_hash": content, "revision": 2, "totals": []}
        told = Happening("aging.snapshot_generated", "again", "aging_snapshot", "2015-03-31", "2015-03-31", 1, facts)
        events.append(connection, 1, [told], "2015-04-02 12:00:00", "ben")
    return made


@pytest.fixture
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection as any program opens it."""
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def _everything(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_no_row_changes_goes_or_is_replaced(plain: sqlite3.Connection, table: str) -> None:
    held = _everything(plain)
    assert held[table], "an attack on nothing proves nothing"
    for name, pragmas in WITHOUT.items():
        for pragma in pragmas:
            plain.execute(pragma)
        for verb, statement in VERBS.items():
            with pytest.raises(sqlite3.IntegrityError, match=REFUSALS):
                plain.execute(statement.format(table=table, column=TABLES[table]))
            plain.commit()
            assert _everything(plain) == held, (name, verb)


def _copied(table: str, **changes: object) -> str:
    """SQL that writes the rows of 2015-03-31 once more, as revision 2, with some columns as SQL of the attacker's choice."""
    with closing(sqlite3.connect(_template())) as connection:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    sealed = {"reason": "'again'", "event_seq": "(SELECT seq FROM events WHERE idempotency_key = 'again')"}
    first = {"revision": 2, **(sealed if table == "aging_snapshot_sets" else {})}
    chosen = {**first, **changes}
    picked = ", ".join(str(chosen.get(column, column)) for column in columns)
    return f"INSERT INTO {table} SELECT {picked} FROM {table} WHERE snapshot_date = '2015-03-31' AND revision = 1"


def _lines(**changes: object) -> str:
    return _copied("aging_snapshot_lines", **changes)


def _credits(**changes: object) -> str:
    return _copied("aging_snapshot_credits", **changes)


def _headers(**changes: object) -> str:
    return _copied("aging_snapshots", **changes)


def _set(**changes: object) -> str:
    return _copied("aging_snapshot_sets", **changes)


def _below(config: int = 1) -> list[str]:
    """Lines, credits and headers of a revision 2 that keep every rule."""
    return [_lines(), _credits(), _headers(allowance_config_id=config)]


FORGERIES: dict[str, tuple[Callable[[], list[str]], str]] = {
    "a line of another tenant": (lambda: [_lines(tenant_id=2, revision=1)], "of its invoice's tenant"),
    "a credit of another tenant": (lambda: [_credits(tenant_id=2, revision=1)], "of its document's tenant"),
    "a header of another tenant": (lambda: [_headers(tenant_id=2, revision=1)], "of its customer's tenant"),
    "a set of another tenant": (lambda: [_set(tenant_id=2, revision=1, reason="NULL")], "needs the allowance config"),
    "an invoice that is not there": (lambda: [_lines(invoice_key=999)], "of its invoice's tenant"),
    "an invoice under another's id": (lambda: [_lines(invoice_id="'77'")], "of its invoice's tenant"),
    "a payment under another's id": (lambda: [_credits(source_id="'P9'")], "of its document's tenant"),
    "a payment as a credit memo": (lambda: [_credits(source_type="'credit_memo'")], "of its document's tenant"),
    "a customer under another's id": (lambda: [*_below()[:2], _headers(customer_id="'C9'")], "of its customer's tenant"),
    "a total that is not its buckets": (
        lambda: [*_below()[:2], _headers(total_outstanding_cents="total_outstanding_cents + 1")],
        "CHECK constraint failed: total_outstanding_cents",
    ),
    "a wrong total with its bucket": (
        lambda: [
            *_below()[:2],
            _headers(current_cents="current_cents + 1", total_outstanding_cents="total_outstanding_cents + 1"),
        ],
        "lines of a snapshot must sum to its buckets",
    ),
    "the total in another bucket": (
        lambda: [*_below()[:2], _headers(days_60_cents="days_90_plus_cents", days_90_plus_cents="days_60_cents")],
        "lines of a snapshot must sum to its buckets",
    ),
    "headers without lines": (lambda: [_credits(), _headers()], "lines of a snapshot must sum to its buckets"),
    "a line made larger": (
        lambda: [_lines(outstanding_cents="outstanding_cents + 1"), _credits(), _headers()],
        "lines of a snapshot must sum to its buckets",
    ),
    "a wrong unapplied": (
        lambda: [*_below()[:2], _headers(unapplied_cents="unapplied_cents + 1")],
        "credits of a snapshot must sum",
    ),
    "a credit left out": (lambda: [_lines(), _headers()], "credits of a snapshot must sum"),
    "more bad debt than there is": (
        lambda: [*_below()[:2], _headers(estimated_bad_debt_cents="total_outstanding_cents + 1")],
        "CHECK constraint failed: estimated_bad_debt_cents",
    ),
    "an extra line on a sealed set": (
        lambda: [_lines(revision=1, installment=9)],
        "sealed: it takes no more rows",
    ),
    "an extra line of another customer on a sealed set": (
        lambda: [_lines(revision=1, currency="'CAD'")],
        "sealed: the next revision",
    ),
    "an extra credit on a sealed set": (lambda: [_credits(revision=1, source_type="'invoice'")], "sealed: it takes no"),
    "an extra header on a sealed set": (lambda: [_headers(revision=1, currency="'CAD'")], "sealed: the next revision"),
    "an extra term on a sealed set": (
        lambda: [_copied("aging_snapshot_terms", revision=1, heading="heading || 'x'")],
        "sealed: the next revision",
    ),
    "a line after its header": (lambda: [*_below(), _lines(installment=9)], "sealed: it takes no more rows"),
    "a header twice": (lambda: [*_below(), _headers()], "in the snapshot already"),
    "headers of a pending config": (lambda: _below(2), "needs an approved allowance config"),
    "headers of a rejected config": (lambda: _below(3), "needs an approved allowance config"),
    "headers of a later config": (lambda: _below(4), "needs an approved allowance config"),
    "headers of no config": (lambda: _below(99), "needs an approved allowance config"),
    "headers of another company": (
        lambda: [_headers(company_id=2, revision=1)],
        "needs an approved allowance config of its company",
    ),
    "lines of another company": (lambda: [_lines(company_id=2, revision=1)], "tenant, company, currency and customer"),
    "lines in another currency": (lambda: [_lines(currency="'EUR'")], "tenant, company, currency and customer"),
    "the event of the revision before": (
        lambda: [*_below(), _set(event_seq="event_seq")],
        "needs its event, with its content hash",
    ),
    "a set of a pending config": (lambda: [*_below(), _set(allowance_config_id=2)], "approved and in force on its day"),
    "a set of a rejected config": (lambda: [*_below(), _set(allowance_config_id=3)], "approved and in force on its day"),
    "a set of a later config": (lambda: [*_below(), _set(allowance_config_id=4)], "approved and in force on its day"),
    "a set of a superseded config": (
        lambda: [*_below(5), _set(allowance_config_id=5)],
        "approved and in force on its day",
    ),
    "headers of one config, a set of another": (lambda: [*_below(5), _set()], "has one allowance config"),
    "the first revision again": (lambda: [_set(revision=1, reason="NULL")], "never replaced"),
    "a revision left out": (lambda: [_set(revision=3)], "never replaced"),
    "lines of a revision left out": (lambda: [_lines(revision=3)], "sealed: the next revision"),
    "a revision without a reason": (lambda: [*_below(), _set(reason="NULL")], "CHECK constraint failed"),
    "the revision of a purged set": (
        lambda: [_set(snapshot_date="'2015-02-28'", revision=1, reason="NULL")],
        "never replaced",
    ),
    "a bucket that does not fit the days": (lambda: [_lines(bucket="'current'")], "CHECK constraint failed: bucket"),
    "a bucket of one's own": (lambda: [_lines(bucket="'days_120'")], "CHECK constraint failed: bucket"),
    "days that do not fit the dates": (
        lambda: [_lines(days_overdue="days_overdue - 1")],
        "CHECK constraint failed: days_overdue",
    ),
    "a line of nothing": (lambda: [_lines(outstanding_cents=0)], "CHECK constraint failed: outstanding_cents"),
    "half a cent": (lambda: [_lines(outstanding_cents="outstanding_cents + 0.5")], "cannot store REAL"),
    "a day that is none": (
        lambda: [
            _set(snapshot_date="'2015-02-30'", revision=1, reason="NULL", customers=0, lines=0, open_items=0, credit_lines=0)
        ],
        "needs its event|CHECK constraint failed: snapshot_date",
    ),
    "a line on a day that is none": (
        lambda: [_lines(snapshot_date="'2015-02-30'", revision=1)],
        "CHECK constraint failed",
    ),
    "a due date that is none": (lambda: [_lines(due_date="'2015-02-30'")], "CHECK constraint failed"),
    "a day to come": (
        lambda: [_set(snapshot_date="'2099-01-31'", revision=1, reason="NULL", customers=0, lines=0, open_items=0, credit_lines=0)],
        "needs the allowance config|CHECK constraint failed",
    ),
    "a set without its event": (lambda: [*_below(), _set(event_seq=9999)], "needs its event"),
    "a set with another's event": (lambda: [*_below(), _set(event_seq=1)], "needs its event"),
    "a set with another content": (
        lambda: [*_below(), _set(content_hash=f"'{'0' * 64}'")],
        "needs its event, with its content hash",
    ),
    "coverage below all": (lambda: [*_below(), _set(open_items="open_items + 1")], "CHECK constraint failed: open_items"),
    "fewer lines than counted": (
        lambda: [*_below(), _set(lines="lines + 1", open_items="open_items + 1")],
        "must count its customers, lines and credits",
    ),
    "a customer not counted": (lambda: [*_below(), _set(customers="customers - 1")], "must count its customers"),
    "a set of nothing below": (lambda: [_set()], "must count its customers"),
    "lines without a header": (
        lambda: [_lines(), _credits(), _set(customers=0)],
        "hangs on its customer's header",
    ),
    "an exception nobody accepted": (
        lambda: [*_below(), _set(exceptions_json="'[1]'", accepted="NULL")],
        "CHECK constraint failed: exceptions_json",
    ),
    "a purge with another end of the retention": (
        lambda: [
            ("INSERT INTO aging_snapshot_purges SELECT tenant_id, company_id, snapshot_date, revision, content_hash,"
            " '2015-01-01', 'x', 'eve', 'u-eve', '2026-01-01 00:00:00', event_seq FROM aging_snapshot_sets")
        ],
        "whose retention is over",
    ),
    "a purge without its event": (
        lambda: [
            ("INSERT INTO aging_snapshot_purges SELECT tenant_id, company_id, snapshot_date, revision, content_hash,"
            " retain_until, 'x', 'eve', 'u-eve', '2026-01-01 00:00:00', event_seq FROM aging_snapshot_sets")
        ],
        "a purge needs its event",
    ),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_hand_made_row_is_refused(plain: sqlite3.Connection, forgery: str) -> None:
    made, message = FORGERIES[forgery]
    held = _everything(plain)
    *before, last = made()
    for statement in before:
        plain.execute(statement)
    with pytest.raises(sqlite3.IntegrityError, match=message):
        plain.execute(last)
    plain.rollback()
    assert _everything(plain) == held


def test_a_revision_that_keeps_every_rule_lands(path: Path) -> None:
    """The refusals above are for their own reason: the same rows with everything in place land."""
    with closing(open_ledger(path, "default")) as ledger, ledger.transaction() as connection:
        for statement in [*_below(), _set()]:
            connection.execute(statement)
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT revision FROM live_snapshot_sets").fetchall() == [(2,)]


def test_a_row_left_unsealed_counts_nowhere(plain: sqlite3.Connection) -> None:
    """Lines without a set are no evidence: the views of live evidence do not show them."""
    plain.execute(_lines())
    plain.commit()
    assert plain.execute("SELECT max(revision), count(*) FROM live_snapshot_lines").fetchall() == [(1, 3)]
