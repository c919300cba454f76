"""The daily tick: each item in each bucket it enters, once; days missed; what comes late; what came with the opening load."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arctl.core.balance import open_items
from arctl.core.buckets import bucket_name
from arctl.core.documents import Receivables
from arctl.core.tick import EMPTY, ENTRIES, TICKED, TOLD, CompanyTick, Ticked, span
from arctl.errors import Refused
from arctl.services.books import found
from arctl.services.tick import tick
from arctl.store.books import Company, Made
from tests.aging.books import books_of
from tests.conftest import process_environment
from tests.ledgers import FIRST, ledgers
from tests.sync.desk import CUSTOMERS, Desk

NOW = datetime(2027, 12, 31, 12, tzinfo=UTC)
OPENED = date(2026, 7, 1)
"""The day of a desk's first syncs."""
HEAD = "id,customer_id,invoice_date,amount,due_date\n"


def run(desk: Desk, day: date | str, company: str | None = None) -> CompanyTick:
    (done,) = tick(desk.ledger, date.fromisoformat(str(day)), company, NOW, "nightly")
    return done


def moves(desk: Desk) -> list[tuple[str, str, int, str]]:
    """(day, invoice, instalment, bucket entered) in the order of the chain."""
    return desk.rows(
        "SELECT occurred_on, entity_id, json_extract(payload_json, '$.installment'), json_extract(payload_json, '$.to')"
        " FROM events WHERE event_type = 'ar.bucket_moved' ORDER BY seq"
    )


def facts(desk: Desk, number: int = -1) -> dict[str, object]:
    rows = desk.rows("SELECT payload_json FROM events WHERE event_type = 'ar.bucket_moved' ORDER BY seq")
    return dict(json.loads(rows[number][0]))


def due(desk: Desk, **invoices: str) -> Desk:
    """Sync invoices of 100.00 of C1, dated 2026-05-01, each due when it says."""
    rows = "".join(f"{id},C1,2026-05-01,100.00,{day}\n" for id, day in invoices.items())
    assert not desk.clear().write(customers=CUSTOMERS, customer_invoices=HEAD + rows).sync().rejects
    return desk


def pay(desk: Desk, invoice: str, day: str, amount: str = "100.00", voided: str = "") -> None:
    status = "voided" if voided else "posted"
    desk.clear().write(
        customer_payments="id,customer_id,receipt_date,amount,status,voided_on\n"
        f"P-{invoice},C1,{day},{amount},{status},{voided}\n",
        payment_applications=f"source_type,source_id,invoice_id,amount\npayment,P-{invoice},{invoice},{amount}\n",
    )
    assert not desk.sync().rejects


def test_an_item_enters_each_bucket_on_its_day(desk: Desk) -> None:
    due(desk, A="2026-07-10")
    day = OPENED
    while day <= date(2026, 11, 1):
        run(desk, day)
        day += timedelta(days=1)

    assert moves(desk) == [
        ("2026-07-11", "A", 0, "days_30"),
        ("2026-08-10", "A", 0, "days_60"),
        ("2026-09-09", "A", 0, "days_90"),
        ("2026-10-09", "A", 0, "days_90_plus"),
    ]
    assert facts(desk, 1) == {
        "invoice_id": "A", "installment": 0, "customer_id": "C1", "currency": "USD", "outstanding_cents": 10000,
        "due_date": "2026-07-10", "days_overdue": 31, "entered_on": "2026-08-10", "from": "days_30", "to": "days_60",
    }  # fmt: skip


