"""The one command: generates, builds, measures and prints every figure of the benchmark beside its target."""

import argparse
import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.agree import DisagreementError
from benchmarks.change import change_folder
from benchmarks.figures import FIGURES, Bench, Figure, remove_ledger
from benchmarks.generate import STAMP, changed_folder, generate
from benchmarks.measure import CommandError
from benchmarks.reference.build import build
from benchmarks.shape import Shape

ROOT = Path(__file__).resolve().parent.parent
FULL = Shape()
SIZES = {
    "full": FULL,
    "small": replace(FULL, customers=500, invoices=50_000, payments=40_000, applications=60_000, open_items=5_000),
}
BUILD = ROOT / "benchmarks" / "reference" / "build.sql"
LEDGERS = ("full", "copy", "long", "short", "sample")


def say(words: str) -> None:
    """Progress, on stderr."""
    print(words, file=sys.stderr, flush=True)


def tenth(shape: Shape) -> Shape:
    """A tenth of everything but the customers: the base of the history figure."""
    return replace(
        shape, invoices=shape.invoices // 10, payments=shape.payments // 10,
        applications=shape.applications // 10, open_items=shape.open_items // 10,
    )  # fmt: skip


def newer(path: Path, than: Path) -> bool:
    """Whether `path` is there and was written after `than`."""
    return path.exists() and path.stat().st_mtime_ns >= than.stat().st_mtime_ns


def prepare(given: argparse.Namespace) -> Bench:
    """Files and reference ledger, made where they are missing or of another shape."""
    work: Path = given.work.resolve() / given.size
    shape = SIZES[given.size]
    data = work / "data"
    changed = changed_folder(data, 0.01)
    say(f"files in {work}")
    generate(data, shape)
    if not newer(changed / STAMP, data / STAMP):
        change_folder(data, changed, 0.01)
        shutil.copyfile(data / STAMP, changed / STAMP)
    base = tenth(shape)
    generate(work / "short", base)
    generate(work / "long", replace(base, history=10))
    reference = work / "reference.db"
    if not (newer(reference, data / STAMP) and newer(reference, BUILD)):
        say("reference ledger")
        build(data, reference)
    bench = Bench(
        arctl=arctl_words(given.arctl), root=ROOT, data=data, changed=changed, short=work / "short",
        long=work / "long", sample=given.sample.resolve(), reference=reference, work=work, today=shape.today,
        earlier=two_years_before(shape.today), rounds=given.rounds, sync_rounds=given.sync_rounds,
    )  # fmt: skip
    if not given.keep:
        for name in LEDGERS:
            remove_ledger(bench.ledger(name))
    return bench


def two_years_before(day: str) -> str:
    """The same day two years earlier, ISO."""
    today = date.fromisoformat(day)
    return today.replace(year=today.year - 2, day=min(today.day, 28) if today.month == 2 else today.day).isoformat()


def arctl_words(named: str | None) -> tuple[str | Path, ...]:
    """How to start arctl: as named, else the one beside this Python, else this source tree."""
    if named:
        return (named,)
    beside = Path(sys.executable).with_name("arctl")
    return (beside,) if beside.exists() else (sys.executable, "-m", "arctl")


def show(figure: Figure) -> None:
    """One line of the report."""
    unit = figure.unit
    value, target = f"{figure.value:.2f}{unit}", f"≤ {figure.target:g}{unit}"
    print(
        f"{figure.name:<26} {value:>10} {target:>9}  {'ok' if figure.holds else 'OVER':<4}  {figure.note}", flush=True
    )


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("work", type=Path, help="folder for files and ledgers; 3 GB at full size")
    parser.add_argument("--size", choices=SIZES, default="small", help="small is a twentieth of full")
    parser.add_argument("--only", nargs="+", choices=FIGURES, default=list(FIGURES), metavar="FIGURE")
    parser.add_argument("--arctl", help="the arctl to measure; else the one beside this Python, else this tree")
    parser.add_argument("--sample", type=Path, default=ROOT / "sample_data", help="files of the demo ledger")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each report, in turn with the reference")
    parser.add_argument("--sync-rounds", type=int, default=3, help="runs of each sync")
    parser.add_argument("--keep", action="store_true", help="report on the ledgers of the last run, if there")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed, too")
    return parser


def main() -> int:
    """0 when all was measured; 1 where answers differ, a command fails or, with --check, a target is missed."""
    given = options().parse_args()
    bench = prepare(given)
    failed = missed = False
    for name in (name for name in FIGURES if name in given.only):  # syncs first, while this process is small
        say(f"measuring {name}")
        try:
            for figure in FIGURES[name](bench):
                show(figure)
                missed |= not figure.holds
        except DisagreementError as error:
            failed = True
            print(f"{name}: arctl and the reference disagree: {error}", flush=True)
        except CommandError as error:
            failed = True
            print(f"{name}: not measured: {error}", flush=True)
    return int(failed or (given.check and missed))


if __name__ == "__main__":
    sys.exit(main())
