"""When a limit is over: its days counted on the calendar in force, without the days of its pauses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from service.errors import Conflict, Refused

ONE = timedelta(days=1)
MOST_DAYS = 3660  # nothing that a desk waits for takes ten years
Span = tuple[date, date | None]  # a pause: its first day, and the day on which the count goes on


def is_paused(day: date, pauses: Sequence[Span]) -> bool:
    """Whether a day does not count: the first day of a pause does not, the day that ends it does again."""
    return any(begins <= day and (ends is None or day < ends) for begins, ends in pauses)


def due_day(
    unit: str, starts_on: date, count: int, pauses: Sequence[Span], is_worked: Callable[[date], bool]
) -> date | None:
    """The last day of `count` days of a unit after `starts_on`, which itself does not count (民法典 art. 201).

    A last day on which offices rest moves to the next working day (art. 203). None while an open pause holds it."""
    if any(ends is None for _, ends in pauses):
        return None
    day, left, last = starts_on, count, starts_on + MOST_DAYS * ONE
    while left > 0 or (day > starts_on and not is_worked(day)):
        day += ONE
        if day > last:
            raise Refused("case_deadline_far")
        left -= not is_paused(day, pauses) and (unit == "calendar" or is_worked(day))
    return day


def check_pause(starts_on: date, begins: date, today: date, pauses: Sequence[Span]) -> None:
    """Raises Refused `case_pause_day`: a pause begins on a day that counts, from the day after the start until today,
    and not inside or before an earlier one."""
    earliest = max([starts_on + ONE, *(ends for _, ends in pauses if ends is not None)])
    if not earliest <= begins <= max(today, earliest):
        raise Refused("case_pause_day", field="/from_on", earliest=earliest, latest=max(today, earliest))


def check_resume(begins: date, ends: date, today: date) -> None:
    """Raises Refused `case_pause_day`: the count goes on from the pause's first day at the earliest, today at the
    latest."""
    if not begins <= ends <= max(today, begins):
        raise Refused("case_pause_day", field="/to_on", earliest=begins, latest=max(today, begins))


def check_extension(unit_extension: int, extended: int) -> None:
    """Raises Conflict `case_not_extendable` for a limit that has no longer form, or has had it."""
    if unit_extension == 0 or extended:
        raise Conflict("case_not_extendable")


def check_met(starts_on: date, met_on: date, today: date) -> None:
    """Raises Refused `case_met_day` for a day before the limit began, or in the future."""
    if not starts_on <= met_on <= today:
        raise Refused("case_met_day", field="/met_on", earliest=starts_on, latest=today)


def working_days_between(first: date, last: date, is_worked: Callable[[date], bool]) -> int:
    """Working days after `first` up to `last`."""
    return sum(is_worked(first + step * ONE) for step in range(1, (last - first).days + 1))


def median(values: Sequence[int]) -> float | None:
    """The middle one, or the mean of the two in the middle; None of nothing."""
    row = sorted(values)
    if not row:
        return None
    half = len(row) // 2
    return float(row[half]) if len(row) % 2 else (row[half - 1] + row[half]) / 2
