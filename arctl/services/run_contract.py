"""The contract that a run follows: the very text that was kept when it began, whatever the file says by now."""

from functools import lru_cache

from arctl.core.contract import Contract
from arctl.core.contract_reading import read_contract
from arctl.core.run import Run
from arctl.errors import BadInput
from arctl.store import run_facts
from arctl.store.ledger import Ledger


def contract_of(ledger: Ledger, run: Run) -> Contract:
    """The run's contract. Raises BadInput where this arctl does not read it any more."""
    return _read(run_facts.contract_text(ledger.connection, ledger.tenant_id, run.contract_hash), run.workflow_type)


@lru_cache(maxsize=16)
def _read(text: str, workflow_type: str) -> Contract:
    contract, faults = read_contract(text, f"{workflow_type}.yaml")
    if contract is None:
        raise BadInput(
            f"{faults[0].place}: {faults[0].message}",
            "the run began under a contract that this version of arctl does not read; start the workflow anew",
        )
    return contract
