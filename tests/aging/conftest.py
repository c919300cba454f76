"""Running the command line in this process: what a command prints, and its exit code, without a process per question."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from arctl.cli.app import main
from tests.aging.books import laid_out


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer, read as JSON."""
        return json.loads(self.out)


class Here(Protocol):
    """`here("age", "--json")`: the command on the ledger of the test."""

    db: Path

    def __call__(self, *args: str) -> Ran: ...


@pytest.fixture
def here(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run arctl on a ledger in `tmp_path`."""
    for name in ("ARCTL_DB", "ARCTL_ACTOR", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    class _Here:
        db = tmp_path / "arctl.db"

        def __call__(self, *args: str) -> Ran:
            capsys.readouterr()
            code = main(["--db", str(self.db), *args])
            told = capsys.readouterr()
            return Ran(code, told.out, told.err)

    return _Here()


class Lay(Protocol):
    """`lay(customers="id,name\\nC1,Acme")`: sync these files into the ledger of the test."""

    def __call__(self, **files: str) -> Ran: ...


@pytest.fixture
def lay(here: Here, tmp_path: Path) -> Lay:
    """Write CSV files and sync them; every row must land."""
    count = 0

    def run(**files: str) -> Ran:
        nonlocal count
        count += 1
        ran = here("--quiet", "sync", "--from", str(laid_out(tmp_path / f"export-{count}", files)))
        assert ran.code == 0, ran.err
        return ran

    return run
