"""A run of a workflow as values: what started it, how far it is, what its log says. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Started:
    """What started a run: trigger_kind is manual, cron, event or proposal; `ref` the event's or the proposal's number."""

    kind: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One row of workflow_run_log; dates ISO, times UTC, inputs and summary canonical JSON."""

    run_id: int
    company_id: int
    workflow_type: str
    contract_hash: str
    status: str
    started: Started
    as_of: str
    inputs_json: str
    batch: int | None
    plan_hash: str | None
    actor: str
    os_user: str
    started_at: str
    completed_at: str | None
    summary_json: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One row of workflow_step_log, without its number. `effect_seq` names the effect that was tried."""

    phase: str
    step: str
    kind: str
    status: str
    started_at: str
    completed_at: str
    detail: str
    effect_seq: int | None = None
    attempt: int = 1
