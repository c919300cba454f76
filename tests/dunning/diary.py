"""One account told as a story: open items, mornings, and what was done about them, without a ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from arctl.core.dunning_decision import TIER_BUCKETS, Verdict, decide
from arctl.core.dunning_facts import Account, Covered, DunningItem, ItemKey

DAY = date(2026, 6, 30)


def item(number: str, due: date, cents: int = 10_000, disputed: bool = False, installment: int = 0) -> DunningItem:
    """An open item, due on a day and invoiced 30 days before; its key comes from the digits of its number."""
    key = int("".join(character for character in number if character.isdigit()) or 0)
    invoiced = due - timedelta(days=30)
    return DunningItem(key, number, installment, number, "", invoiced.isoformat(), due.isoformat(), cents, disputed)


def late(number: str, days: int, cents: int = 10_000, disputed: bool = False) -> DunningItem:
    """An item that many days overdue on DAY."""
    return item(number, DAY - timedelta(days=days), cents, disputed)


def account(*items: DunningItem, email: str | None = "ap@birch.example.com", currency: str = "USD") -> Account:
    """An account that nobody was ever reminded about."""
    return Account(1, "C1", "Birch Supply", email, None, None, currency, items)


@dataclass
class Diary:
    """An account through the days. A contact, or a refusal, covers the items it named where they stood."""

    account: Account
    contacts: list[date] = field(default_factory=list)
    covered: dict[ItemKey, Covered] = field(default_factory=dict)

    def morning(self, on: date, tiers: Mapping[str, str] = TIER_BUCKETS) -> Verdict:
        """What is due today."""
        return decide(replace(self.account, covered=dict(self.covered)), on, tiers=tiers)

    def contacted(self, verdict: Verdict, on: date) -> None:
        """The letter was approved, or the call made."""
        self.contacts.append(on)
        self._cover(verdict, on, refused=False)
        self.account = replace(
            self.account,
            contacts=self.account.contacts + 1,
            last_contact=on.isoformat(),
            last_contact_here=on.isoformat(),
            last_tier=verdict.tier,
            last_email=self.account.email,
        )

    def refused(self, verdict: Verdict, on: date) -> None:
        """A person decided that none goes out."""
        self._cover(verdict, on, refused=True)

    def _cover(self, verdict: Verdict, on: date, refused: bool) -> None:
        for each, stands in zip(verdict.items, verdict.steps, strict=True):
            before = self.covered.get(each.key, Covered(0, 0))
            self.covered[each.key] = Covered(
                max(stands.step, before.step), max(stands.bucket, before.bucket), on.isoformat(), refused
            )
