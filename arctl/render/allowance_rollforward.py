"""The allowance rolled forward and the journal entry to book, for people, for programs and for an ERP's import."""

from collections.abc import Sequence
from typing import TextIO

from arctl.core.allowance_rollforward import AllowanceRoll, JournalLine, RollReport
from arctl.core.money import format_amount, format_plain
from arctl.render.allowance import grouped, place, policy_notes, write_sheets
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json

_JOURNAL_COLUMNS = (
    Column("External ID", "External ID"),
    Column("Date", "Date"),
    Column("Subsidiary", "Subsidiary", flexible=True),
    Column("Currency", "Currency"),
    Column("Account", "Account", flexible=True),
    Column("Debit", "Debit", money=True),
    Column("Credit", "Credit", money=True),
    Column("Memo", "Memo", flexible=True),
)
"""As NetSuite's import of journal entries calls them; other ERPs map the same columns."""
_ROLL_COLUMNS = (
    Column("Company", "company"),
    Column("Currency", "currency"),
    Column("Heading", "heading"),
    Column("Amount", "amount", money=True),
)


def write_rollforward(report: RollReport, form: str, stream: TextIO) -> None:
    """The answer of `allowance rollforward` as table, json, csv or md."""
    if form == "json":
        head: dict[str, object] = {"from": report.first, "to": report.second}
        forms = [_form(roll, entry) for roll, entry in zip(report.rolls, report.entries, strict=True)]
        write_json(grouped(head, forms, {}) | {"tie_out": {"ok": not report.untied, "failing": report.untied}}, stream)
    elif form == "csv":
        rows = [
            (roll.company, roll.currency, heading, format_plain(cents, roll.currency))
            for roll in report.rolls
            for heading, cents in _lines(roll)
        ]
        write_csv(_ROLL_COLUMNS, rows, stream)
    else:
        sheets: list[Sheet] = []
        for at, roll in enumerate(report.rolls):
            sheets.append(_roll_sheet(report, at))
            sheets.append(_journal_sheet(report.entries[at], roll.currency))
        write_sheets(sheets, form == "md", stream)


def _journal_sheet(entry: Sequence[JournalLine], currency: str) -> Sheet:
    if not entry:
        return Sheet("", (Column("Journal entry", "entry"),), [(f"none: there is nothing to book in {currency}",)])
    rows = [_journal_row(line, plain=False)[4:] for line in entry]
    return Sheet(f"Journal entry {entry[0].external_id}", _JOURNAL_COLUMNS[4:], rows)


def write_journal(entries: Sequence[Sequence[JournalLine]], stream: TextIO) -> None:
    """The journal entries as a CSV file for an ERP's import: plain amounts, two lines to an entry."""
    write_csv(_JOURNAL_COLUMNS, [_journal_row(line, plain=True) for entry in entries for line in entry], stream)


def _journal_row(line: JournalLine, plain: bool) -> tuple[str, ...]:
    money = format_plain if plain else format_amount
    debit, credit = (money(cents, line.currency) if cents else "" for cents in (line.debit, line.credit))
    return line.external_id, line.date, line.company, line.currency, line.account, debit, credit, line.memo


def _lines(roll: AllowanceRoll) -> list[tuple[str, int]]:
    """Every heading, signed as it moves the allowance (a credit balance is above zero)."""
    return [
        ("opening", roll.opening),
        ("write-offs", -roll.write_offs),
        ("recoveries", roll.recoveries),
        ("other", roll.other),
        ("before adjustment", roll.unadjusted),
        ("provision", roll.provision),
        ("closing", roll.closing),
    ]


def _roll_sheet(report: RollReport, at: int) -> Sheet:
    roll, policy = report.rolls[at], report.policies[at]
    where = place(roll.company, roll.currency, [each.company for each in report.rolls])
    lines = [(name, format_amount(cents, roll.currency)) for name, cents in _lines(roll)]
    opening = "as booked" if roll.opening_version is None else f"as required by policy version {roll.opening_version}"
    notes = [f"Opening: {opening}; a debit balance is below zero"]
    if roll.provision < 0:
        notes.append("The provision is below zero: allowance is released to income")
    columns = (Column("Allowance", "heading"), Column("Amount", "amount", money=True))
    title = f"Allowance for doubtful accounts from {report.first} to {report.second}{where}"
    return Sheet(title, columns, lines[:-1], lines[-1], [*notes, *policy_notes(policy, report.second)])


def _form(roll: AllowanceRoll, entry: Sequence[JournalLine]) -> dict[str, object]:
    return {
        "company": roll.company,
        "currency": roll.currency,
        "opening_cents": roll.opening,
        "opening_source": "booked" if roll.opening_version is None else "policy",
        "opening_version": roll.opening_version,
        "write_offs_cents": roll.write_offs,
        "recoveries_cents": roll.recoveries,
        "other_cents": roll.other,
        "unadjusted_cents": roll.unadjusted,
        "provision_cents": roll.provision,
        "closing_cents": roll.closing,
        "closing_version": roll.closing_version,
        "journal": [
            {
                "external_id": line.external_id,
                "date": line.date,
                "account": line.account,
                "debit_cents": line.debit,
                "credit_cents": line.credit,
                "memo": line.memo,
            }
            for line in entry
        ],
    }
