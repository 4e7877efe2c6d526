"""The dated occurrences of a posting: listed dates, a weekly series, or a pattern of days and hours.

Weekdays are stored and sent as 0 (Monday) to 6; `service.patterns` counts them from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from service.patterns import DayException, Pattern, Slot, SlotPlan, classify_slots, expand, series_days, slots_on
from service.worktime import SHANGHAI, Interval, at_local, local_day


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One span with, where they differ from the posting's own, its seats and unpaid break."""

    starts_at: datetime
    ends_at: datetime
    headcount: int | None = None
    break_minutes: int | None = None

    @property
    def key(self) -> str:
        """Names the occurrence among those of its posting: local start and length, `2026-11-21T17:00/330`."""
        return _key(self.starts_at, self.ends_at)

    @property
    def minutes(self) -> int:
        """Whole minutes from start to end."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)


@lru_cache(maxsize=10_000)
def _key(starts_at: datetime, ends_at: datetime) -> str:
    """Kept, because the same hours of the same days recur in thousands of postings."""
    local = starts_at.astimezone(SHANGHAI).replace(tzinfo=None)
    return f"{local.isoformat(timespec='minutes')}/{(ends_at - starts_at) // timedelta(minutes=1)}"


def occurrences_of(
    series: Mapping[str, Any] | None, pattern: Mapping[str, Any] | None, now: datetime, window_days: int
) -> list[Occurrence]:
    """Every occurrence not yet begun at `now`, each key once, sorted.

    Listed dates all count; a series and a pattern reach `window_days` days ahead, today included. A pattern
    whose days or hours are still to be agreed has none except those that an exception adds.
    """
    if pattern is not None:
        found = _of_pattern(pattern, now, window_days)
    elif series is None:
        found = []
    elif "shifts" in series:
        found = [_listed(shift) for shift in series["shifts"]]
    else:
        found = _of_series(series, local_day(now) + timedelta(days=window_days - 1))
    return sorted({each.key: each for each in found if each.starts_at > now}.values())


def dropped(before: Iterable[Occurrence], after: Iterable[Occurrence]) -> set[str]:
    """The keys that a change of the plan takes away."""
    return {each.key for each in before} - {each.key for each in after}


def _listed(shift: Mapping[str, Any]) -> Occurrence:
    return Occurrence(
        instant(shift["starts_at"]), instant(shift["ends_at"]), shift.get("headcount"), shift.get("break_minutes")
    )


def instant(value: Any) -> datetime:
    """An aware instant, from itself or from its stored text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def day_of(value: Any) -> date:
    """A day, from itself or from its stored text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def weekdays_of(stored: Iterable[int] | None) -> frozenset[int] | None:
    """0 (Monday) to 6, as `service.patterns` counts them; None stays None."""
    return None if not stored else frozenset(day + 1 for day in stored)


def _of_series(series: Mapping[str, Any], last: date) -> list[Occurrence]:
    starts, ends = instant(series["starts_at"]), instant(series["ends_at"])
    first, minutes = local_day(starts), (ends - starts) // timedelta(minutes=1)
    clock = starts.astimezone(SHANGHAI)
    begin = clock.hour * 60 + clock.minute
    exceptions = list(series.get("exceptions") or ())
    away = frozenset(day_of(each["day"]) for each in exceptions if each["kind"] != "added")
    days = series_days(
        first,
        not_after=last,
        weekdays=weekdays_of(series.get("weekdays")),
        every_weeks=series.get("every_weeks") or 1,
        count=series.get("count"),
        until=day_of(series["until"]) if series.get("until") else None,
        removed=away,
    )
    regular = [Occurrence(at_local(day, begin), at_local(day, begin + minutes)) for day in days]
    special = [_special(each) for each in exceptions if each["kind"] != "removed" and day_of(each["day"]) <= last]
    return regular + special


def _special(exception: Mapping[str, Any]) -> Occurrence:
    span = Slot.parse(exception["start"], exception["end"]).on(day_of(exception["day"]))
    return Occurrence(span.start, span.end)


def slots_of(pattern: Mapping[str, Any]) -> tuple[Slot, ...]:
    """The daily slots of a stored pattern. Raises TimeRefused as Slot.parse."""
    return tuple(
        Slot.parse(slot["start"], slot["end"], weekdays_of(slot.get("weekdays"))) for slot in pattern.get("slots") or ()
    )


def plan_of(pattern: Mapping[str, Any]) -> SlotPlan:
    """What the slots mean together: split shift, alternatives, flexible window."""
    return classify_slots(slots_of(pattern), pattern.get("min_minutes_per_day"), weekdays_of(pattern.get("weekdays")))


def _of_pattern(pattern: Mapping[str, Any], now: datetime, window_days: int) -> list[Occurrence]:
    agreed = plan_of(pattern)
    exceptions = tuple(_exception(each) for each in pattern.get("exceptions") or ())
    if agreed.kind == "flexible_window" or not agreed.days_agreed:
        slots: tuple[Slot, ...] = ()
    else:
        slots = slots_of(pattern)
    whole = Pattern(
        slots,
        weekdays_of(pattern.get("weekdays")),
        day_of(pattern["from"]) if pattern.get("from") else local_day(now),
        day_of(pattern["until"]) if pattern.get("until") else None,
        exceptions,
    )
    return [Occurrence(span.start, span.end) for span in expand(whole, now, window_days)]


def _exception(stored: Mapping[str, Any]) -> DayException:
    slots = (Slot.parse(stored["start"], stored["end"]),) if stored.get("start") else ()
    return DayException(day_of(stored["day"]), stored["kind"], slots)


def fits_pattern(pattern: Mapping[str, Any], span: Interval) -> bool:
    """Whether a span may be agreed inside a pattern: on a day it is valid, and inside a slot where it has some."""
    day = local_day(span.start)
    if pattern.get("from") and day < day_of(pattern["from"]):
        return False
    if pattern.get("until") and day > day_of(pattern["until"]):
        return False
    slots = slots_of(pattern)
    if not slots:
        return True
    anyday = pattern.get("weekdays") or list(range(7))
    valid = Pattern(slots, weekdays_of(anyday), day - timedelta(days=1))
    windows = [slot.on(on) for on in (day - timedelta(days=1), day) for slot in slots_on(valid, on)]
    return any(window.start <= span.start and span.end <= window.end for window in windows)
