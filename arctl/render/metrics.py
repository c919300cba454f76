"""Receivables metrics for people and for programs: figures, the amounts behind them, definitions. Computes none."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TextIO

from arctl.core.buckets import FIVE
from arctl.core.metric_definitions import DEFINITIONS
from arctl.core.metric_report import Amount, Facts, Measure, MetricReport, measures_of, remarks_of
from arctl.core.money import format_amount, format_plain
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet

_NO_NUMBER = "n/a"


def write_json_metrics(report: MetricReport, explained: Sequence[str], stream: TextIO) -> None:
    """The pinned form; several companies or currencies stand under `groups`. `explained` adds `explanations`."""
    head: dict[str, object] = {"as_of": report.as_of}
    tail: dict[str, object] = {"tie_out": {"ok": not report.failing, "failing": list(report.failing)}}
    groups = [_group(facts, explained) for facts in report.groups]
    write_json(head | (groups[0] if len(groups) == 1 else {"groups": groups}) | tail, stream)


def _group(facts: Facts, explained: Sequence[str]) -> dict[str, object]:
    answer: dict[str, object] = {"company": facts.company, "currency": facts.currency}
    measures = measures_of(facts)
    for name in DEFINITIONS:
        parts = [each for each in measures if each.metric == name]
        answer[name] = _value(parts[0]) if not parts[0].part else {each.part: _value(each) for each in parts}
    answer |= {"windows": _windows(facts), "inputs": _inputs(facts), "notes": remarks_of(facts)}
    if explained:
        answer["explanations"] = [_explanation(name, measures) for name in explained]
    return answer


def _value(measure: Measure) -> object:
    return measure.text if measure.text is not None else {"value": None, "reason": measure.figure.reason}


def _windows(facts: Facts) -> dict[str, object]:
    after = timedelta(days=1)
    return {
        "sales": {"from": facts.window_after + after, "to": facts.as_of, "days": facts.window_days},
        "cei": {"from": facts.span_after + after, "to": facts.as_of, "months": facts.span_months},
        "roll_rates": {"from": facts.roll_after + after, "to": facts.as_of},
    }


def _inputs(facts: Facts) -> dict[str, object]:
    """Cents; null where the books begin too late to know."""
    return {
        "outstanding_cents": facts.outstanding,
        "current_cents": facts.closing[0],
        "sales_cents": facts.window_sales,
        "opening_cents": facts.window_opening,
        "written_off_cents": facts.written_off,
        "recovered_cents": facts.recovered,
        "cei_opening_cents": facts.span_opening,
        "cei_sales_cents": facts.span_sales,
        "sales_by_month": [{"from": first, "to": last, "sales_cents": cents} for first, last, cents in facts.months],
        "roll_rates": None
        if facts.rolls is None
        else {
            key: {"opening_cents": opening, "rolled_cents": rolled}
            for key, (opening, rolled) in zip(FIVE.keys, facts.rolls, strict=True)
        },
        "customers": len(facts.customers),
    }


def _explanation(name: str, measures: Sequence[Measure]) -> dict[str, object]:
    definition = DEFINITIONS[name]
    parts = [each for each in measures if each.metric == name]
    return {
        "metric": name,
        "title": definition.title,
        "definition": definition.formula,
        "source": definition.source,
        "inputs": [
            {"label": each.label, "from": each.first, "to": each.last, "cents": each.cents, "shown_by": each.shown_by}
            for each in _amounts(parts)
        ],
        "results": [
            {"part": each.part or None, "title": each.title, "value": each.text, "unit": each.unit,
             "reason": each.figure.reason or None}
            for each in parts
        ],
    }  # fmt: skip


def _amounts(parts: Sequence[Measure]) -> list[Amount]:
    """Everything that went into the parts of a metric, each once."""
    return list(dict.fromkeys(amount for part in parts for amount in part.amounts))


_CSV_COLUMNS = (
    Column("Company", "company"),
    Column("Currency", "currency"),
    Column("Metric", "metric"),
    Column("Part", "part"),
    Column("Value", "value", align="right"),
    Column("Unit", "unit"),
    Column("Reason", "reason"),
)
_CSV_INPUT_COLUMNS = (
    Column("Company", "company"),
    Column("Currency", "currency"),
    Column("Metric", "metric"),
    Column("Input", "input"),
    Column("From", "from"),
    Column("To", "to"),
    Column("Amount", "amount", money=True),
    Column("Shown by", "shown_by"),
)


def write_csv_metrics(report: MetricReport, explained: Sequence[str], stream: TextIO) -> None:
    """A line per figure, or, where some are explained, per amount behind them; amounts in plain units."""
    measured = [(facts, measures_of(facts)) for facts in report.groups]
    if not explained:
        figures = [
            (facts.company, facts.currency, each.metric, each.part, each.text or "", each.unit, each.figure.reason)
            for facts, measures in measured
            for each in measures
        ]
        write_csv(_CSV_COLUMNS, figures, stream)
        return
    amounts = [
        (facts.company, facts.currency, name, each.label, each.first or "", each.last,
         format_plain(each.cents, facts.currency), each.shown_by)
        for facts, measures in measured
        for name in explained
        for each in _amounts([part for part in measures if part.metric == name])
    ]  # fmt: skip
    write_csv(_CSV_INPUT_COLUMNS, amounts, stream)


def write_screen(report: MetricReport, explained: Sequence[str], markdown: bool, stream: TextIO) -> None:
    """For people: a table of figures per company and currency, or a page for each metric explained."""
    write = write_markdown if markdown else write_sheet
    named = {facts.company for facts in report.groups} != {"default"}
    sheets = []
    for facts in report.groups:
        company = f", company {facts.company}" if named else ""
        where = f"as of {facts.as_of}{company}, in {facts.currency}"
        sheets += [_explained_sheet(name, facts, where) for name in explained] or [_figures_sheet(facts, where)]
    for number, sheet in enumerate(sheets):
        if number:
            stream.write("\n")
        write(sheet, stream)


_FIGURE_COLUMNS = (
    Column("Metric", "metric"),
    Column("Value", "value", align="right"),
    Column("Unit", "unit"),
    Column("From", "from", flexible=True),
)


def _figures_sheet(facts: Facts, where: str) -> Sheet:
    rows = [
        (each.title, each.text or _NO_NUMBER, each.unit, _behind(each, facts.currency)) for each in measures_of(facts)
    ]
    after = timedelta(days=1)
    window = f"{facts.window_after + after} to {facts.as_of} ({facts.window_days} days)"
    months = (
        f"CEI: {facts.span_after + after} to {facts.as_of}; roll rates: {facts.roll_after + after} to {facts.as_of}"
    )
    notes = [
        f"DSO, turnover and bad debt: {window}; {months}",
        *remarks_of(facts),
        "How a figure comes about: `arctl metrics --explain NAME`, such as dso, or all",
    ]
    return Sheet(f"Receivables metrics {where}", _FIGURE_COLUMNS, rows, None, notes)


def _behind(measure: Measure, currency: str) -> str:
    """The amounts behind a figure, and why there is none."""
    told = [f"{format_amount(each.cents, currency)} {each.label}" for each in measure.behind]
    return "; ".join([measure.figure.reason, *told] if measure.figure.reason else told)


_INPUT_COLUMNS = (
    Column("Input", "input", flexible=True),
    Column("From", "from"),
    Column("To", "to"),
    Column("Amount", "amount", money=True),
    Column("Shown by", "shown_by"),
)


def _explained_sheet(name: str, facts: Facts, where: str) -> Sheet:
    definition = DEFINITIONS[name]
    parts = [each for each in measures_of(facts) if each.metric == name]
    rows = [
        (
            each.label,
            each.first.isoformat() if each.first else "",
            each.last.isoformat(),
            format_amount(each.cents, facts.currency),
            each.shown_by,
        )
        for each in _amounts(parts)
    ]
    results = [f"{each.title}: {_result(each)}" for each in parts]
    notes = [*results, f"Definition: {definition.formula}", f"Source: {definition.source}", *remarks_of(facts)]
    return Sheet(f"{definition.title}, {where}", _INPUT_COLUMNS, rows, None, notes)


def _result(measure: Measure) -> str:
    if measure.text is None:
        return f"{_NO_NUMBER}, {measure.figure.reason}"
    return f"{measure.text} {measure.unit}"
