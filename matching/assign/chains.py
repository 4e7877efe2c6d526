"""Prices on seats and the best chain of shifts per person: the compiled passes of the several-shifts search."""

from __future__ import annotations

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.links import follows
from matching.assign.times import Flags, Ints

_LINKS = "int64[::1], int64[::1], int64[::1], int64[::1]"


@compiled(f"int64(int64, int64, int64[::1], int64[::1], {_LINKS}, int64[::1], int64[::1])")
def chain(
    low: int,
    high: int,
    shift: Ints,
    worth: Ints,
    by_end: Ints,
    sure: Ints,
    at: Ints,
    more: Ints,
    sums: Ints,
    back: Ints,
) -> int:
    """One person's best chain over pairs low..high by `worth` per pair; returns its last pair or -1.

    sums[e] is the best sum of a chain that ends with e, back[e] the pair before it (-1: none).
    """
    best, best_at, known = 0, -1, 0
    top, top_at = -(2**62), -1
    for e in range(low, high):
        while known < sure[e]:
            i = by_end[low + known]
            if sums[i] > best:
                best, best_at = sums[i], i
            known += 1
        ahead, ahead_at = best, best_at
        for k in range(at[e], at[e + 1]):
            i = more[k]
            if sums[i] > ahead:
                ahead, ahead_at = sums[i], i
        sums[e], back[e] = worth[e] + ahead, ahead_at
        if sums[e] > top:
            top, top_at = sums[e], e
    return top_at


@compiled(f"int64(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], {_LINKS}, int64[::1], boolean[::1])")
def demand(
    first: Ints,
    shift: Ints,
    value: Ints,
    bonus: Ints,
    price: Ints,
    by_end: Ints,
    sure: Ints,
    at: Ints,
    more: Ints,
    wanted: Ints,
    chosen: Flags,
) -> int:
    """Everybody's best chain at these prices: marks `chosen`, counts `wanted` per shift, returns the sum."""
    pairs = len(shift)
    worth, sums, back = np.empty(pairs, np.int64), np.empty(pairs, np.int64), np.empty(pairs, np.int64)
    for e in range(pairs):
        worth[e] = value[e] - price[shift[e]]
        chosen[e] = False
    wanted[:] = 0
    total = 0
    for p in range(len(first) - 1):
        e = chain(first[p], first[p + 1], shift, worth, by_end, sure, at, more, sums, back)
        if e < 0 or sums[e] + bonus[p] <= 0:
            continue
        total += sums[e] + bonus[p]
        while e >= 0:
            chosen[e] = True
            wanted[shift[e]] += 1
            e = back[e]
    return total


@compiled(
    "boolean[::1](int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " int64, int64, boolean, boolean[:, ::1], int64[::1])"
)
def greedy(
    first: Ints,
    shift: Ints,
    owner: Ints,
    seats: Ints,
    start: Ints,
    end: Ints,
    lat: Ints,
    lon: Ints,
    rest: int,
    pace: int,
    listed: bool,
    table: Flags,
    order: Ints,
) -> Flags:
    """Take pairs in this order, each if its shift has a seat and its person the time."""
    left = seats.copy()
    chosen = np.zeros(len(shift), np.bool_)
    for e in order:
        s, p, free = shift[e], owner[e], True
        if left[s] == 0:
            continue
        for other in range(first[p], first[p + 1]):
            if chosen[other]:
                o = shift[other]
                if not (
                    follows(start, end, lat, lon, rest, pace, listed, table, o, s)
                    or follows(start, end, lat, lon, rest, pace, listed, table, s, o)
                ):
                    free = False
                    break
        if free:
            chosen[e] = True
            left[s] -= 1
    return chosen


@compiled(
    f"int64(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], {_LINKS}, boolean[::1], int64[::1])"
)
def serve(
    first: Ints,
    shift: Ints,
    value: Ints,
    bonus: Ints,
    price: Ints,
    left: Ints,
    by_end: Ints,
    sure: Ints,
    at: Ints,
    more: Ints,
    chosen: Flags,
    people: Ints,
) -> int:
    """One after the other these people give back what they have and take the best chain of seats still left.

    left: open seats per shift, kept up to date as is `chosen`. Returns pairs looked at.
    """
    pairs = len(shift)
    worth, sums, back = np.empty(pairs, np.int64), np.empty(pairs, np.int64), np.empty(pairs, np.int64)
    work = 0
    for p in people:
        for e in range(first[p], first[p + 1]):
            if chosen[e]:
                chosen[e] = False
                left[shift[e]] += 1
        for e in range(first[p], first[p + 1]):
            worth[e] = value[e] - price[shift[e]] if left[shift[e]] > 0 else -(2**60)
        work += first[p + 1] - first[p]
        e = chain(first[p], first[p + 1], shift, worth, by_end, sure, at, more, sums, back)
        if e < 0 or sums[e] + bonus[p] <= 0:
            continue
        while e >= 0:
            chosen[e] = True
            left[shift[e]] -= 1
            e = back[e]
    return work
