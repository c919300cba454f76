"""Events, the verdict on their chain and what a tick did, for people and for programs. Decides nothing."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

from arctl.core.events import ChainVerdict, Event, Listing
from arctl.core.money import format_amount
from arctl.core.tick import CompanyTick
from arctl.render.sheet import Column, Sheet
from arctl.render.tables import write_csv, write_json, write_markdown, write_sheet

Sheets = Callable[[Sheet, TextIO], None]

_COLUMNS = (
    Column("Seq", "seq", align="right"),
    Column("Recorded (UTC)", "recorded_at"),
    Column("Date", "occurred_on"),
    Column("Event", "event_type"),
    Column("Of", "entity_id"),
    Column("Company", "company"),
    Column("By", "actor"),
    Column("What", "payload", flexible=True),
)
_FIELDS = (
    Column("Seq", "seq", align="right"),
    *(Column(name, name) for name in ("event_type", "company", *Event._fields[3:])),
)


def write_listing(listing: Listing, markdown: bool, stream: TextIO) -> None:
    """For people: one line per event, without the hashes."""
    rows = [
        (
            str(event.seq), event.recorded_at, event.occurred_on, event.event_type, event.entity_id, _company(listing, event),
            event.actor, _told(_payload(event)),
        )
        for event in listing.events
    ]  # fmt: skip
    _sheets(markdown)(Sheet("", _COLUMNS, rows), stream)


def write_csv_listing(listing: Listing, stream: TextIO) -> None:
    """Every field of every event."""
    rows = ((event.seq, event.event_type, _company(listing, event), *event[3:]) for event in listing.events)
    write_csv(_FIELDS, rows, stream)


def write_json_listing(listing: Listing, stream: TextIO) -> None:
    """Every field of every event, the payload as an object, the company by its name."""
    write_json([_object(listing, event) for event in listing.events], stream)


def _object(listing: Listing, event: Event) -> dict[str, object]:
    fields: dict[str, object] = event._asdict()
    del fields["payload_json"], fields["company_id"]
    return fields | {"company": _company(listing, event) or None, "payload": _payload(event)}


def _company(listing: Listing, event: Event) -> str:
    return "" if event.company_id is None else listing.companies.get(event.company_id, f"? {event.company_id}")


def _payload(event: Event) -> object:
    """What the event tells; the text as it stands where somebody made it unreadable, which is for `verify` to say."""
    try:
        return json.loads(event.payload_json)
    except ValueError:
        return event.payload_json


def _told(payload: object) -> str:
    if not isinstance(payload, dict):
        return str(payload)
    currency = payload.get("currency")
    shown = {name: value for name, value in payload.items() if isinstance(value, str | int) and not _is_hash(value)}
    return ", ".join(_pair(name, value, str(currency or "")) for name, value in shown.items())


def _is_hash(value: str | int) -> bool:
    """Hashes, and lists beside single values, are for programs: `--format json` has them."""
    return isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")


def _pair(name: str, value: object, currency: str) -> str:
    if currency and name.endswith("_cents") and isinstance(value, int):
        return f"{name.removesuffix('_cents')} {format_amount(value, currency)}"
    return f"{name} {value if isinstance(value, (str, int)) else json.dumps(value, ensure_ascii=False)}"


_FLAW_COLUMNS = (Column("Event", "seq", align="right"), Column("Finding", "kind"), Column("What", "message"))


def write_verdict(verdict: ChainVerdict, markdown: bool, stream: TextIO) -> None:
    """For people: how many events, their head as one notes it, and what is wrong."""
    if verdict.findings:
        _sheets(markdown)(Sheet("", _FLAW_COLUMNS, _flaws(verdict)), stream)
        stream.write("\n")
    stands = "" if verdict.findings else ", each as it was recorded"
    stream.write(f"{verdict.events} event{'' if verdict.events == 1 else 's'}{stands}\nhead {verdict.head}\n")


def write_csv_verdict(verdict: ChainVerdict, stream: TextIO) -> None:
    """The findings."""
    write_csv(_FLAW_COLUMNS, _flaws(verdict), stream)


def write_json_verdict(verdict: ChainVerdict, stream: TextIO) -> None:
    """The pinned form."""
    answer = {
        "events": verdict.events,
        "head_seq": verdict.head_seq,
        "head_hash": verdict.head_hash,
        "ok": verdict.ok,
        "findings": [{"seq": flaw.seq, "kind": flaw.kind, "message": flaw.message} for flaw in verdict.findings],
    }
    write_json(answer, stream)


def _flaws(verdict: ChainVerdict) -> list[tuple[str, str, str]]:
    return [(str(flaw.seq), flaw.kind, flaw.message) for flaw in verdict.findings]


_TICK_COLUMNS = (
    Column("Company", "company"),
    Column("From", "from"),
    Column("To", "to"),
    Column("Moved", "moved", align="right"),
    Column("Status", "status"),
)


def write_ticks(ticks: Sequence[CompanyTick], markdown: bool, stream: TextIO) -> None:
    """For people: a line per company."""
    _sheets(markdown)(Sheet("", _TICK_COLUMNS, [_tick(each) for each in ticks]), stream)


def write_csv_ticks(ticks: Sequence[CompanyTick], stream: TextIO) -> None:
    """A line per company."""
    write_csv(_TICK_COLUMNS, [_tick(each) for each in ticks], stream)


def write_json_ticks(ticks: Sequence[CompanyTick], stream: TextIO) -> None:
    """An object per company; a date that there is none of is null."""
    answer = [
        {"company": each.company, "from": each.since, "to": each.until, "moved": each.moved, "status": each.status}
        for each in ticks
    ]
    write_json(answer, stream)


def _tick(each: CompanyTick) -> tuple[str, ...]:
    since, until = (day.isoformat() if day else "" for day in (each.since, each.until))
    return (each.company, since, until, str(each.moved), each.status)


def write_lines(lines: Iterable[str], stream: TextIO) -> None:
    """An export, line by line."""
    stream.writelines(lines)


def _sheets(markdown: bool) -> Sheets:
    return write_markdown if markdown else write_sheet
