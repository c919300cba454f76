"""The outbox: mails as they were approved, how far each got, and the collection action that is done when one is out."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from arctl.core.acting import Acting
from arctl.core.mail import Draft, Mail

_FIELDS = (
    "o.outbox_id, o.run_id, o.proposal_id, o.action_id, c.id, c.name, o.kind, o.sender, o.recipients, o.subject, o.body,"
    " o.body_html, o.content_hash, o.message_id, o.dated_at, o.status, o.file, o.failure, o.changed_by, o.changed_at"
)
# Few mails wait among all that ever went out. SQLite takes the index only where its condition stands to the letter, and would
# rather walk all mails in their order than sort the few.
_WAITING = "INDEXED BY outbox_open"
_QUEUED = "o.status IN ('queued', 'sending', 'doubtful') AND o.status = 'queued'"
_OF_ACTION = (
    "tenant_id = :tenant AND action_id = (SELECT action_id FROM outbox WHERE tenant_id = :tenant AND outbox_id = :id)"
)


def next_id(connection: sqlite3.Connection, tenant: int) -> int:
    """The number of the tenant's next mail."""
    (last,) = connection.execute("SELECT max(outbox_id) FROM outbox WHERE tenant_id = ?", (tenant,)).fetchone()
    return int(last or 0) + 1


def add(
    connection: sqlite3.Connection,
    tenant: int,
    mails: Iterable[tuple[int, Draft, str, str, str]],
    acting: Acting,
) -> None:
    """Queue mails, in the caller's transaction: each its number, what it says, its sender, its content hash, its Message-ID."""
    connection.executemany(
        "INSERT INTO outbox (tenant_id, outbox_id, run_id, proposal_id, action_id, customer_key, kind, sender, recipients,"
        " subject, body, body_html, content_hash, message_id, dated_at, status, changed_by, changed_at)"
        f" VALUES (?{', ?' * 14}, 'queued', ?, ?)",
        (
            (
                tenant, number, draft.run_id, draft.proposal_id, draft.action_id, draft.customer_key, draft.kind, sender,
                json.dumps(draft.recipients), draft.subject, draft.body, draft.body_html, content_hash, message_id, acting.at,
                acting.actor, acting.at,
            )
            for number, draft, sender, content_hash, message_id in mails
        ),
    )  # fmt: skip


def count_queued(connection: sqlite3.Connection, tenant: int) -> int:
    """How many mails wait to be written."""
    (count,) = connection.execute(
        f"SELECT count(*) FROM outbox AS o {_WAITING} WHERE o.tenant_id = ? AND {_QUEUED}", (tenant,)
    ).fetchone()
    return int(count)


def queued(connection: sqlite3.Connection, tenant: int, most: int) -> list[Mail]:
    """The mails that wait longest to be written."""
    return list(_select(connection, tenant, _QUEUED, (), _WAITING, most))


def get(connection: sqlite3.Connection, tenant: int, outbox_id: int) -> Mail | None:
    """One mail; None where there is none of that number."""
    return next(_select(connection, tenant, "o.outbox_id = ?", (outbox_id,)), None)


def _select(
    connection: sqlite3.Connection, tenant: int, where: str, values: Sequence[Any], via: str = "", most: int = -1
) -> Iterator[Mail]:
    """The mails (`o`) for which a condition holds, by number; `via` names the index to find them by."""
    rows = connection.execute(
        f"""
        SELECT {_FIELDS} FROM outbox AS o {via}
          LEFT JOIN erp_customers AS c ON c.tenant_id = o.tenant_id AND c.customer_key = o.customer_key
         WHERE o.tenant_id = ? AND ({where}) ORDER BY o.outbox_id LIMIT ?
        """,
        (tenant, *values, most),
    )
    return (Mail(*(*row[:8], tuple(json.loads(row[8])), *row[9:])) for row in rows)


def listed(
    connection: sqlite3.Connection, tenant: int, status: str | None, run_id: int | None, company_id: int | None
) -> Iterator[Mail]:
    """The mails of a status, of a run and of a company; None leaves a question open."""
    company = "(SELECT r.company_id FROM workflow_run_log AS r WHERE r.tenant_id = o.tenant_id AND r.run_id = o.run_id)"
    asked = {"o.status": status, "o.run_id": run_id, company: company_id}
    conditions = {f"{name} = ?": value for name, value in asked.items() if value is not None}
    return _select(connection, tenant, " AND ".join(conditions) or "1", tuple(conditions.values()))


def still_queued(connection: sqlite3.Connection, tenant: int, first: int, last: int) -> set[int]:
    """Which of the mails from one number to another wait to be written, by what the ledger says now."""
    rows = connection.execute(
        f"SELECT o.outbox_id FROM outbox AS o WHERE o.tenant_id = ? AND o.outbox_id BETWEEN ? AND ? AND {_QUEUED}",
        (tenant, first, last),
    )
    return {id for (id,) in rows}


def written(connection: sqlite3.Connection, tenant: int, files: Iterable[tuple[int, str]], acting: Acting) -> None:
    """Record that mails are written, each under the name of its file, and that their collection actions are done."""
    rows = [
        {"tenant": tenant, "id": id, "file": file, "by": acting.actor, "at": acting.at, "on": acting.on}
        for id, file in files
    ]
    connection.executemany(
        "UPDATE outbox SET status = 'written', file = :file, failure = NULL, changed_by = :by, changed_at = :at"
        " WHERE tenant_id = :tenant AND outbox_id = :id AND status = 'queued'",
        rows,
    )
    connection.executemany(
        "UPDATE collection_actions SET execution_status = 'executed', executed_at = :at, outcome = 'sent',"
        " outcome_date = max(:on, action_date), changed_by = :by, changed_at = :at"
        f" WHERE {_OF_ACTION} AND execution_status IN ('planned', 'in_progress')",
        rows,
    )


def failed(connection: sqlite3.Connection, tenant: int, outbox_id: int, why: str, acting: Acting) -> None:
    """Record that a mail cannot go out, and that its collection action failed for that reason."""
    row = {"tenant": tenant, "id": outbox_id, "why": why, "by": acting.actor, "at": acting.at}
    connection.execute(
        "UPDATE outbox SET status = 'failed', failure = :why, changed_by = :by, changed_at = :at"
        " WHERE tenant_id = :tenant AND outbox_id = :id AND status = 'queued'",
        row,
    )
    connection.execute(
        "UPDATE collection_actions SET execution_status = 'failed', failure_reason = :why, changed_by = :by, changed_at = :at"
        f" WHERE {_OF_ACTION} AND execution_status IN ('planned', 'in_progress')",
        row,
    )


def cancel(connection: sqlite3.Connection, tenant: int, outbox_id: int, why: str, acting: Acting) -> None:
    """Record that a mail does not go out, and that its collection action is cancelled: executed or not, nobody heard of it."""
    row = {"tenant": tenant, "id": outbox_id, "why": why, "by": acting.actor, "at": acting.at}
    connection.execute(
        "UPDATE outbox SET status = 'cancelled', failure = :why, changed_by = :by, changed_at = :at"
        " WHERE tenant_id = :tenant AND outbox_id = :id",
        row,
    )
    connection.execute(
        "UPDATE collection_actions SET execution_status = 'cancelled', executed_at = NULL, outcome = NULL, outcome_date = NULL,"
        " failure_reason = 'unsent: ' || :why, changed_by = :by, changed_at = :at"
        f" WHERE {_OF_ACTION} AND execution_status IN ('planned', 'in_progress', 'executed')",
        row,
    )
