"""The way in: run one command, and turn whatever went wrong into a line on stderr and an exit code."""

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from arctl import __version__
from arctl.errors import ExitCode

if TYPE_CHECKING:  # typer is loaded only once it is needed: `--version` answers without it
    from arctl.cli.registry import Registered

CLOSED_PIPE = 141  # what a shell reports for a program ended by SIGPIPE: the reader has seen enough


def main(argv: Sequence[str] | None = None, table: "Mapping[str, Registered] | None" = None) -> int:
    """Run `arctl` with these arguments (the process's own where absent) and return the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    if argv is None:
        # A command lives for moments and makes rows by the hundred thousand, none of them in circles: looking for
        # circles at every few hundred would cost a tenth of its time.
        gc.set_threshold(500_000)
    _settle_streams()
    try:
        code = _run(args, table)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _abandon_stdout()
        return CLOSED_PIPE
    except OSError as full:  # the flush: a disk that is full under a redirected answer
        _abandon_stdout()
        return _report(full, debug="--debug" in args, db=None)
    except KeyboardInterrupt as stopped:
        return _report(stopped, debug=False, db=None)


def _run(args: list[str], table: "Mapping[str, Registered] | None") -> int:
    if args == ["--version"]:
        print(f"arctl {__version__}")
        return ExitCode.DONE
    import typer

    from arctl.cli.context import Globals
    from arctl.cli.shell import build

    ctx = None
    try:
        group = build() if table is None else build(table)
        ctx = group.make_context("arctl", list(args))  # the parser eats its list
        with ctx:
            outcome = group.invoke(ctx)
    except typer.Exit as finished:
        return finished.exit_code
    except (Exception, KeyboardInterrupt) as problem:
        if isinstance(problem, BrokenPipeError) and _reader_left():
            raise
        settled = ctx.obj if ctx is not None and isinstance(ctx.obj, Globals) else None
        return _report(problem, debug="--debug" in args, db=settled.db if settled else None)
    return outcome if isinstance(outcome, ExitCode) else ExitCode.DONE


def _report(problem: BaseException, debug: bool, db: Path | None) -> int:
    from arctl.cli.failures import explain, show
    from arctl.cli.shell import GLOBAL_OPTIONS
    from arctl.render.text import visible

    failure = explain(problem, db, GLOBAL_OPTIONS, debug)
    try:
        sys.stdout.flush()  # what was said before the failure stands before it
    except OSError:
        _abandon_stdout()
    with suppress(OSError):  # nobody may be listening; the exit code still tells
        if debug:
            import traceback

            traceback.print_exception(problem)
        show(failure, sys.stderr.write, visible)
        sys.stderr.flush()
    return failure.exit_code


def _reader_left() -> bool:
    """Whether it was stdout or stderr that broke; a connection to a server breaks with the same exception."""
    import select

    if not hasattr(select, "poll"):  # Windows
        return True
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            ends = select.poll()
            ends.register(stream.fileno(), 0)  # errors are reported unasked
            if any(state & select.POLLERR for _, state in ends.poll(0)):
                return True
    return False


def _settle_streams() -> None:
    """A closed stream becomes the null device, and a character that stdout cannot carry is written as an escape."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open until the end
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _abandon_stdout() -> None:
    """Point stdout at the null device, so that the interpreter's own last flush stays quiet."""
    with suppress(OSError, ValueError):  # a stream without a descriptor, as under a test, has no last flush
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
