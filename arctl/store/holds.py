"""Holds over the mirror: placing one, releasing it, and which there are."""

import sqlite3
from dataclasses import fields
from typing import NamedTuple

from arctl.core.acting import Acting
from arctl.core.holds import Hold


class Held(NamedTuple):
    """An active hold: its number, and since when by whom (UTC)."""

    hold_id: int
    placed_at: str
    placed_by: str


def customer_key(connection: sqlite3.Connection, tenant: int, customer_id: str) -> int | None:
    """The key of a customer; None where the ledger knows none of that id."""
    row = connection.execute(
        "SELECT customer_key FROM erp_customers WHERE tenant_id = ? AND id = ?", (tenant, customer_id)
    ).fetchone()
    return None if row is None else int(row[0])


def active(connection: sqlite3.Connection, tenant: int, key: int) -> Held | None:
    """The hold a customer is on."""
    row = connection.execute(
        "SELECT hold_id, placed_at, placed_by FROM customer_holds"
        " WHERE tenant_id = ? AND customer_key = ? AND released_at IS NULL",
        (tenant, key),
    ).fetchone()
    return None if row is None else Held(*row)


def place(connection: sqlite3.Connection, tenant: int, key: int, reason: str, run_id: int, acting: Acting) -> int:
    """Write a hold; its number. The schema refuses a second one for the customer."""
    (last,) = connection.execute("SELECT max(hold_id) FROM customer_holds WHERE tenant_id = ?", (tenant,)).fetchone()
    number = int(last or 0) + 1
    connection.execute(
        "INSERT INTO customer_holds (tenant_id, hold_id, customer_key, reason, run_id, placed_on, placed_at, placed_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (tenant, number, key, reason, run_id, acting.on, acting.at, acting.actor),
    )
    return number


def release(
    connection: sqlite3.Connection, tenant: int, hold_id: int, reason: str, run_id: int, acting: Acting
) -> None:
    """Take an active hold off."""
    connection.execute(
        "UPDATE customer_holds SET released_at = ?, released_by = ?, released_run = ?, release_reason = ?"
        " WHERE tenant_id = ? AND hold_id = ?",
        (acting.at, acting.actor, run_id, reason, tenant, hold_id),
    )


def select(connection: sqlite3.Connection, tenant: int, day: str, everything: bool) -> list[Hold]:
    """The active holds, or all, by number; what is open of their cause is as of the end of `day` (ISO)."""
    where = "h.tenant_id = ?" + ("" if everything else " AND h.released_at IS NULL")
    rows = connection.execute(
        f"""
        SELECT h.hold_id, c.id, c.name, k.name, h.reason, h.run_id, h.placed_on, h.placed_at, h.placed_by,
               h.released_at, h.released_by, h.released_run, h.release_reason,
               (SELECT p.status FROM ns_pending_pushes AS p
                 WHERE p.tenant_id = h.tenant_id AND p.run_id IN (h.run_id, h.released_run) ORDER BY p.push_id DESC LIMIT 1)
          FROM customer_holds AS h
          JOIN erp_customers AS c ON c.tenant_id = h.tenant_id AND c.customer_key = h.customer_key
          JOIN companies AS k ON k.tenant_id = c.tenant_id AND k.company_id = c.company_id
         WHERE {where} ORDER BY h.hold_id
        """,
        (tenant,),
    ).fetchall()
    causes = _causes(connection, tenant, day)
    return [Hold(**dict(zip(_NAMES, row, strict=True)), cause=causes.get(row[0], {})) for row in rows]


_NAMES = tuple(each.name for each in fields(Hold))[:-1]


def _causes(connection: sqlite3.Connection, tenant: int, day: str) -> dict[int, dict[str, int]]:
    """What is still open of the cause of each hold: number -> currency -> cents."""
    found: dict[int, dict[str, int]] = {}
    for number, currency, cents in connection.execute(
        "SELECT hold_id, currency, open_cents FROM hold_causes WHERE tenant_id = ? AND day = ? AND open_cents > 0"
        " ORDER BY hold_id, currency",
        (tenant, day),
    ):
        found.setdefault(number, {})[currency] = cents
    return found
