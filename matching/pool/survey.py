"""Everybody beside one shift and changes of it: who fails what alone, and how many more each change would take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.model import Shift
from matching.pool.answers import THREADS
from matching.pool.calendar import section
from matching.pool.compiled import Array, Rows, inlined
from matching.pool.derive import derive
from matching.pool.judge import cover_minutes, time_bits, trade_row
from matching.pool.layout import (
    ADULTS_ONLY,
    ALIVE,
    ALL_BITS,
    ALREADY_APPLIED,
    ALREADY_ENGAGED,
    BEGUN,
    BLOCKED_PAIR,
    BOOKED,
    CERTIFICATES,
    CODES,
    D_BOOK,
    DATED,
    DERIVED,
    H_BLOCKED,
    H_PAPERS,
    HOURS,
    IRREGULAR,
    MORE,
    NOT_FREE,
    OUT_OF_REACH,
    PAPERS,
    PART_TIME_DAY,
    PART_TIME_WEEK,
    S_ADULT,
    SKILLS,
    TIES,
    UNDER_AGE,
)
from matching.pool.measure import RADIANS, lacks_skill, touches_booking, window_minutes
from matching.pool.pair_gates import pair_bits, part_time
from matching.pool.questions import SMALL_POOL, Question, in_turns
from matching.pool.scan import is_away, some_bits
from matching.pool.store import PeopleRows

TIME = NOT_FREE | BOOKED | PART_TIME_WEEK | PART_TIME_DAY
# What may be otherwise at another hour: time itself, papers and ages by the day, a start that has passed.
BY_HOUR = TIME | CERTIFICATES | ADULTS_ONLY | BEGUN
SEVERAL = ALL_BITS + 1  # more than one thing stands in the way, and not all of it goes by the hour


@dataclass(frozen=True, slots=True)
class Variant:
    """A shift changed in a way that can turn only the gates of `turned`."""

    shift: Shift
    turned: int


@dataclass(frozen=True, slots=True)
class Survey:
    """`bits`: by slot, the gates failed (`SEVERAL`: more than can be turned at once; empty slots likewise).

    `sets`: how many people fail each set of gates, where that is known. `taken`: how many each variant would take.
    """

    people: int
    bits: Array
    sets: Array
    taken: list[int]

    def slots(self, bits: int) -> Array:
        """Who fails exactly these gates."""
        return np.flatnonzero(self.bits == bits)


# What of a shift and its variants most people are judged by, a row each: no array has to be handed round for it.
START, END, T0, T1, T2, ASKED, DATED_WORK, ALL_FAIL, FIRST_DAY, ADULT, PAPERLESS, SAME_DAYS, WORKED = range(13)
QUICK = 13
UNSURE = -1


@inlined
def _quick_of(shifts: Rows, s: int, derived: Rows, base: Rows, rules: Rows, quick: Array) -> None:
    """Fill the row of one variant."""
    shift, shift_detail = shifts[0][s], shifts[1]
    gates, at = rules["gates"], shift["detail"]
    quick[START], quick[END], quick[ASKED] = derived["start"], derived["end"], derived["asked"]
    quick[T0], quick[T1], quick[T2] = derived["t0"], derived["t1"], derived["t2"]
    quick[DATED_WORK] = derived["kind"] == DATED
    quick[FIRST_DAY] = derived["first_day"]
    quick[ADULT] = gates & ADULTS_ONLY != 0 and shift["flags"] & S_ADULT != 0
    asks_papers = at >= 0 and gates & CERTIFICATES != 0 and shift_detail[at + H_PAPERS] > 0
    quick[PAPERLESS] = not asks_papers
    quick[SAME_DAYS] = derived["first_day"] == base["first_day"] and derived["last_day"] == base["last_day"]
    counts_hours = derived["part_time"] != 0 and gates & (PART_TIME_WEEK | PART_TIME_DAY) != 0
    quick[WORKED] = HOURS if counts_hours else 0
    quick[ALL_FAIL] = derived["barred"]
    if counts_hours:
        quick[ALL_FAIL] |= part_time(shift_detail, -1, shift, derived, rules["offset"]) & gates


@inlined
def _is_booked(row: Rows, detail: Array, at: int, start: int, end: int) -> bool:
    """Whether any booking, inline or not, overlaps [start, end)."""
    if touches_booking(row, start, end):
        return True
    if row["flags"] & MORE:
        place = section(detail, at, D_BOOK)
        for each in range(place, place + 2 * detail[at + D_BOOK], 2):
            if detail[each] < end and start < detail[each + 1]:
                return True
    return False


@inlined
def _time_quickly(row: Rows, detail: Array, at: int, quick: Array, gates: int, floor: int, offset: int) -> int:
    """Bits of the two gates about time for somebody whose week and few bookings tell all; UNSURE of others."""
    if gates & (NOT_FREE | BOOKED) == 0 or (quick[DATED_WORK] == 0 and quick[ASKED] == 0):
        return 0
    start, end = quick[START], quick[END]
    if quick[DATED_WORK] == 0 or row["flags"] & IRREGULAR & ~MORE or _is_booked(row, detail, at, start, end):
        return UNSURE
    t0, t1, t2 = quick[T0], quick[T1], quick[T2]
    if gates & NOT_FREE == 0 or (row["w0"] & t0 == t0 and row["w1"] & t1 == t1 and row["w2"] & t2 == t2):
        return 0
    usable = min(quick[ASKED], window_minutes(row, start, end, t0, t1, t2, offset))
    return NOT_FREE if usable * 1000 < quick[ASKED] * floor else 0


@inlined
def _hourly(row: Rows, rest: Rows, detail: Array, found: int, quick: Array, rules: Rows) -> int:
    """The bits of BY_HOUR beside a variant, for somebody who fails `found` beside the shift; UNSURE of few."""
    if row["flags"] & quick[WORKED] or (quick[PAPERLESS] == 0 and quick[SAME_DAYS] == 0):
        return UNSURE
    bits = quick[ALL_FAIL]
    if quick[PAPERLESS] == 0:
        bits |= found & CERTIFICATES
    if quick[ADULT] and quick[FIRST_DAY] < rest["adult"]:
        bits |= ADULTS_ONLY
    if bits:
        return int(bits)
    whole = quick[DATED_WORK] != 0 and quick[END] - quick[START] == quick[ASKED]
    if whole and rules["gates"] & BOOKED and _is_booked(row, detail, rest["detail"], quick[START], quick[END]):
        return BOOKED
    return _time_quickly(row, detail, rest["detail"], quick, rules["gates"], rules["floor"], rules["offset"])


@inlined
def survey_some(
    workers: Rows,
    first: int,
    last: int,
    shifts: Rows,
    near: Array,
    rules: Array,
    turned: Array,
    derived: Array,
    quick: Array,
    bits: Array,
    sets: Array,
    taken: Array,
) -> None:
    """Rows [first, last) beside shift 0, and those whom a variant may turn beside shift 1, 2, …

    rules[v] has the gates that variant v can turn, rules[0] all of them; `derived` and `quick` are room for each.
    """
    hot, cold, claims, detail, _, _ = workers
    variants = len(turned)
    for v in range(variants):
        derive(shifts, v, rules[v], derived[v])
    for v in range(variants):
        _quick_of(shifts, v, derived[v], derived[0], rules[v], quick[v])
    shift, needs, rule = shifts[0][0], shifts[2], rules[0]
    gates, floor, offset, today = rule["gates"], rule["floor"], rule["offset"], rule["today"]
    lat = shift["lat"] * RADIANS
    sine, cosine = math.sin(lat), math.cos(lat)
    by_skill, from_need, n_needs = gates & SKILLS != 0, shift["needs"], shift["n_needs"]
    special = TIES if gates & (BLOCKED_PAIR | ALREADY_APPLIED | ALREADY_ENGAGED) else 0
    special |= quick[0, WORKED]
    special |= PAPERS if quick[0, PAPERLESS] == 0 else 0
    at = shift["detail"]
    blocks = at >= 0 and shifts[1][at + H_BLOCKED] > 0
    barred, everybody_fails = derived[0]["barred"], quick[0, ALL_FAIL]
    if quick[0, PAPERLESS] == 0:
        everybody_fails |= CERTIFICATES  # who holds no paper at all; the others are looked at
    adults = quick[0, ADULT] != 0
    first_day = quick[0, FIRST_DAY]
    for w in range(first, last):
        row = hot[w]
        if not row["flags"] & ALIVE:
            bits[w] = SEVERAL
            continue
        found = int(barred)
        if is_away(row, shift, rule, sine, cosine):
            found |= OUT_OF_REACH
        if by_skill:
            rest = cold[w]
            if lacks_skill(claims, rest["claims"], rest["n_claims"], needs, from_need, n_needs, near):
                found |= SKILLS
                if found & OUT_OF_REACH:
                    bits[w] = SEVERAL
                    continue
        late = _time_quickly(row, detail, cold[w]["detail"], quick[0], gates, floor, offset)
        if late == UNSURE:
            late = _slow_time(workers, w, shifts, near, derived[0], rule)
        if late and found & ~BY_HOUR:
            bits[w] = SEVERAL
            continue
        found |= late
        if blocks or row["flags"] & special:
            found |= pair_bits(workers, w, shift, shifts[1], derived[0], rule)
        else:
            found |= everybody_fails
            rest = cold[w]
            if gates & UNDER_AGE and today < rest["introducible"]:
                found |= UNDER_AGE
            if adults and first_day < rest["adult"]:
                found |= ADULTS_ONLY
        if found & (found - 1) and found & ~BY_HOUR:
            bits[w] = SEVERAL
            continue
        bits[w] = found
        sets[found] += 1
        for v in range(1, variants):
            if found & ~turned[v]:
                continue
            other = UNSURE
            if turned[v] == BY_HOUR:
                other = _hourly(row, cold[w], detail, found, quick[v], rules[v])
            if other == UNSURE:
                other = some_bits(workers, w, shifts, v, near, derived[v], rules[v], sine, cosine)
            if other == 0:
                taken[v] += 1


@inlined
def _slow_time(workers: Rows, w: int, shifts: Rows, near: Array, derived: Rows, rules: Rows) -> int:
    """Bits of the two gates about time for anybody."""
    hot, cold, _, detail, _, _ = workers
    shift_rows, shift_detail, needs = shifts
    shift = shift_rows[0]
    trade, at = trade_row(shift, needs), cold[w]["detail"]
    unbooked, usable = cover_minutes(hot[w], detail, at, near, trade, shift, shift_detail, derived, rules)
    return time_bits(derived, rules, unbooked, usable)


def survey(store: PeopleRows, question: Question, turned: Sequence[int]) -> Survey:
    """Of a question whose first shift is the one asked about and whose others are its variants."""
    size = store.size
    bits = np.zeros(size, np.uint32)
    sets = np.zeros((THREADS, 1 << len(CODES)), np.int64)
    taken = np.zeros((THREADS, len(turned)), np.int64)
    allowed = np.array(turned, np.int64)
    rules = np.repeat(question.rules, len(turned))
    rules["gates"][1:] &= allowed[1:]

    def part(number: int, _: int) -> None:
        first, last = size * number // THREADS, size * (number + 1) // THREADS
        room = np.zeros(len(turned), DERIVED)
        quick = np.zeros((len(turned), QUICK), np.int64)
        shifts, near = question.rows.arrays, question.near
        counts = sets[number], taken[number]
        survey_some(store.arrays, first, last, shifts, near, rules, allowed, room, quick, bits, *counts)

    if size < SMALL_POOL:
        for number in range(THREADS):
            part(number, number)
    else:
        in_turns(part, THREADS, THREADS, 1)
    return Survey(store.count, bits, np.asarray(sets.sum(0)), [int(each) for each in taken.sum(0)[1:]])
