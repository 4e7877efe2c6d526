"""What comes in over the API of when the work is: shifts, series, patterns."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from service.http.types import (
    Day,
    In,
    Instant,
    TimeOfDay,
    count,
    missing_inside,
    refusal,
)

MOST_SEATS = 10_000  # what the database can hold; the place's own limit is a dated policy
Seats = Annotated[int, Field(strict=True, ge=1, le=MOST_SEATS)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=1440)]
Weekday = Annotated[int, Field(strict=True, ge=0, le=6, description="0 is Monday")]
Weekdays = Annotated[list[Weekday], Field(max_length=7)]
TIME_WAYS = ("starts_at", "shifts", "pattern")


class ExceptionIn(In):
    """One day that differs: `removed`, or `added` to the plan or `changed` in it with its own hours."""

    day: Day
    kind: Literal["removed", "added", "changed"]
    start: TimeOfDay | None = None
    end: TimeOfDay | None = None


Exceptions = Annotated[list[ExceptionIn], Field(max_length=100)]


class ShiftIn(In):
    """One dated shift; without a number of its own it has the posting's."""

    starts_at: Instant
    ends_at: Instant
    headcount: Seats | None = None
    break_minutes: Minutes | None = None


class SeriesIn(In):
    """A weekly series that begins with the shift beside it; at most one of `count` and `until`."""

    weekdays: Weekdays | None = None
    every_weeks: Annotated[int, Field(strict=True, ge=1, le=12)] = 1
    count: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None
    until: Day | None = None
    exceptions: Exceptions = Field(default_factory=list)


class SlotIn(In):
    """Daily hours; an end at or before the start is on the next day."""

    start: TimeOfDay
    end: TimeOfDay
    weekdays: Weekdays | None = None


class WindowIn(In):
    """Between which hours work may begin and end."""

    start_from: TimeOfDay | None = None
    start_to: TimeOfDay | None = None
    end_from: TimeOfDay | None = None
    end_to: TimeOfDay | None = None


class PatternIn(In):
    """Work by pattern: slots and days; without weekdays the days are to be agreed."""

    slots: Annotated[list[SlotIn], Field(max_length=20)] = Field(default_factory=list)
    weekdays: Weekdays | None = None
    min_days_per_week: count(0, 7) | None = None  # type: ignore[valid-type]
    max_days_per_week: count(1, 7) | None = None  # type: ignore[valid-type]
    min_minutes_per_day: Minutes | None = None
    min_months: count(0, 120) | None = None  # type: ignore[valid-type]
    flexible_window: WindowIn | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    exceptions: Exceptions = Field(default_factory=list)


class TimeIn(In):
    """Exactly one of: `starts_at` with `ends_at` (and a `series`), `shifts`, `pattern`."""

    starts_at: Instant | None = None
    ends_at: Instant | None = None
    series: SeriesIn | None = None
    shifts: Annotated[list[ShiftIn], Field(min_length=1, max_length=200)] | None = None
    pattern: PatternIn | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """Said here too, so that it stands in one answer with what is missing elsewhere in the body."""
        given = [name for name in TIME_WAYS if getattr(self, name) is not None]
        if len(given) != 1:
            raise refusal("time_one_way", ways=", ".join(TIME_WAYS))
        if self.starts_at is not None and self.ends_at is None:
            raise missing_inside("TimeIn", "ends_at")
        return self
