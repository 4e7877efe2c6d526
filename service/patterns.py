"""Patterns of work: daily slots, weekdays, dated exceptions and weekly series, made into concrete intervals.

Weekdays are numbered 1 (Monday) to 7 (Sunday), all times are Asia/Shanghai. What several slots of one
posting mean is settled in the architecture: split shift, alternatives, or a window to choose hours from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Literal

from service.worktime import DAY_MINUTES, Interval, TimeRefused, at_local, local_day, parse_clock

WINDOW_DAYS = 60  # occurrences exist this far ahead
FLEXIBLE_OVER_MINUTES = 14 * 60  # a longer slot is a window to choose hours from, not a shift
EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Slot:
    """Daily hours in minutes after midnight; an end at or before the start is on the next day."""

    start_minute: int
    end_minute: int
    weekdays: frozenset[int] | None = None

    @classmethod
    def parse(cls, start: str, end: str, weekdays: frozenset[int] | None = None) -> Slot:
        """From two "HH:MM". Raises TimeRefused: time_of_day, slot_empty (equal times), weekday_unknown."""
        slot = cls(parse_clock(start), parse_clock(end), weekdays)
        if slot.start_minute == slot.end_minute:
            raise TimeRefused("slot_empty")
        if weekdays is not None and not weekdays <= EVERY_DAY:
            raise TimeRefused("weekday_unknown")
        return slot

    @property
    def minutes(self) -> int:
        """Length; overnight counted through."""
        return (self.end_minute - self.start_minute) % DAY_MINUTES

    def on(self, day: date) -> Interval:
        """The interval that begins on `day`."""
        return _hours_on(day, self.start_minute, self.minutes)


@lru_cache(maxsize=10_000)
def _hours_on(day: date, start_minute: int, minutes: int) -> Interval:
    """Kept, because the same few hours of the same sixty days are asked for by thousands of postings."""
    return Interval(at_local(day, start_minute), at_local(day, start_minute + minutes))


@dataclass(frozen=True, slots=True)
class DayException:
    """One day that differs: `removed` (these slots, or all), `added` to it, or `changed` to these slots."""

    day: date
    kind: Literal["removed", "added", "changed"]
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern-bound posting: `weekdays` None is "to be agreed"; `valid_to` (last day) None is open."""

    slots: tuple[Slot, ...]
    weekdays: frozenset[int] | None
    valid_from: date
    valid_to: date | None = None
    exceptions: tuple[DayException, ...] = ()


def expand(pattern: Pattern, now: datetime, window_days: int = WINDOW_DAYS) -> list[Interval]:
    """The occurrences not yet begun at `now` that begin within `window_days` days, today included; sorted.

    Days to be agreed give none, except those that an exception adds.
    """
    today = local_day(now)
    found = {
        slot.on(day)
        for day in (today + timedelta(days=n) for n in range(window_days))
        for slot in slots_on(pattern, day)
    }
    return sorted(each for each in found if each.start >= now)


def slots_on(pattern: Pattern, day: date) -> list[Slot]:
    """The slots of one day after its exceptions, in the order in which these are listed."""
    valid = pattern.valid_from <= day and (pattern.valid_to is None or day <= pattern.valid_to)
    slots = [slot for slot in pattern.slots if valid and day.isoweekday() in _weekdays(slot, pattern.weekdays)]
    for exception in pattern.exceptions:
        if exception.day == day:
            slots = _after(exception, slots)
    return slots


def _weekdays(slot: Slot, of_pattern: frozenset[int] | None) -> frozenset[int]:
    return slot.weekdays or of_pattern or frozenset()


def _after(exception: DayException, slots: list[Slot]) -> list[Slot]:
    if exception.kind == "changed":
        return list(exception.slots)
    if exception.kind == "added":
        return [*slots, *exception.slots]
    gone = {_hours(slot) for slot in exception.slots}
    return [slot for slot in slots if gone and _hours(slot) not in gone]


def _hours(slot: Slot) -> tuple[int, int]:
    return (slot.start_minute, slot.end_minute)


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """How a posting's slots are meant; `flexible` is per slot, `days_agreed` allows one-tap claims."""

    kind: Literal["none", "single", "split_shift", "alternatives", "flexible_window"]
    flexible: tuple[bool, ...]
    days_agreed: bool


def classify_slots(
    slots: Sequence[Slot], stated_minutes_per_day: int | None, weekdays: frozenset[int] | None = None
) -> SlotPlan:
    """What several slots mean: worked all (split shift), one of them (alternatives), or hours to choose.

    A slot over 14 h, or over the stated hours a day, is a flexible window, and one makes the whole posting
    flexible; otherwise slots that overlap are alternatives, and slots that do not are a split shift.
    """
    bound = min(FLEXIBLE_OVER_MINUTES, stated_minutes_per_day or FLEXIBLE_OVER_MINUTES)
    flexible = tuple(slot.minutes > bound for slot in slots)
    agreed = bool(slots) and all(_weekdays(slot, weekdays) for slot in slots)
    if not slots:
        return SlotPlan("none", (), False)
    if any(flexible):
        return SlotPlan("flexible_window", flexible, agreed)
    if len(slots) == 1:
        return SlotPlan("single", flexible, agreed)
    clash = any(_share_time(a, b) for a, b in combinations(slots, 2))
    return SlotPlan("alternatives" if clash else "split_shift", flexible, agreed)


def _share_time(a: Slot, b: Slot) -> bool:
    """Whether two slots overlap on a weekday they share, also past midnight."""
    days_a, days_b = a.weekdays or EVERY_DAY, b.weekdays or EVERY_DAY
    return any(
        a.start_minute < b.start_minute + shift + b.minutes and b.start_minute + shift < a.start_minute + a.minutes
        for day in days_a
        for other in days_b
        for shift in ((other - day) * DAY_MINUTES + turn * 7 * DAY_MINUTES for turn in (-1, 0, 1))
    )


def series_days(
    first: date,
    *,
    not_after: date,
    weekdays: frozenset[int] | None = None,
    every_weeks: int = 1,
    count: int | None = None,
    until: date | None = None,
    removed: frozenset[date] = frozenset(),
) -> Iterator[date]:
    """The days of a weekly series from `first` to `not_after` (the window's last day), both included.

    `weekdays` None is the weekday of `first`. `count` counts removed days too. Raises TimeRefused
    series_bounds: both count and until given, count or every_weeks under 1, until before first.
    """
    from dateutil.rrule import MO, WEEKLY, rrule

    ends_badly = until is not None and (count is not None or until < first)
    if ends_badly or every_weeks < 1 or (count is not None and count < 1):
        raise TimeRefused("series_bounds")
    begins = datetime.combine(first, time())
    rule = rrule(
        WEEKLY,
        dtstart=begins,
        interval=every_weeks,
        wkst=MO,
        byweekday=[day - 1 for day in sorted(weekdays or {first.isoweekday()})],
        count=count,
        until=datetime.combine(min(until or not_after, not_after), time()) if count is None else None,
    )
    for moment in rule:
        if moment.date() > not_after:
            return
        if moment.date() not in removed:
            yield moment.date()
