"""Row history held against itself and against the log of syncs. Changes nothing."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from arctl.store.integrity import LISTED, named
from arctl.store.landing import LANDINGS

BASES: Mapping[str, tuple[str, ...]] = {landing.table.base: landing.primary_key for landing in LANDINGS.values()}
"""Every mirror table with the columns that name a row within its tenant; its history bears the name with `_history`."""


class Misfit(NamedTuple):
    """A replaced version that does not join the next: `next_batch` is None where its row is gone from the mirror."""

    row: str
    batch: int
    to_batch: int
    next_batch: int | None


def misfits(connection: sqlite3.Connection, base: str) -> tuple[int, list[Misfit]]:
    """How many versions end at another batch than the one the next begins with, and the first of them."""
    keys = BASES[base]
    same = " AND ".join(f"%s.{column} = h.{column}" for column in ("tenant_id", *keys))
    following = (
        f"coalesce((SELECT min(n.batch) FROM {base}_history AS n WHERE {same % (('n',) * (len(keys) + 1))}"
        f" AND n.batch > h.batch), (SELECT x.batch FROM {base} AS x WHERE {same % (('x',) * (len(keys) + 1))}))"
    )
    picked = ", ".join(f"h.{column}" for column in keys)
    found = (
        f"FROM (SELECT {picked}, h.batch, h.to_batch, {following} AS next_batch FROM {base}_history AS h)"
        " WHERE next_batch IS NOT to_batch"
    )
    rows = connection.execute(f"SELECT * {found} LIMIT {LISTED}").fetchall()
    if len(rows) < LISTED:
        total = len(rows)
    else:
        (total,) = connection.execute(f"SELECT count(*) {found}").fetchone()
    return total, [Misfit(named(keys, row), *row[len(keys) :]) for row in rows]


class Miscount(NamedTuple):
    """A batch whose versions in a mirror table are not as many as its log says; None in `logged`: there is no such batch."""

    base: str
    batch: int
    what: str
    held: int
    logged: int | None


_BEGUN, _ENDED = "written", "replaced"


def miscounts(connection: sqlite3.Connection, base: str) -> list[Miscount]:
    """Where the versions a batch wrote, or replaced, are more or fewer than sync_log says: rows were added or deleted since."""
    names = [name for name, landing in LANDINGS.items() if landing.table.base == base]
    marks = ", ".join("?" * len(names))
    logged = {
        (batch, what): count
        for batch, begun, ended in connection.execute(
            "SELECT batch, sum(inserted + updated + closed), sum(updated + closed) FROM sync_log"
            f" WHERE table_name IN ({marks}) GROUP BY batch",
            names,
        )
        for what, count in ((_BEGUN, begun), (_ENDED, ended))
    }
    held: Counter[tuple[int, str]] = Counter()
    for table, column, what in (
        (base, "batch", _BEGUN),
        (f"{base}_history", "batch", _BEGUN),
        (f"{base}_history", "to_batch", _ENDED),
    ):
        for batch, count in connection.execute(f"SELECT {column}, count(*) FROM {table} GROUP BY {column}"):
            held[batch, what] += count
    known = {batch for (batch,) in connection.execute("SELECT batch FROM sync_batches")}
    return [
        Miscount(base, batch, what, held[batch, what], logged.get((batch, what), 0) if batch in known else None)
        for batch, what in sorted({*held, *logged})
        if batch not in known or held[batch, what] != logged.get((batch, what), 0)
    ]
