"""Cases, actions, steps of dunning, snoozes and notes: written by the thousand, read by the page."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from json import dumps
from operator import attrgetter
from typing import Any

from arctl.core.acting import Acting
from arctl.core.cases import Action, Case, CaseShown, Note

_CASE = ", ".join(each.name for each in fields(Case))
_ACTION = ", ".join(each.name for each in fields(Action))
_case_row = attrgetter(*(each.name for each in fields(Case)))
_action_row = attrgetter(*(each.name for each in fields(Action)))
Step = tuple[int, int, int, int | None, int, int, str]
"""invoice_key, installment, proposal_id, action_id, step, bucket, on_day."""


def _next(connection: sqlite3.Connection, tenant: int, table: str, column: str) -> int:
    (last,) = connection.execute(f"SELECT max({column}) FROM {table} WHERE tenant_id = ?", (tenant,)).fetchone()
    return int(last or 0) + 1


def next_case_id(connection: sqlite3.Connection, tenant: int) -> int:
    """The number of the tenant's next case."""
    return _next(connection, tenant, "collection_cases", "case_id")


def next_action_id(connection: sqlite3.Connection, tenant: int) -> int:
    """The number of the tenant's next action."""
    return _next(connection, tenant, "collection_actions", "action_id")


def cases_in_year(connection: sqlite3.Connection, tenant: int, year: int) -> int:
    """The highest number a case of that year bears."""
    (last,) = connection.execute(
        "SELECT max(CAST(substr(case_number, 11) AS INTEGER)) FROM collection_cases"
        " WHERE tenant_id = ? AND substr(case_number, 6, 4) = ?",
        (tenant, f"{year:04d}"),
    ).fetchone()
    return int(last or 0)


def open_cases(
    connection: sqlite3.Connection, tenant: int, company_id: int, customers: Collection[int]
) -> dict[tuple[int, str], Case]:
    """The company's cases that are not over, of these customers, by (customer_key, currency)."""
    rows = connection.execute(
        f"""
        SELECT {_CASE} FROM collection_cases
         WHERE tenant_id = ? AND company_id = ? AND status NOT IN ('resolved', 'written_off')
           AND customer_key IN (SELECT value FROM json_each(?))
         ORDER BY case_id
        """,
        (tenant, company_id, dumps(sorted(customers))),
    )
    cases = (Case(*row) for row in rows)
    return {(each.customer_key, each.currency): each for each in cases}


def add_cases(connection: sqlite3.Connection, tenant: int, cases: Iterable[Case]) -> None:
    """Write new cases, numbered on from the last."""
    connection.executemany(
        f"INSERT INTO collection_cases (tenant_id, {_CASE}) VALUES (?{', ?' * len(fields(Case))})",
        ((tenant, *_case_row(each)) for each in cases),
    )


def change_cases(connection: sqlite3.Connection, tenant: int, cases: Iterable[Case]) -> None:
    """Give cases their next version; what stood before is kept."""
    rows = [
        (
            each.status, each.total_overdue_cents, each.oldest_invoice_date, each.assigned_to, each.resolution_type,
            each.resolved_on, each.notes, each.version, each.changed_by, each.changed_at, tenant, each.case_id,
        )
        for each in cases
    ]  # fmt: skip
    connection.executemany(
        """
        UPDATE collection_cases
           SET status = ?, total_overdue_cents = ?, oldest_invoice_date = ?, assigned_to = ?, resolution_type = ?,
               resolved_on = ?, notes = ?, version = ?, changed_by = ?, changed_at = ?
         WHERE tenant_id = ? AND case_id = ?
        """,
        rows,
    )


def add_actions(connection: sqlite3.Connection, tenant: int, actions: Iterable[Action]) -> None:
    """Write new actions, numbered on from the last."""
    connection.executemany(
        f"INSERT INTO collection_actions (tenant_id, {_ACTION}) VALUES (?{', ?' * len(fields(Action))})",
        ((tenant, *_action_row(each)) for each in actions),
    )


def end_actions(
    connection: sqlite3.Connection, tenant: int, case_id: int, status: str, reason: str, acting: Acting
) -> int:
    """Give the planned actions of a case that will not be done any more their last status; how many there were."""
    return connection.execute(
        "UPDATE collection_actions SET execution_status = ?, failure_reason = ?, changed_by = ?, changed_at = ?"
        " WHERE tenant_id = ? AND case_id = ? AND execution_status = 'planned'",
        (status, reason, acting.actor, acting.at, tenant, case_id),
    ).rowcount


def add_steps(connection: sqlite3.Connection, tenant: int, steps: Iterable[Step]) -> None:
    """Record how far dunning took each open item."""
    connection.executemany(
        "INSERT INTO dunning_steps (tenant_id, invoice_key, installment, proposal_id, action_id, step, bucket, on_day)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((tenant, *each) for each in steps),
    )


