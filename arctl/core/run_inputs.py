"""The values a run is started with: read from what an operator types, checked against what the contract asks for. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from arctl.core.contract import Contract, Input
from arctl.core.dates import parse_iso
from arctl.core.events import canonical
from arctl.core.money import parse_amount

Inputs = dict[str, object]


def read_inputs(contract: Contract, given: Iterable[str]) -> Inputs:
    """`name=value` texts as the contract's inputs, defaults filled in; amounts are typed in units and kept as cents.

    Raises ValueError, naming the input, for a text without a name, one given twice, and as `settle`.
    """
    wanted = {each.name: each for each in contract.inputs}
    values: Inputs = {}
    for each in given:
        name, sign, text = each.partition("=")
        name = name.strip()
        if not sign or not name:
            raise ValueError(f"{each!r} is no input: write name=value")
        if name in values:
            raise ValueError(f"{name} is given twice")
        values[name] = text if name not in wanted else _read(wanted[name], text.strip())
    return settle(contract, values)


def settle(contract: Contract, given: Mapping[str, object]) -> Inputs:
    """Typed values as the contract's inputs, in its order, defaults filled in; amounts are cents.

    Raises ValueError for an unknown name, a missing value and one of the wrong type.
    """
    wanted = {each.name: each for each in contract.inputs}
    for name in given:
        if name not in wanted:
            close = get_close_matches(name, wanted, n=1)
            known = f"did you mean {close[0]}?" if close else f"it takes {', '.join(wanted) or 'none'}"
            raise ValueError(f"{contract.workflow_type} has no input {name}: {known}")
    missing = [each.name for each in contract.inputs if each.required and given.get(each.name) in (None, "")]
    if missing:
        raise ValueError(f"{contract.workflow_type} needs {', '.join(missing)}")
    settled = {}
    for each in contract.inputs:
        value = given.get(each.name)
        value = each.default if value is None else value
        if value is not None and not _FITS[each.kind](value):
            raise ValueError(f"{each.name} takes {_TAKES[each.kind]}")
        settled[each.name] = value
    return settled


def bound(values: Mapping[str, object]) -> Inputs:
    """The values as SQL can take them: true and false are 1 and 0, what is nested is its JSON text."""
    return {
        name: int(value)
        if isinstance(value, bool)
        else canonical(value)
        if isinstance(value, (Mapping, list))
        else value
        for name, value in values.items()
    }


def _read(wanted: Input, text: str) -> object:
    try:
        return _READERS[wanted.kind](text)
    except ValueError as unreadable:
        raise ValueError(f"{wanted.name} takes {_TAKES[wanted.kind]}: {text!r} is {unreadable}") from None


def _whole(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 15:
        raise ValueError("not a whole number")
    return int(text)


def _boolean(text: str) -> bool:
    known = {"true": True, "t": True, "yes": True, "false": False, "f": False, "no": False}
    if text.lower() not in known:
        raise ValueError("neither true nor false")
    return known[text.lower()]


def _mapping(text: str) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _list(text: str) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(value, list):
        raise ValueError("not a JSON array")
    return value


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(parse_iso(value))
    except ValueError:
        return False


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_READERS: Mapping[str, Callable[[str], object]] = {
    "text": lambda text: text,
    "integer": _whole,
    "amount": parse_amount,
    "date": lambda text: parse_iso(text).isoformat(),
    "boolean": _boolean,
    "mapping": _mapping,
    "list": _list,
}
_FITS: Mapping[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str) and value != "",
    "integer": _is_whole,
    "amount": _is_whole,
    "date": _is_date,
    "boolean": lambda value: isinstance(value, bool),
    "mapping": lambda value: isinstance(value, Mapping),
    "list": lambda value: isinstance(value, list),
}
_TAKES: Mapping[str, str] = {
    "text": "a text",
    "integer": "a whole number",
    "amount": "an amount such as 1234.50",
    "date": "a date such as 2026-06-30",
    "boolean": "true or false",
    "mapping": 'a JSON object such as {"courtesy": "days_30"}',
    "list": 'a JSON array such as [{"item_code": "FLR-00-25KG", "qty": 4}]',
}
