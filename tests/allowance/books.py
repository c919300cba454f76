"""Allowance policies for tests: who acts, and a policy made, submitted and approved in one go."""

from datetime import date

from arctl.core.acting import Acting
from arctl.core.allowance import DEFAULT_BUCKETS_BP, Method, Policy, Terms
from arctl.services import allowance
from arctl.store.ledger import Ledger

AGING = Terms(Method.AGING, buckets_bp=DEFAULT_BUCKETS_BP)
MAKER = Acting("amy", "u-amy", "2026-06-01 09:00:00", "2026-06-01")
CHECKER = Acting("ben", "u-ben", "2026-06-02 10:00:00", "2026-06-02")


def drafted(
    ledger: Ledger,
    effective: date,
    terms: Terms = AGING,
    expires: date | None = None,
    company: str | None = None,
    name: str = "standard",
    maker: Acting = MAKER,
) -> Policy:
    """A draft."""
    owner = allowance.one_company(ledger, company)
    return allowance.draft(ledger, owner, name, terms, effective, expires, maker)


def approved(
    ledger: Ledger,
    effective: date,
    terms: Terms = AGING,
    expires: date | None = None,
    company: str | None = None,
    checker: Acting = CHECKER,
) -> Policy:
    """A policy that another person approved."""
    version = drafted(ledger, effective, terms, expires, company).version
    allowance.submit(ledger, company, version, MAKER)
    return allowance.approve(ledger, company, version, checker, self_approve=False, reason=None).policy
