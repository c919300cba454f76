"""Runs of workflows: their rows, the effects they froze, and the log of what was done."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from arctl.core.contract import Contract
from arctl.core.effects import Effect, Frozen
from arctl.core.events import canonical
from arctl.core.run import LogEntry, Run, Started

_RUN = (
    "run_id, company_id, workflow_type, contract_hash, status, trigger_kind, trigger_ref, as_of, inputs_json, batch, plan_hash,"
    " actor, os_user, started_at, completed_at, summary_json"
)


def keep_contract(connection: sqlite3.Connection, tenant: int, contract: Contract, at: str, by: str) -> None:
    """Keep the contract's text under its hash, and make it the definition of its workflow where that changed."""
    connection.execute(
        "INSERT INTO workflow_contracts SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS"
        " (SELECT 1 FROM workflow_contracts WHERE tenant_id = ? AND contract_hash = ?)",
        (
            tenant, contract.contract_hash, contract.workflow_type, contract.version, contract.text, at,
            tenant, contract.contract_hash,
        ),
    )  # fmt: skip
    connection.execute(
        """
        INSERT INTO workflow_definitions
          (tenant_id, workflow_type, version, contract_hash, risk_level, enabled, changed_at, changed_by)
        VALUES (?, ?, ?, ?, ?, 'T', ?, ?)
        ON CONFLICT (tenant_id, workflow_type) DO UPDATE
           SET version = excluded.version, contract_hash = excluded.contract_hash, risk_level = excluded.risk_level,
               changed_at = excluded.changed_at, changed_by = excluded.changed_by
         WHERE contract_hash <> excluded.contract_hash
        """,
        (
            tenant, contract.workflow_type, contract.version, contract.contract_hash, contract.risk_level, at, by,
        ),
    )  # fmt: skip


def is_enabled(connection: sqlite3.Connection, tenant: int, workflow_type: str) -> bool:
    """Whether the workflow may run; one that nobody switched off may."""
    row = connection.execute(
        "SELECT enabled FROM workflow_definitions WHERE tenant_id = ? AND workflow_type = ?", (tenant, workflow_type)
    ).fetchone()
    return row is None or row[0] == "T"


def add(connection: sqlite3.Connection, tenant: int, run: Run) -> None:
    """Write a run; its number comes from `next_id` in the same transaction."""
    connection.execute(
        f"INSERT INTO workflow_run_log (tenant_id, created_at, {_RUN}) VALUES (?, ?{', ?' * 16})",
        (
            tenant, run.started_at, run.run_id, run.company_id, run.workflow_type, run.contract_hash, run.status,
            run.started.kind, run.started.ref, run.as_of, run.inputs_json, run.batch, run.plan_hash, run.actor, run.os_user,
            run.started_at, run.completed_at, run.summary_json,
        ),
    )  # fmt: skip


def next_id(connection: sqlite3.Connection, tenant: int) -> int:
    """The number of the tenant's next run."""
    (last,) = connection.execute("SELECT max(run_id) FROM workflow_run_log WHERE tenant_id = ?", (tenant,)).fetchone()
    return int(last or 0) + 1


def move(
    connection: sqlite3.Connection,
    tenant: int,
    run_id: int,
    status: str,
    summary_json: str,
    completed_at: str | None = None,
    plan_hash: str | None = None,
) -> None:
    """Give a run its next status; `completed_at` is set with the last one, `plan_hash` once."""
    connection.execute(
        "UPDATE workflow_run_log SET status = ?, summary_json = ?, completed_at = ?, plan_hash = coalesce(?, plan_hash)"
        " WHERE tenant_id = ? AND run_id = ?",
        (status, summary_json, completed_at, plan_hash, tenant, run_id),
    )


def get(connection: sqlite3.Connection, tenant: int, run_id: int) -> Run | None:
    """One run; None where there is none of that number."""
    return next(_runs(connection, "tenant_id = ? AND run_id = ?", (tenant, run_id)), None)


def started_by_proposal(connection: sqlite3.Connection, tenant: int, proposal_id: int) -> list[Run]:
    """The runs that the approval of a proposal started."""
    where = "tenant_id = ? AND trigger_kind = 'proposal' AND trigger_ref = ? ORDER BY run_id"
    return list(_runs(connection, where, (tenant, str(proposal_id))))


def every(connection: sqlite3.Connection, tenant: int) -> list[Run]:
    """The tenant's runs, by number."""
    return list(_runs(connection, "tenant_id = ? ORDER BY run_id", (tenant,)))


def running(connection: sqlite3.Connection, tenant: int) -> list[Run]:
    """Those under way: not over, and not waiting for a person."""
    return list(_runs(connection, "tenant_id = ? AND status = 'running' ORDER BY run_id", (tenant,)))


