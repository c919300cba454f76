"""How customers are dunned: showing the terms in force, changing them, placing a customer. No SQL, no printing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from arctl.core.dunning import PLACED, DunningTerms
from arctl.core.dunning_config import (
    TERMS,
    Resolved,
    Term,
    Value,
    contradiction,
    read_term,
    resolve,
    show_term,
    terms_of,
)
from arctl.core.dunning_versions import Shown, Version, giver
from arctl.errors import Refused, UnknownId, UsageError
from arctl.store import books, dunning_config
from arctl.store.books import Made
from arctl.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Whose:
    """A customer, or the tenant's default (no key)."""

    key: int | None = None
    id: str | None = None
    name: str | None = None

    def __str__(self) -> str:
        """As sentences name it."""
        return "everybody" if self.key is None else f"{self.name} ({self.id})"


@dataclass(frozen=True, slots=True)
class ValueChanged:
    """One value before and after, as an operator types them; `origin` is where the one after comes from."""

    whose: Whose
    key: str
    before: str
    after: str
    origin: str


def show(opened: Ledger, customer: str | None) -> tuple[Whose, list[Shown]]:
    """The terms in force for a customer, or by default, each with where it comes from. Raises UnknownId."""
    whose = _whose(opened, customer)
    default = _versions(opened, None)
    own = _versions(opened, whose.key) if whose.key is not None else []
    settings = books.settings_made(opened.connection, opened.tenant_id)
    shown = []
    for each in _resolved(opened, whose.key):
        if each.origin == "settings":
            made = settings[each.term.setting].made
            shown.append(Shown(each, made.by, made.at))
        else:
            given = giver(own if each.origin == "customer" else default, each.term.column)
            known = given is not None and each.origin != "built-in"
            shown.append(Shown(each, given.changed_by, given.changed_at) if known and given else Shown(each))
    return whose, shown


def terms_for(opened: Ledger, customer: str) -> DunningTerms:
    """The terms in force for a customer; the default's where the ledger does not know it."""
    found = dunning_config.customer_named(opened.connection, opened.tenant_id, customer)
    return terms_of(_resolved(opened, found[0] if found else None))


def configs(opened: Ledger) -> list[Version]:
    """Every config as it stands: the default first, then by customer."""
    return dunning_config.rows(opened.connection, opened.tenant_id)


def history(opened: Ledger, customer: str | None) -> list[Version]:
    """Every version of a customer's config, or of the default, oldest first; none where nothing was ever set. Raises UnknownId."""
    return _versions(opened, _whose(opened, customer).key)


def change(
    opened: Ledger, customer: str | None, assignments: Sequence[str], reason: str | None, made: Made
) -> list[ValueChanged]:
    """Set `key=value` of a customer's config, or of the default; `key=` takes the value back to the next layer.

    Raises UnknownId, UsageError for a value that cannot be or thresholds that would not rise, Refused for SMS.
    """
    whose = _whose(opened, customer)
    values = _read(assignments)
    with opened.transaction() as connection:
        before = _resolved(opened, whose.key)
        dunning_config.write(connection, opened.tenant_id, whose.key, values, made.by, made.at, reason)
        _refuse_contradictions(opened, whose)
        after = _resolved(opened, whose.key)
    return [
        ValueChanged(whose, now.term.name, show_term(was.term, was.value), show_term(now.term, now.value), now.origin)
        for was, now in zip(before, after, strict=True)
        if now.term.column in values
    ]


def place(opened: Ledger, customer: str, how: str, reason: str, made: Made) -> Whose:
    """Hand a customer over: no letters from now on. Raises UnknownId, UsageError, Refused where it is so already."""
    whose = _whose(opened, customer)
    if how not in PLACED:
        raise UsageError(f"{how} is no way to place a customer", f"say one of: {', '.join(PLACED)}")
    _required(reason)
    with opened.transaction() as connection:
        given = giver(_versions(opened, whose.key), "placed")
        if given is not None and given.values["placed"] == how:
            raise Refused(
                f"{whose} is {PLACED[how]} already, by {given.changed_by} on {given.changed_at[:10]}",
                f"`arctl dunning unplace {whose.id}` takes it back",
            )
        dunning_config.write(connection, opened.tenant_id, whose.key, {"placed": how}, made.by, made.at, reason)
    return whose


