"""Two sets of month-end evidence side by side. Formats, computes nothing."""

from collections.abc import Callable
from typing import TextIO

from arctl.core.buckets import FIVE
from arctl.core.evidence import ChangedLine, SetRow
from arctl.core.money import format_amount, format_plain
from arctl.core.shelf import Comparison, Moved
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet

Money = Callable[[int, str], str]

_TITLES = {
    **dict(zip(FIVE.keys, FIVE.titles, strict=True)),
    "outstanding": "Outstanding",
    "unapplied": "Unapplied",
    "estimate": "Bad debt",
}
_SUMS = (
    Column("Currency", "currency"),
    Column("Sum", "sum"),
    Column("Before", "before", money=True),
    Column("After", "after", money=True),
    Column("Change", "change", money=True),
)
_ITEMS = (
    Column("Customer", "customer_id"),
    Column("Document", "document"),
    Column("Inst", "installment", align="right"),
    Column("Currency", "currency"),
    Column("From", "from"),
    Column("To", "to"),
    Column("Before", "before", money=True),
    Column("After", "after", money=True),
    Column("Change", "change", money=True),
)


def write_comparison(found: Comparison, items: bool, markdown: bool, stream: TextIO) -> None:
    """For people: each sum before and after, and on request each item and credit that changed."""
    write = write_markdown if markdown else write_sheet
    company = f", company {found.after.company}" if found.after.company != "default" else ""
    title = f"Evidence of {_named(found.before)} against {_named(found.after)}{company}"
    count = len(found.items)
    listed = "1 item or credit differs" if count == 1 else f"{count} items and credits differ"
    notes = [listed if found.unexplained else f"{listed}, which {'is' if count == 1 else 'make up'} the whole change"]
    notes += [
        f"DOES NOT ADD UP: {_TITLES[each.heading]} in {each.currency} moved by {format_amount(each.delta, each.currency)}"
        for each in found.unexplained
    ]
    if count and not items:
        notes.append("--items lists them")
    write(Sheet(title, _SUMS, [_sum(each, format_amount) for each in found.sums], None, notes), stream)
    if items:
        stream.write("\n")
        write(Sheet("Item by item", _ITEMS, [_item(each, format_amount) for each in found.items]), stream)


def _named(row: SetRow) -> str:
    return f"{row.snapshot_date} (revision {row.revision})"


def _sum(each: Moved, money: Money) -> tuple[str, ...]:
    amounts = (money(cents, each.currency) for cents in (each.before, each.after, each.delta))
    return (each.currency, _TITLES[each.heading], *amounts)


def _item(each: ChangedLine, money: Money) -> tuple[str, ...]:
    cents = (each.before_cents, each.after_cents, each.after_cents - each.before_cents)
    return (
        each.customer_id,
        each.document,
        str(each.installment or ""),
        each.currency,
        each.before_bucket or "new",
        each.after_bucket or "settled",
        *(money(amount, each.currency) for amount in cents),
    )


def write_comparison_csv(found: Comparison, items: bool, stream: TextIO) -> None:
    """The sums, or the items, with plain amounts."""
    if items:
        write_csv(_ITEMS, (_item(each, format_plain) for each in found.items), stream)
    else:
        write_csv(_SUMS, (_sum(each, format_plain) for each in found.sums), stream)


def write_comparison_json(found: Comparison, items: bool, stream: TextIO) -> None:
    """Both sets by name and hash, the sums in cents, and on request the items."""
    answer: dict[str, object] = {
        "company": found.after.company,
        "before": _set_json(found.before),
        "after": _set_json(found.after),
        "ok": not found.unexplained,
        "changed": len(found.items),
        "sums": [
            {
                "currency": each.currency,
                "sum": each.heading,
                "before_cents": each.before,
                "after_cents": each.after,
                "change_cents": each.delta,
            }
            for each in found.sums
        ],
    }
    if items:
        answer["items"] = [
            {**each._asdict(), "change_cents": each.after_cents - each.before_cents} for each in found.items
        ]
    write_json(answer, stream)


def _set_json(row: SetRow) -> dict[str, object]:
    return {"snapshot_date": row.snapshot_date, "revision": row.revision, "content_hash": row.content_hash}
