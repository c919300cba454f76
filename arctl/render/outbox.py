"""Mails of the outbox: as a listing, one as it will go out, and what was done with them. Decides nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from arctl.core.mail import Mail
from arctl.render.letter_layout import without_marks
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json, write_markdown
from arctl.render.text import visible

_COLUMNS = (
    Column("Mail", "outbox_id", align="right"),
    Column("Run", "run_id", align="right"),
    Column("Status", "status"),
    Column("Kind", "kind"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("To", "recipients"),
    Column("Subject", "subject", flexible=True),
    Column("File, or why not", "file", flexible=True),
)
_FIELDS = (
    "outbox_id", "status", "kind", "run_id", "proposal_id", "action_id", "customer_id", "customer_name", "sender",
    "recipients", "subject", "dated_at", "message_id", "content_hash", "file", "failure", "changed_by", "changed_at",
)  # fmt: skip
_NUMBERS = ("outbox_id", "run_id", "proposal_id", "action_id")


def write_mails(mails: Sequence[Mail], form: str, stream: TextIO) -> None:
    """A line per mail. `form` is table, json, csv or md; programs get every field but the texts."""
    if form == "json":
        write_json([mail_form(each) for each in mails], stream)
    elif form == "csv":
        write_csv(_csv_columns(_FIELDS), [_row(each, _FIELDS) for each in mails], stream)
    else:
        sheet = Sheet("", _COLUMNS, [_cells(each) for each in mails], None, (_counted(mails),))
        write_for_people(sheet, form, stream)


def write_mail(mail: Mail, form: str, stream: TextIO) -> None:
    """One mail with all it says: for people its text, for programs the HTML too."""
    texts = ("body", "body_html")
    if form == "json":
        write_json(mail_form(mail) | {name: getattr(mail, name) for name in texts}, stream)
    elif form == "csv":
        names = (*_FIELDS, *texts)
        write_csv(_csv_columns(names), [_row(mail, names)], stream)
    elif form == "md":
        rows = [list(pair) for pair in _headers(mail)]
        write_markdown(Sheet(_title(mail), (Column("", "name"), Column("", "value")), rows), stream)
        stream.write("\n")
        stream.writelines(f"    {line}".rstrip() + "\n" for line in _lines(mail.body))
    else:
        stream.write(f"{visible(_title(mail))}\n\n")
        stream.writelines(f"{name}: {visible(value)}\n" for name, value in _headers(mail))
        stream.write("\n")
        stream.writelines(f"{line}\n" for line in _lines(mail.body))


def mail_form(mail: Mail) -> dict[str, object]:
    """A mail as JSON, without its texts."""
    return {name: getattr(mail, name) for name in _FIELDS}


def written_line(count: int, folder: Path) -> str:
    """How many mails were written, and where."""
    if not count:
        return "no mail waits to be written"
    return f"{count} {'mail' if count == 1 else 'mails'} written to {folder}"


def cancelled_line(mail: Mail) -> str:
    """What cancelling did."""
    about = f" to {mail.customer_name or mail.customer_id}" if mail.customer_id else ""
    return f"mail {mail.outbox_id}{about} is cancelled; it was not sent"


def _counted(mails: Sequence[Mail]) -> str:
    counts: dict[str, int] = {}
    for each in mails:
        counts[each.status] = counts.get(each.status, 0) + 1
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    return f"{len(mails)} {'mail' if len(mails) == 1 else 'mails'}{f': {told}' if told else ''}"


def _cells(mail: Mail) -> tuple[str, ...]:
    return (
        str(mail.outbox_id), str(mail.run_id), mail.status, mail.kind, mail.customer_id or "",
        mail.customer_name or "", ", ".join(mail.recipients), without_marks(mail.subject), mail.failure or mail.file or "",
    )  # fmt: skip


def _csv_columns(names: Sequence[str]) -> list[Column]:
    return [Column(name, name, align="right" if name in _NUMBERS else "left") for name in names]


def _row(mail: Mail, names: Sequence[str]) -> list[object]:
    values = [getattr(mail, name) for name in names]
    return [", ".join(value) if isinstance(value, tuple) else "" if value is None else value for value in values]


def _title(mail: Mail) -> str:
    why = f": {mail.failure}" if mail.failure else f" as {mail.file}" if mail.file else ""
    return f"Mail {mail.outbox_id}, {mail.status}{why}"


def _headers(mail: Mail) -> list[tuple[str, str]]:
    return [
        ("From", mail.sender),
        ("To", ", ".join(mail.recipients)),
        ("Date", f"{mail.dated_at} UTC"),
        ("Subject", without_marks(mail.subject)),
    ]


def _lines(body: str) -> list[str]:
    return [visible(line) for line in without_marks(body).rstrip("\n").split("\n")]
