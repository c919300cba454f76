"""Month-end evidence as it stands: which sets there are, one of them whole, two of them compared. Changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256

from arctl.core.evidence import SetRow, Taken
from arctl.core.shelf import Comparison, Shelf, Shelved, Shown, moved
from arctl.core.snapshot import Content, written
from arctl.errors import CheckFailed, UnknownId
from arctl.services.allowance import policy_of
from arctl.services.books import company_of
from arctl.store import events, snapshot_export, snapshot_sets
from arctl.store import purge as purge_store
from arctl.store.books import Company
from arctl.store.ledger import Ledger


@contextmanager
def _one_look(ledger: Ledger) -> Iterator[None]:
    """Everything inside reads one state of the ledger, whatever is written meanwhile."""
    ledger.connection.execute("BEGIN")
    try:
        yield
    finally:
        ledger.connection.rollback()


def shelf(ledger: Ledger, company: str | None, everything: bool) -> Shelf:
    """The live sets of the company named, or of all; with `everything` the superseded and the purged ones too."""
    with _one_look(ledger):
        connection, tenant = ledger.connection, ledger.tenant_id
        owner = company_of(ledger, company)
        number = owner.company_id if owner else None
        sums = snapshot_export.totals_by_set(connection, tenant, number)
        known = snapshot_sets.sets(connection, tenant, number)
        purged = purge_store.purges(connection, tenant, number)
    last = {(row.company_id, row.snapshot_date): row.revision for row in known}
    shelved = [
        Shelved(row, sums.get(row.key, []), row.revision == last[row.company_id, row.snapshot_date]) for row in known
    ]
    if everything:
        return Shelf(shelved, purged, 0)
    live = [each for each in shelved if each.live]
    return Shelf(live, [], len(shelved) - len(live) + len(purged))


def find(ledger: Ledger, company: Company, day: date, revision: int | None = None) -> SetRow:
    """The set of a day: of that revision, or the live one. Raises UnknownId with the days or revisions there are."""
    connection, tenant, iso = ledger.connection, ledger.tenant_id, day.isoformat()
    found = snapshot_sets.find_set(connection, tenant, company.company_id, iso, revision)
    if found is not None:
        return found
    which = f"revision {revision} of the evidence" if revision else "evidence"
    gone = [
        each
        for each in purge_store.purges(connection, tenant, company.company_id)
        if each.snapshot_date == iso and revision in (None, each.revision)
    ]
    if gone:
        last = gone[-1]
        raise UnknownId(
            f"the evidence of {iso}, revision {last.revision}, was purged by {last.purged_by} on {last.purged_at} (UTC)",
            f"its retention ended on {last.retain_until}; `arctl snapshot list --all` shows its hash",
        )
    known = snapshot_sets.sets(connection, tenant, company.company_id)
    revisions = [str(each.revision) for each in known if each.snapshot_date == iso]
    if revisions:
        hint = f"there is {'revision' if len(revisions) == 1 else 'revisions'} {', '.join(revisions)}"
    elif known:
        days = list(dict.fromkeys(each.snapshot_date for each in known))
        hint = f"there is evidence of {', '.join(days[-12:])}" + (" and of earlier days" if len(days) > 12 else "")
    else:
        hint = "`arctl snapshot --date D` writes it"
    raise UnknownId(f"there is no {which} of {iso} of company {company.name}", hint)


def show(
    ledger: Ledger,
    company: Company,
    day: date,
    revision: int | None = None,
    *,
    lines: bool = False,
    customer: str | None = None,
) -> Shown:
    """A set, with its lines and credits on request. A `customer` narrows headers, lines and credits, never the sums.

    Raises UnknownId for a set that is not there, and for a customer that is not in it.
    """
    with _one_look(ledger):
        return _read(ledger, company, find(ledger, company, day, revision), lines=lines, customer=customer)


def export(ledger: Ledger, company: Company, day: date, revision: int | None = None) -> Shown:
    """A whole set, for handing out. Raises UnknownId, and CheckFailed where its rows do not give its hash."""
    with _one_look(ledger):
        shown = _read(ledger, company, find(ledger, company, day, revision), lines=True, customer=None)
    row, whole = shown.taken.set, sha256()
    for part in written(row.company, row.snapshot_date, shown.content):
        whole.update(part)
    if whole.hexdigest() != row.content_hash:
        raise CheckFailed(
            f"the rows of the evidence of {row.snapshot_date}, revision {row.revision}, do not give its content hash",
            "they were changed by hand: `arctl integrity` says where; nothing was written",
        )
    return shown


def _read(ledger: Ledger, company: Company, row: SetRow, *, lines: bool, customer: str | None) -> Shown:
    connection, tenant, key = ledger.connection, ledger.tenant_id, row.key
    policy, _ = policy_of(ledger, None, row.allowance_config_id)
    headers = snapshot_export.headers(connection, key, customer)
    if customer is not None and not headers:
        raise UnknownId(
            f"the evidence of {row.snapshot_date}, revision {row.revision}, has no customer {customer}",
            "it lists customers with an open item or a credit on that day; `arctl snapshot show` names them",
        )
    live = snapshot_sets.find_set(connection, tenant, company.company_id, row.snapshot_date)
    return Shown(
        Taken(row, snapshot_sets.totals(connection, key), policy, events.head(connection, tenant)),
        live is None or live.revision == row.revision,
        Content(
            headers,
            snapshot_export.lines(connection, key, customer) if lines else [],
            snapshot_export.credits(connection, key, customer) if lines else [],
            row.content_hash,
        ),
        snapshot_export.terms(connection, key),
        snapshot_export.event_hash(connection, tenant, row.event_seq),
    )


def compare(
    ledger: Ledger, company: Company, before: tuple[date, int | None], after: tuple[date, int | None]
) -> Comparison:
    """Two sets, each named by its day and revision (None: the live one). Raises UnknownId."""
    with _one_look(ledger):
        first, second = find(ledger, company, *before), find(ledger, company, *after)
        connection = ledger.connection
        sums = moved(snapshot_sets.totals(connection, first.key), snapshot_sets.totals(connection, second.key))
        return Comparison(first, second, sums, snapshot_sets.changed_lines(connection, first.key, second.key))
