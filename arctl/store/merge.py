"""Landing resolved rows: close what is gone, keep what is replaced in history, update, insert, and note what was touched."""

from collections.abc import Sequence
from dataclasses import dataclass

from arctl.core.dates import NEVER
from arctl.store import day_totals, resolve
from arctl.store.landing import Landing, counted_days_sql
from arctl.store.resolve import CHANGED, NEW, Books, value_sql
from arctl.store.staging import Part


@dataclass(frozen=True, slots=True)
class Landed:
    """How many staged rows of one part did what."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    rejected: int = 0


def land(books: Books, landing: Landing, part: Part, parts: Sequence[Part], full: bool, opening: bool) -> Landed:
    """Bring one part into the mirror.

    `full`: the file is the whole truth, rows gone from it are closed. `opening`: the base table was empty before this sync,
    so nothing can be replaced and nothing needs to be noted as touched.
    """
    staged = books.value(f"SELECT count(*) FROM {part.stage}")
    resolve.resolve(books, landing, part, parts)
    resolve.find_repeats(books, landing, part)
    resolve.find_orphans(books, part)
    resolve.reject_broken_sets(books, landing, part)
    rejected = resolve.collect_rejects(books, landing, part)
    closed = 0 if opening else _close_gone(books, landing, part, full)
    if not opening:
        _touch_resolved(books, landing)
        day_totals.take_back(books.connection, books.tenant)
    inserted = _insert(books, landing, part)  # first: a customer's new parent must stand before the customer is changed
    updated = 0 if opening else _update(books, landing, part)
    return Landed(inserted, updated, staged - inserted - updated - rejected, closed, rejected)


def _values(landing: Landing, part: Part) -> dict[str, str]:
    """Base column -> SQL for its value, out of the resolved row r and the staged row s."""
    staged = {"company": "r.company", "currency": "r.currency", "scale": "r.scale"}
    values = {landing.key: "r.own"} if landing.key else {}
    values |= landing.constants
    values |= {column: f"r.{alias}" for column, alias in landing.parent_columns.items()}
    values |= {field.column: value_sql(part, field, staged, "") for field in landing.stored}
    if landing.numbered:
        effective, until = counted_days_sql("r.begins", "r.ends")
        values |= {"slot": "r.place", "effective_day": effective, "until_day": until}
    return values


def _insert(books: Books, landing: Landing, part: Part) -> int:
    values = _values(landing, part)
    return books.run(
        f"""
        INSERT INTO {landing.table.base} (tenant_id, {", ".join(values)}, batch, closed)
        SELECT :tenant, {", ".join(values.values())}, :batch, 0
          FROM resolved AS r JOIN {part.stage} AS s ON s.n = r.n
         WHERE r.act = {NEW} AND r.problem IS NULL
        """
    )


def _located(landing: Landing) -> str:
    """SQL: x is the mirror's row of resolved row r (and staged row s)."""
    if landing.key:
        return f"x.tenant_id = :tenant AND x.{landing.key} = r.own"
    parents = [f"x.{column} = r.{alias}" for column, alias in landing.parent_columns.items()]
    if len(landing.places) == 1:
        places = [f"x.{landing.places[0]} = r.place"]
    else:
        places = [f"x.{place} = coalesce(s.{place}, '')" for place in landing.places]
    return " AND ".join(["x.tenant_id = :tenant", *parents, *places])


def _keep(books: Books, landing: Landing, rows: str) -> None:
    """Copy versions that are about to be replaced into history; `rows` is the FROM and WHERE that pick x."""
    columns = ", ".join(landing.columns)
    picked = ", ".join(f"x.{column}" for column in landing.columns)
    books.run(
        f"INSERT INTO {landing.table.base}_history (tenant_id, {columns}, batch, closed, to_batch)"
        f" SELECT x.tenant_id, {picked}, x.batch, x.closed, :batch {rows}"
    )


