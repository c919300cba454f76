"""The required allowance and the methods side by side, for people and for programs. Computes nothing."""

from collections.abc import Callable
from typing import TextIO

from arctl.core.allowance import Method, percent_text, percentages, share_text, terms_facts, terms_line
from arctl.core.allowance_report import (
    Comparison,
    ComparisonReport,
    CustomerLoss,
    Estimate,
    EstimateReport,
    MethodResult,
)
from arctl.core.buckets import FIVE
from arctl.core.money import format_amount, format_plain
from arctl.render.allowance import grouped, place, policy_form, policy_notes, write_sheets
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json

_COLUMNS = (
    Column("Customer", "customer_id"),
    Column("Name", "customer_name", flexible=True),
    *(Column(title, key, money=True) for key, title in zip(FIVE.keys, FIVE.titles, strict=True)),
    Column("Outstanding", "total_outstanding", money=True),
    Column("Unapplied", "unapplied", money=True),
    Column("Expected loss", "estimated_bad_debt", money=True),
    Column("%", "bad_debt_percentage", align="right"),
)
_CSV_COLUMNS = (
    *_COLUMNS,
    Column("Currency", "currency"),
    Column("Company", "company"),
    Column("Version", "version", align="right"),
)


def write_estimate(report: EstimateReport, form: str, stream: TextIO) -> None:
    """The answer of `allowance estimate` as table, json, csv or md."""
    if form == "json":
        _write_json_estimate(report, stream)
    elif form == "csv":
        rows = [
            (*_row(each, row, format_plain), each.currency, each.company, str(each.policy.version))
            for each in report.estimates
            for row in each.customers
        ]
        write_csv(_CSV_COLUMNS, rows, stream)
    else:
        write_sheets([_sheet(report, each) for each in report.estimates], form == "md", stream)


def _write_json_estimate(report: EstimateReport, stream: TextIO) -> None:
    methods = {each.policy.terms.method for each in report.estimates}
    versions = {each.policy.version for each in report.estimates}
    several: dict[str, object] = {
        "method": methods.pop() if len(methods) == 1 else None,
        "version": versions.pop() if len(versions) == 1 else None,
        "estimated_bad_debt_cents": None,  # companies and currencies are never added up
    }
    head: dict[str, object] = {"as_of": report.as_of}
    answer = grouped(head, [_form(each) for each in report.estimates], several)
    write_json(answer | {"tie_out": {"ok": not report.untied, "failing": list(report.untied)}}, stream)


def _form(each: Estimate) -> dict[str, object]:
    return {
        "company": each.company,
        "currency": each.currency,
        "method": each.policy.terms.method,
        "version": each.policy.version,
        "in_force": each.in_force,
        "policy": policy_form(each.policy),
        **{f"{key}_cents": cents for key, cents in zip(FIVE.keys, each.buckets, strict=True)},
        "total_outstanding_cents": each.outstanding,
        "unapplied_cents": each.unapplied,
        "estimated_bad_debt_cents": each.estimated,
        "bad_debt_percentage": share_text(each.estimated, each.outstanding),
        "customers": [_customer_form(row) for row in each.customers],
    }


def _customer_form(row: CustomerLoss) -> dict[str, object]:
    return {
        "customer_id": row.customer_id,
        "customer_name": row.customer_name,
        **{f"{key}_cents": cents for key, cents in zip(FIVE.keys, row.buckets, strict=True)},
        "total_outstanding_cents": row.outstanding,
        "unapplied_cents": row.unapplied,
        "estimated_bad_debt_cents": row.estimated,
    }


def _row(each: Estimate, row: CustomerLoss, money: Callable[[int, str], str]) -> tuple[str, ...]:
    amounts = (*row.buckets, row.outstanding, row.unapplied, row.estimated)
    return (
        row.customer_id,
        row.customer_name,
        *(money(cents, each.currency) for cents in amounts),
        share_text(row.estimated, row.outstanding),
    )


def _sheet(report: EstimateReport, each: Estimate) -> Sheet:
    where = place(each.company, each.currency, [group.company for group in report.estimates])
    total = CustomerLoss("Total", "", each.buckets, each.outstanding, each.unapplied, each.estimated)
    rates = [f"{percent_text(bp)} %" for bp in percentages(each.policy.terms)]
    lines = [_row(each, row, format_amount) for row in each.customers]
    if each.customers:
        lines.append(("", "percentages", *rates, "", "", "", ""))
    return Sheet(
        f"Required allowance as of {report.as_of}{where}",
        _COLUMNS,
        lines,
        _row(each, total, format_amount),
        policy_notes(each.policy, report.as_of, each.in_force),
    )


