"""The write-off rate of a window and an allowance in hindsight, for people and for programs. Computes nothing."""

from collections.abc import Callable, Sequence
from typing import TextIO

from arctl.core.allowance import percent_text, share_text
from arctl.core.allowance_history import CustomerHindsight, Derived, Hindsight, HindsightReport
from arctl.core.money import format_amount, format_plain
from arctl.render.allowance import grouped, place, policy_form, policy_notes, write_sheets
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json

_INPUT_COLUMNS = (
    Column("Input", "input"),
    Column("Documents", "documents", align="right"),
    Column("Amount", "amount", money=True),
)
_INPUT_CSV_COLUMNS = (Column("Company", "company"), Column("Currency", "currency"), *_INPUT_COLUMNS)


def write_derived(found: Sequence[Derived], as_of: str, months: int, form: str, stream: TextIO) -> None:
    """The answer of `allowance derive-rate` as table, json, csv or md."""
    if form == "json":
        write_json(grouped({"as_of": as_of}, [_derived_form(each, months) for each in found], {}), stream)
    elif form == "csv":
        rows = [
            (each.history.company, each.history.currency, *line)
            for each in found
            for line in [*_inputs(each, format_plain), ("rate %", "", _rate(each))]
        ]
        write_csv(_INPUT_CSV_COLUMNS, rows, stream)
    else:
        names = [each.history.company for each in found]
        write_sheets([_derived_sheet(each, names) for each in found], form == "md", stream)


def _derived_form(each: Derived, months: int) -> dict[str, object]:
    history, policy = each.history, each.policy
    return {
        "company": history.company,
        **history.inputs(months),
        "rate_pct": None if history.rate_bp is None else percent_text(history.rate_bp),
        "reason": history.why_none or None,
        "version": policy.version if policy else None,
        "status": "draft" if policy else None,
    }


def _inputs(each: Derived, money: Callable[[int, str], str]) -> list[tuple[str, str, str]]:
    history = each.history
    lines = [
        ("write-offs", history.write_offs.documents, history.write_offs.cents),
        ("recoveries", history.recoveries.documents, -history.recoveries.cents),
        ("net write-offs", None, history.net_write_offs),
        ("invoices", history.invoices.documents, history.invoices.cents),
        ("credit memos", history.credit_memos.documents, -history.credit_memos.cents),
        ("credit sales", None, history.credit_sales),
    ]
    return [
        (name, "" if documents is None else str(documents), money(cents, history.currency))
        for name, documents, cents in lines
    ]


def _rate(each: Derived) -> str:
    return "n/a" if each.history.rate_bp is None else percent_text(each.history.rate_bp)


def _derived_sheet(each: Derived, companies: Sequence[str]) -> Sheet:
    history, policy = each.history, each.policy
    notes = (
        [history.why_none]
        if history.why_none
        else ["Net write-offs ÷ credit sales, half up to a hundredth of a per cent"]
    )
    if not history.why_none and history.net_write_offs < 0:
        notes.append("More was recovered than written off: the rate is 0")
    if policy is not None:
        notes.append(f"Of {history.currency} alone; --currency CODE derives from another")
        notes.append(
            f"Staged as draft version {policy.version}, {policy.name}; next: arctl allowance submit {policy.version}"
        )
    where = place(history.company, history.currency, companies)
    title = f"Write-off rate from {history.first} to {history.until}{where}"
    rate = _rate(each)
    return Sheet(
        title, _INPUT_COLUMNS, _inputs(each, format_amount), ("rate", "", rate if rate == "n/a" else f"{rate} %"), notes
    )


_HINDSIGHT_COLUMNS = (
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    Column("Allowance", "allowance", money=True),
    Column("Written off", "written_off", money=True),
    Column("Recovered", "recovered", money=True),
    Column("Lost", "lost", money=True),
    Column("Over (under)", "over", money=True),
    Column("Lost %", "lost_pct", align="right"),
)
_HINDSIGHT_CSV_COLUMNS = (*_HINDSIGHT_COLUMNS, Column("Currency", "currency"), Column("Company", "company"))


def write_lookback(report: HindsightReport, form: str, stream: TextIO) -> None:
    """The answer of `allowance lookback` as table, json, csv or md."""
    if form == "json":
        head: dict[str, object] = {"as_of": report.as_of, "until": report.until}
        forms = [
            {**_hindsight_form(group), "policy": policy_form(policy)}
            for group, policy in zip(report.groups, report.policies, strict=True)
        ]
        write_json(grouped(head, forms, {}) | {"tie_out": {"ok": not report.untied, "failing": report.untied}}, stream)
    elif form == "csv":
        rows = [
            (*_hindsight_row(group, row, format_plain), group.currency, group.company)
            for group in report.groups
            for row in group.customers
        ]
        write_csv(_HINDSIGHT_CSV_COLUMNS, rows, stream)
    else:
        sheets = []
        for group, policy in zip(report.groups, report.policies, strict=True):
            where = place(group.company, group.currency, [each.company for each in report.groups])
            title = f"Allowance as of {report.as_of} against losses up to {report.until}{where}"
            total = group.total._replace(customer_id="Total")
            notes = [
                "Lost: written off of the invoices then open, less what of it was recovered",
                *policy_notes(policy, report.as_of),
            ]
            rows = [_hindsight_row(group, row, format_amount) for row in group.customers]
            foot = _hindsight_row(group, total, format_amount)
            sheets.append(Sheet(title, _HINDSIGHT_COLUMNS, rows, foot, notes))
        write_sheets(sheets, form == "md", stream)


def _hindsight_row(group: Hindsight, row: CustomerHindsight, money: Callable[[int, str], str]) -> tuple[str, ...]:
    amounts = (row.allowance, row.written_off, row.recovered, row.lost, row.over)
    share = share_text(row.lost, row.allowance) if row.allowance else "n/a" if row.lost else "0.00"
    return row.customer_id, row.customer_name, *(money(cents, group.currency) for cents in amounts), share


def _hindsight_form(group: Hindsight) -> dict[str, object]:
    return {
        "company": group.company,
        "currency": group.currency,
        "version": group.version,
        **_amounts(group.total),
        "customers": [
            {"customer_id": row.customer_id, "customer_name": row.customer_name, **_amounts(row)}
            for row in group.customers
        ],
    }


def _amounts(row: CustomerHindsight) -> dict[str, object]:
    return {
        "allowance_cents": row.allowance,
        "written_off_cents": row.written_off,
        "recovered_cents": row.recovered,
        "lost_cents": row.lost,
        "over_cents": row.over,
        "lost_pct": share_text(row.lost, row.allowance) if row.allowance else None,
    }
