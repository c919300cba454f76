"""Dunning configs: the tenant's default and those of customers, as rows, and every earlier version of them."""

import sqlite3
from collections.abc import Mapping

from arctl.core.dunning_config import TERMS, Layer, Value
from arctl.core.dunning_versions import Version

COLUMNS = tuple(term.column for term in TERMS.values())


def rows(connection: sqlite3.Connection, tenant: int) -> list[Version]:
    """Every config as it stands, the default first, then by customer id."""
    return _rows(connection, tenant, "1")


def _rows(connection: sqlite3.Connection, tenant: int, where: str, *values: object) -> list[Version]:
    found = connection.execute(
        f"""
        SELECT d.customer_key, c.id, c.name,
               1 + (SELECT count(*) FROM dunning_config_history AS h WHERE h.tenant_id = d.tenant_id AND h.config_id = d.config_id),
               d.changed_by, d.changed_at, d.reason, {", ".join(f"d.{column}" for column in COLUMNS)}
          FROM dunning_config AS d
          LEFT JOIN erp_customers AS c ON c.tenant_id = d.tenant_id AND c.customer_key = d.customer_key
         WHERE d.tenant_id = ? AND {where}
         ORDER BY d.customer_key IS NOT NULL, c.id
        """,
        (tenant, *values),
    )
    return [
        Version(key, id, name, version, dict(zip(COLUMNS, kept, strict=True)), by, at, reason)
        for key, id, name, version, by, at, reason, *kept in found
    ]


def layers(connection: sqlite3.Connection, tenant: int) -> dict[int | None, Layer]:
    """The values of every config by customer key; None is the default."""
    found = connection.execute(
        f"SELECT customer_key, {', '.join(COLUMNS)} FROM dunning_config WHERE tenant_id = ?", (tenant,)
    )
    return {key: dict(zip(COLUMNS, values, strict=True)) for key, *values in found}


def write(
    connection: sqlite3.Connection,
    tenant: int,
    customer_key: int | None,
    values: Mapping[str, Value],
    by: str,
    at: str,
    reason: str | None = None,
) -> None:
    """Change values (by column) of a customer's config, or of the default (None), inside the caller's transaction.

    The version before is kept by the ledger itself. `at` is UTC.
    """
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise ValueError(f"no columns of a dunning config: {', '.join(sorted(unknown))}")
    changed = {**values, "changed_by": by, "changed_at": at, "reason": reason}
    (known,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM dunning_config WHERE tenant_id = ? AND customer_key IS ?)", (tenant, customer_key)
    ).fetchone()
    if known:
        connection.execute(
            f"UPDATE dunning_config SET {', '.join(f'{column} = ?' for column in changed)}"
            " WHERE tenant_id = ? AND customer_key IS ?",
            (*changed.values(), tenant, customer_key),
        )
    else:
        connection.execute(
            f"INSERT INTO dunning_config (tenant_id, customer_key, {', '.join(changed)}) VALUES (?, ?{', ?' * len(changed)})",
            (tenant, customer_key, *changed.values()),
        )


def versions(connection: sqlite3.Connection, tenant: int, customer_key: int | None) -> list[Version]:
    """Every version of one config, oldest first, the last as it stands; none where nothing was ever set."""
    found = connection.execute(
        f"""
        SELECT d.customer_key, c.id, c.name, h.version, h.changed_by, h.changed_at, h.reason,
               {", ".join(f"h.{column}" for column in COLUMNS)}
          FROM dunning_config AS d
          JOIN dunning_config_history AS h ON h.tenant_id = d.tenant_id AND h.config_id = d.config_id
          LEFT JOIN erp_customers AS c ON c.tenant_id = d.tenant_id AND c.customer_key = d.customer_key
         WHERE d.tenant_id = ? AND d.customer_key IS ?
         ORDER BY h.version
        """,
        (tenant, customer_key),
    )
    earlier = [
        Version(key, id, name, version, dict(zip(COLUMNS, kept, strict=True)), by, at, reason)
        for key, id, name, version, by, at, reason, *kept in found
    ]
    return earlier + _rows(connection, tenant, "d.customer_key IS ?", customer_key)


def customer_named(connection: sqlite3.Connection, tenant: int, id: str) -> tuple[int, str] | None:
    """A customer's key and name by its id; None where the ledger holds no such customer."""
    row: tuple[int, str] | None = connection.execute(
        "SELECT customer_key, name FROM erp_customers WHERE tenant_id = ? AND id = ?", (tenant, id)
    ).fetchone()
    return row
