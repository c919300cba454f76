"""Orders that came in: each as a table for its reviewer, and what became of all of them. Decides nothing."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TextIO

from arctl.core.incoming_order import Party, number_text, rate_text
from arctl.core.intake import Checked, CheckedLine, Unfit
from arctl.core.intake_report import IntakeReport
from arctl.core.money import format_amount
from arctl.render.tables import Column, Sheet, write_csv, write_json, write_markdown, write_sheet
from arctl.render.text import visible

_ROLES: Mapping[str, str] = {"BY": "Buyer", "OB": "Ordered by", "BT": "Bill to", "PR": "Payer", "ST": "Ship to"}
_HEAD = ("Line", "Item", "Quantity", "", "Rate", "Amount", "Last rate", "Ship on")
_RIGHT = (True, False, True, False, True, True, True, False)
_SHOWN = 3
"""Up to so many orders are shown whole."""
_COLUMNS = (
    Column("File", "file", flexible=True),
    Column("Status", "status"),
    Column("PO#", "po"),
    Column("Release", "release"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("By", "matched_by"),
    Column("Lines", "lines", align="right"),
    Column("Amount", "amount", money=True),
    Column("", "currency"),
    Column("Ship on", "requested_ship_date"),
    Column("Look at, or why refused", "remarks", flexible=True),
)


_amount = lru_cache(maxsize=65_536)(format_amount)


def order_text(checked: Checked) -> str:
    """The order as a reviewer reads it: who, where it came from, its lines with the rates they were last sold for, its total."""
    lines = [f"{name}: {value}" for name, value in _facts(checked) if value]
    lines.append("")
    lines += _table([_HEAD, *[_cells(each, checked.currency) for each in checked.lines]])
    lines.append(f"Total {_amount(checked.total_cents, checked.currency)} {checked.currency}")
    if checked.remarks:
        lines += ["", *[f"! {each}" for each in checked.remarks]]
    lines.append("")
    return "\n".join(lines)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The rows in columns as wide as they must be; a column of which nothing but the head is there goes."""
    columns = list(zip(*rows, strict=True))
    if not "".join(columns[1] + columns[3]).isascii():  # item and unit; the rest is figures
        keep = [at for at, column in enumerate(columns) if any(column[1:])]
        return _wide_table([columns[at] for at in keep], [_RIGHT[at] for at in keep])
    form = _form(tuple([max(map(len, column)) if any(column[1:]) else 0 for column in columns]))
    return [(form % row).rstrip() for row in rows]


@lru_cache(maxsize=4_096)
def _form(widths: tuple[int, ...]) -> str:
    """How a row is written; a column without a width takes its cell and writes nothing."""
    parts: list[str] = []
    for width, to_right in zip(widths, _RIGHT, strict=True):
        gap = "  " if parts and any(widths[: len(parts)]) and width else ""
        parts.append(f"{gap}%{'' if to_right else '-'}{width}s" if width else "%.0s")
    return "".join(parts)


def _wide_table(columns: Sequence[tuple[str, ...]], right: Sequence[bool]) -> list[str]:
    """The same where signs are wider than one column of the terminal, or none."""
    from wcwidth import wcswidth

    padded = []
    for texts, to_right in zip(columns, right, strict=True):
        widths = [max(wcswidth(each), 0) for each in texts]
        blanks = [" " * (max(widths) - width) for width in widths]
        padded.append([gap + each if to_right else each + gap for each, gap in zip(texts, blanks, strict=True)])
    return ["  ".join(cells).rstrip() for cells in zip(*padded, strict=True)]


def _facts(checked: Checked) -> list[tuple[str, str | None]]:
    order, customer = checked.order, checked.customer
    return [
        ("PO#", f"{order.po}, release {order.release}" if order.release else order.po),
        ("Customer", f"{customer.id} {customer.name} (by {checked.how})"),
        ("Ordered on", order.ordered_on),
        ("Ship on", order.ship_on),
        *[(_ROLES.get(each.role) or f"N1 {each.role}", _party(each)) for each in order.parties],
        ("Terms", order.terms),
        ("Shipping", order.shipping),
        ("Instructions", order.instructions.replace("\n", " / ")),
        ("E-mail thread", order.email_thread_id),
        ("From", f"{checked.file}, {order.place}" if order.place else checked.file),
    ]


