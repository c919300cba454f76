"""What a mail may hold, and the bytes that it becomes: nothing in a name or an address adds a header or an addressee."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arctl.connectors.eml import build
from arctl.core.mail import Mail, check_address, check_body, header_text, mail_hash, message_id

MAIL = Mail(
    outbox_id=7,
    run_id=1,
    proposal_id=None,
    action_id=None,
    customer_id="C-1",
    customer_name="Sample Bistro",
    kind="letter",
    sender="ar@example.com",
    recipients=("ap@example.com",),
    subject="Reminder",
    body="Please pay.\n",
    body_html="<p>Please pay.</p>\n",
    content_hash="0" * 64,
    message_id="<arctl.7.0123456789abcdef@example.com>",
    dated_at="2026-06-30 14:00:00",
    status="queued",
    file=None,
    failure=None,
    changed_by="tester",
    changed_at="2026-06-30 14:00:00",
)


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


@pytest.mark.parametrize(
    "address",
    ["ap@example.com", "a.p+invoices@mail.example.co.uk", "o'brien@example.com", f"{'a' * 64}@example.com", "1@2.example.com"],
)  # fmt: skip
def test_one_address_is_taken_as_it_stands(address: str) -> None:
    assert check_address(f" {address} ") == address


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no address"),
        ("   ", "no address"),
        ("ap@example.com\nBcc: all@example.com", "control"),
        ("ap@example.com\r\n", "control"),
        ("ap\x00@example.com", "control"),
        ("ap@example.com\u2028", "control"),
        ("ap@example.com,all@example.com", "not one"),
        ("ap@example.com; all@example.com", "not one"),
        ("ap@example.com all@example.com", "not one"),
        ("ap@evil.example@example.com", "not one"),
        ("Sample Bistro <ap@example.com>", "not one"),
        ("<ap@example.com>", "not an address"),
        ('"ap"@example.com', "not an address"),
        ("ap(comment)@example.com", "not an address"),
        ("ap@[192.0.2.1]", "not an address"),
        ("ap@localhost", "not an address"),
        ("ap@-example.com", "not an address"),
        ("ap@example..com", "not an address"),
        (".ap@example.com", "not an address"),
        ("ap.@example.com", "not an address"),
        ("a..p@example.com", "not an address"),
        ("@example.com", "not an address"),
        ("ap@", "not an address"),
        ("ap", "not an address"),
        (f"{'a' * 65}@example.com", "not an address"),
        (f"ap@{'a' * 64}.com", "not an address"),
        (f"ap@{'a.' * 130}com", "not an address"),
        ("añ@example.com", "ASCII"),
        ("ap@exämple.com", "ASCII"),
        ("ap@example.com\u200b", "control"),
    ],
)
def test_anything_else_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_address(text)


@pytest.mark.parametrize("sign", ["\n", "\r", "\x00", "\x1b", "\x85", "\u2028", "\ud800"])
def test_a_subject_is_one_line(sign: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        header_text(f"Reminder{sign}Bcc: all@example.com")


def test_a_subject_says_something() -> None:
    assert header_text("  Reminder ") == "Reminder"
    with pytest.raises(ValueError, match="no subject"):
        header_text("  ")


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x9b", "\udfff"])
def test_a_text_holds_no_control_character(sign: str) -> None:
    assert check_body("a\tb\r\nc – é\n") == "a\tb\r\nc – é\n"
    with pytest.raises(ValueError, match=rf"U\+{ord(sign):04X}"):
        check_body(f"a{sign}b")


printable = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=400)
bodies = st.lists(printable, max_size=5).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(printable, bodies, st.one_of(st.none(), bodies))
def test_a_mail_reads_back_as_it_was_written(subject: str, body: str, html: str | None) -> None:
    subject = f"x{subject}".strip(" ")
    mail = replace(MAIL, subject=subject, body=body, body_html=html)

    content = build(mail)
    found = read(content)

    assert content == build(mail)
    assert [found["From"], found["To"], found["Message-ID"]] == ["ar@example.com", "ap@example.com", MAIL.message_id]
    assert found["Date"].datetime.isoformat() == "2026-06-30T14:00:00+00:00"
    assert "".join(str(found["Subject"]).split()) == "".join(subject.split())
    parts = {
        part.get_content_type(): part.get_content().replace("\r\n", "\n")
        for part in found.walk()
        if not part.is_multipart()
    }
    assert parts["text/plain"].rstrip("\n") == body.rstrip("\n")
    assert parts.get("text/html", "").rstrip("\n") == (html or "").rstrip("\n")
    assert len(found.keys()) <= 8
    head = content.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


@settings(max_examples=200)
@given(st.text(st.characters(codec="utf-8"), max_size=60).map(lambda text: f"ap{text}@example.com"))
def test_what_passes_as_an_address_is_one_addressee(text: str) -> None:
    try:
        address = check_address(text)
    except ValueError:
        return
    to = read(build(replace(MAIL, recipients=(address,))))["To"]
    assert [each.addr_spec for each in to.addresses] == [address]


def test_several_recipients_stand_in_one_header() -> None:
    to = read(build(replace(MAIL, recipients=("a@example.com", "b@example.com"))))["To"]

    assert [each.addr_spec for each in to.addresses] == ["a@example.com", "b@example.com"]


def test_what_a_mail_is_known_by_comes_from_its_row_alone() -> None:
    first = message_id("ar@example.com", 1, 7, "2026-06-30 14:00:00", "0" * 64)

    assert first == message_id("ar@example.com", 1, 7, "2026-06-30 14:00:00", "0" * 64)
    assert first.startswith("<arctl.7.")
    assert first.endswith("@example.com>")
    others = {
        message_id("ar@example.com", tenant, number, at, content * 64)
        for tenant in (1, 2)
        for number in (7, 8)
        for at in ("2026-06-30 14:00:00", "2026-06-30 14:00:01")
        for content in "01"
    }
    assert len(others) == 16
    assert MAIL.file_name == "000007-0123456789abcdef.eml"


def test_any_change_of_a_mail_shows() -> None:
    sound = replace(MAIL, content_hash=mail_hash(MAIL.sender, MAIL.recipients, MAIL.subject, MAIL.body, MAIL.body_html))

    assert sound.is_as_approved
    assert not replace(sound, body="Please pay more.\n").is_as_approved
    assert not replace(sound, body_html=None).is_as_approved
    assert not replace(sound, subject="reminder").is_as_approved
    assert not replace(sound, sender="other@example.com").is_as_approved
    assert not replace(sound, recipients=("ap@example.com", "b@example.com")).is_as_approved
