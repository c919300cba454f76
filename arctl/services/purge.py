"""Removing month-end evidence whose retention is over: one act, one event, in one transaction."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from arctl.core.events import Happening
from arctl.core.evidence import SetRow
from arctl.core.shelf import PurgeOutcome
from arctl.services.books import companies_of, local_date
from arctl.store import events, snapshot_sets
from arctl.store import purge as store
from arctl.store.books import Company
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class PurgeRequest:
    """Sets of days before `before`, of the company named or of all; `now` is an aware moment."""

    before: date
    company: str | None
    reason: str
    actor: str
    os_user: str
    now: datetime
    dry_run: bool = False


def purge(ledger: Ledger, request: PurgeRequest) -> PurgeOutcome:
    """Remove what is past its retention, on the company's own date and in UTC; what is not stays and is told. Raises UnknownId."""
    owners = {each.company_id: each for each in companies_of(ledger, request.company)}
    before = request.before.isoformat()
    with ledger.transaction() as connection:
        asked = [
            row
            for row in snapshot_sets.sets(connection, ledger.tenant_id)
            if row.company_id in owners and row.snapshot_date < before
        ]
        over = [row for row in asked if _is_over(row, owners[row.company_id], request.now)]
        kept = [row for row in asked if row not in over]
        event = None
        if over and not request.dry_run:
            at = f"{request.now.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
            event = _record(ledger, request, over, owners, at)
            store.remove(connection, over, request.reason, (request.actor, request.os_user, at, event))
        return PurgeOutcome(before, over, kept, request.dry_run, event, events.head(connection, ledger.tenant_id))


def _is_over(row: SetRow, owner: Company, now: datetime) -> bool:
    """The last day of the retention has passed where the company is and, as the schema asks, in UTC."""
    today = min(local_date(owner.time_zone, now), now.astimezone(UTC).date())
    return row.retain_until < today.isoformat()


def _record(ledger: Ledger, request: PurgeRequest, over: list[SetRow], owners: dict[int, Company], at: str) -> int:
    first, concerned = over[0], {row.company_id for row in over}
    happening = Happening(
        "aging.snapshots_purged",
        # a set is purged once, so the first one names the act
        f"aging.snapshots_purged/{first.company_id}/{first.snapshot_date}/{first.revision}",
        "aging_snapshot",
        first.snapshot_date,
        local_date(owners[first.company_id].time_zone, request.now).isoformat(),
        first.company_id if len(concerned) == 1 else None,
        {
            "before": request.before.isoformat(),
            "reason": request.reason,
            "os_user": request.os_user,
            "sets": [
                {
                    "company": row.company,
                    "snapshot_date": row.snapshot_date,
                    "revision": row.revision,
                    "content_hash": row.content_hash,
                    "retain_until": row.retain_until,
                    "customers": row.customers,
                    "lines": row.lines,
                    "event_seq": row.event_seq,
                }
                for row in over
            ],
        },
    )
    (event,) = events.append(ledger.connection, ledger.tenant_id, [happening], at, request.actor)
    return event.seq
