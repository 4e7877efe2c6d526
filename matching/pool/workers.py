"""People in memory: exact rankings of a million for a shift, and changes in microseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from matching.distance import Point
from matching.errors import InvalidInput, check_integer
from matching.model import Booking, DayException, Shift, WeekWindow, Worker
from matching.policy import Policy
from matching.pool.answers import MOST_SEARCHED, STEP, THREADS, Answers, tally_of
from matching.pool.bulk import Columns, fill_columns
from matching.pool.compiled import HAS_COMPILER, Array
from matching.pool.explaining import Explaining
from matching.pool.layout import ALL_BITS
from matching.pool.lock import ReadWriteLock
from matching.pool.nearness import Nearness
from matching.pool.people import Person
from matching.pool.plain import masks, rank_plainly, survey_plainly
from matching.pool.policy import is_plain
from matching.pool.questions import Question, best_of, best_of_many, gates_of, make_question, within_reach
from matching.pool.shift_rows import ShiftRows
from matching.pool.store import PeopleRows
from matching.pool.survey import Survey, Variant, survey
from matching.rank import MAX_K, rank
from matching.result import Code, Ranking

Progress = Callable[[int], None]


class WorkerPool:
    """A pool of people that one thread at a time changes and any number of threads ask.

    A question sees the pool as it is at one moment between its call and its return: readers share a lock,
    a change waits for those that run and goes before those that come. `compiled=False` (and a missing numba)
    takes the NumPy path: the same answers, later.
    """

    def __init__(self, *, compiled: bool = HAS_COMPILER) -> None:
        self._compiled = compiled and HAS_COMPILER
        self._rows = PeopleRows(compiled=self._compiled)
        self._near = Nearness(self._rows.kinds)
        self._lock = ReadWriteLock()

    @classmethod
    def from_workers(
        cls, workers: Iterable[Worker], *, progress: Progress | None = None, compiled: bool = HAS_COMPILER
    ) -> WorkerPool:
        """From values; `progress` hears every 10,000 rows how many are read. Raises InvalidInput(id, duplicate_id)."""
        pool = cls(compiled=compiled)
        rows = pool._rows

        def encoded() -> Iterable[tuple[Any, Person]]:
            for count, worker in enumerate(workers, start=1):
                yield worker.id, rows.encoded(worker)
                if progress and count % STEP == 0:
                    progress(count)

        rows.fill(encoded())
        rows.relist()
        return pool

    @classmethod
    def from_columns(
        cls, *, progress: Progress | None = None, compiled: bool = HAS_COMPILER, **columns: Any
    ) -> WorkerPool:
        """From columns (those of `bulk.Columns`), a million people in seconds.

        ids: int64[n], or uint8[n, 16] (UUIDs, most significant byte first). Places in millionths of a degree;
        `placed` bool[n], where False stands for an unknown place. reliability: permille, -1 unknown.
        hours: uint64[n, 3], hour h of the local week (Monday 0:00 = 0) is bit h % 64 of word h // 64; or instead
        `week`: a number into `weeks`, windows each, None for a week that is not told. Claims of
        row i are [claim_ptr[i], claim_ptr[i + 1]) of kind (a number into `kinds`, (code, name) each), level
        (-1 unknown) and `claim_verified`. Bookings likewise, in minutes since 1970-01-01T00:00Z. Days are
        proleptic ordinals; without the column nobody's birth date is known. `papers`: `bulk_detail.Papers`;
        `wish_fen` (0 none) in the unit `units[wish_unit]`. What else a person has comes by
        `change`. `progress` hears how many rows are about done. Raises InvalidInput as the values would.
        """
        pool = cls(compiled=compiled)
        fill_columns(pool._rows, Columns(**columns), progress)
        pool._near = Nearness(pool._rows.kinds)
        return pool

    def __len__(self) -> int:
        return self._rows.count

    def __contains__(self, given_id: object) -> bool:
        with self._lock.reading:
            return self._rows.ids.find(given_id) >= 0

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, index included."""
        return self._rows.nbytes

    def worker(self, given_id: Any) -> Worker:
        """One person again, judged by every rule as the one put in: windows merged, `home` where distance starts."""
        with self._lock.reading:
            return self._rows.worker_at(self._rows.ids.slot_of(given_id))

    def ids(self) -> list[Any]:
        """Everybody's id, in no order."""
        with self._lock.reading:
            return [self._rows.ids.at(slot) for slot in self._rows.live_slots().tolist()]

    # changes

    def add(self, worker: Worker) -> None:
        """Raises InvalidInput(id, duplicate_id) for an id that is there."""
        with self._lock.writing:
            self._rows.add(worker)

    def change(self, worker: Worker) -> None:
        """Everything about one person; raises InvalidInput(id, unknown_id)."""
        with self._lock.writing:
            self._rows.change(worker)

    def remove(self, given_id: Any) -> None:
        """Raises InvalidInput(id, unknown_id)."""
        with self._lock.writing:
            self._rows.remove(given_id)

    def move(self, given_id: Any, point: Point | None) -> None:
        """Where distance starts from now on (the home and the present place give way to it)."""
        with self._lock.writing:
            self._rows.move(given_id, point)

    def book(self, given_id: Any, booking: Booking) -> None:
        with self._lock.writing:
            self._rows.book(given_id, booking)

    def unbook(self, given_id: Any, booking: Booking) -> None:
        """Raises InvalidInput(booking, unknown_id) when there is no such booking."""
        with self._lock.writing:
            self._rows.unbook(given_id, booking)

    def set_availability(
        self, given_id: Any, weekly: Sequence[WeekWindow] | None, exceptions: Iterable[DayException] = ()
    ) -> None:
        with self._lock.writing:
            self._rows.set_availability(given_id, weekly, exceptions)

    # questions

    def rank(
        self,
        shift: Shift,
        policy: Policy,
        k: int,
        *,
        now: datetime,
        personalised: bool = True,
        counts: bool = True,
        with_refusals: bool = False,
    ) -> Ranking:
        """The same `Ranking` as `matching.rank` over everybody here; raises as it does.

        `counts=False` leaves out the look at everybody that `refused` and `excluded` take: both are then empty.
        """
        check_integer("k", k, 0, MAX_K)
        with self._lock.reading:
            if with_refusals or not is_plain(policy):
                return rank(
                    shift, self._people(), policy, k, now=now, personalised=personalised, with_refusals=with_refusals
                )
            if not self._compiled:
                return rank_plainly(self._rows, shift, policy, k, now=now, personalised=personalised, counts=counts)
            question = self._question([shift], policy, now, personalised=personalised)
            slots, _, metres = best_of(self._rows, question, 0, k)
            refused, excluded = tally_of(gates_of(self._rows, question, 0)[1]) if counts else (0, {})
            explaining = Explaining(self._rows, question, 0, shift, policy, now)
            matches = explaining.matches(slots, metres, personalised=personalised)
            return Ranking(policy.label, personalised, matches, self._rows.count, refused, excluded)

    def rank_many(
        self,
        shifts: Sequence[Shift],
        policy: Policy,
        k: int,
        *,
        now: datetime,
        personalised: bool = True,
        threads: int = THREADS,
    ) -> list[Ranking]:
        """`rank` without counts for each shift, all at one moment of the pool."""
        check_integer("k", k, 0, MAX_K)
        with self._lock.reading:
            if k > MOST_SEARCHED or not is_plain(policy) or not self._compiled:
                people = self._people()
                every = (rank(shift, people, policy, k, now=now, personalised=personalised) for shift in shifts)
                return [replace(each, refused=0, excluded={}) for each in every]
            question = self._question(shifts, policy, now, personalised=personalised)
            found = best_of_many(self._rows, question, k, threads)
            matches = [
                Explaining(self._rows, question, place, shift, policy, now).matches(
                    found.slots[place, : found.sizes[place]],
                    found.metres[place, : found.sizes[place]],
                    personalised=personalised,
                )
                for place, shift in enumerate(shifts)
            ]
            return [Ranking(policy.label, personalised, each, self._rows.count, 0, {}) for each in matches]

    def question(
        self, shifts: Iterable[Shift] | ShiftRows, policy: Policy, *, now: datetime, personalised: bool = True
    ) -> Question:
        """Shifts made ready to be asked often through `top` and `top_many`.

        Raises InvalidInput(policy.distance, out_of_range) for a curve that no bound fits, and
        InvalidInput(compiled, empty) where nothing is compiled.
        """
        if not self._compiled:
            raise InvalidInput("compiled", "empty")
        if not is_plain(policy):
            raise InvalidInput("policy.distance", "out_of_range")
        with self._lock.reading:
            return self._question(shifts, policy, now, personalised=personalised)

    def top(self, question: Question, place: int, k: int) -> tuple[Array, Array, Array]:
        """Slots, scores and metres of the first `k` for one shift of a question, nothing else computed."""
        check_integer("k", k, 0, MOST_SEARCHED)
        with self._lock.reading:
            return best_of(self._rows, question, place, k)

    def top_many(self, question: Question, k: int, *, threads: int = THREADS) -> Answers:
        """`top` for every shift of a question on some threads."""
        check_integer("k", k, 0, MOST_SEARCHED)
        with self._lock.reading:
            return best_of_many(self._rows, question, k, threads)

    def ids_of(self, slots: Iterable[int]) -> list[Any]:
        """The ids of slots that an answer named."""
        return [self._rows.ids.at(int(slot)) for slot in slots]

    def gate_masks(self, shift: Shift, policy: Policy, *, now: datetime) -> tuple[Array, Array]:
        """(slots of everybody, uint32 with a bit per gate failed, in the order of `GATES`)."""
        with self._lock.reading:
            if not self._compiled:
                return masks(self._rows, shift, policy, now)
            question = self._question([shift], policy, now, personalised=False)
            bits, _ = gates_of(self._rows, question, 0)
            slots = self._rows.live_slots()
            return slots, bits[slots]

    def survey(self, shift: Shift, variants: Sequence[Variant], policy: Policy, *, now: datetime) -> Survey:
        """Who fails what beside a shift, and how many each variant of it would take, in one look at everybody."""
        with self._lock.reading:
            if not self._compiled:
                return survey_plainly(self._rows, shift, variants, policy, now)
            shifts = [shift, *(each.shift for each in variants)]
            question = self._question(shifts, policy, now, personalised=False)
            return survey(self._rows, question, [ALL_BITS, *(each.turned for each in variants)])

    def within_reach(self, slots: Array, shift: Shift, policy: Policy, *, now: datetime) -> int:
        """How many of these slots the gate of the way lets through; a slot emptied meanwhile is whoever is there."""
        only = replace(policy, gates=policy.gates & {Code.OUT_OF_REACH})
        with self._lock.reading:
            if not self._compiled:
                everybody, found = masks(self._rows, shift, only, now)
                return int(np.count_nonzero(found[np.searchsorted(everybody, slots)] == 0))
            question = self._question([shift], only, now, personalised=False)
            return within_reach(self._rows, question, slots)

    def tally(self, shift: Shift, policy: Policy, *, now: datetime) -> dict[int, int]:
        """How many people fail each set of gates (bits in the order of `GATES`; 0: eligible)."""
        with self._lock.reading:
            if not self._compiled:
                found = np.bincount(masks(self._rows, shift, policy, now)[1], minlength=1)
            else:
                found = gates_of(self._rows, self._question([shift], policy, now, personalised=False), 0)[1]
        return {int(mask): int(found[mask]) for mask in np.flatnonzero(found)}

    def places(self, slots: Array) -> tuple[Array, Array]:
        """(lat_e6, lon_e6) of slots; no place is 0, 0."""
        with self._lock.reading:
            return self._rows.hot["lat"][slots], self._rows.hot["lon"][slots]

    def wishes(self, slots: Array) -> tuple[Array, Array]:
        """(fen or 0, unit as a number of `units`) of the pay wishes of slots."""
        with self._lock.reading:
            return self._rows.cold["wish"][slots], self._rows.cold["unit"][slots]

    @property
    def units(self) -> list[str]:
        """The units of pay wishes by number."""
        return list(self._rows.units.texts)

    def _people(self) -> list[Worker]:
        return [self._rows.worker_at(slot) for slot in self._rows.live_slots().tolist()]

    def _question(
        self, shifts: Iterable[Shift] | ShiftRows, policy: Policy, now: datetime, *, personalised: bool
    ) -> Question:
        return make_question(self._rows, self._near, shifts, policy, now, personalised=personalised)
