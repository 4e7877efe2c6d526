"""A pool of shifts recommends exactly as the oracle does, for one person and for a whole pool of people."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import BENCH, PRODUCT, InvalidInput, recommend
from matching.pool import ShiftPool, WorkerPool

from .builders import NOW, a_shift, a_worker
from .markets import a_market, market_shift, market_worker
from .pool_cases import POLICIES, a_world


@pytest.mark.parametrize("name", ["product", "bench"])
def test_small_markets_are_recommended_as_the_oracle_does(name: str) -> None:
    """The whole ranking, for all and for the first two shifts."""
    for seed in range(25):
        workers, shifts = a_market(seed)
        pool = ShiftPool.from_shifts(shifts)
        for worker in workers:
            for k in (2, 100):
                for personal in (True, False):
                    found = pool.recommend(worker, POLICIES[name], k, now=NOW, personalised=personal)
                    assert found == recommend(worker, shifts, POLICIES[name], k, now=NOW, personalised=personal)


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(sorted(POLICIES)), st.integers(0, 9))
def test_any_policy_over_many_shifts(seed: int, name: str, k: int) -> None:
    """Ties by distance, start, publication and id; every gate and weight."""
    chance = Random(seed)
    shifts = [market_shift(chance, number) for number in range(60)]
    pool = ShiftPool.from_shifts(shifts)
    for number in range(3):
        worker = market_worker(chance, number)
        found = pool.recommend(worker, POLICIES[name], k, now=NOW)
        assert found == recommend(worker, shifts, POLICIES[name], k, now=NOW)


def test_poles_and_antimeridian() -> None:
    """Shifts across the seams of the grid."""
    for seed in range(10):
        workers, shifts = a_world(seed, people=12, jobs=30)
        pool = ShiftPool.from_shifts(shifts)
        for worker in workers:
            assert pool.recommend(worker, PRODUCT, 4, now=NOW) == recommend(worker, shifts, PRODUCT, 4, now=NOW)


@pytest.mark.parametrize("policy", [PRODUCT, BENCH], ids=["product", "bench"])
def test_a_whole_city_at_once(policy: object) -> None:
    """recommend_all lists for everybody what recommend lists for each."""
    chance = Random(3)
    people = WorkerPool.from_workers(workers := [market_worker(chance, number) for number in range(50)])
    pool = ShiftPool.from_shifts(shifts := [market_shift(chance, number) for number in range(40)], beside=people)
    slots, answers = pool.recommend_all(policy, 4, now=NOW)  # type: ignore[arg-type]
    by_id = {worker.id: worker for worker in workers}
    assert len(slots) == 50
    for place, given_id in enumerate(people.ids_of(slots)):
        wanted = recommend(by_id[given_id], shifts, policy, 4, now=NOW)  # type: ignore[arg-type]
        size = answers.sizes[place]
        assert pool.ids_of(answers.slots[place, :size]) == [match.shift_id for match in wanted.matches]
        assert answers.scores[place, :size].tolist() == [match.score.total for match in wanted.matches]


def test_shifts_come_change_and_go() -> None:
    """After every change the answer is that of the shifts there are."""
    chance = Random(11)
    pool, there = ShiftPool(), {}
    worker = a_worker()
    for step in range(120):
        number = chance.randrange(25)
        shift = market_shift(chance, number)
        if shift.id not in there:
            pool.add(shift)
            there[shift.id] = shift
        elif chance.random() < 0.4:
            pool.remove(shift.id)
            del there[shift.id]
        else:
            pool.change(shift)
            there[shift.id] = shift
        if step % 4 == 0:
            found = pool.recommend(worker, PRODUCT, 6, now=NOW)
            assert found == recommend(worker, there.values(), PRODUCT, 6, now=NOW)
    assert len(pool) == len(there)


def test_holes_of_shifts_are_closed_without_a_trace() -> None:
    """Three shifts rewritten thousands of times, some with long records, leave neither waste nor wrong answers."""
    chance = Random(5)
    pool = ShiftPool.from_shifts([market_shift(chance, number) for number in range(3)])
    needs = [need for seed in range(12) for need in market_shift(Random(seed), 1).required]
    for step in range(6_000):
        number = step % 3
        wished = tuple(chance.sample(needs, chance.randint(0, min(6, len(needs)))))
        there = replace(market_shift(chance, number), wished=wished, required=())
        pool.change(there)
        if step % 1_500 == 0:
            held = [pool.shift(UUID(int=2000 + each)) for each in range(3)]
            for seed in range(4):
                worker = market_worker(Random(seed), seed)
                assert pool.recommend(worker, PRODUCT, 3, now=NOW) == recommend(worker, held, PRODUCT, 3, now=NOW)
    assert pool.nbytes < 1_500_000


def test_bad_input_has_a_code() -> None:
    """Twins, strangers and a city without people."""
    pool = ShiftPool.from_shifts([a_shift()])
    with pytest.raises(InvalidInput, match="duplicate_id"):
        pool.add(a_shift())
    with pytest.raises(InvalidInput, match="duplicate_id"):
        ShiftPool.from_shifts([a_shift(), a_shift()])
    for act in (pool.remove, pool.shift):
        with pytest.raises(InvalidInput, match="unknown_id"):
            act(UUID(int=99))
    with pytest.raises(InvalidInput, match="unknown_id"):
        pool.change(a_shift(id=UUID(int=99)))
    with pytest.raises(InvalidInput, match="beside"):
        pool.recommend_all(PRODUCT, 3, now=NOW)
    with pytest.raises(InvalidInput, match="k:"):
        pool.recommend(a_worker(), PRODUCT, -1, now=NOW)
    assert pool.shift(a_shift().id) == a_shift()
    assert pool.recommend(replace(a_worker(), skills=()), PRODUCT, 0, now=NOW).matches == ()
