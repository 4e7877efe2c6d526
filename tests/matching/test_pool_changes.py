"""Changes of one person are seen by the next question, whatever came before."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from matching import BENCH, PRODUCT, Booking, DayException, InvalidInput, Span, rank
from matching.pool import WorkerPool

from .builders import HALL, NOW, TODAY, a_shift, a_worker
from .changes import one_change
from .markets import START, market_shift, market_worker


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_after_random_changes_is_that_of_a_fresh_build(seed: int) -> None:
    """Hundreds of arrivals, departures, moves, bookings and new hours between questions."""
    chance = Random(seed)
    pool, there = WorkerPool(), {}
    for step in range(400):
        one_change(pool, there, chance)
        if step % 5 == 0:
            shift, policy = market_shift(chance, 1), chance.choice([PRODUCT, BENCH])
            found = pool.rank(shift, policy, 6, now=NOW, counts=step % 2 == 0)
            wanted = rank(shift, there.values(), policy, 6, now=NOW)
            assert found.matches == wanted.matches
            assert step % 2 or found == wanted
    assert len(pool) == len(there)
    assert set(pool.ids()) == set(there)


def test_changes_after_a_build_in_bulk() -> None:
    """Lists without slack grow when somebody comes."""
    chance = Random(9)
    workers = [market_worker(chance, number) for number in range(60)]
    pool, there = WorkerPool.from_workers(workers), {worker.id: worker for worker in workers}
    for _ in range(300):
        one_change(pool, there, chance)
    for number in range(10):
        shift = market_shift(chance, number)
        assert pool.rank(shift, PRODUCT, 9, now=NOW) == rank(shift, there.values(), PRODUCT, 9, now=NOW)


def test_holes_are_closed_without_a_trace() -> None:
    """One person rewritten thousands of times leaves neither waste nor wrong answers."""
    pool = WorkerPool.from_workers([a_worker()])
    chance = Random(0)
    for _ in range(3_000):
        worker = replace(market_worker(chance, 1), id=a_worker().id)
        pool.change(worker)
    assert pool.nbytes < 1_000_000
    for number in range(5):
        shift = market_shift(chance, number)
        assert pool.rank(shift, PRODUCT, 2, now=NOW) == rank(shift, [worker], PRODUCT, 2, now=NOW)


def test_who_is_not_there_cannot_be_changed() -> None:
    """Each change of a stranger, and taking away a booking that is not there, has a code."""
    pool = WorkerPool.from_workers([a_worker()])
    nobody = UUID(int=77)
    booking = Booking(Span(START, START + 60))
    for act in (
        lambda: pool.change(a_worker(id=nobody)),
        lambda: pool.remove(nobody),
        lambda: pool.move(nobody, HALL),
        lambda: pool.book(nobody, booking),
        lambda: pool.unbook(nobody, booking),
        lambda: pool.set_availability(nobody, None),
        lambda: pool.worker(nobody),
        lambda: pool.unbook(a_worker().id, booking),
        lambda: pool.remove(5),
    ):
        with pytest.raises(InvalidInput, match="unknown_id"):
            act()
    with pytest.raises(InvalidInput, match="duplicate_id"):
        pool.add(a_worker())
    assert a_worker().id in pool
    assert nobody not in pool


def test_someone_removed_is_gone_and_may_come_back() -> None:
    """The slot is used again; nothing of the old row shines through."""
    worker = a_worker(exceptions=(DayException(TODAY, free=False),))
    pool = WorkerPool.from_workers([worker])
    pool.remove(worker.id)
    assert pool.rank(a_shift(), PRODUCT, 3, now=NOW) == rank(a_shift(), [], PRODUCT, 3, now=NOW)
    pool.add(a_worker())
    assert pool.rank(a_shift(), PRODUCT, 3, now=NOW) == rank(a_shift(), [a_worker()], PRODUCT, 3, now=NOW)
