"""Collection cases: as a listing, and one with its actions and notes. Decides nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TextIO

from arctl.core.cases import Action, CaseShown
from arctl.core.money import format_amount
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json
from arctl.render.text import visible

_COLUMNS = (
    Column("Case", "case_number"),
    Column("Status", "status"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("Overdue", "total_overdue_cents", money=True),
    Column("", "currency"),
    Column("Oldest invoice", "oldest_invoice_date"),
    Column("Opened", "opened_on"),
    Column("Ended", "resolved_on"),
    Column("How", "resolution_type"),
)
_ACTIONS = (
    Column("Action", "action_id", align="right"),
    Column("On", "action_date"),
    Column("What", "action_type"),
    Column("Tier", "tier"),
    Column("Amount", "due_amount_cents", money=True),
    Column("", "currency"),
    Column("Status", "execution_status"),
    Column("Came of it", "outcome"),
    Column("Notes", "notes", flexible=True),
)
_FIELDS = (
    "id", "case_number", "status", "customer_id", "customer_name", "company", "currency", "total_overdue_cents",
    "oldest_invoice_date", "assigned_to", "resolution_type", "resolved_on", "notes", "opened_on", "version", "changed_by",
    "changed_at",
)  # fmt: skip
_NUMBERS = ("id", "total_overdue_cents", "version")


def write_cases(cases: Sequence[CaseShown], form: str, stream: TextIO) -> None:
    """A line per case. `form` is table, json, csv or md; amounts in JSON and CSV are cents."""
    if form == "json":
        write_json([case_form(each) for each in cases], stream)
    elif form == "csv":
        columns = [Column(name, name, align="right" if name in _NUMBERS else "left") for name in _FIELDS]
        write_csv(
            columns, [["" if value is None else value for value in case_form(each).values()] for each in cases], stream
        )
    else:
        write_for_people(Sheet("", _COLUMNS, [_cells(each) for each in cases]), form, stream)


def case_form(shown: CaseShown) -> dict[str, object]:
    """A case as JSON, without its actions."""
    known = {
        "id": shown.case.case_id, "customer_id": shown.customer_id, "customer_name": shown.customer_name, "company": shown.company,
    }  # fmt: skip
    return {name: known[name] if name in known else getattr(shown.case, name) for name in _FIELDS}


def write_case(shown: CaseShown, form: str, stream: TextIO) -> None:
    """One case with its actions, notes and how it came to stand so; csv has its actions."""
    case = shown.case
    if form == "json":
        more = {
            "actions": [asdict(each) for each in shown.actions], "case_notes": [asdict(each) for each in shown.notes],
            "versions": [{"status": status, "changed_by": by, "changed_at": at} for status, by, at in shown.versions],
        }  # fmt: skip
        write_json(case_form(shown) | more, stream)
        return
    rows = [_action_cells(each) for each in shown.actions]
    if form == "csv":
        write_csv(_ACTIONS, rows, stream)
        return
    title = f"{case.case_number}, {case.status}: {shown.customer_name} ({shown.customer_id})"
    sheet = Sheet(title, _ACTIONS, rows, None, tuple(_notes(shown)))
    write_for_people(sheet, form, stream)


def case_line(shown: CaseShown) -> str:
    """A case on one line, as it stands after something was done to it."""
    case = shown.case
    amount = f"{format_amount(case.total_overdue_cents, case.currency)} {case.currency}"
    how = f" ({case.resolution_type.replace('_', ' ')})" if case.resolution_type else ""
    return visible(
        f"{case.case_number} of {shown.customer_name} ({shown.customer_id}) is {case.status}{how}; {amount} overdue"
    )


def _notes(shown: CaseShown) -> Iterator[str]:
    case = shown.case
    amount = f"{format_amount(case.total_overdue_cents, case.currency)} {case.currency}"
    oldest = f", the oldest invoice of {case.oldest_invoice_date}" if case.oldest_invoice_date else ""
    yield f"overdue when it last changed: {amount}{oldest}"
    yield f"opened on {case.opened_on}; changed last by {case.changed_by} on {case.changed_at} (UTC)"
    for status, by, at in shown.versions:
        yield f"was {status}, by {by} on {at} (UTC)"
    if case.resolved_on:
        yield f"ended on {case.resolved_on}: {case.resolution_type}"
    if case.notes:
        yield case.notes
    for note in shown.notes:
        yield f"{note.noted_on} {note.noted_by}: {note.note}"


def _cells(shown: CaseShown) -> list[str]:
    case = shown.case
    return [
        case.case_number, case.status, shown.customer_id, shown.customer_name,
        format_amount(case.total_overdue_cents, case.currency), case.currency, case.oldest_invoice_date or "", case.opened_on,
        case.resolved_on or "", case.resolution_type or "",
    ]  # fmt: skip


def _action_cells(action: Action) -> list[str]:
    return [
        str(action.action_id), action.action_date, action.action_type, action.tier or "",
        format_amount(action.due_amount_cents, action.currency), action.currency, action.execution_status,
        action.outcome or "", action.failure_reason or action.notes or "",
    ]  # fmt: skip
