"""A pool ranks people exactly as the oracle does, ties and counts included."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import BENCH, PRODUCT, FallingLine, InvalidInput, Point, Policy, rank
from matching.pool import WorkerPool
from tests.sizes import size

from .builders import HALL, NOW, a_shift, a_worker
from .markets import a_market, market_shift, market_worker
from .pool_cases import POLICIES, a_world, check

MARKETS = size(1000, 25)


@pytest.mark.parametrize("name", ["product", "bench"])
def test_small_markets_are_ranked_as_the_oracle_ranks_them(name: str) -> None:
    """Ids, parts, explanations, counts and order, for all and for the first two."""
    for seed in range(MARKETS):
        workers, shifts = a_market(seed)
        pool = WorkerPool.from_workers(workers)
        for shift in shifts:
            for k in (0, 2, 100):
                check(pool, workers, shift, POLICIES[name], k)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(sorted(POLICIES)), st.integers(0, 12))
def test_any_policy_and_any_k(seed: int, name: str, k: int) -> None:
    """Other weights, gates, orders and time zones, on bigger markets than those of the Show."""
    chance = Random(seed)
    workers = [market_worker(chance, number) for number in range(80)]
    pool = WorkerPool.from_workers(workers)
    for number in range(3):
        check(pool, workers, market_shift(chance, number), POLICIES[name], k)


@pytest.mark.parametrize("name", ["product", "bench, skills open", "nearest first"])
def test_poles_antimeridian_and_radii_from_nothing_to_the_globe(name: str) -> None:
    """The grid has no seam that a bound could trip over."""
    for seed in range(size(12, 4)):
        workers, shifts = a_world(seed)
        pool = WorkerPool.from_workers(workers)
        for shift in shifts:
            for k in (3, 30):
                check(pool, workers, shift, POLICIES[name], k)


def test_refusals_come_on_request() -> None:
    """The same refusals with facts and remedies, by id."""
    workers, shifts = a_market(4)
    pool = WorkerPool.from_workers(workers)
    for shift in shifts:
        found = pool.rank(shift, PRODUCT, 5, now=NOW, with_refusals=True)
        assert found == rank(shift, workers, PRODUCT, 5, now=NOW, with_refusals=True)


def test_many_shifts_at_once_on_two_threads() -> None:
    """rank_many gives the matches of rank, in the order of the shifts."""
    chance = Random(5)
    workers = [market_worker(chance, number) for number in range(60)]
    shifts = [market_shift(chance, number) for number in range(40)]
    pool = WorkerPool.from_workers(workers)
    for policy in (PRODUCT, BENCH):
        found = pool.rank_many(shifts, policy, 5, now=NOW)
        assert [each.matches for each in found] == [rank(s, workers, policy, 5, now=NOW).matches for s in shifts]


def test_a_thousand_equals_are_told_apart_by_id_alone() -> None:
    """Equal people, dealt in any order, come by id; also when all of them are asked for."""
    chance = Random(1)
    workers = [a_worker(id=UUID(int=chance.getrandbits(128))) for _ in range(1000)]
    pool = WorkerPool.from_workers(workers)
    for k in (1, 20, 5000):
        found = pool.rank(a_shift(), PRODUCT, k, now=NOW, counts=False).matches
        assert [match.worker_id for match in found] == sorted(worker.id for worker in workers)[:k]


def test_integer_ids_sort_as_integers() -> None:
    """A pool of numbers, negative ones too, ranks them as numbers."""
    workers = [a_worker(id=number) for number in (5, -3, 2**62, -(2**63), 0)]
    pool = WorkerPool.from_workers(workers)
    found = pool.rank(a_shift(), PRODUCT, 9, now=NOW)
    assert found == rank(a_shift(), workers, PRODUCT, 9, now=NOW)
    assert [match.worker_id for match in found.matches] == [-(2**63), -3, 0, 5, 2**62]


def test_a_curve_that_no_bound_fits_is_left_to_the_oracle() -> None:
    """Worth above the whole is ranked by the library's plain rules."""
    odd: Policy = replace(PRODUCT, distance=FallingLine(knots=((1_000, 3_000_000), (2_000, 1))))
    workers, shifts = a_market(3)
    pool = WorkerPool.from_workers(workers)
    for shift in shifts:
        check(pool, workers, shift, odd, 4)


