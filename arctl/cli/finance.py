"""`arctl finance`: what shipped and waits to be invoiced, its review, and an alert that got lost."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.hands import hands_of
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_format
from arctl.cli.reading import reading
from arctl.cli.run import tell
from arctl.cli.shell import new_app
from arctl.core.finance_review import WRONG
from arctl.errors import CheckFailed, UsageError
from arctl.render import finance as render
from arctl.services import books
from arctl.services import finance as service
from arctl.store.ledger import open_ledger

app = new_app(
    "From the fulfillment to the invoice. Every completed fulfillment alerts Finance once, by the workflow finance_invoice_review;"
    " what was shipped is invoiced, not what was ordered."
)


@app.command()
def queue(
    ctx: typer.Context,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only this customer's.")] = None,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The completed fulfillments that no posted invoice covers, the longest waiting first."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found = service.queue(ledger, options.company, day, customer)
    render.write_queue(found, form, sys.stdout)
    if not found:
        notify(options, "nothing waits to be invoiced")


@app.command()
def review(
    ctx: typer.Context,
    fulfillment: Annotated[str, typer.Argument(metavar="FULFILLMENT", help="Its id.", show_default=False)],
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Quantity, price, terms, tax and short ship of one fulfillment, before it is invoiced; exit 1 where something is wrong."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        found, checks = service.review(ledger, fulfillment)
    render.write_review(found, checks, form, sys.stdout)
    wrong = [each for each in checks if each.verdict == WRONG]
    if wrong:
        raise CheckFailed(f"{fulfillment} is not to be invoiced so: {wrong[0].name}: {wrong[0].text}")


@app.command()
def alert(
    ctx: typer.Context,
    fulfillment: Annotated[
        str | None, typer.Argument(metavar="[FULFILLMENT]", help="Its id.", show_default=False)
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All in the queue that Finance was not alerted of.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Alert Finance by hand of a completed fulfillment whose alert got lost; never a second time."""
    options = globals_of(ctx)
    if everything == (fulfillment is not None):
        raise UsageError("name a fulfillment, or say --all", "`arctl finance queue` lists them")
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.the_company(ledger, options.company, "a workflow is run for one company")
        hands = hands_of(options, ledger, company)
        day = books.local_date(company.time_zone, options.now())
        wanted = [fulfillment] if fulfillment is not None else service.missing(ledger, options.company, day)
        done = [service.alert(ledger, options.company, each, hands).result for each in wanted]
    if not done and not json:
        notify(options, "Finance was alerted of everything in the queue")
    elif fulfillment is not None:
        tell(done, json)
    else:
        tell(done, json, several=True)
