"""`arctl outbox`: the mails that were approved, how far each got, and pulling one back while nobody has it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from arctl.cli.acting import acting_on
from arctl.cli.context import globals_of, notify
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_format
from arctl.cli.shell import new_app
from arctl.core.acting import Acting
from arctl.errors import CheckFailed, UsageError
from arctl.render import outbox as render
from arctl.render.tables import write_json
from arctl.render.text import visible
from arctl.services import books
from arctl.services import outbox as service
from arctl.store.ledger import Ledger, open_ledger

app = new_app(
    "Mails that were approved. Each becomes an .eml file in the outbox folder (outbox.folder in `arctl config`), which any mail"
    " program can open and send; the collection action that it stands for is executed when its file is there."
)

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The mail's number.", show_default=False)]


class Status(StrEnum):
    """How far a mail got."""

    QUEUED = "queued"
    WRITTEN = "written"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    CANCELLED = "cancelled"


@app.command("list")
def list_(
    ctx: typer.Context,
    status: Annotated[Status | None, typer.Option("--status", help="Only mails that got this far.")] = None,
    run: Annotated[int | None, typer.Option("--run", metavar="RUN", min=1, help="Only mails of this run.")] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Every mail, oldest first: how far it got, whom it is about, where it goes."""
    form = resolve_format(format, json)
    with _opened(ctx) as (ledger, _):
        company = books.company_of(ledger, globals_of(ctx).company)
        mails = service.listed(ledger, status, run, company.company_id if company else None)
    render.write_mails(mails, form, sys.stdout)


@app.command()
def show(ctx: typer.Context, number: Number, format: Format = None, json: JsonFlag = False) -> None:
    """One mail as it goes out."""
    form = resolve_format(format, json)
    with _opened(ctx) as (ledger, _):
        mail = service.find(ledger, number)
    render.write_mail(mail, form, sys.stdout)


@app.command()
def cancel(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.", show_default=False)],
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Pull a mail that nobody outside has: queued, or written to the outbox folder. Its file is removed.

    The items that it names are as if it had never been approved: the next plan proposes them again.
    """
    form = resolve_format(format, json)
    if not reason.strip():
        raise UsageError("--reason is empty", "say why the mail does not go out")
    with _opened(ctx) as (ledger, by):
        mail = service.cancel(ledger, number, reason.strip(), by)
    if form is OutputFormat.JSON:
        write_json(render.mail_form(mail), sys.stdout)
    elif form is OutputFormat.TABLE:
        print(visible(render.cancelled_line(mail)))
    else:
        render.write_mails([mail], form, sys.stdout)


@app.command()
def write(ctx: typer.Context, json: JsonFlag = False) -> None:
    """Write the mails that wait: those of a killed approval, or of one whose outbox folder could not be written.

    `approve` does this by itself. Exit 1 where a mail is not what was approved any more, 6 where the folder cannot be written.
    """
    with _opened(ctx) as (ledger, by):
        folder = service.outbox_folder(ledger)
        written = service.write_out(ledger, folder, by)
    if json:
        failed = [{"outbox_id": each.outbox_id, "why": each.why} for each in written.failed]
        write_json(
            {"folder": str(folder), "files": [each.name for each in written.files], "failed": failed}, sys.stdout
        )
    else:
        print(visible(render.written_line(len(written.files), folder)))
    for each in written.failed:
        notify(globals_of(ctx), f"mail {each.outbox_id} failed: {each.why}")
    if written.failed:
        count = len(written.failed)
        raise CheckFailed(
            f"{count} {'mail' if count == 1 else 'mails'} failed and will not go out",
            "`arctl outbox list --status failed`; their items are planned again",
        )


@contextmanager
def _opened(ctx: typer.Context) -> Iterator[tuple[Ledger, Acting]]:
    options = globals_of(ctx)
    ledger = open_ledger(options.db, options.tenant)
    try:
        yield ledger, acting_on(options, ledger)
    finally:
        ledger.close()