def test_edges_of_k_and_of_the_pool() -> None:
    """Nobody, k = 0 and k beyond the pool are fine; a bad k, a naive time and twin ids are not."""
    empty = WorkerPool()
    assert empty.rank(a_shift(), PRODUCT, 5, now=NOW) == rank(a_shift(), [], PRODUCT, 5, now=NOW)
    workers = [a_worker(id=UUID(int=n)) for n in range(3)]
    pool = WorkerPool.from_workers(workers)
    for k in (0, 3, 10**9):
        assert pool.rank(a_shift(), PRODUCT, k, now=NOW) == rank(a_shift(), workers, PRODUCT, k, now=NOW)
    for k in (-1, 2.0, True, float("nan")):
        with pytest.raises(InvalidInput, match="k:"):
            pool.rank(a_shift(), PRODUCT, k, now=NOW)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="naive_time"):
        pool.rank(a_shift(), PRODUCT, 5, now=NOW.replace(tzinfo=None))
    with pytest.raises(InvalidInput, match="duplicate_id"):
        WorkerPool.from_workers([*workers, workers[0]])
    with pytest.raises(InvalidInput, match="unknown_kind"):
        WorkerPool.from_workers([*workers, a_worker(id=7)])


def test_work_that_lasts_a_year_and_skills_nobody_has() -> None:
    """A shift longer than any pattern and a need that no claim meets get the oracle's answer."""
    workers = [market_worker(Random(seed), seed) for seed in range(40)]
    pool = WorkerPool.from_workers(workers)
    year = replace(market_shift(Random(2), 1), span=a_shift().span, pattern=(), is_open=True)
    assert year.span is not None
    year = replace(year, span=replace(year.span, end=year.span.start + 366 * 1440), needed_minutes=None)
    for shift in (year, replace(year, needed_minutes=90), a_shift(trade=None), a_shift(point=None)):
        for policy in (PRODUCT, BENCH, PRODUCT.without(*PRODUCT.gates)):
            check(pool, workers, shift, policy, 10)


def test_a_worker_comes_back_as_every_rule_sees_them() -> None:
    """What the pool rebuilds is ranked and refused as the original."""
    for seed in range(30):
        workers, shifts = a_market(seed)
        pool = WorkerPool.from_workers(workers)
        again = [pool.worker(worker.id) for worker in workers]
        for shift in shifts:
            wanted = rank(shift, workers, PRODUCT, 9, now=NOW, with_refusals=True)
            assert rank(shift, again, PRODUCT, 9, now=NOW, with_refusals=True) == wanted


def test_gate_masks_name_the_gates_that_explain_names() -> None:
    """One row per person, one bit per gate in the order of GATES."""
    from matching import GATES, explain

    workers, shifts = a_market(8)
    pool = WorkerPool.from_workers(workers)
    for shift in shifts:
        slots, masks = pool.gate_masks(shift, PRODUCT, now=NOW)
        for slot, mask in zip(slots, masks, strict=True):
            person = next(worker for worker in workers if worker.id == pool.ids_of([slot])[0])
            codes = [refusal.code for refusal in explain(person, shift, PRODUCT, now=NOW).refusals]
            assert codes == [gate.code for place, gate in enumerate(GATES) if mask >> place & 1]


def test_a_point_without_meaning_never_gets_in() -> None:
    """NaN and places off the globe are refused where values are made."""
    for lat, lon in ((float("nan"), 0.0), (91.0, 0.0), (0.0, float("inf"))):
        with pytest.raises(InvalidInput, match="out_of_range"):
            Point.of(lat, lon)
    assert HALL.lat_e6 == 31_230_000
