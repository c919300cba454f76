"""What runs told those after them, searched by words."""

import json
import sqlite3
from collections.abc import Sequence

from arctl.core.run_report import Reflexion


def reflexions(
    connection: sqlite3.Connection, tenant: int, words: Sequence[str] = (), run_id: int | None = None
) -> list[Reflexion]:
    """Those that hold every word, in whatever case, in their narrative, tags or workflow; or those of one run. Oldest first."""
    holds = " AND ".join(
        ["1", *["instr(lower(narrative || ' ' || tags_json || ' ' || workflow_type), lower(?)) > 0"] * len(words)]
    )
    rows = connection.execute(
        "SELECT reflexion_id, run_id, workflow_type, narrative, tags_json, created_at FROM reflexion_log"
        f" WHERE tenant_id = ? AND (? IS NULL OR run_id = ?) AND {holds} ORDER BY reflexion_id",
        (tenant, run_id, run_id, *words),
    )
    return [
        Reflexion(id, run, workflow_type, narrative, tuple(json.loads(tags)), created_at)
        for id, run, workflow_type, narrative, tags, created_at in rows
    ]
