"""A company's own date: the offsets computed from a zone, and the view that reads them, against Python's zoneinfo."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from arctl.core.clock import offset_changes
from arctl.services import books as services
from arctl.store import books, ledger
from arctl.store.books import Company
from arctl.store.ledger import Ledger

ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",  # half an hour off, no summer time
    "Australia/Lord_Howe",  # summer time of half an hour
    "America/St_Johns",
    "Africa/Casablanca",  # a month of winter time in Ramadan
    "Pacific/Apia",  # left out 30 December 2011
    "Pacific/Kiritimati",  # the earliest date there is
    "Pacific/Pago_Pago",  # the latest
    "UTC",
]


def moments(zone_name: str) -> list[datetime]:
    """Seconds around every change of the clock and around the midnights of some days, winter and summer."""
    zone = ZoneInfo(zone_name)
    turns = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text, _ in offset_changes(zone)]
    midnights = [
        datetime(year, month, day, tzinfo=zone).astimezone(UTC)
        for year in (2011, 2024, 2026, 2027)
        for month, day in ((1, 1), (3, 8), (3, 9), (6, 30), (7, 1), (11, 1), (11, 2), (12, 30), (12, 31))
    ]
    return [moment + timedelta(seconds=seconds) for moment in turns + midnights for seconds in (-1, 0, 1)]


def today_by_view(opened: Ledger, moment: datetime) -> dict[int, str]:
    """What company_today gives at a moment: the view's own text, its 'now' replaced."""
    (sql,) = opened.connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'company_today'").fetchone()
    query = sql.partition(" AS\n")[2].replace("'now'", f"'{moment:%Y-%m-%d %H:%M:%S}'")
    assert query.count(f"'{moment:%Y-%m-%d %H:%M:%S}'") == 2
    return {company_id: today for _, company_id, today in opened.connection.execute(query)}


def test_new_york_turns_its_clock_twice_a_year() -> None:
    changes = dict(offset_changes(ZoneInfo("America/New_York")))

    assert changes["2000-01-01 00:00:00"] == -300
    assert changes["2026-03-08 07:00:00"] == -240
    assert changes["2026-11-01 06:00:00"] == -300
    assert len([moment for moment in changes if moment.startswith("2026")]) == 2


def test_a_zone_without_summer_time_has_one_offset() -> None:
    assert offset_changes(timezone(timedelta(hours=5, minutes=30))) == [("2000-01-01 00:00:00", 330)]


@pytest.mark.parametrize("zone_name", ZONES)
def test_the_offsets_are_those_of_the_zone(zone_name: str) -> None:
    changes = offset_changes(ZoneInfo(zone_name))

    assert [moment for moment, _ in changes] == sorted(moment for moment, _ in changes)
    for moment in moments(zone_name):
        if moment < datetime(2000, 1, 1, tzinfo=UTC):
            continue
        offset = [minutes for start, minutes in changes if start <= f"{moment:%Y-%m-%d %H:%M:%S}"][-1]
        assert moment.astimezone(ZoneInfo(zone_name)).utcoffset() == timedelta(minutes=offset), moment


def test_the_view_and_python_agree_on_every_companys_today(tmp_path: Path) -> None:
    ledger.create(tmp_path / "books.db", company=Company(1, ZONES[0], "USD", ZONES[0], None))
    opened = ledger.open_ledger(tmp_path / "books.db", "default")
    with opened.transaction() as connection:
        for number, zone in enumerate(ZONES[1:], start=2):
            books.add_company(connection, 1, Company(number, zone, "USD", zone, None))
    companies = {company.company_id: company for company in books.companies(opened.connection, 1)}

    asked = sorted({moment for zone in ("America/New_York", "Pacific/Apia") for moment in moments(zone)})
    seen = set()
    for moment in [moment for moment in asked if moment.year >= 2000]:
        shown = today_by_view(opened, moment)
        for company_id, company in companies.items():
            assert shown[company_id] == services.today(opened, company, moment).isoformat(), (company.time_zone, moment)
        seen.add(len(set(shown.values())))
    opened.close()
    assert {2, 3} <= seen, "the earth has two dates at most moments, and three at some"


def test_the_view_asks_the_clock_of_now(tmp_path: Path) -> None:
    ledger.create(tmp_path / "books.db", company=Company(1, "far", "USD", "Pacific/Kiritimati", None))
    opened = ledger.open_ledger(tmp_path / "books.db", "default")

    before = services.today(opened, None, datetime.now(UTC)).isoformat()
    shown = opened.connection.execute("SELECT today FROM company_today").fetchone()[0]
    after = services.today(opened, None, datetime.now(UTC)).isoformat()

    assert shown in (before, after)
    opened.close()
