"""`arctl verify`: whether what runs promised has happened."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify, system_user
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_date, resolve_format
from arctl.errors import CheckFailed
from arctl.render import verify as render
from arctl.services.books import companies_of, local_date
from arctl.services.verify import Asked, verify
from arctl.store.ledger import open_ledger


def command(
    ctx: typer.Context,
    run: Annotated[
        int | None, typer.Option("--run", metavar="N", min=1, help="Every check of this run, those that are over too.")
    ] = None,
    as_of: AsOf = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Ask the ledger for what runs promised to have happened: every check that is due, and print all that wait.

    A check passes as soon as what it expects holds. At the end of its time it fails, or times out where there was nothing to
    judge; its verdict and what was found are kept for good. With --as-of a past day it is the end of that day. Exit 1 where a
    check failed or timed out.
    """
    options, form = globals_of(ctx), resolve_format(format, json)
    now = options.now()
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = companies_of(ledger, options.company)[0]
        day = None if as_of is None else resolve_date(as_of, local_date(company.time_zone, now))
        verified = verify(ledger, Asked(now, options.actor, system_user(), run, day, options.company))
    render.write_checks(verified, form, sys.stdout)
    notify(options, render.counted(verified) if verified.checks else "nothing waits to be checked")
    if verified.bad:
        names = ", ".join(f"{each.name} of run {each.run_id}" for each in verified.bad)
        raise CheckFailed(
            f"{len(verified.bad)} of {len(verified.checks)} checks did not pass: {names}",
            f"`arctl runs show {verified.bad[0].run_id}` tells what the run did",
        )
