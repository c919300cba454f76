"""`arctl reject`: turn down what was proposed, with a reason."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.acting import acting
from arctl.cli.context import globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_date, resolve_format
from arctl.errors import Refused, UsageError
from arctl.render import proposals as render
from arctl.services import books, rejecting
from arctl.store.ledger import open_ledger


def command(
    ctx: typer.Context,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.", show_default=False)],
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="[ID…]", help="Envelopes or proposals.", show_default=False)
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Everything that waits for a decision.")] = False,
    type: Annotated[str | None, typer.Option("--type", metavar="T", help="With --all: this action type.")] = None,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Turn proposals down, or a whole envelope. What was approved and is held back by a kill switch is withdrawn.

    The items of a letter that is turned down count as decided: they are proposed again once they cross the next threshold or
    enter the next bucket.
    """
    options, form = globals_of(ctx), resolve_format(format, json)
    if bool(ids) == all_:
        raise UsageError("what shall be rejected?", "name proposals by number, or say --all")
    if type is not None and not all_:
        raise UsageError("--type goes with --all", "write `arctl reject --all --type T --reason R`")
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.companies_of(ledger, options.company)[0]
        day = resolve_date(as_of, books.local_date(company.time_zone, options.now()))
        owner = books.company_of(ledger, options.company)
        chosen = ids or rejecting.waiting(ledger, owner.company_id if owner else None, type)
        outcomes = rejecting.reject(ledger, chosen, reason, acting(options, company), day) if chosen else []
    render.write_outcomes(outcomes, form, sys.stdout)
    if not outcomes:
        notify(options, "nothing waits")
    refused = [each for each in outcomes if each.refused]
    if refused:
        sys.stdout.flush()
        raise Refused(f"{len(refused)} of {len(outcomes)} not rejected; {refused[0].id}: {refused[0].reason}")
