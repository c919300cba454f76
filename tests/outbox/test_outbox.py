"""Queued, written, failed, cancelled: each mail with the collection action that it stands for."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from sqlite3 import IntegrityError

import pytest

from arctl.connectors import eml
from arctl.core.mail import Draft, Mail
from arctl.errors import BadInput, OutsideError, Refused, UnknownId
from arctl.services import outbox
from arctl.services.settings import change_setting
from arctl.store import outbox as store
from arctl.store.books import Made
from tests.outbox.desk import ACTING, LATER, SENDER, lay, opened, states


@pytest.fixture
def path(tmp_path: Path) -> Path:
    lay(tmp_path / "arctl.db", 3)
    return tmp_path / "arctl.db"


def test_writing_out_puts_every_mail_into_the_folder_and_executes_its_action(path: Path) -> None:
    with opened(path) as ledger:
        folder = outbox.outbox_folder(ledger)
        written = outbox.write_out(ledger, folder, LATER)

        assert states(ledger) == [(n, "written", "executed", "sent") for n in (1, 2, 3)]
        assert folder == path.parent / "outbox"
        assert sorted(folder.iterdir()) == sorted(written.files)
        assert not written.failed
        for file, mail in zip(written.files, outbox.listed(ledger), strict=True):
            assert (file.name, mail.changed_by) == (mail.file, "night")
            read = message_from_bytes(file.read_bytes(), policy=default)
            assert read["Message-ID"] == mail.message_id
        assert outbox.write_out(ledger, folder, LATER) == outbox.Written()
        when = "SELECT executed_at, outcome_date, changed_by FROM collection_actions WHERE action_id = 1"
        assert ledger.connection.execute(when).fetchone() == ("2026-07-01 02:00:00", "2026-06-30", "night")


def test_more_than_one_batch(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_BATCH", 2)
    with opened(path) as ledger:
        assert len(outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER).files) == 3
        assert {state[1] for state in states(ledger)} == {"written"}


def test_an_action_of_a_later_day_has_its_outcome_on_that_day(tmp_path: Path) -> None:
    lay(tmp_path / "arctl.db", 1, action_on="2026-07-02")
    with opened(tmp_path / "arctl.db") as ledger:
        outbox.write_out(ledger, tmp_path, LATER)

        dates = ledger.connection.execute("SELECT outcome_date FROM collection_actions").fetchall()
        assert dates == [("2026-07-02",)]


def test_a_mail_that_was_changed_in_the_ledger_fails_and_frees_its_items(path: Path) -> None:
    with opened(path) as ledger:
        ledger.connection.execute("DROP TRIGGER outbox_update")
        ledger.connection.execute("UPDATE outbox SET recipients = '[\"thief@example.com\"]' WHERE outbox_id = 2")
        written = outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER)

        assert [each.outbox_id for each in written.failed] == [2]
        assert len(written.files) == 2
        assert states(ledger)[1] == (2, "failed", "failed", None)
        mail = outbox.find(ledger, 2)
        assert mail.failure == "it is not what was approved: its text, subject or addresses were changed in the ledger"
        reasons = ledger.connection.execute("SELECT failure_reason FROM collection_actions WHERE action_id = 2")
        assert reasons.fetchone() == (mail.failure,)


def test_a_folder_that_cannot_be_written_leaves_the_rest_queued(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = eml.place
    full = OSError(28, "No space left on device")

    def second_fails(folder: Path, name: str, content: bytes) -> None:
        if name.startswith("000002"):
            raise full
        place(folder, name, content)

    monkeypatch.setattr(eml, "place", second_fails)
    with opened(path) as ledger:
        folder = outbox.outbox_folder(ledger)
        with pytest.raises(OutsideError, match=r"No space left on device\): 2 mails stay queued"):
            outbox.write_out(ledger, folder, LATER)
        assert [state[1:3] for state in states(ledger)] == [
            ("written", "executed"), ("queued", "in_progress"), ("queued", "in_progress"),
        ]  # fmt: skip

        monkeypatch.undo()
        assert len(outbox.write_out(ledger, folder, LATER).files) == 2
        assert {state[1] for state in states(ledger)} == {"written"}


def test_a_file_in_the_place_of_the_folder(path: Path) -> None:
    (path.parent / "outbox").write_text("in the way", encoding="utf-8")
    with opened(path) as ledger, pytest.raises(OutsideError, match="3 mails stay queued"):
        outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER)


def test_a_queued_mail_that_is_cancelled_is_never_written(path: Path) -> None:
    with opened(path) as ledger:
        mail = outbox.cancel(ledger, 2, "paid by phone", LATER)

        assert (mail.status, mail.failure, mail.changed_by) == ("cancelled", "paid by phone", "night")
        assert states(ledger)[1] == (2, "cancelled", "cancelled", None)
        written = outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER)
        assert [file.name[:6] for file in written.files] == ["000001", "000003"]
        event = ledger.connection.execute(
            "SELECT event_type, entity_id, actor FROM events ORDER BY seq DESC"
        ).fetchone()
        assert event == ("mail.cancelled", "2", "night")


def test_a_written_mail_is_pulled_and_its_action_is_cancelled(path: Path) -> None:
    with opened(path) as ledger:
        files = outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER).files
        outbox.cancel(ledger, 2, "wrong address", LATER)

        assert [file.exists() for file in files] == [True, False, True]
        assert outbox.find(ledger, 2).status == "cancelled"
        assert states(ledger)[1] == (2, "cancelled", "cancelled", None)
        why = ledger.connection.execute("SELECT failure_reason FROM collection_actions WHERE action_id = 2").fetchone()
        assert why == ("unsent: wrong address",)


def test_an_executed_action_whose_mail_was_not_pulled_stays_executed(path: Path) -> None:
    with opened(path) as ledger:
        outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER)
        with pytest.raises(IntegrityError, match="of an action that is over"):
            ledger.connection.execute(
                "UPDATE collection_actions SET execution_status = 'cancelled', executed_at = NULL, outcome = NULL,"
                " outcome_date = NULL WHERE action_id = 1"
            )


def test_what_a_killed_program_left_of_a_cancelled_mail_goes_too(path: Path) -> None:
    with opened(path) as ledger:
        folder = outbox.outbox_folder(ledger)
        folder.mkdir()
        name = outbox.find(ledger, 1).file_name
        (folder / name).write_bytes(b"placed, not recorded")
        (folder / f".{name}.part").write_bytes(b"half")

        outbox.cancel(ledger, 1, "paid", LATER)

        assert list(folder.iterdir()) == []


def test_cancelling_between_building_and_placing_wins(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = eml.build

    def cancelled_meanwhile(mail: Mail) -> bytes:
        if mail.outbox_id == 3:
            with opened(path) as other:
                outbox.cancel(other, 1, "paid", ACTING)
        return build(mail)

    monkeypatch.setattr(eml, "build", cancelled_meanwhile)
    with opened(path) as ledger:
        written = outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER)

        assert [file.name[:6] for file in written.files] == ["000002", "000003"]
        assert states(ledger)[0] == (1, "cancelled", "cancelled", None)


def test_only_what_nobody_has_can_be_cancelled(path: Path) -> None:
    with opened(path) as ledger:
        ledger.connection.execute("UPDATE outbox SET status = 'sent' WHERE outbox_id = 1")
        with pytest.raises(Refused, match="mail 1 is sent"):
            outbox.cancel(ledger, 1, "late", LATER)
        outbox.cancel(ledger, 2, "once", LATER)
        with pytest.raises(Refused, match="mail 2 is cancelled"):
            outbox.cancel(ledger, 2, "twice", LATER)
        with pytest.raises(UnknownId):
            outbox.cancel(ledger, 9, "none", LATER)


def test_a_file_that_cannot_be_removed_leaves_the_mail_as_it_is(path: Path) -> None:
    with opened(path) as ledger:
        (file, *_) = outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER).files
        file.unlink()
        file.mkdir()  # no program can unlink a folder, whatever its rights
        with pytest.raises(OutsideError, match="nothing changed"):
            outbox.cancel(ledger, 1, "late", LATER)
        assert outbox.find(ledger, 1).status == "written"


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft(1, "letter", (), "Hello", "x"), "it has no addressee"),
        (
            Draft(1, "letter", ("a@example.com", "b@example.com\nBcc: c@example.com"), "Hello", "x"),
            "control characters",
        ),
        (Draft(1, "letter", (" a@example.com",), "Hello", "x"), "blanks around it"),
        (Draft(1, "letter", ("a@example.com",), "Hello\nBcc: c@example.com", "x"), "one line"),
        (Draft(1, "letter", ("a@example.com",), "Hello", "x\x00"), r"U\+0000"),
        (Draft(1, "letter", ("a@example.com",), "Hello", "x", "<p>\x1b"), r"U\+001B"),
    ],
)
def test_what_no_mail_may_hold_is_refused_before_anything_is_queued(path: Path, draft: Draft, said: str) -> None:
    sound = Draft(1, "letter", ("a@example.com",), "Hello", "x")
    with opened(path) as ledger:
        with pytest.raises(BadInput, match=said), ledger.transaction():
            outbox.queue_all(ledger, [sound, draft], SENDER, ACTING)
        assert len(outbox.listed(ledger)) == 3


def test_the_sender_must_be_set(path: Path) -> None:
    with opened(path) as ledger:
        with pytest.raises(Refused) as told:
            outbox.sender(ledger)
        assert "arctl config set mail.from" in told.value.hint
        change_setting(ledger, None, "mail.from", SENDER, Made(ACTING.at, ACTING.actor))
        assert outbox.sender(ledger) == SENDER


def test_folders_stand_beside_the_ledger_unless_absolute(path: Path, tmp_path: Path) -> None:
    made = Made(ACTING.at, ACTING.actor)
    with opened(path) as ledger:
        assert outbox.letters_folder(ledger) is None
        change_setting(ledger, None, "letters.folder", "own letters", made)
        change_setting(ledger, None, "outbox.folder", str(tmp_path / "elsewhere"), made)
        assert outbox.letters_folder(ledger) == path.parent / "own letters"
        assert outbox.outbox_folder(ledger) == tmp_path / "elsewhere"


def test_mails_are_found_by_status_run_and_company(path: Path) -> None:
    with opened(path) as ledger:
        outbox.cancel(ledger, 2, "paid", LATER)

        def numbers(*asked: object) -> list[int]:
            return [mail.outbox_id for mail in outbox.listed(ledger, *asked)]  # type: ignore[arg-type] # as they come

        assert numbers("queued") == [1, 3]
        assert numbers(None, 1) == [1, 2, 3]
        assert numbers("cancelled", 1, 1) == [2]
        assert numbers(None, 2) == []
        assert numbers(None, None, 2) == []


def test_what_waits_is_found_by_its_index_and_not_among_all_mails_ever_sent(path: Path) -> None:
    asked: list[str] = []
    with opened(path) as ledger:
        ledger.connection.set_trace_callback(asked.append)
        store.queued(ledger.connection, 1, 100)
        store.count_queued(ledger.connection, 1)
        ledger.connection.set_trace_callback(None)
        for sql in asked:
            plan = [row[3] for row in ledger.connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
            assert any("outbox_open" in step for step in plan), plan
    assert len(asked) == 2
