"""Mails as files: the bytes that a mail server would be given, and placing them in a folder so that they are whole or not there."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from arctl.core.mail import Mail, check_address, check_body, header_text

# One mail is always the same bytes, also where it is built again after a crash.
_POLICY = SMTP.clone(max_line_length=76)
_LONGEST_LINE = 998  # RFC 5322, 2.1.1


def build(mail: Mail) -> bytes:
    """The mail as RFC 5322 and MIME have it; the same bytes for the same row. Raises ValueError for what no mail may hold."""
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(datetime.fromisoformat(mail.dated_at).replace(tzinfo=UTC))
    message["From"] = check_address(mail.sender)
    message["To"] = ", ".join(check_address(each) for each in mail.recipients)
    message["Subject"] = header_text(mail.subject)
    message.set_content(check_body(mail.body), cte=_encoding(mail.body))
    if mail.body_html is not None:
        message.make_alternative(boundary=f"arctl-{sha256(mail.message_id.encode()).hexdigest()[:32]}")
        message.add_alternative(check_body(mail.body_html), subtype="html", cte=_encoding(mail.body_html))
    return message.as_bytes()


def _encoding(text: str) -> str:
    """ASCII as it stands, which anybody can read and search in the file; the rest so that every server passes it on."""
    if text.isascii() and all(len(line) <= _LONGEST_LINE for line in text.splitlines()):
        return "7bit"
    return "quoted-printable"


def place(folder: Path, name: str, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a crash. Raises OSError.

    That the name itself lasts is sure once the folder is `settled`.
    """
    waiting = folder / f".{name}.part"
    with waiting.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(folder / name)


def settle(folder: Path) -> None:
    """Make the names placed in the folder outlast a power failure, where the system can."""
    with suppress(OSError, AttributeError):  # a folder cannot be opened everywhere
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(folder: Path, name: str) -> bool:
    """Take a file away, and what a killed program left of it; whether there was one. Raises OSError."""
    (folder / f".{name}.part").unlink(missing_ok=True)
    try:
        (folder / name).unlink()
    except FileNotFoundError:
        return False
    return True
