"""Verifying: what runs promised is asked for when it is due, and each check gets its verdict once. No SQL, no printing."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from arctl.core.acting import Acting
from arctl.core.contract import Contract
from arctl.core.run import Run
from arctl.core.verification import (
    Check,
    Found,
    Verdict,
    Verified,
    checks_of,
    judge,
    verdicts_told,
)
from arctl.errors import ArctlError, Refused, UnknownId
from arctl.services.books import companies_of, local_date
from arctl.store import books, events, runs
from arctl.store import verify as store
from arctl.store.books import Company
from arctl.store.contract_sql import ContextBase, ContractLedger
from arctl.store.ledger import Ledger

_FORM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which checks are wanted, and when it is: `now` aware, `as_of` a day to be replayed, None for now.

    `run_id` wants every check of that run, those that are over too; else those that wait are asked for.
    """

    now: datetime
    actor: str
    os_user: str
    run_id: int | None = None
    as_of: date | None = None
    company: str | None = None


def add_checks(
    ledger: Ledger, contract: Contract, run: Run, facts: Mapping[str, object], staged: Mapping[str, int], at: str
) -> int:
    """Write the checks that a run leaves behind, in the caller's transaction; how many there are.

    `facts` are the facts and inputs that its SQL may name, `staged` the proposals it staged by action_type; the time of each
    check counts from `at` (UTC).
    """
    named = {**facts, "run_id": run.run_id, "as_of": run.as_of, "workflow_type": run.workflow_type}
    known: dict[str, object] = {"tenant_id": ledger.tenant_id, "company_id": run.company_id}
    checks = checks_of(contract, {**known, **named}, staged, at)
    return len(store.add(ledger.connection, ledger.tenant_id, run.run_id, checks))


def waiting(ledger: Ledger, run_id: int) -> list[Check]:
    """What is still to be checked of a run."""
    return [each for each in store.of_run(ledger.connection, ledger.tenant_id, run_id) if not each.is_over]


def verify(ledger: Ledger, asked: Asked) -> Verified:
    """Ask every check that is due, and keep what was found; a verdict is an event too.

    Raises UnknownId (run, company) and Refused (a day that has not come).
    """
    companies = {each.company_id: each for each in companies_of(ledger, asked.company)}
    everybody = {each.company_id: each for each in books.companies(ledger.connection, ledger.tenant_id)}
    checks = _wanted(ledger, asked, None if asked.company is None else next(iter(companies)))
    moments = _Moments(asked, everybody)
    checks = [each for each in checks if moments.concerns(each)]
    due = [each for each in checks if not each.is_over and each.due_at <= moments.of(each)]
    verdicts = _verdicts(ledger, due, moments)
    done = _kept(ledger, due, verdicts, asked, everybody)
    return Verified([done.get(each.verify_id, each) for each in checks], frozenset(done))


def _wanted(ledger: Ledger, asked: Asked, company_id: int | None) -> list[Check]:
    if asked.run_id is None:
        return store.pending(ledger.connection, ledger.tenant_id, company_id)
    if runs.get(ledger.connection, ledger.tenant_id, asked.run_id) is None:
        raise UnknownId(f"there is no run {asked.run_id}", "`arctl runs list` shows them")
    return store.of_run(ledger.connection, ledger.tenant_id, asked.run_id)


class _Moments:
    """What time it is for each check.

    It is now, unless a past day is named. That is the end of this day; for a run that itself replayed a past day, later by as
    many days as it lagged behind the clock, so that a morning and the night after it can be replayed together.
    """

    def __init__(self, asked: Asked, companies: Mapping[int, Company]) -> None:
        self._asked, self._companies = asked, companies
        self._now = f"{asked.now.astimezone(UTC):{_FORM}}"
        for each in companies.values():
            if asked.as_of is not None and asked.as_of > local_date(each.time_zone, asked.now):
                raise Refused(f"{asked.as_of} has not come yet", "a check has its verdict for good: ask on the day")

    def concerns(self, check: Check) -> bool:
        """Whether its run was made by the day that is asked for."""
        return self._asked.as_of is None or check.run_day <= self._asked.as_of.isoformat()

    def of(self, check: Check) -> str:
        """UTC, as the ledger writes it."""
        zone_name = self._companies[check.company_id].time_zone
        if self._asked.as_of in (None, local_date(zone_name, self._asked.now)):
            return self._now
        zone = books.zone_named(zone_name)
        started = datetime.fromisoformat(check.run_started_at).replace(tzinfo=UTC).astimezone(zone).date()
        lag = max(started - date.fromisoformat(check.run_day), timedelta())
        return _end_of(self._asked.as_of + lag, zone)


def _end_of(day: date, zone: tzinfo) -> str:
    midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    return f"{midnight.astimezone(UTC):{_FORM}}"


def _verdicts(ledger: Ledger, due: Sequence[Check], moments: _Moments) -> list[Verdict]:
    if not due:
        return []
    with ContractLedger(ledger.path) as reader, closing(ContextBase()) as base:
        return [judge(each, _found(reader, base, each, moments.of(each)), moments.of(each)) for each in due]


def _found(reader: ContractLedger, base: ContextBase, check: Check, moment: str) -> Found:
    params = json.loads(check.params_json) | {"now": moment}
    try:
        _, rows = reader.query(check.sql, params)
        value = rows[0][0] if rows else None
        return Found(value, base.holds(check.expectation, params, {"value": value}))
    except ArctlError as error:
        return Found(None, False, error.message)


def _kept(
    ledger: Ledger, due: Sequence[Check], verdicts: Sequence[Verdict], asked: Asked, companies: Mapping[int, Company]
) -> dict[int, Check]:
    """The checks with what was found of them; where another program gave the verdict meanwhile, as it did."""
    if not due:
        return {}
    done: dict[int, Check] = {}
    at = f"{asked.now.astimezone(UTC):{_FORM}}"
    with ledger.transaction() as connection:
        for check, verdict in zip(due, verdicts, strict=True):
            on = local_date(companies[check.company_id].time_zone, asked.now).isoformat()
            acting = Acting(asked.actor, asked.os_user, at, on)
            if not store.conclude(connection, ledger.tenant_id, check.verify_id, verdict, acting):
                done[check.verify_id] = store.get(connection, ledger.tenant_id, check.verify_id)
                continue
            found = replace(
                check, status=verdict.status, value=verdict.value, message=verdict.message, checked_at=at,
                checked_by=asked.actor,
            )  # fmt: skip
            done[check.verify_id] = found
            events.append(connection, ledger.tenant_id, verdicts_told([found], on), at, asked.actor)
    return done
