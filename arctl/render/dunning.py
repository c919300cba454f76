"""Dunning configs as sheets, as JSON and as lines. Decides nothing."""

from collections.abc import Sequence

from arctl.core.dunning import PLACED
from arctl.core.dunning_config import TERMS, show_term
from arctl.core.dunning_versions import Shown, Version, differences, said
from arctl.render.sheet import Column, Sheet

SHOWN = (
    Column("key", "key"),
    Column("value", "value"),
    Column("from", "from"),
    Column("by", "by", flexible=True),
    Column("when (UTC)", "at"),
    Column("meaning", "meaning", flexible=True),
)
CONFIGS = (
    Column("customer", "customer_id"),
    Column("name", "customer_name", flexible=True),
    Column("own values", "values", flexible=True),
    Column("by", "by", flexible=True),
    Column("when (UTC)", "at"),
    Column("reason", "reason", flexible=True),
)
VERSIONS = (
    Column("version", "version", align="right"),
    Column("when (UTC)", "at"),
    Column("by", "by", flexible=True),
    Column("changes", "changes", flexible=True),
    Column("reason", "reason", flexible=True),
)


def shown_sheet(whose: str, shown: Sequence[Shown]) -> Sheet:
    """The terms in force, one row per value."""
    return Sheet(f"How {whose} is dunned", SHOWN, shown_rows(shown))


def shown_rows(shown: Sequence[Shown]) -> list[list[str]]:
    """A cell for each of SHOWN."""
    return [
        [each.resolved.term.name, _value(each), each.resolved.origin if _value(each) else "", each.by, each.at,
         each.resolved.term.meaning]
        for each in shown
    ]  # fmt: skip


def shown_json(customer: str | None, shown: Sequence[Shown]) -> list[dict[str, str | None]]:
    """One object per value; what is empty is null."""
    keys = [column.key for column in SHOWN]
    return [
        {"customer_id": customer, **dict(zip(keys, (cell or None for cell in row), strict=True))}
        for row in shown_rows(shown)
    ]


def configs_sheet(configs: Sequence[Version]) -> Sheet:
    """One row per config; the default has no customer."""
    return Sheet("", CONFIGS, config_rows(configs))


def config_rows(configs: Sequence[Version]) -> list[list[str]]:
    """A cell for each of CONFIGS."""
    return [
        [each.customer_id or "", each.customer_name or "(default)", " ".join(said(each.values)), each.changed_by,
         each.changed_at, each.reason or ""]
        for each in configs
    ]  # fmt: skip


def versions_sheet(versions: Sequence[Version]) -> Sheet:
    """One row per version, oldest first."""
    return Sheet("", VERSIONS, version_rows(versions))


def version_rows(versions: Sequence[Version]) -> list[list[str]]:
    """A cell for each of VERSIONS."""
    rows = []
    for before, each in zip([None, *versions], versions, strict=False):
        changes = differences(before.values if before else {}, each.values)
        rows.append([str(each.version), each.changed_at, each.changed_by, "; ".join(changes), each.reason or ""])
    return rows


def versions_json(versions: Sequence[Version]) -> list[dict[str, object]]:
    """One object per config or version, every value by its key; what is not set there is null."""
    return [
        {
            "customer_id": each.customer_id,
            "customer_name": each.customer_name,
            "version": each.version,
            **{term.name: show_term(term, each.values.get(term.column)) or None for term in TERMS.values()},
            "by": each.changed_by,
            "at": each.changed_at,
            "reason": each.reason,
        }
        for each in versions
    ]


def change_line(whose: str, key: str, before: str, after: str, origin: str) -> str:
    """What `set` says of one value."""
    came = "" if origin == "customer" else f", from {origin}"
    if before == after:
        return f"{key} of {whose} is {after or 'not set'}{came}, as before"
    return f"{key} of {whose} = {after}{came} (was {before or 'not set'})"


def placed_line(whose: str, how: str) -> str:
    """What `place` says."""
    return f"{whose} is {PLACED[how]}: no letters from now on"


def unplaced_line(whose: str, was: str) -> str:
    """What `unplace` says."""
    return f"{whose} is dunned again (was {PLACED[was]})"


def _value(shown: Shown) -> str:
    return show_term(shown.resolved.term, shown.resolved.value)
