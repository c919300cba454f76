"""What the doctor found, a runbook page, and what is acknowledged, for people and for programs. Decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import wrap
from typing import TextIO

from arctl.core.doctor import FURTHER, Acknowledgement, Finding, Page
from arctl.render.tables import Column, Sheet, write_csv, write_for_people, write_json
from arctl.render.text import visible

_FINDINGS = (
    Column("Severity", "severity"),
    Column("Code", "code"),
    Column("Document", "document"),
    Column("What", "message", flexible=True),
    Column("Next", "remedy", flexible=True),
)
_UNTIL = Column("Acknowledged until", "acknowledged_until")
_ACKS = (
    Column("No.", "ack_id", align="right"),
    Column("Code", "code"),
    Column("Document", "document"),
    Column("Until", "until"),
    Column("By", "by"),
    Column("At (UTC)", "at"),
    Column("Reason", "reason", flexible=True),
    Column("What it was about", "message", flexible=True),
)
_WIDTH = 100
_FEW = 3

Acks = Mapping[tuple[str, str], Acknowledgement]


def write_findings(findings: Sequence[Finding], acks: Acks, form: str, stream: TextIO, shorten: bool = False) -> None:
    """A line per finding; nothing at all, or an empty list or a header, where there is none. `form` is table, json, csv or md.

    `shorten` has people read the first of many findings that one command answers; programs are given all.
    """
    if form == "json":
        write_json([_object(each, acks) for each in findings], stream)
    elif form == "csv":
        write_csv((*_FINDINGS, _UNTIL), [(*_cells(each), _until(each, acks)) for each in findings], stream)
    elif findings:
        told = list(_shortened(findings)) if shorten else findings
        until = [_until(each, acks) for each in told]
        columns = (*_FINDINGS, _UNTIL) if any(until) else _FINDINGS
        rows = [[*_cells(each), day][: len(columns)] for each, day in zip(told, until, strict=True)]
        write_for_people(Sheet("", columns, rows), form, stream)


def _shortened(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The first few of each run of findings with one check and one next command, then how many more."""
    for (code, severity, _), group in groupby(findings, key=lambda each: (each.code, each.severity, each.remedy)):
        alike = list(group)
        if len(alike) <= _FEW + 2:
            yield from alike
            continue
        yield from alike[:_FEW]
        message = f"{len(alike) - _FEW} more, to {alike[-1].document}, for the same next command"
        yield Finding(code, severity, FURTHER, message, f"arctl doctor --check {code}")


def counted(findings: Sequence[Finding]) -> str:
    """How many of each severity, in words."""
    counts: dict[str, int] = {}
    for each in findings:
        counts[each.severity.value] = counts.get(each.severity.value, 0) + 1
    return ", ".join(f"{count} {name}{'' if count == 1 or name == 'info' else 's'}" for name, count in counts.items())


def _object(finding: Finding, acks: Acks) -> dict[str, object]:
    told: dict[str, object] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "document": finding.document,
        "message": finding.message,
        "remedy": finding.remedy,
    }
    ack = acks.get((finding.code, finding.document))
    return told if ack is None else told | {"acknowledged_until": ack.until_day, "acknowledged_reason": ack.reason}


def _cells(finding: Finding) -> list[str]:
    return [finding.severity.value, finding.code, finding.document, finding.message, finding.remedy]


def _until(finding: Finding, acks: Acks) -> str:
    ack = acks.get((finding.code, finding.document))
    return "" if ack is None else ack.until_day


def write_acknowledgements(acks: Sequence[Acknowledgement], form: str, stream: TextIO) -> None:
    """A line per acknowledgement, in the order in which they were made."""
    if form == "json":
        write_json([acknowledged(each) for each in acks], stream)
        return
    rows = [
        [
            str(each.ack_id),
            each.code,
            each.document,
            each.until_day,
            each.acked_by,
            each.acked_at,
            each.reason,
            each.message,
        ]
        for each in acks
    ]
    if form == "csv":
        write_csv(_ACKS, rows, stream)
    else:
        write_for_people(Sheet("", _ACKS, rows), form, stream)


def acknowledged(ack: Acknowledgement) -> dict[str, object]:
    """One acknowledgement for programs."""
    return {
        "id": ack.ack_id, "status": "acknowledged", "code": ack.code, "document": ack.document, "until": ack.until_day,
        "reason": ack.reason, "message": ack.message, "on": ack.acked_on, "at": ack.acked_at, "by": ack.acked_by,
        "os_user": ack.os_user,
    }  # fmt: skip


def write_acknowledged(ack: Acknowledgement, as_json: bool, stream: TextIO) -> None:
    """The acknowledgement that was just made."""
    if as_json:
        write_json(acknowledged(ack), stream)
    else:
        stream.write(visible(f"{ack.code} is quiet about {ack.document} up to {ack.until_day}: {ack.message}") + "\n")


def write_page(code: str, page: Page, form: str, stream: TextIO) -> None:
    """A runbook page: JSON as it is, Markdown as a section, else plain text of a width that can be read."""
    if form == "json":
        write_json(_page_object(code, page), stream)
    elif form == "md":
        stream.write(markdown(code, page))
    else:
        stream.write(_plain(code, page))


def _page_object(code: str, page: Page) -> dict[str, object]:
    return {
        "code": code, "title": page.title, "looks_for": page.looks_for, "matters": page.matters, "severity": page.severity,
        "causes": list(page.causes), "steps": list(page.steps), "limits": page.limits,
    }  # fmt: skip


def _parts(page: Page) -> list[tuple[str, Sequence[str]]]:
    """The parts of a page in order: one text stands as a paragraph, several as a list."""
    parts: list[tuple[str, Sequence[str]]] = [
        ("What it looks for", (page.looks_for,)),
        ("Why it matters", (page.matters,)),
        ("Severity", (page.severity,)),
        ("What is usually behind it", page.causes),
        ("What to do", page.steps),
    ]
    return [*parts, ("What it does not see", (page.limits,))] if page.limits else parts


def _plain(code: str, page: Page) -> str:
    lines = [f"{code}: {page.title}", ""]
    for title, texts in _parts(page):
        lines.append(title)
        for text in texts:
            mark = "- " if title.startswith("What is usually") or title == "What to do" else ""
            lines += wrap(
                text, _WIDTH, initial_indent=f"  {mark}", subsequent_indent=" " * (2 + len(mark)),
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def markdown(code: str, page: Page) -> str:
    """A page as a section of a document."""
    lines = [f"### `{code}`", "", f"{page.title}.", ""]
    for title, texts in _parts(page):
        if title.startswith("What is usually") or title == "What to do":
            lines += [f"{title}:", "", *(f"- {text}" for text in texts), ""]
        else:
            lines += [f"*{title}.* {text}{'' if text.endswith('.') else '.'}\n" for text in texts]
    return "\n".join(lines).rstrip("\n") + "\n"