def test_a_fortnight_with_missed_days(desk: Desk) -> None:
    """Ticks on some days only, receipts and a late invoice in between: every day is told by its own balance."""
    due(desk, A="2026-07-01", B="2026-07-03", C="2026-07-05", D="2026-06-01", E="2026-07-05")
    assert run(desk, "2026-07-02") == CompanyTick("default", TICKED, OPENED, date(2026, 7, 2), 2)
    assert moves(desk) == [("2026-07-02", "A", 0, "days_30"), ("2026-07-02", "D", 0, "days_60")]

    pay(desk, "B", "2026-07-02", "40.00")
    pay(desk, "C", "2026-07-06")  # on the very day on which it would have moved
    pay(desk, "E", "2026-07-07")  # the day after
    assert run(desk, "2026-07-02") == CompanyTick("default", TOLD, until=date(2026, 7, 2))
    assert run(desk, "2026-07-09") == CompanyTick("default", TICKED, date(2026, 7, 3), date(2026, 7, 9), 2)
    assert moves(desk)[2:] == [("2026-07-04", "B", 0, "days_30"), ("2026-07-06", "E", 0, "days_30")]
    assert facts(desk, 2)["outstanding_cents"] == 6000

    due(
        desk, F="2026-07-08", G="2026-07-10", H="2026-05-01"
    )  # the first two days late, or in time, the last in days_90
    assert run(desk, "2026-07-15").moved == 3
    assert moves(desk)[4:] == [
        ("2026-07-11", "G", 0, "days_30"),
        ("2026-07-15", "F", 0, "days_30"),
        ("2026-07-15", "H", 0, "days_90"),
    ]
    told = facts(desk)
    assert (told["entered_on"], told["from"], told["to"], told["days_overdue"]) == ("2026-07-01", None, "days_90", 75)
    rows = desk.rows("SELECT day, batch, moved, actor FROM ar_ticks ORDER BY day")
    assert rows == [("2026-07-02", 1, 2, "nightly"), ("2026-07-09", 4, 2, "nightly"), ("2026-07-15", 5, 3, "nightly")]


def test_the_opening_load_alerts_nobody_of_what_was_overdue(desk: Desk) -> None:
    due(desk, OLD="2026-01-01", TODAY="2026-06-30", NEXT="2026-07-01")
    run(desk, "2026-07-05")

    # what moves on the day of the load is news of that day
    assert moves(desk) == [("2026-07-01", "TODAY", 0, "days_30"), ("2026-07-02", "NEXT", 0, "days_30")]

    desk.write(customer_invoices=HEAD.strip() + ",memo\nOLD,C1,2026-05-01,100.00,2026-01-01,touched\n").sync()
    desk.write(customers="id,name,terms\nC1,Acme,Net 10\n").sync()
    run(desk, "2026-07-06")
    assert len(moves(desk)) == 2


def test_a_first_tick_of_a_day_before_the_load_tells_of_this_day_alone(desk: Desk) -> None:
    due(desk, OLD="2026-01-01", A="2026-06-09", B="2026-06-10", C="2026-06-11")
    assert run(desk, "2026-06-11") == CompanyTick("default", TICKED, date(2026, 6, 11), date(2026, 6, 11), 1)
    assert run(desk, "2026-06-12").moved == 1
    due(desk, LATE="2026-06-01")
    assert run(desk, "2026-06-13").moved == 1

    assert moves(desk) == [
        ("2026-06-11", "B", 0, "days_30"),
        ("2026-06-12", "C", 0, "days_30"),
        ("2026-06-13", "LATE", 0, "days_30"),
    ]


def test_an_invoice_that_came_between_the_load_and_the_first_tick_is_told(desk: Desk) -> None:
    due(desk, OLD="2026-01-01")
    due(desk, NEW="2026-01-01")
    run(desk, "2026-07-05")

    assert moves(desk) == [("2026-07-05", "NEW", 0, "days_90_plus")]


def test_a_draft_of_the_opening_load_that_is_posted_late_is_told(desk: Desk) -> None:
    head = HEAD.strip() + ",status\n"
    rows = "A,C1,2026-05-01,100.00,2026-05-20,{}\nB,C1,2026-05-01,100.00,2026-05-20,posted\n"
    desk.write(customers=CUSTOMERS, customer_invoices=head + rows.format("draft")).sync()
    run(desk, "2026-07-05")
    assert moves(desk) == []
    desk.write(customer_invoices=head + rows.format("posted")).sync()
    run(desk, "2026-07-06")

    assert moves(desk) == [("2026-07-06", "A", 0, "days_60")]


