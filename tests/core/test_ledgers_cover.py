"""The generator really produces every situation that the definitions name, in a few hundred examples."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings

from arctl.core.balance import left, raw
from arctl.core.documents import WRITE_OFF_KIND, Receivables, SourceType, Status
from arctl.core.terms import parse_terms
from tests.conftest import ROOT, process_environment
from tests.folders import COLUMNS, write_folder
from tests.ledgers import FIRST, LAST, as_of_days, ledgers, telling_days

MANY = 300
AT_LEAST = 3
"""How many of the examples must show a situation: one would be luck."""


def collected() -> list[Receivables]:
    """A few hundred ledgers, the same each time in a process that loads nothing else."""
    found: list[Receivables] = []

    @settings(max_examples=MANY, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(ledgers())
    def collect(receivables: Receivables) -> None:
        found.append(receivables)

    collect()
    return found


_COLLECT = """
import pickle, sys
from tests.core.test_ledgers_cover import collected
sys.stdout.buffer.write(pickle.dumps(collected()))
"""


@pytest.fixture(scope="module")
def generated() -> list[Receivables]:
    """The same few hundred ledgers for every situation.

    From a process of their own: hypothesis draws on the constants of whatever modules are loaded, and each worker of the suite has
    loaded others.
    """
    ran = subprocess.run(
        [sys.executable, "-c", _COLLECT], cwd=ROOT, env=process_environment(), capture_output=True, check=True
    )
    found: list[Receivables] = pickle.loads(ran.stdout)
    return found


def _documents(r: Receivables) -> list[tuple[Status, date, date | None]]:
    return [
        *((i.status, i.invoice_date, i.voided_on) for i in r.invoices),
        *((s.status, s.source_date, s.voided_on) for s in r.sources),
        *((f.status, f.refund_date, f.voided_on) for f in r.refunds),
        *((w.status, w.written_off_on, w.voided_on) for w in r.write_offs),
    ]


def _invoice_is(status: Status) -> Callable[[Receivables], bool]:
    return lambda r: any(i.status is status for i in r.invoices)


def _source_is(status: Status) -> Callable[[Receivables], bool]:
    return lambda r: any(s.status is status for s in r.sources)


def _voided(r: Receivables, days: Callable[[int], bool]) -> bool:
    return any(voided is not None and days((voided - own).days) for _, own, voided in _documents(r))


def _dates_of_applications(r: Receivables) -> list[tuple[date | None, date, date]]:
    invoices = {i.id: i.invoice_date for i in r.invoices}
    sources = {s.key: s.source_date for s in r.sources}
    return [(a.applied_on, sources[a.source_key], invoices[a.invoice_id]) for a in r.applications]


def _crosses_customers(r: Receivables) -> bool:
    payers = {s.key: s.customer_id for s in r.sources}
    owers = {i.id: i.customer_id for i in r.invoices}
    return any(payers[a.source_key] != owers[a.invoice_id] for a in r.applications)


def _refunds_a(r: Receivables, *statuses: Status) -> bool:
    of_source = {s.key: s.status for s in r.sources}
    return any(of_source[f.source_key] in statuses and f.status is Status.POSTED and f.amount for f in r.refunds)


def _bounced_and_paid_again(r: Receivables) -> bool:
    voided = {s.key for s in r.sources if s.voided_on is not None and s.voided_on > s.source_date}
    bounced = {a.invoice_id for a in r.applications if a.source_key in voided and a.amount > 0}
    return any(a.invoice_id in bounced and a.source_key not in voided for a in r.applications)


def _terms_date_an_invoice(r: Receivables, known: bool) -> bool:
    terms = {c.id: c.terms for c in r.customers}
    return any(i.due_date is None and (parse_terms(terms[i.customer_id]) is not None) is known for i in r.invoices)


def _instalments_out_of_order(r: Receivables) -> bool:
    parts = [(p.invoice_id, p.installment, p.due_date) for p in r.installments]
    return any(one[0] == other[0] and one[1] < other[1] and one[2] > other[2] for one in parts for other in parts)


def _instalments_reduced(r: Receivables) -> bool:
    balances = raw(r, LAST)
    whole = {i.id: i.amount for i in r.invoices}
    split = {p.invoice_id for p in r.installments}
    return any(i in balances and 0 < balances[i] < whole[i] for i in split)


def _shares_ids(r: Receivables) -> bool:
    payments, memos = ({s.id for s in r.sources if s.type is kind} for kind in SourceType)
    return bool(payments & memos)


SITUATIONS: dict[str, Callable[[Receivables], bool]] = {
    **{f"{status} invoice": _invoice_is(status) for status in Status},
    **{f"{status} payment or credit memo": _source_is(status) for status in Status},
    "voided refund": lambda r: any(f.voided_on for f in r.refunds),
    "voided write-off": lambda r: any(w.voided_on for w in r.write_offs),
    "voided before its own date": lambda r: _voided(r, lambda days: days < 0),
    "voided on its own date": lambda r: _voided(r, lambda days: days == 0),
    "voided after its own date": lambda r: _voided(r, lambda days: days > 0),
    "paid, bounced, paid again": _bounced_and_paid_again,
    "instalments": lambda r: bool(r.installments),
    "instalments partly reduced": _instalments_reduced,
    "instalments whose due dates run against their numbers": _instalments_out_of_order,
    "instalments due on the same day": lambda r: (
        len({(p.invoice_id, p.due_date) for p in r.installments}) < len(r.installments)
    ),
    "instalment of 0": lambda r: any(p.amount == 0 for p in r.installments),
    "invoice of 0": lambda r: any(i.amount == 0 for i in r.invoices),
    "refund": lambda r: bool(r.refunds),
    "refund of a voided source": lambda r: _refunds_a(r, Status.VOIDED),
    "refund of a draft source": lambda r: _refunds_a(r, Status.DRAFT, Status.PENDING_APPROVAL),
    "refund of a credit memo": lambda r: any(f.source_type is SourceType.CREDIT_MEMO for f in r.refunds),
    "over-refunded or over-applied source": lambda r: any(cents < 0 for cents in left(r, LAST).values()),
    "write-off": lambda r: bool(r.write_offs),
    "write-off with a recovery": lambda r: any(
        w.recovered_on is not None and w.status is Status.POSTED for w in r.write_offs
    ),
    "recovery before its write-off": lambda r: any(
        w.recovered_on is not None and w.recovered_on < w.written_off_on for w in r.write_offs
    ),
    "recovery of a part": lambda r: any(0 < w.recovered_amount < w.amount for w in r.write_offs),
    "write-off before its invoice": lambda r: any(
        w.invoice_id == i.id and w.written_off_on < i.invoice_date for w in r.write_offs for i in r.invoices
    ),
    "credit memo of kind write_off": lambda r: any(s.kind == WRITE_OFF_KIND for s in r.sources),
    "deposit": lambda r: any(s.kind == "deposit" for s in r.sources),
    "over-applied invoice": lambda r: any(cents < 0 for cents in raw(r, LAST).values()),
    "invoice grown beyond its amount": lambda r: any(raw(r, LAST).get(i.id, 0) > i.amount for i in r.invoices),
    "negative application": lambda r: any(a.amount < 0 for a in r.applications),
    "application without a date": lambda r: any(a.applied_on is None for a in r.applications),
    "application before its source": lambda r: any(
        own is not None and own < source for own, source, _ in _dates_of_applications(r)
    ),
    "application before its invoice": lambda r: any(
        own is not None and own < invoice for own, _, invoice in _dates_of_applications(r)
    ),
    "application after both documents": lambda r: any(
        own is not None and own > max(source, invoice) for own, source, invoice in _dates_of_applications(r)
    ),
    "payment before its invoice": lambda r: any(source < invoice for _, source, invoice in _dates_of_applications(r)),
    "discount": lambda r: any(a.discount for a in r.applications),
    "application with and without id": lambda r: {bool(a.id) for a in r.applications} == {True, False},
    "application across customers": _crosses_customers,
    "one source on several invoices": lambda r: (
        len({a.source_key for a in r.applications}) < len({(a.source_key, a.invoice_id) for a in r.applications})
    ),
    "several sources on one invoice": lambda r: (
        len({a.invoice_id for a in r.applications}) < len({(a.source_key, a.invoice_id) for a in r.applications})
    ),
    "missing due date, terms known": lambda r: _terms_date_an_invoice(r, known=True),
    "missing due date, terms unknown": lambda r: _terms_date_an_invoice(r, known=False),
    "due before its invoice date": lambda r: any(i.due_date and i.due_date < i.invoice_date for i in r.invoices),
    "disputed invoice": lambda r: any(i.disputed for i in r.invoices),
    "journal entry on AR": lambda r: any(i.kind == "journal" for i in r.invoices),
    "two currencies": lambda r: len({i.currency for i in r.invoices}) == 2,
    "two companies": lambda r: len({i.company for i in r.invoices}) == 2,
    "applications in two groups": lambda r: (
        len({i.group for i in r.invoices for a in r.applications if a.invoice_id == i.id}) > 1
    ),
    "documents of the future": lambda r: any(own > FIRST + timedelta(days=60) for _, own, _ in _documents(r)),
    "a payment and a credit memo with one id": _shares_ids,
    "a customer of another": lambda r: any(c.parent_id for c in r.customers),
    "nothing but customers": lambda r: not (r.invoices or r.sources),
    "credits only": lambda r: bool(r.sources) and not r.invoices,
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_generator_produces(situation: str, generated: list[Receivables]) -> None:
    assert sum(SITUATIONS[situation](receivables) for receivables in generated) >= AT_LEAST


def test_ledgers_stay_small_and_are_valid(generated: list[Receivables]) -> None:
    for receivables in generated:
        assert len(receivables.customers) <= 6
        assert len(receivables.invoices) <= 12
        _assert_unique_ids(receivables)
        _assert_amounts(receivables)
        _assert_references(receivables)
        assert all((voided is not None) == (status is Status.VOIDED) for status, _, voided in _documents(receivables))


def _assert_unique_ids(r: Receivables) -> None:
    for keys in (
        [c.id for c in r.customers],
        [i.id for i in r.invoices],
        [s.key for s in r.sources],
        [f.id for f in r.refunds],
        [w.id for w in r.write_offs],
        [a.id for a in r.applications if a.id],
        [(p.invoice_id, p.installment) for p in r.installments],
    ):
        assert len(keys) == len(set(keys))


def _assert_amounts(r: Receivables) -> None:
    owed = [*(i.amount for i in r.invoices), *(p.amount for p in r.installments), *(w.amount for w in r.write_offs)]
    paid = [*(s.amount for s in r.sources), *(f.amount for f in r.refunds)]
    assert min([0, *owed, *paid]) == 0
    assert all(a.discount >= 0 for a in r.applications)
    assert all(0 <= w.recovered_amount <= w.amount for w in r.write_offs)
    assert all((w.recovered_on is not None) == (w.recovered_amount > 0) for w in r.write_offs)
    for invoice in r.invoices:
        parts = [p.amount for p in r.installments if p.invoice_id == invoice.id]
        assert not parts or sum(parts) == invoice.amount


def _assert_references(r: Receivables) -> None:
    customers = {c.id for c in r.customers}
    invoices = {i.id: i for i in r.invoices}
    sources = {s.key: s for s in r.sources}
    assert {i.customer_id for i in r.invoices} | {s.customer_id for s in r.sources} <= customers
    assert all(f.customer_id == sources[f.source_key].customer_id for f in r.refunds)
    assert {p.invoice_id for p in r.installments} | {w.invoice_id for w in r.write_offs} <= set(invoices)
    assert {f.source_key for f in r.refunds} <= set(sources)
    assert all(sources[a.source_key].group == invoices[a.invoice_id].group for a in r.applications)


def test_as_of_days_lie_before_on_and_after_the_documents() -> None:
    days: set[date] = set()

    @settings(max_examples=MANY, derandomize=True, database=None, phases=[Phase.generate])
    @given(as_of_days())
    def collect(day: date) -> None:
        days.add(day)

    collect()
    assert min(days) < FIRST
    assert max(days) > LAST + timedelta(days=90)
    assert sum(FIRST <= day <= LAST for day in days) > 20


def test_balances_change_on_telling_days_only(generated: list[Receivables]) -> None:
    for receivables in generated[:40]:
        telling = set(telling_days(receivables))
        days = [FIRST + timedelta(days=number) for number in range(-2, (LAST - FIRST).days + 3)]
        for before, day in pairwise(days):
            if day not in telling:
                assert raw(receivables, day) == raw(receivables, before)
                assert left(receivables, day) == left(receivables, before)


def test_a_folder_holds_every_document_once_in_any_order(generated: list[Receivables], tmp_path: Path) -> None:
    receivables = max(generated, key=lambda r: len(r.applications) + len(r.invoices))
    write_folder(receivables, tmp_path / "plain")
    write_folder(receivables, tmp_path / "shuffled", shuffle=Random(7))
    assert {path.name for path in (tmp_path / "plain").iterdir()} == set(COLUMNS)
    moved = 0
    for name, columns in COLUMNS.items():
        plain = (tmp_path / "plain" / name).read_text(encoding="utf-8").splitlines()
        shuffled = (tmp_path / "shuffled" / name).read_text(encoding="utf-8").splitlines()
        assert plain[0] == shuffled[0] == ",".join(columns.split())
        assert sorted(plain) == sorted(shuffled)
        moved += plain != shuffled
    assert moved
    lines = {name: len((tmp_path / "plain" / name).read_text(encoding="utf-8").splitlines()) - 1 for name in COLUMNS}
    assert lines["customer_invoices.csv"] == len(receivables.invoices)
    assert lines["customer_payments.csv"] + lines["credit_memos.csv"] == len(receivables.sources)
    assert lines["payment_applications.csv"] == len(receivables.applications)
