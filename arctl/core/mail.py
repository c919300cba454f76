"""A mail as values: whom it goes to, what it says, what it is known by, and how far it may get. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from arctl.core.effects import hash_of

UNSENT = ("queued", "written")
"""The statuses in which a mail can still be cancelled: nobody outside has it."""

# The dot-atom of RFC 5322 in ASCII, and the host names of RFC 1123: what every mail server takes.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})+")
# What ends a line, moves a cursor, or is half of a surrogate pair and thus no character at all.
_NOT_IN_HEADER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST_LOCAL = 64
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3: a path is 256 with its angle brackets


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be queued. `kind` is letter, rep_digest, notice or alert; `action_id` the action done when it is out."""

    run_id: int
    kind: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    body_html: str | None = None
    proposal_id: int | None = None
    action_id: int | None = None
    customer_key: int | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the outbox holds it. `dated_at` is UTC; `file` its name in the outbox folder, `failure` why it is not out.

    `customer_id` and `customer_name` tell whom it is about, where it is about one.
    """

    outbox_id: int
    run_id: int
    proposal_id: int | None
    action_id: int | None
    customer_id: str | None
    customer_name: str | None
    kind: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    body_html: str | None
    content_hash: str
    message_id: str
    dated_at: str
    status: str
    file: str | None
    failure: str | None
    changed_by: str
    changed_at: str

    @property
    def is_as_approved(self) -> bool:
        """Whether what it says still is what was queued."""
        return self.content_hash == mail_hash(self.sender, self.recipients, self.subject, self.body, self.body_html)

    @property
    def file_name(self) -> str:
        """The name of its file: the same whenever it is asked, so that a mail written twice is one file."""
        return f"{self.outbox_id:06d}-{self.message_id.strip('<>').partition('@')[0].rpartition('.')[2]}.eml"


def mail_hash(sender: str, recipients: Sequence[str], subject: str, body: str, body_html: str | None) -> str:
    """SHA-256 of what a mail says and to whom."""
    return hash_of([sender, list(recipients), subject, body, body_html])


def message_id(sender: str, tenant: int, outbox_id: int, dated_at: str, content_hash: str) -> str:
    """A Message-ID (RFC 5322, 3.6.4) under the sender's domain; the same for the same row of the same ledger, always."""
    mark = hash_of([tenant, outbox_id, dated_at, content_hash])[:16]
    return f"<arctl.{outbox_id}.{mark}@{sender.rpartition('@')[2]}>"


def check_address(text: str) -> str:
    """The one address that the text is, blanks around it removed. Raises ValueError, saying why, for anything else.

    Nothing that could end a header line or add an addressee passes: no control characters, lists, names or comments.
    """
    address = text.strip(" ")
    if not address:
        raise ValueError("there is no address")
    if not address.isprintable():
        raise ValueError("an address holds no control characters")
    if not address.isascii():
        raise ValueError("an address is written in ASCII; a domain with other letters has a form that begins with xn--")
    if address.count("@") > 1 or any(sign in address for sign in ",; "):
        raise ValueError("not one address")
    match = _ADDRESS.fullmatch(address)
    if match is None or len(match["local"]) > _LONGEST_LOCAL or len(address) > _LONGEST_ADDRESS:
        raise ValueError("not an address such as ap@example.com")
    return address


def can_be_mailed(text: str | None) -> bool:
    """Whether a customer's address, as the ERP has it, is one that a mail can go to."""
    try:
        return text is not None and check_address(text) == text
    except ValueError:
        return False


def header_text(text: str) -> str:
    """The text as a header may hold it, on one line. Raises ValueError where it is empty or holds a control character."""
    line = text.strip(" ")
    if not line:
        raise ValueError("there is no subject")
    if _NOT_IN_HEADER.search(line):
        raise ValueError("a subject is one line without control characters")
    return line


def check_body(text: str) -> str:
    """The text as a mail can carry it. Raises ValueError where a character is none or cannot be shown."""
    wrong = _NOT_IN_TEXT.search(text)
    if wrong:
        raise ValueError(f"the text holds a control character (U+{ord(wrong[0]):04X})")
    return text
