"""A planned morning: receivables synced, the day's envelope staged by the real plan, and what became of it as plain values."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arctl.core.acting import Acting
from arctl.core.review_values import Finished, Mark, Marks, Outcome
from arctl.render.letters import Writer, writer
from arctl.services import approve, settings
from arctl.services.books import companies_of
from arctl.services.contracts import find
from arctl.services.plan import PlanRequest, plan
from arctl.store.books import Made
from arctl.store.ledger import Ledger
from tests.aging.books import Books, empty_books
from tests.folders import Row

DAY = date(2026, 7, 8)
DANA = Acting("dana", "dana-os", "2026-07-08 14:00:00", "2026-07-08")

CUSTOMERS: Sequence[Row] = (
    {
        "id": "C1",
        "name": "Acme Tools",
        "email": "ap@acme.example.com",
        "sales_rep": "R1",
        "sales_rep_email": "r1@example.com",
    },
    {"id": "C2", "name": "Birch Ltd", "email": "ap@birch.example.com"},
    {"id": "C3", "name": "Cedar GmbH"},
    {
        "id": "C4",
        "name": "Dune Big",
        "email": "ap@dune.example.com",
        "sales_rep": "R1",
        "sales_rep_email": "r1@example.com",
    },
)
INVOICES: Sequence[Row] = (
    {"id": "I1", "customer_id": "C1", "invoice_date": "2026-05-01", "due_date": "2026-06-01", "amount": "1000.00"},
    {"id": "I2", "customer_id": "C2", "invoice_date": "2026-06-01", "due_date": "2026-07-01", "amount": "500.00"},
    {"id": "I3", "customer_id": "C3", "invoice_date": "2026-06-01", "due_date": "2026-06-15", "amount": "300.00"},
    {"id": "I4", "customer_id": "C4", "invoice_date": "2026-02-01", "due_date": "2026-03-01", "amount": "30000.00"},
)
"""A firm letter to C1, a courtesy one to C2, a call to C3 (no address); to C4 a final one, a hold and a placement; a rep's digest."""


def paid(invoice: str, customer: str, amount: str, on: str = "2026-07-08") -> dict[str, list[Row]]:
    """The files of a receipt that is applied to an invoice."""
    return {
        "customer_payments.csv": [
            {"id": f"P-{invoice}", "customer_id": customer, "receipt_date": on, "amount": amount}
        ],
        "payment_applications.csv": [
            {
                "source_type": "payment",
                "source_id": f"P-{invoice}",
                "invoice_id": invoice,
                "amount": amount,
                "applied_on": on,
            }
        ],
    }


@dataclass
class Morning:
    """The ledger of a morning, and its envelope."""

    books: Books
    envelope: int

    @property
    def ledger(self) -> Ledger:
        return self.books.ledger

    @property
    def writer(self) -> Writer:
        return writer(None, "ar@example.com")

    def seqs(self) -> dict[str, int]:
        """The effects to be decided: "collection_action C1" -> seq."""
        return {
            f"{kind} {customer or ''}".strip(): seq
            for seq, kind, customer in self.rows(
                "SELECT e.seq, e.action_type, c.id FROM workflow_effects AS e LEFT JOIN erp_customers AS c USING (customer_key)"
                " WHERE e.action_type IS NOT NULL AND e.run_id = (SELECT run_id FROM proposed_actions WHERE id = ?)",
                self.envelope,
            )
        }

    def finish(self, marks: Mapping[str, Mark], day: date = DAY, acting: Acting = DANA) -> Finished:
        """Finish the envelope with marks by name, everything shown as it stands."""
        seqs = self.seqs()
        chosen: Marks = {seqs[name]: mark for name, mark in marks.items()}
        shown = {item.seq: item.content_hash for item in approve.review(self.ledger, self.envelope).items}
        return approve.finish(self.ledger, self.envelope, chosen, shown, acting, day, self.writer)

    def fan_out(self) -> dict[str, int]:
        """The envelope approved with nothing marked: "collection_action C1" -> the number of the pending proposal."""
        approve.approve_envelope(self.ledger, self.envelope, DANA, DAY, writer=self.writer)
        return self.ids()

    def ids(self) -> dict[str, int]:
        """The latest proposal of each name."""
        return {name: id for id, name, _, _ in self.proposals()}

    def approve(self, *ids: int, day: date = DAY, acting: Acting = DANA, confirm: str | None = None) -> list[Outcome]:
        """Approve by number."""
        return approve.approve_ids(self.ledger, ids, acting, day, confirm=confirm, writer=self.writer)

    def proposals(self) -> list[tuple[int, str, str, str | None]]:
        """(id, "collection_action C1", status, reason) of all that came out of envelopes."""
        return self.rows(
            "SELECT p.id, trim(p.action_type || ' ' || coalesce(c.id, '')), p.status, p.reason FROM proposed_actions AS p"
            " LEFT JOIN erp_customers AS c USING (customer_key) WHERE p.envelope_id IS NOT NULL ORDER BY p.id"
        )

    def statuses(self) -> dict[str, str]:
        """The status of the latest proposal of each name."""
        return {name: status for _, name, status, _ in self.proposals()}

    def reason(self, name: str) -> str | None:
        return {each: reason for _, each, _, reason in self.proposals()}[name]

    def actions(self) -> list[tuple[Any, ...]]:
        """(customer, type, status, outcome) of every collection action."""
        return self.rows(
            "SELECT c.id, a.action_type, a.execution_status, a.outcome FROM collection_actions AS a"
            " JOIN erp_customers AS c USING (customer_key) ORDER BY a.action_id"
        )

    def mails(self) -> list[str]:
        """The files of the outbox folder."""
        return sorted(each.name for each in (self.books.place / "outbox").glob("*.eml"))

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.books.rows(sql, *values)

    def sync(self, files: Mapping[str, Sequence[Row]]) -> None:
        """What the ERP says since."""
        self.books.sync_rows(files)

    def switch(self, name: str, is_on: bool) -> None:
        """Turn a kill switch."""
        from arctl.services import kill

        kill.turn(self.ledger, name, is_on, "a test", DANA)


def stage(books: Books, day: date = DAY, acting: Acting = DANA) -> int:
    """Plan a day; the number of the envelope."""
    company = companies_of(books.ledger, None)[0]
    contract = find(books.ledger, "ar_aging_action_plan")
    inputs = {each.name: each.default for each in contract.inputs}
    request = PlanRequest(company, contract, inputs, day, day, acting)
    report = plan(books.ledger, request, writer(None, "ar@example.com"))
    assert report.envelope is not None
    return report.envelope


@contextmanager
def morning(customers: Sequence[Row] = CUSTOMERS, invoices: Sequence[Row] = INVOICES) -> Iterator[Morning]:
    """A morning on which these receivables were planned."""
    with empty_books() as books:
        settings.change_setting(books.ledger, None, "mail.from", "ar@example.com", Made("2026-07-08 12:00:00", "dana"))
        books.sync_rows({"customers.csv": customers, "customer_invoices.csv": invoices})
        yield Morning(books, stage(books))


@contextmanager
def at_desk(place: Path) -> Iterator[Ledger]:
    """The same ledger by a connection of its own, as another program has it."""
    from arctl.store.ledger import open_ledger

    ledger = open_ledger(place / "arctl.db", "default")
    try:
        yield ledger
    finally:
        ledger.close()
