"""A small depot: customers, stock, and orders that are synced as they move on, asked through the command line."""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from textwrap import dedent
from typing import Any

from tests.aging.conftest import Here, Lay, Ran

DAY = "2026-06-10"
CUSTOMERS = """
    id,name,email,terms,credit_limit,isinactive
    C1,Acme Diner,ap@acme.example.com,Net 30,5000.00,F
    C2,Bolt & Sons,,Net 30,,F
"""
STOCK = """
    item_code,location,quantityavailable
    FLR,East,100
    SAF,East,4
    SAF,West,50
    KIT,East,3
"""
_TRANSACTIONS = (
    "id,type,entity,trandate,tranid,status,foreigntotal,otherrefnum,memo,parent_so_id,createdfrom,expected_date"
)
_LINES = "transaction_id,line,item_code,item_type,quantity,quantity_fulfilled,rate,amount,link_tranid,requested_ship_date,location"
OLD = "SO0,SalesOrd,C2,2026-01-05,SO-0,Closed,10.00,,,,,"
OLD_LINE = "SO0,1,FLR,inventory,1,1,10.00,10.00,,,East"

MIXED = "SO1,SalesOrd,C1,2026-06-01,SO-1,Pending Fulfillment,1250.00,4711,,,,"
MIXED_LINES = """
SO1,1,FLR,inventory,10,0,30.00,300.00,,2026-06-15,East
SO1,2,KIT,assembly,5,0,90.00,450.00,,2026-06-15,East
SO1,3,DSL,drop_ship,2,0,250.00,500.00,,2026-06-20,
SO1,4,FRT,other,1,0,0.00,0.00,,,
"""
"""An order of all three paths, and a line of freight."""


@dataclass
class Clock:
    """The clock of the command line; it stands still until it is wound."""

    now: datetime = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)

    def wind(self, **ahead: float) -> None:
        """Let time pass: minutes=1, days=2."""
        self.now += timedelta(**ahead)


@dataclass
class Depot:
    """The ledger of the test; `transactions` and `lines` are all rows synced so far, by what tells each apart."""

    here: Here
    lay: Lay
    clock: "Clock"
    transactions: dict[str, str] = field(default_factory=dict)
    lines: dict[tuple[str, str], str] = field(default_factory=dict)

    def sync(self, transactions: str = "", lines: str = "", **files: str) -> None:
        """Sync these order documents and lines beside, or in place of, those before; and other files as they stand."""
        for row in _rows(transactions):
            self.transactions[row.split(",")[0]] = row
        for row in _rows(lines):
            id, number, *_ = row.split(",")
            self.lines[id, number] = row
        self.lay(
            transactions="\n".join([_TRANSACTIONS, *self.transactions.values()]),
            transaction_lines="\n".join([_LINES, *self.lines.values()]),
            **files,
        )

    def __call__(self, *args: str) -> Ran:
        """A command; it must succeed."""
        ran = self.here(*args)
        assert ran.code == 0, (args, ran.out, ran.err)
        return ran

    def dispatch(self) -> dict[str, list[str]]:
        """Hand out events until no workflow is told of anything new: the statuses of the runs that each started."""
        told: dict[str, list[str]] = {}
        while found := self.here("events", "dispatch", "--json").json:
            for each in found:
                told.setdefault(each["workflow_type"], []).append(each["status"] or each["problem"])
        return told

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the ledger answers."""
        connection = sqlite3.connect(self.here.db)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def events(self, event_type: str) -> list[str]:
        """Whom the events of a type are about, in their order."""
        sql = "SELECT entity_id FROM events WHERE event_type = ? ORDER BY seq"
        return [id for (id,) in self.rows(sql, event_type)]

    def waiting(self, action_type: str) -> list[tuple[int, str]]:
        """The pending proposals of a type, by number: (number, title)."""
        sql = "SELECT id, title FROM proposed_actions WHERE action_type = ? AND status = 'pending' ORDER BY id"
        return self.rows(sql, action_type)

    def verdicts(self, run_type: str) -> dict[str, str]:
        """What the checks of a workflow's runs come to a minute later, by name; of several runs the last one's."""
        self.clock.wind(minutes=1)
        self.here("verify")
        sql = (
            "SELECT v.name, v.status FROM workflow_verify_results AS v JOIN workflow_runs AS r USING (tenant_id, run_id)"
            " WHERE r.workflow_type = ? ORDER BY v.verify_id"
        )
        return dict(self.rows(sql, run_type))


def _rows(text: str) -> list[str]:
    return [line.strip() for line in dedent(text).strip().splitlines() if line.strip()]


_INVOICES = "id,customer_id,invoice_date,due_date,amount,createdfrom"
_INVOICE_LINES = "invoice_id,line,amount,item_code,quantity,rate"
_PAYMENTS = "id,customer_id,receipt_date,amount"
_APPLICATIONS = "source_type,source_id,invoice_id,amount,applied_on"


def money(invoices: str = "", lines: str = "", payments: str = "", applications: str = "") -> dict[str, str]:
    """The files of receivables with these rows beside those of the opening load."""
    rows = {
        "customer_invoices": (_INVOICES, "INV0,C2,2026-01-06,2026-02-05,10.00,SO0", invoices),
        "invoice_lines": (_INVOICE_LINES, "INV0,1,10.00,FLR,1,10.00", lines),
        "customer_payments": (_PAYMENTS, "PMT0,C2,2026-01-20,10.00", payments),
        "payment_applications": (_APPLICATIONS, "payment,PMT0,INV0,10.00,2026-01-20", applications),
    }
    return {name: "\n".join([head, first, *_rows(more)]) for name, (head, first, more) in rows.items()}


def opened(here: Here, lay: Lay, clock: Clock) -> Depot:
    """The opening load: customers, stock and an order of old, which alert nobody."""
    depot = Depot(here, lay, clock)
    depot.sync(OLD, OLD_LINE, customers=CUSTOMERS, inventory_balance=STOCK, **money())
    return depot
