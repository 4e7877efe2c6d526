"""Random changes of pools: what is done to the pool, and who is there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from uuid import UUID

from matching import Booking, Shift, Worker
from matching.pool import ShiftPool, WorkerPool

from .builders import HALL
from .markets import a_point, a_span, a_window, an_exception, many, market_shift, market_worker

People = dict[UUID, Worker]
Jobs = dict[UUID, Shift]
PeopleChange = tuple[Callable[[WorkerPool], None], UUID, Worker | None]
JobChange = tuple[Callable[[ShiftPool], None], UUID, Shift | None]
NUMBERS = 60


def came(there: People, worker: Worker) -> PeopleChange:
    if worker.id in there:
        return lambda pool: pool.change(worker), worker.id, worker
    return lambda pool: pool.add(worker), worker.id, worker


def left(chance: Random, worker: Worker) -> PeopleChange:
    return lambda pool: pool.remove(worker.id), worker.id, None


def moved(chance: Random, worker: Worker) -> PeopleChange:
    point = chance.choice([a_point(chance), None, HALL])
    return lambda pool: pool.move(worker.id, point), worker.id, replace(worker, home=point, here=None)


def booked(chance: Random, worker: Worker) -> PeopleChange:
    booking = Booking(a_span(chance, 24), chance.choice([None, None, UUID(int=chance.randrange(9))]))
    after = replace(worker, bookings=(*worker.bookings, booking))
    return lambda pool: pool.book(worker.id, booking), worker.id, after


def unbooked(chance: Random, worker: Worker) -> PeopleChange:
    if not worker.bookings:
        return booked(chance, worker)
    booking = chance.choice(worker.bookings)
    kept = list(worker.bookings)
    kept.remove(booking)
    return lambda pool: pool.unbook(worker.id, booking), worker.id, replace(worker, bookings=tuple(kept))


def rearranged(chance: Random, worker: Worker) -> PeopleChange:
    hours = tuple(
        replace(a_window(chance), start=60 * chance.randrange(24), end=60 * chance.randrange(25)) for _ in "ab"
    )
    weekly = chance.choice([None, many(chance, a_window, 6), hours, hours])
    exceptions = chance.choice([(), (), many(chance, an_exception, 2)])
    after = replace(worker, weekly=weekly, exceptions=exceptions)
    return lambda pool: pool.set_availability(worker.id, weekly, exceptions), worker.id, after


ACTS: list[Callable[[Random, Worker], PeopleChange]] = [left, moved, booked, unbooked, rearranged, moved, booked]


def people_change(there: People, chance: Random, numbers: int = NUMBERS) -> PeopleChange:
    """Somebody comes (or is changed), leaves, moves, is booked or freed, or has other hours."""
    if not there or chance.random() < 0.25:
        return came(there, market_worker(chance, chance.randrange(numbers)))
    return chance.choice(ACTS)(chance, there[chance.choice(sorted(there))])


def job_change(there: Jobs, chance: Random, numbers: int) -> JobChange:
    """A shift is added, changed or removed."""
    shift = market_shift(chance, chance.randrange(numbers))
    if shift.id not in there:
        return lambda pool: pool.add(shift), shift.id, shift
    if chance.random() < 0.4:
        return lambda pool: pool.remove(shift.id), shift.id, None
    return lambda pool: pool.change(shift), shift.id, shift


def after(there: dict[UUID, Worker] | dict[UUID, Shift], given_id: UUID, value: Worker | Shift | None) -> dict:
    """The same with one value put in or taken out."""
    changed = {key: each for key, each in there.items() if key != given_id}
    return changed if value is None else {**changed, given_id: value}


def one_change(pool: WorkerPool, there: People, chance: Random) -> None:
    """Do one to both."""
    act, given_id, worker = people_change(there, chance)
    act(pool)
    there.pop(given_id, None)
    if worker is not None:
        there[given_id] = worker