def add_snoozes(
    connection: sqlite3.Connection,
    tenant: int,
    snoozes: Iterable[tuple[int, str, int, str, str | None]],
    acting: Acting,
) -> None:
    """Let customers rest in a currency: (customer_key, currency, proposal_id, until_day, reason)."""
    connection.executemany(
        "INSERT INTO dunning_snoozes (tenant_id, customer_key, currency, proposal_id, until_day, reason, snoozed_by, snoozed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((tenant, *each, acting.actor, acting.at) for each in snoozes),
    )


def add_notes(
    connection: sqlite3.Connection, tenant: int, notes: Iterable[tuple[int, int | None, str]], on: str, acting: Acting
) -> None:
    """File notes: (customer_key, case_id or None, text)."""
    first = _next(connection, tenant, "collection_notes", "note_id")
    connection.executemany(
        "INSERT INTO collection_notes (tenant_id, note_id, customer_key, case_id, note, noted_on, noted_by, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (tenant, number, customer, case, text, on, acting.actor, acting.at)
            for number, (customer, case, text) in enumerate(notes, start=first)
        ),
    )


def last_contacts(
    connection: sqlite3.Connection, tenant: int, customers: Collection[int], most: int = 3
) -> dict[int, list[Action]]:
    """The latest actions of each customer, the newest first, without those that were cancelled."""
    rows = connection.execute(
        f"""
        SELECT {_ACTION} FROM (
          SELECT {_ACTION}, row_number() OVER (PARTITION BY customer_key ORDER BY action_date DESC, action_id DESC) AS place
            FROM collection_actions
           WHERE tenant_id = ? AND execution_status <> 'cancelled' AND customer_key IN (SELECT value FROM json_each(?)))
         WHERE place <= ? ORDER BY customer_key, place
        """,
        (tenant, dumps(sorted(customers)), most),
    )
    found: dict[int, list[Action]] = {}
    for row in rows:
        action = Action(*row)
        found.setdefault(action.customer_key, []).append(action)
    return found


def listed(
    connection: sqlite3.Connection, tenant: int, company_id: int | None, everything: bool, customer: str | None
) -> list[CaseShown]:
    """The cases that are not over, or all; of a company and a customer (by id), where named."""
    where = "(? OR k.status NOT IN ('resolved', 'written_off')) AND (? IS NULL OR k.company_id = ?) AND (? IS NULL OR c.id = ?)"
    return _cases(connection, tenant, where, (everything, company_id, company_id, customer, customer))


def named(connection: sqlite3.Connection, tenant: int, name: str) -> list[CaseShown]:
    """The case of that case_number, or case_id; none, or one."""
    return _cases(connection, tenant, "k.case_number = ? OR CAST(k.case_id AS TEXT) = ?", (name, name))


def _cases(connection: sqlite3.Connection, tenant: int, where: str, values: Sequence[Any]) -> list[CaseShown]:
    columns = ", ".join(f"k.{each.name}" for each in fields(Case))
    rows = connection.execute(
        f"""
        SELECT c.id, c.name, o.name, {columns} FROM collection_cases AS k
          JOIN erp_customers AS c ON c.tenant_id = k.tenant_id AND c.customer_key = k.customer_key
          JOIN companies AS o ON o.tenant_id = k.tenant_id AND o.company_id = k.company_id
         WHERE k.tenant_id = ? AND ({where}) ORDER BY k.case_id
        """,
        (tenant, *values),
    )
    return [CaseShown(Case(*rest), id, name, company) for id, name, company, *rest in rows]


def actions(connection: sqlite3.Connection, tenant: int, case_id: int) -> list[Action]:
    """The actions of a case, the oldest first."""
    rows = connection.execute(
        f"SELECT {_ACTION} FROM collection_actions WHERE tenant_id = ? AND case_id = ? ORDER BY action_id",
        (tenant, case_id),
    )
    return [Action(*row) for row in rows]


def notes(connection: sqlite3.Connection, tenant: int, case_id: int) -> list[Note]:
    """The notes filed with a case, the oldest first."""
    rows = connection.execute(
        "SELECT note, noted_on, noted_by FROM collection_notes WHERE tenant_id = ? AND case_id = ? ORDER BY note_id",
        (tenant, case_id),
    )
    return [Note(*row) for row in rows]


def versions(connection: sqlite3.Connection, tenant: int, case_id: int) -> list[tuple[str, str, str]]:
    """The earlier statuses of a case, the oldest first: status, by whom, when (UTC)."""
    rows = connection.execute(
        "SELECT status, changed_by, changed_at FROM collection_cases_history"
        " WHERE tenant_id = ? AND case_id = ? ORDER BY version",
        (tenant, case_id),
    )
    return [(status, by, at) for status, by, at in rows]


def invoice_key(connection: sqlite3.Connection, tenant: int, customer: int, id: str) -> int | None:
    """The key of a customer's invoice by its id; None where they have none of it."""
    row = connection.execute(
        "SELECT invoice_key FROM erp_invoices WHERE tenant_id = ? AND id = ? AND customer_key = ?",
        (tenant, id, customer),
    ).fetchone()
    return None if row is None else int(row[0])
