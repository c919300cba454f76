"""Re-performance from row history, and what was learnt since, document by document in cents."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from arctl.core import balance
from arctl.core.documents import Receivables, Status
from arctl.core.drift import sums
from arctl.core.evidence import Verdict
from arctl.core.money import Cents
from arctl.services.snapshot import SnapshotRequest, content_of, one_company, take
from arctl.services.snapshot_verify import rebuild, verify
from arctl.store.reperform import AsKnown
from tests.aging.books import Books, empty_books
from tests.aging.conftest import Here
from tests.allowance.books import approved
from tests.ledgers import as_of_days, ledgers
from tests.snapshot.books import SMALL, Evidence, acting

DAY = date(2015, 3, 31)
LATER = "2015-05-01"


def _verdict(books: Evidence, day: date = DAY) -> Verdict:
    return verify(books.ledger, "default", 1, day)


def _told(books: Evidence, files: Mapping[str, str]) -> list[tuple[str, str, int, int]]:
    """What verification says of files synced later: document, change, cents open, cents unapplied; nothing left unexplained."""
    books.sync(LATER, files)
    found = _verdict(books)
    assert found.reperformed
    assert found.explained
    return [(each.document, each.change, each.open_cents, each.unapplied_cents) for each in found.drift]


def test_nothing_since_is_nothing_told(books: Evidence) -> None:
    found = _verdict(books)
    assert (found.reperformed, found.explained, found.drift, found.differences) == (True, True, [], [])


INVOICES = "id,customer_id,invoice_date,due_date,amount,tranid,status,voided_on\n"
LEARNT: dict[str, tuple[dict[str, str], list[tuple[str, str, int, int]]]] = {
    "a back-dated payment with its application": (
        {
            "customer_payments": "id,customer_id,receipt_date,amount\nP2,C1,2015-03-20,40.00\n",
            "payment_applications": "source_type,source_id,invoice_id,amount,applied_on\npayment,P2,1,30.00,2015-03-21\n",
        },
        [("payment P2", "arrived", 0, 4000), ("application of payment P2 to invoice 1", "arrived", -3000, -3000)],
    ),
    "a payment dated after the day": (
        {"customer_payments": "id,customer_id,receipt_date,amount\nP2,C1,2015-04-01,40.00\n"},
        [],
    ),
    "a changed amount": (
        {"customer_invoices": INVOICES + "1,C1,2015-01-10,2015-02-09,90.00,INV-1,,\n"},
        [("invoice 1", "changed: amount", -1000, 0)],
    ),
    "voided on a day before": (
        {"customer_invoices": INVOICES + "1,C1,2015-01-10,2015-02-09,100.00,INV-1,voided,2015-03-30\n"},
        [("invoice 1", "changed: status posted → voided, voided none → 2015-03-30", -10000, 0)],
    ),
    "voided on a day after": (
        {"customer_invoices": INVOICES + "1,C1,2015-01-10,2015-02-09,100.00,INV-1,voided,2015-04-01\n"},
        [("invoice 1", "changed: status posted → voided, voided none → 2015-04-01", 0, 0)],
    ),
    "another due date": (
        {"customer_invoices": INVOICES + "3,C2,2015-03-01,2015-05-31,20.00,INV-3,,\n"},
        [("invoice 3", "changed: due 2015-03-31 → 2015-05-31", 0, 0)],
    ),
    "another customer": (
        {"customer_invoices": INVOICES + "1,C2,2015-01-10,2015-02-09,100.00,INV-1,,\n"},
        [("invoice 1", "changed: customer C1 → C2", 0, 0)],
    ),
    "a refund": (
        {"customer_refunds": "id,customer_id,refund_date,amount,source_type,source_id\nR1,C2,2015-03-20,2.00,payment,P1\n"},
        [("refund R1", "arrived", 0, -200)],
    ),
    "a write-off, part of it recovered": (
        {
            "write_offs": "id,invoice_id,written_off_on,amount,recovered_on,recovered_amount\n"
            "W1,2,2015-03-01,50.25,2015-03-15,10.00\n"
        },
        [("write-off W1", "arrived", -4025, 0)],
    ),
    "a credit memo": (
        {"credit_memos": "id,customer_id,credit_date,amount\nM1,C1,2015-03-31,7.00\n"},
        [("credit memo M1", "arrived", 0, 700)],
    ),
    "another currency": (
        {"customer_invoices": "id,customer_id,invoice_date,amount,currency\n9,C1,2015-03-01,8.00,CAD\n"},
        [("invoice 9", "arrived", 800, 0)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("learnt", LEARNT)
def test_what_was_learnt_since_is_told_by_document(books: Evidence, learnt: str) -> None:
    files, expected = LEARNT[learnt]
    assert _told(books, files) == expected


def test_a_document_gone_from_the_erp(books: Evidence) -> None:
    from arctl.services.sync import SyncRequest, sync_folder
    from tests.aging.books import Silent, laid_out
    from tests.snapshot.books import moment

    fewer = {**SMALL, "customer_payments": "id,customer_id,receipt_date,amount\n"}
    folder = laid_out(books.path.parent / "fewer", fewer)
    request = SyncRequest(folder, full=True, accept="a test", actor="erp")
    sync_folder(books.ledger, request, lambda: moment(LATER), Silent())
    found = _verdict(books)
    assert found.reperformed
    assert found.explained
    assert [(each.document, each.change, each.unapplied_cents) for each in found.drift] == [
        ("payment P1", "gone from the ERP", -500)
    ]


ALTERED = {
    "a row of the mirror": "UPDATE erp_invoices SET amount_cents = amount_cents + 1 WHERE id = '2'",
    "a row of history": "UPDATE erp_invoices_history SET amount_cents = amount_cents + 1 WHERE id = '1'",
    "a history row deleted": "DELETE FROM erp_invoices_history WHERE id = '1'",
    "a due date in history": "UPDATE erp_invoices_history SET due_date = '2015-02-10' WHERE id = '1'",
    "a name of the mirror": "UPDATE erp_customers SET name = 'Other' WHERE id = 'C2'",
}


def _tear(path: Path, *statements: str) -> None:
    """Change the file as one does who may drop triggers."""
    with closing(sqlite3.connect(path)) as plain, plain:
        for (name,) in plain.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            plain.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert plain.execute(statement).rowcount == 1


@pytest.mark.parametrize("altered", ALTERED)
def test_one_altered_row_makes_it_fail_with_the_snapshot_untouched(books: Evidence, here: Here, altered: str) -> None:
    books.sync(LATER, {"customer_invoices": INVOICES + "1,C1,2015-01-10,2015-02-09,90.00,INV-1,,\n"})
    assert _verdict(books).reperformed
    _tear(books.path, ALTERED[altered])
    assert not _verdict(books).reperformed
    ran = here("snapshot", "verify", "2015-03-31")
    assert ran.code == 1
    assert "error: the row history does not give the evidence of 2015-03-31 revision 1" in ran.err


def test_stored_lines_and_balances_are_not_read(books: Evidence) -> None:
    _tear(books.path, "UPDATE aging_snapshot_lines SET invoice_id = 'x' WHERE invoice_id = '1'")
    assert _verdict(books).reperformed


def _only(receivables: Receivables, company: str) -> Receivables:
    """What is one company's: the balances of others do not touch it, as applications stay inside a group."""
    invoices = tuple(each for each in receivables.invoices if each.company == company)
    sources = tuple(each for each in receivables.sources if each.company == company)
    numbers, keys = {each.id for each in invoices}, {each.key for each in sources}
    return replace(
        receivables,
        invoices=invoices,
        sources=sources,
        installments=tuple(each for each in receivables.installments if each.invoice_id in numbers),
        applications=tuple(each for each in receivables.applications if each.invoice_id in numbers),
        write_offs=tuple(each for each in receivables.write_offs if each.invoice_id in numbers),
        refunds=tuple(each for each in receivables.refunds if (each.source_type, each.source_id) in keys),
    )


