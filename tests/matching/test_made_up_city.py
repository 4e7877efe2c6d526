"""The benchmarks' city is the designers' city: the same rules, the same shares, for any seed and size."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from benchmarks import city
from benchmarks.asked import asked_of
from benchmarks.growth import power
from benchmarks.ranking_numpy import Slices
from matching import BENCH, instant_of, rank
from matching.distance import decay_table
from matching.pool import ShiftRows
from tests.conftest import shared_folder

GENERATOR = shared_folder() / "bench" / "gen_city.py"
NOW = instant_of(city.MONDAY - 10)
SKILLS, WORKERS, SHIFTS = 40, 20_000, 4_000
NO_BOOKING = 32_000
Columns = dict[str, Any]

needs_generator = pytest.mark.skipif(not GENERATOR.is_file(), reason="the shared generator is not here")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    """What the designers' generator writes."""
    path = tmp_path_factory.mktemp("city") / "city.npz"
    sizes = ["--workers", str(WORKERS), "--shifts", str(SHIFTS), "--skills", str(SKILLS), "--seed", "11"]
    subprocess.run([sys.executable, str(GENERATOR), str(path), *sizes], check=True, stdout=subprocess.DEVNULL)
    with np.load(path) as columns:
        return dict(columns)


def as_city(columns: Columns) -> city.City:
    """Their columns as ours: slots become minutes, missing bookings and skills are left out."""
    booked, two = columns["bs"] < NO_BOOKING, columns["ssk"] >= 0
    minutes = lambda slots: city.MONDAY + city.QUARTER * slots.astype(np.int64)  # noqa: E731
    return city.City(
        lat_e6=np.round(columns["wlat"] * 1e6).astype(np.int32),
        lon_e6=np.round(columns["wlon"] * 1e6).astype(np.int32),
        radius_m=columns["wrad"],
        reliability=columns["rel"],
        hours=columns["avail"],
        claim_ptr=columns["wptr"],
        claim_kind=columns["wsk"],
        claim_level=columns["wlv"],
        booking_ptr=np.concatenate(([0], np.cumsum(booked.sum(1)))),
        booking_start=minutes(columns["bs"][booked]),
        booking_end=minutes(columns["be"][booked]),
        shift_lat_e6=np.round(columns["slat"] * 1e6).astype(np.int32),
        shift_lon_e6=np.round(columns["slon"] * 1e6).astype(np.int32),
        shift_start=minutes(columns["sstart"]),
        shift_end=minutes(columns["send"]),
        need_ptr=np.concatenate(([0], np.cumsum(two.sum(1)))),
        need_kind=columns["ssk"][two],
        need_level=columns["slv"][two],
        headcount=columns["shc"],
        skills=SKILLS,
    )