def test_a_due_date_moved_later_lets_an_item_enter_again(desk: Desk) -> None:
    due(desk, A="2026-07-10")
    run(desk, "2026-07-15")
    due(desk, A="2026-07-20")
    run(desk, "2026-07-31")

    assert moves(desk) == [("2026-07-11", "A", 0, "days_30"), ("2026-07-21", "A", 0, "days_30")]


def test_a_due_date_moved_earlier_tells_the_bucket_it_leads_to_once(desk: Desk) -> None:
    due(desk, A="2026-07-10")
    run(desk, "2026-07-15")
    due(desk, A="2026-05-30")
    for day in ("2026-07-16", "2026-07-17"):
        run(desk, day)

    assert moves(desk) == [("2026-07-11", "A", 0, "days_30"), ("2026-07-16", "A", 0, "days_60")]
    assert (facts(desk)["from"], facts(desk)["entered_on"]) == ("days_30", "2026-06-30")


def test_a_due_date_corrected_by_a_day_within_its_bucket_tells_nothing(desk: Desk) -> None:
    due(desk, A="2026-07-10")
    run(desk, "2026-07-15")
    due(desk, A="2026-07-09")
    run(desk, "2026-07-20")

    assert moves(desk) == [("2026-07-11", "A", 0, "days_30")]


def test_terms_changed_later_let_what_is_due_by_them_move(desk: Desk) -> None:
    desk.write(customers="id,name,terms\nC1,Acme,Net 90\n", customer_invoices=HEAD + "A,C1,2026-05-20,100.00,\n").sync()
    run(desk, "2026-07-05")
    assert moves(desk) == []
    desk.clear().write(customers="id,name,terms\nC1,Acme,Net 30\n").sync()
    run(desk, "2026-07-06")

    assert moves(desk) == [("2026-07-06", "A", 0, "days_30")]


def test_a_bounced_payment_repeats_nothing_and_hides_nothing(desk: Desk) -> None:
    due(desk, A="2026-07-10", B="2026-07-10")
    pay(desk, "A", "2026-07-20")  # told once before it was paid
    pay(desk, "B", "2026-07-05")  # paid before it would have moved
    run(desk, "2026-07-25")
    assert moves(desk) == [("2026-07-11", "A", 0, "days_30")]
    for invoice, paid_on in (("A", "2026-07-20"), ("B", "2026-07-05")):
        pay(desk, invoice, paid_on, voided="2026-07-28")
    run(desk, "2026-07-30")

    assert moves(desk)[1:] == [("2026-07-30", "B", 0, "days_30")]


def test_a_payment_that_bounced_before_the_first_tick_hides_nothing(desk: Desk) -> None:
    due(desk, A="2026-07-10")
    pay(desk, "A", "2026-07-05", voided="2026-07-12")  # paid on the day on which it would have moved
    run(desk, "2026-07-15")

    assert moves(desk) == [("2026-07-15", "A", 0, "days_30")]


def test_an_opening_invoice_whose_payment_bounces_is_news(desk: Desk) -> None:
    desk.write(
        customers=CUSTOMERS,
        customer_invoices=HEAD + "A,C1,2026-05-01,100.00,2026-01-01\n",
        customer_payments="id,customer_id,receipt_date,amount\nP-A,C1,2026-05-02,100.00\n",
        payment_applications="source_type,source_id,invoice_id,amount\npayment,P-A,A,100.00\n",
    ).sync()
    run(desk, "2026-07-05")
    assert moves(desk) == []
    pay(desk, "A", "2026-05-02", voided="2026-07-06")
    run(desk, "2026-07-07")

    assert moves(desk) == [("2026-07-07", "A", 0, "days_90_plus")]