def _update(books: Books, landing: Landing, part: Part) -> int:
    changed = (
        f"FROM resolved AS r JOIN {part.stage} AS s ON s.n = r.n"
        f" CROSS JOIN {landing.table.base} AS x WHERE r.act = {CHANGED} AND r.problem IS NULL AND {_located(landing)}"
    )
    if not books.value(f"SELECT EXISTS (SELECT 1 FROM resolved WHERE act = {CHANGED} AND problem IS NULL)"):
        return 0
    _keep(books, landing, changed)
    values = _values(landing, part)
    given = {field.column for field in landing.stored if field.name in part.names}
    moving = set(landing.parent_columns) if landing.key else set()
    moving |= {"effective_day", "until_day"} & set(values)
    sets = ", ".join(f"{column} = {value}" for column, value in values.items() if column in given | moving)
    return books.run(
        f"UPDATE {landing.table.base} AS x SET {sets}, batch = :batch, closed = 0"
        f" FROM resolved AS r JOIN {part.stage} AS s ON s.n = r.n"
        f" WHERE r.act = {CHANGED} AND r.problem IS NULL AND {_located(landing)}"
    )


def _close_gone(books: Books, landing: Landing, part: Part, full: bool) -> int:
    """Close the rows that the file no longer has, where it speaks for them."""
    gone = _gone(books, landing, part, full)
    if gone is None:
        return 0
    key = ", ".join(landing.primary_key)
    books.run("DROP TABLE IF EXISTS temp.gone")
    books.run("CREATE INDEX temp.resolved_parent ON resolved (a, b)")
    books.run("CREATE INDEX temp.resolved_own ON resolved (own)")
    picked = ", ".join(f"x.{column}" for column in landing.primary_key)
    books.run(
        f"CREATE TEMP TABLE gone AS SELECT {picked} FROM {landing.table.base} AS x"
        f" WHERE x.tenant_id = :tenant AND x.closed = 0 AND {landing.scope} AND {gone}",
    )
    matched = " AND ".join(f"x.{column} = g.{column}" for column in landing.primary_key)
    rows = f"FROM temp.gone AS g CROSS JOIN {landing.table.base} AS x WHERE x.tenant_id = :tenant AND {matched}"
    _keep(books, landing, rows)
    for column, touched in landing.touches.items():
        books.run(f"INSERT OR IGNORE INTO {touched} SELECT x.{column} {rows}")
    day_totals.take_back(books.connection, books.tenant)
    days = f", effective_day = {NEVER}, until_day = {NEVER}" if landing.numbered else ""
    return books.run(
        f"UPDATE {landing.table.base} SET batch = :batch, closed = 1{days}"
        f" WHERE tenant_id = :tenant AND ({key}) IN (SELECT {key} FROM temp.gone)"
    )


def nameless_rejects(books: Books, landing: Landing) -> bool:
    """Whether the file holds rejected rows that cannot be named for sure: any row of the ledger might be one of them."""
    return bool(
        books.value(
            "SELECT EXISTS (SELECT 1 FROM fresh_rejects WHERE table_name = :table AND reject_id IS NULL"
            " AND (column_name = '' OR coalesce(row_key, set_key) IS NULL))",
            table=landing.table.name,
        )
    )


def _gone(books: Books, landing: Landing, part: Part, full: bool) -> str | None:
    """SQL: mirror row x is missing from a file that speaks for it. None where this file speaks for no missing row."""
    table = landing.table
    mute = nameless_rejects(books, landing)
    if landing.numbered:
        return _gone_applications(books, landing, part, full, mute or part.retry)
    if mute or (part.retry and not table.set_of) or not (full or table.set_of):
        return None
    if landing.key:
        return (
            f"x.{landing.key} NOT IN (SELECT own FROM resolved WHERE own IS NOT NULL) AND NOT EXISTS"
            f" (SELECT 1 FROM fresh_rejects AS f WHERE f.table_name = '{table.name}' AND f.row_key = x.id)"
        )
    if not landing.parents:
        matched = " AND ".join(f"coalesce(s.{place}, '') = x.{place}" for place in landing.places)
        key = " || '/' || ".join(f"x.{place}" for place in landing.places)
        return (
            f"NOT EXISTS (SELECT 1 FROM {part.stage} AS s WHERE {matched}) AND NOT EXISTS"
            f" (SELECT 1 FROM fresh_rejects AS f WHERE f.table_name = '{table.name}' AND f.row_key = {key})"
        )
    parent = landing.parents[0]
    # A set with a rejected row speaks for nothing: its earlier rows stay until the whole of it can be read.
    troubled = (
        f"SELECT 1 FROM fresh_rejects AS f JOIN {parent.table.base} AS p ON p.tenant_id = :tenant"
        f" AND p.{parent.key} = x.{parent.column} WHERE f.table_name = '{table.name}' AND f.set_key = p.id"
    )
    spoken = "1" if full else f"x.{parent.column} IN (SELECT a FROM resolved WHERE problem IS NULL)"
    return f"{spoken} AND {_absent(landing)} AND NOT EXISTS ({troubled})"


