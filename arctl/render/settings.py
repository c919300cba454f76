"""What is set, as a sheet, as JSON and as a line. Decides nothing."""

from collections.abc import Sequence

from arctl.core.settings import Changed, SettingShown
from arctl.render.sheet import Column, Sheet

COLUMNS = (
    Column("key", "key"),
    Column("company", "company", flexible=True),
    Column("value", "value", flexible=True),
    Column("from", "from"),
    Column("by", "by", flexible=True),
    Column("when (UTC)", "at"),
    Column("meaning", "meaning", flexible=True),
)


def settings_sheet(shown: Sequence[SettingShown]) -> Sheet:
    """One row per setting."""
    return Sheet("", COLUMNS, settings_rows(shown))


def settings_rows(shown: Sequence[SettingShown]) -> list[list[str]]:
    """One row of text per setting, a cell for each of COLUMNS."""
    return [
        [each.setting.key, each.company, each.value, _origin(each), each.by, each.at, each.setting.meaning]
        for each in shown
    ]


def settings_json(shown: Sequence[SettingShown]) -> list[dict[str, str | None]]:
    """One object per setting; what is empty is null."""
    keys = [column.key for column in COLUMNS]
    return [dict(zip(keys, (cell or None for cell in row), strict=True)) for row in settings_rows(shown)]


def change_line(change: Changed) -> str:
    """What `set` and `unset` say."""
    name = f"{change.key} of company {change.company}" if change.company else change.key
    if change.before == change.after:
        return f"{name} is {change.after or 'not set'}, as before"
    was = f"was {change.before}" if change.before else "was not set"
    return f"{name} = {change.after} ({was})" if change.after else f"{name} is not set any more ({was})"


def _origin(each: SettingShown) -> str:
    if each.is_set:
        return "set"
    return "default" if each.value else ""
