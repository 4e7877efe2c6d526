"""Half-open intervals of whole minutes and the little set arithmetic that schedules need.

A minute is counted from 1970-01-01T00:00Z (or from Monday 00:00 in the canonical week of `schedule`).
`[a, b)` and `[b, c)` touch and do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from matching.errors import InvalidInput, check_integer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FARTHEST = 10**10  # a bound that keeps every sum of minutes inside 64 bits


def minute_of(instant: datetime) -> int:
    """Minutes since 1970-01-01T00:00Z, seconds cut off; raises InvalidInput(naive_time)."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise InvalidInput("instant", "naive_time")
    return (instant - EPOCH) // MINUTE


def instant_of(minute: int) -> datetime:
    """The aware UTC instant at which a minute begins."""
    return EPOCH + minute * MINUTE


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes from `start` up to, not including, `end`; raises InvalidInput(end_before_start) when empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        check_integer("span.start", self.start, -FARTHEST, FARTHEST)
        check_integer("span.end", self.end, -FARTHEST, FARTHEST)
        if self.end <= self.start:
            raise InvalidInput("span", "end_before_start")

    @classmethod
    def of(cls, starts_at: datetime, ends_at: datetime) -> Span:
        """From two aware instants; both are cut to the minute, so what touched still touches."""
        return cls(minute_of(starts_at), minute_of(ends_at))

    @property
    def minutes(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same minutes as sorted spans that neither overlap nor touch."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def clip(spans: Iterable[Span], within: Span) -> tuple[Span, ...]:
    """What lies inside `within`, merged and sorted."""
    return union(Span(max(s.start, within.start), min(s.end, within.end)) for s in spans if s.overlaps(within))


def subtract(spans: Iterable[Span], cuts: Iterable[Span]) -> tuple[Span, ...]:
    """The minutes of `spans` that are in none of `cuts`, merged and sorted."""
    holes, at = union(cuts), 0
    left: list[Span] = []
    for span in union(spans):
        start = span.start
        while at < len(holes) and holes[at].end <= start:
            at += 1
        place = at
        while place < len(holes) and holes[place].start < span.end:
            if start < holes[place].start:
                left.append(Span(start, holes[place].start))
            start = holes[place].end
            place += 1
        at = max(at, place - 1)
        if start < span.end:
            left.append(Span(start, span.end))
    return tuple(left)


def total(spans: Iterable[Span]) -> int:
    """Minutes in a union of spans, each minute counted once."""
    return sum(span.minutes for span in union(spans))


def first(spans: Iterable[Span], minutes: int) -> tuple[Span, ...]:
    """The earliest `minutes` minutes of a union; fewer when there are not so many."""
    taken: list[Span] = []
    for span in union(spans):
        if minutes <= 0:
            break
        taken.append(Span(span.start, span.start + min(minutes, span.minutes)))
        minutes -= taken[-1].minutes
    return tuple(taken)
