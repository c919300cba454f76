"""The roll-forward between two dates, for people and for programs."""

from collections.abc import Callable, Sequence
from typing import TextIO

from arctl.core.aging import SIGNS
from arctl.core.buckets import FIVE
from arctl.core.money import format_amount, format_plain
from arctl.core.rollforward import NEW, SETTLED, MovedItem, RollForward
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet

_KEYS = {"invoices": "invoiced"}
_TITLES = {
    "invoices": "invoices",
    "receipts": "receipts",
    "credits": "credit memos",
    "refunds": "refunds",
    "discounts": "discounts",
    "write_offs": "write-offs",
    "recoveries": "recoveries",
}


def write_json_diff(rolls: Sequence[RollForward], first: str, second: str, items: bool, stream: TextIO) -> None:
    """The pinned form; several companies or currencies stand under `groups`."""
    head: dict[str, object] = {"from": first, "to": second}
    groups = [_group(roll, items) for roll in rolls]
    write_json(head | (groups[0] if len(groups) == 1 else {"ok": all(r.ok for r in rolls), "groups": groups}), stream)


def _group(roll: RollForward, items: bool) -> dict[str, object]:
    answer: dict[str, object] = {"company": roll.company, "currency": roll.currency, "opening_cents": roll.opening}
    answer |= {f"{_KEYS.get(heading, heading)}_cents": cents for heading, cents in roll.started.items()}
    answer |= {
        "voids_cents": roll.voids,
        "closing_cents": roll.closing,
        "difference_cents": roll.closing - roll.expected_closing,
        "ok": roll.ok,
        "matrix": roll.matrix,
    }
    if items:
        answer["items"] = [
            {
                "invoice_id": item.invoice_id,
                "installment": item.installment,
                "customer_id": item.customer_id,
                "from": item.from_bucket or NEW,
                "to": item.to_bucket or SETTLED,
                "opening_cents": item.opening_cents,
                "closing_cents": item.closing_cents,
            }
            for item in roll.items
        ]
    return answer


_ITEM_COLUMNS = (
    Column("Invoice", "invoice_id"),
    Column("Inst", "installment", align="right"),
    Column("Customer", "customer_id"),
    Column("From", "from"),
    Column("To", "to"),
    Column("Opening", "opening", money=True),
    Column("Closing", "closing", money=True),
    Column("Currency", "currency"),
    Column("Company", "company"),
)
_ROLL_COLUMNS = (
    Column("Company", "company"),
    Column("Currency", "currency"),
    Column("Heading", "heading"),
    Column("Amount", "amount", money=True),
)


def write_csv_diff(rolls: Sequence[RollForward], items: bool, stream: TextIO) -> None:
    """The roll-forward a line per heading, or the items, with plain amounts."""
    if items:
        rows = [
            (*_item(roll, item, format_plain), roll.currency, roll.company) for roll in rolls for item in roll.items
        ]
        write_csv(_ITEM_COLUMNS, rows, stream)
        return
    lines = [
        (roll.company, roll.currency, title, format_plain(cents, roll.currency))
        for roll in rolls
        for title, cents in _lines(roll)
    ]
    write_csv(_ROLL_COLUMNS, lines, stream)


def _lines(roll: RollForward) -> list[tuple[str, int]]:
    moved = [(_TITLES[heading], SIGNS[heading] * cents) for heading, cents in roll.started.items()]
    return [("opening", roll.opening), *moved, ("voids", -roll.voids), ("closing", roll.closing)]


def _item(roll: RollForward, item: MovedItem, money: Callable[[int, str], str]) -> tuple[str, ...]:
    return (
        item.invoice_id,
        str(item.installment or ""),
        item.customer_id,
        item.from_bucket or NEW,
        item.to_bucket or SETTLED,
        money(item.opening_cents, roll.currency),
        money(item.closing_cents, roll.currency),
    )


def write_screen(
    rolls: Sequence[RollForward], first: str, second: str, items: bool, markdown: bool, stream: TextIO
) -> None:
    """For people: the roll-forward, the movement between buckets, and on request each item."""
    write = write_markdown if markdown else write_sheet
    named = {roll.company for roll in rolls} != {"default"}
    for number, roll in enumerate(rolls):
        if number:
            stream.write("\n")
        company = f", company {roll.company}" if named else ""
        title = f"Receivables from {first} to {second}{company}, in {roll.currency}"
        write(_roll_sheet(roll, title), stream)
        stream.write("\n")
        write(_matrix_sheet(roll), stream)
        if items:
            stream.write("\n")
            rows = [_item(roll, item, format_amount) for item in roll.items]
            write(Sheet("Item by item", _ITEM_COLUMNS[:7], rows), stream)


def _roll_sheet(roll: RollForward, title: str) -> Sheet:
    rows = [(name, format_amount(cents, roll.currency)) for name, cents in _lines(roll)[:-1]]
    columns = (Column("Net receivables", "heading"), Column("Amount", "amount", money=True))
    if roll.ok:
        note = "Opening and movements give the closing aging"
    else:
        difference = format_amount(roll.closing - roll.expected_closing, roll.currency)
        note = f"DOES NOT HOLD: opening and movements miss the closing aging by {difference}"
    return Sheet(title, columns, rows, ("closing", format_amount(roll.closing, roll.currency)), (note,))


def _matrix_sheet(roll: RollForward) -> Sheet:
    titles = dict(zip((*FIVE.keys, NEW, SETTLED), (*FIVE.titles, "New", "Settled"), strict=True))
    names = (*FIVE.keys, SETTLED)

    def money(cents: int) -> str:
        return format_amount(cents, roll.currency) if cents else "·"

    rows = [
        (titles[row], *(money(cells.get(name, 0)) for name in names), money(sum(cells.values())) if row != NEW else "")
        for row, cells in roll.matrix.items()
    ]
    foot = [sum(cells.get(name, 0) for cells in roll.matrix.values()) for name in names]
    columns = (
        Column("From \\ to", "from"),
        *(Column(titles[name], name, money=True) for name in names),
        Column("Opening", "opening", money=True),
    )
    return Sheet("Gross outstanding by bucket", columns, rows, ("Closing", *map(money, foot), ""))
