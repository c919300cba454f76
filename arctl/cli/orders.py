"""`arctl orders`: where sales orders stand, which paths their lines take, what is stuck, and a link that was lost."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.acting import acting
from arctl.cli.context import globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_format
from arctl.cli.reading import reading
from arctl.cli.shell import new_app
from arctl.core.order_path import PATIENCE
from arctl.errors import UsageError
from arctl.render import orders as render
from arctl.render.tables import write_json
from arctl.services import books
from arctl.services import orders as service
from arctl.store.ledger import open_ledger

app = new_app(
    "Sales orders. Each line takes the path of its item type: from inventory, assembled on a work order, or shipped by a vendor; all"
    " meet at fulfillment, and then Finance invoices what was shipped."
)

MOST = 1000
"""How many orders --all lists unless told otherwise: years of them take minutes."""

Customer = Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only this customer's.")]
Name = Annotated[str, typer.Argument(metavar="ORDER", help="A sales order, by its id or number.", show_default=False)]
Limit = Annotated[
    int, typer.Option("--limit", metavar="N", min=0, help="With --all: how many of the newest; 0 for every one.")
]
Patience = Annotated[
    int,
    typer.Option(
        "--patience", metavar="DAYS", min=0, help="Days that a step without a date may take before it is late."
    ),
]


@app.command("list")
def list_(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Billed, closed and cancelled ones too.")] = False,
    limit: Limit = MOST,
    customer: Customer = None,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The orders that are not billed, the oldest first: the stage of each and what it waits for."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found = service.listed(ledger, options.company, day, everything, customer, newest=_newest(everything, limit))
    render.write_orders(found, form, sys.stdout)
    if not found:
        notify(options, "no such order")
    elif everything and len(found) == limit:
        notify(options, f"the newest {limit:,}; --limit 0 lists every one")


def _newest(everything: bool, limit: int) -> int:
    return limit if everything and limit else -1


@app.command()
def show(ctx: typer.Context, order: Name, as_of: AsOf = None, format: Format = None, json: JsonFlag = False) -> None:
    """One order: its lines and their paths, its documents, and what it waits for."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found, stand = service.shown(ledger, order, day)
    render.write_order(found, stand, form, sys.stdout)


@app.command()
def stuck(
    ctx: typer.Context,
    customer: Customer = None,
    patience: Patience = PATIENCE,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """What is late, the most overdue order first, with the next command where there is one."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found = service.stuck(ledger, options.company, day, customer, patience)
    if found or form in ("json", "csv"):
        render.write_stuck(found, form, sys.stdout)
    if not found:
        notify(options, "no order is stuck")


@app.command()
def classify(
    ctx: typer.Context,
    orders: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ORDER]…", help="Which orders.", show_default="all that are not billed"),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Billed, closed and cancelled ones too.")] = False,
    limit: Limit = MOST,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Which path each line takes, by its item type, and the work or purchase order that was made for it."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with reading(options, as_of) as (ledger, day):
        found = service.classified(ledger, options.company, day, orders or [], everything, _newest(everything, limit))
    render.write_paths(found, form, sys.stdout)


@app.command()
def link(
    ctx: typer.Context,
    document: Annotated[
        str,
        typer.Argument(metavar="DOCUMENT", help="A work or purchase order, by its id or number.", show_default=False),
    ],
    order: Annotated[
        str | None, typer.Argument(metavar="[ORDER]", help="The sales order it was made for.", show_default=False)
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; required.", show_default=False)
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take a repaired link back: the ERP's own holds again.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Tie a document to the sales order it lost.

    It is a fact of this ledger, laid over what the ERP says: no sync wipes it, and nothing is written to the ERP.
    """
    options = globals_of(ctx)
    if remove == (order is not None):
        raise UsageError("name the sales order, or say --remove", "arctl orders link WO-620 SO-5141 --reason …")
    if reason is None:
        raise UsageError("a repaired link needs a --reason", "who reads it later wants to know how it was found out")
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.companies_of(ledger, options.company)[0]
        done = service.link(ledger, document, order, reason, acting(options, company))
    if json:
        shape = {"id": done.link_id, "status": "linked" if not remove else "removed", "document": done.document}
        write_json({**shape, "sales_order_id": done.sales_order, "before": done.before, "erp": done.erp}, sys.stdout)
    else:
        print(render.link_line(done.link_id, done.document, done.sales_order, done.before, done.erp))
