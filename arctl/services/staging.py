"""Writing down what a run decided, before anybody approves it: run, frozen effects, log, envelope. In the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.effects import Decided, Frozen
from arctl.core.events import Happening, canonical
from arctl.core.run import LogEntry, Run, Started
from arctl.core.staged import envelope, groups, plan_hash
from arctl.errors import Refused
from arctl.store import events, proposals, run_facts, runs
from arctl.store.books import Company
from arctl.store.ledger import Ledger


def refuse_disabled(ledger: Ledger, workflow_type: str) -> None:
    """Raises Refused (exit 4) where somebody disabled the workflow."""
    if not runs.is_enabled(ledger.connection, ledger.tenant_id, workflow_type):
        raise Refused(f"{workflow_type} is disabled", f"`arctl workflows enable {workflow_type}` lets it run again")


def begin_run(
    ledger: Ledger,
    company: Company,
    contract: Contract,
    inputs: Mapping[str, object],
    on: date,
    acting: Acting,
    started: Started,
) -> int:
    """Write the run's row, running, and keep its contract's text; the run's number. Raises Refused where it is disabled."""
    connection, tenant = ledger.connection, ledger.tenant_id
    refuse_disabled(ledger, contract.workflow_type)
    runs.keep_contract(connection, tenant, contract, acting.at, acting.actor)
    run_id = runs.next_id(connection, tenant)
    run = Run(
        run_id=run_id, company_id=company.company_id, workflow_type=contract.workflow_type,
        contract_hash=contract.contract_hash, status="running", started=started, as_of=on.isoformat(),
        inputs_json=canonical(inputs), batch=run_facts.last_batch(connection, tenant), plan_hash=None, actor=acting.actor,
        os_user=acting.os_user, started_at=acting.at, completed_at=None, summary_json="{}",
    )  # fmt: skip
    runs.add(connection, tenant, run)
    return run_id


def freeze(ledger: Ledger, run_id: int, decided: Decided, entries: Iterable[LogEntry]) -> Sequence[Frozen]:
    """Write what a running run decided: its effects with their hashes, its log so far, and the hash of the whole."""
    connection, tenant = ledger.connection, ledger.tenant_id
    runs.freeze(connection, tenant, run_id, decided.frozen)
    runs.log(connection, tenant, run_id, entries)
    summary = {"groups": groups(decided.effects), "suppressed": len(decided.suppressed)}
    runs.move(connection, tenant, run_id, "running", canonical(summary), plan_hash=plan_hash(decided.frozen))
    return decided.frozen


def open_run(
    ledger: Ledger,
    company: Company,
    contract: Contract,
    decided: Decided,
    inputs: Mapping[str, object],
    on: date,
    acting: Acting,
    started: Started,
    entries: Iterable[LogEntry],
) -> int:
    """A run with its frozen effects and no envelope: for one whose approval was given already. It is left running."""
    run_id = begin_run(ledger, company, contract, inputs, on, acting, started)
    freeze(ledger, run_id, decided, entries)
    return run_id


def stage_envelope(
    ledger: Ledger,
    company: Company,
    contract: Contract,
    decided: Decided,
    inputs: Mapping[str, object],
    on: date,
    acting: Acting,
    started: Started,
    entries: Iterable[LogEntry],
    run_id: int | None = None,
) -> tuple[int, int]:
    """A run with its frozen effects, awaiting approval, and the one envelope that holds them; (run_id, envelope_id).

    `run_id` is of a run that was begun already. Until a person approves, nothing else exists.
    """
    connection, tenant = ledger.connection, ledger.tenant_id
    if run_id is None:
        run_id = begin_run(ledger, company, contract, inputs, on, acting, started)
    frozen = freeze(ledger, run_id, decided, entries)
    id = proposals.next_id(connection, tenant)
    proposal, key = envelope(contract, id, company.company_id, run_id, frozen, on, acting)
    proposals.add(connection, tenant, [(proposal, key)])
    waits = LogEntry("hitl", "envelope", "envelope", "completed", acting.at, acting.at, f"staged as envelope {id}")
    runs.log(connection, tenant, run_id, [waits])
    summary = {"envelope": id, "groups": groups(decided.effects), "suppressed": len(decided.suppressed)}
    runs.move(connection, tenant, run_id, "awaiting_approval", canonical(summary))
    staged = Happening(
        "workflow.envelope_staged", f"run/{run_id}/staged", "workflow_run", str(run_id), on.isoformat(),
        company.company_id,
        {"workflow_type": contract.workflow_type, "envelope": id, "plan_hash": proposal.facts_hash, "effects": len(frozen)},
    )  # fmt: skip
    events.append(connection, tenant, [staged], acting.at, acting.actor)
    return run_id, id
