"""Where a number of days overdue stands among the dunning thresholds. No customers, no letters yet."""

from dataclasses import dataclass


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


def dunning_position(days_overdue: int, thresholds: Thresholds) -> str:
    """In words: the threshold crossed last and the next one."""
    crossed = [name for name, days in thresholds.steps if days <= days_overdue]
    ahead = [(name, days - days_overdue) for name, days in thresholds.steps if days > days_overdue]
    reached = f"{crossed[-1]} threshold crossed" if crossed else "no dunning threshold crossed"
    if not ahead:
        return reached
    name, days = ahead[0]
    return f"{reached}; {name} in {days} day{'' if days == 1 else 's'}"
