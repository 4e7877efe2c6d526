"""Hours of a lending by week, beside part-time work with the same firm.

The database counts the same way (function `lent_minutes`): the break is taken from the end of a day, a night is split
at midnight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from service.deals.rules.facts import Hours
from service.worktime import DAY_MINUTES, week_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Over:
    """A week (its Monday) in which hours lent and part-time hours with one firm are above the limit; minutes."""

    firm: UUID
    week: date
    part_time: int
    lent: int


def lent_minutes(first_day: date, last_day: date, hours: Hours) -> Mapping[date, int]:
    """Working minutes of each calendar day; both days belong to it."""
    found: Counter[date] = Counter()
    today = DAY_MINUTES - (hours.starts.hour * 60 + hours.starts.minute)
    for at in range((last_day - first_day).days + 1):
        day = first_day + at * DAY
        if day.isoweekday() in hours.weekdays and hours.day_minutes > 0:
            found[day] += min(hours.day_minutes, today)
            found[day + DAY] += max(0, hours.day_minutes - today)
    return {day: minutes for day, minutes in found.items() if minutes}


def over_part_time(
    lent: Mapping[date, int], part_time: Iterable[tuple[UUID, date, int]], week_minutes_most: int
) -> Over | None:
    """The first week that is too long beside part-time work (firm, Monday, minutes) with one of the deal's firms.

    24 hours a week are what part-time work with one firm may take (劳动合同法 art. 68): whoever works there the whole
    day as somebody lent works there part time no longer, and these would be overtime under another name.
    """
    weeks: Counter[date] = Counter()
    for day, minutes in lent.items():
        weeks[week_of(day)] += minutes
    for firm, week, minutes in sorted(part_time, key=lambda each: (each[1], str(each[0]))):
        if minutes and weeks[week] and minutes + weeks[week] > week_minutes_most:
            return Over(firm, week, minutes, weeks[week])
    return None
