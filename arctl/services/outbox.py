"""Mails between their approval and the outbox folder: queued with it, written after it, cancelled while nobody has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arctl.connectors import eml
from arctl.core.acting import Acting
from arctl.core.events import Happening
from arctl.core.mail import UNSENT, Draft, Mail, check_address, check_body, header_text, mail_hash, message_id
from arctl.errors import BadInput, OutsideError, Refused, UnknownId
from arctl.services.settings import folder_setting, get_setting
from arctl.store import events
from arctl.store import outbox as store
from arctl.store.ledger import Ledger

_BATCH = 100
"""How many mails are written under one lock and recorded at once: 0.1 s or so in which nobody else can write."""


@dataclass(frozen=True, slots=True)
class NotWritten:
    """A mail that cannot go out, and why; its collection action failed with it."""

    outbox_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Written:
    """What `write_out` did: the files now in the outbox folder, in the order of their mails, and what failed."""

    files: tuple[Path, ...] = ()
    failed: tuple[NotWritten, ...] = ()


def sender(ledger: Ledger) -> str:
    """The address that letters come from. Raises Refused (exit 4) where nobody set one."""
    address = get_setting(ledger, None, "mail.from")
    if not address:
        raise Refused(
            "no mail can be queued: nobody set the address that letters come from",
            "set it: arctl config set mail.from ar@example.com",
        )
    return address


def outbox_folder(ledger: Ledger) -> Path:
    """Where mails are written: the setting outbox.folder, beside the ledger unless absolute."""
    return folder_setting(ledger, "outbox.folder") or ledger.path.parent / "outbox"


def letters_folder(ledger: Ledger) -> Path | None:
    """Where the user keeps templates of their own: the setting letters.folder; None without one."""
    return folder_setting(ledger, "letters.folder")


def queue(ledger: Ledger, draft: Draft, sender: str, acting: Acting) -> int:
    """Queue one mail inside the caller's transaction; its number in the outbox. Raises BadInput for what no mail may hold."""
    return queue_all(ledger, [draft], sender, acting)[0]


def queue_all(ledger: Ledger, drafts: Sequence[Draft], sender: str, acting: Acting) -> list[int]:
    """Queue mails inside the caller's transaction; their numbers, in their order.

    Raises BadInput, before anything is written, where an address, a subject or a text is not what a mail may hold.
    """
    first = store.next_id(ledger.connection, ledger.tenant_id)
    rows = []
    for number, draft in enumerate(drafts, start=first):
        _check(draft)
        content = mail_hash(sender, draft.recipients, draft.subject, draft.body, draft.body_html)
        rows.append((number, draft, sender, content, message_id(sender, ledger.tenant_id, number, acting.at, content)))
    store.add(ledger.connection, ledger.tenant_id, rows, acting)
    return [number for number, *_ in rows]


def _check(draft: Draft) -> None:
    part = "it has no addressee"
    try:
        if not draft.recipients:
            raise ValueError("a mail goes to at least one address")
        for address in draft.recipients:
            part = f"address {address!r}"
            if check_address(address) != address:
                raise ValueError("there are blanks around it")
        part = f"subject {draft.subject!r}"
        header_text(draft.subject)
        part = f"mail {draft.subject!r}"
        check_body(draft.body)
        check_body(draft.body_html or "")
    except ValueError as wrong:
        raise BadInput(f"a mail cannot be queued: {part}: {wrong}", "correct it where it comes from") from wrong


def write_out(ledger: Ledger, folder: Path, acting: Acting) -> Written:
    """Write every queued mail to the folder, and record it as written and its collection action as executed.

    A mail whose file is there but not recorded, because a program was killed in between, is written over with the same bytes.
    One that is not what was approved any more fails, and its action with it. Raises OutsideError (exit 6) where the folder
    cannot be written: what is not recorded then stays queued.
    """
    files: list[Path] = []
    failed: list[NotWritten] = []
    while batch := store.queued(ledger.connection, ledger.tenant_id, _BATCH):
        built = [(mail, _bytes(mail)) for mail in batch]
        stopped = _write_batch(ledger, folder, built, acting, files, failed)
        if stopped:
            waiting = store.count_queued(ledger.connection, ledger.tenant_id)
            raise OutsideError(
                f"{folder} cannot be written to ({stopped.strerror or stopped}):"
                f" {waiting} {'mail stays' if waiting == 1 else 'mails stay'} queued",
                "make room or rights there, or set outbox.folder; then: arctl outbox write",
            ) from stopped
    return Written(tuple(files), tuple(failed))