def _runs(connection: sqlite3.Connection, where: str, values: Sequence[Any]) -> Iterator[Run]:
    for row in connection.execute(f"SELECT {_RUN} FROM workflow_run_log WHERE {where}", values):
        id, company, kind, contract, status, trigger, ref, *rest = row
        yield Run(id, company, kind, contract, status, Started(trigger, ref), *rest)


def freeze(connection: sqlite3.Connection, tenant: int, run_id: int, effects: Iterable[Frozen]) -> None:
    """Write a run's effects, numbered from 1 in their order; the run must be running."""
    connection.executemany(
        f"INSERT INTO workflow_effects VALUES (?, ?{', ?' * 19})",
        (_frozen_row(tenant, run_id, each) for each in effects),
    )


def _frozen_row(tenant: int, run_id: int, frozen: Frozen) -> tuple[Any, ...]:
    effect = frozen.effect
    return (
        tenant, run_id, frozen.seq, effect.phase, effect.step, effect.kind, effect.action_type, effect.risk_level,
        effect.entity_ref, effect.customer_key, effect.currency, effect.amount_cents, effect.tier, effect.title,
        frozen.payload_json, effect.body, effect.body_html, frozen.content_hash, frozen.facts_json, frozen.facts_hash,
        canonical(list(effect.flags)) if effect.flags else "[]",
    )  # fmt: skip


def frozen(connection: sqlite3.Connection, tenant: int, run_id: int, covered: bool = False) -> list[Frozen]:
    """The effects of a run as they were frozen, in their order; or only those that its own approval covers."""
    rows = connection.execute(
        f"""
        SELECT e.seq, e.phase, e.step, e.kind, e.entity_ref, e.title, e.payload_json, e.action_type, e.risk_level, c.id, c.name,
               e.customer_key, e.currency, e.amount_cents, e.tier, e.body, e.body_html, e.facts_json, e.flags_json,
               e.content_hash, e.facts_hash
          FROM workflow_effects AS e
          LEFT JOIN erp_customers AS c ON c.tenant_id = e.tenant_id AND c.customer_key = e.customer_key
         WHERE e.tenant_id = ? AND e.run_id = ?{" AND e.action_type IS NULL" if covered else ""}
         ORDER BY e.seq
        """,
        (tenant, run_id),
    )
    return [_thawed(row) for row in rows]


def _thawed(row: Sequence[Any]) -> Frozen:
    seq, phase, step, kind, ref, title, payload, *columns, facts, flags, content_hash, facts_hash = row
    named = dict(zip(_EFFECT_COLUMNS, columns, strict=True))
    effect = Effect(
        phase=phase,
        step=step,
        kind=kind,
        entity_ref=ref,
        title=title,
        payload=json.loads(payload),
        facts=None if facts is None else json.loads(facts),
        flags=() if flags == "[]" else tuple(json.loads(flags)),
        **named,
    )
    return Frozen(seq, effect, content_hash, facts_hash, payload, facts)


_EFFECT_COLUMNS = (
    "action_type", "risk_level", "customer_id", "customer_name", "customer_key", "currency", "amount_cents", "tier", "body",
    "body_html",
)  # fmt: skip


def log(connection: sqlite3.Connection, tenant: int, run_id: int, entries: Iterable[LogEntry]) -> None:
    """Append to a run's step log."""
    (last,) = connection.execute(
        "SELECT max(entry) FROM workflow_step_log WHERE tenant_id = ? AND run_id = ?", (tenant, run_id)
    ).fetchone()
    connection.executemany(
        "INSERT INTO workflow_step_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                tenant, run_id, number, each.phase, each.step, each.kind, each.effect_seq, each.attempt, each.status,
                each.started_at, each.completed_at, each.detail,
            )
            for number, each in enumerate(entries, start=int(last or 0) + 1)
        ),
    )  # fmt: skip


def done(connection: sqlite3.Connection, tenant: int, run_id: int) -> set[int]:
    """The numbers of the run's effects that are done."""
    return {
        seq
        for (seq,) in connection.execute(
            "SELECT effect_seq FROM workflow_step_log WHERE tenant_id = ? AND run_id = ? AND effect_seq IS NOT NULL"
            " AND status = 'completed'",
            (tenant, run_id),
        )
    }


def entries(connection: sqlite3.Connection, tenant: int, run_id: int) -> list[LogEntry]:
    """A run's step log, in its order."""
    rows = connection.execute(
        "SELECT phase, step, kind, status, started_at, completed_at, detail, effect_seq, attempt FROM workflow_step_log"
        " WHERE tenant_id = ? AND run_id = ? ORDER BY entry",
        (tenant, run_id),
    )
    return [LogEntry(*row) for row in rows]
