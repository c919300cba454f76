"""`arctl cases`: what was done about whom, and how it ended."""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from arctl.cli.acting import acting
from arctl.cli.context import Globals, globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, OneCurrency, resolve_currency, resolve_date, resolve_format
from arctl.cli.shell import new_app
from arctl.core.acting import Acting
from arctl.core.cases import CaseShown
from arctl.core.money import minor_digits, parse_amount
from arctl.errors import UsageError
from arctl.render import cases as render
from arctl.render.tables import write_json
from arctl.services import books
from arctl.services import cases as service
from arctl.store.ledger import Ledger, open_ledger

app = new_app(
    "Collection cases. The first letter or call to a customer opens one in its currency; every later one is filed there until it"
    " is resolved."
)


class ActionType(StrEnum):
    """What can be done in a case."""

    REMINDER_EMAIL = "reminder_email"
    REMINDER_CALL = "reminder_call"
    FINAL_NOTICE = "final_notice"
    COLLECTION_AGENCY = "collection_agency"
    LEGAL_ACTION = "legal_action"
    PAYMENT_PLAN = "payment_plan"
    WRITE_OFF = "write_off"


class Resolution(StrEnum):
    """How a case ends."""

    PAID = "paid"
    PAYMENT_PLAN = "payment_plan"
    DISPUTE_RESOLVED = "dispute_resolved"
    WRITE_OFF = "write_off"


CaseName = Annotated[str, typer.Argument(metavar="CASE", help="CASE-2026-0001, or its number.", show_default=False)]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What a later reader should know.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    customer: Annotated[str | None, typer.Option("--customer", metavar="C", help="Only this customer's.")] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The cases that are pursued."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        found = service.listed(ledger, books.company_of(ledger, options.company), everything, customer)
    render.write_cases(found, form, sys.stdout)
    if not found:
        notify(options, "no such case")


@app.command()
def show(ctx: typer.Context, case: CaseName, format: Format = None, json: JsonFlag = False) -> None:
    """One case with everything that was done in it."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        shown = service.shown(ledger, case)
    render.write_case(shown, form, sys.stdout)


@app.command()
def new(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.", show_default=False)],
    currency: OneCurrency = None,
    note: Note = None,
    as_of: AsOf = None,
    json: JsonFlag = False,
) -> None:
    """Open a case by hand."""
    code = resolve_currency(currency)

    def opened(ledger: Ledger, who: Acting, day: date) -> CaseShown:
        company = books.the_company(ledger, globals_of(ctx).company, "a case belongs to one company")
        return service.open_case(ledger, company, customer, code, note, who, day)

    _do(globals_of(ctx), as_of, json, opened)


@app.command()
def add(
    ctx: typer.Context,
    case: CaseName,
    type: Annotated[ActionType, typer.Option("--type", help="What it is.", show_default=False)],
    done: Annotated[bool, typer.Option("--done", help="It is done already; otherwise it is planned.")] = False,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="When it is due, or was done.", show_default="today")
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="A", help="What it asks for.", show_default="all that is overdue")
    ] = None,
    invoice: Annotated[str | None, typer.Option("--invoice", metavar="ID", help="Where it is about one.")] = None,
    note: Note = None,
    as_of: AsOf = None,
    json: JsonFlag = False,
) -> None:
    """Record what was done in a case by hand, or what shall be done."""

    def added(ledger: Ledger, who: Acting, day: date) -> CaseShown:
        cents = None if amount is None else _cents(amount, service.shown(ledger, case).case.currency)
        when = resolve_date(on, day, "--on")
        action = service.Done(type.value, "executed" if done else "planned", when, cents, invoice, note)
        return service.add(ledger, case, action, who, day)

    _do(globals_of(ctx), as_of, json, added)


@app.command()
def resolve(
    ctx: typer.Context,
    case: CaseName,
    type: Annotated[Resolution, typer.Option("--type", help="How it ended.", show_default=False)],
    note: Note = None,
    as_of: AsOf = None,
    json: JsonFlag = False,
) -> None:
    """Close a case; what was planned in it is cancelled. `paid` is refused while something is overdue."""
    _do(
        globals_of(ctx), as_of, json, lambda ledger, who, day: service.resolve(ledger, case, type.value, note, who, day)
    )


def _do(options: Globals, as_of: str | None, json: bool, step: Callable[[Ledger, Acting, date], CaseShown]) -> None:
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.companies_of(ledger, options.company)[0]
        day = resolve_date(as_of, books.local_date(company.time_zone, options.now()))
        shown = step(ledger, acting(options, company), day)
    if json:
        write_json(render.case_form(shown), sys.stdout)
    else:
        print(render.case_line(shown))


def _cents(text: str, currency: str) -> int:
    try:
        return parse_amount(text, minor_digits(currency))
    except ValueError as wrong:
        raise UsageError(f"--amount {text}: {wrong}", "write it as in 1,234.50") from None
