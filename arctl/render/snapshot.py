"""A set of month-end evidence as it was just written, for people and for programs."""

import json
from collections.abc import Sequence
from typing import TextIO

from arctl.core.buckets import FIVE
from arctl.core.evidence import CurrencyTotals, Taken
from arctl.core.money import format_amount
from arctl.core.snapshot import percentage
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_json, write_markdown, write_sheet

COLUMNS = (
    Column("Currency", "currency"),
    Column("Customers", "customers", align="right"),
    *(Column(title, f"{key}_cents", money=True) for key, title in zip(FIVE.keys, FIVE.titles, strict=True)),
    Column("Outstanding", "total_outstanding_cents", money=True),
    Column("Unapplied", "unapplied_cents", money=True),
    Column("Bad debt", "estimated_bad_debt_cents", money=True),
    Column("%", "bad_debt_percentage", align="right"),
)


def set_json(taken: Taken) -> dict[str, object]:
    """The pinned form; sums of several currencies stand under `currencies` only."""
    row, totals = taken.set, taken.totals
    only = totals[0] if len(totals) == 1 else None
    return {
        "snapshot_date": row.snapshot_date,
        "company": row.company,
        "revision": row.revision,
        "customers": row.customers,
        "lines": row.lines,
        "credit_lines": row.credit_lines,
        "total_outstanding_cents": only.outstanding if only else None if totals else 0,
        "unapplied_cents": only.unapplied if only else None if totals else 0,
        "estimated_bad_debt_cents": only.estimate if only else None if totals else 0,
        "currencies": [_currency_json(each) for each in totals],
        "coverage_pct": 100,
        "allowance": policy_json(taken),
        "logic_hash": row.logic_hash,
        "content_hash": row.content_hash,
        "exceptions": json.loads(row.exceptions_json),
        "accepted": row.accepted,
        "reason": row.reason,
        "changes": json.loads(row.changes_json) if row.changes_json else None,
        "batch": row.batch,
        "known_at": row.known_at,
        "generated_by": row.generated_by,
        "os_user": row.os_user,
        "created_at": row.created_at,
        "retain_until": row.retain_until,
        "event_seq": row.event_seq,
        "head": {"seq": taken.head[0], "hash": taken.head[1]},
    }


def policy_json(taken: Taken) -> dict[str, object]:
    """The policy behind the estimate and how it was approved."""
    policy = taken.policy
    return {
        "config_id": policy.config_id,
        "name": policy.name,
        "method": str(policy.terms.method),
        "approved_by": policy.approved_by,
        "approved_at": policy.approved_at,
        "self_approved": policy.self_approved,
        "approved_after_the_day": _late(taken),
    }


def _late(taken: Taken) -> bool:
    return (taken.policy.approved_at or "")[:10] > taken.set.snapshot_date


def _currency_json(total: CurrencyTotals) -> dict[str, object]:
    return {
        "currency": total.currency,
        "customers": total.customers,
        **{f"{key}_cents": cents for key, cents in zip(FIVE.keys, total[2:7], strict=True)},
        "total_outstanding_cents": total.outstanding,
        "unapplied_cents": total.unapplied,
        "estimated_bad_debt_cents": total.estimate,
        "bad_debt_percentage": percentage(total.estimate, total.outstanding),
    }


def write_set_json(taken: Taken, stream: TextIO) -> None:
    """The pinned JSON."""
    write_json(set_json(taken), stream)


def write_set(taken: Taken, markdown: bool, stream: TextIO) -> None:
    """For people: the sums, then what a reader must know to rely on them."""
    row = taken.set
    named = f", company {row.company}" if row.company != "default" else ""
    title = f"Evidence of {row.snapshot_date}{named}, revision {row.revision}"
    (write_markdown if markdown else write_sheet)(
        Sheet(title, COLUMNS, [_amounts(each) for each in taken.totals], None, notes(taken)), stream
    )


def _amounts(total: CurrencyTotals) -> Sequence[str]:
    return (
        total.currency,
        str(total.customers),
        *(format_amount(cents, total.currency) for cents in total[2:]),
        percentage(total.estimate, total.outstanding),
    )


def notes(taken: Taken) -> list[str]:
    """What stands below the sums."""
    row, policy = taken.set, taken.policy
    credits = f" and {row.credit_lines} credit{'s' * (row.credit_lines > 1)}" if row.credit_lines else ""
    approved = f"approved by {policy.approved_by} on {policy.approved_at} (UTC)"
    said = [
        f"{row.lines} open items{credits} on lines of their own: coverage 100 %",
        f"Allowance by version {policy.config_id}, {policy.name} ({policy.terms.method}), {approved}",
    ]
    if policy.self_approved:
        said.append(f"Self-approved by its maker: {policy.reason}")
    if _late(taken):
        said.append(f"The allowance was approved after {row.snapshot_date}")
    said += [f"Accepted exception: {each['message']}" for each in json.loads(row.exceptions_json)]
    if row.accepted:
        said.append(f"Accepted because: {row.accepted}")
    if row.reason:
        said.append(f"Written anew because: {row.reason}")
        said += [_moved(currency, sums) for currency, sums in json.loads(row.changes_json or "{}").items()]
    said += [
        f"As known at sync batch {row.batch} ({row.known_at} UTC), by {row.generated_by} (system user {row.os_user})",
        f"Content {row.content_hash}",
        f"Logic   {row.logic_hash}",
        f"Kept until {row.retain_until}. Head of the events, to be noted outside: {taken.head[0]}:{taken.head[1]}",
    ]
    return said


def _moved(currency: str, sums: dict[str, int]) -> str:
    parts = [f"{name.removesuffix('_cents')} {format_amount(cents, currency)}" for name, cents in sums.items()]
    return f"Against the revision before, in {currency}: {', '.join(parts)}"
