"""Whether the ledger can be trusted: every check in order, each as far as the file lets it. No SQL, no printing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from arctl.core.aging import GroupKey, TieOut
from arctl.core.dates import from_day_number
from arctl.core.integrity import CheckResult, Examined, Finding, Status, concluded
from arctl.core.money import format_amount
from arctl.services import books
from arctl.services.age import AgeRequest, age
from arctl.services.evidence_check import event_chain, snapshots
from arctl.services.rederivation import derived_balances
from arctl.services.workflow_check import workflows
from arctl.store import history_check, schema_check
from arctl.store import integrity as store
from arctl.store.integrity import BrokenReference
from arctl.store.ledger import Ledger

RESTORE = "restore the last backup, and do not sync until then"
SYNC_AGAIN = "sync again with --full; if it stays, restore the last backup"


@dataclass(frozen=True, slots=True)
class Asked:
    """How the checks are to be made: `quick` leaves out what reads every row, `now` is the moment, aware."""

    now: datetime
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One check by its name; a `thorough` one reads every row and is left out where the operator is in a hurry."""

    name: str
    examine: Callable[[Ledger, Asked], Examined]
    thorough: bool = False


def inspect(ledger: Ledger, asked: Asked) -> list[CheckResult]:
    """Every check of CHECKS, in order, of the whole file; one that the file is too damaged for has that as its finding.

    Raises sqlite3.OperationalError where the ledger is locked or the disk full.
    """
    return [_result(check, ledger, asked) for check in CHECKS]


def _result(check: Check, ledger: Ledger, asked: Asked) -> CheckResult:
    if check.thorough and asked.quick:
        return CheckResult(check.name, Status.SKIPPED, Examined("left out by --quick"))
    examined = store.attempt(lambda: check.examine(ledger, asked))
    if isinstance(examined, str):
        unreadable = Finding("the ledger", f"the check could not be completed: {examined}", RESTORE)
        examined = Examined("as far as it could be read", (unreadable,))
    return concluded(check.name, examined)


def and_more(listed: Sequence[Finding], total: int) -> list[Finding]:
    """The findings that are listed, and one that counts the rest."""
    left = total - len(listed)
    rest = [Finding("further", f"{left:,} more of the same kind", "repair those listed first")] if left > 0 else []
    return [*listed, *rest]


def _file(ledger: Ledger, asked: Asked) -> Examined:
    pages, said = store.sqlite_check(ledger.connection, asked.quick)
    findings = [Finding("the file", text, RESTORE) for text in said]
    return Examined(f"{pages:,} pages", findings)


def _references(ledger: Ledger, _: Asked) -> Examined:
    found = store.references(ledger.connection)
    listed = [_orphans(each) for each in found.listed]
    unlisted = found.broken - sum(each.rows for each in found.listed)
    return Examined(f"{found.tables} tables that refer to others", and_more(listed, len(listed) + unlisted))


def _orphans(broken: BrokenReference) -> Finding:
    if not broken.named:
        return Finding(broken.table, f"{_rows(broken.rows)} to {broken.parent}, which holds none of them", RESTORE)
    more = f" and {broken.rows - 1:,} more" if broken.rows > 1 else ""
    message = f"{_rows(broken.rows)} to {broken.parent} {broken.named}, which is not there"
    return Finding(f"{broken.table} {broken.row}{more}", message, SYNC_AGAIN)


def _rows(count: int) -> str:
    return "1 row refers" if count == 1 else f"{count:,} rows refer"


_DEVIATIONS = {
    "missing": ("is missing", RESTORE),
    "altered": ("is not as schema.sql defines it", RESTORE),
    "trigger added": (
        "was added to {table}: it can change rows as they are written",
        "find out who added it and what it changed; then DROP TRIGGER {name}",
    ),
    "unique index added": (
        "was added to {table}: it can keep rows out, or have them replaced",
        "DROP INDEX {name}, then sync again with --full",
    ),
    "rows": ("{detail}, which is not as schema.sql fills it", RESTORE),
    "pragma": ("is {detail}", RESTORE),
}


