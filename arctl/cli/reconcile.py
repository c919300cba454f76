"""`arctl reconcile`: payments with a remainder, beside the invoices they may belong to."""

import sys
from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_format
from arctl.cli.reading import reading
from arctl.render import reconcile as render
from arctl.services import reconcile as service


def command(
    ctx: typer.Context,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only this customer's.")] = None,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Payments that are not applied to the end, beside the open invoices that they may belong to, and why.

    By what the memo names, by the very amount, by a few that add up to it, at a relative or another customer with that amount, else
    the oldest. Nothing is applied here: that is done in the ERP, and comes back with a sync.
    """
    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found = service.reconcile(ledger, options.company, day, customer)
    if found or form in ("json", "csv"):
        render.write_matches(found, form, sys.stdout)
    if not found:
        notify(options, "every payment is applied")
