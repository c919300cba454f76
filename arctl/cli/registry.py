"""Which commands exist: name, module, one line of help. Read without importing any of the modules."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registered:
    """One command. `module` holds either `command`, a function, or `app`, a typer.Typer with commands of its own."""

    module: str
    summary: str


COMMANDS: Mapping[str, Registered] = {
    "init": Registered("arctl.cli.init", "Create a ledger: company, base currency, time zone."),
    "config": Registered("arctl.cli.config", "Read and change what is set once."),
    "sync": Registered("arctl.cli.sync", "Bring the mirror up to date from a folder of CSV files."),
    "age": Registered("arctl.cli.age", "Who owes what as of a date, by bucket, tied out."),
    "explain": Registered("arctl.cli.explain", "How the balance of one invoice came about."),
    "diff": Registered("arctl.cli.diff", "Roll receivables forward from one date to another."),
    "integrity": Registered("arctl.cli.integrity", "Check the whole ledger: file, schema, balances, history, tie-out."),
    "controls": Registered("arctl.cli.controls", "The control matrix as of a date, with its evidence."),
    "metrics": Registered("arctl.cli.metrics", "DSO, CEI, turnover, roll rates, concentration."),
    "snapshot": Registered("arctl.cli.snapshot", "Month-end evidence: write, show, verify, hand out."),
    "allowance": Registered("arctl.cli.allowance", "Allowance policies, estimates, roll-forward, journal entry."),
    "purge": Registered("arctl.cli.purge", "Remove month-end evidence that is past its retention."),
    "events": Registered("arctl.cli.events", "What happened, once each, in a chain of hashes; daily tick."),
    "demo": Registered("arctl.cli.demo", "Build a ledger from sample data and walk through it."),
}
