"""Month-end evidence that stands: the list of sets, and one set whole. Formats, computes nothing."""

import json
from collections.abc import Callable, Iterator
from typing import TextIO

from arctl.core.buckets import FIVE
from arctl.core.evidence import SetRow
from arctl.core.money import format_amount, format_plain
from arctl.core.shelf import Shelf, Shelved, Shown, Term, most_overdue_first
from arctl.core.snapshot import Content, Credit, Header, Line, bucket_of
from arctl.render import snapshot as set_render
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet

Money = Callable[[int, str], str]

_LIST = (
    Column("Date", "snapshot_date"),
    Column("Company", "company"),
    Column("Rev", "revision", align="right"),
    Column("Status", "status"),
    Column("Customers", "customers", align="right"),
    Column("Lines", "lines", align="right"),
    Column("Currency", "currency"),
    Column("Outstanding", "outstanding", money=True),
    Column("Bad debt", "estimated_bad_debt", money=True),
    Column("By", "generated_by"),
    Column("At (UTC)", "created_at"),
    Column("Accepted", "exceptions"),
    Column("Content", "content_hash"),
)


def write_shelf(shelf: Shelf, markdown: bool, stream: TextIO) -> None:
    """For people: a line per set, and per currency where a set has several."""
    notes = [f"{each.snapshot_date} revision {each.revision} purged because: {each.reason}" for each in shelf.purged]
    if shelf.hidden:
        others = (
            "1 superseded or purged set is" if shelf.hidden == 1 else f"{shelf.hidden} superseded or purged sets are"
        )
        notes.append(f"{others} not shown: --all shows every one")
    if not shelf.sets and not shelf.purged:
        notes.insert(0, "No evidence has been written: `arctl snapshot --date D` writes it")
    rows = [(*row[:-1], row[-1][:12]) for row in _shelf_rows(shelf, format_amount)]
    (write_markdown if markdown else write_sheet)(Sheet("Month-end evidence", _LIST, rows, None, notes), stream)


def write_shelf_csv(shelf: Shelf, stream: TextIO) -> None:
    """The same lines with plain amounts and whole hashes."""
    write_csv(_LIST, _shelf_rows(shelf, format_plain), stream)


def _shelf_rows(shelf: Shelf, money: Money) -> Iterator[tuple[str, ...]]:
    for each in shelf.sets:
        row = each.set
        first = (row.snapshot_date, row.company, str(row.revision), _status(each.live))
        last = (row.generated_by, row.created_at, ", ".join(_codes(row)), row.content_hash)
        if not each.totals:
            yield (*first, "0", "0", "", "", "", *last)
        for total in each.totals:
            amounts = (money(total.outstanding, total.currency), money(total.estimate, total.currency))
            yield (*first, str(row.customers), str(row.lines), total.currency, *amounts, *last)
    for gone in shelf.purged:
        yield (
            gone.snapshot_date, gone.company, str(gone.revision), "purged", "", "", "", "", "", gone.purged_by,
            gone.purged_at, "", gone.content_hash,
        )  # fmt: skip


def _status(live: bool) -> str:
    return "live" if live else "superseded"


def _codes(row: SetRow) -> list[str]:
    return [str(each["code"]) for each in json.loads(row.exceptions_json)]


def write_shelf_json(shelf: Shelf, stream: TextIO) -> None:
    """An array: sets by day, then purged ones."""
    purged = [{"status": "purged", **each._asdict()} for each in shelf.purged]
    write_json([*map(_shelved_json, shelf.sets), *purged], stream)


def _shelved_json(each: Shelved) -> dict[str, object]:
    row = each.set
    return {
        "status": _status(each.live),
        "snapshot_date": row.snapshot_date,
        "company": row.company,
        "revision": row.revision,
        "customers": row.customers,
        "lines": row.lines,
        "credit_lines": row.credit_lines,
        "currencies": [
            {
                "currency": total.currency,
                "total_outstanding_cents": total.outstanding,
                "unapplied_cents": total.unapplied,
                "estimated_bad_debt_cents": total.estimate,
            }
            for total in each.totals
        ],
        "exceptions": json.loads(row.exceptions_json),
        "accepted": row.accepted,
        "reason": row.reason,
        "generated_by": row.generated_by,
        "created_at": row.created_at,
        "retain_until": row.retain_until,
        "content_hash": row.content_hash,
    }


CUSTOMERS = (
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("Currency", "currency"),
    *(Column(title, key, money=True) for key, title in zip(FIVE.keys, FIVE.titles, strict=True)),
    Column("Outstanding", "total_outstanding", money=True),
    Column("Unapplied", "unapplied", money=True),
    Column("Bad debt", "estimated_bad_debt", money=True),
    Column("%", "bad_debt_percentage", align="right"),
    Column("Days", "max_days_overdue", align="right"),
    Column("Open", "open_invoices", align="right"),
)
_ITEMS = (
    Column("Customer", "customer_id"),
    Column("Document", "document"),
    Column("Id", "id"),
    Column("Inst", "installment", align="right"),
    Column("Number", "tranid"),
    Column("Dated", "dated"),
    Column("Due", "due_date"),
    Column("Days", "days_overdue", align="right"),
    Column("Bucket", "bucket"),
    Column("Currency", "currency"),
    Column("Outstanding", "outstanding", money=True),
    Column("Disputed", "disputed"),
)
_TERMS = (
    Column("Currency", "currency"),
    Column("Heading", "heading"),
    Column("Amount", "amount", money=True),
    Column("Documents", "documents", align="right"),
    Column("Examples", "examples", flexible=True),
)


