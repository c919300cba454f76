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
    "trace-po": Registered("arctl.cli.trace_po", "All that a customer PO# threads, order to payment, and its gaps."),
    "integrity": Registered("arctl.cli.integrity", "Check the whole ledger: file, schema, balances, history, tie-out."),
    "doctor": Registered("arctl.cli.doctor", "What goes wrong between order and cash, with the next command."),
    "controls": Registered("arctl.cli.controls", "The control matrix as of a date, with its evidence."),
    "metrics": Registered("arctl.cli.metrics", "DSO, CEI, turnover, roll rates, concentration."),
    "snapshot": Registered("arctl.cli.snapshot", "Month-end evidence: write, show, verify, hand out."),
    "allowance": Registered("arctl.cli.allowance", "Allowance policies, estimates, roll-forward, journal entry."),
    "purge": Registered("arctl.cli.purge", "Remove month-end evidence that is past its retention."),
    "events": Registered("arctl.cli.events", "What happened, once each, in a chain of hashes; daily tick."),
    "outbox": Registered("arctl.cli.outbox", "Approved mails: list, show, cancel, write to the outbox folder."),
    "verify": Registered("arctl.cli.verify", "Whether what runs promised has happened: pass, fail, timeout."),
    "holds": Registered("arctl.cli.holds", "Who is on service hold, and what is left of the cause."),
    "proposals": Registered("arctl.cli.proposals", "What waits for a decision, and what was decided."),
    "approve": Registered("arctl.cli.approve", "Decide on what was planned: a list to go through, or by number."),
    "reject": Registered("arctl.cli.reject", "Turn down what was planned, with a reason."),
    "cases": Registered("arctl.cli.cases", "Collection cases: what was done about whom, and how it ended."),
    "kill": Registered("arctl.cli.kill", "Kill switches: stop approvals, pushes, risky work."),
    "plan": Registered("arctl.cli.plan", "What is due today, staged as one envelope: letters, calls, holds."),
    "dunning": Registered("arctl.cli.dunning", "When customers are reminded, of how much, and who is left alone."),
    "contracts": Registered("arctl.cli.contracts", "Workflow contracts: check, show, draw."),
    "workflows": Registered("arctl.cli.workflows", "Which workflows there are, what starts each, which may run."),
    "run": Registered("arctl.cli.run", "Start a workflow by hand."),
    "runs": Registered("arctl.cli.runs", "Runs of workflows: list, show, search; go on with a killed one."),
    "orders": Registered("arctl.cli.orders", "Sales orders: where each stands, what it waits for, its paths."),
    "finance": Registered("arctl.cli.finance", "What shipped and waits to be reviewed and invoiced."),
    "reconcile": Registered("arctl.cli.reconcile", "Payments with a remainder, and the invoices they may be for."),
    "intake": Registered("arctl.cli.intake", "Take in customers' orders: X12 850, or keyed from an e-mail."),
    "demo": Registered("arctl.cli.demo", "Build a ledger from sample data and walk through it."),
}
