"""`arctl dunning`: how customers are dunned, by default and one by one."""

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.context import Globals, globals_of, notify
from arctl.cli.options import Format, JsonFlag, OutputFormat, resolve_format
from arctl.cli.shell import new_app
from arctl.render import dunning as render
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet
from arctl.render.text import visible
from arctl.services import dunning as service
from arctl.store.books import Made
from arctl.store.ledger import open_ledger

app = new_app("When customers are reminded, of how much, and who is left alone: by default, and one by one.")

OneCustomer = Annotated[
    str | None, typer.Argument(metavar="[CUSTOMER]", help="One customer's id.", show_default="the default for all")
]
Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.", show_default=False)]
Why = Annotated[str, typer.Option("--reason", help="Why; it stays in the history.", show_default=False)]


@app.command()
def show(ctx: typer.Context, customer: OneCustomer = None, format: Format = None, json: JsonFlag = False) -> None:
    """Each value in force and where it comes from: the customer, the default, the settings, or built in."""
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        whose, shown = service.show(ledger, customer)
    _write(form, render.shown_sheet(str(whose), shown), render.SHOWN, render.shown_json(whose.id, shown))


# A value may begin with a dash; it is a value all the same, and its reader says what it takes.
@app.command("set", context_settings={"ignore_unknown_options": True})
def set_(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[CUSTOMER] KEY=VALUE…",
            help="Whose (nobody: the default for all), and what; KEY= takes a value back.",
            show_default=False,
        ),
    ],
    reason: Annotated[str | None, typer.Option(help="Why; it stays in the history.", show_default=False)] = None,
) -> None:
    """Set values of one customer, or of the default for all."""
    options = globals_of(ctx)
    customer = None if "=" in words[0] else words[0]
    assignments = words if customer is None else words[1:]
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        changed = service.change(ledger, customer, assignments, reason, _made(options))
    for each in changed:
        print(visible(render.change_line(str(each.whose), each.key, each.before, each.after, each.origin)))


@app.command("list")
def list_(ctx: typer.Context, format: Format = None, json: JsonFlag = False) -> None:
    """Every config that was set: the default first, then customer by customer."""
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        found = service.configs(ledger)
    _write(form, render.configs_sheet(found), render.CONFIGS, render.versions_json(found))
    if not found:
        notify(options, "nothing is set here: `arctl dunning show` tells what is in force")


@app.command()
def history(ctx: typer.Context, customer: OneCustomer = None, format: Format = None, json: JsonFlag = False) -> None:
    """Every version of a config: who changed what, when and why."""
    options = globals_of(ctx)
    form = resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        found = service.history(ledger, customer)
    _write(form, render.versions_sheet(found), render.VERSIONS, render.versions_json(found))
    if not found:
        notify(options, f"nothing was ever set {'by default' if customer is None else f'for {visible(customer)}'}")


@app.command()
def place(
    ctx: typer.Context,
    customer: Customer,
    how: Annotated[str, typer.Argument(metavar="agency|legal|insolvent", help="With whom.", show_default=False)],
    reason: Why,
) -> None:
    """Hand a customer over, to an agency, a court or an administrator: it gets no letters any more."""
    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        whose = service.place(ledger, customer, how, reason, _made(options))
    print(visible(render.placed_line(str(whose), how)))


@app.command()
def unplace(ctx: typer.Context, customer: Customer, reason: Why) -> None:
    """Take a customer back into dunning."""
    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        whose, was = service.unplace(ledger, customer, reason, _made(options))
    print(visible(render.unplaced_line(str(whose), was)))


def _made(options: Globals) -> Made:
    return Made(f"{options.now():%Y-%m-%d %H:%M:%S}", options.actor)


def _write(form: OutputFormat, sheet: Sheet, columns: Sequence[Column], value: object) -> None:
    if form is OutputFormat.JSON:
        write_json(value, sys.stdout)
    elif form is OutputFormat.CSV:
        write_csv(columns, sheet.rows, sys.stdout)
    elif form is OutputFormat.MD:
        write_markdown(sheet, sys.stdout)
    else:
        write_sheet(sheet, sys.stdout)
