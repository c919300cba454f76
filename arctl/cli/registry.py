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
    "demo": Registered("arctl.cli.demo", "Build a ledger from sample data and walk through it."),
}
