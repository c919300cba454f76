"""One sync in a process of its own, which says when it begins to write and when it is done."""

import sys
from pathlib import Path

from arctl.services.books import ensure_ledger
from arctl.services.sync import SyncRequest, sync_folder
from tests.sync.desk import START


class Telling:
    """Progress that tells the watching process, at once."""

    def step(self, label: str, done: int, total: int) -> None:
        if label == "landing" and done == 0:
            print("writing", flush=True)


def main(db: Path, folder: Path) -> None:
    ledger = ensure_ledger(db, "default")
    sync_folder(ledger, SyncRequest(folder, actor="tester"), lambda: START, Telling())
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
