"""Runs the evidence queries of the control matrix, each exactly as it is shown to the reader."""

import re
import sqlite3
from typing import Any

from arctl.core.controls import Measure
from arctl.store.control_queries import DECISION_EVENTS, QUERIES


def query(number: int, tenant: int, company: int, day: str) -> str:
    """The query of a control for a tenant, a company and a day (ISO), all values written out."""
    values = {"tenant": str(tenant), "company": str(company), "date": day}
    return re.sub(r":(tenant|company|date)\b", lambda found: values[found[1]], QUERIES[number])


def measures(connection: sqlite3.Connection, sql: str) -> list[Measure]:
    """What a control's query gives."""
    return [Measure(*row) for row in connection.execute(sql)]


def decision_events(connection: sqlite3.Connection, tenant: int, company: int) -> list[tuple[Any, ...]]:
    """The events of a company's allowance decisions, with every field that is hashed, then the hash."""
    return connection.execute(DECISION_EVENTS, (tenant, company)).fetchall()
