"""`arctl demo`: a ledger from sample data, and a walk through it by the real commands."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from arctl import resources
from arctl.cli.context import Globals, globals_of
from arctl.errors import ExitCode, Refused


@dataclass(frozen=True, slots=True)
class Step:
    """One command line of the walk, and what it shows, unless it goes with the step before.

    `{sample_data}` stands for the folder of the sample data.
    """

    shows: str
    arguments: tuple[str, ...]


WALK = (
    Step("bring in a year of a fictional food distributor", ("sync", "--from", "{sample_data}")),
    Step("who owes what at the end of June, in US and in Canadian dollars", ("age", "--as-of", "2026-06-30")),
    Step(
        "one customer, invoice by invoice",
        ("age", "--as-of", "2026-06-30", "--by", "invoice", "--customer", "C1007", "--currency", "USD"),
    ),
    Step("how the balance of one invoice came about", ("explain", "INV-24635", "--as-of", "2026-06-30")),
    Step("what moved in June", ("diff", "2026-05-31", "2026-06-30")),
    Step("a morning: letters need a sender", ("config", "set", "mail.from", "ar@example.com")),
    Step("what is due today, written and staged as one envelope", ("plan", "--as-of", "2026-06-30")),
    Step(
        "approved without the screen here; holds and placements wait to be decided one at a time",
        ("approve", "1", "--yes", "--with-drafts", "--as-of", "2026-06-30"),
    ),
    Step("that night: whether it happened", ("verify", "--as-of", "2026-07-01")),
    Step("the next day proposes only what it brings", ("plan", "--as-of", "2026-07-01")),
    Step(
        "month-end: a policy for what will not be collected, submitted",
        ("allowance", "new", "--name", "standard", "--method", "aging_method", "--effective", "2026-01-01"),
    ),
    Step("", ("allowance", "submit", "1")),
    Step(
        "and approved; by somebody else in real life, here by its maker, which every report then says",
        ("allowance", "approve", "1", "--self-approve", "--reason", "a walk through the sample data"),
    ),
    Step("the evidence of June, written once", ("snapshot", "--date", "2026-06-30")),
    Step("rebuilt from the history of rows, to the same bytes", ("snapshot", "verify", "2026-06-30")),
)


def command(
    ctx: typer.Context,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Build the ledger in this folder.", show_default="a new temporary folder"),
    ] = None,
) -> ExitCode:
    """Build a ledger from sample data and walk through it.

    Every line after a $ is a real command with its real output. The ledger stays, so that you can go on with it.
    """
    options = globals_of(ctx)
    db = _place(keep)
    print(f"$ export ARCTL_DB={quote(str(db))}")
    for step in WALK:
        arguments = [part.format(sample_data=resources.sample_data_dir()) for part in step.arguments]
        shows = f"# {step.shows}\n" if step.shows else ""
        print(f"\n{shows}$ arctl {' '.join(map(quote, arguments))}", flush=True)
        code = _run(options, db, arguments)
        if code != ExitCode.DONE:
            raise typer.Exit(code)
    print(f"\n# the ledger is {db}: go on with it after the export above")
    if keep is None:
        print(f"# to be rid of it: rm -r {quote(str(db.parent))}")
    return ExitCode.DONE


def _place(keep: Path | None) -> Path:
    """Where the ledger will be, in a folder that exists. Raises Refused where one is there already."""
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="arctl-demo-")) / "arctl.db"
    folder = keep.expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{folder} cannot be made ({error.strerror})", "name another folder") from None
    if (folder / "arctl.db").exists():
        raise Refused(
            f"{folder / 'arctl.db'} exists already, and a demo writes only into a ledger of its own",
            "name another folder",
        )
    return folder.absolute() / "arctl.db"


def _run(options: Globals, db: Path, arguments: list[str]) -> int:
    """Run one command as a shell would, but in this process: starting an interpreter for each would double the wait."""
    from arctl.cli.app import main

    flags = [flag for flag, on in (("--quiet", options.quiet), ("--debug", options.debug)) if on]
    code = main(["--db", str(db), "--actor", options.actor, *flags, *arguments])
    sys.stderr.flush()
    return code
