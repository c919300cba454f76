"""Ending runs: post actions, the checks they leave behind, their figures, their event. Starting and resuming are services/run's."""

import json
from collections.abc import Mapping

from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.events import Happening, canonical
from arctl.core.run import Run
from arctl.core.run_story import figures, outcome
from arctl.services import interpreter
from arctl.services.run_contract import contract_of
from arctl.services.verify import add_checks
from arctl.store import events, run_facts, run_search, run_writes, runs
from arctl.store.ledger import Ledger


def finish(ledger: Ledger, run_id: int, acting: Acting) -> str:
    """Do a run's post actions, leave its checks behind, and end it, in the caller's transaction; its status.

    Where an effect that the run's approval covers is not done (it failed, or a kill switch is on), nothing is ended: the run
    stays `running`, and `run.resume` tries again as the contract declares. A run that is over stays as it is. Raises UnknownId.
    """
    run = interpreter.running(ledger, run_id)
    if run.completed_at is not None:
        return run.status
    if interpreter.undone(ledger, run_id, "fan_out", covered=True):
        return "running"
    covered = interpreter.apply_covered(ledger, run_id, acting, "post")
    if covered.failed or covered.stopped:
        return "running"
    return conclude(ledger, run_id, acting)


def conclude(ledger: Ledger, run_id: int, acting: Acting) -> str:
    """End a run as it stands, in the caller's transaction: completed, partial or failed, by what was done of it; its status."""
    connection, tenant = ledger.connection, ledger.tenant_id
    run = interpreter.running(ledger, run_id)
    contract = contract_of(ledger, run)
    by_type = run_facts.effects_by_type(connection, tenant, run_id)
    undone = len(interpreter.undone(ledger, run_id, covered=True))
    status = outcome(undone, sum(by_type.values()) - undone)
    checks = 0
    if status != "failed":
        staged = {kind: count for kind, count in by_type.items() if kind is not None}
        checks = add_checks(ledger, contract, run, _facts(ledger, run, acting), staged, acting.at)
    end(ledger, run, status, {"checks": checks}, acting)
    return status


def _facts(ledger: Ledger, run: Run, acting: Acting) -> Mapping[str, object]:
    company = interpreter.company_of(ledger, run)
    facts = {"company": company.name, "currency": company.base_currency, "now": acting.at}
    return {**facts, "replaying": int(run.as_of < acting.on), **json.loads(run.inputs_json)}


def _figures(ledger: Ledger, run: Run, acting: Acting) -> dict[str, object]:
    connection, tenant = ledger.connection, ledger.tenant_id
    return figures(
        run,
        sum(run_facts.effects_by_type(connection, tenant, run.run_id).values()),
        runs.frozen(connection, tenant, run.run_id, True),
        runs.entries(connection, tenant, run.run_id),
        run_facts.decided(connection, tenant, run.run_id),
        acting.at,
    )


def end(ledger: Ledger, run: Run, status: str, more: Mapping[str, object], acting: Acting) -> None:
    """Give a run its last status, with its figures (and `more`) and its event, in the caller's transaction.

    Where its contract wants later runs to be told and no step of it told them (it was blocked, or has none), that is done here.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    contract = contract_of(ledger, run)
    if contract.reflexion_enabled and not run_search.reflexions(connection, tenant, run_id=run.run_id):
        text = interpreter.told(ledger, run, acting, f"It is {status}{_why(more)}.")
        run_writes.reflexion(connection, tenant, run, text, contract.tags, acting)
    summary = {**_figures(ledger, run, acting), **more}
    known = json.loads(run.summary_json)
    runs.move(connection, tenant, run.run_id, status, canonical({**known, **summary}), acting.at)
    happening = Happening(
        f"workflow.{status}", f"run/{run.run_id}/ended", "workflow_run", str(run.run_id), run.as_of, run.company_id,
        {"workflow_type": run.workflow_type, "status": status, **{name: summary[name] for name in _TOLD if name in summary}},
    )  # fmt: skip
    events.append(connection, tenant, [happening], acting.at, acting.actor)


def _why(more: Mapping[str, object]) -> str:
    blocked = more.get("blocked")
    return f": {'; '.join(map(str, blocked))}" if isinstance(blocked, list) else ""


_TOLD = ("done", "undone", "proposals", "errors", "blocked", "checks")
"""Which figures go into the event."""


def step_failed(ledger: Ledger, run: Run, contract: Contract, seq: int, step: str, why: str, acting: Acting) -> None:
    """Tell that a step failed for good, in the caller's transaction: an event, and a mail to whoever is to be alerted.

    Without an address for alerts, or one to send from, the event is all there is.
    """
    happening = Happening(
        "workflow.step_failed", f"run/{run.run_id}/{seq}/failed", "workflow_run", str(run.run_id), run.as_of, run.company_id,
        {"workflow_type": run.workflow_type, "step": step, "effect": seq, "error": why},
    )  # fmt: skip
    added = events.append(ledger.connection, ledger.tenant_id, [happening], acting.at, acting.actor)
    if added and contract.retry.alert_on_final_failure:
        interpreter.alert(ledger, run, step, why, acting)