def _net(receivables: Receivables, day: date) -> dict[str, int]:
    """Net receivables by currency, by the pure definition."""
    found: dict[str, int] = {}
    for group, tie in balance.tie_out(receivables, day).items():
        found[group[1]] = found.get(group[1], 0) + tie.aged_net
    return found


def _course(whole: Receivables, random: Random) -> list[Receivables]:
    """Three states of the ERP: some documents not there yet, all of them, and some of them changed, moved, voided or gone."""

    def some() -> bool:
        return random.random() < 0.4

    keys = {each.key for each in whole.sources if not some()}
    early = replace(
        whole,
        sources=tuple(each for each in whole.sources if each.key in keys),
        applications=tuple(each for each in whole.applications if each.source_key in keys),
        refunds=tuple(each for each in whole.refunds if (each.source_type, each.source_id) in keys and not some()),
        write_offs=tuple(each for each in whole.write_offs if not some()),
    )
    split = {part.invoice_id for part in whole.installments}
    late = replace(
        whole,
        invoices=tuple(
            replace(
                each,
                amount=each.amount if each.id in split or not some() else Cents(each.amount + 700),
                customer_id=random.choice(whole.customers).id if some() else each.customer_id,
                due_date=each.invoice_date + timedelta(days=20) if some() else each.due_date,
                status=Status.POSTED if some() and each.voided_on is None else each.status,
            )
            for each in whole.invoices
        ),
        sources=tuple(
            replace(each, amount=Cents(each.amount + 300), source_date=each.source_date - timedelta(days=3))
            if some()
            else each
            for each in whole.sources
        ),
        refunds=tuple(each for each in whole.refunds if not some()),
        write_offs=tuple(each for each in whole.write_offs if not some()),
    )
    return [early, whole, late]


@settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(ledgers(), as_of_days(), st.randoms(use_true_random=False))
def test_evidence_taken_after_every_sync_holds_at_the_end(whole: Receivables, day: date, random: Random) -> None:
    states = _course(whole, random)
    with empty_books() as books:
        approved(books.ledger, date(2023, 1, 1))
        for revision, state in enumerate(states, start=1):
            books.sync(state, full=True)
            reason = None if revision == 1 else "a later sync"
            at = acting("2026-06-10", "amy")
            take(books.ledger, SnapshotRequest(day, "default", at, "a test", reason))
            _same_both_ways(books, day)
        last = _net(_only(states[-1], "default"), day)
        for revision, state in enumerate(states, start=1):
            found = verify(books.ledger, "default", 1, day, revision)
            assert found.reperformed
            assert found.explained, (found.differences, found.drift)
            then = _net(_only(state, "default"), day)
            moved = {key: last.get(key, 0) - then.get(key, 0) for key in last.keys() | then.keys()}
            told = {currency: opened - unapplied for currency, (opened, unapplied) in sums(list(found.drift)).items()}
            assert {k: v for k, v in told.items() if v} == {k: v for k, v in moved.items() if v}


def _same_both_ways(books: Books, day: date) -> None:
    """The content by the ledger's statements and the one worked out from rows are equal, not by hash alone."""
    from arctl.services.allowance import require_in_force

    company = one_company(books.ledger, "default")
    policy = require_in_force(books.ledger, company, day)
    (batch,) = books.rows("SELECT max(batch) FROM sync_batches")[0]
    ours = content_of(books.ledger, company, day, policy)
    other = rebuild(books.ledger, "default", policy, AsKnown(1, company.company_id, day.isoformat(), batch))
    assert ours == other
