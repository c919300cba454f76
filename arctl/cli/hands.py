"""What running a workflow takes from the process: who acts, who writes, the clock and the patience."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING

import typer

from arctl.cli.acting import acting
from arctl.cli.context import Globals, notify
from arctl.cli.writing import writer_of
from arctl.errors import ArctlError
from arctl.store.books import Company
from arctl.store.ledger import Ledger

if TYPE_CHECKING:
    from arctl.services.run import Hands


def hands_of(options: Globals, ledger: Ledger, company: Company) -> "Hands":
    """Who runs a workflow for a company, now; waiting between attempts is real."""
    from arctl.services.run import Hands

    def clock() -> str:
        return f"{options.now():%Y-%m-%d %H:%M:%S}"

    return Hands(acting(options, company), writer_of(ledger), sleep, clock)


@contextmanager
def carrying_on(options: Globals, ledger: Ledger, company: Company) -> Iterator[None]:
    """After the approvals made inside, try again what failed under one, as its contract declares, and say what became of it."""
    try:
        yield
    except (ArctlError, typer.Exit):
        _carry_on(options, ledger, company)
        raise
    _carry_on(options, ledger, company)


def _carry_on(options: Globals, ledger: Ledger, company: Company) -> None:
    from arctl.services.runs import in_trouble

    for run_id in in_trouble(ledger):
        from arctl.render.runs import result_lines
        from arctl.services.run import resume

        for result in resume(ledger, run_id, hands_of(options, ledger, company)):
            for line in result_lines(result):
                notify(options, line)
