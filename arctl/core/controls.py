"""The control matrix as values: what each control asserts, and the status that follows from its evidence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arctl.core.integrity import Status
from arctl.core.money import format_amount


class Measure(NamedTuple):
    """One row of a control's evidence query: what was counted, cents of it where it is money, how many of them deviate.

    `note` tells of the first deviation, or of what the reader should see though nothing deviates.
    """

    subject: str
    counted: int
    cents: int | None
    currency: str | None
    deviations: int
    note: str | None

    @property
    def text(self) -> str:
        """`open invoices: 412 of 12,345.00 USD`."""
        amount = ""
        if self.cents is not None and self.currency is not None:
            amount = f" of {format_amount(self.cents, self.currency)} {self.currency}"
        return f"{self.subject}: {self.counted:,}{amount}"


@dataclass(frozen=True, slots=True)
class Assertion:
    """One control: its number, name, what it asserts, and why it does not apply where its query has no row.

    One that is not `per_company` is of the whole tenant.
    """

    number: int
    name: str
    asserts: str
    otherwise: str
    per_company: bool = True


@dataclass(frozen=True, slots=True)
class Control:
    """A control as it came out. `company` is None where it is of the whole tenant; `query` is what was run, as it can be typed."""

    assertion: Assertion
    status: Status
    company: str | None
    evidence: str
    query: str
    findings: Sequence[str] = ()


def concluded(
    assertion: Assertion,
    company: str | None,
    query: str,
    measures: Sequence[Measure],
    differences: Sequence[str] = (),
    missing: str = "",
) -> Control:
    """The control that follows from what was measured.

    `differences` are findings beside those of the query. `missing` says what was not there to be controlled: then it is a
    finding or not applicable, never ok.
    """
    findings = [
        f"{each.deviations:,} of {each.counted:,} {each.subject}: {each.note or 'deviate'}"
        for each in measures
        if each.deviations
    ]
    findings += differences
    parts = [f"{each.text} ({each.note})" if each.note and not each.deviations else each.text for each in measures]
    if missing:
        parts.insert(0, missing)
    status = Status.OK if measures and not missing else Status.NOT_APPLICABLE
    return Control(
        assertion,
        Status.FINDING if findings else status,
        company,
        "; ".join(parts) or assertion.otherwise,
        query,
        findings,
    )


_NO_EVIDENCE = "no month-end evidence up to this day"

VALUATION, COVERAGE, SUMS, LOGGED, TIES, TENANT, AUTHORISED, VERSIONS, ACCEPTED, COMPLETE, TIE_OUT = ASSERTIONS = (
    Assertion(
        1, "valuation", "An approved allowance policy in force values the receivables", "no receivables to be valued"
    ),
    Assertion(2, "coverage", "Every overdue item is in the evidence of the day and in the aging", "no item is open"),
    Assertion(3, "buckets", "Buckets sum to totals, in live evidence and in the aging", "no evidence and no open item"),
    Assertion(
        4,
        "collection log",
        "Every collection action is in the chain of events",
        "no collection actions in this ledger yet",
        per_company=False,
    ),
    Assertion(5, "drill-down", "Lines and credits of live evidence sum to its headers", _NO_EVIDENCE),
    Assertion(
        6, "tenant integrity", "No row hangs on a row of another tenant", "no rows to be looked at", per_company=False
    ),
    Assertion(
        7,
        "authorisation",
        "Maker is not checker, or says why; every decision is in the chain of events as it stands",
        "no allowance policy was decided on",
    ),
    Assertion(
        8,
        "versioning",
        "Revisions and policy versions have no gaps; a regeneration says why",
        "no evidence and no allowance policy",
        per_company=False,
    ),
    Assertion(9, "close gate", "What the close gate found was accepted with a reason", _NO_EVIDENCE),
    Assertion(10, "completeness", "Live evidence holds as many rows as it says it has", _NO_EVIDENCE),
    Assertion(11, "tie-out", "The aging equals the documents, to the cent", "no document counts up to this day"),
)
"""Every control in its order."""