def test_instalments_move_one_by_one(desk: Desk) -> None:
    desk.write(
        customers=CUSTOMERS,
        customer_invoices=HEAD + "A,C1,2026-05-01,100.00,2026-07-10\n",
        invoice_installments="invoice_id,installment,due_date,amount\nA,1,2026-07-10,30\nA,2,2026-07-12,70\n",
    ).sync()
    pay(desk, "A", "2026-07-05", "50.00")
    run(desk, "2026-07-31")

    assert moves(desk) == [("2026-07-13", "A", 2, "days_30")]
    assert facts(desk)["outstanding_cents"] == 5000


def test_a_new_due_date_of_one_instalment_is_told_the_other_is_not(desk: Desk) -> None:
    parts = "invoice_id,installment,due_date,amount\nA,1,2026-04-30,30\nA,2,{},70\n"
    desk.write(
        customers=CUSTOMERS,
        customer_invoices=HEAD + "A,C1,2026-04-01,100.00,2026-07-30\n",
        invoice_installments=parts.format("2026-07-30"),
    ).sync()
    run(desk, "2026-07-05")
    assert moves(desk) == []
    desk.clear().write(invoice_installments=parts.format("2026-06-30")).sync()
    run(desk, "2026-07-06")

    assert moves(desk) == [("2026-07-06", "A", 2, "days_30")]


def test_instalments_of_other_amounts_and_the_same_dates_are_no_news(desk: Desk) -> None:
    parts = "invoice_id,installment,due_date,amount\nA,1,2026-02-01,{}\nA,2,2026-07-30,{}\n"
    desk.write(
        customers=CUSTOMERS,
        customer_invoices=HEAD + "A,C1,2026-01-01,100.00,2026-07-30\n",
        invoice_installments=parts.format(30, 70),
    ).sync()
    run(desk, "2026-07-05")
    desk.clear().write(invoice_installments=parts.format(40, 60)).sync()
    run(desk, "2026-07-06")

    assert moves(desk) == []


def test_companies_go_by_their_own_opening_and_day(desk: Desk) -> None:
    found(desk.db, "default", Company(0, "east", "USD", "Asia/Tokyo", None), True, Made("2026-07-01 12:00:00", "t"))
    due(desk, A="2026-07-01")
    moment = datetime(2026, 7, 2, 20, tzinfo=UTC)  # 3 July in Tokyo already
    done = tick(desk.ledger, None, None, moment, "nightly")
    assert done == [
        CompanyTick("default", TICKED, OPENED, date(2026, 7, 2), 1),
        CompanyTick("east", EMPTY),
    ]
    head = HEAD.strip() + ",company\n"
    desk.clear().write(
        customer_invoices=head + "E1,C1,2026-04-01,100.00,2026-04-30,east\nE2,C1,2026-05-01,100.00,2026-07-02,east\n"
    ).sync()
    done = tick(desk.ledger, None, None, moment, "nightly")

    assert [(each.company, each.status, each.until, each.moved) for each in done] == [
        ("default", TOLD, date(2026, 7, 2), 0),
        ("east", TICKED, date(2026, 7, 3), 1),
    ]
    assert moves(desk)[-1] == ("2026-07-03", "E2", 0, "days_30")
    with pytest.raises(Refused, match="2026-07-03 has not come yet for company default, where today is 2026-07-02"):
        tick(desk.ledger, date(2026, 7, 3), None, moment, "nightly")
    assert tick(desk.ledger, date(2026, 7, 3), "east", moment, "nightly")[0].status == TOLD


def test_a_ledger_of_an_older_arctl_is_told_from_its_first_tick_on(desk: Desk) -> None:
    """Its loads left no event: what it held when the first tick came counts as opening, months of days are not told at once."""
    due(desk, A="2026-07-10", B="2026-07-31")
    desk.ledger.connection.execute("DROP TRIGGER events_delete")
    desk.ledger.connection.execute("DELETE FROM events")

    assert run(desk, "2026-08-01") == CompanyTick("default", TICKED, date(2026, 8, 1), date(2026, 8, 1), 1)
    assert moves(desk) == [("2026-08-01", "B", 0, "days_30")]


