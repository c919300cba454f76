"""Service holds, for people and for programs. Decides nothing."""

from collections.abc import Sequence
from typing import TextIO

from arctl.core.holds import Hold
from arctl.core.money import format_amount
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json

_SCREEN = (
    Column("Hold", "hold_id", align="right"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name"),
    Column("Since", "placed_on"),
    Column("By", "placed_by"),
    Column("Run", "run_id", align="right"),
    Column("Open of its cause", "cause", align="right"),
    Column("ERP", "push"),
    Column("Released (UTC)", "released_at"),
    Column("Reason", "reason", flexible=True),
)
_FIELDS = tuple(
    Column(name, name)
    for name in (
        "id", "customer_id", "customer_name", "company", "status", "reason", "run_id", "placed_on", "placed_at", "placed_by",
        "released_at", "released_by", "released_run", "release_reason", "push", "cause",
    )
)  # fmt: skip


def write_holds(holds: Sequence[Hold], form: str, stream: TextIO) -> None:
    """A line per hold. `form` is table, json, csv or md; times are UTC, amounts in JSON cents."""
    if form == "json":
        write_json([_object(each) for each in holds], stream)
    elif form == "csv":
        write_csv(_FIELDS, [list((_object(each) | {"cause": _cause(each)}).values()) for each in holds], stream)
    else:
        write_for_people(Sheet("", _SCREEN, [_cells(each) for each in holds]), form, stream)


def _cells(hold: Hold) -> list[str]:
    return [
        str(hold.hold_id), hold.customer_id, hold.customer_name, hold.placed_on, hold.placed_by, str(hold.run_id),
        _cause(hold) or "nothing", _push(hold), hold.released_at or "",
        hold.reason if hold.is_active else f"{hold.reason}; released: {hold.release_reason}",
    ]  # fmt: skip


def _push(hold: Hold) -> str:
    """How far the ERP is, in words: a push that is not verified has not been seen there."""
    return "no push" if hold.push is None else f"push {hold.push}"


def _cause(hold: Hold) -> str:
    return ", ".join(f"{format_amount(cents, currency)} {currency}" for currency, cents in hold.cause.items())


def _object(hold: Hold) -> dict[str, object]:
    return {
        "id": hold.hold_id,
        "customer_id": hold.customer_id,
        "customer_name": hold.customer_name,
        "company": hold.company,
        "status": "active" if hold.is_active else "released",
        "reason": hold.reason,
        "run_id": hold.run_id,
        "placed_on": hold.placed_on,
        "placed_at": hold.placed_at,
        "placed_by": hold.placed_by,
        "released_at": hold.released_at,
        "released_by": hold.released_by,
        "released_run": hold.released_run,
        "release_reason": hold.release_reason,
        "push": hold.push,
        "cause": [{"currency": currency, "open_cents": cents} for currency, cents in hold.cause.items()],
    }
