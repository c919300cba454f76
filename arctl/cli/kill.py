"""`arctl kill`: stop what would act, and let it act again. Who, when and why is kept."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.acting import acting
from arctl.cli.context import globals_of
from arctl.cli.options import Format, JsonFlag, resolve_format
from arctl.cli.shell import new_app
from arctl.render import kill as render
from arctl.render.tables import write_json
from arctl.render.text import visible
from arctl.services import kill as service
from arctl.services.books import companies_of
from arctl.store.ledger import open_ledger

app = new_app(
    "Kill switches, for the whole ledger: ns_writes stops every push to the ERP, proposed_apply stops approvals from being"
    " executed, high_risk_ops stops whatever is of risk 4 or 5. What is approved meanwhile waits for `approve --resume`."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="With or without the prefix kill:.", show_default=False)]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why.", show_default=False)]


@app.command()
def on(ctx: typer.Context, name: Name, reason: Reason, json: JsonFlag = False) -> None:
    """Stop what the switch stops, from the next transaction on."""
    _turn(ctx, name, True, reason, json)


@app.command()
def off(ctx: typer.Context, name: Name, reason: Reason, json: JsonFlag = False) -> None:
    """Let it act again, and say how many decisions wait."""
    _turn(ctx, name, False, reason, json)


@app.command()
def status(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this one.", show_default="all")] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Every switch: on or off, since when, by whom, why, and how many decisions wait behind it."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        shown = service.status(ledger, name)
    render.write_switches(shown, form, sys.stdout)


def _turn(ctx: typer.Context, name: str, is_on: bool, reason: str, json: bool) -> None:
    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = companies_of(ledger, options.company)[0]
        shown = service.turn(ledger, name, is_on, reason, acting(options, company))
    if json:
        write_json(render.switch_form(shown), sys.stdout)
        return
    for line in render.turned_lines(shown):
        print(visible(line))
