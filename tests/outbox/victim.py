"""Writing out in a process of its own, which kills itself at a given moment, or tells when it begins and ends."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from arctl.connectors import eml
from arctl.services import outbox
from arctl.store import outbox as store
from tests.outbox.desk import LATER, opened


def die_at(moment: str, count: int) -> None:
    """Kill this process before the count-th time that something is done: place, rename, written (the record), or after it."""
    owner, name = {
        "place": (eml, "place"),
        "rename": (Path, "replace"),
        "written": (store, "written"),
        "recorded": (store, "written"),
    }[moment]
    done: Any = getattr(owner, name)
    calls = 0

    def fatal(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count and moment != "recorded":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = done(*given)
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)  # recorded, and not committed
        return answer

    setattr(owner, name, fatal)


def main(db: Path, moment: str, count: int) -> None:
    outbox._BATCH = 4
    if moment:
        die_at(moment, count)
    with opened(db) as ledger:
        print("writing", flush=True)
        outbox.write_out(ledger, outbox.outbox_folder(ledger), LATER)
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
