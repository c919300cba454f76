"""Small ledgers with an approved policy, at a moment of the test's choosing, into which evidence is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp

from arctl.core.acting import Acting
from arctl.core.evidence import Taken
from arctl.services import allowance
from arctl.services.books import ensure_ledger
from arctl.services.snapshot import SnapshotRequest, take
from arctl.services.sync import SyncRequest, sync_folder
from arctl.store.ledger import Ledger
from tests.aging.books import Silent, laid_out
from tests.allowance.books import AGING

SMALL = {
    "customers": """
        id,name
        C1,Acme
        C2,Bolt
        """,
    "customer_invoices": """
        id,customer_id,invoice_date,due_date,amount,tranid
        1,C1,2015-01-10,2015-02-09,100.00,INV-1
        2,C1,2014-11-01,2014-12-01,50.25,
        3,C2,2015-03-01,2015-03-31,20.00,INV-3
        """,
    "customer_payments": """
        id,customer_id,receipt_date,amount
        P1,C2,2015-03-15,5.00
        """,
}
"""On 2015-03-31: C1 owes 150.25 (100.00 fifty days late, 50.25 a hundred and twenty), C2 20.00 due that day; 5.00 unapplied."""


def moment(text: str) -> datetime:
    """Noon of an ISO day, UTC."""
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=UTC)


def acting(day: str, actor: str = "amy") -> Acting:
    """Somebody at noon of a day, under an account of their own."""
    return Acting(actor, f"u-{actor}", f"{day} 12:00:00", day)


@dataclass
class Evidence:
    """A ledger at a path, written to by services at moments of the test's choosing."""

    path: Path
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = ensure_ledger(self.path, "default")

    def sync(self, day: str, files: Mapping[str, str] = SMALL) -> None:
        """Sync these files at noon of a day; every row must land."""
        folder = laid_out(Path(mkdtemp(dir=self.path.parent)) / "export", files)
        report = sync_folder(self.ledger, SyncRequest(folder, actor="erp"), lambda: moment(day), Silent())
        assert not report.rejects, report.rejects

    def policy(self, day: str = "2015-01-01", company: str | None = None) -> int:
        """A policy of one company, in force from a day on, made by one person and approved by another."""
        owner = allowance.one_company(self.ledger, company)
        version = allowance.draft(
            self.ledger, owner, "standard", AGING, date.fromisoformat(day), None, acting(day, "amy")
        ).version
        allowance.submit(self.ledger, company, version, acting(day, "amy"))
        allowance.approve(self.ledger, company, version, acting(day, "ben"), self_approve=False, reason=None)
        return version

    def attest(self, day: str, at: str, company: str | None = None, anew: str | None = None) -> Taken:
        """Write a day's evidence at noon of another; `anew` is why a next revision is written."""
        request = SnapshotRequest(date.fromisoformat(day), company, acting(at), "a test", anew)
        return take(self.ledger, request)


def small(path: Path) -> Evidence:
    """SMALL with a policy, and the evidence of 2015-03-31 written on the day after."""
    books = Evidence(path)
    books.sync("2015-04-01")
    books.policy()
    books.attest("2015-03-31", "2015-04-01")
    return books
