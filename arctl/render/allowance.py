"""Allowance policies for people and for programs: one, all of them, and what was just decided. Decides nothing."""

import json
from collections.abc import Callable, Sequence
from typing import TextIO

from arctl.core.allowance import Policy, percent_text, percentages, terms_facts, terms_line
from arctl.core.allowance_policy import Decided, PolicyShown
from arctl.core.buckets import FIVE
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet


def policy_notes(policy: Policy, as_of: str, in_force: bool = True) -> list[str]:
    """What stands under every figure that a policy gave: which one, and what of its approval a reader should know."""
    notes = [f"Policy: version {policy.version}, {policy.name}, {policy.terms.method}: {terms_line(policy.terms)}"]
    if not in_force:
        notes.append(f"NOT IN FORCE on {as_of}: version {policy.version} is only tried here")
    if policy.approved_by is None or policy.approved_at is None:
        return notes
    if policy.self_approved:
        notes.append(
            f"SELF-APPROVED by {policy.approved_by} (system user {policy.approved_os_user}) on {policy.approved_at} (UTC):"
            f" {policy.reason}"
        )
    else:
        notes.append(f"Approved by {policy.approved_by} on {policy.approved_at} (UTC), made by {policy.created_by}")
    if in_force and policy.approved_at[:10] > as_of:
        notes.append(f"It was approved after {as_of}")
    return notes


def policy_form(policy: Policy) -> dict[str, object]:
    """A policy for programs: numbers in basis points, absent where its method has none."""
    return {
        "version": policy.version,
        "name": policy.name,
        **terms_facts(policy.terms),
        "effective_date": policy.effective_date,
        "expiry_date": policy.expiry_date,
        "created_by": policy.created_by,
        "created_os_user": policy.created_os_user,
        "created_at": policy.created_at,
        "approved_by": policy.approved_by,
        "approved_os_user": policy.approved_os_user,
        "approved_at": policy.approved_at,
        "self_approved": policy.self_approved,
        "approval_reason": policy.reason,
        "in_force_from": policy.effective_date if policy.approved_by else None,
        "in_force_until": policy.end_date if policy.approved_by else None,
        "inputs": json.loads(policy.inputs_json) if policy.inputs_json else None,
    }


def decided_form(decided: Decided) -> dict[str, object]:
    """The pinned form of `new`, `submit`, `approve` and `reject`, and the whole policy."""
    head = {"version": decided.policy.version, "status": decided.status, "company": decided.company}
    before = decided.before.version if decided.before else None
    return {**policy_form(decided.policy), **head, "supersedes": before}


def decided_lines(decided: Decided) -> list[str]:
    """What was just done, and the next step."""
    policy, number = decided.policy, decided.policy.version
    what = f"version {number}, {policy.name} ({policy.terms.method}: {terms_line(policy.terms)})"
    match decided.status:
        case "draft":
            return [f"drafted {what}, to be in force {_span(policy)}", f"next: arctl allowance submit {number}"]
        case "pending_approval":
            return [f"submitted {what}", f"next, by somebody else: arctl allowance approve {number}"]
        case "rejected":
            return [f"rejected {what}"]
    lines = [f"approved {what}" + (", by its own maker" if policy.self_approved else "")]
    if policy.end_date is not None and policy.end_date <= policy.effective_date:
        return [*lines, "it is never in force: an approved version with a later claim to its dates stands"]
    lines.append(f"in force {_span(policy)}")
    if decided.before is not None:
        before = decided.before
        lines.append(f"from {policy.effective_date} on it takes the place of version {before.version}, {before.name}")
    return lines


def _span(policy: Policy) -> str:
    end = f" up to the day before {policy.end_date}" if policy.end_date else ""
    return f"from {policy.effective_date}{end}"


_LIST_COLUMNS = (
    Column("Version", "version", align="right"),
    Column("Name", "name", flexible=True),
    Column("Company", "company", flexible=True),
    Column("Method", "method"),
    Column("Base", "base"),
    *(Column(f"{title} %", f"{key}_pct", align="right") for key, title in zip(FIVE.keys, FIVE.titles, strict=True)),
    Column("From", "effective_date"),
    Column("Until before", "end_date"),
    Column("Status", "status"),
    Column("Made by", "created_by", flexible=True),
    Column("Approved by", "approved_by", flexible=True),
    Column("Self-approved", "self_approved"),
)


def _list_row(shown: PolicyShown) -> tuple[str, ...]:
    policy = shown.policy
    return (
        str(policy.version), policy.name, shown.company, policy.terms.method, policy.terms.base,
        *map(percent_text, percentages(policy.terms)), policy.effective_date, policy.end_date or "", shown.status,
        policy.created_by, policy.approved_by or "", "yes" if policy.self_approved else "",
    )  # fmt: skip


