"""The sample year through the real command: month-ends in order, all verified; then a back-dated payment arrives."""

import csv
from pathlib import Path
from shutil import copytree, ignore_patterns

from tests.aging.conftest import Here
from tests.conftest import ROOT

MONTH_ENDS = (
    *("2025-07-31", "2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31"),
    *("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"),
)


def _append(path: Path, row: dict[str, str]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns, restval="", lineterminator="\n").writerow(row)


def test_a_year_of_month_ends_and_a_back_dated_payment(here: Here, tmp_path: Path) -> None:
    here.db = tmp_path / "year.db"
    folder = tmp_path / "export"
    copytree(ROOT / "sample_data", folder, ignore=ignore_patterns("*.py", "generator", "*.md", "__pycache__"))
    commands = (
        ("--quiet", "sync", "--from", str(folder)),
        ("allowance", "new", "--name", "standard", "--method", "aging_method", "--effective", "2025-07-01"),
        ("allowance", "submit", "1"),
        ("allowance", "approve", "1", "--self-approve", "--reason", "one controller"),
    )
    for command in commands:
        ran = here(*command)
        assert ran.code == 0, ran.err
    for day in MONTH_ENDS:
        ran = here("snapshot", "--date", day, "--json", "--accept", "a test")
        assert ran.code == 0, ran.err
    last = {each["currency"]: each["total_outstanding_cents"] for each in ran.json["currencies"]}
    assert last == {"CAD": 2016092, "USD": 25431525}  # as the page of the sample data states
    ran = here("snapshot", "verify", "--all")
    assert ran.code == 0
    assert ran.out.count("holds: rebuilt from row history to the same bytes") == len(MONTH_ENDS)
    assert ran.out.count("Nothing that was learnt since changes that day") == len(MONTH_ENDS)

    _append(
        folder / "customer_payments.csv",
        {"id": "LATE-1", "customer_id": "C1013", "receipt_date": "2026-06-29", "amount": "12.34", "currency": "USD"},
    )
    ran = here("--quiet", "sync", "--from", str(folder))
    assert ran.code == 0, ran.err
    before, after = here("snapshot", "verify", "2026-05-31"), here("snapshot", "verify", "2026-06-30")
    assert (before.code, after.code) == (0, 0)
    assert "Nothing that was learnt since changes that day" in before.out
    assert "holds: rebuilt from row history to the same bytes" in after.out
    (named,) = [line for line in after.out.splitlines() if line.startswith("payment LATE-1")]
    assert named.split() == ["payment", "LATE-1", "arrived", "USD", "-12.34", "0.00", "12.34"]
    assert here("snapshot", "verify", "--all").code == 0
