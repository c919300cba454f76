"""A contract's SQL prepared without a ledger: against the tables of schema.sql and the context that its own queries make."""

from collections.abc import Iterator, Mapping

from arctl.core.contract import Contract, Fault, Place, Step
from arctl.core.contract_checks import unknown_names
from arctl.core.step_kinds import FACTS, STAGED, facts_of
from arctl.errors import BadInput
from arctl.store import schema_check
from arctl.store.contract_sql import Answer, ContextBase, Questions, unusable

_MOST_STEPS = 20_000_000
"""In an empty ledger, whatever takes longer has no end."""

_SAMPLES: Mapping[str, object] = {
    **dict.fromkeys(FACTS, "x"),
    "tenant_id": 0, "company_id": 0, "currency": "USD", "as_of": "2026-06-30", "now": "2026-06-30 12:00:00", "replaying": 0,
    "run_id": 0,
}  # fmt: skip
_OF_KIND: Mapping[str, object] = {
    "text": "x", "integer": 1, "amount": 1, "date": "2026-06-30", "boolean": 1, "mapping": "{}", "list": "[]",
}  # fmt: skip
_OF_A_TENANT = """
    SELECT t.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c ON c.name = 'tenant_id' WHERE t.type = 'table'
    """
_RULED: Mapping[str, tuple[str, ...]] = {"dunning": ("customer_id", "currency")}
"""What a rule needs of each row: who, and in which money. The orders of a file are in no row."""


def compile_check(contract: Contract) -> list[Fault]:
    """What is wrong with the SQL, the conditions and the names that only a row's columns explain, in the order of the file.

    Every statement is run once, read-only, on an empty ledger with made-up values.
    """
    with schema_check.fresh() as connection:
        shared = {name for (name,) in connection.execute(_OF_A_TENANT)}
        check = _Check(contract, Questions(connection, _MOST_STEPS), shared)
        faults = [*check.queries(), *check.preconditions(), *check.all_steps(), *check.verifications()]
        check.base.close()
    return sorted(faults, key=lambda fault: (fault.place.line, fault.place.column))


class _Check:
    """One contract's statements against one empty ledger. `columns` are those of the queries that could be asked."""

    def __init__(self, contract: Contract, ledger: Questions, of_tenants: set[str]) -> None:
        self.contract = contract
        self.ledger = ledger
        self.of_tenants = of_tenants
        self.read: dict[str, bool] = {}
        self.base = ContextBase(_MOST_STEPS)
        self.columns: dict[str, list[str]] = {}

    def values(self, phase: str) -> dict[str, object]:
        """A made-up value for every name that a statement of the phase can bind."""
        inputs = {each.name: _OF_KIND[each.kind] for each in self.contract.inputs}
        return {name: _SAMPLES.get(name, 0 if name.startswith(STAGED) else "x") for name in facts_of(phase)} | inputs

    def queries(self) -> Iterator[Fault]:
        """Ask every query, and make the tables that conditions are asked of."""
        values = self.values("context")
        for query in self.contract.context:
            answer, faults = self._ask(f"query {query.name}", query.sql, query.place, values)
            yield from faults
            if answer is None:
                continue
            if wrongly := unusable(answer.columns):
                yield Fault(query.place, f"query {query.name}: {wrongly}; name it with AS")
                continue
            if query.name in self.columns:
                continue  # two of one name, which is a fault told already
            self.base.load(query.name, answer.columns, [])
            self.columns[query.name] = answer.columns

    def _ask(
        self, what: str, sql: str, place: Place, values: Mapping[str, object]
    ) -> tuple[Answer | None, list[Fault]]:
        """Ask the ledger. A ledger may hold several tenants: who asks of one of their tables says whose rows."""
        self.ledger.tables.clear()
        try:
            answer = self.ledger.ask(sql, values)
        except BadInput as wrong:
            return None, [Fault(place, f"{what}: {wrong.message}")]
        # SQLite tells the tables of a statement only when it first meets it
        reads = self.read.setdefault(sql, not self.ledger.tables.isdisjoint(self.of_tenants))
        if reads and "tenant_id" not in answer.bound:
            message = "it asks for the rows of every tenant: add WHERE tenant_id = :tenant_id"
            return answer, [Fault(place, f"{what}: {message}")]
        return answer, []

    def preconditions(self) -> Iterator[Fault]:
        """Ask every rule."""
        for each in self.contract.preconditions:
            yield from self.condition(f"precondition {each.name}", each.rule, each.place, "precondition", None, {})

    def all_steps(self) -> Iterator[Fault]:
        """Ask every condition, and look up every name."""
        for phase, steps in (("fan_out", self.contract.fan_out), ("post", self.contract.post_actions)):
            for step in steps:
                yield from self.step(step, phase, None, {})

    def step(self, step: Step, phase: str, table: str | None, outer: dict[str, object]) -> Iterator[Fault]:
        """One step: `table` is that of the loop around it, `outer` a made-up row of the loops around that."""
        over = step.over or table
        if over is not None and over not in self.columns:
            return  # the query has a fault of its own, or there is none
        if step.over is not None and table is not None:
            outer = {**outer, **dict.fromkeys(self.columns[table])}
        if step.when is not None:
            yield from self.condition(f"step {step.name}", step.when, step.place_of("when"), phase, over, outer)
        columns = [*outer, *(self.columns[over] if over is not None else ())]
        if over is not None:
            yield from unknown_names(self.contract, step, phase, columns)
        yield from self._named_columns(step, columns, over)
        for inner in step.do:
            yield from self.step(inner, phase, over, outer)

    def _named_columns(self, step: Step, columns: list[str], over: str | None) -> Iterator[Fault]:
        group = step.settings.get("group_by")
        if group is not None and over is not None and group not in self.columns[over]:
            yield Fault(step.place_of("group_by"), f"step {step.name} groups by {group}, which is no column of {over}")
        rule = step.settings.get("rule")
        for name in _RULED.get(str(rule), ()):
            if name not in columns:
                yield Fault(step.place_of("rule"), f"step {step.name}: the rule {rule} needs rows with a column {name}")

    def condition(
        self, what: str, sql: str, place: Place, phase: str, table: str | None, outer: dict[str, object]
    ) -> Iterator[Fault]:
        """Ask one condition of a table, or of no row at all."""
        try:
            if table is None:
                self.base.holds(sql, self.values(phase), outer)
            else:
                self.base.select(table, sql, self.values(phase), outer)
        except BadInput as wrong:
            cause = wrong.message
            missing = {query.name for query in self.contract.context} - self.columns.keys()
            if not any(cause == f"no such table: {name}" for name in missing):
                yield Fault(place, f"{what}: {cause}")

    def verifications(self) -> Iterator[Fault]:
        """Ask what verifications ask, and their expectations of it."""
        values = self.values("verify")
        for each in self.contract.verify:
            what = f"verification {each.name}"
            answer, faults = self._ask(what, each.sql, each.place, values)
            yield from faults
            if answer is not None and len(answer.columns) != 1:
                yield Fault(
                    each.place, f"{what}: its SQL gives {len(answer.columns)} columns, and one value is asked for"
                )
            try:
                self.base.value(each.expect, values, {"value": None})
            except BadInput as wrong:
                yield Fault(each.place, f"{what}: {wrong.message}")
