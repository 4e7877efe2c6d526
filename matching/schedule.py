"""When someone is free: weekly windows across midnight, dated exceptions, local days by a fixed offset."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from matching.model import DAY, DayException, WeekWindow
from matching.span import Span, clip, subtract, union

WEEK = 7 * DAY
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; weekdays count from Monday = 0


def local_date(minute: int, offset: int) -> date:
    """The calendar day a UTC minute falls on, `offset` minutes east of Greenwich."""
    return date.fromordinal(_EPOCH_ORDINAL + (minute + offset) // DAY)


def day_start(day: date, offset: int) -> int:
    """The UTC minute at which a local day begins."""
    return (day.toordinal() - _EPOCH_ORDINAL) * DAY - offset


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def length(start: int, end: int) -> int:
    """Minutes of a window; `end <= start` runs past midnight, equal ends mean a whole day."""
    return end - start if end > start else end - start + DAY


def week_spans(windows: Iterable[WeekWindow]) -> tuple[Span, ...]:
    """Windows as minutes of the canonical week [0, 10080); Sunday night wraps round to Monday."""
    spans = []
    for window in windows:
        start = window.weekday * DAY + window.start
        end = start + length(window.start, window.end)
        spans.append(Span(start, min(end, WEEK)))
        if end > WEEK:
            spans.append(Span(0, end - WEEK))
    return union(spans)


def weekly_free(windows: Iterable[WeekWindow], within: Span, offset: int) -> tuple[Span, ...]:
    """The weekly windows laid over real time, as far as they lie inside `within`."""
    pattern = week_spans(windows)
    shift = _EPOCH_WEEKDAY * DAY + offset  # UTC minute -> minutes since a local Monday 00:00
    first_week = (within.start + shift) // WEEK
    last_week = (within.end - 1 + shift) // WEEK
    weeks = range(first_week, last_week + 1)
    return clip(
        (Span(w * WEEK - shift + s.start, w * WEEK - shift + s.end) for w in weeks for s in pattern),
        within,
    )


def exception_spans(exceptions: Iterable[DayException], free: bool, offset: int) -> tuple[Span, ...]:
    """The exceptions of one kind as spans of real time."""
    spans = []
    for exception in exceptions:
        if exception.free is not free:
            continue
        midnight = day_start(exception.day, offset)
        for start, end in exception.windows or ((0, DAY),):
            spans.append(Span(midnight + start, midnight + start + length(start, end)))
    return union(spans)


def available(
    weekly: Iterable[WeekWindow] | None,
    exceptions: Iterable[DayException],
    within: Span,
    offset: int,
) -> tuple[Span, ...]:
    """(weekly + free exceptions) - unfree exceptions, inside `within`; bookings are not looked at."""
    exceptions = tuple(exceptions)
    regular = weekly_free(weekly or (), within, offset)
    extra = clip(exception_spans(exceptions, True, offset), within)
    return subtract((*regular, *extra), exception_spans(exceptions, False, offset))


def split_by_day(span: Span, offset: int) -> dict[date, int]:
    """Minutes of a span on each local day it touches, earliest first."""
    minutes: dict[date, int] = {}
    start = span.start
    while start < span.end:
        day = local_date(start, offset)
        end = min(span.end, day_start(day, offset) + DAY)
        minutes[day] = end - start
        start = end
    return minutes