def unplace(opened: Ledger, customer: str, reason: str, made: Made) -> tuple[Whose, str]:
    """Take a customer back into dunning; answers what it was. Raises UnknownId, UsageError, Refused where it was not placed."""
    whose = _whose(opened, customer)
    _required(reason)
    with opened.transaction() as connection:
        given = giver(_versions(opened, whose.key), "placed")
        if given is None:
            raise Refused(f"{whose} is not placed", f"`arctl dunning show {whose.id}` tells how it is dunned")
        dunning_config.write(connection, opened.tenant_id, whose.key, {"placed": None}, made.by, made.at, reason)
    return whose, str(given.values["placed"])


def _required(reason: str) -> None:
    if not reason.strip():
        raise UsageError("--reason is empty", "say in a few words why: it stays in the history")


def _whose(opened: Ledger, customer: str | None) -> Whose:
    if customer is None:
        return Whose()
    found = dunning_config.customer_named(opened.connection, opened.tenant_id, customer)
    if found is None:
        raise UnknownId(f"the ledger holds no customer {customer}", "list them with `arctl age --sort customer`")
    return Whose(found[0], customer, found[1])


def _versions(opened: Ledger, key: int | None) -> list[Version]:
    return dunning_config.versions(opened.connection, opened.tenant_id, key)


def _resolved(opened: Ledger, key: int | None) -> list[Resolved]:
    layers = dunning_config.layers(opened.connection, opened.tenant_id)
    own = None if key is None else layers.get(key)
    return resolve(books.settings(opened.connection, opened.tenant_id), layers.get(None, {}), own)


def _refuse_contradictions(opened: Ledger, whose: Whose) -> None:
    """By the terms as they would be, inside the transaction that changes them."""
    wrong = contradiction(_resolved(opened, whose.key))
    if wrong:
        raise UsageError(wrong, "set them together: arctl dunning set … key=value key=value")
    if whose.key is None:
        refuse_turned(opened)


def refuse_turned(opened: Ledger) -> None:
    """Raises UsageError where a default or a setting turns the thresholds of a config around; call it after the change."""
    layers = dunning_config.layers(opened.connection, opened.tenant_id)
    settings = books.settings(opened.connection, opened.tenant_id)
    for row in configs(opened):
        wrong = contradiction(resolve(settings, layers.get(None, {}), row.values))
        if wrong:
            whose, said = (f"customer {row.customer_id}", row.customer_id) if row.customer_id else ("everybody", "")
            raise UsageError(
                f"for {whose}, {wrong}", f"set its own first: arctl dunning set {said} key=value".replace("  ", " ")
            )


def _read(assignments: Sequence[str]) -> Mapping[str, Value]:
    if not assignments:
        raise UsageError("say what to set: key=value", "`arctl dunning show` lists the keys")
    values: dict[str, Value] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{text} is not of the form key=value", "one customer stands first, then key=value")
        term = _term(name)
        if term.column in values:
            raise UsageError(f"{name} is given twice", "keep one of them")
        values[term.column] = _value(term, value) if value else None
    return values


def _term(name: str) -> Term:
    if name == "placed":
        raise UsageError("placed is not set like this", "use `arctl dunning place CUSTOMER agency|legal|insolvent`")
    if name not in TERMS:
        close = get_close_matches(name, TERMS, n=1)
        raise UnknownId(
            f"there is no dunning key {name}",
            f"did you mean {close[0]}?" if close else "`arctl dunning show` lists them",
        )
    return TERMS[name]


def _value(term: Term, text: str) -> Value:
    try:
        value = read_term(term, text)
    except ValueError as unreadable:
        raise UsageError(f"{term.name} takes {unreadable}") from None
    if term.name == "send_sms" and value == "T":
        raise Refused(
            "no SMS can be sent: arctl has no sender for them yet",
            "letters go by e-mail; where there is no address, a call is proposed",
        )
    return value
