"""The committed files are what the generator writes, and hold what the README says they hold."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.sample_data.totals import BUCKETS, SAMPLE_DATA, Row, balances, money, read, table

YEAR_END = date(2026, 6, 30)


def test_regenerating_gives_the_committed_bytes(tmp_path: Path) -> None:
    command = [sys.executable, str(SAMPLE_DATA / "generate.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in SAMPLE_DATA.glob("*.csv")}
    assert sorted(written) == sorted(committed)
    assert [name for name in written if written[name] != committed[name]] == []


def test_the_year_has_its_size() -> None:
    assert 38 <= len(read(SAMPLE_DATA, "customers")) <= 44
    assert 680 <= len(read(SAMPLE_DATA, "customer_invoices")) <= 730
    assert {row["currency"] for row in read(SAMPLE_DATA, "customer_invoices")} == {"USD", "CAD"}


def test_awkward_names_are_there() -> None:
    names = " ".join(row["name"] for row in read(SAMPLE_DATA, "customers"))
    assert all(sign in names for sign in ('"', ",", "[Corner]", "[/]", "é", "&", "'"))


@pytest.mark.parametrize("day", [date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31), YEAR_END])
@pytest.mark.parametrize("currency", ["USD", "CAD"])
def test_what_is_open_equals_what_the_documents_say(currency: str, day: date) -> None:
    held = balances(currency, day)
    assert held.outstanding - held.unapplied == held.documents_net


def test_the_aging_is_spread_over_every_bucket() -> None:
    held = balances("USD", YEAR_END)
    shares = [held.bucket(name) / held.outstanding for name in BUCKETS]
    for share, (low, high) in zip(
        shares, (("0.45", "0.60"), ("0.15", "0.26"), ("0.08", "0.16"), ("0.04", "0.10"), ("0.03", "0.09")), strict=True
    ):
        assert Decimal(low) <= share <= Decimal(high), shares
    assert Decimal("0.10") <= held.outstanding / held.invoiced <= Decimal("0.15")
    assert all(balances("CAD", YEAR_END).bucket(name) > 0 for name in BUCKETS)


def test_the_readme_states_the_totals() -> None:
    readme = (SAMPLE_DATA / "README.md").read_text(encoding="utf-8")
    assert table(YEAR_END) in readme


def test_the_readme_names_documents_that_exist() -> None:
    readme = (SAMPLE_DATA / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:C1\d{3}|(?:INV|PMT|CM|RF|WOF|APP|SO|WO|AB|PO|IF|IR|VB)-\d+)\b", readme))
    known = {row["id"] for path in SAMPLE_DATA.glob("*.csv") for row in read(SAMPLE_DATA, path.stem) if "id" in row}
    assert len(named) > 80
    assert named - known == set()


def chain() -> dict[str, list[Row]]:
    """The documents of customer PO# 72622 by type, found by links from its sales order alone."""
    documents = read(SAMPLE_DATA, "transactions")
    (order,) = [row for row in documents if row["type"] == "SalesOrd" and row["otherrefnum"] == "72622"]
    ids = {order["id"]}
    found = {"SalesOrd": [order]}
    for _ in range(2):
        for row in documents:
            if row["id"] not in ids and {row["parent_so_id"], row["createdfrom"]} & ids:
                ids.add(row["id"])
                found.setdefault(row["type"], []).append(row)
    return found


def test_72622_is_complete() -> None:
    found = chain()
    assert {kind: len(rows) for kind, rows in found.items()} == {
        "SalesOrd": 1, "WorkOrd": 1, "Build": 1, "PurchOrd": 2, "ItemRcpt": 2, "VendBill": 3, "ItemShip": 3,
    }  # fmt: skip
    assert {row["memo"] for row in found["PurchOrd"]} == {"72622", "1217 / 72622"}
    assert found["WorkOrd"][0]["memo"] == "72622"
    assert {row["otherrefnum"] for row in found["ItemShip"]} == {"72622"}
    carried = {
        field for row in found["VendBill"] for field in ("memo", "tranid", "initialtranid") if "72622" in row[field]
    }
    assert carried == {"memo", "tranid", "initialtranid"}


def test_72622_sums_to_18420_over_ten_one_and_three_lines() -> None:
    (order,) = chain()["SalesOrd"]
    lines = [row for row in read(SAMPLE_DATA, "transaction_lines") if row["transaction_id"] == order["id"]]
    kinds = [row["item_type"] for row in lines]
    assert [kinds.count(kind) for kind in ("inventory", "assembly", "drop_ship")] == [10, 1, 3]
    assert sum(money(row["amount"]) for row in lines) == money(order["foreigntotal"]) == Decimal("18420.00")
    shipped = {row["id"] for row in chain()["ItemShip"]}
    lines_shipped = [row for row in read(SAMPLE_DATA, "transaction_lines") if row["transaction_id"] in shipped]
    assert {row["item_code"]: row["quantity"] for row in lines_shipped} == {
        row["item_code"]: row["quantity"] for row in lines
    }


def test_72622_is_invoiced_once_and_open() -> None:
    (invoice,) = [row for row in read(SAMPLE_DATA, "customer_invoices") if row["otherrefnum"] == "72622"]
    assert (invoice["amount"], invoice["invoice_date"], invoice["due_date"]) == ("18420.00", "2026-05-23", "2026-06-22")
    assert invoice["createdfrom"] == chain()["SalesOrd"][0]["id"]
    assert sum(row["invoice_id"] == invoice["id"] for row in read(SAMPLE_DATA, "invoice_lines")) == 14
    (item,) = [item for item in balances("USD", YEAR_END).items if item.invoice == invoice["id"]]
    assert (item.days, item.outstanding, item.bucket) == (8, Decimal("18420.00"), "days_30")
    (later,) = [item for item in balances("USD", date(2026, 7, 8)).items if item.invoice == invoice["id"]]
    assert later.days == 16
