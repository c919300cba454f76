"""Sets of month-end evidence as values: what one says of itself, its sums, and the verdict of its re-performance. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arctl.core.allowance import Policy
from arctl.core.drift import Drift


class SetKey(NamedTuple):
    """Which set of evidence: tenant, company, day (ISO) and revision."""

    tenant_id: int
    company_id: int
    snapshot_date: str
    revision: int


class SetRow(NamedTuple):
    """One set as it stands in the ledger."""

    tenant_id: int
    company_id: int
    company: str
    snapshot_date: str
    revision: int
    batch: int
    known_at: str
    allowance_config_id: int
    logic_json: str
    logic_hash: str
    content_hash: str
    customers: int
    lines: int
    credit_lines: int
    exceptions_json: str
    accepted: str | None
    reason: str | None
    changes_json: str | None
    generated_by: str
    os_user: str
    created_at: str
    retain_until: str
    event_seq: int

    @property
    def key(self) -> SetKey:
        """What picks its rows."""
        return SetKey(self.tenant_id, self.company_id, self.snapshot_date, self.revision)


class CurrencyTotals(NamedTuple):
    """A set's sums in one currency, cents."""

    currency: str
    customers: int
    current: int
    days_30: int
    days_60: int
    days_90: int
    days_90_plus: int
    outstanding: int
    unapplied: int
    estimate: int


class ChangedLine(NamedTuple):
    """An open item or credit that two sets do not have alike; cents, 0 where one lacks it."""

    currency: str
    customer_id: str
    document: str
    installment: int
    before_bucket: str | None
    after_bucket: str | None
    before_cents: int
    after_cents: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A set of evidence with its sums, the policy behind its estimate, and the head of the chain of events when it was shown."""

    set: SetRow
    totals: Sequence[CurrencyTotals]
    policy: Policy
    head: tuple[int, str]


@dataclass(frozen=True, slots=True)
class CurrencyDifference:
    """Today's knowledge of the day less the evidence, cents; the rests are what the documents listed do not explain."""

    currency: str
    outstanding: int
    unapplied: int
    open_rest: int
    unapplied_rest: int

    @property
    def unexplained(self) -> int:
        """What no document explains, of both, unsigned."""
        return abs(self.open_rest) + abs(self.unapplied_rest)

    @property
    def net(self) -> int:
        """Of net receivables."""
        return self.outstanding - self.unapplied


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a set of evidence was reached again, byte by byte, and how today's knowledge differs from it."""

    set: SetRow
    rebuilt_hash: str
    logic_hash: str
    drift: Sequence[Drift]
    differences: Sequence[CurrencyDifference]

    @property
    def reperformed(self) -> bool:
        """Whether the content that the row history gives has the hash that was noted."""
        return self.rebuilt_hash == self.set.content_hash

    @property
    def explained(self) -> bool:
        """Whether the documents listed make up the whole difference."""
        return not any(each.unexplained for each in self.differences)
