"""When somebody is free: what people write (clock times) and what is kept (minutes); nights cross midnight.

A window whose end is at or before its start runs into the next day; equal ends are a whole day. An end of
00:00 is kept as minute 1440, the midnight that ends the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypedDict

from service.errors import Refused
from service.worktime import DAY_MINUTES, parse_clock

MOST_WINDOWS = 42  # six a day
MOST_EXCEPTIONS = 200


class Window(TypedDict):
    """Kept: weekday 0–6 (Monday 0), start 0–1439, end 1–1440."""

    weekday: int
    start: int
    end: int


class DatedWindow(TypedDict):
    """Kept: an ISO day, start, end, and whether the time is free; a whole day is 0 to 1440."""

    day: str
    start: int
    end: int
    free: bool


def kept_windows(written: Iterable[dict[str, Any]]) -> list[Window]:
    """Weekly windows as they are kept: sorted, each once."""
    made = {(int(each["weekday"]), *_minutes(each["start"], each["end"])) for each in written}
    return [Window(weekday=day, start=start, end=end) for day, start, end in sorted(made)]


def kept_exceptions(written: Iterable[dict[str, Any]], today: date) -> list[DatedWindow]:
    """Dated exceptions as they are kept: sorted, each once, without days that are over.

    Yesterday stays, because its night may reach into today. Raises Refused too_many_exceptions, exception_half
    (a start without an end or the other way round).
    """
    made = set()
    for index, each in enumerate(written):
        start, end = each.get("start"), each.get("end")
        if (start is None) != (end is None):
            raise Refused("exception_half", field=f"/exceptions/{index}")
        minutes = (0, DAY_MINUTES) if start is None or end is None else _minutes(start, end)
        if each["day"] >= today - timedelta(days=1):
            made.add((each["day"].isoformat(), *minutes, bool(each["free"])))
    if len(made) > MOST_EXCEPTIONS:
        raise Refused("too_many_exceptions", field="/exceptions", most=MOST_EXCEPTIONS)
    return [DatedWindow(day=day, start=start, end=end, free=free) for day, start, end, free in sorted(made)]


def joined_exceptions(kept: Sequence[DatedWindow], more: Sequence[DatedWindow]) -> list[DatedWindow]:
    """Two people's exceptions as one person's, the latest days first to go when there are too many."""
    made = {(each["day"], each["start"], each["end"], each["free"]) for each in (*kept, *more)}
    rows = sorted(made)[:MOST_EXCEPTIONS]
    return [DatedWindow(day=day, start=start, end=end, free=free) for day, start, end, free in rows]


def clock(minute: int) -> str:
    """HH:MM of a minute of the day; 1440 is 00:00."""
    hours, minutes = divmod(minute % DAY_MINUTES, 60)
    return f"{hours:02d}:{minutes:02d}"


def _minutes(start: str, end: str) -> tuple[int, int]:
    return parse_clock(start), parse_clock(end) or DAY_MINUTES
