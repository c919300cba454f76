"""Runs on a screen and as JSON: what became of one, which there are, what they told. Decides nothing."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_for_people, write_json

if TYPE_CHECKING:
    from arctl.core.dispatching import Dispatched
    from arctl.core.run import LogEntry, Run
    from arctl.core.run_report import Reflexion, RunResult, Runs, RunShown

_RUNS = (
    Column("Run", "run_id", align="right"),
    Column("Workflow", "workflow_type"),
    Column("Company", "company"),
    Column("As of", "as_of"),
    Column("Status", "status"),
    Column("Started by", "started_by"),
    Column("Started (UTC)", "started_at"),
    Column("Ended (UTC)", "completed_at"),
    Column("Actor", "actor"),
)
_LOG = (
    Column("Entry", "entry", align="right"),
    Column("Phase", "phase"),
    Column("Step", "step"),
    Column("Status", "status"),
    Column("Attempt", "attempt", align="right"),
    Column("At (UTC)", "completed_at"),
    Column("Detail", "detail", flexible=True),
)
_TOLD = (
    Column("Run", "run_id", align="right"),
    Column("Workflow", "workflow_type"),
    Column("At (UTC)", "created_at"),
    Column("Told", "narrative", flexible=True),
    Column("Tags", "tags"),
)
_DISPATCHED = (
    Column("Workflow", "workflow_type"),
    Column("Event", "event", align="right"),
    Column("Events", "events", align="right"),
    Column("Run", "run_id", align="right"),
    Column("Outcome", "outcome", flexible=True),
)


def write_runs(listed: "Runs", form: str, stream: TextIO) -> None:
    """The runs, oldest first. `form` is table, json, csv or md; times are UTC."""
    if form == "json":
        write_json([_run_object(each, listed.companies[each.company_id]) for each in listed.runs], stream)
        return
    rows = [_run_cells(each, listed.companies[each.company_id]) for each in listed.runs]
    _write(_RUNS, rows, form, stream)


def _run_cells(run: "Run", company: str) -> list[str]:
    return [
        str(run.run_id), run.workflow_type, company, run.as_of, run.status, _started_by(run), run.started_at,
        run.completed_at or "", run.actor,
    ]  # fmt: skip


def _started_by(run: "Run") -> str:
    return run.started.kind if run.started.ref is None else f"{run.started.kind} {run.started.ref}"


def _run_object(run: "Run", company: str) -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "workflow_type": run.workflow_type,
        "company": company,
        "as_of": run.as_of,
        "status": run.status,
        "trigger_kind": run.started.kind,
        "trigger_ref": run.started.ref,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "actor": run.actor,
        "batch": run.batch,
        "contract_hash": run.contract_hash,
        "plan_hash": run.plan_hash,
        "inputs": json.loads(run.inputs_json),
        "summary": json.loads(run.summary_json),
    }


def write_run(shown: "RunShown", form: str, stream: TextIO) -> None:
    """One run: how it stands, its log, what it told. As CSV its log alone."""
    if form == "json":
        write_json(_shown_object(shown), stream)
        return
    rows = [_log_cells(number, each) for number, each in enumerate(shown.entries, start=1)]
    if form == "csv":
        write_csv(_LOG, rows, stream)
        return
    run = shown.run
    title = f"Run {run.run_id} of {run.workflow_type} for {shown.company}, {run.as_of}: {run.status}"
    write_for_people(Sheet(title, _LOG, rows, None, tuple(_notes(shown))), form, stream)


def _log_cells(number: int, entry: "LogEntry") -> list[str]:
    return [
        str(number), entry.phase, entry.step, entry.status, str(entry.attempt), entry.completed_at, entry.detail
    ]  # fmt: skip


def _notes(shown: "RunShown") -> Iterator[str]:
    run = shown.run
    yield f"started by {_started_by(run)} at {run.started_at} (UTC), {run.actor}; contract {run.contract_hash[:12]}"
    inputs = json.loads(run.inputs_json)
    if inputs:
        yield f"inputs: {', '.join(f'{name} = {_value(value)}' for name, value in inputs.items())}"
    kinds = Counter(each.effect.action_type or each.effect.kind for each in shown.effects)
    if kinds:
        yield f"decided: {', '.join(f'{count:,} {kind}' for kind, count in sorted(kinds.items()))}"
    for (action_type, status), count in sorted(shown.decided.items()):
        yield f"{action_type}: {count:,} {status}"
    for check in shown.checks:
        yield f"check {check.name}: {check.status.value}{f', {check.message}' if check.message else ''}"
    for each in shown.reflexions:
        yield f"told later runs: {each.narrative}"
    if shown.envelope is not None and run.status == "awaiting_approval":
        yield f"next: arctl approve {shown.envelope}"
    if run.status == "running":
        yield f"it did not come to its end: arctl runs resume {run.run_id}"


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown_object(shown: "RunShown") -> dict[str, object]:
    return {
        **_run_object(shown.run, shown.company),
        "envelope": shown.envelope,
        "effects": [
            {
                "seq": each.seq,
                "phase": each.effect.phase,
                "step": each.effect.step,
                "kind": each.effect.kind,
                "action_type": each.effect.action_type,
                "customer_id": each.effect.customer_id,
                "title": each.effect.title,
            }
            for each in shown.effects
        ],
        "log": [
            {
                "phase": each.phase,
                "step": each.step,
                "kind": each.kind,
                "effect": each.effect_seq,
                "attempt": each.attempt,
                "status": each.status,
                "at": each.completed_at,
                "detail": each.detail,
            }
            for each in shown.entries
        ],
        "proposals": [
            {"action_type": action_type, "status": status, "count": count}
            for (action_type, status), count in sorted(shown.decided.items())
        ],
        "checks": [
            {"name": each.name, "status": each.status.value, "value": each.value, "due_at": each.due_at}
            for each in shown.checks
        ],
        "reflexions": [{"narrative": each.narrative, "tags": list(each.tags)} for each in shown.reflexions],
    }


def write_reflexions(found: Sequence["Reflexion"], form: str, stream: TextIO) -> None:
    """What runs told those after them, oldest first."""
    if form == "json":
        objects = [
            {
                "run_id": each.run_id,
                "workflow_type": each.workflow_type,
                "created_at": each.created_at,
                "narrative": each.narrative,
                "tags": list(each.tags),
            }
            for each in found
        ]
        write_json(objects, stream)
        return
    rows = [
        [str(each.run_id), each.workflow_type, each.created_at, each.narrative, ", ".join(each.tags)] for each in found
    ]
    _write(_TOLD, rows, form, stream)


def result_object(result: "RunResult") -> dict[str, object]:
    """What became of a run, as JSON."""
    return {
        "run_id": result.run_id,
        "workflow_type": result.workflow_type,
        "company": result.company,
        "as_of": result.as_of,
        "status": result.status,
        "envelope": result.envelope,
        "expires_on": result.expires_on,
        "done": result.done,
        "proposed": result.proposed,
        "warnings": [{"check": check, "message": message} for check, message in result.warned],
        "blocked": [{"check": check, "message": message} for check, message in result.blocked],
        "errors": list(result.errors),
        "stopped": result.stopped,
    }


def result_lines(result: "RunResult") -> Iterator[str]:
    """What became of a run, and the next command."""
    named = result.workflow_type if result.run_id is None else f"run {result.run_id} of {result.workflow_type}"
    yield f"{named} for {result.company}, {result.as_of}: {result.status.replace('_', ' ')}"
    yield from (f"warning, {check}: {message}" for check, message in result.warned)
    yield from (f"blocked, {check}: {message}" for check, message in result.blocked)
    yield from (f"failed, {error}" for error in result.errors)
    if result.stopped:
        yield f"stopped: {result.stopped}"
    if result.status == "awaiting_approval":
        said = "this waits already as" if result.waiting else "staged as"
        yield f"{said} envelope {result.envelope}, to be decided by {result.expires_on}"
        yield f"next: arctl approve {result.envelope}"
    elif result.proposed:
        yield f"proposed {result.proposed:,}, each to be decided by itself: arctl proposals"


def write_dispatched(told: Sequence["Dispatched"], form: str, stream: TextIO) -> None:
    """Which workflow was told of which events, and what became of it."""
    if form == "json":
        objects = [
            {
                "workflow_type": each.workflow_type,
                "event": each.seq,
                "events": each.count,
                "run_id": each.result.run_id if each.result else None,
                "status": each.result.status if each.result else None,
                "problem": each.problem or None,
            }
            for each in told
        ]
        write_json(objects, stream)
        return
    rows = [
        [
            each.workflow_type,
            str(each.seq),
            str(each.count),
            str(each.result.run_id or "") if each.result else "",
            each.problem or (each.result.status if each.result else ""),
        ]
        for each in told
    ]
    _write(_DISPATCHED, rows, form, stream)


def _write(columns: Sequence[Column], rows: Sequence[Sequence[str]], form: str, stream: TextIO) -> None:
    if form == "csv":
        write_csv(columns, rows, stream)
        return
    write_for_people(Sheet("", columns, rows), form, stream)
