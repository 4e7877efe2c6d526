"""Where nothing is compiled the answers are the same, by NumPy and the oracle."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from benchmarks import city
from matching import BENCH, GATES, PRODUCT, explain, instant_of, rank
from matching.pool import WorkerPool
from tests.sizes import size

from .builders import NOW
from .changes import one_change
from .markets import a_market, market_shift, market_worker
from .pool_cases import POLICIES, a_world, check

ROOT = Path(__file__).parents[2]
WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from matching import PRODUCT, BENCH, rank, recommend
from matching.pool import ShiftPool, WorkerPool, prepare
from tests.matching.builders import NOW
from tests.matching.markets import a_market
assert prepare() is False
for seed in range(2):
    workers, shifts = a_market(seed)
    people = WorkerPool.from_workers(workers)
    jobs = ShiftPool.from_shifts(shifts, beside=people)
    for policy in (PRODUCT, BENCH):
        for shift in shifts:
            assert people.rank(shift, policy, 3, now=NOW) == rank(shift, workers, policy, 3, now=NOW)
        for worker in workers:
            assert jobs.recommend(worker, policy, 3, now=NOW) == recommend(worker, shifts, policy, 3, now=NOW)
        slots, answers = jobs.recommend_all(policy, 2, now=NOW)
        assert len(slots) == len(workers) == len(answers.sizes)
print("same")
"""


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_the_numpy_path_ranks_as_the_oracle(name: str) -> None:
    """Every policy, counts included, on markets and across the seams of the globe."""
    for seed in range(size(4, 1)):
        for workers, shifts in (a_market(seed), a_world(seed)):
            pool = WorkerPool.from_workers(workers, compiled=False)
            for shift in shifts:
                check(pool, workers, shift, POLICIES[name], 3)


def test_the_numpy_path_follows_changes() -> None:
    """Arrivals, departures, moves and bookings without any posting list."""
    chance = Random(5)
    pool, there = WorkerPool(compiled=False), {}
    for step in range(150):
        one_change(pool, there, chance)
        if step % 10 == 0:
            shift = market_shift(chance, 1)
            assert pool.rank(shift, PRODUCT, 5, now=NOW) == rank(shift, there.values(), PRODUCT, 5, now=NOW)


def test_both_paths_give_the_same_masks() -> None:
    """The gates each person fails, as bits."""
    chance = Random(6)
    workers = [market_worker(chance, number) for number in range(60)]
    plain = WorkerPool.from_workers(workers, compiled=False)
    for number in range(6):
        shift = market_shift(chance, number)
        slots, masks = plain.gate_masks(shift, PRODUCT, now=NOW)
        for given_id, mask in zip(plain.ids_of(slots), masks, strict=True):
            person = next(worker for worker in workers if worker.id == given_id)
            codes = [refusal.code for refusal in explain(person, shift, PRODUCT, now=NOW).refusals]
            assert codes == [gate.code for place, gate in enumerate(GATES) if mask >> place & 1]


def test_a_pool_works_where_numba_is_missing() -> None:
    """A fresh interpreter without numba answers as the oracle does, people and shifts."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_NUMBA], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "same"), done.stderr


def test_a_city_in_columns_without_a_compiler() -> None:
    """The NumPy path over columns finds what the compiled one finds."""
    town = city.make_city(3_000, 40, skills=20, seed=2)
    plain, compiled = city.pool_of(town, compiled=False), city.pool_of(town)
    now = instant_of(city.MONDAY - 10)
    for number in range(size(8, 2)):
        shift = city.shift_of(town, number)
        for policy in (BENCH, PRODUCT):
            assert plain.rank(shift, policy, 20, now=now) == compiled.rank(shift, policy, 20, now=now)
