"""Allowance policies in the ledger: versions and decisions are appended, which one is in force is read from a view."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from arctl.core.allowance import Base, Method, Policy, Terms
from arctl.core.allowance_policy import Decision, SnapshotUse

_COLUMNS = """
  v.config_id, v.company_id, v.name, v.method, v.base, v.current_bp, v.days_30_bp, v.days_60_bp, v.days_90_bp,
  v.days_90_plus_bp, v.flat_bp, v.rate_bp, v.effective_date, v.expiry_date, v.inputs_json, v.created_by, v.created_os_user,
  v.created_at, f.end_date, f.decided_by, f.decided_os_user, f.decided_at, f.self_approved, f.reason
"""
_JOINED = "f.tenant_id = v.tenant_id AND f.config_id = v.config_id"


def in_force(connection: sqlite3.Connection, tenant: int, company_id: int, iso_date: str) -> Policy | None:
    """The approved version in force on a day; None where there is none. The view lets there be no two."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM allowance_in_force AS f JOIN allowance_versions AS v ON {_JOINED}"
        " WHERE f.tenant_id = ? AND f.company_id = ? AND f.effective_date <= ? AND (f.end_date IS NULL OR f.end_date > ?)",
        (tenant, company_id, iso_date, iso_date),
    ).fetchone()
    return None if row is None else _policy(row)


def policies(connection: sqlite3.Connection, tenant: int, company_ids: Sequence[int]) -> list[Policy]:
    """Every version of these companies, by its number."""
    marks = ", ".join("?" * len(company_ids))
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM allowance_versions AS v LEFT JOIN allowance_in_force AS f ON {_JOINED}"
        f" WHERE v.tenant_id = ? AND v.company_id IN ({marks}) ORDER BY v.config_id",
        (tenant, *company_ids),
    )
    return [_policy(row) for row in rows]


def status_of(connection: sqlite3.Connection, tenant: int, config_id: int) -> str:
    """How a version stands today: draft, pending_approval, approved, rejected, superseded or expired."""
    (status,) = connection.execute(
        "SELECT status FROM allowance_config WHERE tenant_id = ? AND config_id = ?", (tenant, config_id)
    ).fetchone()
    return str(status)


def next_config_id(connection: sqlite3.Connection, tenant: int) -> int:
    """The number that the tenant's next version takes."""
    (number,) = connection.execute(
        "SELECT coalesce(max(config_id), 0) + 1 FROM allowance_versions WHERE tenant_id = ?", (tenant,)
    ).fetchone()
    return int(number)


def add_version(connection: sqlite3.Connection, tenant: int, policy: Policy) -> None:
    """Append a version; approval and end date come from decisions and are not looked at."""
    terms = policy.terms
    values = (
        tenant, policy.config_id, policy.company_id, policy.name, str(terms.method), str(terms.base),
        *(terms.buckets_bp or (None,) * 5), terms.flat_bp, terms.rate_bp, policy.effective_date, policy.expiry_date,
        policy.inputs_json, policy.created_by, policy.created_os_user, policy.created_at,
    )  # fmt: skip
    connection.execute(
        "INSERT INTO allowance_versions (tenant_id, config_id, company_id, name, method, base, current_bp, days_30_bp,"
        " days_60_bp, days_90_bp, days_90_plus_bp, flat_bp, rate_bp, effective_date, expiry_date, inputs_json, created_by,"
        f" created_os_user, created_at) VALUES ({', '.join('?' * len(values))})",
        values,
    )


def decisions(connection: sqlite3.Connection, tenant: int, config_id: int) -> list[Decision]:
    """What was decided of a version, in order; none of a draft."""
    rows = connection.execute(
        f"SELECT {', '.join(Decision._fields)} FROM allowance_decisions WHERE tenant_id = ? AND config_id = ? ORDER BY step",
        (tenant, config_id),
    )
    return [Decision(*row) for row in rows]


def add_decision(connection: sqlite3.Connection, tenant: int, config_id: int, decision: Decision) -> None:
    """Append a decision, whose event stands in the chain already."""
    connection.execute(
        f"INSERT INTO allowance_decisions (tenant_id, config_id, {', '.join(Decision._fields)})"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (tenant, config_id, *decision),
    )


def snapshots_with(connection: sqlite3.Connection, tenant: int, config_id: int) -> list[SnapshotUse]:
    """The snapshots made with a version, by date and revision."""
    rows = connection.execute(
        "SELECT snapshot_date, revision, created_at FROM aging_snapshot_sets"
        " WHERE tenant_id = ? AND allowance_config_id = ? ORDER BY snapshot_date, revision",
        (tenant, config_id),
    )
    return [SnapshotUse(*row) for row in rows]


def _policy(row: Sequence[Any]) -> Policy:
    (
        config_id, company_id, name, method, base, current, days_30, days_60, days_90, days_90_plus, flat, rate,
        effective, expiry, inputs, created_by, created_os_user, created_at, end, by, os_user, at, self_approved, reason,
    ) = row  # fmt: skip
    is_aging = method == Method.AGING
    buckets = (current, days_30, days_60, days_90, days_90_plus) if is_aging else None
    return Policy(
        config_id=config_id,
        company_id=company_id,
        name=name,
        terms=Terms(Method(method), Base(base), buckets, flat, rate),
        effective_date=effective,
        expiry_date=expiry,
        end_date=end if by is not None else expiry,
        created_by=created_by,
        created_os_user=created_os_user,
        created_at=created_at,
        approved_by=by,
        approved_os_user=os_user,
        approved_at=at,
        self_approved=self_approved == "T",
        reason=reason,
        inputs_json=inputs,
    )
