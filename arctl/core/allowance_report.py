"""What an allowance policy says of an aging, customer by customer, and the methods side by side. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arctl.core.aging import CustomerRow
from arctl.core.allowance import Method, Policy, Terms, expected_loss


class CustomerLoss(NamedTuple):
    """One customer's aging in cents (five gross buckets), and of it the expected loss."""

    customer_id: str
    customer_name: str
    buckets: tuple[int, ...]
    outstanding: int
    unapplied: int
    estimated: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The allowance that a policy asks for of one company and currency, in cents; the total is the sum of the customers.

    `in_force` is False where another policy was only tried.
    """

    company: str
    currency: str
    policy: Policy
    in_force: bool
    customers: Sequence[CustomerLoss]

    @property
    def buckets(self) -> tuple[int, ...]:
        """Gross outstanding by bucket."""
        return tuple(map(sum, zip(*(each.buckets for each in self.customers), strict=True))) or (0,) * 5

    @property
    def outstanding(self) -> int:
        """Gross outstanding."""
        return sum(each.outstanding for each in self.customers)

    @property
    def unapplied(self) -> int:
        """Unapplied credit, below zero where more was applied than came in."""
        return sum(each.unapplied for each in self.customers)

    @property
    def estimated(self) -> int:
        """The required allowance."""
        return sum(each.estimated for each in self.customers)


@dataclass(frozen=True, slots=True)
class EstimateReport:
    """The answer of `allowance estimate`; `untied` names the groups whose aging does not tie out to the documents."""

    as_of: str
    estimates: Sequence[Estimate]
    untied: Sequence[str]


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method on one aging. `source` says where its percentages come from; without any, `reason` says why.

    `by_customer` has the expected loss of each customer, in the order of the comparison's customers.
    """

    method: Method
    terms: Terms | None
    source: str
    reason: str = ""
    by_customer: Sequence[int] = ()

    @property
    def estimated(self) -> int | None:
        """Cents, or None without percentages."""
        return None if self.terms is None else sum(self.by_customer)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The three methods on the aging of one company and currency; `policy` is the one in force, if there is one."""

    company: str
    currency: str
    policy: Policy | None
    customers: Sequence[CustomerRow]
    results: Sequence[MethodResult]

    @property
    def outstanding(self) -> int:
        """Gross outstanding in cents."""
        return sum(row.outstanding for row in self.customers)

    @property
    def chosen(self) -> int | None:
        """What the policy in force asks for, in cents."""
        own = [each.estimated for each in self.results if self.policy and each.method is self.policy.terms.method]
        return own[0] if own else None


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """The answer of `allowance compare`."""

    as_of: str
    comparisons: Sequence[Comparison]
    untied: Sequence[str]


def customer_losses(terms: Terms, rows: Iterable[CustomerRow]) -> list[CustomerLoss]:
    """The expected loss of each customer, the largest first."""
    losses = [
        CustomerLoss(
            row.customer_id,
            row.customer_name,
            row.buckets,
            row.outstanding,
            row.unapplied,
            expected_loss(terms, row.buckets, row.unapplied),
        )
        for row in rows
    ]
    return sorted(losses, key=lambda each: (-each.estimated, -each.outstanding, each.customer_id))


def method_result(method: Method, terms: Terms | None, source: str, rows: Iterable[CustomerRow]) -> MethodResult:
    """One method on the customers of an aging; without terms, `source` is the reason why there are none."""
    if terms is None:
        return MethodResult(method, None, "", source)
    return MethodResult(method, terms, source, "", [expected_loss(terms, row.buckets, row.unapplied) for row in rows])
