"""Landing resolved rows: close what is gone, keep what is replaced in history, update, insert, and note what was touched."""

from collections.abc import Sequence
from dataclasses import dataclass

from arctl.store import resolve
from arctl.store.landing import Landing
from arctl.store.resolve import CHANGED, NEW, Books, value_sql
from arctl.store.staging import Part

NEVER = 100_000


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
    closed = 0 if opening or part.retry else _close_gone(books, landing, part, full)
    if not opening:
        _touch_resolved(books, landing)
    updated = 0 if opening else _update(books, landing, part)
    inserted = _insert(books, landing, part)
    return Landed(inserted, updated, staged - inserted - updated - rejected, closed, rejected)


def _values(landing: Landing, part: Part) -> dict[str, str]:
    """Base column -> SQL for its value, out of the resolved row r and the staged row s."""
    staged = {"company": "r.company", "currency": "r.currency", "scale": "r.scale"}
    values = {landing.key: "r.own"} if landing.key else {}
    values |= landing.constants
    values |= {column: f"r.{alias}" for column, alias in landing.parent_columns.items()}
    values |= {field.column: value_sql(landing, part, field, staged, "") for field in landing.stored}
    if landing.numbered:
        values |= {"slot": "r.place", "effective_day": "r.effective_day", "until_day": "r.until_day"}
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
    gone = _gone(landing, part, full)
    if gone is None:
        return 0
    key = ", ".join(landing.primary_key)
    books.run("DROP TABLE IF EXISTS temp.gone")
    books.run("CREATE INDEX temp.resolved_parent ON resolved (a)")
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
    days = f", effective_day = {NEVER}, until_day = {NEVER}" if landing.numbered else ""
    return books.run(
        f"UPDATE {landing.table.base} SET batch = :batch, closed = 1{days}"
        f" WHERE tenant_id = :tenant AND ({key}) IN (SELECT {key} FROM temp.gone)"
    )


def _gone(landing: Landing, part: Part, full: bool) -> str | None:
    """SQL: mirror row x is missing from a file that speaks for it. None where this file never speaks for missing rows."""
    table = landing.table
    if landing.key:
        if not full:
            return None
        return (
            f"x.{landing.key} NOT IN (SELECT own FROM resolved WHERE own IS NOT NULL) AND NOT EXISTS"
            f" (SELECT 1 FROM fresh_rejects AS f WHERE f.table_name = '{table.name}' AND f.row_key = x.id)"
        )
    if not landing.parents:
        if not full:
            return None
        matched = " AND ".join(f"coalesce(s.{place}, '') = x.{place}" for place in landing.places)
        key = " || '/' || ".join(f"x.{place}" for place in landing.places)
        return (
            f"NOT EXISTS (SELECT 1 FROM {part.stage} AS s WHERE {matched}) AND NOT EXISTS"
            f" (SELECT 1 FROM fresh_rejects AS f WHERE f.table_name = '{table.name}' AND f.row_key = {key})"
        )
    parent = landing.parents[0]
    others = "".join(f" AND r.{alias} = x.{column}" for column, alias in landing.parent_columns.items() if alias != "a")
    absent = f"NOT EXISTS (SELECT 1 FROM resolved AS r WHERE r.a = x.{parent.column}{others} AND r.place = x.{landing.places[0]})"
    # A set with a rejected row speaks for nothing: its earlier rows stay until the whole of it can be read.
    document = "p.source_type || '/' || p.id" if landing.numbered else "p.id"
    troubled = (
        f"x.{parent.column} NOT IN (SELECT a FROM resolved WHERE problem IS NOT NULL AND a IS NOT NULL) AND NOT EXISTS"
        f" (SELECT 1 FROM fresh_rejects AS f JOIN {parent.table.base} AS p ON p.tenant_id = :tenant AND p.{parent.key} = x.{parent.column}"
        f" WHERE f.table_name = '{table.name}' AND f.set_key = {document})"
    )
    if full:
        return f"{absent} AND {troubled}"
    spoken = "SELECT a FROM resolved WHERE problem IS NULL"
    if not landing.numbered:
        return f"x.{parent.column} IN ({spoken}) AND {absent} AND {troubled}"
    if "id" not in part.names:
        return f"x.application_id IS NULL AND x.{parent.column} IN ({spoken}) AND {absent} AND {troubled}"
    nameless = f"SELECT r.a FROM resolved AS r JOIN {part.stage} AS s ON s.n = r.n WHERE r.problem IS NULL AND s.id IS NULL"
    moved = f"x.application_id IN (SELECT s.id FROM {part.stage} AS s JOIN resolved AS r ON r.n = s.n WHERE r.problem IS NULL)"
    return f"((x.application_id IS NULL AND x.{parent.column} IN ({nameless})) OR {moved}) AND {absent} AND {troubled}"


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
