"""Looking before deciding: a contract's queries, preconditions and conditions, asked read-only. Writes nothing, decides nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime

from arctl.core.contract import Contract, Precondition, Severity, Step
from arctl.core.placeholders import names
from arctl.core.planning import Facts, Picked, Row
from arctl.core.run import LogEntry
from arctl.core.run_inputs import bound
from arctl.services.books import local_date
from arctl.store import run_facts
from arctl.store.books import Company
from arctl.store.contract_sql import ContextBase, ContractLedger
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a contract looks at: the facts to decide from, the preconditions that do not hold, and the log of looking.

    `blocked` is why nothing may be decided; then no step's rows were picked.
    """

    facts: Facts
    warned: tuple[Precondition, ...]
    blocked: tuple[Precondition, ...]
    entries: tuple[LogEntry, ...]


def gather(
    ledger: Ledger, contract: Contract, inputs: Mapping[str, object], company: Company, on: date, now: str
) -> Gathered:
    """What the contract finds in the ledger for a day (`now` is UTC), as last committed.

    `inputs` are settled (run_inputs). Raises BadInput, naming the contract's line, for SQL that fails.
    """
    run = _run_facts(ledger, contract, company, on, now)
    params = bound({**run, **inputs, "run_id": None})
    with closing(ContractLedger(ledger.path)) as reader, closing(ContextBase()) as base:
        entries = []
        for query in contract.context:
            columns, rows = reader.query(query.sql, params, query.place)
            base.load(query.name, columns, rows, query.place)
            entries.append(LogEntry("context", query.name, "query", "completed", now, now, _counted(len(rows))))
        failing = [each for each in contract.preconditions if not base.holds(each.rule, params, place=each.place)]
        blocked = tuple(each for each in failing if each.severity is Severity.BLOCK)
        entries.extend(_checked(contract.preconditions, failing, now))
        picked = {} if blocked else _picked(base, contract, params)
    facts = Facts(
        run, inputs, picked, run_facts.customers(ledger.connection, ledger.tenant_id, _ids(contract, picked, inputs))
    )
    warned = tuple(each for each in failing if each.severity is Severity.WARN)
    return Gathered(facts, warned, blocked, tuple(entries))


def _run_facts(ledger: Ledger, contract: Contract, company: Company, on: date, now: str) -> Row:
    """The names of step_kinds.FACTS."""
    today = local_date(company.time_zone, datetime.fromisoformat(now).replace(tzinfo=UTC))
    return {
        "tenant_id": ledger.tenant_id,
        "company_id": company.company_id,
        "company": company.name,
        "currency": company.base_currency,
        "as_of": on.isoformat(),
        "now": now,
        "replaying": int(on < today),
        "workflow_type": contract.workflow_type,
    }


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _checked(asked: Iterable[Precondition], failing: Sequence[Precondition], now: str) -> Iterator[LogEntry]:
    for each in asked:
        wrong = each in failing
        status = "completed" if not wrong else "blocked" if each.severity is Severity.BLOCK else "warned"
        yield LogEntry("precondition", each.name, "check", status, now, now, each.message if wrong else "holds")


def _picked(base: ContextBase, contract: Contract, params: Row) -> dict[str, Sequence[Picked]]:
    return {
        step.name: _rows(base, step, params) for steps in (contract.fan_out, contract.post_actions) for step in steps
    }


def _rows(base: ContextBase, step: Step, params: Row, outer: Row | None = None) -> tuple[Picked, ...]:
    """The rows a step is done for: those of its query for which its condition holds; without a query, one empty row.

    `outer` is the row of the loop around it.
    """
    rows = base.select(step.over, step.when, params, outer, step.place)
    inside = [_inside(base, step, inner, rows, params, outer or {}) for inner in step.do]
    if not inside:
        return tuple(map(Picked, rows))
    names = [inner.name for inner in step.do]
    return tuple(
        Picked(row, dict(zip(names, each, strict=True)))
        for row, each in zip(rows, zip(*inside, strict=True), strict=True)
    )


def _inside(
    base: ContextBase, loop: Step, inner: Step, rows: Sequence[Row], params: Row, outer: Row
) -> Sequence[tuple[Picked, ...]]:
    """For each row of a loop, what one of its steps is done for.

    A step without a query of its own is done for the loop's row; its condition is asked once for all of them, and rows that are
    alike in every column fare alike. One with a query, or a loop, is asked for each row.
    """
    if inner.over is not None:
        return [_rows(base, inner, params, {**outer, **row}) for row in rows]
    if inner.when is None:
        return [(Picked(row),) for row in rows]
    condition = inner.when if loop.when is None else f"({loop.when}\n) AND ({inner.when}\n)"
    found = base.select(loop.over, condition, params, outer, inner.place)
    holding = {tuple(row.values()) for row in found}
    return [(Picked(row),) if tuple(row.values()) in holding else () for row in rows]


_NAMING = ("customer_id", "key", "record_id", "entity_id")
"""The settings of a step that may name a customer."""


def _ids(contract: Contract, picked: Mapping[str, Sequence[Picked]], inputs: Mapping[str, object]) -> set[str]:
    """Whatever may be a customer's id: what rows and inputs have under the names that such settings hold, and plain ids."""
    found: set[str] = set()
    columns = {"customer_id"}
    for outer in (*contract.fan_out, *contract.post_actions):
        for step in outer.walk():
            told = [step.settings[name] for name in _NAMING if isinstance(step.settings.get(name), str)]
            columns |= names(told)
            found |= {str(each) for each in told if not names(each)}
    for row in (inputs, *(each.row for each in _walk(picked))):
        found |= {str(row[name]) for name in columns & row.keys() if row[name] is not None}
    return found


def _walk(picked: Mapping[str, Sequence[Picked]]) -> Iterator[Picked]:
    for rows in picked.values():
        for each in rows:
            yield each
            yield from _walk(each.inside)
