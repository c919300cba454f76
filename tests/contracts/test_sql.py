"""A contract's SQL: it reads the ledger as it stood, and can do nothing else; conditions are asked of what was loaded."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from arctl.core.contract import Place
from arctl.errors import BadInput, LedgerError
from arctl.store import contract_sql
from arctl.store.contract_sql import ContextBase, ContractLedger
from arctl.store.ledger import create, open_ledger

HERE = Path(__file__).parent
PLACE = Place("mine.yaml", 7, 10)
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of one tenant, to be copied."""
    made = tmp_path_factory.mktemp("empty") / "l.db"
    create(made, "default")
    return made


@pytest.fixture
def path(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "l.db"))


@pytest.fixture
def ledger(path: Path) -> Iterator[ContractLedger]:
    with ContractLedger(path, most_steps=5_000_000) as opened:
        yield opened


@pytest.fixture
def base() -> Iterator[ContextBase]:
    made = ContextBase(most_steps=5_000_000)
    made.load("aging", ["customer_id", "currency", "cents"], [("a", "USD", 5), ("b", "EUR", 7), ("c", "USD", None)])
    made.load("none", ["x"], [])
    yield made
    made.close()


def _content(path: Path) -> tuple[str, int]:
    """The ledger's bytes, and how many wait beside it: what a statement that writes would change."""
    beside = path.with_name(f"{path.name}-wal")
    return hashlib.sha256(path.read_bytes()).hexdigest(), beside.stat().st_size if beside.exists() else 0


