"""A city built from columns is ranked as the same people taken as values."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

import numpy as np
import pytest

from benchmarks import city
from matching import BENCH, PRODUCT, InvalidInput, Point, SkillClaim, haversine_metres, instant_of, rank
from matching.pool import ShiftRows, WorkerPool
from matching.pool.grid import at_least, cell_of, column_term, is_beyond, near_metres, row_terms
from matching.pool.measure import RADIANS, metres_between

NOW = instant_of(city.MONDAY - 10)
TOWN = city.make_city(2_500, 60, skills=12, seed=3)


def test_a_city_is_ranked_as_its_values_are() -> None:
    """Scores, ids, counts; one at a time and all shifts on two threads."""
    pool = city.pool_of(TOWN)
    workers = [city.worker_of(TOWN, row) for row in range(TOWN.workers)]
    question = pool.question(ShiftRows.from_columns(**city.shift_columns(TOWN)), BENCH, now=NOW)
    answers = pool.top_many(question, 20)
    for row in range(0, TOWN.shifts, 6):
        shift = city.shift_of(TOWN, row)
        wanted = rank(shift, workers, BENCH, 20, now=NOW)
        assert pool.rank(shift, BENCH, 20, now=NOW) == wanted
        slots, scores, metres = pool.top(question, row, 20)
        assert pool.ids_of(slots) == [match.worker_id for match in wanted.matches]
        assert scores.tolist() == [match.score.total for match in wanted.matches]
        assert metres.tolist() == [match.distance_m for match in wanted.matches]
        assert answers.slots[row, : answers.sizes[row]].tolist() == slots.tolist()


def test_the_generator_gives_the_same_city_for_the_same_seed() -> None:
    """And another for another seed."""
    again, other = city.make_city(2_500, 60, skills=12, seed=3), city.make_city(2_500, 60, skills=12, seed=4)
    assert np.array_equal(again.hours, TOWN.hours)
    assert np.array_equal(again.need_kind, TOWN.need_kind)
    assert not np.array_equal(other.lat_e6, TOWN.lat_e6)


def test_uuids_as_bytes_sort_as_uuids() -> None:
    """Sixteen bytes a row name the same people as UUID objects."""
    town = city.make_city(400, 10, skills=2, seed=5)
    ids = [UUID(int=Random(row).getrandbits(128)) for row in range(town.workers)]
    numbers = np.array([list(each.bytes) for each in ids], np.uint8)
    by_number, by_uuid = city.pool_of(town), city.pool_of(town, ids=numbers)
    for row in range(5):
        shift = city.shift_of(town, row)
        found = by_uuid.rank(shift, PRODUCT, 400, now=NOW)
        wanted = by_number.rank(shift, PRODUCT, 400, now=NOW)
        assert {match.worker_id for match in found.matches} == {ids[match.worker_id] for match in wanted.matches}
        keys = [(-match.score.total, match.distance_m, match.worker_id) for match in found.matches]
        assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("lat_e6", 91_000_000, "out_of_range"),
        ("radius_m", -1, "out_of_range"),
        ("reliability", 1_001, "out_of_range"),
        ("claim_kind", 12, "out_of_range"),
        ("claim_level", 6, "out_of_range"),
        ("lon_e6", float("nan"), "not_an_integer"),
        ("ids", 7, "duplicate_id"),
        ("booking_end", city.MONDAY - 10_000, "end_before_start"),
    ],
)
def test_columns_are_checked_as_values_are(column: str, value: float, code: str) -> None:
    """One bad entry is refused with its code; a float where integers are due too."""
    given = np.arange(TOWN.workers) if column == "ids" else np.array(getattr(TOWN, column))
    given = given.astype(float) if value != value else given.astype(np.int64)
    given[3] = value
    with pytest.raises(InvalidInput, match=code):
        city.pool_of(TOWN, **{column: given})


@pytest.mark.parametrize(
    ("column", "change", "code"),
    [
        ("lat_e6", lambda given: given[1:], "wrong_length"),
        ("ids", lambda given: given[1:], "wrong_length"),
        ("hours", lambda given: given[1:], "wrong_length"),
        ("hours", lambda given: given | np.uint64(1 << 40), "out_of_range"),
        ("hours", lambda given: given.astype(float), "not_an_integer"),
        ("claim_level", lambda given: given[1:], "wrong_length"),
        ("claim_ptr", lambda given: given[1:], "wrong_length"),
        ("claim_ptr", lambda given: given + 1, "not_rising"),
        ("claim_ptr", lambda given: np.where(np.arange(len(given)) == 5, 0, given), "not_rising"),
        ("claim_ptr", lambda given: given.astype(float), "not_an_integer"),
        ("booking_end", lambda given: given[1:], "wrong_length"),
        ("booking_ptr", lambda given: given - 1, "not_rising"),
    ],
)
def test_columns_that_do_not_go_together_are_refused(column: str, change: object, code: str) -> None:
    """Too short, pointers that fall or end elsewhere, hours beyond the week."""
    given = np.arange(TOWN.workers) if column == "ids" else np.array(getattr(TOWN, column))
    assert callable(change)
    with pytest.raises(InvalidInput, match=code):
        city.pool_of(TOWN, **{column: change(given)})


def test_progress_is_told_and_an_empty_city_is_fine() -> None:
    """The callback ends at the number of rows."""
    heard: list[int] = []
    pool = city.pool_of(TOWN, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == len(pool) == TOWN.workers
    empty = city.make_city(0, 3, skills=6)
    assert city.pool_of(empty).rank(city.shift_of(empty, 0), BENCH, 5, now=NOW).matches == ()


def test_a_question_is_refused_once_new_skills_came() -> None:
    """What was made ready before a new kind of claim cannot be asked any more."""
    pool = city.pool_of(TOWN)
    question = pool.question([city.shift_of(TOWN, 1)], BENCH, now=NOW)
    stranger = city.worker_of(TOWN, 0)
    pool.change(replace(stranger, skills=(SkillClaim("new"),)))
    with pytest.raises(InvalidInput, match="stale"):
        pool.top(question, 0, 5)


def test_kernels_measure_the_way_as_the_oracle_does() -> None:
    """A hundred thousand pairs, near and far; estimates never exceed it and never misjudge a limit."""
    chance = Random(8)
    for _ in range(100_000):
        spread = chance.choice([300, 30_000, 3_000_000, 180_000_000])
        lat1, lon1 = chance.randint(-90_000_000, 90_000_000), chance.randint(-180_000_000, 180_000_000)
        lat2 = max(-90_000_000, min(90_000_000, lat1 + chance.randint(-spread, spread)))
        lon2 = max(-180_000_000, min(180_000_000, lon1 + chance.randint(-spread, spread)))
        exact = haversine_metres(Point(lat1, lon1), Point(lat2, lon2))
        assert metres_between(lat1, lon1, lat2, lon2) == exact
        sine, cosine = float(np.sin(lat1 * RADIANS)), float(np.cos(lat1 * RADIANS))
        assert near_metres(lat1, lon1, lat2, sine, cosine, lon2) <= exact
        for limit in (exact - 1, exact, exact + 1):
            assert is_beyond(lat1, lon1, lat2, sine, cosine, lon2, limit) == (exact > limit)
        row, column = divmod(cell_of(lat2, lon2), 18_000)
        tall, wide = row_terms(lat1, row)
        assert at_least(tall + wide * column_term(lon1, column)) <= exact


def test_unknown_places_and_birth_dates_in_columns() -> None:
    """`placed` False is nowhere; days are ordinals."""
    from datetime import date

    count = TOWN.workers
    placed = np.arange(count) % 3 > 0
    adult = np.full(count, date(2000, 1, 1).toordinal())
    pool = city.pool_of(TOWN, placed=placed, introducible_from=adult, adult_from=adult)
    workers = [pool.worker(row) for row in range(count)]
    assert [worker.home is None for worker in workers] == (~placed).tolist()
    assert isinstance(pool, WorkerPool)
    for row in range(4):
        shift = city.shift_of(TOWN, row)
        assert pool.rank(shift, PRODUCT, 30, now=NOW) == rank(shift, workers, PRODUCT, 30, now=NOW)
