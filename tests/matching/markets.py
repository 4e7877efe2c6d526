"""Random small markets whose every time boundary lies on a quarter of an hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from matching import (
    Booking,
    Certificate,
    CertificateNeed,
    DayException,
    DayMinutes,
    PartTimeLimits,
    Pay,
    Point,
    Shift,
    SkillClaim,
    SkillNeed,
    Span,
    Waiting,
    WeekWindow,
    Worker,
    minute_of,
)

from .builders import NOW, TODAY

T = TypeVar("T")
START = minute_of(NOW)
EMPLOYERS = [UUID(int=n) for n in range(1, 4)]
CODES = ["4-10-01-06", "4-10-01-05", "4-10-03-01", "4-09-08-01", "6-31-01-03", None]
NAMES = ["家政", "钟点", "保姆", "保洁", "保安", "擦玻璃", "水电", "电", "住家保姆", ""]
PAPERS = ["health", "height", "electric"]
UNITS = ["hour", "day", "shift", "fixed", "piece"]


def maybe(chance: Random, value: T, odds: float = 0.5) -> T | None:
    return value if chance.random() < odds else None


def a_point(chance: Random) -> Point:
    return Point(31_230_000 + chance.randint(-60_000, 60_000), 121_474_000 + chance.randint(-60_000, 60_000))


def a_window(chance: Random) -> WeekWindow:
    return WeekWindow(chance.randrange(7), 15 * chance.randrange(96), 15 * chance.randrange(97))


def a_span(chance: Random, longest: int = 14 * 4) -> Span:
    start = START + 15 * chance.randint(-8, 4 * 24 * 4)
    return Span(start, start + 15 * chance.randint(4, longest))


def a_day(chance: Random, spread: int = 4) -> date:
    return TODAY + timedelta(days=chance.randint(-spread, spread))


def a_claim(chance: Random) -> SkillClaim:
    level = maybe(chance, chance.randint(0, 4), 0.7)
    return SkillClaim(chance.choice(CODES), chance.choice(NAMES), level, chance.random() < 0.5)


def a_need(chance: Random) -> SkillNeed:
    code = chance.choice(CODES)
    names = tuple(chance.sample(NAMES, chance.randint(0 if code else 2, 3)))
    return SkillNeed(code, names, chance.choice([0, 0, 1, 2]))


def a_pay(chance: Random) -> Pay:
    return Pay(chance.randint(100, 30_000), chance.choice(UNITS))


def a_certificate(chance: Random) -> Certificate:
    valid_from, valid_until = maybe(chance, a_day(chance)), maybe(chance, a_day(chance))
    return Certificate(chance.choice(PAPERS), valid_from, valid_until, chance.random() < 0.8)


def an_exception(chance: Random) -> DayException:
    windows = tuple((w.start, w.end) for w in (a_window(chance) for _ in range(chance.randint(0, 2))))
    return DayException(a_day(chance), chance.random() < 0.5, windows)


def many(chance: Random, make: object, most: int) -> tuple[T, ...]:
    assert callable(make)
    return tuple(make(chance) for _ in range(chance.randint(0, most)))


def market_worker(chance: Random, number: int) -> Worker:
    """Mostly free and fitting, with every field somewhere."""
    always = tuple(WeekWindow(day, 0, 1440) for day in range(7))
    some: tuple[WeekWindow, ...] = many(chance, a_window, 14)
    trades: tuple[SkillClaim, ...] = many(chance, a_claim, 2)
    return Worker(
        id=UUID(int=1000 + number),
        introducible_from=chance.choice([date(2000, 1, 1)] * 8 + [TODAY, TODAY + timedelta(days=1), None]),
        adult_from=chance.choice([date(2002, 1, 1)] * 4 + [a_day(chance), None]),
        skills=many(chance, a_claim, 4),
        certificates=(
            *(Certificate(kind, verified=True) for kind in PAPERS[:1]),
            *many(chance, a_certificate, 3),
        ),
        home=maybe(chance, a_point(chance), 0.9),
        here=maybe(chance, a_point(chance), 0.3),
        radius_m=chance.choice([0, 800, 2_000, 3_000, 5_000, 8_000, 12_000, 20_000]),
        weekly=chance.choice([always, always, some, some, None]),
        exceptions=many(chance, an_exception, 3),
        waiting=maybe(chance, Waiting(Span(START - 60, START + 15 * chance.randint(1, 60)), trades), 0.4),
        bookings=tuple(Booking(a_span(chance, 24)) for _ in range(chance.randint(0, 2))),
        blocked_employers=frozenset(e for e in EMPLOYERS if chance.random() < 0.05),
        live_postings=frozenset(UUID(int=3000 + n) for n in range(8) if chance.random() < 0.05),
        engaged_shifts=frozenset(UUID(int=2000 + n) for n in range(8) if chance.random() < 0.05),
        part_time_days=tuple(
            DayMinutes(chance.choice(EMPLOYERS), a_day(chance, 7), 15 * chance.randint(0, 28))
            for _ in range(chance.randint(0, 14))
        ),
        reliability=maybe(chance, chance.randint(0, 1000)),
        pay_wish=maybe(chance, a_pay(chance)),
        priority=chance.random() < 0.3,
    )


def market_shift(chance: Random, number: int) -> Shift:
    """Dated, flexible, weekly or open work."""
    kind = chance.choice(["dated"] * 5 + ["flexible", "weekly", "open"])
    pattern: tuple[WeekWindow, ...] = tuple(a_window(chance) for _ in range(chance.randint(1, 3)))
    needed = 15 * chance.randint(4, 24) if kind in ("flexible", "weekly") else None
    return Shift(
        id=UUID(int=2000 + number),
        posting_id=UUID(int=3000 + number),
        employer_id=chance.choice(EMPLOYERS),
        trade=maybe(chance, a_need(chance), 0.9),
        required=many(chance, a_need, 2),
        wished=many(chance, a_need, 2),
        certificates=tuple(
            CertificateNeed(kind, chance.random() < 0.8) for kind in chance.sample(PAPERS, chance.choice([0, 0, 1, 2]))
        ),
        adult_only=chance.random() < 0.2,
        span=a_span(chance, 32) if kind in ("dated", "flexible") else None,
        pattern=pattern if kind == "weekly" else (),
        needed_minutes=needed,
        break_minutes=chance.choice([0, 30, 60]),
        point=maybe(chance, a_point(chance), 0.9),
        pickup=maybe(chance, a_point(chance), 0.2),
        remote=chance.random() < 0.1,
        radius_limit_m=maybe(chance, chance.choice([3_000, 6_000, 30_000]), 0.4),
        headcount=chance.randint(1, 4),
        taken=chance.choice([0, 0, 0, 1]),
        is_open=chance.random() < 0.95,
        blocked_workers=frozenset(UUID(int=1000 + n) for n in range(12) if chance.random() < 0.03),
        part_time=maybe(chance, PartTimeLimits(week_minutes=chance.choice([600, 1440])), 0.4),
        published_at=maybe(chance, START - chance.choice([0, 60, 5_000, 20_000]), 0.8),
        pay=maybe(chance, a_pay(chance), 0.8),
        public_priority=chance.random() < 0.3,
        employer_reliability=(None, 0, 333, 800, 1000)[number % 5],
    )


def a_market(seed: int) -> tuple[list[Worker], list[Shift]]:
    """Some workers are twins in all but id, so that ties are common."""
    chance = Random(seed)
    workers = [market_worker(chance, number) for number in range(chance.randint(3, 9))]
    workers += [replace(workers[0], id=UUID(int=1000 + len(workers)))]
    shifts = [market_shift(chance, number) for number in range(chance.randint(2, 4))]
    shifts += [replace(shifts[0], id=UUID(int=2000 + len(shifts)), published_at=None)]
    chance.shuffle(workers)
    return workers, shifts
