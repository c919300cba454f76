"""`arctl events dispatch` and `replay`: events that start workflows. Registered by cli.events."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.hands import hands_of
from arctl.cli.options import Format, JsonFlag, resolve_format
from arctl.core.dispatching import Dispatched
from arctl.errors import CheckFailed
from arctl.services import books
from arctl.store.ledger import open_ledger


def dispatch(ctx: typer.Context, format: Format = None, json: JsonFlag = False) -> None:
    """Hand new events to the workflows that name them.

    Each enabled workflow is told of each event once, and started with what the event carries; one that takes a day's events
    together is started once for all that came since. Safe to run twice; the nightly run does it.
    """
    from arctl.services.dispatch import dispatch as run

    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.companies_of(ledger, options.company)[0]
        told = run(ledger, hands_of(options, ledger, company))
    _write(told, form)
    if not told:
        notify(options, "no new event that a workflow waits for")


def replay(
    ctx: typer.Context,
    since: Annotated[int, typer.Option(metavar="SEQ", min=1, help="From this event on.", show_default=False)],
    workflow: Annotated[str, typer.Option(metavar="TYPE", help="Offer them to this workflow.", show_default=False)],
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Offer events once more to a workflow that was disabled, or not there, when they came.

    An event that started a run of it starts none again.
    """
    from arctl.services.dispatch import replay as run

    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.companies_of(ledger, options.company)[0]
        told = run(ledger, workflow, since, hands_of(options, ledger, company))
    _write(told, form)
    if not told:
        notify(options, "every such event started a run before, or there was none")


def _write(told: list[Dispatched], form: str) -> None:
    from arctl.render.runs import write_dispatched

    write_dispatched(told, form, sys.stdout)
    wrong = [each for each in told if each.problem]
    if wrong:
        raise CheckFailed(
            f"{wrong[0].workflow_type}, event {wrong[0].seq}: {wrong[0].problem}",
            "it is offered again next time" if wrong[0].again else "`arctl runs list` shows what was started",
        )
