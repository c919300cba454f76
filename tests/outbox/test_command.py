"""`arctl outbox` as an operator runs it."""

import csv
import io
from pathlib import Path

import pytest

from tests.aging.conftest import Here
from tests.outbox.desk import lay, opened


@pytest.fixture
def mails(here: Here) -> Here:
    lay(here.db, 2, body="Dear \u2068מסעדת\u2069,\n\nplease pay.\n")
    return here


def test_the_list_before_and_after_writing(mails: Here) -> None:
    ran = mails("outbox", "list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "  Mail    Run  Status    Kind    Customer    Name           To                Subject     File, or why not\n"
        "------  -----  --------  ------  ----------  -------------  ----------------  ----------  ------------------\n"
        "     1      1  queued    letter  C-1         Sample Bistro  ap-1@example.com  Reminder 1\n"
        "     2      1  queued    letter  C-1         Sample Bistro  ap-2@example.com  Reminder 2\n"
        "\n"
        "2 mails: 2 queued\n"
    )

    assert mails("outbox", "write").out == f"2 mails written to {mails.db.parent / 'outbox'}\n"
    assert mails("outbox", "write").out == "no mail waits to be written\n"
    assert [each["status"] for each in mails("outbox", "list", "--json").json] == ["written", "written"]
    assert mails("outbox", "list", "--status", "queued").out.endswith("\n0 mails\n")
    assert mails("outbox", "list", "--run", "2", "--json").json == []


def test_programs_get_every_field(mails: Here) -> None:
    (first, _) = mails("outbox", "list", "--json").json
    (row, _) = csv.DictReader(io.StringIO(mails("outbox", "list", "--format", "csv").out))

    assert set(first) == set(row)
    assert first["recipients"] == ["ap-1@example.com"]
    assert row["recipients"] == "ap-1@example.com"
    assert first["message_id"] == row["message_id"]
    assert (first["file"], row["file"]) == (None, "")
    assert mails("outbox", "list", "--format", "md").out.startswith("|   Mail |   Run | Status   |")


def test_a_mail_is_shown_as_it_goes_out(mails: Here) -> None:
    ran = mails("outbox", "show", "1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Mail 1, queued\n\nFrom: ar@example.com\nTo: ap-1@example.com\nDate: 2026-06-30 14:00:00 UTC\nSubject: Reminder 1\n\n"
        "Dear מסעדת,\n\nplease pay.\n"
    )
    shown = mails("outbox", "show", "1", "--json").json
    assert (shown["body"], shown["body_html"]) == ("Dear \u2068מסעדת\u2069,\n\nplease pay.\n", "<p>1</p>")
    (row,) = csv.DictReader(io.StringIO(mails("outbox", "show", "1", "--format", "csv").out))
    assert set(row) == set(shown)
    assert mails("outbox", "show", "1", "--format", "md").out.endswith("\n\n    Dear מסעדת,\n\n    please pay.\n")


def test_cancelling(mails: Here) -> None:
    mails("outbox", "write")
    ran = mails("--actor", "reviewer", "outbox", "cancel", "2", "--reason", "paid by phone")

    assert (ran.code, ran.err, ran.out) == (0, "", "mail 2 to Sample Bistro is cancelled; it was not sent\n")
    listed = mails("outbox", "list", "--status", "cancelled", "--json").json
    assert [(each["outbox_id"], each["failure"], each["changed_by"]) for each in listed] == [
        (2, "paid by phone", "reviewer")
    ]
    assert [path.name[:6] for path in (mails.db.parent / "outbox").iterdir()] == ["000001"]
    assert mails("outbox", "show", "2").out.startswith("Mail 2, cancelled: paid by phone\n")
    assert mails("outbox", "cancel", "1", "--reason", "x", "--json").json["status"] == "cancelled"

    again = mails("outbox", "cancel", "2", "--reason", "twice")
    assert again.code == 4
    assert again.err.startswith("error: mail 2 is cancelled: only a mail that is queued or written can be cancelled\n")


def test_a_mail_that_was_changed_is_told_and_does_not_go_out(mails: Here) -> None:
    with opened(mails.db) as ledger:
        ledger.connection.execute("DROP TRIGGER outbox_update")
        ledger.connection.execute("UPDATE outbox SET body = 'Pay somebody else.' WHERE outbox_id = 1")

    ran = mails("outbox", "write")
    assert (ran.code, ran.out) == (1, f"1 mail written to {mails.db.parent / 'outbox'}\n")
    assert ran.err == (
        "mail 1 failed: it is not what was approved: its text, subject or addresses were changed in the ledger\n"
        "error: 1 mail failed and will not go out\n"
        "hint: `arctl outbox list --status failed`; their items are planned again\n"
    )
    assert mails("outbox", "write", "--json").json == {
        "folder": str(mails.db.parent / "outbox"),
        "files": [],
        "failed": [],
    }


def test_a_folder_in_the_way(mails: Here, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way", encoding="utf-8")
    ran = mails("outbox", "write")
    assert (ran.code, ran.out) == (6, "")
    assert ran.err == (
        f"error: {tmp_path / 'outbox'} cannot be written to (File exists): 2 mails stay queued\n"
        "hint: make room or rights there, or set outbox.folder; then: arctl outbox write\n"
    )
