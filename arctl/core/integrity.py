"""What a check of the ledger found, as values: a status, what was looked at, findings. No rules of any check."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended."""

    OK = "ok"
    FINDING = "finding"
    NOT_APPLICABLE = "not applicable"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where (an object, a document, a batch), what, and what to do about it."""

    where: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What a check looked at (`12 tables, 48,113 rows`) and what it found.

    `notes` are worth a reader's eye and no finding; `applies` is False where there was nothing to look at.
    """

    looked_at: str
    findings: Sequence[Finding] = ()
    notes: Sequence[str] = ()
    applies: bool = True


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check by its name, and how it ended."""

    check: str
    status: Status
    examined: Examined


def concluded(check: str, examined: Examined) -> CheckResult:
    """The status that follows from what was found."""
    if examined.findings:
        return CheckResult(check, Status.FINDING, examined)
    return CheckResult(check, Status.OK if examined.applies else Status.NOT_APPLICABLE, examined)
