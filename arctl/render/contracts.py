"""Contracts on a screen, as JSON and as a graph: their faults, their parts, their side effects. Decides nothing."""

from collections.abc import Mapping, Sequence
from typing import TextIO

from arctl.core.contract import Contract, Fault, Step, Trigger
from arctl.core.contract_graph import Lane
from arctl.core.definition import trigger_words
from arctl.core.side_effects import SideEffect
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json, write_markdown
from arctl.render.text import visible

_FAULT_COLUMNS = (
    Column("File", "file"),
    Column("Line", "line", align="right"),
    Column("Column", "column", align="right"),
    Column("Fault", "fault", flexible=True),
)
_EFFECT_COLUMNS = (
    Column("Phase", "phase"),
    Column("Step", "step"),
    Column("Kind", "kind"),
    Column("What", "what", flexible=True),
    Column("Done for", "rows", flexible=True),
    Column("Leaves behind", "effect", flexible=True),
    Column("Takes whose yes", "approval"),
)


def write_faults(faults: Sequence[Fault], sound: Sequence[str], form: str, stream: TextIO) -> None:
    """Every fault with its place; on the screen one a line as editors open it, and `sound` tells which contracts have none.

    `form` is table, json, csv or md.
    """
    rows = [(each.place.file, each.place.line, each.place.column, each.message) for each in faults]
    if form == "json":
        write_json([dict(zip(("file", "line", "column", "fault"), row, strict=True)) for row in rows], stream)
    elif form == "csv":
        write_csv(_FAULT_COLUMNS, rows, stream)
    elif form == "md":
        write_markdown(Sheet("", _FAULT_COLUMNS, [[str(cell) for cell in row] for row in rows]), stream)
    else:
        stream.writelines(f"{visible(str(each.place))}: {visible(each.message)}\n" for each in faults)
        if not faults:
            count = "1 contract is" if len(sound) == 1 else f"{len(sound)} contracts are"
            stream.write(visible(f"{count} sound: {', '.join(sound)}") + "\n")


def write_contract(contract: Contract, effects: Sequence[SideEffect], form: str, stream: TextIO) -> None:
    """What a contract is made of, then the table of its side effects; as CSV that table alone."""
    if form == "json":
        write_json(contract_form(contract, effects), stream)
        return
    rows = [(each.phase, each.step, each.kind, each.what, each.rows, each.effect, each.approval) for each in effects]
    if form == "csv":
        write_csv(_EFFECT_COLUMNS, rows, stream)
        return
    title = f"{contract.workflow_type}, version {contract.version}: {contract.description}"
    write_for_people(
        Sheet(title, (Column("Part", "part"), Column("", "value", flexible=True)), _parts(contract)), form, stream
    )
    stream.write("\n")
    write_for_people(Sheet("Side effects", _EFFECT_COLUMNS, rows), form, stream)


def _parts(contract: Contract) -> list[tuple[str, str]]:
    retry, hitl = contract.retry, contract.hitl
    parts = [
        ("owner", contract.owner),
        ("category", contract.category),
        ("risk level", str(contract.risk_level)),
        *(("started", trigger_words(each)) for each in contract.triggers),
        *(("input", f"{each.name}: {each.kind}{_need(each.required, each.default)}") for each in contract.inputs),
        *(("context", each.name) for each in contract.context),
        *(("check", f"{each.name}, else {each.severity}: {each.message}") for each in contract.preconditions),
    ]
    if contract.needs_approval:
        parts.append(("approval", f"{hitl.approver}, within {hitl.expires_after_seconds // 3600} h"))
    parts += [("verify", f"{each.name}: {each.expect}") for each in contract.verify]
    tries = "1 attempt" if retry.max_attempts == 1 else f"{retry.max_attempts} attempts, {retry.backoff} backoff"
    parts.append(("retry", tries + (", then an alert" if retry.alert_on_final_failure else "")))
    return [*parts, ("file", contract.file), ("SHA-256", contract.contract_hash)]


def _need(required: bool, default: object) -> str:
    if required:
        return ", required"
    if isinstance(default, Mapping):
        return ", default " + " ".join(f"{key}={value}" for key, value in default.items())
    return "" if default is None else f", default {default}"


