"""Occurrences of series and patterns against a plain day-by-day reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.postings.rules import occurrences_of
from service.postings.rules.occurrences import fits_pattern
from service.worktime import SHANGHAI, Interval, at_local, local_day

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
WEEKDAYS = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True)


@given(WEEKDAYS, st.integers(0, 1439), st.integers(1, 1440), st.integers(1, 3), st.integers(0, 20), st.integers(1, 90))
def test_a_weekly_series_day_by_day(
    weekdays: list[int], minute: int, minutes: int, every: int, offset: int, window: int
) -> None:
    """Every day of the window whose weekday and week fit, from the first day on, has one shift; no other has."""
    first = local_day(NOW) + timedelta(days=offset)
    weekdays = sorted({*weekdays, first.weekday()})
    start = at_local(first, minute)
    series = {
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(minutes=minutes)).isoformat(),
        "weekdays": weekdays,
        "every_weeks": every,
        "count": None,
        "until": None,
        "exceptions": [],
    }
    monday = first - timedelta(days=first.weekday())
    expected = [
        at_local(day, minute)
        for day in (local_day(NOW) + timedelta(days=n) for n in range(window))
        if day >= first and day.weekday() in weekdays and ((day - monday).days // 7) % every == 0
    ]
    found = occurrences_of(series, None, NOW, window)
    assert [each.starts_at for each in found] == [each for each in expected if each > NOW]
    assert all(each.minutes == minutes for each in found)


@given(WEEKDAYS, st.integers(0, 1439), st.integers(1, 839))
def test_a_pattern_day_by_day(weekdays: list[int], minute: int, minutes: int) -> None:
    """One slot on its weekdays for sixty days, overnight or not."""
    end = (minute + minutes) % 1440
    pattern: dict[str, Any] = {
        "slots": [{"start": clock(minute), "end": clock(end), "weekdays": None}],
        "weekdays": sorted(weekdays),
    }
    found = occurrences_of(None, pattern, NOW, 60)
    days = [local_day(NOW) + timedelta(days=n) for n in range(60)]
    expected = [at_local(day, minute) for day in days if day.weekday() in weekdays]
    assert [each.starts_at for each in found] == [each for each in expected if each > NOW]


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def test_keys_name_place_and_length() -> None:
    """A key is the local start and the minutes, so that a moved or longer shift is another one."""
    start = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
    series = {"shifts": [{"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=8)).isoformat()}]}
    assert [each.key for each in occurrences_of(series, None, NOW, 60)] == ["2026-11-21T22:00/480"]


def test_exceptions_take_away_add_and_change() -> None:
    """A removed day is gone, an added one there, a changed one has its own hours."""
    start = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
    series = {
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "weekdays": [5],
        "every_weeks": 1,
        "count": 4,
        "until": None,
        "exceptions": [
            {"day": "2026-11-28", "kind": "removed"},
            {"day": "2026-12-05", "kind": "changed", "start": "22:00", "end": "06:00"},
            {"day": "2026-12-07", "kind": "added", "start": "08:00", "end": "09:00"},
        ],
    }
    keys = [each.key for each in occurrences_of(series, None, NOW, 60)]
    assert keys == ["2026-11-21T09:00/120", "2026-12-05T22:00/480", "2026-12-07T08:00/60", "2026-12-12T09:00/120"]


def test_flexible_windows_and_open_days_have_no_dates() -> None:
    """Hours to choose from and days to be agreed are not occurrences; an added day is."""
    window = {"slots": [{"start": "06:00", "end": "02:00", "weekdays": None}], "weekdays": [0, 1, 2]}
    agreed = {"slots": [{"start": "09:00", "end": "12:00", "weekdays": None}], "weekdays": None}
    added = {"exceptions": [{"day": "2026-11-25", "kind": "added", "start": "09:00", "end": "12:00"}]}
    assert occurrences_of(None, window, NOW, 60) == []
    assert occurrences_of(None, agreed, NOW, 60) == []
    assert [each.key for each in occurrences_of(None, agreed | added, NOW, 60)] == ["2026-11-25T09:00/180"]


def test_split_slots_are_two_shifts_a_day() -> None:
    """Lunch and dinner are two occurrences of the day."""
    slots = [{"start": "11:00", "end": "14:00", "weekdays": None}, {"start": "17:00", "end": "21:00", "weekdays": None}]
    found = occurrences_of(None, {"slots": slots, "weekdays": [0]}, NOW, 7)
    assert [each.key for each in found] == ["2026-11-23T11:00/180", "2026-11-23T17:00/240"]


def test_agreed_hours_lie_inside_the_pattern() -> None:
    """A dated shift may be agreed within a window, past midnight too, not beyond it or after the last day."""
    pattern = {"slots": [{"start": "18:00", "end": "02:00", "weekdays": None}], "until": "2026-11-30"}
    late = at_local(local_day(NOW), 23 * 60)
    assert fits_pattern(pattern, Interval(late, late + timedelta(hours=3)))
    assert not fits_pattern(pattern, Interval(late, late + timedelta(hours=4)))
    after = at_local(local_day(NOW) + timedelta(days=20), 23 * 60)
    assert not fits_pattern(pattern, Interval(after, after + timedelta(hours=1)))
