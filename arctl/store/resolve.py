"""Finding each staged row's place in the mirror: its parents, its earlier version, and why it cannot land."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from arctl.core.mirror import Field, Kind
from arctl.store import staging
from arctl.store.landing import Landing, Parent, application_bounds_sql, scale_sql
from arctl.store.staging import Part

UNCHANGED, NEW, CHANGED = 0, 1, 2

_MARK = "char(31)"
_MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Books:
    """Whose mirror a sync writes, as which batch; `company` is the one a row belongs to that names none."""

    connection: sqlite3.Connection
    tenant: int
    batch: int
    company: int

    def run(self, sql: str, **more: int | str) -> int:
        """Run one statement with the sync's own values bound; the number of rows it changed."""
        values = {"tenant": self.tenant, "batch": self.batch, "company": self.company, **more}
        return self.connection.execute(sql, values).rowcount

    def value(self, sql: str, **more: int | str) -> int:
        """The single number that a query answers."""
        values = {"tenant": self.tenant, "batch": self.batch, "company": self.company, **more}
        row = self.connection.execute(sql, values).fetchone()
        return int(row[0] or 0)


def value_sql(part: Part, field: Field, staged: dict[str, str], earlier: str) -> str:
    """SQL for the value a row gets in a field's column.

    `staged` gives the SQL for company, currency and scale; `earlier` for the version that keeps its value where the file
    has no such column (the prefix "x.", or "" where there is none).
    """
    quoted = f"'{field.default}'" if isinstance(field.default, str) else str(field.default)
    default = "NULL" if field.default is None else quoted
    if field.kind is Kind.COMPANY:
        return staged["company"]
    if field.kind is Kind.CURRENCY:
        return staged["currency"]
    if field.name not in part.names:
        return f"coalesce({earlier}{field.column}, {default})" if earlier else default
    given = f's."{field.name}"'
    if field.kind in (Kind.AMOUNT, Kind.SIGNED):
        given = f"{given} / {staged['scale']}"
    return given if field.default is None else f"coalesce({given}, {default})"


def _company(landing: Landing, part: Part) -> str:
    if landing.company != "$company_id":
        return landing.company
    if "company" in part.names:
        return "CASE WHEN s.company IS NULL THEN :company ELSE g.company_id END"
    return "coalesce(x.company_id, :company)"


def _currency(landing: Landing, part: Part) -> str:
    if landing.currency != "$currency":
        return landing.currency
    return f"coalesce({'s' if 'currency' in part.names else 'x'}.currency, k.base_currency)"


def _fill(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda found: f"({values[found[1]]})", text)


def _fresh_installments(parts: Sequence[Part]) -> str:
    """SQL: this sync stages instalments of the invoice, all of them readable, that sum to its amount."""
    for part in parts:
        if part.table.name == "invoice_installments" and not part.retry:
            return (
                "(SELECT sum(p.amount) = s.amount AND min(p.installment) > 0 AND count(*) = count(DISTINCT p.installment)"
                f" FROM {part.stage} AS p WHERE p.invoice_id = s.id) AND NOT EXISTS ("
                "SELECT 1 FROM fresh_rejects AS f WHERE f.table_name = 'invoice_installments' AND f.set_key = s.id)"
            )
    return "0"


def _problem(landing: Landing, part: Part, values: dict[str, str]) -> str:
    """SQL: NULL where the row can land, else the column to blame, a mark, and the reason."""
    cases = [
        f"WHEN {parent.alias}.closed IS NULL THEN '{_blamed(parent)}' || {_MARK} || '{_MISSING} {parent.alias}'"
        for parent in landing.parents
    ]
    for field in landing.stored:
        if field.kind in (Kind.AMOUNT, Kind.SIGNED) and field.name in part.names:
            reason = f"{values['currency']} || ' has no such decimals'"
            cases.append(
                f"WHEN s.\"{field.name}\" % ({values['scale']}) <> 0 THEN '{field.name}' || {_MARK} || {reason}"
            )
    for check in landing.checks:
        blamed = f"'{check.column}' || {_MARK} || {_fill(check.reason, values)}"
        cases += [f"WHEN {_fill(check.fails, values)} THEN {blamed}"]
    return f"CASE {' '.join(cases)} END" if cases else "NULL"


def _blamed(parent: Parent) -> str:
    return "source_id" if parent.key == "source_key" else f"{parent.label}_id"


def _place(landing: Landing) -> str:
    """SQL for what tells rows of one parent apart: their line, instalment or slot."""
    if len(landing.places) != 1:
        return "NULL"
    return f's."{landing.places[0]}"'


