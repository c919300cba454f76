"""What every command is told before it runs: ledger, actor, tenant, clock. Opens nothing."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from arctl.render.text import visible


@dataclass(frozen=True, slots=True)
class Globals:
    """The global options, settled: no later reader looks at the environment or the clock itself."""

    db: Path
    actor: str
    tenant: str
    company: str | None
    debug: bool
    quiet: bool
    now: Callable[[], datetime]


def globals_of(ctx: typer.Context) -> Globals:
    """The global options of this invocation; every command's context can reach them."""
    found = ctx.find_object(Globals)
    if found is None:
        raise RuntimeError("a command ran outside the arctl shell")
    return found


def notify(options: Globals, text: str) -> None:
    """One line for the operator's eyes, not part of the answer: stderr, and nothing under --quiet."""
    if not options.quiet and sys.stderr is not None:
        print(visible(text), file=sys.stderr)


def utc_now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


def system_user() -> str:
    """The operating-system user, by the account that runs the process: LOGNAME and USER are only a claim."""
    try:
        import pwd
    except ImportError:  # not POSIX
        return os.environ.get("USERNAME") or "unknown"
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a container may run under a number without a name
        return f"uid-{uid}"
