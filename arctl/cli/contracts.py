"""`arctl contracts`: look at workflow contracts without running one: check, show, draw."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from arctl.cli.context import Globals, globals_of
from arctl.cli.options import Format, JsonFlag, resolve_format
from arctl.cli.shell import new_app
from arctl.errors import BadInput
from arctl.render import contracts as render
from arctl.services import contracts as service
from arctl.store.ledger import Ledger, is_missing, open_ledger

app = new_app(
    "Workflow contracts: what each looks at, asks for and does. One's own stand in the folder of the setting"
    " contracts.folder and come before the shipped ones of the same workflow_type; contracts/README.md is the reference."
)

Type = Annotated[str, typer.Argument(metavar="TYPE", help="A workflow_type.", show_default=False)]


@app.command()
def lint(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE…]", help="These files.", show_default="all contracts in force"),
    ] = None,
    format: Format = None,
    json: JsonFlag = False,
) -> None:
    """Every fault as FILE:LINE:COLUMN, all at once: form, names, SQL, and what contracts say of each other.

    Exit 3 where there is one.
    """
    from arctl.services.contract_lint import lint as look

    options, form = globals_of(ctx), resolve_format(format, json)
    with _ledger(options) as ledger:
        looked = look(ledger, files or ())
    faults = [fault for each in looked for fault in each.faults]
    render.write_faults(faults, [each.workflow_type for each in looked], form, sys.stdout)
    if faults:
        wrong = sum(1 for each in looked if each.faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise BadInput(
            f"{count} in {wrong} of {len(looked)} contract{'' if len(looked) == 1 else 's'}",
            "contracts/README.md says what a contract may hold",
        )


@app.command()
def show(ctx: typer.Context, type: Type, format: Format = None, json: JsonFlag = False) -> None:
    """What a contract is made of, and the table of its side effects."""
    from arctl.core.side_effects import side_effects

    options, form = globals_of(ctx), resolve_format(format, json)
    with _ledger(options) as ledger:
        contract = service.find(ledger, type)
    render.write_contract(contract, side_effects(contract), form, sys.stdout)


@app.command()
def graph(
    ctx: typer.Context,
    type: Type,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="As a Mermaid flowchart.")] = False,
) -> None:
    """A contract in six lanes: trigger, context, HITL, fan-out, post, verify."""
    from arctl.core.contract_graph import lanes

    with _ledger(globals_of(ctx)) as ledger:
        contract = service.find(ledger, type)
    if mermaid:
        render.write_mermaid(contract.workflow_type, lanes(contract), sys.stdout)
    else:
        render.write_graph(lanes(contract), sys.stdout)


@app.command()
def schema(ctx: typer.Context) -> None:
    """The JSON Schema of a contract, for editors that check while one types."""
    from arctl.core.contract_schema import schema_text

    globals_of(ctx)
    print(schema_text(), end="")


@contextmanager
def _ledger(options: Globals) -> Iterator[Ledger | None]:
    """The ledger, for the operator's own folder; without one there are the shipped contracts."""
    if is_missing(options.db):
        yield None
        return
    with closing(open_ledger(options.db, options.tenant)) as ledger:
        yield ledger
