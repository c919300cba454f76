"""The allowance rolled forward from one date to another, and the journal entry that books the difference. Pure."""

import re
from dataclasses import dataclass

from arctl.core.allowance import Policy
from arctl.core.money import minor_digits, parse_amount

_SIDED = re.compile(r"(?P<amount>.*?)\s*(?P<side>dr|cr|debit|credit)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AllowanceRoll:
    """One company and currency between the ends of two days, in cents. An allowance is a credit balance: above zero.

    `opening_version` is None where the opening balance is the booked one; `other` is what else moved it (credit above zero).
    """

    company: str
    currency: str
    opening: int
    write_offs: int
    recoveries: int
    other: int
    closing: int
    opening_version: int | None = None
    closing_version: int | None = None

    @property
    def unadjusted(self) -> int:
        """What the account stands at before anything is booked; below zero it is a debit balance."""
        return self.opening - self.write_offs + self.recoveries + self.other

    @property
    def provision(self) -> int:
        """What must be charged to bad-debt expense for the account to close as required; below zero it is released."""
        return self.closing - self.unadjusted


@dataclass(frozen=True, slots=True)
class Accounts:
    """How the general ledger calls the two accounts."""

    expense: str
    allowance: str


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a journal entry, cents; one of debit and credit is zero. Lines with one external id are one entry."""

    external_id: str
    date: str
    company: str
    currency: str
    account: str
    debit: int
    credit: int
    memo: str


@dataclass(frozen=True, slots=True)
class RollReport:
    """The answer of `allowance rollforward`: a roll per company and currency with its journal entry (empty: none to book)."""

    first: str
    second: str
    rolls: list[AllowanceRoll]
    entries: list[list[JournalLine]]
    policies: list[Policy]
    untied: list[str]


def journal(roll: AllowanceRoll, day: str, accounts: Accounts) -> list[JournalLine]:
    """The entry for the provision on a day (ISO): debit expense, credit allowance, the other way round for a release.

    Empty where there is nothing to book. Debits equal credits.
    """
    cents = roll.provision
    if not cents:
        return []
    debited, credited = (accounts.expense, accounts.allowance) if cents > 0 else (accounts.allowance, accounts.expense)
    what = "Provision for doubtful accounts" if cents > 0 else "Release of the allowance for doubtful accounts"
    head = (f"ARCTL-ALLOWANCE-{roll.company}-{roll.currency}-{day}", day, roll.company, roll.currency)
    memo = f"{what} to {day}" + (f", policy version {roll.closing_version}" if roll.closing_version else "")
    return [
        JournalLine(*head, debited, abs(cents), 0, memo),
        JournalLine(*head, credited, 0, abs(cents), memo),
    ]


def parse_balance(text: str, currency: str) -> int:
    """Read an allowance balance: `17430.00` or `17430 CR` is a credit and above zero, `-20550` or `20550 DR` a debit.

    Cents of the currency. Raises ValueError, saying why, also where a sign and a side are given at once.
    """
    match = _SIDED.fullmatch(text.strip())
    side = match["side"].lower() if match and match["side"] else ""
    cents = parse_amount(match["amount"] if match else text, minor_digits(currency))
    if side and cents < 0:
        raise ValueError("a sign and a side at once")
    return -cents if side in ("dr", "debit") else cents
