"""Tenants, companies, their clocks, and the settings made once."""

import sqlite3
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from arctl.core.clock import offset_changes
from arctl.errors import LedgerError

# Who set what of a company, kept among the settings; the value itself stands in companies and is true whatever this
# says.
_COMPANY_MARK = "company/"


@dataclass(frozen=True, slots=True)
class Company:
    """One company of a tenant; `books_from` is ISO text, an as-of before it is refused."""

    company_id: int
    name: str
    base_currency: str
    time_zone: str
    books_from: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """Who set something, and when: UTC as `YYYY-MM-DD HH:MM:SS`."""

    at: str
    by: str


@dataclass(frozen=True, slots=True)
class SettingMade:
    """A value as it was set, and by whom."""

    value: str
    made: Made


FIRST_COMPANY = Company(1, "default", "USD", "America/New_York", None)
"""The company of a ledger that nobody described."""


def companies(connection: sqlite3.Connection, tenant: int) -> list[Company]:
    """All companies of the tenant, in the order they joined."""
    rows = connection.execute(
        "SELECT company_id, name, base_currency, time_zone, books_from FROM companies"
        " WHERE tenant_id = ? ORDER BY company_id",
        (tenant,),
    )
    return [Company(*row) for row in rows]


def add_company(connection: sqlite3.Connection, tenant: int, company: Company, made: Made | None = None) -> None:
    """Insert a company with its clock; `made` by somebody, or by default. LedgerError for a time zone nobody knows."""
    connection.execute(
        "INSERT INTO companies (tenant_id, company_id, name, base_currency, time_zone, books_from)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (tenant, company.company_id, company.name, company.base_currency, company.time_zone, company.books_from),
    )
    _wind(connection, tenant, company)
    if made:
        for field in ("base_currency", "time_zone", *(["books_from"] if company.books_from else [])):
            _mark(connection, tenant, company, field, made)


def change_company(
    connection: sqlite3.Connection, tenant: int, company: Company, field: str, made: Made | None
) -> None:
    """Replace what is set of a company, by its company_id; `field` is what changed, `made` None where to its default.

    The clock follows the time zone.
    """
    connection.execute(
        "UPDATE companies SET name = ?, base_currency = ?, time_zone = ?, books_from = ?"
        " WHERE tenant_id = ? AND company_id = ?",
        (company.name, company.base_currency, company.time_zone, company.books_from, tenant, company.company_id),
    )
    _wind(connection, tenant, company)
    _mark(connection, tenant, company, field, made)


def next_company_id(connection: sqlite3.Connection, tenant: int) -> int:
    """The number that the tenant's next company takes."""
    (number,) = connection.execute(
        "SELECT coalesce(max(company_id), 0) + 1 FROM companies WHERE tenant_id = ?", (tenant,)
    ).fetchone()
    return int(number)


def _wind(connection: sqlite3.Connection, tenant: int, company: Company) -> None:
    owner = (tenant, company.company_id)
    connection.execute("DELETE FROM company_clock WHERE tenant_id = ? AND company_id = ?", owner)
    connection.executemany(
        "INSERT INTO company_clock (tenant_id, company_id, from_utc, offset_minutes) VALUES (?, ?, ?, ?)",
        ((*owner, moment, offset) for moment, offset in clock_of(company.time_zone)),
    )


def stale_clocks(connection: sqlite3.Connection) -> list[tuple[int, Company]]:
    """(tenant, company) whose clock is not what its time zone says now: never wound, or a government changed the rules.

    A company whose zone this machine does not know keeps the clock it has.
    """
    stale = []
    for (tenant,) in connection.execute("SELECT tenant_id FROM tenants ORDER BY tenant_id").fetchall():
        for company in companies(connection, tenant):
            kept = connection.execute(
                "SELECT from_utc, offset_minutes FROM company_clock"
                " WHERE tenant_id = ? AND company_id = ? ORDER BY from_utc",
                (tenant, company.company_id),
            ).fetchall()
            try:
                wanted = clock_of(company.time_zone)
            except LedgerError:
                continue
            if kept != wanted:
                stale.append((tenant, company))
    return stale


