"""Whoever holds the file can change it: every check finds what was done behind arctl's back, and names it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integrity.conftest import Attacked, attacker


@dataclass(frozen=True, slots=True)
class Attack:
    """What is done, the check that must find it, and words of the finding's place and message."""

    name: str
    statements: tuple[str, ...]
    check: str
    where: str
    message: str


_INV_1 = "(SELECT invoice_key FROM erp_invoices WHERE id = 'INV-1')"
_INV_2 = "(SELECT invoice_key FROM erp_invoices WHERE id = 'INV-2')"

ATTACKS = (
    # references
    Attack(
        "a customer deleted",
        ("DELETE FROM erp_customers WHERE id = 'C2'",),
        "references",
        "erp_invoices id INV-3, tenant_id 1, invoice_key 3",
        "1 row refers to erp_customers tenant_id 1, customer_key 2, which is not there",
    ),
    Attack(
        "several rows of one parent",
        ("DELETE FROM erp_customers WHERE id = 'C1'",),
        "references",
        "erp_sources id PMT-1, tenant_id 1, source_key 1 and 1 more",
        "2 rows refer to erp_customers tenant_id 1, customer_key 1",
    ),
    Attack(
        "an application moved to an invoice that is not there",
        ("UPDATE erp_applications SET invoice_key = 99 WHERE application_id = 'A2'",),
        "references",
        "erp_applications tenant_id 1, source_key 1, invoice_key 99, slot id:A2",
        "refers to erp_invoices tenant_id 1, invoice_key 99",
    ),
    Attack(
        "a whole parent table dropped",
        ("DROP TABLE sync_batches",),
        "references",
        "erp_invoices",
        "to sync_batches, which holds none of them",
    ),
    # schema
    Attack("a view dropped", ("DROP VIEW customers",), "schema", "view customers", "is missing"),
    Attack(
        "a view altered",
        ("DROP VIEW company_today", "CREATE VIEW company_today AS SELECT 1 AS tenant_id, 1 AS company_id, '2026-01-01' AS today"),
        "schema",
        "view company_today",
        "is not as schema.sql defines it",
    ),
    Attack("an index dropped", ("DROP INDEX ar_items_by_invoice",), "schema", "index ar_items_by_invoice", "is missing"),
    Attack(
        "a column added",
        ("ALTER TABLE settings ADD COLUMN password TEXT",),
        "schema",
        "table settings",
        "is not as schema.sql defines it",
    ),
    Attack(
        "a constraint taken out",
        ("UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (amount_cents >= 0)', '') WHERE name = 'erp_invoices'",),
        "schema",
        "table erp_invoices",
        "is not as schema.sql defines it",
    ),
    Attack(
        "one letter within quotes",
        ("UPDATE sqlite_schema SET sql = replace(sql, '''credit_memo''', '''credit memo''') WHERE name = 'credit_memos'",),
        "schema",
        "view credit_memos",
        "is not as schema.sql defines it",
    ),
    Attack(
        "a trigger added",
        ("CREATE TRIGGER round AFTER INSERT ON erp_invoices BEGIN SELECT 1; END",),
        "schema",
        "trigger round",
        "was added to erp_invoices",
    ),
    Attack(
        "a trigger added to a view",
        ("CREATE TRIGGER hide INSTEAD OF DELETE ON customers BEGIN SELECT 1; END",),
        "schema",
        "trigger hide",
        "was added to customers",
    ),
    Attack(
        "a unique index added",
        ("CREATE UNIQUE INDEX once ON ar_accounts (customer_key, currency)",),
        "schema",
        "index once",
        "was added to ar_accounts",
    ),
    Attack("a day taken away", ("DELETE FROM days WHERE day = 20000",), "schema", "table days", "lacks 20000 2024-10-04"),
    Attack(
        "a minor unit changed",
        ("UPDATE minor_units SET per_unit = 1000 WHERE currency = 'JPY'",),
        "schema",
        "table minor_units",
        "holds besides JPY 1000",
    ),
    # derived balances
    Attack(
        "an application lost on both sides",
        ("DELETE FROM erp_applications WHERE application_id = 'A2'",),
        "derived balances",
        "invoice INV-2",
        "the mirror gives 490.00 USD",
    ),
    Attack(
        "an amount in ar_items",
        (f"UPDATE ar_items SET final_cents = final_cents + 1 WHERE invoice_key = {_INV_2}",),
        "derived balances",
        "invoice INV-2",
        "final balance 390.01 USD, the mirror gives 390.00 USD",
    ),
    Attack(
        "an amount of an instalment",
        ("UPDATE ar_items SET cap_cents = cap_cents + 1 WHERE installment = 2",),
        "derived balances",
        "invoice INV-3 instalment 2",
        "at most 150.01 EUR, the mirror gives 150.00 EUR",
    ),
    Attack(
        "a settled day",
        (f"UPDATE ar_items SET settled_day = settled_day + 1 WHERE invoice_key = {_INV_1}",),
        "derived balances",
        "invoice INV-1",
        "settled on 2026-04-03, the mirror gives 2026-04-02",
    ),
    Attack(
        "an open invoice settled",
        (f"UPDATE ar_items SET settled_day = 20000 WHERE invoice_key = {_INV_2}",),
        "derived balances",
        "invoice INV-2",
        "settled on 2024-10-04, the mirror gives never",
    ),
    Attack(
        "a balance between that is none",
        (f"UPDATE ar_items SET middle_cents = 1 WHERE invoice_key = {_INV_1}",),
        "derived balances",
        "invoice INV-1",
        "balance between 0.01 USD, the mirror gives nothing",
    ),
    Attack(
        "a due date",
        (f"UPDATE ar_items SET due_day = due_day + 100 WHERE invoice_key = {_INV_1}",),
        "derived balances",
        "invoice INV-1",
        "due 2026-07-19, the mirror gives 2026-04-10",
    ),
    Attack(
        "an item deleted",
        (f"DELETE FROM ar_items WHERE invoice_key = {_INV_2}",),
        "derived balances",
        "invoice INV-2",
        "has no row in ar_items, and the mirror gives one",
    ),
    Attack(
        "an item twice",
        (
            f"CREATE TABLE twice AS SELECT * FROM ar_items WHERE invoice_key = {_INV_2}",
            "UPDATE twice SET settled_day = settled_day - 1",
            "INSERT INTO ar_items SELECT * FROM twice",
        ),
        "derived balances",
        "invoice INV-2",
        "has a row in ar_items that the mirror does not give",
    ),
    Attack(
        "a credit",
        ("UPDATE ar_credits SET final_cents = 0 WHERE source_key = (SELECT source_key FROM erp_sources WHERE id = 'PMT-1')",),
        "derived balances",
        "payment PMT-1",
        "final balance 0.00 USD, the mirror gives 100.00 USD",
    ),
    Attack(
        "a day total",
        ("UPDATE ar_day_totals SET started_cents = 0 WHERE heading = 'write_offs'",),
        "derived balances",
        "write-offs of default USD on 2026-06-01",
        "amount that starts to count 0.00 USD, the mirror gives 10.00 USD",
    ),
    Attack(
        "an account deleted",
        ("DELETE FROM ar_accounts WHERE currency = 'EUR'",),
        "derived balances",
        "account of customer C2 with default in EUR",
        "has no row in ar_accounts",
    ),
    Attack(
        "the horizon brought near",
        ("UPDATE ar_horizon SET day = 1",),
        "derived balances",
        "ar_horizon",
        "day 1970-01-02, the mirror gives never",
    ),
    Attack(
        "an application's days",
        ("UPDATE erp_applications SET effective_day = effective_day + 30 WHERE application_id = 'A2'",),
        "derived balances",
        "application of payment PMT-1 to invoice INV-2",
        "effective from 2026-05-05, the mirror gives 2026-04-05",
    ),
    Attack(
        "an invoice's amount",
        ("UPDATE erp_invoices SET amount_cents = 60000 WHERE id = 'INV-2'",),
        "derived balances",
        "invoice INV-2",
        "the mirror gives 490.00 USD",
    ),
    Attack(
        "a date that is none",
        ("UPDATE erp_invoices SET invoice_date = '2026-03-10 00:00' WHERE id = 'INV-2'",),
        "derived balances",
        "the ledger",
        "the check could not be completed: ValueError: Invalid isoformat string: '2026-03-10 00:00'",
    ),
    # row history
    Attack(
        "a version deleted",
        ("DELETE FROM erp_invoices_history WHERE batch = 2",),
        "row history",
        "erp_invoices_history invoice_key 1, batch 1",
        "was replaced by batch 2, which leaves a gap to the next version, of batch 3",
    ),
    Attack(
        "the first version deleted",
        ("DELETE FROM erp_invoices_history WHERE batch = 1",),
        "row history",
        "erp_invoices, batch 1",
        "2 versions written by it, its log says 3",
    ),
    Attack(
        "the only version deleted",
        ("DELETE FROM erp_customers_history",),
        "row history",
        "erp_customers, batch 2",
        "0 versions replaced by it, its log says 1",
    ),
    Attack(
        "versions that overlap",
        ("UPDATE erp_invoices_history SET to_batch = 3 WHERE batch = 1",),
        "row history",
        "erp_invoices_history invoice_key 1, batch 1",
        "was replaced by batch 3, which overlaps the next version, of batch 2",
    ),
    Attack(
        "a row deleted that had a version",
        ("DELETE FROM erp_invoices WHERE id = 'INV-1'",),
        "row history",
        "erp_invoices_history invoice_key 1, batch 2",
        "its row is gone from erp_invoices: rows are closed, never deleted",
    ),
    Attack(
        "a row deleted, and its balances too",
        (
            "DELETE FROM erp_write_offs",
            "DELETE FROM ar_day_totals WHERE heading = 'write_offs'",
            f"UPDATE ar_items SET final_cents = 40000, last_day = 20548, next_day = 20548 WHERE invoice_key = {_INV_2}",
        ),
        "row history",
        "erp_write_offs, batch 1",
        "0 versions written by it, its log says 1",
    ),
    Attack(
        "a row added",
        (
            "CREATE TABLE more AS SELECT * FROM erp_customers WHERE id = 'C1'",
            "UPDATE more SET customer_key = 9, id = 'C9'",
            "INSERT INTO erp_customers SELECT * FROM more",
        ),
        "row history",
        "erp_customers, batch 1",
        "3 versions written by it, its log says 2",
    ),
    Attack(
        "a batch that never was",
        ("UPDATE erp_customers_history SET batch = 0",),
        "row history",
        "erp_customers, batch 0",
        "1 version written by a batch that sync_batches does not hold",
    ),
    # tie-out
    Attack(
        "an item larger than its documents",
        (f"UPDATE ar_items SET final_cents = final_cents + 250, opening_cents = opening_cents + 250 WHERE invoice_key = {_INV_2}",),
        "tie-out",
        "default USD as of 2026-06-01",
        "the aging gives 262.50 USD net, the documents 260.00 USD",
    ),
    Attack(
        "a time zone nobody knows",
        ("UPDATE companies SET time_zone = 'Mars/Olympus'",),
        "tie-out",
        "the ledger",
        "Mars/Olympus",
    ),
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.check}: {attack.name}")
def test_an_attack_is_found_by_name(attacked: Attacked, attack: Attack) -> None:
    ran = attacked(*attack.statements)("integrity", "--json")

    assert ran.code == 1, ran.err
    (result,) = (result for result in ran.json if result["check"] == attack.check)
    assert result["status"] == "finding"
    found = [each for each in result["findings"] if each["where"] == attack.where]
    assert found, result["findings"]
    assert any(attack.message in each["message"] for each in found), found
    assert all(each["remedy"] for each in result["findings"])
    assert attack.check in ran.err


