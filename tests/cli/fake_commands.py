"""Commands made up for the tests of the shell: each shows one thing that can happen to a command."""

import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from arctl.cli.context import globals_of, notify
from arctl.cli.options import AsOf, Format, JsonFlag, resolve_format
from arctl.cli.shell import new_app
from arctl.errors import CheckFailed, ExitCode, Refused

app = new_app(help="Things that happen.")


@app.command()
def show(ctx: typer.Context, format: Format = None, json: JsonFlag = False, as_of: AsOf = None) -> None:
    """Print what the shell settled."""
    options = globals_of(ctx)
    print(options.db, options.actor, options.tenant, options.company, resolve_format(format, json), as_of)
    print(options.now().tzinfo)
    notify(options, "a note\x1b[31m")


@app.command()
def check() -> ExitCode:
    """End with an exit code of its own."""
    print("printed before")
    return ExitCode.CHECK_FAILED


@app.command()
def refuse() -> NoReturn:
    """Refuse."""
    raise Refused("the batch\x1b[2J is not approved\nhint: forged", "approve it first")


@app.command()
def fail() -> NoReturn:
    """Fail a check without a hint."""
    print("the answer")
    raise CheckFailed("off by 0.01")


@app.command()
def crash() -> NoReturn:
    """Meet a mistake in the program."""
    raise KeyError("no such\nthing")


@app.command()
def interrupt() -> NoReturn:
    """Be interrupted."""
    raise KeyboardInterrupt


@app.command()
def ask() -> None:
    """Ask, and meet the end of the input."""
    input()


@app.command()
def talk() -> None:
    """Say more than a pipe holds."""
    for number in range(200_000):
        print(number)


@app.command()
def sql(kind: Annotated[str, typer.Argument(metavar="KIND")], path: str = "x.db") -> None:
    """Let SQLite fail for real."""
    problems: dict[str, Any] = {"locked": _locked, "garbage": _garbage, "full": _full, "mistake": _mistake}
    problems[kind](path)


def _locked(path: str) -> None:
    first = sqlite3.connect(path, isolation_level=None)
    first.execute("BEGIN EXCLUSIVE")
    sqlite3.connect(path, timeout=0).execute("CREATE TABLE t (a)")


def _garbage(path: str) -> None:
    Path(path).write_bytes(b"this is no ledger " * 100)
    sqlite3.connect(path).execute("SELECT * FROM sqlite_master")


def _full(path: str) -> None:
    ledger = sqlite3.connect(path)
    ledger.execute("PRAGMA max_page_count = 1")
    ledger.execute("CREATE TABLE t (a)")


def _mistake(path: str) -> None:
    sqlite3.connect(path).execute("SELECT * FROM nowhere")


@app.command()
def hang_up() -> NoReturn:
    """Lose a server."""
    raise BrokenPipeError(32, "Broken pipe")


@app.command()
def latin() -> None:
    """Print what a narrow stdout cannot carry."""
    print("株 é", sys.stdout.encoding)
