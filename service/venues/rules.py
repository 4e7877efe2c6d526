"""Pure decisions on venues: opening hours that may begin at 03:00 and cross midnight, and who is nearest.

Hours are a list of {"weekday": 0–6 (Monday 0), "opens": "HH:MM", "closes": "HH:MM"} in Asia/Shanghai. A
closing time at or before the opening time is on the next day; equal times are the whole 24 hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from service.errors import Refused
from service.geo import Point, distance_m
from service.worktime import DAY_MINUTES, SHANGHAI

WEEK = 7 * DAY_MINUTES
Hours = Sequence[Mapping[str, Any]]


def check_hours(hours: Hours) -> None:
    """Raises Refused venue_hours_overlap, naming the later entry, where two entries share a minute of the week."""
    spans: list[tuple[int, int]] = []
    for at, entry in enumerate(hours):
        span = _span(entry)
        if any(_share(span, other) for other in spans):
            raise Refused("venue_hours_overlap", field=f"/hours/{at}")
        spans.append(span)


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether a minute of the week lies in the hours; nothing known counts as closed."""
    minute = _minute_of_week(now)
    return any(start <= minute < end or start <= minute + WEEK < end for start, end in map(_span, hours))


def opens_in_minutes(hours: Hours, now: datetime) -> int | None:
    """Minutes until the next opening; 0 when open, None when no hours are known."""
    if is_open(hours, now):
        return 0
    minute = _minute_of_week(now)
    return min(((start - minute) % WEEK for start, _ in map(_span, hours)), default=None)


def nearest(places: Iterable[tuple[Any, Point]], origin: Point, radius_m: int) -> list[tuple[int, Any]]:
    """(metres, thing) within the radius, the nearest first; equal distances by the thing's id."""
    found = ((distance_m(origin, point), thing) for thing, point in places)
    return sorted((pair for pair in found if pair[0] <= radius_m), key=lambda pair: (pair[0], str(pair[1].id)))


def _span(entry: Mapping[str, Any]) -> tuple[int, int]:
    """First and last (excluding) minute after Monday 00:00; the end may lie in the next week."""
    start = int(entry["weekday"]) * DAY_MINUTES + _minute(entry["opens"])
    length = (_minute(entry["closes"]) - _minute(entry["opens"])) % DAY_MINUTES or DAY_MINUTES
    return start, start + length


def _share(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return any(one[0] < other[1] + turn and other[0] + turn < one[1] for turn in (-WEEK, 0, WEEK))


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _minute_of_week(now: datetime) -> int:
    local = now.astimezone(SHANGHAI)
    return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute
