"""Runs commands as cold processes and reports wall time and peak memory; knows nothing of what they do."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


class CommandError(Exception):
    """A measured command ended with another exit code than 0; the message names it and its last words."""


@dataclass(frozen=True, slots=True)
class Command:
    """One process to measure; `before` runs first and is not timed."""

    argv: Sequence[str | Path]
    folder: Path | None = None
    stdin: Path | None = None
    before: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: wall seconds and peak resident megabytes (10^6 bytes)."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Runs of two commands taken in turn, and how their median times compare."""

    ours: tuple[Run, ...]
    theirs: tuple[Run, ...]

    @property
    def our_seconds(self) -> float:
        """Median of ours."""
        return statistics.median(run.seconds for run in self.ours)

    @property
    def their_seconds(self) -> float:
        """Median of theirs."""
        return statistics.median(run.seconds for run in self.theirs)

    @property
    def ratio(self) -> float:
        """Ours by theirs."""
        return self.our_seconds / self.their_seconds

    @property
    def peak_megabytes(self) -> float:
        """The largest of our runs."""
        return max(run.megabytes for run in self.ours)


def run(command: Command, output: Path) -> Run:
    """One cold process with stdout in `output`; CommandError where it does not end with 0.

    Linux counts the parent's own memory as the floor of a child's peak, so the caller stays small.
    """
    if command.before is not None:
        command.before()
    errors = output.with_suffix(".stderr")
    argv = [str(part) for part in command.argv]
    with (
        output.open("wb") as out,
        errors.open("wb") as err,
        (command.stdin or Path(os.devnull)).open("rb") as given,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(argv, stdin=given, stdout=out, stderr=err, cwd=command.folder)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        words = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        raise CommandError(f"{' '.join(argv)}: exit {process.returncode}: {' | '.join(words)}")
    return Run(seconds, usage.ru_maxrss * 1024 / 1e6)


def interleave(ours: Command, theirs: Command, rounds: int, folder: Path) -> Pair:
    """Runs both in turn, so that whatever slows the machine for a while slows both."""
    mine, other = [], []
    for _ in range(rounds):
        mine.append(run(ours, folder / "ours.out"))
        other.append(run(theirs, folder / "theirs.out"))
    return Pair(tuple(mine), tuple(other))
