"""The bench policy says what the synthetic city says: slots, hour bits, level means and exp(-km/5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from uuid import UUID

import pytest

from matching import (
    BENCH,
    Booking,
    Point,
    Shift,
    SkillClaim,
    SkillNeed,
    Span,
    WeekWindow,
    Worker,
    instant_of,
    rank,
)

MONDAY = 4 * 1440 - 480  # 1970-01-05 00:00 in Shanghai, slot 0
NOW = instant_of(MONDAY)
HOURS = 168


@dataclass(frozen=True)
class CityWorker:
    """A row of the city: degrees, radius, level per skill, free hours of the week, booked slots, permille."""

    lat: float
    lon: float
    radius: int
    levels: dict[int, int]
    hours: frozenset[int]
    booked: tuple[tuple[int, int], ...]
    reliability: int


@dataclass(frozen=True)
class CityShift:
    """A row of the city: degrees, least level per required skill, slots."""

    lat: float
    lon: float
    needs: dict[int, int]
    start: int
    end: int


def city_worker(chance: Random) -> CityWorker:
    skills = chance.sample(range(5), chance.randint(1, 4))
    first = chance.randrange(20)
    return CityWorker(
        round(31.2 + chance.uniform(-0.05, 0.05), 6),
        round(121.4 + chance.uniform(-0.05, 0.05), 6),
        chance.choice([2, 3, 5, 8, 10]) * 1000,
        {skill: chance.randint(1, 5) for skill in skills},
        frozenset(h for h in range(HOURS) if (first <= h % 24 or chance.random() < 0.6)),
        tuple((s, s + chance.randint(8, 40)) for s in [chance.randrange(0, 600)] if chance.random() < 0.7),
        chance.randint(0, 1000),
    )


def city_shift(chance: Random) -> CityShift:
    start = chance.randrange(0, 660)
    needs = {skill: chance.randint(1, 3) for skill in chance.sample(range(5), chance.randint(1, 2))}
    return CityShift(
        round(31.2 + chance.uniform(-0.05, 0.05), 6),
        round(121.4 + chance.uniform(-0.05, 0.05), 6),
        needs,
        start,
        min(start + chance.choice([8, 12, 16, 20]), 672),
    )


def kilometres(worker: CityWorker, shift: CityShift) -> float:
    a, b = math.radians(worker.lat), math.radians(shift.lat)
    h = math.sin((a - b) / 2) ** 2
    h += math.cos(a) * math.cos(b) * math.sin(math.radians(worker.lon - shift.lon) / 2) ** 2
    return 2 * 6371.0087714150598 * math.asin(math.sqrt(h))


def eligible(worker: CityWorker, shift: CityShift) -> bool:
    touched = {h % HOURS for h in range(shift.start // 4, (shift.end - 1) // 4 + 1)}
    return (
        all(worker.levels.get(skill, 0) >= least for skill, least in shift.needs.items())
        and kilometres(worker, shift) * 1000 <= worker.radius
        and touched <= worker.hours
        and not any(s < shift.end and shift.start < e for s, e in worker.booked)
    )


def city_score(worker: CityWorker, shift: CityShift) -> float:
    mean = sum(worker.levels[skill] for skill in shift.needs) / len(shift.needs)
    before, after = (shift.start // 4 - 1) % HOURS, ((shift.end - 1) // 4 + 1) % HOURS
    return (
        0.40 * mean / 5
        + 0.25 * math.exp(-kilometres(worker, shift) / 5)
        + 0.075 * (before in worker.hours)
        + 0.075 * (after in worker.hours)
        + 0.20 * worker.reliability / 1000
    )


def slots(start: int, end: int) -> Span:
    return Span(MONDAY + 15 * start, MONDAY + 15 * end)


def as_worker(number: int, row: CityWorker) -> Worker:
    return Worker(
        id=UUID(int=number),
        home=Point.of(row.lat, row.lon),
        radius_m=row.radius,
        skills=tuple(SkillClaim(f"k{skill}", level=level) for skill, level in row.levels.items()),
        weekly=tuple(WeekWindow(h // 24, h % 24 * 60, (h % 24 + 1) * 60) for h in row.hours),
        bookings=tuple(Booking(slots(s, e)) for s, e in row.booked),
        reliability=row.reliability,
    )


def as_shift(row: CityShift) -> Shift:
    return Shift(
        id=UUID(int=1),
        posting_id=UUID(int=1),
        employer_id=UUID(int=1),
        required=tuple(SkillNeed(f"k{skill}", min_level=least) for skill, least in row.needs.items()),
        span=slots(row.start, row.end),
        point=Point.of(row.lat, row.lon),
    )


@pytest.mark.parametrize("seed", range(10))
def test_a_small_city_is_ranked_as_its_generator_defines(seed: int) -> None:
    """Exactly the eligible people, and scores within the metre and the millionth that integers round away."""
    chance = Random(seed)
    people = [city_worker(chance) for _ in range(60)]
    workers = [as_worker(number, row) for number, row in enumerate(people)]
    for _ in range(6):
        shift = city_shift(chance)
        ranking = rank(as_shift(shift), workers, BENCH, 1000, now=NOW)
        found = {match.worker_id.int: match.score.total / 1e8 for match in ranking.matches}
        assert set(found) == {n for n, row in enumerate(people) if eligible(row, shift)}
        for number, total in found.items():
            assert total == pytest.approx(city_score(people[number], shift), abs=5.1e-5)


def test_the_small_cities_are_not_empty() -> None:
    """The comparison above looks at a few hundred eligible pairs."""
    chance = Random(0)
    people = [city_worker(chance) for _ in range(60)]
    shifts = [city_shift(chance) for _ in range(60)]
    assert sum(eligible(person, shift) for person in people for shift in shifts) > 100


def test_the_last_hour_of_the_week_looks_at_monday() -> None:
    """A shift until Sunday midnight has its spare hour on Monday at 0:00, as the city's hour bits wrap."""
    row = CityWorker(31.2, 121.4, 2000, {1: 3}, frozenset({0, *range(160, 168)}), (), 500)
    shift = CityShift(31.2, 121.4, {1: 1}, 164 * 4, 672)
    ranking = rank(as_shift(shift), [as_worker(1, row)], BENCH, 1, now=NOW)
    assert ranking.matches[0].score.total / 1e8 == pytest.approx(city_score(row, shift))
