"""Answering for a finding: quiet up to a day and no longer, kept for good; and what the doctor looks like."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arctl.core.doctor import Acknowledgement, is_acknowledged
from tests.aging.conftest import Here, Lay
from tests.doctor.chain import DAY, DOCUMENTS, Bent, examined, laid

SHORT: dict[str, Bent] = {
    "transaction_lines": {"SO1/2": "SO1,2,FLOUR,inventory,25,20,,2026-06-12,Main"},
    "transactions": {"SO1": DOCUMENTS["SO1"].replace("Billed", "Partially Fulfilled")},
}
FOUND = [("short_ship", "warning", "SO1")]
ACK = ("doctor", "ack", "short_ship", "SO1")


@pytest.fixture
def short(here: Here, lay: Lay) -> Here:
    """A ledger with one fault."""
    laid(lay, **SHORT)
    return here


def test_quiet_up_to_the_day_and_no_longer(short: Here) -> None:
    ran = short("--actor", "amy", *ACK, "--until", "2026-07-05", "--reason", "  told   by phone ", "--as-of", DAY)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == ("short_ship is quiet about SO1 up to 2026-07-05: SO1 of C1 was shipped short: 20 of 25 FLOUR\n")
    quiet = short("doctor", "--as-of", DAY)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert examined(short, "--check", "short_ship", day="2026-07-05") == []
    assert examined(short, "--check", "short_ship", day="2026-07-06") == FOUND
    assert examined(short, "--check", "short_ship", day="2026-06-29") == FOUND, (
        "on the day before nobody had answered for it"
    )
    (shown,) = short("doctor", "--as-of", DAY, "--all", "--json").json
    assert (shown["acknowledged_until"], shown["acknowledged_reason"]) == ("2026-07-05", "told by phone")
    (kept,) = short("doctor", "acks", "--json").json
    assert (kept["by"], kept["on"], kept["until"], kept["status"]) == ("amy", DAY, "2026-07-05", "acknowledged")


def test_the_last_word_holds(short: Here) -> None:
    for until in ("2026-07-05", DAY):
        assert short(*ACK, "--until", until, "--reason", "x", "--as-of", DAY).code == 0

    assert examined(short, "--check", "short_ship", day="2026-07-01") == FOUND
    assert [each["id"] for each in short("doctor", "acks", "--json").json] == [1, 2]


def test_of_one_document_only(short: Here) -> None:
    refused = short("doctor", "ack", "short_ship", "SO2", "--until", DAY, "--reason", "x", "--as-of", DAY)

    assert refused.code == 2
    assert short("doctor", "acks", "--json").json == []
    assert examined(short) == FOUND


@given(st.dates(), st.dates(), st.dates())
def test_it_covers_its_days(first: object, last: object, day: object) -> None:
    ack = Acknowledgement(1, "c", "d", f"{last}", "r", "m", f"{first}", "2026-06-30 12:00:00", "amy", "amy")

    assert is_acknowledged(ack, f"{day}") == (f"{first}" <= f"{day}" <= f"{last}")
    assert not is_acknowledged(None, f"{day}")


COPY = (
    "INSERT INTO doctor_acknowledgements SELECT {}, code, document, {}, message, acked_on, acked_at, acked_by, os_user"
    " FROM doctor_acknowledgements"
)
ATTACKS = {
    "update": "UPDATE doctor_acknowledgements SET until_day = '2099-01-01'",
    "delete": "DELETE FROM doctor_acknowledgements",
    "replace": "REPLACE INTO doctor_acknowledgements SELECT * FROM doctor_acknowledgements",
    "out of number": COPY.format("tenant_id, 7", "until_day, reason"),
    "another tenant's": COPY.format("9, 1", "until_day, reason"),
    "without a reason": COPY.format("tenant_id, 2", "until_day, ''"),
    "over before it begins": COPY.format("tenant_id, 2", "'2026-01-01', reason"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_answered_for_stands(attack: str, short: Here) -> None:
    short(*ACK, "--until", DAY, "--reason", "x", "--as-of", DAY)

    with closing(sqlite3.connect(short.db)) as connection:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(ATTACKS[attack])
        connection.execute(COPY.format("tenant_id, 2", "until_day, reason"))  # what is well formed goes in


def test_formats(short: Here) -> None:
    ran = short("doctor", "--as-of", DAY)
    assert ran.code == 0, "a warning is no failure"
    assert ran.err == "1 warning as of 2026-06-30\n"
    head, _, row = ran.out.splitlines()
    assert head.split() == ["Severity", "Code", "Document", "What", "Next"]
    assert row.split("  ")[0] == "warning"
    assert row.endswith("arctl orders show SO1")
    assert short("doctor", "--as-of", DAY, "--format", "csv").out == (
        "severity,code,document,message,remedy,acknowledged_until\n"
        "warning,short_ship,SO1,SO1 of C1 was shipped short: 20 of 25 FLOUR,arctl orders show SO1,\n"
    )
    assert "short\\_ship" in short("doctor", "--as-of", DAY, "--format", "md").out.splitlines()[-1]
    assert short("doctor", "--as-of", "2026-06-01", "--json").json == []
    assert short("doctor", "acks").err == "nothing was ever acknowledged\n"


def test_many_of_a_kind_are_shortened_for_people_and_counted_beyond_the_limit(here: Here, lay: Lay) -> None:
    laid(
        lay,
        customer_invoices={
            f"X{at:02}": f"X{at:02},C2,2026-01-01,{at + 1}.00,2026-02-{at + 1:02},," for at in range(20)
        },
    )
    check = ("doctor", "--as-of", DAY, "--check", "overdue_not_dunned")

    assert len(here(*check, "--json").json) == 20
    *listed, rest = here(*check, "--limit", "5", "--json").json
    assert [each["document"] for each in listed] == ["X00", "X01", "X02", "X03", "X04"], "the longest overdue first"
    assert (rest["document"], rest["severity"], rest["message"]) == ("further", "error", "15 more of the same kind")
    assert len(here(*check, "--limit", "0", "--json").json) == 20
    lines = here("doctor", "--as-of", DAY).out.splitlines()[2:]
    assert len(lines) == 4, "three, and how many more"
    assert "17 more, to X19" in lines[-1]
    assert len(here(*check).out.splitlines()[2:]) == 20
    assert (
        here("doctor", "ack", "overdue_not_dunned", "further", "--until", DAY, "--reason", "x", "--as-of", DAY).code
        == 2
    )


def test_what_was_not_looked_into_is_counted(here: Here, lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arctl.services.doctor_dunning._AT_ONCE", 2)
    laid(
        lay,
        customer_invoices={f"X{at:02}": f"X{at:02},C2,2026-01-01,{at + 1}.00,2026-02-{at + 1:02},," for at in range(9)},
    )
    check = ("doctor", "--as-of", DAY, "--check", "overdue_not_dunned", "--json")

    for limit in (1, 2, 3, 8, 9):
        *listed, rest = here(*check, "--limit", f"{limit}").json
        if limit == 9:
            assert [each["document"] for each in (*listed, rest)] == [f"X{at:02}" for at in range(9)]
        else:
            assert len(listed) == limit
            assert rest["message"] == f"{9 - limit} more of the same kind"


def test_an_acknowledged_one_makes_room_in_the_list(here: Here, lay: Lay) -> None:
    laid(
        lay,
        customer_invoices={f"X{at:02}": f"X{at:02},C2,2026-01-01,{at + 1}.00,2026-02-{at + 1:02},," for at in range(3)},
    )
    here("doctor", "ack", "overdue_not_dunned", "X00", "--until", DAY, "--reason", "x", "--as-of", DAY)

    found = here("doctor", "--as-of", DAY, "--check", "overdue_not_dunned", "--limit", "1", "--json").json

    assert [(each["document"], each["message"][:6]) for each in found] == [("X01", "X01 of"), ("further", "1 more")]
