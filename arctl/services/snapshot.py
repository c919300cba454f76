"""Freezing month-end evidence: gate, aging, allowance, content and hashes, written in one transaction or not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from hashlib import sha256

from arctl.core import allowance
from arctl.core.acting import Acting
from arctl.core.aging import AgingReport
from arctl.core.allowance import Policy, policy_facts
from arctl.core.buckets import FIVE
from arctl.core.dates import day_number
from arctl.core.events import Happening, canonical
from arctl.core.evidence import CurrencyTotals, SetKey, SetRow, Taken
from arctl.core.snapshot import AGING_VERSION, FORM, Content, compose
from arctl.errors import LedgerError, Refused, UsageError
from arctl.services import close_gate
from arctl.services.age import AgeRequest, age
from arctl.services.allowance import require_in_force
from arctl.services.books import companies_of
from arctl.services.settings import get_setting
from arctl.store import aging as aging_store
from arctl.store import close_gate as gate_store
from arctl.store import events, snapshot_rows, snapshot_sets
from arctl.store.books import Company
from arctl.store.ledger import Ledger

LOGIC_VIEWS = ("ar_open_items", "ar_open_credits", "ar_write_off_terms")


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """Evidence of one company and day. `accepted` lets the gate's exceptions stand; `regenerate` is why a next revision is written."""

    day: date
    company: str | None
    acting: Acting
    accepted: str | None = None
    regenerate: str | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    """All that goes into a set; `batch` is what was known and when that was committed, `before` the revision that stands."""

    request: SnapshotRequest
    key: SetKey
    company: Company
    content: Content
    policy: Policy
    batch: tuple[int, str]
    report: AgingReport
    found: Sequence[close_gate.GateException]
    before: SetRow | None


def one_company(ledger: Ledger, name: str | None) -> Company:
    """The company whose evidence is meant. Raises UnknownId, or UsageError where there are several and none is named."""
    known = companies_of(ledger, name)
    if len(known) > 1:
        raise UsageError(
            f"evidence is of one company, and there are several: {', '.join(each.name for each in known)}",
            "name one: arctl --company NAME snapshot …",
        )
    return known[0]


def take(ledger: Ledger, request: SnapshotRequest) -> Taken:
    """Write the evidence of a day that is over.

    Raises Refused (exit 4): the day is not over, no approved policy, evidence exists already, the gate objects. Nothing is
    written then.
    """
    company = one_company(ledger, request.company)
    day = request.day.isoformat()
    if day >= request.acting.on:
        raise Refused(f"{day} is not over yet in {company.time_zone}", "evidence is of a day before today")
    with ledger.transaction() as connection:
        before = _before(ledger, company, request)
        policy = require_in_force(ledger, company, request.day)
        batch = gate_store.last_batch(connection, ledger.tenant_id)
        if batch is None:
            raise Refused("nothing has been synced yet, so there is nothing to attest", "run `arctl sync` first")
        report = age(ledger, AgeRequest(request.day, company=company.name))
        failing = [group for group in report.failing if group.startswith(f"{company.name} ")]
        found = close_gate.exceptions(ledger, company, request.day, failing)
        close_gate.pass_or_refuse(found, request.day, request.accepted)
        content = content_of(ledger, company, request.day, policy)
        revision = snapshot_sets.next_revision(connection, ledger.tenant_id, company.company_id, day)
        key = SetKey(ledger.tenant_id, company.company_id, day, revision)
        _write(ledger, _Draft(request, key, company, content, policy, batch, report, found, before))
        row = snapshot_sets.find_set(connection, ledger.tenant_id, company.company_id, day)
        if row is None:
            raise LedgerError(f"the evidence of {day} is not there after it was written", "run `arctl integrity`")
        return Taken(row, snapshot_sets.totals(connection, key), policy, events.head(connection, ledger.tenant_id))


def _before(ledger: Ledger, company: Company, request: SnapshotRequest) -> SetRow | None:
    """The revision that stands. Raises Refused where one stands and none was asked for, or the other way round."""
    day = request.day.isoformat()
    before = snapshot_sets.find_set(ledger.connection, ledger.tenant_id, company.company_id, day)
    if before is not None and request.regenerate is None:
        raise Refused(
            f"the evidence of {day} exists already: revision {before.revision}, by {before.generated_by} on {before.created_at} (UTC)",
            'evidence is never replaced; write its next revision with --regenerate --reason "why"',
        )
    next_one = snapshot_sets.next_revision(ledger.connection, ledger.tenant_id, company.company_id, day)
    if next_one == 1 and request.regenerate is not None:
        raise Refused(f"there is no evidence of {day} to write anew", "leave --regenerate out")
    if next_one > 1 and request.regenerate is None:
        raise Refused(
            f"the evidence of {day} was purged after its retention", 'write it anew with --regenerate --reason "why"'
        )
    return before


def content_of(ledger: Ledger, company: Company, day: date, policy: Policy) -> Content:
    """The evidence of a day by what the ledger knows now."""
    connection, tenant, number = ledger.connection, ledger.tenant_id, day_number(day)
    return compose(
        company.name,
        day.isoformat(),
        snapshot_rows.open_lines(connection, tenant, company.company_id, number),
        snapshot_rows.open_credits(connection, tenant, company.company_id, number),
        snapshot_rows.customer_names(connection, tenant),
        partial(allowance.estimate, policy),
    )