def _source(books: Books, landing: Landing, part: Part) -> str:
    """The staged rows; where equal ones must be told apart, with a slot numbered in the order of their amounts."""
    if not landing.numbered:
        return part.stage
    has_id = "id" in part.names
    known = [column for column in landing.numbered if column in part.names] + (["id"] if has_id else [])
    order = ", ".join(column for column in ("amount", "discount", "n") if column == "n" or column in part.names)
    date = "coalesce(applied_on, '')" if "applied_on" in part.names else "''"
    slot = date
    if not _all_differ(books, landing, part):
        number = f"row_number() OVER (PARTITION BY {', '.join(known)} ORDER BY {order})"
        slot = f"{date} || CASE {number} WHEN 1 THEN '' ELSE '#' || {number} END"
    if has_id:
        slot = f"CASE WHEN id IS NULL THEN {slot} ELSE 'id:' || id END"
    return f"(SELECT *, {slot} AS slot FROM {part.stage})"


def _all_differ(books: Books, landing: Landing, part: Part) -> bool:
    """Whether no two of the staged rows without an id need a number; most files are so, and numbering costs a sort of all."""
    # The source's type tells few rows apart and stands last; only a date may be empty, and two empty ones are equal.
    known = ", ".join(
        f"coalesce({column}, '')" if column == "applied_on" else column
        for column in (*landing.numbered[1:], landing.numbered[0])
        if column in part.names
    )
    nameless = "WHERE id IS NULL" if "id" in part.names else ""
    try:
        books.run(f"CREATE UNIQUE INDEX temp.{part.stage}_differ ON {part.stage} ({known}) {nameless}")
    except sqlite3.IntegrityError:
        return False
    books.run(f"DROP INDEX temp.{part.stage}_differ")
    return True


def _last_key(books: Books, landing: Landing) -> int:
    """The highest key that any tenant uses; tenant by tenant, because only within one are they in order."""
    return books.value(
        f"SELECT max((SELECT max({landing.key}) FROM {landing.table.base} AS x WHERE x.tenant_id = t.tenant_id)) FROM tenants AS t"
    )


def resolve(books: Books, landing: Landing, part: Part, parts: Sequence[Part]) -> None:
    """Fill the temporary table `resolved`: one row per staged row, with its keys, what is to be done, and any problem."""
    if "company" in part.names:
        _add_companies(books, part)
    values = {"company": _company(landing, part), "currency": _currency(landing, part)}
    values["scale"] = scale_sql(values["currency"])
    for field in landing.stored:
        values[field.column] = value_sql(part, field, values, "x.")
    values["fresh_installments"] = _fresh_installments(parts)
    present = [field for field in landing.stored if field.name in part.names]
    new, old = ", ".join(values[field.column] for field in present), ", ".join(f"x.{field.column}" for field in present)
    for parent in landing.parents:
        if landing.key:
            new, old = f"{new}, {parent.alias}.{parent.key}", f"{old}, x.{parent.column}"
    own = f"coalesce(x.{landing.key}, :next + s.n)" if landing.key else "NULL"
    keys = [f"{parent.alias}.{parent.key}" for parent in landing.parents] + ["NULL", "NULL"]
    # Not executescript: that commits the transaction it is called in.
    books.run("DROP TABLE IF EXISTS temp.resolved")
    books.run(
        # Keys are typed: an index on a column of no type cannot serve a comparison with an INTEGER one.
        "CREATE TEMP TABLE resolved (n INTEGER PRIMARY KEY, own INTEGER, a INTEGER, b INTEGER, place, company INTEGER,"
        " currency, scale INTEGER, begins INTEGER, ends INTEGER, act INTEGER, problem)"
    )
    following = _last_key(books, landing) if landing.key else 0
    books.run(
        f"""
        INSERT INTO resolved
        SELECT s.n, {own}, {keys[0]}, {keys[1]}, {_place(landing)}, {values["company"]}, {values["currency"]},
               {values["scale"]}, {_days(landing, part)},
               CASE WHEN x.batch IS NULL THEN {NEW} WHEN x.closed = 1 OR ({new}) IS NOT ({old}) THEN {CHANGED}
                    ELSE {UNCHANGED} END,
               {_problem(landing, part, values)}
          FROM {_source(books, landing, part)} AS s {_joins(landing, part, values["company"])}
        """,
        next=following,
    )


def _days(landing: Landing, part: Part) -> str:
    if not landing.numbered:
        return "NULL, NULL"
    # The bounds and not the days: each day is made of both, and a bound costs more than comparing two numbers later.
    return ", ".join(application_bounds_sql("s.applied_on" if "applied_on" in part.names else "NULL", "a", "b"))


