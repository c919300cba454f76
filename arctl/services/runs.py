"""Runs as they are looked up: which there are, all about one, what they told those after them. No SQL, no printing."""

from collections.abc import Sequence

from arctl.core.run_report import Reflexion, Runs, RunShown
from arctl.errors import UnknownId, UsageError
from arctl.services.books import company_of
from arctl.store import books, run_facts, run_search, runs
from arctl.store import verify as checks
from arctl.store.ledger import Ledger


def listing(ledger: Ledger, company: str | None, workflow: str | None, status: str | None, limit: int | None) -> Runs:
    """The runs asked for, oldest first; `limit` keeps the latest. Raises UnknownId (company)."""
    connection, tenant = ledger.connection, ledger.tenant_id
    owner = company_of(ledger, company)
    wanted = {"company_id": owner and owner.company_id, "workflow_type": workflow, "status": status}
    asked = {name: value for name, value in wanted.items() if value is not None}
    found = [
        each
        for each in runs.every(connection, tenant)
        if all(getattr(each, name) == value for name, value in asked.items())
    ]
    return Runs(found[-limit:] if limit else found, _companies(ledger))


def shown(ledger: Ledger, run_id: int) -> RunShown:
    """One run. Raises UnknownId."""
    connection, tenant = ledger.connection, ledger.tenant_id
    run = runs.get(connection, tenant, run_id)
    if run is None:
        raise UnknownId(f"there is no run {run_id}", "`arctl runs list` shows them")
    return RunShown(
        run,
        _companies(ledger)[run.company_id],
        run_facts.envelope_of(connection, tenant, run_id),
        runs.frozen(connection, tenant, run_id),
        runs.entries(connection, tenant, run_id),
        run_facts.decided(connection, tenant, run_id),
        checks.of_run(connection, tenant, run_id),
        run_search.reflexions(connection, tenant, run_id=run_id),
    )


def in_trouble(ledger: Ledger) -> list[int]:
    """The runs under way of which a step failed and was not done since: they wait for another attempt."""
    connection, tenant = ledger.connection, ledger.tenant_id
    running = [each.run_id for each in runs.running(connection, tenant)]
    return [
        run_id
        for run_id in running
        if run_facts.failures(connection, tenant, run_id).keys() - runs.done(connection, tenant, run_id)
    ]


def search(ledger: Ledger, words: Sequence[str]) -> list[Reflexion]:
    """What runs told, where it holds every word. Raises UsageError without a word."""
    wanted = [word for text in words for word in text.split()]
    if not wanted:
        raise UsageError("there is nothing to search for", "name a word, a customer as customer:ID, or a tag")
    return run_search.reflexions(ledger.connection, ledger.tenant_id, wanted)


def _companies(ledger: Ledger) -> dict[int, str]:
    return {each.company_id: each.name for each in books.companies(ledger.connection, ledger.tenant_id)}
