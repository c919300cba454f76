"""The close gate: what must be settled, or accepted with a reason, before a day's evidence is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arctl.errors import Refused
from arctl.store import close_gate as store
from arctl.store.books import Company
from arctl.store.ledger import Ledger

_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class GateException:
    """One thing the gate objects to: a code for programs, a sentence for people, and documents or lines as examples."""

    code: str
    message: str
    examples: Sequence[str] = ()

    def facts(self) -> dict[str, object]:
        """As plain values, for the evidence."""
        return {"code": self.code, "message": self.message, "examples": list(self.examples)}


def exceptions(ledger: Ledger, company: Company, day: date, failing: Sequence[str]) -> list[GateException]:
    """What the gate objects to. `failing` names the groups of this company that do not tie out."""
    connection, tenant = ledger.connection, ledger.tenant_id
    found = [
        GateException("tie_out", f"{group} does not tie out: run `arctl age --as-of {day}` to see by how much")
        for group in failing
    ]
    waiting = store.waiting_rejects(connection, tenant, day.isoformat())
    if waiting:
        rows = "1 rejected row waits" if len(waiting) == 1 else f"{len(waiting)} rejected rows wait"
        examples = [f"{file}:{line}: {reason}" for file, line, reason in waiting[:_EXAMPLES]]
        found.append(GateException("rejects", f"{rows}, dated up to {day} or undated (first: {examples[0]})", examples))
    ended = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(company.time_zone)).astimezone(UTC)
    last = store.last_hot_sync(connection, tenant)
    if last is None or last < f"{ended:%Y-%m-%d %H:%M:%S}":
        found.append(
            GateException(
                "stale", f"no sync of invoices and payments completed after the end of {day} in {company.time_zone}"
            )
        )
    return found


def pass_or_refuse(found: Sequence[GateException], day: date, accepted: str | None) -> None:
    """Raises Refused (exit 4) for what nobody accepted."""
    if found and accepted is None:
        raise Refused(
            f"the books are not ready to be closed as of {day}: {'; '.join(each.message for each in found)}",
            'settle that first, or record why it may stand with --accept "reason"; nothing was written',
        )