def wind_clocks(connection: sqlite3.Connection) -> None:
    """Set every company's clock by its time zone, inside the caller's transaction."""
    for tenant, company in stale_clocks(connection):
        _wind(connection, tenant, company)


def date_at(connection: sqlite3.Connection, tenant: int, company_id: int, moment: str) -> str:
    """A company's own date (ISO) at a UTC moment (`YYYY-MM-DD HH:MM:SS`), by its clock in the ledger."""
    (day,) = connection.execute(
        "SELECT date(?, coalesce((SELECT offset_minutes FROM company_clock WHERE tenant_id = ? AND company_id = ?"
        " AND from_utc <= ? ORDER BY from_utc DESC LIMIT 1), 0) || ' minutes')",
        (moment, tenant, company_id, moment),
    ).fetchone()
    return str(day)


@lru_cache
def clock_of(time_zone: str) -> list[tuple[str, int]]:
    """The zone's offset changes. Raises LedgerError for a zone that this machine does not know."""
    return offset_changes(zone_named(time_zone))


def zone_named(name: str) -> tzinfo:
    """The zone by the machine's time-zone database. Raises LedgerError where it does not hold it."""
    from zoneinfo import ZoneInfo  # 4 ms: only for what asks for a date

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a folder of zones ("America") is an OSError
        raise LedgerError(
            f"this machine knows no time zone {name!r}",
            "set another with `arctl config set time_zone ZONE`, or install a newer tzdata",
        ) from None


def add_tenant(connection: sqlite3.Connection, name: str) -> int:
    """Insert a tenant and return its id."""
    cursor = connection.execute("INSERT INTO tenants (name) VALUES (?)", (name,))
    return int(cursor.lastrowid or 0)


def tenant_names(connection: sqlite3.Connection) -> list[str]:
    """The tenants of the ledger, by name."""
    return [name for (name,) in connection.execute("SELECT name FROM tenants ORDER BY name")]


def settings(connection: sqlite3.Connection, tenant: int) -> dict[str, str]:
    """Every setting made, by key."""
    return {key: setting.value for key, setting in settings_made(connection, tenant).items()}


def settings_made(connection: sqlite3.Connection, tenant: int) -> dict[str, SettingMade]:
    """Every setting made, by key, with who made it and when."""
    return _made(connection, tenant, "key NOT GLOB ? || '*'", _COMPANY_MARK)


def company_made(connection: sqlite3.Connection, tenant: int, company: Company) -> dict[str, Made]:
    """Who set what of a company, by field; what stands by default, or was set in no known way, is missing."""
    prefix = f"{_COMPANY_MARK}{company.company_id}/"
    marks = _made(connection, tenant, "key GLOB ? || '*'", prefix)
    return {
        field: mark.made
        for key, mark in marks.items()
        if mark.value == (getattr(company, field := key.removeprefix(prefix)) or "")
    }


def _made(connection: sqlite3.Connection, tenant: int, only: str, prefix: str) -> dict[str, SettingMade]:
    rows = connection.execute(
        f"SELECT key, value, set_at, set_by FROM settings WHERE tenant_id = ? AND {only} ORDER BY key", (tenant, prefix)
    )
    return {key: SettingMade(value, Made(at, by)) for key, value, at, by in rows}


def set_setting(connection: sqlite3.Connection, tenant: int, key: str, value: str, made: Made) -> None:
    """Make or change one setting."""
    connection.execute(
        "INSERT INTO settings (tenant_id, key, value, set_at, set_by) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (tenant_id, key) DO UPDATE"
        " SET value = excluded.value, set_at = excluded.set_at, set_by = excluded.set_by",
        (tenant, key, value, made.at, made.by),
    )


def unset_setting(connection: sqlite3.Connection, tenant: int, key: str) -> None:
    """Let a setting fall back to its default."""
    connection.execute("DELETE FROM settings WHERE tenant_id = ? AND key = ?", (tenant, key))


def _mark(connection: sqlite3.Connection, tenant: int, company: Company, field: str, made: Made | None) -> None:
    key = f"{_COMPANY_MARK}{company.company_id}/{field}"
    if made is None:
        unset_setting(connection, tenant, key)
    else:
        set_setting(connection, tenant, key, getattr(company, field), made)
