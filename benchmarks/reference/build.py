"""Builds the reference ledger from a folder of generated files; not timed."""

import sqlite3
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def import_bare(folder: Path, target: Path) -> None:
    """The baseline: the four files into bare TEXT tables by the sqlite3 shell, in one process."""
    with (HERE / "import.sql").open("rb") as commands:
        subprocess.run(["sqlite3", str(target.resolve())], stdin=commands, cwd=folder, check=True)


def build(folder: Path, target: Path) -> None:
    """Writes `target` anew from the files in `folder`."""
    bare = target.with_suffix(".bare")
    for path in (bare, target):
        path.unlink(missing_ok=True)
    import_bare(folder, bare)
    ledger = sqlite3.connect(target, isolation_level=None)
    ledger.execute("PRAGMA journal_mode = OFF")
    ledger.execute("PRAGMA synchronous = OFF")
    ledger.execute("PRAGMA cache_size = -200000")
    ledger.execute("ATTACH ? AS bare", (str(bare),))
    ledger.executescript(f"BEGIN; {(HERE / 'build.sql').read_text(encoding='utf-8')} COMMIT;")
    ledger.close()
    bare.unlink()


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
