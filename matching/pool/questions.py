"""A policy, a moment and shifts made ready for the kernels, and the kernels asked: the best few, or everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from matching.errors import InvalidInput
from matching.model import Shift
from matching.policy import Policy
from matching.pool.answers import MOST_SEARCHED, THREADS, Answers
from matching.pool.compiled import Array
from matching.pool.layout import CODES, DERIVED
from matching.pool.nearness import Fits, Nearness, fits_of
from matching.pool.policy import Curve, curve_of, points_of, rules_of
from matching.pool.scan import count_within, scan, scan_bits
from matching.pool.search import search, search_many
from matching.pool.shift_rows import ShiftRows
from matching.pool.store import PeopleRows
from matching.span import minute_of

SMALL_POOL = 20_000  # below it a second thread costs more than it saves
LONGEST_TURN = 512  # shifts that a thread takes at once


@dataclass(frozen=True, slots=True)
class Question:
    """Shifts ready to be asked; good for the pool that made it until a new kind of skill comes in."""

    rows: ShiftRows
    near: Array
    fits: Fits
    rules: Array
    curve: Curve
    rel_points: Array
    kinds: int

    @property
    def size(self) -> int:
        return self.rows.size


def make_question(
    store: PeopleRows,
    nearness: Nearness,
    shifts: Iterable[Shift] | ShiftRows,
    policy: Policy,
    now: datetime,
    *,
    personalised: bool,
) -> Question:
    """Numbers for the kernels; the same needs are looked up once."""
    rows = shifts if isinstance(shifts, ShiftRows) else ShiftRows.of(shifts, store.papers, store.units)
    near = nearness.table(rows.need_list, policy.skill)
    return Question(
        rows=rows,
        near=near,
        fits=fits_of(near, len(rows.need_list)),
        rules=rules_of(policy, minute_of(now), personalised=personalised),
        curve=curve_of(policy),
        rel_points=_rel_points(policy.weights.reliability),
        kinds=len(store.kinds),
    )


@lru_cache(maxsize=64)
def _rel_points(weight: int) -> Array:
    """The points of every permille of reliability; only read."""
    return np.asarray(points_of(weight, np.arange(1001) * 1000))


def check_fresh(store: PeopleRows, question: Question) -> None:
    """Raises InvalidInput(question, stale) once the pool knows kinds of skill that the question does not."""
    if question.kinds != len(store.kinds):
        raise InvalidInput("question", "stale")


def best_of(store: PeopleRows, question: Question, place: int, k: int) -> tuple[Array, Array, Array]:
    """Slots, scores and metres of the first `k` for one shift."""
    check_fresh(store, question)
    if k > MOST_SEARCHED:
        return _best_of_all(store, question, place, k)
    best, slots = np.empty((max(1, k), 6), np.int64), np.empty(max(1, k), np.int32)
    size = search(
        store.arrays,
        store.listing.arrays,
        question.rows.arrays,
        place,
        question.near,
        question.fits,
        question.rules[0],
        question.curve,
        question.rel_points,
        np.zeros(1, DERIVED),
        best,
        slots,
        k,
    )
    return slots[:size], best[:size, 4], best[:size, 5]


def best_of_many(store: PeopleRows, question: Question, k: int, threads: int) -> Answers:
    """`best_of` for every shift, on some threads."""
    check_fresh(store, question)
    count = question.size
    found = Answers.empty(count, k)

    def part(first: int, last: int) -> None:
        search_many(
            store.arrays,
            store.listing.arrays,
            question.rows.arrays,
            first,
            last,
            question.near,
            question.fits,
            question.rules[0],
            question.curve,
            question.rel_points,
            np.zeros(1, DERIVED),
            k,
            found.slots,
            found.scores,
            found.metres,
            found.sizes,
        )

    in_turns(part, count, threads, LONGEST_TURN)
    return found


def in_turns(part: Callable[[int, int], None], count: int, threads: int, longest: int) -> None:
    """Call `part(first, last)` over [0, count) in pieces, on some threads."""
    step = max(1, min(longest, count // (4 * threads) + 1))
    with ThreadPoolExecutor(threads) as crew:
        list(crew.map(lambda first: part(first, min(count, first + step)), range(0, count, step)))


def gates_of(store: PeopleRows, question: Question, place: int) -> tuple[Array, Array]:
    """(bits per slot, people per set of bits) for one shift."""
    size = store.size
    bits = np.zeros(size, np.uint32)
    tallies = np.zeros((THREADS, 1 << len(CODES)), np.int64)

    def part(number: int, _: int) -> None:
        first, last = size * number // THREADS, size * (number + 1) // THREADS
        shifts, near, rules = question.rows.arrays, question.near, question.rules[0]
        scan_bits(store.arrays, first, last, shifts, place, near, rules, np.zeros(1, DERIVED), bits, tallies[number])

    if size < SMALL_POOL:
        for number in range(THREADS):
            part(number, number)
    else:
        in_turns(part, THREADS, THREADS, 1)
    return bits, np.asarray(tallies.sum(0))


def within_reach(store: PeopleRows, question: Question, slots: Array) -> int:
    """How many of some slots the way lets through to the only shift of a question."""
    asked, size = slots.astype(np.int64), len(slots)
    found = [0] * THREADS

    def part(number: int, _: int) -> None:
        first, last = size * number // THREADS, size * (number + 1) // THREADS
        found[number] = count_within(store.arrays, asked, first, last, question.rows.arrays, question.rules[0])

    if size < SMALL_POOL:
        for number in range(THREADS):
            part(number, number)
    else:
        in_turns(part, THREADS, THREADS, 1)
    return sum(found)


def _best_of_all(store: PeopleRows, question: Question, place: int, k: int) -> tuple[Array, Array, Array]:
    """For a `k` so large that sorting everybody is the shorter way."""
    bits, scores, metres = (np.zeros(store.size, np.int64) for _ in range(3))
    shifts, near, rules = question.rows.arrays, question.near, question.rules[0]
    scan(store.arrays, shifts, place, near, rules, question.curve, np.zeros(1, DERIVED), bits, scores, metres)
    slots = store.live_slots()
    slots = slots[bits[slots] == 0]
    ids = [store.ids.low[slots]]
    if len(store.ids.high) > 1:
        ids.append(store.ids.high[slots])
    columns = (np.zeros(len(slots), np.int64), -scores[slots], metres[slots])
    keys = [columns[int(rules[name])] for name in ("second", "first")]
    slots = slots[np.lexsort((*ids, *keys))[:k]].astype(np.int32)
    return slots, scores[slots], metres[slots]
