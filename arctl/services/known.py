"""Limiting an answer to what the mirror held at an earlier time: which batch is meant, and recalling it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arctl.core.dates import parse_iso
from arctl.errors import Refused, UnknownId, UsageError
from arctl.store import known
from arctl.store.ledger import Ledger

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?")


def recall(ledger: Ledger, text: str, time_zone: str) -> int:
    """Make the ledger answer by what it knew at `text`: a batch number, a date (the end of that day in the time zone) or a time.

    Returns the batch. Raises UsageError (unreadable), UnknownId (no such batch), Refused (before the first sync).
    """
    batch = _batch(ledger, text, time_zone)
    known.recall(ledger.connection, ledger.tenant_id, batch)
    return batch


def _batch(ledger: Ledger, text: str, time_zone: str) -> int:
    span = known.batch_range(ledger.connection, ledger.tenant_id)
    if span is None:
        raise Refused("nothing has been synced yet, so nothing was known", "run `arctl sync --from FOLDER` first")
    first, last = span
    if text.isascii() and text.isdigit():
        batch = int(text)
        if batch > last:
            raise UnknownId(f"there is no sync batch {batch}; the latest is {last}", "see SELECT * FROM sync_log")
        if batch < first:
            raise Refused(f"batch {batch} is before the first sync, batch {first}", f"ask from batch {first} on")
        return batch
    moment = _moment(text, ZoneInfo(time_zone))
    found = known.last_batch_by(
        ledger.connection, ledger.tenant_id, moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    )
    if found is None:
        raise Refused(
            f"nothing was known at {text}: the first sync came later", "ask for a later time, or leave --known-at out"
        )
    return found


def _moment(text: str, zone: ZoneInfo) -> datetime:
    if _MOMENT.fullmatch(text):
        try:
            parse_iso(text[:10])
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise _unreadable(text) from error
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        day: date = parse_iso(text)
    except ValueError as error:
        raise _unreadable(text) from error
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"--known-at {text!r} is neither a sync batch nor a time",
        "write a batch number, 2026-06-30 or 2026-06-30T18:00",
    )
