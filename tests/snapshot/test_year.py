"""A year of weekly syncs with late, back-dated, voided and corrected documents: at its end every month-end verifies."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from arctl.core.dates import month_end
from arctl.services.snapshot_verify import verify
from tests.snapshot.books import Evidence

_YEAR = 2015
_CUSTOMERS = "id,name\n" + "".join(f"C{number},Customer {number}\n" for number in range(1, 7))


@dataclass
class Erp:
    """Documents as an ERP would hold them, row texts by id; each week some are added or changed, some dated long ago."""

    chance: Random
    invoices: dict[str, list[str]] = field(default_factory=dict)
    payments: dict[str, list[str]] = field(default_factory=dict)
    applications: list[str] = field(default_factory=list)

    def week(self, today: date) -> dict[str, str]:
        """Let a week happen, and export what an ERP has now."""
        for _ in range(4):
            self._invoice(today - timedelta(days=self.chance.choice((0, 1, 2, 3, 20, 70))))
        for _ in range(3):
            self._payment(today - timedelta(days=self.chance.choice((0, 1, 2, 30, 60))))
        for change in self.chance.sample(
            (self._void_payment, self._void_invoice, self._move_due_date, self._correct), 2
        ):
            change(today)
        return {
            "customers": _CUSTOMERS,
            "customer_invoices": "id,customer_id,invoice_date,due_date,amount,status,voided_on\n"
            + _rows(self.invoices),
            "customer_payments": "id,customer_id,receipt_date,amount,status,voided_on\n" + _rows(self.payments),
            "payment_applications": "source_type,source_id,invoice_id,amount,applied_on,id\n"
            + "".join(self.applications),
        }

    def _invoice(self, issued: date) -> None:
        customer = f"C{self.chance.randrange(1, 7)}"
        due = issued + timedelta(days=self.chance.choice((0, 14, 30)))
        id = f"I{len(self.invoices) + 1}"
        self.invoices[id] = [
            id,
            customer,
            f"{issued}",
            f"{due}",
            f"{self.chance.randrange(100, 90_000) / 100:.2f}",
            "posted",
            "",
        ]

    def _payment(self, received: date) -> None:
        invoice = self.chance.choice([each for each in self.invoices.values() if each[5] == "posted"])
        id = f"P{len(self.payments) + 1}"
        self.payments[id] = [
            id,
            invoice[1],
            f"{received}",
            f"{self.chance.randrange(100, 40_000) / 100:.2f}",
            "posted",
            "",
        ]
        part = f"{min(float(self.payments[id][3]), float(invoice[4])) / 2:.2f}"
        self.applications.append(f"payment,{id},{invoice[0]},{part},{received},A{id}\n")

    def _void_payment(self, today: date) -> None:
        self._void(self.payments, today)

    def _void_invoice(self, today: date) -> None:
        self._void(self.invoices, today)

    def _void(self, documents: dict[str, list[str]], today: date) -> None:
        row = self.chance.choice(list(documents.values()))
        if row[5] == "posted":
            row[5:] = [
                "voided",
                f"{max(today - timedelta(days=self.chance.choice((0, 40))), date.fromisoformat(row[-5]))}",
            ]

    def _move_due_date(self, today: date) -> None:
        row = self.chance.choice(list(self.invoices.values()))
        row[3] = f"{date.fromisoformat(row[3]) + timedelta(days=30)}"

    def _correct(self, today: date) -> None:
        row = self.chance.choice(list(self.invoices.values()))
        row[4] = f"{float(row[4]) + 0.01:.2f}"


def _rows(documents: dict[str, list[str]]) -> str:
    return "".join(f"{','.join(row)}\n" for row in documents.values())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_month_end_of_a_year_verifies_at_its_end(tmp_path: Path, seed: int) -> None:
    books, erp = Evidence(tmp_path / "arctl.db"), Erp(Random(seed))
    months: list[date] = []
    day = date(_YEAR, 1, 5)

    while day < date(_YEAR + 1, 2, 1):
        books.sync(day.isoformat(), erp.week(day))
        if day == date(_YEAR, 1, 5):
            books.policy(f"{_YEAR}-01-01")
        last = month_end(day.replace(day=1) - timedelta(days=1))
        if last.year == _YEAR and last not in months:
            books.attest(last.isoformat(), day.isoformat())
            months.append(last)
        day += timedelta(days=7)

    found = {end: verify(books.ledger, "default", 1, end) for end in months}
    books.ledger.close()
    assert len(found) == 12
    assert [end for end, verdict in found.items() if not (verdict.reperformed and verdict.explained)] == []
    assert sum(bool(verdict.drift) for verdict in found.values()) > 6, "late documents must show"
