"""When a time zone's offset from UTC changes. Computes from the zone it is handed; knows no clock and no names."""

from datetime import UTC, datetime, timedelta, tzinfo

FIRST_YEAR, LAST_YEAR = 2000, 2060
"""Rules beyond this are guesses: a zone's last offset then stands."""

_WEEK = 7 * 86_400


def offset_changes(zone: tzinfo) -> list[tuple[str, int]]:
    """(UTC moment as `YYYY-MM-DD HH:MM:SS`, offset in whole minutes from then on), in rising order.

    The first stands for the start of FIRST_YEAR. A change that is taken back within a week would not be seen; the
    database has none.
    """
    start = _stamp(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC))
    end = _stamp(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC))
    changes = [(_text(start), _offset(zone, start))]
    for week in range(start, end, _WEEK):
        after = _offset(zone, week + _WEEK)
        if after != changes[-1][1]:
            changes.append((_text(_first_second(zone, week, week + _WEEK)), after))
    return changes


def _first_second(zone: tzinfo, before: int, after: int) -> int:
    """The first second of the offset that holds at `after`, where another held at `before`."""
    wanted = _offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == wanted:
            after = middle
        else:
            before = middle
    return after


def _offset(zone: tzinfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset()
    return (offset or timedelta()) // timedelta(minutes=1)


def _stamp(moment: datetime) -> int:
    return int(moment.timestamp())


def _text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")
