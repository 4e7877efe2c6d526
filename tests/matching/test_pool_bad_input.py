"""What may go wrong in a question to a pool: a clear error or a correct empty answer, singly and in batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from matching import BENCH, PRODUCT, Booking, InvalidInput, Point, SkillNeed, Span, minute_of, rank, recommend
from matching.pool import ShiftPool, ShiftRows, WorkerPool
from tests.sizes import size

from .builders import HALL, NOW, a_shift, a_worker, north_of
from .markets import market_shift, market_worker
from .pool_cases import POLICIES, a_world

EQUALS = size(1_000_000, 200_000)
NOBODY, NEW = UUID(int=99), SkillNeed("9-99-99-99", ("never heard of",))


def a_pair_of_pools(people: int = 12, shifts: int = 8) -> tuple[WorkerPool, ShiftPool]:
    workers = [market_worker(Random(n), n) for n in range(people)]
    pool = WorkerPool.from_workers(workers)
    return pool, ShiftPool.from_shifts((market_shift(Random(n), n) for n in range(shifts)), beside=pool)


def every_question(people: WorkerPool, jobs: ShiftPool, now: Any = NOW) -> list[Callable[[Any], object]]:
    """Each way to ask for the first k."""
    question = people.question([a_shift(), a_shift()], PRODUCT, now=NOW)
    return [
        lambda k: people.rank(a_shift(), PRODUCT, k, now=now),
        lambda k: people.rank_many([a_shift()], PRODUCT, k, now=now),
        lambda k: jobs.recommend(a_worker(), PRODUCT, k, now=now),
        lambda k: jobs.recommend_all(PRODUCT, k, now=now),
        lambda k: people.top(question, 1, k),
        lambda k: people.top_many(question, k),
    ]


@pytest.mark.parametrize("k", [-1, 2.0, True, float("nan"), None, "3", 10**9 + 1])
def test_a_bad_k_is_refused_by_every_question(k: object) -> None:
    """Negative, no integer, or beyond what the library takes."""
    for ask in every_question(*a_pair_of_pools()):
        with pytest.raises(InvalidInput, match="k:"):
            ask(k)


def test_a_naive_time_is_refused_by_every_question() -> None:
    """Minutes without a zone mean nothing."""
    people, jobs = a_pair_of_pools()
    for ask in every_question(people, jobs, NOW.replace(tzinfo=None))[:4]:
        with pytest.raises(InvalidInput, match="naive_time"):
            ask(3)
    with pytest.raises(InvalidInput, match="naive_time"):
        people.question([], PRODUCT, now=NOW.replace(tzinfo=None))


def test_empty_pools_and_no_shifts_give_empty_answers() -> None:
    """Nobody, nothing, and everybody gone again."""
    people = WorkerPool()
    jobs = ShiftPool(beside=people)
    gone = WorkerPool.from_workers([a_worker()])
    gone.remove(a_worker().id)
    for pool in (people, gone, WorkerPool.from_workers([])):
        assert pool.rank(a_shift(), PRODUCT, 5, now=NOW) == rank(a_shift(), [], PRODUCT, 5, now=NOW)
        assert [each.matches for each in pool.rank_many([a_shift(), a_shift()], BENCH, 5, now=NOW)] == [(), ()]
        assert pool.rank_many([], PRODUCT, 5, now=NOW) == []
        assert pool.top_many(pool.question([], PRODUCT, now=NOW), 5).sizes.tolist() == []
        assert pool.top_many(pool.question([a_shift()], PRODUCT, now=NOW), 5).sizes.tolist() == [0]
        assert [len(each) for each in pool.gate_masks(a_shift(), PRODUCT, now=NOW)] == [0, 0]
        assert pool.ids() == []
    assert jobs.recommend(a_worker(), PRODUCT, 5, now=NOW) == recommend(a_worker(), [], PRODUCT, 5, now=NOW)
    slots, answers = jobs.recommend_all(PRODUCT, 5, now=NOW)
    assert (len(slots), answers.sizes.tolist()) == (0, [])
    people.add(a_worker())
    assert jobs.recommend_all(PRODUCT, 5, now=NOW)[1].sizes.tolist() == [0]


def test_no_k_and_more_than_there_are_in_batches() -> None:
    """k = 0 is empty; a k beyond the pool lists everybody who fits."""
    workers = [a_worker(id=UUID(int=n)) for n in range(5)]
    shifts = [a_shift(id=UUID(int=100 + n), posting_id=UUID(int=200 + n)) for n in range(4)]
    people = WorkerPool.from_workers(workers)
    jobs = ShiftPool.from_shifts(shifts, beside=people)
    for k, people_found, shifts_found in ((0, 0, 0), (4_000, 5, 4)):
        assert [len(each.matches) for each in people.rank_many(shifts, PRODUCT, k, now=NOW)] == [people_found] * 4
        assert people.top_many(people.question(shifts, PRODUCT, now=NOW), k).sizes.tolist() == [people_found] * 4
        assert jobs.recommend_all(PRODUCT, k, now=NOW)[1].sizes.tolist() == [shifts_found] * 5
    assert len(people.rank_many(shifts, PRODUCT, 10**6, now=NOW)[0].matches) == 5


def test_a_skill_that_nobody_has_and_a_claim_that_nobody_asks_for() -> None:
    """As trade, requirement or wish; both policies; both sides; from values and from columns."""
    people, jobs = a_pair_of_pools(40, 30)
    workers = [market_worker(Random(n), n) for n in range(40)]
    strange = [a_shift(trade=NEW), a_shift(required=(NEW,)), a_shift(wished=(NEW, NEW)), a_shift(trade=None)]
    for policy in (PRODUCT, BENCH, POLICIES["product, all gates"]):
        for shift in strange:
            assert people.rank(shift, policy, 50, now=NOW) == rank(shift, workers, policy, 50, now=NOW)
        wanted = [rank(shift, workers, policy, 50, now=NOW).matches for shift in strange]
        assert [each.matches for each in people.rank_many(strange, policy, 50, now=NOW)] == wanted
        for claims in ((replace(a_worker().skills[0], code="9-99-99-98", name=""),), ()):
            worker = a_worker(skills=claims)
            there = [market_shift(Random(n), n) for n in range(30)]
            assert jobs.recommend(worker, policy, 50, now=NOW) == recommend(worker, there, policy, 50, now=NOW)
    one = np.zeros(1, np.int64)
    columns = ShiftRows.from_columns(
        needs=[NEW], need_ptr=np.array([0, 1]), need_index=one, need_level=one, start=one + 10**8, end=one + 10**8 + 60,
        lat_e6=one, lon_e6=one,
    )  # fmt: skip
    assert people.top_many(people.question(columns, BENCH, now=NOW), 5).sizes.tolist() == [0]


def test_work_longer_than_any_horizon() -> None:
    """A year and three, asked for whole or for a while, singly and in batches; no minute is too far to be refused."""
    start = minute_of(NOW) + 480
    workers = [market_worker(Random(n), n) for n in range(16)]
    long = [
        a_shift(id=UUID(int=700 + n), span=Span(start, end), needed_minutes=needed)
        for n, (end, needed) in enumerate(
            [(start + 366 * 1440, None), (start + 366 * 1440, 90), (start + 1_100 * 1440, None)]
        )
    ]
    people = WorkerPool.from_workers(workers)
    jobs = ShiftPool.from_shifts(long, beside=people)
    for policy in (PRODUCT, BENCH, POLICIES["product, open"]):
        wanted = [rank(shift, workers, policy, 9, now=NOW) for shift in long]
        assert [people.rank(shift, policy, 9, now=NOW) for shift in long] == wanted
        found = people.rank_many(long, policy, 9, now=NOW)
        assert [each.matches for each in found] == [each.matches for each in wanted]
        for worker in workers[:8]:
            assert jobs.recommend(worker, policy, 9, now=NOW) == recommend(worker, long, policy, 9, now=NOW)
    with pytest.raises(InvalidInput, match="out_of_range"):
        Span(start, 10**10 + 1)


def test_no_radius_half_the_globe_the_poles_and_the_antimeridian_in_batches() -> None:
    """rank_many and recommend_all across the seams of the grid, radii of 0 to 20,000 km."""
    for seed in range(4):
        workers, shifts = a_world(seed, people=20, jobs=12)
        people = WorkerPool.from_workers(workers)
        jobs = ShiftPool.from_shifts(shifts, beside=people)
        for policy in (PRODUCT, BENCH, POLICIES["bench, skills open"]):
            found = people.rank_many(shifts, policy, 6, now=NOW)
            assert [each.matches for each in found] == [rank(s, workers, policy, 6, now=NOW).matches for s in shifts]
            slots, answers = jobs.recommend_all(policy, 6, now=NOW)
            by_id = {worker.id: worker for worker in workers}
            for place, given_id in enumerate(people.ids_of(slots)):
                listed = jobs.ids_of(answers.slots[place, : answers.sizes[place]])
                wanted = recommend(by_id[given_id], shifts, policy, 6, now=NOW).matches
                assert listed == [match.shift_id for match in wanted]


def test_a_radius_of_nothing_reaches_the_same_place_only() -> None:
    """0 m is exact; 20,000 km reaches everywhere but the far side; more than half the globe is everywhere."""
    there = north_of(HALL, 1)
    for radius, point, reaches in (
        (0, HALL, True),
        (0, there, False),
        (20_000_000, Point(-31_230_000, -58_526_000), False),  # the antipode is 20,015 km away
        (20_100_000, Point(-31_230_000, -58_526_000), True),
    ):
        worker, shift = a_worker(radius_m=radius), a_shift(point=point)
        people, jobs = WorkerPool.from_workers([worker]), ShiftPool.from_shifts([shift])
        assert bool(people.rank(shift, PRODUCT, 1, now=NOW).matches) is reaches
        assert bool(jobs.recommend(worker, PRODUCT, 1, now=NOW).matches) is reaches


def test_twins_and_who_is_gone_in_batches() -> None:
    """Ids that occur twice, that were removed or never there, of another type."""
    people, jobs = a_pair_of_pools()
    gone, shut = people.ids()[0], UUID(int=2000)
    people.remove(gone)
    jobs.remove(shut)
    for given_id in (gone, NOBODY, 7, "x", None):
        with pytest.raises(InvalidInput, match="unknown_"):
            jobs.recommend_all(PRODUCT, 2, now=NOW, people=[given_id])
        with pytest.raises(InvalidInput, match="unknown_"):
            people.worker(given_id)
        with pytest.raises(InvalidInput, match="unknown_"):
            jobs.remove(given_id)
    assert gone not in people
    assert shut not in jobs
    assert all(match.worker_id != gone for match in people.rank(a_shift(), BENCH, 99, now=NOW).matches)
    with pytest.raises(InvalidInput, match="duplicate_id"):
        ShiftPool.from_shifts([a_shift(), a_shift()])
    with pytest.raises(InvalidInput, match="duplicate_id"):
        WorkerPool.from_workers([a_worker(), a_worker()])
    with pytest.raises(InvalidInput, match="unknown_kind"):
        people.add(a_worker(id=7))
    twice = people.rank_many([a_shift(), a_shift()], PRODUCT, 3, now=NOW)
    assert twice[0] == twice[1]


def test_a_refused_change_leaves_the_pool_as_it_was() -> None:
    """A twin, a stranger and a value that no column holds change nothing."""
    people, jobs = a_pair_of_pools()
    before = people.rank(a_shift(), PRODUCT, 20, now=NOW), jobs.recommend(a_worker(), PRODUCT, 20, now=NOW)
    size = len(people), len(jobs)
    for act in (
        lambda: people.add(people.worker(people.ids()[0])),
        lambda: people.add(a_worker(id="x")),
        lambda: people.add(a_worker(id=2**200)),
        lambda: people.change(a_worker(id=NOBODY)),
        lambda: jobs.add(jobs.shift(UUID(int=2000))),
        lambda: jobs.add(a_shift(id=5)),
        lambda: jobs.add(a_shift(id="x")),
        lambda: jobs.change(a_shift(id=NOBODY)),
        lambda: jobs.add(a_shift(id=NOBODY, posting_id="x")),
        lambda: jobs.change(a_shift(id=UUID(int=2001), employer_id=2**200)),
        lambda: people.add(a_worker(id=NOBODY, blocked_employers=frozenset(["x"]))),
        lambda: people.change(a_worker(id=UUID(int=1001), live_postings=frozenset(["x"]))),
        lambda: people.book(UUID(int=1001), Booking(Span(1, 2), "x")),
        lambda: people.set_availability(UUID(int=1001), "always"),
    ):
        with pytest.raises((InvalidInput, AttributeError)):
            act()
    assert (len(people), len(jobs)) == size
    after = people.rank(a_shift(), PRODUCT, 20, now=NOW), jobs.recommend(a_worker(), PRODUCT, 20, now=NOW)
    assert after == before


def test_a_million_equals_come_by_id() -> None:
    """Everybody alike in one place: the first by id, whatever their order; one at a time and in a batch."""
    ids = np.random.default_rng(1).permutation(EQUALS) * 7 - 10**6
    zeros, ones = np.zeros(EQUALS, np.int32), np.ones(EQUALS, np.int32)
    pool = WorkerPool.from_columns(
        ids=ids,
        lat_e6=ones * HALL.lat_e6,
        lon_e6=ones * HALL.lon_e6,
        radius_m=ones * 5_000,
        reliability=ones * 900,
        hours=np.repeat([[-1, -1, 2**40 - 1]], EQUALS, axis=0).view(np.uint64),
        claim_ptr=np.arange(EQUALS + 1),
        claim_kind=zeros,
        claim_level=ones * 3,
        kinds=[("4-03-02-05", "")],
        booking_ptr=np.zeros(EQUALS + 1, np.int64),
        booking_start=np.zeros(0, np.int64),
        booking_end=np.zeros(0, np.int64),
    )
    shift = a_shift(trade=None, required=(SkillNeed("4-03-02-05"),), certificates=())
    first = sorted(ids.tolist())
    for k in (1, 20, 5_000):
        assert [match.worker_id for match in pool.rank(shift, BENCH, k, now=NOW).matches] == first[:k]
    batch = pool.rank_many([shift, shift], BENCH, 20, now=NOW)
    assert [match.worker_id for match in batch[1].matches] == first[:20]


def test_thousands_of_equal_shifts_come_by_id() -> None:
    """For one person and for everybody."""
    chance = Random(2)
    ids = [UUID(int=chance.getrandbits(128)) for _ in range(3_000)]
    people = WorkerPool.from_workers([a_worker(), a_worker(id=NOBODY)])
    jobs = ShiftPool.from_shifts((a_shift(id=each) for each in ids), beside=people)
    for k in (1, 20, 5_000):
        found = jobs.recommend(a_worker(), PRODUCT, k, now=NOW, counts=False).matches
        assert [match.shift_id for match in found] == sorted(ids)[:k]
    _, answers = jobs.recommend_all(PRODUCT, 7, now=NOW)
    assert [jobs.ids_of(row) for row in answers.slots] == [sorted(ids)[:7]] * 2
