"""The list of workflows, for people and for programs. Decides nothing."""

from collections.abc import Sequence
from typing import TextIO

from arctl.core.definition import Definition
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json

_COLUMNS = (
    Column("Workflow", "workflow_type"),
    Column("Version", "version", align="right"),
    Column("Risk", "risk_level", align="right"),
    Column("State", "state"),
    Column("Started by", "started_by", flexible=True),
    Column("Contract", "contract"),
    Column("Last run", "last_run"),
    Column("Reason", "reason", flexible=True),
)


def write_definitions(shown: Sequence[Definition], form: str, stream: TextIO) -> None:
    """Every workflow with its state. `form` is table, json, csv or md."""
    if form == "json":
        write_json([_form(each) for each in shown], stream)
        return
    rows = [_cells(each) for each in shown]
    if form == "csv":
        write_csv(_COLUMNS, rows, stream)
        return
    write_for_people(Sheet("", _COLUMNS, rows), form, stream)


def _form(each: Definition) -> dict[str, object]:
    last = each.last
    return {
        "workflow_type": each.workflow_type,
        "version": each.version,
        "risk_level": each.risk_level,
        "enabled": each.switched.enabled,
        "started_by": each.started_by,
        "own": each.own,
        "file": each.file,
        "faults": each.faults,
        "changed_at": each.switched.at or None,
        "changed_by": each.switched.by or None,
        "reason": each.switched.reason or None,
        "last_run": {"run_id": last.run_id, "as_of": last.as_of, "status": last.status} if last else None,
    }


def _cells(each: Definition) -> list[str]:
    last, switched = each.last, each.switched
    if each.faults:
        contract = f"{each.faults} fault{'' if each.faults == 1 else 's'}"
    else:
        contract = "gone" if not each.file else "own" if each.own else "shipped"
    return [
        each.workflow_type,
        "" if each.version is None else str(each.version),
        "" if each.risk_level is None else str(each.risk_level),
        "enabled" if switched.enabled else "disabled",
        each.started_by,
        contract,
        f"{last.as_of} #{last.run_id} {last.status}" if last else "",
        f"{switched.reason} ({switched.by}, {switched.at} UTC)" if switched.reason else "",
    ]