@lru_cache(maxsize=4_096)
def _party(party: Party) -> str:
    number = f"{party.qualifier} {party.id}".strip()
    return ", ".join(filter(None, (party.name, number, *party.address)))


def _cells(checked: CheckedLine, currency: str) -> tuple[str, ...]:
    number, _, quantity, uom, rate, ship_on, _ = checked.line
    _, code, cents, last, _ = checked
    return (
        str(number),
        code,
        number_text(quantity),
        uom,
        "" if rate is None else rate_text(rate),
        "" if cents is None else _amount(cents, currency),
        "" if last is None else rate_text(last[0]),
        ship_on or "",
    )


def write_report(report: IntakeReport, form: str, stream: TextIO) -> None:
    """A line per order, those refused below; a few orders are shown whole. `form` is table, json, csv or md."""
    if form == "json":
        write_json(report_form(report), stream)
        return
    rows = [*map(_staged_row, report.staged), *map(_refused_row, report.refused)]
    if form == "csv":
        write_csv(_COLUMNS, rows, stream)
        return
    sheet = Sheet(f"Orders of {report.source}, {report.company}, {report.as_of}", _COLUMNS, rows, None, _notes(report))
    if form == "md":
        write_markdown(sheet, stream)
    else:
        write_sheet(sheet, stream)
    if len(report.staged) <= _SHOWN:
        indent = "    " if form == "md" else ""
        for each in report.staged:
            stream.write("\n")
            stream.writelines(f"{indent}{visible(line)}".rstrip() + "\n" for line in order_text(each).split("\n")[:-1])


def _staged_row(checked: Checked) -> list[str]:
    order, customer = checked.order, checked.customer
    return [
        checked.file, "fit", order.po, order.release, customer.id, customer.name, checked.how, str(len(checked.lines)),
        format_amount(checked.total_cents, checked.currency), checked.currency, order.ship_on or "",
        "; ".join(checked.remarks),
    ]  # fmt: skip


def _refused_row(unfit: Unfit) -> list[str]:
    return [unfit.file, "refused", *([""] * 9), unfit.problem.words]


def _notes(report: IntakeReport) -> tuple[str, ...]:
    """What stands now, and the next command."""
    count = len(report.staged)
    said = f"{count:,} order{'' if count == 1 else 's'} fit, {len(report.refused):,} refused"
    if report.envelope is not None:
        until = f"envelope {report.envelope} waits until {report.expires_on}: `arctl approve {report.envelope}`"
        return (f"{said}; {until}",)
    return (f"{said}; {'nothing was written' if report.dry_run else 'nothing was staged'}",)


def report_form(report: IntakeReport) -> dict[str, object]:
    """The report as JSON; amounts are cents, quantities and rates decimal text."""
    return {
        "source": report.source,
        "as_of": report.as_of,
        "company": report.company,
        "run_id": report.run_id,
        "envelope": report.envelope,
        "dry_run": report.dry_run,
        "orders": [_order_form(each) for each in report.staged],
        "refused": [
            {
                "file": each.file,
                "place": each.problem.place or None,
                "segment": each.problem.segment,
                "element": each.problem.element or None,
                "reason": each.problem.reason,
            }
            for each in report.refused
        ],
    }


def _order_form(checked: Checked) -> dict[str, object]:
    order = checked.order
    return {
        "file": checked.file,
        "place": order.place or None,
        "po": order.po,
        "release": order.release or None,
        "customer_id": checked.customer.id,
        "customer_name": checked.customer.name,
        "matched_by": checked.how,
        "order_date": order.ordered_on or None,
        "requested_ship_date": order.ship_on,
        "email_thread_id": order.email_thread_id or None,
        "currency": checked.currency,
        "total_cents": checked.total_cents,
        "lines": [
            {
                "line": each.line.number,
                "item_code": each.item_code,
                "quantity": number_text(each.line.quantity_micro),
                "uom": each.line.uom,
                "rate": None if each.line.rate_micro is None else number_text(each.line.rate_micro),
                "amount_cents": each.cents,
                "last_rate": None if each.last is None else number_text(each.last.rate_micro),
                "requested_ship_date": each.line.ship_on,
            }
            for each in checked.lines
        ],
        "remarks": list(checked.remarks),
    }