def contract_form(contract: Contract, effects: Sequence[SideEffect]) -> dict[str, object]:
    """A contract as JSON, with its side effects."""
    return {
        "workflow_type": contract.workflow_type,
        "version": contract.version,
        "category": contract.category,
        "owner": contract.owner,
        "description": contract.description,
        "risk_level": contract.risk_level,
        "triggers": [_trigger(each) for each in contract.triggers],
        "inputs": [
            {"name": each.name, "type": each.kind, "required": each.required, "default": each.default}
            for each in contract.inputs
        ],
        "context": [{"name": each.name, "sql": each.sql} for each in contract.context],
        "preconditions": [
            {"check": each.name, "rule": each.rule, "severity": str(each.severity), "message": each.message}
            for each in contract.preconditions
        ],
        "hitl": {"approver": contract.hitl.approver, "expires_after_seconds": contract.hitl.expires_after_seconds},
        "fan_out": [_step(each) for each in contract.fan_out],
        "post_actions": [_step(each) for each in contract.post_actions],
        "verify": [
            {
                "name": each.name,
                "sql": each.sql,
                "expect": each.expect,
                "after_seconds": each.after_seconds,
                "window_seconds": each.window_seconds,
            }
            for each in contract.verify
        ],
        "retry": {
            "max_attempts": contract.retry.max_attempts,
            "backoff": contract.retry.backoff,
            "base_ms": contract.retry.base_ms,
            "max_ms": contract.retry.max_ms,
            "alert_on_final_failure": contract.retry.alert_on_final_failure,
        },
        "reflexion_enabled": contract.reflexion_enabled,
        "tags": list(contract.tags),
        "file": contract.file,
        "contract_hash": contract.contract_hash,
        "side_effects": [
            {"phase": e.phase, "step": e.step, "kind": e.kind, "what": e.what, "rows": e.rows, "effect": e.effect,
             "approval": e.approval}
            for e in effects
        ],
    }  # fmt: skip


def _trigger(trigger: Trigger) -> dict[str, object]:
    if trigger.cron is not None:
        return {"cron": trigger.cron, "time_zone": trigger.time_zone}
    return {"event": trigger.event, "per_day": trigger.per_day} if trigger.event is not None else {"manual": True}


def _step(step: Step) -> dict[str, object]:
    told: dict[str, object] = {"step": step.name, "kind": step.kind}
    told |= {name: value for name, value in (("over", step.over), ("when", step.when)) if value is not None}
    return told | dict(step.settings) | ({"do": [_step(each) for each in step.do]} if step.do else {})


def write_graph(lanes: Sequence[Lane], stream: TextIO) -> None:
    """Six lanes, one under the other, as plain text."""
    width = max(len(lane.name) for lane in lanes)
    for number, lane in enumerate(lanes):
        if number:
            stream.write(f"{' ' * width}   |\n")
        for place, box in enumerate(lane.boxes):
            mark = "?" if box.gate else "-"
            name = lane.name if place == 0 else ""
            stream.write(f"{name:<{width}}   {'  ' * box.depth}{mark} {visible(box.label)}\n")
        if not lane.boxes:
            stream.write(f"{lane.name:<{width}}     none\n")


def write_mermaid(workflow_type: str, lanes: Sequence[Lane], stream: TextIO) -> None:
    """The same as a Mermaid flowchart: a subgraph a lane, gates as rhombs, an arrow from lane to lane."""
    stream.write(f"---\ntitle: {workflow_type}\n---\nflowchart TB\n")
    for number, lane in enumerate(lanes, start=1):
        stream.write(f"  subgraph lane{number}[{_quoted(lane.name)}]\n    direction LR\n")
        for place, box in enumerate(lane.boxes, start=1):
            label = _quoted(box.label)
            shape = f"{{{label}}}" if box.gate else f"[{label}]"
            stream.write(f"    n{number}_{place}{shape}\n")
        if not lane.boxes:
            stream.write(f'    n{number}_1["none"]\n')
        for place in range(2, len(lane.boxes) + 1 if number > 1 else 0):  # any one trigger is enough
            stream.write(f"    n{number}_{_before(lane, place)} --> n{number}_{place}\n")
        stream.write("  end\n")
    for number in range(1, len(lanes)):
        stream.write(f"  lane{number} --> lane{number + 1}\n")


def _before(lane: Lane, place: int) -> int:
    """What a box follows: the loop it is the first step of, the step before it, or the outer step before that."""
    depth = lane.boxes[place - 1].depth
    return next(at for at in range(place - 1, 0, -1) if at == 1 or lane.boxes[at - 1].depth <= depth)


_MERMAID_SIGNS = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;", "|": "#124;"}


def _quoted(label: str) -> str:
    return '"' + "".join(_MERMAID_SIGNS.get(sign, sign) for sign in visible(label)) + '"'
