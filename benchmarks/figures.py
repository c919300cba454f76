"""One function per figure: what is run against what, and the ratio that must not be exceeded."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.agree import same_csv, same_json
from benchmarks.measure import Command, interleave, run
from benchmarks.reference.choose import choose, command

IMPORT = Path(__file__).parent / "reference" / "import.sql"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured ratio (or size) beside its target; `note` says what stands on each side."""

    name: str
    value: float
    target: float
    note: str
    unit: str = "×"

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.target


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything a figure needs: where things are, which arctl, how often to run."""

    arctl: tuple[str | Path, ...]
    root: Path
    data: Path
    changed: Path
    short: Path
    long: Path
    sample: Path
    reference: Path
    work: Path
    today: str
    earlier: str
    rounds: int
    sync_rounds: int

    def ledger(self, name: str) -> Path:
        """Where a ledger of this benchmark stands."""
        return self.work / f"{name}.db"

    def command(self, ledger: Path, *words: str | Path, before: Callable[[], None] | None = None) -> Command:
        """arctl on a ledger, run from the repository so that `-m arctl` is found."""
        return Command([*self.arctl, "--db", ledger, *words], self.root, before=before)

    def synced(self, name: str, folder: Path) -> Path:
        """The ledger of a folder, synced now where it is not there yet."""
        ledger = self.ledger(name)
        if not ledger.exists():
            run(self.command(ledger, "sync", "--from", folder), self.work / "sync.out")
        return ledger


def remove_ledger(ledger: Path) -> None:
    """The ledger and what SQLite keeps beside it, where they exist."""
    for path in (ledger, Path(f"{ledger}-wal"), Path(f"{ledger}-shm")):
        path.unlink(missing_ok=True)


def copy_ledger(source: Path, target: Path) -> None:
    """A copy with its write-ahead log, where one is left."""
    remove_ledger(target)
    for end in ("", "-wal"):
        if Path(f"{source}{end}").exists():
            shutil.copyfile(f"{source}{end}", f"{target}{end}")


def sync_figures(bench: Bench) -> Iterator[Figure]:
    """First sync, unchanged re-sync and 1 % changed, each against .import of the same files; peak memory."""
    ledger, copy, bare = bench.ledger("full"), bench.ledger("copy"), bench.work / "bare.db"
    load = Command(["sqlite3", bare], bench.data, IMPORT, before=lambda: bare.unlink(missing_ok=True))
    sync = ("sync", "--from", bench.data)
    first = interleave(
        bench.command(ledger, *sync, before=lambda: remove_ledger(ledger)), load, bench.sync_rounds, bench.work
    )
    sides = f"sync {first.our_seconds:.2f} s, .import {first.their_seconds:.2f} s"
    yield Figure("first sync", first.ratio, 8.0, sides)
    again = interleave(bench.command(ledger, *sync), load, bench.sync_rounds, bench.work)
    sides = f"sync {again.our_seconds:.2f} s, .import {again.their_seconds:.2f} s"
    yield Figure("unchanged re-sync", again.ratio, 1.0, sides)
    later = interleave(
        bench.command(copy, "sync", "--from", bench.changed, before=lambda: copy_ledger(ledger, copy)),
        load, bench.sync_rounds, bench.work,
    )  # fmt: skip
    remove_ledger(copy)
    bare.unlink()
    sides = f"sync {later.our_seconds:.2f} s, .import {later.their_seconds:.2f} s"
    yield Figure("1 % changed", later.ratio, 4.0, sides)
    peaks = [pair.peak_megabytes for pair in (first, again, later)]
    sides = "first {:.0f}, unchanged {:.0f}, 1 % changed {:.0f} MB".format(*peaks)
    yield Figure("peak memory of sync", max(peaks), 300.0, sides, " MB")


def age_figures(bench: Bench) -> Iterator[Figure]:
    """`age --json` today and two years back against the fastest hand-written plan, answers compared first."""
    ledger = bench.synced("full", bench.data)
    for name, as_of, target in (("age today", bench.today, 1.5), ("age two years back", bench.earlier, 2.0)):
        choice = choose("age.py", bench.reference, as_of, bench.today, bench.work)
        plans = ", ".join(f"{plan} {seconds:.3f}" for plan, seconds in choice.seconds.items())
        ours = bench.command(ledger, "age", "--as-of", as_of, "--json")
        theirs = command("age.py", bench.reference, as_of, choice.plan)
        run(ours, bench.work / "ours.out")
        run(theirs, bench.work / "theirs.out")
        same_json(bench.work / "ours.out", bench.work / "theirs.out")
        pair = interleave(ours, theirs, bench.rounds, bench.work)
        sides = f"arctl {pair.our_seconds:.3f} s, {choice.plan} {pair.their_seconds:.3f} s; plans: {plans}"
        yield Figure(name, pair.ratio, target, sides)


def invoice_figures(bench: Bench) -> Iterator[Figure]:
    """`age --by invoice --format csv` against the raw query writing the same rows."""
    ledger = bench.synced("full", bench.data)
    choice = choose("by_invoice.py", bench.reference, bench.today, bench.today, bench.work)
    ours = bench.command(ledger, "age", "--as-of", bench.today, "--by", "invoice", "--format", "csv")
    theirs = command("by_invoice.py", bench.reference, bench.today, choice.plan)
    run(ours, bench.work / "ours.out")
    run(theirs, bench.work / "theirs.out")
    same_csv(bench.work / "ours.out", bench.work / "theirs.out")
    pair = interleave(ours, theirs, bench.rounds, bench.work)
    sides = f"arctl {pair.our_seconds:.3f} s, {choice.plan} {pair.their_seconds:.3f} s"
    yield Figure("by invoice, csv", pair.ratio, 2.5, sides)


def history_figures(bench: Bench) -> Iterator[Figure]:
    """Today's aging with ten times the settled history and the same open items."""
    words = ("age", "--as-of", bench.today, "--json")
    long = bench.command(bench.synced("long", bench.long), *words)
    short = bench.command(bench.synced("short", bench.short), *words)
    run(long, bench.work / "ours.out")
    run(short, bench.work / "theirs.out")
    same_json(bench.work / "ours.out", bench.work / "theirs.out")
    pair = interleave(long, short, bench.rounds, bench.work)
    sides = f"ten times {pair.our_seconds:.3f} s, once {pair.their_seconds:.3f} s"
    yield Figure("history × 10, age today", pair.ratio, 1.3, sides)


def start_figures(bench: Bench) -> Iterator[Figure]:
    """What starting costs, against importing typer."""
    typer = Command([sys.executable, "-c", "import typer"])
    version = Command([*bench.arctl, "--version"], bench.root)
    sample = bench.command(bench.synced("sample", bench.sample), "age")
    for name, ours, target in (("arctl --version", version, 1.5), ("arctl age, demo ledger", sample, 3.0)):
        pair = interleave(ours, typer, bench.rounds, bench.work)
        sides = f"arctl {pair.our_seconds:.3f} s, import typer {pair.their_seconds:.3f} s"
        yield Figure(name, pair.ratio, target, sides)


FIGURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "sync": sync_figures,
    "age": age_figures,
    "invoice": invoice_figures,
    "history": history_figures,
    "start": start_figures,
}