def list_form(listed: Sequence[PolicyShown]) -> list[dict[str, object]]:
    """Every version for programs."""
    return [{**policy_form(each.policy), "company": each.company, "status": each.status} for each in listed]


def write_list(listed: Sequence[PolicyShown], form: str, stream: TextIO) -> None:
    """Every version, a line each."""
    rows = [_list_row(each) for each in listed]
    if form == "json":
        write_json(list_form(listed), stream)
    elif form == "csv":
        write_csv(_LIST_COLUMNS, rows, stream)
    else:
        note = () if rows else ("No policy yet: make one with `arctl allowance new`",)
        writer(form == "md")(Sheet("Allowance policies", _LIST_COLUMNS, rows, None, note), stream)


_FACT_COLUMNS = (Column("Policy", "field"), Column("", "value", flexible=True))
_DECISION_COLUMNS = (
    Column("Step", "step", align="right"),
    Column("Status", "status"),
    Column("By", "by", flexible=True),
    Column("System user", "os_user", flexible=True),
    Column("When (UTC)", "at"),
    Column("Self-approved", "self_approved"),
    Column("Reason", "reason", flexible=True),
    Column("Event", "event_seq", align="right"),
)
_SNAPSHOT_COLUMNS = (
    Column("Snapshot", "snapshot_date"),
    Column("Revision", "revision", align="right"),
    Column("Made (UTC)", "created_at"),
)


def write_policy(shown: PolicyShown, form: str, stream: TextIO) -> None:
    """One version: its terms, the time it is in force, what was decided of it, and the snapshots made with it."""
    steps = [
        (str(d.step), d.status, d.decided_by, d.decided_os_user, d.decided_at,
         "yes" if d.self_approved == "T" else "", d.reason or "", str(d.event_seq))
        for d in shown.decisions
    ]  # fmt: skip
    if form == "json":
        answer = list_form([shown])[0]
        answer["decisions"] = [{**d._asdict(), "self_approved": d.self_approved == "T"} for d in shown.decisions]
        answer["snapshots"] = [each._asdict() for each in shown.snapshots]
        write_json(answer, stream)
        return
    if form == "csv":
        write_csv(_LIST_COLUMNS, [_list_row(shown)], stream)
        return
    write = writer(form == "md")
    write(Sheet(f"Allowance version {shown.policy.version}", _FACT_COLUMNS, _facts(shown)), stream)
    stream.write("\n")
    write(Sheet("Decisions", _DECISION_COLUMNS, steps, None, () if steps else ("None yet: it is a draft",)), stream)
    if shown.snapshots:
        stream.write("\n")
        rows = [(each.snapshot_date, str(each.revision), each.created_at) for each in shown.snapshots]
        write(Sheet("Snapshots made with it", _SNAPSHOT_COLUMNS, rows), stream)


def _facts(shown: PolicyShown) -> list[tuple[str, str]]:
    policy = shown.policy
    never = policy.end_date is not None and policy.end_date <= policy.effective_date
    in_force = "" if policy.approved_by is None else "never: others stand for its dates" if never else _span(policy)
    facts = [
        ("name", policy.name),
        ("company", shown.company),
        ("status", shown.status),
        ("method", str(policy.terms.method)),
        ("percentages", terms_line(policy.terms)),
        ("base", str(policy.terms.base)),
        ("effective", policy.effective_date),
        ("expires", policy.expiry_date or ""),
        ("in force", in_force),
        ("made by", f"{policy.created_by} (system user {policy.created_os_user}) on {policy.created_at} (UTC)"),
    ]
    if policy.inputs_json:
        facts += [(f"derived: {name}", str(value)) for name, value in json.loads(policy.inputs_json).items()]
    return facts


def writer(markdown: bool) -> Callable[[Sheet, TextIO], None]:
    """How a sheet is written for people."""
    return write_markdown if markdown else write_sheet


def write_sheets(sheets: Sequence[Sheet], markdown: bool, stream: TextIO) -> None:
    """Several sheets with a blank line between two."""
    write = writer(markdown)
    for number, sheet in enumerate(sheets):
        if number:
            stream.write("\n")
        write(sheet, stream)


def place(company: str, currency: str, companies: Sequence[str]) -> str:
    """Whose books and which currency, for a title; a single company that nobody named is left out."""
    return f"{f', company {company}' if {*companies} != {'default'} else ''}, in {currency}"


def grouped(
    head: dict[str, object], groups: Sequence[dict[str, object]], several: dict[str, object]
) -> dict[str, object]:
    """One group flat beside the head; several under `groups`, with what then stands above them."""
    return head | (groups[0] if len(groups) == 1 else several | {"groups": list(groups)})
