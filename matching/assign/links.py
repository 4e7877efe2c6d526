"""Which of a person's shifts can follow which, laid out so that the best chain is found in one pass."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from matching.assign.compiled import compiled
from matching.assign.times import NOWHERE, Flags, Ints, Times
from matching.distance import EARTH_RADIUS_M, NOISE_M

_RADIANS = math.pi / 180_000_000
_DIAMETER_M = 2.0 * EARTH_RADIUS_M


class Links(NamedTuple):
    """Per person: pairs by start; `by_end` the same by end; the first `sure[e]` of these can all come before
    pair e; `more[at[e]:at[e+1]]` are the others that can (all as positions among the chained pairs)."""

    by_end: Ints
    sure: Ints
    at: Ints
    more: Ints


def follow_table(times: Times) -> tuple[bool, Flags]:
    """Whether there is an explicit relation, and it; without one a single cell of its type, which nothing reads."""
    if times.follows is None:
        return False, np.zeros((1, 1), np.bool_)
    return True, np.ascontiguousarray(times.follows)


@compiled(
    "boolean(int64[::1], int64[::1], int64[::1], int64[::1], int64, int64, boolean, boolean[:, ::1], int64, int64)"
)
def follows(
    start: Ints, end: Ints, lat: Ints, lon: Ints, rest: int, pace: int, listed: bool, table: Flags, i: int, j: int
) -> bool:
    """`Times.may_follow`, compiled: the same operations in the same order."""
    if listed:
        return bool(table[i, j])
    if end[i] + rest > start[j]:
        return False
    if lat[i] == NOWHERE or lat[j] == NOWHERE:
        return True
    north = math.sin((lat[j] - lat[i]) * _RADIANS / 2.0)
    east = math.sin((lon[j] - lon[i]) * _RADIANS / 2.0)
    cosines = math.cos(lat[i] * _RADIANS) * math.cos(lat[j] * _RADIANS)
    chord = north * north + cosines * (east * east)
    metres = max(0, math.ceil(_DIAMETER_M * math.asin(min(1.0, math.sqrt(chord))) - NOISE_M))
    return bool(end[i] + rest + (metres + pace - 1) // pace <= start[j])


@compiled("int64(int64[::1], int64[::1], int64[::1])")
def spread(shift: Ints, lat: Ints, lon: Ints) -> int:
    """Metres that no way between two of the shifts exceeds."""
    south, north, west, east = 2**40, -(2**40), 2**40, -(2**40)
    for s in shift:
        if lat[s] != NOWHERE:
            south, north = min(south, lat[s]), max(north, lat[s])
            west, east = min(west, lon[s]), max(east, lon[s])
    if north < south:
        return 0
    return (north - south + east - west) * 1113 // 10_000 + 2  # a millionth of a degree is 0.11120 m at most


@compiled(
    "Tuple((int64[::1], int64[::1], int64[::1], int64[::1]))(int64[::1], int64[::1], int64[::1], int64[::1],"
    " int64[::1], int64[::1], int64, int64, boolean, boolean[:, ::1])"
)
def link(
    first: Ints,
    shift: Ints,
    start: Ints,
    end: Ints,
    lat: Ints,
    lon: Ints,
    rest: int,
    pace: int,
    listed: bool,
    table: Flags,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Fill `Links`; each person's pairs are in the order of start."""
    pairs = len(shift)
    by_end, sure = np.empty(pairs, np.int64), np.zeros(pairs, np.int64)
    at = np.zeros(pairs + 1, np.int64)
    more = np.empty(max(16, pairs), np.int64)
    size = 0
    for p in range(len(first) - 1):
        low, high = first[p], first[p + 1]
        ends = np.empty(high - low, np.int64)
        for e in range(low, high):
            ends[e - low] = end[shift[e]]
        order = np.argsort(ends, kind="mergesort")
        for k in range(high - low):
            by_end[low + k] = low + order[k]
        if listed:
            for e in range(high - 1, low - 1, -1):
                k, most = 0, high - low if e == high - 1 else sure[e + 1]
                while k < most and table[shift[by_end[low + k]], shift[e]]:
                    k += 1
                sure[e] = k
        else:
            farthest = rest + (spread(shift[low:high], lat, lon) + pace - 1) // pace
            k = 0
            for e in range(low, high):
                j = shift[e]
                while k < high - low and end[shift[by_end[low + k]]] + farthest <= start[j]:
                    k += 1
                near = k
                while near < high - low and follows(
                    start, end, lat, lon, rest, pace, listed, table, shift[by_end[low + near]], j
                ):
                    near += 1
                sure[e] = near
            for e in range(high - 2, low - 1, -1):
                sure[e] = min(sure[e], sure[e + 1])
        for e in range(low, high):
            j = shift[e]
            k = sure[e]
            while k < high - low and end[shift[by_end[low + k]]] <= start[j]:
                i = by_end[low + k]
                if follows(start, end, lat, lon, rest, pace, listed, table, shift[i], j):
                    if size == len(more):
                        bigger = np.empty(2 * size, np.int64)
                        bigger[:size] = more
                        more = bigger
                    more[size] = i
                    size += 1
                k += 1
            at[e + 1] = size
    return by_end, sure, at, more[:size].copy()
