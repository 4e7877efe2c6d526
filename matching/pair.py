"""One worker beside one shift: everything that gates and score measure, each measured once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from matching.cover import Cover, cover
from matching.distance import haversine_metres
from matching.hours import WeekHours, week_hours
from matching.model import Shift, Worker
from matching.policy import Policy
from matching.schedule import local_date
from matching.span import Span


@dataclass(frozen=True)
class Pair:
    """The subject of every rule; `now` is the UTC minute at which the question is asked."""

    worker: Worker
    shift: Shift
    policy: Policy
    now: int

    @cached_property
    def today(self) -> date:
        """The local date of the question: the day on which somebody would be introduced."""
        return local_date(self.now, self.policy.utc_offset)

    @cached_property
    def work_days(self) -> tuple[date, date]:
        """First and last local day of the work; today where the work has no date yet."""
        span = self.shift.span or Span(self.now, self.now + 1)
        offset = self.policy.utc_offset
        return local_date(span.start, offset), local_date(span.end - 1, offset)

    @cached_property
    def metres(self) -> int | None:
        """Way to the meeting point: 0 for remote work, None when either point is unknown."""
        if self.shift.remote:
            return 0
        start, end = self.worker.point, self.shift.meeting_point
        return haversine_metres(start, end) if start and end else None

    @cached_property
    def limit_m(self) -> int:
        """The smaller of the worker's radius and the job's limit."""
        limit = self.shift.radius_limit_m
        return self.worker.radius_m if limit is None else min(limit, self.worker.radius_m)

    @cached_property
    def cover(self) -> Cover:
        return cover(self.worker, self.shift, self.policy, self.now)

    @cached_property
    def part_time_weeks(self) -> tuple[WeekHours, ...]:
        """The weeks of this employer's part-time work that the shift adds to; none for other work."""
        if self.shift.part_time is None:
            return ()
        return week_hours(self.worker, self.shift, self.policy.utc_offset)
