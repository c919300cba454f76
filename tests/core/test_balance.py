"""The balance as of a date: each definition by hand, and what holds for every ledger and every date."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.balance import (
    HEADINGS,
    OpenItem,
    counting,
    counts,
    document_terms,
    effective_on,
    excess,
    left,
    open_items,
    outstanding,
    raw,
    recovered_by,
    spread,
    tie_out,
    unapplied,
    unapplied_by_customer,
)
from arctl.core.buckets import FIVE
from arctl.core.documents import (
    Application,
    Customer,
    Installment,
    Invoice,
    Receivables,
    Refund,
    Source,
    SourceType,
    Status,
    WriteOff,
)
from arctl.core.money import Cents
from tests.ledgers import asked_ledgers, ledgers, telling_days

DAY = date(2026, 6, 30)
PAYMENT = (SourceType.PAYMENT, "P-1")
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def _invoice(amount: int = 10000, on: date = DAY) -> Invoice:
    return Invoice("INV-1", "C1", on, Cents(amount))


def _payment(amount: int = 10000, on: date = DAY, status: Status = Status.POSTED) -> Source:
    return Source(SourceType.PAYMENT, "P-1", "C1", on, Cents(amount), status=status)


def _applied(amount: int, on: date | None = None, discount: int = 0) -> Application:
    return Application(SourceType.PAYMENT, "P-1", "INV-1", Cents(amount), on, Cents(discount))


def _part(number: int, due: date, amount: int) -> Installment:
    return Installment("INV-1", number, due, Cents(amount))


@pytest.mark.parametrize(
    ("status", "own_date", "voided_on", "expected"),
    [
        ("posted", BEFORE, None, True),
        ("posted", DAY, None, True),
        ("posted", AFTER, None, False),
        ("approved", DAY, None, True),
        ("draft", BEFORE, None, False),
        ("pending_approval", BEFORE, None, False),
        ("rejected", BEFORE, None, False),
        ("voided", BEFORE, BEFORE, False),
        ("voided", BEFORE, DAY, False),
        ("voided", BEFORE, AFTER, True),
        ("voided", DAY, AFTER, True),
        ("voided", BEFORE, None, False),
        ("voided", AFTER, AFTER, False),
    ],
)
def test_counts(status: str, own_date: date, voided_on: date | None, expected: bool) -> None:
    assert counts(status, own_date, voided_on, DAY) is expected
    assert counts(Status(status), own_date, voided_on, DAY) is expected


@pytest.mark.parametrize(
    ("applied", "paid", "invoiced", "expected"),
    [
        (BEFORE, BEFORE, DAY, DAY),
        (BEFORE, AFTER, DAY, AFTER),
        (AFTER, BEFORE, DAY, AFTER),
        (None, BEFORE, DAY, DAY),
        (None, AFTER, DAY, AFTER),
    ],
)
def test_an_application_is_effective_on_the_latest_date(
    applied: date | None, paid: date, invoiced: date, expected: date
) -> None:
    assert effective_on(_applied(1, applied), _payment(on=paid), _invoice(on=invoiced)) == expected


def test_a_recovery_waits_for_its_write_off_and_that_for_its_invoice() -> None:
    write_off = WriteOff("W-1", "INV-1", BEFORE, Cents(100), recovered_on=BEFORE, recovered_amount=Cents(60))
    assert recovered_by(write_off, _invoice(on=DAY), BEFORE) == 0
    assert recovered_by(write_off, _invoice(on=DAY), DAY) == 60
    late = replace(write_off, recovered_on=AFTER)
    assert recovered_by(late, _invoice(on=BEFORE), DAY) == 0
    assert recovered_by(replace(write_off, recovered_on=None), _invoice(on=BEFORE), AFTER) == 0


def test_a_voided_write_off_takes_its_recovery_with_it() -> None:
    write_off = WriteOff(
        *("W-1", "INV-1", BEFORE, Cents(100), Status.VOIDED, AFTER), recovered_on=DAY, recovered_amount=Cents(60)
    )
    books = Receivables(invoices=(_invoice(10000, BEFORE),), write_offs=(write_off,))
    assert [raw(books, day)["INV-1"] for day in (BEFORE, DAY, AFTER)] == [9900, 9960, 10000]


def test_a_discount_reduces_the_invoice_only() -> None:
    books = Receivables(invoices=(_invoice(),), sources=(_payment(9800),), applications=(_applied(9800, DAY, 200),))
    assert raw(books, DAY) == {"INV-1": 0}
    assert left(books, DAY) == {PAYMENT: 0}


def test_a_refund_counts_whatever_its_source() -> None:
    refund = Refund("R-1", "C1", DAY, Cents(30), SourceType.PAYMENT, "P-1")
    for status in (Status.DRAFT, Status.REJECTED):
        books = Receivables(sources=(_payment(status=status),), refunds=(refund,))
        assert left(books, DAY) == {PAYMENT: -30}
    late = Receivables(sources=(_payment(100, AFTER),), refunds=(refund,))
    assert [left(late, day)[PAYMENT] for day in (BEFORE, DAY, AFTER)] == [0, -30, 70]


def test_outstanding_and_excess_are_the_two_sides_of_raw() -> None:
    assert [(outstanding(cents), excess(cents)) for cents in (5, 0, -5)] == [(5, 0), (0, 0), (0, 5)]


@pytest.mark.parametrize(
    ("reductions", "expected"),
    [
        (0, [30, 50, 20]),
        (30, [0, 50, 20]),
        (40, [0, 40, 20]),
        (100, [0, 0, 0]),
        (130, [0, 0, 0]),
        (-5, [35, 50, 20]),
    ],
)
def test_reductions_eat_instalments_by_due_date_then_number(reductions: int, expected: list[int]) -> None:
    parts = [_part(3, AFTER, 20), _part(2, DAY, 50), _part(4, DAY - timedelta(days=9), 30)]
    assert [cents for _, cents in spread(parts, reductions)] == expected
    same_day = [_part(3, DAY, 20), _part(1, DAY, 30), _part(2, DAY, 50)]
    assert [cents for _, cents in spread(same_day, reductions)] == expected


def test_an_instalment_with_nothing_outstanding_is_no_open_item() -> None:
    parts = (_part(1, DAY, 0), _part(2, AFTER, 10000))
    books = Receivables(invoices=(_invoice(),), installments=parts)
    assert [(item.installment, item.outstanding) for item in open_items(books, DAY)] == [(2, 10000)]


def test_a_missing_due_date_comes_from_the_customers_terms() -> None:
    books = Receivables(customers=(Customer("C1", "Northwind Fixtures", "Net 30"),), invoices=(_invoice(),))
    assert [item.due_date for item in open_items(books, DAY)] == [DAY + timedelta(days=30)]


def test_a_write_off_kept_as_a_credit_memo_stands_under_write_offs() -> None:
    memo = Source(SourceType.CREDIT_MEMO, "CM-1", "C1", DAY, Cents(70), kind="write_off")
    terms = document_terms(Receivables(sources=(memo,)), DAY)["default", "USD"]
    assert (terms["write_offs"], terms["credits"]) == (70, 0)


def test_an_application_that_names_no_invoice_is_an_error() -> None:
    with pytest.raises(KeyError):
        raw(Receivables(sources=(_payment(),), applications=(_applied(1, DAY),)), DAY)


@given(ledgers())
def test_net_by_aging_is_net_by_documents_on_every_day(books: Receivables) -> None:
    for day in telling_days(books):
        for tie in tie_out(books, day).values():
            assert tie.difference == 0
            assert set(tie.terms) == set(HEADINGS)


@given(asked_ledgers())
def test_items_sum_to_the_outstanding_of_their_invoice(asked: tuple[Receivables, date]) -> None:
    books, as_of = asked
    sums: defaultdict[str, int] = defaultdict(int)
    for item in open_items(books, as_of):
        assert item.outstanding > 0
        sums[item.invoice_id] += item.outstanding
    assert sums == {invoice_id: cents for invoice_id, cents in raw(books, as_of).items() if cents > 0}


@given(asked_ledgers())
def test_of_an_invoice_only_its_first_open_instalment_is_touched(asked: tuple[Receivables, date]) -> None:
    books, as_of = asked
    amounts = {(part.invoice_id, part.installment): part.amount for part in books.installments}
    items: defaultdict[str, list[OpenItem]] = defaultdict(list)
    for item in open_items(books, as_of):
        items[item.invoice_id].append(item)
    for of_invoice in items.values():
        _, *later = sorted(of_invoice, key=lambda item: (item.due_date, item.installment))
        assert all(item.outstanding == amounts[item.invoice_id, item.installment] for item in later)


@given(asked_ledgers())
def test_every_item_is_in_one_bucket_and_buckets_sum(asked: tuple[Receivables, date]) -> None:
    books, as_of = asked
    buckets = dict.fromkeys(FIVE.keys, 0)
    for item in open_items(books, as_of):
        buckets[FIVE.name(item.days_overdue(as_of))] += item.outstanding
    assert sum(buckets.values()) == sum(outstanding(cents) for cents in raw(books, as_of).values())


@given(asked_ledgers())
def test_unapplied_is_what_is_left_and_what_was_applied_in_excess(asked: tuple[Receivables, date]) -> None:
    books, as_of = asked
    expected = sum(left(books, as_of).values()) + sum(excess(cents) for cents in raw(books, as_of).values())
    assert sum(unapplied_by_customer(books, as_of).values()) == expected
    assert sum(unapplied(books, as_of).values()) == expected


@given(asked_ledgers())
def test_what_was_applied_to_what_does_not_change_net(asked: tuple[Receivables, date]) -> None:
    books, as_of = asked
    apart = replace(books, applications=tuple(replace(a, amount=Cents(0)) for a in books.applications))
    before, after = tie_out(books, as_of), tie_out(apart, as_of)
    assert {group: tie.expected_net for group, tie in before.items()} == {
        group: tie.aged_net for group, tie in after.items()
    }


Voidable = TypeVar("Voidable", Invoice, Source, Refund, WriteOff)
Document = TypeVar("Document")


def _unvoided(document: Voidable, as_of: date) -> Voidable:
    later = document.voided_on is not None and document.voided_on > as_of
    return replace(document, status=Status.POSTED, voided_on=None) if later else document


def _unrecovered(write_off: WriteOff, as_of: date) -> WriteOff:
    later = write_off.recovered_on is not None and write_off.recovered_on > as_of
    return replace(write_off, recovered_on=None, recovered_amount=Cents(0)) if later else write_off


def _known_by(books: Receivables, as_of: date) -> Receivables:
    """The ledger without anything dated after a day, and with the voids after it not yet made."""
    invoices = {i.id: _unvoided(i, as_of) for i in books.invoices if i.invoice_date <= as_of}
    refunds = tuple(_unvoided(r, as_of) for r in books.refunds if r.refund_date <= as_of)
    # A refund counts whatever its source, so the source it names has to stay.
    refunded = {refund.source_key for refund in refunds}
    dated = {s.key: s for s in books.sources if s.source_date <= as_of}
    sources = (_unvoided(s, as_of) for s in books.sources if s.key in dated or s.key in refunded)
    return Receivables(
        customers=books.customers,
        invoices=tuple(invoices.values()),
        installments=tuple(part for part in books.installments if part.invoice_id in invoices),
        sources=tuple(sources),
        applications=tuple(
            a
            for a in books.applications
            if a.invoice_id in invoices and a.source_key in dated and (a.applied_on or as_of) <= as_of
        ),
        refunds=refunds,
        write_offs=tuple(
            _unrecovered(_unvoided(w, as_of), as_of)
            for w in books.write_offs
            if w.written_off_on <= as_of and w.invoice_id in invoices
        ),
    )


@given(ledgers())
def test_nothing_dated_after_a_day_changes_that_day(books: Receivables) -> None:
    for day in telling_days(books)[::3]:
        known = _known_by(books, day)
        assert open_items(known, day) == open_items(books, day)
        assert unapplied_by_customer(known, day) == unapplied_by_customer(books, day)


@given(asked_ledgers())
def test_documents_that_never_counted_change_nothing(asked: tuple[Receivables, date]) -> None:
    books, as_of = asked
    never = {Status.DRAFT, Status.PENDING_APPROVAL, Status.REJECTED}
    drafts = {i.id for i in books.invoices if i.status in never}
    without = replace(
        books,
        invoices=tuple(i for i in books.invoices if i.id not in drafts),
        installments=tuple(part for part in books.installments if part.invoice_id not in drafts),
        applications=tuple(a for a in books.applications if a.invoice_id not in drafts),
        write_offs=tuple(w for w in books.write_offs if w.invoice_id not in drafts),
    )
    assert open_items(without, as_of) == open_items(books, as_of)
    assert unapplied_by_customer(without, as_of) == unapplied_by_customer(books, as_of)


def _shuffled(documents: tuple[Document, ...], random: Random) -> tuple[Document, ...]:
    return tuple(random.sample(documents, len(documents)))


@given(asked_ledgers(), st.integers(0, 2**32))
def test_order_carries_no_meaning(asked: tuple[Receivables, date], seed: int) -> None:
    books, as_of = asked
    random = Random(seed)
    mixed = Receivables(
        customers=_shuffled(books.customers, random),
        invoices=_shuffled(books.invoices, random),
        installments=_shuffled(books.installments, random),
        sources=_shuffled(books.sources, random),
        applications=_shuffled(books.applications, random),
        refunds=_shuffled(books.refunds, random),
        write_offs=_shuffled(books.write_offs, random),
    )
    assert open_items(mixed, as_of) == open_items(books, as_of)
    assert unapplied_by_customer(mixed, as_of) == unapplied_by_customer(books, as_of)
    assert tie_out(mixed, as_of) == tie_out(books, as_of)


@given(asked_ledgers())
def test_invoices_and_sources_that_count_have_the_balances(asked: tuple[Receivables, date]) -> None:
    books, as_of = asked
    live = counting(books, as_of)
    assert {invoice.id for invoice in live.invoices} == set(raw(books, as_of))
    silent = {source.key for source in books.sources} - {source.key for source in live.sources}
    assert all(left(books, as_of)[key] <= 0 for key in silent)