def _joins(landing: Landing, part: Part, company: str) -> str:
    joins = [
        f"LEFT JOIN {parent.table.base} AS {parent.alias} ON {parent.alias}.tenant_id = :tenant AND {parent.match}"
        f" AND {parent.alias}.closed = 0"
        for parent in landing.parents
    ]
    joins.append(f"LEFT JOIN {landing.table.base} AS x ON x.tenant_id = :tenant AND {landing.existing}")
    if "company" in part.names:
        joins.append("LEFT JOIN companies AS g ON g.tenant_id = :tenant AND g.name = s.company")
    joins.append(f"LEFT JOIN companies AS k ON k.tenant_id = :tenant AND k.company_id = {company}")
    return "\n".join(joins)


def _add_companies(books: Books, part: Part) -> None:
    """A company that the ERP names is a fact: it joins the tenant with the first company's currency and clock."""
    books.run(
        f"""
        INSERT INTO companies (tenant_id, company_id, name, base_currency, time_zone, books_from)
        SELECT k.tenant_id, (SELECT max(company_id) FROM companies WHERE tenant_id = :tenant)
                            + row_number() OVER (ORDER BY s.company), s.company, k.base_currency, k.time_zone, k.books_from
          FROM (SELECT DISTINCT company FROM {part.stage} WHERE company IS NOT NULL) AS s
          JOIN companies AS k ON k.tenant_id = :tenant AND k.company_id = :company
         WHERE s.company NOT IN (SELECT name FROM companies WHERE tenant_id = :tenant)
        """
    )
    books.run(
        """
        INSERT OR IGNORE INTO company_clock (tenant_id, company_id, from_utc, offset_minutes)
        SELECT c.tenant_id, c.company_id, k.from_utc, k.offset_minutes
          FROM companies AS c JOIN company_clock AS k ON k.tenant_id = c.tenant_id AND k.company_id = :company
         WHERE c.tenant_id = :tenant
        """
    )


def find_repeats(books: Books, landing: Landing, part: Part) -> None:
    """Rows that share an identity within one file are all rejected: which of them is right would be a guess."""
    columns = [column for column in landing.table.identity if column in part.names]
    if len(columns) < len(landing.table.identity):
        return
    listed = ", ".join(f'"{column}"' for column in columns)
    given = f' WHERE "{columns[0]}" IS NOT NULL' if landing.numbered else ""
    try:
        books.run(f"CREATE UNIQUE INDEX temp.{part.stage}_identity ON {part.stage} ({listed}){given}")
    except sqlite3.IntegrityError:
        name = staging.identity_sql(columns, "s.")
        pairs = " AND ".join(f's."{column}" = d."{column}"' for column in columns)
        books.run(
            f"""
            UPDATE resolved SET problem = (
              SELECT '{columns[-1]}' || {_MARK} || {name} || ' stands on lines ' || d.lines
                FROM {part.stage} AS s
                JOIN (SELECT {listed}, group_concat(at_line, ', ') AS lines
                        FROM (SELECT * FROM {part.stage}{given} ORDER BY n) GROUP BY {listed} HAVING count(*) > 1) AS d ON {pairs}
               WHERE s.n = resolved.n)
             WHERE n IN (SELECT s.n FROM {part.stage} AS s JOIN (
                 SELECT {listed} FROM {part.stage}{given} GROUP BY {listed} HAVING count(*) > 1) AS d ON {pairs})
            """
        )


def find_orphans(books: Books, part: Part) -> None:
    """Customers whose parent is neither in the ledger nor landing now; repeated, because an orphan's children are orphans."""
    if part.table.name != "customers" or "parent_id" not in part.names:
        return
    while books.run(
        f"""
        UPDATE resolved SET problem = (SELECT 'parent_id' || {_MARK} || 'no customer "' || s.parent_id
                                         || '" in the file or the ledger' FROM {part.stage} AS s WHERE s.n = resolved.n)
         WHERE problem IS NULL AND n IN (
           SELECT s.n FROM {part.stage} AS s
            WHERE s.parent_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM erp_customers AS c WHERE c.tenant_id = :tenant AND c.id = s.parent_id)
              AND NOT EXISTS (SELECT 1 FROM {part.stage} AS p JOIN resolved AS r ON r.n = p.n
                               WHERE p.id = s.parent_id AND r.problem IS NULL))
        """
    ):
        pass


