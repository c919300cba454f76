"""Where the sample year's chance comes from: one generator per purpose, so that one change does not stir the rest."""

from __future__ import annotations

from random import Random


def chance(seed: str, purpose: str) -> Random:
    """A generator that gives the same numbers for the same seed and purpose on every machine."""
    return Random(f"{seed} {purpose}")  # noqa: S311 - repeatable on purpose, nothing secret
