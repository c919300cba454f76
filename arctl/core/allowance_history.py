"""What past losses say: the write-off rate of a window, and an earlier allowance against what was then written off. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from arctl.core.allowance import WHOLE, Policy, half_up, percent_text


class Sum(NamedTuple):
    """Cents and how many documents they come from."""

    cents: int = 0
    documents: int = 0


NOTHING = Sum()


@dataclass(frozen=True, slots=True)
class LossHistory:
    """Write-offs and credit sales of one company and currency after the day `after` up to the end of `until`.

    Each by the date it takes effect, as far as it counts on `until`. Credit sales are invoices without finance charges, less
    credit memos without write-offs; a credit memo of kind write_off is a write-off.
    """

    company: str
    currency: str
    after: date
    until: date
    write_offs: Sum = NOTHING
    recoveries: Sum = NOTHING
    invoices: Sum = NOTHING
    credit_memos: Sum = NOTHING

    @property
    def first(self) -> date:
        """The first day of the window."""
        return self.after + timedelta(days=1)

    @property
    def net_write_offs(self) -> int:
        """Write-offs less recoveries, cents; below zero where more was recovered than written off."""
        return self.write_offs.cents - self.recoveries.cents

    @property
    def credit_sales(self) -> int:
        """Invoices less credit memos, cents."""
        return self.invoices.cents - self.credit_memos.cents

    @property
    def why_none(self) -> str:
        """Why the window gives no rate; empty where it gives one."""
        window = f"from {self.first} to {self.until}"
        if self.credit_sales <= 0:
            no = "no credit sales" if not self.invoices.documents else "no credit sales left after credit memos"
            return f"there are {no} in {self.currency} {window}, and a rate divides by them"
        if self.net_write_offs > self.credit_sales:
            return f"more was written off than sold in {self.currency} {window}: {percent_text(self._ratio())} %"
        return ""

    @property
    def rate_bp(self) -> int | None:
        """The rate in basis points, half up; 0 where more was recovered than written off; None where there is none."""
        return None if self.why_none else self._ratio()

    def _ratio(self) -> int:
        return half_up(max(self.net_write_offs, 0) * WHOLE, self.credit_sales)

    def inputs(self, lookback_months: int) -> dict[str, object]:
        """What the rate was worked out from, as plain values."""
        return {
            "lookback_months": lookback_months,
            "currency": self.currency,
            "from": self.first.isoformat(),
            "until": self.until.isoformat(),
            "write_offs_cents": self.write_offs.cents,
            "write_offs": self.write_offs.documents,
            "recoveries_cents": self.recoveries.cents,
            "recoveries": self.recoveries.documents,
            "net_write_offs_cents": self.net_write_offs,
            "invoices_cents": self.invoices.cents,
            "invoices": self.invoices.documents,
            "credit_memos_cents": self.credit_memos.cents,
            "credit_memos": self.credit_memos.documents,
            "credit_sales_cents": self.credit_sales,
            "rate_bp": self.rate_bp,
        }


class CustomerHindsight(NamedTuple):
    """One customer: the allowance at an earlier date, and what was then written off and recovered, cents."""

    customer_id: str
    customer_name: str
    allowance: int
    written_off: int
    recovered: int

    @property
    def lost(self) -> int:
        """Written off less recovered."""
        return self.written_off - self.recovered

    @property
    def over(self) -> int:
        """Allowance left over; below zero where it was too small."""
        return self.allowance - self.lost


@dataclass(frozen=True, slots=True)
class Hindsight:
    """An allowance against the later losses on the invoices open at its date, for one company and currency, cents."""

    company: str
    currency: str
    version: int
    customers: Sequence[CustomerHindsight]

    @property
    def total(self) -> CustomerHindsight:
        """The sum of the customers."""
        return CustomerHindsight(
            "",
            "",
            sum(each.allowance for each in self.customers),
            sum(each.written_off for each in self.customers),
            sum(each.recovered for each in self.customers),
        )


@dataclass(frozen=True, slots=True)
class Derived:
    """What a window says of one company and currency, and the draft that was made of it."""

    history: LossHistory
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class HindsightReport:
    """The answer of `allowance lookback`."""

    as_of: str
    until: str
    groups: list[Hindsight]
    policies: list[Policy]
    untied: list[str]
