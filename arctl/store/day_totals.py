"""The day totals: what documents of each heading started and stopped to count on a day. Kept by differences, filled once."""

import sqlite3

# Names are not qualified: "as known at" runs the same statements over temporary tables of the same names.

_DOCUMENTS = ("invoice", "source")
_TERM = "tenant_id, company_id, currency, heading, from_day, until_day"
_KEY = "from_day, heading, currency, company_id, tenant_id, until_day"  # what differs most stands first


def fill(connection: sqlite3.Connection, tenant: int) -> None:
    """Sum all documents of the tenant anew: the right side of the tie-out, which reads no balance."""
    prepare(connection)
    for document in _DOCUMENTS:
        _add(connection, tenant, document, 1, "")
    connection.execute("DELETE FROM ar_day_totals WHERE tenant_id = ?", (tenant,))
    _apply(connection)


def prepare(connection: sqlite3.Connection) -> None:
    """Make the temporary tables of the differences."""
    connection.execute("DROP TABLE IF EXISTS temp.term_changes")
    connection.execute(
        "CREATE TEMP TABLE term_changes (tenant_id INTEGER, company_id INTEGER, currency TEXT, heading TEXT, from_day INTEGER,"
        f" until_day INTEGER, cents INTEGER NOT NULL, documents INTEGER NOT NULL, PRIMARY KEY ({_KEY})) WITHOUT ROWID"
    )
    for document in _DOCUMENTS:
        connection.execute(f"DROP TABLE IF EXISTS temp.taken_{document}s")
        connection.execute(f"CREATE TEMP TABLE taken_{document}s ({document}_key INTEGER PRIMARY KEY)")


def take_back(connection: sqlite3.Connection, tenant: int) -> None:
    """Subtract the documents touched since the last call as they still stand: to be called before each change of one."""
    for document in _DOCUMENTS:
        key = f"{document}_key"
        fresh = f"SELECT {key} FROM touched_{document}s EXCEPT SELECT {key} FROM taken_{document}s"
        _add(connection, tenant, document, -1, f"AND {key} IN ({fresh})")
        connection.execute(f"INSERT OR IGNORE INTO taken_{document}s SELECT {key} FROM touched_{document}s")


def settle(connection: sqlite3.Connection, tenant: int) -> None:
    """Add the touched documents as they stand now."""
    take_back(connection, tenant)
    for document in _DOCUMENTS:
        _add(connection, tenant, document, 1, f"AND {document}_key IN (SELECT {document}_key FROM touched_{document}s)")
    _apply(connection)


def _add(connection: sqlite3.Connection, tenant: int, document: str, sign: int, among: str) -> None:
    """Add documents' terms, or with sign -1 take them back. Row by row into few sums: a sort of all of them costs more."""
    connection.execute(
        f"""
        INSERT INTO temp.term_changes
        SELECT {_TERM}, {sign} * cents, {sign} FROM ar_{document}_terms WHERE tenant_id = ? {among}
        ON CONFLICT ({_KEY}) DO UPDATE SET cents = cents + excluded.cents, documents = documents + excluded.documents
        """,
        (tenant,),
    )


def _apply(connection: sqlite3.Connection) -> None:
    group = "tenant_id, company_id, currency, heading"
    connection.execute(
        f"""
        INSERT INTO ar_day_totals ({group}, day, started_cents, stopped_cents, started, stopped)
        SELECT {group}, day, sum(started_cents), sum(stopped_cents), sum(started), sum(stopped)
          FROM (SELECT {group}, from_day AS day, cents AS started_cents, 0 AS stopped_cents, documents AS started, 0 AS stopped
                  FROM temp.term_changes
                UNION ALL
                SELECT {group}, until_day, 0, cents, 0, documents FROM temp.term_changes WHERE until_day < 100000)
         WHERE true
         GROUP BY {group}, day
        HAVING sum(started_cents) <> 0 OR sum(stopped_cents) <> 0 OR sum(started) <> 0 OR sum(stopped) <> 0
        ON CONFLICT ({group}, day) DO UPDATE SET
          started_cents = started_cents + excluded.started_cents, stopped_cents = stopped_cents + excluded.stopped_cents,
          started = started + excluded.started, stopped = stopped + excluded.stopped
        """
    )
    connection.execute("DELETE FROM ar_day_totals WHERE started = 0 AND stopped = 0")
    connection.execute("DELETE FROM temp.term_changes")
