"""The accounts that the ledger answers with: open items, credit, terms, and what was done before."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from arctl.core.balance import open_items, unapplied_by_customer
from arctl.core.documents import Receivables
from arctl.core.dunning import DunningTerms
from arctl.core.dunning_config import Layer
from arctl.core.dunning_decision import Outcome, Reason, decide
from arctl.core.dunning_facts import Account, Covered, Credit, facts
from arctl.core.effects import hash_of
from arctl.store import dunning_config
from arctl.store.books import Company, add_company
from arctl.store.dunning import accounts
from tests.aging.books import Books, Files, books_of, empty_books
from tests.dunning.diary import DAY
from tests.dunning.past import AT, Past
from tests.ledgers import ledgers, telling_days

FILES: Files = {
    "customers.csv": [
        {"id": "C1", "name": "Birch", "email": "ap@birch.example.com", "isinactive": "F", "sales_rep": "Rep",
         "sales_rep_email": "rep@example.com"},
        {"id": "C2", "name": "Cedar", "email": "", "isinactive": "F"},
        {"id": "C3", "name": "Drift", "email": "", "isinactive": "F"},
    ],
    "customer_invoices.csv": [
        {"id": "I1", "customer_id": "C1", "invoice_date": "2026-05-01", "due_date": "2026-05-31", "amount": "100", "tranid": "INV-1",
         "otherrefnum": "PO-9"},
        {"id": "I2", "customer_id": "C1", "invoice_date": "2026-06-01", "due_date": "2026-07-31", "amount": "50", "disputed": "T"},
        {"id": "I3", "customer_id": "C1", "invoice_date": "2026-05-01", "due_date": "2026-06-01", "amount": "70", "currency": "EUR"},
        {"id": "I4", "customer_id": "C2", "invoice_date": "2026-06-01", "due_date": "2026-07-31", "amount": "20"},
        {"id": "I5", "customer_id": "C2", "invoice_date": "2026-01-01", "due_date": "2026-01-31", "amount": "80"},
    ],
    "invoice_installments.csv": [
        {"invoice_id": "I3", "installment": "1", "due_date": "2026-06-01", "amount": "30"},
        {"invoice_id": "I3", "installment": "2", "due_date": "2026-07-15", "amount": "40"},
    ],
    "customer_payments.csv": [
        {"id": "P1", "customer_id": "C1", "receipt_date": "2026-06-10", "amount": "15"},
        {"id": "P2", "customer_id": "C2", "receipt_date": "2026-06-10", "amount": "90"},
        {"id": "P3", "customer_id": "C3", "receipt_date": "2026-06-10", "amount": "5"},
    ],
    "payment_applications.csv": [
        {"source_type": "payment", "source_id": "P1", "invoice_id": "I1", "amount": "5", "applied_on": "2026-06-10"},
        {"source_type": "payment", "source_id": "P2", "invoice_id": "I5", "amount": "90", "applied_on": "2026-06-10"},
    ],
}  # fmt: skip


@pytest.fixture
def books() -> Iterator[Books]:
    with empty_books() as found:
        found.sync_rows(FILES)
        yield found


@pytest.fixture
def past(books: Books) -> Past:
    return Past(books)


def _all(books: Books, day: date = DAY) -> dict[tuple[str, str], Account]:
    found = accounts(books.ledger.connection, 1, 1, day)
    assert [(each.customer_id, each.currency) for each in found] == sorted(
        (each.customer_id, each.currency) for each in found
    )
    return {(each.customer_id, each.currency): each for each in found}


def _usd(books: Books, day: date = DAY) -> Account:
    return _all(books, day)["C1", "USD"]


def test_an_account_with_its_items_and_credit(books: Books) -> None:
    usd = _usd(books)

    assert (usd.customer_name, usd.email, usd.sales_rep, usd.sales_rep_email) == (
        "Birch", "ap@birch.example.com", "Rep", "rep@example.com",
    )  # fmt: skip
    assert [each[1:] for each in usd.items] == [
        ("I1", 0, "INV-1", "PO-9", "2026-05-01", "2026-05-31", 9_500, False),
        ("I2", 0, "I2", "", "2026-06-01", "2026-07-31", 5_000, True),
    ]
    assert usd.unapplied == (Credit("payment", "P1", 1_000),)
    assert (usd.covered, usd.last_contact, usd.contacts, usd.on_hold, usd.terms) == ({}, None, 0, False, DunningTerms())


def test_one_account_per_currency_with_its_instalments(books: Books) -> None:
    eur = _all(books)["C1", "EUR"]

    assert [(each.installment, each.due_date, each.outstanding_cents) for each in eur.items] == [
        (1, "2026-06-01", 3_000),
        (2, "2026-07-15", 4_000),
    ]
    assert [each.installment for each in decide(eur, DAY).items] == [1]


def test_who_has_nothing_due_is_no_account_unless_asked_for(books: Books) -> None:
    assert set(_all(books)) == {("C1", "EUR"), ("C1", "USD")}

    keys = [Past(books).key(each) for each in ("C2", "C3")]
    named = {each.customer_id: each for each in accounts(books.ledger.connection, 1, 1, DAY, keys)}

    assert [each.invoice_id for each in named["C2"].items] == ["I4"]
    assert named["C2"].unapplied == (Credit("invoice", "I5", 1_000),), "the excess of an over-applied invoice is credit"
    assert (named["C2"].email, named["C3"].items, named["C3"].unapplied_cents) == (None, (), 500)
    assert decide(named["C3"], DAY).code is Reason.NOT_OVERDUE


def test_as_of_an_earlier_day(books: Books) -> None:
    usd = _usd(books, date(2026, 6, 9))

    assert [each.outstanding_cents for each in usd.items] == [10_000, 5_000]
    assert usd.unapplied == ()


def test_nobody_and_some_and_all_agree(books: Books) -> None:
    everybody = accounts(books.ledger.connection, 1, 1, DAY)

    assert accounts(books.ledger.connection, 1, 1, DAY, []) == []
    assert accounts(books.ledger.connection, 1, 1, DAY, [everybody[0].customer_key]) == everybody
    assert accounts(books.ledger.connection, 1, 2, DAY) == []


def test_what_an_action_covers(books: Books, past: Past) -> None:
    earlier, on = date(2026, 6, 8), date(2026, 6, 15)
    past.step("I1", 1, 1, earlier, past.contact("C1", earlier))
    past.step("I1", 2, 1, on, past.contact("C1", on, tier="firm"))

    usd = _usd(books)

    assert usd.covered == {usd.items[0].key: Covered(2, 1, "2026-06-15", refused=False)}
    assert (usd.contacts, usd.last_contact, usd.last_contact_here, usd.last_tier) == (
        2,
        "2026-06-15",
        "2026-06-15",
        "firm",
    )
    assert usd.last_email == "old@example.com"
    assert _usd(books, date(2026, 6, 14)).covered[usd.items[0].key] == Covered(1, 1, "2026-06-08", refused=False)


@pytest.mark.parametrize(
    ("status", "covers"), [("planned", True), ("in_progress", True), ("failed", False), ("cancelled", False)]
)
def test_an_action_that_failed_frees_its_items(books: Books, past: Past, status: str, covers: bool) -> None:
    on = date(2026, 6, 29)
    past.step("I1", 1, 1, on, past.contact("C1", on, status=status))

    usd = _usd(books)

    assert bool(usd.covered) is covers
    assert (usd.last_contact is not None) is covers
    assert usd.contacts == (1 if status == "in_progress" else 0), "a call that is only planned was not made yet"


def test_a_decision_that_none_be_covers_until_an_action_comes(books: Books, past: Past) -> None:
    past.proposed("collection_action", "C1", "rejected", {})
    past.step("I1", 1, 1, date(2026, 6, 8), None)
    key = _usd(books).items[0].key

    assert _usd(books).covered[key] == Covered(1, 1, "2026-06-08", refused=True)

    on = date(2026, 6, 15)
    past.step("I1", 2, 1, on, past.contact("C1", on))

    assert _usd(books).covered[key] == Covered(2, 1, "2026-06-15", refused=False)

    past.proposed("collection_action", "C1", "rejected", {})
    past.step("I1", 3, 1, date(2026, 6, 22), None)

    assert _usd(books).covered[key] == Covered(3, 1, "2026-06-22", refused=True)


def test_a_contact_in_another_currency_is_a_contact_of_the_customer(books: Books, past: Past) -> None:
    past.contact("C1", date(2026, 6, 20), currency="EUR")
    past.contact("C1", date(2026, 6, 21), action_type="collection_agency")

    usd, eur = _usd(books), _all(books)["C1", "EUR"]

    assert (usd.last_contact, usd.last_contact_here, usd.contacts) == ("2026-06-20", None, 0)
    assert (eur.last_contact, eur.last_contact_here, eur.contacts) == ("2026-06-20", "2026-06-20", 1)


def test_what_happened_after_the_day_is_not_known_on_it(books: Books, past: Past) -> None:
    past.contact("C1", date(2026, 6, 28))

    assert (_usd(books, date(2026, 6, 27)).last_contact, _usd(books, date(2026, 6, 27)).contacts) == (None, 0)
    assert _usd(books, date(2026, 6, 28)).last_contact == "2026-06-28"


def test_another_company_is_another_creditor(books: Books, past: Past) -> None:
    connection = books.ledger.connection
    add_company(connection, 1, Company(2, "north", "USD", "Europe/Berlin", None))
    past.contact("C1", date(2026, 6, 28), company=2)

    assert (_usd(books).last_contact, _usd(books).contacts) == (None, 0)


def test_a_hold_that_was_released_is_none(books: Books, past: Past) -> None:
    past.hold("C1")
    books.ledger.connection.execute(
        "UPDATE customer_holds SET released_at = ?, released_by = 't', released_run = 1", (AT,)
    )

    assert not _usd(books).on_hold


def test_the_erp_has_a_hold_of_its_own(books: Books) -> None:
    books.sync_rows({"customers.csv": [{"id": "C1", "name": "Birch", "isinactive": "F", "entitystatus": "hold"}]})

    assert _usd(books).on_hold


def test_snoozed_and_held(books: Books, past: Past) -> None:
    past.hold("C1")
    past.snooze("C1", DAY + timedelta(days=5))

    assert (_usd(books).on_hold, _usd(books).snoozed_until) == (True, "2026-07-05")
    assert _usd(books, DAY + timedelta(days=5)).snoozed_until is None
    assert decide(_usd(books), DAY).code is Reason.SNOOZED


def test_a_decided_placement_is_not_asked_for_again(books: Books, past: Past) -> None:
    late = date(2026, 8, 15)
    verdict = decide(_usd(books, late), late)
    frozen = facts(_usd(books, late), verdict.items)

    assert verdict.placement
    past.proposed("agency_placement", "C1", "superseded", frozen)
    assert decide(_usd(books, late), late).placement, "what nobody decided counts for nothing"
    past.proposed("agency_placement", "C1", "rejected", frozen)
    assert not decide(_usd(books, late), late).placement


def test_a_placement_in_an_envelope_turned_down_is_decided_too(books: Books, past: Past) -> None:
    late = date(2026, 8, 15)
    of = _usd(books, late)
    past.reject_run([("agency_placement", "C1", facts(of, decide(of, late).items))])

    assert not decide(_usd(books, late), late).placement


def test_a_task_to_apply_cash_is_given_once(books: Books, past: Past) -> None:
    books.sync_rows({"customer_payments.csv": [
        {"id": "P9", "customer_id": "C1", "receipt_date": "2026-06-20", "amount": "500"},
    ]})  # fmt: skip
    of = _usd(books)
    verdict = decide(of, DAY)

    assert verdict.outcome is Outcome.APPLY_CASH
    past.proposed("apply_cash_first", "C1", "applied", facts(of, verdict.items))
    assert _usd(books).cash_task_facts == hash_of(facts(of, verdict.items))
    assert decide(_usd(books), DAY).outcome is Outcome.NONE


def test_the_terms_come_from_the_customer_then_the_default_then_the_settings(books: Books, past: Past) -> None:
    connection = books.ledger.connection
    connection.execute("INSERT INTO settings VALUES (1, 'dunning.repeat_days', '30', ?, 't')", (AT,))
    connection.execute("INSERT INTO settings VALUES (1, 'dunning.min_gap_days', '9', ?, 't')", (AT,))
    connection.execute("INSERT INTO settings VALUES (1, 'dunning.minimum_amount', '2.50', ?, 't')", (AT,))
    default: Layer = {"min_gap_days": 3, "first_reminder_days": 5, "language": "de"}
    dunning_config.write(connection, 1, None, default, "t", AT)
    dunning_config.write(
        connection, 1, past.key("C1"), {"first_reminder_days": 2, "placed": "legal", "send_email": "F"}, "t", AT
    )

    of = _usd(books)

    assert of.terms == DunningTerms(
        2,
        14,
        21,
        60,
        repeat_days=30,
        min_gap_days=3,
        minimum_cents=250,
        send_email=False,
        language="de",
        placed="legal",
    )
    assert decide(of, DAY).code is Reason.PLACED


@given(ledgers())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_accounts_are_what_the_pure_definition_says(receivables: Receivables) -> None:
    with books_of(receivables) as books:
        connection = books.ledger.connection
        companies = {name: number for number, name in books.rows("SELECT company_id, name FROM companies")}
        customers = [key for (key,) in books.rows("SELECT customer_key FROM erp_customers")]
        for day in telling_days(receivables)[-3:]:
            owed: defaultdict[tuple[str, str, str], list[tuple[str, int, int, str]]] = defaultdict(list)
            for each in open_items(receivables, day):
                row = (each.invoice_id, each.installment, int(each.outstanding), each.due_date.isoformat())
                owed[each.company, each.currency, each.customer_id].append(row)
            credit = unapplied_by_customer(receivables, day)
            for company, number in companies.items():
                for of in accounts(connection, 1, number, day, customers):
                    name = (company, of.currency, of.customer_id)
                    found = [
                        (each.invoice_id, each.installment, each.outstanding_cents, each.due_date) for each in of.items
                    ]
                    assert sorted(found) == sorted(owed.pop(name, []))
                    assert sum(each.cents for each in of.unapplied) == credit.get(name, 0)
            assert not owed
