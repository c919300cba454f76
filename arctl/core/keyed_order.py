"""Orders that somebody keyed from an e-mail, as YAML or CSV: text into orders, every fault with its line. Guesses no value. Pure."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from io import StringIO
from typing import NamedTuple

import yaml

from arctl.core.dates import parse_iso
from arctl.core.incoming_order import Order, OrderLine, Party, Problem
from arctl.core.money import is_currency, parse_amount

HEADER = (
    "customer_id", "customer", "po", "release", "order_date", "currency", "terms", "requested_ship_date",
    "shipping_requirements", "special_instructions", "email_thread_id",
)  # fmt: skip
ITEM = ("item_code", "qty", "uom", "rate", "requested_ship_date")
_LONGEST = 2_000


class _Said(NamedTuple):
    """What stands in a field, as it was typed, and in which line."""

    text: str
    line: int


_Fields = Mapping[str, _Said]


class Keyed(NamedTuple):
    """What a file holds: whole orders, and what was refused."""

    orders: list[Order]
    problems: list[Problem]


def read_yaml(text: str) -> Keyed:
    """One order, or a list of orders. A value is taken as it is typed: 0040220 keeps its zeros, `no` is a word."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark
        return Keyed([], [Problem("", mark.line + 1 if mark else None, "", f"is no YAML: {broken.problem}")])
    except (yaml.YAMLError, RecursionError):
        return Keyed([], [Problem("", None, "", "is no YAML that can be read")])
    found = Keyed([], [])
    nodes = root.value if isinstance(root, yaml.SequenceNode) else [root] if root is not None else []
    if not nodes:
        found.problems.append(Problem("", None, "", "holds no order"))
    for number, node in enumerate(nodes, start=1):
        _take(f"order {number}" if len(nodes) > 1 else "", *_mapped(node), found)
    return found


def _mapped(node: yaml.Node) -> tuple[_Fields, list[_Fields], list[Problem]]:
    problems: list[Problem] = []
    fields, nested = _scalars(node, (*HEADER, "items"), problems)
    items = nested.get("items")
    rows: list[_Fields] = []
    if items is not None and not isinstance(items, yaml.SequenceNode):
        problems.append(_at(items, "items", "is no list"))
    elif isinstance(items, yaml.SequenceNode):
        rows = [_scalars(each, ITEM, problems)[0] for each in items.value]
    return fields, rows, problems


def _scalars(
    node: yaml.Node, known: Sequence[str], problems: list[Problem]
) -> tuple[dict[str, _Said], dict[str, yaml.Node]]:
    """The fields of a mapping, and what is nested in it."""
    fields: dict[str, _Said] = {}
    nested: dict[str, yaml.Node] = {}
    if not isinstance(node, yaml.MappingNode):
        problems.append(_at(node, "", "is no mapping of names to values"))
        return fields, nested
    for key, value in node.value:
        name = str(key.value)
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(known)}"
            problems.append(_at(key, name, f"is no field of it: {hint}"))
        elif name in fields or name in nested:
            problems.append(_at(key, name, "stands twice"))
        elif isinstance(value, yaml.ScalarNode) and name != "items":
            empty = value.style is None and value.value in ("~", "null")
            fields[name] = _Said("" if empty else value.value.strip(), value.start_mark.line + 1)
        else:
            nested[name] = value
            if name != "items":
                problems.append(_at(value, name, "is no single value"))
    fields.setdefault("", _Said("", node.start_mark.line + 1))
    return fields, nested


def _at(node: yaml.Node, element: str, reason: str) -> Problem:
    return Problem("", node.start_mark.line + 1, element, reason)


def read_csv(text: str) -> Keyed:
    """A row per line; rows of the same customer, PO# and release are one order. A header value stands in its first row or in all."""
    found = Keyed([], [])
    rows = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        names = [each.strip() for each in next(rows, [])]
        wrong = list(_header_problems(names))
        if wrong:
            return Keyed([], wrong)
        for fields, items, problems in _grouped(names, rows):
            _take("", fields, items, problems, found)
    except csv.Error as broken:
        found.problems.append(Problem("", rows.line_num, "", f"is no CSV: {broken}"))
    if not found.orders and not found.problems:
        found.problems.append(Problem("", None, "", "holds no order"))
    return found


def _header_problems(names: Sequence[str]) -> Iterator[Problem]:
    known = (*HEADER, *ITEM)
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"the columns are {', '.join(dict.fromkeys(known))}"
            yield Problem("", 1, name or "a column", f"is no column of an order: {hint}")
        elif names.count(name) > 1 and name != "":
            yield Problem("", 1, name, "stands twice")
    for name in ("po", "item_code", "qty"):
        if name not in names:
            yield Problem("", 1, name, "is missing from the header")


