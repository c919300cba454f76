"""A small company with a workflow of the test's own: its ledger, its contract, and hands that wait for nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from textwrap import dedent, indent
from typing import Any

from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.contract_reading import read_contract
from arctl.core.letter import LetterWriter
from arctl.core.run import Started
from arctl.core.run_inputs import settle
from arctl.core.run_report import RunResult
from arctl.render.letters import writer
from arctl.services.books import companies_of
from arctl.services.run import Hands, resume, start
from arctl.store.books import Company, Made, set_setting
from arctl.store.ledger import Ledger
from tests.aging.books import Books, empty_books
from tests.folders import Row

DAY = date(2026, 6, 30)
AT = "2026-06-30 12:00:00"

CUSTOMERS: list[Row] = [
    {"id": "C1", "name": "Acme", "sales_rep": "Rep North", "sales_rep_email": "north@example.com", "isinactive": "F"},
    {
        "id": "C2",
        "name": "Bolt & Sons",
        "sales_rep": "Rep North",
        "sales_rep_email": "north@example.com",
        "isinactive": "F",
    },
    {"id": "C3", "name": "Corner Deli", "email": "ap@corner.example.com", "isinactive": "F"},
]
INVOICES: list[Row] = [
    {"id": "I1", "customer_id": "C1", "invoice_date": "2026-05-01", "due_date": "2026-06-10", "amount": "100.00"},
    {"id": "I2", "customer_id": "C2", "invoice_date": "2026-04-01", "due_date": "2026-05-01", "amount": "70.00"},
    {"id": "I3", "customer_id": "C3", "invoice_date": "2026-01-05", "due_date": "2026-02-05", "amount": "3000.00"},
]
"""On DAY, C1 is 20 days late, C2 60, C3 145."""

LATE = """
- name: late
  sql: |
    SELECT customer_id, customer_name, sales_rep, sales_rep_email, currency, sum(outstanding_cents) AS open_cents,
           max(days_overdue) AS days
      FROM open_items
     WHERE tenant_id = :tenant_id AND company_id = :company_id AND day = :as_of AND days_overdue >= :least_days
     GROUP BY customer_id ORDER BY customer_id
"""
_FRAME = """
workflow_type: trial
version: 1
category: testing
owner: a test
description: What a test wants done.
risk_level: {risk}
reflexion_enabled: true
tags: [trial]
triggers: {triggers}
inputs:
  - name: least_days
    type: integer
    default: 1
{context}{preconditions}hitl: {{approver: a tester, expires_after: 24h}}
{fan_out}{post_actions}{verify}retry: {retry}
"""
NO_RETRY = "{max_attempts: 1, backoff: linear, base_ms: 1, max_ms: 1, alert_on_final_failure: true}"


def contract(
    fan_out: str,
    *,
    risk: int = 2,
    post: str = "",
    context: str = LATE,
    preconditions: str = "",
    verify: str = "",
    triggers: str = "[{manual: true}]",
    retry: str = NO_RETRY,
) -> Contract:
    """The contract `trial` of these parts, each YAML as it stands under its heading."""
    text = contract_text(fan_out, risk, post, context, preconditions, verify, triggers, retry)
    found, faults = read_contract(text, "trial.yaml")
    assert found is not None, "\n".join(f"{each.place}: {each.message}" for each in faults) + f"\n{text}"
    return found


def contract_text(
    fan_out: str,
    risk: int = 2,
    post: str = "",
    context: str = LATE,
    preconditions: str = "",
    verify: str = "",
    triggers: str = "[{manual: true}]",
    retry: str = NO_RETRY,
) -> str:
    """The text of the contract."""
    parts = {
        "context": context,
        "preconditions": preconditions,
        "fan_out": fan_out,
        "post_actions": post,
        "verify": verify,
    }
    sections = {heading: _under(heading, part) for heading, part in parts.items()}
    return _FRAME.format(risk=risk, triggers=triggers, retry=retry, **sections)


def _under(heading: str, part: str) -> str:
    text = dedent(part).strip("\n")
    return f"{heading}:\n{indent(text, '  ')}\n" if text else ""


@dataclass
class Scene:
    """A ledger with customers and invoices, and the hands that run workflows on it; `slept` are the waits, in seconds."""

    books: Books
    company: Company
    writer: LetterWriter
    slept: list[float] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return self.books.ledger

    @property
    def hands(self) -> Hands:
        """A tester's, on DAY."""
        return Hands(Acting("ann", "ann-os", AT, DAY.isoformat()), self.writer, self.slept.append)

    def run(self, contract: Contract, started: Started | None = None, on: date = DAY, **inputs: object) -> RunResult:
        """Start the workflow."""
        asked = settle(contract, inputs)
        return start(self.ledger, self.company, contract, asked, on, started or Started("manual"), self.hands)

    def resume(self, run_id: int | None = None) -> list[RunResult]:
        """Go on with what was killed."""
        return resume(self.ledger, run_id, self.hands)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query answers."""
        return self.books.rows(sql, *values)

    def set(self, key: str, value: str) -> None:
        """Set a setting."""
        with self.ledger.transaction() as connection:
            set_setting(connection, self.ledger.tenant_id, key, value, Made(AT, "ann"))

    def later(self, at: str, on: date) -> Hands:
        """The same hands at another time."""
        return replace(self.hands, acting=Acting("ann", "ann-os", at, on.isoformat()))


@contextmanager
def scene() -> Iterator[Scene]:
    """The three customers and their invoices, and an address to send from."""
    with empty_books() as books:
        books.sync_rows({"customers.csv": CUSTOMERS, "customer_invoices.csv": INVOICES})
        made = Scene(books, companies_of(books.ledger, None)[0], writer(None))
        made.set("mail.from", "ar@example.com")
        yield made
