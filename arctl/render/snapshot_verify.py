"""The verdict on month-end evidence, for people and for programs."""

from collections.abc import Sequence
from typing import TextIO

from arctl.core.evidence import CurrencyDifference, Verdict
from arctl.core.money import format_amount, format_plain
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet
from arctl.render.text import visible

_COLUMNS = (
    Column("Document", "document"),
    Column("Change", "change", flexible=True),
    Column("Currency", "currency"),
    Column("Net", "cents", money=True),
    Column("Open invoices", "open_cents", money=True),
    Column("Unapplied", "unapplied_cents", money=True),
)
_CSV = (Column("Date", "snapshot_date"), Column("Revision", "revision", align="right"), *_COLUMNS)


def verdict_json(verdict: Verdict) -> dict[str, object]:
    """The pinned form."""
    return {
        "snapshot_date": verdict.set.snapshot_date,
        "company": verdict.set.company,
        "revision": verdict.set.revision,
        "reperformed": verdict.reperformed,
        "content_hash": verdict.set.content_hash,
        "rebuilt_hash": verdict.rebuilt_hash,
        "logic_changed": verdict.logic_hash != verdict.set.logic_hash,
        "drift": [
            {
                "document": each.document,
                "change": each.change,
                "cents": each.cents,
                "open_cents": each.open_cents,
                "unapplied_cents": each.unapplied_cents,
                "currency": each.currency,
            }
            for each in verdict.drift
        ],
        "differences": [
            {
                "currency": each.currency,
                "net_cents": each.net,
                "outstanding_cents": each.outstanding,
                "unapplied_cents": each.unapplied,
                "unexplained_cents": each.unexplained,
            }
            for each in verdict.differences
        ],
        "explained": verdict.explained,
    }


def write_verdicts_json(verdicts: Sequence[Verdict], several: bool, stream: TextIO) -> None:
    """One verdict as it is, several under `sets` with an overall `reperformed`."""
    if not several:
        write_json(verdict_json(verdicts[0]), stream)
        return
    answer = {
        "reperformed": all(each.reperformed for each in verdicts),
        "sets": [verdict_json(each) for each in verdicts],
    }
    write_json(answer, stream)


def write_verdicts_csv(verdicts: Sequence[Verdict], stream: TextIO) -> None:
    """Every drift a line, amounts plain."""
    rows = [
        (
            verdict.set.snapshot_date, verdict.set.revision, each.document, each.change, each.currency,
            *(format_plain(cents, each.currency) for cents in (each.cents, each.open_cents, each.unapplied_cents)),
        )
        for verdict in verdicts
        for each in verdict.drift
    ]  # fmt: skip
    write_csv(_CSV, rows, stream)


def write_verdicts(verdicts: Sequence[Verdict], markdown: bool, stream: TextIO) -> None:
    """For people: whether it holds, then what was learnt since."""
    write = write_markdown if markdown else write_sheet
    for number, verdict in enumerate(verdicts):
        if number:
            stream.write("\n")
        if verdict.drift:
            write(_sheet(verdict), stream)
        else:
            stream.writelines(f"{line}\n" for line in (_title(verdict), *_notes(verdict)))


def _title(verdict: Verdict) -> str:
    row = verdict.set
    named = f", company {visible(row.company)}" if row.company != "default" else ""
    holds = "holds: rebuilt from row history to the same bytes" if verdict.reperformed else "DOES NOT HOLD"
    return f"Evidence of {row.snapshot_date}{named}, revision {row.revision}, {holds}"


def _sheet(verdict: Verdict) -> Sheet:
    rows = [
        (
            each.document, each.change, each.currency,
            *(format_amount(cents, each.currency) for cents in (each.cents, each.open_cents, each.unapplied_cents)),
        )
        for each in verdict.drift
    ]  # fmt: skip
    return Sheet(_title(verdict), _COLUMNS, rows, None, _notes(verdict))


def _notes(verdict: Verdict) -> list[str]:
    row, said = verdict.set, []
    if not verdict.reperformed:
        said += [f"Noted   {row.content_hash}", f"Rebuilt {verdict.rebuilt_hash}"]
    else:
        said.append(
            f"Content {row.content_hash}, {row.lines} open items and {row.credit_lines} credits as known at batch {row.batch}"
        )
    if verdict.logic_hash != row.logic_hash:
        said.append(
            "The logic has changed since (statements, edges, version of the rules or policy): its hash is another"
        )
    if not verdict.drift:
        said.append("Nothing that was learnt since changes that day")
    said += [_difference(each) for each in verdict.differences if verdict.drift or each.unexplained]
    return said


def _difference(each: CurrencyDifference) -> str:
    def money(cents: int) -> str:
        return format_amount(cents, each.currency)

    rest = "which the documents above explain to the cent"
    if each.unexplained:
        rest = f"of which {money(each.unexplained)} is NOT explained by the documents above"
    moved = f"outstanding {money(each.outstanding)}, unapplied {money(each.unapplied)}"
    return f"By today's knowledge net {each.currency} differs by {money(each.net)} ({moved}), {rest}"
