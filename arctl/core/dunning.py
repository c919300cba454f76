"""How a customer is dunned: thresholds, gaps, what is asked for, and where a number of days overdue stands among them. Pure."""

from dataclasses import dataclass, fields
from functools import lru_cache

from arctl.core.money import minor_digits

PLACED = {"agency": "placed with an agency", "legal": "in legal action", "insolvent": "insolvent"}
"""The ways a customer can be out of dunning's hands, in words."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Days overdue from which each step is due."""

    first_reminder: int = 7
    second_reminder: int = 14
    final_notice: int = 21
    agency: int = 60

    @property
    def steps(self) -> tuple[tuple[str, int], ...]:
        """The steps by name, in order."""
        return (
            ("first reminder", self.first_reminder),
            ("second reminder", self.second_reminder),
            ("final notice", self.final_notice),
            ("agency", self.agency),
        )


@dataclass(frozen=True, slots=True)
class DunningTerms:
    """The terms in force for one customer: its own, else the tenant's default, else what is set.

    Days are days overdue, or between contacts; `minimum_cents` is in hundredths of a unit whatever the currency; `placed` is a
    key of PLACED; `language` an ISO 639-1 code.
    """

    first_reminder_days: int = 7
    second_reminder_days: int = 14
    final_notice_days: int = 21
    agency_days: int = 60
    repeat_days: int = 14
    min_gap_days: int = 7
    minimum_cents: int = 100
    is_active: bool = True
    send_email: bool = True
    language: str = "en"
    placed: str | None = None

    @property
    def thresholds(self) -> Thresholds:
        """The four thresholds by themselves."""
        return Thresholds(self.first_reminder_days, self.second_reminder_days, self.final_notice_days, self.agency_days)

    def step(self, days_overdue: int) -> int:
        """How far dunning is at that many days overdue: 0 not begun, 1 first reminder, 2 second, 3 final notice."""
        if days_overdue >= self.final_notice_days:
            return 3
        if days_overdue >= self.second_reminder_days:
            return 2
        return 1 if days_overdue >= self.first_reminder_days else 0

    def minimum(self, currency: str) -> int:
        """The least amount asked for, in the currency's minor unit; what does not divide is rounded up."""
        digits = minor_digits(currency)
        return (
            self.minimum_cents * 10 if digits == 3 else self.minimum_cents if digits else -(-self.minimum_cents // 100)
        )


@lru_cache(maxsize=1024)
def terms_facts(terms: DunningTerms) -> dict[str, object]:
    """The terms by name, as a decision's facts hold them. The answer is shared: copy it before changing it."""
    return {field.name: getattr(terms, field.name) for field in fields(terms)}


def dunning_position(days_overdue: int, thresholds: Thresholds) -> str:
    """In words: the threshold crossed last and the next one."""
    crossed = [name for name, days in thresholds.steps if days <= days_overdue]
    ahead = [(name, days - days_overdue) for name, days in thresholds.steps if days > days_overdue]
    reached = f"{crossed[-1]} threshold crossed" if crossed else "no dunning threshold crossed"
    if not ahead:
        return reached
    name, days = ahead[0]
    return f"{reached}; {name} in {days} day{'' if days == 1 else 's'}"