def test_every_trigger_dropped_is_found(attacked: Attacked, sound: Path) -> None:
    with attacker(sound) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    assert names, "evidence is guarded by triggers"

    ran = attacked(*(f"DROP TRIGGER {name}" for name in names))("integrity", "--quick", "--json")

    assert ran.code == 1
    (schema,) = (result for result in ran.json if result["check"] == "schema")
    assert {each["where"]: each["message"] for each in schema["findings"]} == {
        f"trigger {name}": "is missing" for name in names
    }


def test_what_a_user_added_beside_is_no_finding(attacked: Attacked) -> None:
    ran = attacked(
        "CREATE TABLE my_notes (id INTEGER PRIMARY KEY, text TEXT)",
        "CREATE INDEX my_notes_text ON my_notes (text)",
        "CREATE TRIGGER my_notes_kept AFTER DELETE ON my_notes BEGIN SELECT 1; END",
        "CREATE VIEW my_customers AS SELECT id FROM customers",
        "CREATE INDEX my_memo ON erp_invoices (memo)",
        "ANALYZE",
    )("integrity", "--json")

    assert ran.code == 0, ran.out
    notes = [note for result in ran.json if result["check"] == "schema" for note in result["notes"]]
    assert notes == ["index my_memo on erp_invoices is not arctl's own; it does no harm"]


def test_many_findings_are_counted(attacked: Attacked) -> None:
    numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 250)"
    ran = attacked(
        f"INSERT INTO erp_customers_history {numbers} SELECT 1, 1000 + n, 'X', 'X', NULL, NULL, NULL, NULL, NULL, 'F', NULL, NULL,"
        " NULL, 1, 1, 0, 2 FROM n"
    )("integrity", "--json")

    (history,) = (result for result in ran.json if result["check"] == "row history")
    messages = [each["message"] for each in history["findings"]]
    assert sum("its row is gone" in message for message in messages) == 100
    assert "150 more of the same kind" in messages
