"""Month-end evidence as it is handed to an auditor: a folder of CSV files, one JSON document, a workbook, the hashed bytes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from arctl.core.allowance import Policy, policy_facts
from arctl.core.buckets import FIVE
from arctl.core.money import format_plain
from arctl.core.shelf import Shown
from arctl.core.snapshot import bucket_of, written
from arctl.render.placed import placed
from arctl.render.sheet import Column
from arctl.render.snapshot import set_json
from arctl.render.snapshot_shelf import credit_json, header_json, line_json, term_json
from arctl.render.tables import write_csv, write_json

CONTENT = "content.jsonl"


class Amount(NamedTuple):
    """A cell of money."""

    cents: int
    currency: str


Cell = str | int | Amount


@dataclass(frozen=True, slots=True)
class Part:
    """One file or sheet of an export."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterator[Sequence[Cell]]


def write_csv_folder(shown: Shown, target: Path) -> None:
    """A folder: set.csv, customers.csv, lines.csv, credits.csv, terms.csv, and content.jsonl, whose SHA-256 is the content hash."""
    with placed(target) as folder:
        folder.mkdir()
        for part in parts(shown):
            with (folder / f"{part.name}.csv").open("w", encoding="utf-8", newline="") as file:
                write_csv(part.columns, ([_plain(cell) for cell in row] for row in part.rows), file)
        _write_content(shown, folder / CONTENT)


def write_content(shown: Shown, target: Path) -> None:
    """The bytes whose SHA-256 is the content hash."""
    with placed(target) as file:
        _write_content(shown, file)


def _write_content(shown: Shown, path: Path) -> None:
    row = shown.taken.set
    with path.open("wb") as file:
        file.writelines(written(row.company, row.snapshot_date, shown.content))


def write_json_file(shown: Shown, target: Path) -> None:
    """One document: everything that the folder has, amounts in cents."""
    document = {
        **facts(shown),
        "headers": [header_json(each) for each in shown.content.headers],
        "open_items": [line_json(each) for each in shown.content.lines],
        "credits": [credit_json(each) for each in shown.content.credits],
        "terms": [term_json(each) for each in shown.terms],
    }
    with placed(target) as part, part.open("w", encoding="utf-8", newline="") as file:
        write_json(document, file)


def facts(shown: Shown) -> dict[str, object]:
    """What the set says of itself: sums, gate, hashes, event, policy with its approval, and the logic behind the figures."""
    policy, row = shown.taken.policy, shown.taken.set
    return {
        **set_json(shown.taken),
        "status": "live" if shown.live else "superseded",
        "event_hash": shown.event_hash,
        "allowance": {**policy_facts(policy), **_approval(policy, row.snapshot_date)},
        "logic": json.loads(row.logic_json),
    }


def _approval(policy: Policy, day: str) -> dict[str, object]:
    return {
        "approved_by": policy.approved_by,
        "approved_os_user": policy.approved_os_user,
        "approved_at": policy.approved_at,
        "self_approved": policy.self_approved,
        "approval_reason": policy.reason,
        "approved_after_the_day": (policy.approved_at or "")[:10] > day,
    }


def parts(shown: Shown) -> list[Part]:
    """The export as tables: the set, then what it is made of."""
    return [
        Part("set", "Summary", (Column("Field", "field"), Column("Value", "value")), _flat(facts(shown))),
        Part("customers", "Customers", _CUSTOMERS, _customers(shown)),
        Part("lines", "Lines", _LINES, _lines(shown)),
        Part("credits", "Credits", _CREDITS, _credits(shown)),
        Part("terms", "Tie-out", _TERMS, _terms(shown)),
    ]


def _flat(value: object, path: str = "") -> Iterator[Sequence[Cell]]:
    """Nested values as (path, text); nothing is left out, an empty list is an empty text."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{path}.{number}")
    elif isinstance(value, bool):
        yield (path, "T" if value else "F")
    elif isinstance(value, int):
        yield (path, value)
    else:
        yield (path, "" if value is None or value in ([], {}) else str(value))


_SUMS = (*FIVE.keys, "total_outstanding", "unapplied", "estimated_bad_debt")
_CUSTOMERS = (
    Column("Currency", "currency"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name"),
    *(Column(name.replace("_", " ").capitalize(), name, money=True) for name in _SUMS),
    Column("Bad debt %", "bad_debt_percentage", align="right"),
    Column("Max days overdue", "max_days_overdue", align="right"),
    Column("Open invoices", "open_invoices", align="right"),
    *(Column(f"{name}_cents", f"{name}_cents", align="right") for name in _SUMS),
    Column("Hash", "snapshot_hash"),
)
_LINES = (
    Column("Currency", "currency"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name"),
    Column("Invoice", "invoice_id"),
    Column("Instalment", "installment", align="right"),
    Column("Number", "tranid"),
    Column("Invoice date", "invoice_date"),
    Column("Due date", "due_date"),
    Column("Days overdue", "days_overdue", align="right"),
    Column("Bucket", "bucket"),
    Column("Outstanding", "outstanding", money=True),
    Column("outstanding_cents", "outstanding_cents", align="right"),
    Column("Disputed", "disputed"),
)
_CREDITS = (
    Column("Currency", "currency"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name"),
    Column("Source", "source_type"),
    Column("Id", "source_id"),
    Column("Dated", "source_date"),
    Column("Kind", "kind"),
    Column("Left", "left", money=True),
    Column("left_cents", "left_cents", align="right"),
)
_TERMS = (
    Column("Currency", "currency"),
    Column("Section", "section"),
    Column("Heading", "heading"),
    Column("Amount", "amount", money=True),
    Column("cents", "cents", align="right"),
    Column("Documents", "documents", align="right"),
    Column("Examples", "examples"),
)


def _customers(shown: Shown) -> Iterator[Sequence[Cell]]:
    for each in shown.content.headers:
        cents = (*each.buckets, each.outstanding, each.unapplied, each.estimate)
        yield (
            each.currency, each.customer_id, each.customer_name, *(Amount(one, each.currency) for one in cents),
            each.percentage, each.max_days_overdue, each.open_invoices, *cents, each.hash,
        )  # fmt: skip


def _names(shown: Shown) -> dict[int, str]:
    return {header.customer_key: header.customer_name for header in shown.content.headers}


def _lines(shown: Shown) -> Iterator[Sequence[Cell]]:
    names = _names(shown)
    for each in shown.content.lines:
        yield (
            each.currency, each.customer_id, names[each.customer_key], each.invoice_id, each.installment, each.tranid or "",
            each.invoice_date, each.due_date, each.days_overdue, bucket_of(each),
            Amount(each.outstanding_cents, each.currency), each.outstanding_cents, each.disputed,
        )  # fmt: skip


def _credits(shown: Shown) -> Iterator[Sequence[Cell]]:
    names = _names(shown)
    for each in shown.content.credits:
        yield (
            each.currency, each.customer_id, names[each.customer_key], each.source_type, each.source_id, each.source_date,
            each.kind, Amount(each.left_cents, each.currency), each.left_cents,
        )  # fmt: skip


def _terms(shown: Shown) -> Iterator[Sequence[Cell]]:
    for each in shown.terms:
        yield (
            each.currency,
            each.section,
            each.heading,
            "" if each.cents is None else Amount(each.cents, each.currency),
            "" if each.cents is None else each.cents,
            "" if each.documents is None else each.documents,
            ", ".join(json.loads(each.examples_json)) if each.examples_json else "",
        )


def _plain(cell: Cell) -> str | int:
    return format_plain(*cell) if isinstance(cell, Amount) else cell
