"""Changes of one person are seen by the next question, whatever came before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from matching import BENCH, PRODUCT, Booking, DayException, InvalidInput, Shift, Span, Worker, rank
from matching.pool import WorkerPool

from .builders import HALL, NOW, TODAY, a_shift, a_worker
from .markets import START, a_point, a_span, a_window, an_exception, many, market_shift, market_worker

People = dict[UUID, Worker]


def came(pool: WorkerPool, there: People, worker: Worker) -> None:
    if worker.id in there:
        pool.change(worker)
    else:
        pool.add(worker)
    there[worker.id] = worker


def left(pool: WorkerPool, there: People, chance: Random, worker: Worker) -> None:
    pool.remove(worker.id)
    del there[worker.id]


def moved(pool: WorkerPool, there: People, chance: Random, worker: Worker) -> None:
    point = chance.choice([a_point(chance), None, HALL])
    pool.move(worker.id, point)
    there[worker.id] = replace(worker, home=point, here=None)


def booked(pool: WorkerPool, there: People, chance: Random, worker: Worker) -> None:
    booking = Booking(a_span(chance, 24), chance.choice([None, None, UUID(int=chance.randrange(9))]))
    pool.book(worker.id, booking)
    there[worker.id] = replace(worker, bookings=(*worker.bookings, booking))


def unbooked(pool: WorkerPool, there: People, chance: Random, worker: Worker) -> None:
    if worker.bookings:
        booking = chance.choice(worker.bookings)
        pool.unbook(worker.id, booking)
        kept = list(worker.bookings)
        kept.remove(booking)
        there[worker.id] = replace(worker, bookings=tuple(kept))


def rearranged(pool: WorkerPool, there: People, chance: Random, worker: Worker) -> None:
    hours = tuple(
        replace(a_window(chance), start=60 * chance.randrange(24), end=60 * chance.randrange(25)) for _ in "ab"
    )
    weekly = chance.choice([None, many(chance, a_window, 6), hours, hours])
    exceptions = chance.choice([(), (), many(chance, an_exception, 2)])
    pool.set_availability(worker.id, weekly, exceptions)
    there[worker.id] = replace(worker, weekly=weekly, exceptions=exceptions)


ACTS: list[Callable[[WorkerPool, People, Random, Worker], None]] = [
    left,
    moved,
    booked,
    unbooked,
    rearranged,
    moved,
    booked,
]


def one_change(pool: WorkerPool, there: People, chance: Random) -> None:
    if not there or chance.random() < 0.25:
        came(pool, there, market_worker(chance, chance.randrange(60)))
    else:
        chance.choice(ACTS)(pool, there, chance, there[chance.choice(sorted(there))])


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


def test_answers_under_a_writer_are_those_of_some_moment() -> None:
    """Four threads ask while one changes; each answer equals a fresh build between call and return."""
    chance = Random(21)
    workers = [market_worker(chance, number) for number in range(30)]
    there = {worker.id: worker for worker in workers}
    pool = WorkerPool.from_workers(workers)
    shifts = [replace(market_shift(chance, number), is_open=True, headcount=4) for number in range(3)]
    moments: list[list[tuple[object, ...]]] = [[seen(shift, there) for shift in shifts]]
    failures: list[object] = []
    done = threading.Event()

    def ask(number: int) -> None:
        while not done.is_set():
            before = max(0, len(moments) - 2)  # the last moment may be noted and still to come
            found = pool.rank(shifts[number], PRODUCT, 5, now=NOW)
            after = len(moments)
            answer = (found.matches, found.refused, found.considered)
            if answer not in [moment[number] for moment in moments[before:after]]:
                failures.append((before, after, number))

    crew = [threading.Thread(target=ask, args=(n % 3,)) for n in range(4)]
    for thread in crew:
        thread.start()
    for _ in range(60):
        trial = WorkerPool.from_workers(there.values())
        state = chance.getstate()
        after = dict(there)
        one_change(trial, after, chance)
        moments.append([seen(shift, after) for shift in shifts])  # known before it happens
        chance.setstate(state)
        one_change(pool, there, chance)
    done.set()
    for thread in crew:
        thread.join()
    assert not failures


def seen(shift: Shift, there: People) -> tuple[object, ...]:
    ranking = rank(shift, there.values(), PRODUCT, 5, now=NOW)
    return ranking.matches, ranking.refused, ranking.considered
