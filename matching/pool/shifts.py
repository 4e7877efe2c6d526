"""Open shifts in memory: exact recommendations for one person or a whole city."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from matching.errors import InvalidInput, check_integer
from matching.model import Shift, Worker
from matching.pair import Pair
from matching.policy import Policy
from matching.pool.answers import MOST_SEARCHED, STEP, THREADS, Answers, eligible, tally_of
from matching.pool.compiled import HAS_COMPILER, Array
from matching.pool.intern import Words, units
from matching.pool.jobs import Job, encode_shift
from matching.pool.layout import DERIVED, UNKNOWN_M
from matching.pool.listed_shifts import ListedShifts, listed
from matching.pool.lock import ReadWriteLock
from matching.pool.nearness import Fits, Nearness, NeedNearness, fits_of
from matching.pool.people import encode
from matching.pool.policy import curve_of, is_plain, rules_of
from matching.pool.questions import in_turns
from matching.pool.seek import judge_all, seek, seek_many
from matching.pool.shift_rows import ShiftRows
from matching.pool.store import PeopleRows
from matching.pool.workers import WorkerPool
from matching.rank import MAX_K, recommend
from matching.result import Code, Ranking
from matching.span import minute_of

LONGEST_TURN = 4096  # people that a thread takes at once


class ShiftPool:
    """A pool of shifts that one thread at a time changes and any number of threads ask.

    `beside` a pool of people it can be asked for all of them at once (`recommend_all`).
    """

    def __init__(self, beside: WorkerPool | None = None) -> None:
        self._papers = beside._rows.papers if beside else Words()
        self._units = beside._rows.units if beside else units()
        self._rows = ShiftRows()
        self._near = NeedNearness(self._rows.need_list)
        self._lists = ListedShifts()
        self._values: list[Shift | None] = []
        self._lock = ReadWriteLock()
        self._beside = beside

    @classmethod
    def from_shifts(
        cls,
        shifts: Iterable[Shift],
        *,
        beside: WorkerPool | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> ShiftPool:
        """From values; raises InvalidInput(id, duplicate_id). `progress` hears every 10,000 how many are read."""
        pool = cls(beside)
        for count, shift in enumerate(shifts, start=1):
            pool._lists.fill([(shift.id, listed(shift, pool._rows, pool._lists))])
            pool._put(shift, pool._job(shift))
            if progress and count % STEP == 0:
                progress(count)
        pool._lists.relist()
        return pool

    def __len__(self) -> int:
        return self._lists.count

    def __contains__(self, given_id: object) -> bool:
        with self._lock.reading:
            return self._lists.ids.find(given_id) >= 0

    def shift(self, given_id: Any) -> Shift:
        """The shift as it was put in; raises InvalidInput(id, unknown_id)."""
        with self._lock.reading:
            return self._value(self._lists.ids.slot_of(given_id))

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, index included; the values themselves are kept besides."""
        return self._rows.nbytes + self._lists.nbytes

    # changes

    def add(self, shift: Shift) -> None:
        """Raises InvalidInput(id, duplicate_id) for an id that is there."""
        with self._lock.writing:
            self._lists.ids.check_new(shift.id)
            job = self._job(shift)
            self._lists.fill([(shift.id, listed(shift, self._rows, self._lists))])
            slot = self._put(shift, job)
            self._lists.enlist(slot)
            self._rows.pack()

    def change(self, shift: Shift) -> None:
        """Everything about one shift; raises InvalidInput(id, unknown_id)."""
        with self._lock.writing:
            slot = self._lists.ids.slot_of(shift.id)
            job = self._job(shift)
            self._lists.rewrite(slot, listed(shift, self._rows, self._lists))
            self._put(shift, job)
            self._rows.pack()
            self._lists.pack()

    def remove(self, given_id: Any) -> None:
        """Raises InvalidInput(id, unknown_id)."""
        with self._lock.writing:
            self._values[self._lists.ids.slot_of(given_id)] = None
            self._lists.remove(given_id)

    # questions

    def recommend(
        self,
        worker: Worker,
        policy: Policy,
        k: int,
        *,
        now: datetime,
        personalised: bool = True,
        counts: bool = True,
        with_refusals: bool = False,
    ) -> Ranking:
        """The same `Ranking` as `matching.recommend` over all shifts here; raises as it does.

        `counts=False` leaves out the look at every shift that `refused` and `excluded` take: both are then empty.
        """
        check_integer("k", k, 0, MAX_K)
        with self._lock.reading:
            live = self._lists.live_slots()
            if not is_plain(policy) or with_refusals or not HAS_COMPILER:
                return recommend(
                    worker,
                    [self._value(int(slot)) for slot in live],
                    policy,
                    k,
                    now=now,
                    personalised=personalised,
                    with_refusals=with_refusals,
                )
            rules = rules_of(policy, minute_of(now), personalised=personalised, several=True)
            person, near = self._person(worker, policy)
            refused, excluded = 0, dict[Code, int]()
            if counts:
                bits = self._judged(person, near, live, rules, policy)[0]
                refused, excluded = tally_of(np.bincount(bits, minlength=1) if len(bits) else np.zeros(1, np.int64))
            slots = self._sought(person, near, rules, policy, min(k, len(live)))
            pairs = (Pair(worker, self._value(slot), policy, minute_of(now)) for slot in slots.tolist())
            return Ranking(
                policy=policy.label,
                personalised=personalised,
                matches=tuple(eligible(pair, personalised=personalised) for pair in pairs),
                considered=len(live),
                refused=refused,
                excluded=excluded,
            )

    def recommend_all(
        self,
        policy: Policy,
        k: int,
        *,
        now: datetime,
        people: Sequence[Any] | None = None,
        personalised: bool = True,
        threads: int = THREADS,
    ) -> tuple[list[Any] | Array, Answers]:
        """The first `k` shifts for everybody (or the ids named) of the pool of people this one stands beside.

        Gives the slots of the people and, row by row, slots of shifts, scores and metres; `ids_of` names shifts,
        the other pool's `ids_of` people. Raises InvalidInput(beside, empty) without such a pool.
        """
        check_integer("k", k, 0, MOST_SEARCHED)
        if self._beside is None:
            raise InvalidInput("beside", "empty")
        if not is_plain(policy):
            raise InvalidInput("policy.distance", "out_of_range")
        store = self._beside._rows
        with self._beside._lock.reading, self._lock.reading:
            chosen = store.live_slots() if people is None else np.array([store.ids.slot_of(each) for each in people])
            if not HAS_COMPILER:
                return chosen, self._one_by_one(store, chosen, policy, k, now, personalised=personalised)
            near = Nearness(store.kinds).table(self._rows.need_list, policy.skill)
            rules = rules_of(policy, minute_of(now), personalised=personalised, several=True)
            return chosen, self._sought_all(store, chosen, near, rules, policy, k, threads)

    def ids_of(self, slots: Iterable[int]) -> list[Any]:
        """The ids of slots that an answer named."""
        return [self._lists.ids.at(int(slot)) for slot in slots]

    # inside, all under the lock

    def _value(self, slot: int) -> Shift:
        value = self._values[slot]
        if value is None:
            raise InvalidInput("id", "unknown_id")
        return value

    def _job(self, shift: Shift) -> Job:
        """Made before anything is written: what cannot be held is refused whole."""
        return encode_shift(shift, self._papers, self._units)

    def _put(self, shift: Shift, job: Job) -> int:
        slot = self._lists.ids.slot_of(shift.id)
        self._rows.put(slot, job)
        self._values.extend([None] * (slot + 1 - len(self._values)))
        self._values[slot] = shift
        return slot

    def _person(self, worker: Worker, policy: Policy) -> tuple[PeopleRows, Array]:
        """One person as a row, and how near each of their claims is to each need here."""
        alone = PeopleRows(indexed=False)
        alone.papers, alone.units = self._papers, self._units
        alone.fill([(worker.id, encode(worker, alone.kinds, self._papers, self._units, grow=False))])
        return alone, self._near.table(alone.kinds, policy.skill)

    def _judged(
        self, person: PeopleRows, near: Array, live: Array, rules: Array, policy: Policy
    ) -> tuple[Array, Array, Array]:
        bits, scores, metres = (np.zeros(len(live), np.int64) for _ in range(3))
        judge_all(
            person.arrays,
            0,
            live,
            self._rows.arrays,
            near,
            rules[0],
            curve_of(policy),
            np.zeros(1, DERIVED),
            bits,
            scores,
            metres,
        )
        return bits, scores, metres

    def _jobs(self) -> tuple[Array, Array]:
        return self._lists.ids.high, self._lists.ids.low

    def _sought(self, person: PeopleRows, near: Array, rules: Array, policy: Policy, k: int) -> Array:
        best, slots = np.empty((max(1, k), 6), np.int64), np.empty(max(1, k), np.int32)
        size = seek(
            person.arrays,
            0,
            self._lists.listing.arrays,
            self._jobs(),
            self._rows.arrays,
            near,
            _by_kind(near, len(self._rows.need_list)),
            np.arange(near.shape[1]),
            rules[0],
            curve_of(policy),
            np.zeros(1, DERIVED),
            best,
            slots,
            k,
        )
        return slots[:size]

    def _sought_all(
        self, store: PeopleRows, chosen: Array, near: Array, rules: Array, policy: Policy, k: int, threads: int
    ) -> Answers:
        found = Answers.empty(len(chosen), k)
        wanted, kind_at = _by_kind(near, len(self._rows.need_list)), np.arange(near.shape[1])

        def part(first: int, last: int) -> None:
            seek_many(
                store.arrays,
                chosen,
                first,
                last,
                self._lists.listing.arrays,
                self._jobs(),
                self._rows.arrays,
                near,
                wanted,
                kind_at,
                rules[0],
                curve_of(policy),
                np.zeros(1, DERIVED),
                k,
                found.slots,
                found.scores,
                found.metres,
                found.sizes,
            )

        in_turns(part, len(chosen), threads, LONGEST_TURN)
        return found

    def _one_by_one(
        self, store: PeopleRows, chosen: Array, policy: Policy, k: int, now: datetime, *, personalised: bool
    ) -> Answers:
        """By the oracle, where nothing is compiled."""
        found = Answers.empty(len(chosen), k)
        shifts = [self._value(int(slot)) for slot in self._lists.live_slots()]
        for place, slot in enumerate(chosen.tolist()):
            worker = store.worker_at(slot)
            matches = recommend(worker, shifts, policy, k, now=now, personalised=personalised).matches
            found.sizes[place] = len(matches)
            for each, match in enumerate(matches):
                found.slots[place, each] = self._lists.ids.slot_of(match.shift_id)
                found.scores[place, each] = match.score.total
                found.metres[place, each] = UNKNOWN_M if match.distance_m is None else match.distance_m
        return found


def _by_kind(near: Array, n_needs: int) -> Fits:
    """(start per kind, needs it comes near to)."""
    return fits_of(np.ascontiguousarray(near[:n_needs].T), near.shape[1])