def schema(ledger: Ledger) -> Examined:
    """Everything that schema.sql makes, as it is in the file."""
    compared = schema_check.compare(ledger.connection)
    findings, notes = [], []
    for deviation in compared.deviations:
        where = f"{deviation.kind} {deviation.name}".strip()
        if deviation.what == "index added":
            notes.append(f"{where} on {deviation.table} is not arctl's own; it does no harm")
            continue
        message, remedy = (text.format(**deviation._asdict()) for text in _DEVIATIONS[deviation.what])
        findings.append(Finding(where, message, remedy))
    looked_at = f"{compared.objects} tables, views, triggers and indexes, {compared.rows:,} fixed rows"
    return Examined(looked_at, findings, notes)


def _history(ledger: Ledger, _: Asked) -> Examined:
    """Versions of one row join without gap or overlap, and each batch wrote as many as its log says."""
    connection, findings, versions = ledger.connection, list[Finding](), 0
    with store.one_reading(connection):
        for base in history_check.BASES:
            versions += store.count_rows(connection, f"{base}_history")
            total, misfits = history_check.misfits(connection, base)
            findings += and_more([_misfit(base, each) for each in misfits], total)
            findings += [_miscount(each) for each in history_check.miscounts(connection, base)]
    return Examined(f"{len(history_check.BASES)} mirror tables, {versions:,} replaced versions", findings)


def _misfit(base: str, version: history_check.Misfit) -> Finding:
    where = f"{base}_history {version.row}, batch {version.batch}"
    if version.next_batch is None:
        return Finding(where, f"its row is gone from {base}: rows are closed, never deleted", RESTORE)
    how = "leaves a gap to" if version.to_batch < version.next_batch else "overlaps"
    message = f"was replaced by batch {version.to_batch}, which {how} the next version, of batch {version.next_batch}"
    return Finding(where, message, RESTORE)


def _miscount(count: history_check.Miscount) -> Finding:
    where = f"{count.base}, batch {count.batch}"
    rows = "1 version" if count.held == 1 else f"{count.held:,} versions"
    if count.logged is None:
        return Finding(where, f"{rows} {count.what} by a batch that sync_batches does not hold", RESTORE)
    return Finding(where, f"{rows} {count.what} by it, its log says {count.logged:,}", RESTORE)


def _tie_out(ledger: Ledger, asked: Asked) -> Examined:
    """Every tenant, company and currency, today and on the last day on which anything moves."""
    if not store.has_synced(ledger.connection):
        return Examined("nothing has been synced", applies=False)
    known = store.tenants(ledger.connection)
    findings, groups = list[Finding](), 0
    for tenant, name in known:
        theirs = replace(ledger, tenant_id=tenant)
        today = books.today(theirs, None, asked.now)
        last = store.last_movement(ledger.connection, tenant)
        groups += store.count_groups(ledger.connection, tenant)
        for day in sorted({today, today if last is None else from_day_number(last)}):
            prefix = f"tenant {name}, " if len(known) > 1 else ""
            findings += [_gap(prefix, key, day.isoformat(), tied) for key, tied in _failing(theirs, AgeRequest(day))]
    return Examined(f"{groups} companies and currencies, today and the last day of any movement", findings)


def _failing(ledger: Ledger, request: AgeRequest) -> list[tuple[GroupKey, TieOut]]:
    """The companies and currencies that do not tie out. One is asked for: a total over all of them costs far more."""
    first = books.companies_of(ledger, None)[0]
    answer = age(ledger, replace(request, company=first.name, currency=first.base_currency))
    keys = [tuple(words.rsplit(" ", 1)) for words in answer.failing]
    return [
        ((company, currency), age(ledger, replace(request, company=company, currency=currency)).groups[0].tie_out)
        for company, currency in keys
    ]


def _gap(prefix: str, key: GroupKey, day: str, tied: TieOut) -> Finding:
    company, currency = key
    aged, expected = (format_amount(cents, currency) for cents in (tied.aged_net, tied.expected_net))
    message = f"the aging gives {aged} {currency} net, the documents {expected} {currency}"
    return Finding(f"{prefix}{company} {currency} as of {day}", message, SYNC_AGAIN)


CHECKS = (
    Check("file", _file),
    Check("references", _references),
    Check("schema", lambda ledger, _: schema(ledger)),
    Check("derived balances", lambda ledger, _: derived_balances(ledger), thorough=True),
    Check("row history", _history, thorough=True),
    Check("tie-out", _tie_out),
    Check("event chain", lambda ledger, _: event_chain(ledger)),
    Check("snapshots", lambda ledger, _: snapshots(ledger), thorough=True),
    Check("workflows", lambda ledger, _: workflows(ledger), thorough=True),
)
"""Every check in its order; one more is one line."""
