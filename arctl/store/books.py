"""Tenants, companies, their clocks, and the settings made once."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """One company of a tenant; `books_from` is ISO text, an as-of before it is refused."""

    company_id: int
    name: str
    base_currency: str
    time_zone: str
    books_from: str | None


def companies(connection: sqlite3.Connection, tenant: int) -> list[Company]:
    """All companies of the tenant, in the order they joined."""
    rows = connection.execute(
        "SELECT company_id, name, base_currency, time_zone, books_from FROM companies WHERE tenant_id = ? ORDER BY company_id",
        (tenant,),
    )
    return [Company(*row) for row in rows]


def add_company(connection: sqlite3.Connection, tenant: int, company: Company) -> None:
    """Insert a company."""
    connection.execute(
        "INSERT INTO companies (tenant_id, company_id, name, base_currency, time_zone, books_from) VALUES (?, ?, ?, ?, ?, ?)",
        (tenant, company.company_id, company.name, company.base_currency, company.time_zone, company.books_from),
    )


def change_company(connection: sqlite3.Connection, tenant: int, company: Company) -> None:
    """Replace what is set of a company, by its company_id."""
    connection.execute(
        "UPDATE companies SET name = ?, base_currency = ?, time_zone = ?, books_from = ? WHERE tenant_id = ? AND company_id = ?",
        (company.name, company.base_currency, company.time_zone, company.books_from, tenant, company.company_id),
    )


def set_clock(connection: sqlite3.Connection, tenant: int, company_id: int, changes: Sequence[tuple[str, int]]) -> None:
    """Replace a company's clock: (UTC moment, offset in minutes from then on), in rising order."""
    connection.execute("DELETE FROM company_clock WHERE tenant_id = ? AND company_id = ?", (tenant, company_id))
    connection.executemany(
        "INSERT INTO company_clock (tenant_id, company_id, from_utc, offset_minutes) VALUES (?, ?, ?, ?)",
        ((tenant, company_id, moment, offset) for moment, offset in changes),
    )


def add_tenant(connection: sqlite3.Connection, name: str) -> int:
    """Insert a tenant and return its id."""
    cursor = connection.execute("INSERT INTO tenants (name) VALUES (?)", (name,))
    return int(cursor.lastrowid or 0)


def rename_tenant(connection: sqlite3.Connection, tenant: int, name: str) -> None:
    """Give a tenant another name."""
    connection.execute("UPDATE tenants SET name = ? WHERE tenant_id = ?", (name, tenant))


def settings(connection: sqlite3.Connection, tenant: int) -> dict[str, str]:
    """Every setting made, by key."""
    return dict(connection.execute("SELECT key, value FROM settings WHERE tenant_id = ? ORDER BY key", (tenant,)))


def set_setting(connection: sqlite3.Connection, tenant: int, key: str, value: str, at: str, by: str) -> None:
    """Make or change one setting; `at` is UTC as `YYYY-MM-DD HH:MM:SS`."""
    connection.execute(
        "INSERT INTO settings (tenant_id, key, value, set_at, set_by) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (tenant_id, key) DO UPDATE SET value = excluded.value, set_at = excluded.set_at, set_by = excluded.set_by",
        (tenant, key, value, at, by),
    )
