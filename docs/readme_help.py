"""What cog puts into the README: the output of the real command, at a fixed width."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory

_ROOT = Path(__file__).resolve().parent.parent
_WIDTH = "100"


def run(*args: str, cwd: Path | None = None, code: int = 0) -> str:
    """What `arctl ARGS` prints on stdout, without colour, 100 columns wide, with none of the caller's settings.

    RuntimeError where it does not end with the exit code that is expected.
    """
    kept = {name: text for name, text in os.environ.items() if not name.startswith("ARCTL_")}
    ran = subprocess.run(
        [sys.executable, "-m", "arctl", *args],
        env={**kept, "COLUMNS": _WIDTH, "NO_COLOR": "1", "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != code:
        raise RuntimeError(f"arctl {' '.join(args)} exited {ran.returncode}: {ran.stderr}")
    return ran.stdout.rstrip()


def block(text: str, language: str = "text") -> str:
    """The text as a fenced block of Markdown."""
    return f"```{language}\n{text}\n```"


def transcript(*args: str, cwd: Path | None = None, code: int = 0) -> str:
    """A command as it is typed, and its answer, as a fenced block."""
    return block(f"$ arctl {' '.join(map(quote, args))}\n{run(*args, cwd=cwd, code=code)}", "console")


STORY = (
    ("sync", "--from", "exports"),
    ("age", "--as-of", "2026-06-30", "--currency", "USD", "--limit", "5"),
    ("age", "--as-of", "2026-06-30", "--by", "invoice", "--customer", "C1007", "--bucket", "days_90_plus"),
    ("explain", "INV-24464", "--as-of", "2026-06-30"),
    ("diff", "2026-05-31", "2026-06-30", "--currency", "USD"),
    ("metrics", "--as-of", "2026-06-30", "--currency", "USD"),
)
"""The commands of the README's transcript, run in this order on the sample data."""


def story() -> str:
    """The transcript: each command of STORY and its real answer, in a folder of its own."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "exports").symlink_to(_ROOT / "sample_data", target_is_directory=True)
        return "\n\n".join(transcript(*args, cwd=place) for args in STORY)


def orders() -> str:
    """The transcript of a customer's question, and of the doctor, who finds what is planted in the sample data (exit 1)."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        run("sync", "--from", str(_ROOT / "sample_data"), cwd=place)
        asked = transcript("trace-po", "72622", "--as-of", "2026-07-08", cwd=place)
        found = transcript(
            "doctor", "--as-of", "2026-06-30", "--check", "build_not_fulfilled,bill_before_receipt", cwd=place, code=1
        )
        return f"{asked}\n\n{found}"


PLANNED = (
    ("config", "set", "mail.from", "ar@example.com"),
    ("plan", "--as-of", "2026-06-30"),
)
APPROVED = (
    ("approve", "34", "--yes", "--confirm", "Moonlit Marsh Supper Club", "--as-of", "2026-06-30"),
    ("verify", "--run", "1", "--as-of", "2026-07-01"),
    ("plan", "--as-of", "2026-06-30"),
    ("plan", "--as-of", "2026-07-01"),
)
"""The operator's morning, before and after the screen of `arctl approve`, on the same ledger."""


def morning() -> str:
    """The transcript of a morning: plan, the approve screen, a hold by its number, the night's checks, the next plans."""
    sys.path.insert(0, str(_ROOT / "docs"))
    import readme_morning

    with TemporaryDirectory() as folder:
        place = Path(folder)
        run("sync", "--from", str(_ROOT / "sample_data"), cwd=place)
        parts = [transcript(*args, cwd=place) for args in PLANNED]
        screen, said = readme_morning.morning(place)
        parts.append(block(f"$ arctl approve 1 --as-of 2026-06-30\n{screen}", "console"))
        parts.append(
            "One letter is edited (`+`), one rejected, `f` and then `y` finish, and the risky ones are left for later:"
        )
        parts.append(block(said, "console"))
        parts += [transcript(*args, cwd=place) for args in APPROVED]
        return "\n\n".join(parts)


def every_help() -> str:
    """The help of arctl and of each command of the registry, sub-commands included, under a heading each."""
    sys.path.insert(0, str(_ROOT))
    from arctl.cli.registry import COMMANDS

    parts = [_help()]
    # a command announced in the registry before its module is written has no help to show yet
    written = [name for name, registered in COMMANDS.items() if find_spec(registered.module)]
    for name in written:
        parts.append(_help(name))
        parts += [_help(name, inner) for inner in _inner_commands(name)]
    return "\n\n".join(parts)


def _help(*path: str) -> str:
    title = " ".join(("arctl", *path))
    return f"### {title}\n\n{block(run(*path, '--help'))}"


def _inner_commands(name: str) -> list[str]:
    from arctl.cli.shell import build

    group = build()
    with group.make_context("arctl", [name], resilient_parsing=True) as ctx:
        command = group.get_command(ctx, name)
    return list(getattr(command, "commands", {}))


def exit_codes() -> str:
    """The exit codes as a Markdown table."""
    sys.path.insert(0, str(_ROOT))
    from arctl.cli.shell import EXIT_MEANINGS

    rows = [f"| {int(code)} | {meaning} |" for code, meaning in EXIT_MEANINGS.items()]
    return "\n".join(["| code | meaning |", "|---:|---|", *rows])
