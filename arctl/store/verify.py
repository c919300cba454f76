"""The checks that runs left behind: writing them, finding those that wait, and giving them their verdicts."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from arctl.core.acting import Acting
from arctl.core.verification import Check, CheckStatus, NewCheck, Verdict, params_text

_FIELDS = (
    "v.verify_id, v.run_id, r.company_id, r.workflow_type, r.as_of, r.started_at, v.name, v.sql, v.params_json, v.expectation,"
    " v.due_at, v.times_out_at, v.status, v.value, v.message, v.checked_at, v.checked_by"
)


def add(connection: sqlite3.Connection, tenant: int, run_id: int, checks: Iterable[NewCheck]) -> list[int]:
    """Write a run's checks, pending, in the caller's transaction; their numbers."""
    (last,) = connection.execute(
        "SELECT max(verify_id) FROM workflow_verify_results WHERE tenant_id = ?", (tenant,)
    ).fetchone()
    numbered = list(enumerate(checks, start=int(last or 0) + 1))
    connection.executemany(
        "INSERT INTO workflow_verify_results (tenant_id, verify_id, run_id, name, sql, params_json, expectation, due_at,"
        " times_out_at, status, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)",
        (
            (
                tenant, number, run_id, each.name, each.sql, params_text(each), each.expectation, each.due_at,
                each.times_out_at, each.otherwise or None,
            )
            for number, each in numbered
        ),
    )  # fmt: skip
    return [number for number, _ in numbered]


def pending(connection: sqlite3.Connection, tenant: int, company: int | None = None) -> list[Check]:
    """The checks without a verdict, due or not, of one company's runs or of all."""
    mine = "v.status = 'pending' AND (? IS NULL OR r.company_id = ?)"
    return _select(connection, tenant, mine, (company, company))


def of_run(connection: sqlite3.Connection, tenant: int, run_id: int) -> list[Check]:
    """Every check of a run, over or not."""
    return _select(connection, tenant, "v.run_id = ?", (run_id,))


def get(connection: sqlite3.Connection, tenant: int, verify_id: int) -> Check:
    """One check, which must be there."""
    return _select(connection, tenant, "v.verify_id = ?", (verify_id,))[0]


def _select(connection: sqlite3.Connection, tenant: int, where: str, values: Sequence[Any]) -> list[Check]:
    rows = connection.execute(
        f"""
        SELECT {_FIELDS} FROM workflow_verify_results AS v
          JOIN workflow_run_log AS r ON r.tenant_id = v.tenant_id AND r.run_id = v.run_id
         WHERE v.tenant_id = ? AND ({where}) ORDER BY v.verify_id
        """,
        (tenant, *values),
    )
    return [_check(*row) for row in rows]


def _check(*row: Any) -> Check:
    named = dict(zip(_NAMES, row, strict=True))
    return Check(**named | {"status": CheckStatus(named["status"])})


_NAMES = tuple(each.name for each in fields(Check))


def conclude(connection: sqlite3.Connection, tenant: int, verify_id: int, verdict: Verdict, acting: Acting) -> bool:
    """Record what was found; False where another program gave the verdict meanwhile.

    One that stays pending keeps its message: why it waits is of the moment.
    """
    over = verdict.status is not CheckStatus.PENDING
    return bool(
        connection.execute(
            "UPDATE workflow_verify_results SET status = ?, value = ?, message = iif(?, ?, message), checked_at = ?, checked_by = ?"
            " WHERE tenant_id = ? AND verify_id = ? AND status = 'pending'",
            (
                verdict.status.value, verdict.value, over, verdict.message, acting.at, acting.actor, tenant, verify_id,
            ),
        ).rowcount
    )  # fmt: skip
