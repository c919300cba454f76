"""Workflows switched on and off, and listed as they stand. No SQL, no printing."""

from arctl.core.acting import Acting
from arctl.core.definition import Definition, Switched, started_by
from arctl.core.events import Happening
from arctl.errors import Refused, UsageError
from arctl.services import contracts
from arctl.store import definitions as store
from arctl.store import events, runs
from arctl.store.ledger import Ledger

_LONGEST_REASON = 500


def definitions(ledger: Ledger) -> list[Definition]:
    """Every workflow that there is a contract of, or that ever ran, by type. Raises UsageError as `contracts.load`."""
    shelf = contracts.load(ledger)
    switched = store.switched(ledger.connection, ledger.tenant_id)
    last = store.last_runs(ledger.connection, ledger.tenant_id)
    found = []
    for name in sorted({*shelf.held, *switched}):
        held = shelf.held.get(name)
        contract = held.contract if held else None
        found.append(
            Definition(
                workflow_type=name,
                version=contract.version if contract else None,
                risk_level=contract.risk_level if contract else None,
                started_by=started_by(contract.triggers) if contract else "",
                own=held.own if held else False,
                file=str(held.path) if held else "",
                faults=len(held.faults) if held else 0,
                switched=switched.get(name, Switched(enabled=True)),
                last=last.get(name),
            )
        )
    return found


def enable(ledger: Ledger, workflow_type: str, acting: Acting, reason: str) -> Switched:
    """Let a workflow run again. Raises as `disable`."""
    return _switch(ledger, workflow_type, True, acting, reason)


def disable(ledger: Ledger, workflow_type: str, acting: Acting, reason: str) -> Switched:
    """Stop a workflow from being started, by whatever; what waits for approval is left as it is.

    Raises UnknownId, BadInput where its contract has faults and it never ran, UsageError (no reason), Refused where it stands
    so already.
    """
    return _switch(ledger, workflow_type, False, acting, reason)


def _switch(ledger: Ledger, workflow_type: str, enabled: bool, acting: Acting, reason: str) -> Switched:
    said = reason.strip()
    if not said or not said.isprintable() or len(said) > _LONGEST_REASON:
        raise UsageError(
            f"--reason takes 1 to {_LONGEST_REASON} printable characters", "say why, for whoever reads it later"
        )
    known = workflow_type in store.switched(ledger.connection, ledger.tenant_id)
    contract = None if known else contracts.find(ledger, workflow_type)
    what = "enabled" if enabled else "disabled"
    with ledger.transaction() as connection:
        if contract is not None:
            runs.keep_contract(connection, ledger.tenant_id, contract, acting.at, acting.actor)
        before = store.switched(connection, ledger.tenant_id)[workflow_type]
        if before.enabled == enabled:
            by = f", since {before.at} UTC, by {before.by}" if before.reason else ""
            raise Refused(f"{workflow_type} is {what} already{by}", "`arctl workflows list` shows every one")
        store.switch(connection, ledger.tenant_id, workflow_type, enabled, acting.at, acting.actor, said)
        seq, _ = events.head(connection, ledger.tenant_id)
        happening = Happening(
            f"workflow.{what}",
            f"workflow_definition/{workflow_type}/{seq + 1}",
            "workflow",
            workflow_type,
            acting.on,
            None,
            {"reason": said, "os_user": acting.os_user},
        )
        events.append(connection, ledger.tenant_id, [happening], acting.at, acting.actor)
    return Switched(enabled, acting.at, acting.actor, said)
