"""Receipts, syncs, proposals, checks and the ledger itself: each fault planted, found, and nothing beside it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from arctl.core.doctor_desk import stale
from tests.aging.conftest import Here, Lay
from tests.doctor.chain import DAY, examined, laid

PAYMENT = ("payment_unmatched", "warning", "P1")


@pytest.mark.parametrize(
    ("payment", "expected"),
    [
        ("P1,C1,2026-06-20,33.33,,", [PAYMENT]),
        ("P1,C1,2026-06-20,250.00,,", []),
        ("P1,C2,2026-06-20,250.00,,", []),
        ("P1,C1,2026-06-20,33.33,deposit,", []),
        ("P1,C1,2026-06-20,33.33,,for I1", []),
        ("P1,C1,2026-06-20,330.00,,", []),
        ("P1,C1,2026-06-20,400.00,,", []),
        ("P1,C3,2026-06-20,250.00,,", []),
    ],
    ids=[
        "no invoice of that amount", "an invoice of that amount", "another customer's invoice", "a deposit", "its memo names one",
        "two invoices together", "all three", "the parent pays",
    ],
)  # fmt: skip
def test_payments(payment: str, expected: list[tuple[str, str, str]], here: Here, lay: Lay) -> None:
    laid(
        lay,
        customers={"C3": "C3,Harbor Group,,"},
        customer_invoices={"I2": "I2,C1,2026-06-15,80.00,2026-08-14,,", "I3": "I3,C1,2026-06-15,70.00,2026-08-14,,"},
        customer_payments={"P1": payment},
    )
    lay(customers="id,name,parent_id\nC1,Harbor Bakery,C3\n")

    assert examined(here) == expected


def test_a_payment_applied_in_part_is_not_this_checks_business(here: Here, lay: Lay) -> None:
    laid(lay, customer_payments={"P1": "P1,C1,2026-06-20,33.33,,"})
    lay(payment_applications="source_type,source_id,invoice_id,amount,applied_on\npayment,P1,I1,3.33,2026-06-20\n")

    assert examined(here) == []


def test_a_payment_that_was_paid_twice_says_so(here: Here, lay: Lay) -> None:
    laid(lay, customer_payments={"P1": "P1,C1,2026-06-20,250.00,,", "P2": "P2,C1,2026-06-21,250.00,,"})
    lay(payment_applications="source_type,source_id,invoice_id,amount,applied_on\npayment,P1,I1,250.00,2026-06-20\n")

    (finding,) = here("doctor", "--as-of", DAY, "--json").json

    assert finding["document"] == "P2"
    assert "it equals I1, which is not open" in finding["message"]


NOW = datetime(2026, 6, 30, 12, 0)  # noqa: DTZ001 - the ledger's times are UTC and naive


@pytest.mark.parametrize(("hours", "severity"), [(26, None), (27, "warning"), (50, "warning"), (51, "error")])
def test_a_sync_grows_stale(hours: int, severity: str | None) -> None:
    found = list(stale(f"{NOW - timedelta(hours=hours)}", NOW, "exports"))

    assert [each.severity for each in found] == ([] if severity is None else [severity])
    assert all(each.remedy == "arctl sync --from exports" for each in found)


def test_a_stale_sync_by_the_end_of_the_day(here: Here, lay: Lay) -> None:
    laid(lay)
    tomorrow, later = (f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}" for days in (0, 3))
    with closing(sqlite3.connect(here.db)) as connection:
        connection.execute("UPDATE sync_log SET completed_at = '2026-06-01 10:00:00'")
        connection.commit()

    check = ("--check", "stale_sync")
    assert examined(here, *check, day="2026-05-31") == [], "nothing had been synced by then"
    assert examined(here, *check, day="2026-06-01") == []
    assert examined(here, *check, day="2026-06-02") == [("stale_sync", "warning", "sync")]
    assert examined(here, *check, day="2026-06-04") == [("stale_sync", "error", "sync")]
    assert examined(here, *check, day=tomorrow) == [("stale_sync", "error", "sync")]
    assert examined(here, *check, day=later) == [("stale_sync", "error", "sync")], "judged by now, not by a day to come"


@pytest.fixture
def planned(here: Here, lay: Lay) -> Here:
    """A letter that was planned on Monday 2026-06-29 and waits for a yes."""
    laid(lay, customer_invoices={"I9": "I9,C2,2026-05-01,90.00,2026-06-10,,"})
    assert here("config", "set", "mail.from", "ar@example.com").code == 0
    assert here("plan", "--as-of", "2026-06-29").code == 0
    return here


def test_a_proposal_waits_to_the_end_of_its_time(planned: Here) -> None:
    assert examined(planned, day="2026-06-29") == []
    assert examined(planned, day="2026-06-30") == [("proposal_waiting", "warning", "proposal:1")]
    assert examined(planned, day="2026-07-01") == [("proposal_waiting", "warning", "proposal:1")]


def test_an_approved_proposal_that_was_stopped(planned: Here) -> None:
    assert planned("kill", "on", "proposed_apply", "--reason", "the auditor is here").code == 0
    assert planned("approve", "1", "--yes", "--as-of", "2026-06-29").code == 4

    found = planned("doctor", "--as-of", "2026-06-30", "--check", "proposal_waiting", "--json").json

    assert [(each["document"], each["remedy"]) for each in found] == [
        ("proposal:1", "arctl approve --resume"),
        ("proposal:2", "arctl approve 2"),
    ], "the envelope, and the letter in it"


def test_drafts_of_one_envelope_are_one_finding(here: Here, lay: Lay) -> None:
    laid(
        lay,
        customer_invoices={"I8": "I8,C1,2026-05-01,90.00,2026-06-10,,", "I9": "I9,C2,2026-05-01,90.00,2026-06-10,,"},
    )
    here("plan", "--as-of", "2026-06-29")
    assert here("approve", "1", "--yes", "--as-of", "2026-06-29").code == 0

    (finding,) = here("doctor", "--as-of", "2026-06-30", "--check", "proposal_waiting", "--json").json

    assert finding["message"].startswith("2 drafts of envelope 1, from proposal 2 on,")
    assert finding["remedy"] == "arctl approve 1"


def test_a_failed_verification(planned: Here) -> None:
    with closing(sqlite3.connect(planned.db)) as connection:
        promised = (
            "INSERT INTO workflow_verify_results (tenant_id, verify_id, run_id, name, sql, params_json, expectation, due_at,"
            " times_out_at, status) VALUES (1, ?, 1, 'letters_written', 'SELECT 1', '{}', 'value = 1', ?, ?, 'pending')"
        )
        connection.execute(promised, (1, "2026-06-29 12:00:00", "2026-06-29 13:00:00"))
        connection.commit()
        check = ("--check", "verification_failed")

        assert examined(planned, *check, day="2026-06-28") == []
        assert examined(planned, *check, day="2026-06-29") == [("verification_failed", "warning", "verify:1")]

        verdict = (
            "UPDATE workflow_verify_results SET status = ?, checked_at = ?, checked_by = 'amy' WHERE verify_id = ?"
        )
        connection.execute(verdict, ("fail", "2026-06-29 14:00:00", 1))
        connection.commit()
        assert examined(planned, *check) == [("verification_failed", "error", "verify:1")]

        connection.execute(promised, (2, "2026-06-29 15:00:00", "2026-06-29 16:00:00"))
        connection.execute(verdict, ("pass", "2026-06-29 15:30:00", 2))
        connection.commit()
        assert examined(planned, *check) == [], "the same check passed since"


@pytest.mark.parametrize(
    ("damage", "document"),
    [
        ("DROP INDEX erp_refunds_by_source", "index erp_refunds_by_source"),
        ("UPDATE ar_day_totals SET started_cents = started_cents + 1 WHERE heading = 'invoices'", "default USD"),
    ],
)
def test_the_ledger_itself(damage: str, document: str, here: Here, lay: Lay) -> None:
    laid(lay)
    with closing(sqlite3.connect(here.db)) as connection:
        connection.execute(damage)
        connection.commit()

    assert examined(here) == [("ledger_integrity", "error", document)]


def test_a_chain_of_events_that_was_tampered_with(here: Here, lay: Lay) -> None:
    laid(lay)
    with closing(sqlite3.connect(here.db)) as connection:
        (trigger,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'events_update'").fetchone()
        connection.execute("DROP TRIGGER events_update")
        connection.execute("UPDATE events SET payload_json = '{}' WHERE seq = 1")
        connection.execute(trigger)
        connection.commit()

    assert ("ledger_integrity", "error", "default, event 1") in examined(here)