def _grouped(names: Sequence[str], rows: Iterator[list[str]]) -> Iterator[tuple[_Fields, list[_Fields], list[Problem]]]:
    groups: dict[tuple[str, ...], tuple[dict[str, _Said], list[_Fields], list[Problem]]] = {}
    reader = rows
    for row in reader:
        line = getattr(reader, "line_num", 0)
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: _Said(cell.strip(), line) for name, cell in zip(names, row, strict=False)}
        key = tuple(cells[name].text if name in cells else "" for name in ("customer_id", "customer", "po", "release"))
        fields, items, problems = groups.setdefault(key, ({"": _Said("", line)}, [], []))
        if len(row) != len(names):
            problems.append(Problem("", line, "", f"has {len(row)} cells, and the header {len(names)}"))
        # the ship date of a row is its line's; an order has none of its own here
        items.append({name: cells[name] for name in ITEM if name in cells} | {"": _Said("", line)})
        for name in HEADER:
            said = cells.get(name)
            if said is None or not said.text or name == "requested_ship_date":
                continue
            if fields.setdefault(name, said).text != said.text:
                told = f"is {said.text!r}, and {fields[name].text!r} in line {fields[name].line} of the same order"
                problems.append(Problem("", line, name, told))
    yield from groups.values()


def _take(place: str, fields: _Fields, items: Sequence[_Fields], problems: list[Problem], found: Keyed) -> None:
    order = _order(fields, items, problems)
    if problems:
        found.problems.extend(problems)
    else:
        found.orders.append(order._replace(place=place))


def _order(fields: _Fields, items: Sequence[_Fields], problems: list[Problem]) -> Order:
    first = fields[""].line if "" in fields else 1
    said = {name: fields[name].text if name in fields else "" for name in HEADER}
    if not said["po"]:
        problems.append(Problem("", first, "po", "is missing: an order without a PO# cannot be told from another"))
    if not said["customer_id"] and not said["customer"]:
        problems.append(Problem("", first, "customer_id", "is missing, and so is customer: nobody ordered it"))
    problems.extend(
        Problem("", fields[name].line, name, f"is not up to {_LONGEST} printable characters")
        for name in HEADER
        if len(said[name]) > _LONGEST or not said[name].replace("\n", " ").isprintable()
    )
    if said["currency"] and not is_currency(said["currency"]):
        problems.append(Problem("", fields["currency"].line, "currency", f"{said['currency']!r} is no currency code"))
    if not items:
        problems.append(Problem("", first, "items", "is missing: it orders nothing"))
    lines = tuple(_line(number, each, problems) for number, each in enumerate(items, start=1))
    return Order(
        place="",
        po=said["po"],
        release=said["release"],
        ordered_on=_day(fields, "order_date", problems) or "",
        lines=lines,
        parties=(Party("BY", said["customer"], "", ""),) if said["customer"] else (),
        customer_id=said["customer_id"],
        currency=said["currency"],
        terms=said["terms"],
        ship_on=_day(fields, "requested_ship_date", problems),
        shipping=said["shipping_requirements"],
        instructions=said["special_instructions"],
        email_thread_id=said["email_thread_id"],
        remarks=() if said["shipping_requirements"] else ("no shipping requirements",),
    )


def _line(number: int, fields: _Fields, problems: list[Problem]) -> OrderLine:
    at = fields[""].line if "" in fields else 0
    code = fields["item_code"].text if "item_code" in fields else ""
    if not code or not code.isprintable():
        problems.append(Problem("", at, "item_code", "is missing" if not code else "is not printable"))
    quantity = _micro(fields, "qty", problems)
    if quantity == 0 or "qty" not in fields or not fields["qty"].text:
        problems.append(Problem("", at, "qty", "is not above zero" if quantity == 0 else "is missing"))
    uom = fields["uom"].text if "uom" in fields else ""
    rate, ship_on = _micro(fields, "rate", problems), _day(fields, "requested_ship_date", problems)
    return OrderLine(number, (("", code),), quantity or 0, uom, rate, ship_on, at)


def _micro(fields: _Fields, name: str, problems: list[Problem]) -> int | None:
    said = fields.get(name)
    if said is None or not said.text:
        return None
    try:
        micro = parse_amount(said.text, 6)
    except ValueError as wrong:
        problems.append(Problem("", said.line, name, f"{said.text!r} is {wrong}"))
        return None
    if micro < 0:
        problems.append(Problem("", said.line, name, f"{said.text} is below zero"))
        return None
    return micro


def _day(fields: _Fields, name: str, problems: list[Problem]) -> str | None:
    said = fields.get(name)
    if said is None or not said.text:
        return None
    try:
        return parse_iso(said.text).isoformat()
    except ValueError as wrong:
        problems.append(Problem("", said.line, name, f"{said.text!r} is {wrong}"))
        return None