def shares(town: city.City) -> dict[str, list[float]]:
    """Means and shares of everything the generator draws."""
    people, shifts = town.workers, town.shifts
    claims, bookings, needs = np.diff(town.claim_ptr), np.diff(town.booking_ptr), np.diff(town.need_ptr)
    length = (town.booking_end - town.booking_start) / 60
    lasts = (town.shift_end - town.shift_start) / 60
    begins = (town.shift_start - city.MONDAY) // 60 % 24

    def of(values: Any, most: int, count: int) -> list[float]:
        return [float(np.sum(values == each)) / count for each in range(most)]

    return {
        "lat": quantiles(town.lat_e6),
        "lon": quantiles(town.lon_e6),
        "shift lat": quantiles(town.shift_lat_e6),
        "shift lon": quantiles(town.shift_lon_e6),
        "radius": of(town.radius_m // 1000, 21, people),
        "claims": of(claims, 7, people),
        "level": of(town.claim_level, 6, len(town.claim_level)),
        "skill": of(town.claim_kind, SKILLS, people),
        "hours": [float(each) for each in free_hours(town).mean(0)],
        "reliability": [float(town.reliability.mean()) / 1000, float(town.reliability.std()) / 1000],
        "bookings": of(bookings, 6, people),
        "booking": [float(length.mean()) / 10, float(length.min()) / 10, float(length.max()) / 10],
        "needs": of(needs, 3, shifts),
        "needed": of(town.need_kind, SKILLS, shifts),
        "need level": of(town.need_level, 4, len(town.need_level)),
        "length": of(lasts, 11, shifts),
        "begin": of(begins, 24, shifts),
        "headcount": of(town.headcount, 21, shifts),
    }


def quantiles(degrees_e6: Any) -> list[float]:
    return [float(each) / 1e6 for each in np.percentile(degrees_e6, [2, 25, 50, 75, 98])]


def free_hours(town: city.City) -> Any:
    """bool[n, 168]"""
    return np.unpackbits(town.hours.view(np.uint8).reshape(-1, 24), axis=1, bitorder="little")[:, : city.HOURS]


@needs_generator
def test_every_share_is_that_of_the_shared_generator(theirs: Columns) -> None:
    """Places, radii, skills, levels, hours, bookings, lengths, beginnings and seats, within chance."""
    ours, other = shares(city.make_city(WORKERS, SHIFTS, skills=SKILLS, seed=5)), shares(as_city(theirs))
    assert set(ours) == set(other)
    for name in ours:
        assert ours[name] == pytest.approx(other[name], abs=0.03), name


@needs_generator
def test_hours_asked_and_scores_are_those_of_the_shared_rules(theirs: Columns) -> None:
    """Masks bit by bit; the first twenty by the documented formula in floats, but for what integers round away."""
    town = as_city(theirs)
    asked = asked_of(town)
    assert np.array_equal(asked.hours.view(np.uint64), theirs["smask"])
    for ours, hour in ((asked.before, theirs["sprev"]), (asked.after, theirs["snext"])):
        bits = np.unpackbits(ours.view(np.uint8).reshape(-1, 24), axis=1, bitorder="little")
        assert np.array_equal(bits.argmax(1), hour)
    pool = city.pool_of(town)
    question = pool.question(ShiftRows.from_columns(**city.shift_columns(town)), BENCH, now=NOW)
    found_any = 0
    for shift in range(0, SHIFTS, 40):
        slots, scores, _ = pool.top(question, shift, 20)
        eligible, points = by_the_formula(theirs, shift)
        ids = pool.ids_of(slots)
        assert len(ids) == min(20, len(eligible))
        known = dict(zip(eligible.tolist(), points.tolist(), strict=True))
        assert scores.tolist() == pytest.approx([known[each] * 1e8 for each in ids], abs=5_100)
        assert min(known[each] for each in ids) >= np.sort(points)[::-1][len(ids) - 1] - 1e-4 if ids else True
        found_any += len(ids)
    assert found_any > 200


def by_the_formula(columns: Columns, shift: int) -> tuple[Any, Any]:
    """(ids, scores) of everybody eligible, as the generator's own text defines both."""
    people, owner = len(columns["wlat"]), np.repeat(np.arange(len(columns["wlat"])), np.diff(columns["wptr"]))
    levels = np.zeros((people, 2))
    wanted = [(int(k), int(low)) for k, low in zip(columns["ssk"][shift], columns["slv"][shift], strict=True) if k >= 0]
    fits = np.ones(people, bool)
    for place, (skill, least) in enumerate(wanted):
        held = columns["wsk"] == skill
        levels[owner[held], place] = columns["wlv"][held]
        fits &= levels[:, place] >= least
    lat, lon = np.radians(columns["wlat"]), np.radians(columns["wlon"])
    to_lat, to_lon = np.radians(columns["slat"][shift]), np.radians(columns["slon"][shift])
    chord = np.sin((lat - to_lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin((lon - to_lon) / 2) ** 2
    metres = 2 * 6371008.7714150598 * np.arcsin(np.sqrt(chord))
    fits &= metres <= columns["wrad"]
    fits &= ((columns["avail"] & columns["smask"][shift]) == columns["smask"][shift]).all(1)
    fits &= ~((columns["bs"] < columns["send"][shift]) & (columns["be"] > columns["sstart"][shift])).any(1)
    bits = np.unpackbits(columns["avail"].view(np.uint8).reshape(-1, 24), axis=1, bitorder="little")
    spare = bits[:, columns["sprev"][shift]].astype(float) + bits[:, columns["snext"][shift]]
    mean = levels[:, : len(wanted)].mean(1)
    points = 0.40 * mean / 5 + 0.25 * np.exp(-metres / 5000) + 0.075 * spare + 0.20 * columns["rel"] / 1000
    chosen = np.flatnonzero(fits)
    return chosen, points[chosen]


def test_the_numpy_peer_ranks_as_the_oracle_does() -> None:
    """One skill and two, ties by id, no one at all; its table of distances is the library's."""
    town = city.make_city(1_500, 60, skills=6, seed=8)
    slices, asked = Slices(town), asked_of(town)
    workers = [city.worker_of(town, row) for row in range(town.workers)]
    for row in range(0, town.shifts, 2):
        wanted = rank(city.shift_of(town, row), workers, BENCH, 20, now=NOW).matches
        ids, scores = slices.top(asked, row, 20)
        assert ids.tolist() == [match.worker_id for match in wanted]
        assert scores.tolist() == [match.score.total for match in wanted]
    worths = np.floor(1e6 * np.exp(-np.arange(20_001) / 5000) + 0.5)
    assert worths.tolist() == list(decay_table(5_000)[:20_001])


def test_the_first_people_of_a_city_are_a_smaller_one() -> None:
    """Claims and bookings end with them; windows say the hours again; powers of growth are slopes."""
    town = city.make_city(300, 5, skills=9, seed=1)
    small = city.head(town, 100)
    assert (small.workers, small.claim_ptr[-1], small.booking_ptr[-1]) == (
        100,
        len(small.claim_kind),
        len(small.booking_end),
    )
    for row in range(100):
        assert city.worker_of(small, row) == city.worker_of(town, row)
        hours = {
            24 * w.weekday + h for w in city.windows_of(town.hours[row]) for h in range(w.start // 60, w.end // 60)
        }
        assert hours == set(np.flatnonzero(free_hours(small)[row]).tolist())
    assert power((1, 10, 100), [2.0, 20.0, 200.0]) == pytest.approx(1)
