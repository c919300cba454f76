"""`arctl holds`: which customers are on service hold, and what is left of the cause."""

import sys
from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_format
from arctl.cli.reading import reading
from arctl.cli.shell import new_app
from arctl.render import holds as render
from arctl.services import holds as service

app = new_app(
    "Service holds. One is placed by an approved proposal of `arctl plan` or by `arctl run service_hold_trigger`, and released by"
    " an approved proposal or `arctl run service_hold_release`."
)


@app.command("list")
def list_(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Released ones too.")] = False,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The holds that are on: since when, by whom, why, what is still open of their cause, and how far the ERP is."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found = service.listing(ledger, day, everything, options.company)
    render.write_holds(found, form, sys.stdout)
    if not found:
        notify(options, "no customer is on hold" if not everything else "no customer was ever on hold")


@app.command()
def show(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.", show_default=False)],
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Every hold of one customer, released ones too."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found = service.of_customer(ledger, day, customer)
    render.write_holds(found, form, sys.stdout)
    if not found:
        notify(options, f"customer {customer} was never on hold")
