"""The sample data: every fault that is planted in it, and nothing else."""

from tests.aging.conftest import Here
from tests.conftest import ROOT
from tests.doctor.chain import examined

PLANTED = [
    ("fulfillment_not_alerted", "error", "IF-6165"),
    ("build_not_fulfilled", "error", "WO-620"),
    ("order_keyed_twice", "error", "SO-5169"),
    ("po_not_received", "warning", "PO-1209"),
    ("bill_before_receipt", "warning", "VB-4014"),
    ("short_ship", "warning", "SO-5157"),
    ("payment_unmatched", "warning", "PMT-8398"),
    ("payment_unmatched", "warning", "PMT-8498"),
    ("payment_unmatched", "warning", "PMT-8580"),
    ("stock_short", "warning", "SO-5189"),
]
"""As sample_data/README.md tells: what went wrong with orders, and receipts on hand of which one was for an invoice voided since, one
paid twice, and one is anybody's guess."""


def test_every_planted_fault_and_nothing_else(here: Here) -> None:
    assert here("--quiet", "sync", "--from", str(ROOT / "sample_data")).code == 0

    found = examined(here, day="2026-06-30")

    assert [each for each in found if each[0] != "overdue_not_dunned"] == PLANTED
    old = [(severity, document) for code, severity, document in found if code == "overdue_not_dunned"]
    items = here("age", "--as-of", "2026-06-30", "--by", "invoice", "--json").json
    overdue = {
        item["invoice_id"]: item["disputed"]
        for group in items["groups"]
        for item in group["invoices"]
        if item["days_overdue"] >= 60
    }
    assert sorted(old) == sorted(("info" if overdue[id] else "error", id) for id in overdue)


def test_a_night_later_the_letters_are_out(here: Here) -> None:
    here("--quiet", "sync", "--from", str(ROOT / "sample_data"))
    assert here("config", "set", "mail.from", "ar@example.com").code == 0
    assert here("plan", "--as-of", "2026-06-30").code == 0
    assert here("approve", "1", "--yes", "--with-drafts", "--as-of", "2026-06-30").code == 0

    found = examined(here, "--check", "overdue_not_dunned", day="2026-06-30")

    assert [severity for _, severity, _ in found] == ["info"] * len(found), found
    assert ("overdue_not_dunned", "info", "INV-24450") in found, "disputed"