def _absent(landing: Landing) -> str:
    pairs = " AND ".join(f"r.{alias} = x.{column}" for column, alias in landing.parent_columns.items())
    return f"NOT EXISTS (SELECT 1 FROM resolved AS r WHERE {pairs} AND r.place = x.{landing.places[0]})"


def _gone_applications(books: Books, landing: Landing, part: Part, full: bool, mute: bool) -> str | None:
    """SQL for an application that moved to another pair, or that is gone; a `mute` part tells only of those that moved."""
    rejected = "SELECT 1 FROM fresh_rejects AS f WHERE f.table_name = 'payment_applications'"
    # Its earlier version stays where a rejected row of the payer is, or might be, the same one.
    pair = (
        "(SELECT p.source_type || '/' || p.id || '/' || i.id || '/' FROM erp_sources AS p"
        " JOIN erp_invoices AS i ON i.tenant_id = p.tenant_id AND i.invoice_key = x.invoice_key"
        " WHERE p.tenant_id = x.tenant_id AND p.source_key = x.source_key)"
    )
    payer = (
        "(SELECT p.source_type || '/' || p.id FROM erp_sources AS p"
        " WHERE p.tenant_id = x.tenant_id AND p.source_key = x.source_key)"
    )
    kept = (
        f"iif(x.application_id IS NULL, EXISTS ({rejected} AND f.set_key = {payer}"
        f" AND (f.row_key IS NULL OR instr(f.row_key, {pair}) = 1)), EXISTS ({rejected} AND f.row_key = x.application_id))"
    )
    if not books.value("SELECT EXISTS (SELECT 1 FROM fresh_rejects WHERE table_name = 'payment_applications')"):
        kept = "0"  # not asked of a million rows for nothing
    if "id" not in part.names and mute:
        return None
    landed = f"SELECT %s FROM resolved AS r JOIN {part.stage} AS s ON s.n = r.n WHERE r.problem IS NULL AND s.id %s"
    named, payers = landed % ("s.id AS id", "IS NOT NULL"), landed % ("r.a", "IS NULL")
    moved = f"x.application_id IN ({named})" if "id" in part.names else "0"
    if full and not mute:
        near, speaks = "1", "1"
    elif "id" in part.names:
        # The few payers it can be about stand first, because no index serves two conditions joined by OR.
        near = (
            f"x.source_key IN ({payers} UNION ALL SELECT m.source_key FROM ({named}) AS n CROSS JOIN erp_applications AS m"
            " INDEXED BY erp_applications_by_id ON m.tenant_id = :tenant AND m.application_id = n.id AND m.closed = 0)"
        )
        speaks = "0" if mute else f"x.application_id IS NULL AND x.source_key IN ({payers})"
    else:
        near, speaks = "x.source_key IN (SELECT a FROM resolved WHERE problem IS NULL)", "x.application_id IS NULL"
    return f"{near} AND ({moved} OR ({speaks} AND NOT {kept})) AND {_absent(landing)}"


def _touch_resolved(books: Books, landing: Landing) -> None:
    """Note the documents whose balance new and changed rows concern, both where a changed row hung before and where it will."""
    aliases = landing.parent_columns | ({landing.key: "own"} if landing.key else {})
    for column, touched in landing.touches.items():
        books.run(
            f"INSERT OR IGNORE INTO {touched} SELECT {aliases[column]} FROM resolved WHERE act > 0 AND problem IS NULL"
        )
        if landing.key and column != landing.key:
            books.run(
                f"INSERT OR IGNORE INTO {touched} SELECT x.{column} FROM resolved AS r CROSS JOIN {landing.table.base} AS x"
                f" WHERE r.act = {CHANGED} AND r.problem IS NULL AND x.tenant_id = :tenant AND x.{landing.key} = r.own"
            )
    if landing.table.name == "customers":
        # An invoice without a due date is due by its customer's terms.
        books.run(
            f"""
            INSERT OR IGNORE INTO touched_invoices
            SELECT i.invoice_key FROM resolved AS r CROSS JOIN ar_accounts AS a CROSS JOIN ar_items AS i
             WHERE r.act = {CHANGED} AND r.problem IS NULL AND a.tenant_id = :tenant AND a.customer_key = r.own
               AND i.account_id = a.account_id AND i.flags & 1
            """
        )
