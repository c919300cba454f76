"""The values of a dunning config: what each may be, how they are read, and how the terms in force come of three layers. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from arctl.core.dunning import DunningTerms
from arctl.core.money import format_plain, parse_amount
from arctl.core.settings import SETTINGS

Value = int | str | None
"""As the ledger holds it: days and hundredths are integers, flags T or F, the rest text; None is taken from the next layer."""
Layer = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a config. `name` is what an operator types and `column` where the ledger keeps it; `setting` the key of the
    settings that holds for all, or empty; `default` what holds where nobody said anything."""

    name: str
    column: str
    kind: str
    meaning: str
    setting: str = ""
    default: Value = None


def _days(name: str, meaning: str) -> Term:
    return Term(name, name, "gap" if name == "repeat_days" else "days", meaning, f"dunning.{name}")


TERMS: Mapping[str, Term] = {
    term.name: term
    for term in (
        _days("first_reminder_days", "days overdue at which the first reminder is due"),
        _days("second_reminder_days", "days overdue at which the second reminder is due"),
        _days("final_notice_days", "days overdue at which the final notice is due"),
        _days("agency_days", "days overdue at which a collection agency is proposed"),
        _days("repeat_days", "days between contacts after the last threshold"),
        _days("min_gap_days", "fewest days between two contacts"),
        Term("minimum_amount", "minimum_cents", "amount", "less than this is not asked for", "dunning.minimum_amount"),
        Term("is_active", "is_active", "flag", "whether there is any dunning", default="T"),
        Term(
            "send_email", "send_email", "flag", "whether letters go out by e-mail; else a call is proposed", default="T"
        ),
        Term(
            "send_sms", "send_sms", "flag", "whether messages go out by SMS: not until there is a sender", default="F"
        ),
        Term("language", "language", "language", "the language of letters, as ISO 639-1", default="en"),
        Term("placed", "placed", "placed", "agency, legal or insolvent: no letters any more"),
    )
}
RISING = ("first_reminder_days", "second_reminder_days", "final_notice_days", "agency_days")
"""Each must be later than the one before."""

_FLAGS = {"t": "T", "true": "T", "yes": "T", "on": "T", "f": "F", "false": "F", "no": "F", "off": "F"}
_WHOLE = re.compile(r"[0-9]{1,5}")
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Resolved:
    """One value in force, and the layer that it comes from: customer, default, settings or built-in."""

    term: Term
    value: Value
    origin: str


def resolve(settings: Mapping[str, str], default: Layer, own: Layer | None = None) -> list[Resolved]:
    """Every value in force, in the order of TERMS: the customer's own, else the default's, else the settings', else arctl's."""
    return [_resolved(term, settings, default, own or {}) for term in TERMS.values()]


def _resolved(term: Term, settings: Mapping[str, str], default: Layer, own: Layer) -> Resolved:
    for origin, layer in (("customer", own), ("default", default)):
        value = layer.get(term.column)
        if value is not None:
            return Resolved(term, value, origin)
    if term.setting in settings:
        return Resolved(term, read_term(term, settings[term.setting]), "settings")
    built_in = read_term(term, SETTINGS[term.setting].default) if term.setting else term.default
    return Resolved(term, built_in, "built-in")


def terms_of(resolved: Sequence[Resolved]) -> DunningTerms:
    """The terms in force as the rules read them."""
    values = {each.term.column: each.value for each in resolved if each.term.column != "send_sms"}
    return DunningTerms(**{column: value == "T" if value in ("T", "F") else value for column, value in values.items()})  # type: ignore[arg-type]  # each column's kind is its field's


def read_term(term: Term, text: str) -> Value:
    """The value as the ledger holds it. Raises ValueError with what the key takes."""
    value = _READERS[term.kind](text.strip())
    if value is None:
        raise ValueError(_TAKES[term.kind])
    return value


def show_term(term: Term, value: Value) -> str:
    """The value as an operator types it; empty for none."""
    if value is None:
        return ""
    return format_plain(int(value)) if term.kind == "amount" else str(value)


def contradiction(resolved: Sequence[Resolved]) -> str:
    """Which thresholds do not rise, by the values in force; empty where all is well."""
    values = {each.term.name: each.value for each in resolved}
    for earlier, later in pairwise(RISING):
        if int(values[earlier] or 0) >= int(values[later] or 0):
            return f"{earlier} ({values[earlier]}) must be less than {later} ({values[later]})"
    return ""


def _whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) and int(text) <= 3650 else None


def _amount(text: str) -> int | None:
    try:
        cents = parse_amount(text)
    except ValueError:
        return None
    return int(cents) if cents >= 0 else None


_READERS: Mapping[str, Callable[[str], Value]] = {
    "days": _whole,
    "gap": lambda text: _whole(text) or None,
    "amount": _amount,
    "flag": lambda text: _FLAGS.get(text.lower()),
    "language": lambda text: text.lower() if _LANGUAGE.fullmatch(text.lower()) else None,
    "placed": lambda text: text if text in ("agency", "legal", "insolvent") else None,
}
_TAKES: Mapping[str, str] = {
    "days": "a whole number of days up to 3650",
    "gap": "a whole number of days from 1 to 3650",
    "amount": "an amount such as 1.00",
    "flag": "T or F",
    "language": "a language's two letters, such as en",
    "placed": "agency, legal or insolvent",
}
