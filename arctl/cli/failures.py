"""What the operator reads when something went wrong: one line, a hint, an exit code. Decides nothing else."""

import errno
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer
from typer._click import exceptions as click_errors  # typer's usage errors have no public names

from arctl.errors import ArctlError, ExitCode


@dataclass(frozen=True, slots=True)
class Failure:
    """What to print and how to exit. `label` opens the line; a text without label (a help page) stands as it is."""

    message: str
    hint: str
    exit_code: int
    label: str = "error: "


# SQLite's primary result codes that are about the ledger and not about a mistake in arctl, with what to say of it.
_LEDGER_FAILURES: dict[int, tuple[str, str, str]] = {
    5: ("database is locked", "the ledger {} is locked by another program", "wait until it has finished"),
    6: ("table is locked", "the ledger {} is locked by another program", "wait until it has finished"),
    8: ("readonly database", "the ledger {} cannot be written: it is read-only", "check the rights on file and folder"),
    10: ("disk I/O error", "the disk failed under the ledger {}", "check the disk and its mount"),
    11: ("malformed", "the ledger {} is damaged", "restore the last backup"),
    13: ("disk is full", "the disk is full: the ledger {} cannot grow", "free some space, then run it again"),
    14: ("unable to open", "the ledger {} cannot be opened", "check --db, ARCTL_DB and the rights on the folder"),
    26: ("not a database", "{} is not a ledger: not an SQLite file", "check --db and ARCTL_DB"),
}


def explain(
    problem: BaseException, db: Path | None, global_options: tuple[str, ...] = (), debug: bool = False
) -> Failure:
    """The failure that an exception stands for; `db` is the ledger in use, as far as it is known."""
    if isinstance(problem, ArctlError):
        return Failure(problem.message, problem.hint, problem.exit_code)
    if isinstance(problem, (KeyboardInterrupt, EOFError, typer.Abort)):
        return Failure("interrupted", "", ExitCode.INTERRUPTED)
    if isinstance(problem, click_errors.ClickException):
        return _usage(problem, global_options)
    ledger = _ledger_failure(problem, db)
    if ledger is not None:
        return ledger
    if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
        where = f" ({problem.filename})" if problem.filename else ""
        return Failure(f"the disk is full{where}", "free some space, then run it again", ExitCode.LEDGER)
    first_line = (str(problem).splitlines() or [""])[0]
    what = f"{type(problem).__name__}: {first_line}" if first_line else type(problem).__name__
    advice = "" if debug else "; run again with --debug for the traceback"
    return Failure(what + advice, "", ExitCode.INTERNAL, label="internal error: ")


def _usage(problem: click_errors.ClickException, global_options: tuple[str, ...]) -> Failure:
    if isinstance(problem, click_errors.NoArgsIsHelpError):
        return Failure(problem.format_message(), "", ExitCode.USAGE, label="")
    ctx = problem.ctx if isinstance(problem, click_errors.UsageError) else None
    path = ctx.command_path if ctx else "arctl"
    hint = f"run '{path} --help' for what it takes"
    message = problem.format_message()
    if isinstance(problem, click_errors.NoSuchOption):
        message = problem.message
        if problem.option_name in global_options:
            hint = f"{problem.option_name} stands before the command: arctl {problem.option_name} … COMMAND"
        elif problem.possibilities:
            hint = f"did you mean {min(problem.possibilities)}?"
    # typer appends its suggestion to the sentence; here it is a hint like every other
    message, _, suggestion = message.partition(". Did you mean ")
    if suggestion:
        hint = f"did you mean {suggestion}"
    message = message.strip().rstrip(".")
    return Failure(message[:1].lower() + message[1:], hint, ExitCode.USAGE)


def _ledger_failure(problem: BaseException, db: Path | None) -> Failure | None:
    sqlite = sys.modules.get("sqlite3")  # not imported here: what never opened a ledger cannot have failed on one
    if sqlite is None or not isinstance(problem, sqlite.Error):
        return None
    code = getattr(problem, "sqlite_errorcode", None)
    name = str(db) if db is not None else "in use"
    for primary, (words, message, hint) in _LEDGER_FAILURES.items():
        # an extended code carries its primary one in the low byte; an error raised by Python has only its words
        if (code is not None and code & 0xFF == primary) or (code is None and words in str(problem)):
            return Failure(message.format(name), hint, ExitCode.LEDGER)
    return None


def show(failure: Failure, write: Callable[[str], object], clean: Callable[[str], str]) -> None:
    """Write the failure's lines. A line break inside a message is indented, so that no value can forge a line."""
    if not failure.label:
        write(f"{failure.message}\n")
        return
    write(failure.label + "\n  ".join(clean(line) for line in failure.message.splitlines()) + "\n")
    if failure.hint:
        write(f"hint: {clean(failure.hint)}\n")
