"""The aging report for people and for programs. Formats, computes nothing."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from arctl.core.aging import AgingReport, Group, ItemRow, Remark, Totals
from arctl.core.money import format_amount, format_plain
from arctl.render.control import control_form, control_lines
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import escaped, write_csv, write_json, write_markdown, write_sheet
from arctl.render.text import visible

_EXAMPLES = 3


def write_json_report(report: AgingReport, by: str, stream: TextIO) -> None:
    """The pinned form: one group flat, several under `groups` with an overall tie-out and a total in base currency."""
    if stream.isatty():
        write_json(_answer(report, by, [_customers(report, group) for group in report.groups]), stream)
        return
    # Ten thousand customers as dicts cost more than the query behind them: their text is made at once and put where a mark
    # stands. No text of the ledger can hold the mark, because a NUL never lands.
    marks = [f"\0{number}" for number in range(len(report.groups))]
    text = json.dumps(_answer(report, by, marks), ensure_ascii=False)
    for mark, group in zip(marks, report.groups, strict=True):
        text = text.replace(json.dumps(mark), _customers_text(report, group), 1)
    stream.write(f"{text}\n")


def _answer(report: AgingReport, by: str, customers: Sequence[object]) -> dict[str, object]:
    head: dict[str, object] = {"as_of": report.as_of, "basis": report.basis, "credits": report.credits}
    if len(report.groups) == 1:
        answer = head | _group(report, report.groups[0], by, customers[0])
        if report.failing:
            answer["failing"] = list(report.failing)
        if report.control is not None:
            answer["control"] = control_form(report.control)
    else:
        answer = head | {
            "tie_out": {"ok": report.ties, "failing": list(report.failing)},
            "totals": None
            if report.base is None
            else _totals(report, report.base) | {"currency": report.base.currency},
            "groups": [
                _group(report, group, by, listed) for group, listed in zip(report.groups, customers, strict=True)
            ],
        }
        if report.base is None:
            answer["totals_reason"] = report.base_reason
    return answer


def _group(report: AgingReport, group: Group, by: str, customers: object) -> dict[str, object]:
    answer: dict[str, object] = {"company": group.company, "currency": group.currency}
    if report.buckets.keys[0] == "b0":
        answer["edges"] = list(report.buckets.edges[1:])
    answer |= {
        "totals": _totals(report, group.totals),
        "tie_out": {
            "expected_net_cents": group.tie_out.expected_net,
            "difference_cents": group.tie_out.difference,
            "ok": group.tie_out.ok,
        },
    }
    if group.shown is not None:
        answer["shown"] = _totals(report, group.shown)
    answer["customers"] = customers
    if by == "invoice":
        answer["invoices"] = [_item(report, item) for item in group.items or ()]
    answer["exceptions"] = [
        {"code": remark.code, "count": remark.count, "cents": remark.cents, "documents": list(remark.documents)}
        for remark in group.exceptions
    ]
    return answer


def _customers(report: AgingReport, group: Group) -> list[dict[str, object]]:
    names = [f"{key}_cents" for key in report.buckets.keys]
    return [
        {
            "customer_id": row.customer_id,
            "customer_name": row.customer_name,
            **dict(zip(names, row.buckets, strict=True)),
            "total_outstanding_cents": row.outstanding,
            "unapplied_cents": row.unapplied,
            "max_days_overdue": row.max_days_overdue,
            "open_invoices": row.open_invoices,
        }
        for row in group.customers
    ]


def _customers_text(report: AgingReport, group: Group) -> str:
    """The same list as JSON text."""
    buckets = "".join(f'"{key}_cents": %d, ' for key in report.buckets.keys)
    form = (
        f'{{"customer_id": %s, "customer_name": %s, {buckets}"total_outstanding_cents": %d, "unapplied_cents": %d,'
        ' "max_days_overdue": %d, "open_invoices": %d}'
    )
    quoted = json.encoder.encode_basestring
    rows = [
        form % (quoted(id), quoted(name), *split, outstanding, unapplied, overdue, invoices)
        for id, name, split, outstanding, unapplied, overdue, invoices in group.customers
    ]
    return f"[{', '.join(rows)}]"


def _totals(report: AgingReport, totals: Totals) -> dict[str, object]:
    answer: dict[str, object] = {
        f"{key}_cents": cents for key, cents in zip(report.buckets.keys, totals.buckets, strict=True)
    }
    answer |= {
        "total_outstanding_cents": totals.outstanding,
        "unapplied_cents": totals.unapplied,
        "net_cents": totals.net,
        "open_invoices": totals.open_invoices,
        "customers": totals.customers,
    }
    if totals.realised_fx is not None:
        answer["realised_fx_cents"] = totals.realised_fx
    return answer


def _item(report: AgingReport, item: ItemRow) -> dict[str, object]:
    return {
        "invoice_id": item.invoice_id,
        "installment": item.installment,
        "tranid": item.tranid,
        "customer_id": report.names[item.account].customer_id,
        "invoice_date": item.invoice_date,
        "due_date": item.due_date,
        "days_overdue": item.days_overdue,
        "bucket": report.buckets.name(item.days_overdue),
        "amount_cents": item.amount_cents,
        "outstanding_cents": item.outstanding_cents,
        "disputed": item.disputed == "T",
    }


_ITEM_COLUMNS = (
    Column("Invoice", "invoice_id"),
    Column("Inst", "installment", align="right"),
    Column("Number", "tranid"),
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("Dated", "invoice_date"),
    Column("Due", "due_date"),
    Column("Days", "days_overdue", align="right"),
    Column("Bucket", "bucket"),
    Column("Currency", "currency"),
    Column("Amount", "amount", money=True),
    Column("Outstanding", "outstanding", money=True),
    Column("Disputed", "disputed"),
    Column("Company", "company"),
)


def _customer_columns(report: AgingReport) -> list[Column]:
    return [
        Column("Customer", "customer_id"),
        Column("Name", "customer_name", flexible=True),
        Column("Company", "company"),
        Column("Currency", "currency"),
        *(
            Column(title, key, money=True)
            for title, key in zip(report.buckets.titles, report.buckets.keys, strict=True)
        ),
        Column("Outstanding", "outstanding", money=True),
        Column("Unapplied", "unapplied", money=True),
        Column("Net", "net", money=True),
        Column("Days", "max_days_overdue", align="right"),
        Column("Open", "open_invoices", align="right"),
    ]


def write_csv_report(report: AgingReport, by: str, stream: TextIO) -> None:
    """One table of all groups, amounts in plain units; nothing but data."""
    if by == "invoice":
        write_csv(_ITEM_COLUMNS, _item_cells(report), stream)
    else:
        write_csv(_customer_columns(report), _customer_cells(report), stream)


def _item_cells(report: AgingReport) -> Iterator[Sequence[object]]:
    names, bucket = report.names, report.buckets.name
    for group in report.groups:
        currency = group.currency
        for item in group.items or ():
            name = names[item.account]
            yield (
                item.invoice_id, item.installment, item.tranid, name.customer_id, name.customer_name, item.invoice_date,
                item.due_date, item.days_overdue, bucket(item.days_overdue), currency, format_plain(item.amount_cents, currency),
                format_plain(item.outstanding_cents, currency), item.disputed, group.company,
            )  # fmt: skip


def _customer_cells(report: AgingReport) -> Iterator[Sequence[object]]:
    for group in report.groups:
        for row in group.customers:
            amounts = (*row.buckets, row.outstanding, row.unapplied, row.net)
            yield (
                row.customer_id,
                row.customer_name,
                group.company,
                group.currency,
                *(format_plain(cents, group.currency) for cents in amounts),
                row.max_days_overdue,
                row.open_invoices,
            )


def write_screen(report: AgingReport, by: str, markdown: bool, stream: TextIO) -> None:
    """For people: a table per group, then what to look at and where to look next."""
    write = write_markdown if markdown else write_sheet
    listed = [group for group in report.groups if group.shown is None or group.shown.customers] or report.groups
    for number, group in enumerate(listed):
        if number:
            stream.write("\n")
        write(_items_sheet(report, group) if by == "invoice" else _customers_sheet(report, group), stream)
    closing = [*_base_lines(report), *_ledger_lines(report)]
    if closing:
        stream.write("\n")
    stream.writelines(f"- {escaped(line)}\n" if markdown else f"{visible(line)}\n" for line in closing)


def _title(report: AgingReport, group: Group, what: str) -> str:
    several = len({name.company for name in report.names.values()}) > 1
    by_date = "" if report.basis == "due-date" else ", by invoice date"
    company = f", company {group.company}" if several or group.company != "default" else ""
    return f"{what} as of {report.as_of}{company}, in {group.currency}{by_date}"


def _customers_sheet(report: AgingReport, group: Group) -> Sheet:
    money = _money(group)
    columns = [
        Column("Customer", "customer_id"),
        Column("Name", "customer_name", flexible=True),
        *(
            Column(title, key, money=True)
            for title, key in zip(report.buckets.titles, report.buckets.keys, strict=True)
        ),
        Column("Outstanding", "outstanding", money=True),
        Column("Unapplied", "unapplied", money=True),
        Column("Days", "max_days_overdue", align="right"),
    ]
    rows = [
        (
            row.customer_id,
            row.customer_name,
            *map(money, row.buckets),
            money(row.outstanding),
            money(row.unapplied),
            str(row.max_days_overdue),
        )
        for row in group.customers
    ]
    totals = group.totals
    foot = ("Total", "", *map(money, totals.buckets), money(totals.outstanding), money(totals.unapplied), "")
    return Sheet(_title(report, group, "Receivables"), columns, rows, foot, _notes(report, group))


def _items_sheet(report: AgingReport, group: Group) -> Sheet:
    money = _money(group)
    items = group.items or ()
    instalments = any(item.installment for item in items)
    disputed = any(item.disputed == "T" for item in items)
    columns = [
        Column("Invoice", "invoice_id"),
        *([Column("Inst", "installment", align="right")] if instalments else []),
        Column("Customer", "customer_id"),
        Column("Name", "customer_name", flexible=True),
        Column("Dated", "invoice_date"),
        Column("Due", "due_date"),
        Column("Days", "days_overdue", align="right"),
        Column("Bucket", "bucket"),
        Column("Outstanding", "outstanding", money=True),
        *([Column("", "flag")] if disputed else []),
    ]
    titles = dict(zip(report.buckets.keys, report.buckets.titles, strict=True))
    rows = []
    for item in items:
        name = report.names[item.account]
        rows.append(
            (
                item.invoice_id,
                *([str(item.installment or "")] if instalments else []),
                name.customer_id,
                name.customer_name,
                item.invoice_date,
                item.due_date + ("*" if item.flags & 1 else ""),
                str(item.days_overdue),
                titles[report.buckets.name(item.days_overdue)],
                money(item.outstanding_cents),
                *(["disputed" if item.disputed == "T" else ""] if disputed else []),
            )
        )
    foot = ["Total"] + [""] * (len(columns) - 1)
    foot[-2 if disputed else -1] = money((group.shown or group.totals).outstanding)
    notes = _notes(report, group)
    if any(item.flags & 1 for item in items):
        notes = ["* no due date in the ERP: due by the customer's terms", *notes]
    return Sheet(_title(report, group, "Open items"), columns, rows, foot, notes)


def _money(group: Group) -> Callable[[int], str]:
    return lambda cents: format_amount(cents, group.currency)


def _notes(report: AgingReport, group: Group) -> list[str]:
    money = _money(group)
    totals, tie_out = group.totals, group.tie_out
    notes = []
    if group.shown is not None:
        notes.append(
            f"Shown: {_count(group.shown.customers, 'customer')}, {_count(group.shown.open_invoices, 'open invoice')},"
            f" {money(group.shown.outstanding)} of {money(totals.outstanding)} {group.currency} outstanding"
        )
    notes.append(
        f"Net {money(totals.net)} {group.currency} = outstanding {money(totals.outstanding)} − unapplied {money(totals.unapplied)};"
        f" {_count(totals.open_invoices, 'open invoice')}, {_count(totals.customers, 'customer')}"
    )
    if tie_out.ok:
        notes.append(f"Ties out: the documents give {money(tie_out.expected_net)} too")
    else:
        notes.append(
            f"DOES NOT TIE OUT: the documents give {money(tie_out.expected_net)}, the aging {money(tie_out.aged_net)};"
            f" difference {money(tie_out.difference)}"
        )
    if report.control is not None:
        notes += control_lines(report.control, group.currency)
    if group.shown is not None:
        return notes
    return notes + [_remark(remark, group, report.as_of) for remark in group.exceptions]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


_SAID = {
    "over-applied": ("over-applied invoice", "{cents} beyond what was billed"),
    "paid after write-off": ("invoice", "paid after write-off, {cents} without a recovery"),
    "over-applied or over-refunded": ("payment or credit memo", "applied or refunded beyond its amount, by {cents}"),
    "missing due date": ("open item", "without a due date, due by the customer's terms or at once"),
    "due before issued": ("open item", "due before the invoice date"),
    "dated after": ("document", "dated after {as_of}, not in it"),
}


def _remark(remark: Remark, group: Group, as_of: str) -> str:
    cents = "" if remark.cents is None else f"{format_amount(remark.cents, group.currency)} {group.currency}"
    what, said = _SAID[remark.code]
    what = what.replace(" or ", "s or ") if remark.count != 1 else what
    told = f"{_count(remark.count, what)}, {said.format(cents=cents, as_of=as_of)}"
    named = ", ".join(remark.documents[:_EXAMPLES])
    more = f" and {remark.count - _EXAMPLES} more" if remark.count > _EXAMPLES and named else ""
    return f"Note: {told}{': ' if named else ''}{named}{more}"


def _base_lines(report: AgingReport) -> list[str]:
    if len(report.groups) == 1:
        return []
    if report.base is None:
        return [f"No total across currencies: {report.base_reason}"]
    base = report.base
    money = format_amount
    buckets = ", ".join(
        f"{title} {money(cents, base.currency)}"
        for title, cents in zip(report.buckets.titles, base.buckets, strict=True)
    )
    line = (
        f"All in {base.currency}, each document at its own rate: outstanding {money(base.outstanding, base.currency)} ({buckets}),"
        f" unapplied {money(base.unapplied, base.currency)}, net {money(base.net, base.currency)};"
        f" realised FX so far {money(base.realised_fx or 0, base.currency)}"
    )
    return [line]


def _ledger_lines(report: AgingReport) -> list[str]:
    asked = {f"{group.company} {group.currency}" for group in report.groups}
    elsewhere = [name for name in report.failing if name not in asked]
    return [f"DOES NOT TIE OUT elsewhere in the ledger: {', '.join(elsewhere)}"] if elsewhere else []
