"""The command group: global options, and commands that are imported only when they are invoked."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from typer import _click  # typer carries its own click and has no public name for its types
from typer.core import TyperGroup
from typer.main import get_command, get_group

from arctl import __version__
from arctl.cli.context import Globals, system_user, utc_now
from arctl.cli.registry import COMMANDS, Registered
from arctl.errors import ExitCode, UsageError

GLOBAL_OPTIONS = ("--db", "--actor", "--tenant", "--company", "--debug", "--quiet")

EXIT_MEANINGS: Mapping[int, str] = {
    ExitCode.DONE: "done",
    ExitCode.CHECK_FAILED: "a check failed (verify, doctor, tie-out, integrity)",
    ExitCode.USAGE: "usage, unknown id",
    ExitCode.BAD_INPUT: "bad input data",
    ExitCode.REFUSED: "refused by a control",
    ExitCode.LEDGER: "the ledger is locked, corrupt, too new or not there, or the disk is full",
    ExitCode.OUTSIDE: "network, ERP or mail failed",
    ExitCode.INTERNAL: "internal error",
    ExitCode.INTERRUPTED: "interrupted",
    141: "the reader of the output went away (a closed pipe)",
}


class LazyGroup(TyperGroup):
    """A group over a static table; a tree of fifty built commands would cost more than most answers do."""

    table: Mapping[str, Registered] = COMMANDS

    def list_commands(self, ctx: _click.Context) -> list[str]:  # noqa: ARG002 - typer's signature
        """The names, in the table's order."""
        return list(self.table)

    def get_command(self, ctx: _click.Context, cmd_name: str) -> _click.Command | None:  # noqa: ARG002 - typer's signature
        """The command of that name, its module imported now; None for a name that is not in the table."""
        registered = self.table.get(cmd_name)
        if registered is None:
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = _load(cmd_name, registered.module)
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: _click.Context, args: list[str]
    ) -> tuple[str | None, _click.Command | None, list[str]]:
        """The command that `args` begin with. Raises UsageError with the closest name."""
        name = args[0]
        if name not in self.table and not ctx.resilient_parsing:
            from difflib import get_close_matches

            close = get_close_matches(name, self.table, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "run 'arctl --help' for the list of commands"
            raise UsageError(f"no such command '{name}'", hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: _click.Context, formatter: _click.HelpFormatter) -> None:  # noqa: ARG002 - typer's signature
        """The list in the help, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, registered.summary) for name, registered in self.table.items()])


def _load(name: str, module_name: str) -> _click.Command:
    module = import_module(module_name)
    app = getattr(module, "app", None)
    if app is None:
        app = new_app()
        app.command(name)(module.command)
    command = get_command(app)
    command.name = name
    return command


def new_app(help: str | None = None) -> typer.Typer:
    """A Typer in the house's manner, for a command with commands of its own: plain help, no completion options."""
    return typer.Typer(help=help, add_completion=False, rich_markup_mode=None, no_args_is_help=True)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"arctl {__version__}")
        raise typer.Exit


def _named(text: str, option: str) -> str:
    if not text.strip():
        raise UsageError(f"{option} is empty", "give it a value or leave it out")
    return text.strip()


def _settle(
    ctx: typer.Context,
    db: Annotated[
        str, typer.Option("--db", metavar="FILE", envvar="ARCTL_DB", show_envvar=True, help="The ledger.")
    ] = "./arctl.db",
    actor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            envvar="ARCTL_ACTOR",
            show_envvar=True,
            help="Who is acting.",
            show_default="the operating-system user",
        ),
    ] = None,
    tenant: Annotated[str, typer.Option(metavar="T", help="The tenant in the ledger.")] = "default",
    company: Annotated[str | None, typer.Option(metavar="C", help="One company.", show_default="each company")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no notes on stderr.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    ctx.obj = Globals(
        db=Path(_named(db, "--db")).expanduser(),
        actor=system_user() if actor is None else _named(actor, "--actor"),
        tenant=_named(tenant, "--tenant"),
        company=None if company is None else _named(company, "--company"),
        debug=debug,
        quiet=quiet,
        now=utc_now,
    )


def build(table: Mapping[str, Registered] = COMMANDS) -> LazyGroup:
    """The arctl command over a table of commands; nothing of the table is imported yet."""
    app = typer.Typer(
        name="arctl",
        cls=LazyGroup,
        help="Accounts receivable over one local SQLite ledger.",
        epilog=_exit_codes(),
        add_completion=False,
        rich_markup_mode=None,  # plain help: the rich one costs 50 ms and eats square brackets
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_settle)
    group = get_group(app)
    if not isinstance(group, LazyGroup):
        raise TypeError("typer did not build the group that was asked for")
    group.table = table
    return group


def _exit_codes() -> str:
    # \b keeps the formatter from running the lines together
    return "\b\nExit codes:\n" + "\n".join(f"  {int(code):>3}  {meaning}" for code, meaning in EXIT_MEANINGS.items())
