"""Working time in Asia/Shanghai: days and weeks, the limits of part-time work.

Instants are aware; a day is a calendar day in Asia/Shanghai, a week begins on Monday; intervals are
half-open, so that touching ones do not overlap.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SHOWN = timezone(timedelta(hours=8))  # Asia/Shanghai since 1991, and cheaper to reckon with
DAY_MINUTES = 24 * 60

_MINUTE = timedelta(minutes=1)
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class TimeRefused(ValueError):
    """A time, a slot or an interval that cannot be. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """[start, end), kept in UTC. Raises TimeRefused: time_naive, time_end_before_start (or equal)."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        # Kept in UTC because two times of one zone are compared and subtracted by the wall clock.
        object.__setattr__(self, "start", require_aware(self.start).astimezone(UTC))
        object.__setattr__(self, "end", require_aware(self.end).astimezone(UTC))
        if self.end <= self.start:
            raise TimeRefused("time_end_before_start")

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded down."""
        return (self.end - self.start) // _MINUTE


def require_aware(instant: datetime) -> datetime:
    """The instant itself. Raises TimeRefused time_naive when it has no offset (F13)."""
    if instant.utcoffset() is None:
        raise TimeRefused("time_naive")
    return instant


def rfc3339(instant: datetime) -> str:
    """How an instant is written wherever it leaves the house: with the offset of Asia/Shanghai, `+08:00`.

    Raises TimeRefused time_naive.
    """
    return require_aware(instant).astimezone(_SHOWN).isoformat()


def shown_times(value: Any) -> Any:
    """The same value, every instant in it written by `rfc3339`, every day as YYYY-MM-DD: for free forms."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: shown_times(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [shown_times(each) for each in value]
    return value


def parse_clock(text: str) -> int:
    """Minutes after midnight of "HH:MM". Raises TimeRefused time_of_day, also for 24:00."""
    match = _CLOCK.fullmatch(text)
    if not match:
        raise TimeRefused("time_of_day")
    return int(match[1]) * 60 + int(match[2])


def at_local(day: date, minute: int) -> datetime:
    """The instant `minute` minutes after the midnight that begins `day`; 1440 and more is the next day."""
    extra_days, of_day = divmod(minute, DAY_MINUTES)
    clock = time(of_day // 60, of_day % 60, tzinfo=SHANGHAI)
    return datetime.combine(day + timedelta(days=extra_days), clock)


def end_of_day(day: date) -> datetime:
    """The midnight in Asia/Shanghai that ends a day: limits that are days run until then."""
    return at_local(day, DAY_MINUTES)


def local_day(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai. Raises TimeRefused time_naive."""
    return require_aware(instant).astimezone(SHANGHAI).date()


def day_begin(instant: datetime) -> datetime:
    """The midnight in Asia/Shanghai that began the instant's day."""
    return at_local(local_day(instant), 0)


def day_end(instant: datetime) -> datetime:
    """The midnight in Asia/Shanghai that ends the instant's day."""
    return end_of_day(local_day(instant))


def office_minutes_after(
    start: datetime, minutes: int, opens: int, closes: int, is_worked: Callable[[date], bool]
) -> datetime:
    """The instant at which so many office minutes have passed since `start`.

    Offices work from `opens` to `closes` (minutes after midnight, Shanghai) on the days that `is_worked` says.
    """
    left, day = timedelta(minutes=minutes), local_day(start)
    while True:
        begins, ends = max(start, at_local(day, opens)), at_local(day, closes)
        if is_worked(day) and begins < ends:
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        day += timedelta(days=1)


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day (31 January + 1 = 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def split_at_midnight(start: datetime, end: datetime) -> list[tuple[date, int]]:
    """(day, minutes) of each calendar day touched; the minutes add up to the whole. Raises TimeRefused."""
    return _split(Interval(start, end), lambda day: day, timedelta(days=1))


def split_by_week(start: datetime, end: datetime) -> list[tuple[date, int]]:
    """(Monday, minutes) of each week touched: Sunday 22:00 to Monday 06:00 is 2 + 6 hours."""
    return _split(Interval(start, end), week_of, timedelta(days=7))


def _split(whole: Interval, first_day: Callable[[date], date], length: timedelta) -> list[tuple[date, int]]:
    parts: list[tuple[date, int]] = []
    begins, counted = first_day(local_day(whole.start)), 0
    while counted < whole.minutes or not parts:
        boundary = min(whole.end, at_local(begins + length, 0).astimezone(UTC))
        upto = (boundary - whole.start) // _MINUTE
        parts.append((begins, upto - counted))
        begins, counted = begins + length, upto
    return parts


def overlaps(a: Interval, b: Interval) -> bool:
    """Whether two half-open intervals share a moment."""
    return a.start < b.end and b.start < a.end


def week_minutes(intervals: Iterable[Interval]) -> dict[date, int]:
    """Minutes by week (its Monday)."""
    return _sums(part for each in intervals for part in split_by_week(each.start, each.end))


def day_minutes(intervals: Iterable[Interval]) -> dict[date, int]:
    """Minutes by calendar day."""
    return _sums(part for each in intervals for part in split_at_midnight(each.start, each.end))


def _sums(parts: Iterable[tuple[date, int]]) -> dict[date, int]:
    total: Counter[date] = Counter()
    for day, minutes in parts:
        total[day] += minutes
    return dict(total)


@dataclass(frozen=True, slots=True)
class PartTimeLimits:
    """What part-time work with one employer may take, as dated values (劳动合同法 art. 68: 4 h and 24 h).

    The law says «一般平均» of the day's four hours, so it warns; it refuses only where `day_average_binds`.
    """

    day_average_minutes: int
    week_minutes: int
    day_average_binds: bool = False


@dataclass(frozen=True, slots=True)
class HoursRefusal:
    """Why hours cannot be added: a code and its facts (minutes, the week's Monday, `other_way`)."""

    code: str
    facts: Mapping[str, Any]


def part_time_refusal(existing: Sequence[Interval], new: Interval, limits: PartTimeLimits) -> HoursRefusal | None:
    """Whether `new` breaks the part-time limits beside the hours already with this employer.

    Codes part_time_week and, where it binds, part_time_day_average. `other_way` names what is lawful instead:
    the kind of work may be changed to full time with a labour contract.
    """
    used = week_minutes(existing)
    for week, asked in split_by_week(new.start, new.end):
        if used.get(week, 0) + asked > limits.week_minutes:
            return _over("part_time_week", week, used.get(week, 0), asked, limits.week_minutes)
    return part_time_warning(existing, new, limits) if limits.day_average_binds else None


def part_time_warning(existing: Sequence[Interval], new: Interval, limits: PartTimeLimits) -> HoursRefusal | None:
    """Whether a week's hours, divided by the days worked in it, would be above the day's average."""
    used, days = week_minutes(existing), day_minutes([*existing, new])
    for week, asked in split_by_week(new.start, new.end):
        worked = sum(1 for day, minutes in days.items() if week_of(day) == week and minutes)
        allowed = worked * limits.day_average_minutes
        if used.get(week, 0) + asked > allowed:
            return _over("part_time_day_average", week, used.get(week, 0), asked, allowed)
    return None


def _over(code: str, week: date, used: int, asked: int, limit: int) -> HoursRefusal:
    facts = {
        "week": week,
        "minutes_used": used,
        "minutes_asked": asked,
        "minutes_limit": limit,
        "minutes_left": max(0, limit - used),
        "other_way": "full_time_contract",
    }
    return HoursRefusal(code, facts)
