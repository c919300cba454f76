"""The allowance that is required as of a date: by the policy in force, by one on trial, by every method."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arctl.core.aging import CustomerRow
from arctl.core.allowance import DEFAULT_BUCKETS_BP, Base, Method, Policy, Terms
from arctl.core.allowance_history import LossHistory
from arctl.core.allowance_report import (
    Comparison,
    ComparisonReport,
    Estimate,
    EstimateReport,
    MethodResult,
    customer_losses,
    method_result,
)
from arctl.services.allowance import policy_of, require_in_force
from arctl.services.allowance_balances import aged_on, groups_asked, named, one_reading
from arctl.services.allowance_history import histories
from arctl.store import allowance as store
from arctl.store.ledger import Ledger


def estimate(
    ledger: Ledger, day: date, company: str | None = None, currency: str | None = None, version: int | None = None
) -> EstimateReport:
    """The required allowance of each company and currency asked for, by the policy in force on the day.

    `version` tries that policy instead, on its own company. Raises UnknownId, and Refused (exit 4) where a company has
    no policy in force.
    """
    with one_reading(ledger):
        trial, owner = (None, company) if version is None else policy_of(ledger, company, version)
        aged = aged_on(ledger, day)
        estimates = []
        for each, code in groups_asked(ledger, aged.known, owner, currency):
            if trial is None:
                policy, in_force = require_in_force(ledger, each, day), True
            else:
                ruling = store.in_force(ledger.connection, ledger.tenant_id, each.company_id, day.isoformat())
                policy, in_force = trial, ruling is not None and ruling.version == trial.version
            rows = aged.rows.get((each.name, code), ())
            estimates.append(Estimate(each.name, code, policy, in_force, customer_losses(policy.terms, rows)))
    return EstimateReport(day.isoformat(), estimates, named(aged.untied))


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What is compared; `flat_bp` is the flat percentage where the policy in force has none (basis points)."""

    as_of: date
    lookback_months: int
    flat_bp: int | None = None
    company: str | None = None
    currency: str | None = None


def compare(ledger: Ledger, request: CompareRequest) -> ComparisonReport:
    """The three methods on the same aging, with the percentages of the policy in force where it has them."""
    comparisons = []
    with one_reading(ledger):
        aged = aged_on(ledger, request.as_of)
        derived = {
            (each.company, each.currency): each for each in histories(ledger, request.as_of, request.lookback_months)
        }
        for each, code in groups_asked(ledger, aged.known, request.company, request.currency):
            day = request.as_of.isoformat()
            policy = store.in_force(ledger.connection, ledger.tenant_id, each.company_id, day)
            rows = aged.rows.get((each.name, code), ())
            history = derived.get((each.name, code))
            results = [_result(method, policy, request.flat_bp, history, rows) for method in Method]
            comparisons.append(Comparison(each.name, code, policy, rows, results))
    return ComparisonReport(request.as_of.isoformat(), comparisons, named(aged.untied))


def _result(
    method: Method,
    policy: Policy | None,
    flat_bp: int | None,
    history: LossHistory | None,
    rows: Sequence[CustomerRow],
) -> MethodResult:
    if policy is not None and policy.terms.method is method:
        return method_result(method, policy.terms, f"version {policy.version}, in force", rows)
    base = policy.terms.base if policy else Base.GROSS
    if method is Method.AGING:
        return method_result(method, Terms(method, base, DEFAULT_BUCKETS_BP), "the defaults", rows)
    if method is Method.PERCENTAGE_OF_AR:
        if flat_bp is None:
            return method_result(method, None, "no flat percentage is known; name one with --flat", rows)
        return method_result(method, Terms(method, base, flat_bp=flat_bp), "--flat", rows)
    if history is None or history.rate_bp is None:
        reason = history.why_none if history else "nothing was sold, so there is no rate"
        return method_result(method, None, reason, rows)
    source = f"derived from {history.first} to {history.until}"
    return method_result(method, Terms(method, base, rate_bp=history.rate_bp), source, rows)
