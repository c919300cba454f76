"""arctl plan: what the day asks for, staged as one envelope for a person to decide on."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.acting import acting
from arctl.cli.context import globals_of
from arctl.cli.options import AsOf, Format, JsonFlag, OutputFormat, resolve_date, resolve_format
from arctl.cli.writing import writer_of
from arctl.errors import UsageError
from arctl.services import books
from arctl.services.contracts import find
from arctl.store.ledger import open_ledger

WORKFLOW = "ar_aging_action_plan"


def command(
    ctx: typer.Context,
    as_of: AsOf = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell; works for any day.")] = False,
    why: Annotated[bool, typer.Option("--why", help="Name each customer left out, and the reason.")] = False,
    input: Annotated[
        list[str] | None,
        typer.Option(
            "--input", metavar="NAME=VALUE", help="Another value for an input of the contract; may be repeated."
        ),
    ] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Decide what is due today: reminders, calls, credit to apply first, service holds, placements, notes to sales reps.

    Every letter is written and every amount fixed now, and all of it staged as one envelope: until a person approves it, nothing
    else exists and nothing leaves the ledger. Planning twice on a day stages nothing new; other facts replace what nobody decided
    on. What is looked at stands in the contract ar_aging_action_plan (`arctl contracts show`), when a letter is due in
    `arctl dunning show`.
    """
    from arctl.core.run_inputs import read_inputs
    from arctl.render import plan as render
    from arctl.services import plan as service

    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.the_company(ledger, options.company, "a plan is made for one company")
        today = books.local_date(company.time_zone, options.now())
        day = resolve_date(as_of, today)
        books.books_from_check([company], day)
        contract = find(ledger, WORKFLOW)
        try:
            inputs = read_inputs(contract, input or [])
        except ValueError as wrong:
            raise UsageError(str(wrong), f"`arctl contracts show {WORKFLOW}` lists the inputs") from None
        request = service.PlanRequest(company, contract, inputs, day, today, acting(options, company), dry_run)
        report = service.plan(ledger, request, writer_of(ledger))
    if form is OutputFormat.JSON:
        render.write_json_plan(report, sys.stdout)
    elif form is OutputFormat.CSV:
        render.write_csv_plan(report, why, sys.stdout)
    else:
        render.write_plan(report, why, form is OutputFormat.MD, sys.stdout)
