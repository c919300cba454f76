"""`arctl workflows`: which workflows there are, and whether each may run."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.acting import acting_on
from arctl.cli.context import globals_of
from arctl.cli.options import Format, JsonFlag, resolve_format
from arctl.cli.shell import new_app
from arctl.render import definitions as render
from arctl.render.text import visible
from arctl.services import definitions as service
from arctl.store.ledger import open_ledger

app = new_app("Workflows: which there are, what starts each, how it last ran, and whether it may run.")

Type = Annotated[str, typer.Argument(metavar="TYPE", help="A workflow_type.", show_default=False)]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why.", show_default=False)]


@app.command("list")
def list_(ctx: typer.Context, format: Format = None, json: JsonFlag = False) -> None:
    """Every workflow: version, risk, enabled or not, what starts it, its last run."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        shown = service.definitions(ledger)
    render.write_definitions(shown, form, sys.stdout)


@app.command()
def enable(ctx: typer.Context, type: Type, reason: Reason) -> None:
    """Let a workflow run again."""
    _switch(ctx, type, True, reason)


@app.command()
def disable(ctx: typer.Context, type: Type, reason: Reason) -> None:
    """Stop a workflow from being started, by clock, event or hand; what waits for approval is left as it is."""
    _switch(ctx, type, False, reason)


def _switch(ctx: typer.Context, type: str, enabled: bool, reason: str) -> None:
    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        who = acting_on(options, ledger)
        turn = service.enable if enabled else service.disable
        turn(ledger, type, who, reason)
    print(visible(f"{type} is {'enabled' if enabled else 'disabled'}: {reason.strip()}"))
