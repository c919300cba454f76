"""Allowance policies and the loss they expect of a customer's balance: whole basis points on whole cents. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from arctl.core.buckets import FIVE

WHOLE = 10_000
"""Basis points in one hundred per cent."""

_PERCENT = re.compile(r"(?P<whole>[0-9]{1,3})(?:\.(?P<part>[0-9]{1,2}))?%?")


class Method(StrEnum):
    """How the expected loss is worked out."""

    PERCENTAGE_OF_AR = "percentage_of_ar"
    AGING = "aging_method"
    HISTORICAL = "historical_method"


class Base(StrEnum):
    """What it is worked out on: gross buckets, or buckets after unapplied credit."""

    GROSS = "gross"
    NET = "net"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says of a balance, in basis points: those of its method are set, the others are None.

    `buckets_bp` has one percentage for each of the five buckets.
    """

    method: Method
    base: Base = Base.GROSS
    buckets_bp: tuple[int, ...] | None = None
    flat_bp: int | None = None
    rate_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a company's policy. `config_id` is its number, by which people call it.

    Dates are ISO; in force from `effective_date` up to the day before `end_date`, which is its own expiry or the date on
    which a later version took over. Moments are UTC. What nobody approved has no approved_by.
    """

    config_id: int
    company_id: int
    name: str
    terms: Terms
    effective_date: str
    expiry_date: str | None
    end_date: str | None
    created_by: str
    created_os_user: str
    created_at: str
    approved_by: str | None = None
    approved_os_user: str | None = None
    approved_at: str | None = None
    self_approved: bool = False
    reason: str | None = None
    inputs_json: str | None = None

    @property
    def version(self) -> int:
        """The number people use: one running number per tenant."""
        return self.config_id


DEFAULT_BUCKETS_BP = (100, 500, 1000, 2500, 5000)
"""The aging method's percentages where none are named: 1, 5, 10, 25 and 50 per cent."""


def expected_loss(terms: Terms, buckets: Sequence[int], unapplied: int) -> int:
    """Cents expected to be lost of one customer in one currency, rounded half up once.

    `buckets` are the five gross buckets in cents, each 0 or more; `unapplied` is credit above zero, and where it is below
    zero (over-applied) it changes nothing. Never more than what is open.
    """
    if terms.base is Base.NET:
        buckets = after_credit(buckets, unapplied)
    return half_up(sum(cents * bp for cents, bp in zip(buckets, percentages(terms), strict=True)), WHOLE)


def estimate(policy: Policy, buckets: Sequence[int], unapplied: int) -> int:
    """`expected_loss` by a policy's terms."""
    return expected_loss(policy.terms, buckets, unapplied)


def percentages(terms: Terms) -> tuple[int, ...]:
    """Basis points for each of the five buckets; the flat percentage and the historical rate are the same for all.

    Raises ValueError where the method's own percentage is missing.
    """
    if terms.method is Method.AGING:
        found = terms.buckets_bp
    else:
        one = terms.flat_bp if terms.method is Method.PERCENTAGE_OF_AR else terms.rate_bp
        found = None if one is None else (one,) * len(FIVE.keys)
    if found is None:
        raise ValueError(f"a {terms.method} policy without its percentage")
    return found


def after_credit(buckets: Sequence[int], unapplied: int) -> list[int]:
    """The buckets in cents once unapplied credit has reduced the oldest first, none below 0."""
    credit, left = max(unapplied, 0), list(buckets)
    for at in range(len(left) - 1, -1, -1):
        used = min(left[at], credit)
        left[at] -= used
        credit -= used
    return left


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two whole numbers, denominator above zero, rounded half away from zero."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -rounded if numerator < 0 else rounded


def share_text(part: int, whole: int) -> str:
    """`part` in per cent of `whole` with two decimals, half up: `12.50`; `0.00` of nothing."""
    return percent_text(half_up(part * WHOLE, whole)) if whole else "0.00"


def percent_text(basis_points: int) -> str:
    """Basis points as per cent with two decimals: 1250 is `12.50`."""
    whole, part = divmod(abs(basis_points), 100)
    return f"{'-' if basis_points < 0 else ''}{whole}.{part:02d}"


def parse_percent(text: str) -> int:
    """Read `5`, `2.5`, `2.50` or `2.50%` as basis points. Raises ValueError with what is wrong."""
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a percentage with at most two decimals")
    basis_points = int(match["whole"]) * 100 + int((match["part"] or "").ljust(2, "0"))
    if basis_points > WHOLE:
        raise ValueError("more than 100 per cent")
    return basis_points


def terms_facts(terms: Terms) -> dict[str, object]:
    """The terms as plain values, basis points named as such; only what the method uses."""
    facts: dict[str, object] = {"method": str(terms.method), "base": str(terms.base)}
    if terms.method is Method.AGING:
        facts |= {f"{key}_bp": bp for key, bp in zip(FIVE.keys, percentages(terms), strict=True)}
    elif terms.method is Method.PERCENTAGE_OF_AR:
        facts["flat_bp"] = terms.flat_bp
    else:
        facts["rate_bp"] = terms.rate_bp
    return facts


def policy_facts(policy: Policy) -> dict[str, object]:
    """What of a policy never changes, as plain values: for events and for the hash of what decided a figure."""
    return {
        "config_id": policy.config_id,
        "name": policy.name,
        **terms_facts(policy.terms),
        "effective_date": policy.effective_date,
        "expiry_date": policy.expiry_date,
        "inputs_json": policy.inputs_json,
        "created_by": policy.created_by,
        "created_os_user": policy.created_os_user,
        "created_at": policy.created_at,
    }


def chosen_terms(
    method: Method, base: Base, buckets_bp: Mapping[str, int], flat_bp: int | None, rate_bp: int | None
) -> Terms:
    """The terms that an operator's percentages make, basis points; buckets not named take the default.

    Raises ValueError, saying what is missing or does not belong to the method.
    """
    given = {"--pct": bool(buckets_bp), "--flat": flat_bp is not None, "--rate": rate_bp is not None}
    own = {Method.AGING: "--pct", Method.PERCENTAGE_OF_AR: "--flat", Method.HISTORICAL: "--rate"}[method]
    stray = [option for option, is_given in given.items() if is_given and option != own]
    if stray:
        raise ValueError(f"{stray[0]} does not belong to {method}, which takes {own}")
    if method is Method.AGING:
        defaults = zip(FIVE.keys, DEFAULT_BUCKETS_BP, strict=True)
        return Terms(method, base, tuple(buckets_bp.get(key, bp) for key, bp in defaults))
    if not given[own]:
        raise ValueError(f"{method} needs {own}")
    return Terms(method, base, flat_bp=flat_bp, rate_bp=rate_bp)


def terms_line(terms: Terms) -> str:
    """The percentages on one line, as people read them."""
    if terms.method is Method.AGING:
        split = zip(FIVE.titles, percentages(terms), strict=True)
        line = ", ".join(f"{title} {percent_text(bp)} %" for title, bp in split)
    else:
        line = f"{percent_text(percentages(terms)[0])} %"
    return f"{line}, net of unapplied credit" if terms.base is Base.NET else line
