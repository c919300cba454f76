"""A ledger with approved mails, each with the collection action that it stands for; the rows are written by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arctl.core.acting import Acting
from arctl.core.mail import Draft
from arctl.services import outbox
from arctl.services.books import ensure_ledger
from arctl.store.ledger import Ledger, open_ledger

ACTING = Acting("tester", "system", "2026-06-30 14:00:00", "2026-06-30")
LATER = Acting("night", "system", "2026-07-01 02:00:00", "2026-06-30")
SENDER = "ar@example.com"
_HASH = "0" * 64


def lay(path: Path, mails: int, body: str = "Please pay.\n", action_on: str = "2026-06-30") -> None:
    """A ledger at the path with one customer, one run, and that many queued mails, each with an action in progress."""
    ledger = ensure_ledger(path, "default")
    with ledger.transaction() as connection:
        for sql in _ROWS:
            connection.execute(sql)
        for number in range(1, mails + 1):
            connection.execute(
                "INSERT INTO collection_actions (tenant_id, action_id, case_id, customer_key, action_type, tier, action_date,"
                " currency, due_amount_cents, execution_status, changed_by, changed_at)"
                " VALUES (1, ?, 1, 1, 'reminder_email', 'firm', ?, 'USD', 100, 'in_progress', 'tester', '2026-06-30 14:00:00')",
                (number, action_on),
            )
        drafts = [
            Draft(
                1,
                "letter",
                (f"ap-{number}@example.com",),
                f"Reminder {number}",
                body,
                f"<p>{number}</p>",
                None,
                number,
                1,
            )
            for number in range(1, mails + 1)
        ]
        assert outbox.queue_all(ledger, drafts, SENDER, ACTING) == list(range(1, mails + 1))
    ledger.close()


_ROWS = (
    "INSERT INTO sync_batches VALUES (1, 1, '2026-06-30 13:00:00', 'tester', 'files', 'changes', NULL)",
    (
        "INSERT INTO erp_customers (tenant_id, customer_key, id, name, company_id, isinactive, batch, closed)"
        " VALUES (1, 1, 'C-1', 'Sample Bistro', 1, 'F', 1, 0)"
    ),
    f"INSERT INTO workflow_contracts VALUES (1, '{_HASH}', 'sample', 1, 'text', '2026-06-30 14:00:00')",
    (
        "INSERT INTO workflow_run_log (tenant_id, run_id, company_id, workflow_type, contract_hash, status, trigger_kind, as_of,"
        " inputs_json, actor, os_user, started_at, created_at, summary_json)"
        f" VALUES (1, 1, 1, 'sample', '{_HASH}', 'running', 'manual', '2026-06-30', '{{}}', 'tester', 'system',"
        " '2026-06-30 14:00:00', '2026-06-30 14:00:00', '{}')"
    ),
    (
        "INSERT INTO collection_cases (tenant_id, case_id, case_number, company_id, customer_key, currency, status,"
        " total_overdue_cents, opened_on, version, changed_by, changed_at)"
        " VALUES (1, 1, 'CASE-2026-0001', 1, 1, 'USD', 'open', 100, '2026-06-30', 1, 'tester', '2026-06-30 14:00:00')"
    ),
)


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """The ledger, closed afterwards."""
    ledger = open_ledger(path, "default")
    try:
        yield ledger
    finally:
        ledger.close()


def states(ledger: Ledger) -> list[tuple[object, ...]]:
    """(number, how far the mail got, how far its action got, its outcome) of every mail."""
    return ledger.connection.execute(
        "SELECT o.outbox_id, o.status, a.execution_status, a.outcome FROM outbox AS o"
        " LEFT JOIN collection_actions AS a ON a.tenant_id = o.tenant_id AND a.action_id = o.action_id ORDER BY 1"
    ).fetchall()
