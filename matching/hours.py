"""Part-time hours for one employer: what a shift adds to each local day and week (劳动合同法 art. 68)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from matching.cover import asked_minutes
from matching.model import PartTimeLimits, Shift, Worker
from matching.schedule import monday_of, split_by_day
from matching.span import Span


@dataclass(frozen=True, slots=True)
class WeekHours:
    """One Monday-to-Sunday week with one employer: minutes before the shift, added by it, days worked."""

    monday: date
    before: int
    added: int
    days: int

    @property
    def total(self) -> int:
        return self.before + self.added


def added_days(shift: Shift, offset: int) -> dict[date, int]:
    """Working minutes per local day; work in a flexible window is taken to begin with the window.

    The unpaid break comes off the longest day's piece (the earlier one when equal).
    """
    if shift.span is None:
        return {}
    worked = Span(shift.span.start, shift.span.start + asked_minutes(shift.span, shift.needed_minutes))
    days = split_by_day(worked, offset)
    longest = max(days, key=lambda day: (days[day], -day.toordinal()))
    days[longest] = max(0, days[longest] - shift.break_minutes)
    return days


def week_hours(worker: Worker, shift: Shift, offset: int) -> tuple[WeekHours, ...]:
    """Every week the shift touches, earliest first."""
    added = added_days(shift, offset)
    before: dict[date, int] = {}
    for entry in worker.part_time_days:
        if entry.employer_id == shift.employer_id:
            before[entry.day] = before.get(entry.day, 0) + entry.minutes
    return tuple(_week(monday, before, added) for monday in sorted({monday_of(day) for day in added}))


def over_week(week: WeekHours, limits: PartTimeLimits) -> int:
    """Minutes above the weekly limit, 0 when within it."""
    return max(0, week.total - limits.week_minutes)


def over_day(week: WeekHours, limits: PartTimeLimits) -> int:
    """Minutes above what the average per day worked allows in this week, 0 when within it."""
    return max(0, week.total - limits.day_minutes * week.days)


def _week(monday: date, before: Mapping[date, int], added: Mapping[date, int]) -> WeekHours:
    old = {day: minutes for day, minutes in before.items() if monday_of(day) == monday and minutes}
    new = {day: minutes for day, minutes in added.items() if monday_of(day) == monday and minutes}
    return WeekHours(monday, sum(old.values()), sum(new.values()), len({*old, *new}))