def write_shown(shown: Shown, lines: bool, markdown: bool, stream: TextIO) -> None:
    """For people: the set as it was written, its customers, the tie-out, what to look at, and on request every line."""
    write = write_markdown if markdown else write_sheet
    set_render.write_set(shown.taken, markdown, stream)
    if not shown.live:
        stream.write("\n")
        stream.write(f"{'- ' if markdown else ''}Superseded: a later revision of this evidence is live\n")
    ordered = most_overdue_first(shown.content.headers)
    sheets = [Sheet("Customers", CUSTOMERS, [_header(each, format_amount) for each in ordered])]
    for section, title in (("tie_out", "Tie-out"), ("reconciling", "Reconciling items")):
        rows = [_term(term) for term in shown.terms if term.section == section]
        if rows:
            sheets.append(Sheet(title, _TERMS if section == "reconciling" else _TERMS[:3], _cut(rows, section)))
    if lines:
        sheets.append(Sheet("Open items and credits", _ITEMS, list(_items(shown.content, format_amount))))
    for sheet in sheets:
        stream.write("\n")
        write(sheet, stream)


def _cut(rows: list[tuple[str, ...]], section: str) -> list[tuple[str, ...]]:
    return rows if section == "reconciling" else [row[:3] for row in rows]


def write_shown_csv(shown: Shown, lines: bool, stream: TextIO) -> None:
    """The customers, or every open item and credit, credits below zero; plain amounts."""
    if lines:
        write_csv(_ITEMS, _items(shown.content, format_plain), stream)
    else:
        ordered = most_overdue_first(shown.content.headers)
        write_csv(CUSTOMERS, (_header(each, format_plain) for each in ordered), stream)


def _header(header: Header, money: Money) -> tuple[str, ...]:
    cents = (*header.buckets, header.outstanding, header.unapplied, header.estimate)
    return (
        header.customer_id,
        header.customer_name,
        header.currency,
        *(money(each, header.currency) for each in cents),
        header.percentage,
        str(header.max_days_overdue),
        str(header.open_invoices),
    )


def _items(content: Content, money: Money) -> Iterator[tuple[str, ...]]:
    for line in content.lines:
        yield (
            line.customer_id, "invoice", line.invoice_id, str(line.installment or ""), line.tranid or "", line.invoice_date,
            line.due_date, str(line.days_overdue), bucket_of(line), line.currency,
            money(line.outstanding_cents, line.currency), line.disputed,
        )  # fmt: skip
    for each in content.credits:
        yield (
            each.customer_id, _credit_name(each), each.source_id, "", "", each.source_date, "", "", "unapplied",
            each.currency, money(-each.left_cents, each.currency), "",
        )  # fmt: skip


def _credit_name(credit: Credit) -> str:
    return "excess of invoice" if credit.source_type == "invoice" else credit.source_type.replace("_", " ")


def _term(term: Term) -> tuple[str, ...]:
    return (
        term.currency,
        term.heading.replace("_", " "),
        "" if term.cents is None else format_amount(term.cents, term.currency),
        "" if term.documents is None else str(term.documents),
        ", ".join(json.loads(term.examples_json)) if term.examples_json else "",
    )


def write_shown_json(shown: Shown, lines: bool, stream: TextIO) -> None:
    """The set as `snapshot --date` gives it, with `headers`, `terms` and on request `open_items` and `credits`."""
    answer: dict[str, object] = {"status": _status(shown.live), **set_render.set_json(shown.taken)}
    answer |= {"event_hash": shown.event_hash, "terms": [term_json(each) for each in shown.terms]}
    answer["headers"] = [header_json(each) for each in most_overdue_first(shown.content.headers)]
    if lines:
        answer["open_items"] = [line_json(each) for each in shown.content.lines]
        answer["credits"] = [credit_json(each) for each in shown.content.credits]
    write_json(answer, stream)


def header_json(header: Header) -> dict[str, object]:
    """A customer in one currency."""
    return {
        "currency": header.currency,
        "customer_id": header.customer_id,
        "customer_name": header.customer_name,
        **{f"{key}_cents": cents for key, cents in zip(FIVE.keys, header.buckets, strict=True)},
        "total_outstanding_cents": header.outstanding,
        "unapplied_cents": header.unapplied,
        "estimated_bad_debt_cents": header.estimate,
        "bad_debt_percentage": header.percentage,
        "max_days_overdue": header.max_days_overdue,
        "open_invoices": header.open_invoices,
        "snapshot_hash": header.hash,
    }


def line_json(line: Line) -> dict[str, object]:
    """An open item."""
    return {
        "currency": line.currency,
        "customer_id": line.customer_id,
        "invoice_id": line.invoice_id,
        "installment": line.installment,
        "tranid": line.tranid,
        "invoice_date": line.invoice_date,
        "due_date": line.due_date,
        "days_overdue": line.days_overdue,
        "bucket": bucket_of(line),
        "outstanding_cents": line.outstanding_cents,
        "disputed": line.disputed,
    }


def credit_json(credit: Credit) -> dict[str, object]:
    """A credit, above zero."""
    return {
        "currency": credit.currency,
        "customer_id": credit.customer_id,
        "source_type": credit.source_type,
        "source_id": credit.source_id,
        "source_date": credit.source_date,
        "kind": credit.kind,
        "left_cents": credit.left_cents,
    }


def term_json(term: Term) -> dict[str, object]:
    """A line of the tie-out or a reconciling item."""
    return {
        "currency": term.currency,
        "section": term.section,
        "heading": term.heading,
        "cents": term.cents,
        "documents": term.documents,
        "examples": json.loads(term.examples_json) if term.examples_json else None,
    }
