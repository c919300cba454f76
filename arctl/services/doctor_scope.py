"""What every check of the doctor is given, and what it gives back. No SQL, no rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from arctl.core.doctor import Acknowledgement, Finding, Severity
from arctl.core.doctor_orders import OpenLine
from arctl.store import doctor_orders
from arctl.store.books import Company
from arctl.store.doctor_orders import Scope
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found; `more` are further ones that it did not look into, the gravest of which may be as grave as `grave`."""

    findings: Iterable[Finding]
    more: int = 0
    grave: Sequence[Severity] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the ledger: as of the end of `on`; `moment` is that end or now, whichever comes first (UTC, naive).

    `acknowledged` are the findings that are not to be told, `limit` how many of a check are (0: all).
    """

    ledger: Ledger
    scope: Scope
    companies: Sequence[Company]
    on: date
    moment: datetime
    is_today: bool
    limit: int
    acknowledged: Mapping[tuple[str, str], Acknowledgement]
    _lines: list[list[OpenLine]] = field(default_factory=list)

    def open_lines(self) -> list[OpenLine]:
        """The lines of orders that are not shipped in full; asked for once, three checks read them."""
        if not self._lines:
            self._lines.append(doctor_orders.open_lines(self.scope))
        return self._lines[0]
