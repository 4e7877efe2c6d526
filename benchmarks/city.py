"""A made-up big city of odd jobs, any seed and any size: columns for the pool, values for the oracle.

Time is counted in quarters of an hour over four weeks, quarter 0 = Monday 0:00 in Shanghai. People have a
place, a radius of 2 to 20 km, one to six skills with levels 1 to 5, free hours of the week, up to five
bookings and a reliability in permille; shifts a place, one or two required skills with least levels, a span
and a headcount. Skills follow Zipf's law, people live in seventeen overlapping centres and a thin country.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import numpy as np

from matching import Booking, Point, Shift, SkillClaim, SkillNeed, Span, WeekWindow, Worker
from matching.pool import WorkerPool

Array: TypeAlias = "np.ndarray[Any, Any]"

MONDAY = 4 * 1440 - 480  # 1970-01-05 00:00 in Shanghai, in minutes since 1970-01-01T00:00Z
QUARTER = 15
GROWN_UP = date(1960, 1, 1)  # everybody, for the policies that ask
QUARTERS = 2688
WEEK = 672
HOURS = 168
MOST_SKILLS, MOST_BOOKINGS = 6, 5
DEGREE_KM = 111.195
CITY_LAT = 31.2
COUNTRY = 0.06  # share of people outside every centre
# latitude, longitude, spread in km, weight
CENTRES = np.array(
    [
        (31.230, 121.474, 4.5, 16), (31.225, 121.445, 3.5, 9), (31.240, 121.505, 3.0, 8), (31.195, 121.437, 3.5, 8),
        (31.300, 121.515, 4.0, 7), (31.250, 121.370, 4.5, 6), (31.112, 121.385, 5.0, 8), (31.030, 121.230, 5.5, 6),
        (31.375, 121.265, 5.5, 5), (31.405, 121.490, 4.5, 5), (31.200, 121.590, 5.0, 7), (31.045, 121.400, 4.0, 4),
        (31.150, 121.120, 6.0, 3), (30.918, 121.474, 5.0, 3), (30.742, 121.340, 5.0, 2), (30.900, 121.925, 5.0, 1.5),
        (31.620, 121.395, 6.0, 1.5),
    ]
)  # fmt: skip
BEGINNINGS = np.array([1, 0.5, 0.5, 0.5, 1, 2, 5, 8, 12, 12, 9, 6, 6, 8, 8, 6, 5, 6, 8, 6, 4, 3, 2, 2])


@dataclass(frozen=True)
class City:
    """Columns: people (`n` rows, claims and bookings by pointer) and shifts (`m` rows, one or two needs each)."""

    lat_e6: Array
    lon_e6: Array
    radius_m: Array
    reliability: Array
    hours: Array  # uint64[n, 3]
    claim_ptr: Array
    claim_kind: Array
    claim_level: Array
    booking_ptr: Array
    booking_start: Array  # minutes since 1970
    booking_end: Array
    shift_lat_e6: Array
    shift_lon_e6: Array
    shift_start: Array  # minutes since 1970
    shift_end: Array
    need_ptr: Array
    need_kind: Array
    need_level: Array
    headcount: Array
    skills: int

    @property
    def workers(self) -> int:
        return len(self.radius_m)

    @property
    def shifts(self) -> int:
        return len(self.shift_start)


def make_city(workers: int, shifts: int, *, skills: int = 300, seed: int = 7) -> City:
    """The same seed and sizes give the same city."""
    rng = np.random.default_rng(seed)
    lat, lon = _places(rng, workers, 1.25)
    radius = 1000 * rng.choice([2, 3, 5, 8, 10, 12, 15, 20], workers, p=[0.06, 0.14, 0.24, 0.18, 0.16, 0.1, 0.08, 0.04])
    claim_ptr, claim_kind = _claims(rng, workers, skills)
    booking_ptr, start, end = _bookings(rng, workers)
    people = {
        "lat_e6": lat,
        "lon_e6": lon,
        "radius_m": radius.astype(np.int32),
        "claim_ptr": claim_ptr,
        "claim_kind": claim_kind,
        "claim_level": rng.choice([1, 2, 3, 4, 5], len(claim_kind), p=[0.15, 0.3, 0.3, 0.17, 0.08]).astype(np.int8),
        "hours": _weeks(rng, workers),
        "reliability": np.clip(np.round(1000 * rng.beta(9, 2, workers)), 0, 1000).astype(np.int16),
        "booking_ptr": booking_ptr,
        "booking_start": start,
        "booking_end": end,
    }
    return City(**people, **_shifts(rng, shifts, skills), skills=skills)


def pool_of(city: City, **options: Any) -> WorkerPool:
    """The people as a pool; ids are row numbers. `options` replace columns or add some."""
    columns = {
        "ids": np.arange(city.workers),
        "lat_e6": city.lat_e6,
        "lon_e6": city.lon_e6,
        "radius_m": city.radius_m,
        "reliability": city.reliability,
        "hours": city.hours,
        "claim_ptr": city.claim_ptr,
        "claim_kind": city.claim_kind,
        "claim_level": city.claim_level,
        "kinds": [(code_of(skill), "") for skill in range(city.skills)],
        "booking_ptr": city.booking_ptr,
        "booking_start": city.booking_start,
        "booking_end": city.booking_end,
        "introducible_from": np.full(city.workers, GROWN_UP.toordinal()),
        "adult_from": np.full(city.workers, GROWN_UP.toordinal()),
    }
    return WorkerPool.from_columns(**{**columns, **options})


def shift_columns(city: City, chosen: Array | None = None) -> dict[str, Any]:
    """Some shifts (all by default) as columns for `ShiftRows.from_columns`."""
    chosen = np.arange(city.shifts) if chosen is None else chosen
    sizes = np.diff(city.need_ptr)[chosen]
    ptr = np.concatenate(([0], np.cumsum(sizes)))
    picked = np.repeat(city.need_ptr[:-1][chosen] - ptr[:-1], sizes) + np.arange(int(ptr[-1]))
    return {
        "needs": [SkillNeed(code_of(skill)) for skill in range(city.skills)],
        "need_ptr": ptr,
        "need_index": city.need_kind[picked],
        "need_level": city.need_level[picked],
        "start": city.shift_start[chosen],
        "end": city.shift_end[chosen],
        "lat_e6": city.shift_lat_e6[chosen],
        "lon_e6": city.shift_lon_e6[chosen],
    }


def worker_of(city: City, row: int) -> Worker:
    """One person as the oracle takes them; the id is the row number."""
    claims = range(city.claim_ptr[row], city.claim_ptr[row + 1])
    bookings = range(city.booking_ptr[row], city.booking_ptr[row + 1])
    return Worker(
        id=row,  # type: ignore[arg-type]
        introducible_from=GROWN_UP,
        adult_from=GROWN_UP,
        home=Point(int(city.lat_e6[row]), int(city.lon_e6[row])),
        radius_m=int(city.radius_m[row]),
        skills=tuple(SkillClaim(code_of(int(city.claim_kind[c])), level=int(city.claim_level[c])) for c in claims),
        weekly=windows_of(city.hours[row]),
        bookings=tuple(Booking(Span(int(city.booking_start[b]), int(city.booking_end[b]))) for b in bookings),
        reliability=int(city.reliability[row]),
    )


def shift_of(city: City, row: int) -> Shift:
    """One shift as the oracle takes it; the id is the row number."""
    needs = range(city.need_ptr[row], city.need_ptr[row + 1])
    return Shift(
        id=row,  # type: ignore[arg-type]
        posting_id=row,  # type: ignore[arg-type]
        employer_id=0,  # type: ignore[arg-type]
        required=tuple(SkillNeed(code_of(int(city.need_kind[n])), min_level=int(city.need_level[n])) for n in needs),
        span=Span(int(city.shift_start[row]), int(city.shift_end[row])),
        point=Point(int(city.shift_lat_e6[row]), int(city.shift_lon_e6[row])),
        headcount=int(city.headcount[row]),
    )


def windows_of(words: Array) -> tuple[WeekWindow, ...]:
    """Three words of free hours as windows, the longest there are within a day."""
    days = np.unpackbits(words.view(np.uint8), bitorder="little")[:HOURS].reshape(7, 24)
    edges = np.diff(np.pad(days.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    begins, ends = np.argwhere(edges == 1).tolist(), np.argwhere(edges == -1).tolist()
    return tuple(WeekWindow(day, 60 * begin, 60 * end) for (day, begin), (_, end) in zip(begins, ends, strict=True))


def head(city: City, workers: int) -> City:
    """The first people of a city, with all its shifts."""
    claims, bookings = int(city.claim_ptr[workers]), int(city.booking_ptr[workers])
    ends = {"claim_kind": claims, "claim_level": claims, "booking_start": bookings, "booking_end": bookings}
    ends |= {"claim_ptr": workers + 1, "booking_ptr": workers + 1}
    ends |= dict.fromkeys(("lat_e6", "lon_e6", "radius_m", "reliability", "hours"), workers)
    return replace(city, **{name: getattr(city, name)[:end] for name, end in ends.items()})


def code_of(skill: int) -> str:
    return f"k{skill}"


def _places(rng: np.random.Generator, count: int, spread: float) -> tuple[Array, Array]:
    """Millionths of a degree around the centres, some anywhere in the country around."""
    weights = CENTRES[:, 3] / CENTRES[:, 3].sum()
    centre = CENTRES[rng.choice(len(CENTRES), count, p=weights)]
    north, east = rng.standard_normal((2, count)) * centre[:, 2] * spread / DEGREE_KM
    lat, lon = centre[:, 0] + north, centre[:, 1] + east / np.cos(np.radians(CITY_LAT))
    outside = rng.random(count) < COUNTRY
    lat[outside] = rng.uniform(30.70, 31.65, int(outside.sum()))
    lon[outside] = rng.uniform(120.95, 121.95, int(outside.sum()))
    return np.round(lat * 1e6).astype(np.int32), np.round(lon * 1e6).astype(np.int32)


def _zipf(count: int) -> Array:
    weights = 1.0 / np.arange(1, count + 1) ** 0.9
    return weights / weights.sum()


def _claims(rng: np.random.Generator, workers: int, skills: int) -> tuple[Array, Array]:
    """One to six different skills each, drawn by Zipf weight without replacement (the largest noisy logs win)."""
    sizes = rng.choice(np.arange(1, 7), workers, p=[0.22, 0.28, 0.22, 0.14, 0.09, 0.05])
    most = min(MOST_SKILLS, skills)
    sizes = np.minimum(sizes, most)
    logs = np.log(_zipf(skills)).astype(np.float32)
    drawn = np.empty((workers, most), np.int16)
    for first in range(0, workers, 50_000):
        waits = rng.standard_exponential((min(50_000, workers - first), skills), np.float32)
        noise = logs - np.log(np.maximum(waits, np.float32(1e-30)))
        drawn[first : first + 50_000] = _largest(noise, most)
    ptr = np.concatenate(([0], np.cumsum(sizes)))
    return ptr, drawn[np.arange(most)[None, :] < sizes[:, None]]


def _largest(noise: Array, most: int) -> Array:
    """Columns of the largest entries of each row, largest first."""
    top = np.argpartition(-noise, most - 1, axis=1)[:, :most]
    order = np.argsort(-np.take_along_axis(noise, top, 1), axis=1)
    return np.take_along_axis(top, order, 1)


def _patterns() -> Array:
    """Seven ways to be free: days, evenings, weekends, always by day, nights, early, late."""
    week = np.zeros((7, 7, 24), bool)
    week[0, :5, 8:19] = True
    week[1, :5, 17:23] = week[1, 5:, 8:22] = True
    week[2, 5:, 7:23] = True
    week[3, :, 6:22] = True
    week[4, :, 18:] = week[4, :, :6] = True
    week[5, :6, 6:14] = True
    week[6, :6, 12:22] = True
    return week


def _weeks(rng: np.random.Generator, workers: int) -> Array:
    """Free hours as bits: a pattern less days off and private appointments."""
    kind = rng.choice(7, workers, p=[0.24, 0.16, 0.14, 0.12, 0.1, 0.12, 0.12])
    words = np.empty((workers, 3), np.uint64)
    for first in range(0, workers, 100_000):
        week = _patterns()[kind[first : first + 100_000]]
        count = len(week)
        week &= (rng.random((count, 7)) > 0.15)[:, :, None]
        busy, hour = rng.random((count, 7)) < 0.2, rng.integers(0, 24, (count, 7))
        near = np.abs(np.arange(24)[None, None, :] - hour[:, :, None]) <= 1
        week &= ~(busy[:, :, None] & near)
        bits = np.zeros((count, 192), bool)
        bits[:, :HOURS] = week.reshape(count, HOURS)
        words[first : first + count] = np.packbits(bits, axis=1, bitorder="little").view("<u8")
    return words


def _bookings(rng: np.random.Generator, workers: int) -> tuple[Array, Array, Array]:
    """None to five, each in its own fifth of the four weeks, two to ten hours long."""
    sizes = rng.choice(6, workers, p=[0.3, 0.25, 0.18, 0.13, 0.09, 0.05])
    fifth = np.arange(MOST_BOOKINGS) * 536
    begins = fifth[None, :] + rng.integers(0, 480, (workers, MOST_BOOKINGS))
    ends = begins + rng.integers(8, 41, (workers, MOST_BOOKINGS))
    kept = np.arange(MOST_BOOKINGS)[None, :] < sizes[:, None]
    ptr = np.concatenate(([0], np.cumsum(sizes)))
    return ptr, _minutes(begins[kept]), _minutes(ends[kept])


def _minutes(quarters: Array) -> Array:
    return MONDAY + QUARTER * quarters.astype(np.int64)


def _shifts(rng: np.random.Generator, count: int, skills: int) -> dict[str, Array]:
    lat, lon = _places(rng, count, 1.0)
    first, second = rng.choice(skills, (2, count), p=_zipf(skills))
    two = (rng.random(count) < 0.2) & (first != second)
    kept = np.stack([np.ones(count, bool), two], 1)
    start = rng.integers(0, 28, count) * 96 + rng.integers(0, 4, count)
    start += 4 * rng.choice(24, count, p=BEGINNINGS / BEGINNINGS.sum())
    length = rng.choice([8, 12, 16, 20, 24, 32, 40], count, p=np.array([15, 15, 25, 10, 10, 20, 5]) / 100)
    end = np.minimum(start + length, (start // WEEK + 1) * WEEK)  # a shift ends with its week
    return {
        "shift_lat_e6": lat,
        "shift_lon_e6": lon,
        "shift_start": _minutes(start),
        "shift_end": _minutes(end),
        "need_ptr": np.concatenate(([0], np.cumsum(kept.sum(1)))),
        "need_kind": np.stack([first, second], 1)[kept].astype(np.int16),
        "need_level": rng.choice([1, 2, 3], (count, 2), p=[0.5, 0.35, 0.15])[kept].astype(np.int8),
        "headcount": np.minimum(rng.geometric(0.35, count), 20).astype(np.int16),
    }
