"""`arctl runs`: which runs there were, all about one, what they told those after them; and going on with a killed one."""

import sys
from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.options import Format, JsonFlag, resolve_format
from arctl.cli.shell import new_app
from arctl.render import runs as render
from arctl.services import books
from arctl.services import runs as service
from arctl.store.ledger import open_ledger

app = new_app(
    "Runs of workflows: what started each, what it looked at, what it decided, what was done, and what it told those after it."
    " A run that was killed goes on where it stopped with `runs resume`."
)

Number = Annotated[int, typer.Argument(metavar="RUN", min=1, help="The run's number.", show_default=False)]


class Status(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    AWAITING_APPROVAL = "awaiting_approval"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    REJECTED = "rejected"
    EXPIRED = "expired"


@app.command("list")
def list_(
    ctx: typer.Context,
    workflow: Annotated[
        str | None, typer.Option("--workflow", metavar="TYPE", help="Only runs of this workflow.")
    ] = None,
    status: Annotated[Status | None, typer.Option("--status", help="Only runs that stand so.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most N, the latest.")] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """The runs, oldest first; the global --company narrows them to one."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        listed = service.listing(ledger, options.company, workflow, status and status.value, limit)
    render.write_runs(listed, form, sys.stdout)
    if not listed.runs:
        notify(options, "no such run")


@app.command()
def show(ctx: typer.Context, run: Number, format: Format = None, json: JsonFlag = False) -> None:
    """One run: its log step by step, its proposals and checks, and what it told."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        shown = service.shown(ledger, run)
    render.write_run(shown, form, sys.stdout)


@app.command()
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All of them must be there.", show_default=False)],
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """What runs told those after them, by words, tags (such as customer:C1) or workflow."""
    options, form = globals_of(ctx), resolve_format(format, json)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        found = service.search(ledger, words)
    render.write_reflexions(found, form, sys.stdout)
    if not found:
        notify(options, "no run told of that")


@app.command()
def resume(
    ctx: typer.Context,
    run: Annotated[
        int | None, typer.Argument(metavar="[RUN]", min=1, help="The run's number.", show_default="every killed one")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Go on with a run that was killed. What is done stays done; no effect is repeated."""
    from arctl.cli.hands import hands_of
    from arctl.cli.run import tell
    from arctl.services.run import resume as go_on

    options = globals_of(ctx)
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        company = books.companies_of(ledger, options.company)[0]
        results = go_on(ledger, run, hands_of(options, ledger, company))
    if not results:
        notify(options, "no run was left in the middle")
    tell(results, json, several=True)
