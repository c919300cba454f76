"""Names in braces inside a contract's settings, filled from a row. Pure: no SQL, no templates."""

import json
import re
from collections.abc import Iterator, Mapping

from arctl.core.money import format_amount

_PIECE = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")
_NAME = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<form>[a-z]+))?")


class UnknownName(ValueError):
    """A name in braces that the row does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no {{{name}}} here")
        self.name = name


def fill(value: object, row: Mapping[str, object]) -> object:
    """The value with every `{name}` in it replaced, in nested mappings and lists too; keys stay as they are.

    `{name}` alone is the row's value with its type; inside a text it is text, and empty where the row holds None.
    `{cents:money}` is an amount as people read it, in the row's `currency`. `{{` and `}}` are braces. Raises UnknownName (a
    ValueError) for a name the row does not have, ValueError for braces that cannot be read and for money that is no integer.
    """
    if isinstance(value, str):
        return _filled(value, row)
    if isinstance(value, Mapping):
        return {key: fill(each, row) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [fill(each, row) for each in value]
    return value


def text(value: object, row: Mapping[str, object]) -> str:
    """As `fill`, where only text will do. Raises ValueError likewise."""
    return _as_text(fill(value, row))


def names(value: object) -> set[str]:
    """Every name that filling the value will look up; the `currency` of an amount among them. Raises ValueError as `fill`."""
    if isinstance(value, str):
        found = set()
        for match in _PIECE.finditer(value):
            piece = match["name"]
            if piece is None:
                _brace(match[0])
                continue
            name, form = _split(piece)
            found |= {name, "currency"} if form else {name}
        return found
    if isinstance(value, Mapping):
        return {name for each in value.values() for name in names(each)}
    if isinstance(value, (list, tuple)):
        return {name for each in value for name in names(each)}
    return set()


def _filled(template: str, row: Mapping[str, object]) -> object:
    if "{" not in template and "}" not in template:
        return template
    whole = _PIECE.fullmatch(template)
    if whole is not None and whole["name"] is not None:
        return _value(whole["name"], row)
    return "".join(_pieces(template, row))


def _pieces(template: str, row: Mapping[str, object]) -> Iterator[str]:
    end = 0
    for match in _PIECE.finditer(template):
        yield template[end : match.start()]
        yield _brace(match[0]) if match["name"] is None else _as_text(_value(match["name"], row))
        end = match.end()
    yield template[end:]


def _value(piece: str, row: Mapping[str, object]) -> object:
    name, form = _split(piece)
    if name not in row:
        raise UnknownName(name)
    if not form:
        return row[name]
    if "currency" not in row:
        raise UnknownName("currency")
    cents = row[name]
    if not isinstance(cents, int) or isinstance(cents, bool):
        raise ValueError(f"{{{piece}}} takes cents, and {name} is no whole number")
    return format_amount(cents, str(row["currency"]))


def _split(piece: str) -> tuple[str, str]:
    match = _NAME.fullmatch(piece)
    if match is None:
        raise ValueError(f"{{{piece}}} is no name in braces; a brace itself is written twice")
    if match["form"] not in (None, "money"):
        raise ValueError(f"{{{piece}}}: the one form there is, is money")
    return match["name"], match["form"] or ""


def _brace(piece: str) -> str:
    if piece in ("{", "}"):
        raise ValueError("a single brace: a name stands in a pair of them, and a brace itself is written twice")
    return piece[0]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
