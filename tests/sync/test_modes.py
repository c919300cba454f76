"""How a sync is asked for: strict, dry run, one tier, table or document; and what it leaves in the log."""

import hashlib
from random import Random
from typing import Any

import pytest

from arctl.errors import BadInput, UnknownId, UsageError
from tests.sync.desk import APPLICATIONS, BOOKS, CUSTOMERS, INVOICES, PAYMENTS, Desk, counts_of

NEWER = INVOICES.replace("50.00", "55.00") + "INV-4,C2,2026-03-01,9.00,\n"


def test_a_dry_run_tells_and_lands_nothing(synced: Desk) -> None:
    before = synced.dump()
    synced.write(customers=CUSTOMERS + "C3,\n", customer_invoices=NEWER + "INV-5,C9,2026-03-01,1,\n")
    foreseen = synced.sync(dry_run=True)

    assert synced.dump() == before
    assert (foreseen.status, foreseen.batch) == ("dry_run", None)
    landed = synced.sync()
    assert (foreseen.tables, foreseen.rejects) == (landed.tables, landed.rejects)


def test_a_dry_run_of_the_first_sync_lands_nothing(desk: Desk) -> None:
    before = desk.dump()
    desk.write(**BOOKS, transactions="id,type,entity,trandate,company\nT,SalesOrd,C1,2026-01-01,North\n")
    assert desk.sync(dry_run=True).notices != []
    assert desk.dump() == before


def test_strict_lands_all_or_nothing(synced: Desk) -> None:
    before = synced.dump()
    synced.write(customer_invoices=NEWER + "INV-5,C9,2026-03-01,1,\n")
    report = synced.sync(strict=True)
    assert (report.status, report.batch, len(report.rejects)) == ("refused", None, 1)
    assert synced.dump() == before

    report = synced.write(customer_invoices=NEWER).sync(strict=True)
    assert (report.status, report.batch) == ("completed", 2)


def test_strict_counts_what_waits_from_before(desk: Desk) -> None:
    desk.write(customer_invoices=INVOICES).sync()
    assert (
        desk.clear().write(customer_payments="id,customer_id,receipt_date,amount\n").sync(strict=True).status
        == "refused"
    )


@pytest.mark.parametrize("asked", [{}, {"full": True}, {"dry_run": True}])
def test_a_file_that_cannot_be_read_lands_nothing_at_all(synced: Desk, asked: dict[str, Any]) -> None:
    before = synced.dump()
    synced.write(customers=CUSTOMERS + "C3,Cedar\n", customer_payments="id,customer_id,amount\n")
    with pytest.raises(BadInput) as stopped:
        synced.sync(**asked)
    assert stopped.value.message == "customer_payments.csv:1: column receipt_date is missing"
    assert synced.dump() == before


@pytest.mark.parametrize(
    ("tier", "tables"),
    [("hot", ["customer_invoices", "customer_payments", "payment_applications"]), ("cold", ["customers"])],
)
def test_a_tier_narrows_the_sync(synced: Desk, tier: str, tables: list[str]) -> None:
    report = synced.sync(tier=tier)
    assert [counts.table for counts in report.tables] == tables
    assert synced.one("SELECT DISTINCT tier FROM sync_log WHERE batch = 2") == tier


def test_tables_narrow_the_sync(synced: Desk) -> None:
    synced.write(customers=CUSTOMERS + "C3,Cedar\n", customer_invoices=NEWER)
    report = synced.sync(tables=("customers", "customer_payments"))
    assert [counts.table for counts in report.tables] == ["customers", "customer_payments"]
    assert synced.one("SELECT count(*) FROM customer_invoices") == 3
    assert synced.sync().tables[1].inserted == 1  # narrowed once, not for ever


def test_an_id_narrows_the_sync_to_one_document(synced: Desk) -> None:
    synced.write(customer_invoices=NEWER)
    counts = counts_of(synced.sync(tables=("customer_invoices",), row_id="INV-4"), "customer_invoices")
    assert (counts.read, counts.inserted, counts.updated) == (1, 1, 0)
    assert counts_of(synced.sync(), "customer_invoices").updated == 1


@pytest.mark.parametrize("row_id", ["P1", "A1"])
def test_an_id_names_an_application_by_itself_or_by_its_payer(desk: Desk, row_id: str) -> None:
    desk.write(**BOOKS).write(payment_applications="source_type,source_id,invoice_id,amount\n").sync()
    header = "source_type,source_id,invoice_id,amount,id\n"
    desk.write(payment_applications=header + "payment,P1,INV-1,1,A1\npayment,P2,INV-3,2,\n")
    desk.sync(tables=("payment_applications",), row_id=row_id)
    assert desk.rows("SELECT source_id, amount_cents FROM payment_applications") == [("P1", 100)]


def test_an_id_shows_its_own_bad_row_only(synced: Desk) -> None:
    synced.write(customer_invoices=NEWER.replace("55.00", "x").replace("9.00", "y"))
    report = synced.sync(tables=("customer_invoices",), row_id="INV-4")
    assert [row.value for row in report.rejects] == ["y"]


