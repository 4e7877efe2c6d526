"""Exact re-seating of all shifts that overlap each other, everything else of a plan held fast."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.links import follows
from matching.assign.paths import augment
from matching.assign.times import Flags, Ints, Narrow

_TIMES = "int64[::1], int64[::1], int64[::1], int64[::1], int64, int64, boolean, boolean[:, ::1], int64"


def groups(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Sets of shifts of which any two overlap, as offsets and shifts.

    A set is a shift and those that begin after it and before the first of the set ends; the next one begins
    in the middle of the last.
    """
    order = np.lexsort((end, start))
    begins, found = [0], []
    low = reached = 0
    while reached < len(order):
        earliest, high = int(end[order[low]]), low
        while high < len(order) and int(start[order[high]]) < earliest:
            earliest = min(earliest, int(end[order[high]]))
            high += 1
        if high > reached:
            found.append(order[low:high])
            begins.append(begins[-1] + high - low)
            reached = high
        low = max(low + 1, min((low + high) // 2, reached - 1)) if reached < len(order) else low
    flat = np.concatenate(found) if found else np.zeros(0, np.int64)
    return np.array(begins, np.int64), np.ascontiguousarray(flat, np.int64)


@compiled("int64(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1])")
def _gather_people(
    group: Ints, shift_first: Ints, shift_pairs: Ints, owner: Ints, local_person: Ints, persons: Ints
) -> int:
    """Number everybody who has a pair with a shift of the group, both ways round; how many there are."""
    count = 0
    for s in group:
        for at in range(shift_first[s], shift_first[s + 1]):
            p = owner[shift_pairs[at]]
            if local_person[p] < 0:
                local_person[p] = count
                persons[count] = p
                count += 1
    return count


@compiled(
    "Tuple((int64, int64, boolean))(int64[::1], int64[::1], int64[::1], boolean[::1], int32[::1], int64, int64[::1])"
)
def _seats_now(
    first: Ints, shift: Ints, value: Ints, chosen: Flags, local_shift: Narrow, p: int, own: Ints
) -> tuple[int, int, bool]:
    """A person's shifts outside the group, put into `own`, and how many; what the seat inside is worth, if any."""
    held, before, seated = 0, 0, False
    for e in range(first[p], first[p + 1]):
        if chosen[e]:
            if local_shift[shift[e]] < 0:
                own[held] = shift[e]
                held += 1
            else:
                before, seated = value[e], True
    return held, before, seated


@compiled(f"boolean({_TIMES}, int64[::1], int64, int64)")
def _stands_beside(
    start: Ints,
    end: Ints,
    lat: Ints,
    lon: Ints,
    rest: int,
    pace: int,
    listed: bool,
    table: Flags,
    farthest: int,
    own: Ints,
    held: int,
    s: int,
) -> bool:
    """Whether a shift comes before or after each of the first `held` of `own`, with the way between."""
    for h in range(held):
        o = own[h]
        if end[o] + farthest <= start[s] and not listed:
            continue
        if end[s] + farthest <= start[o] and not listed:
            continue
        if not (
            follows(start, end, lat, lon, rest, pace, listed, table, o, s)
            or follows(start, end, lat, lon, rest, pace, listed, table, s, o)
        ):
            return False
    return True


@compiled(
    "Tuple((int64, int64))(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " int64[::1],"
    f" {_TIMES}, int64[::1], int64[::1], boolean[::1])"
)
def reseat(
    first: Ints,
    shift: Ints,
    owner: Ints,
    value: Ints,
    bonus: Ints,
    seats: Ints,
    shift_first: Ints,
    shift_pairs: Ints,
    start: Ints,
    end: Ints,
    lat: Ints,
    lon: Ints,
    rest: int,
    pace: int,
    listed: bool,
    table: Flags,
    farthest: int,
    begins: Ints,
    members: Ints,
    chosen: Flags,
) -> tuple[int, int]:
    """Seat each group of overlapping shifts anew at the greatest value; returns the gain and pairs looked at.

    `chosen` is changed in place and stays a plan throughout. farthest: minutes after which one shift can
    follow another wherever they are.
    """
    people, shifts = len(first) - 1, len(seats)
    local_shift = np.full(shifts, -1, np.int32)
    local_person = np.full(people, -1, np.int64)
    own = np.empty(shifts, np.int64)
    gain, work = 0, 0
    for g in range(len(begins) - 1):
        group = members[begins[g] : begins[g + 1]]
        most = 0
        for k in range(len(group)):
            local_shift[group[k]] = k
            most += shift_first[group[k] + 1] - shift_first[group[k]]
        persons = np.empty(most, np.int64)
        count = _gather_people(group, shift_first, shift_pairs, owner, local_person, persons)
        local_first = np.zeros(count + 1, np.int64)
        pairs, pair_shift, cost = np.empty(most, np.int64), np.empty(most, np.int32), np.empty(most, np.int64)
        size = 0
        for k in range(count):
            p = persons[k]
            held, before, seated = _seats_now(first, shift, value, chosen, local_shift, p, own)
            extra = bonus[p] if held == 0 else 0
            gain -= before + (extra if seated else 0)
            work += (first[p + 1] - first[p]) >> 3  # flags are read eight times as fast as pairs
            for e in range(first[p], first[p + 1]):
                s = shift[e]
                if local_shift[s] < 0:
                    continue
                chosen[e] = False
                if _stands_beside(start, end, lat, lon, rest, pace, listed, table, farthest, own, held, s):
                    pairs[size], pair_shift[size], cost[size] = e, local_shift[s], -(value[e] + extra)
                    size += 1
            local_first[k + 1] = size
        room = np.empty(len(group), np.int64)
        for k in range(len(group)):
            room[k] = seats[group[k]]
        taken, _, used = augment(
            local_first, pair_shift[:size].copy(), cost[:size].copy(), room, np.zeros(count, np.int64), np.arange(count)
        )
        work += used
        for k in range(count):
            if taken[k] >= 0:
                chosen[pairs[taken[k]]] = True
                gain -= cost[taken[k]]
            local_person[persons[k]] = -1
        for s in group:
            local_shift[s] = -1
    return gain, work