_METHOD_COLUMNS = (
    Column("Method", "method"),
    Column("Percentages", "percentages", flexible=True),
    Column("From", "source", flexible=True),
    Column("Expected loss", "estimated_bad_debt", money=True),
    Column("% of AR", "bad_debt_percentage", align="right"),
    Column("Against the policy", "difference", money=True),
)
_METHOD_CSV_COLUMNS = (*_METHOD_COLUMNS, Column("Currency", "currency"), Column("Company", "company"))


def write_comparison(report: ComparisonReport, customers: bool, form: str, stream: TextIO) -> None:
    """The answer of `allowance compare`; with `customers`, each one's expected loss by every method too."""
    if form == "json":
        head: dict[str, object] = {"as_of": report.as_of}
        answer = grouped(head, [_comparison_form(each, customers) for each in report.comparisons], {})
        write_json(answer | {"tie_out": {"ok": not report.untied, "failing": list(report.untied)}}, stream)
    elif form == "csv" and customers:
        rows = [
            (*line, each.currency, each.company)
            for each in report.comparisons
            for line in _customer_lines(each, format_plain)
        ]
        write_csv((*_customer_columns(), Column("Currency", "currency"), Column("Company", "company")), rows, stream)
    elif form == "csv":
        rows = [
            (*_method_row(each, result, format_plain), each.currency, each.company)
            for each in report.comparisons
            for result in each.results
        ]
        write_csv(_METHOD_CSV_COLUMNS, rows, stream)
    else:
        sheets = []
        for each in report.comparisons:
            where = place(each.company, each.currency, [other.company for other in report.comparisons])
            sheets.append(_comparison_sheet(report, each, where))
            if customers:
                columns, lines = _customer_columns(), _customer_lines(each, format_amount)
                sheets.append(Sheet("Expected loss by customer", columns, lines))
        write_sheets(sheets, form == "md", stream)


def _comparison_sheet(report: ComparisonReport, each: Comparison, where: str) -> Sheet:
    notes = [f"Outstanding {format_amount(each.outstanding, each.currency)}"]
    if each.policy is None:
        notes.append(f"No approved policy is in force on {report.as_of}")
    else:
        notes += policy_notes(each.policy, report.as_of)
    rows = [_method_row(each, result, format_amount) for result in each.results]
    return Sheet(f"Allowance methods as of {report.as_of}{where}", _METHOD_COLUMNS, rows, None, notes)


def _method_row(each: Comparison, result: MethodResult, money: Callable[[int, str], str]) -> tuple[str, ...]:
    if result.terms is None or result.estimated is None:
        return result.method, "n/a", result.reason, "", "", ""
    difference = "" if each.chosen is None else money(result.estimated - each.chosen, each.currency)
    return (
        result.method,
        terms_line(result.terms),
        result.source,
        money(result.estimated, each.currency),
        share_text(result.estimated, each.outstanding),
        difference,
    )


def _comparison_form(each: Comparison, customers: bool) -> dict[str, object]:
    form: dict[str, object] = {
        "company": each.company,
        "currency": each.currency,
        "total_outstanding_cents": each.outstanding,
        "policy": policy_form(each.policy) if each.policy else None,
        "methods": [
            {
                "method": result.method,
                "percentages": terms_facts(result.terms) if result.terms else None,
                "source": result.source or None,
                "estimated_bad_debt_cents": result.estimated,
                "bad_debt_percentage": None
                if result.estimated is None
                else share_text(result.estimated, each.outstanding),
                "difference_cents": None
                if result.estimated is None or each.chosen is None
                else result.estimated - each.chosen,
                "reason": result.reason or None,
            }
            for result in each.results
        ],
    }
    if customers:
        form["customers"] = [
            {
                "customer_id": row.customer_id,
                "customer_name": row.customer_name,
                "total_outstanding_cents": row.outstanding,
                **{result.method: result.by_customer[at] if result.terms else None for result in each.results},
            }
            for at, row in enumerate(each.customers)
        ]
    return form


def _customer_columns() -> tuple[Column, ...]:
    return (
        Column("Customer", "customer_id"),
        Column("Name", "customer_name", flexible=True),
        Column("Outstanding", "total_outstanding", money=True),
        *(Column(method, method, money=True) for method in Method),
    )


def _customer_lines(each: Comparison, money: Callable[[int, str], str]) -> list[tuple[str, ...]]:
    return [
        (
            row.customer_id,
            row.customer_name,
            money(row.outstanding, each.currency),
            *(money(result.by_customer[at], each.currency) if result.terms else "n/a" for result in each.results),
        )
        for at, row in enumerate(each.customers)
    ]
