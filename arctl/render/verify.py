"""Checks of what runs promised, for people and for programs. Decides nothing."""

from typing import TextIO

from arctl.core.verification import BAD, Check, Verified
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json

_SCREEN = (
    Column("Check", "name"),
    Column("Run", "run_id", align="right"),
    Column("Workflow", "workflow_type"),
    Column("Status", "status"),
    Column("Value", "value"),
    Column("What", "message", flexible=True),
)
_FIELDS = (
    Column("name", "name"),
    Column("run_id", "run_id", align="right"),
    Column("status", "status"),
    Column("value", "value"),
    *(
        Column(name, name)
        for name in ("workflow_type", "message", "due_at", "times_out_at", "checked_at", "checked_by")
    ),
)


def write_checks(verified: Verified, form: str, stream: TextIO) -> None:
    """Every check with its verdict, or until when it waits. `form` is table, json, csv or md; times are UTC."""
    if form == "json":
        write_json([_object(each, verified) for each in verified.checks], stream)
    elif form == "csv":
        write_csv(_FIELDS, [list(_object(each, verified).values()) for each in verified.checks], stream)
    else:
        write_for_people(Sheet("", _SCREEN, [_cells(each, verified) for each in verified.checks]), form, stream)


def counted(verified: Verified) -> str:
    """`3 checks: 2 pass, 1 pending`."""
    statuses = [each.status.value for each in verified.checks]
    parts = [f"{statuses.count(status)} {status}" for status in dict.fromkeys(statuses)]
    return f"{len(statuses)} check{'' if len(statuses) == 1 else 's'}: {', '.join(parts)}"


def _cells(check: Check, verified: Verified) -> list[str]:
    status = check.status.value.upper() if check.status in BAD else check.status.value
    return [check.name, str(check.run_id), check.workflow_type, status, check.value or "", _what(check, verified)]


def _what(check: Check, verified: Verified) -> str:
    if check.is_over:
        return check.message or ""
    if check.verify_id in verified.asked:
        return f"{check.message}; until {check.times_out_at} (UTC)"
    return f"not due before {check.due_at} (UTC)"


def _object(check: Check, verified: Verified) -> dict[str, object]:
    return {
        "name": check.name,
        "run_id": check.run_id,
        "status": check.status.value,
        "value": _value(check.value),
        "workflow_type": check.workflow_type,
        "message": check.message if check.is_over or check.verify_id in verified.asked else None,
        "due_at": check.due_at,
        "times_out_at": check.times_out_at,
        "checked_at": check.checked_at,
        "checked_by": check.checked_by,
    }


def _value(text: str | None) -> object:
    """A whole number as one, so that a count is the same just asked and read back."""
    digits = (text or "").removeprefix("-")
    is_whole = digits.isascii() and digits.isdigit() and (digits == "0" or digits[0] != "0") and len(digits) < 16
    return int(text) if text is not None and is_whole else text