def test_a_ledger_without_a_sync_has_nothing_to_tell(desk: Desk) -> None:
    assert run(desk, "2026-07-05") == CompanyTick("default", EMPTY)
    assert desk.rows("SELECT * FROM ar_ticks") == []


def test_two_ticks_at_once_tell_once(desk: Desk) -> None:
    due(desk, **{f"I{number}": "2026-07-10" for number in range(30)})
    words = [sys.executable, "-m", "arctl", "--db", str(desk.db), "events", "tick", "--as-of", "2026-07-15", "--json"]
    both = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=process_environment())
        for _ in range(2)
    ]
    outcomes = [process.communicate(timeout=60) for process in both]

    assert [process.returncode for process in both] == [0, 0], outcomes
    (one,), (other,) = (json.loads(out) for out, _ in outcomes)
    assert sorted([one["moved"], other["moved"]]) == [0, 30]
    assert len(moves(desk)) == 30


@pytest.mark.parametrize(
    ("last", "ticks", "first"),
    [
        ("2026-07-05", [], "2026-07-01"),
        ("2026-07-01", [], "2026-07-01"),
        ("2026-06-05", [], "2026-06-05"),
        ("2026-07-05", ["2026-07-02"], "2026-07-03"),
        ("2026-07-05", ["2026-07-04", "2026-07-02"], "2026-07-05"),
        ("2026-07-05", ["2026-07-05"], None),
        ("2026-07-04", ["2026-07-05"], None),
    ],
)
def test_the_days_a_tick_tells_of(last: str, ticks: list[str], first: str | None) -> None:
    told = [Ticked(date.fromisoformat(day), 2) for day in ticks]

    found = span(date.fromisoformat(last), Ticked(OPENED, 1), told)

    assert (found.first.isoformat() if found else None) == first


_TOLD = (
    "SELECT k.name, e.occurred_on, e.entity_id, json_extract(e.payload_json, '$.installment'),"
    " json_extract(e.payload_json, '$.to'), json_extract(e.payload_json, '$.outstanding_cents'),"
    " json_extract(e.payload_json, '$.entered_on')"
    " FROM events AS e JOIN companies AS k ON k.tenant_id = e.tenant_id AND k.company_id = e.company_id"
    " WHERE e.event_type = 'ar.bucket_moved'"
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), st.integers(0, 60), st.lists(st.integers(1, 200), max_size=4))
def test_ticks_tell_what_the_pure_definition_says_however_many_days_are_missed(
    books: Receivables, begin: int, later: list[int]
) -> None:
    first = FIRST + timedelta(days=begin)
    last = first + timedelta(days=201)
    with books_of(books) as kept:
        for day in [first, *(first + timedelta(days=number) for number in sorted(later)), last]:
            tick(kept.ledger, day, None, NOW, "nightly")
        told = kept.rows(_TOLD)

    days = [first + timedelta(days=number) for number in range(202)]
    items = {day: open_items(books, day) for day in [first - timedelta(days=1), *days]}
    entered = {
        (item.company, day.isoformat(), item.invoice_id, item.installment, bucket, item.outstanding)
        for day in days
        for item in items[day]
        for late, bucket in ENTRIES
        if (day - item.due_date).days == late
    }
    assert {row[:6] for row in told if row[1] == row[6]} == entered
    assert len({(row[2], row[3], row[4]) for row in told}) == len(told)

    known = {(item.invoice_id, item.installment) for item in items[first - timedelta(days=1)]}
    heard = {(row[2], row[3], row[4]) for row in told}
    for item in items[last]:
        if item.due_date < last:
            bucket = bucket_name((last - item.due_date).days)
            entry = item.due_date + timedelta(days=next(late for late, name in ENTRIES if name == bucket))
            silent = entry < first and (item.invoice_id, item.installment) in known
            assert ((item.invoice_id, item.installment, bucket) in heard) is not silent
