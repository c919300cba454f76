"""A command made up for the tests of the shell: one function, no commands of its own."""

from typing import Annotated

import typer

from arctl.cli.context import globals_of


def command(ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")], level: int = 1) -> None:
    """Greet NAME."""
    print(f"{name} at {level} by {globals_of(ctx).actor}")
