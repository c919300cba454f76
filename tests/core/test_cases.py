"""The aging cases from the field against the pure definition of the balance."""

import csv
from datetime import date
from pathlib import Path

import pytest

from arctl.core.balance import OpenItem, open_items, tie_out, unapplied_by_customer
from arctl.core.buckets import bucket_name
from arctl.core.documents import Receivables
from arctl.core.terms import due_date_of
from tests.cases import Case, Expectation, OpenLine, aging_cases
from tests.folders import COLUMNS

CASES = aging_cases()
NAMED = (
    "A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21 "
    "A21b-currency A21b-customer A21c A21d A21e A22"
)

each_expectation = pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(case, expected, id=f"{case.id}@{expected.as_of}#{place}")
        for case in CASES
        for place, expected in enumerate(case.expect)
    ],
)


def _line(item: OpenItem, as_of: date, basis: str) -> OpenLine:
    days = (as_of - item.invoice_date).days if basis == "invoice-date" else item.days_overdue(as_of)
    return OpenLine(item.invoice_id, item.installment, item.outstanding, days, bucket_name(days))


def _flagged(receivables: Receivables, items: list[OpenItem]) -> set[str]:
    terms = {customer.id: customer.terms for customer in receivables.customers}
    open_ids = {item.invoice_id for item in items}
    missing = {i.id for i in receivables.invoices if due_date_of(i, terms[i.customer_id])[1]}
    whole = missing - {part.invoice_id for part in receivables.installments}
    return whole & open_ids


@each_expectation
def test_open_items_are_exactly_those_expected(case: Case, expected: Expectation) -> None:
    items = open_items(case.known_at(expected.known_at), expected.as_of)
    assert tuple(_line(item, expected.as_of, expected.basis) for item in items) == expected.open


@each_expectation
def test_unapplied_is_exactly_that_expected(case: Case, expected: Expectation) -> None:
    assert unapplied_by_customer(case.known_at(expected.known_at), expected.as_of) == expected.unapplied


@each_expectation
def test_net_ties_out_to_the_documents(case: Case, expected: Expectation) -> None:
    tied = tie_out(case.known_at(expected.known_at), expected.as_of)
    assert {group: tie.aged_net for group, tie in tied.items()} == expected.net
    assert {group: tie.expected_net for group, tie in tied.items()} == expected.net


@each_expectation
def test_headings_hold_what_is_stated(case: Case, expected: Expectation) -> None:
    tied = tie_out(case.known_at(expected.known_at), expected.as_of)
    for heading, cents in expected.terms.items():
        assert sum(tie.terms[heading] for tie in tied.values()) == cents, heading


@each_expectation
def test_missing_due_dates_are_flagged(case: Case, expected: Expectation) -> None:
    receivables = case.known_at(expected.known_at)
    assert _flagged(receivables, open_items(receivables, expected.as_of)) == set(expected.missing_due)


def test_every_named_case_is_there_once() -> None:
    ids = [case.id for case in CASES]
    assert len(ids) == len(set(ids))
    assert set(NAMED.split()) <= set(ids)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_can_be_written_as_a_folder(case: Case, tmp_path: Path) -> None:
    for number, sync in enumerate(case.syncs, start=1):
        folder = tmp_path / str(number)
        sync.write(folder)
        assert {path.name for path in folder.iterdir()} == set(COLUMNS)
        with (folder / "customer_invoices.csv").open(encoding="utf-8", newline="") as file:
            assert [row["id"] for row in csv.DictReader(file)] == [invoice.id for invoice in sync.sent.invoices]


def test_a_value_can_stand_in_the_file_as_it_was_typed(tmp_path: Path) -> None:
    (case,) = (case for case in CASES if case.id == "A20")
    case.syncs[0].write(tmp_path)
    lines = (tmp_path / "customer_invoices.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[3] for line in lines] == ["amount", "0.00", "-0.00"]


def test_a_rejected_row_is_sent_and_does_not_land() -> None:
    (case,) = (case for case in CASES if case.id == "A21b-currency")
    (sync,) = case.syncs
    assert [(reject.file, reject.line, reject.word) for reject in sync.rejects] == [
        ("payment_applications.csv", 2, "currency")
    ]
    assert len(sync.sent.applications) == 1
    assert sync.landed.applications == ()