def logic_of(ledger: Ledger, policy: Policy) -> str:
    """What decides the figures, as canonical JSON: the statements that define them, edges, versions of the rules, the policy."""
    return canonical(
        {
            "form": FORM,
            "aging_version": AGING_VERSION,
            "bucket_edges": list(FIVE.edges),
            "statements": snapshot_rows.definitions(ledger.connection, LOGIC_VIEWS),
            "policy": policy_facts(policy),
        }
    )


def _write(ledger: Ledger, draft: _Draft) -> None:
    """Write lines, headers, terms and the event, then the set that seals them."""
    connection, key, acting = ledger.connection, draft.key, draft.request.acting
    open_items = snapshot_rows.count_open(connection, key.tenant_id, key.company_id, day_number(draft.request.day))
    if open_items != len(draft.content.lines):
        raise LedgerError(
            f"{open_items} items are open and the evidence lists {len(draft.content.lines)}; nothing was written",
            "run `arctl integrity`",
        )
    snapshot_rows.write_content(connection, key, draft.content, draft.policy.config_id, (acting.actor, acting.at))
    snapshot_rows.write_terms(connection, key, _terms(ledger, draft.report, draft.company, draft.request.day))
    totals = snapshot_sets.totals(connection, key)
    changes = None
    if draft.before is not None:
        changes = canonical(_changes(snapshot_sets.totals(connection, draft.before.key), totals))
    logic = logic_of(ledger, draft.policy)
    sealed = {
        "allowance_config_id": draft.policy.config_id,
        "batch": draft.batch[0],
        "content_hash": draft.content.hash,
        "logic_hash": sha256(logic.encode()).hexdigest(),
        "lines": len(draft.content.lines),
        "accepted": draft.request.accepted if draft.found else None,
        "reason": draft.request.regenerate,
    }
    snapshot_rows.write_set(
        connection,
        key,
        {
            **sealed,
            "known_at": draft.batch[1],
            "logic_json": logic,
            "customers": len(draft.content.headers),
            "credit_lines": len(draft.content.credits),
            "open_items": open_items,
            "exceptions_json": canonical([each.facts() for each in draft.found]),
            "changes_json": changes,
            "generated_by": acting.actor,
            "os_user": acting.os_user,
            "created_at": acting.at,
            "retain_until": _retained(ledger, draft.request),
            "event_seq": _record(ledger, draft, sealed, totals),
        },
    )


def _record(ledger: Ledger, draft: _Draft, sealed: dict[str, object], totals: Sequence[CurrencyTotals]) -> int:
    """Append the event of the set, with its hashes and sums; its number in the chain."""
    key, acting = draft.key, draft.request.acting
    happening = Happening(
        "aging.snapshot_generated",
        f"aging.snapshot_generated/{key.company_id}/{key.snapshot_date}/{key.revision}",
        "aging_snapshot",
        key.snapshot_date,
        key.snapshot_date,
        key.company_id,
        {
            **sealed,
            "revision": key.revision,
            "exceptions": [each.facts() for each in draft.found],
            "totals": [total._asdict() for total in totals],
        },
    )
    (event,) = events.append(ledger.connection, ledger.tenant_id, [happening], acting.at, acting.actor)
    return event.seq


def _retained(ledger: Ledger, request: SnapshotRequest) -> str:
    """The last day of the retention, from the day the evidence is of or, where that is later, the day it was written."""
    years = int(get_setting(ledger, None, "evidence.retention_years"))
    start = max(request.day, date.fromisoformat(request.acting.on))
    end = date(start.year + years, start.month, 1) + timedelta(days=start.day - 1)
    return end.isoformat()


def _terms(ledger: Ledger, report: AgingReport, company: Company, day: date) -> list[tuple[object, ...]]:
    """The tie-out heading by heading, and what its reader should look at, by currency."""
    documents = aging_store.document_totals(ledger.connection, ledger.tenant_id, day_number(day))
    rows: list[tuple[object, ...]] = [
        (total.currency, "tie_out", total.heading, total.cents, None, None)
        for total in documents
        if total.company == company.name
    ]
    for group in report.groups:
        rows += [
            (group.currency, "tie_out", heading, cents, None, None)
            for heading, cents in (
                ("expected_net", group.tie_out.expected_net),
                ("outstanding", group.totals.outstanding),
                ("unapplied", group.totals.unapplied),
                ("difference", group.tie_out.difference),
            )
        ]
        rows += [
            (
                group.currency,
                "reconciling",
                each.code,
                each.cents,
                each.count,
                json.dumps(each.documents, ensure_ascii=False),
            )
            for each in group.exceptions
        ]
    return rows


def _changes(before: Sequence[CurrencyTotals], after: Sequence[CurrencyTotals]) -> dict[str, object]:
    """By how many cents each sum moved, by currency."""
    old, new = ({total.currency: total for total in side} for side in (before, after))
    return {
        currency: {
            f"{name}_cents": _sum(new, currency, name) - _sum(old, currency, name)
            for name in ("outstanding", "unapplied", "estimate")
        }
        for currency in sorted(old.keys() | new.keys())
    }


def _sum(side: dict[str, CurrencyTotals], currency: str, name: str) -> int:
    return int(getattr(side[currency], name)) if currency in side else 0
