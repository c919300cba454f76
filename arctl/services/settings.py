"""What is set once: reading, changing and showing it. No SQL, no printing."""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from arctl.core.settings import (
    SETTINGS,
    THRESHOLDS,
    Changed,
    Kind,
    Setting,
    SettingShown,
    contradiction,
    looks_secret,
    read_value,
)
from arctl.errors import Refused, UnknownId, UsageError
from arctl.services.books import companies_of
from arctl.services.dunning import refuse_turned
from arctl.store import books
from arctl.store.books import Company, Made
from arctl.store.ledger import Ledger


def setting_named(key: str) -> Setting:
    """The setting of that key. Raises UnknownId (exit 2) with the closest one."""
    if key not in SETTINGS:
        close = get_close_matches(key, SETTINGS, n=1)
        ended = [known for known in SETTINGS if known.rpartition(".")[2] == key]
        hint = f"did you mean {(close or ended)[0]}?" if close or ended else "`arctl config list` shows every key"
        raise UnknownId(f"there is no setting {key}", hint)
    return SETTINGS[key]


def read_setting(setting: Setting, text: str, said: str = "") -> str:
    """The value in the form it is kept in; `said` is how the operator names it (an option), else the key.

    Raises UsageError, which never repeats the value: people paste passwords into the wrong place.
    """
    name = said or setting.key
    try:
        value = read_value(setting, text)
    except ValueError as unreadable:
        raise UsageError(f"{name} takes {unreadable}") from None
    if setting.kind is Kind.ZONE:
        from zoneinfo import available_timezones

        zones = available_timezones()
        if value not in zones:
            by_case = {zone.casefold(): zone for zone in sorted(zones)}
            close = get_close_matches(value.casefold().replace(" ", "_"), by_case, n=1)
            hint = f"did you mean {by_case[close[0]]}?" if close else "write it as in America/New_York or Europe/Berlin"
            raise UsageError(f"{name} takes a time zone of the IANA database", hint)
    return value


def show_settings(opened: Ledger, company: str | None) -> list[SettingShown]:
    """Every setting as it stands, those of each company (or of the one named) first. Raises UnknownId."""
    shown = []
    for each in companies_of(opened, company):
        made = books.company_made(opened.connection, opened.tenant_id, each)
        for setting in SETTINGS.values():
            if setting.per_company:
                value = getattr(each, setting.key) or ""
                shown.append(_shown(setting, each.name, value, value != setting.default, made.get(setting.key)))
    set_here = books.settings_made(opened.connection, opened.tenant_id)
    for setting in SETTINGS.values():
        if not setting.per_company:
            known = set_here.get(setting.key)
            value, by = (known.value, known.made) if known else (setting.default, None)
            shown.append(_shown(setting, "", value, known is not None, by))
    return shown


def _shown(setting: Setting, company: str, value: str, is_set: bool, made: Made | None) -> SettingShown:
    at, by = (made.at, made.by) if made else ("", "")
    return SettingShown(setting, company, value, is_set or made is not None, at, by)


def get_setting(opened: Ledger, company: str | None, key: str) -> str:
    """The value in force, empty where there is none. Raises UnknownId, or UsageError where nobody said whose."""
    setting = setting_named(key)
    if setting.per_company:
        value: str | None = getattr(_whose(opened, company, key), key)
        return value or ""
    return books.settings(opened.connection, opened.tenant_id).get(key, setting.default)


def folder_setting(opened: Ledger, key: str) -> Path | None:
    """The folder that a setting names, beside the ledger unless absolute; None where it is not set."""
    value = get_setting(opened, None, key)
    return opened.path.parent / value if value else None


def refuse_secret(key: str, text: str) -> None:
    """Raises Refused, without a word of what was typed, where the key or the value looks like a secret."""
    if looks_secret(key, text):
        raise Refused(
            "that looks like a secret, and a ledger is copied, mailed and backed up; nothing was stored",
            "keep it in the system's keyring or the environment",
        )


def change_setting(opened: Ledger, company: str | None, key: str, text: str | None, made: Made) -> Changed:
    """Set a key, or with no text let it fall back to its default.

    Raises Refused for what looks like a secret, UnknownId, UsageError for a value that cannot be.
    """
    refuse_secret(key, text or "")
    setting = setting_named(key)
    value = setting.default if text is None else read_setting(setting, text)
    with opened.transaction() as connection:
        if setting.per_company:
            owner = _whose(opened, company, key)
            before = getattr(owner, key) or ""
            after = _company_with(owner, key, value)
            books.change_company(connection, opened.tenant_id, after, key, None if text is None else made)
            return Changed(key, owner.name, before, value)
        known = books.settings(connection, opened.tenant_id)
        _refuse_contradiction(key, {**known, key: value})
        before = known.get(key, setting.default)
        if text is None:
            books.unset_setting(connection, opened.tenant_id, key)
        else:
            books.set_setting(connection, opened.tenant_id, key, value, made)
        if key in THRESHOLDS:
            refuse_turned(opened)
    return Changed(key, "", before, value)


def _refuse_contradiction(key: str, values: dict[str, str]) -> None:
    if key in THRESHOLDS:
        wrong = contradiction({each: values.get(each, SETTINGS[each].default) for each in THRESHOLDS})
        if wrong:
            raise UsageError(
                wrong, "set the later threshold first where all of them move up, the earlier one where down"
            )


def _whose(opened: Ledger, company: str | None, key: str) -> Company:
    """The company that a setting belongs to. Raises UsageError where the ledger has several and none is named."""
    known = companies_of(opened, company)
    if len(known) > 1:
        names = ", ".join(each.name for each in known)
        raise UsageError(
            f"{key} is set per company, and there are several: {names}", "name one: arctl --company NAME config …"
        )
    return known[0]


def _company_with(company: Company, key: str, value: str) -> Company:
    match key:
        case "base_currency":
            return replace(company, base_currency=value)
        case "time_zone":
            return replace(company, time_zone=value)
        case _:
            return replace(company, books_from=value or None)
