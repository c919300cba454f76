"""A ledger with one run, and checks of one's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arctl.core.run import Run, Started
from arctl.core.verification import NewCheck, Verified
from arctl.services.books import ensure_ledger
from arctl.services.verify import Asked, verify
from arctl.store import runs
from arctl.store import verify as store
from arctl.store.ledger import Ledger
from tests.aging.conftest import here

__all__ = ["here"]

AT = datetime(2026, 6, 30, 14, 0, tzinfo=UTC)
"""When the run ended: 10:00 in New York."""
HASH = "a" * 64


def stamp(moment: datetime) -> str:
    """As the ledger writes it."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


@dataclass
class Night:
    """The ledger, and the commands of the night on it."""

    ledger: Ledger

    def run(self, as_of: str = "2026-06-30", started: datetime = AT) -> int:
        """One more run, completed."""
        with self.ledger.transaction() as connection:
            if not runs.every(connection, 1):
                connection.execute("INSERT INTO workflow_contracts VALUES (1, ?, 'w', 1, 'x', ?)", (HASH, stamp(AT)))
            number = runs.next_id(connection, 1)
            runs.add(
                connection,
                1,
                Run(
                    number, 1, "w", HASH, "completed", Started("manual"), as_of, "{}", None, None, "amy", "amy", stamp(started),
                    stamp(started), "{}",
                ),
            )  # fmt: skip
        return number

    def check(
        self,
        sql: str,
        expect: str = "value = 1",
        run: int = 1,
        after: timedelta = timedelta(),
        window: timedelta = timedelta(hours=24),
        otherwise: str = "",
        name: str = "n",
        at: datetime = AT,
    ) -> int:
        """One more check of a run."""
        due = at + after
        new = NewCheck(name, sql, {"tenant_id": 1, "run_id": run}, expect, stamp(due), stamp(due + window), otherwise)
        with self.ledger.transaction() as connection:
            return store.add(connection, 1, run, [new])[0]

    def ask(self, later: timedelta = timedelta(), run: int | None = None, as_of: str | None = None) -> Verified:
        """`arctl verify` some time after AT."""
        day = None if as_of is None else date.fromisoformat(as_of)
        return verify(self.ledger, Asked(AT + later, "ben", "u-ben", run, day))

    def statuses(self, later: timedelta = timedelta(), run: int | None = None, as_of: str | None = None) -> list[str]:
        """How the checks stand."""
        return [each.status.value for each in self.ask(later, run, as_of).checks]

    def put(self, customer: str) -> None:
        """Put something there that a check can find."""
        with self.ledger.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO settings VALUES (1, 'found', ?, ?, 'amy')", (customer, stamp(AT))
            )


FOUND = "SELECT value FROM settings WHERE tenant_id = :tenant_id AND key = 'found'"
"""What `put` put there."""


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A ledger with one run."""
    ledger = ensure_ledger(tmp_path / "arctl.db", "default")
    made = Night(ledger)
    made.run()
    yield made
    ledger.close()
