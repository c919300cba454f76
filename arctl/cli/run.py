"""arctl run: one workflow, started by hand."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.context import globals_of
from arctl.cli.hands import hands_of
from arctl.cli.options import AsOf, JsonFlag, resolve_date
from arctl.core.contract import Contract
from arctl.core.run_report import RunResult
from arctl.errors import CheckFailed, Refused, UsageError
from arctl.render.tables import write_json
from arctl.render.text import visible
from arctl.services import books
from arctl.services.contracts import find
from arctl.store.ledger import open_ledger


def command(
    ctx: typer.Context,
    workflow: Annotated[
        str,
        typer.Argument(metavar="TYPE", help="The workflow, as `arctl workflows list` names it.", show_default=False),
    ],
    input: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="NAME=VALUE", help="A value for an input of the contract; may be repeated."),
    ] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="ID", help="Short for --input customer_id=ID.")
    ] = None,
    as_of: AsOf = None,
    json: JsonFlag = False,
) -> None:
    """Start a workflow by hand.

    One of risk 3 or more is decided, staged as an envelope, and waits for `arctl approve`; below that it is done at once, step by
    step. Amounts are typed in units. `arctl contracts show TYPE` lists the inputs and everything that such a run leaves behind.
    """
    from arctl.core.run import Started
    from arctl.services.run import start

    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.the_company(ledger, options.company, "a workflow is run for one company")
        contract = find(ledger, workflow)
        day = resolve_date(as_of, books.local_date(company.time_zone, options.now()))
        books.books_from_check([company], day)
        inputs = _inputs(contract, input or [], customer)
        hands = hands_of(options, ledger, company)
        result = start(ledger, company, contract, inputs, day, Started("manual"), hands)
    tell([result], json)


def _inputs(contract: Contract, given: list[str], customer: str | None) -> dict[str, object]:
    from arctl.core.run_inputs import read_inputs

    try:
        return read_inputs(contract, [*given, *([f"customer_id={customer}"] if customer is not None else [])])
    except ValueError as wrong:
        raise UsageError(str(wrong), f"`arctl contracts show {contract.workflow_type}` lists the inputs") from None


def tell(results: list[RunResult], json: bool, several: bool = False) -> None:
    """What became of runs. Raises Refused where one was blocked or stopped, CheckFailed where a step failed for good."""
    from arctl.render import runs as render

    if json:
        objects = [render.result_object(each) for each in results]
        write_json(objects if several else objects[0], sys.stdout)
    else:
        for each in results:
            for line in render.result_lines(each):
                print(visible(line))
    for each in results:
        _raise(each)


def _raise(result: RunResult) -> None:
    if result.blocked:
        raise Refused(
            f"run {result.run_id} of {result.workflow_type} was blocked: {'; '.join(said for _, said in result.blocked)}",
            f"nothing was decided; `arctl runs show {result.run_id}` shows what was looked at",
        )
    if result.stopped:
        raise Refused(result.stopped, f"once it is off: arctl runs resume {result.run_id}")
    if result.errors or result.status in ("partial", "failed"):
        raise CheckFailed(
            f"run {result.run_id} of {result.workflow_type} is {result.status}: {'; '.join(result.errors)}",
            f"`arctl runs show {result.run_id}` shows every attempt",
        )