def test_an_unknown_id_says_so(synced: Desk) -> None:
    with pytest.raises(UnknownId, match="holds no row with the id INV-44"):
        synced.sync(tables=("customer_invoices",), row_id="INV-44")


@pytest.mark.parametrize(
    "asked",
    [
        {"tables": ("invoices",)},
        {"row_id": "INV-1"},
        {"row_id": "INV-1", "tables": ("customers", "customer_invoices")},
        {"row_id": "INV-1", "tables": ("customer_invoices",), "full": True},
        {"tables": ("customers",), "tier": "hot"},
    ],
)
def test_what_contradicts_itself_is_refused(synced: Desk, asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        synced.sync(**asked)


def test_the_log_has_a_row_per_table_and_one_for_the_whole(synced: Desk) -> None:
    synced.write(customer_invoices=NEWER + "INV-5,C9,2026-03-01,1,\n")
    synced.sync(sync_type="scheduled_hot_customer_payments")

    def logged(batch: int) -> list[tuple[Any, ...]]:
        return synced.rows(
            "SELECT table_name, file, rows_read, inserted, updated, unchanged, closed, rejected, sha256, status"
            " FROM sync_log WHERE batch = ? ORDER BY sync_id",
            batch,
        )

    def sha(name: str) -> str:
        return hashlib.sha256((synced.folder / name).read_bytes()).hexdigest()

    assert logged(2) == [
        ("customers", "customers.csv", 2, 0, 0, 2, 0, 0, sha("customers.csv"), "completed"),
        (
            *("customer_invoices", "customer_invoices.csv", 5, 1, 1, 2, 0, 1),
            *(sha("customer_invoices.csv"), "completed_with_rejects"),
        ),
        ("customer_payments", "customer_payments.csv", 2, 0, 0, 2, 0, 0, sha("customer_payments.csv"), "completed"),
        (
            "payment_applications",
            "payment_applications.csv",
            3,
            0,
            0,
            3,
            0,
            0,
            sha("payment_applications.csv"),
            "completed",
        ),
        ("*", None, 12, 1, 1, 9, 0, 1, None, "completed_with_rejects"),
    ]
    assert synced.rows(
        "SELECT DISTINCT sync_type, tier, source, started_at < completed_at, created_at = completed_at FROM sync_log"
        " WHERE batch = 2"
    ) == [("scheduled_hot_customer_payments", "all", str(synced.folder), 1, 1)]
    assert synced.rows("SELECT actor, mode FROM sync_batches") == [("tester", "changes")] * 2


def test_files_and_columns_that_arctl_does_not_read_are_named(desk: Desk) -> None:
    desk.write(customers="id,name,colour,\nC1,Acme,red,\n", invoices="id\n")
    (desk.folder / "Customers.CSV").write_text("id,name\n")
    assert desk.sync().notices == [
        "not read, because arctl knows no such file: Customers.CSV, invoices.csv",
        "customers.csv: columns not read: colour, ",
    ]


def test_the_order_of_rows_does_not_matter(desk: Desk, synced: Desk) -> None:
    wanted = synced.content()
    synced.ledger.connection.execute("SELECT 1")
    shuffled = {}
    for name, text in BOOKS.items():
        header, *rows = text.splitlines()
        Random(7).shuffle(rows)
        columns = list(range(len(header.split(","))))
        Random(8).shuffle(columns)
        shuffled[name] = "".join(",".join(line.split(",")[at] for at in columns) + "\n" for line in [header, *rows])
    synced.write(**shuffled).sync()
    assert (synced.content(), synced.history()) == (wanted, 0)


def test_the_order_of_files_does_not_matter(desk: Desk) -> None:
    for name in reversed(BOOKS):
        desk.clear().write(**{name: BOOKS[name]}).sync()
    assert desk.one("SELECT count(*) FROM sync_rejects WHERE status = 'pending'") == 0
    stepwise = desk.content()
    desk.clear().write(**BOOKS).sync(full=True)
    assert desk.content() == stepwise


def test_a_file_that_changes_while_it_is_read_stops_the_sync(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from arctl.store import staging

    desk.write(**BOOKS)
    add_rows = staging.add_rows

    def and_then_the_export_goes_on(*given: Any) -> None:
        add_rows(*given)
        (desk.folder / "customers.csv").write_text(CUSTOMERS + "C3,Cedar\n")

    monkeypatch.setattr(staging, "add_rows", and_then_the_export_goes_on)
    with pytest.raises(BadInput, match=r"customers\.csv changed while it was read"):
        desk.sync()


def test_documents_of_other_sets_are_left_alone(synced: Desk) -> None:
    synced.clear().write(payment_applications=APPLICATIONS.splitlines()[0] + "\npayment,P2,INV-3,60,2026-02-02\n")
    synced.sync()
    assert synced.one("SELECT count(*) FROM payment_applications") == 3
    assert synced.one("SELECT sum(amount_cents) FROM customer_payments") == 19000
    assert PAYMENTS.count("\n") == 3
