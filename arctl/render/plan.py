"""A plan for people and programs: what would be done, what it asks for, what changed, who was left out. Formats only."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from arctl.core.effects import Effect
from arctl.core.money import format_amount, format_plain
from arctl.core.planned import Changes, PlanReport, lines, reasons
from arctl.core.proposal import AGENCY, APPLY_CASH, COLLECTION_ACTION, EMAIL_DRAFT, PROGRAM, TASK
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet
from arctl.render.text import visible

NAMES = {
    APPLY_CASH: "Apply cash first",
    TASK: "Task",
    EMAIL_DRAFT: "Note to a sales rep",
    PROGRAM: "Service hold",
    "service_hold_release": "Release of a hold",
    AGENCY: "Agency placement",
}
_COLUMNS = (
    Column("What", "what", flexible=True),
    Column("Tier", "tier"),
    Column("Count", "count", align="right"),
    Column("Asked for", "amount", money=True),
    Column("", "currency"),
)
_STAGED = (
    Column("Action", "action_type"),
    Column("Tier", "tier"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("Currency", "currency"),
    Column("Amount", "amount", money=True),
    Column("Look at", "flags", flexible=True),
)
_LEFT_OUT = (
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("Currency", "currency"),
    Column("Left out because", "reason", flexible=True),
)


def write_plan(report: PlanReport, why: bool, markdown: bool, stream: TextIO) -> None:
    """For people: counts and amounts per kind and tier, what changed, how many were left out; with `why` each of those."""
    write = write_markdown if markdown else write_sheet
    rows = [
        (
            action_name(line.action_type, line.channel),
            line.tier or "",
            f"{line.count:,}",
            "" if line.amount_cents is None else format_amount(line.amount_cents, line.currency or "USD"),
            "" if line.amount_cents is None else line.currency or "",
        )
        for line in lines(report.effects)
    ]
    title = f"Plan of {report.workflow_type} for {report.company}, {report.as_of}"
    if not rows and not (why and report.suppressed):
        _write_lines([title, "", *_notes(report, why)], stream)
        return
    if why and report.suppressed:
        write(Sheet(title, _COLUMNS, rows), stream)
        stream.write("\n")
        write(Sheet("Left out", _LEFT_OUT, _left_out(report), None, tuple(_notes(report, why))), stream)
    else:
        write(Sheet(title, _COLUMNS, rows, None, tuple(_notes(report, why))), stream)


def _write_lines(lines: Iterable[str], stream: TextIO) -> None:
    """Lines of text as they are, for a plan of nothing."""
    stream.writelines(f"{visible(line)}\n" for line in lines)


def action_name(action_type: str, channel: str = "") -> str:
    """A kind of proposal in words."""
    if action_type == COLLECTION_ACTION:
        return "Call" if channel == "call" else "Letter"
    return NAMES.get(action_type, action_type.replace("_", " "))


def _notes(report: PlanReport, why: bool) -> Iterator[str]:
    for check, message in report.warnings:
        yield f"warning, {check}: {message}"
    if report.changes and report.effects:
        yield _changed(report.changes)
    if report.suppressed and not why:
        counted = "; ".join(f"{count:,} {reason}" for reason, count in reasons(report.suppressed))
        yield f"left out: {counted}; --why names each"
    yield from _outcome(report)


def _changed(changes: Changes) -> str:
    parts = [
        f"{count:,} {what}"
        for count, what in (
            (changes.new, "new"),
            (changes.firmer, "firmer"),
            (changes.other_amount, "for another amount"),
            (changes.gone, "no longer in it"),
        )
        if count
    ]
    return f"against run {changes.run_id} of {changes.day}: {', '.join(parts) or 'nothing new'}"


def _outcome(report: PlanReport) -> Iterator[str]:
    if report.status == "blocked":
        yield "blocked: nothing was decided"
    elif report.dry_run:
        yield "nothing was written (--dry-run)"
    elif report.envelope is None:
        yield "nothing to decide: no envelope was staged"
    elif report.waiting:
        yield f"envelope {report.envelope} of run {report.run_id} says this already and waits; nothing new was staged"
    else:
        yield f"staged as envelope {report.envelope} of run {report.run_id}, to be decided by {report.expires_on}"
    if report.replaced:
        yield f"it supersedes envelope {report.replaced}, which nobody decided on"
    if report.envelope is not None and not report.dry_run:
        yield f"next: arctl approve {report.envelope}"


def _left_out(report: PlanReport) -> list[tuple[str, ...]]:
    return [(each.customer_id, each.customer_name, each.currency, each.reason) for each in report.suppressed]


def write_csv_plan(report: PlanReport, why: bool, stream: TextIO) -> None:
    """A line per effect; with `why` a line per customer left out instead."""
    if why:
        write_csv(_LEFT_OUT, _left_out(report), stream)
    else:
        write_csv(_STAGED, [_staged(each) for each in report.effects], stream)


def _staged(effect: Effect) -> Sequence[str]:
    amount = "" if effect.amount_cents is None else format_plain(effect.amount_cents, effect.currency or "USD")
    return (
        effect.action_type or effect.kind, effect.tier or "", effect.customer_id or "", effect.customer_name or "",
        effect.currency or "", amount, "; ".join(effect.flags),
    )  # fmt: skip


def write_json_plan(report: PlanReport, stream: TextIO) -> None:
    """run_id, workflow_type, status, envelope, would_stage, suppressed; and what stands beside them on the screen."""
    write_json(
        {
            "run_id": report.run_id,
            "workflow_type": report.workflow_type,
            "company": report.company,
            "as_of": report.as_of,
            "status": report.status,
            "envelope": report.envelope,
            "expires_on": report.expires_on,
            "replaced": report.replaced,
            "dry_run": report.dry_run,
            "warnings": [{"check": check, "message": message} for check, message in report.warnings],
            "would_stage": [
                {
                    "action_type": each.action_type or each.kind,
                    "customer_id": each.customer_id,
                    "tier": each.tier,
                    "currency": each.currency,
                    "amount_cents": each.amount_cents,
                    "risk_level": each.risk_level,
                    "title": each.title,
                    "flags": list(each.flags),
                }
                for each in report.effects
            ],
            "suppressed": [
                {"customer_id": each.customer_id, "currency": each.currency, "code": each.code, "reason": each.reason}
                for each in report.suppressed
            ],
            "changes": None
            if report.changes is None
            else {
                "since_run": report.changes.run_id,
                "since_day": report.changes.day,
                "new": report.changes.new,
                "firmer": report.changes.firmer,
                "other_amount": report.changes.other_amount,
                "gone": report.changes.gone,
            },
        },
        stream,
    )