def reject_broken_sets(books: Books, landing: Landing, part: Part) -> None:
    """Lines and instalments come all together: one bad row rejects its whole set, and instalments must sum."""
    if not landing.table.set_of or landing.numbered:
        return
    if landing.table.name == "invoice_installments":
        books.run(
            f"""
            UPDATE resolved SET problem = 'amount' || {_MARK} || 'the instalments of its invoice do not sum to its amount'
             WHERE problem IS NULL AND a IN (
               SELECT r.a FROM resolved AS r JOIN {part.stage} AS s ON s.n = r.n
                 JOIN erp_invoices AS i ON i.tenant_id = :tenant AND i.invoice_key = r.a
                WHERE r.problem IS NULL GROUP BY r.a HAVING sum(s.amount / r.scale) <> i.amount_cents)
            """
        )
    document = landing.table.set_of[0]
    books.run(
        f"""
        UPDATE resolved SET problem = '{document}' || {_MARK} || 'another row of the same document was rejected, line ' || coalesce(
                 (SELECT min(s.at_line) FROM resolved AS r JOIN {part.stage} AS s ON s.n = r.n
                   WHERE r.problem IS NOT NULL AND r.a = resolved.a),
                 (SELECT min(f.line) FROM fresh_rejects AS f JOIN {part.stage} AS s ON s.n = resolved.n
                   WHERE f.table_name = :table AND f.set_key = s."{document}"))
         WHERE problem IS NULL
           AND (a IN (SELECT a FROM resolved WHERE problem IS NOT NULL)
                OR n IN (SELECT s.n FROM fresh_rejects AS f JOIN {part.stage} AS s ON s."{document}" = f.set_key
                          WHERE f.table_name = :table))
        """,
        table=landing.table.name,
    )


def collect_rejects(books: Books, landing: Landing, part: Part) -> int:
    """Move the rows with a problem into fresh_rejects, each with its cause; returns how many."""
    if not books.value("SELECT EXISTS (SELECT 1 FROM resolved WHERE problem IS NOT NULL)"):
        return 0
    texts = {name: _text_sql(landing.table.field(name)) for name in part.names}
    value = " ".join(f"WHEN '{name}' THEN {text}" for name, text in texts.items())
    header = ", ".join(f"'{name}'" for name in part.names)
    dated = staging.date_field(landing.table)
    column, reason = f"substr(problem, 1, instr(problem, {_MARK}) - 1)", f"substr(problem, instr(problem, {_MARK}) + 1)"
    return books.run(
        f"""
        INSERT INTO fresh_rejects (table_name, file, line, column_name, value, reason, row_key, set_key, document_date,
                                   row_json, reject_id)
        SELECT :table, coalesce(p.file, :file), coalesce(p.line, s.at_line), {column},
               substr(coalesce(CASE {column} {value} END, ''), 1, 200),
               CASE {reason} {_causes(landing)} ELSE {reason} END,
               {staging.row_key_sql(landing.table, part.names, "s.")},
               {staging.reject_set_key_sql(landing.table, part.names, "s.")},
               {f"s.{dated}" if dated else "NULL"},
               json_object('header', json_array({header}), 'cells', json_array({", ".join(texts.values())})), s.retries
          FROM resolved AS r JOIN {part.stage} AS s ON s.n = r.n
          LEFT JOIN sync_rejects AS p ON p.reject_id = s.retries
         WHERE r.problem IS NOT NULL
         ORDER BY r.n
        """,
        table=landing.table.name,
        file=part.file,
    )


def _causes(landing: Landing) -> str:
    """SQL: for a parent that is missing, whether it was rejected itself, and where."""
    cases = []
    for parent in landing.parents:
        tables = "'customer_payments', 'credit_memos'" if parent.key == "source_key" else f"'{parent.table.name}'"
        key = "s.source_id" if parent.key == "source_key" else parent.named
        if parent.key == "source_key":
            tables = "CASE s.source_type WHEN 'payment' THEN 'customer_payments' ELSE 'credit_memos' END"
        said = f"'its {parent.label} ' || {parent.named} ||"
        cases.append(
            f"WHEN '{_MISSING} {parent.alias}' THEN coalesce("
            f"(SELECT {said} ' was rejected, ' || f.file || ' line ' || f.line FROM fresh_rejects AS f"
            f" WHERE f.table_name = {tables} AND f.row_key = {key} LIMIT 1),"
            f"(SELECT {said} ' is still rejected, ' || f.file || ' line ' || f.line FROM sync_rejects AS f"
            f" WHERE f.tenant_id = :tenant AND f.table_name = {tables} AND f.row_key = {key} AND f.status = 'pending' LIMIT 1),"
            f"'no {parent.label} \"' || {parent.named} || '\" in the file or the ledger')"
        )
    return " ".join(cases) if cases else "WHEN '' THEN ''"


def _text_sql(field: Field) -> str:
    """SQL for a staged value as text that reads back as the same value."""
    value = f's."{field.name}"'
    if field.kind in (Kind.AMOUNT, Kind.SIGNED):
        return _decimal_sql(value, 3)
    if field.kind is Kind.QUANTITY:
        return _decimal_sql(value, 6)
    return f"coalesce(CAST({value} AS TEXT), '')"


def _decimal_sql(value: str, digits: int) -> str:
    unit = 10**digits
    text = f"printf('%s%d.%0{digits}d', iif({value} < 0, '-', ''), abs({value}) / {unit}, abs({value}) % {unit})"
    return f"iif({value} IS NULL, '', rtrim(rtrim({text}, '0'), '.'))"
