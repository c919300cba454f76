"""What a letter is written from, and what comes of it. Writing it is render's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

TIERS = ("courtesy", "firm", "urgent", "final")
"""From the first to the firmest."""


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One open item in a letter. Dates are ISO; `number` is what the customer knows the invoice by, `po` their own PO#."""

    invoice_id: str
    installment: int
    number: str
    po: str
    invoice_date: str
    due_date: str
    days_overdue: int
    outstanding_cents: int


@dataclass(frozen=True, slots=True)
class LetterRequest:
    """Everything a dunning letter says. asked = total of the lines less unapplied credit; `on` is its date (ISO)."""

    tier: str
    language: str
    on: str
    company_name: str
    customer_id: str
    customer_name: str
    currency: str
    lines: tuple[LetterLine, ...]
    total_cents: int
    unapplied_cents: int
    asked_cents: int


@dataclass(frozen=True, slots=True)
class Letter:
    """As it will go out. `own_template` tells that a user's template wrote it instead of arctl's."""

    subject: str
    text: str
    html: str | None
    own_template: bool = False


class LetterWriter(Protocol):
    """Writes letters and messages from templates. Raises BadInput where a template cannot be read or fails."""

    def letter(self, request: LetterRequest) -> Letter:
        """The dunning letter of a tier."""

    def message(self, template: str, language: str, facts: Mapping[str, object]) -> Letter:
        """Another message by its template's name, such as rep_digest or hold_notice_customer."""
