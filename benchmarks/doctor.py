"""What a look of the doctor costs: every check of it against `age`, on the same ledger and day, both as cold processes."""

import json
import sys
from pathlib import Path
from shutil import copyfile
from statistics import median

from benchmarks.measure import Command, run

ROOT = Path(__file__).resolve().parent.parent
TARGET = 5.0


def seconds(ledger: Path, folder: Path, *arguments: str) -> float:
    """Wall seconds of one run, which may find something (exit 1); what it printed stays in the folder."""
    arctl: list[str | Path] = [sys.executable, "-m", "arctl", "--db", ledger.resolve(), *arguments]
    return run(Command(["sh", "-c", '"$@" || [ $? -eq 1 ]', "sh", *arctl], ROOT), folder / "out").seconds


def figure(ledger: Path, folder: Path, day: str, rounds: int = 7) -> tuple[float, float, int]:
    """Seconds of `doctor --json` and of `age --json`, medians of runs that take turns, and how many findings there were."""
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(seconds(ledger, folder, "age", "--as-of", day, "--json"))
        ours.append(seconds(ledger, folder, "doctor", "--as-of", day, "--json"))
    findings = json.loads((folder / "out").read_text(encoding="utf-8"))
    return median(ours), median(theirs), len(findings)


def main() -> int:
    """Measure on a copy of a synced ledger: `python -m benchmarks.doctor FOLDER LEDGER DAY`; 1 where the target is missed."""
    folder, original, day = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    folder.mkdir(parents=True, exist_ok=True)
    ledger = folder / "doctor.db"
    copyfile(original, ledger)  # an older ledger is upgraded by the first command, and the original stays as it is
    seconds(ledger, folder, "age", "--as-of", day, "--json")
    ours, theirs, findings = figure(ledger, folder, day)
    ratio = ours / theirs
    print(f"doctor {ours:.2f} s ({findings:,} findings), age {theirs:.2f} s: {ratio:.1f} (at most {TARGET:g})")
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