def _bytes(mail: Mail) -> bytes | str:
    """What its file will hold, or why there will be none."""
    if not mail.is_as_approved:
        return "it is not what was approved: its text, subject or addresses were changed in the ledger"
    try:
        return eml.build(mail)
    except ValueError as wrong:
        return f"it cannot be written as a mail: {wrong}"


def _write_batch(
    ledger: Ledger,
    folder: Path,
    built: Sequence[tuple[Mail, bytes | str]],
    acting: Acting,
    files: list[Path],
    failed: list[NotWritten],
) -> OSError | None:
    """Place and record mails under the ledger's lock, so that nobody cancels one meanwhile; what stopped it, if anything."""
    placed: list[tuple[int, str]] = []
    stopped: OSError | None = None
    with ledger.transaction() as connection:
        waiting = store.still_queued(connection, ledger.tenant_id, built[0][0].outbox_id, built[-1][0].outbox_id)
        for mail, content in built:
            if mail.outbox_id not in waiting:
                continue
            if isinstance(content, str):
                store.failed(connection, ledger.tenant_id, mail.outbox_id, content, acting)
                failed.append(NotWritten(mail.outbox_id, content))
                continue
            try:
                folder.mkdir(parents=True, exist_ok=True)
                eml.place(folder, mail.file_name, content)
            except OSError as refused:
                stopped = refused
                break
            placed.append((mail.outbox_id, mail.file_name))
        eml.settle(folder)
        store.written(connection, ledger.tenant_id, placed, acting)
    files.extend(folder / name for _, name in placed)
    return stopped


def cancel(ledger: Ledger, outbox_id: int, reason: str, acting: Acting) -> Mail:
    """Pull a mail that nobody outside has: its file goes, its collection action is cancelled.

    Raises UnknownId, Refused (exit 4) where it is out or cancelled already, OutsideError where its file cannot be removed.
    """
    folder = outbox_folder(ledger)
    with ledger.transaction() as connection:
        mail = find(ledger, outbox_id)
        if mail.status not in UNSENT:
            raise Refused(
                f"mail {outbox_id} is {mail.status}: only a mail that is queued or written can be cancelled",
                f"`arctl outbox show {outbox_id}` tells what became of it",
            )
        try:
            # Before the commit: a program killed in between leaves a mail that is missing, never one that goes out.
            eml.remove(folder, mail.file_name)
        except OSError as refused:
            raise OutsideError(
                f"{folder / mail.file_name} cannot be removed ({refused.strerror}): nothing changed",
                "check the rights on that folder",
            ) from refused
        store.cancel(connection, ledger.tenant_id, outbox_id, reason, acting)
        payload = {
            "outbox_id": outbox_id,
            "run_id": mail.run_id,
            "kind": mail.kind,
            "was": mail.status,
            "reason": reason,
        }
        happening = Happening(
            "mail.cancelled", f"mail.cancelled:{outbox_id}", "mail", str(outbox_id), acting.on, None, payload
        )
        events.append(connection, ledger.tenant_id, [happening], acting.at, acting.actor)
        return find(ledger, outbox_id)


def find(ledger: Ledger, outbox_id: int) -> Mail:
    """One mail. Raises UnknownId."""
    mail = store.get(ledger.connection, ledger.tenant_id, outbox_id)
    if mail is None:
        raise UnknownId(f"the outbox holds no mail {outbox_id}", "`arctl outbox list` shows them")
    return mail


def listed(
    ledger: Ledger, status: str | None = None, run_id: int | None = None, company_id: int | None = None
) -> list[Mail]:
    """The mails of a status, of a run and of a company, by number; None leaves a question open."""
    return list(store.listed(ledger.connection, ledger.tenant_id, status, run_id, company_id))
