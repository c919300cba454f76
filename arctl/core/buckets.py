"""Aging buckets: which range of days overdue an open item falls into."""

from bisect import bisect_left
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Buckets:
    """Upper edges in days overdue, inclusive; what lies beyond the last edge is the last bucket.

    `keys` are the names in the pinned JSON, `titles` the column heads.
    """

    edges: tuple[int, ...]
    keys: tuple[str, ...]
    titles: tuple[str, ...]

    def index(self, days_overdue: int) -> int:
        """Position of the bucket for a number of days overdue (negative: not yet due)."""
        return bisect_left(self.edges, days_overdue)

    def name(self, days_overdue: int) -> str:
        """Key of the bucket for a number of days overdue."""
        return self.keys[self.index(days_overdue)]


FIVE = Buckets(
    edges=(0, 30, 60, 90),
    keys=("current", "days_30", "days_60", "days_90", "days_90_plus"),
    titles=("Current", "1-30", "31-60", "61-90", "91+"),
)
"""The house buckets: 30 days late is days_30, 31 is days_60; due today is current."""


def bucket_name(days_overdue: int) -> str:
    """The house bucket for a number of days overdue."""
    return FIVE.name(days_overdue)


def custom_buckets(edges: tuple[int, ...]) -> Buckets:
    """Buckets for `--buckets 15,45,120`: current, then up to each edge, then beyond; ValueError unless rising above 0."""
    if not edges or any(low >= high for low, high in zip((0, *edges), edges, strict=False)):
        raise ValueError("edges must be whole days, rising, above 0")
    lows = (0, *edges)
    titles = ["Current", *(f"{low + 1}-{high}" for low, high in zip(lows, edges, strict=False)), f"{edges[-1] + 1}+"]
    return Buckets(edges=(0, *edges), keys=tuple(f"b{place}" for place in range(len(titles))), titles=tuple(titles))
