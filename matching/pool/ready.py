"""Compile every kernel before a person waits for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from matching.distance import Point
from matching.model import Booking, Certificate, Shift, SkillClaim, SkillNeed, WeekWindow, Worker
from matching.policy import BENCH, PRODUCT
from matching.pool.compiled import HAS_COMPILER
from matching.pool.shifts import ShiftPool
from matching.pool.survey import BY_HOUR, Variant
from matching.pool.workers import WorkerPool
from matching.span import Span, minute_of

_NOW = datetime(2026, 11, 21, tzinfo=UTC)
_HERE = Point(31_230_000, 121_474_000)


def prepare() -> bool:
    """Ask one small pool everything once; False where there is no compiler and nothing to prepare.

    Takes half a minute the first time and a second or two after that: what is compiled is kept in
    NUMBA_CACHE_DIR, which the caller sets before the first import.
    """
    if not HAS_COMPILER:
        return False
    people = WorkerPool.from_workers(_worker(number) for number in range(3))
    people.add(_worker(3))
    people.change(_worker(3))
    people.book(_worker(1).id, Booking(Span(minute_of(_NOW), minute_of(_NOW) + 60)))
    people.move(_worker(2).id, Point(31_330_000, 121_474_000))
    people.set_availability(_worker(1).id, (WeekWindow(0, 0, 1440),))
    people.remove(_worker(3).id)
    shifts = ShiftPool.from_shifts((_shift(number) for number in range(2)), beside=people)
    shifts.add(_shift(2))
    for policy in (PRODUCT, BENCH):
        people.rank(_shift(0), policy, 2, now=_NOW)
        people.rank(_shift(0), policy, 5_000, now=_NOW)
        people.rank_many([_shift(0)], policy, 2, now=_NOW)
        slots, _ = people.gate_masks(_shift(0), policy, now=_NOW)
        people.within_reach(slots, _shift(0), policy, now=_NOW)
        people.survey(_shift(0), [Variant(_shift(1), BY_HOUR)], policy, now=_NOW)
        shifts.recommend(_worker(0), policy, 2, now=_NOW)
        shifts.recommend_all(policy, 2, now=_NOW)
    _columns()
    return True


def _worker(number: int) -> Worker:
    return Worker(
        id=UUID(int=number),
        introducible_from=date(2000, 1, 1),
        adult_from=date(2002, 1, 1),
        skills=(SkillClaim("4-10-01-06", level=2, verified=True),),
        certificates=(Certificate("health", verified=True),),
        home=_HERE,
        weekly=tuple(WeekWindow(day, 0, 1440) for day in range(7)),
    )


def _shift(number: int) -> Shift:
    begin = _NOW + timedelta(hours=5)
    return Shift(
        id=UUID(int=number),
        posting_id=UUID(int=number),
        employer_id=UUID(int=number),
        required=(SkillNeed("4-10-01-06"),),
        span=Span.of(begin, begin + timedelta(hours=4)),
        point=_HERE,
    )


def _columns() -> None:
    """A pool from columns with integer ids."""
    one = np.zeros(1, np.int32)
    WorkerPool.from_columns(
        ids=np.zeros(1, np.int64),
        lat_e6=one,
        lon_e6=one,
        radius_m=one,
        reliability=one,
        hours=np.zeros((1, 3), np.uint64),
        claim_ptr=np.array([0, 1]),
        claim_kind=one,
        claim_level=one,
        kinds=[("4-10-01-06", "")],
        booking_ptr=np.array([0, 0]),
        booking_start=np.zeros(0, np.int64),
        booking_end=np.zeros(0, np.int64),
    )