@pytest.mark.parametrize(
    ("sql", "cause"),
    [
        ("INSERT INTO settings VALUES (1, 'a', 'b', NULL, NULL)", "does more than read"),
        ("DELETE FROM tenants", "does more than read"),
        ("UPDATE companies SET name = 'x'", "does more than read"),
        ("WITH x AS (SELECT 1) DELETE FROM tenants", "does more than read"),
        ("WITH x AS (SELECT 1) INSERT INTO tenants (name) SELECT 'x'", "does more than read"),
        ("CREATE TABLE t (a)", "does more than read"),
        ("CREATE TEMP TABLE t (a)", "does more than read"),
        ("DROP VIEW customers", "does more than read"),
        ("PRAGMA query_only = OFF", "does more than read"),
        ("PRAGMA writable_schema = ON", "does more than read"),
        ("SELECT * FROM pragma_table_info('settings')", "does more than read"),
        ("ATTACH ':memory:' AS other", "does more than read"),
        ("ATTACH '/tmp/other.db' AS other", "does more than read"),
        ("DETACH main", "does more than read"),
        ("VACUUM INTO '/tmp/copy.db'", "does more than read"),
        ("BEGIN IMMEDIATE", "does more than read"),
        ("COMMIT", "does more than read"),
        ("EXPLAIN SELECT 1", "does more than read"),
        ("REINDEX", "does more than read"),
        ("", "does more than read"),
        ("-- only a comment", "does more than read"),
        ("SELECT load_extension('x')", "not authorized to use function"),
        ("SELECT 1; DELETE FROM tenants", "more than one statement"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        (ENDLESS, "takes too long, or has no end"),
        ("SELECT count(*) FROM days AS a, days AS b, days AS c", "takes too long, or has no end"),
        ("SELECT zeroblob(500000000)", "too big"),
        ("SELECT no_such FROM customers", "no such column: no_such"),
        ("SELECT 1 FROM nowhere", "no such table: nowhere"),
        ("SELECT :nobody", ":nobody has no value"),
        ("SELECT ?", "no name"),
        ("SELEC 1", "does more than read"),
        ("SELECT 1 WHERE", "incomplete input"),
    ],
)
def test_a_query_that_does_more_than_read_is_refused_and_nothing_changes(
    ledger: ContractLedger, path: Path, sql: str, cause: str
) -> None:
    before = _content(path)

    with pytest.raises(BadInput) as refused:
        ledger.query(sql, {"day": "2026-06-30"}, PLACE)

    assert refused.value.message.startswith("mine.yaml:7:10: ")
    assert cause in refused.value.message
    assert " ".join(sql.split()) in refused.value.hint
    assert _content(path) == before
    assert ledger.query("SELECT 1 AS one", {}) == (["one"], [(1,)])  # it is as usable as before


def test_only_the_names_that_occur_are_bound_in_the_form_that_sql_takes(ledger: ContractLedger) -> None:
    params = {
        "yes": True,
        "tiers": {"firm": 60, "courtesy": 30},
        "name": "O'Neil; DROP TABLE tenants",
        "never": object(),
    }

    _, rows = ledger.query("SELECT :yes, :name, json_extract(:tiers, '$.firm'), ':never'", params)
    _, pairs = ledger.query("SELECT key, value FROM json_each(:tiers) ORDER BY key", params)

    assert rows == [(1, "O'Neil; DROP TABLE tenants", 60, ":never")]
    assert pairs == [("courtesy", 30), ("firm", 60)]


def test_all_questions_see_one_moment(path: Path) -> None:
    writer = open_ledger(path, "default")
    with ContractLedger(path) as reader:
        asked = "SELECT count(*) FROM tenants"
        before = reader.query(asked, {})[1]
        with writer.transaction() as connection:
            connection.execute("INSERT INTO tenants (name) VALUES ('second')")
        assert reader.query(asked, {})[1] == before == [(1,)]
    with ContractLedger(path) as reader:
        assert reader.query(asked, {})[1] == [(2,)]
    writer.close()


def test_a_query_that_gives_too_many_rows_is_stopped(ledger: ContractLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract_sql, "MOST_ROWS", 10)

    with pytest.raises(BadInput, match="more than 10 rows"):
        ledger.query("SELECT value FROM json_each('[1,2,3,4,5,6,7,8,9,10,11]')", {}, PLACE)


def test_a_ledger_that_is_not_there_is_no_contract_fault(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be opened"):
        ContractLedger(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_conditions_choose_rows_in_their_order(base: ContextBase) -> None:
    assert [row["customer_id"] for row in base.select("aging", None, {})] == ["a", "b", "c"]
    assert base.select("aging", "cents > :least", {"least": 5}) == [{"customer_id": "b", "currency": "EUR", "cents": 7}]
    assert base.select("aging", "cents < 100 OR NULL", {})[-1]["customer_id"] == "b"  # unknown does not hold
    assert base.select("none", None, {}) == []
    assert base.select(None, None, {}) == [{}]
    assert base.select(None, "EXISTS (SELECT 1 FROM aging WHERE cents = :c)", {"c": 7}) == [{}]
    assert base.select(None, "EXISTS (SELECT 1 FROM none)", {}) == []


def test_a_condition_can_name_the_row_it_is_asked_for(base: ContextBase) -> None:
    row = {"limit_cents": 6, "cents": 99, "odd name": 1}

    assert [each["customer_id"] for each in base.select("aging", "cents > limit_cents", {}, row)] == ["b"]
    assert base.holds("cents = 99 AND limit_cents = :six", {"six": 6}, row)
    assert base.value("value >= :staged", {"staged": 3}, {"value": 3}) == 1
    assert base.value("value >= :staged", {"staged": 3}, {"value": None}) is None
    assert not base.holds("value >= 1", {}, {"value": None})


@pytest.mark.parametrize(
    ("condition", "cause"),
    [
        ("1; DROP TABLE aging", "syntax error"),
        ("(SELECT 1 FROM nowhere)", "no such table"),
        ("cents > 1 -- and more", ""),
        ("1) --", "syntax error"),
        (f"({ENDLESS}) > 0", "no end"),
        (":nobody", "no value"),
        ("load_extension('x')", "not authorized"),
        ("(SELECT 1 FROM pragma_database_list)", "more than read"),
    ],
)
def test_conditions_cannot_do_more_either(base: ContextBase, condition: str, cause: str) -> None:
    if not cause:
        assert len(base.select("aging", condition, {})) == 2
        return
    with pytest.raises(BadInput, match=cause):
        base.select("aging", condition, {}, place=PLACE)
    assert len(base.select("aging", None, {})) == 3


@pytest.mark.parametrize(
    ("columns", "cause"),
    [
        (["a", "count(*)"], "column 2 .* no name"),
        (["a", "A"], "two columns"),
        (["a", "é"], "no name"),
        (["a b"], "no name"),
    ],
)
def test_columns_must_have_names_of_their_own(base: ContextBase, columns: list[str], cause: str) -> None:
    with pytest.raises(BadInput, match=cause):
        base.load("again", columns, [])


def test_names_that_look_like_sql_are_names(base: ContextBase) -> None:
    base.load("select", ["from", "where"], [(1, 2)])

    assert base.select("select", '"from" < "where"', {}) == [{"from": 1, "where": 2}]
