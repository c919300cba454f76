"""One late customer, and the commands of the morning on them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from tests.aging.conftest import Here, Lay, Ran, here, lay

__all__ = ["here", "lay"]

ON = date(2026, 6, 30)
NAME = "Northwind Tool Co"
CUSTOMERS = (
    "id,name,email,entitystatus,isinactive,sales_rep,sales_rep_email\n"
    f"C1,{NAME},ap@northwind.example.com,active,{{inactive}},East Desk,east@example.com\n"
)


@dataclass(frozen=True)
class Desk:
    """The ledger, and what is done with it on a day; `day` counts from ON."""

    here: Here
    lay: Lay

    def __call__(self, *args: str, day: int = 0) -> Ran:
        """A command as of a day."""
        return self.here(*args, "--as-of", (ON + timedelta(days=day)).isoformat())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query answers."""
        with closing(sqlite3.connect(self.here.db)) as connection:
            return connection.execute(sql).fetchall()

    def proposed(self, action_type: str) -> int | None:
        """The number of the latest pending proposal of a type, its envelope approved."""
        waiting = self.here("proposals", "--status", "pending", "--json").json
        found = [each["id"] for each in waiting if each["action_type"] == action_type]
        return max(found, default=None)

    def plan(self, day: int = 0) -> list[str]:
        """Plan, approve the envelope; the types of what is proposed."""
        ran = self("plan", "--json", day=day)
        assert ran.code == 0, ran.err
        if ran.json["envelope"] is not None:
            approved = self("approve", str(ran.json["envelope"]), "--yes", day=day)
            assert approved.code == 0, approved.err
        return sorted(each["action_type"] for each in ran.json["would_stage"])

    def hold(self, day: int = 0) -> int:
        """Plan and approve the hold."""
        assert "propose_customer_program" in self.plan(day)
        number = self.proposed("propose_customer_program")
        ran = self("approve", str(number), "--yes", "--confirm", NAME, day=day)
        assert ran.code == 0, ran.err
        return int(number or 0)

    def pay(self, amount: str, on: date, void: bool = False) -> None:
        """A payment of an amount, applied to the invoice; or taken back a day later."""
        status = f"voided,{on + timedelta(days=1)}" if void else "posted,"
        self.lay(
            customer_payments=f"id,customer_id,receipt_date,amount,status,voided_on\nP1,C1,{on},{amount},{status}\n",
            payment_applications=f"source_type,source_id,invoice_id,amount,applied_on\npayment,P1,I1,{amount},{on}\n",
        )


Late = Callable[..., Desk]


@pytest.fixture
def late(here: Here, lay: Lay) -> Late:
    """`late(days, amount)`: C1 owes an amount since so many days on ON."""

    def made(days: int, amount: str, inactive: str = "F", disputed: str = "F", credit: str | None = None) -> Desk:
        due = ON - timedelta(days=days)
        files = {
            "customers": CUSTOMERS.format(inactive=inactive),
            "customer_invoices": (
                f"id,customer_id,invoice_date,due_date,amount,disputed\nI1,C1,{due},{due},{amount},{disputed}\n"
            ),
            "transactions": (
                "id,type,entity,trandate,status,foreigntotal\nS1,SalesOrd,C1,2026-06-01,pending,500.00\n"
                "S2,SalesOrd,C1,2026-05-01,closed,900.00\n"
            ),
        }
        if credit:
            files["customer_payments"] = f"id,customer_id,receipt_date,amount\nP9,C1,{ON},{credit}\n"
        lay(**files)
        assert here("config", "set", "mail.from", "ar@example.com").code == 0
        return Desk(here, lay)

    return made
