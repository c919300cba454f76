"""Real receivables, where they lie beside the checkout: the totals that were stated for them, to the cent."""

from pathlib import Path
from typing import Any

import pytest

from tests.aging.conftest import Here
from tests.conftest import ROOT

DATA = ROOT.parent / "shared" / "data"
FIVE = ("current", "days_30", "days_60", "days_90", "days_90_plus")
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data is not there")


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Folder name -> its ledger, synced once."""
    from arctl.cli.app import main

    made: dict[str, Path] = {}

    def ledger(folder: str) -> Path:
        if folder not in made:
            made[folder] = tmp_path_factory.mktemp(folder) / "arctl.db"
            assert main(["--db", str(made[folder]), "--quiet", "sync", "--from", str(DATA / folder)]) == 0
        return made[folder]

    return ledger


@pytest.mark.parametrize(
    ("folder", "as_of", "buckets", "total", "open_invoices"),
    [
        ("ibm", "2012-12-31", (493632, 78874, 0, 0, 0), 572506, 99),
        ("ibm", "2013-06-30", (428429, 83556, 0, 0, 0), 511985, 84),
        (
            "highradius",
            "2020-04-30",
            (6787459068, 15123795792, 6902355737, 24481253, 252715),
            28838344565,
            8739,
        ),
    ],
)
def test_the_stated_totals_to_the_cent(
    synced: Any, here: Here, folder: str, as_of: str, buckets: tuple[int, ...], total: int, open_invoices: int
) -> None:
    here.db = synced(folder)
    ran = here("age", "--as-of", as_of, "--by", "invoice", "--json")
    assert ran.code == 0
    totals = ran.json["totals"]
    assert tuple(totals[f"{name}_cents"] for name in FIVE) == buckets
    assert (totals["total_outstanding_cents"], totals["open_invoices"]) == (total, open_invoices)
    assert ran.json["tie_out"]["ok"]
    assert sum(item["outstanding_cents"] for item in ran.json["invoices"]) == total
    for credits in ("net", "age"):
        other = here("age", "--as-of", as_of, "--credits", credits, "--json").json["totals"]
        assert {name: other[name] for name in ("total_outstanding_cents", "unapplied_cents", "net_cents")} == {
            name: totals[name] for name in ("total_outstanding_cents", "unapplied_cents", "net_cents")
        }
