"""When the work of a listing is, in a few figures: days, hours, weekdays, times of day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service.listings.rules.filters import TIMES_OF_DAY
from service.postings.rules.occurrences import instant, occurrences_of, slots_of
from service.worktime import DAY_MINUTES, SHANGHAI, local_day, parse_clock

EVERY_DAY = frozenset(range(7))
BOUNDS = (4 * 60, 8 * 60, 18 * 60, 22 * 60)  # where early, day, evening and night begin
LEAST_MINUTES = 60
FARTHEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class WorkTimes:
    """`minutes` is the longest day's length. To be agreed means every weekday, every time of day and None."""

    first_day: date | None = None
    last_day: date | None = None
    first_minute: int | None = None
    last_minute: int | None = None
    weekdays: frozenset[int] = EVERY_DAY
    times_of_day: frozenset[str] = frozenset(TIMES_OF_DAY)
    minutes: int | None = None


def posting_times(series: Mapping[str, Any] | None, pattern: Mapping[str, Any] | None) -> WorkTimes:
    """Of a posting's stored plan."""
    if pattern is not None:
        return _of_pattern(pattern)
    if not series:
        return WorkTimes()
    if "shifts" in series:
        return _of_shifts(series["shifts"])
    return _of_series(series)


def weekly_times(weekly: Iterable[Mapping[str, Any]] | None) -> WorkTimes:
    """Of the free hours of a week, {"weekday", "start", "end"}; not said is every hour."""
    windows = list(weekly or ())
    if not windows:
        return WorkTimes()
    spans = [_span(each["start"], each["end"]) for each in windows]
    return _times(spans, frozenset(each["weekday"] for each in windows), None, None)


def _of_shifts(shifts: Iterable[Mapping[str, Any]]) -> WorkTimes:
    found = [(instant(each["starts_at"]), instant(each["ends_at"])) for each in shifts]
    if not found:
        return WorkTimes()
    days = [local_day(start) for start, _ in found]
    spans = [_clocked(start, end) for start, end in found]
    last = max(local_day(end - timedelta(minutes=1)) for _, end in found)
    return _times(spans, frozenset(day.weekday() for day in days), min(days), last)


def _of_series(series: Mapping[str, Any]) -> WorkTimes:
    start, end = instant(series["starts_at"]), instant(series["ends_at"])
    first = local_day(start)
    days = frozenset(series.get("weekdays") or [first.weekday()])
    last = date.fromisoformat(series["until"]) if series.get("until") else None
    if series.get("count"):
        coming = occurrences_of(series, None, start - timedelta(minutes=1), FARTHEST_DAYS)
        last = max((local_day(each.starts_at) for each in coming), default=first)
    return _times([_clocked(start, end)], days, first, last)


def _of_pattern(pattern: Mapping[str, Any]) -> WorkTimes:
    """A slot with hours of more than a day's work is a window to choose from: it counts as it stands."""
    first, last = (date.fromisoformat(pattern[name]) if pattern.get(name) else None for name in ("from", "until"))
    slots = slots_of(pattern)
    own = [slot.get("weekdays") for slot in pattern.get("slots") or ()]
    said = pattern.get("weekdays")
    days = frozenset(day for each in own or [None] for day in (each or said or EVERY_DAY))
    if not slots:
        return WorkTimes(first, last, weekdays=days, minutes=pattern.get("min_minutes_per_day"))
    spans = [(slot.start_minute, slot.start_minute + slot.minutes) for slot in slots]
    return _times(spans, days, first, last, pattern.get("min_minutes_per_day"))


def _times(
    spans: list[tuple[int, int]],
    weekdays: frozenset[int],
    first: date | None,
    last: date | None,
    stated: int | None = None,
) -> WorkTimes:
    begins, ends = min(start for start, _ in spans), max(end for _, end in spans)
    of_day = frozenset(name for name in TIMES_OF_DAY if any(fills(name, *span) for span in spans))
    longest = stated or max(end - start for start, end in spans)
    return WorkTimes(first, last, begins, ends, weekdays, of_day, longest)


def fills(name: str, start: int, end: int) -> bool:
    """Whether minutes [start, end), from 1440 the next day's, fill an hour (or all they have) of a time of day."""
    at = TIMES_OF_DAY.index(name)
    begin = BOUNDS[at]
    until = BOUNDS[at + 1] if at + 1 < len(BOUNDS) else BOUNDS[0] + DAY_MINUTES
    shared = sum(
        max(0, min(end, until + turn * DAY_MINUTES) - max(start, begin + turn * DAY_MINUTES)) for turn in (-1, 0, 1)
    )
    return shared >= min(LEAST_MINUTES, end - start)


def _span(start: str, end: str) -> tuple[int, int]:
    begins = parse_clock(start)
    return begins, begins + ((parse_clock(end) - begins) % DAY_MINUTES or DAY_MINUTES)


def _clocked(start: datetime, end: datetime) -> tuple[int, int]:
    local = start.astimezone(SHANGHAI)
    begins = local.hour * 60 + local.minute
    return begins, begins + (end - start) // timedelta(minutes=1)
