"""Kill switches on a screen and as JSON. Decides nothing."""

from collections.abc import Sequence
from typing import TextIO

from arctl.core.kill import SwitchShown
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json

_COLUMNS = (
    Column("Switch", "name"),
    Column("", "state"),
    Column("Stops", "stops", flexible=True),
    Column("Waiting", "waiting", align="right"),
    Column("Since (UTC)", "changed_at"),
    Column("By", "changed_by"),
    Column("Reason", "reason", flexible=True),
)


def write_switches(shown: Sequence[SwitchShown], form: str, stream: TextIO) -> None:
    """Every switch with who turned it, when, why, what it stops and how many wait. `form` is table, json, csv or md."""
    if form == "json":
        write_json([switch_form(each) for each in shown], stream)
        return
    rows = [_cells(each) for each in shown]
    if form == "csv":
        write_csv(_COLUMNS, rows, stream)
        return
    write_for_people(Sheet("", _COLUMNS, rows), form, stream)


def switch_form(shown: SwitchShown) -> dict[str, object]:
    """A switch as JSON."""
    switch = shown.switch
    return {
        "name": switch.name,
        "on": switch.is_on,
        "reason": switch.reason,
        "changed_by": switch.by,
        "changed_at": switch.at,
        "stops": shown.stops,
        "waiting": shown.waiting,
    }


def turned_lines(shown: SwitchShown) -> list[str]:
    """What was done, how many wait, and the next command."""
    switch, count = shown.switch, shown.waiting
    kind = "push" if switch.name == "ns_writes" else "approved decision"
    waits = f"{count} {kind}{'' if count == 1 else 'es' if kind == 'push' else 's'} {'waits' if count == 1 else 'wait'}"
    if switch.is_on:
        return [f"kill:{switch.name} is on: it stops {shown.stops}; {waits}"]
    told = [f"kill:{switch.name} is off; {waits}"]
    if count and switch.name != "ns_writes":
        told.append("apply them with `arctl approve --resume`, which looks at the facts again first")
    return told


def _cells(shown: SwitchShown) -> list[str]:
    switch = shown.switch
    return [
        f"kill:{switch.name}", "on" if switch.is_on else "off", shown.stops, str(shown.waiting), switch.at, switch.by,
        switch.reason,
    ]  # fmt: skip
