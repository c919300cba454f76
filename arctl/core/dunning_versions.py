"""The versions of a dunning config: who gave each value, and what each version changed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from arctl.core.dunning_config import TERMS, Layer, Resolved, show_term


@dataclass(frozen=True, slots=True)
class Version:
    """One config as it stands, or stood: customer None is the tenant's default; `values` by column, `changed_at` UTC."""

    customer_key: int | None
    customer_id: str | None
    customer_name: str | None
    version: int
    values: Layer
    changed_by: str
    changed_at: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One value in force, who gave it and when (UTC); empty where nobody did."""

    resolved: Resolved
    by: str = ""
    at: str = ""


def giver(versions: Sequence[Version], column: str) -> Version | None:
    """The version, oldest first among these, that gave a column the value it has in the last one; None where it has none."""
    found: Version | None = None
    for version in versions:
        if found is None or version.values.get(column) != found.values.get(column):
            found = version
    return None if found is None or found.values.get(column) is None else found


def said(values: Layer) -> list[str]:
    """The values that are set, as `key=value`."""
    return [
        f"{term.name}={show_term(term, values[term.column])}"
        for term in TERMS.values()
        if values.get(term.column) is not None
    ]


def differences(before: Layer, after: Layer) -> list[str]:
    """What changed from one version to the next: `key=10 (was 7)`, `key=10`, `key not set (was 7)`."""
    return [
        _difference(term.name, show_term(term, was), show_term(term, is_))
        for term in TERMS.values()
        if (was := before.get(term.column)) != (is_ := after.get(term.column))
    ]


def _difference(name: str, was: str, is_: str) -> str:
    now = f"{name}={is_}" if is_ else f"{name} not set"
    return f"{now} (was {was})" if was else now
