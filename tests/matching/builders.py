"""Workers and shifts that fit each other unless a test says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from matching import (
    PRODUCT,
    Certificate,
    CertificateNeed,
    Code,
    Match,
    Point,
    Policy,
    Refusal,
    Shift,
    SkillClaim,
    SkillNeed,
    Span,
    WeekWindow,
    Worker,
    explain,
    minute_of,
)

SHANGHAI = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI)  # a Friday
TODAY = NOW.date()
HALL = Point.of(31.230, 121.474)
EVERY_DAY = tuple(WeekWindow(day, 0, 1440) for day in range(7))
EMPLOYER, POSTING, SHIFT, WORKER = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
HEALTH = "health"


def at(hour: int, minute: int = 0, *, day: int = 20, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def span(start: datetime, end: datetime) -> Span:
    return Span.of(start, end)


def north_of(point: Point, metres: float) -> Point:
    """About so many metres to the north."""
    return Point(point.lat_e6 + round(metres / 0.111195), point.lon_e6)


def a_worker(**changes: Any) -> Worker:
    worker = Worker(
        id=WORKER,
        introducible_from=date(2000, 1, 2),
        adult_from=date(2002, 1, 1),
        skills=(SkillClaim("4-03-02-05", "餐厅服务", level=1, verified=True),),
        certificates=(Certificate(HEALTH, date(2026, 1, 1), date(2026, 12, 31), verified=True),),
        home=HALL,
        weekly=EVERY_DAY,
    )
    return replace(worker, **changes)


def a_shift(**changes: Any) -> Shift:
    shift = Shift(
        id=SHIFT,
        posting_id=POSTING,
        employer_id=EMPLOYER,
        trade=SkillNeed("4-03-02-05", ("餐厅服务", "洗碗")),
        certificates=(CertificateNeed(HEALTH),),
        span=span(at(17), at(22)),
        point=HALL,
        headcount=2,
        published_at=minute_of(NOW),
    )
    return replace(shift, **changes)


def look(worker: Worker | None = None, shift: Shift | None = None, policy: Policy = PRODUCT) -> Match:
    return explain(worker or a_worker(), shift or a_shift(), policy, now=NOW)


def codes(match: Match) -> set[Code]:
    return {refusal.code for refusal in match.refusals}


def refusal(match: Match, code: Code) -> Refusal:
    return next(found for found in match.refusals if found.code is code)


def part(match: Match, name: str) -> int:
    """The points of one part."""
    return next(found.points for found in match.score.parts if found.name == name)


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
