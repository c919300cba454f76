"""What is worked out from the mirror: two ways to the same balances, and a cost that follows what changed."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from arctl.core.documents import Receivables
from arctl.services.books import ensure_ledger
from arctl.store import derive, staging
from tests.ledgers import ledgers, write_folder
from tests.sync.desk import Desk

# middle_cents is left out: only the way for steady documents finds it, and it saves a sum without changing one.
_ITEMS = (
    "SELECT account_id, settled_day, invoice_key, installment, invoice_day, due_day, opens_day, opening_cents, next_day,"
    " last_day, final_cents, cap_cents, after_cents, flags FROM ar_items ORDER BY invoice_key, installment"
)
_CREDITS = (
    "SELECT account_id, settled_day, source_key, source_day, opens_day, opening_cents, next_day, last_day, final_cents"
    " FROM ar_credits ORDER BY source_key"
)


@pytest.fixture(scope="module")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "arctl.db"
    ensure_ledger(path, "default").close()
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_ledger: Path) -> Iterator[Desk]:
    copyfile(empty_ledger, tmp_path / "arctl.db")
    made = Desk(tmp_path / "export", tmp_path / "arctl.db")
    yield made
    made.ledger.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(receivables=ledgers())
def test_steady_documents_have_the_balances_that_the_general_way_gives(
    empty_ledger: Path, receivables: Receivables
) -> None:
    with TemporaryDirectory() as place:
        copyfile(empty_ledger, Path(place) / "arctl.db")
        desk = Desk(Path(place) / "export", Path(place) / "arctl.db")
        write_folder(receivables, desk.folder)
        desk.sync()  # an opening load: steady documents by the short way
        opened = desk.rows(_ITEMS), desk.rows(_CREDITS)

        connection, tenant = desk.ledger.connection, desk.ledger.tenant_id
        staging.prepare(connection)
        connection.execute("INSERT INTO touched_invoices SELECT invoice_key FROM erp_invoices")
        connection.execute("INSERT INTO touched_sources SELECT source_key FROM erp_sources")
        derive.derive(connection, tenant, everything=False)  # whatever is touched goes the general way

        assert (desk.rows(_ITEMS), desk.rows(_CREDITS)) == opened
        desk.ledger.close()


@pytest.mark.parametrize("named", [False, True], ids=["without ids", "with ids"])
@pytest.mark.parametrize("changed", ["customer_invoices", "customer_payments", "payment_applications"])
def test_a_small_sync_costs_the_same_in_a_large_ledger(
    tmp_path: Path, empty_ledger: Path, changed: str, named: bool
) -> None:
    costs = []
    for size in (200, 2_000):
        (tmp_path / f"{size}").mkdir()
        copyfile(empty_ledger, tmp_path / f"{size}" / "arctl.db")
        desk = Desk(tmp_path / f"{size}" / "export", tmp_path / f"{size}" / "arctl.db")
        desk.write(**_paid_invoices(size, named)).sync()
        few = _paid_invoices(8, named)[changed].replace("100.00", "99.00")
        desk.clear().write(**{changed: few})
        costs.append(_steps(desk))
        desk.ledger.close()

    assert costs[1] < 2 * costs[0]


def test_the_cost_of_instalments_grows_with_their_number_only(tmp_path: Path, empty_ledger: Path) -> None:
    costs = []
    for size in (200, 1_600):
        (tmp_path / f"{size}").mkdir()
        copyfile(empty_ledger, tmp_path / f"{size}" / "arctl.db")
        desk = Desk(tmp_path / f"{size}" / "export", tmp_path / f"{size}" / "arctl.db")
        parts = "".join(f"I{n},1,2026-02-01,40.00\nI{n},2,2026-03-01,60.00\n" for n in range(size))
        desk.write(**_paid_invoices(size), invoice_installments="invoice_id,installment,due_date,amount\n" + parts)
        costs.append(_steps(desk))
        desk.ledger.close()

    assert costs[1] < 12 * costs[0]


def _paid_invoices(size: int, named: bool = False) -> dict[str, str]:
    """A customer's invoices I0, I1 ... of 100.00, each paid by a receipt of its own; applications are `named` by an id or not."""
    numbers = range(size)
    invoices = "".join(f"I{n},C1,2026-01-05,100.00,2026-02-04\n" for n in numbers)
    payments = "".join(f"P{n},C1,2026-02-01,100.00\n" for n in numbers)
    applications = "".join(f"payment,P{n},I{n},100.00,2026-02-01{f',A{n}' * named}\n" for n in numbers)
    return {
        "customers": "id,name\nC1,Acme\n",
        "customer_invoices": "id,customer_id,invoice_date,amount,due_date\n" + invoices,
        "customer_payments": "id,customer_id,receipt_date,amount\n" + payments,
        "payment_applications": f"source_type,source_id,invoice_id,amount,applied_on{',id' * named}\n{applications}",
    }


def _steps(desk: Desk) -> int:
    """Hundreds of steps of SQLite's machine that a sync takes."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    desk.ledger.connection.set_progress_handler(count, 100)
    desk.sync()
    desk.ledger.connection.set_progress_handler(None, 0)
    return taken
